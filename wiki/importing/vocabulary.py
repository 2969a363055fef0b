"""The topic vocabulary in the database: loaded from a file, kept by curators."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.db import transaction

from wiki.editing.tagging import new_tag
from wiki.importing.notes import DumpError
from wiki.importing.topics import (
    NEVER,
    OtherName,
    Topic,
    TopicTable,
    Vocabulary,
    read_topics,
)
from wiki.models import MatchRule, Tag, TagAlias
from wiki.slugs import MAX_TAG_CHARS, clean_tag, tag_key


@dataclass(frozen=True)
class Loaded:
    """What loading a topic file did."""

    created: int = 0
    updated: int = 0
    # Left alone: a curator's, or the name means something else here.
    left: int = 0


def read_topic_file(path: str | Path) -> TopicTable:
    """The topics of a file. Raises DumpError when it cannot be used."""
    try:
        data = Path(path).read_bytes()
    except OSError as error:
        raise DumpError("topics-broken", reason=error.strerror or error) from None
    return read_topics(data)


@transaction.atomic
def load_topics(table: TopicTable) -> Loaded:
    """Makes tags of the topics, with their other names, terms and implications.

    Loading again changes nothing. A tag that a curator changed is left as it
    is, and a name that is another name of some tag by now stays that. A few
    queries, whatever the number of topics.
    """
    topics = {tag_key(topic.name): topic for topic in table.topics}
    elsewhere = TagAlias.objects.filter(key__in=topics).values_list("key", flat=True)
    for key in elsewhere:
        del topics[key]
    stored = {tag.key: tag for tag in Tag.objects.filter(key__in=topics)}
    made = Tag.objects.bulk_create(
        _tag(topic) for key, topic in topics.items() if key not in stored
    )
    free = {key: tag for key, tag in stored.items() if not tag.is_curated}
    changed = {key for key, tag in free.items() if _has_changed(tag, topics[key])}
    for key in changed:
        free[key].match = topics[key].match
        free[key].terms = list(topics[key].terms)
    Tag.objects.bulk_update([free[key] for key in changed], ["match", "terms"])
    free |= {tag.key: tag for tag in made}
    mine = {key: topic for key, topic in topics.items() if key in free}
    named = _add_names(mine, free)
    linked = _add_implications(mine, free, stored | free)
    updated = (changed | named | linked) - {tag.key for tag in made}
    left = len(table.topics) - len(mine)
    return Loaded(created=len(made), updated=len(updated), left=left)


def stored_vocabulary(ignore: Iterable[str] = ()) -> Vocabulary:
    """All topics as the tags have them now, curators' changes included.

    Four queries. Tags that people only wrote are no topics: nothing is looked
    for by their names.
    """
    return Vocabulary(_stored_topics(), ignore)


def current_vocabulary() -> Vocabulary:
    """`stored_vocabulary`, kept for as long as the topics stay as they are.

    Four queries; making one takes much longer than those.
    """
    return _vocabulary_of(tuple(_stored_topics()))


@lru_cache(maxsize=1)
def _vocabulary_of(topics: tuple[Topic, ...]) -> Vocabulary:
    return Vocabulary(topics)


def _stored_topics() -> list[Topic]:
    aliases = defaultdict(list)
    for tag_id, name, match in TagAlias.objects.values_list("tag_id", "name", "match"):
        aliases[tag_id].append(OtherName(name, match))
    names = dict(Tag.objects.values_list("pk", "name"))
    implied = defaultdict(list)
    for tag_id, other_id in Tag.implies.through.objects.order_by("pk").values_list(
        "from_tag_id", "to_tag_id"
    ):
        implied[tag_id].append(names[other_id])
    return [
        Topic(
            name=name,
            match=match,
            aliases=tuple(sorted(aliases[pk], key=lambda other: other.name)),
            terms=tuple(terms),
            implies=tuple(implied[pk]),
        )
        for pk, name, match, terms in Tag.objects.order_by("key").values_list(
            "pk", "name", "match", "terms"
        )
        # A tag that people only wrote says nothing about other notes.
        if match != NEVER or terms or pk in aliases or pk in implied
    ]


def has_topics() -> bool:
    """Whether a vocabulary was ever loaded, or made by hand."""
    return Tag.objects.exclude(match=MatchRule.NEVER).exists()


def _tag(topic: Topic) -> Tag:
    tag = new_tag(topic.name)
    tag.match, tag.terms = topic.match, list(topic.terms)
    return tag


def _has_changed(tag: Tag, topic: Topic) -> bool:
    return (tag.match, list(tag.terms)) != (topic.match, list(topic.terms))


def _add_names(topics: Mapping[str, Topic], tags: Mapping[str, Tag]) -> set[str]:
    """Makes other names that nothing else has. Keys of the topics that got some."""
    wanted: dict[str, tuple[str, OtherName]] = {}
    for key, topic in topics.items():
        for other in topic.aliases:
            if len(clean_tag(other.name)) <= MAX_TAG_CHARS and "," not in other.name:
                wanted.setdefault(tag_key(other.name), (key, other))
    taken = set(Tag.objects.filter(key__in=wanted).values_list("key", flat=True))
    taken |= set(TagAlias.objects.filter(key__in=wanted).values_list("key", flat=True))
    new = {name: found for name, found in wanted.items() if name and name not in taken}
    TagAlias.objects.bulk_create(
        TagAlias(tag=tags[key], name=clean_tag(other.name), key=name, match=other.match)
        for name, (key, other) in new.items()
    )
    return {key for key, _ in new.values()}


def _add_implications(
    topics: Mapping[str, Topic], free: Mapping[str, Tag], tags: Mapping[str, Tag]
) -> set[str]:
    """Makes implications that are missing. Keys of the topics that got some."""
    through = Tag.implies.through
    stored = set(through.objects.values_list("from_tag_id", "to_tag_id"))
    new = {
        (free[key].pk, tags[tag_key(implied)].pk): key
        for key, topic in topics.items()
        for implied in topic.implies
        if tag_key(implied) in tags
    }
    through.objects.bulk_create(
        through(from_tag_id=source, to_tag_id=target)
        for source, target in new
        if (source, target) not in stored
    )
    return {key for pair, key in new.items() if pair not in stored}
