"""Which revision each line comes from."""

import time
import unicodedata
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.history.texts import joined, texts
from wiki.history.blame import (
    UNKNOWN,
    Run,
    blame,
    first_step,
    follow,
    runs_of,
    step,
    steps_of,
)
from wiki.history.lines import split_lines

histories = st.lists(texts, min_size=1, max_size=8)
# Lines that each stand once in a text, in any order.
UNIQUE = [
    "gRPC는 HTTP/2를 쓴다.",
    "하나의 연결로 여러 요청을 보낸다",
    "배포 🚀",
    "가족 👨‍👩‍👧",
    unicodedata.normalize("NFD", "각자의 서버"),
    "각자의 서버",
    "끝에 CR\r",
    "줄 가름\u2028아래",
    "code = 1",
    "code = 2",
    "9",
    "## 제목",
]
unique_texts = st.permutations(UNIQUE).flatmap(
    lambda lines: st.integers(0, len(lines)).map(lambda size: joined(lines[:size]))
)


def oracle(versions):
    """For lines that are unique: each is as old as it was there without a break.

    Unless the whole text was there before.
    """
    origins, seen = {}, {}
    for number, text in enumerate(versions, 1):
        lines = split_lines(text)
        if text in seen:
            origins = seen[text]
        else:
            origins = {line: origins.get(line, number) for line in lines}
        seen[text] = origins
    return [origins[line] for line in split_lines(versions[-1])]


@given(histories)
def test_each_line_is_of_a_revision_that_has_it(versions):
    origins = blame(versions)

    lines = split_lines(versions[-1])
    assert len(origins) == len(lines)
    assert sum(run.size for run in runs_of(origins)) == len(lines)
    for line, number in zip(lines, origins, strict=True):
        assert line in split_lines(versions[number - 1])


@given(histories, st.data())
def test_each_line_of_what_is_brought_back_is_of_a_revision_that_has_it(versions, data):
    flags = data.draw(st.lists(st.booleans(), min_size=8, max_size=8))
    steps = [(1, first_step(versions[0]))]
    for number, (old, new) in enumerate(pairwise(versions), 2):
        steps.append((number, step(old, new, brings_back=flags[number - 2])))

    lines = split_lines(versions[-1])
    for line, number in zip(lines, follow(steps), strict=True):
        assert line in split_lines(versions[number - 1])


@given(histories)
def test_ignoring_blanks_each_line_is_of_a_revision_that_has_its_letters(versions):
    def letters(text):
        return ["".join(line.split()) for line in split_lines(text)]

    origins = blame(versions, ignores_blanks=True)

    for line, number in zip(letters(versions[-1]), origins, strict=True):
        assert line in letters(versions[number - 1])


@given(st.lists(unique_texts, min_size=1, max_size=8))
def test_lines_that_do_not_repeat_are_as_old_as_they_are(versions):
    assert list(blame(versions)) == oracle(versions)


@given(histories)
def test_same_text_has_the_same_blame(versions):
    before = blame(versions)

    assert blame([*versions, "다른 글\n", versions[-1]]) == before


@given(histories, texts)
def test_line_that_stayed_keeps_its_origin(versions, added):
    former = blame(versions)
    body = versions[-1]
    if body and not body.endswith("\n"):
        body += "\n"

    later = blame([*versions, "새 줄 하나\n" + body])

    assert list(later[1:]) == list(former) or body == "새 줄 하나\n" + body


@given(histories)
def test_steps_without_the_first_know_no_more_than_they_tell(versions):
    numbered = list(enumerate(steps_of(versions), 1))
    whole = follow(numbered)

    for start in range(1, len(numbered)):
        part = follow(numbered[start:])
        assert len(part) == len(whole)
        for known, true in zip(part, whole, strict=True):
            # A text from before the part may come back under a later number.
            assert known in (UNKNOWN, true) or known > start


def test_runs_join_what_stands_together():
    assert runs_of([2, 2, 1, 2], start=10) == [
        Run(2, 10, 2),
        Run(1, 12, 1),
        Run(2, 13, 1),
    ]


@pytest.mark.parametrize(
    "versions, expected",
    [
        ([""], []),
        (["", "하나\n"], [2]),
        (["하나\n", ""], []),
        (["하나", "하나\n"], [1]),
        (["하나\n둘\n", "하나\n둘"], [1, 1]),
        (["하나\n셋\n", "하나\n둘\n셋\n"], [1, 2, 1]),
        (["하나\n\n셋\n", "하나\n\n둘\n\n셋\n"], [1, 1, 2, 2, 1]),
        (["가\n나\n다\n", "가\n나 고침\n다\n"], [1, 2, 1]),
        # Of equal lines in a row the last was added.
        (["가\n가\n", "가\n가\n가\n"], [1, 1, 2]),
        # NFC and NFD are different texts.
        (["각\n", unicodedata.normalize("NFD", "각\n")], [2]),
    ],
)
def test_small_histories(versions, expected):
    assert list(blame(versions)) == expected


