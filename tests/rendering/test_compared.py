"""Two rendered texts as one, with what came and went marked."""

import re
import time
from html import unescape
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings

from tests.history.texts import texts
from tests.rendering.checks import problems_of
from wiki.rendering import render
from wiki.rendering.compared import compared
from wiki.rendering.limits import TooMuchMarkup
from wiki.rendering.tree import tree_of

PAYLOADS = (
    (Path(__file__).parent.parent / "cases" / "rendering" / "payloads.txt")
    .read_text(encoding="utf-8")
    .removesuffix("\n")
    .split("\n%%\n")
)


def marked(old, new, remote_images="show"):
    sides = [render(body, remote_images=remote_images).html for body in (old, new)]
    return compared(*sides, remote_images=remote_images)


def read(html):
    """What is read of HTML, blanks aside."""
    return "".join(unescape(re.sub(r"<[^>]*>", "", html)).split())


def without(html, mark):
    return re.sub(rf"<{mark}>.*?</{mark}>", "", html, flags=re.DOTALL)


def test_words_are_marked_in_a_paragraph_that_changed():
    assert marked("서버를 켠다. 그리고 쉰다.\n", "서버에 켠다. 그리고 쉰다.\n") == (
        "<p>서버<del>를</del><ins>에</ins> 켠다. 그리고 쉰다.</p>\n"
    )


def test_what_is_equal_is_not_marked():
    body = "# 제목\n\n글 ~~지움~~\n\n- 하나\n"

    html = marked(body, body)

    assert "<ins>" not in html
    assert "<del>" not in html
    assert '<h2 id="제목">제목</h2>' in html


def test_a_block_that_is_gone_stands_struck_where_it_stood():
    html = marked("하나\n\n둘\n\n셋\n", "하나\n\n셋\n")

    assert html.index("하나") < html.index("<p><del>둘</del></p>") < html.index("셋")


def test_a_block_that_came_is_marked_whole():
    assert "<p><ins>둘</ins></p>" in marked("하나\n", "하나\n\n둘\n")


def test_items_and_rows_come_and_go_alone():
    html = marked("- 하나\n- 둘\n", "- 하나\n- 새것\n- 둘\n")
    assert "<li><ins>새것</ins></li>" in html
    assert html.count("<ins>") == 1
    assert "<del>" not in html

    html = marked("|a|b|\n|-|-|\n|1|2|\n|3|4|\n", "|a|b|\n|-|-|\n|3|4|\n")
    assert "<td><del>1</del></td>" in html
    assert html.count("<table") == 1


def test_a_cell_is_compared_with_the_one_in_its_place():
    html = marked("|a|b|\n|-|-|\n|값|2|\n", "|a|b|\n|-|-|\n|값|7|\n")

    assert "<td><del>2</del><ins>7</ins></td>" in html


def test_lines_of_code_stay_lines():
    html = marked(
        "```python\ndef f():\n    return 1\n```\n",
        "```python\ndef f():\n    return 2\n```\n",
    )

    assert '<span class="mi"><del>1</del><ins>2</ins></span>\n</code>' in html


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("[문서](https://a.example)", "[문서](https://b.example)"),
        ("**굵은** 글씨", "굵은 글씨"),
        ("- [ ] 할 일", "- [x] 할 일"),
        ("글 ![그림](https://a.example/1.png)", "글 ![그림](https://a.example/2.png)"),
    ],
)
def test_what_is_read_alike_and_is_not_the_same_is_marked(old, new):
    html = marked(old, new)

    assert "<del>" in html
    assert "<ins>" in html


def test_a_label_keeps_one_box():
    html = marked("- [ ] 할 일\n", "- [x] 할 일\n")

    assert "<del>☐</del><ins><input" in html
    assert html.count("<input") == 1


def test_marks_of_the_writer_are_not_those_of_the_comparison():
    html = marked(
        "<ins>a</ins> <del>b</del> ~~c~~ 글", "<ins>a</ins> <del>b</del> ~~c~~ 말"
    )

    assert html.count("<ins>") == html.count("<del>") == 1
    assert "<u>a</u> <s>b</s>" in html


def test_ids_are_given_once():
    html = marked("# 가\n\n글[^1]\n\n[^1]: 하나\n", "# 나\n\n말[^1]\n\n[^1]: 둘\n")

    ids = re.findall(r' id="([^"]*)"', html)
    assert len(ids) == len(set(ids))
    assert problems_of(html) == []


def test_what_changed_in_a_folded_box_is_unfolded():
    assert '<details open=""' in marked(
        "> [!note]- 접힘\n> 하나\n", "> [!note]- 접힘\n> 둘\n"
    )


@pytest.mark.parametrize(
    "html", ["<a><div>글</div></a>", "<p>글", "<p><b>글</p></b>", "글</p>", "<b>글"]
)
def test_what_no_renderer_gives_is_refused(html):
    with pytest.raises(TooMuchMarkup):
        tree_of(html)


def test_more_than_can_be_marked_is_refused_in_time():
    old, new = (
        "\n\n".join(f"{word} {n}번째 문단에 적은 글이다" for n in range(20_000))
        for word in ("첫째", "둘째")
    )

    sides = [render(body).html for body in (old, new)]
    started = time.process_time()
    with pytest.raises(TooMuchMarkup):
        compared(*sides, remote_images="show")

    assert time.process_time() - started < 4


def test_a_long_text_with_few_changes_is_marked_in_time():
    body = "\n\n".join(f"문단 {n}의 글을 **여기** 적었다." for n in range(4000))
    sides = [render(text).html for text in (body, body.replace("문단 77", "단락 77"))]

    started = time.process_time()
    html = compared(*sides, remote_images="show")

    assert html.count("<del>문단</del>") == 11
    assert time.process_time() - started < 2


@pytest.mark.parametrize(
    "other", ["글", "<b>글</b> [a](javascript:alert(1)) <svg onload=x>"]
)
def test_attacks_are_harmless_on_either_side(other):
    for payload in PAYLOADS:
        for old, new in ((payload, other), (other, payload)):
            try:
                html = marked(old, new)
            except TooMuchMarkup:
                continue
            assert problems_of(html) == [], (old, new)


def test_attacks_are_harmless_beside_each_other():
    refused = 0
    for old, new in pairwise(PAYLOADS):
        for remote_images in ("show", "card"):
            try:
                html = marked(old, new, remote_images)
            except TooMuchMarkup:
                refused += 1
                continue
            assert problems_of(html) == [], (old, new)
    assert refused < len(PAYLOADS) // 5


@settings(max_examples=100)
@given(texts, texts)
def test_without_its_marks_it_is_either_text(old, new):
    sides = [render(body).html for body in (old, new)]

    html = compared(*sides, remote_images="show")

    assert problems_of(html) == []
    assert read(without(html, "del")) == read(sides[1])
    assert read(without(html, "ins")) == read(sides[0]) or "<li" in html


@settings(max_examples=100)
@given(texts)
def test_a_tree_gives_its_html_back(body):
    html = render(body).html

    assert tree_of(html).html == html
