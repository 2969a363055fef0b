"""What changed lately: edits folded by day and entry, each batch as one row.

One list for the home page, the page of recent changes and the feed. Only
entries the reader may see are in it, counts included.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import reduce
from operator import or_

from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet, Subquery, Sum
from django.utils import timezone

from wiki import permissions
from wiki.models import (
    Batch,
    BatchKind,
    Entry,
    EntryTag,
    Import,
    Revision,
    RevisionCoauthor,
)
from wiki.models.revisions import RevisionQuerySet, has_shrunk_a_lot
from wiki.permissions import Person

# Edits and batches on one page, before they are folded.
EDITS_PER_PAGE = 50
EXAMPLES_PER_BATCH = 10
KINDS = ("all", "new", "imported")

# What a row says of a revision: no texts, and nothing that has to be decoded.
_PRINTED = (
    *("number", "comment", "kind", "is_minor", "size", "size_change", "created_at"),
    *("author_label", "author__username", "author__first_name", "author__last_name"),
    *("batch", "entry__slug", "entry__title"),
)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True)
class Who:
    """Accounts by their ids, and whoever went by this name."""

    accounts: tuple[int, ...] = ()
    label: str = ""

    def parts(self) -> list[Q]:
        """Their revisions, or what else has an author: filters, one for each index."""
        parts = []
        if self.accounts:
            parts.append(Q(author__in=self.accounts))
        if self.label:
            parts.append(Q(author_label__iexact=self.label))
        return parts


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Which changes; `kind` is one of KINDS, `tag` the key of a tag.

    With `who` only what these people wrote, alone or merged with others.
    """

    kind: str = "all"
    without_minor: bool = False
    tag: str = ""
    since: datetime | None = None
    who: Who | None = None


@dataclass(frozen=True)
class Cursor:
    """Where a page of changes ends: the next one begins after this.

    `revision_id` is 0 when a batch stood there: edits of the same instant come
    before a batch.
    """

    at: datetime
    revision_id: int

    @classmethod
    def parse(cls, text: str) -> "Cursor | None":
        """The cursor `str` wrote; None for anything else."""
        instant, _, number = text.partition("-")
        if not (instant.isdecimal() and number.isdecimal()) or len(text) > 40:
            return None
        try:
            at = _EPOCH + int(instant) * _MICROSECOND
        except OverflowError:
            return None
        # What no database takes as an id is past every id.
        return cls(at, min(int(number), 2**63 - 1))

    def __str__(self) -> str:
        return f"{(self.at - _EPOCH) // _MICROSECOND}-{self.revision_id}"


@dataclass(frozen=True)
class EntryChange:
    """What happened to one entry on one day: its revisions, newest first."""

    revisions: tuple[Revision, ...]

    @property
    def newest(self) -> Revision:
        return self.revisions[0]

    @property
    def at(self) -> datetime:
        return self.newest.created_at

    @property
    def delta(self) -> int:
        return sum(revision.size_change for revision in self.revisions)

    @property
    def is_new(self) -> bool:
        return self.revisions[-1].number == 1

    @property
    def is_minor(self) -> bool:
        return all(revision.is_minor for revision in self.revisions)

    @property
    def base_number(self) -> int:
        """The newest revision before these that the reader may see; 0 for none."""
        return self.revisions[-1].previous or 0

    @property
    def has_shrunk_a_lot(self) -> bool:
        return has_shrunk_a_lot(self.newest.size, self.delta)

    @property
    def other_people(self) -> list[Revision]:
        """One revision of each further author, for their names."""
        by_author = {_author_of(revision): revision for revision in self.revisions}
        by_author.pop(_author_of(self.newest))
        return list(by_author.values())


@dataclass(frozen=True)
class BatchChange:
    """Many revisions made as one act, as far as the reader may see their entries."""

    batch: Batch
    entries: int
    created: int
    delta: int
    examples: tuple[Revision, ...]

    @property
    def at(self) -> datetime:
        return self.batch.created_at

    @property
    def is_import(self) -> bool:
        return self.batch.kind == BatchKind.IMPORT

    @property
    def run(self) -> Import | None:
        return getattr(self.batch, "import_run", None)

    @property
    def updated(self) -> int:
        return self.entries - self.created

    @property
    def unlisted(self) -> int:
        """Entries besides the examples."""
        return self.entries - len(self.examples)


