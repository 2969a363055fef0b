import re
import unicodedata
from urllib.parse import quote

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import make
from wiki.search.guesses import forget_vocabularies

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _unread() -> None:
    forget_vocabularies()


def search(client, text, rest="", status=200):
    answer = client.get(f"/search/?q={quote(text)}{rest}")
    assert answer.status_code == status
    return answer.content.decode()


def titles(html):
    found = re.findall(r"<h2><a [^>]+>(.*?)</a></h2>", html, re.DOTALL)
    return [re.sub(r"</?mark>", "", title).strip() for title in found]


def test_empty_search_shows_the_field_and_a_hint(visitor):
    html = visitor.get("/search/").content.decode()

    assert 'name="q"' in html
    assert html.count('id="w-q"') == 1
    assert "All words have to be there" in html
    assert "No note has" not in html


def test_found_words_are_marked(visitor):
    make.entry("gRPC 소개", "양방향 스트리밍 통신", tags=["통신"], by="민수")

    html = search(visitor, "스트리밍 grpc")

    assert "<mark>gRPC</mark> 소개" in html
    assert "<mark>스트리밍</mark> 통신" in html
    assert "민수" in html
    assert ">통신</a>" in html
    assert "<b>1 note</b>" in html


def test_decomposed_input_finds_composed_text(visitor):
    make.entry("배포 절차")

    html = search(visitor, unicodedata.normalize("NFD", "배포"))

    assert titles(html) == ["배포 절차"]


def test_tag_word(visitor):
    make.entry("하나", tags=["grpc"])
    make.entry("둘", "grpc")

    assert titles(search(visitor, "#grpc")) == ["하나"]


def test_nothing_found_offers_to_write_it(visitor, as_writer):
    make.entry("글")

    assert "No note has all of: 서비스 메시" in search(visitor, "서비스 메시")
    assert "/new/?title=" not in search(visitor, "서비스 메시")
    assert f"/new/?title={quote('서비스 메시')}" in search(as_writer, "서비스 메시")


def main(html):
    return html.partition("<main")[2].partition("</main>")[0]


def test_title_that_is_taken_is_not_offered(as_writer):
    make.entry("gRPC")
    make.entry("글", "gRPC 이야기, Kafka 이야기")

    assert "/new/?title=" not in main(search(as_writer, "grpc"))
    assert "No note is titled exactly “kafka”" in search(as_writer, "kafka")


def test_other_order_and_unknown_order(visitor):
    make.entry("나 배포")
    make.entry("가 배포")
    make.edit(make.entry("다 배포"), "고침")

    assert titles(search(visitor, "배포", "&sort=title")) == [
        "가 배포",
        "나 배포",
        "다 배포",
    ]
    assert titles(search(visitor, "배포", "&sort=changed"))[0] == "다 배포"
    assert search(visitor, "배포", "&sort=%27%22--")


def test_results_come_in_pages(visitor):
    make.entries(45, "배포")

    html = search(visitor, "배포", "&sort=title")

    assert "45 notes" in html
    assert len(titles(html)) == 20
    assert f'href="?q={quote("배포")}&amp;sort=title&amp;page=2"' in html
    assert len(titles(search(visitor, "배포", "&page=3"))) == 5
    assert len(titles(search(visitor, "배포", "&page=999"))) == 5


@pytest.mark.parametrize(
    "text",
    ['"', "'", "*", "a AND", "NEAR(", "-", "title:", "ㅂㅍ", "%", "_", "\\", "😀", "#"]
    + ["x" * 9000, "가 " * 3000, "<script>alert(1)</script>", "{{7*7}}", "\u202e"],
)
def test_no_input_is_an_error(visitor, as_writer, text):
    make.entry("글")

    for client in (visitor, as_writer):
        html = search(client, text)
        assert "<script>alert" not in html
        assert "49" not in titles(html)


def test_too_long_input_is_cut_and_said(visitor):
    assert "too long" in search(visitor, "x" * 9000)


def test_nul_is_refused_with_a_sentence(visitor):
    html = search(visitor, "배포\x00", status=400)

    assert "A NUL character cannot be searched for" in html
    assert 'value="배포"' in html


def test_broken_bytes_in_the_address(visitor):
    assert visitor.get("/search/?q=%ff%fe%80").status_code == 200
    assert visitor.get("/search/?q=%ED%A0%80").status_code == 200
    assert visitor.get("/search/?q=a&q=b&page=%00&sort=%00").status_code == 200


def test_snippet_and_title_are_escaped(visitor):
    make.entry("<b>굵게</b> 배포", "배포 <img src=x onerror=alert(1)> & <script>")

    html = search(visitor, "배포")

    assert "<b>굵게" not in html
    assert "<img src=x" not in html
    assert "onerror=alert" not in re.sub(r"&lt;.*?&gt;", "", html)
    assert "&lt;b&gt;굵게&lt;/b&gt; <mark>배포</mark>" in html


def test_hidden_and_deleted_entries_are_neither_found_nor_counted(visitor, as_writer):
    make.entry("보이는 배포")
    make.entry("비밀 배포", visibility="members")
    make.deleted(make.entry("지운 배포"))

    assert titles(search(visitor, "배포")) == ["보이는 배포"]
    assert "<b>1 note</b>" in search(visitor, "배포")
    assert titles(search(as_writer, "배포")) == ["비밀 배포", "보이는 배포"]


def test_search_speaks_korean_when_asked(visitor):
    answer = visitor.get("/search/", headers={"Accept-Language": "ko"})

    assert '<html lang="ko"' in answer.content.decode()


@pytest.mark.parametrize("person", ["visitor", "as_writer"])
def test_number_of_queries_is_the_same_however_much_is_found(request, person):
    client = request.getfixturevalue(person)
    numbers = []
    for amount in (3, 30):
        make.entries(amount, "배포", tags=["가", "나/다"])
        with CaptureQueriesContext(connection) as queries:
            search(client, "배포", "&tag=가&by=지현&when=week")
        numbers.append(len(queries))

    assert numbers[0] == numbers[1] < 60


def test_number_of_queries_is_bounded_where_nothing_is_found(visitor):
    make.entries(30, "배포", tags=["가", "나/다"])

    with CaptureQueriesContext(connection) as queries:
        search(visitor, "가나다 라마바 사아자 abcdef", "&tag=가&by=지현&when=week")

    assert len(queries) < 120
