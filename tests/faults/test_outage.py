"""The database goes away and comes back while people write: they are told, no more.

Short here; `make soak` sets SOAK, and then PostgreSQL is stopped 20 times.
"""

import os
import random
import re
import signal
import sqlite3
import time

import pytest

from tests.faults.conftest import IS_POSTGRES, IS_SOAK, SLACK
from tests.faults.server import GUNICORN, UVICORN, Server
from tests.faults.verdict import answers_wrong, complaints, describe
from tests.faults.writers import FAILED, UNKNOWN, Crowd, History, write_together
from tests.installations import Installations
from tests.postgres import own_postgres

STOPS = int(os.environ.get("STOPS") or (20 if IS_SOAK else 2))
SEED = os.environ.get("SEED", "1")
PEOPLE = 8
ANSWER_SECONDS = 5 * SLACK
BACK_SECONDS = 5 * SLACK


def wrong_refusals(history: History) -> list[str]:
    """Answers during an outage that are not the one there may be."""
    found = []
    for one in history.of(FAILED, UNKNOWN):
        if one.status != 503 or not one.retry_after:
            found.append(f"{one.mark}: answered {one.status}")
        elif one.seconds > ANSWER_SECONDS:
            found.append(f"{one.mark}: answered after {one.seconds:.1f} s")
    return found


@pytest.mark.skipif(not IS_POSTGRES, reason="needs a server to stop")
@pytest.mark.parametrize("kind", [GUNICORN, UVICORN] if IS_SOAK else [GUNICORN])
def test_while_postgresql_is_away_people_are_told(
    tmp_path, wikis, inhabited, kind, record_property
):
    dice = random.Random(f"{SEED}{kind}")
    told, back = History(), []
    # What is acknowledged has to be on the disk: some stops are crashes.
    with (
        own_postgres(synchronous_commit="on") as postgres,
        Installations(tmp_path, postgres.database_url) as installations,
    ):
        wiki = installations.fresh()
        cast = inhabited(wiki, people=PEOPLE)
        with Server(wiki, kind) as server:
            stylesheet = stylesheet_of(server)
            for number in range(STOPS):
                with Crowd(cast, server.port) as crowd:
                    crowd.wait_for_saves(3)
                    postgres.stop(signal.SIGQUIT if number % 2 else signal.SIGINT)
                    ends = time.monotonic() + dice.uniform(1, 8 if IS_SOAK else 3)
                    while time.monotonic() < ends:
                        look_around(server, stylesheet)
                    postgres.start()
                    back.append(crowd.wait_for_saves(1))
                    crowd.wait_for_saves(2)
                told.attempts += crowd.history.attempts

                assert wrong_refusals(crowd.history) == [], number
                assert answers_wrong(crowd.history, is_fault=True) == [], number
                assert complaints(wiki, crowd.history) == [], number
            assert "Traceback" not in server.log
        wiki.manage("checkwiki", "-v", "0")
    slowest = max(one.seconds for one in told.of(FAILED))
    record_property(
        f"{kind}, {STOPS} stops",
        f"{describe(told)}; the slowest 503 in {slowest:.1f} s; saving again after "
        f"{max(back):.1f} s at most",
    )
    assert max(back) <= BACK_SECONDS


def look_around(server: Server, stylesheet: str) -> None:
    """What goes on without a database, and what does not."""
    assert server.get("/healthz")[0] == 200
    assert server.get(stylesheet)[0] == 200
    assert server.get("/", ANSWER_SECONDS)[0] == 503
    time.sleep(0.1)


def stylesheet_of(server: Server) -> str:
    status, html = server.get("/accounts/login/")
    assert status == 200
    return re.search(rb'href="(/static/[^"]+\.css)"', html)[1].decode()


@pytest.mark.skipif(IS_POSTGRES or not IS_SOAK, reason="SQLite, with `make soak`")
def test_file_that_another_holds_for_too_long_is_told(wikis, inhabited):
    """Longer than a save waits, which takes its time."""
    wiki = wikis.fresh()
    cast = inhabited(wiki, people=2, edits=1)
    with Server(wiki) as server:
        holder = sqlite3.connect(wiki.folder / "notewiki.sqlite3", isolation_level=None)
        holder.execute("BEGIN IMMEDIATE")
        history = write_together(cast, server.port, "own", 1)
        holder.execute("ROLLBACK")
        holder.close()

        assert [one.status for one in history.attempts] == [503, 503]
        assert answers_wrong(history, is_fault=True) == []
        after = write_together(cast, server.port, "own", 1)
    assert answers_wrong(after) == []
    assert complaints(wiki, after) == []
    wiki.manage("checkwiki", "-v", "0")
