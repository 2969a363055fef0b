"""`manage.py checkwiki [--repair]`: whether what is stored fits together."""

import json
import sys
from argparse import ArgumentParser
from collections import Counter
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from wiki.checking import CheckOptions, Finding, check_wiki
from wiki.checking.run import counts
from wiki.management.progress import watch_progress

# Named one by one of each kind; of more only the count.
_SHOWN = 20


class Command(BaseCommand):
    help = (
        "Check that entries, history, pages, links, tags and files fit together. "
        "Exit codes: 0 nothing is wrong, 1 something is, 2 wrong usage."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--repair",
            action="store_true",
            help="make anew what is derived; texts and revisions are never touched",
        )
        parser.add_argument(
            "--deep", action="store_true", help="read the bytes of all files, too"
        )
        parser.add_argument("--json", action="store_true", help="JSON to stdout")

    def handle(self, *args: Any, **options: Any) -> None:
        watch = watch_progress(self.stderr._out, verbosity=options["verbosity"])
        wanted = CheckOptions(repair=options["repair"], deep=options["deep"])
        told = _Told(self, options)
        try:
            for finding in check_wiki(wanted, watch.show):
                watch.clear()
                told.add(finding)
            checked = counts()
        except KeyboardInterrupt:
            watch.clear()
            sys.exit(130)
        except DatabaseError as error:
            watch.clear()
            raise CommandError(
                _("The database cannot be used (%(reason)s). Run “manage.py migrate”.")
                % {"reason": error}
            ) from error
        watch.clear()
        told.finish(checked)
        if told.left:
            sys.exit(1)


class _Told:
    """What was found, printed as it comes; as JSON in the end."""

    def __init__(self, command: BaseCommand, options: dict[str, Any]) -> None:
        self._out = command.stdout
        self._is_json = options["json"]
        self._verbosity = options["verbosity"]
        self._findings: list[dict[str, object]] = []
        self._by_code: Counter[str] = Counter()
        self.left = 0
        self.repaired = 0

    def add(self, finding: Finding) -> None:
        if finding.is_repaired:
            self.repaired += 1
        else:
            self.left += 1
        self._by_code[finding.code] += 1
        if self._is_json:
            self._findings.append(finding.as_json())
        elif self._verbosity > 1 or self._by_code[finding.code] <= _SHOWN:
            self._out.write(_line(finding))

    def finish(self, checked: dict[str, int]) -> None:
        if self._is_json:
            report = {
                "is_clean": not self.left,
                "checked": checked,
                "left": self.left,
                "repaired": self.repaired,
                "findings": self._findings,
            }
            json.dump(report, self._out, ensure_ascii=False, indent=1)
            self._out.write("")
        elif self._verbosity > 0:
            self._summarise(checked)

    def _summarise(self, checked: dict[str, int]) -> None:
        more = sum(max(0, n - _SHOWN) for n in self._by_code.values())
        if more and self._verbosity == 1:
            self._out.write(
                _("… and %(count)s more; -v 2 or --json names them.") % {"count": more}
            )
        self._out.write(_("Checked: %(entries)s entries, %(files)s files.") % checked)
        if self.repaired:
            text = ngettext(
                "%(count)s thing is repaired.",
                "%(count)s things are repaired.",
                self.repaired,
            )
            self._out.write(text % {"count": self.repaired})
        if not self.left:
            self._out.write(_("Everything fits together."))
            return
        text = ngettext(
            "%(count)s thing is wrong.", "%(count)s things are wrong.", self.left
        )
        self._out.write(text % {"count": self.left})


def _line(finding: Finding) -> str:
    subject = f"“{finding.subject}”"
    if finding.where:
        subject += f" ({finding.where})"
    text = f"{subject}: {finding.sentence} {finding.remedy}"
    return "".join(char if char.isprintable() else "\ufffd" for char in text)
