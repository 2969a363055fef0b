"""The rows of a history page: which revisions stand on it, and what each row says."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from django.db.models import Count, Prefetch, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from wiki import permissions
from wiki.models import Entry, Revision, RevisionCoauthor, RevisionKind, RevisionMark
from wiki.models.revisions import RevisionQuerySet
from wiki.permissions import Person

ROWS_ON_A_PAGE = 50

COAUTHORS = Prefetch(
    "coauthors", RevisionCoauthor.objects.select_related("author").order_by("id")
)
_KIND_COLOURS = {
    RevisionKind.CREATE: "new",
    RevisionKind.IMPORT: "info",
    RevisionKind.MERGE: "info",
    RevisionKind.REVERT: "warn",
    RevisionKind.DELETE: "err",
    RevisionKind.RESTORE: "ok",
}
_MARK_COLOURS = {
    RevisionMark.Kind.HIDDEN: "err",
    RevisionMark.Kind.REVIEWED: "ok",
    RevisionMark.Kind.REVERTED: "warn",
}


@dataclass(frozen=True)
class Badge:
    kind: str
    word: str


@dataclass(frozen=True)
class HistoryRow:
    """A revision in the list; of one that is out of sight only that it exists."""

    revision: Revision
    badges: tuple[Badge, ...]
    is_in_sight: bool
    is_current: bool
    # Whether it can be chosen as either side of a comparison, and is at first.
    can_be_old: bool
    can_be_new: bool
    is_old: bool
    is_new: bool

    @property
    def previous(self) -> int:
        return self.revision.number - 1


@dataclass(frozen=True)
class HistoryDay:
    day: date
    rows: tuple[HistoryRow, ...]


@dataclass(frozen=True)
class HistoryPage:
    """Revisions by day, newest first, and the numbers where the rest begins.

    `older` and `newer` are for `?before=` and `?after=`; None where the list ends.
    """

    days: tuple[HistoryDay, ...]
    older: int | None
    newer: int | None
    can_compare: bool


def history_page(
    entry: Entry,
    person: Person,
    *,
    show: str = "",
    before: int | None = None,
    after: int | None = None,
) -> HistoryPage:
    """One page of the history. Three queries, however long it is.

    `show` is "major" for all but minor edits, "mine" for the person's own. A page
    begins at a number and not at a place in the list, so that it stays the same
    when revisions are added.
    """
    found = _revisions_of(entry, person, show)
    # The one more tells whether the list goes on.
    wanted = ROWS_ON_A_PAGE + 1
    if before is None and after is not None:
        page = list(found.filter(number__gt=after).order_by("number")[:wanted])
        shown = page[:ROWS_ON_A_PAGE][::-1]
        has_newer, has_older = len(page) > ROWS_ON_A_PAGE, after > 0
    else:
        if before is not None:
            found = found.filter(number__lt=before)
        page = list(found.newest_first()[:wanted])
        shown = page[:ROWS_ON_A_PAGE]
        has_newer, has_older = before is not None, len(page) > ROWS_ON_A_PAGE
    rows = _rows(shown, entry, person)
    return HistoryPage(
        days=tuple(_by_day(rows)),
        older=shown[-1].number if shown and has_older else None,
        newer=shown[0].number if shown and has_newer else None,
        can_compare=sum(row.is_in_sight for row in rows) > 1,
    )


def count_people(entry: Entry) -> int:
    """How many have written at this entry. One query."""
    counted = entry.revisions.aggregate(
        accounts=Count("author", distinct=True),
        labels=Count("author_label", distinct=True, filter=Q(author=None)),
    )
    return counted["accounts"] + counted["labels"]


def kind_badges(revision: Revision, *, is_current: bool) -> Iterator[Badge]:
    """What sort of change it was; an ordinary edit has no badge."""
    if is_current:
        yield Badge("ok", _("current"))
    if revision.kind != RevisionKind.EDIT:
        colour = _KIND_COLOURS.get(revision.kind, "")
        yield Badge(colour, revision.get_kind_display())
    if revision.is_minor:
        yield Badge("", _("minor"))


def _revisions_of(entry: Entry, person: Person, show: str) -> RevisionQuerySet:
    found = entry.revisions.without_text().select_related("author")
    if show == "major":
        found = found.filter(is_minor=False)
    elif show == "mine":
        found = found.filter(author=person)
    return found.prefetch_related(COAUTHORS, "marks")


def _rows(shown: Sequence[Revision], entry: Entry, person: Person) -> list[HistoryRow]:
    marks = {each.pk: {mark.kind for mark in each.marks.all()} for each in shown}
    in_sight = [
        each.number
        for each in shown
        if permissions.can_view_revision(
            person, is_hidden=RevisionMark.Kind.HIDDEN in marks[each.pk]
        )
    ]
    return [
        _row(each, marks[each.pk], in_sight, is_current=each.number == entry.version)
        for each in shown
    ]


def _row(
    revision: Revision,
    marks: Collection[str],
    in_sight: Sequence[int],
    *,
    is_current: bool,
) -> HistoryRow:
    number, can_compare = revision.number, len(in_sight) > 1
    is_in_sight = number in in_sight
    badges = list(kind_badges(revision, is_current=is_current)) if is_in_sight else []
    badges += [
        Badge(_MARK_COLOURS[kind], kind.label)
        for kind in RevisionMark.Kind
        if kind in marks and (is_in_sight or kind == RevisionMark.Kind.HIDDEN)
    ]
    return HistoryRow(
        revision=revision,
        badges=tuple(badges),
        is_in_sight=is_in_sight,
        is_current=is_current,
        can_be_old=is_in_sight and can_compare and number != in_sight[0],
        can_be_new=is_in_sight and can_compare and number != in_sight[-1],
        is_old=can_compare and number == in_sight[1],
        is_new=can_compare and number == in_sight[0],
    )


def _by_day(rows: Sequence[HistoryRow]) -> Iterator[HistoryDay]:
    def day_of(row: HistoryRow) -> date:
        return timezone.localdate(row.revision.created_at)

    for day, of_day in groupby(rows, day_of):
        yield HistoryDay(day, tuple(of_day))
