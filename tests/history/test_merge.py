import random
import shutil
import subprocess
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.history.texts import joined, texts
from wiki.history.merge import merge, merge_sets, merge_value

PROSE = "서버는 클라이언트가 보낸 요청을 받아 순서대로 처리하고 결과를 돌려준다"


def kinds(merged):
    return [chunk.kind for chunk in merged.chunks]


def test_changes_of_different_lines_are_both_in():
    merged = merge("가\n나\n다\n", "가!\n나\n다\n", "가\n나\n다!\n")

    assert merged.text == "가!\n나\n다!\n"
    assert kinds(merged) == ["mine", "same", "theirs"]
    assert not merged.has_clash


def test_the_same_line_changed_twice_clashes_and_keeps_mine():
    merged = merge("가\n나\n다\n", "가\n내 것\n다\n", "가\n남의 것\n다\n")

    assert merged.text == "가\n내 것\n다\n"
    assert merged.clash_count == 1
    [clash] = merged.clashes
    assert (clash.base, clash.mine, clash.theirs) == ("나\n", "내 것\n", "남의 것\n")


def test_a_clash_keeps_what_they_changed_elsewhere():
    merged = merge("가\n나\n다\n라\n", "내 것\n나\n다\n라\n", "남\n나\n다\n라!\n")

    assert merged.has_clash
    assert merged.text == "내 것\n나\n다\n라!\n"


def test_the_same_change_on_both_sides_is_made_once():
    merged = merge("가\n나\n", "가\n나\n새 줄\n", "가\n나\n새 줄\n")

    assert merged.text == "가\n나\n새 줄\n"
    assert kinds(merged) == ["same", "both"]


def test_a_line_removed_by_one_and_changed_by_the_other_clashes():
    merged = merge("가\n나\n다\n", "가\n다\n", "가\n나!\n다\n")

    assert merged.has_clash
    assert merged.text == "가\n다\n"


def test_lines_removed_on_both_sides_are_gone():
    merged = merge("가\n나\n다\n", "가\n다\n", "가\n다\n")

    assert merged.text == "가\n다\n"
    assert kinds(merged) == ["same", "both", "same"]


@pytest.mark.parametrize(
    "base, mine, theirs, expected",
    [
        ("", "", "", ""),
        ("", "가", "", "가"),
        ("", "", "가\n", "가\n"),
        ("가\n나", "", "가\n나", ""),
        ("가", "가\n", "가", "가\n"),
        ("가\n", "가\n", "가", "가"),
        ("가\n나\n다", "가\n나\n다\n라", "가!\n나\n다", "가!\n나\n다\n라"),
        ("가\n나\n다", "가\n나\n다\n라\n", "가!\n나\n다", "가!\n나\n다\n라\n"),
        ("가\n나\n다\n", "가\n나\n다", "가!\n나\n다\n", "가!\n나\n다"),
        ("가\n나", "가!\n나\n", "가\n나\n다", "가!\n나\n다\n"),
        ("\n", "\n\n", "\n", "\n\n"),
    ],
)
def test_a_missing_final_newline_loses_and_doubles_nothing(
    base, mine, theirs, expected
):
    assert merge(base, mine, theirs).text == expected


def test_only_a_newline_ends_a_line():
    base = "가\u2028나\x0c다\r\n라\n마\n"

    merged = merge(base, base.replace("가", "가!"), base.replace("마", "마!"))

    assert merged.text == "가!\u2028나\x0c다\r\n라\n마!\n"


def test_two_changes_in_one_prose_line_merge_by_word():
    mine = PROSE.replace("서버는", "작은 서버는")
    theirs = PROSE.replace("돌려준다", "기록한다")

    merged = merge(PROSE, mine, theirs)

    assert merged.text == "작은 " + PROSE.replace("돌려준다", "기록한다")
    assert kinds(merged) == ["both"]


