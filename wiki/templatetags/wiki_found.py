"""What a search found, as it is printed: much on one page, so each in one step."""

from collections.abc import Iterable, Sequence
from itertools import chain
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from wiki.search.snippets import Piece
from wiki.slugs import tag_path
from wiki.templatetags.wiki_text import grouped

register = template.Library()


_TEXT, _HIT = "{}", "<mark>{}</mark>"
_SECTION = ' <span class="in">— <span class="sr">{} </span><a href="{}">{}</a></span>'
_TAG = '<li><a class="tag" href="{}">{}</a></li>'


@register.filter
def marked(pieces: Iterable[Piece]) -> SafeString:
    """Text with what was searched for marked; `<mark>` is the only tag in it."""
    return _filled([_pieces(pieces)])


@register.filter
def snippet(places: Sequence[Any]) -> SafeString:
    """The places of a text, each with the section it stands in as a link.

    Each has `pieces`, `section` (or None) and `url`.
    """
    parts = []
    for number, place in enumerate(places):
        if number:
            parts.append((" ", ()))
        parts.append(_pieces(place.pieces))
        if place.section:
            told = (_("Section:"), place.url, place.section.title)
            parts.append((_SECTION, told))
    return _filled(parts)


@register.filter
def tag_links(tags: Iterable[tuple[str, str]]) -> SafeString | str:
    """Tags, given by key and name, as a row of links; nothing without tags."""
    items = [(_TAG, (tag_path(key), name)) for key, name in tags]
    if not items:
        return ""
    opened = ('<ul class="tags" aria-label="{}">', (_("Tags"),))
    return _filled([opened, *items, ("</ul>", ())])


def _pieces(pieces: Iterable[Piece]) -> tuple[str, list[str]]:
    pieces = list(pieces)
    pattern = "".join(_HIT if piece.is_hit else _TEXT for piece in pieces)
    return pattern, [piece.text for piece in pieces]


def _filled(parts: Iterable[tuple[str, Iterable[str]]]) -> SafeString:
    """Patterns of ours with texts of anybody in them, put together in one step."""
    patterns, texts = zip(*parts, strict=True)
    return format_html("".join(patterns) + "{}", *chain(*texts), "")


@register.filter
def notes(number: int | None, has_more: bool = False) -> str:
    """A number of notes, with the word; `has_more` says that not all are counted."""
    if number is None:
        return ""
    if has_more:
        return _("%(number)s+ notes") % {"number": grouped(number)}
    words = ngettext("%(number)s note", "%(number)s notes", number)
    return words % {"number": grouped(number)}


@register.filter
def counted(number: int, has_more: bool = False) -> SafeString:
    """A number of notes, with the word for those who listen."""
    word = ngettext("note", "notes", number)
    sign = "+" if has_more else ""
    return format_html('{}{}<span class="sr"> {}</span>', grouped(number), sign, word)
