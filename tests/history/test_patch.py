import random
import shutil
import subprocess
import time

import pytest
from hypothesis import given, settings

from tests.history.texts import joined, texts
from wiki.history.patch import patch


def written(old, new):
    return "".join(patch(old, new, old_name="a.md\tr1", new_name="a.md\tr2"))


def applied(old, difference):
    """The text that a patch makes of another, by the lines of the patch alone."""
    lines = [line + "\n" for line in old.split("\n")]
    lines[-1] = lines[-1][:-1]
    result, place = [], 0
    pieces = difference.split("\n")[2:-1]
    for number, piece in enumerate(pieces):
        if piece.startswith("@@"):
            start, size = piece.split()[1][1:].split(",")
            first = int(start) - (int(size) > 0)
            result += lines[place:first]
            place = first
        elif piece.startswith("\\"):
            continue
        else:
            is_last = pieces[number + 1 : number + 2] == [
                "\\ No newline at end of file"
            ]
            line = piece[1:] + ("" if is_last else "\n")
            if piece[0] in " -":
                assert lines[place] == line
                place += 1
            if piece[0] in " +":
                result.append(line)
    return "".join(result + lines[place:])


def test_equal_texts_have_no_patch():
    assert written("가\n", "가\n") == ""


def test_a_changed_line_stands_among_three_equal_ones():
    old = joined([f"줄 {n}" for n in range(1, 11)])

    assert written(old, old.replace("줄 6\n", "여섯\n")) == (
        "--- a.md\tr1\n+++ a.md\tr2\n@@ -3,7 +3,7 @@\n"
        " 줄 3\n 줄 4\n 줄 5\n-줄 6\n+여섯\n 줄 7\n 줄 8\n 줄 9\n"
    )


def test_a_missing_final_newline_is_said():
    assert written("가", "가\n") == (
        "--- a.md\tr1\n+++ a.md\tr2\n@@ -1,1 +1,1 @@\n"
        "-가\n\\ No newline at end of file\n+가\n"
    )


def test_from_and_to_nothing():
    assert "@@ -0,0 +1,2 @@\n+가\n+나\n" in written("", "가\n나\n")
    assert "@@ -1,2 +0,0 @@\n-가\n-나\n" in written("가\n나\n", "")


@settings(max_examples=200)
@given(texts, texts)
def test_applying_it_gives_the_new_text(old, new):
    if old != new:
        assert applied(old, written(old, new)) == new


@pytest.mark.skipif(not shutil.which("git"), reason="needs git")
def test_git_applies_it(tmp_path):
    chance = random.Random(4)
    old = [f"{n}번째 줄 {chance.randrange(5)}" for n in range(60)]
    new = [line for line in old if chance.random() > 0.1]
    new[7], new[30:30] = "바뀐 줄", ["더한 줄", ""]
    (tmp_path / "a.md").write_text(joined(old)[:-1], encoding="utf-8")

    subprocess.run(
        ["git", "apply", "-p0", "--unidiff-zero", "-"],
        cwd=tmp_path,
        input=written(joined(old)[:-1], joined(new)),
        text=True,
        check=True,
    )

    assert (tmp_path / "a.md").read_text(encoding="utf-8") == joined(new)


def test_a_hostile_megabyte_ends_soon():
    chance = random.Random(1)
    old, new = (joined(chance.choices("ab", k=200_000)) for _ in range(2))

    started = time.process_time()
    written(old, new)

    assert time.process_time() - started < 3
