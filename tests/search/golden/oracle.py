"""What a search has to find, by looking at every text: slow, plain, nobody's index.

Written from what is promised, and from nothing of `wiki.search`: a word in Hangul, Han
or Kana is found wherever it stands, one in other letters where a word begins or a part
of a name does (`userName`, `user_name`); case, width and normal form do not matter; all
words have to be there. A particle at the end of a word may be missing in the text, a
long word may be written apart, a name of a tag stands for its other names, initial
consonants stand for titles and tags.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise

_PARTICLES = sorted(
    """
    은 는 이 가 을 를 에 에서 에게 의 와 과 로 으로 도 만 까지 부터 마다 처럼 보다
    이나 나 란 이란 이라 라 이다 하고 랑 이랑 에서는 에는 으로는 로는 에서도 에도 한테
    께서 으로도 로도 라는 이라는 이며 며 들 들이 들을 들은 들의
    """.split(),  # noqa: SIM905
    key=len,
    reverse=True,
)
_HANGUL = re.compile(r"[가-힣]+")
_INITIALS = re.compile(r"[ㄱ-ㅎ]+")
_CONSONANTS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
_ANYWHERE = "가-힣㐀-鿿぀-ヿㄱ-ㆎ"
# Signs that are part of a name; between words any few signs will do.
_WORD = re.compile(rf"[{_ANYWHERE}]+|[^\W_{_ANYWHERE}]+(?:\+\+|\#(?!\w))?|\S", re.ASCII)
_BETWEEN = "/-_:.,;'\"()[]{}"
_SIGNS = r"(?:[^\w\s]|_|[ ]){1,3}"
_TERM = re.compile(
    r'(-?)(?:(tag|title|by|before|after):|(\#))?(?:"([^"]*)"|(\S+))', re.IGNORECASE
)


@dataclass(frozen=True)
class Note:
    title: str
    body: str = ""
    tags: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    by: str = ""
    changed: str = ""

    @property
    def names(self) -> str:
        return "\n".join((self.title, *self.aliases))

    @property
    def text(self) -> str:
        return "\n".join((self.names, *self.tags, self.body))


@dataclass(frozen=True)
class Oracle:
    """Answers searches over some notes, whose tags have these other names."""

    notes: tuple[Note, ...]
    other_names: Mapping[str, list[str]] = field(default_factory=dict)

    def found(self, query: str) -> set[str]:
        """The titles of all notes that have to be found."""
        terms = _TERM.findall(query)
        return {
            note.title for note in self.notes if all(self._fits(note, t) for t in terms)
        }

    def _fits(self, note: Note, term: tuple[str, ...]) -> bool:
        minus, name, sign, quoted, plain = term
        value, name = quoted or plain, (name or sign).lower()
        if minus and name in ("", "tag", "#"):
            return not self._fits(note, ("", name, "", quoted, plain))
        if name in ("tag", "#"):
            return self._is_tagged(note, value)
        if name == "title":
            return self._stands(value, note.names, note, exactly=True)
        if name == "by":
            return note.by == value
        if name == "before":
            return note.changed < value
        if name == "after":
            return note.changed >= value
        exactly = bool(quoted) or bool(minus)
        return self._stands(value, note.text, note, exactly=exactly)

    def _is_tagged(self, note: Note, value: str) -> bool:
        wanted = {fold(name) for name in self._names(value)} | {fold(value)}
        tags = {fold(tag) for tag in note.tags}
        return any(tag == w or tag.startswith(f"{w}/") for tag in tags for w in wanted)

    def _stands(self, value: str, text: str, note: Note, *, exactly: bool) -> bool:
        if exactly:
            return stands(value, text, is_phrase=True)
        if _INITIALS.fullmatch(value) and value in _initials(note):
            return True
        forms = [value, *_without_particle(value)]
        forms += [other for form in forms for other in self._names(form)]
        forms += [apart for form in forms for apart in _apart(form)]
        return any(stands(form, text) for form in forms)

    def _names(self, word: str) -> Iterable[str]:
        for tag, others in self.other_names.items():
            if fold(word) in map(fold, (tag, *others)):
                yield from (tag, *others)


def stands(words: str, text: str, *, is_phrase: bool = False) -> bool:
    """Whether the words stand in the text, one after the other."""
    text = _with_parts_apart(unicodedata.normalize("NFC", text))
    folded = fold(words)
    parts = [
        part
        for part in _WORD.finditer(folded)
        # A dot in front is seen (.NET), signs between words are not (Blue/Green).
        if part[0] not in _BETWEEN or (part[0] == "." and not part.start())
    ]
    if not parts:
        return False
    pattern = _start(parts[0][0]) + re.escape(parts[0][0])
    for before, part in pairwise(parts):
        is_blank_asked = is_phrase and " " in folded[before.end() : part.start()]
        signs = _SIGNS if is_blank_asked else rf"(?:{_SIGNS})?"
        pattern += signs + re.escape(part[0])
    if is_phrase and not re.match(rf"[{_ANYWHERE}]", parts[-1][0]):
        pattern += r"(?![a-z0-9])"
    return any(re.search(pattern, fold(one)) for one in text)


def fold(text: str) -> str:
    """Case, width and normal form gone; consonants alone stay what they are."""
    composed = unicodedata.normalize("NFC", text)
    return "".join(
        char if "ㄱ" <= char <= "ㆎ" else unicodedata.normalize("NFKC", char)
        for char in composed
    ).casefold()


def _start(word: str) -> str:
    """Before a word of letters none may stand; a dot in `.NET` is a sign to see."""
    if re.match(rf"[{_ANYWHERE}]", word) or not word[0].isalnum():
        return ""
    return r"(?<![^\W_가-힣㐀-鿿぀-ヿㄱ-ㆎ])"


def _with_parts_apart(text: str) -> tuple[str, str]:
    """The text, and the text with a blank before each part of a name."""
    parts = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", text)
    # The number of a version stands without the letter in front, too.
    parts = re.sub(r"(?<![^\W_])[vV](?=\d+\.\d)", "v ", parts)
    return text, parts


def _without_particle(word: str) -> list[str]:
    found = re.fullmatch(r"(.*?)([가-힣]+)", unicodedata.normalize("NFC", word))
    if not found:
        return []
    before, hangul = found.groups()
    return [
        before + hangul.removesuffix(particle)
        for particle in _PARTICLES
        if hangul.endswith(particle)
        and len(hangul) - len(particle) >= (0 if before else 2)
    ]


def _apart(word: str) -> list[str]:
    hangul = unicodedata.normalize("NFC", word)
    if not _HANGUL.fullmatch(hangul) or not 4 <= len(hangul) <= 8:
        return []
    return [f"{hangul[:cut]} {hangul[cut:]}" for cut in range(2, len(hangul) - 1)]


def _initials(note: Note) -> str:
    return "\n".join(
        "".join(_consonant(char) for char in unicodedata.normalize("NFC", name))
        for name in (note.title, *note.aliases, *note.tags)
    )


def _consonant(char: str) -> str:
    if "가" <= char <= "힣":
        return _CONSONANTS[(ord(char) - ord("가")) // 588]
    return char
