"""How one word may stand in a text: any case, composed or decomposed. Pure."""

import re
import unicodedata
from collections.abc import Iterable


def spellings(word: str) -> str:
    """A regular expression for every way to spell the word, and nothing else.

    `spellings("é1")` finds "é1" and "É1", in one code point or in two. Made of
    literals and alternatives only, so it is the same to Python and PostgreSQL
    and takes linear time.
    """
    return "".join(map(_one_of, unicodedata.normalize("NFC", word)))


def any_of(words: Iterable[str]) -> re.Pattern[str]:
    """Finds any of the words, the longest one where several begin.

    Without words it finds nothing.
    """
    longest_first = sorted(words, key=len, reverse=True)
    return re.compile("|".join(map(spellings, longest_first)) or r"(?!)")


def has_case_beyond_ascii(word: str) -> bool:
    """Whether a database that folds only ASCII would miss spellings of the word."""
    return any(
        not char.isascii() and len(_cases(char)) > 1
        for char in unicodedata.normalize("NFC", word)
    )


def _one_of(char: str) -> str:
    forms = {
        unicodedata.normalize(form, case)
        for case in _cases(char)
        for form in ("NFC", "NFD")
    }
    ordered = sorted(forms, key=lambda text: (-len(text), text))
    if len(ordered) == 1:
        return re.escape(char)
    return "(?:" + "|".join(map(re.escape, ordered)) + ")"


def _cases(char: str) -> set[str]:
    return {char, char.lower(), char.upper(), char.title(), char.casefold()}
