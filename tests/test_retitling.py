import unicodedata
from collections import Counter

import pytest

from wiki.rendering import render
from wiki.retitling import Retitling, can_be_linked, retitled
from wiki.slugs import slugify, title_key

OLD, NEW = "옛 이름", "새 이름"


def lead(body: str, old: str = OLD, new: str = NEW) -> str | None:
    """The text led to the new title, as the rows of its links would have it done."""
    wanted = Retitling(
        frozenset({title_key(old)}), frozenset({slugify(old)}), new, slugify(new)
    )
    links = (link for link in render(body).links if link.key == title_key(old))
    return retitled(body, wanted, Counter((link.target, link.line) for link in links))


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
    assert lead(body) is None


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
    assert lead("앞 [[옛 이름]] 뒤", new=title) is None


def test_a_link_read_the_other_way_round():
    wanted = Retitling(frozenset({title_key(OLD)}), frozenset(), NEW, slugify(NEW))

    led = retitled("[[그것|옛 이름]]", wanted, {(OLD, 1): 1})

    assert led == "[[그것|새 이름]]"


def test_a_long_text_takes_no_longer_than_drawing_it():
    body = "문단 [[옛 이름]] 그리고 `코드`\n\n" * 3000

    assert lead(body) == body.replace("[[옛 이름]]", "[[새 이름]]")
