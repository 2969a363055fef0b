"""What a search may be narrowed to besides words: tags, people, dates."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time

from django.contrib.auth import get_user_model
from django.db.models import Exists, OuterRef, Q, Value
from django.db.models.functions import Concat, Trim
from django.utils import timezone

from wiki.models import EntryTag, Revision, Tag, TagAlias
from wiki.permissions import Person, can_curate
from wiki.search.query import Query

_FIRST_DAY, _LAST_DAY = date(1, 1, 3), date(9999, 12, 29)


@dataclass(frozen=True, kw_only=True)
class Narrowing:
    """What was chosen beside the words; all of it holds together with the query.

    `tags` are keys (each stands for its levels too), `by` names of people as `by:`
    takes them. `after` is the first day, `before` the first day that is not meant.
    """

    tags: tuple[str, ...] = ()
    by: tuple[str, ...] = ()
    after: date | None = None
    before: date | None = None


UNNARROWED = Narrowing()


@dataclass(frozen=True)
class Narrowed:
    """A query as this wiki understands it: its words, and a filter for the rest."""

    query: Query
    filters: tuple[Q, ...]


def narrow(
    query: Query, narrowing: Narrowing = UNNARROWED, *, user: Person | None = None
) -> Narrowed:
    """The query with `#…` that is no tag as a word, and what it asks besides words.

    One query when tags are named, one when people are. Without a `user` all
    revisions count, as on the server.
    """
    keys = (*query.tags, *query.excluded_tags, *narrowing.tags)
    known = known_tags(keys)
    query = query.plain(set(query.hashed) - known.keys())
    filters = [
        *(_has_tag(known.get(key, key)) for key in (*query.tags, *narrowing.tags)),
        *(~_has_tag(known.get(key, key)) for key in query.excluded_tags),
        *_written_by((*query.by, *narrowing.by), user),
        *_changed(query.after, query.before),
        *_changed(narrowing.after, narrowing.before),
    ]
    return Narrowed(query, tuple(filters))


def known_tags(keys: Collection[str]) -> Mapping[str, str]:
    """The key of the tag that each of these names; unknown ones are left out."""
    if not keys:
        return {}
    tags = Tag.objects.filter(key__in=keys).order_by().values_list("key", "key")
    aliases = TagAlias.objects.filter(key__in=keys).order_by()
    # What is the name of a tag is that tag, whatever else is called so.
    found = list(tags.union(aliases.values_list("key", "tag__key"), all=True))
    return dict(found) | {key: tag for key, tag in found if key == tag}


def _has_tag(key: str) -> Q:
    """The tag itself or one of its levels."""
    uses = EntryTag.objects.filter(
        Q(tag__key=key) | Q(tag__key__startswith=f"{key}/"),
        content_object=OuterRef("pk"),
    )
    return Q(Exists(uses))


def _written_by(names: Iterable[str], user: Person | None) -> Iterator[Q]:
    """A filter for each name: someone called so wrote at the entry, in sight."""
    names = tuple(dict.fromkeys(names))
    accounts = _accounts_called(names)
    for name in names:
        revisions = Revision.objects.filter(
            Q(author__in=accounts[name.casefold()])
            | Q(author=None, author_label__iexact=name),
            entry=OuterRef("pk"),
        )
        if user is not None and not can_curate(user):
            revisions = revisions.with_is_hidden().filter(is_hidden=False)
        yield Q(Exists(revisions))


def _accounts_called(names: Collection[str]) -> Mapping[str, list[int]]:
    """Ids of accounts by folded name: what they log in with, or their full name."""
    found: dict[str, list[int]] = {name.casefold(): [] for name in names}
    if not names:
        return found
    full_name = Trim(Concat("first_name", Value(" "), "last_name"))
    called = Q()
    for name in names:
        called |= Q(username__iexact=name) | Q(full_name__iexact=name)
    people = get_user_model().objects.annotate(full_name=full_name).filter(called)
    for pk, *called_so in people.values_list("pk", "username", "full_name"):
        for name in {one.casefold() for one in called_so} & found.keys():
            found[name].append(pk)
    return found


def _changed(after: date | None, before: date | None) -> Iterator[Q]:
    if after:
        yield Q(updated_at__gte=start_of(after))
    if before:
        yield Q(updated_at__lt=start_of(before))


def start_of(day: date) -> datetime:
    """The first moment of a day here; of the calendar's last days a near one."""
    # At the ends of the calendar a zone has days that UTC has not.
    day = min(max(day, _FIRST_DAY), _LAST_DAY)
    return timezone.make_aware(datetime.combine(day, time.min))
