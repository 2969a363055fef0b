"""What heading lines and file names say."""

import pytest

from wiki.importing.titles import (
    aliases_in_body,
    link_heading,
    read_title,
    title_of_file,
    whole_link,
)

URL = "https://example.com/a_(b)?q=%EA%B0%80"


@pytest.mark.parametrize(
    "heading, text, aliases, summary, source_url",
    [
        ("Protobuf", "Protobuf", (), "", ""),
        (f"[Coroutine]({URL}) (Co + Routine)", "Coroutine", ("Co + Routine",), "", URL),
        ("Bastion host : **입구**.", "Bastion host", (), "입구.", ""),
        ("Bastion host : 입구", "Bastion host : 입구", (), "", ""),
        ("Kafka - loose coupling.", "Kafka", (), "loose coupling.", ""),
        ("2021-03-04 - 회고", "2021-03-04 - 회고", (), "", ""),
        (
            "PM2 (**P**rocess\xa0**M**anager\xa0**2**)",
            "PM2",
            ("Process Manager 2",),
            "",
            "",
        ),
        ("프로세스(Process)", "프로세스", ("Process",), "", ""),
        ("print(x)", "print(x)", (), "", ""),
        ("정리 (2)", "정리 (2)", (), "", ""),
        ("회고 (2023년)", "회고 (2023년)", (), "", ""),
        ("Map (a (b))", "Map", ("a (b)",), "", ""),
        ("(foo)", "(foo)", (), "", ""),
        ("C#", "C#", (), "", ""),
        ("# 2019.11", "2019.11", (), "", ""),
        ("#2019 회고", "#2019 회고", (), "", ""),
        ("**Bold** and `code`", "Bold and code", (), "", ""),
        ("List<String> <b>x</b>", "List<String> x", (), "", ""),
        ("a &amp; b", "a & b", (), "", ""),
        ("  blanks \t collapse ", "blanks collapse", (), "", ""),
        ("🔥", "🔥", (), "", ""),
        ("한글", "한글", (), "", ""),
        ("", "", (), "", ""),
        ("![only](picture.png)", "", (), "", ""),
        ("\u200b", "", (), "", ""),
    ],
)
def test_headings_of_notes_without_a_body(heading, text, aliases, summary, source_url):
    title = read_title(heading, has_body=False)

    assert (title.text, title.aliases) == (text, aliases)
    assert (title.summary, title.source_url) == (summary, source_url)


def test_a_dash_is_part_of_the_title_when_a_body_follows():
    assert read_title("Kafka - queue", has_body=True).text == "Kafka - queue"


@pytest.mark.parametrize(
    "heading",
    [
        "see [a](http://x.y) and [b](http://y.z)",
        "![logo](logo.png) Title",
        "[[Target|label]] rest",
        '<a href="https://x.y">x</a>',
        "title " * 60,
        "Title [local](./other.md)",
    ],
)
def test_what_a_title_cannot_hold_is_kept_for_the_body(heading):
    title = read_title(heading, has_body=True)

    assert title.rest == heading.strip()
    assert len(title.text) <= 200


def test_a_source_address_that_runs_something_is_none():
    assert read_title("[x](javascript:alert(1)) y", has_body=True).source_url == ""


@pytest.mark.parametrize(
    "line, heading",
    [
        (f"[# 서버 증설]({URL})", f"[서버 증설]({URL})"),
        (f"   [# a]({URL})  \n", f"[a]({URL})"),
        (f"[#a]({URL})", ""),
        (f"[# a]({URL}) text", ""),
        (f"- [# a]({URL})", ""),
        ("[# a] text", ""),
    ],
)
def test_headings_inside_a_link(line, heading):
    assert link_heading(line) == heading


def test_a_whole_link_gives_its_label():
    assert whole_link(f" [CNCF (**Cloud**)]({URL})") == "CNCF (**Cloud**)"
    assert whole_link(f"[a]({URL}) [b]({URL})") == ""
    assert whole_link("[a") == ""


def test_a_heading_of_any_length_is_read_in_time():
    assert len(read_title("[" * 100_000, has_body=True).text) <= 200


def test_aliases_in_the_text():
    body = "입구 서버\n= jump host\n\n![BH](x.png) ![other](y.png)"

    found = aliases_in_body("Bastion host", "입구 서버\n= jump host\n", body)

    assert found == ("jump host", "BH")


@pytest.mark.parametrize(
    "path, title, title_from",
    [
        ("notes/배포 절차.md", "배포 절차", "file name"),
        ("a/01. intro .Md", "01. intro", "file name"),
        ("docker/README.md", "docker", "folder name"),
        ("README.md", "my notes", "folder name"),
        ("download (1).md", "download", "file name"),
        ("한글.md", "한글", "file name"),
    ],
)
def test_titles_of_files(path, title, title_from):
    assert title_of_file(path, "my notes") == (title, title_from)
