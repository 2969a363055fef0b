"""What a link's target means: which entry or file, read on which page.

A plain name is a title, another title, a path in the page's dump, an ending of
one, an address, a former name, tried in that order. What is written as a path
is looked up as one first. Titles beat all other names; of another title that
several entries share, the page lists the candidates.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from django.db.models import Exists, OuterRef, Q, QuerySet

from wiki.models import Alias, DumpName, Entry, EntryFile, Visibility
from wiki.paths import (
    Wanted,
    file_keys,
    note_keys,
    path_key,
    read_target,
    stored_file_name,
)
from wiki.prepared import Prepared
from wiki.rendering import Destination
from wiki.shown_files import NamedFile, shown_files
from wiki.slugs import entry_path, file_path, slugify, title_key

NAMES_AT_ONCE = 1000
PUBLIC_ONLY = (Visibility.PUBLIC,)
# The stored page is the same for every reader, so a link may only lead to what
# everyone who reads the page may read.
LINKED_FROM = {
    Visibility.PUBLIC: PUBLIC_ONLY,
    Visibility.MEMBERS: (Visibility.PUBLIC, Visibility.MEMBERS),
    Visibility.CURATORS: tuple(Visibility.values),
}


def may_link_to(entry: Entry) -> list[str]:
    """Of which visibility a note has to be for a link on it to lead to the entry.

    Only those may be written its title into: others read them who may not read it.
    """
    return [own for own, seen in LINKED_FROM.items() if entry.visibility in seen]


@dataclass(frozen=True, slots=True)
class Page:
    """Where targets are read: who reads the page, and its place in its dump.

    `writer_id` is whose text it is, who may show what they uploaded themselves.
    """

    visibility: str = Visibility.PUBLIC
    source: str = ""
    path: str = ""
    entry_id: int | None = None
    writer_id: int | None = None

    @classmethod
    def of(cls, entry: Entry, *, writer_id: int | None = None) -> "Page":
        return cls(
            entry.visibility, entry.source, entry.source_path, entry.pk, writer_id
        )


@dataclass(frozen=True, slots=True)
class FileMeant:
    """A stored file: its id, None while it is not stored yet, and its address' name."""

    name: str
    file_id: int | None = None

    @property
    def hash(self) -> str:
        return self.name.partition(".")[0]


@dataclass(frozen=True, slots=True)
class Resolution:
    """What a name means: entries by id and address, one unless ambiguous, or a file."""

    entry_ids: tuple[int, ...] = ()
    slugs: tuple[str, ...] = ()
    file: FileMeant | None = None
    title: str = ""

    @property
    def entry_id(self) -> int | None:
        return self.entry_ids[0] if len(self.entry_ids) == 1 else None

    def destination(self, name: str) -> Destination:
        """Where a link to this name leads: the entry, or the list of candidates."""
        if self.file:
            return Destination("file", file_path(self.file.name))
        if len(self.slugs) == 1:
            return Destination("entry", entry_path(self.slugs[0]), self.title)
        return Destination("ambiguous", entry_path(slugify(name)))


@dataclass
class NewNames:
    """Names that entries and files of the running batch will have, not stored yet.

    `later` are those of batches that a long import has still to write.
    """

    by_title: dict[str, str] = field(default_factory=dict)
    by_alias: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    slugs: set[str] = field(default_factory=set)
    by_place: dict[tuple[str, str], Resolution] = field(default_factory=dict)
    # By the dump that has them and the name of their address.
    files: set[tuple[str, str]] = field(default_factory=set)
    later: "NewNames | None" = None

    def add(self, entry: Entry) -> None:
        self.add_names(entry.title, entry.alias_names, entry.slug)

    def add_names(self, title: str, aliases: Iterable[str], slug: str) -> None:
        self.by_title[title_key(title)] = slug
        self.slugs.add(slug)
        for name in aliases:
            self.by_alias[title_key(name)].add(slug)

    def add_place(
        self, source: str, keys: Iterable[str], slug: str, title: str
    ) -> None:
        """An entry's names in its dump; the first note of a name has it."""
        for key in keys:
            meaning = Resolution((), (slug,), title=_told_title(key, title))
            self.by_place.setdefault((source, key), meaning)

    def add_file(self, source: str, path: str, name: str) -> None:
        """A file of a dump; `name` is that of its address."""
        meaning = Resolution(file=FileMeant(name))
        for key in file_keys(path):
            self.by_place.setdefault((source, key), meaning)
        self.files.add((source, name))

    def chain(self) -> Iterator["NewNames"]:
        """These and all that come later, the nearest first."""
        names: NewNames | None = self
        while names is not None:
            yield names
            names = names.later


