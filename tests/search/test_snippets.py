import unicodedata

from wiki.search.snippets import Piece, mark, snippet


def text_of(pieces):
    return "".join(piece.text for piece in pieces)


def hits(pieces):
    return [piece.text for piece in pieces if piece.is_hit]


def test_title_is_cut_where_words_stand():
    assert mark("gRPC와 스트리밍", ["grpc", "스트리밍"]) == (
        Piece("gRPC", is_hit=True),
        Piece("와 "),
        Piece("스트리밍", is_hit=True),
    )


def test_title_without_a_hit_is_one_piece():
    assert mark("Kafka", ["grpc"]) == (Piece("Kafka"),)
    assert mark("Kafka", []) == (Piece("Kafka"),)


def test_snippet_shows_the_place_of_the_hit():
    body = "앞 글 " * 100 + "양방향 스트리밍 통신을 제공한다. " + "뒷 글 " * 100

    pieces = snippet(body, ["스트리밍"])

    assert hits(pieces) == ["스트리밍"]
    assert text_of(pieces).startswith("…")
    assert text_of(pieces).endswith("…")
    assert len(text_of(pieces)) < 220


def test_snippet_shows_a_second_word_that_is_far_away():
    body = "Kafka 이야기. " + "글 " * 300 + "gRPC 이야기."

    assert hits(snippet(body, ["grpc", "kafka"])) == ["Kafka", "gRPC"]


def test_snippet_begins_with_the_text_when_no_word_stands_in_it():
    pieces = snippet("# 제목\n\n첫 문장이다.\n\n" + "글 " * 300, ["없음"])

    assert hits(pieces) == []
    assert text_of(pieces).startswith("제목 첫 문장이다.")


def test_markup_is_left_out():
    body = (
        "## 배포\n> - **빨리** `code` [여기](https://example.com/긴-주소) "
        "[[gRPC|알피씨]] ![그림](a.png) <b>굵게</b>"
    )

    assert text_of(snippet(body, [])) == "배포 - 빨리 code 여기 알피씨 그림 굵게"


def test_hit_in_an_address_shows_the_source():
    pieces = snippet("[여기](https://example.com/grpc)", ["example.com"])

    assert hits(pieces) == ["example.com"]


def test_html_stays_text():
    pieces = snippet("a < b && c > d <script>alert(1)</script>", ["alert"])

    assert hits(pieces) == ["alert"]
    assert "a < b && c > d" in text_of(pieces)


def test_decomposed_text_is_marked_as_it_stands():
    body = unicodedata.normalize("NFD", "양방향 스트리밍")

    assert hits(snippet(body, ["스트리밍"])) == [
        unicodedata.normalize("NFD", "스트리밍")
    ]


def test_empty_and_odd_texts():
    assert snippet("", ["x"]) == ()
    assert snippet("   \n ", []) == ()
    assert hits(snippet("x" * 5000, ["x" * 200]))
    assert hits(snippet("👩‍💻" * 200, ["👩‍💻"]))


def test_text_without_blanks_is_cut_all_the_same():
    body = "가" * 2000 + "나" + "가" * 2000

    pieces = snippet(body, ["나"])

    assert hits(pieces) == ["나"]
    assert len(text_of(pieces)) < 220
