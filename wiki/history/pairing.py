"""Which old line became which new one, where neither stayed as it was."""

import unicodedata
from collections.abc import Iterator, Sequence
from itertools import pairwise

# A block of changed lines is paired in parts of this size, each in its square.
MAX_PAIRED_LINES = 40
# Two lines less alike than this are not the same line, rewritten.
MIN_LIKENESS = 0.4
# A line that another one holds almost whole is that line, added to. It is less
# alike than its share tells, and short lines are found in every other.
CONTAINED_LESS = 0.3
MIN_CONTAINED_PAIRS = 8
# Enough of a line to know it again.
MAX_LIKENESS_CHARS = 1_000


def pairs(
    old_lines: Sequence[str],
    new_lines: Sequence[str],
    old: Sequence[int],
    new: Sequence[int],
) -> Iterator[tuple[int, int]]:
    """Which of the old lines became which of the new ones, in order.

    Parts of the change are paired each for itself, so that a long one costs its
    length and not its square.
    """
    part_count = -(-max(len(old), len(new)) // MAX_PAIRED_LINES)
    for part in range(part_count):
        some_old, some_new = (
            lines[
                len(lines) * part // part_count : len(lines) * (part + 1) // part_count
            ]
            for lines in (old, new)
        )
        old_pairs = [letter_pairs(old_lines[i]) for i in some_old]
        new_pairs = [letter_pairs(new_lines[j]) for j in some_new]
        for i, j in _best_pairs(old_pairs, new_pairs):
            yield some_old[i], some_new[j]


def _best_pairs(
    old: Sequence[frozenset[str]], new: Sequence[frozenset[str]]
) -> list[tuple[int, int]]:
    """The pairs, in order on both sides, that are most alike taken together."""
    alike = [[likeness(a, b) for b in new] for a in old]
    # best[i][j]: the most that lines from i and j on can have in common.
    best = [[0.0] * (len(new) + 1) for _ in range(len(old) + 1)]
    for i in range(len(old) - 1, -1, -1):
        for j in range(len(new) - 1, -1, -1):
            paired = best[i + 1][j + 1] + alike[i][j] if alike[i][j] else 0.0
            best[i][j] = max(best[i + 1][j], best[i][j + 1], paired)
    pairs, i, j = [], 0, 0
    while i < len(old) and j < len(new):
        if alike[i][j] and best[i][j] == best[i + 1][j + 1] + alike[i][j]:
            pairs.append((i, j))
            i, j = i + 1, j + 1
        elif best[i][j] == best[i + 1][j]:
            i += 1
        else:
            j += 1
    return pairs


def letter_pairs(line: str) -> frozenset[str]:
    """The neighbouring letters of a line: what two versions of it share most of."""
    text = unicodedata.normalize("NFC", line[:MAX_LIKENESS_CHARS]).strip()
    return (
        frozenset(a + b for a, b in pairwise(text))
        if len(text) > 1
        else frozenset(text)
    )


def likeness(old: frozenset[str], new: frozenset[str]) -> float:
    """From 0 to 1 how alike two lines are; 0 when too little to be the same line."""
    smaller = min(len(old), len(new))
    if not smaller:
        return 0.0
    shared = len(old & new)
    found = 2 * shared / (len(old) + len(new))
    if smaller >= MIN_CONTAINED_PAIRS:
        found = max(found, shared / smaller - CONTAINED_LESS)
    return found if found >= MIN_LIKENESS else 0.0