@pytest.mark.parametrize("distance, is_clean", [(1, False), (2, False), (3, True)])
def test_two_unchanged_words_must_stand_between(distance, is_clean):
    words = PROSE.split()
    for first in range(len(words) - distance):
        mine, theirs = list(words), list(words)
        mine[first], theirs[first + distance] = "내것", "남의것"

        merged = merge(PROSE, " ".join(mine), " ".join(theirs))

        assert merged.has_clash is not is_clean
        if is_clean:
            theirs[first] = "내것"
            assert merged.text == " ".join(theirs)


def test_signs_between_two_changes_are_no_words():
    base = "하나 - 둘 - - 셋"

    assert merge(base, "하나! - 둘 - - 셋", "하나 - 둘 - - 셋!").has_clash


def test_the_same_word_changed_alike_merges_with_changes_further_on():
    base = "하나 둘 셋 넷 다섯 여섯 일곱"

    merged = merge(
        base, "하나! 둘 셋 넷 다섯 여섯 일곱", "하나! 둘 셋 넷 다섯 여섯 일곱!"
    )

    assert merged.text == "하나! 둘 셋 넷 다섯 여섯 일곱!"


def test_a_word_both_changed_alike_does_not_part_two_changes():
    base = "하나 둘 셋 넷"

    assert merge(base, "하나! 둘 셋! 넷", "하나 둘 셋! 넷!").has_clash


def test_neighbouring_prose_lines_merge_by_word():
    base = "- 첫째 항목의 내용이다\n- 둘째 항목의 내용이다\n"

    merged = merge(base, base.replace("첫째", "하나"), base.replace("둘째", "두 번째"))

    assert merged.text == "- 하나 항목의 내용이다\n- 두 번째 항목의 내용이다\n"


def test_neighbouring_lines_written_afresh_clash():
    merged = merge("가 나\n다 라\n", "하나 둘\n다 라\n", "가 나\n셋 넷\n")

    assert merged.has_clash
    assert merged.text == "하나 둘\n다 라\n"


@pytest.mark.parametrize(
    "line",
    [
        "```\n{}\n```\n",
        "- 항목\n\n  ~~~ text\n  {}\n  ~~~\n",
        "> ```\n> {}\n",
        "글\n\n    {}\n",
        "| {} |\n",
        "가 | 나\n--- | ---\n{} | 다\n",
        "## {}\n",
        "{}\n===\n",
        '<p title="{}">\n',
    ],
)
def test_words_are_not_merged_outside_prose(line):
    base, mine, theirs = (
        line.format(text)
        for text in (PROSE, PROSE.replace("서버", "기계"), PROSE.replace("돌", "되돌"))
    )

    assert merge(base, mine, theirs).has_clash


def test_words_are_not_merged_when_one_side_put_the_line_into_code():
    mine = "```\n" + PROSE.replace("서버", "기계") + "\n```\n"

    assert merge(PROSE + "\n", mine, PROSE.replace("돌", "되돌") + "\n").has_clash


def test_lines_both_sides_add_alike_stand_outside_the_clash():
    merged = merge("글\n", "글\n## 새 절\n내 것\n", "글\n## 새 절\n남의 것\n")

    [clash] = merged.clashes
    assert (clash.mine, clash.theirs) == ("내 것\n", "남의 것\n")
    assert clash.both == "내 것\n남의 것\n"
    assert merged.text == "글\n## 새 절\n내 것\n"


def test_a_chunk_knows_its_line_and_its_heading():
    base = "# 처음\n하나\n\n```\n# 주석\n```\n## 둘째 ##\n둘\n"

    merged = merge(base, base.replace("둘\n", "내 둘\n"), base + "\n## 셋째\n셋\n")

    [clash] = merged.clashes
    assert (clash.line, clash.heading) == (8, "둘째")
    assert (merged.chunks[0].line, merged.chunks[0].heading) == (1, "처음")


def test_a_chunk_above_all_headings_has_none():
    merged = merge("하나\n# 둘\n", "내 것\n# 둘\n", "남의 것\n# 둘\n")

    assert merged.clashes[0].heading == ""


