import random
import time
import unicodedata

import pytest
from hypothesis import given, settings

from tests.history.texts import joined, texts
from wiki.history.diff import MAX_CHANGED_LINES, diff
from wiki.history.words import is_boundary


def written(line, opening, closing):
    if line is None:
        return None
    return "".join(
        f"{opening}{text}{closing}" if changed else text
        for text, changed in line.segments
    )


def rows_of(compared):
    return [
        (row.kind, written(row.old, "[", "]"), written(row.new, "{", "}"))
        for hunk in compared.hunks
        for row in hunk.rows
    ]


def only_changed(old, new):
    [(kind, before, after)] = rows_of(diff(old, new, context=0))
    assert kind == "changed"
    return before, after


def numbers(compared):
    return [
        (row.old and row.old.number, row.new and row.new.number)
        for hunk in compared.hunks
        for row in hunk.rows
    ]


@pytest.mark.parametrize("text", ["", "가", "가\n", "\n\n", "가\r\n나\u2028다"])
@pytest.mark.parametrize("context", [0, 3, None])
def test_the_same_text_has_no_hunks(text, context):
    compared = diff(text, text, context=context)

    assert compared.hunks == ()
    assert not compared.has_changes
    assert (compared.added_chars, compared.removed_chars, compared.change_count) == (
        0,
        0,
        0,
    )


def test_a_particle_is_marked_apart_from_its_word():
    assert only_changed("서버 설정을 바꾼다", "서버에 설정을 바꾼다") == (
        "서버 설정을 바꾼다",
        "서버{에} 설정을 바꾼다",
    )


def test_words_are_marked_and_not_the_line():
    assert only_changed(
        "gRPC는 전송에 HTTP 1을 사용함.", "gRPC는 전송에 HTTP 2를 쓴다."
    ) == ("gRPC는 전송에 HTTP [1을 사용함].", "gRPC는 전송에 HTTP {2를 쓴다}.")


def test_one_syllable_in_a_long_line_marks_at_most_its_word():
    words = [f"낱말{n % 7}번을 고른다" for n in range(42)]
    old = " ".join(words)
    new = old[:203] + "힣" + old[204:]
    assert len(old) > 400

    before, after = only_changed(old, new)

    assert before.count("[") == after.count("{") == 1
    assert len(after[after.index("{") : after.index("}")]) < 8


def test_rows_carry_the_line_numbers_of_their_own_side():
    compared = diff("가\n나\n다\n", "가\n새 줄\n나\n다!\n")

    assert numbers(compared) == [(1, 1), (None, 2), (2, 3), (3, 4)]


def test_similar_lines_are_paired_in_order():
    old = "- 서버를 켠다\n- 로그를 읽는다\n"
    new = "- 먼저 설정을 읽어 둔다\n- 서버를 다시 켠다\n- 로그를 모두 읽는다\n"

    assert rows_of(diff(old, new)) == [
        ("added", None, "{- 먼저 설정을 읽어 둔다}"),
        ("changed", "- 서버를 켠다", "- 서버를 {다시 }켠다"),
        ("changed", "- 로그를 읽는다", "- 로그를 {모두 }읽는다"),
    ]


def test_a_line_that_was_added_to_is_paired_with_itself():
    old = "gRPC는 원격 프로시저 호출이다"
    new = f"{old}. 텍스트인 JSON보다 데이터가 가벼우니 그만큼 빠르게 전달되고 싸다."

    before, after = only_changed(old, new)

    assert before == old
    assert after.startswith(old + "{. ")


def test_lines_that_share_nothing_stand_side_by_side_unmarked_inside():
    [(kind, before, after)] = rows_of(diff("표로 정리하기", "| 기준 | gRPC | REST |"))

    assert (kind, before, after) == (
        "changed",
        "[표로 정리하기]",
        "{| 기준 | gRPC | REST |}",
    )
    [row] = diff("표로 정리하기", "| 기준 | gRPC | REST |").hunks[0].rows
    assert row.old.is_whole
    assert row.new.is_whole


def test_a_new_text_is_added_lines_only():
    assert rows_of(diff("", "가\n나\n")) == [
        ("added", None, "{가}"),
        ("added", None, "{나}"),
    ]
    assert rows_of(diff("가\n", "")) == [("removed", "[가]", None)]


def test_a_missing_final_newline_is_a_difference():
    assert rows_of(diff("가", "가\n")) == [("same", "가", "가"), ("added", None, "")]
    assert rows_of(diff("가\n", "가")) == [("same", "가", "가"), ("removed", "", None)]


def test_only_a_newline_ends_a_line():
    assert only_changed("가 나\u2028다\x0c라 마\r", "가 나\u2028다\x0c라 바\r") == (
        "가 나\u2028다\x0c라 [마]\r",
        "가 나\u2028다\x0c라 {바}\r",
    )


def test_a_hunk_names_the_heading_it_stands_under():
    text = "처음\n\n# 하나\n글\n```\n# 주석\n```\n글\n둘\n---\n글\n"

    compared = diff(text, text.replace("글\n", "글!\n").replace("처음", "첫"))

    assert [hunk.heading for hunk in compared.hunks] == ["", "하나", "둘"]


def test_a_removed_section_stands_under_its_own_old_heading():
    text = "# 하나\n글\n\n# 둘\n글 둘\n"

    [hunk] = diff(text, "# 하나\n글\n").hunks

    assert hunk.heading == "둘"


