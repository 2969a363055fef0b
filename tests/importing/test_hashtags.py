"""Lines of hashtags, and the lines that only look like it."""

import pytest

from wiki.importing.hashtags import inline_tags, read_tag_line, tags_of_lines


@pytest.mark.parametrize(
    "line, tags",
    [
        ("#grpc", ("grpc",)),
        ("#네트워크 #보안", ("네트워크", "보안")),
        ("#a, #b\n", ("a", "b")),
        ("  #k8s/배포", ("k8s/배포",)),
        ("#1주차", ("1주차",)),
        ("#c-sharp_2", ("c-sharp_2",)),
        ("# 제목", ()),
        ("##제목", ()),
        ("#", ()),
        ("#123", ()),
        ("#fff #a1b2c3", ()),
        ("#태그 그리고 글", ()),
        ("글 #태그", ()),
        ("#!/bin/sh", ()),
        ("#태그.", ()),
        ("", ()),
        ("#a " * 10_000, ()),
    ],
)
def test_lines(line, tags):
    assert read_tag_line(line) == tags


@pytest.mark.parametrize(
    "text, tags",
    [
        ("#보안 글 #a/b, (#c)", ("보안", "a/b", "c")),
        ("글\n> #인용\n- #항목\n| #칸 |", ("인용", "항목", "칸")),
        ("# 제목 #tag", ("tag",)),
        ("##둘 ### 셋", ()),
        ("글#아님 a#b \\#탈출 #123 #fff #a1b2c3 #", ()),
        ('`#a` ``#b`` <b title=" #c"> https://a.b/#d [x](y #z)', ()),
        ("```\n#a\n```\n~~~\n#b\n~~~\n#c", ("c",)),
        ("글\n\n    #code\n\n- 항목\n    - #inner", ("inner",)),
        ("\t#code", ()),
        ("[[글 #제목]] ![[그림 #x]] #[[두 단어]]", ()),
        ("fill: url(#mark)", ()),
        ("#a #A #a", ("a", "A")),
        ("#끝. #점.둘", ("끝", "점")),
        ("", ()),
    ],
)
def test_tags_in_a_text(text, tags):
    assert inline_tags(text) == tags


def test_tags_with_dots_are_whole():
    assert inline_tags("#role.writer. #a..b", with_dots=True) == ("role.writer", "a")


@pytest.mark.parametrize(
    "text, tags",
    [
        ("tags:: a, [[두 단어]] #b", ("a", "두 단어", "b")),
        ("- 글\n\t- tag:: c", ("c",)),
        ("글 #[[두 단어]] 글", ("두 단어",)),
        ("tags:: \n", ()),
        ("```\ntags:: a #[[b]]\n```\n`#[[c]]`", ()),
        ("tags: a", ()),
        ("mytags:: a", ()),
    ],
)
def test_tags_that_say_so(text, tags):
    assert tags_of_lines(text) == tags


def test_a_long_text_full_of_marks_is_read_in_time():
    assert inline_tags("#" * 500_000) == ()
    assert inline_tags(" #" * 200_000 + "\n#a") == ("a",)
    assert tags_of_lines("#[[" * 100_000 + "::") == ()
