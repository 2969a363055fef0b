import pytest
from hypothesis import given
from hypothesis import strategies as st

from wiki.exporting.names import MAX_NAME_BYTES, EntryNames, FileNames, safe_name
from wiki.slugs import slugify


def names_of(*titled):
    names = EntryNames(lambda: titled)
    return [names.name_of(title, slug) for title, slug in titled]


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("배포 절차", "배포 절차"),
        ("나/다: a?", "나-다- a-"),
        ("C# [초안]", "C＃ ［초안］"),
        ("con", "con-"),
        ("NUL.txt", "NUL.txt-"),
        ("git~1", "git~1-"),
        (".git", "git"),
        ("..", "-"),
        (" .숨김. ", "숨김"),
        ("🚀", "🚀"),
    ],
)
def test_titles_become_names_that_every_file_system_takes(title, name):
    assert safe_name(title) == name


def test_names_that_are_one_without_case_get_their_address():
    assert names_of(("a/b", "a-b"), ("A-B", "a-b-2")) == [
        "a-b (a-b).md",
        "A-B (a-b-2).md",
    ]


def test_a_title_like_a_told_apart_name_is_told_apart_too():
    names = names_of(("a/b", "a-b"), ("a-b", "a-b-2"), ("a-b (a-b)", "a-b-a-b"))

    assert len({name.casefold() for name in names}) == 3


def test_a_name_hangs_on_no_order():
    titled = [("나/다", "나-다"), ("나-다", "나-다-2"), ("가", "가")]

    assert sorted(names_of(*titled)) == sorted(names_of(*reversed(titled)))


def test_long_titles_are_cut_in_bytes():
    (name,) = names_of(("가" * 200, "x"))

    assert len(name.encode()) <= MAX_NAME_BYTES + len(".md")


@given(st.lists(st.text("aA가/:-()b. #", min_size=1, max_size=6), max_size=12))
def test_no_two_entries_share_a_name(titles):
    unique = {title.casefold(): title for title in titles if title.strip()}.values()
    titled = [(title, f"{slugify(title)}-{n}") for n, title in enumerate(unique)]

    names = names_of(*titled)

    assert len({name.casefold() for name in names}) == len(names)


def test_attachments_keep_their_names_where_they_are_their_own():
    names = FileNames(["img/a.png", "b/그림 1.PNG", "b/A.png"])

    assert names.path_of("b/그림 1.PNG", "f" * 64, ".png") == "files/그림 1.PNG"
    assert names.path_of("img/a.png", "0" * 64, ".png") == "files/a-000000000000.png"
    assert names.path_of("b/A.png", "1" * 64, ".png") == "files/A-111111111111.png"


def test_no_attachment_can_take_the_name_of_another_with_its_hash():
    names = FileNames(["a.png", "x/a.png", "a-000000000000.png"])

    paths = {
        names.path_of(name, sha256 * 64, ".png")
        for name, sha256 in (
            ("a.png", "0"),
            ("x/a.png", "1"),
            ("a-000000000000.png", "2"),
        )
    }

    assert len(paths) == 3


def test_attachments_without_a_suffix_get_one():
    assert FileNames(["그림"]).path_of("그림", "0" * 64, ".png") == "files/그림.png"
