"""Links of a text led to other names, in place."""

import time
import unicodedata

import pytest

from wiki.rendering.retargeting import LinkName, Way, can_be_linked, retarget
from wiki.slugs import slugify, title_key

OLD, NEW = "옛 이름", "새 이름"


def renamed(body: str, **names: str) -> str:
    """The text with each target renamed, whatever its heading."""

    def new_name(link: LinkName, way: Way) -> LinkName | None:
        target = names.get(link.target)
        return LinkName(target, link.heading) if target else None

    return retarget(body, new_name, known={*names, *names.values()}).body


def lead(body: str, old: str = OLD, new: str = NEW) -> str:
    """The text with what is called by the old title led to the new one."""

    def new_name(link: LinkName, way: Way) -> LinkName | None:
        if way is Way.ADDRESS:
            return LinkName(slugify(new)) if link.target == slugify(old) else None
        is_old = way is Way.TITLE and title_key(link.target) == title_key(old)
        return LinkName(new, link.heading) if is_old else None

    return retarget(body, new_name, known={old, new, "다른 글"}).body


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("[[redis]]", "[[Redis]]"),
        ("앞 [[ redis ]] 뒤", "앞 [[ Redis ]] 뒤"),
        ("[[redis#설치|여기]]", "[[Redis#설치|여기]]"),
        ("| [[redis\\|여기]] |", "| [[Redis\\|여기]] |"),
        ("![[redis]]", "![[Redis]]"),
        ("[[여기|redis#설치]]", "[[여기|Redis#설치]]"),
        ("[여기](redis)", "[여기](Redis)"),
        ("[여기](<redis> '말')", "[여기](Redis '말')"),
        ("[여기](redis#설치)", "[여기](Redis#설치)"),
        ("[그것][ㄱ]\n\n[ㄱ]: redis\n", "[그것][ㄱ]\n\n[ㄱ]: Redis\n"),
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
    def without_heading(link, way):
        return LinkName(link.target) if link.heading == "없음" else None

    body = (
        "[[글#없음]] [[ 글 #없음 ]] [[글#있음]] "
        "[x](../db/%EA%B8%80.md#없음) [y](<글 둘.md#없음>)"
    )

    assert retarget(body, without_heading).body == (
        "[[글]] [[ 글 ]] [[글#있음]] [x](../db/%EA%B8%80.md) [y](<글 둘.md>)"
    )


def test_a_decomposed_name_is_found_as_it_was_written():
    decomposed = unicodedata.normalize("NFD", "배포")

    assert renamed(f"[[{decomposed}]]", **{decomposed: "배포"}) == "[[배포]]"


def test_a_huge_text_of_beginnings_takes_no_longer_than_any_other():
    body = "[[redis" * 20_000 + "](" * 20_000

    assert renamed(body, redis="Redis") == body


def test_a_hostile_text_is_left_alone_soon():
    body = "](a" * 100_000 + "\n\n[[redis]]\n"
    started = time.process_time()

    assert renamed(body, redis="Redis") == body
    assert renamed("]:" * 150_000 + "\n\n[[redis]]\n", redis="Redis")
    assert time.process_time() - started < 10


@pytest.mark.parametrize(
    ("body", "led"),
    [
        ("[ㄱ]: redis", True),
        ("> - [ㄱ \\] ㄴ]: redis '말'", True),
        ("1. [`ㄱ`]:   redis", True),
        ("그것]: redis", False),
        ("앞 [ㄱ]: redis", False),
        ("[]: redis", False),
    ],
)
def test_only_a_line_that_begins_so_defines_a_link(body, led):
    body = f"[[redis]]\n\n{body}\n"

    expected = body.replace("redis", "Redis", 2 if led else 1)
    assert renamed(body, redis="Redis") == expected


