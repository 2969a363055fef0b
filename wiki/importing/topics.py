"""Which topics a note is about, by a table of words; the same answer every time.

A topic is named by words. They are looked for in the prose of a note only:
code, addresses and pictures say what a text uses, not what it is about.
"""

import hashlib
import tomllib
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from wiki.importing.notes import DumpError, Note, NoteTag
from wiki.importing.prose import is_list_of_links, place_finder, prose
from wiki.importing.words import WordFinder
from wiki.slugs import clean_tag, tag_key

MAX_DERIVED_TAGS = 8
# One mention is chance; two are a theme.
_MIN_BODY_HITS = 2
# Where a word stands, strongest first. In any but the last one hit is enough.
_PLACES = ("title", "summary", "heading", "bold", "link", "body")
_BODY = _PLACES.index("body")

FOLD, EXACT, NEVER = "fold", "exact", "never"
_MATCH_RULES = (FOLD, EXACT, NEVER)


@dataclass(frozen=True, slots=True)
class OtherName:
    """Another name of a topic, and how it is looked for in text."""

    name: str
    match: str = FOLD


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic as a table or a tag row gives it.

    `terms` are words that speak for the topic without naming it; a leading `=`
    asks for exactly this case.
    """

    name: str
    match: str = FOLD
    aliases: tuple[OtherName, ...] = ()
    terms: tuple[str, ...] = ()
    implies: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TopicTable:
    """A topic file: topics, and phrases in which their words mean something else."""

    topics: tuple[Topic, ...]
    ignore: tuple[str, ...] = ()


def read_topics(data: bytes) -> TopicTable:
    """The topics in a TOML file. Raises DumpError with what is wrong in it."""
    try:
        table = tomllib.loads(data.decode("utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise DumpError("topics-broken", reason=error) from None
    ignore = _words(table.pop("ignore", []), "ignore")
    return TopicTable(tuple(_topic(name, row) for name, row in table.items()), ignore)


def _topic(name: str, row: object) -> Topic:
    if not isinstance(row, dict) or set(row) - _KEYS or not tag_key(name):
        raise DumpError("topics-row", name=name)
    match = row.get("match", FOLD)
    if match not in _MATCH_RULES:
        raise DumpError("topics-row", name=name)
    aliases = [OtherName(alias) for alias in _words(row.get("aliases", []), name)]
    aliases += [OtherName(also, NEVER) for also in _words(row.get("also", []), name)]
    exact = [f"={term}" for term in _words(row.get("exact", []), name)]
    return Topic(
        name=clean_tag(name),
        match=match,
        aliases=tuple(aliases),
        terms=(*_words(row.get("terms", []), name), *exact),
        implies=_words(row.get("implies", []), name),
    )


_KEYS = {"match", "aliases", "also", "terms", "exact", "implies"}


def _words(value: object, name: str) -> tuple[str, ...]:
    if isinstance(value, list) and all(isinstance(word, str) for word in value):
        return tuple(value)
    raise DumpError("topics-row", name=name)


@dataclass(frozen=True, slots=True)
class _Evidence:
    """That a word speaks for a topic; `exact` is how it must be written."""

    topic: str
    exact: str = ""


@dataclass(slots=True)
class _Tally:
    """How often a topic was met, its strongest place, and where it came first."""

    place: int = len(_PLACES)
    count: int = 0
    first: int = 0


class Vocabulary:
    """All topics, ready to be looked for. Made once, used for every note."""

    def __init__(self, topics: Iterable[Topic], ignore: Iterable[str] = ()) -> None:
        topics, ignore = list(topics), list(ignore)
        # Equal for vocabularies that give every note the same tags.
        self.digest = hashlib.sha256(repr((topics, ignore)).encode()).hexdigest()
        self._names: dict[str, str] = {}
        self._implies: dict[str, tuple[str, ...]] = {}
        self._finder = WordFinder()
        for topic in topics:
            self._add(topic)
        for phrase in ignore:
            self._finder.add(phrase, "")
        self._finder.close()

    def name_of(self, tag: str) -> str:
        """The topic that a tag is a name of; the tag itself when of none."""
        return self._names.get(tag_key(tag), tag)

    def derive_tags(self, note: Note) -> tuple[NoteTag, ...]:
        """The tags that the note's place and words give, strongest first.

        At most eight, without those its owner wrote. Each says by which rule:
        "folder", "title", "bold", "implied:kafka" …
        """
        found = {self._key(tag.name): tag for tag in note.place_tags}
        for name, place in self._topics_of(note):
            found.setdefault(tag_key(name), NoteTag(name, place))
        for tag in (*note.tags, *found.copy().values()):
            for name in self._implies.get(self._key(tag.name), ()):
                implied = NoteTag(name, f"implied:{self.name_of(tag.name)}")
                found.setdefault(tag_key(name), implied)
        written = {self._key(tag.name) for tag in note.tags}
        derived = [tag for key, tag in found.items() if key not in written]
        return tuple(derived[:MAX_DERIVED_TAGS])

    def _add(self, topic: Topic) -> None:
        self._names[tag_key(topic.name)] = topic.name
        self._implies[tag_key(topic.name)] = topic.implies
        own_name = OtherName(topic.name, topic.match)
        for other in (own_name, *topic.aliases):
            # A topic's own name beats another name of some other topic.
            self._names.setdefault(tag_key(other.name), topic.name)
            if other.match != NEVER:
                is_exact = other.match == EXACT
                self._finder.add(other.name, topic.name, is_exact=is_exact)
        for term in topic.terms:
            is_exact = term.startswith("=")
            self._finder.add(term.removeprefix("="), topic.name, is_exact=is_exact)

    def _key(self, tag: str) -> str:
        return tag_key(self.name_of(tag))

    def _topics_of(self, note: Note) -> Iterator[tuple[str, str]]:
        tallies: dict[str, _Tally] = defaultdict(_Tally)
        for text in (note.title, *note.aliases):
            self._count(text, tallies, lambda _: 0)
        self._count(note.summary, tallies, lambda _: 1)
        text = unicodedata.normalize("NFC", prose(note.body))
        places = place_finder(text, is_list_of_links=is_list_of_links(note.body))
        self._count(text, tallies, lambda at: _PLACES.index(places(at)))
        met = [
            (tally.place, -tally.count, tally.first, name)
            for name, tally in tallies.items()
            if tally.place < _BODY or tally.count >= _MIN_BODY_HITS
        ]
        return ((name, _PLACES[place]) for place, _, _, name in sorted(met))

    def _count(
        self, text: str, tallies: dict[str, _Tally], place_at: Callable[[int], int]
    ) -> None:
        for name, position in self._finder.find(text):
            tally = tallies[name]
            tally.first = tally.first if tally.count else position
            tally.count += 1
            tally.place = min(tally.place, place_at(position))
