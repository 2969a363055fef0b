"""Links of a text led to other names, in place."""

import pytest

from wiki.rendering.retargeting import LinkName, retarget


def renamed(body: str, **names: str) -> str:
    """The text with each target renamed, whatever its heading."""

    def new_name(link: LinkName) -> LinkName | None:
        target = names.get(link.target)
        return LinkName(target, link.heading) if target else None

    return retarget(body, new_name)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("[[redis]]", "[[Redis]]"),
        ("앞 [[ redis ]] 뒤", "앞 [[Redis]] 뒤"),
        ("[[redis#설치|여기]]", "[[Redis#설치|여기]]"),
        ("| [[redis\\|여기]] |", "| [[Redis\\|여기]] |"),
        ("![[redis]]", "![[Redis]]"),
        ("[[여기|redis#설치]]", "[[여기|Redis#설치]]"),
        ("[여기](redis)", "[여기](Redis)"),
        ("[여기](<redis> '말')", "[여기](Redis '말')"),
        ("[여기](redis#설치)", "[여기](Redis#설치)"),
        ("[ㄱ]: redis\n", "[ㄱ]: Redis\n"),
        ("첫 줄\r\n[[redis]]\r\n", "첫 줄\r\n[[Redis]]\r\n"),
        ("🚀 [[redis]] [[redis]] 🚀", "🚀 [[Redis]] [[Redis]] 🚀"),
    ],
)
def test_a_link_says_the_new_name_and_nothing_else_moves(written, expected):
    assert renamed(written, redis="Redis") == expected


@pytest.mark.parametrize(
    "body",
    [
        "",
        "`[[redis]]`",
        "```\n[[redis]]\n```\n",
        "~~~\n[여기](redis)\n~~~",
        "\\[[redis]]",
        "[[redis",
        "[[Redis]] redis",
        "[여기](https://redis)",
    ],
)
def test_code_and_what_is_no_such_link_stay(body):
    assert renamed(body, redis="Redis") == body


@pytest.mark.parametrize("name", ["a|b", "a]] b", "a#b", "[[a"])
def test_a_name_that_no_wiki_link_can_say_is_not_written(name):
    assert renamed("[[redis]]", redis=name) == "[[redis]]"


def test_a_name_with_blanks_and_signs_is_an_address():
    assert renamed("[x](redis)", redis="배포 (2) C#") == "[x](배포%20%282%29%20C%23)"


def test_a_heading_is_changed_or_left_out_and_its_path_stays_as_written():
    def without_heading(link):
        return LinkName(link.target) if link.heading == "없음" else None

    body = "[[글#없음]] [[글#있음]] [x](../db/%EA%B8%80.md#없음) [y](<글 둘.md#없음>)"

    assert retarget(body, without_heading) == (
        "[[글]] [[글#있음]] [x](../db/%EA%B8%80.md) [y](<글 둘.md>)"
    )


def test_a_decomposed_name_is_found_as_it_was_written():
    import unicodedata

    decomposed = unicodedata.normalize("NFD", "배포")

    assert renamed(f"[[{decomposed}]]", **{decomposed: "배포"}) == "[[배포]]"


def test_a_huge_text_of_beginnings_takes_no_longer_than_any_other():
    body = "[[redis" * 20_000 + "](" * 20_000

    assert renamed(body, redis="Redis") == body
