"""The links of an entry, both ways, and the notes that only mention it.

Each holds only what the reader may see, in a number of queries that does not hang on
how many there are.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.core.paginator import Page
from django.http import HttpRequest

from wiki import permissions
from wiki.mentions import Mention, first_mention, names_to_look_for
from wiki.models import Entry, Link
from wiki.paths import bare_name, is_note_target
from wiki.permissions import Person
from wiki.search.finding import phrase_in
from wiki.slugs import new_entry_path
from wiki.views.lists import page_of
from wiki.views.surroundings import cut_around

SOURCES_PER_PAGE = 30
# Of the links of one note so many are shown with their sentence.
SENTENCES = 3
LISTED_TARGETS = 200
# Texts that are looked through for mentions: so many, or so many characters.
TEXTS_LOOKED_AT = 60
CHARS_LOOKED_AT = 300_000
LISTED_MENTIONS = 20


@dataclass(frozen=True)
class Sentence:
    """Text around a link, cut in three, the name in the middle."""

    before: str
    name: str
    after: str


@dataclass(frozen=True)
class Source:
    """A note that links here, and where in it."""

    entry: Entry
    sentences: tuple[Sentence, ...]
    unlisted: int


@dataclass(frozen=True)
class LinkedName:
    """Where the entry links to: a note, a list of candidates, or nothing yet."""

    title: str
    path: str
    is_missing: bool = False
    is_ambiguous: bool = False


@dataclass(frozen=True)
class Mentioning:
    """A note that names the entry without a link; `is_changeable` by the reader."""

    entry: Entry
    mention: Mention
    is_changeable: bool


@dataclass(frozen=True)
class Mentions:
    """The notes found to mention the entry; `is_cut` when not all were looked at."""

    notes: tuple[Mentioning, ...] = ()
    is_cut: bool = False


def sources_page(request: HttpRequest, entry: Entry) -> Page:
    """A page of the notes that link here, the one that changed last first.

    Its list holds `Source`s. Three queries.
    """
    linking = Link.objects.filter(target=entry).exclude(source=entry).order_by()
    sources = (
        Entry.objects.visible_to(request.user)
        .filter(pk__in=linking.values("source"))
        .without_text()
        .recently_changed()
    )
    page = page_of(request, sources, SOURCES_PER_PAGE)
    page.object_list = _with_sentences(entry, page.object_list)
    return page


def _with_sentences(entry: Entry, sources: Iterable[Entry]) -> list[Source]:
    sources = list(sources)
    rows = Link.objects.filter(target=entry, source__in=sources).order_by("position")
    excerpts: dict[int, dict[tuple[str, str], None]] = defaultdict(dict)
    for source_id, name, excerpt in rows.values_list("source_id", "name", "excerpt"):
        excerpts[source_id][name, excerpt] = None
    return [
        Source(
            source,
            tuple(
                Sentence(*cut_around(name, excerpt))
                for name, excerpt in list(excerpts[source.pk])[:SENTENCES]
            ),
            max(0, len(excerpts[source.pk]) - SENTENCES),
        )
        for source in sources
    ]


def linked_names(entry: Entry, reader: Person) -> list[LinkedName]:
    """Where this entry links to, each once, in the order of its text. One query."""
    seen = permissions.visibilities_for(reader)
    rows = (
        Link.objects.filter(source=entry)
        .exclude(target=entry)
        .order_by("position")
        .values_list(
            "name",
            "destination",
            "target__title",
            "target__visibility",
            "target__deleted_at",
        )
    )
    found: dict[tuple[str, str], LinkedName] = {}
    for name, destination, title, visibility, deleted_at in rows.iterator():
        is_seen = title is not None and visibility in seen and deleted_at is None
        if is_seen:
            found.setdefault((destination, ""), LinkedName(title, destination))
        elif destination and title is None:
            one = LinkedName(name, destination, is_ambiguous=True)
            found.setdefault((destination, ""), one)
        else:
            bare = bare_name(name) if is_note_target(name) else name
            one = LinkedName(bare, new_entry_path(bare), is_missing=True)
            found.setdefault(("", bare), one)
        if len(found) >= LISTED_TARGETS:
            break
    return list(found.values())


def mentions_of(entry: Entry, reader: Person) -> Mentions:
    """The notes whose text has a title of the entry and no link to it.

    The ones that changed last are looked through. Some five queries.
    """
    names = names_to_look_for(entry.title, entry.alias_names)
    if not names:
        return Mentions()
    linking = Link.objects.filter(target=entry).values_list("source_id", flat=True)
    linked = {entry.pk, *linking}
    ids = [pk for pk in phrase_in(reader, names) if pk not in linked]
    notes: list[Mentioning] = []
    looked_at = chars = 0
    for note in _texts(ids[:TEXTS_LOOKED_AT]):
        if chars > CHARS_LOOKED_AT or len(notes) == LISTED_MENTIONS:
            break
        looked_at += 1
        chars += len(note.body)
        if mention := first_mention(note.body, names, entry.title):
            may = permissions.can_edit(reader, note)
            notes.append(Mentioning(note, mention, may))
    return Mentions(tuple(notes), is_cut=looked_at < len(ids))


def _texts(ids: Sequence[int]) -> Iterable[Entry]:
    fields = ("title", "slug", "body", "version", *_FOR_RIGHTS)
    return Entry.objects.filter(pk__in=ids).only(*fields).recently_changed()


_FOR_RIGHTS = ("visibility", "protection", "deleted_at")
