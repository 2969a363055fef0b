"""`rebuildsearch`: the index anew, from anything it may be found in."""

from io import StringIO

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.management import call_command
from django.db import connection

from tests import make
from wiki import starting
from wiki.checking.searching import check_search
from wiki.editing import reindexing
from wiki.models import Entry, SearchDocument, SearchState
from wiki.search import index
from wiki.search.finding import find_entries
from wiki.search.query import parse_query

pytestmark = pytest.mark.django_db

IS_SQLITE = connection.vendor == "sqlite"


def run(*arguments):
    """Its exit code and the last line it printed."""
    out = StringIO()
    try:
        call_command("rebuildsearch", *arguments, stdout=out, stderr=StringIO())
    except SystemExit as error:
        return error.code, out.getvalue().splitlines()[-1]
    return 0, out.getvalue().splitlines()[-1]


def titles(text):
    ids = find_entries(AnonymousUser(), parse_query(text)).ids
    return sorted(Entry.objects.filter(pk__in=ids).values_list("title", flat=True))


def of_another_release(analyser=0):
    SearchState.objects.update(analyser=analyser)


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch):
    monkeypatch.setattr(reindexing, "SECONDS_TO_SETTLE", 0)


@pytest.fixture
def notes():
    made = [make.entry(f"배포 {n}", f"본문 {n}의 배포", tags=["CI"]) for n in range(3)]
    make.edit(made[0], "# 머리\n\n고친 배포 gRPC")
    make.deleted(make.entry("지울 글", "배포"))
    return made


def test_index_that_saves_made_is_right(notes):
    assert run("--check") == (0, "The search index is right: 3 entries.")


def test_new_index_finds_what_the_old_one_found(notes):
    before = titles("배포")

    assert run() == (0, "The search index is right: 3 entries.")
    assert titles("배포") == before == ["배포 0", "배포 1", "배포 2"]
    assert titles("gRPC") == ["배포 0"]


@pytest.mark.parametrize("analyser", [0, 999])
def test_index_of_another_release_is_made_anew_and_searches_go_on(notes, analyser):
    of_another_release(analyser)
    make.edit(notes[1], "그동안 고친 배포")

    assert titles("배포") == ["배포 0", "배포 1", "배포 2"]
    assert run("--check")[0] == 1
    assert run("--if-needed") == (0, "The search index is right: 3 entries.")
    assert titles("그동안") == ["배포 1"]
    assert SearchState.objects.get().analyser == index.ANALYSER


def test_index_that_is_right_is_left_where_it_need_not_be_made(notes, monkeypatch):
    monkeypatch.setattr(index, "reset", lambda: pytest.fail("made anew"))

    assert run("--if-needed")[0] == 0


def test_wiki_without_an_index_gets_one(notes):
    SearchDocument.objects.all().delete()
    SearchState.objects.all().delete()

    assert titles("배포") == ["배포 0", "배포 1", "배포 2"]
    assert run()[0] == 0
    assert SearchDocument.objects.count() == 3


def test_what_was_begun_is_gone_on_with(notes, monkeypatch):
    monkeypatch.setattr(reindexing, "ENTRIES_AT_ONCE", 1)
    of_another_release()

    assert reindexing.complete_some()
    assert SearchDocument.objects.count() == 1
    assert not index.state().is_whole
    assert titles("배포") == ["배포 0", "배포 1", "배포 2"]
    monkeypatch.setattr(index, "reset", lambda: pytest.fail("made anew"))
    assert run()[0] == 0

    assert SearchDocument.objects.count() == 3
    assert not reindexing.complete_some()


def test_large_entries_come_one_by_one(notes, monkeypatch):
    monkeypatch.setattr(reindexing, "CHARS_AT_ONCE", 10)
    of_another_release()

    steps = []
    assert reindexing.complete(lambda step: steps.append((step.done, step.total)))

    assert steps == [(1, 3), (2, 3), (3, 3)]


