"""Blogs of site generators: dates in names, addresses as names, TOML on top."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from wiki.importing.formats import find_format, hugo, jekyll, place_at, sites
from wiki.importing.formats.files import has_note_suffix
from wiki.importing.frontmatter import FrontMatter
from wiki.importing.notes import Piece, Place, ReadOptions, Tree
from wiki.importing.tomlmatter import read_toml_matter
from wiki.importing.trees import open_tree


def tree(*paths):
    return Tree(Place("", "s"), tuple(Piece("s", path, data=b"x") for path in paths))


def read(path, text):
    piece = Piece("s", path, data=text.encode())
    (note,) = hugo.read(piece, ReadOptions()).notes
    return note


@pytest.mark.parametrize(
    "paths, format_name",
    [
        (["_config.yml", "_posts/2021-03-04-a.md"], "jekyll"),
        (["_posts/2021-03-04-a.md"], "jekyll"),
        (["db/_posts/2021-03-04-a.md", "README.md"], "jekyll"),
        (["_config.yml", "_wiki/a.md"], "jekyll"),
        (["_config.yml", "_layouts/a.md", "README.md"], "folder"),
        (["hugo.toml", "content/a.md"], "hugo"),
        (["config/_default/hugo.yaml", "content/posts/a.md"], "hugo"),
        (["config.toml", "content/a.txt", "a.md"], "folder"),
        (["content/a.md"], "folder"),
    ],
)
def test_a_site_is_known_by_its_files(paths, format_name):
    reader = find_format(tree(*paths))

    assert format_name == reader.NAME


@pytest.mark.parametrize(
    "path, name, date",
    [
        ("_posts/2021-03-04-blue-green.md", "blue-green", "2021-03-04"),
        ("_posts/2021-3-4-한글 이름.md", "한글 이름", "2021-3-4"),
        ("content/2021-03-04-a/index.md", "a", "2021-03-04"),
        ("content/2021-03-04-a/index.ko.md", "a", "2021-03-04"),
        ("content/a/_index.md", "a", ""),
        ("content/a.ko.md", "a", ""),
        ("2021-03-04.md", "2021-03-04", ""),
        ("index.md", "", ""),
    ],
)
def test_what_a_name_says(path, name, date):
    assert sites.page_name(path) == sites.PageName(name, date)


def test_the_date_of_the_name_counts_when_nothing_else_is_said():
    assert read("_posts/2021-03-04-a.md", "글").written_at == datetime(
        2021, 3, 4, tzinfo=UTC
    )
    named = read("_posts/2021-03-04-a.md", "---\ndate: 2022-01-01\n---\n글")
    assert named.written_at == datetime(2022, 1, 1, tzinfo=UTC)
    assert read("_posts/2021-99-99-a.md", "글").written_at is None


@pytest.mark.parametrize(
    "head, names",
    [
        ("permalink: /posts/x/", ["/posts/x"]),
        ("permalink: /posts/x.html", ["/posts/x"]),
        ("permalink: /:year/:title/", []),
        ("redirect_from: [/a/, /b/index.html]", ["/a", "/b"]),
        ("url: https://example.com/", []),
        ("aliases: [/old/, 옛 이름]", ["/old"]),
        ("slug: 새-이름", ["posts/새-이름"]),
        ("slug: [a]", []),
        ("permalink: /", []),
    ],
)
def test_addresses_are_names(head, names):
    note = read("content/posts/a.md", f"---\n{head}\n---\n글")

    assert list(note.names) == names


@pytest.mark.parametrize("path", ["index.md", "content/_index.md"])
def test_the_first_page_has_the_name_of_the_site(path):
    assert read(path, "글").title == "s"


def test_addresses_among_aliases_are_kept_and_are_no_titles():
    note = read("content/a.md", "---\naliases: [/old/, 옛 이름]\n---\n글")

    assert note.aliases == ("옛 이름",)
    assert ("aliases", ["/old/"]) in note.properties


def test_templates_are_named_unless_they_are_asked_for(tmp_path):
    for path in ("_posts/2021-01-01-a.md", "_includes/b.md", "robots.txt"):
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text("글")
    place = place_at(str(tmp_path))

    with open_tree(place) as found:
        plain = [one.path for one in jekyll.find(found, ReadOptions())]
        pieces = [one for one in jekyll.find(found, ReadOptions()) if is_a_note(one)]
        asked = list(jekyll.find(found, ReadOptions(include=("_includes/*",))))

    assert plain == ["_includes/b.md", "_posts/2021-01-01-a.md"]
    assert [piece.path for piece in pieces] == ["_posts/2021-01-01-a.md"]
    assert [one.path for one in asked if is_a_note(one)] == ["_includes/b.md"]


def is_a_note(one):
    return isinstance(one, Piece) and has_note_suffix(one.path)


# ── TOML ─────────────────────────────────────────────────────────────────────


def toml(block):
    return read_toml_matter(f"+++\n{block}\n+++\n글")


def test_scalars_of_toml_stay_as_written():
    block = """
title = "가 # 나"  # 설명
date = 2021-03-04 05:06:07
day = 2021-03-04
hex = 0x1F
big = 1_000
score = 0.10
draft = true
nan = nan
text = '''두
줄'''
list = [1.50, "b", [true]]
[table]
inner = 1.0
[[rows]]
a = 1979-05-27
"""

    assert dict(toml(block).pairs) == {
        "title": "가 # 나",
        "date": "2021-03-04 05:06:07",
        "day": "2021-03-04",
        "hex": "0x1F",
        "big": "1_000",
        "score": "0.10",
        "draft": "true",
        "nan": "nan",
        "text": "두\n줄",
        "list": ["1.50", "b", ["true"]],
        "table": {"inner": "1.0"},
        "rows": [{"a": "1979-05-27"}],
    }


def test_line_ends_of_every_kind_are_read():
    for end in ("\n", "\r\n", "\r"):
        text = end.join(["+++", 'title = "가"', "# c", "+++", "글"])

        matter = read_toml_matter(text)

        assert matter == FrontMatter(len(text) - 1, (("title", "가"),), 1)


def test_dates_of_toml_are_dates():
    note = read("a.md", "+++\ndate = 2021-03-04T05:06:07+09:00\n+++\n글")

    assert note.written_at == datetime(
        2021, 3, 4, 5, 6, 7, tzinfo=timezone(timedelta(hours=9))
    )


@pytest.mark.parametrize(
    "block, code",
    [
        ('title = "a', "broken-toml"),
        ("a = 1\na = 2", "broken-toml"),
        (f"a = {'9' * 5000}", "broken-toml"),
        ("a = " + "[" * 900 + "]" * 900, "too-deep"),
        ("a = " + "[" * 20 + "]" * 20, "too-deep"),
        ("a" + ".a" * 20_000 + " = 1", "too-deep"),
        ("[a" + ".a" * 20_000 + "]", "too-deep"),
        ("\n".join(f"a{n} = 1" for n in range(6000)), "too-deep"),
        ("a = 1\n" * 20_000, "too-long"),
    ],
)
def test_toml_that_cannot_be_read_stays_in_the_text(block, code):
    text = f"+++\n{block}\n+++\n글"

    note = read("a.md", text)

    assert [message.code for message in note.messages] == [f"front-matter-{code}"]
    assert note.body == text


def test_plus_signs_above_a_text_are_text():
    note = read("a.md", "+++\n글\n+++\n")

    assert (note.body, note.messages) == ("+++\n글\n+++", ())


def test_nul_is_dropped_from_names_and_values():
    assert toml('"a\\u0000" = "b\\u0000"').pairs == (("a", "b"),)
