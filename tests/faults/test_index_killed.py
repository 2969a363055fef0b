"""A search index that is killed again and again while it is made and people save.

Whatever the moment: searches find what they have to find all the time, each run goes
on where the last one was, and in the end the index is right. Short here; `make soak`
sets SOAK. KILLS and SEED choose other numbers and moments.
"""

import json
import os
import random
import signal
import sys
import time

from benchmarks.notes import write_notes
from tests.faults.conftest import IS_SOAK, SLACK
from tests.faults.server import Server
from tests.faults.verdict import answers_wrong, complaints
from tests.faults.writers import Crowd
from tests.installations import Installation

KILLS = int(os.environ.get("KILLS") or (20 if IS_SOAK else 3))
NOTES = 3000 if IS_SOAK else 250
SEED = os.environ.get("SEED", "1")
PEOPLE = 4
SECONDS_TO_BEGIN = 20 * SLACK

# Asks the same of the wiki until its input ends; prints how often, and what was wrong.
SEARCHER = """
import json, sys, threading
import django
django.setup()
from django.contrib.auth.models import AnonymousUser
from wiki.models import Entry
from wiki.search.finding import find_entries
from wiki.search.query import parse_query
wanted = {q: set(ids) for q, ids in json.loads(sys.stdin.readline()).items()}
ended = threading.Event()
threading.Thread(target=lambda: (sys.stdin.read(), ended.set()), daemon=True).start()
asked, wrong = 0, []
print("ready", flush=True)
while not ended.is_set() or not asked:
    for text, ids in wanted.items():
        found = set(find_entries(AnonymousUser(), parse_query(text)).ids)
        asked += 1
        if found != ids:
            wrong.append([text, len(ids - found), len(found - ids)])
print(json.dumps([asked, wrong[:5]]))
"""
# Who is found by what; notes of the dump are not edited while it goes on.
EXPECT = """
import json
from wiki.models import Entry
texts = {"트래픽": "트래픽", "격리": "격리", "postgresql": "postgresql"}
rows = list(Entry.objects.live().values_list("id", "title", "body"))
print(json.dumps({
    query: [pk for pk, title, body in rows if word in f"{title} {body}".lower()]
    for query, word in texts.items()
}))
"""


def test_killed_index_is_gone_on_with_while_people_save_and_search(
    wikis, inhabited, tmp_path, record_property
):
    dice = random.Random(SEED)
    wiki = wikis.fresh()
    cast = inhabited(wiki, people=PEOPLE)
    write_notes(tmp_path / "notes", NOTES)
    wiki.manage("importnotes", tmp_path / "notes", "-v", "0")
    wanted = wiki.manage("shell", "-v", "0", "-c", EXPECT).strip().splitlines()[-1]
    _make_old(wiki)

    with Server(wiki) as server, Crowd(cast, server.port) as crowd:
        searcher = _start_searching(wiki, wanted)
        counts = [_killed(wiki, dice) for _ in range(KILLS)]
        crowd.wait_for_saves(1)
        started = time.monotonic()
        out = wiki.manage("rebuildsearch", "--if-needed")
        seconds = time.monotonic() - started
        found, err = searcher.communicate()
        assert searcher.returncode == 0, err

    asked, wrong = json.loads(found)
    record_property(
        f"{KILLS} kills at {counts} of {NOTES} notes",
        f"{asked} searches; the last run {seconds:.1f} s; "
        f"{len(crowd.history.attempts)} saves",
    )
    assert wrong == []
    assert counts == sorted(counts)
    assert "The search index is right" in out
    assert answers_wrong(crowd.history) == []
    assert complaints(wiki, crowd.history) == []
    wiki.manage("rebuildsearch", "--check")
    wiki.manage("checkwiki", "-v", "0")


def _make_old(wiki: Installation) -> None:
    with wiki.connect() as connection:
        connection.cursor().execute("UPDATE wiki_searchstate SET analyser = 999")
        connection.commit()
    connection.close()


def _start_searching(wiki: Installation, wanted: str):
    searcher = wiki.start(
        command=(sys.executable, "-c", SEARCHER),
        env={**wiki.environment, "DJANGO_SETTINGS_MODULE": "config.settings"},
        stdin=-1,
    )
    searcher.stdin.write(f"{wanted}\n")
    searcher.stdin.flush()
    assert searcher.stdout.readline() == "ready\n", searcher.communicate()[1]
    return searcher


def _killed(wiki: Installation, dice: random.Random) -> int:
    """Ends a run somewhere in it; gives how many entries the index has then."""
    before = _indexed(wiki)
    process = wiki.start("rebuildsearch", "--if-needed", "-v", "0")
    deadline = time.monotonic() + SECONDS_TO_BEGIN
    more = dice.randrange(1, max(2, NOTES // KILLS))
    while process.poll() is None and _indexed(wiki) < before + more:
        assert time.monotonic() < deadline, "it does not begin"
        time.sleep(0.005)
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    return _indexed(wiki)


def _indexed(wiki: Installation) -> int:
    with wiki.connect() as connection:
        cursor = connection.cursor()
        cursor.execute(
            "SELECT count(*) FROM wiki_searchdocument, wiki_searchstate "
            "WHERE analyser <> 999"
        )
        [count] = cursor.fetchone()
    connection.close()
    return count
