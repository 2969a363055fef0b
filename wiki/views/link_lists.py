"""The links of an entry, both ways, and the notes that only mention it.

Each holds only what the reader may see, in a number of queries that does not hang on
how many there are.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from django.core.paginator import Page
from django.http import HttpRequest

from wiki import permissions
from wiki.mentions import Effort, Mention, first_mention, names_to_look_for
from wiki.models import Entry, Link
from wiki.names import may_link_to
from wiki.paths import bare_name, is_note_target
from wiki.permissions import Person
from wiki.search.finding import phrase_in
from wiki.slugs import new_entry_path
from wiki.views.lists import page_of
from wiki.views.surroundings import cut_around

SOURCES_PER_PAGE = 30
# Of the links of one note so many are shown with their sentence.
SENTENCES = 3
LINKS_LOOKED_AT, LISTED_TARGETS = 2000, 200
# Texts that are looked through for mentions: so many, or so many characters.
TEXTS_LOOKED_AT = 60
CHARS_LOOKED_AT = 300_000
LONGEST_TEXT = 100_000
LISTED_MENTIONS = 20

_FOR_RIGHTS = ("visibility", "protection", "deleted_at")
_LINK = re.compile(
    r"\[\[(?P<wiki>[^\]|\n]{1,600})\\?\|(?P<label>[^\]\n]{1,600})\]\]"
    r"|\[(?P<words>[^\[\]\n]{1,600})\]\((?P<path>[^)\n]{1,600})\)"
)


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

    Its list holds `Source`s. Four queries.
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
    places: dict[int, dict[tuple[str, str], int]] = defaultdict(dict)
    for pk, *shown, line in rows.values_list("source_id", "name", "excerpt", "line"):
        places[pk].setdefault(tuple(shown), line)
    bodies = _bodies_of_labelled(places)
    return [
        Source(
            source,
            tuple(
                Sentence(*cut_around(_label(name, excerpt, line, body), excerpt))
                for (name, excerpt), line in islice(found.items(), SENTENCES)
            ),
            max(0, len(found) - SENTENCES),
        )
        for source in sources
        for found in [places[source.pk]]
        for body in [bodies.get(source.pk, "")]
    ]


def _bodies_of_labelled(
    places: Mapping[int, Mapping[tuple[str, str], int]],
) -> dict[int, str]:
    """The texts of notes whose sentences show a link by other words than its name."""
    ids = [
        pk
        for pk, found in places.items()
        if any(not cut_around(*shown)[1] for shown in islice(found, SENTENCES))
    ]
    return dict(Entry.objects.filter(pk__in=ids).values_list("pk", "body"))


def _label(name: str, excerpt: str, line: int, body: str) -> str:
    """What stands for the link in its sentence: its name, or words shown instead."""
    if not body or name.casefold() in excerpt.casefold():
        return name
    text = next(islice(body.split("\n"), line - 1, None), "")
    for match in _LINK.finditer(text):
        if name in (match["wiki"] or match["path"] or ""):
            label = match["label"] or match["words"] or ""
            return label.strip() or name
    return name


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
    for name, destination, title, visibility, deleted_at in rows[:LINKS_LOOKED_AT]:
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
    effort = Effort()
    looked_at = chars = 0
    for note in _texts(ids[:TEXTS_LOOKED_AT], entry):
        if chars > CHARS_LOOKED_AT or len(notes) == LISTED_MENTIONS:
            break
        if effort.chars <= 0:
            break
        looked_at += 1
        chars += len(note.body)
        if mention := first_mention(note.body, names, entry.title, effort):
            may = permissions.can_edit(reader, note)
            notes.append(Mentioning(note, mention, may))
    return Mentions(tuple(notes), is_cut=looked_at < len(ids))


def _texts(ids: Sequence[int], entry: Entry) -> Iterable[Entry]:
    """Those of the notes, with their texts, that are not too long and may link here."""
    return (
        Entry.objects.filter(pk__in=ids, head__size__lte=LONGEST_TEXT)
        .filter(visibility__in=may_link_to(entry))
        .only("title", "slug", "body", "version", *_FOR_RIGHTS)
        .recently_changed()
    )
