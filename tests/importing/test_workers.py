"""Reading and rendering in other processes, which must change nothing."""

import pytest

from tests.importing.importer import run, write
from wiki.importing.notes import Piece, ReadOptions, digest
from wiki.importing.topics import Vocabulary
from wiki.importing.workers import Here, Pool, ReadTask, RenderTask
from wiki.models import Entry
from wiki.rendering import Destination

VOCABULARY = Vocabulary([])


@pytest.fixture
def pieces(tmp_path):
    files = {f"{n:03}.md": f"# 글 {n}\n본문 {n}\n" for n in range(60)}
    write(tmp_path, files)
    return tuple(Piece("s", path, str(tmp_path / path)) for path in files)


def tasks(pieces, known=None):
    for start in range(0, len(pieces), 7):
        yield ReadTask("folder", pieces[start : start + 7], known or {})


def test_processes_give_what_this_one_gives_in_order(pieces):
    options = ReadOptions()
    here = list(Here(VOCABULARY, options).read(tasks(pieces)))

    with Pool(VOCABULARY, options, 2) as pool:
        there = list(pool.read(tasks(pieces)))

    assert there == here
    assert [read.path for some in there for read in some] == [p.path for p in pieces]


def test_pages_come_back_in_order():
    jobs = [
        RenderTask(f"글 {n} [[가]]", {"가": Destination("entry", "/wiki/a/")}, "show")
        for n in range(9)
    ]
    here = Here(VOCABULARY, ReadOptions()).render(jobs)()

    with Pool(VOCABULARY, ReadOptions(), 2) as pool:
        assert pool.render(jobs)() == here
        assert pool.render([])() == []

    assert all('href="/wiki/a/"' in page.html for page in here)


def test_a_file_with_known_bytes_is_not_read(pieces):
    data = "# 글 0\n본문 0\n".encode()
    known = {pieces[0].path: digest(data), pieces[1].path: "0" * 64}

    (first, *_), *_ = Here(VOCABULARY, ReadOptions()).read(tasks(pieces, known))
    _, second, *_ = next(Here(VOCABULARY, ReadOptions()).read(tasks(pieces, known)))

    assert (first.is_unchanged, first.notes) == (True, ())
    assert second.notes


@pytest.mark.django_db(transaction=True)
def test_an_import_in_processes_is_the_same_import(tmp_path):
    files = {f"{n:03}.md": f"# 글 {n}\n[[글 {n + 1}]] **본문**\n" for n in range(60)}
    dump = write(tmp_path / "dump", files)
    dry = run(dump, dry_run=True, jobs=1)

    ran = run(dump, jobs=2)

    assert ran.totals == {"created": 60}
    assert ran.items == dry.items
    assert Entry.objects.filter(html__contains="<strong>").count() == 60
    assert run(dump, jobs=2).totals == {"same": 60}
