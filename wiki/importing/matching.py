"""Which note of the last import a note of this one is: by key, bytes or text."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from wiki.importing.known import Known, Wiki
from wiki.importing.likeness import MAX_CHARS, MAX_TEXTS, Sheet, pair_alike
from wiki.importing.notes import Note, ReadFile

# Of notes that went, so many texts are fetched at once.
_TEXTS_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class Match:
    """A note and what it was.

    `known` is the imported note it continues, `row` one that made no entry and
    whose place it takes. Otherwise it is a copy of another path, or undecided
    until every file has been read: its old place may still hold it, or it may be
    a note that is gone, rewritten.
    """

    note: Note
    known: Known | None = None
    row: Known | None = None
    copy_of: str = ""
    is_moved: bool = False
    is_from_elsewhere: bool = False
    is_undecided: bool = False


class Matcher:
    """Matches the notes of one run, batch by batch."""

    def __init__(
        self,
        wiki: Wiki,
        paths: Mapping[str, Collection[str]],
        gone: Collection[Known] | None = (),
    ) -> None:
        """`paths` are, for each source, all files the dump has.

        `gone` are the known notes of files it no longer has; None when only a
        part of it is read, so that nobody can say what is gone.
        """
        self._wiki = wiki
        self._paths = paths
        self._gone = gone or ()
        self._sees_all = gone is not None
        self._sources_with_gone = {k.source for k in self._gone if k.is_live}
        self._waiting = 0
        self._read: set[tuple[str, str]] = set()
        self._unchanged: set[tuple[str, str]] = set()
        self._raw_seen: dict[str, str] = {}
        self._met: set[int] = set()
        # By the keys that notes had in their history: what is not there now.
        self._former: dict[tuple[str, str], Known] = {}
        # Known notes of files that were read and no longer have them.
        self._left: dict[int, Known] = {}

    def match(self, files: Sequence[ReadFile]) -> list[list[Match]]:
        """The match of each note, by file. Asks the wiki four questions at most."""
        self._unchanged |= {
            (read.file.source, read.path)
            for read in files
            if read.is_unchanged and read.file
        }
        notes = [note for read in files for note in read.notes]
        by_key, left = self._note_files(files, notes)
        self._note_former(notes, left.values())
        unknown = {
            note.raw_hash
            for note in notes
            if not _has_entry(by_key.get((note.source, note.key)))
        }
        by_raw = self._with_bytes(unknown)
        bodies = _Bodies(self._wiki, left)
        return [
            [
                self._match(note, by_key.get((note.source, note.key)), by_raw, bodies)
                for note in read.notes
            ]
            for read in files
        ]

    def settle(self, undecided: Sequence[Match]) -> list[Match]:
        """The undecided ones, now that every file has been read."""
        by_raw = self._with_bytes({match.note.raw_hash for match in undecided})
        bodies = _Bodies(self._wiki, {})
        settled = [
            self._match(match.note, match.row, by_raw, bodies, is_last=True)
            for match in undecided
        ]
        new = [
            number
            for number, match in enumerate(settled)
            if match.known is None and not match.copy_of
        ]
        rewritten = self._find_rewritten([settled[number].note for number in new])
        for number, known in zip(new, rewritten, strict=True):
            if known is not None:
                match = settled[number]
                settled[number] = self._moved(match.note, known, match.row)
        return settled

    def missing(self) -> list[Known]:
        """What the dump no longer has: left in its files, or gone with them."""
        known = {one.id: one for one in (*self._left.values(), *self._gone)}
        return [
            one for one in known.values() if one.id not in self._met and one.is_live
        ]

    def is_unread(self, known: Known) -> bool:
        """Whether a folder above the note is there, but was left out."""
        paths = self._paths.get(known.source, ())
        return any(str(folder) in paths for folder in PurePosixPath(known.path).parents)

    def _note_files(
        self, files: Sequence[ReadFile], notes: Sequence[Note]
    ) -> tuple[dict[tuple[str, str], Known], dict[int, Known]]:
        """The known notes of these files: by key, and those that left them."""
        paths: dict[str, set[str]] = {}
        for read in files:
            if read.file and not read.is_unchanged:
                paths.setdefault(read.file.source, set()).add(read.path)
        for note in notes:
            paths.setdefault(note.source, set()).add(note.path)
        keys = {(note.source, note.key) for note in notes}
        by_key, left = {}, {}
        for source, of_source in paths.items():
            self._read |= {(source, path) for path in of_source}
            for known in self._wiki.notes_of(source, of_source):
                if (source, known.key) in keys:
                    by_key[source, known.key] = known
                    self._met.add(known.id)
                else:
                    left[known.id] = known
        self._left |= left
        self._sources_with_gone |= {k.source for k in left.values() if k.is_live}
        return by_key, left

    def _note_former(self, notes: Sequence[Note], left: Iterable[Known]) -> None:
        """Notes the wiki knows under names that these had in their history."""
        self._former |= {(known.source, known.key): known for known in left}
        paths: dict[str, set[str]] = {}
        for note in notes:
            here = self._paths.get(note.source, ())
            then = {version.note.path for version in note.past}
            paths.setdefault(note.source, set()).update(then.difference(here))
        for source, of_source in paths.items():
            known = self._wiki.notes_of(source, of_source) if of_source else ()
            self._former |= {(source, one.key): one for one in known}

    def _formerly(self, note: Note) -> Known | None:
        """What the note was when it was last imported, by its history."""
        for version in reversed(note.past):
            known = self._former.get((note.source, version.note.key))
            if known is not None and known.is_live and known.id not in self._met:
                return known
        return None

    def _with_bytes(self, hashes: Collection[str]) -> dict[str, list[Known]]:
        by_raw: dict[str, list[Known]] = {}
        for known in self._wiki.notes_with(hashes) if hashes else ():
            by_raw.setdefault(known.raw_hash, []).append(known)
        return by_raw

    def _match(
        self,
        note: Note,
        known: Known | None,
        by_raw: Mapping[str, Sequence[Known]],
        bodies: "_Bodies",
        *,
        is_last: bool = False,
    ) -> Match:
        if _has_entry(known):
            self._raw_seen.setdefault(note.raw_hash, note.path)
            return Match(note, known)
        if note.raw_hash in self._raw_seen:
            return Match(note, row=known, copy_of=self._raw_seen[note.raw_hash])
        former = self._formerly(note)
        if former is not None:
            return self._moved(note, former, known)
        candidates = by_raw.get(note.raw_hash, ())
        found = next((c for c in candidates if c.source == note.source), None)
        if found is not None:
            return self._match_own(note, known, found, is_last=is_last)
        if candidates:
            self._raw_seen[note.raw_hash] = note.path
            return Match(note, candidates[0], known, is_from_elsewhere=True)
        renamed = bodies.find(note, self._met)
        if renamed:
            return self._moved(note, renamed, known)
        if not is_last and self._may_be_rewritten(note):
            self._waiting += 1
            return Match(note, row=known, is_undecided=True)
        self._raw_seen[note.raw_hash] = note.path
        return Match(note, row=known)

    def _match_own(
        self, note: Note, row: Known | None, found: Known, *, is_last: bool
    ) -> Match:
        """The bytes were in this dump before, under another key."""
        if found.id in self._met or (found.source, found.path) in self._unchanged:
            return Match(note, row=row, copy_of=found.path)
        has_file = found.path in self._paths.get(found.source, ())
        if has_file and (found.source, found.path) not in self._read:
            # At last it is a file that could not be read: it may hold the note.
            copy_of = found.path if is_last else ""
            return Match(note, row=row, copy_of=copy_of, is_undecided=not is_last)
        return self._moved(note, found, row)

    def _may_be_rewritten(self, note: Note) -> bool:
        """Whether a note that is gone may be this one; those that wait are few."""
        if not self._sees_all or self._waiting >= MAX_TEXTS or not note.body.strip():
            return False
        return note.source in self._sources_with_gone

    def _find_rewritten(self, notes: Sequence[Note]) -> list[Known | None]:
        """For each note the one that is gone from its source and is most like it."""
        sources = {note.source for note in notes}
        gone = sorted(
            (known for known in self.missing() if known.source in sources),
            key=lambda known: (known.source, known.key),
        )
        found: dict[int, Known] = {}
        for source in sorted(sources):
            here = [n for n, note in enumerate(notes) if note.source == source]
            there = [known for known in gone if known.source == source]
            sheets = self._sheets(there)
            new = [Sheet.of(notes[n].key, notes[n].title, notes[n].body) for n in here]
            for i, j in pair_alike(new, sheets).items():
                found[here[i]] = there[j]
        return [found.get(number) for number in range(len(notes))]

    def _sheets(self, gone: Sequence[Known]) -> list[Sheet]:
        """The last texts of these notes, as many as may be compared."""
        sheets: list[Sheet] = []
        chars = 0
        if len(gone) > MAX_TEXTS:
            return sheets
        for start in range(0, len(gone), _TEXTS_AT_ONCE):
            part = gone[start : start + _TEXTS_AT_ONCE]
            bodies = self._wiki.bodies_of(part)
            chars += sum(map(len, bodies.values()))
            if chars > MAX_CHARS:
                return []
            sheets += [
                Sheet.of(known.key, known.title, bodies.get(known.id, ""))
                for known in part
            ]
        return sheets

    def _moved(self, note: Note, known: Known, row: Known | None) -> Match:
        self._met.add(known.id)
        self._raw_seen[note.raw_hash] = note.path
        return Match(note, known, row, is_moved=True)


class _Bodies:
    """Texts that lost their heading in this dump, to find them under another."""

    def __init__(self, wiki: Wiki, left: Mapping[int, Known]) -> None:
        self._wiki = wiki
        self._left = left
        self._bodies: Mapping[int, str] | None = None

    def find(self, note: Note, met: Collection[int]) -> Known | None:
        if not note.body.strip() or not self._left:
            return None
        if self._bodies is None:
            self._bodies = self._wiki.bodies_of(list(self._left.values()))
        for known in self._left.values():
            is_near = (known.source, known.path) == (note.source, note.path)
            if (
                is_near
                and known.is_live
                and known.id not in met
                and self._bodies.get(known.id) == note.body
            ):
                return known
        return None


def _has_entry(known: Known | None) -> bool:
    return known is not None and known.entry_id is not None