# ── Titles, and the addresses of their entries ────────────────────────────────
@pytest.mark.parametrize(
    ("written", "led"),
    [
        ("[[옛 이름]]", "[[새 이름]]"),
        ("앞 [[옛 이름]]을 뒤", "앞 [[새 이름]]을 뒤"),
        ("[[옛 이름|그것]]", "[[새 이름|그것]]"),
        ("[[옛 이름#절]]", "[[새 이름#절]]"),
        ("[[옛 이름#절|그것]]", "[[새 이름#절|그것]]"),
        ("[[  옛 이름  | 그것 ]]", "[[  새 이름  | 그것 ]]"),
        ("![[옛 이름]]", "![[새 이름]]"),
        ("{{embed [[옛 이름]]}}", "{{embed [[새 이름]]}}"),
        ("[[옛  이름]] [[옛 이름]]", "[[새 이름]] [[새 이름]]"),
        (
            "| 가 |\n| --- |\n| [[옛 이름\\|표]] |",
            "| 가 |\n| --- |\n| [[새 이름\\|표]] |",
        ),
        ("> - **[[옛 이름]]** 👩‍💻", "> - **[[새 이름]]** 👩‍💻"),
        ("# [[옛 이름]]", "# [[새 이름]]"),
        ("여러\n줄에\n[[옛 이름]]", "여러\n줄에\n[[새 이름]]"),
        ("[x](/wiki/옛-이름/)", "[x](/wiki/새-이름/)"),
        ("[x](/wiki/옛-이름/#절)", "[x](/wiki/새-이름/#절)"),
        (
            "[x](</wiki/%EC%98%9B-%EC%9D%B4%EB%A6%84/> '제목')",
            "[x](</wiki/%EC%83%88-%EC%9D%B4%EB%A6%84/> '제목')",
        ),
        (unicodedata.normalize("NFD", "[[옛 이름|그것]]"), None),
    ],
)
def test_only_the_target_changes(written, led):
    if led is None:
        label = unicodedata.normalize("NFD", "그것")
        led = f"[[새 이름|{label}]]"

    assert lead(written) == led
    assert lead(f"앞\n\n{written}\n\n뒤  \n") == f"앞\n\n{led}\n\n뒤  \n"


@pytest.mark.parametrize(
    "body",
    [
        "",
        "옛 이름",
        "`[[옛 이름]]`",
        "```\n[[옛 이름]]\n```",
        "    [[옛 이름]]\n    [x](/wiki/옛-이름/)",
        "<!-- [[옛 이름]] -->",
        "\\[[옛 이름]]",
        "[[옛 이름 둘]] [[헌 이름]]",
        "[[다른 글|옛 이름]]",
        "[x](옛%20이름.md)",
        "[x](/wiki/옛-이름-둘/) [x](https://example.com/wiki/옛-이름/)",
        "[" * 20_000 + "[[옛 이름]]",
    ],
)
def test_what_does_not_lead_there_by_the_name_is_left_alone(body):
    assert lead(body) == body


def test_code_beside_a_link_stays():
    body = "[[옛 이름]] `[[옛 이름]]`\n\n    [[옛 이름]]\n\n~~~\n[[옛 이름]]\n~~~\n"

    assert lead(body) == body.replace("[[옛 이름]] `", "[[새 이름]] `", 1)


@pytest.mark.parametrize("title", ["C++", "C#", "CI/CD", "배포 (2)", "🚀", "C# 문법"])
def test_titles_of_any_kind(title):
    assert can_be_linked(title)
    assert lead("앞 [[옛 이름]] 뒤", new=title) == f"앞 [[{title}]] 뒤"
    assert lead(f"앞 [[{title}]] 뒤", old=title) == "앞 [[새 이름]] 뒤"


@pytest.mark.parametrize("title", ["가|나", "C#8 안내", "끝]]", "[x]"])
def test_titles_that_no_link_can_have(title):
    assert not can_be_linked(title)
    assert lead("앞 [[옛 이름]] 뒤", new=title) == "앞 [[옛 이름]] 뒤"


def test_a_link_read_the_other_way_round():
    assert lead("[[그것|옛 이름]]") == "[[그것|새 이름]]"
    assert renamed("[[글|redis]] [[redis]]", 글="글", redis="Redis") == (
        "[[글|redis]] [[Redis]]"
    )


@pytest.mark.parametrize(
    "body",
    [
        "[[옛 이름]] <!-- [[옛 이름]] -->",
        "[x](/wiki/옛-이름/) ![x](/wiki/옛-이름/)",
        "<!--\n[[옛 이름]]\n-->",
        "[ㄱ]: /wiki/옛-이름/",
        "[^1]: [[옛 이름]]",
    ],
)
def test_where_more_would_be_another_nothing_is_changed(body):
    def new_name(link: LinkName, way: Way) -> LinkName:
        return LinkName("x", link.heading)

    done = retarget(body, new_name)

    assert (done.body, done.is_in_doubt) == (body, True)


def test_a_text_that_is_shown_without_markup_is_left_alone():
    body = "[[옛 이름]]\n" + "> " * 200_000

    assert lead(body) == body


def test_what_stands_on_other_lines_than_the_link_is_left_to_be_text():
    body = "[[옛 이름]] 그리고\n<!-- [[옛 이름]] -->\n\n    [[옛 이름]]\n"

    assert lead(body) == body.replace("[[옛 이름]]", "[[새 이름]]", 1)


def test_a_long_text_takes_no_longer_than_drawing_it():
    body = "문단 [[옛 이름]] 그리고 `코드`\n\n" * 3000

    assert lead(body) == body.replace("[[옛 이름]]", "[[새 이름]]")
