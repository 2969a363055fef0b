"""`manage.py undoimport ID`: what one import did, taken back."""

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from wiki.importing.undo import undo_import
from wiki.importing.undo_report import UndoReport
from wiki.importing.undoable import UndoStep
from wiki.management.authors import author_called
from wiki.management.progress import watching
from wiki.models import Import

# Entries named in the summary; the JSON has them all.
_LEFT_SHOWN = 20
# No database has more.
_MAX_ID = 2**63 - 1


class Command(BaseCommand):
    help = (
        "Undo an import: entries that nobody changed since go back to how they were, "
        "all others are listed. Exit codes: 0 all well, 1 nothing could be done, "
        "2 wrong usage, 3 done but some entries were left, 130 interrupted."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("id", type=int, metavar="ID", help="the number of the run")
        parser.add_argument(
            "--dry-run", action="store_true", help="say what would be done, do nothing"
        )
        parser.add_argument("--author", default="", help="an account, or just a name")
        parser.add_argument("--json", action="store_true", help="JSON to stdout")

    def handle(self, *args: Any, **options: Any) -> None:
        with watching(self, verbosity=options["verbosity"]) as watch:
            report = undo_import(
                _run(options["id"]),
                author=author_called(options["author"]),
                is_dry_run=options["dry_run"],
                watch=watch,
            )
        self._tell(report, options)
        if report.exit_code:
            sys.exit(report.exit_code)

    def _tell(self, report: UndoReport, options: dict[str, Any]) -> None:
        if options["json"]:
            self.stdout.ending = ""
            report.write_json(self.stdout)
        elif options["verbosity"] > 0:
            self._summarise(report, verbosity=options["verbosity"])
        if report.is_interrupted:
            self.stderr.write(
                _("Interrupted. What was undone is whole; undo again to complete it.")
            )

    def _summarise(self, report: UndoReport, *, verbosity: int) -> None:
        if report.is_dry_run:
            self.stdout.write(_("Dry run, nothing was written."))
        for turn, text in _words(report.totals).items():
            if report.totals[turn]:
                self.stdout.write(text % {"count": report.totals[turn]})
        if not report.steps:
            self.stdout.write(
                _("This import wrote no entry: there is nothing to undo.")
            )
        told = [s for s in report.steps if s.turn == "left" or verbosity > 1]
        shown = told if verbosity > 1 else told[:_LEFT_SHOWN]
        for step in shown:
            self.stdout.write(_line(step))
        if len(told) > len(shown):
            self.stdout.write(
                _("… and %(count)s more; -v 2 or --json names them.")
                % {"count": len(told) - len(shown)}
            )


def _run(number: int) -> Import:
    run = None
    if 0 < number <= _MAX_ID:
        run = (
            Import.objects.select_related("batch", "undo_batch")
            .filter(pk=number)
            .first()
        )
    if run is None:
        raise CommandError(
            _("There is no import %(number)s. The page “Imports” lists them.")
            % {"number": number}
        )
    return run


def _words(totals: dict[str, int]) -> dict[str, str]:
    return {
        "deleted": ngettext(
            "%(count)s entry that it created is deleted.",
            "%(count)s entries that it created are deleted.",
            totals["deleted"],
        ),
        "reverted": ngettext(
            "%(count)s entry has its former text.",
            "%(count)s entries have their former text.",
            totals["reverted"],
        ),
        "restored": ngettext(
            "%(count)s entry that it deleted is back.",
            "%(count)s entries that it deleted are back.",
            totals["restored"],
        ),
        "left": ngettext(
            "%(count)s entry is left as it is:",
            "%(count)s entries are left as they are:",
            totals["left"],
        ),
    }


def _line(step: UndoStep) -> str:
    message = step.message.sentence if step.message else ""
    text = f"  {step.title}: {message}" if message else f"  {step.title}"
    return "".join(char if char.isprintable() else "\ufffd" for char in text)
