"""Imports that are killed, starved or disturbed: what is there is whole.

Processes and databases of their own, on the database the tests run on. Short
here; `make soak` sets SOAK, and then it is 20 kills of 2,000 notes.
"""

import os
import random
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection

from benchmarks.notes import write_notes
from tests.importing.state import differences, state_of, statuses
from tests.installations import Installations
from tests.measuring import processes_of_group

IS_SOAK = bool(os.environ.get("SOAK"))
NOTES, KILLS = (2000, 20) if IS_SOAK else (300, 3)
SEED = int(os.environ.get("SEED", "1"))
# What a process may take to see that the one that started it is gone.
SECONDS_TO_DIE = 15

Story = tuple[Path, dict[str, list[str]], float]


@pytest.fixture(scope="module")
def wikis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installations]:
    url = os.environ["DATABASE_URL"] if connection.vendor == "postgresql" else ""
    with Installations(tmp_path_factory.mktemp("wikis"), url) as installations:
        yield installations


@pytest.fixture(scope="module")
def story(wikis, tmp_path_factory) -> Story:
    """A dump, what an undisturbed import of it makes, and the seconds it takes."""
    dump = tmp_path_factory.mktemp("dump") / "notes"
    write_notes(dump, NOTES)
    # Several notes in one file, cut in the middle by a batch.
    many = "".join(f"# 조각 {n}\n#tag{n % 7}\n[[조각 {n + 1}]]\n" for n in range(250))
    (dump.parent / "many.md").write_text(many)
    wiki = wikis.fresh()
    started = time.perf_counter()
    wiki.manage(*command(dump))
    took = time.perf_counter() - started
    return dump, state_of(wiki), took


def command(dump: Path) -> list[object]:
    return ["importnotes", dump, dump.parent / "many.md", "-v", "0", "--jobs", "2"]


def ended(process, group: int) -> bool:
    """Whether all of its processes are gone, within the time they may take."""
    process.communicate()
    deadline = time.monotonic() + SECONDS_TO_DIE
    while processes_of_group(group):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


@pytest.mark.parametrize("number", range(KILLS))
def test_a_killed_import_is_completed_by_the_next(wikis, story, number):
    dump, expected, took = story
    dice = random.Random(f"{SEED}/{number}")
    wiki = wikis.fresh()
    kills = []
    # Some are killed again while they complete what was killed.
    for _ in range(dice.choice((1, 1, 2))):
        process = wiki.start(*command(dump))
        kills.append(dice.uniform(0.15, 1.0) * took)
        time.sleep(kills[-1])
        # The whole group as when a machine stops, or the one that a person sees.
        if dice.random() < 0.5:
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
        assert ended(process, process.pid), "processes outlive the import"
    seen = statuses(wiki)

    wiki.manage(*command(dump))

    assert not differences(expected, state_of(wiki)), f"killed after {kills}"
    assert statuses(wiki) == ["interrupted" if s == "running" else s for s in seen] + [
        "done"
    ]
