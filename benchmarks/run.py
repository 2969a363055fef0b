"""Prints one table: what the wiki is fast at, each figure beside its floor or goal.

    python -m benchmarks.run [--full]        (make bench; FULL=1 make bench)

Imports of 200 and 2,000 notes on both databases, with --full also of 20,000, pages,
what writers do, and searches over 5,000 notes, with --full over 50,000. Everything
happens in a temporary folder. Exit 1 when a goal is missed.
"""

import argparse
import os
import re
import sys
import tempfile
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path

from benchmarks import acts, daily, imports, pages, search
from benchmarks.lines import Line
from tests.installations import Installation, Installations
from tests.postgres import PostgresMissing, running_postgres

SIZES, FULL_SIZES = [200, 2000], [200, 2000, 20_000]
# The wiki whose pages are measured.
PAGES_AT = 2000


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--full", action="store_true", help="more notes as well")
    options = parser.parse_args(arguments)
    is_full = options.full or bool(os.environ.get("FULL"))
    met = True
    with tempfile.TemporaryDirectory(prefix="notewiki-bench-") as folder:
        for line in measured(Path(folder), FULL_SIZES if is_full else SIZES):
            print(line.text(52), flush=True)
            met = met and line.is_met
    return 0 if met else 1


def measured(folder: Path, sizes: list[int]) -> Iterator[Line]:
    """All lines, each as soon as it is known."""
    for database in ("SQLite", "PostgreSQL"):
        server = running_postgres() if database == "PostgreSQL" else nullcontext("")
        try:
            with server as url, Installations(folder / database, url) as wikis:
                start = imports.start_seconds(wikis, folder)
                runs = imports.measured_runs(wikis, folder, sizes)
                yield from imports.lines_of(database, runs, start)
                [run] = [run for run in runs if run.notes == PAGES_AT]
                run.wiki.manage("collectstatic", "--no-input", "-v", "0")
                if database == "SQLite":
                    yield from page_lines(run.wiki)
                yield from daily.lines_of(database, run.wiki, folder)
                yield from acts.lines_of(database, run.wiki, folder)
                is_full = len(sizes) == len(FULL_SIZES)
                yield from search.lines_of(database, wikis, folder, is_full=is_full)
        except PostgresMissing as error:
            yield Line(f"{database}: {error}", "not measured")


def page_lines(wiki: Installation) -> Iterator[Line]:
    """CPU of the entry page for a visitor, afresh and from the page cache."""
    path = entry_address(wiki)
    for name, cache, goal in (("afresh", "off", 6.0), ("from the cache", "on", 1.8)):
        with pages.serving({**wiki.environment, "BENCH_PAGE_CACHE": cache}) as server:
            floor = pages.cpu_milliseconds(*server, "/bench/constant/")
            cost = pages.cpu_milliseconds(*server, path)
        ratio = cost / floor
        figure = f"{cost:.2f}/{floor:.2f} ms = {ratio:.1f}x"
        yield Line(f"entry page {name}", figure, f"<= {goal}x", ratio <= goal)


def entry_address(wiki: Installation) -> str:
    """The address of some entry of the imported ones, decoded."""
    code = (
        "from wiki.models import Entry;"
        "print('SLUG', Entry.objects.live().order_by('id')[1000].slug)"
    )
    slug = re.search("SLUG (.+)", wiki.manage("shell", "-v", "0", "-c", code))
    return f"/wiki/{slug[1]}/"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