def test_a_section_added_at_the_end_stands_under_its_own_heading():
    base = "# 하나\n글\n"

    merged = merge(base, base, base + "\n## 새 절\n글\n")

    assert merged.chunks[-1].heading == "새 절"


def test_choices_take_the_place_of_the_clashes():
    merged = merge("가\n나\n다\n라", "가1\n나\n다\n라1", "가2\n나\n다\n라2")

    assert merged.resolved(["둘 다", "라1\n라2"]) == "둘 다\n나\n다\n라1\n라2"
    assert merged.resolved([chunk.mine for chunk in merged.clashes]) == merged.text
    assert merged.resolved(["", ""]) == "나\n다\n"


def test_repeated_lines_are_merged_where_they_are():
    lines = ["- 같은 줄"] * 5_000
    mine = ["- 내 줄" if n % 200 == 0 else line for n, line in enumerate(lines)]
    theirs = ["- 남의 줄" if n % 200 == 100 else line for n, line in enumerate(lines)]

    started = time.process_time()
    merged = merge(joined(lines), joined(mine), joined(theirs))

    assert not merged.has_clash
    assert merged.text.count("- 내 줄") == merged.text.count("- 남의 줄") == 25
    assert time.process_time() - started < 2


def test_a_hostile_megabyte_ends_soon_and_says_it_is_coarse():
    chance = random.Random(1)
    base, mine, theirs = (joined(chance.choices("ab", k=200_000)) for _ in range(3))

    started = time.process_time()
    merged = merge(base, mine, theirs)

    assert merged.is_coarse
    assert merged.has_clash
    assert time.process_time() - started < 4


