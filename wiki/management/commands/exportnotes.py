"""`manage.py exportnotes`: the wiki's entries as files, as JSON, with their history."""

from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import BinaryIO

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from wiki.exporting.archive import as_zip
from wiki.exporting.fastimport import History, as_fast_import
from wiki.exporting.folder import Tally, members_of, write_folder
from wiki.exporting.originals import Originals, write_originals
from wiki.exporting.records import as_json
from wiki.exporting.repository import GitFailed, write_repository
from wiki.exporting.selection import Wanted, select_entries
from wiki.models.entries import EntryQuerySet
from wiki.permissions import Person

FORMATS = ("json", "markdown", "zip", "git", "original")
STREAM = "-"
# Named one by one; of more only the count.
_MAX_NAMED = 20


class Command(BaseCommand):
    help = (
        "Write the entries of the wiki: as JSON, as a folder or zip of Markdown files, "
        "as a git repository with their history, or as the dumps they came from."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "folder", nargs="?", help="where the files go; the same as --output"
        )
        parser.add_argument("--format", choices=FORMATS)
        parser.add_argument(
            "--original",
            action="store_const",
            const="original",
            dest="format",
            help="the dumps as they came, byte for byte where nobody edited",
        )
        parser.add_argument(
            "--output",
            metavar="PATH",
            help="a file or a new folder; - is standard output, for JSON, zip and git",
        )
        parser.add_argument(
            "--tag", action="append", default=[], help="only entries with this tag"
        )
        parser.add_argument(
            "--search", default="", metavar="WORDS", help="only entries with them"
        )
        for name, text in (("since", "or later"), ("until", "or before")):
            parser.add_argument(
                f"--{name}",
                type=_day,
                metavar="DATE",
                help=f"only what was last changed on this day {text}",
            )
        parser.add_argument(
            "--as", dest="person", metavar="USER", help="only what this user may read"
        )
        parser.add_argument(
            "--source", default="", metavar="NAME", help="with --original: one dump"
        )

    def handle(self, *args: object, **options: object) -> None:
        output = options["output"] or options["folder"] or ""
        format_name = options["format"] or ("markdown" if options["folder"] else "json")
        if options["output"] and options["folder"]:
            raise CommandError(_("Name the place once: as --output, or without."))
        if format_name == "original":
            return self._original(output, options)
        if options["source"]:
            raise CommandError(
                _("--source chooses among dumps: use it with --original.")
            )
        reader = _person(options["person"]) if options["person"] else None
        wanted = Wanted(
            tags=tuple(options["tag"]),
            search=options["search"],
            since=options["since"],
            until=options["until"],
        )
        entries = select_entries(wanted, reader=reader)
        if format_name == "json":
            return self._json(entries, output)
        if format_name == "zip":
            return self._zip(entries, output)
        if format_name == "git":
            return self._git(entries, output, reader)
        return self._markdown(entries, output)

    def _json(self, entries: EntryQuerySet, output: str) -> None:
        pieces = as_json(entries)
        if output in ("", STREAM):
            self.stdout.ending = ""
            for piece in pieces:
                self.stdout.write(piece.decode())
            return
        with _writing(output) as file:
            file.writelines(pieces)
        self._say(_("Written to “%(path)s”.") % {"path": output})

    def _zip(self, entries: EntryQuerySet, output: str) -> None:
        tally = Tally()
        self._stream(as_zip(members_of(entries, tally)), output)
        self._say_tally(tally, output)

    def _markdown(self, entries: EntryQuerySet, output: str) -> None:
        folder = _new_folder(output)
        try:
            tally = write_folder(entries, folder)
        except OSError as error:
            raise _not_written(output, error) from error
        self._say_tally(tally, output)

    def _git(self, entries: EntryQuerySet, output: str, reader: Person | None) -> None:
        history = History(entries, with_hidden=reader is None)
        if output == STREAM:
            self._stream(as_fast_import(history), output)
        else:
            folder = _new_folder(output)
            try:
                write_repository(as_fast_import(history), folder)
            except GitFailed as error:
                raise CommandError(
                    _("git could not write the repository: %(reason)s")
                    % {"reason": _printable(str(error))}
                ) from error
            except OSError as error:
                raise _not_written(output, error) from error
        text = ngettext(
            "%(count)s revision in all.", "%(count)s revisions in all.", history.commits
        )
        self._say_tally(history.tally, output, text % {"count": history.commits})

    def _original(self, output: str, options: dict[str, object]) -> None:
        for name in ("tag", "search", "since", "until", "person"):
            if options[name]:
                raise CommandError(
                    _("--original gives whole dumps back. Choose one with --source.")
                )
        if options["source"] and not Originals(options["source"]).is_there():
            raise CommandError(
                _("No dump called “%(source)s” was imported.")
                % {"source": options["source"]}
            )
        folder = _new_folder(output)
        try:
            given = write_originals(
                Originals(options["source"]), folder, flat=bool(options["source"])
            )
        except OSError as error:
            raise _not_written(output, error) from error
        text = ngettext(
            "%(count)s file written to “%(path)s”, %(same)s of them as it came.",
            "%(count)s files written to “%(path)s”, %(same)s of them as they came.",
            given.files,
        )
        same = given.files - given.changed_count
        count = {"count": given.files, "same": same, "path": output}
        self._say(text % count)
        self._say_attachments(given.attachments)
        for file in given.changed[:_MAX_NAMED]:
            self._say(f"  {_printable(file.path)}: {file.sentence}")
        self._say_more(given.changed_count)

    def _stream(self, pieces: Iterable[bytes], output: str) -> None:
        if output == STREAM:
            out = _binary(self.stdout)
            out.writelines(pieces)
            out.flush()
            return
        if not output:
            raise CommandError(
                _("Name the file with --output; - stands for standard output.")
            )
        with _writing(output) as file:
            file.writelines(pieces)

    def _say_tally(self, tally: Tally, output: str, more: str = "") -> None:
        text = ngettext(
            "%(count)s entry written to “%(path)s”.",
            "%(count)s entries written to “%(path)s”.",
            tally.entries,
        )
        path = _("standard output") if output == STREAM else output
        self._say(text % {"count": tally.entries, "path": path})
        if more:
            self._say(more)
        self._say_attachments(tally.files)
        for name in tally.lost[:_MAX_NAMED]:
            text = _("The media store does not have “%(name)s” any more.")
            self._say(text % {"name": _printable(name)})
        self._say_more(len(tally.lost))

    def _say_attachments(self, count: int) -> None:
        if count:
            text = ngettext("%(count)s attachment.", "%(count)s attachments.", count)
            self._say(text % {"count": count})

    def _say_more(self, count: int) -> None:
        more = count - _MAX_NAMED
        if more > 0:
            text = ngettext("… and %(n)s more.", "… and %(n)s more.", more)
            self._say(text % {"n": more})

    def _say(self, text: str) -> None:
        self.stderr.write(text)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(
            _("“%(text)s” is no date such as 2024-05-31.") % {"text": text}
        ) from None


