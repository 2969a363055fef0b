"""Which of the texts that came are texts that went, rewritten a little.

As version control finds renames: by the share of lines two texts have in
common. The cost is bounded by the limits below, and equal input gives equal
pairs, whatever its size.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

# Of the lines of the longer text, so many are in the other.
MIN_SHARE = 0.6
# A text with fewer lines says too little: it has to be equal.
MIN_LINES = 3
# More texts than this, or more characters in them, are not compared.
MAX_TEXTS = 2_000
MAX_CHARS = 8_000_000
# Lines that more texts have say nothing of where a text came from.
_COMMON = 50
# So many of the texts that share the most lines are looked at closely.
_NEAREST = 10


@dataclass(frozen=True, slots=True)
class Sheet:
    """A text to compare; `key` orders them, `title` decides between two as like."""

    key: str
    title: str
    lines: Mapping[int, int]

    @classmethod
    def of(cls, key: str, title: str, text: str) -> "Sheet":
        # Numbers instead of lines: a thousand texts stay small in memory.
        lines = Counter(
            hash(line.rstrip()) for line in text.split("\n") if line.strip()
        )
        return cls(key, title, lines)

    @property
    def size(self) -> int:
        """Its lines that are not blank."""
        return sum(self.lines.values())


def pair_alike(new: Sequence[Sheet], old: Sequence[Sheet]) -> dict[int, int]:
    """For texts that are old ones rewritten: the place in `new` to that in `old`.

    Each is in one pair at most; the most alike come together first, then those
    of one title, then in the order of their keys.
    """
    index = _index(old)
    found = [
        (-share, new[i].title != old[j].title, old[j].key, new[i].key, i, j)
        for i, sheet in enumerate(new)
        for j in _near(sheet, index)
        if (share := _share(sheet, old[j])) >= _needed(sheet, old[j])
    ]
    pairs: dict[int, int] = {}
    taken: set[int] = set()
    for *_, i, j in sorted(found):
        if i not in pairs and j not in taken:
            pairs[i] = j
            taken.add(j)
    return pairs


def _index(sheets: Sequence[Sheet]) -> dict[int, list[int]]:
    index: dict[int, list[int]] = defaultdict(list)
    for number, sheet in enumerate(sheets):
        for line in sheet.lines:
            index[line].append(number)
    return index


def _near(sheet: Sheet, index: Mapping[int, Collection[int]]) -> list[int]:
    shared: Counter[int] = Counter()
    for line, times in sheet.lines.items():
        holders = index.get(line, ())
        if len(holders) <= _COMMON:
            for number in holders:
                shared[number] += times
    nearest = sorted(shared.items(), key=lambda item: (-item[1], item[0]))
    return [number for number, _ in nearest[:_NEAREST]]


def _share(one: Sheet, other: Sheet) -> float:
    common = sum(
        min(times, other.lines.get(line, 0)) for line, times in one.lines.items()
    )
    return common / max(one.size, other.size)


def _needed(one: Sheet, other: Sheet) -> float:
    return MIN_SHARE if min(one.size, other.size) >= MIN_LINES else 1.0
