"""Tags that may be one topic under two names. Pure; who decides is a curator.

Two names are alike when they are the same but for width, blanks, hyphens, dots or a
plural s, when the vocabulary knows them as names of one topic (`DB`, `데이터베이스`),
or when one slip of the keyboard leads from one to the other.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

Reason = Literal["spelling", "vocabulary", "typing"]
REASONS: tuple[Reason, ...] = ("spelling", "vocabulary", "typing")

# Letters of a name before one slip says anything: `grpc` and `http` are one letter
# from many others. A syllable of Hangul is taken apart into two or three.
_MIN_LETTERS, _MIN_JAMO = 6, 8
_JOINERS = re.compile(r"[\s\-_.·]+")


@dataclass(frozen=True)
class Likeness:
    """Two keys of tags and what makes them alike; `kept` is the more used one."""

    kept: str
    other: str
    reason: Reason


def like_tags(
    counts: Mapping[str, int], topics: Iterable[Sequence[str]] = ()
) -> list[Likeness]:
    """Pairs of these keys that may be one topic, the surest and most used first.

    `counts` says how many entries bear each; `topics` has the keys of all names of
    each topic. A pair is told once, for its surest reason.
    """
    found: dict[frozenset[str], Reason] = {}
    for reason, pairs in (
        ("spelling", _of_one_spelling(counts)),
        ("vocabulary", _of_one_topic(counts, topics)),
        ("typing", _one_slip_apart(counts)),
    ):
        for pair in pairs:
            found.setdefault(frozenset(pair), reason)
    result = [_likeness(pair, reason, counts) for pair, reason in found.items()]
    return sorted(result, key=lambda one: _order(one, counts))


def _likeness(
    pair: frozenset[str], reason: Reason, counts: Mapping[str, int]
) -> Likeness:
    kept, other = sorted(pair, key=lambda key: (-counts[key], key))
    return Likeness(kept, other, reason)


def _order(one: Likeness, counts: Mapping[str, int]) -> tuple:
    return REASONS.index(one.reason), -counts[one.kept], one.kept, one.other


def _of_one_spelling(keys: Iterable[str]) -> Iterator[tuple[str, str]]:
    same: dict[str, list[str]] = defaultdict(list)
    for key in keys:
        same["/".join(_bare(level) for level in key.split("/"))].append(key)
    for some in same.values():
        yield from combinations(sorted(some), 2)


def _bare(level: str) -> str:
    """A level without what spellings differ in; as it is when nothing is left."""
    folded = unicodedata.normalize("NFKC", level).casefold()
    bare = _JOINERS.sub("", folded) or folded
    is_plural = len(bare) > 3 and bare.isascii() and bare.isalpha()
    return bare.removesuffix("s") if is_plural and not bare.endswith("ss") else bare


def _of_one_topic(
    keys: Mapping[str, int], topics: Iterable[Sequence[str]]
) -> Iterator[tuple[str, str]]:
    for names in topics:
        yield from combinations(sorted({name for name in names if name in keys}), 2)


def _one_slip_apart(keys: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Pairs with one letter more, less, other or changed with its neighbour.

    Names that become the same when each loses one letter are looked at closely; so
    no name is compared with every other one.
    """
    letters = {key: unicodedata.normalize("NFD", key) for key in keys}
    shared: dict[str, list[str]] = defaultdict(list)
    for key, text in letters.items():
        if len(text) >= (_MIN_LETTERS if text.isascii() else _MIN_JAMO):
            for rest in {text} | {text[:n] + text[n + 1 :] for n in range(len(text))}:
                shared[rest].append(key)
    seen = {pair for some in shared.values() for pair in combinations(sorted(some), 2)}
    for one, other in sorted(seen):
        if _is_slip(letters[one], letters[other]):
            yield one, other


def _is_slip(one: str, other: str) -> bool:
    """Whether one slip leads from one to the other; a digit is never one."""
    begin = 0
    while begin < min(len(one), len(other)) and one[begin] == other[begin]:
        begin += 1
    end = 0
    room = min(len(one), len(other)) - begin
    while end < room and one[-1 - end] == other[-1 - end]:
        end += 1
    here, there = one[begin : len(one) - end], other[begin : len(other) - end]
    if any(char.isdigit() or char == "/" for char in here + there):
        return False
    if sorted((len(here), len(there))) in ([0, 1], [1, 1]):
        return True
    return len(here) == len(there) == 2 and here == there[::-1]
