"""What a run did, note by note: on the screen, as JSON, and for the database."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TextIO

from wiki.importing.decoding import split_lines
from wiki.importing.messages import Message
from wiki.importing.notes import Note
from wiki.importing.plan import STATUSES
from wiki.importing.spool import Spool
from wiki.paths import is_note_target
from wiki.rendering import FoundLink

SCHEMA = 1
# More are counted only.
_MISSING_NAMED = 20
_ASKS_FOR_EYES = frozenset(("conflict", "missing", "failed"))


@dataclass(frozen=True, slots=True)
class LinksFound:
    """Links of a note that lead somewhere, and those that do not: (line, target).

    And its files: how many came into the store with it, how many were there, and
    which the dump does not have.
    """

    resolved: int = 0
    unresolved: tuple[tuple[int, str], ...] = ()
    files_stored: int = 0
    files_reused: int = 0
    files_missing: tuple[tuple[int, str], ...] = ()

    @property
    def messages(self) -> tuple[Message, ...]:
        """A sentence for each file that is not in the dump, the first of many."""
        return tuple(
            Message("attachment-missing", {"path": target}, line)
            for line, target in self.files_missing[:_MISSING_NAMED]
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportItem:
    """What became of one note, or of a file that gave none."""

    status: str
    title: str = ""
    slug: str = ""
    source: str = ""
    path: str = ""
    line: int | None = None
    revision: int | None = None
    entry_id: int | None = None
    title_from: str = ""
    tags: tuple[tuple[str, str], ...] = ()
    links: LinksFound = LinksFound()
    encoding: str = ""
    messages: tuple[Message, ...] = ()
    proposal: Mapping[str, object] | None = None
    # What was known of the note before; for an undo, and not reported.
    former: Mapping[str, object] | None = None

    @property
    def needs_eyes(self) -> bool:
        """Whether a person should look at it."""
        return self.status in _ASKS_FOR_EYES or any(
            message.needs_eyes for message in self.messages
        )

    @property
    def place(self) -> str:
        """Where it is in the dump, as editors understand it: `notes.md:18`."""
        return f"{self.path}:{self.line}" if self.line else self.path

    def details(self) -> dict[str, object]:
        """All that has no column of its own; messages as `Message.from_json` reads."""
        return {
            "title_from": self.title_from,
            "tags": [{"name": name, "rule": rule} for name, rule in self.tags],
            "links": {
                "resolved": self.links.resolved,
                "unresolved": [
                    {"line": line, "target": target}
                    for line, target in self.links.unresolved
                ],
            },
            "attachments": {
                "stored": self.links.files_stored,
                "reused": self.links.files_reused,
                "missing": len(self.links.files_missing),
            },
            "encoding": self.encoding,
            "messages": [message.as_json() for message in self.messages],
        }

    def as_json(self) -> dict[str, object]:
        """The item as scripts read it, its messages in the active language."""
        return {
            "status": self.status,
            "title": self.title,
            "slug": self.slug,
            "source": self.source,
            "path": self.path,
            "line": self.line,
            "revision": self.revision,
            **self.details(),
            "messages": [message.sentence for message in self.messages],
        }


@dataclass
class Report:
    """One run. Close it when it was read: its items may lie on disk."""

    started_at: datetime
    sources: tuple[str, ...] = ()
    is_dry_run: bool = False
    run: int | None = None
    seconds: float = 0.0
    is_interrupted: bool = False
    totals: dict[str, int] = field(default_factory=lambda: dict.fromkeys(STATUSES, 0))
    items: Spool[ReportItem] = field(default_factory=Spool)
    needs_eyes: int = 0

    def add(self, item: ReportItem) -> None:
        self.count(item.status)
        self.needs_eyes += item.needs_eyes
        self.items.add(item)

    def count(self, status: str, number: int = 1) -> None:
        """Counts notes that the report does not list one by one."""
        self.totals[status] += number

    @property
    def note_count(self) -> int:
        return sum(self.totals.values())

    @property
    def notes_per_second(self) -> float:
        return self.note_count / self.seconds if self.seconds else 0.0

    @property
    def exit_code(self) -> int:
        """0 all well · 3 something failed or waits · 130 interrupted."""
        if self.is_interrupted:
            return 130
        return 3 if self.totals["failed"] or self.totals["conflict"] else 0

    def write_json(self, out: TextIO) -> None:
        """Writes the report, item by item, so that its size does not matter."""
        head = {
            "schema": SCHEMA,
            "run": self.run,
            "dry_run": self.is_dry_run,
            "started": self.started_at.isoformat(),
            "seconds": round(self.seconds, 3),
            "sources": list(self.sources),
            "totals": self.totals,
        }
        opened = json.dumps(head, ensure_ascii=False, indent=1)[:-2]
        out.write(f'{opened},\n "items": [')
        for number, item in enumerate(self.items):
            text = json.dumps(item.as_json(), ensure_ascii=False)
            out.write(f"{',' if number else ''}\n  {text}")
        out.write("\n ]\n}\n")

    def close(self) -> None:
        self.items.close()


def links_found(
    note: Note, links: Iterable[FoundLink], known: Mapping[str, object]
) -> LinksFound:
    """The links of a rendered note, sorted by whether `known` has their target."""
    found = [link for link in links if link.kind != "file"]
    pictures = [link for link in links if link.kind == "file"]
    lost = [link for link in found if link.target not in known]
    missing = [link for link in pictures if link.target not in known]
    missing += [link for link in lost if _is_file(link)]
    lost = [link for link in lost if not _is_file(link)]
    resolved = sum(link.target in known for link in found)
    if not (lost or missing):
        return LinksFound(resolved)
    lines = _FileLines(note)
    return LinksFound(
        resolved,
        tuple((lines.line_of(link.line), link.target) for link in lost),
        files_missing=tuple(
            (lines.line_of(link.line), link.target)
            for link in sorted(missing, key=lambda link: link.line)
        ),
    )


def _is_file(link: FoundLink) -> bool:
    return link.kind == "path" and not is_note_target(link.target)


class _FileLines:
    """From lines of a body to lines of its file; a body can lack some of them."""

    def __init__(self, note: Note) -> None:
        self._note = note
        self._body = note.body.split("\n")
        self._raw = [line.strip() for line in _lines(note)]

    def line_of(self, body_line: int) -> int:
        index = body_line - 1
        if index < len(self._body):
            wanted = self._body[index].strip()
            for number in range(index, len(self._raw)):
                if self._raw[number] == wanted:
                    return self._note.first_line + number
        return self._note.line


def _lines(note: Note) -> Iterator[str]:
    yield from split_lines(note.raw.decode(note.encoding))
