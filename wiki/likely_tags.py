"""Tags that a text in the making may want: of its topics, and of entries like it.

The vocabulary knows words that speak for a topic. Entries say how people tagged what
the text links to, and what is called much like it.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q

from wiki.importing.notes import Note, NoteTag
from wiki.importing.vocabulary import current_vocabulary
from wiki.models import Alias, Entry, EntryTag, Tag
from wiki.permissions import Person, viewable
from wiki.rendering import find_link_targets
from wiki.search.names import entries_sharing
from wiki.slugs import tag_key, title_key

MAX_LIKELY = 8
# Of those, so many only because entries like the text have them.
MAX_BORROWED = 4
# What a tag has to weigh: one entry that is linked to, or two called much like this.
_LEAST_WEIGHT = 2
_LINKED, _ALIKE = 2, 1
_MAX_LINKS = 50
_MAX_WORDS = 5
_MAX_ALIKE = 20
_WORD = re.compile(r"\w{2,}")


@dataclass(frozen=True, kw_only=True)
class Draft:
    """What is in the form; `refused` are tags that were there and were taken out."""

    title: str
    body: str
    tags: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    entry_id: int | None = None


def likely_tags(user: Person, draft: Draft) -> list[str]:
    """Tags that the draft has not and may want, the surest first.

    What only entries bear that this person may not read is not among them. Eight
    queries, four of them for the vocabulary.
    """
    vocabulary = current_vocabulary()
    note = Note(
        source="",
        path="",
        key="",
        title_from="",
        title=draft.title,
        body=draft.body,
        tags=tuple(NoteTag(name, "") for name in draft.tags),
    )
    topics = [tag.name for tag in vocabulary.derive_tags(note)]
    borrowed = _of_entries_like(user, draft)[:MAX_LIKELY]
    had = {tag_key(vocabulary.name_of(name)) for name in (*draft.tags, *draft.refused)}
    names = {tag_key(name): name for name in (*topics, *borrowed)}
    hidden = _unreadable(user, names)
    kept = [names[key] for key in names if key not in had | hidden]
    told = [name for name in kept if name in topics]
    more = [name for name in kept if name not in topics]
    return [*told, *more[:MAX_BORROWED]][:MAX_LIKELY]


def _of_entries_like(user: Person, draft: Draft) -> list[str]:
    """Tags that what it links to and what is called alike bear most. Three queries."""
    weights = Counter(
        dict.fromkeys(_alike(user, draft), _ALIKE)
        | dict.fromkeys(_linked(user, draft.body), _LINKED)
    )
    del weights[draft.entry_id]
    uses = EntryTag.objects.filter(content_object__in=weights).order_by()
    tags: Counter[str] = Counter()
    for name, entry_id in uses.values_list("tag__name", "content_object_id"):
        tags[name] += weights[entry_id]
    heavy = [name for name, weight in tags.items() if weight >= _LEAST_WEIGHT]
    return sorted(heavy, key=lambda name: (-tags[name], name))


def _linked(user: Person, body: str) -> Iterable[int]:
    targets = sorted(find_link_targets(body))[:_MAX_LINKS]
    keys = [key for key in map(title_key, targets) if key]
    called = Alias.objects.filter(key__in=keys).values("entry")
    entries = Entry.objects.visible_to(user)
    entries = entries.filter(Q(title_key__in=keys) | Q(pk__in=called))
    return entries.values_list("pk", flat=True)


def _alike(user: Person, draft: Draft) -> list[int]:
    """Entries whose titles share its rarest words."""
    found = (word for word in _WORD.findall(title_key(draft.title)))
    words = sorted({w for w in found if not w.isdigit()}, key=len)[-_MAX_WORDS:]
    keys = entries_sharing(user, words)
    rarity = {word: sum(word in key for key in keys.values()) for word in words}
    closeness = {
        pk: sum(1 / rarity[word] for word in words if word in key)
        for pk, key in keys.items()
    }
    return sorted(closeness, key=closeness.__getitem__, reverse=True)[:_MAX_ALIKE]


def _unreadable(user: Person, keys: Collection[str]) -> set[str]:
    """Those of the tags that entries bear, but none that this person may read."""
    uses = EntryTag.objects.filter(tag=OuterRef("pk"))
    seen = uses.filter(viewable(user, "content_object__"))
    tags = Tag.objects.filter(Exists(uses), ~Exists(seen), key__in=keys)
    return set(tags.order_by().values_list("key", flat=True))
