"""Ids of headings: GitHub's rule, so that contents lists made for it keep working."""

import re
import unicodedata
from urllib.parse import quote

# The page's own ids begin so; a heading that would is moved aside.
PAGE_ID_PREFIX = "w-"
MAX_ID_CHARS = 200

_LEFT_OUT = re.compile(r"[^\w\- \u0300-\u036f]+")


def heading_id(text: str) -> str:
    """The id of a heading before repeats are numbered.

    `"1. 배포 절차"` gives `"1-배포-절차"`: NFC, lower case, signs left out, each blank
    a hyphen. Never empty.
    """
    text = unicodedata.normalize("NFC", " ".join(text.split()).lower())
    name = _LEFT_OUT.sub("", text).strip(" ").replace(" ", "-")[:MAX_ID_CHARS]
    if name.startswith(PAGE_ID_PREFIX):
        return "h-" + name
    return name or "section"


def heading_fragment(heading: str) -> str:
    """What stands behind the address of a page to lead to a heading, `#` included.

    Takes the heading's text or its id. Empty for the `^name` of a block of
    Obsidian's, which has no place in the page.
    """
    if not heading or heading.startswith("^"):
        return ""
    return "#" + quote(heading_id(heading))


class HeadingIds:
    """Gives the headings of one body their ids, each once: `id`, `id-1`, `id-2`."""

    def __init__(self) -> None:
        self._taken: set[str] = set()
        self._repeats: dict[str, int] = {}

    def take(self, text: str) -> str:
        """A free id for a heading of this text."""
        base = name = heading_id(text)
        number = self._repeats.get(base, 0)
        while name in self._taken:
            number += 1
            name = f"{base}-{number}"
        self._repeats[base] = number
        self._taken.add(name)
        return name