def test_hunks_end_at_headings_and_count_what_they_skip():
    lines = [f"{n}번째 줄" for n in range(1, 31)]
    lines[19] = "## 제목"
    new = list(lines)
    new[4], new[17], new[21] = "다섯", "열여덟", "스물둘"

    compared = diff(joined(lines), joined(new))

    assert [
        (hunk.skipped, hunk.rows[0].new.number, hunk.rows[-1].new.number)
        for hunk in compared.hunks
    ] == [(1, 2, 8), (6, 15, 19), (0, 20, 25)]
    assert compared.skipped == 5
    assert compared.change_count == 3


def test_changes_close_together_share_a_hunk():
    lines = [f"{n}번째 줄" for n in range(1, 21)]
    near, far = list(lines), list(lines)
    near[5] = near[12] = "바꿈"
    far[5] = far[13] = "바꿈"

    assert len(diff(joined(lines), joined(near)).hunks) == 1
    assert len(diff(joined(lines), joined(far)).hunks) == 2


def test_no_context_gives_the_whole_text():
    text = "# 하나\n가\n" + "줄\n" * 20 + "# 둘\n나\n"

    [hunk] = diff(text, text.replace("가", "가!"), context=None).hunks

    assert len(hunk.rows) == 24
    assert hunk.skipped == 0


def test_characters_are_counted_in_marked_segments():
    compared = diff("서버는 쉰다\n둘\n", "서버가 쉰다\n둘\n셋넷\n")

    assert (compared.added_chars, compared.removed_chars) == (3, 1)


def test_more_changed_lines_than_anyone_reads_are_compared_coarsely():
    lines = [f"{n}번째 줄의 글" for n in range(MAX_CHANGED_LINES + 1)]
    new = [line + "!" for line in lines]

    compared = diff(joined(lines), joined(new))

    assert compared.is_coarse
    assert compared.omitted_rows == 0
    assert all(row.old.is_whole for row in compared.hunks[0].rows)
    assert not diff(joined(lines[1:]), joined(new[1:])).is_coarse


def test_a_hostile_megabyte_ends_soon_and_counts_what_it_omits():
    chance = random.Random(1)
    old, new = (joined(chance.choices("ab", k=200_000)) for _ in range(2))

    started = time.process_time()
    compared = diff(old, new)

    assert compared.is_coarse
    assert compared.omitted_rows > 100_000
    assert sum(len(hunk.rows) for hunk in compared.hunks) <= 20_010
    assert compared.removed_chars > 100_000
    assert time.process_time() - started < 3


def test_a_huge_line_is_marked_where_it_differs():
    old = "가나다 라마바 " * 10_000
    new = old[:40_000] + "힣" + old[40_001:]

    before, after = only_changed(old, new)

    assert before.count("[") == 1
    assert after[after.index("{") : after.index("}")] in ("{힣", "{힣나다", "{힣마바")


def test_a_huge_line_written_afresh_is_one_mark():
    old, new = "가나 다라 " * 10_000, "나가 라다 " * 10_000

    started = time.process_time()
    before, after = only_changed(old, new)

    assert before.count("[") == after.count("{") == 1
    assert time.process_time() - started < 1


def test_many_long_changed_lines_stop_being_marked_word_by_word():
    chance = random.Random(3)
    sides = [
        joined([" ".join(chance.choices("abcdefgh", k=80)) for _ in range(2_000)])
        for _ in range(2)
    ]

    started = time.process_time()
    compared = diff(*sides)

    assert not compared.is_coarse
    assert time.process_time() - started < 3


def test_decomposed_text_is_paired_with_its_composed_form():
    composed = "- 하나의 연결로 여러 요청을 보낸다"

    before, after = only_changed(unicodedata.normalize("NFD", composed), composed)

    assert "[-" not in before
    assert after.startswith("- {하나의")


@settings(max_examples=150)
@given(texts, texts)
def test_rows_give_both_texts_back(old, new):
    compared = diff(old, new, context=None)

    assert compared.has_changes is (old != new)
    if old == new:
        return
    [hunk] = compared.hunks
    has_ends = all(not text or text.endswith("\n") for text in (old, new))
    for side, text in (("old", old), ("new", new)):
        lines = [getattr(row, side) for row in hunk.rows if getattr(row, side)]
        assert [line.number for line in lines] == list(range(1, len(lines) + 1))
        end = "\n" if has_ends and lines else ""
        assert "\n".join(line.text for line in lines) + end == text


@settings(max_examples=100)
@given(texts, texts)
def test_every_line_is_in_a_hunk_or_counted_as_skipped(old, new):
    compared = diff(old, new, context=1)
    whole = diff(old, new, context=None)

    shown = sum(len(hunk.rows) for hunk in compared.hunks)
    skipped = sum(hunk.skipped for hunk in compared.hunks) + compared.skipped
    assert shown + skipped == sum(len(hunk.rows) for hunk in whole.hunks)


@settings(max_examples=150)
@given(texts, texts)
def test_segments_join_to_their_line_and_never_cut_a_sign(old, new):
    for hunk in diff(old, new).hunks:
        for row in hunk.rows:
            for line in filter(None, (row.old, row.new)):
                place = 0
                for segment in line.segments:
                    assert segment.text
                    assert is_boundary(line.text, place)
                    place += len(segment.text)
            if row.kind == "same":
                assert row.old.text == row.new.text


@settings(max_examples=60)
@given(texts, texts)
def test_what_is_not_marked_is_equal(old, new):
    for hunk in diff(old, new).hunks:
        for row in hunk.rows:
            if row.old and row.new:
                unmarked = [
                    "".join(s.text for s in line.segments if not s.changed)
                    for line in (row.old, row.new)
                ]
                assert unmarked[0] == unmarked[1]
