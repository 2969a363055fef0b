"""A server that is killed while people save: what it acknowledged is there.

Short here; `make soak` sets SOAK, and then it is 100 kills. KILLS and SEED
choose other numbers and moments.
"""

import os
import random
import time

from tests.faults.conftest import IS_SOAK, SLACK
from tests.faults.server import GUNICORN, UVICORN, Server
from tests.faults.verdict import answers_wrong, complaints, describe
from tests.faults.writers import ACKNOWLEDGED, Crowd

KILLS = int(os.environ.get("KILLS") or (100 if IS_SOAK else 3))
SEED = os.environ.get("SEED", "1")
PEOPLE = 8
READY_SECONDS = 10 * SLACK


def test_killed_server_keeps_what_it_acknowledged(wikis, inhabited, record_property):
    dice = random.Random(SEED)
    wiki = wikis.fresh()
    cast = inhabited(wiki, people=PEOPLE)
    slowest = saved = 0.0
    for number in range(KILLS):
        server = Server(wiki, UVICORN if number % 3 else GUNICORN)
        with server:
            slowest = max(slowest, server.ready_seconds)
            with Crowd(cast, server.port) as crowd:
                crowd.wait_for_saves(1)
                time.sleep(dice.uniform(0, 0.8))
                if server.kind == GUNICORN:
                    server.kill_a_worker(dice)
                    crowd.wait_for_saves(1)
                server.kill()
        saved += len(crowd.history.of(ACKNOWLEDGED))

        assert answers_wrong(crowd.history, is_fault=True) == [], number
        assert complaints(wiki, crowd.history) == [], number
        wiki.manage("checkwiki", "-v", "0")
    record_property(
        f"{KILLS} kills",
        f"{saved:.0f} acknowledged saves, ready again in {slowest:.1f} s at most; "
        f"the last: {describe(crowd.history)}",
    )

    assert slowest <= READY_SECONDS
