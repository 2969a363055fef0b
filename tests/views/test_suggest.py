"""Names offered while one is typing."""

import unicodedata

import pytest
from django.db import connection

from tests import make
from wiki.editing import rename_entry
from wiki.models import Tag, TagAlias
from wiki.views import suggest

pytestmark = pytest.mark.django_db
ADDRESS = "/search/suggest"


def ask(client, q="", **more):
    answer = client.get(ADDRESS, {"q": q, **more})
    assert answer.status_code == 200
    return answer.json()["results"]


def titles(client, q=""):
    return [result["title"] for result in ask(client, q, kind="title")]


def names(client, q=""):
    """What the switcher shows; tags with their sign."""
    signs = {"entry": "", "tag": "#"}
    return [signs[one["kind"]] + one["title"] for one in ask(client, q)]


def tags(client, q=""):
    return [result["name"] for result in ask(client, q, kind="tag")]


def test_titles_that_begin_so_come_before_those_that_hold_it(as_writer):
    for title in ("무중단 배포", "배포", "배포 절차", "개발 배포판", "롤백"):
        make.entry(title)

    assert titles(as_writer, "배포") == [
        "배포",
        "배포 절차",
        "개발 배포판",
        "무중단 배포",
    ]


def test_a_title_comes_with_its_address(as_writer):
    make.entry("C# 문법")

    assert ask(as_writer, "c#", kind="title") == [
        {
            "title": "C# 문법",
            "slug": "c-sharp-문법",
            "url": "/wiki/c-sharp-%EB%AC%B8%EB%B2%95/",
        }
    ]


@pytest.mark.parametrize(
    "typed", ["grpc 가", "ＧＲＰＣ", unicodedata.normalize("NFD", "가이드"), "  gRPC  "]
)
def test_case_width_and_normal_form_do_not_count(as_writer, typed):
    make.entry("gRPC 가이드")

    assert titles(as_writer, typed) == ["gRPC 가이드"]


def test_other_titles_are_found_and_named_once(as_writer):
    make.entry("쿠버네티스", aliases=("k8s", "k8s 클러스터"))
    make.entry("k8s 비용")

    found = ask(as_writer, "K8S", kind="title")

    assert [result["title"] for result in found] == ["쿠버네티스", "k8s 비용"]
    assert [result.get("alias") for result in found] == ["k8s", None]


def test_a_former_title_is_not_offered(as_writer):
    entry = make.entry("옛 이름")
    rename_entry(entry, "새 이름", base_version=1, act=make.act())

    assert titles(as_writer, "이름") == ["새 이름"]


def test_without_a_word_the_latest_changes_are_offered(as_writer):
    old, new = make.entry("먼저"), make.entry("나중")
    make.edit(old, "고친 글")

    assert titles(as_writer) == [old.title, new.title]


def test_at_most_ten_are_offered(as_writer):
    make.entries(12, tags=["CI"])

    assert len(titles(as_writer, "글")) == len(titles(as_writer)) == 10


def test_what_may_not_be_read_is_not_offered(visitor, as_writer, as_curator, settings):
    settings.WIKI_ANONYMOUS_READ = True
    make.entry("배포 공개", tags=["공개 표"])
    make.entry("배포 회원", visibility="members", tags=["회원 표"])
    make.entry("배포 비밀", visibility="curators", tags=["비밀 표"], aliases=("밀서",))
    make.deleted(make.entry("배포 지움", tags=["지운 표"]))

    assert titles(visitor, "배포") == ["배포 공개"]
    assert titles(as_writer, "배포") == ["배포 회원", "배포 공개"]
    assert titles(as_curator, "배포") == ["배포 비밀", "배포 회원", "배포 공개"]
    assert titles(as_writer, "밀서") == []
    assert titles(as_curator, "밀서") == ["배포 비밀"]
    assert tags(visitor, "표") == ["공개 표"]
    assert tags(as_writer, "표") == ["공개 표", "회원 표"]
    assert tags(as_curator, "표") == ["공개 표", "비밀 표", "회원 표"]
    assert names(visitor, "표") == ["#공개 표"]
    assert names(visitor, "ㅂㅍ ㅎㅇ") == names(visitor, "ㅂㅁ") == []
    assert names(as_curator, "ㅂㅍ ㅂㅁ") == ["배포 비밀"]


def test_a_closed_wiki_offers_nothing_to_visitors(visitor, settings):
    settings.WIKI_ANONYMOUS_READ = False

    assert visitor.get(ADDRESS, {"q": "글"}).status_code == 302


def test_tags_that_begin_so_come_first_and_then_the_most_used(as_writer):
    make.entry(tags=["배포", "CI 배포"])
    make.entry(tags=["배포 도구", "CI 배포"])
    make.entry(tags=["배포 도구", "롤백"])

    assert ask(as_writer, "배포", kind="tag") == [
        {"name": "배포 도구", "count": 2},
        {"name": "배포", "count": 1},
        {"name": "CI 배포", "count": 2},
    ]
    assert tags(as_writer)[:2] == ["배포 도구", "CI 배포"]


def test_tags_are_found_by_their_other_names(as_writer):
    make.entry(tags=["kubernetes"])
    tag = Tag.objects.get()
    for name in ("k8s", "k8s-cluster"):
        TagAlias.objects.create(tag=tag, name=name, key=name)

    assert ask(as_writer, "#K8s", kind="tag") == [{"name": "kubernetes", "count": 1}]


