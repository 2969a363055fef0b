"""Rows of the long lists, of changes and of revisions, written without a template.

A page has dozens of them, each of many small pieces; as templates they took most of
the time of their pages. All that people typed is escaped by `format_html`.
"""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext, pgettext

from wiki.templatetags.wiki_icons import icon
from wiki.templatetags.wiki_text import (
    clock,
    delta,
    grouped,
    hour_of,
    on_day,
    person,
    when,
)

if TYPE_CHECKING:
    from wiki.models import Revision
    from wiki.views.change_rows import Row
    from wiki.views.history_list import HistoryRow

register = template.Library()

_NOTHING = ""
_CHECKED = format_html(" {}", "checked")
_NO_PICK = format_html("<span>{}</span>", _NOTHING)
_OLD = gettext_noop("Revision %(number)s as the old one")
_NEW = gettext_noop("Revision %(number)s as the new one")


@register.simple_tag
def change_row(change: "Row", *, clock_only: bool = False) -> SafeString:
    """One change in a list, inside `<ol class="rows plain">`.

    With `clock_only` the time of day stands there: for lists under a day.
    """
    return format_html(
        '<li class="chg"><div class="what">{}{}{}</div><span class="when">{}</span>'
        '<p class="sum">{}{}{}</p>{}{}</li>\n',
        _title(change),
        _badges(change.badges),
        _links(change.links),
        clock(change.at) if clock_only else when(change.at),
        person(change.revision),
        _people(change.people),
        _comment(change.comment),
        delta(change.delta),
        _details(change),
    )


def _title(change: "Row") -> str:
    if not change.url:
        return format_html('<b class="ttl">{}</b>', change.title)
    return format_html('<a class="ttl" href="{}">{}</a>', change.url, change.title)


def _badges(badges: tuple[Any, ...]) -> str:
    if not badges:
        return _NOTHING
    pieces = ((badge.kind, badge.word) for badge in badges)
    return format_html_join("", '<span class="badge {}">{}</span>', pieces)


def _links(links: tuple[Any, ...]) -> str:
    if not links:
        return _NOTHING
    pieces = ((link.url, link.label, link.word) for link in links)
    return format_html_join(
        "", '<a class="small" href="{}" aria-label="{}">{}</a>', pieces
    )


def _people(people: "tuple[Revision, ...]") -> str:
    if not people:
        return _NOTHING
    return format_html_join("", " {}", ((person(who),) for who in people))


def _comment(comment: str) -> str:
    return format_html(' <span class="dot">{}</span>', comment) if comment else _NOTHING


def _details(change: "Row") -> str:
    """What a row stands for besides itself: the edits of a day, notes of a batch."""
    if change.edits:
        count = len(change.edits)
        words = ngettext("%(counter)s edit", "%(counter)s edits", count)
        lines = [_edit(edit, url) for edit, url in change.edits]
        return _folded(words % {"counter": count}, lines)
    if not change.entries:
        return _NOTHING
    lines = [
        format_html('<a href="{}">{}</a>', entry.get_absolute_url(), entry.title)
        for entry in (revision.entry for revision in change.entries)
    ]
    if change.unlisted:
        words = ngettext("and %(number)s more", "and %(number)s more", change.unlisted)
        lines.append(words % {"number": grouped(change.unlisted)})
    return _folded(_("Which notes?"), lines)


def _folded(words: str, lines: list[str]) -> str:
    return format_html(
        '<details class="sub"><summary>{} {}</summary><ul class="branch">{}</ul>'
        "</details>",
        words,
        icon("down"),
        format_html_join("", "<li>{}</li>", ((line,) for line in lines)),
    )


def _edit(edit: "Revision", url: str) -> str:
    at = clock(edit.created_at)
    return format_html(
        '{} {}{} · <a href="{}">{}<span class="sr"> ({})</span></a>{}',
        at,
        edit.author_name,
        format_html(" — {}", edit.comment) if edit.comment else _NOTHING,
        url,
        _("first version") if edit.number == 1 else _("changes"),
        at,
        _shrunk() if edit.has_shrunk_a_lot else _NOTHING,
    )


def _shrunk() -> str:
    return format_html(
        ' <span class="badge warn"><span aria-hidden="true">▼</span> {}</span>',
        _("much shorter"),
    )


