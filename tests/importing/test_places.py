"""Folders as topics."""

import pytest

from wiki.importing.places import place_tags


@pytest.mark.parametrize(
    "path, tags",
    [
        ("note.md", []),
        ("01_python/note.md", ["python"]),
        ("_cs,math_topics/note.md", ["cs", "math_topics"]),
        ("3.aws_security/note.md", ["aws_security"]),
        ("docs/img/2023/S01/Untitled/README/note.md", []),
        ("2021-03/week-2/3주차/note.md", []),
        ("Java.md/note.md", ["Java"]),
        ("네트워크/TCP/note.md", ["TCP", "네트워크"]),
        ("Vue-master/js-main/note.md", ["js", "Vue"]),
        ("(0212)실습문제/note.md", ["실습문제"]),
        ("project-12/lec03/vault/daily/tags/note.md", []),
        ("EC2/S3/note.md", ["S3", "EC2"]),
        ("a/A/note.md", ["A"]),
        (f"{'긴' * 60}/note.md", []),
    ],
)
def test_folders(path, tags):
    assert [tag.name for tag in place_tags(path)] == tags
    assert {tag.rule for tag in place_tags(path)} <= {"folder"}
