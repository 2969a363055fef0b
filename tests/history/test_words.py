import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wiki.history.words import is_boundary, mark_words


def marked(old, new):
    marks = mark_words(old, new)
    return (
        _written(old, [(mark.old_start, mark.old_end) for mark in marks]),
        _written(new, [(mark.new_start, mark.new_end) for mark in marks]),
    )


def _written(text, spans):
    parts, place = [], 0
    for start, end in spans:
        parts += [text[place:start], f"[{text[start:end]}]"]
        place = end
    return "".join([*parts, text[place:]])


@pytest.mark.parametrize(
    "old, new, old_marked, new_marked",
    [
        ("서버", "서버에", "서버[]", "서버[에]"),
        ("서버를 본다", "서버가 본다", "서버[를] 본다", "서버[가] 본다"),
        ("사용하는 법", "부르는 법", "[사용하]는 법", "[부르]는 법"),
        ("가가", "가가가", "가가[]", "가가[가]"),
        ("service", "services", "[service]", "[services]"),
        ("HTTP2로", "HTTP3로", "HTTP[2]로", "HTTP[3]로"),
        ("가 나 다", "라 마 다", "[가 나] 다", "[라 마] 다"),
        ("gRPC 통신", "**gRPC** 통신", "[]gRPC[] 통신", "[**]gRPC[**] 통신"),
        ("(1, 2)", "(1,2)", "(1,[ ]2)", "(1,[]2)"),
        ("", "가", "[]", "[가]"),
    ],
)
def test_marks(old, new, old_marked, new_marked):
    assert marked(old, new) == (old_marked, new_marked)


@pytest.mark.parametrize(
    "old, new",
    [
        ("👨‍👩‍👧", "👨‍👩‍👦"),
        ("👍🏻", "👍🏽"),
        ("🇰🇷", "🇰🇵"),
        ("☕", "☕\ufe0f"),
        ("1\ufe0f\u20e3", "2\ufe0f\u20e3"),
        ("cafe\u0301", "cafe\u0300"),
        ("🏴\U000e0067\U000e0062\U000e007f", "🏴\U000e0067\U000e0061\U000e007f"),
    ],
)
def test_what_a_reader_sees_as_one_sign_is_marked_whole(old, new):
    assert marked(f"앞 {old} 뒤", f"앞 {new} 뒤") == (
        f"앞 [{old}] 뒤",
        f"앞 [{new}] 뒤",
    )


def test_decomposed_syllables_are_not_split():
    old, new = (unicodedata.normalize("NFD", word) for word in ("각오를", "각오가"))
    head = unicodedata.normalize("NFD", "각오")

    assert marked(old, new) == (
        f"{head}[{old[len(head) :]}]",
        f"{head}[{new[len(head) :]}]",
    )
    old, new = (unicodedata.normalize("NFD", word) for word in ("가로", "각로"))
    tail = unicodedata.normalize("NFD", "로")
    assert marked(old, new) == (
        f"[{old.removesuffix(tail)}]{tail}",
        f"[{new.removesuffix(tail)}]{tail}",
    )


@pytest.mark.parametrize(
    "sign",
    [
        "가",
        unicodedata.normalize("NFD", "각"),
        "가\u11a8",
        "e\u0301\u0327",
        "👨‍👩‍👧‍👦",
        "🇰🇷",
        "❤\ufe0f",
        "か\u3099",
        "\r\n",
        "ก\u0e33",
    ],
)
def test_a_sign_has_boundaries_only_around_it(sign):
    text = f"a{sign}가"

    places = [place for place in range(len(text) + 1) if is_boundary(text, place)]

    assert places == [0, 1, 1 + len(sign), 2 + len(sign)]


def test_flags_are_cut_in_pairs():
    text = "🇰🇷🇯🇵🇺"

    assert [place for place in range(6) if is_boundary(text, place)] == [0, 2, 4, 5]


PIECES = ["가", "각오", "\u1100", "\u1161", "\u11a8", "e", "\u0301", "\u200d", "👩"]
lines = st.lists(st.sampled_from([*PIECES, "🇰", "🇷", "\ufe0f", " ", "1", "*"])).map(
    "".join
)


@settings(max_examples=200)
@given(lines, lines)
def test_what_stands_outside_the_marks_is_the_same(old, new):
    i = j = 0
    for mark in mark_words(old, new):
        assert old[i : mark.old_start] == new[j : mark.new_start]
        assert mark.old_start < mark.old_end or mark.new_start < mark.new_end
        assert is_boundary(old, mark.old_start)
        assert is_boundary(new, mark.new_end)
        i, j = mark.old_end, mark.new_end

    assert old[i:] == new[j:]
