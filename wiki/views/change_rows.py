"""Changes as the lists of them print each: words, badges and links for one row."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from wiki import permissions
from wiki.changes import KINDS, BatchChange, Change, EntryChange
from wiki.models import Batch, Revision, RevisionKind
from wiki.permissions import Person


@dataclass(frozen=True)
class Badge:
    kind: str
    word: str


@dataclass(frozen=True)
class RowLink:
    """A link whose word repeats in every row; the label names what it is about."""

    url: str
    word: str
    label: str


@dataclass(frozen=True)
class KindLink:
    """One kind of changes to choose; the words repeat in every list of changes."""

    word: str
    url: str
    is_current: bool


@dataclass(frozen=True, kw_only=True)
class Row:
    """What `change_row` writes. Without `url` the title is no link."""

    title: str
    url: str
    revision: Revision | Batch
    comment: str
    delta: int
    people: tuple[Revision, ...] = ()
    badges: tuple[Badge, ...] = ()
    links: tuple[RowLink, ...] = ()
    # The single edits of a row that stands for several, with their links.
    edits: tuple[tuple[Revision, str], ...] = ()
    # Some of the entries of a batch, and how many there are besides.
    entries: tuple[Revision, ...] = ()
    unlisted: int = 0
    at: object = field(default=None)


def rows_of(
    changes: Iterable[Change], user: Person, *, with_links: bool = True
) -> list[Row]:
    """A row for each change, for this reader; without links for a short list."""
    sees_imports = permissions.can_see_imports(user)
    return [
        _batch_row(change, sees_imports, with_links)
        if isinstance(change, BatchChange)
        else _entry_row(change, with_links)
        for change in changes
    ]


def by_day(rows: Iterable[Row]) -> list[tuple[date, list[Row]]]:
    """The rows under their days."""
    return [
        (day, list(rows_of_day))
        for day, rows_of_day in groupby(rows, key=lambda r: timezone.localdate(r.at))
    ]


def shrunk_badge() -> Badge:
    """That a text became much shorter, in words and with a sign."""
    sign = format_html('<span aria-hidden="true">▼</span> {}', _("much shorter"))
    return Badge("warn", sign)


def kind_of(sent: Mapping[str, str]) -> str:
    """Which of KINDS the parameters of an address ask for."""
    kind = sent.get("kind", "")
    return kind if kind in KINDS else KINDS[0]


def kind_links(chosen: str, query_of: Callable[[str], str]) -> list[KindLink]:
    """Each of KINDS with its address; `query_of` gives what stands behind the `?`."""
    words = {"all": _("All"), "new": _("New notes"), "imported": _("Imported")}
    return [
        KindLink(words[kind], f"?{query_of(kind)}".rstrip("&"), kind == chosen)
        for kind in KINDS
    ]


def _entry_row(change: EntryChange, with_links: bool) -> Row:
    newest = change.newest
    entry = newest.entry
    url = entry.get_absolute_url()
    links, edits = [], ()
    if with_links:
        if change.base_number:
            links.append(
                RowLink(
                    _diff_url(url, change.base_number, newest.number),
                    _("changes"),
                    _("%(title)s: what changed") % {"title": entry.title},
                )
            )
        links.append(
            RowLink(
                f"{url}history/",
                _("history"),
                _("%(title)s: history") % {"title": entry.title},
            )
        )
        if len(change.revisions) > 1:
            edits = tuple((edit, _edit_url(url, edit)) for edit in change.revisions)
    return Row(
        title=entry.title,
        url=url,
        revision=newest,
        comment=newest.comment,
        delta=change.delta,
        people=tuple(change.other_people),
        badges=tuple(_badges(change)),
        links=tuple(links),
        edits=edits,
        at=change.at,
    )


def _batch_row(change: BatchChange, is_member: bool, with_links: bool) -> Row:
    count = number_format(change.entries, force_grouping=True)
    words = ngettext("%(count)s note", "%(count)s notes", change.entries)
    title = words % {"count": count}
    page = _batch_page(change, title) if is_member else None
    word = _("imported") if change.is_import else change.batch.get_kind_display()
    return Row(
        title=title,
        url=page.url if page else "",
        revision=change.batch,
        comment=_batch_comment(change, names_files=is_member),
        delta=change.delta,
        badges=(Badge("info", word),),
        links=(page,) if page and with_links else (),
        entries=change.examples if with_links else (),
        unlisted=change.unlisted,
        at=change.at,
    )


def _batch_page(change: BatchChange, title: str) -> RowLink:
    """What members are led to: the report of an import, else what the batch did."""
    run = change.run
    if run:
        label = _("Import %(number)s: report") % {"number": run.pk}
        return RowLink(run.get_absolute_url(), _("report"), label)
    label = _("%(title)s: what changed") % {"title": title}
    url = reverse("batch", args=[change.batch.pk])
    return RowLink(url, _("changes"), label)


def _batch_comment(change: BatchChange, *, names_files: bool) -> str:
    parts = []
    if not change.is_import:
        parts.append(change.batch.comment)
    elif change.run and names_files:
        # A report names files, and only members read it.
        parts.append(", ".join(map(str, change.run.sources)))
    if change.created and change.updated:
        counts = {"created": change.created, "updated": change.updated}
        parts.append(_("%(created)s new, %(updated)s updated") % counts)
    return " · ".join(filter(None, parts))


def _badges(change: EntryChange) -> Iterable[Badge]:
    words = {
        RevisionKind.REVERT: _("reverted"),
        RevisionKind.RENAME: _("renamed"),
        RevisionKind.RESTORE: _("restored"),
    }
    if change.is_new:
        yield Badge("new", _("new"))
    if change.newest.kind in words:
        yield Badge("", words[change.newest.kind])
    if change.is_minor:
        yield Badge("", _("minor"))
    if change.has_shrunk_a_lot:
        yield shrunk_badge()


def _edit_url(entry_url: str, revision: Revision) -> str:
    if not revision.previous:
        return f"{entry_url}history/{revision.number}/"
    return _diff_url(entry_url, revision.previous, revision.number)


def _diff_url(entry_url: str, old: int, new: int) -> str:
    return f"{entry_url}diff/?old={old}&new={new}"
