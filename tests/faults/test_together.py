"""Sixteen people write at once, on a server as it is in use: nothing is lost.

Short here; `make soak` sets SOAK, and then it is 500 edits of each kind.
"""

import time

import pytest

from tests.faults.conftest import EDITS, IS_POSTGRES, IS_SOAK
from tests.faults.server import GUNICORN, UVICORN, Server
from tests.faults.verdict import answers_wrong, complaints, describe, merged_share
from tests.faults.writers import STALE_STEPS, WORKLOADS, Crowd, write_together

# What each kind of edit must reach without asking back.
MERGED = {"own": 1, "sections": 0.95, "stale": 0.95, "double": 1}
SERVERS = (UVICORN, GUNICORN) if IS_SOAK else (UVICORN,)
SECONDS_OF_CROWD = 300
CHECKS = 30 if IS_SOAK else 3


@pytest.mark.parametrize("kind", SERVERS)
def test_nothing_acknowledged_is_lost(wikis, inhabited, kind, record_property):
    wiki = wikis.fresh()
    cast = inhabited(wiki)
    with Server(wiki, kind) as server:
        for workload in WORKLOADS:
            history = write_together(cast, server.port, workload, EDITS)
            record_property(f"{kind}, {workload}", describe(history))

            fewest = len(cast.sessions) * (EDITS - STALE_STEPS + 1)
            assert len(history.attempts) >= max(fewest, len(cast.sessions)), workload
            assert answers_wrong(history) == []
            assert complaints(wiki, history) == []
            assert merged_share(history) >= MERGED.get(workload, 0), workload
        assert "Traceback" not in server.log
    wiki.manage("checkwiki", "-v", "0")


def test_check_has_no_false_alarms_while_people_save(wikis, inhabited):
    wiki = wikis.fresh()
    cast = inhabited(wiki, people=8)
    with Server(wiki) as server, Crowd(cast, server.port) as crowd:
        for _ in range(CHECKS):
            crowd.wait_for_saves(2)
            wiki.manage("checkwiki")


@pytest.mark.skipif(IS_POSTGRES or not IS_SOAK, reason="SQLite, with `make soak`")
def test_eight_people_write_for_minutes(wikis, inhabited, record_property):
    wiki = wikis.fresh()
    cast = inhabited(wiki, people=8)
    with Server(wiki) as server, Crowd(cast, server.port) as crowd:
        time.sleep(SECONDS_OF_CROWD)
    record_property("5 minutes", describe(crowd.history))

    assert answers_wrong(crowd.history) == []
    assert complaints(wiki, crowd.history) == []
    wiki.manage("checkwiki", "-v", "0")
