import random
import time
import unicodedata

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.history.texts import LINES, joined, texts
from wiki.history.diff import diff
from wiki.history.matching import match
from wiki.history.moves import find_moves

SECTION = [
    "## 설치",
    "",
    "서버에 도커를 먼저 설치한다.",
    "그다음 설정 파일을 옮긴다.",
    "",
]
REST = [f"{n}번째로 할 일을 적은 줄이다." for n in range(12)]


def moves(old, new):
    found = find_moves(old, new, match(old, new).changes())
    return [(move.old, move.new, move.size) for move in found]


def moved_lines(compared, side):
    lines = [
        getattr(row, side)
        for hunk in compared.hunks
        for row in hunk.rows
        if getattr(row, side) is not None
    ]
    return [line for line in lines if line.moved]


def test_a_section_that_stands_elsewhere_moved():
    assert moves([*SECTION, *REST], [*REST, *SECTION]) == [(0, 12, 5)]


def test_both_places_know_of_each_other():
    compared = diff(joined([*SECTION, *REST]), joined([*REST, *SECTION]))

    old, new = (moved_lines(compared, side) for side in ("old", "new"))
    assert compared.move_count == 1
    assert [line.text for line in old] == [line.text for line in new] == SECTION
    assert {line.moved.number for line in old + new} == {1}
    assert (old[0].moved.line, new[0].moved.line) == (13, 1)
    assert [line.moved.is_first for line in new] == [True, *[False] * 4]


def test_what_moved_is_neither_added_nor_removed():
    compared = diff(joined([*SECTION, *REST]), joined([*REST, *SECTION]))

    assert (compared.added_chars, compared.removed_chars) == (0, 0)


def test_a_word_that_changed_on_the_way_is_marked():
    edited = list(SECTION)
    edited[2] = "서버에 도커를 나중에 설치한다."

    compared = diff(joined([*SECTION, *REST]), joined([*REST, *edited]))

    assert compared.move_count == 1
    assert len(moved_lines(compared, "new")) == len(SECTION)
    marked = [s.text for line in moved_lines(compared, "new") for s in line.segments]
    assert "나중에" in marked
    assert compared.added_chars == len("나중에")


def test_a_line_at_the_end_that_changed_on_the_way_moved_too():
    edited = list(SECTION)
    edited[3] = "그다음 설정 파일을 복사한다."

    assert moves([*SECTION, *REST], [*REST, *edited]) == [(0, 12, 5)]
    assert moves([*edited[::-1], *REST], [*REST, *SECTION[::-1]]) == [(0, 12, 5)]


def test_a_list_that_changed_its_depth_moved():
    old = ["- 서버를 켜고 기다린다", "- 로그를 읽고 적는다"]

    assert moves([*old, *REST], [*REST, *(f"    {line}" for line in old)]) == [
        (0, 12, 2)
    ]


def test_one_long_line_is_a_block_and_a_short_one_is_not():
    long = "한 줄이지만 마흔 글자를 넘겨서 어디로 옮겨 갔는지 알아볼 만큼 긴 줄이다."

    assert moves([long, *REST], [*REST, long]) == [(0, 12, 1)]
    assert moves(["짧은 줄", *REST], [*REST, "짧은 줄"]) == []
    assert moves(["}", "", "}", *REST], [*REST, "}", "", "}"]) == []


def test_indenting_in_place_is_no_move():
    lines = ["- 서버를 켜고 기다린다", "- 로그를 읽고 적는다"]

    assert moves(lines, [f"  {line}" for line in lines]) == []


def test_lines_that_stand_everywhere_lead_nowhere():
    old = ["같은 줄이 여러 번 나온다", "또 같은 줄이 나온다"] * 20

    assert moves([*old, *REST], [*REST, *old[:38]]) == []


def test_a_block_that_came_twice_is_one_move_and_one_addition():
    compared = diff(joined([*SECTION, *REST]), joined([*REST, *SECTION, *SECTION]))

    assert compared.move_count == 1
    assert len(moved_lines(compared, "new")) == len(SECTION)


def test_two_blocks_that_changed_places_are_one_move():
    first = [f"첫 묶음의 {n}번째 줄이다" for n in range(4)]
    second = [f"다음 묶음의 {n}번째 줄이다" for n in range(6)]

    assert len(moves([*first, *second], [*second, *first])) == 1


def test_decomposed_letters_are_other_letters():
    old = [unicodedata.normalize("NFD", line) for line in SECTION]

    assert moves([*old, *REST], [*REST, *SECTION]) == []


def test_hostile_texts_end_soon():
    chance = random.Random(7)
    words = [f"{n}번째 낱말이 들어 있는 줄" for n in range(3_000)]
    old, new = (chance.sample(words, len(words)) * 6 for _ in range(2))
    changes = match(old, new).changes()

    started = time.process_time()
    find_moves(old, new, changes)

    assert time.process_time() - started < 2


blocks = st.lists(
    st.lists(st.sampled_from(LINES) | st.text(max_size=30), min_size=1, max_size=4),
    max_size=6,
)


@settings(max_examples=150)
@given(blocks, st.randoms(use_true_random=False), texts)
def test_blocks_that_moved_say_the_same_in_both_texts(parts, chance, extra):
    shuffled = list(parts)
    chance.shuffle(shuffled)
    old = [line for part in parts for line in part]
    new = [line for part in shuffled for line in part] + extra.split("\n")
    changes = match(old, new).changes()
    gone = {i for c in changes for i in range(c.old_start, c.old_end)}
    come = {j for c in changes for j in range(c.new_start, c.new_end)}

    for move in find_moves(old, new, changes):
        for n in range(move.size):
            # Each line is given away once, and was removed or added.
            gone.remove(move.old + n)
            come.remove(move.new + n)
        same = sum(
            old[move.old + n].split() == new[move.new + n].split()
            for n in range(move.size)
        )
        assert 2 * same >= move.size - 4


@settings(max_examples=150)
@given(blocks, st.randoms(use_true_random=False))
def test_rows_with_moves_give_both_texts_back(parts, chance):
    shuffled = list(parts)
    chance.shuffle(shuffled)
    old, new = (
        "\n".join(line for p in some for line in p) for some in (parts, shuffled)
    )

    compared = diff(old, new, context=None)

    if old == new:
        return
    [hunk] = compared.hunks
    for side, text in (("old", old), ("new", new)):
        lines = [getattr(row, side) for row in hunk.rows if getattr(row, side)]
        assert [line.number for line in lines] == list(range(1, len(lines) + 1))
        joined_lines = "\n".join(line.text for line in lines)
        assert text in (joined_lines, joined_lines + "\n")