def resolve_names(
    names: Collection[str], *, visibilities: Iterable[str] = PUBLIC_ONLY
) -> dict[str, Resolution]:
    """What each of these names means wherever it is read; without a meaning, left out.

    Three queries for each thousand names: no database takes any number at once.
    """
    page = Page()
    found: dict[str, Resolution] = {}
    for some in _parts(sorted(names)):
        stored = _Stored([(page, some)], tuple(visibilities))
        found |= stored.meanings(page, some, NewNames())
    return found


def resolve_pages(
    pages: Sequence[tuple[Page, Collection[str]]], new_names: NewNames | None = None
) -> list[dict[str, Resolution]]:
    """For each page, what the targets on it mean; those that mean nothing left out.

    Three queries for each visibility among the pages and each thousand targets.
    An entry or file of `new_names` is known by its address, its id is left out.
    """
    new_names = new_names or NewNames()
    found: list[dict[str, Resolution]] = [{} for _ in pages]
    for visibility in sorted({page.visibility for page, _ in pages}):
        asked = [
            (number, page, target)
            for number, (page, targets) in enumerate(pages)
            if page.visibility == visibility
            for target in sorted(targets)
        ]
        for some in _parts(asked):
            stored = _Stored(
                [(page, (target,)) for _, page, target in some],
                LINKED_FROM[visibility],
            )
            for number, page, target in some:
                found[number] |= stored.meanings(page, (target,), new_names)
    return found


def entries_at_former_address(slug: str) -> list[int]:
    """Ids of live entries that an address which is no entry's own may mean.

    Other titles first; a former address counts only when no title claims it.
    """
    by_alias, by_former = _aliases_called(set(), {slug}, Visibility.values)
    return list(by_alias.get(slug) or by_former.get(slug) or ())


