"""`manage.py importnotes PATH…`: notes in, a report out."""

import gc
import os
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from wiki.importing.decoding import MAX_FILE_BYTES
from wiki.importing.formats import FORMATS, place_at, source_name
from wiki.importing.messages import Message
from wiki.importing.notes import DumpError, Place, ReadOptions
from wiki.importing.plan import MODES
from wiki.importing.preparing import can_be_tag
from wiki.importing.report import Report, ReportItem
from wiki.importing.run import ImportSettings, import_notes
from wiki.management.authors import author_called
from wiki.management.progress import watching
from wiki.models import ItemStatus
from wiki.slugs import clean_tag

STANDARD_INPUT = "-"
MAX_SOURCE_CHARS = 200
# Lines of the summary that name single notes; the report has them all.
_NOTES_SHOWN = 20
_NEW_OBJECTS_BETWEEN_COLLECTIONS = 100_000


class Command(BaseCommand):
    help = (
        "Import notes: files that hold many, or folders of Markdown. Exit codes: "
        "0 all well, 1 nothing could be done, 2 wrong usage, 3 done but some notes "
        "failed or wait for a decision, 130 interrupted."
    )
    # They look at pages and settings, which an import has nothing to do with.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "paths", nargs="+", metavar="PATH", help="a file, a folder, or - for stdin"
        )
        parser.add_argument(
            "--dry-run", action="store_true", help="say what would be done, do nothing"
        )
        parser.add_argument(
            "--format",
            choices=["auto", *(known.NAME for known in FORMATS)],
            default="auto",
        )
        parser.add_argument(
            "--split",
            choices=["auto", "h1", "file"],
            default="auto",
            help="cut files at level-1 headings: where there are several and the file "
            "was named (auto), always (h1), never (file)",
        )
        parser.add_argument(
            "--on-conflict",
            choices=MODES,
            default="merge",
            help="where wiki and dump changed the same lines: leave the page and ask "
            "(merge), keep the wiki's text, replace it by the dump's, or make the "
            "dump's a new entry",
        )
        parser.add_argument(
            "--mirror",
            action="store_true",
            help="delete entries whose notes the dump no longer has, if nobody changed "
            "them; they can be brought back",
        )
        parser.add_argument("--author", default="", help="an account, or just a name")
        parser.add_argument(
            "--tag", action="append", default=[], help="put this tag on every note"
        )
        parser.add_argument("--topics", default="", metavar="FILE", help="a topic file")
        parser.add_argument(
            "--include", action="append", default=[], metavar="GLOB", help="only these"
        )
        parser.add_argument(
            "--exclude", action="append", default=[], metavar="GLOB", help="not these"
        )
        parser.add_argument(
            "--encoding", default="", help="of files that are not UTF-8"
        )
        parser.add_argument(
            "--source",
            default="",
            metavar="NAME",
            help="what the dump is known by when it is imported again (default: its "
            "file name)",
        )
        parser.add_argument(
            "--no-history",
            action="store_true",
            help="of a git repository import the files only, not what they were",
        )
        parser.add_argument("--limit", type=_count, default=0, metavar="N")
        parser.add_argument(
            "--jobs", type=_count, default=0, metavar="N", help="processes (all cores)"
        )
        parser.add_argument("--report", default="", metavar="FILE", help="JSON to FILE")
        parser.add_argument("--json", action="store_true", help="JSON to stdout")
        parser.add_argument(
            "--fail-fast", action="store_true", help="stop at the first note that fails"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["mirror"] and any(
            options[name] for name in ("limit", "include", "exclude")
        ):
            raise CommandError(Message("mirror-of-a-part").sentence, returncode=2)
        try:
            with watching(self, verbosity=options["verbosity"]) as watch:
                places = _places(options["paths"], options["source"])
                with _seldom_collecting():
                    report = import_notes(places, _settings(options), watch)
        except DumpError as error:
            raise CommandError(error.message.sentence) from None
        try:
            self._tell(report, options)
        finally:
            report.close()
        if report.exit_code:
            sys.exit(report.exit_code)

    def _tell(self, report: Report, options: dict[str, Any]) -> None:
        if options["report"]:
            _write_report(report, options["report"])
        if options["json"]:
            self.stdout.ending = ""
            report.write_json(self.stdout)
        elif options["verbosity"] > 0:
            self._summarise(report, verbosity=options["verbosity"])
        if report.is_interrupted:
            self.stderr.write(
                _(
                    "Interrupted. What was written is whole; import again to complete "
                    "it."
                )
            )

    def _summarise(self, report: Report, *, verbosity: int) -> None:
        self.stdout.write(_headline(report))
        for status in ItemStatus:
            if count := report.totals[status]:
                self.stdout.write(f"{count:>6}  {status.label}")
        told = 0
        for item in report.items:
            if not (item.needs_eyes or verbosity > 1):
                continue
            told += 1
            if told > _NOTES_SHOWN and verbosity < 2:
                continue
            self.stdout.write(_line(item))
        if told > _NOTES_SHOWN and verbosity < 2:
            self.stdout.write(
                _("… and %(count)s more to look at; -v 2 or --report FILE names them.")
                % {"count": told - _NOTES_SHOWN}
            )
        if report.run:
            self.stdout.write(
                _("Report: %(path)s") % {"path": f"/imports/{report.run}/"}
            )


@contextmanager
def _seldom_collecting() -> Iterator[None]:
    """Looks for garbage less often: rows and notes are freed without it."""
    thresholds = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(_NEW_OBJECTS_BETWEEN_COLLECTIONS)
    try:
        yield
    finally:
        gc.set_threshold(*thresholds)
        gc.unfreeze()


def _places(paths: list[str], source: str) -> list[Place]:
    """The dumps that the command line names. Raises DumpError."""
    source = source_name(source)
    if len(source) > MAX_SOURCE_CHARS:
        raise DumpError("source-too-long", limit=MAX_SOURCE_CHARS)
    places = [
        _standard_input(source)
        if path == STANDARD_INPUT
        else place_at(path, source=source)
        for path in paths
    ]
    seen: set[str] = set()
    for place in places:
        if place.source in seen and not source:
            raise DumpError("source-twice", source=place.source)
        seen.add(place.source)
    return places


def _standard_input(source: str) -> Place:
    if not source:
        raise DumpError("source-needed")
    # One byte more than fits tells that it is too much.
    data = sys.stdin.buffer.read(MAX_FILE_BYTES + 1)
    return Place("", source, label=STANDARD_INPUT, data=data)


def _settings(options: dict[str, Any]) -> ImportSettings:
    names = [clean_tag(tag) for text in options["tag"] for tag in text.split(",")]
    tags = tuple(name for name in names if name)
    if bad := next((name for name in tags if not can_be_tag(name)), None):
        raise DumpError("tag-impossible", tag=bad[:80])
    return ImportSettings(
        author=author_called(options["author"]),
        read=ReadOptions(
            split=options["split"],
            encoding=options["encoding"],
            include=tuple(options["include"]),
            exclude=tuple(options["exclude"]),
            has_history=not options["no_history"],
        ),
        format=options["format"],
        mode=options["on_conflict"],
        mirrors=options["mirror"],
        tags=tags,
        topics_file=options["topics"],
        limit=options["limit"],
        jobs=options["jobs"] or os.cpu_count() or 1,
        is_dry_run=options["dry_run"],
        stops_at_failure=options["fail_fast"],
        lists_same=bool(
            options["json"] or options["report"] or options["verbosity"] > 1
        ),
    )


def _count(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError
    return number


_count.__name__ = "positive number"


def _write_report(report: Report, path: str) -> None:
    try:
        with open(path, "w", encoding="utf-8") as file:
            report.write_json(file)
    except OSError as error:
        raise CommandError(
            _("The report could not be written to “%(path)s”: %(reason)s.")
            % {"path": path, "reason": error.strerror}
        ) from error


def _headline(report: Report) -> str:
    values = {
        "count": report.note_count,
        "sources": ", ".join(report.sources),
        "seconds": f"{report.seconds:.1f}",
        "rate": f"{report.notes_per_second:.0f}",
    }
    text = ngettext(
        "%(sources)s: %(count)s note in %(seconds)s s",
        "%(sources)s: %(count)s notes in %(seconds)s s (%(rate)s a second)",
        report.note_count,
    )
    if report.is_dry_run:
        text = _("Dry run, nothing was written. %s") % text
    return text % values


def _line(item: ReportItem) -> str:
    """One note that someone should see: where it is, what it is, and why."""
    name = item.title or "—"
    status = ItemStatus(item.status).label
    messages = [message.sentence for message in item.messages]
    parts = [f"{item.place}  {status}: {name}", *messages]
    return "\n    ".join(map(_printable, parts))


def _printable(text: str) -> str:
    """The text without what would move the cursor or colour the terminal."""
    return "".join(char if char.isprintable() else "\ufffd" for char in text)
