"""Pictures: lazy, without a referrer, or a card in place of one from elsewhere."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from .addresses import (
    EXTERNAL_REL,
    file_name_of,
    host_of,
    is_external,
    may_link_to,
    may_show_image,
)
from .markup import escape, open_tag

SHOW, CARD = "show", "card"
REMOTE_IMAGE_CHOICES = (SHOW, CARD)

_SIZE_BEHIND_TEXT = re.compile(
    r"(?:(.*)\|)?[ \t]*(\d{1,4}%|(\d{1,4})(?:x(\d{1,4}))?)[ \t]*", re.DOTALL
)
_SIZE = re.compile(r"\s*(\d{1,4})(?:\.\d+)?\s*(%|px)?\s*\Z", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Size:
    """A width and height as HTML has them; empty where none was written."""

    width: str = ""
    height: str = ""


NO_SIZE = Size()


def split_size(text: str) -> tuple[str, Size]:
    """The text of an embed without the size behind it: `alt|200x100`, `50%`."""
    match = _SIZE_BEHIND_TEXT.fullmatch(text)
    if not match:
        return text, NO_SIZE
    size = Size(match[3] or match[2], match[4] or "")
    return (match[1] or "").rstrip("\\").strip(), size


def image_html(
    attributes: Mapping[str, str], *, remote_images: str, in_link: bool
) -> str:
    """The HTML of a picture with the writer's `src`, `alt`, `title` and size.

    With `card`, one of another host is not asked for: its text, its host and a link
    stand in its place (no link where the picture was one already).
    """
    source = attributes.get("src", "").strip()
    alternative = attributes.get("alt", "")
    if not source or not may_show_image(source):
        return escape(alternative)
    if remote_images == CARD and is_external(source):
        return _card(source, alternative, in_link=in_link)
    shown = {"src": source, "alt": alternative}
    shown |= {name: attributes[name] for name in ("title",) if attributes.get(name)}
    for name in ("width", "height"):
        if size := clean_size(attributes.get(name, "")):
            shown[name] = size
    shown |= {"loading": "lazy", "referrerpolicy": "no-referrer"}
    return open_tag("img", shown)


def clean_size(value: str) -> str:
    """A width or height as HTML has it, `300` or `50%`; empty for anything else."""
    match = _SIZE.match(value)
    if not match:
        return ""
    return match[1] + ("%" if match[2] == "%" else "")


def _card(source: str, alternative: str, *, in_link: bool) -> str:
    name = escape(alternative.strip() or file_name_of(source) or source)
    if not in_link and may_link_to(source):
        link = {"class": "ext", "href": source, "rel": EXTERNAL_REL}
        name = f"{open_tag('a', link)}{name}</a>"
    host = escape(host_of(source))
    return f'<span class="remote">{name} <span class="host">{host}</span></span>'
