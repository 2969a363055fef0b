"""`manage.py rebuildsearch [--check]`: makes the search index anew, in use."""

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import ngettext

from wiki.checking.findings import Finding
from wiki.checking.run import Step
from wiki.checking.searching import check_search
from wiki.editing import reindexing
from wiki.management.progress import watching
from wiki.models import Entry

_SHOWN = 20


class Command(BaseCommand):
    help = (
        "Make the search index anew, or go on where a run was stopped, and see that "
        "it is right. People may save and search meanwhile. Exit codes: 0 the index "
        "is right, 1 it is not, 2 wrong usage."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--check", action="store_true", help="only look whether it is right"
        )
        parser.add_argument(
            "--if-needed",
            action="store_true",
            help="leave an index that is whole and of this release as it is",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        with watching(self, verbosity=options["verbosity"]) as watch:
            if not options["check"]:
                is_spared = options["if_needed"]
                make = reindexing.complete if is_spared else reindexing.rebuild
                make(watch)
            total = Entry.objects.live().count()
            found = check_search(lambda done: watch(Step("read", done, total)))
        for finding in found[:_SHOWN]:
            self.stdout.write(_line(finding))
        if options["verbosity"] > 0:
            self.stdout.write(_summary(total, len(found)))
        if found:
            sys.exit(1)


def _line(finding: Finding) -> str:
    where = f" ({finding.where})" if finding.where else ""
    text = f"“{finding.subject}”{where}: {finding.sentence}"
    return "".join(char if char.isprintable() else "\ufffd" for char in text)


def _summary(total: int, wrong: int) -> str:
    if not wrong:
        text = ngettext(
            "The search index is right: %(count)s entry.",
            "The search index is right: %(count)s entries.",
            total,
        )
        return text % {"count": total}
    text = ngettext(
        "%(count)s thing is wrong with the search index. “manage.py rebuildsearch” "
        "makes it anew.",
        "%(count)s things are wrong with the search index. “manage.py rebuildsearch” "
        "makes it anew.",
        wrong,
    )
    return text % {"count": wrong}