def _person(name: str) -> Person:
    model = get_user_model()
    try:
        return model._default_manager.get_by_natural_key(name)
    except model.DoesNotExist:
        raise CommandError(
            _("There is no account “%(name)s”.") % {"name": name}
        ) from None


def _new_folder(output: str) -> Path:
    """The folder at this path, made if it is not there. Raises CommandError."""
    if output in ("", STREAM):
        raise CommandError(_("Name the folder that the files go into."))
    folder = Path(output)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        is_empty = not any(folder.iterdir())
    except OSError as error:
        raise _not_written(output, error) from error
    if not is_empty:
        raise CommandError(
            _(
                "The folder “%(path)s” is not empty, and old files would stay "
                "between the new ones. Name a new or empty folder."
            )
            % {"path": output}
        )
    return folder


@contextmanager
def _writing(output: str) -> Iterator[BinaryIO]:
    """The file at this path, open to be written anew. Raises CommandError."""
    try:
        with Path(output).open("wb") as file:
            yield file
    except OSError as error:
        raise _not_written(output, error) from error


def _binary(out: object) -> BinaryIO:
    """The bytes' side of the standard output, or the stream that stands in for it."""
    wrapped = getattr(out, "_out", out)
    return getattr(wrapped, "buffer", wrapped)


def _not_written(path: str, error: OSError) -> CommandError:
    return CommandError(
        _("“%(path)s” cannot be written: %(reason)s.")
        % {"path": path, "reason": error.strerror or error}
    )


def _printable(text: str) -> str:
    """Text of a dump on one line, without what a terminal would act on."""
    return "".join(char if char.isprintable() else "�" for char in text)
