"""Words typed on the other keyboard: Korean (2-beolsik) and QWERTY. Pure.

Also what both have in common: a syllable as the letters that are struck for it.
"""

import re
import unicodedata
from functools import cache

_KEYS = dict(
    zip(
        "rRseEfaqQtTdwWczxvg" + "koiOjpuPhynbml",
        "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ" + "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅛㅜㅠㅡㅣ",
        strict=True,
    )
)
# Two letters that are struck one after the other and make one.
_VOWEL_PAIRS = dict(
    zip(re.findall("..", "ㅗㅏㅗㅐㅗㅣㅜㅓㅜㅔㅜㅣㅡㅣ"), "ㅘㅙㅚㅝㅞㅟㅢ", strict=True)
)
_TAIL_PAIRS = dict(
    zip(
        re.findall("..", "ㄱㅅㄴㅈㄴㅎㄹㄱㄹㅁㄹㅂㄹㅅㄹㅌㄹㅍㄹㅎㅂㅅ"),
        "ㄳㄵㄶㄺㄻㄼㄽㄾㄿㅀㅄ",
        strict=True,
    )
)
# In the order in which Unicode lays out the syllables.
_LEADS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
_VOWELS = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"
_TAILS = ("", *"ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ")
_FIRST_SYLLABLE = ord("가")
# A consonant before a vowel begins the next syllable, whatever could end this one.
_SYLLABLE = re.compile(
    f"([{_LEADS}])"
    f"({'|'.join(_VOWEL_PAIRS)}|[{_VOWELS}])"
    f"((?:{'|'.join(_TAIL_PAIRS)}|[{''.join(_TAILS)}])(?![{_VOWELS}]))?"
)


def letters(text: str) -> str:
    """The text with each syllable as the letters struck for it.

    `letters("값 gRPC") == "ㄱㅏㅂㅅ gRPC"`
    """
    return unicodedata.normalize("NFC", text).translate(_struck())


def typed_in_hangul(text: str) -> str:
    """What the keys of these Latin letters write on a Korean keyboard: qovh → 배포."""
    lower = {key.upper(): letter for key, letter in _KEYS.items()}
    struck = text.translate(str.maketrans(lower | _KEYS))
    return _SYLLABLE.sub(_syllable, struck)


def typed_in_latin(text: str) -> str:
    """What the keys of this Hangul write on a Latin keyboard: 햣ㅗㅕㅠ → github."""
    keys = {letter: key for key, letter in _KEYS.items()}
    return letters(text).translate(str.maketrans(keys))


def _syllable(found: re.Match[str]) -> str:
    lead, vowel, tail = found.groups(default="")
    place = _LEADS.index(lead) * len(_VOWELS)
    place += _VOWELS.index(_VOWEL_PAIRS.get(vowel, vowel))
    place = place * len(_TAILS) + _TAILS.index(_TAIL_PAIRS.get(tail, tail))
    return chr(_FIRST_SYLLABLE + place)


@cache
def _struck() -> dict[int, str]:
    """The letters of every syllable, and of letters that are two keys."""
    pairs = {whole: pair for pair, whole in (_VOWEL_PAIRS | _TAIL_PAIRS).items()}
    found = {ord(whole): pair for whole, pair in pairs.items()}
    code = _FIRST_SYLLABLE
    for lead in _LEADS:
        for vowel in _VOWELS:
            for tail in _TAILS:
                found[code] = lead + pairs.get(vowel, vowel) + pairs.get(tail, tail)
                code += 1
    return found
