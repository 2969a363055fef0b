"""What stands in the index for a text. Pure, and linear in the text.

A word in Hangul, Han or Kana becomes every pair of neighbours and its last sign
alone (배포는 → 배포 포는 는): each place of it begins a token, so that whatever stands
in a word is found. Other words stay whole, without case. Signs are blanks; emoji are
tokens of their own. Parts of names (`HashMap` → hash map, `v1.2` → 1 2) and initial
consonants stand behind a gap, so that phrases run over the words as written.
"""

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

# Which rules made the tokens; moves whenever they give others.
ANALYSER = 1

# A place in the stream that no phrase runs over.
GAP = "\ue000"
# Begins the token of initial consonants; nothing that is typed has it.
INITIAL = "\ue001"
# Longer words are cut; a search for them is cut alike.
MAX_TOKEN_CHARS = 60
# Of the consonants from one place of a title on.
MAX_INITIALS = 20

# NFKC turns these compatibility letters (ㄱ … ㆎ) into combining jamo, which no
# keyboard types: they stay as they are.
_COMPATIBILITY_JAMO = re.compile("([\u3131-\u318e]+)")
# Characters without width: a word goes on behind them.
_INVISIBLE = re.compile(
    "[\xad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]"
)
# Written without blanks between words, or with endings at them.
_JOINED = (
    "가-힣\u3131-\u318e\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff々〆"
    "\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\u3105-\u312f"
    "\U00020000-\U0003ffff"
)
_EMOJI = "\u2300-\u23ff\u2600-\u27bf\u2b00-\u2bff\U0001f000-\U0001faff"
_WORD = (
    rf"[^\W_{_JOINED}{_EMOJI}]{{1,{MAX_TOKEN_CHARS}}}(?:\+\+|[+#](?![^\W_{_JOINED}]))?"
)
_TOKEN = re.compile(
    rf"(?=([{_JOINED}]{{1,2}}|{_WORD}|[{_EMOJI}]))(?:[{_JOINED}]|{_WORD}|[{_EMOJI}])"
)
_RUN = re.compile(rf"[{_JOINED}]+|{_WORD}|[{_EMOJI}]")
_STARTS_JOINED = re.compile(f"[{_JOINED}]")
_STARTS_EMOJI = re.compile(f"[{_EMOJI}]")

# Names of code, and the parts that they have: HTTPServer2 → HTTP Server 2.
_NAME = re.compile(r"(?<![A-Za-z0-9])[A-Za-z0-9]{3,60}(?![A-Za-z0-9])")
_PART = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_LEAST_PART = 2
# A number of parts behind a letter of its own is found without it: v1.2.3.
_VERSION = re.compile(
    r"(?<![^\W_])[vV]([0-9]{1,20}(?:\.[0-9]{1,20}){1,5})(?![0-9A-Za-z])"
)

_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_HEADING = re.compile(r" {0,3}#{1,6}[ \t]+(.*)")

_HANGUL_PHRASE = re.compile("[가-힣]+(?: +[가-힣]+)*")
_HANGUL_WORD = re.compile("[가-힣]+")
_CONSONANTS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
_SYLLABLES_PER_CONSONANT = 588


@dataclass(frozen=True, slots=True)
class Analysed:
    """The tokens of an entry, with blanks between, in the order of their weight.

    `text_hash` is equal for texts that read the same, and empty for no text.
    """

    title: str
    headings: str
    tags: str
    body: str
    text_hash: str

    @property
    def columns(self) -> tuple[str, str, str, str]:
        return self.title, self.headings, self.tags, self.body


def analyse(
    *,
    title: str,
    body: str,
    aliases: Iterable[str] = (),
    tags: Iterable[str] = (),
    summary: str = "",
) -> Analysed:
    """What the index keeps of an entry. The title's column has other titles too."""
    folded = fold(body)
    text = " ".join(folded.split())
    digest = hashlib.md5(text.encode("utf-8", "surrogatepass"), usedforsecurity=False)
    streams = [_TOKEN.findall(folded), *([tokens(summary)] if summary else [])]
    names = [*_parts(body), *_parts(summary)]
    return Analysed(
        title=_names_column([title, *aliases]),
        headings=_column(tokens(heading) for heading in headings(body)),
        tags=_names_column(tags),
        body=_column([*streams, *names]),
        text_hash=digest.hexdigest() if text else "",
    )


