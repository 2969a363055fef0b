import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import make

pytestmark = pytest.mark.django_db


def titles(client, address="/entries/"):
    answer = client.get(address)
    assert answer.status_code == 200
    return re.findall(r'class="ttl" href="[^"]+">([^<]+)<', answer.content.decode())


def test_titles_in_dictionary_order(visitor):
    for title in ("나무", "apple", "가위", "Banana", "123", "“다람쥐”"):
        make.entry(title)

    assert titles(visitor) == ["가위", "나무", "“다람쥐”", "apple", "Banana", "123"]


def test_by_change(visitor):
    first = make.entry("가")
    make.entry("나")
    make.edit(first, "고침")

    assert titles(visitor, "/entries/?sort=changed") == ["가", "나"]
    assert titles(visitor, "/entries/?sort=%22%27") == ["가", "나"]


def test_untagged(visitor):
    make.entry("가", tags=["grpc"])
    make.entry("나")

    assert titles(visitor, "/entries/?untagged=1") == ["나"]


def test_row_shows_who_and_tags(visitor):
    make.entry("가", tags=["gRPC", "통신"], by="민수", summary="한 줄 요약")

    html = visitor.get("/entries/").content.decode()

    assert "민수" in html
    assert "한 줄 요약" in html
    assert html.index(">gRPC<") < html.index(">통신<")


def test_pages(visitor):
    made = make.entries(100)

    first = visitor.get("/entries/").content.decode()

    assert "100 notes" in first
    assert "Page 1 of 3" in first
    assert len(titles(visitor, "/entries/?page=3")) == 20
    everything = [t for n in (1, 2, 3) for t in titles(visitor, f"/entries/?page={n}")]
    assert everything == sorted(entry.title for entry in made)


@pytest.mark.parametrize("number", ["0", "-1", "99", "x", "", "9" * 40, "%00", "1e3"])
def test_page_out_of_range_is_the_nearest(visitor, number):
    make.entry("가")

    assert titles(visitor, f"/entries/?page={number}") == ["가"]


def test_order_is_kept_on_the_next_page(visitor):
    make.entries(60)

    html = visitor.get("/entries/?sort=changed").content.decode()

    assert 'href="?sort=changed&amp;page=2"' in html


def test_hidden_and_deleted_entries_are_neither_listed_nor_counted(
    visitor, as_writer, as_curator
):
    make.entry("가")
    make.entry("나", visibility="members", tags=["비밀"])
    make.entry("다", visibility="curators")
    make.deleted(make.entry("라"))

    assert titles(visitor) == ["가"]
    assert titles(as_writer) == ["가", "나"]
    assert titles(as_curator) == ["가", "나", "다"]
    html = visitor.get("/entries/").content.decode()
    assert "1 note<" in html
    assert "비밀" not in html


def test_empty_wiki_says_one_sentence(visitor, as_writer):
    assert "no note to read yet" in visitor.get("/entries/").content.decode()
    assert "Write the first note" in as_writer.get("/entries/").content.decode()
    assert (
        "Every note has a tag" in visitor.get("/entries/?untagged=1").content.decode()
    )


@pytest.mark.parametrize("amount", [1, 39])
@pytest.mark.parametrize(("person", "number"), [("visitor", 3), ("as_writer", 5)])
def test_number_of_queries(request, amount, person, number):
    client = request.getfixturevalue(person)
    make.entries(amount, tags=["가", "나"])

    with CaptureQueriesContext(connection) as queries:
        client.get("/entries/")

    assert len(queries) == number
    assert not any('"wiki_entry"."html"' in query["sql"] for query in queries)
    assert not any('"body"' in query["sql"] for query in queries)
