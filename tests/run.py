"""`make test`: every test on SQLite, then on PostgreSQL, then in the browser.

    python -m tests.run [arguments for pytest, the same for each part]

A part that cannot run is named in the last lines with the command that would
bring what it lacks; with CI set that is a failure. DATABASE_URL names a
PostgreSQL to use instead of one of our own.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree

from tests.browser.chromium import (
    bring_chromium,
    find_chromium,
    how_to_bring_chromium,
)
from tests.postgres import PostgresMissing, end_on_sigterm, running_postgres

ROOT = Path(__file__).resolve().parent.parent
MAX_WORKERS = 8
NOT_IN_BROWSER = ["-m", "not browser"]
IN_BROWSER = ["-m", "browser"]


@dataclass(frozen=True)
class Outcome:
    """How one part went; `lacks` says why it did not run at all."""

    part: str
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    seconds: float = 0
    lacks: str = ""
    exit_code: int = 0


@dataclass(frozen=True)
class Runner:
    """Runs pytest with the arguments every part gets."""

    arguments: list[str] = field(default_factory=list)

    def sqlite(self) -> Outcome:
        return self._pytest("SQLite", NOT_IN_BROWSER)

    def postgres(self) -> Outcome:
        part = "PostgreSQL"
        named = os.environ.get("DATABASE_URL")
        if named:
            return self._pytest(part, NOT_IN_BROWSER, DATABASE_URL=named)
        try:
            with running_postgres() as database_url:
                return self._pytest(part, NOT_IN_BROWSER, DATABASE_URL=database_url)
        except PostgresMissing as error:
            how = "sudo apt-get install -y postgresql"
            return Outcome(part, lacks=f"{error} This brings it: {how}")

    def browser(self) -> Outcome:
        part = "browser"
        chromium = find_chromium() or bring_chromium()
        if chromium is None:
            how = how_to_bring_chromium()
            return Outcome(part, lacks=f"no Chromium was found. This brings it: {how}")
        return self._pytest(part, IN_BROWSER, CHROMIUM=chromium)

    def _pytest(self, part: str, selection: list[str], **variables: str) -> Outcome:
        print(f"\n── {part} ──", flush=True)
        workers = str(min(os.cpu_count() or 1, MAX_WORKERS))
        environment = {k: v for k, v in os.environ.items() if k != "DATABASE_URL"}
        start = time.monotonic()
        with tempfile.TemporaryDirectory(prefix="notewiki-tests-") as folder:
            report = Path(folder, "report.xml")
            done = subprocess.run(
                [
                    *(sys.executable, "-m", "pytest", f"--junit-xml={report}"),
                    *("-n", workers, "--dist", "worksteal"),
                    *selection,
                    *self.arguments,
                ],
                cwd=ROOT,
                env=environment | variables,
            )
            counts = _counts(report)
        seconds = time.monotonic() - start
        return Outcome(part, **counts, seconds=seconds, exit_code=done.returncode)


def _counts(report: Path) -> dict[str, int]:
    """Tests by outcome, from pytest's own report; nothing when it wrote none."""
    if not report.is_file():
        return {}
    suites = list(ElementTree.parse(report).getroot().iter("testsuite"))
    total, failures, errors, skipped = (
        sum(int(suite.get(name, "0")) for suite in suites)
        for name in ("tests", "failures", "errors", "skipped")
    )
    failed = failures + errors
    return {"passed": total - failed - skipped, "failed": failed, "skipped": skipped}


def _describe(outcome: Outcome) -> str:
    counts = f"{outcome.passed} passed, {outcome.failed} failed"
    if outcome.skipped:
        counts += f", {outcome.skipped} skipped"
    return f"{outcome.part:<11} {counts} in {outcome.seconds:.0f} s"


def finish(outcomes: list[Outcome]) -> int:
    """Prints the last lines; the last of all is the sum. Gives the exit code."""
    ran = [outcome for outcome in outcomes if not outcome.lacks]
    lacking = [outcome for outcome in outcomes if outcome.lacks]
    print()
    for outcome in ran:
        print(_describe(outcome))
    for outcome in lacking:
        print(f"NOT RUN: the {outcome.part} tests, because {outcome.lacks}")
    passed, failed, skipped = (
        sum(getattr(outcome, name) for outcome in outcomes)
        for name in ("passed", "failed", "skipped")
    )
    print(f"{passed} passed, {failed} failed, {skipped} skipped", flush=True)
    if any(outcome.exit_code for outcome in ran):
        return 1
    return 1 if lacking and os.environ.get("CI") else 0


def main(arguments: list[str]) -> int:
    end_on_sigterm()
    runner = Runner(arguments)
    parts: list[Callable[[], Outcome]] = [
        runner.sqlite,
        runner.postgres,
        runner.browser,
    ]
    return finish([part() for part in parts])


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
