"""`manage.py exportnotes`: the wiki's entries as JSON or as Markdown files."""

from argparse import ArgumentParser
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from wiki.exporting.markdown import write_folder
from wiki.exporting.records import exported, write_json
from wiki.models import Entry
from wiki.models.entries import EntryQuerySet
from wiki.slugs import tag_key


class Command(BaseCommand):
    help = "Write all entries as a JSON list, or as a folder of Markdown files."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "folder", nargs="?", type=Path, help="where Markdown files go; new or empty"
        )
        parser.add_argument("--format", choices=["json", "markdown"], default="json")
        parser.add_argument(
            "--output", type=Path, metavar="FILE", help="where JSON goes (default: -)"
        )
        parser.add_argument("--tag", help="only entries with this tag")

    def handle(self, *args: object, **options: object) -> None:
        entries = self._entries(options["tag"])
        if options["format"] == "markdown":
            self._write_markdown(entries, options["folder"])
        elif options["folder"]:
            raise CommandError(
                _(
                    "JSON is one file: name it with --output FILE, or pass "
                    "--format markdown to write into a folder."
                )
            )
        else:
            self._write_json(entries, options["output"])

    def _entries(self, tag: str | None) -> EntryQuerySet:
        entries = Entry.objects.live()
        if not tag:
            return entries
        return entries.filter(tags__key=tag_key(tag))

    def _write_markdown(self, entries: EntryQuerySet, folder: Path | None) -> None:
        if folder is None:
            raise CommandError(_("Name the folder that the Markdown files go into."))
        try:
            folder.mkdir(parents=True, exist_ok=True)
            if any(folder.iterdir()):
                raise CommandError(
                    _(
                        "The folder “%(path)s” is not empty, and old files would stay "
                        "between the new ones. Name a new or empty folder."
                    )
                    % {"path": folder}
                )
            count = write_folder(entries, folder)
        except OSError as error:
            raise _not_written(folder, error) from error
        self.stderr.write(_said(count, folder))

    def _write_json(self, entries: EntryQuerySet, output: Path | None) -> None:
        if output is None or str(output) == "-":
            self.stdout.ending = ""
            write_json(exported(entries), self.stdout)
            return
        try:
            with output.open("w", encoding="utf-8") as file:
                count = write_json(exported(entries), file)
        except OSError as error:
            raise _not_written(output, error) from error
        self.stderr.write(_said(count, output))


def _not_written(path: Path, error: OSError) -> CommandError:
    return CommandError(
        _("“%(path)s” cannot be written: %(reason)s.")
        % {"path": path, "reason": error.strerror}
    )


def _said(count: int, path: Path) -> str:
    text = ngettext(
        "%(count)s entry written to “%(path)s”.",
        "%(count)s entries written to “%(path)s”.",
        count,
    )
    return text % {"count": count, "path": path}
