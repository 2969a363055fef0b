"""The words of a line that a comparison marks, and where a line may be cut.

A Korean word carries its particle: 서버 and 서버에 are one word and an addition,
not two words. And nothing is ever cut inside what a reader sees as one sign: a
syllable typed as separate letters, a letter with its accent, a flag, a family.
"""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from wiki.history.matching import Change, match

_HANGUL = "\u1100-\u11ff\u3130-\u318f\ua960-\ua97f\uac00-\ud7ff"
_LATIN_TO_CYRILLIC = "A-Za-z_\u00c0-\u024f\u0300-\u058f\u1e00-\u1fff"
_TOKEN = re.compile(rf"[{_HANGUL}]+|[{_LATIN_TO_CYRILLIC}]+|\d+|\s+|.", re.DOTALL)
_IS_HANGUL = re.compile(rf"[{_HANGUL}]")

_JOINER = "\u200d"
_FLAG_FIRST, _FLAG_LAST = "\U0001f1e6", "\U0001f1ff"
_SKIN_FIRST, _SKIN_LAST = "\U0001f3fb", "\U0001f3ff"
_TAG_FIRST, _TAG_LAST = "\U000e0020", "\U000e007f"
# Letters that Unicode counts as part of the sign before though they are no marks.
_EXTENDING_LETTERS = frozenset("\u200c\u0e33\u0eb3\uff9e\uff9f")

# What one pair of lines may cost. Past it the differing middle is one mark.
MAX_LINE_CHARS = 20_000
MAX_LINE_EDITS = 50


@dataclass(frozen=True, slots=True)
class Mark:
    """Where two lines differ: characters `old_start` to `old_end`, and so in new."""

    old_start: int
    old_end: int
    new_start: int
    new_end: int


def mark_words(old: str, new: str) -> list[Mark]:
    """The places where two lines differ, by word, in order.

    `서버 안에서` and `서버에 밖에서` differ in the `에` that came to the first word,
    and in `안` against `밖`. A blank between two replaced words is marked with them.
    """
    head, tail = _common_ends(old, new)
    old_middle, new_middle = old[head : len(old) - tail], new[head : len(new) - tail]
    if len(old_middle) + len(new_middle) > MAX_LINE_CHARS:
        return [Mark(head, len(old) - tail, head, len(new) - tail)]
    old_line, new_line = _Tokens.of(old_middle), _Tokens.of(new_middle)
    matching = match(old_line.words, new_line.words, max_edits=MAX_LINE_EDITS)
    changes = _without_blank_islands(matching.changes(), old_line.words)
    marks = [_mark(change, old_line, new_line) for change in changes]
    return [
        Mark(
            *(
                head + place
                for place in (m.old_start, m.old_end, m.new_start, m.new_end)
            )
        )
        for m in marks
    ]


def is_boundary(text: str, index: int) -> bool:
    """Whether a cut before `text[index]` leaves every sign a reader sees whole.

    The rules of Unicode Annex 29 for extended grapheme clusters, less those for
    Indic conjuncts and prepended signs, which no wiki text here has shown.
    """
    if index <= 0 or index >= len(text):
        return True
    before, after = text[index - 1], text[index]
    if after < "\u0300" and before != _JOINER:
        return not (before == "\r" and after == "\n")
    if _extends(after) or _continues_syllable(before, after):
        return False
    if before == _JOINER:
        return not (index > 1 and _is_symbol(after))
    if _FLAG_FIRST <= after <= _FLAG_LAST:
        return _flags_before(text, index) % 2 == 0
    return True


def _extends(char: str) -> bool:
    return (
        unicodedata.category(char)[0] == "M"
        or char == _JOINER
        or _SKIN_FIRST <= char <= _SKIN_LAST
        or _TAG_FIRST <= char <= _TAG_LAST
        or char in _EXTENDING_LETTERS
    )


def _is_symbol(char: str) -> bool:
    return unicodedata.category(char) in ("So", "Sk", "Cn", "Sm")


def _flags_before(text: str, index: int) -> int:
    count = 0
    while count < index and _FLAG_FIRST <= text[index - count - 1] <= _FLAG_LAST:
        count += 1
    return count


