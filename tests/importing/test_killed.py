"""Imports that are killed or interrupted: what is there is whole, the next completes.

Processes and databases of their own, on the database the tests run on. Short
here; `make soak` sets SOAK, and then it is 20 kills of 2,000 notes.
"""

import os
import random
import signal
import subprocess
import time

import pytest

from tests.importing.conftest import ENTRIES, IS_SOAK, NOTES, PICTURES, Story
from tests.importing.state import count_of, differences, state_of, statuses
from tests.installations import Installation
from tests.measuring import processes_of_group

KILLS = 20 if IS_SOAK else 3
SEED = int(os.environ.get("SEED", "1"))
# What a process may take to see that the one that started it is gone.
SECONDS_TO_DIE = 15


def has_ended(process: subprocess.Popen) -> bool:
    """Whether all processes of the command are gone, in the time they may take."""
    process.communicate()
    deadline = time.monotonic() + SECONDS_TO_DIE
    while processes_of_group(process.pid):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def test_the_story_is_one_worth_telling(story):
    assert len(story.state["wiki.Entry"]) == ENTRIES
    assert len(story.state["wiki.Link"]) > NOTES
    assert len(story.state["files"]) == PICTURES // 2


@pytest.mark.parametrize("number", range(KILLS))
def test_a_killed_import_is_completed_by_the_next(wikis, story, number):
    dice = random.Random(f"{SEED}/{number}")
    wiki = wikis.fresh()
    kills = []
    # Some are killed again while they complete what was killed.
    for _ in range(dice.choice((1, 1, 2))):
        process = wiki.start(*story.command)
        kills.append(dice.uniform(0.15, 1.0) * story.seconds)
        time.sleep(kills[-1])
        # The whole group as when a machine stops, or the one that a person sees.
        if dice.random() < 0.5:
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
        assert has_ended(process), "processes outlive the import"
    seen = statuses(wiki)

    wiki.manage(*story.command)

    assert not differences(story.state, state_of(wiki)), f"killed after {kills}"
    marked = ["interrupted" if status == "running" else status for status in seen]
    assert statuses(wiki) == [*marked, "done"]


def interrupted(wiki: Installation, story: Story, *, to_the_group: bool):
    """Interrupts an import after its first batch; gives its end and its words."""
    process = wiki.start(*story.command)
    while process.poll() is None and count_of(wiki, "wiki_entry") < 100:
        time.sleep(0.02)
    if process.poll() is None:
        interrupt = os.killpg if to_the_group else os.kill
        interrupt(process.pid, signal.SIGINT)
    _, err = process.communicate()
    return process.returncode, err


@pytest.mark.parametrize("to_the_group", [True, False], ids=["terminal", "process"])
def test_an_interrupted_import_says_so_and_is_completed_by_the_next(
    wikis, story, to_the_group
):
    for _ in range(5):
        wiki = wikis.fresh()
        code, err = interrupted(wiki, story, to_the_group=to_the_group)
        # On a busy machine it may be done before anyone sees that it began.
        if code:
            break

    assert code == 130, err
    assert "import again to complete it" in err
    assert "Traceback" not in err
    assert statuses(wiki) == ["interrupted"]
    assert 100 <= count_of(wiki, "wiki_entry") < ENTRIES
    assert count_of(wiki, "wiki_entry") == count_of(wiki, "wiki_revision")
    wiki.manage(*story.command)
    assert not differences(story.state, state_of(wiki))
