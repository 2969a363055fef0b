"""The rows of a history page: which revisions stand on it, and what each row says."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from django.contrib.auth import get_user_model
from django.db.models import Count, Exists, OuterRef, Prefetch, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from wiki import permissions
from wiki.models import (
    BatchKind,
    Entry,
    ImportItem,
    Revision,
    RevisionCoauthor,
    RevisionKind,
    RevisionMark,
)
from wiki.models.revisions import RevisionQuerySet
from wiki.permissions import Person
from wiki.views.change_rows import Badge, shrunk_badge
from wiki.views.reading import display_name

# With a long comment each, and all that a curator may do, a page stays under 60 KB.
ROWS_ON_A_PAGE = 35
# So many are offered to choose from, whoever wrote most first.
MAX_AUTHORS_OFFERED = 100
# Larger than any id of an account.
_MAX_ID = 2**31 - 1

COAUTHORS = Prefetch(
    "coauthors",
    RevisionCoauthor.objects.in_sight().select_related("author").order_by("id"),
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
class Wanted:
    """Which revisions: `show` is "major" or "mine", `kind` one of RevisionKind.

    `by` is one of the keys of `authors_of`. Empty is all.
    """

    show: str = ""
    kind: str = ""
    by: str = ""

    @property
    def is_all(self) -> bool:
        return not (self.show or self.kind or self.by)


@dataclass(frozen=True)
class AuthorOffered:
    """Someone who wrote at the entry, as the form names them."""

    key: str
    name: str
    edits: int


@dataclass(frozen=True)
class HistoryRow:
    """A revision in the list; of one that is out of sight only that it exists.

    `hidden` is the mark that took it out of sight. `place` is the dump and the file
    it was imported from, as far as this person may know.
    """

    revision: Revision
    hidden: RevisionMark | None
    place: str
    badges: tuple[Badge, ...]
    is_in_sight: bool
    is_current: bool
    # Within a day: how long ago it was says more than the time of day.
    is_recent: bool
    # Whether it can be chosen as either side of a comparison, and is at first.
    can_be_old: bool
    can_be_new: bool
    is_old: bool
    is_new: bool
    # The newest one before it that this person may see; 0 when there is none.
    previous: int

    @property
    def can_be_undone(self) -> bool:
        """Whether this person may see what it changed, all of it."""
        return 0 < self.previous == self.revision.number - 1


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
    wanted: Wanted = Wanted(),
    before: int | None = None,
    after: int | None = None,
) -> HistoryPage:
    """One page of the history. Four queries however long it is, five with imports.

    A page begins at a number and not at a place in the list, so that it stays the
    same when revisions are added.
    """
    found = _revisions_of(entry, person, wanted)
    # The one more tells whether the list goes on.
    limit = ROWS_ON_A_PAGE + 1
    if before is None and after is not None:
        page = list(found.filter(number__gt=after).order_by("number")[:limit])
        shown = page[:ROWS_ON_A_PAGE][::-1]
        has_newer, has_older = len(page) > ROWS_ON_A_PAGE, after > 0
    else:
        if before is not None:
            found = found.filter(number__lt=before)
        page = list(found.newest_first()[:limit])
        shown = page[:ROWS_ON_A_PAGE]
        has_newer, has_older = before is not None, len(page) > ROWS_ON_A_PAGE
    rows = _rows(shown, entry, person)
    return HistoryPage(
        days=tuple(_by_day(rows)),
        older=shown[-1].number if shown and has_older else None,
        newer=shown[0].number if shown and has_newer else None,
        can_compare=sum(row.is_in_sight for row in rows) > 1,
    )


def authors_of(entry: Entry, person: Person) -> list[AuthorOffered]:
    """Everyone who wrote at the entry, whoever wrote most first. One query.

    Who wrote nothing but what is out of this person's sight is not among them.
    """
    revisions = entry.revisions.all()
    if not permissions.can_view_revision(person, is_hidden=True):
        revisions = revisions.with_is_hidden().filter(is_hidden=False)
    rows = (
        revisions.order_by()
        .values_list(
            "author",
            "author_label",
            "author__username",
            "author__first_name",
            "author__last_name",
        )
        .annotate(edits=Count("pk"))
    )
    found: dict[str, tuple[str, int]] = {}
    for author_id, label, *names, edits in rows:
        # An account goes by its name of today, not by the one of each revision.
        key = f"u{author_id}" if author_id else f"n{label}"
        name = display_name("" if author_id else label, *names)
        found[key] = name, found.get(key, ("", 0))[1] + edits
    authors = [AuthorOffered(key, *rest) for key, rest in found.items()]
    return sorted(authors, key=lambda author: (-author.edits, author.name))


def names_on(revisions: Iterable[Revision]) -> Iterator[str]:
    """The names on a page of these revisions, with their co-authors fetched.

    Those of accounts can change while a revision cannot.
    """
    for revision in revisions:
        for author in (revision, *revision.coauthors.all()):
            account = author.author
            yield display_name(
                author.author_label,
                account and account.get_username(),
                account and account.first_name,
                account and account.last_name,
            )


def account_names(entry: Entry) -> Iterator[str]:
    """The names of all accounts that wrote at the entry. One query."""
    authors = Revision.objects.filter(entry=entry).values("author")
    coauthors = RevisionCoauthor.objects.filter(revision__entry=entry)
    accounts = get_user_model().objects.filter(
        pk__in=authors.union(coauthors.values("author"))
    )
    names = accounts.order_by("pk").values_list("username", "first_name", "last_name")
    return (display_name("", *each) for each in names)


def hidden_numbers(entry: Entry) -> frozenset[int]:
    """The revisions of the entry that a curator took out of sight. One query."""
    hidden = RevisionMark.objects.filter(
        revision__entry=entry, kind=RevisionMark.Kind.HIDDEN
    )
    return frozenset(hidden.values_list("revision__number", flat=True))


def numbers_out_of_sight(entry: Entry, person: Person) -> frozenset[int]:
    """Those of the hidden revisions that this person may not see. A query or none."""
    if permissions.can_view_revision(person, is_hidden=True):
        return frozenset()
    return hidden_numbers(entry)


def number_before(number: int, out_of_sight: Collection[int]) -> int:
    """The number of the newest revision before it that can be seen; 0 for none."""
    before = number - 1
    while before in out_of_sight:
        before -= 1
    return max(0, before)


def import_places(
    entry: Entry, revisions: Iterable[Revision], person: Person
) -> dict[int, str]:
    """By id, which dump and file each imported revision came from. One query at most.

    Of revisions with their batch. None for those who may not read reports of imports:
    they name files.
    """
    revisions = list(revisions)
    imported = {
        revision.batch_id
        for revision in revisions
        if revision.batch and revision.batch.kind == BatchKind.IMPORT
    }
    if not imported or not permissions.can_see_imports(person):
        return {}
    items = ImportItem.objects.filter(entry=entry, run__batch__in=imported)
    rows = items.exclude(path="").values_list("run__batch", "source", "path")
    places = {batch: _place(source, path) for batch, source, path in rows}
    return {
        revision.pk: places[revision.batch_id]
        for revision in revisions
        if revision.batch_id in places
    }


def _place(source: str, path: str) -> str:
    """The dump and the file in it, which are one when the dump is a file."""
    return path if source in ("", path) else f"{source}/{path}"


def kind_badges(revision: Revision, *, is_current: bool) -> Iterator[Badge]:
    """What sort of change it was; an ordinary edit has no badge."""
    if is_current:
        yield Badge("ok", _("current"))
    if revision.kind != RevisionKind.EDIT:
        colour = _KIND_COLOURS.get(revision.kind, "")
        yield Badge(colour, revision.get_kind_display())
    if revision.is_minor:
        yield Badge("", _("minor"))
    if revision.has_shrunk_a_lot:
        yield shrunk_badge()


def _revisions_of(entry: Entry, person: Person, wanted: Wanted) -> RevisionQuerySet:
    found = entry.revisions.without_text().select_related("author", "batch")
    if wanted.show == "major":
        found = found.filter(is_minor=False)
    elif wanted.show == "mine":
        found = found.filter(_written_by(f"u{person.pk}"))
    if wanted.kind:
        found = found.filter(kind=wanted.kind)
    if wanted.by:
        found = found.filter(_written_by(wanted.by))
    if not (wanted.is_all or permissions.can_view_revision(person, is_hidden=True)):
        # That it is among those of one author, or of one kind, would tell of it.
        found = found.with_is_hidden().filter(is_hidden=False)
    return found.prefetch_related(COAUTHORS, "marks")


def _written_by(key: str) -> Q:
    """Written by whoever `key` says, or with them."""
    sort, name = key[:1], key[1:]
    if sort == "n":
        who = Q(author=None, author_label=name)
    elif name.isascii() and name.isdecimal() and len(name) < 11:
        who = Q(author=min(int(name), _MAX_ID))
    else:
        who = Q(pk__in=[])
    shared = RevisionCoauthor.objects.in_sight()
    return who | Exists(shared.filter(who, revision=OuterRef("pk")))


def _rows(shown: Sequence[Revision], entry: Entry, person: Person) -> list[HistoryRow]:
    marks = {each.pk: {m.kind: m for m in each.marks.all()} for each in shown}
    in_sight = [
        each.number
        for each in shown
        if permissions.can_view_revision(
            person, is_hidden=RevisionMark.Kind.HIDDEN in marks[each.pk]
        )
    ]
    places = import_places(entry, shown, person)
    out_of_sight = numbers_out_of_sight(entry, person)
    return [
        _row(
            each,
            marks[each.pk],
            in_sight,
            is_current=each.number == entry.version,
            place=places.get(each.pk, ""),
            previous=number_before(each.number, out_of_sight),
        )
        for each in shown
    ]


def _row(
    revision: Revision,
    marks: Mapping[str, RevisionMark],
    in_sight: Sequence[int],
    *,
    is_current: bool,
    place: str,
    previous: int,
) -> HistoryRow:
    number, can_compare = revision.number, len(in_sight) > 1
    is_in_sight = number in in_sight
    badges = list(kind_badges(revision, is_current=is_current)) if is_in_sight else []
    badges += [
        Badge(_MARK_COLOURS[kind], _mark_word(marks[kind]))
        for kind in RevisionMark.Kind
        if kind in marks and (is_in_sight or kind == RevisionMark.Kind.HIDDEN)
    ]
    return HistoryRow(
        revision=revision,
        hidden=marks.get(RevisionMark.Kind.HIDDEN),
        place=place if is_in_sight else "",
        previous=previous,
        badges=tuple(badges),
        is_in_sight=is_in_sight,
        is_current=is_current,
        is_recent=timezone.now() - revision.created_at < timedelta(days=1),
        can_be_old=is_in_sight and can_compare and number != in_sight[0],
        can_be_new=is_in_sight and can_compare and number != in_sight[-1],
        is_old=can_compare and number == in_sight[1],
        is_new=can_compare and number == in_sight[0],
    )


def _mark_word(mark: RevisionMark) -> str:
    word = mark.get_kind_display()
    # Of one that was taken back the reason is the revision that did it.
    is_taken_back = mark.kind == RevisionMark.Kind.REVERTED and mark.reason
    return f"{word} ({mark.reason})" if is_taken_back else word


def _by_day(rows: Sequence[HistoryRow]) -> Iterator[HistoryDay]:
    def day_of(row: HistoryRow) -> date:
        return timezone.localdate(row.revision.created_at)

    for day, of_day in groupby(rows, day_of):
        yield HistoryDay(day, tuple(of_day))
