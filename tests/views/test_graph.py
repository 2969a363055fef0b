"""The graph: as a list, as data, and around one note."""

import pytest

from tests import make
from wiki.linkgraph import MAX_NEAR_NODES
from wiki.models import Tag, TagAlias

pytestmark = pytest.mark.django_db

ADDRESS, DATA = "/graph/", "/graph/data/"


def data(client, address=DATA, **query):
    answer = client.get(address, query)
    assert answer.status_code == 200
    return answer.json()


def titles(found):
    return [node["title"] for node in found["nodes"]]


def pairs(found):
    names = titles(found)
    return {frozenset(names[place] for place in link) for link in found["links"]}


@pytest.fixture
def _three():
    make.entry("배포 절차", "먼저 [[점검]], 또 [[점검|다시]], 그리고 [[Redis]].")
    make.entry("점검", "[[배포 절차]]에서 온다. [[점검]] 자신.", tags=["CI"])
    make.entry("Redis", "아무 데도 안 간다.", tags=["캐시", "CI"])


@pytest.mark.usefixtures("_three")
def test_each_pair_of_notes_has_one_line_however_often_they_link(visitor):
    found = data(visitor)

    assert titles(found) == ["배포 절차", "점검", "Redis"]
    assert [node["degree"] for node in found["nodes"]] == [2, 1, 1]
    assert pairs(found) == {
        frozenset({"배포 절차", "점검"}),
        frozenset({"배포 절차", "Redis"}),
    }
    assert found["nodes"][2] == {
        "title": "Redis",
        "slug": "redis",
        "tag": "캐시",
        "degree": 1,
    }


@pytest.mark.usefixtures("_three")
def test_it_is_narrowed_to_a_tag(visitor):
    found = data(visitor, tag="CI")

    assert sorted(titles(found)) == ["Redis", "점검"]
    assert found["links"] == []
    assert data(visitor, tag="없는 태그")["nodes"] == []
    assert (
        "/graph/?tag=%EC%BA%90%EC%8B%9C" in visitor.get("/tags/캐시/").content.decode()
    )
    html = visitor.get(ADDRESS, {"tag": "캐시"}).content.decode()
    assert "Notes with the tag 캐시" in html
    assert "배포 절차" not in html


def test_a_tag_goes_by_its_other_names_and_is_not_those_below_it(visitor):
    make.entry("가", tags=["도구/CI"])
    make.entry("나", tags=["도구"])
    make.entry("다", tags=["도구함"])
    TagAlias.objects.create(tag=Tag.objects.get(key="도구"), name="Tool", key="tool")

    assert titles(data(visitor, tag="도구")) == ["나"]
    assert titles(data(visitor, tag="Tool")) == ["나"]


@pytest.mark.usefixtures("_three")
def test_what_is_out_of_sight_is_no_node_no_link_and_no_count(visitor, as_curator):
    secret = make.entry("비밀", "[[배포 절차]]와 [[Redis]]", visibility="curators")
    make.deleted(make.entry("지운 글", "[[배포 절차]]"))

    found = data(visitor)
    html = visitor.get(ADDRESS).content.decode()

    assert "비밀" not in titles(found)
    assert found["nodes"][0]["degree"] == 2
    assert found["total"] == 3
    assert "비밀" not in html
    assert "지운 글" not in html
    assert "비밀" in titles(data(as_curator))
    assert visitor.get(f"{secret.get_absolute_url()}graph/").status_code == 404
    assert "비밀" not in titles(data(visitor, "/wiki/redis/graph/"))


@pytest.mark.usefixtures("_three")
def test_the_list_says_the_same_without_a_script(visitor):
    html = visitor.get(ADDRESS).content.decode()

    first = html.index("배포 절차")
    assert first < html.index("2 links", first) < html.index("점검", first)
    assert "3 notes" in html


@pytest.mark.usefixtures("_three")
def test_data_that_did_not_change_is_not_sent_again(visitor):
    first = visitor.get(DATA)
    again = visitor.get(DATA, headers={"If-None-Match": first["ETag"]})
    make.entry("새 글", "[[Redis]]")
    changed = visitor.get(DATA, headers={"If-None-Match": first["ETag"]})

    assert again.status_code == 304
    assert changed.status_code == 200
    assert "새 글" in titles(changed.json())


