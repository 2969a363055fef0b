"""Lines of hashtags, and the lines that only look like it."""

import pytest

from wiki.importing.hashtags import read_tag_line


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
