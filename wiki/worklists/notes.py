"""Notes that want something: links to them, text, tags, a file, or one of two to go."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef

from wiki.linkgraph import linked_pairs, visible_ids
from wiki.models import Alias, Entry, EntryFile, EntryTag, SearchDocument, Tag
from wiki.models.entries import EntryQuerySet
from wiki.slugs import title_key

# Besides its headings a note should say at least so much.
LEAST_CHARS = 30
# Of longer ones the text is not even looked at.
LONGEST_STUB_CHARS = 400

_HEADING = re.compile(r"^ {0,3}(?:#{1,6}(?:[ \t].*)?|[-=*_ \t]+)$", re.MULTILINE)
_ENDING = re.compile(r"(?: \([^()]*\))+\Z")


@dataclass(frozen=True, slots=True)
class Duplicates:
    """Notes that may be one and the same."""

    entry_ids: tuple[int, ...]
    have_same_title: bool
    have_same_text: bool


@dataclass(frozen=True, slots=True)
class LostFile:
    """A file that a note shows or links and nobody has."""

    entry_id: int
    name: str


def find_orphans(visibilities: Sequence[str]) -> list[int]:
    """Notes that no other links to, and that describe no tag. Five queries."""
    ids = visible_ids(visibilities)
    seen = set(ids)
    linked = {target for source, target in linked_pairs() if source in seen}
    reached = linked | _describing(visibilities)
    return [pk for pk in ids if pk not in reached]


def _describing(visibilities: Sequence[str]) -> set[int]:
    """Notes called like a tag in use, or like another name of it: on its page."""
    used = Exists(EntryTag.objects.filter(tag=OuterRef("pk")))
    names = Tag.objects.filter(used).values_list("name", "aliases__name")
    keys = {title_key(name) for both in names for name in both if name}
    titled = _seen(visibilities).filter(title_key__in=keys)
    others = Alias.objects.filter(kind=Alias.Kind.TITLE, key__in=keys)
    return {
        *titled.values_list("pk", flat=True),
        *others.values_list("entry_id", flat=True),
    }


def find_stubs(visibilities: Sequence[str]) -> list[int]:
    """Notes without a text, with headings only, or with hardly a sentence."""
    small = _seen(visibilities).filter(head__size__lte=LONGEST_STUB_CHARS)
    rows = small.in_title_order().values_list("pk", "body")
    return [pk for pk, body in rows if is_stub(body)]


def is_stub(body: str) -> bool:
    text = _HEADING.sub("", body)
    return len("".join(text.split())) < LEAST_CHARS


def find_untagged(visibilities: Sequence[str]) -> list[int]:
    """Notes without a tag. One query."""
    uses = EntryTag.objects.filter(content_object=OuterRef("pk"))
    untagged = _seen(visibilities).filter(~Exists(uses)).in_title_order()
    return list(untagged.values_list("pk", flat=True))


def find_duplicates(visibilities: Sequence[str]) -> list[Duplicates]:
    """Notes of one title, but for what stands in brackets behind it, or of one text.

    Each note once. Four queries.
    """
    places = {pk: place for place, pk in enumerate(visible_ids(visibilities))}
    by_title = [group for group in _same_titles(visibilities) if len(group) > 1]
    by_text = [
        group
        for those in _same_texts()
        if len(group := [pk for pk in those if pk in places]) > 1
    ]
    titled, written = _numbered(by_title), _numbered(by_text)
    found = []
    for group in _joined([*by_title, *by_text]):
        ids = tuple(sorted(group, key=places.__getitem__))
        found.append(
            Duplicates(
                ids,
                have_same_title=any(pk in titled for pk in ids),
                have_same_text=any(pk in written for pk in ids),
            )
        )
    return sorted(found, key=lambda one: places[one.entry_ids[0]])


def find_lost_files(visibilities: Sequence[str]) -> list[LostFile]:
    """Files that could not be found, as their notes call them. One query."""
    lost = EntryFile.objects.filter(
        file=None,
        is_shown=True,
        entry__deleted_at=None,
        entry__visibility__in=visibilities,
    ).order_by("entry__sort_key", "entry_id", "name")
    return [LostFile(*row) for row in lost.values_list("entry_id", "name").distinct()]


def _seen(visibilities: Sequence[str]) -> EntryQuerySet:
    return Entry.objects.live().filter(visibility__in=visibilities)


def _same_titles(visibilities: Sequence[str]) -> Iterable[list[int]]:
    """Two queries: few titles end in brackets, and only theirs are looked up."""
    groups: dict[str, list[int]] = defaultdict(list)
    ending = _seen(visibilities).filter(title_key__endswith=")")
    for pk, key in ending.values_list("pk", "title_key"):
        base = _ENDING.sub("", key)
        if base and base != key:
            groups[base].append(pk)
    plain = _seen(visibilities).filter(title_key__in=list(groups))
    for pk, key in plain.values_list("pk", "title_key"):
        groups[key].append(pk)
    return groups.values()


def _same_texts() -> Iterable[list[int]]:
    documents = SearchDocument.objects.exclude(text_hash="").order_by()
    several = documents.values("text_hash").annotate(count=Count("pk"))
    hashes = several.filter(count__gt=1).values("text_hash")
    groups: dict[str, list[int]] = defaultdict(list)
    rows = documents.filter(text_hash__in=hashes)
    for text_hash, pk in rows.values_list("text_hash", "entry_id"):
        groups[text_hash].append(pk)
    return groups.values()


def _numbered(groups: Iterable[Iterable[int]]) -> set[int]:
    return {pk for group in groups for pk in group}


def _joined(groups: Iterable[Sequence[int]]) -> Iterable[set[int]]:
    """The groups, those that have a note in common as one."""
    joined: dict[int, set[int]] = {}
    for group in groups:
        whole = set(group).union(*(joined.get(pk, ()) for pk in group))
        joined |= dict.fromkeys(whole, whole)
    return {id(group): group for group in joined.values()}.values()
