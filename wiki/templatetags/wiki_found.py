"""What a search found, as it is printed: much on one page, so each in one step."""

from collections.abc import Iterable

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from wiki.search.snippets import Piece
from wiki.slugs import tag_path
from wiki.templatetags.wiki_text import grouped

register = template.Library()


@register.filter
def marked(pieces: Iterable[Piece]) -> SafeString:
    """Text with what was searched for marked; `<mark>` is the only tag in it."""
    return format_html_join("", "{}", ((_printed(piece),) for piece in pieces))


def _printed(piece: Piece) -> str:
    return format_html("<mark>{}</mark>", piece.text) if piece.is_hit else piece.text


@register.filter
def tag_links(tags: Iterable[tuple[str, str]]) -> SafeString | str:
    """Tags, given by key and name, as a row of links; nothing without tags."""
    items = format_html_join(
        "",
        '<li><a class="tag" href="{}">{}</a></li>',
        ((tag_path(key), name) for key, name in tags),
    )
    if not items:
        return ""
    return format_html('<ul class="tags" aria-label="{}">{}</ul>', _("Tags"), items)


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
