"""Merging by word the lines that two people changed at the same time."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from wiki.history.matching import match

# With fewer unchanged words between them two changes speak about the same thing,
# and put together they may say what neither writer meant.
MIN_WORDS_BETWEEN = 2

_WORDS_AND_BLANKS = re.compile(r"\s+|\S+")
_HAS_LETTER = re.compile(r"\w")


def merge_words(
    base: Sequence[str], mine: Sequence[str], theirs: Sequence[str]
) -> tuple[str, ...] | None:
    """The lines with the changed words of both sides; None when they come too close.

    As many lines on each side, one standing for the other. A word is what stands
    between blanks and holds a letter or digit.
    """
    lines = [_WORDS_AND_BLANKS.findall(line) for line in base]
    words = [word for line in lines for word in line]
    my_edits = _word_edits(lines, mine)
    their_edits = _word_edits(lines, theirs)
    if not _are_apart(my_edits, their_edits, words):
        return None
    edits: list[list[_WordEdit]] = [[] for _ in lines]
    for edit in {*my_edits, *their_edits}:
        edits[edit.line].append(edit)
    merged, start = [], 0
    for line, own in zip(lines, edits, strict=True):
        own.sort(key=lambda edit: (edit.start, edit.end))
        merged.append(_edited(words, start, start + len(line), own))
        start += len(line)
    return tuple(merged)


@dataclass(frozen=True)
class _WordEdit:
    """Words `start` to `end` of the base, in one line of it, and what replaces them."""

    line: int
    start: int
    end: int
    words: tuple[str, ...]


def _word_edits(
    lines: Sequence[Sequence[str]], changed: Sequence[str]
) -> list[_WordEdit]:
    """What a side changed, line by line, as places among the words of all lines."""
    edits, start = [], 0
    for number, (old, line) in enumerate(zip(lines, changed, strict=True)):
        new = _WORDS_AND_BLANKS.findall(line)
        # No edits searched: a chance match of a small word would part two changes
        # that belong together.
        for change in match(old, new, max_edits=0).changes():
            words = tuple(new[change.new_start : change.new_end])
            first, last = start + change.old_start, start + change.old_end
            edits.append(_WordEdit(number, first, last, words))
        start += len(old)
    return edits


def _are_apart(
    mine: Sequence[_WordEdit], theirs: Sequence[_WordEdit], words: Sequence[str]
) -> bool:
    """Whether enough words that nobody changed stand between my edits and theirs.

    An edit that both made alike is no reason to clash, but parts nothing either.
    """
    changed = {place for e in (*mine, *theirs) for place in range(e.start, e.end)}
    twins = set(mine) & set(theirs)
    sides = [(e, True) for e in mine] + [(e, False) for e in theirs]
    sides = [side for side in sides if side[0] not in twins]
    sides.sort(key=lambda side: (side[0].line, side[0].start, side[0].end))
    for (edit, is_mine), (following, is_next_mine) in pairwise(sides):
        if is_mine == is_next_mine:
            continue
        between = sum(
            place not in changed and _HAS_LETTER.search(words[place]) is not None
            for place in range(edit.end, following.start)
        )
        if between < MIN_WORDS_BETWEEN:
            return False
    return True


def _edited(
    words: Sequence[str], start: int, end: int, edits: Sequence[_WordEdit]
) -> str:
    """The words from `start` to `end` as one line, with the edits made in it."""
    parts: list[str] = []
    for edit in edits:
        parts += words[start : edit.start]
        parts += edit.words
        start = edit.end
    return "".join((*parts, *words[start:end]))