@pytest.mark.parametrize("kind", ["title", "tag", "없는 것"])
@pytest.mark.parametrize(
    "asked",
    ["%", "_", "\\", "'\"", "\x00", "\ud800", "🚀", "[[", "가" * 5000, " " * 300],
)
def test_nothing_that_can_be_asked_is_an_error(as_writer, asked, kind):
    make.entry("글", tags=["표"])

    found = ask(as_writer, asked.encode("utf-8", "surrogatepass"), kind=kind)

    assert len(found) <= 1


def test_signs_that_a_database_reads_as_any_letter_are_letters(as_writer):
    make.entry("하나", tags=["하나"])
    make.entry("50% 할인", tags=["50%"])

    assert titles(as_writer, "%") == ["50% 할인"]
    assert tags(as_writer, "%") == ["50%"]


def test_an_answer_is_kept_nowhere_and_only_read(as_writer):
    answer = as_writer.get(ADDRESS)

    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.headers["Content-Type"] == "application/json"
    assert as_writer.post(ADDRESS).status_code == 405


def test_the_number_of_queries_is_constant(as_writer, django_assert_num_queries):
    # SQLite looks for names that begin so first.
    more = connection.vendor == "sqlite"
    for number in range(5):
        make.entry(
            f"글 {number}", tags=["표", f"글표 {number}"], aliases=(f"딴 글 {number}",)
        )

    # The session and the account come before.
    with django_assert_num_queries(7 + more):
        ask(as_writer, "글")
    with django_assert_num_queries(5 + more):
        ask(as_writer, "글", kind="title")
    with django_assert_num_queries(3):
        ask(as_writer, "표", kind="tag")


# ── The switcher: entries and tags ────────────────────────────────────────────


def test_what_fits_best_comes_first(as_writer):
    for title in ("무중단배포", "ㅂㅍ 사전", "배포하기", "백포도", "새 배포", "배포"):
        make.entry(title)
    make.entry("롤아웃", aliases=("배포",))
    make.entry("되돌리기", aliases=("배포 취소",), tags=["배포", "배포/자동"])

    assert names(as_writer, "배포") == [
        "배포",
        "#배포",
        "롤아웃",
        "배포하기",
        "#배포/자동",
        "되돌리기",
        "새 배포",
        "무중단배포",
    ]
    assert names(as_writer, "ㅂㅍ")[0] == "ㅂㅍ 사전"
    assert set(names(as_writer, "ㅂㅍ")) == {
        *names(as_writer, "배포"),
        "백포도",
        "ㅂㅍ 사전",
    }


def test_among_equals_the_last_changed_comes_first(as_writer):
    old, new = make.entry("배포 가"), make.entry("배포 나")
    assert names(as_writer, "배포") == [new.title, old.title]

    make.edit(old, "고친 글")

    assert names(as_writer, "배포") == [old.title, new.title]


@pytest.mark.parametrize("typed", ["ㅂㅍ", "배ㅍ", "뱊", "배포ㅈ", "배포절", "절차 배"])
def test_half_typed_names_are_found(as_writer, typed):
    make.entry("배포 절차")
    make.entry("데이터베이스")

    assert names(as_writer, typed) == ["배포 절차"]


def test_beginnings_of_words_are_enough_in_any_order(as_writer):
    make.entry("Redis performance")
    make.entry("Spark performance")

    assert names(as_writer, "perf red") == ["Redis performance"]


def test_short_forms_of_words_are_enough_where_little_else_fits(as_writer):
    make.entry("Redis performance")
    make.entry("Hard perfume")

    assert names(as_writer, "rd perf") == ["Redis performance", "Hard perfume"]
    assert names(as_writer, "prf rds") == ["Redis performance"]
    assert names(as_writer, "rdspf") == []


def test_one_letter_finds_words_that_begin_with_it(as_writer):
    make.entry("Redis")
    make.entry("메시지 큐")
    make.entry("Kafka r")

    assert set(names(as_writer, "r")) == {"Redis", "Kafka r"}
    assert names(as_writer, "큐") == names(as_writer, "ㅋ") == ["메시지 큐"]


def test_tags_come_with_their_address_and_number(as_writer):
    make.entry(tags=["CI/CD 배포"])
    tag = Tag.objects.get()
    TagAlias.objects.create(tag=tag, name="릴리스", key="릴리스")
    expected = {
        "kind": "tag",
        "title": "CI/CD 배포",
        "slug": "ci/cd-배포",
        "url": "/tags/ci/cd-%EB%B0%B0%ED%8F%AC/",
        "count": 1,
    }

    for typed in ("cd 배포", "#ci", "ㅂㅍ", "릴리"):
        assert ask(as_writer, typed) == [expected]


def test_tags_have_a_place_however_many_notes_there_are(as_writer):
    for number in range(12):
        make.entry(f"배포 {number:02}", tags=[f"배포 {number}"])

    found = names(as_writer, "배포")

    assert len(found) == 10
    assert [name for name in found if name[0] == "#"] == found[-3:]


def test_initials_find_tags_in_the_field_of_tags(as_writer):
    make.entry(tags=["배포 도구", "롤백"])

    assert tags(as_writer, "ㅂㅍㄷ") == ["배포 도구"]


@pytest.mark.parametrize(
    "typed, found", [("qovh", "배포"), ("qov", "배포"), ("ㅊㅁ촏", "Cache")]
)
def test_a_name_is_found_on_the_wrong_keyboard(as_writer, typed, found):
    make.entry("배포")
    make.entry("Cache")

    assert names(as_writer, typed) == [found]


def test_few_letters_in_many_names_still_find_the_best(as_writer, monkeypatch):
    monkeypatch.setattr(suggest, "MAX_SUGGESTED", 2)
    for title in ("배관", "배", "무중단 배포", "배포"):
        make.entry(title)

    assert names(as_writer, "배") == ["배", "배포"]