def test_a_page_that_is_deleted_or_hidden_leaves_it_at_once(visitor):
    entry = make.entry("있다가 없는 글", "x")
    assert titles(data(visitor)) == ["있다가 없는 글"]

    make.deleted(entry)

    assert data(visitor)["nodes"] == []
    assert "있다가 없는 글" not in visitor.get(ADDRESS).content.decode()


def test_only_the_best_linked_are_drawn_and_that_is_said(visitor, monkeypatch):
    monkeypatch.setattr("wiki.linkgraph.MAX_NODES", 2)
    monkeypatch.setattr("wiki.views.graph.MAX_NODES", 2)
    make.entry("가", "[[나]] [[다]]")
    make.entry("나", "[[다]]")
    make.entry("다", "x")
    make.entry("라", "x")

    found = data(visitor)

    assert len(found["nodes"]) == 2
    assert found["total"] == 4
    assert found["nodes"][0]["degree"] == 2
    assert "the 2 notes with most links" in visitor.get(ADDRESS).content.decode()


@pytest.mark.parametrize("asked", ["\x00", "9" * 5000, "'\"<script>", "🚀"])
def test_nothing_that_can_be_asked_is_an_error(visitor, asked):
    make.entry("가", "x")

    assert visitor.get(ADDRESS, {"tag": asked, "page": asked}).status_code == 200
    assert visitor.get(DATA, {"tag": asked}).status_code == 200
    assert visitor.get("/wiki/가/graph/", {"depth": asked}).status_code == 200


def test_the_count_of_queries_does_not_grow(visitor, django_assert_max_num_queries):
    for number in range(40):
        make.entry(
            f"글 {number}", f"[[글 {number + 1}]] [[글 {number * 2}]]", tags=["CI"]
        )

    with django_assert_max_num_queries(3):
        data(visitor)
    with django_assert_max_num_queries(1):
        etag = visitor.get(DATA)["ETag"]
    with django_assert_max_num_queries(1):
        assert visitor.get(DATA, headers={"If-None-Match": etag}).status_code == 304
    with django_assert_max_num_queries(4):
        visitor.get(ADDRESS)
    with django_assert_max_num_queries(5):
        data(visitor, "/wiki/글-3/graph/", depth=2)


# ── Around one note ──────────────────────────────────────────────────────────
def test_around_a_note_are_those_it_links_and_those_that_link_it(visitor):
    make.entry("가운데", "[[앞]]")
    make.entry("앞", "[[더 앞]]")
    make.entry("더 앞", "x")
    make.entry("뒤", "[[가운데]] [[앞]]")
    make.entry("먼 글", "x")

    near = data(visitor, "/wiki/가운데/graph/")
    further = data(visitor, "/wiki/가운데/graph/", depth=2)

    assert near["centre"] == 0
    assert titles(near)[0] == "가운데"
    assert set(titles(near)) == {"가운데", "앞", "뒤"}
    assert frozenset({"앞", "뒤"}) in pairs(near)
    assert set(titles(further)) == {"가운데", "앞", "뒤", "더 앞"}


def test_around_a_note_are_no_more_than_can_be_looked_at(visitor):
    make.entry("많은 글", "x")
    for number in range(MAX_NEAR_NODES + 5):
        make.entry(f"뒤 {number}", "[[많은 글]]")

    assert (
        len(data(visitor, "/wiki/많은-글/graph/", depth=2)["nodes"]) == MAX_NEAR_NODES
    )


def test_an_address_that_moved_leads_on(visitor):
    answer = visitor.get("/wiki/없는-글/graph/")
    make.entry("Redis", "x")

    assert answer.status_code == 404
    moved = visitor.get("/wiki/REDIS/graph/")
    assert moved["Location"] == "/wiki/redis/graph/"


def test_a_note_without_links_stands_alone(visitor):
    make.entry("홀로", "[[홀로]] 자신과 [[없는 글]]")

    assert titles(data(visitor, "/wiki/홀로/graph/")) == ["홀로"]
    assert data(visitor, "/wiki/홀로/graph/")["links"] == []