class _Stored:
    """All that the database has under the names that some pages ask for."""

    def __init__(
        self,
        pages: Sequence[tuple[Page, Collection[str]]],
        visibilities: Sequence[str],
    ) -> None:
        self._wanted: dict[tuple[str, str], Wanted] = {}
        keys, slugs, places = set(), set(), set()
        named = set()
        for page, targets in pages:
            for target in targets:
                if not target.strip():
                    continue
                if name := stored_file_name(target):
                    named.add(NamedFile(name, page.entry_id, page.writer_id))
                    continue
                wanted = read_target(target, page.path)
                self._wanted[page.path, target] = wanted
                names = {target, wanted.name} - {""}
                keys.update(map(title_key, names))
                slugs.update(map(slugify, names))
                places.update(wanted.places, wanted.endings, (path_key(target),))
        self._titles, self._addresses = _entries_called(keys, slugs, visibilities)
        self._aliases, self._former = _aliases_called(keys, slugs, visibilities)
        own = {page.entry_id for page, _ in pages} - {None}
        self._places = _places_called(places, visibilities, own)
        self._files = shown_files(named, visibilities)

    def meanings(
        self, page: Page, targets: Iterable[str], new_names: NewNames
    ) -> dict[str, Resolution]:
        """What these targets mean on a page that was asked for."""
        found = {}
        for target in targets:
            if name := stored_file_name(target):
                if file := self._file(page, name, new_names):
                    found[target] = Resolution(file=file)
                continue
            wanted = self._wanted.get((page.path, target))
            if wanted and (meaning := self._meaning(page, target, wanted, new_names)):
                found[target] = meaning
        return found

    def _meaning(
        self, page: Page, target: str, wanted: Wanted, new_names: NewNames
    ) -> Resolution | None:
        new = list(new_names.chain())
        by_name = self._by_name(target, new)
        if by_name and not wanted.is_path:
            return by_name
        return (
            self._by_place(page.source, wanted.places, new)
            or by_name
            or self._by_place(page.source, (path_key(target),), new)
            or self._by_ending(page.source, wanted.endings, new, wanted=wanted)
            or (self._by_name(wanted.name, new) if wanted.is_file_path else None)
            or self._by_address(target, new)
            or (self._by_address(wanted.name, new) if wanted.is_file_path else None)
        )

    def _file(self, page: Page, name: str, new_names: NewNames) -> FileMeant | None:
        named = NamedFile(name, page.entry_id, page.writer_id)
        if named in self._files:
            return FileMeant(name, self._files[named])
        # Whoever brings a dump has what is in it.
        is_brought = any((page.source, name) in new.files for new in new_names.chain())
        return FileMeant(name) if is_brought else None

    def _by_name(self, name: str, new: Sequence[NewNames]) -> Resolution | None:
        key = title_key(name)
        if key in self._titles:
            return _of_entries(self._titles[key])
        for names in new:
            if key in names.by_title:
                return Resolution((), (names.by_title[key],))
        entries = dict(self._aliases.get(key, {}))
        known = set(entries.values())
        slugs = {slug for names in new for slug in names.by_alias.get(key, ())} - known
        if not slugs:
            return _of_entries(entries)
        together = _of_entries(entries) or Resolution()
        return Resolution(together.entry_ids, (*together.slugs, *sorted(slugs)))

    def _by_place(
        self, source: str, keys: Iterable[str], new: Sequence[NewNames]
    ) -> Resolution | None:
        if not source:
            return None
        for key in keys:
            for stored_source, meaning in self._places.get(key, ()):
                if stored_source == source:
                    return meaning
            for names in new:
                if (source, key) in names.by_place:
                    return names.by_place[source, key]
        return None

    def _by_ending(
        self,
        source: str,
        keys: Iterable[str],
        new: Sequence[NewNames],
        *,
        wanted: Wanted,
    ) -> Resolution | None:
        """The nearest thing whose path ends so: of the page's dump before others."""
        for key in keys:
            if "/" not in key and wanted.is_path and not wanted.is_file_path:
                continue
            meaning = self._by_place(source, (key,), new)
            if meaning:
                return meaning
            if self._places.get(key):
                return self._places[key][0][1]
        return None

    def _by_address(self, name: str, new: Sequence[NewNames]) -> Resolution | None:
        key, slug = title_key(name), slugify(name)
        if slug in self._addresses:
            return _of_entries(self._addresses[slug])
        if any(slug in names.slugs for names in new):
            return Resolution((), (slug,))
        found = (
            self._former.get(key) or self._aliases.get(slug) or self._former.get(slug)
        )
        return _of_entries(found or {})


def _of_entries(entries: Mapping[int, str]) -> Resolution | None:
    if not entries:
        return None
    ids, slugs = zip(*sorted(entries.items()), strict=True)
    return Resolution(ids, slugs)


@Prepared
def _entry_rows(
    keys: Sequence[str], slugs: Sequence[str], visibilities: Sequence[str]
) -> QuerySet:
    return (
        Entry.objects.live()
        .filter(Q(title_key__in=keys) | Q(slug__in=slugs))
        .filter(visibility__in=visibilities)
        .values_list("id", "title_key", "slug")
    )


