"""The YAML above a note: read as written, refused where it only makes trouble."""

from datetime import UTC, datetime
from time import monotonic

import pytest

from wiki.importing.fields import take_fields
from wiki.importing.frontmatter import (
    FrontMatter,
    NoFrontMatter,
    names,
    read_date,
    read_front_matter,
    tag_names,
)
from wiki.importing.notes import NoteTag


def block(yaml):
    return f"---\n{yaml}\n---\n본문\n"


def test_scalars_stay_as_they_are_written():
    matter = read_front_matter(block("a: 0.10\nb: yes\nc: 2021-3-4\nd: 1_000\ne: .inf"))

    assert matter.pairs == (
        ("a", "0.10"),
        ("b", "yes"),
        ("c", "2021-3-4"),
        ("d", "1_000"),
        ("e", ".inf"),
    )


def test_nested_values_and_order_are_kept():
    matter = read_front_matter(block("z: [1, [2]]\na:\n  - b: c\n제목: 값"))

    assert matter.pairs == (("z", ["1", ["2"]]), ("a", [{"b": "c"}]), ("제목", "값"))


def test_the_length_is_that_of_the_block():
    text = "---\r\na: 1\r\n---\r\n본문"

    assert text[read_front_matter(text).length :] == "본문"


@pytest.mark.parametrize(
    "yaml, code",
    [
        ("created: {{date}}", "front-matter-broken"),
        ("a: b: c", "front-matter-broken"),
        ("a: \x1b", "front-matter-broken"),
        ("a: {b: 1, b: 2}", "front-matter-broken"),
        ("? [a]\n: b\nc: d", "front-matter-broken"),
        ("a: &x [1]\nb: 2", "front-matter-aliases"),
        ("a: &x [*x]", "front-matter-aliases"),
        ("a: " + "[" * 40 + "]" * 40, "front-matter-too-deep"),
        ("a:\n" + "  - x\n" * 6000, "front-matter-too-deep"),
        ("a: " + "x" * 70_000, "front-matter-too-long"),
    ],
)
def test_what_cannot_be_used_is_left_in_the_text_with_a_warning(yaml, code):
    matter = read_front_matter(block(yaml))

    assert isinstance(matter, NoFrontMatter)
    assert matter.message.code == code


@pytest.mark.parametrize(
    "text",
    [
        "본문",
        "",
        "---\n",
        "---\n\n글 위의 줄\n\n---\n",
        "---\n---\n",
        "---\n- a\n- b\n---\n",
        "---\n# 주석뿐\n---\n",
        " ---\na: 1\n---\n",
        "---\na: 1\n",
    ],
)
def test_a_ruler_is_not_front_matter(text):
    assert read_front_matter(text) == NoFrontMatter()


def test_huge_numbers_and_foreign_types_are_text():
    matter = read_front_matter(
        block(f"n: {'9' * 5000}\nt: !!python/object:os.system x\nd: 9999-99-99")
    )

    assert matter.pairs[0][1] == "9" * 5000
    assert matter.pairs[1] == ("t", "x")


def test_lone_surrogates_and_nul_never_come_out():
    assert isinstance(read_front_matter(block('a: "\\ud800"')), NoFrontMatter)
    assert read_front_matter(block('a: "x\\0y"')).pairs == (("a", "xy"),)


@pytest.mark.parametrize(
    "yaml, pairs",
    [
        ("tags: #a #b/c", (("tags", "#a #b/c"),)),
        ("tags: a, #b # 주석", (("tags", "a, #b"),)),
        ("tags:\n  - #a\n  - #b 둘", (("tags", ["#a", "#b 둘"]),)),
        ("tags: [#a, b, #c]", (("tags", ["#a", "b", "#c"]),)),
        ("color: #a1b2c3\r\nb: 1", (("color", "#a1b2c3"), ("b", "1"))),
        ("title: C #언어", (("title", "C #언어"),)),
        ("title: 글 # 주석", (("title", "글"),)),
        ("a: '#b' # c", (("a", "#b"),)),
        ("a: |\n  - #b\n  c: #d", (("a", "- #b\nc: #d\n"),)),
        ("# 주석\na: b", (("a", "b"),)),
    ],
)
def test_a_hash_before_a_word_is_no_comment(yaml, pairs):
    assert read_front_matter(block(yaml)).pairs == pairs


@pytest.mark.parametrize(
    "value, tags",
    [
        (["a", "#b", "c d"], ["a", "b", "c d"]),
        ("java fortran c", ["java", "fortran", "c"]),
        ("쿠버네티스 배포, #x", ["쿠버네티스 배포", "x"]),
        ([["a"], "b, c"], ["a", "b", "c"]),
        ("[[두 단어]], b c, #d #[[e f]]", ["두 단어", "b c", "d", "e f"]),
        (["[[a|보이는 글]]", "#[[b, c]]", None], ["a", "b, c"]),
        ("#a #b/c", ["a", "b/c"]),
        ("a，b", ["a", "b"]),
        ("null", []),
        ("~", []),
        ("", []),
        ({"a": "b"}, []),
    ],
)
def test_tags_in_every_shape(value, tags):
    assert list(tag_names(value)) == tags


