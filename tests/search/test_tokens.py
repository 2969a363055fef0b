import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wiki.search.tokens import (
    GAP,
    INITIAL,
    MAX_TOKEN_CHARS,
    analyse,
    fold,
    headings,
    initials,
    name_parts,
    runs,
    tokens,
)

KOREAN = st.text("가나다각밣힣 배포ㅂㅍ漢か#*_\n", max_size=40)
ANYTHING = st.text(max_size=60) | KOREAN


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("배포는", "배포 포는 는"),
        ("큐", "큐"),
        ("배포 전략", "배포 포 전략 략"),
        ("k8s로", "k8s 로"),
        ("C++과 C#, F#", "c++ 과 c# f#"),
        ("C++11 abc#x a+b 1+1", "c++ 11 abc x a b 1 1"),
        ("C#으로 F#을 A+를 C#漢", "c# 으로 로 f# 을 a+ 를 c# 漢"),
        ("Blue/Green node.js snake_case", "blue green node js snake case"),
        ("École ΣΊΣΥΦΟΣ Straße", "école σίσυφοσ strasse"),
        ("ｇＲＰＣ ﾊﾛｰ ㈜", "grpc ハロ ロー ー 주"),
        ("漢字 カタカナ", "漢字 字 カタ タカ カナ ナ"),
        ("ㅋㅋㅋ", "ㅋㅋ ㅋㅋ ㅋ"),
        ("**굵게** `코드` [링크](x)", "굵게 게 코드 드 링크 크 x"),
        ("👍🏽 👨‍👩‍👧 ✅️", "👍 🏽 👨 👩 👧 ✅"),
        ("쿠버\u200b네티스 a\xadb", "쿠버 버네 네티 티스 스 ab"),
        ("\ue000 \ue001ㅂ \x00", "ㅂ"),
        ("", ""),
    ],
)
def test_tokens_of_a_text(text, found):
    assert " ".join(tokens(text)) == found


@given(ANYTHING)
def test_form_and_case_make_no_difference(text):
    decomposed = unicodedata.normalize("NFD", text)

    assert tokens(decomposed) == tokens(unicodedata.normalize("NFC", text))
    assert tokens(fold(text)) == tokens(text)


@given(ANYTHING)
def test_each_token_is_one_word_for_every_database(text):
    for token in tokens(text):
        assert token == token.strip()
        assert len(token) <= MAX_TOKEN_CHARS + 2
        assert not set(token) & set("'\"\\:*() \x00")
        assert GAP not in token


@given(st.text("가나다각 배포", min_size=1, max_size=30))
def test_each_place_of_a_word_begins_a_token(text):
    assert [token[0] for token in tokens(text)] == list(text.replace(" ", ""))


def test_runs_are_the_words():
    assert runs("k8s로 '배포는' C++ 👍") == ["k8s", "로", "배포는", "c++", "👍"]


def test_long_word_is_cut():
    assert [len(token) for token in tokens("x" * 150)] == [60, 60, 30]


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("HashMap", ["hash", "map"]),
        ("gRPC", ["rpc"]),
        ("HTTPServer", ["http", "server"]),
        ("error404", ["error", "404"]),
        ("python3", ["python"]),
        ("k8s", []),
        ("hash", []),
        ("Hash", []),
        ("HASH", []),
        ("404", []),
    ],
)
def test_parts_of_names(name, parts):
    assert name_parts(name) == parts


def test_initials():
    assert initials("gRPC 배포까지") == "gRPC ㅂㅍㄲㅈ"
    assert initials(unicodedata.normalize("NFD", "배포")) == "ㅂㅍ"


def test_headings_outside_of_code():
    code = "```sh\n# 주석\n```\n~~~\n## 주석\n```\n~~~\n"
    body = f"# 하나\n글 # 아님\n{code}   ### 둘 ##\n#셋\n"

    assert list(headings(body)) == ["하나", "둘 ##"]


def test_columns_of_an_entry():
    found = analyse(
        title="블루 그린",
        aliases=["BlueGreen"],
        tags=["CI", "배포"],
        body="# 절차\nHashMap 과",
        summary="요약",
    )

    starts = " ".join(INITIAL + start for start in ("ㅂㄹㄱㄹ", "ㄹ", "ㄱㄹ"))
    assert found.title == f" {GAP} ".join(
        ["블루 루 그린 린", "bluegreen", "blue green", starts]
    )
    assert found.headings == "절차 차"
    assert found.tags == f" {GAP} ".join(
        ["ci", "배포 포", f"{INITIAL}ㅂㅍ {INITIAL}ㅍ"]
    )
    assert found.body == f" {GAP} ".join(["절차 차 hashmap 과", "요약 약", "hash map"])


@pytest.mark.parametrize(
    ("body", "parts"),
    [
        ("v1.2.3", ["1 2 3"]),
        ("v0.2을 v0.2-rc", ["0 2"]),
        ("v1 k8s h2.64 v1.2b ev1.2", ["ev"]),
    ],
)
def test_number_of_a_version_stands_without_its_letter(body, parts):
    first, *others = analyse(title="x", body=body).body.split(f" {GAP} ")

    assert first == " ".join(tokens(body))
    assert others == parts


def test_hash_is_of_what_is_read():
    first = analyse(title="하나", body="Ａ 글\r\n\n  끝 ")
    second = analyse(title="둘", body="a 글 끝", tags=["x"])

    assert first.text_hash == second.text_hash != ""
    assert analyse(title="x", body=" \n\t\u200b").text_hash == ""


@pytest.mark.parametrize(
    "piece",
    [
        "a",
        "가",
        "aB",
        "+",
        "c#",
        "`",
        "# \n",
        "ㅋ가",
        "a\u0301",
        "1a",
        "😀",
        "_",
        " ",
        "v1.",
        "v1",
    ],
)
def test_time_is_linear(piece):
    text = piece * (600_000 // len(piece))

    start = time.process_time()
    analyse(title="x", body=text)

    assert time.process_time() - start < 2