def test_moved_section_stays_its_authors():
    first = "# 절차\n\n태그를 단다\n\n# 되돌리기\n\n이전 태그\n\n# 끝\n\n안녕\n"
    moved = "# 절차\n\n태그를 단다\n\n# 끝\n\n안녕\n\n# 되돌리기\n\n이전 태그\n"

    origins = blame([first, moved])

    lines = zip(split_lines(moved), origins, strict=True)
    assert {number for line, number in lines if line} == {1}
    assert list(origins).count(2) <= 1


def test_mark_alone_is_not_taken_for_moved():
    assert list(blame(["}\n하나\n둘\n", "하나\n둘\n}\n"])) == [1, 1, 2]


def test_copy_is_its_copiers():
    assert list(blame(["하나\n둘\n", "하나\n둘\n하나\n"])) == [1, 1, 2]


def test_revert_credits_those_who_wrote():
    versions = ["하나\n", "하나\n둘\n", "스팸\n", "하나\n둘\n", "하나\n둘\n셋\n"]

    assert list(blame(versions)) == [1, 2, 5]


def test_revert_to_what_is_not_known_yet_is_nobodys():
    spam, back = step("하나\n", "스팸\n"), step("스팸\n", "하나\n", brings_back=True)

    assert list(follow([(8, spam), (9, back)])) == [UNKNOWN]
    assert list(follow([(1, first_step("하나\n")), (2, spam), (3, back)])) == [1]


def test_undo_in_the_middle_credits_those_who_wrote():
    steps = [
        (1, first_step("하나\n둘\n셋\n")),
        (2, step("하나\n둘\n셋\n", "하나\n")),
        (3, step("하나\n", "하나\n넷\n")),
        (4, step("하나\n넷\n", "하나\n둘\n셋\n또\n넷\n", brings_back=True)),
    ]

    assert list(follow(steps)) == [1, 1, 1, 4, 3]
    assert list(follow(steps[1:])) == [UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, 3]
    # Who writes it again without saying so has written it.
    assert list(follow([*steps[:3], (4, step("하나\n넷\n", "둘\n넷\n"))])) == [4, 3]


@pytest.mark.parametrize("ignores, expected", [(False, [2, 2, 1]), (True, [1, 1, 1])])
def test_blanks_can_be_ignored(ignores, expected):
    versions = ["- 하나\n- 둘 셋\n끝\n", "  - 하나\n- 둘\u3000셋\n끝\n"]

    assert list(blame(versions, ignores_blanks=ignores)) == expected


@given(texts, texts)
def test_ends_found_as_text_are_those_of_the_lines(old, new):
    found = step(old, new)

    lines = [None] * found.former_lines
    for index, line in enumerate(split_lines(old)):
        lines[index] = line
    made = []
    for start, size in zip(found.pieces[::2], found.pieces[1::2], strict=True):
        made += lines[start : start + size] if start >= 0 else [None] * size
    assert len(made) == len(split_lines(new))
    for line, expected in zip(made, split_lines(new), strict=True):
        assert line in (None, expected)


def test_thousand_revisions_of_a_long_page_in_time():
    lines = [f"{number}번째 줄의 글은 이렇게 이어진다." for number in range(6_000)]
    versions = []
    for number in range(1_000):
        lines[number * 5] = f"고친 줄 {number}"
        versions.append(joined(lines))
    started = time.monotonic()

    origins = blame(versions)

    seconds = time.monotonic() - started
    assert origins[: 5 * 1_000 : 5].tolist() == list(range(1, 1_001))
    # Half a second alone on a machine; others may be at work on it.
    assert seconds < 20


def test_text_of_nothing_but_line_ends_is_done_in_time():
    versions = ["\n" * 100_000, "\n" * 60_000 + "글\n" + "\n" * 60_000]
    started = time.monotonic()

    assert len(blame(versions)) == 120_001
    assert time.monotonic() - started < 20


def test_rewritten_text_is_done_in_time():
    one, other = (joined([f"{k}{n % 70}" for n in range(20_000)]) for k in "가나")
    started = time.monotonic()

    assert set(blame([one, other, one + other])) <= {1, 2, 3}
    assert all(a.number != b.number for a, b in pairwise(runs_of(blame([one]))))
    assert time.monotonic() - started < 20
