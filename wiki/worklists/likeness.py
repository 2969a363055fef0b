"""Names that are nearly another: but for signs and blanks, or for one slip of a finger.

Pure. `NearNames` is made once for many titles and then asked for one name at a time.
"""

import re
import unicodedata
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

# Shorter names differ from many others by one letter. Hangul counts by letters.
LEAST_LETTERS = 5
MOST_NEAR = 3
# Of names that begin or end alike no more are compared.
MOST_COMPARED = 400

# A `+` or `#` tells one name from another: C, C++, C#.
_SIGNS = re.compile(r"[^\w+#]|_")


def bare(key: str) -> str:
    """A title's key without blanks and signs, each syllable as its letters."""
    return unicodedata.normalize("NFD", _SIGNS.sub("", key))


class NearNames:
    """Which of many titles, by id and key, are nearly a name that none of them is."""

    def __init__(self, titles: Iterable[tuple[int, str]]) -> None:
        self._ids: dict[str, list[int]] = defaultdict(list)
        for pk, key in titles:
            self._ids[bare(key)].append(pk)
        self._sorted = sorted(self._ids)
        self._reversed = sorted(name[::-1] for name in self._ids)

    def near(self, key: str) -> list[int]:
        """Ids of titles that are nearly this one, at most three."""
        name = bare(key)
        found = list(self._ids.get(name, ())) if name else []
        if len(name) >= LEAST_LETTERS:
            slips = {o for o in self._candidates(name) if is_one_slip(name, o)}
            found += [pk for other in sorted(slips) for pk in self._ids[other]]
        return found[:MOST_NEAR]

    def _candidates(self, name: str) -> Iterator[str]:
        """One slip leaves the first half of a name or the other as it is."""
        half = len(name) // 2
        yield from _beginning(self._sorted, name[:half])
        behind = name[::-1][: len(name) - half - 1]
        for other in _beginning(self._reversed, behind):
            yield other[::-1]


def is_one_slip(one: str, other: str) -> bool:
    """Whether they differ by a letter: another, too many, missing or two in turn."""
    if one == other or abs(len(one) - len(other)) > 1:
        return False
    short, long = sorted((one, other), key=len)
    start = 0
    while start < len(short) and short[start] == long[start]:
        start += 1
    # A number that is another one is meant so.
    if any(char.isdigit() for char in (short[start : start + 1] + long[start])):
        return False
    if len(short) < len(long):
        return short[start:] == long[start + 1 :]
    turned = short[start : start + 2] == long[start : start + 2][::-1]
    return short[start + 1 :] == long[start + 1 :] or (
        turned and short[start + 2 :] == long[start + 2 :]
    )


def _beginning(names: Sequence[str], beginning: str) -> Iterator[str]:
    at = bisect_left(names, beginning)
    for name in names[at : at + MOST_COMPARED]:
        if not name.startswith(beginning):
            return
        yield name
