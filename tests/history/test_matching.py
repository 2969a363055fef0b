import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wiki.history.matching import Change, match

few_items = st.lists(st.sampled_from(["", "a", "b", "c", "가", "}"]), max_size=25)


def blocks(old, new, **options):
    return match(old, new, **options).get_matching_blocks()


@pytest.mark.parametrize(
    "old, new, expected",
    [
        ("", "", []),
        ("abc", "abc", [(0, 0, 3)]),
        ("abc", "abxc", [(0, 0, 2), (2, 3, 1)]),
        ("abcd", "ad", [(0, 0, 1), (3, 1, 1)]),
        ("ab", "xy", []),
    ],
)
def test_what_is_the_same(old, new, expected):
    assert blocks(old, new) == expected


def test_the_last_of_equal_items_counts_as_added_or_removed():
    assert match("axxb", "axxxb").changes() == [Change(3, 3, 3, 4)]
    assert match("axxxb", "axxb").changes() == [Change(3, 4, 3, 3)]
    assert match("1-2-3", "1-2-x-3").changes() == [Change(4, 4, 4, 6)]


def test_repeated_items_between_changes_are_found():
    old = list("xxxxxxxxxxxx")
    new = list("xxxaxxxxbxxx")

    assert sum(size for _, _, size in blocks(old, new)) == 10


def test_without_edits_only_anchors_hold():
    assert blocks("x1x2y1y", "x1x3y1y", max_edits=0) == [(0, 0, 3), (4, 4, 3)]
    assert blocks("axxbyyc", "dxxeyyf", max_edits=0) == []


def test_spent_work_leaves_the_rest_changed_and_says_so():
    chance = random.Random(2)
    old, new = (chance.choices("ab", k=500) for _ in range(2))

    matching = match(old, new, max_work=1_500)

    assert matching.is_coarse
    assert not match(old[:50], old[:50]).is_coarse


@settings(max_examples=150)
@given(few_items, few_items)
def test_blocks_are_equal_and_in_order(old, new):
    i = j = 0
    for start, other, size in blocks(old, new):
        assert size > 0
        assert start >= i
        assert other >= j
        assert old[start : start + size] == new[other : other + size]
        i, j = start + size, other + size


@settings(max_examples=100)
@given(few_items, few_items)
def test_changes_lead_from_old_to_new(old, new):
    rebuilt, place = [], 0
    for change in match(old, new).changes():
        rebuilt += (
            old[place : change.old_start] + new[change.new_start : change.new_end]
        )
        place = change.old_end

    assert rebuilt + old[place:] == new
