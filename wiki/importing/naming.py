"""The titles that notes get: their own, or one that tells them from another entry.

A title is free by what the wiki says and by what the run gave out so far.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import count, islice
from pathlib import PurePosixPath

from wiki.importing.known import Known, Wiki
from wiki.importing.messages import Message
from wiki.importing.notes import Note
from wiki.importing.reading import with_full_title
from wiki.importing.titles import name_of_source
from wiki.slugs import MAX_TITLE_CHARS, clean_title, title_key

# Titles of a note that the wiki is asked about with the whole batch: its own,
# its whole heading, the one with its folder. Then so many at once.
_LIKELY_TITLES = 3
_TITLES_ASKED = 20
_MAX_PLACE_CHARS = 80


class Titles:
    """Titles that are free: by what the wiki says and what this run gave out."""

    def __init__(self, wiki: Wiki) -> None:
        self._wiki = wiki
        self._holders: Mapping[str, int] = {}
        # The database learns of these when the batch is written.
        self._given: set[str] = set()
        self._freed: set[str] = set()

    def look_up(self, notes: Iterable[Note]) -> None:
        """Asks the wiki about the likeliest titles of a batch."""
        keys = {
            title_key(title)
            for note in notes
            for title in islice(_titles(note), _LIKELY_TITLES)
        }
        self._holders = self._wiki.titles_of(keys) if keys else {}

    def name(
        self, note: Note, *, own_id: int | None
    ) -> tuple[Note, tuple[Message, ...]]:
        """The note under a title no other entry has, its own if that is free."""
        titles = _titles(note)
        for round_number in count():
            size = _TITLES_ASKED if round_number else _LIKELY_TITLES
            block = list(islice(titles, size))
            if round_number:
                # So many of one title are rare: ask for this note alone.
                asked = self._wiki.titles_of({title_key(title) for title in block})
                self._holders = {**self._holders, **asked}
            for title in block:
                if self._take(title, own_id):
                    return under(note, title), _title_messages(note, title)
        raise AssertionError("the numbers behind a title do not end")

    def free(self, title: str) -> None:
        """Lets others have a title that its entry gives up in this run."""
        self._freed.add(title_key(title))
        self._given.discard(title_key(title))

    def give_back(self, title: str) -> None:
        """Lets others have a title that `name` gave to a note after all."""
        self._given.discard(title_key(title))

    def _take(self, title: str, own_id: int | None) -> bool:
        key = title_key(title)
        holder = None if key in self._freed else self._holders.get(key)
        if key in self._given or holder not in (None, own_id):
            return False
        self._given.add(key)
        self._freed.discard(key)
        return True


def _titles(note: Note) -> Iterator[str]:
    """Titles to try, the best first: `Kafka`, its whole heading, `Kafka (folder)`."""
    yield note.title
    if note.full_title and note.full_title != note.title:
        yield note.full_title
    place = _told_apart_by(note)
    base = _with_suffix(note.title, place) if place else note.title
    if place:
        yield base
    for number in count(2):
        yield _with_suffix(base, str(number))


def _told_apart_by(note: Note) -> str:
    """What tells a note from another of its title: its folder, else its dump."""
    folder = PurePosixPath(note.path).parent.name
    name = clean_title(folder) or name_of_source(note.source)
    return "" if title_key(name) == title_key(note.title) else name


def _with_suffix(title: str, suffix: str) -> str:
    suffix = suffix[:_MAX_PLACE_CHARS].strip()
    room = MAX_TITLE_CHARS - len(suffix) - len(" ()")
    return f"{title[:room].rstrip()} ({suffix})"


def is_told_apart(note: Note, known: Known) -> bool:
    """Whether the known title is one that was made from the note's own."""
    return known.title in islice(_titles(note), 1, _TITLES_ASKED)


def under(note: Note, title: str) -> Note:
    """The note under this title; its own becomes another title of it."""
    if title == note.title:
        return note
    if title == note.full_title:
        return with_full_title(note)
    return replace(note, title=title, aliases=(note.title, *note.aliases))


def _title_messages(note: Note, title: str) -> tuple[Message, ...]:
    if title in (note.title, note.full_title):
        return ()
    return (Message("title-taken", {"title": note.title}),)