# ── A revision in the history of its entry ────────────────────────────────────
@register.simple_tag
def history_row(
    row: "HistoryRow", short_address: str, *, can_edit: bool, can_hide: bool
) -> SafeString:
    """One revision in a history page, inside `<ol class="hist plain">`.

    `short_address` is that of the page unless it is long. The other addresses are
    relative: of a long title in Hangul each would be several hundred characters.
    """
    number = row.revision.number
    return format_html(
        '<li id="w-r{}">{}{}<div class="body">{}</div></li>\n',
        number,
        _pick("old", number, _OLD, is_offered=row.can_be_old, is_checked=row.is_old),
        _pick("new", number, _NEW, is_offered=row.can_be_new, is_checked=row.is_new),
        _seen(row, short_address, can_edit, can_hide)
        if row.is_in_sight
        else _out_of_sight(row),
    )


def _pick(
    side: str, number: int, label: str, *, is_offered: bool, is_checked: bool
) -> str:
    if not is_offered:
        return _NO_PICK
    return format_html(
        '<label class="pick"><input type="radio" name="{}" value="{}" aria-label="{}"'
        "{}></label>",
        side,
        number,
        _(label) % {"number": number},
        _CHECKED if is_checked else _NOTHING,
    )


def _seen(row: "HistoryRow", short_address: str, can_edit: bool, can_hide: bool) -> str:
    revision = row.revision
    return format_html(
        '<a class="rev" href="{}{}/">r{}</a> {} {} <span class="sum">{}{}{}{}{}{}'
        '</span> {} <span class="links">{}</span>',
        short_address,
        revision.number,
        revision.number,
        _time(revision.created_at, is_recent=row.is_recent),
        person(revision, link=True),
        revision.comment,
        _spaced_badges(row.badges),
        _muted(row.hidden.reason) if row.hidden else _NOTHING,
        _coauthors(revision),
        _imported_from(row.place),
        _written(revision.authored_at),
        delta(revision.size_change),
        _acts(row, can_edit, can_hide),
    )


def _out_of_sight(row: "HistoryRow") -> str:
    return format_html(
        '<span class="rev muted">r{}</span> {} <span class="sum muted">{}{}{}</span>',
        row.revision.number,
        clock(row.revision.created_at),
        _("This revision was taken out of sight."),
        f" {row.hidden.reason}" if row.hidden and row.hidden.reason else "",
        _spaced_badges(row.badges),
    )


def _time(moment: datetime, *, is_recent: bool) -> str:
    if not is_recent:
        return clock(moment)
    # How long ago says the whole moment as well.
    return format_html("{}{}", hour_of(moment), _muted(when(moment)))


def _muted(text: str) -> str:
    if not text:
        return _NOTHING
    return format_html(' <span class="muted small">{}</span>', text)


def _spaced_badges(badges: tuple[Any, ...]) -> str:
    if not badges:
        return _NOTHING
    pieces = ((badge.kind, badge.word) for badge in badges)
    return format_html_join("", ' <span class="badge {}">{}</span>', pieces)


def _coauthors(revision: "Revision") -> str:
    names = [person(who, link=True) for who in revision.coauthors.all()]
    if not names:
        return _NOTHING
    joined = format_html_join("", " {}", ((name,) for name in names))
    return format_html("{}{}", _muted(_("with")), joined)


def _imported_from(place: str) -> str:
    if not place:
        return _NOTHING
    return _muted(_("imported from %(place)s") % {"place": place})


def _written(moment: datetime | None) -> str:
    if moment is None:
        return _NOTHING
    # The day comes as HTML, and only the words around it are to be escaped.
    before, _day, after = (_("written %(day)s") % {"day": "\n"}).partition("\n")
    return _muted(format_html("{}{}{}", before, on_day(moment), after))


# Robots follow none of a page of the past: a header says so for all of them.
_LINK = '<a href="{}" aria-label="{}">{}</a>'


def _acts(row: "HistoryRow", can_edit: bool, can_hide: bool) -> str:
    number = row.revision.number
    named = {"number": number}
    links = []
    if row.previous:
        label = _("Changes of revision %(number)s") % named
        url = f"../diff/?old={row.previous}&new={number}"
        links.append(format_html(_LINK, url, label, _("Changes")))
    if can_edit and row.can_be_undone:
        label = _("Undo revision %(number)s") % named
        links.append(
            format_html(
                _LINK, f"../undo/{number}/", label, pgettext("one change", "Undo")
            )
        )
    if can_edit and not row.is_current:
        label = _("Revert to revision %(number)s") % named
        links.append(format_html(_LINK, f"../revert/{number}/", label, _("Revert")))
    if can_hide and not row.is_current:
        if row.hidden:
            label, word = _("Show revision %(number)s again"), _("Show")
        else:
            label, word = _("Hide revision %(number)s"), _("Hide")
        links.append(format_html(_LINK, f"{number}/hide/", label % named, word))
    return format_html_join("", "{}", ((link,) for link in links))
