"""Many words found in a text in one pass, as Korean and Latin script want it.

Latin words need edges of their own letters only: in 'Redis에서' a particle
follows, and to a regular expression Hangul is a letter like any other. Hangul
words have no edges, so the longest wins (자바스크립트, not 자바), and words of
two syllables count only where a word can begin.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

# Between the parts of a word of several: "open source", "open-source", "CI/CD".
_GAP = r"[ \t\u00a0_/·-]?"
_GAPS = re.compile(r"[ \t\u00a0_/·-]+")
_LATIN = "[a-z0-9_]"
_HANGUL = "[가-힣]"
_SHORT_SYLLABLES = 2
_TAKES_PLURAL = re.compile(r"[a-z]{2}[a-rt-z]\Z")
# Marks the end of a word in the tree of characters; no word has it.
_END = "\x00"

_Tree = dict[str, "_Tree"]


@dataclass(frozen=True, slots=True)
class _Meaning:
    name: str
    # How it must be spelled, gaps aside; "" when any case will do.
    spelling: str


class WordFinder:
    """Words and what each stands for. Add them all, close, then find."""

    def __init__(self) -> None:
        self._meanings: dict[str, dict[_Meaning, None]] = defaultdict(dict)
        self._trees: dict[str, _Tree] = {"latin": {}, "long": {}, "short": {}}
        self._pattern: re.Pattern[str] = re.compile(r"(?!)")

    def add(self, word: str, name: str, *, is_exact: bool = False) -> None:
        """Let `word` stand for `name`; an empty name makes it stand for nothing."""
        word = unicodedata.normalize("NFC", word).strip()
        if not word:
            return
        self._add(word, _Meaning(name, _GAPS.sub("", word) if is_exact else ""))
        if not is_exact and _TAKES_PLURAL.search(word.lower()):
            self._add(word + "s", _Meaning(name, ""))

    def _add(self, word: str, meaning: _Meaning) -> None:
        folded = _lower(word)
        meanings = self._meanings[_GAPS.sub("", folded)]
        if meaning.name:
            meanings[meaning] = None
        tree = self._trees[_group_of(folded)]
        for part in re.split(f"({_GAPS.pattern})", folded):
            for unit in [" "] if _GAPS.fullmatch(part) else part:
                tree = tree.setdefault(unit, {})
        tree[_END] = {}

    def close(self) -> None:
        """Make the one pattern of all words."""
        latin, long, short = (self._trees[name] for name in ("latin", "long", "short"))
        # A Latin word that is none of ours is passed over whole: the pattern
        # is tried once a word, and every word it tries begins there.
        words = f"(?P<word>(?<!{_LATIN}){_pattern_of(latin)})"
        parts = [_begins_in(latin, words), f"{_LATIN}+"]
        syllables = f"{_pattern_of(long)}|(?<!{_HANGUL}){_pattern_of(short)}"
        parts.append(_begins_in({**long, **short}, f"(?P<syllables>{syllables})"))
        self._pattern = re.compile("|".join(parts))

    def find(self, text: str) -> Iterator[tuple[str, int]]:
        """What the words in a text stand for, and where each begins."""
        if not text:
            return
        if not unicodedata.is_normalized("NFC", text):
            text = unicodedata.normalize("NFC", text)
        meanings = self._meanings
        for match in self._pattern.finditer(_lower(text)):
            if match.lastgroup is None:
                continue
            for meaning in meanings.get(_GAPS.sub("", match[0]), ()):
                start, end = match.span()
                spelled = not meaning.spelling or (
                    _GAPS.sub("", text[start:end]) == meaning.spelling
                )
                if spelled:
                    yield meaning.name, start


def _lower(text: str) -> str:
    """Lower case, character for character: positions stay."""
    lowered = text.lower()
    if len(lowered) == len(text):
        return lowered
    return "".join(low if len(low := char.lower()) == 1 else char for char in text)


def _group_of(word: str) -> str:
    if not "가" <= word[0] <= "힣":
        return "latin"
    return "short" if len(_GAPS.sub("", word)) <= _SHORT_SYLLABLES else "long"


def _begins_in(tree: _Tree, pattern: str) -> str:
    """The pattern, tried only where a word of the tree can begin."""
    first = "".join(re.escape(unit) for unit in sorted(tree))
    return f"(?=[{first}]){pattern}" if first else "(?!)"


def _pattern_of(tree: _Tree, before: str = "") -> str:
    """An expression for all words of a tree, the longest first."""
    branches = [
        (_GAP if unit == " " else re.escape(unit)) + _pattern_of(inner, unit)
        for unit, inner in sorted(tree.items())
        if unit != _END
    ]
    edge = f"(?!{_LATIN})" if re.match(_LATIN, before) else ""
    if not branches:
        return edge if before else "(?!)"
    joined = branches[0] if len(branches) == 1 and _END not in tree else ""
    joined = joined or f"(?:{'|'.join(branches)})"
    if _END not in tree:
        return joined
    return f"(?:{joined}|{edge})" if edge else f"{joined}?"
