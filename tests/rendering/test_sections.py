"""The sections of a body, as section editing takes them out and puts them back."""

from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wiki.rendering import (
    Destination,
    Section,
    render,
    section_text,
    sections_of,
    with_section,
)

BODY = """머리말

# 배포

처음.

## 준비 *하기*

둘.

### 준비 하기

셋.

## 되돌리기

넷.

# 배포

끝.
"""


def ids(body: str) -> list[str]:
    return [section.id for section in sections_of(body)]


def text(body: str, name: str) -> str:
    (section,) = (each for each in sections_of(body) if each.id == name)
    return section_text(body, section)


def test_ids_levels_and_titles_are_those_of_the_page():
    printed = [(h.id, h.level, h.text) for h in render(BODY).headings]

    assert [(s.id, s.level, s.title) for s in sections_of(BODY)] == printed
    assert ids(BODY) == ["배포", "준비-하기", "준비-하기-1", "되돌리기", "배포-1"]


def test_a_section_goes_on_until_a_heading_of_its_level_or_a_higher():
    assert text(BODY, "준비-하기") == (
        "## 준비 *하기*\n\n둘.\n\n### 준비 하기\n\n셋.\n\n"
    )
    assert text(BODY, "준비-하기-1") == "### 준비 하기\n\n셋.\n\n"
    assert text(BODY, "배포") == BODY[BODY.index("# 배포") : BODY.rindex("# 배포")]
    assert text(BODY, "배포-1") == "# 배포\n\n끝.\n"


def test_levels_that_print_alike_are_told_apart():
    body = "##### 가\n\n###### 나\n\n##### 다\n"

    assert text(body, "가") == "##### 가\n\n###### 나\n\n"


@pytest.mark.parametrize(
    "body",
    [
        "",
        "글\n",
        "```\n# 코드\n```\n",
        "    # 들여 쓴 코드\n",
        "<h2>HTML</h2>\n",
        "<pre>\n# 제목이 아님\n</pre>\n",
        "#붙임\n",
        "#\n\n글\n",
        "> # 인용\n",
        "- # 목록\n",
        "> [!NOTE]\n> # 알림\n",
    ],
)
def test_what_is_no_heading_of_the_page_begins_no_section(body):
    assert sections_of(body) == ()


def test_headings_in_quotes_and_lists_count_for_the_ids_of_others():
    body = "> # 배포\n\n- # 배포\n\n# 배포\n"

    assert ids(body) == ["배포-2"]
    assert ids(body)[0] == render(body).headings[-1].id


def test_headings_in_footnotes_count_where_they_are_printed():
    body = "# 가[^1]\n\n[^1]: 주\n\n    # 가\n\n# 가\n"

    printed = [heading.id for heading in render(body).headings]
    assert printed[:2] == ids(body)


def test_an_empty_heading_ends_what_stands_before_it():
    body = "## 가\n\n하나\n\n##\n\n둘\n"

    assert text(body, "가") == "## 가\n\n하나\n\n"
    assert ids(body) == ["가"]


def test_underlined_headings_begin_at_their_first_line():
    body = "앞\n\n두 줄의\n제목\n===\n\n글\n\n다음\n---\n\n끝"

    assert text(body, "두-줄의-제목") == "두 줄의\n제목\n===\n\n글\n\n다음\n---\n\n끝"
    assert text(body, "다음") == "다음\n---\n\n끝"


def test_only_a_newline_ends_a_line():
    body = "# 가\n\u2028\x0b\x0c\x85나\n\n# 다\n라\n"

    assert text(body, "가") == "# 가\n\u2028\x0b\x0c\x85나\n\n"
    assert text(body, "다") == "# 다\n라\n"


def test_a_body_that_is_shown_as_plain_text_has_none():
    assert sections_of("# 가\n" + ">" * 500 + " 깊다\n") == ()


def test_a_link_without_words_of_its_own_is_named_as_on_the_page():
    block = "((640b2bd1-6b0c-4a3e-9d2f-000000000001))"
    body = f"# {block}\n\n글\n"

    def lookup(targets):
        there = Destination("entry", "/wiki/x/", "그 글")
        return dict.fromkeys(targets, there)

    printed = [heading.id for heading in render(body, lookup).headings]
    assert [section.id for section in sections_of(body, lookup)] == printed


def test_what_is_put_back_unchanged_gives_the_same_body():
    for section in sections_of(BODY):
        same = with_section(BODY, section, section_text(BODY, section))
        assert same == BODY


def test_only_the_section_is_replaced():
    first = sections_of(BODY)[1]

    changed = with_section(BODY, first, "## 준비\n\n새 글.\n\n")

    assert changed == BODY.replace(section_text(BODY, first), "## 준비\n\n새 글.\n\n")


@pytest.mark.parametrize("end", ["", "\n", "\n\n"])
def test_what_follows_keeps_its_own_line(end):
    body = "# 가\n\n하나\n\n나\n===\n"
    section = sections_of(body)[0]

    changed = with_section(body, section, "# 가\n\n둘" + end)

    assert changed == "# 가\n\n둘\n\n나\n===\n"


def test_a_section_can_be_taken_out():
    body = "# 가\n\n하나\n\n# 나\n"

    assert with_section(body, sections_of(body)[0], "") == "# 나\n"


def test_the_last_section_ends_as_it_was_written():
    body = "# 가\n\n# 나\n둘"
    section = sections_of(body)[1]

    assert with_section(body, section, "# 나\n셋") == "# 가\n\n# 나\n셋"


_LINES = st.sampled_from(
    ["# 가", "## 가", "### 나", "글", "", "```", "---", "> # 가", "- 목록", "<div>"]
    + ["다\n===", "\u2028", "🙂", "######", "# 가 #", "<!--", "-->", "    # 코드"]
)


@given(st.lists(_LINES, max_size=30).map("\n".join), st.sampled_from(["", "\n"]))
def test_every_section_is_a_part_of_the_body_and_of_the_page(lines, end):
    body = lines + end
    printed = [(h.id, h.level, h.text) for h in render(body).headings]

    for section in sections_of(body):
        part = section_text(body, section)
        assert (section.id, section.level, section.title) in printed
        assert part in body
        assert with_section(body, section, part) == body


def test_many_headings_take_no_longer_than_a_parse():
    body = "".join(f"# 제목 {n}\n" for n in range(20_000))

    start = process_time()
    found = sections_of(body)

    assert len(found) == 20_000
    assert process_time() - start < 5


def test_a_section_says_where_it_stands():
    assert sections_of("# 가\n나\n## 다\n")[1] == Section("다", 3, "다", 2, 3)