Change = EntryChange | BatchChange


@dataclass(frozen=True)
class ChangeList:
    """Rows newest first, and where the next page begins (None: there is none)."""

    rows: tuple[Change, ...]
    next_cursor: Cursor | None


def list_changes(
    user: Person,
    wanted: Wanted | None = None,
    *,
    before: Cursor | None = None,
    limit: int = EDITS_PER_PAGE,
    with_examples: bool = True,
) -> ChangeList:
    """One page of changes, made of at most `limit` edits and batches.

    Two queries, up to two more for people, and two more when there are batches.
    """
    wanted = wanted or Wanted()
    revisions = _revisions(user, wanted)
    batches = _batches(_chosen(readable_revisions(user), wanted), before)
    if wanted.who is None:
        edits = _edits(revisions, before)[: limit + 1]
    else:
        edits = _edits_of(wanted.who, revisions, before, limit + 1)
        batches = batches.filter(reduce(or_, wanted.who.parts(), Q(pk__in=[])))
    batches = batches[: limit + 1]
    found = sorted([*edits, *batches], key=_position, reverse=True)
    shown = found[:limit]
    shown_batches = [item for item in shown if isinstance(item, Batch)]
    counted = _chosen(_countable_revisions(user), wanted)
    changes = _batch_changes(
        shown_batches, revisions, counted, with_examples=with_examples
    )
    cursor = _cursor_at(shown[-1]) if len(found) > limit else None
    return ChangeList(tuple(_folded(shown, changes)), cursor)


def shared_by(who: Who) -> QuerySet:
    """The ids of revisions that they are credited in beside their authors."""
    shared = RevisionCoauthor.objects.in_sight()
    return shared.filter(reduce(or_, who.parts(), Q(pk__in=[]))).values("revision")


def readable_revisions(user: Person) -> RevisionQuerySet:
    """Revisions this person may read, of entries that they may read."""
    return _in_sight(Revision.objects.visible_to(user), user)


def _countable_revisions(user: Person) -> RevisionQuerySet:
    """The same, to count thousands of: without reading a row of each entry.

    Who may see an entry stands there behind its texts; the index has it too.
    """
    entries = Entry.objects.visible_to(user).values("pk")
    return _in_sight(Revision.objects.filter(entry__in=entries), user)


def _in_sight(revisions: RevisionQuerySet, user: Person) -> RevisionQuerySet:
    if permissions.can_view_revision(user, is_hidden=True):
        return revisions
    return revisions.with_is_hidden().filter(is_hidden=False)


def _revisions(user: Person, wanted: Wanted) -> RevisionQuerySet:
    """What is wanted of what this person may read, as a list prints it.

    Each knows as `previous` the number of what they may compare it with.
    """
    earlier = Revision.objects.filter(
        entry=OuterRef("entry"), number__lt=OuterRef("number")
    )
    newest = _in_sight(earlier, user).newest_first().values("number")[:1]
    return (
        _chosen(readable_revisions(user), wanted)
        .annotate(previous=Subquery(newest))
        .select_related("author", "entry")
        .only(*_PRINTED)
    )


def _chosen(revisions: RevisionQuerySet, wanted: Wanted) -> RevisionQuerySet:
    if wanted.kind == "new":
        revisions = revisions.filter(number=1)
    elif wanted.kind == "imported":
        revisions = revisions.filter(batch__kind=BatchKind.IMPORT)
    if wanted.without_minor:
        revisions = revisions.filter(is_minor=False)
    if wanted.tag:
        tagged = EntryTag.objects.filter(tag__key=wanted.tag)
        revisions = revisions.filter(entry__in=tagged.values("content_object"))
    if wanted.since:
        revisions = revisions.filter(created_at__gte=wanted.since)
    return revisions


