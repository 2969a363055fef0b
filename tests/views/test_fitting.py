"""What of a long comparison stands on a page."""

from wiki.history.diff import diff
from wiki.views.fitting import MAX_LINE_CHARS, Room


def shown(old, new, **room):
    room = Room(**room)
    rows = [row for _, rows in room.fit(diff(old, new).hunks) for row in rows]
    return rows, room.omitted


def test_what_fits_is_as_it_was():
    hunks = diff("가\n나\n", "가\n다\n").hunks

    [(hunk, rows)] = Room().fit(hunks)

    assert hunk is hunks[0]
    assert rows == hunks[0].rows


def test_what_does_not_fit_is_counted():
    old = "".join(f"{n}번째 옛 줄이다\n" for n in range(100))
    new = "".join(f"{n}번째 새 글을 쓴다\n" for n in range(100))

    rows, omitted = shown(old, new, left=10_000)

    assert 10 < len(rows) < 40
    assert len(rows) + omitted == sum(len(hunk.rows) for hunk in diff(old, new).hunks)


def test_of_a_huge_line_what_changed_is_shown_and_no_sign_is_cut():
    old = "가족 👨‍👩‍👧 그리고 나 " * 5_000
    new = old[:40_000] + "힣" + old[40_000:]
    assert len(old) > MAX_LINE_CHARS

    [row], omitted = shown(old, new)

    assert omitted == 0
    assert "힣" in row.new.text
    assert " … " in row.new.text
    assert len(row.new.text) < 5_000
    assert not row.new.text.startswith("\u200d")
    assert "\u200d …" not in row.new.text


def test_a_huge_new_line_is_shown_in_part():
    rows, _ = shown("", "글" * 1_000_000)

    assert len(rows[0].new.text) < 10_000
