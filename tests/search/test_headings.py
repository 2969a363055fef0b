import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.measuring import seconds_of
from wiki.rendering import render
from wiki.search.headings import MAX_CHARS, Headings, Section


def headings(body):
    drawn = render(body).headings
    return Headings(body, [[h.level, h.id, h.text] for h in drawn])


def above(body, words):
    section = headings(body).above(body.index(words))
    return section and (section.id, section.title)


def test_the_nearest_heading_above_is_told():
    body = "처음\n\n# 준비\n\n하나\n\n## 서버\n\n둘\n\n# 확인\n\n셋\n"

    assert above(body, "처음") is None
    assert above(body, "하나") == ("준비", "준비")
    assert above(body, "둘") == ("서버", "서버")
    assert above(body, "셋") == ("확인", "확인")


def test_a_heading_stands_in_its_own_section():
    assert above("# 준비\n\n글\n\n# 배포 절차\n", "배포") == ("배포-절차", "배포 절차")


def test_headings_of_one_text_are_told_from_each_other():
    body = "# 예\n\n하나\n\n# 예\n\n둘\n\n# 다음\n\n# 예\n\n셋\n"

    assert [above(body, word)[0] for word in ("하나", "둘", "셋")] == [
        "예",
        "예-1",
        "예-2",
    ]


@pytest.mark.parametrize(
    "code",
    [
        "```\n# 예\n```",
        "````md\n```\n# 예\n```\n````",
        "~~~\n# 예\n~~~",
        "- 목록\n  ```\n  # 예\n  ```",
        "> ```\n> # 예\n> ```",
        "    # 주석",
        "<!--\n# 숨은 글\n-->",
        "<pre>\n# 숨은 글\n</pre>",
        "#태그 #다른",
    ],
)
def test_what_is_no_heading_of_the_page_is_passed_over(code):
    body = f"# 예\n\n{code}\n\n찾는 글\n\n# 예\n"

    assert above(body, "찾는 글") == ("예", "예")


@pytest.mark.parametrize(
    ("line", "title"),
    [
        ("## **굵은** `code` 제목 ##", "굵은 code 제목"),
        ("## [링크](https://example.com) 뒤", "링크 뒤"),
        ("## [[배포 절차|절차]] 보기", "절차 보기"),
        ("## A &amp; B", "A & B"),
        ("## 🚀", "🚀"),
        ("## \\*별\\*", "*별*"),
        ("  ### 들여 쓴 제목", "들여 쓴 제목"),
        ("밑줄 제목\n=====", "밑줄 제목"),
        ("작은 밑줄\n---", "작은 밑줄"),
        ("> ## 인용한 제목", "인용한 제목"),
    ],
)
def test_headings_of_any_form(line, title):
    body = f"# 앞\n\n{line}\n\n찾는 글\n"

    assert above(body, "찾는 글")[1] == title


def test_a_heading_that_is_told_by_its_place_alone():
    body = "# 앞\n\n# $x^2$ [a](b(c)d) 뒤\n\n찾는 글\n\n# 끝\n"

    assert headings(body).above(body.index("찾는")) is not None


def test_a_rule_and_front_of_a_table_are_no_headings():
    body = "# 앞\n\n글\n\n---\n\n| a | b |\n|---|---|\n| 1 | 찾는 |\n"

    assert above(body, "찾는") == ("앞", "앞")


def test_headings_in_html_have_no_id_and_are_passed_over():
    assert above("# 앞\n\n<h2>뒤</h2>\n\n찾는 글", "찾는") == ("앞", "앞")


def test_windows_lines_and_empty_texts():
    assert Headings("", []).above(0) is None
    assert Headings("글", []).above(1) is None
    assert Headings("", [[2, "a", "a"]]).above(0) is None


def test_far_down_a_huge_text_the_text_of_a_heading_has_to_be_the_only_one():
    body = "# 예\n\n" + "긴 글이다.\n" * MAX_CHARS + "# 예\n\n하나\n\n# 끝\n\n둘\n"
    drawn = [[2, "예", "예"], [2, "예-1", "예"], [2, "끝", "끝"]]
    found = Headings(body, drawn)

    assert found.above(body.index("하나")) is None
    assert found.above(body.index("둘")) == Section("끝", "끝")


@given(
    st.text("#`~=-> \n가a*[]()<1.", max_size=120),
    st.integers(min_value=0, max_value=120),
)
def test_any_text_has_a_heading_of_the_page_or_none(body, position):
    drawn = render(body).headings
    section = headings(body).above(min(position, len(body)))

    assert section is None or section.id in {heading.id for heading in drawn}


@pytest.mark.parametrize(
    "part",
    ["\n", "a\n", "#", "#\n", "# x\n", "```\n", "-\n", "- ", ">", " ", "`", "=\n"],
)
def test_a_megabyte_of_one_part_takes_no_time(part):
    body = "~~~~~\n" + part * (1_000_000 // len(part))
    drawn = [[2, f"a{number}", f"절 {number}"] for number in range(500)]

    assert seconds_of(lambda: Headings(body, drawn).above(len(body))) < 0.5
    assert seconds_of(lambda: Headings(body[6:], drawn).above(len(body))) < 0.5
