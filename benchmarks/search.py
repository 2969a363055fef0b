"""How fast searches are over many notes, and what the index costs.

    python -m benchmarks.search [--full]      these figures alone

The goals are for 50,000 notes (--full); with fewer the figures are told without.
"""

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from statistics import median, quantiles

from benchmarks.lines import Line
from tests.installations import Installation, Installations
from tests.measuring import MIB
from tests.postgres import PostgresMissing, running_postgres

COUNT, FULL_COUNT = 5000, 50_000
NOTE_BYTES = 1400
# Whole requests are compared with other wikis over so many, of so many bytes.
PAGES_COUNT, PAGES_BYTES = 2000, 4700
# Milliseconds at 50,000 notes, in the process.
P50_GOAL = 15
P99_GOALS = {"SQLite": 100, "PostgreSQL": 250}
ONE_GOAL = 2.0
INDEX_GOAL = 1.5
# Whole requests at p50: MediaWiki (Korean), DokuWiki (English).
PAGE_GOALS = {"Korean word": 34, "English word": 7.3}
_SLOWEST = 6
_COMMAND = (sys.executable, "-m", "benchmarks.finding")


def lines_of(
    database: str, wikis: Installations, folder: Path, *, is_full: bool, count: int = 0
) -> Iterator[Line]:
    """The figures of one database, over so many notes if that is not 0."""
    count = count or (FULL_COUNT if is_full else COUNT)
    wiki = _fresh(wikis)
    made = _run(wiki, folder, "load", count, NOTE_BYTES)
    yield from _index_lines(f"{database}, {count:,} notes", database, made, is_full)
    asked = _run(wiki, folder, "ask")
    yield from _query_lines(f"{database}, {count:,} notes", database, asked, is_full)
    wiki = _fresh(wikis)
    _run(wiki, folder, "load", PAGES_COUNT, PAGES_BYTES)
    for name, figure in _run(wiki, folder, "pages").items():
        goal = PAGE_GOALS[name]
        told = f"{figure['p50']:.1f} / {figure['p95']:.1f} ms"
        told += f", {figure['cpu']:.1f} CPU"
        yield Line(
            f"{database}: search page, {name} in {figure['found']}",
            told,
            f"<= {goal} ms",
            figure["p50"] <= goal,
        )


def _index_lines(name: str, database: str, made: dict, is_full: bool) -> Iterator[Line]:
    yield Line.at_least(f"{name}: index made", made["rate"], 0, "notes/s")
    ratio = made["index"] / made["text"]
    is_goal = database == "SQLite"
    beside = f"{made['text'] / MIB:.1f} MiB text, rows {made['rows'] / MIB:.1f} MiB"
    yield Line(
        f"{name}: index / text ({beside})",
        f"{ratio:.2f}",
        f"<= {INDEX_GOAL}" if is_goal else "",
        not is_goal or ratio <= INDEX_GOAL,
    )
    took = made["one"]["wall"]
    p50, p95 = median(took), quantiles(took, n=20)[-1]
    yield Line(
        f"{name}: one entry indexed again",
        f"{p50:.2f} / {p95:.2f} ms, {median(made['one']['cpu']):.2f} CPU",
        f"<= {ONE_GOAL} ms" if is_full else "",
        not is_full or p50 <= ONE_GOAL,
    )


def _query_lines(
    name: str, database: str, asked: dict, is_full: bool
) -> Iterator[Line]:
    goals = (("p50", P50_GOAL), ("p99", P99_GOALS[database]))
    for which, goal in goals:
        figure, cpu = (_at(which, asked[kind]) for kind in ("took", "cpu"))
        yield Line(
            f"{name}: {len(asked['took'])} queries, {which}",
            f"{figure:.1f} ms, {cpu:.1f} CPU",
            f"<= {goal} ms" if is_full else "",
            not is_full or figure <= goal,
        )
    pages = [each for some in asked["pages"].values() for each in some]
    told = f"{median(pages):.1f} / {quantiles(pages, n=20)[-1]:.1f} ms"
    yield Line(f"{name}: whole requests of these", told)
    slowest = sorted(asked["took"], key=lambda text: -median(asked["took"][text]))
    for text in slowest[:_SLOWEST]:
        wall, cpu = (median(asked[kind][text]) for kind in ("took", "cpu"))
        figure = f"{wall:.1f} ms, {cpu:.1f} CPU"
        yield Line(f"  slow: {text} ({asked['found'][text]})", figure)


def _fresh(wikis: Installations) -> Installation:
    wiki = wikis.fresh()
    wiki.manage("collectstatic", "--no-input", "-v", "0")
    return wiki


def _at(which: str, took: dict[str, list[float]]) -> float:
    every = [each for some in took.values() for each in some]
    return quantiles(every, n=100)[int(which[1:]) - 1]


def _run(wiki: Installation, folder: Path, *arguments: object) -> dict:
    what, *rest = arguments
    file = folder / f"{what}.json"
    process = wiki.start(what, file, *rest, command=_COMMAND)
    _, err = process.communicate()
    if process.returncode:
        raise SystemExit(f"Searches could not be measured ({what}):\n{err}")
    return json.loads(file.read_text())


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--full", action="store_true", help="50,000 notes")
    parser.add_argument("--count", type=int, default=0, help="so many notes")
    parser.add_argument("--database", choices=("SQLite", "PostgreSQL"))
    options = parser.parse_args(arguments)
    is_full = options.full or bool(os.environ.get("FULL"))
    met = True
    for database in ("SQLite", "PostgreSQL"):
        if options.database in (None, database):
            for line in _measured(database, is_full, options.count):
                print(line.text(64), flush=True)
                met = met and line.is_met
    return 0 if met else 1


def _measured(database: str, is_full: bool, count: int) -> Iterator[Line]:
    server = running_postgres() if database == "PostgreSQL" else nullcontext("")
    try:
        with (
            tempfile.TemporaryDirectory(prefix="notewiki-bench-") as folder,
            server as url,
            Installations(Path(folder) / "wikis", url) as wikis,
        ):
            yield from lines_of(
                database, wikis, Path(folder), is_full=is_full, count=count
            )
    except PostgresMissing as error:
        yield Line(f"{database}: {error}", "not measured")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
