"""Writing HTML: text and attributes escaped, in one place."""

from collections.abc import Mapping


def escape(text: str) -> str:
    """The text as element content."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def escape_attribute(text: str) -> str:
    """The text as the inside of a quoted attribute value."""
    return escape(text).replace('"', "&quot;")


def open_tag(name: str, attributes: Mapping[str, str]) -> str:
    """An opening tag; `name` and the attribute names are our own words."""
    written = "".join(f' {n}="{escape_attribute(v)}"' for n, v in attributes.items())
    return f"<{name}{written}>"


def words(text: str) -> frozenset[str]:
    """The words of a text, for the tables of names in this package."""
    return frozenset(text.split())
