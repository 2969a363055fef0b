"""Prints one table: what the wiki is fast at, each figure beside its floor or goal.

    python -m benchmarks.run        (make bench)

Everything happens in a temporary data folder. Exit 1 when a goal is missed.
"""

import os
import re
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks import pages
from benchmarks.notes import write_notes

NOTES = 2000
MANAGE = [sys.executable, "manage.py"]


@dataclass(frozen=True)
class Line:
    """One measured figure and whether it meets its goal."""

    name: str
    figure: str
    goal: str
    is_met: bool


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="notewiki-bench-") as folder:
        environment = {**os.environ, "DATA_DIR": folder, "LOG_LEVEL": "ERROR"}
        run(environment, "migrate", "-v", "0")
        run(environment, "collectstatic", "--no-input", "-v", "0")
        lines = [*import_lines(environment, Path(folder) / "notes")]
        lines += page_lines(environment)
    width = max(len(line.name) for line in lines)
    for line in lines:
        verdict = "ok" if line.is_met else "MISSED"
        print(f"{line.name:{width}}  {line.figure:>16}  {line.goal:>12}  {verdict}")
    return 0 if all(line.is_met for line in lines) else 1


def import_lines(environment: dict[str, str], folder: Path) -> list[Line]:
    """The speed of a first import of 2,000 notes, and of the same dump again."""
    write_notes(folder, NOTES)
    goals = {"first import": 300, "same dump again": 2000}
    lines = []
    for name, goal in goals.items():
        started = time.perf_counter()
        run(environment, "importnotes", str(folder), "--jobs", "2", "-v", "0")
        rate = NOTES / (time.perf_counter() - started)
        figure = f"{rate:,.0f} notes/s"
        lines.append(
            Line(f"{name}, whole command", figure, f">= {goal:,}", rate >= goal)
        )
    return lines


def page_lines(environment: dict[str, str]) -> list[Line]:
    """CPU of the entry page for a visitor, afresh and from the page cache."""
    path = entry_address(environment)
    lines = []
    for name, cache, goal in (("afresh", "off", 6.0), ("from the cache", "on", 1.8)):
        with pages.serving({**environment, "BENCH_PAGE_CACHE": cache}) as server:
            floor = pages.cpu_milliseconds(*server, "/bench/constant/")
            cost = pages.cpu_milliseconds(*server, path)
        ratio = cost / floor
        figure = f"{cost:.2f}/{floor:.2f} ms = {ratio:.1f}x"
        lines.append(Line(f"entry page {name}", figure, f"<= {goal}x", ratio <= goal))
    return lines


def entry_address(environment: dict[str, str]) -> str:
    """The address of some entry of the imported ones, decoded."""
    code = (
        "from wiki.models import Entry;"
        "print('SLUG', Entry.objects.live().order_by('id')[1000].slug)"
    )
    slug = re.search("SLUG (.+)", run(environment, "shell", "-v", "0", "-c", code))
    return f"/wiki/{slug[1]}/"


def run(environment: dict[str, str], *arguments: str) -> str:
    answer = subprocess.run(
        [*MANAGE, *arguments], env=environment, capture_output=True, text=True
    )
    if answer.returncode:
        sys.exit(f"manage.py {' '.join(arguments)} failed:\n{answer.stderr}")
    return answer.stdout


if __name__ == "__main__":
    sys.exit(main())
