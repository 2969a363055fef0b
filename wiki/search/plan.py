"""How the words of a query are looked for in the index. Pure.

All terms have to be there. Each is there as written, without a particle behind it, or
under another name of the tag it names; long words also in two parts, which counts as
less. Nothing that somebody typed is ever syntax: tokens hold letters, digits, `+`, `#`
and emoji, and stand in quotes.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from wiki.search.query import Query
from wiki.search.tokens import (
    INITIAL,
    MAX_INITIALS,
    fold,
    is_emoji,
    is_joined,
    name_parts,
    runs,
    tokens,
)
from wiki.slugs import tag_key

# The columns of the index by their weight.
COLUMNS = ("title", "headings", "tags", "body")

# Of a longer phrase the beginning is looked for.
MAX_PHRASE_TOKENS = 64
_MIN_STEM = 2
_MIN_PREFIX = 2
# One consonant begins every other title: it is looked for as it is.
_MIN_INITIALS = len(INITIAL) + 2
_CUT_LENGTHS = range(4, 9)
_MIN_CUT = 2

# Longest first: 에서는 is tried before 는.
_PARTICLES = (
    *("으로부터", "에서부터", "이라는", "이라고", "에게서", "한테서", "으로는"),
    *("으로도", "으로써", "으로서", "에서는", "에서도", "에서의", "까지는", "부터는"),
    *("까지", "부터", "에서", "에게", "한테", "으로", "처럼", "보다", "만큼", "마다"),
    *("조차", "마저", "밖에", "라는", "라고", "이나", "이란", "에는", "에도", "에의"),
    *("와의", "과의", "로는", "로도", "로서", "로써", "하고", "이랑", "들이", "들을"),
    *(
        "들은",
        "들의",
        "께서",
        "이다",
        "이라",
        "이며",
        "은",
        "는",
        "이",
        "가",
        "을",
        "를",
        "의",
        "에",
        "로",
        "와",
        "과",
    ),
    *("도", "만", "나", "랑", "란", "라", "며", "들"),
)
_END_SIGNS = re.compile(r"[\W_]+\Z")
_CONSONANTS = re.compile("[ㄱ-ㅎ]+")
# What keyboards make of two consonants that are typed after each other.
_CLUSTERS = {
    ord(cluster): first + second
    for cluster, first, second in zip(
        *("ㄳㄵㄶㄺㄻㄼㄽㄾㄿㅀㅄ", "ㄱㄴㄴㄹㄹㄹㄹㄹㄹㄹㅂ", "ㅅㅈㅎㄱㅁㅂㅅㅌㅍㅎㅅ"),
        strict=True,
    )
}


@dataclass(frozen=True, slots=True)
class Phrase:
    """Tokens that follow each other; of the last the beginning is enough for some."""

    tokens: tuple[str, ...]
    is_prefix: bool = False


# Phrases that all have to be there.
Way = tuple[Phrase, ...]


@dataclass(frozen=True)
class Term:
    """What one word asks for: any of the ways. A hit by a loose one comes last.

    `texts` are what may stand in a text for it, as a person reads it.
    """

    ways: tuple[Way, ...]
    loose: tuple[Way, ...] = ()
    texts: tuple[str, ...] = ()

    def all_ways(self, *, loosely: bool) -> tuple[Way, ...]:
        return (*self.ways, *self.loose) if loosely else self.ways


@dataclass(frozen=True)
class Plan:
    """All `terms` anywhere, all `titles` in titles, and nothing of `excluded`.

    `is_hopeless` when words were asked for and none of them can stand in a text.
    """

    terms: tuple[Term, ...] = ()
    titles: tuple[Term, ...] = ()
    excluded: tuple[Phrase, ...] = ()
    is_hopeless: bool = False

    @property
    def has_terms(self) -> bool:
        return bool(self.terms or self.titles)

    @property
    def is_loose(self) -> bool:
        """Whether there is more to find by looking loosely."""
        return any(term.loose for term in (*self.terms, *self.titles))

    @property
    def marks(self) -> tuple[str, ...]:
        """What to mark where something is found."""
        texts = (text for term in (*self.terms, *self.titles) for text in term.texts)
        return tuple(dict.fromkeys(texts))


Synonyms = Mapping[str, Sequence[str]]


def make_plan(query: Query, synonyms: Synonyms | None = None) -> Plan:
    """The plan of a query; `synonyms` has names of tags by the keys of `names_in`."""
    synonyms = synonyms or {}
    terms = [
        *(_word(word, synonyms) for word in query.words),
        *(_quoted(phrase) for phrase in query.phrases),
    ]
    titles = [_word(word, synonyms) for word in query.titles]
    excluded = (phrase_of(text, is_open=False) for text in query.excluded)
    known = [term for term in (*terms, *titles) if term.ways]
    return Plan(
        terms=tuple(term for term in terms if term.ways),
        titles=tuple(term for term in titles if term.ways),
        excluded=tuple(phrase for phrase in excluded if phrase.tokens),
        is_hopeless=query.has_terms and not known,
    )


def names_in(query: Query) -> set[str]:
    """Keys of tags that words of the query may be names of."""
    words = (*query.words, *query.titles)
    return {tag_key(form) for word in words for form in _forms(word)} - {""}


def phrase_of(text: str, *, is_open: bool) -> Phrase:
    """The text as it stands in an index, at any place of a word in Hangul.

    With `is_open` the last word may go on in other scripts too, if it has two letters.
    """
    words, found = runs(text), tokens(text)
    if not found:
        return Phrase(())
    last, is_prefix = words[-1], False
    if is_joined(last):
        is_prefix = len(last) == 1
        # Its last sign alone stands there only where the word ends.
        found = found if is_prefix else found[:-1]
    elif is_open and not is_emoji(last):
        is_prefix = len(last) >= _MIN_PREFIX and last[-1] not in "+#"
    if len(found) > MAX_PHRASE_TOKENS:
        found, is_prefix = found[:MAX_PHRASE_TOKENS], False
    return Phrase(tuple(found), is_prefix)


def stem_of(word: str) -> str:
    """The word without the particle behind it, folded; empty if it has none.

    Two syllables have to be left, or a word in other letters: gRPC는 → grpc.
    """
    text = _END_SIGNS.sub("", fold(word))
    words = runs(text)
    if not words or not is_joined(words[-1]):
        return ""
    last = words[-1]
    for particle in _PARTICLES:
        if not last.endswith(particle):
            continue
        left = len(last) - len(particle)
        if left >= _MIN_STEM or (left == 0 and _is_word(words[-2:-1])):
            return text[: -len(particle)]
    return ""


def initials_of(text: str) -> Phrase:
    """Where titles and tags are found by their first consonants."""
    wanted = fold(text).translate(_CLUSTERS)
    return Phrase((INITIAL + wanted[:MAX_INITIALS],), is_prefix=True)


def is_initials(text: str) -> bool:
    """Whether there is nothing but consonants."""
    return _CONSONANTS.fullmatch(fold(text)) is not None


def _is_word(words: Sequence[str]) -> bool:
    return any(not is_joined(w) and len(w) >= _MIN_STEM for w in words)


def _forms(word: str) -> Iterator[str]:
    yield word
    stem = stem_of(word)
    if stem:
        yield stem


def _quoted(text: str) -> Term:
    return Term(_ways([phrase_of(text, is_open=False)]), texts=(text,))


def _word(word: str, synonyms: Synonyms) -> Term:
    forms = list(_forms(word))
    names = [name for form in forms for name in synonyms.get(tag_key(form), ())]
    # What begins with a dot is a name as it stands: .NET is no network.
    is_open = not word.startswith(".")
    phrases = [phrase_of(form, is_open=is_open) for form in forms]
    by_initials = initials_of(word)
    if is_initials(word) and len(by_initials.tokens[0]) >= _MIN_INITIALS:
        phrases.append(by_initials)
    phrases += [phrase_of(name, is_open=False) for name in names]
    ways = _ways(phrases)
    loose = [way for way in _parts(word, forms) if way not in ways]
    return Term(ways, tuple(dict.fromkeys(loose)), (*forms, *names))


def _parts(word: str, forms: Iterable[str]) -> Iterator[Way]:
    """Long words in two, wherever they may be cut; names of code in their parts."""
    parts = name_parts(word)
    if len(parts) > 1:
        yield (Phrase(tuple(parts)),)
    for form in forms:
        words = runs(form)
        if len(words) != 1 or not is_joined(words[0]):
            continue
        (whole,) = words
        if len(whole) in _CUT_LENGTHS:
            for at in range(_MIN_CUT, len(whole) - _MIN_CUT + 1):
                halves = (whole[:at], whole[at:])
                yield tuple(phrase_of(half, is_open=False) for half in halves)


def _ways(phrases: Iterable[Phrase]) -> tuple[Way, ...]:
    found = ((phrase,) for phrase in phrases if phrase.tokens)
    return tuple(dict.fromkeys(found))


# ── As the databases take it ─────────────────────────────────────────────────


def match_string(plan: Plan, columns: int = len(COLUMNS), *, loosely: bool) -> str:
    """For FTS5: the terms in so many columns, the first ones. Needs terms."""
    parts = []
    if plan.terms:
        anywhere = _fts_all(plan.terms, loosely=loosely)
        names = " ".join(COLUMNS[:columns])
        parts.append(f"{{{names}}} : ({anywhere})")
    if plan.titles:
        parts.append(f"{{title}} : ({_fts_all(plan.titles, loosely=loosely)})")
    return " AND ".join(parts)


def match_any(phrases: Iterable[Phrase]) -> str:
    """For FTS5: any of the phrases."""
    return " OR ".join(map(_fts_phrase, phrases))


def _fts_all(terms: Sequence[Term], *, loosely: bool) -> str:
    wanted = (term.all_ways(loosely=loosely) for term in terms)
    return " AND ".join(f"({' OR '.join(map(_fts_way, ways))})" for ways in wanted)


def _fts_way(way: Way) -> str:
    return f"({' AND '.join(map(_fts_phrase, way))})"


def _fts_phrase(phrase: Phrase) -> str:
    words = " ".join(phrase.tokens)
    return f'"{words}" *' if phrase.is_prefix else f'"{words}"'


def tsquery(
    terms: Sequence[Term], *, loosely: bool, in_order: bool = True, weights: str = ""
) -> str:
    """For PostgreSQL: all of the terms, at places of these weights.

    Not `in_order` phrases are sets of tokens: more is found, and no position read.
    """
    sign = " <-> " if in_order else " & "
    wanted = (term.all_ways(loosely=loosely) for term in terms)
    return " & ".join(
        f"({' | '.join(_ts_way(way, sign, weights) for way in ways)})"
        for ways in wanted
    )


def ts_phrase(phrase: Phrase, sign: str = " <-> ", weights: str = "") -> str:
    """For PostgreSQL: one phrase."""
    asked = [f"'{token}':{weights}" for token in phrase.tokens]
    if phrase.is_prefix:
        asked[-1] = f"'{phrase.tokens[-1]}':*{weights}"
    return f"({sign.join(one.removesuffix(':') for one in asked)})"


def _ts_way(way: Way, sign: str, weights: str) -> str:
    return f"({' & '.join(ts_phrase(one, sign, weights) for one in way)})"
