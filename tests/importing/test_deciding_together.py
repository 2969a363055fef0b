"""Decisions that come at the same moment, on connections of their own."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from tests import make
from tests.importing.importer import entry, run, write
from wiki.editing import EditConflict
from wiki.importing import deciding
from wiki.models import ImportItem, Revision

pytestmark = pytest.mark.django_db(transaction=True)

PEOPLE = 6


def together(work):
    """The results of `work(n)` for each n, all let go at one moment."""
    gate = threading.Barrier(PEOPLE)

    def begin(n):
        gate.wait()
        try:
            return work(n)
        except (deciding.AlreadyDecided, EditConflict) as late:
            return late
        finally:
            connection.close()

    with ThreadPoolExecutor(PEOPLE) as pool:
        return list(pool.map(begin, range(PEOPLE)))


def test_of_decisions_at_one_moment_one_counts(tmp_path):
    folder = write(tmp_path / "dump", {"가.md": "# 가\n하나\n"})
    run(folder)
    make.edit(entry("가"), "위키의 하나")
    write(folder, {"가.md": "# 가\n덤프의 하나\n"})
    run(folder)
    item = ImportItem.objects.get(status="conflict")

    def decide(n):
        act = make.act(f"사람 {n}", kind="import")
        if n % 2:
            return deciding.reject(item, author=act.author)
        return deciding.accept(item, base_version=2, act=act)

    results = together(decide)

    done = [n for n, r in enumerate(results) if not isinstance(r, Exception)]
    item.refresh_from_db()
    assert len(done) == 1
    assert item.decided_label == f"사람 {done[0]}"
    accepted = item.decision == "accepted"
    assert entry("가").body == ("덤프의 하나" if accepted else "위키의 하나")
    assert Revision.objects.count() == 2 + accepted
    assert run(folder).totals == {"same": 1}
