"""What someone has typed of a name so far, as patterns to hold names against. Pure.

A lone consonant stands for every syllable that begins with it (ㅂㅍ: 배포). The
last syllable may still grow: 뱊 is a step on the way from 배 to 배포. Names are
compared by their keys (`wiki.slugs.title_key`).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from wiki.slugs import title_key

# Who types more is searching; a name is found by less.
MAX_TYPED_WORDS = 8

_INITIALS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
# In the order of Unicode; the first is none.
_FINALS = " ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ"
# What keyboards make of two consonants in a row.
_PAIRS = {
    both: first + second
    for both, first, second in zip(
        "ㄳㄵㄶㄺㄻㄼㄽㄾㄿㅀㅄ",
        "ㄱㄴㄴㄹㄹㄹㄹㄹㄹㄹㅂ",
        "ㅅㅈㅎㄱㅁㅂㅅㅌㅍㅎㅅ",
        strict=True,
    )
}
# Vowels to which others can be added, by number: ㅗ (ㅘ ㅙ ㅚ), ㅜ (ㅝ ㅞ ㅟ), ㅡ (ㅢ).
_LAST_GROWN = {8: 11, 13: 16, 18: 19}
_PER_VOWEL = 28
_PER_INITIAL = 588
_FIRST, _LAST = "가", "힣"
_LATIN_WORD = re.compile("[a-z0-9]+")
_HANGUL = re.compile("[ㄱ-ㅎ가-힣]")

# One place of a pattern: the ranges its sign may be of.
Sign = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Pattern:
    """Signs that stand one after the other."""

    signs: tuple[Sign, ...]

    def as_regex(self, *, at: str = "") -> str:
        """For Python and PostgreSQL; `at` is "start", "word" or anywhere.

        A word begins after a blank.
        """
        before = {"start": "^", "word": "(^| )"}.get(at, "")
        return before + "".join(
            re.escape(sign[0][0]) if _is_one(sign) else _as_class(sign)
            for sign in self.signs
        )

    def as_glob(self, *, at: str = "") -> str:
        """For SQLite; the first word of a text is at its "start" only."""
        before = {"start": "", "word": "* "}.get(at, "*")
        signs = (
            sign[0][0] if _is_one(sign) and sign[0][0] not in "*?[" else _as_class(sign)
            for sign in self.signs
        )
        return f"{before}{''.join(signs)}*"

    def as_like(self, *, at: str = "") -> str | None:
        r"""For LIKE with `\` before its signs; None for what that cannot say."""
        if at == "word" or not all(map(_is_one, self.signs)):
            return None
        text = "".join(sign[0][0] for sign in self.signs)
        escaped = re.sub(r"([\\%_])", r"\\\1", text)
        return f"{escaped}%" if at == "start" else f"%{escaped}%"


@dataclass(frozen=True, slots=True)
class Word:
    """A word as typed, and the patterns one of which it may be on its way to."""

    text: str
    forms: tuple[Pattern, ...]

    @property
    def literal(self) -> Pattern:
        """The word as it is, without what it may become."""
        return Pattern(tuple(((sign, sign),) for sign in self.text))

    @property
    def first_sign(self) -> Pattern | None:
        """What it begins with for certain."""
        firsts = {form.signs[:1] for form in self.forms}
        first = firsts.pop()
        return Pattern(first) if not firsts and _is_one(first[0]) else None

    @property
    def is_plain(self) -> bool:
        """Whether it stands for itself alone."""
        return self.forms == (self.literal,)

    @property
    def may_be_spaced(self) -> bool:
        """Whether it is looked for across blanks: 배포절 in 배포 절차."""
        return len(self.text) > 1 and _HANGUL.search(self.text) is not None


@dataclass(frozen=True)
class Typed:
    """`key` is all of it, folded; every word has to be there, in any order."""

    key: str
    words: tuple[Word, ...]

    @cached_property
    def whole(self) -> Word:
        """All of it as one word, blanks aside."""
        text = self.key.replace(" ", "")
        return Word(text, tuple(_forms(text, is_last=True)))

    @property
    def may_be_short(self) -> bool:
        """Whether the words can be short forms: Latin letters and digits, some."""
        texts = [word.text for word in self.words]
        return all(t.isascii() and t.isalnum() and len(t) > 1 for t in texts)

    def is_short_for(self, key: str) -> bool:
        """Whether a name has for each word one that begins so and has its letters.

        In their order: `rd perf` is short for "redis performance".
        """
        names = _LATIN_WORD.findall(key)
        return all(
            any(_is_short(word.text, name) for name in names) for word in self.words
        )


def read_typed(text: str) -> Typed | None:
    """What names are held against; None for nothing and for too much.

    `read_typed("배ㅍ")` fits 배포, `read_typed("뱊")` 뱊슈 and 배포.
    """
    key = title_key(text)
    words = key.split()
    if not words or len(words) > MAX_TYPED_WORDS:
        return None
    last = len(words) - 1
    return Typed(
        key,
        tuple(
            Word(word, tuple(_forms(word, is_last=number == last)))
            for number, word in enumerate(words)
        ),
    )


def _is_short(word: str, name: str) -> bool:
    rest = iter(name)
    return word[0] == name[0] and all(letter in rest for letter in word)


def _forms(word: str, *, is_last: bool) -> Iterator[Pattern]:
    """What a word can be so far. Only the last one is still being typed."""
    *before, last = "".join(_PAIRS.get(sign, sign) for sign in word)
    first = tuple(_sign(sign) for sign in before)
    if not (is_last and _FIRST <= last <= _LAST):
        yield Pattern((*first, _sign(last)))
        return
    initial, vowel, final = _parts(last)
    if not final:
        grown = _syllable(initial, _LAST_GROWN.get(vowel, vowel), len(_FINALS) - 1)
        yield Pattern((*first, ((last, grown),)))
        return
    name = _FINALS[final]
    finals = [name, *(pair for pair, parts in _PAIRS.items() if parts[0] == name)]
    kept = [_syllable(initial, vowel, _FINALS.index(each)) for each in finals]
    yield Pattern((*first, tuple((each, each) for each in kept)))
    # The consonant may turn out to begin the next syllable.
    stays, goes = _PAIRS.get(name, " " + name)
    open_syllable = _syllable(initial, vowel, _FINALS.index(stays))
    yield Pattern((*first, ((open_syllable, open_syllable),), _sign(goes)))


def _sign(sign: str) -> Sign:
    """A consonant stands for syllables too, anything else for itself."""
    if sign not in _INITIALS:
        return ((sign, sign),)
    first = _syllable(_INITIALS.index(sign), 0, 0)
    return (sign, sign), (first, chr(ord(first) + _PER_INITIAL - 1))


def _parts(syllable: str) -> tuple[int, int, int]:
    initial, rest = divmod(ord(syllable) - ord(_FIRST), _PER_INITIAL)
    return initial, *divmod(rest, _PER_VOWEL)


def _syllable(initial: int, vowel: int, final: int) -> str:
    return chr(ord(_FIRST) + initial * _PER_INITIAL + vowel * _PER_VOWEL + final)


def _is_one(sign: Sign) -> bool:
    return len(sign) == 1 and sign[0][0] == sign[0][1]


def _as_class(sign: Sign) -> str:
    ranges = (first if first == last else f"{first}-{last}" for first, last in sign)
    return f"[{''.join(ranges)}]"