def _edits(revisions: RevisionQuerySet, before: Cursor | None) -> RevisionQuerySet:
    edits = revisions.filter(batch=None).order_by("-created_at", "-id")
    if before is None:
        return edits
    return edits.filter(
        Q(created_at__lt=before.at) | Q(created_at=before.at, id__lt=before.revision_id)
    )


def _edits_of(
    who: Who, revisions: RevisionQuerySet, before: Cursor | None, limit: int
) -> Iterable[Revision]:
    """The newest of what people wrote, and of what was merged with it.

    Part by part: all together have no index that they could be read along.
    """
    found = {
        edit.pk: edit
        for part in (*who.parts(), Q(pk__in=shared_by(who)))
        for edit in _edits(revisions.filter(part), before)[:limit]
    }
    return found.values()


def _batches(revisions: RevisionQuerySet, before: Cursor | None) -> QuerySet[Batch]:
    batches = (
        Batch.objects.filter(Exists(revisions.filter(batch=OuterRef("pk"))))
        .select_related("author", "import_run")
        .order_by("-created_at", "-id")
    )
    if before is None:
        return batches
    if before.revision_id:
        return batches.filter(created_at__lte=before.at)
    return batches.filter(created_at__lt=before.at)


def _position(item: Revision | Batch) -> tuple[datetime, bool, int]:
    return item.created_at, isinstance(item, Revision), item.pk


def _cursor_at(item: Revision | Batch) -> Cursor:
    return Cursor(item.created_at, item.pk if isinstance(item, Revision) else 0)


def _batch_changes(
    batches: Sequence[Batch],
    revisions: RevisionQuerySet,
    countable: RevisionQuerySet,
    *,
    with_examples: bool,
) -> dict[int, BatchChange]:
    if not batches:
        return {}
    rows = (
        countable.filter(batch__in=batches)
        .order_by()
        .values("batch")
        .annotate(
            entries=Count("entry", distinct=True),
            created=Count("entry", filter=Q(number=1), distinct=True),
            delta=Sum("size_change"),
            first=Min("id"),
        )
    )
    # One that is missing was there a query ago: its entries were hidden just now.
    counted = {row.pop("batch"): row for row in rows}
    first_ids = {pk: row.pop("first") for pk, row in counted.items()}
    examples = _examples(first_ids, revisions) if with_examples else {}
    return {
        batch.pk: BatchChange(
            batch=batch, examples=tuple(examples.get(batch.pk, ())), **counted[batch.pk]
        )
        for batch in batches
        if batch.pk in counted
    }


def _examples(
    first_ids: Mapping[int, int], revisions: RevisionQuerySet
) -> Mapping[int, list[Revision]]:
    """A few of the first revisions of each batch, whose first ids are known.

    A batch is written in one go, so what follows its first revision is mostly
    its own; looking at ids spares sorting a batch of many thousands.
    """
    spans = [
        Q(batch=batch_id, id__range=(first, first + EXAMPLES_PER_BATCH * 4))
        for batch_id, first in first_ids.items()
    ]
    found: dict[int, list[Revision]] = defaultdict(list)
    if spans:
        for revision in revisions.filter(reduce(or_, spans)).order_by("id"):
            found[revision.batch_id].append(revision)
    return {pk: some[:EXAMPLES_PER_BATCH] for pk, some in found.items()}


def _folded(
    items: Iterable[Revision | Batch], changes: dict[int, BatchChange]
) -> Iterable[Change]:
    rows: dict[tuple[date | None, int], list[Revision] | BatchChange] = {}
    for item in items:
        if isinstance(item, Batch):
            if item.pk in changes:
                rows[None, item.pk] = changes[item.pk]
        else:
            day = timezone.localdate(item.created_at)
            rows.setdefault((day, item.entry_id), []).append(item)
    for row in rows.values():
        yield row if isinstance(row, BatchChange) else EntryChange(tuple(row))


def _author_of(revision: Revision) -> tuple[int | None, str]:
    return revision.author_id, "" if revision.author_id else revision.author_label
