"""What readers and writers wait for: saves, previews, forms, changes and history.

Each figure is of a whole request, answered in a process of the wiki by itself: p50
and p95 of the time that passed, and the CPU of the process beside that of a page
that is always the same. A database server's own CPU is only in the time that passed.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from statistics import median, quantiles

from benchmarks.lines import Line
from tests.installations import Installation

WRITERS = 8
_COMMAND = (sys.executable, "-m", "benchmarks.working")
# Milliseconds at p50: the quickest of other wikis, measured on two cores with
# 2,000 notes (DokuWiki; the diff, without its frame, django-wiki).
GOALS = {
    "save": 10.6,
    "edit form": 8.7,
    "recent changes": 5.1,
    "history of 100 revisions": 5.4,
    "diff of one": 3.1,
}


def lines_of(database: str, wiki: Installation, folder: Path) -> Iterator[Line]:
    """The figures of a wiki that holds notes. They stay in it, changed."""
    figures = _pages(wiki, folder)
    floor = figures.pop("constant")
    yield _line(f"{database}: constant page", floor, floor, None)
    for name, figure in figures.items():
        yield _line(f"{database}: {name}", figure, floor, GOALS.get(name))
    wall = _saves(wiki, folder)
    p95 = quantiles(wall, n=20)[-1]
    figure = f"{median(wall):.1f} / {p95:.1f} ms"
    yield Line(f"{database}: save, {WRITERS} writers at once", figure)


def _line(name: str, figure: dict, floor: dict, goal: float | None) -> Line:
    told = f"{figure['p50']:.1f} / {figure['p95']:.1f} ms, {figure['cpu']:.1f} CPU"
    told += f" = {figure['cpu'] / floor['cpu']:.0f}x"
    is_met = goal is None or figure["p50"] <= goal
    return Line(name, told, f"<= {goal} ms" if goal else "", is_met)


def _pages(wiki: Installation, folder: Path) -> dict[str, dict[str, float]]:
    file = folder / "pages.json"
    process = wiki.start("pages", file, command=_COMMAND)
    _, err = process.communicate()
    if process.returncode:
        raise SystemExit(f"The pages could not be measured:\n{err}")
    return json.loads(file.read_text())


def _saves(wiki: Installation, folder: Path) -> list[float]:
    """The time that each save took while as many processes as writers saved."""
    files = [folder / f"saves-{number}.json" for number in range(1, WRITERS + 1)]
    processes = [
        wiki.start("saves", file, number, command=_COMMAND, stdin=-1)
        for number, file in enumerate(files, 1)
    ]
    for process in processes:
        process.stdout.readline()
    for process in processes:
        process.stdin.write("go\n")
        process.stdin.flush()
    for process in processes:
        _, err = process.communicate()
        if process.returncode:
            raise SystemExit(f"A writer could not save:\n{err}")
    return [took for file in files for took in json.loads(file.read_text())["wall"]]
