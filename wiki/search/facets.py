"""What the entries that were found can be narrowed to: tags, people, time, with counts.

A count is of what narrowing to it would leave, as far as the ids go that are given.
Only what is found is counted, so nothing else is told of.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import Enum
from heapq import nlargest

from django.contrib.auth import get_user_model
from django.db import connection
from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from wiki.models import EntryTag, Revision, RevisionMark, Tag
from wiki.permissions import Person, can_curate
from wiki.prepared import Prepared
from wiki.search.narrowing import Narrowing, start_of

MAX_TAGS = 10
MAX_PEOPLE = 8


class Age(Enum):
    """When an entry was changed last, in days back from today."""

    DAY = ("day", 1, None)
    WEEK = ("week", 7, None)
    MONTH = ("month", 30, None)
    YEAR = ("year", 365, None)
    OLDER = ("older", None, 365)

    def __init__(self, word: str, within: int | None, beyond: int | None) -> None:
        self.word = word
        self._within = within
        self._beyond = beyond

    @property
    def days(self) -> dict[str, date]:
        """The first day and the first that is not meant, as `Narrowing` takes them."""
        found = {"after": self._within, "before": self._beyond}
        today = timezone.localdate()
        return {
            name: today - timedelta(days=back - 1)
            for name, back in found.items()
            if back is not None
        }


@dataclass(frozen=True)
class Option:
    """One thing to narrow to: what the address says, what is printed, and how many.

    Without a count: chosen, and nothing is known of it.
    """

    value: str
    name: str
    count: int | None = None


def tag_options(ids: Sequence[int], chosen: Collection[str] = ()) -> list[Option]:
    """The most frequent tags of these entries, and the chosen ones. Three queries.

    A tag counts for the levels above it too, each entry once.
    """
    if not ids:
        return _in_order((), chosen)
    counts = dict(_tag_counts.rows(ids))
    top = nlargest(MAX_TAGS, counts, key=lambda pk: (counts[pk], -pk))
    rows = _tag_rows.rows(top or [0], sorted(counts) or [0], sorted(chosen) or [""])
    tags = {key: _Tag(pk, name) for pk, key, name in rows}
    shown = {key for key in tags if tags[key].pk in top} | set(chosen)
    families = {key: _family(key, tags) for key in shown}
    wide = {pk for family in families.values() if len(family) > 1 for pk in family}
    together = _entries_by_tag(ids, wide)
    options = []
    for key, family in families.items():
        if not family:
            continue
        count = counts.get(family[0], 0)
        if len(family) > 1:
            count = len(set().union(*(together[pk] for pk in family)))
        name = tags[key].name if key in tags else key
        options.append(Option(key, name, count))
    return _in_order(options, chosen)


def author_options(
    user: Person, ids: Sequence[int], chosen: Collection[str] = ()
) -> list[Option]:
    """Who wrote at most of these entries, and the chosen. Two queries.

    Called as `by:` calls them. Hidden revisions count for curators only.
    """
    if not ids:
        return _in_order((), chosen)
    rows = _authors.rows(ids, variant=("curator" if can_curate(user) else "reader",))
    accounts = _accounts({author for _, author, _ in rows if author})
    # Two people may share a name: what is looked for by it is of both.
    entries: dict[str, set[int]] = defaultdict(set)
    shown: dict[str, str] = {}
    for entry, author, label in rows:
        called = accounts.get(author, ()) if author else (label,)
        for name in filter(None, called):
            entries[name.casefold()].add(entry)
        if called and called[0]:
            shown.setdefault(called[0].casefold(), called[0])
    wanted = {name.casefold(): name for name in chosen}
    top = nlargest(MAX_PEOPLE, sorted(shown), key=lambda name: len(entries[name]))
    options = [
        Option(wanted.get(name, shown[name]), shown[name], len(entries[name]))
        for name in {*top, *(wanted.keys() & shown.keys())}
    ]
    return _in_order(options, chosen)


def age_options(ids: Sequence[int]) -> dict[Age, int]:
    """How many of these entries were changed when. One query."""
    if not ids:
        return dict.fromkeys(Age, 0)
    bounds = [bound for age in Age for bound in _bounds(age)]
    # As a queryset it would take longer to be made than all the rest of a search.
    columns = ", ".join(
        "COUNT(CASE WHEN updated_at >= %s AND updated_at < %s THEN 1 END)" for _ in Age
    )
    places = ", ".join(["%s"] * len(ids))
    sql = f"SELECT {columns} FROM wiki_entry WHERE id IN ({places})"  # noqa: S608
    with connection.cursor() as cursor:
        adapted = map(connection.ops.adapt_datetimefield_value, bounds)
        cursor.execute(sql, [*adapted, *ids])
        return dict(zip(Age, cursor.fetchone(), strict=True))


def _bounds(age: Age) -> tuple[datetime, datetime]:
    narrowing = Narrowing(**age.days)
    return (
        start_of(narrowing.after or date.min),
        start_of(narrowing.before or date.max),
    )


def _in_order(options: Iterable[Option], chosen: Collection[str]) -> list[Option]:
    """Most first; what was chosen and is nowhere stays to be dropped."""
    found = sorted(options, key=lambda option: (-option.count, option.value))
    values = {option.value for option in found}
    return [*found, *(Option(name, name) for name in chosen if name not in values)]


# ── Tags ──────────────────────────────────────────────────────────────────────
@dataclass(frozen=True)
class _Tag:
    pk: int
    name: str


@Prepared
def _tag_counts(ids: Sequence[int]) -> QuerySet:
    uses = EntryTag.objects.filter(content_object__in=ids).order_by()
    return uses.values_list("tag").annotate(Count("id"))


@Prepared
def _tag_rows(
    top: Sequence[int], counted: Sequence[int], keys: Sequence[str]
) -> QuerySet:
    # Those with levels all: one that is shown may stand above them.
    meant = Q(pk__in=top) | Q(key__contains="/") | Q(key__in=keys)
    tags = Tag.objects.filter(meant, pk__in=counted).order_by()
    return tags.values_list("pk", "key", "name")


@Prepared
def _uses(ids: Sequence[int], tags: Sequence[int]) -> QuerySet:
    uses = EntryTag.objects.filter(content_object__in=ids, tag__in=tags).order_by()
    return uses.values_list("content_object", "tag")


def _family(key: str, tags: Mapping[str, _Tag]) -> list[int]:
    """The tag and its levels, by their ids."""
    own = [tags[key].pk] if key in tags else []
    below = f"{key}/"
    return [*own, *(tags[other].pk for other in tags if other.startswith(below))]


def _entries_by_tag(
    ids: Sequence[int], tags: Collection[int]
) -> Mapping[int, set[int]]:
    found: dict[int, set[int]] = defaultdict(set)
    for entry, tag in _uses.rows(ids, sorted(tags)) if tags else ():
        found[tag].add(entry)
    return found


# ── People ────────────────────────────────────────────────────────────────────
@Prepared
def _authors(ids: Sequence[int], reader: Sequence[str]) -> QuerySet:
    revisions = Revision.objects.filter(entry__in=ids)
    if reader != ["curator"]:
        hidden = RevisionMark.objects.filter(kind=RevisionMark.Kind.HIDDEN)
        revisions = revisions.exclude(pk__in=hidden.values("revision"))
    rows = revisions.order_by().values_list("entry", "author", "author_label")
    return rows.distinct()


@Prepared
def _account_rows(ids: Sequence[int]) -> QuerySet:
    people = get_user_model().objects.filter(pk__in=ids).order_by()
    return people.values_list("pk", "username", "first_name", "last_name")


def _accounts(ids: Collection[int]) -> Mapping[int, tuple[str, ...]]:
    """What each is called: as it is shown, then what it logs in with."""
    found = {}
    for pk, username, *names in _account_rows.rows(sorted(ids)) if ids else ():
        full_name = " ".join(names).strip()
        found[pk] = (full_name or username, username)
    return found