def test_entries_saved_while_it_is_made_are_in_it(notes, monkeypatch):
    monkeypatch.setattr(reindexing, "ENTRIES_AT_ONCE", 1)
    of_another_release()
    reindexing.complete_some()

    make.edit(notes[0], "벌써 들어간 글을 고침")
    make.edit(notes[2], "아직 안 들어간 글을 고침")
    make.entry("새 글", "그동안 새로")
    make.deleted(notes[1])

    assert titles("글") == ["배포 0", "배포 2", "새 글"]
    assert run()[0] == 0
    assert titles("글") == ["배포 0", "배포 2", "새 글"]
    assert titles("본문") == []


@pytest.mark.django_db(transaction=True)
def test_loaded_dump_gets_an_index(notes, tmp_path):
    dump = str(tmp_path / "all.json")
    call_command("dumpdata", "wiki", "taggit", output=dump, verbosity=0)
    call_command("flush", interactive=False, verbosity=0)
    call_command("loaddata", dump, verbosity=0)

    assert titles("배포") == ["배포 0", "배포 1", "배포 2"]
    assert run("--if-needed")[0] == 0
    assert titles("배포") == ["배포 0", "배포 1", "배포 2"]


def test_empty_wiki_has_an_index():
    assert run() == (0, "The search index is right: 0 entries.")


# ── What can be wrong with it ────────────────────────────────────────────────


def lose_row(entry):
    SearchDocument.objects.filter(entry=entry).delete()


def take_other_version(entry):
    SearchDocument.objects.filter(entry=entry).update(version=1)


def take_other_words(entry):
    if IS_SQLITE:
        sql = "INSERT INTO wiki_searchwords (rowid, body) VALUES (%s, '딴말')"
    else:
        sql = "UPDATE wiki_searchdocument SET everything = '딴말' WHERE entry_id = %s"
    with connection.cursor() as cursor:
        cursor.execute(sql, [entry.pk])


def keep_deleted(entry):
    Entry.objects.filter(pk=entry.pk).update(deleted_at="2024-01-01T00:00Z")


def add_stray(entry):
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO wiki_searchwords (rowid, body) VALUES (99999, '딴말')"
        )


WRONG = {
    "search_row": lose_row,
    "search_words": take_other_words,
    "search_deleted": keep_deleted,
}


@pytest.mark.parametrize("code", WRONG)
def test_what_is_wrong_is_told_and_mended(notes, code):
    WRONG[code](notes[0])

    assert code in {finding.code for finding in check_search()}
    assert run("--check")[0] == 1
    assert run()[0] == 0
    assert check_search() == []


@pytest.mark.skipif(not IS_SQLITE, reason="there words stand in rows of entries")
def test_words_of_no_entry_are_told_and_removed(notes):
    add_stray(notes[0])

    assert [finding.code for finding in check_search()] == ["search_stray"]
    assert run()[0] == 0


def test_row_of_another_version_is_told(notes):
    take_other_version(notes[0])

    assert {finding.code for finding in check_search()} >= {"search_row"}
    assert run()[0] == 0


def test_queries_of_a_check_do_not_grow_with_each_entry(
    notes, django_assert_max_num_queries
):
    make.entries(30)

    with django_assert_max_num_queries(14):
        assert check_search() == []


# ── Without being asked ──────────────────────────────────────────────────────


def test_worker_makes_the_index_of_its_release(notes):
    of_another_release()

    call_command("runimports", "--once")

    assert check_search() == []


def test_worker_leaves_the_index_of_a_later_release(notes):
    of_another_release(999)

    call_command("runimports", "--once")

    assert SearchState.objects.get().analyser == 999


def test_start_completes_what_is_little_and_leaves_the_rest(notes, monkeypatch):
    of_another_release()

    monkeypatch.setattr(starting, "INDEXED_AT_START", 2)
    starting.complete_search_index()
    assert SearchState.objects.get().analyser == 0

    monkeypatch.setattr(starting, "INDEXED_AT_START", 3)
    starting.complete_search_index()
    assert check_search() == []
