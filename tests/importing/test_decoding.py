"""Bytes to text: right, or refused with the place; never the wrong letters."""

import codecs

import pytest

from wiki.importing.decoding import MAX_FILE_BYTES, decode, split_lines
from wiki.importing.notes import DumpError

KOREAN = "쿠버네티스 배포 절차를 정리한다.\n# 제목\n"


def codes(decoded):
    return [message.code for message in decoded.messages]


@pytest.mark.parametrize(
    "encoding, bom",
    [
        ("utf-8", b""),
        ("utf-8", codecs.BOM_UTF8),
        ("utf-16-le", codecs.BOM_UTF16_LE),
        ("utf-16-be", codecs.BOM_UTF16_BE),
        ("utf-32-le", codecs.BOM_UTF32_LE),
    ],
)
def test_unicode_is_read_with_its_byte_order_mark(encoding, bom):
    data = bom + KOREAN.encode(encoding)

    decoded = decode(data)

    assert decoded.text == KOREAN
    assert (decoded.encoding, decoded.bom) == (encoding, bom)
    assert decoded.bom + decoded.text.encode(decoded.encoding) == data


@pytest.mark.parametrize("encoding", ["cp949", "euc-kr"])
def test_korean_without_unicode_is_read_with_a_notice(encoding):
    decoded = decode(KOREAN.encode(encoding))

    assert decoded.text == KOREAN
    assert codes(decoded) == ["read-as-korean"]


@pytest.mark.parametrize(
    "data, offset",
    [
        ("한글".encode() + b"\xff" + "본문입니다 정리합니다".encode(), 6),
        ("한글 문서".encode()[:-1], 10),
        (b"caf\xe9 au lait, tr\xe8s bon", 3),
        (b"\x80\x81\x82\x83", 0),
        ("日本語の文書です".encode("shift_jis"), 0),
    ],
)
def test_other_bytes_are_refused_with_their_place(data, offset):
    with pytest.raises(DumpError) as caught:
        decode(data)

    assert caught.value.message.code == "not-utf8"
    assert caught.value.message.params["offset"] == offset


def test_a_named_encoding_is_used():
    assert decode(b"caf\xe9", encoding="latin-1").text == "café"


@pytest.mark.parametrize(
    "data, encoding, code",
    [
        (b"abc", "no-such-thing", "encoding-unknown"),
        ("한글".encode(), "ascii", "not-in-encoding"),
        (b'\x1b$B$"\x1b(B\x1b$B$"\x1b(B', "iso2022_jp", "encoding-loses"),
        (b"00", "rot13", "encoding-unknown"),
        ("text".encode("utf-16-le"), "", "not-text"),
        (bytes(2000), "", "not-text"),
    ],
)
def test_what_cannot_be_read_says_why(data, encoding, code):
    with pytest.raises(DumpError) as caught:
        decode(data, encoding=encoding)

    assert caught.value.message.code == code


def test_a_stray_nul_is_said():
    decoded = decode(b"text" * 100 + b"\x00")

    assert codes(decoded) == ["nul-dropped"]


def test_a_file_beyond_the_limit_is_refused():
    with pytest.raises(DumpError) as caught:
        decode(b"a" * (MAX_FILE_BYTES + 1))

    assert caught.value.message.code == "file-too-large"


def test_lines_are_cut_where_markdown_cuts_them_and_nowhere_else():
    text = "a\r\nb\rc\nd\x0be\x0cf\x85g\u2028h\n\n"

    lines = split_lines(text)

    assert lines == ["a\r\n", "b\r", "c\n", "d\x0be\x0cf\x85g\u2028h\n", "\n"]
    assert "".join(lines) == text


@pytest.mark.parametrize(
    "encoding, text",
    [
        (
            "gb2312",
            "数据库索引是一种数据结构，可以加快查询速度。我们使用它来优化性能。",
        ),
        ("gb2312", "北京大学计算机基础课程介绍"),
        ("big5", "資料庫索引是一種資料結構，可以加快查詢速度。"),
        ("euc_jp", "データベースの索引は検索を速くする仕組みです。"),
        ("shift_jis", "データベースの索引は検索を速くする仕組みです。"),
        ("cp1251", "База данных и индекс ускоряют поиск в таблице"),
        ("koi8_r", "База данных и индекс ускоряют поиск в таблице"),
        ("latin-1", "Größe, Übung, Ärger: déjà vu à l'été, ÉÈÀÇ ÄÖÜ"),
        ("latin-1", "ÄÖÜ"),
        ("cp1252", "“quotes” and – dashes… it’s"),
        ("iso8859_7", "Η βάση δεδομένων και το ευρετήριο"),
        ("cp1255", "מסד נתונים ואינדקס"),
        ("johab", "쿠버네티스 배포 절차를 정리한다"),
    ],
)
def test_no_other_encoding_is_taken_for_korean(encoding, text):
    with pytest.raises(DumpError) as caught:
        decode(text.encode(encoding))

    assert caught.value.message.code == "not-utf8"


@pytest.mark.parametrize(
    "text",
    [
        "쿠버네티스 배포 절차를 정리한다. 뷁 똠방각하",
        "┌─────┐\n│ 서버 │→ DB\n└─────┘\n",
        "레디스 캐시",
        "톰캣",
        "『자료구조』 — 大學 강의 노트 ①②③",
    ],
)
def test_korean_of_every_kind_is_read(text):
    text = text.replace("—", "―")

    assert decode(text.encode("cp949")).text == text


def test_unicode_with_one_wrong_byte_is_not_taken_for_korean():
    data = ("정리 " * 500).encode() + b"\xb0\xa1" + "끝".encode()

    with pytest.raises(DumpError) as caught:
        decode(data)

    assert caught.value.message.params["offset"] == 3500
