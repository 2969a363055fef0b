"""How fast notes come in, at several sizes, and how much memory that takes.

Beside each import stands its floor: the very rows it made, inserted raw into
another wiki of the same kind by its database alone.
"""

import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from benchmarks.lines import Line
from benchmarks.notes import write_notes
from tests.installations import Installation, Installations
from tests.measuring import MIB, Measured, watch

# Notes a second of the whole command, at 2,000 notes.
FIRST_GOALS = {"SQLite": 350, "PostgreSQL": 250}
AGAIN_GOAL = 2000
MAX_GROWTH = 0.20
MAX_MEMORY = 200 * MIB


@dataclass(frozen=True)
class Run:
    """Imports of one dump: the first, the same again, and the floor in seconds."""

    notes: int
    first: Measured
    again: Measured
    floor: float
    wiki: Installation


def measured_runs(wikis: Installations, dumps: Path, sizes: list[int]) -> list[Run]:
    """One run for each size, smallest first."""
    return [_run(wikis, dumps / str(size), size) for size in sizes]


def _run(wikis: Installations, dump: Path, notes: int) -> Run:
    if not dump.exists():
        write_notes(dump, notes)
    wiki = wikis.fresh()
    first, again = (_import(wiki, dump) for _ in range(2))
    return Run(notes, first, again, _floor(wiki, wikis.fresh()), wiki)


def _import(wiki: Installation, dump: Path) -> Measured:
    # Nothing but the command itself: looks at its memory cost it time.
    command = ("importnotes", dump, "-v", "0", "--jobs", "2")
    measured = watch(wiki.start(*command), seconds_between_looks=0.2)
    if measured.code:
        raise SystemExit(f"importnotes failed:\n{measured.err}")
    return measured


def start_seconds(wikis: Installations, dumps: Path) -> tuple[float, float]:
    """What a run of one note takes, first and again: the cost of starting."""
    run = _run(wikis, dumps / "1", 1)
    return run.first.seconds, run.again.seconds


def lines_of(
    database: str, runs: list[Run], start: tuple[float, float]
) -> Iterator[Line]:
    """The figures of one database. The cost of starting is told, and goals of
    growth are without it; a goal of speed is of the whole command."""
    yield Line(f"{database}: start, one note", f"{start[0]:.2f} / {start[1]:.2f} s")
    for run in runs:
        yield from _speeds(database, run, start)
    yield from _growth(database, runs, start[0])
    for run in runs:
        yield from _memory(database, run)


def _speeds(database: str, run: Run, start: tuple[float, float]) -> Iterator[Line]:
    name = f"{database}, {run.notes:,} notes"
    rate = run.notes / run.first.seconds
    goal = FIRST_GOALS[database] if run.notes == 2000 else 0
    yield Line.at_least(f"{name}: first", rate, goal, "notes/s")
    ratio = run.first.seconds / run.floor
    yield Line(f"{name}: times the floor", f"{ratio:.1f}x of {run.floor:.2f} s")
    rate = run.notes / run.again.seconds
    goal = AGAIN_GOAL if run.notes >= 20_000 else 0
    yield Line.at_least(f"{name}: again", rate, goal, "notes/s")
    net = run.notes / max(run.again.seconds - start[1], 0.001)
    yield Line(f"{name}: again, without start", f"{net:,.0f} notes/s")


def _growth(database: str, runs: list[Run], start: float) -> Iterator[Line]:
    costs = [(run.notes, (run.first.seconds - start) / run.notes) for run in runs]
    for run, (notes, cost) in zip(runs, costs, strict=True):
        cpu = run.first.cpu_seconds / run.notes
        figure = f"{cost * 1000:.2f} ms, {cpu * 1000:.2f} CPU"
        yield Line(f"{database}, {notes:,} notes: each", figure)
    for (small, before), (large, after) in pairwise(costs):
        growth = after / before - 1
        # At 200 notes little of the work is shared between processes.
        is_goal = small >= 2000
        yield Line(
            f"{database}: growth from {small:,} to {large:,}",
            f"{growth:+.0%}",
            f"<= {MAX_GROWTH:.0%}" if is_goal else "",
            not is_goal or growth <= MAX_GROWTH,
        )


def _memory(database: str, run: Run) -> Iterator[Line]:
    name = f"{database}, {run.notes:,} notes"
    memory = run.first.memory
    yield Line.at_most_mib(f"{name}: largest process", memory.largest, MAX_MEMORY)
    yield Line.at_most_mib(f"{name}: all, shared once", memory.together, MAX_MEMORY)
    yield Line(f"{name}: sum of the peaks", f"{memory.total // MIB} MiB")


# ── The floor ────────────────────────────────────────────────────────────────


def _floor(wiki: Installation, blank: Installation) -> float:
    """Seconds that its database needs to insert all rows of `wiki` into `blank`."""
    insert = _insert_postgres if wiki.server else _insert_sqlite
    with closing(wiki.connect()) as source, closing(blank.connect()) as target:
        return insert(source, target)


def _insert_sqlite(source, target) -> float:
    found = source.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
    # The words of the index have no rows but those of the tables behind them.
    tables = {name for (name,) in found if name.startswith("wiki_")}
    tables.discard("wiki_searchwords")
    rows = {
        table: source.execute(f"SELECT * FROM {table}").fetchall() for table in tables
    }
    target.execute("PRAGMA foreign_keys = off")
    target.execute("PRAGMA synchronous = normal")
    started = time.perf_counter()
    for table, some in rows.items():
        if some:
            marks = ", ".join("?" * len(some[0]))
            target.executemany(f"INSERT OR REPLACE INTO {table} VALUES ({marks})", some)
    target.commit()
    return time.perf_counter() - started


def _insert_postgres(source, target) -> float:
    found = source.execute("SELECT tablename FROM pg_tables WHERE tablename ~ '^wiki_'")
    tables = [name for (name,) in found]
    data: dict[str, bytes] = {}
    for table in tables:
        with source.cursor().copy(f"COPY {table} TO STDOUT (FORMAT binary)") as copy:
            data[table] = b"".join(copy)
    # Rows that migrations made would be there twice.
    target.execute(f"TRUNCATE {', '.join(tables)} CASCADE")
    target.commit()
    started = time.perf_counter()
    # Entries and revisions point to each other.
    target.execute("SET CONSTRAINTS ALL DEFERRED")
    for table, rows in data.items():
        with target.cursor().copy(f"COPY {table} FROM STDIN (FORMAT binary)") as copy:
            copy.write(rows)
    target.commit()
    return time.perf_counter() - started