def tokens(text: str) -> list[str]:
    """The tokens of a text in their order: `"배포는 C++"` → 배포, 포는, 는, c++."""
    return _TOKEN.findall(fold(text))


def runs(text: str) -> list[str]:
    """The words that tokens are made of: `"k8s로 배포는"` → k8s, 로, 배포는."""
    return _RUN.findall(fold(text))


def is_joined(run: str) -> bool:
    """Whether a word is found by its pairs."""
    return _STARTS_JOINED.match(run) is not None


def is_emoji(run: str) -> bool:
    return _STARTS_EMOJI.match(run) is not None


def fold(text: str) -> str:
    """The text as it is compared: without case, width and what is not seen."""
    if text.isascii():
        return text.lower()
    if _INVISIBLE.search(text):
        text = _INVISIBLE.sub("", text)
    text = unicodedata.normalize("NFC", text)
    if not _COMPATIBILITY_JAMO.search(text):
        return _nfkc_casefold(text)
    parts = _COMPATIBILITY_JAMO.split(text)
    # Every other part is what was split by.
    parts[::2] = map(_nfkc_casefold, parts[::2])
    return "".join(parts)


def initials(text: str) -> str:
    """The text with each syllable's first consonant in its place: 배포 → ㅂㅍ."""
    return "".join(
        _CONSONANTS[(ord(char) - ord("가")) // _SYLLABLES_PER_CONSONANT]
        if "가" <= char <= "힣"
        else char
        for char in unicodedata.normalize("NFC", text)
    )


def headings(body: str) -> Iterator[str]:
    """The headings (`# …`) of a Markdown text that stand outside of fenced code."""
    fence = ""
    for line in body.split("\n") if "#" in body else ():
        opened = _FENCE.match(line)
        if opened and not fence:
            fence = opened[1]
        elif opened and opened[1].startswith(fence):
            fence = ""
        elif not fence and (found := _HEADING.match(line)):
            yield found[1]


def name_parts(name: str) -> list[str]:
    """The parts of a name of code, none of another word: gRPCServer → rpc, server."""
    if name.isalpha() and (name.islower() or name.isupper() or name[1:].islower()):
        return []
    parts = _PART.findall(name)
    return [part.lower() for part in parts if _LEAST_PART <= len(part) < len(name)]


def _nfkc_casefold(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).casefold()
    # Folding can undo the normal form, so it is made once more.
    return unicodedata.normalize("NFKC", folded)


def _column(streams: Iterable[Iterable[str]]) -> str:
    return f" {GAP} ".join(filter(None, map(" ".join, streams)))


def _names_column(names: Iterable[str]) -> str:
    """Words of titles or tags, then what else they are found by."""
    names = list(names)
    parts = [part for name in names for part in _parts(name)]
    starts = dict.fromkeys(start for name in names for start in _starts(fold(name)))
    return _column([*map(tokens, names), *parts, [INITIAL + start for start in starts]])


def _parts(text: str) -> Iterator[list[str]]:
    for name in dict.fromkeys(_NAME.findall(text)):
        parts = name_parts(name)
        if parts:
            yield parts
    for version in dict.fromkeys(_VERSION.findall(text)):
        yield version.split(".")


def _starts(name: str) -> Iterator[str]:
    """Consonants from each syllable on.

    From the beginning of a word they go on to the next ones, as people type them;
    from within a word they end with it.
    """
    for phrase in _HANGUL_PHRASE.findall(name):
        words = [initials(word) for word in _HANGUL_WORD.findall(phrase)]
        for number, word in enumerate(words):
            yield "".join(words[number:])[:MAX_INITIALS]
            for at in range(1, len(word)):
                yield word[at:][:MAX_INITIALS]
