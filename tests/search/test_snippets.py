import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.measuring import seconds_of
from wiki.search.snippets import Marks, Piece, readable


def text_of(fragment):
    return "".join(piece.text for piece in fragment.pieces)


def hits(fragments):
    return [p.text for each in fragments for p in each.pieces if p.is_hit]


def fragments(body, *marks):
    return Marks(marks).fragments(body)


# ── Titles ────────────────────────────────────────────────────────────────────
def test_title_is_cut_where_marks_stand():
    assert Marks(["grpc", "스트리밍"]).pieces("gRPC와 스트리밍") == (
        Piece("gRPC", is_hit=True),
        Piece("와 "),
        Piece("스트리밍", is_hit=True),
    )


@pytest.mark.parametrize("marks", [[], ["grpc"], ["", " "]])
def test_title_without_a_hit_is_one_piece(marks):
    assert Marks(marks).pieces("Kafka") == (Piece("Kafka"),)


def test_the_longest_mark_wins():
    pieces = Marks(["배포", "배포를"]).pieces("배포를 한다")

    assert pieces[0] == Piece("배포를", is_hit=True)


@pytest.mark.parametrize(
    ("title", "mark", "marked"),
    [
        ("Django와 go", "go", ["go"]),
        ("HashMap, mapped, bitmap", "map", ["Map", "map"]),
        ("한글Go", "go", ["Go"]),
        ("Django", "go", ["go"]),
    ],
)
def test_latin_words_are_marked_where_they_begin(title, mark, marked):
    assert [p.text for p in Marks([mark]).pieces(title) if p.is_hit] == marked


# ── Texts ─────────────────────────────────────────────────────────────────────
def test_fragment_shows_the_place_of_the_hit():
    body = "앞 글 " * 100 + "양방향 스트리밍 통신을 제공한다. " + "뒷 글 " * 100

    [found] = fragments(body, "스트리밍")

    assert hits([found]) == ["스트리밍"]
    assert body[found.position :].startswith("스트리밍")
    assert text_of(found).startswith("…")
    assert text_of(found).endswith("…")
    assert len(text_of(found)) < 220


def test_second_fragment_shows_another_mark_that_is_far_away():
    body = "Kafka 이야기. " + "글 Kafka 글. " * 300 + "gRPC 이야기."

    found = fragments(body, "grpc", "kafka")

    assert hits(found)[0] == "Kafka"
    assert hits(found)[-1] == "gRPC"
    assert len(found) == 2


def test_second_fragment_shows_the_same_mark_where_there_is_no_other():
    body = "배포 이야기. " + "글 " * 300 + "배포를 한다." + "글 " * 300 + "배포 끝"

    found = fragments(body, "배포")

    assert [each.position for each in found] == [0, body.index("배포를")]


def test_what_is_near_is_one_fragment():
    assert len(fragments("배포와 서버와 배포", "배포", "서버")) == 1


def test_text_without_a_hit_is_shown_from_its_beginning():
    [found] = fragments("# 제목\n\n첫 문장이다.\n\n" + "글 " * 300, "없음")

    assert found.position == -1
    assert text_of(found).startswith("제목 첫 문장이다.")


def test_markup_is_left_out():
    body = (
        "## 배포\n> - **빨리** `code` [여기](https://example.com/긴-주소) "
        "[[gRPC|알피씨]] ![그림](a.png) <b>굵게</b>"
    )

    assert text_of(*fragments(body)) == "배포 - 빨리 code 여기 알피씨 그림 굵게"
    assert readable("a **b**") == "a b"


def test_hit_in_an_address_shows_the_source():
    assert hits(fragments("[여기](https://example.com/grpc)", "example.com")) == [
        "example.com"
    ]


def test_html_stays_text():
    [found] = fragments("a < b && c > d <script>alert(1)</script>", "alert")

    assert hits([found]) == ["alert"]
    assert "a < b && c > d" in text_of(found)


def test_signs_written_as_entities_are_shown_as_they_read():
    [found] = fragments("Map&lt;String&gt; &amp;lt; `&lt;` &#44032; &copy=1 &x;", "map")

    assert text_of(found) == "Map<String> &lt; &lt; 가 &copy=1 &x;"
    assert readable("&lt;b&gt;굵게&lt;/b&gt;") == "<b>굵게</b>"
    assert hits(fragments("a &lt; b", "lt")) == ["lt"]


def test_decomposed_text_is_marked_as_it_stands():
    body = unicodedata.normalize("NFD", "양방향 스트리밍을")

    assert hits(fragments(body, "스트리밍")) == [
        unicodedata.normalize("NFD", "스트리밍")
    ]


def test_part_of_a_decomposed_syllable_is_no_hit():
    assert (
        hits(fragments(unicodedata.normalize("NFD", "배퐁 café"), "배포", "cafe")) == []
    )


@pytest.mark.parametrize("body", ["İstanbul'da bir ev", "istanbul", "ISTANBUL"])
def test_case_is_no_matter(body):
    assert fragments(body, "Istanbul")[0].position == 0


def test_empty_and_odd_texts():
    assert fragments("", "x") == ()
    assert fragments("   \n ") == ()
    assert hits(fragments("x" * 5000, "x" * 200))
    assert hits(fragments("👩‍💻" * 200, "👩‍💻"))


def test_text_without_blanks_is_cut_all_the_same():
    [found] = fragments("가" * 2000 + "나" + "가" * 2000, "나")

    assert hits([found]) == ["나"]
    assert len(text_of(found)) < 220


@given(st.text(max_size=300), st.lists(st.text(max_size=8), max_size=4))
def test_any_text_has_fragments_that_stand_in_it(body, marks):
    found = fragments(body, *marks)

    assert len(found) <= 2
    for each in found:
        assert all(piece.text for piece in each.pieces)
        assert -1 <= each.position <= len(body)


@pytest.mark.parametrize("sign", ["a", "ㅏ", "[", "<", "*", "`", "\n", "가 ", "ß", "İ"])
def test_a_megabyte_of_one_sign_takes_no_time(sign):
    body = sign * (1_000_000 // len(sign.encode()))

    assert seconds_of(lambda: fragments(body, sign * 3, "없음", "x" * 100)) < 0.5