def test_nested_repetition_is_merged():
    # The matcher underneath panics on this when it is left to recurse by itself.
    base = [str(n // 2 + n % 2) for n in range(400)]
    mine = [str(n // 2 + 1 - n % 2) for n in range(400)]

    merged = merge(joined(base), joined(mine), joined(base))

    assert merged.text == joined(mine)


@settings(max_examples=60)
@given(texts, texts)
def test_when_one_side_changed_nothing_the_other_stands(base, changed):
    assert merge(base, base, changed).text == changed
    assert merge(base, changed, base).text == changed
    assert merge(base, changed, changed).text == changed


@settings(max_examples=150)
@given(texts, texts, texts)
def test_chunks_give_every_text_back(base, mine, theirs):
    merged = merge(base, mine, theirs)

    for side, text in (
        ("base", base),
        ("mine", mine),
        ("theirs", theirs),
        ("text", merged.text),
    ):
        assert "".join(getattr(chunk, side) for chunk in merged.chunks) == text


@settings(max_examples=150)
@given(texts, texts, texts)
def test_no_line_of_mine_is_lost_in_a_clash(base, mine, theirs):
    merged = merge(base, mine, theirs)

    for clash in merged.clashes:
        assert clash.text.rstrip("\n") == clash.mine.rstrip("\n")
    added = set(mine.split("\n")) - set(base.split("\n"))
    if not any(chunk.kind == "both" for chunk in merged.chunks):
        assert added <= set(merged.text.split("\n"))


@settings(max_examples=100)
@given(texts, texts, texts)
def test_both_directions_are_clean_or_neither(base, mine, theirs):
    there, back = merge(base, mine, theirs), merge(base, theirs, mine)

    assert there.clash_count == back.clash_count
    if not there.has_clash:
        assert there.text == back.text


EDITS = st.sampled_from(["", "replace", "remove", "insert", "emoji"])


@settings(max_examples=100)
@given(st.lists(st.tuples(EDITS, st.booleans()), min_size=1, max_size=12))
def test_disjoint_edits_equal_both_applied(edits):
    lines = [f"{n}번째 줄 {'😀🇰🇷각'[n % 4 :]}" for n in range(2 * len(edits))]

    def applied(*wanted):
        edited = []
        for n, line in enumerate(lines):
            edit, is_mine = edits[n // 2]
            new = _edited(line, edit if n % 2 == 0 and is_mine in wanted else "")
            edited += new
        return joined(edited)

    base, mine, theirs = joined(lines), applied(True), applied(False)

    assert merge(base, mine, theirs).text == applied(True, False)
    assert merge(base, theirs, mine).text == applied(True, False)
    assert not merge(base, mine, theirs).has_clash


def _edited(line, edit):
    return {
        "": [line],
        "replace": [f"바꾼 {line}"],
        "remove": [],
        "insert": [line, f"더한 {line}", ""],
        "emoji": [line + "👨‍👩‍👧"],
    }[edit]


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
def test_line_merges_are_those_of_git(tmp_path):
    chance = random.Random(20)
    for _ in range(250):
        base = _some_lines(chance)
        mine, theirs = _some_edits(base, chance), _some_edits(base, chance)

        merged = merge(joined(base), joined(mine), joined(theirs))
        clashes, text = _git_merge(tmp_path, base, mine, theirs)

        assert merged.has_clash is clashes
        if not clashes:
            assert merged.text == text


def _some_lines(chance):
    # One word a line: nothing that could be merged by word.
    return [
        chance.choice(["", f"줄{n}", f"줄{n}", f"줄{n}", f"w{chance.randrange(9)}"])
        for n in range(chance.randrange(5, 60))
    ]


def _some_edits(base, chance):
    lines = list(base)
    for _ in range(chance.randrange(4)):
        place = chance.randrange(len(lines))
        new = [f"새{chance.randrange(999)}", ""][: chance.randrange(3)]
        lines[place : place + chance.randrange(3)] = new or lines[place:place]
        lines = lines or ["끝"]
    return lines


def _git_merge(folder, base, mine, theirs):
    names = ("mine", "base", "theirs")
    for name, lines in zip(names, (mine, base, theirs), strict=True):
        (folder / name).write_text(joined(lines), encoding="utf-8")
    done = subprocess.run(
        ["git", "merge-file", "-p", *names],
        cwd=folder,
        capture_output=True,
        check=False,
    )
    return done.returncode > 0, done.stdout.decode()


@pytest.mark.parametrize(
    "base, mine, theirs, value, is_clash",
    [
        ("가", "가", "가", "가", False),
        ("가", "나", "가", "나", False),
        ("가", "가", "다", "다", False),
        ("가", "나", "나", "나", False),
        ("가", "나", "다", "나", True),
        (None, "나", "다", "나", True),
        ("가", "", "가", "", False),
    ],
)
def test_a_value_is_the_changed_one(base, mine, theirs, value, is_clash):
    assert merge_value(base, mine, theirs) == (value, is_clash)


@pytest.mark.parametrize(
    "base, mine, theirs, expected",
    [
        ("abc", "abc", "abc", "abc"),
        ("abc", "ab", "abc", "ab"),
        ("abc", "abc", "bc", "bc"),
        ("abc", "abcx", "abcy", "abcxy"),
        ("abc", "xabc", "abc", "xabc"),
        ("abc", "abc", "xabc", "xabc"),
        ("abc", "ab", "abcd", "abd"),
        ("abc", "", "abcd", "d"),
        ("abc", "cba", "abcd", "cbad"),
        ("abc", "abcx", "cba", "cbax"),
        ("abc", "x", "x", "x"),
        ("", "ab", "ba", "ab"),
        ("abc", "abbc", "abc", "abc"),
    ],
)
def test_sets_keep_order_additions_and_removals(base, mine, theirs, expected):
    assert merge_sets(base, mine, theirs) == tuple(expected)


def test_a_set_by_key_takes_the_changed_spelling():
    merged = merge_sets(
        ["DB", "k8s"], ["DB", "K8s"], ["db", "k8s", "sql"], key=str.lower
    )

    assert merged == ("db", "K8s", "sql")
