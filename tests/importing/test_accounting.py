"""Lines that would be lost are noticed."""

from dataclasses import replace

from wiki.importing.accounting import unaccounted_lines
from wiki.importing.notes import Note, NoteTag

NOTE = Note(
    source="s",
    path="n.md",
    key="n.md",
    title="PM2",
    title_from="heading",
    body="첫 줄\n- 둘째 줄",
    aliases=("Process Manager 2",),
    summary="관리 도구",
    source_url="https://example.com/pm2?a=1",
    properties=(("작성", ["지현", {"곳": "서울"}]),),
    tags=(NoteTag("nodejs", "hashtag"),),
)


def test_words_may_go_to_any_field():
    lines = [
        "# [**P**M2](https://example.com/pm2?a=1) (**P**rocess **M**anager 2)\n",
        "관리 도구 &amp; <b>지현</b>\n",
        "#nodejs\n",
        "  첫 줄  \r\n",
        "\n",
        "=====\n",
        "작성: 서울 곳",
    ]

    assert unaccounted_lines(lines, NOTE) == []


def test_a_word_that_is_nowhere_is_named_by_its_line():
    lines = ["첫 줄\n", "잃어버린 줄\n", "- 둘째 줄\n"]

    assert unaccounted_lines(lines, NOTE) == [1]


def test_an_address_in_a_tag_must_not_be_lost():
    lines = ['# PM2 <a href="https://lost.example">\n']

    assert unaccounted_lines(lines, NOTE) == [0]


def test_a_shortened_body_is_noticed():
    lost = replace(NOTE, body="첫 줄")

    assert unaccounted_lines(["첫 줄\n", "- 둘째 줄\n"], lost) == [1]