def _continues_syllable(before: str, after: str) -> bool:
    """Whether a Hangul letter goes on with the syllable that the one before is in."""
    if "\u1160" <= after <= "\u11a7" or "\ud7b0" <= after <= "\ud7c6":
        return _is_leading(before) or _ends_in_vowel(before)
    if "\u11a8" <= after <= "\u11ff" or "\ud7cb" <= after <= "\ud7fb":
        is_syllable = "\uac00" <= before <= "\ud7a3"
        return is_syllable or _ends_in_vowel(before) or _is_trailing(before)
    if "\uac00" <= after <= "\ud7a3" or _is_leading(after):
        return _is_leading(before)
    return False


def _is_leading(char: str) -> bool:
    return "\u1100" <= char <= "\u115f" or "\ua960" <= char <= "\ua97c"


def _is_trailing(char: str) -> bool:
    return "\u11a8" <= char <= "\u11ff" or "\ud7cb" <= char <= "\ud7fb"


def _ends_in_vowel(char: str) -> bool:
    if "\uac00" <= char <= "\ud7a3":
        return (ord(char) - 0xAC00) % 28 == 0
    return "\u1160" <= char <= "\u11a7" or "\ud7b0" <= char <= "\ud7c6"


@dataclass(frozen=True)
class _Tokens:
    """The words, blanks and signs of a line, and where each begins."""

    words: tuple[str, ...]
    starts: tuple[int, ...]

    @classmethod
    def of(cls, text: str) -> "_Tokens":
        starts = [found.start() for found in _TOKEN.finditer(text)]
        if not text.isascii():
            starts = [start for start in starts if is_boundary(text, start)]
        ends = [*starts[1:], len(text)]
        words = tuple(text[a:b] for a, b in zip(starts, ends, strict=False))
        return cls(words, (*starts, len(text)))


def _common_ends(old: str, new: str) -> tuple[int, int]:
    """How many characters two lines begin and end with alike, up to whole words."""
    room = min(len(old), len(new))
    same = bisect_right(range(1, room + 1), 0, key=lambda n: old[:n] != new[:n])
    head = old.rfind(" ", 0, same) + 1
    if not (is_boundary(old, head) and is_boundary(new, head)):
        head = 0
    room -= head
    same = bisect_right(range(1, room + 1), 0, key=lambda n: old[-n:] != new[-n:])
    space = old.find(" ", len(old) - same)
    tail = len(old) - space if same and space >= 0 else 0
    return head, tail


def _without_blank_islands(
    changes: Sequence[Change], words: Sequence[str]
) -> list[Change]:
    """The changes, replacements with only blanks between them made one."""
    joined: list[Change] = []
    for change in changes:
        if joined:
            last = joined[-1]
            are_replaced = _is_replacement(last) and _is_replacement(change)
            island = "".join(words[last.old_end : change.old_start])
            if are_replaced and island.isspace():
                joined[-1] = Change(
                    last.old_start, change.old_end, last.new_start, change.new_end
                )
                continue
        joined.append(change)
    return joined


def _is_replacement(change: Change) -> bool:
    return change.old_start < change.old_end and change.new_start < change.new_end


def _mark(change: Change, old: _Tokens, new: _Tokens) -> Mark:
    """The characters of a change, less what two Korean words at its ends share."""
    old_start, old_end = old.starts[change.old_start], old.starts[change.old_end]
    new_start, new_end = new.starts[change.new_start], new.starts[change.new_end]
    if not _is_replacement(change):
        return Mark(old_start, old_end, new_start, new_end)
    room = min(old_end - old_start, new_end - new_start)
    head = _common_head(old.words[change.old_start], new.words[change.new_start])
    tail = _common_tail(old.words[change.old_end - 1], new.words[change.new_end - 1])
    # 가가 against 가가가: the same syllables must not be taken off at both ends.
    if head + tail > room:
        tail = 0
    return Mark(old_start + head, old_end - tail, new_start + head, new_end - tail)


def _common_head(old: str, new: str) -> int:
    """How many characters two Korean words begin with alike, in whole syllables."""
    if not (_IS_HANGUL.match(old) and _IS_HANGUL.match(new)):
        return 0
    room = min(len(old), len(new))
    head = next((n for n in range(room) if old[n] != new[n]), room)
    while not (is_boundary(old, head) and is_boundary(new, head)):
        head -= 1
    return head


def _common_tail(old: str, new: str) -> int:
    if not (_IS_HANGUL.match(old) and _IS_HANGUL.match(new)):
        return 0
    room = min(len(old), len(new))
    tail = next((n for n in range(room) if old[-n - 1] != new[-n - 1]), room)
    while not (is_boundary(old, len(old) - tail) and is_boundary(new, len(new) - tail)):
        tail -= 1
    return tail