def _entries_called(
    keys: set[str], slugs: set[str], visibilities: Sequence[str]
) -> tuple[dict[str, dict[int, str]], dict[str, dict[int, str]]]:
    by_title: dict[str, dict[int, str]] = defaultdict(dict)
    by_slug: dict[str, dict[int, str]] = defaultdict(dict)
    if not keys:
        return by_title, by_slug
    rows = _entry_rows.rows(sorted(keys), sorted(slugs), variant=visibilities)
    for entry_id, key, slug in rows:
        by_title[key][entry_id] = slug
        by_slug[slug][entry_id] = slug
    return by_title, by_slug


@Prepared
def _alias_rows(
    keys: Sequence[str], slugs: Sequence[str], visibilities: Sequence[str]
) -> QuerySet:
    return (
        Alias.objects.filter(Q(key__in=keys) | Q(slug__in=slugs))
        .filter(entry__deleted_at=None, entry__visibility__in=visibilities)
        .values_list("entry_id", "kind", "key", "slug", "entry__slug")
    )


def _aliases_called(
    keys: set[str], slugs: set[str], visibilities: Sequence[str]
) -> tuple[dict[str, dict[int, str]], dict[str, dict[int, str]]]:
    by_alias: dict[str, dict[int, str]] = defaultdict(dict)
    by_former: dict[str, dict[int, str]] = defaultdict(dict)
    if not slugs:
        return by_alias, by_former
    # No name has an empty key.
    rows = _alias_rows.rows(sorted(keys) or [""], sorted(slugs), variant=visibilities)
    for entry_id, kind, key, slug, entry_slug in rows:
        found = by_alias if kind == Alias.Kind.TITLE else by_former
        found[key][entry_id] = entry_slug
        found[slug][entry_id] = entry_slug
    return by_alias, by_former


@Prepared
def _place_rows(
    keys: Sequence[str], own: Sequence[int], visibilities: Sequence[str]
) -> QuerySet:
    """A file may be shown where an entry that has it may be linked.

    Else naming it would be enough to see it.
    """
    is_seen = Q(entry__deleted_at=None, entry__visibility__in=visibilities)
    holders = EntryFile.objects.filter(
        is_seen | Q(entry__in=own), file=OuterRef("file")
    )
    return (
        DumpName.objects.filter(key__in=keys)
        .filter(Q(is_seen, entry__isnull=False) | Exists(holders))
        .order_by("pk")
        .values_list(
            "key",
            "source",
            "entry_id",
            "entry__slug",
            "entry__title",
            "file_id",
            "file__sha256",
            "file__extension",
        )
    )


def _places_called(
    keys: set[str], visibilities: Sequence[str], own: Collection[int]
) -> dict[str, list[tuple[str, Resolution]]]:
    """What has these names in dumps, with the dump, the first imported first."""
    found: dict[str, list[tuple[str, Resolution]]] = defaultdict(list)
    if not keys:
        return found
    # No entry has the id 0.
    rows = _place_rows.rows(sorted(keys), sorted(own) or [0], variant=visibilities)
    for key, source, entry_id, slug, title, file_id, sha256, extension in rows:
        if entry_id:
            meaning = Resolution((entry_id,), (slug,), title=_told_title(key, title))
        else:
            meaning = Resolution(file=FileMeant(f"{sha256}{extension}", file_id))
        found[key].append((source, meaning))
    return found


def _told_title(key: str, title: str) -> str:
    # Only links to a block have no words of their own.
    return title if key.startswith("((") else ""


def _parts(items: Sequence) -> Iterator[Sequence]:
    for start in range(0, len(items), NAMES_AT_ONCE):
        yield items[start : start + NAMES_AT_ONCE]


def keys_in_dump(path: str, names: Iterable[str], *, is_whole_file: bool) -> list[str]:
    """The keys under which the notes of a dump speak of one of them."""
    places = note_keys(path) if is_whole_file else ()
    return list(dict.fromkeys([*places, *map(path_key, names)]))
