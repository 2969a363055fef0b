"""What a target may mean by its spelling, and what a path is found under."""

import pytest

from wiki.paths import (
    bare_name,
    file_keys,
    is_note_target,
    note_keys,
    path_key,
    read_target,
)
from wiki.slugs import MAX_KEY_CHARS


@pytest.mark.parametrize(
    ("path", "keys"),
    [
        ("Redis.md", ("/redis", "redis")),
        ("til/DB/Redis.md", ("/til/db/redis", "til/db/redis", "db/redis", "redis")),
        ("배포 절차 .Md", ("/배포 절차", "배포 절차")),
        ("db/README.md", ("/db/readme", "/db", "db/readme")),
        ("README.md", ("/readme", "/")),
        ("post/index.md", ("/post/index", "/post", "post/index")),
    ],
)
def test_a_note_is_found_by_its_path_and_its_endings(path, keys):
    assert note_keys(path) == keys


def test_a_file_is_found_with_its_suffix():
    assert file_keys("img/가.PNG") == ("/img/가.png", "img/가.png", "가.png")


def test_decomposed_hangul_is_the_same_name():
    assert path_key("그림.png") == path_key("그림.png")


def test_a_long_path_has_a_short_key_of_its_own():
    one, other = path_key("가" * 900 + "1"), path_key("가" * 900 + "2")

    assert len(one) <= MAX_KEY_CHARS
    assert one != other


@pytest.mark.parametrize(
    ("target", "page", "place"),
    [
        ("redis.md", "db/a.md", "/db/redis"),
        ("../os/gc.md", "db/a.md", "/os/gc"),
        ("./redis", "db/a.md", "/db/redis"),
        ("/os/gc.md", "db/a.md", "/os/gc"),
        ("os/gc.md", "db/a.md", "/os/gc"),
        ("../../../gc.md", "db/a.md", "/gc"),
        ("..", "db/a.md", "/"),
        ("./", "db/a.md", "/db"),
        ("img/a.png", "db/a.md", "/db/img/a.png"),
        ("/posts/x/", "_posts/a.md", "/posts/x"),
        ("x.html", "a.md", "/x"),
    ],
)
def test_a_path_starts_at_the_page_or_at_the_root(target, page, place):
    assert place in read_target(target, page).places


def test_a_title_with_a_slash_is_not_taken_apart():
    wanted = read_target("CI/CD", "a.md")

    assert wanted.is_path
    assert not wanted.is_file_path


def test_a_plain_name_is_no_path():
    assert not read_target("쿠버네티스 v1.2", "a.md").is_path
    assert not read_target("redis", "a.md").is_file_path


@pytest.mark.parametrize("target", ["", "/", ".", "..", "a" * 3000, "//", "\x00"])
def test_any_target_can_be_read(target):
    read_target(target, "a/b.md")


def test_what_is_written_as_a_note_is_one():
    assert is_note_target("a/b.MD")
    assert is_note_target("((0f8d))")
    assert not is_note_target("a.txt")
    assert not is_note_target("a")


@pytest.mark.parametrize(
    ("target", "name"),
    [
        ("../db/Redis.md", "Redis"),
        ("x.html", "x"),
        ("os/", "os"),
        ("((0f8d))", "((0f8d))"),
        ("", ""),
    ],
)
def test_the_name_in_a_path_is_its_last_part(target, name):
    assert bare_name(target) == name