def test_other_titles_may_have_blanks():
    assert list(names("두 단어, 셋")) == ["두 단어", "셋"]
    assert list(names(["두 단어", ""])) == ["두 단어"]
    assert list(names("[[두 단어]], 셋")) == ["두 단어", "셋"]
    assert list(names(["[[a]]", "[b] c"])) == ["a", "[b] c"]
    assert list(names("null")) == []


def test_a_link_in_a_value_stays_a_link():
    matter = read_front_matter(
        block(
            'parent : [[/java]]\nup: "[[가|나]]"\nlist:\n- [[a]]\n- b\nmany: [[a, b]]'
        )
    )

    assert matter.pairs == (
        ("parent", "[[/java]]"),
        ("up", "[[가|나]]"),
        ("list", ["[[a]]", "b"]),
        ("many", [["a", "b"]]),
    )


def test_lines_of_an_outliner_between_the_marks_are_read():
    matter = read_front_matter(
        block('alias:: [[x]], 두 단어\ntype:: "글" [[y]]: z\ntitle: 제목\ntags:: #a')
    )

    assert matter.pairs == (
        ("alias", ["x", "두 단어"]),
        ("type", '"글" [[y]]: z'),
        ("title", "제목"),
        ("tags", ["#a"]),
    )


@pytest.mark.parametrize(
    "text, date",
    [
        ("2021-03-04", datetime(2021, 3, 4, tzinfo=UTC)),
        ("2021/3/4", datetime(2021, 3, 4, tzinfo=UTC)),
        ("2021-03-04 10:11:12 +0900", datetime(2021, 3, 4, 1, 11, 12, tzinfo=UTC)),
        ("2021-03-04T10:11:12.5Z", datetime(2021, 3, 4, 10, 11, 12, tzinfo=UTC)),
        ("9999-99-99", None),
        ("0000-01-01", None),
        ("2021-03-04 10:11 +99:99", None),
        # In another zone these would be days that no calendar has.
        ("9999-12-31T23:59:59-23:59", None),
        ("9999-12-31", None),
        ("0001-01-01T00:00:00+23:59", None),
        ("어제", None),
        ("2021-3-4", datetime(2021, 3, 4, tzinfo=UTC)),
        ("[[2021-03-04]]", datetime(2021, 3, 4, tzinfo=UTC)),
        ("1614816000000", datetime(2021, 3, 4, tzinfo=UTC)),
        ("1614816000", datetime(2021, 3, 4, tzinfo=UTC)),
        ("20210304", None),
        (["2021-03-04"], datetime(2021, 3, 4, tzinfo=UTC)),
        (["2021-03-04", "2021-03-05"], None),
    ],
)
def test_dates(text, date):
    assert read_date(text) == date


def test_fields_are_taken_and_the_rest_stays():
    yaml = (
        "title: 제목\ntags: [a]\ncategories: b\nalias: 다른 제목\n"
        "description: 요약\nsource: https://example.com/x\ncreated: 2020-01-02\n"
        "author: 지현\nlayout: post"
    )
    fields = take_fields(read_front_matter(block(yaml)))

    assert fields.title == "제목"
    assert fields.tags == (NoteTag("a", "front matter"), NoteTag("b", "front matter"))
    assert fields.aliases == ("다른 제목",)
    assert fields.summary == "요약"
    assert fields.source_url == "https://example.com/x"
    assert fields.written_at == datetime(2020, 1, 2, tzinfo=UTC)
    assert fields.properties == (
        ("created", "2020-01-02"),
        ("author", "지현"),
        ("layout", "post"),
    )


@pytest.mark.parametrize(
    "yaml, year",
    [
        ("date created: 2020-01-02\nupdated: 2021-01-02", 2021),
        ("updated: 어제\ndate-created: 2020-01-02", 2020),
        ("created_at: 1577923200000", 2020),
        ("date: [2020-01-02]", 2020),
    ],
)
def test_dates_go_by_many_names(yaml, year):
    fields = take_fields(read_front_matter(block(yaml)))

    assert fields.written_at == datetime(year, 1, 2, tzinfo=UTC)


def test_a_value_of_another_kind_is_a_property():
    yaml = "title: [a, b]\ntags: {a: b}\nsource: ./file.md\nsummary: " + "x" * 600
    fields = take_fields(read_front_matter(block(yaml)))

    assert (fields.title, fields.tags, fields.source_url, fields.summary) == (
        "",
        (),
        "",
        "",
    )
    assert [name for name, _ in fields.properties] == [
        "title",
        "tags",
        "source",
        "summary",
    ]


def test_a_million_lines_without_an_end_are_passed_over_at_once():
    assert isinstance(read_front_matter("---\n" + "a\n" * 1_000_000), NoFrontMatter)
    assert not isinstance(read_front_matter("---\n"), FrontMatter)


@pytest.mark.parametrize(
    "yaml",
    [
        f"a: {' ' * 60_000}#",
        f"{' ' * 60_000}- #a",
        f"a: {'#a ' * 20_000}",
        f"{'a b: ' * 10_000}#x",
        f"a:: {'[[' * 30_000}",
        f"a: {'[ #a' * 12_000}",
    ],
)
def test_long_lines_are_read_in_time(yaml):
    began = monotonic()

    read_front_matter(block(yaml))

    assert monotonic() - began < 2
