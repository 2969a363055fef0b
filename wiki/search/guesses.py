"""What someone may have meant whose search found little.

The other keyboard layout, a slip, other blanks. Nothing is searched for in place of
what was asked: a guess is offered, and only when it finds something that this person
may read.
"""

import re
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise
from threading import Lock

from django.db.models import Exists, OuterRef
from rapidfuzz import process
from rapidfuzz.distance import OSA

from wiki.models import Alias, Entry, EntryTag, Tag, TagAlias
from wiki.permissions import Person, viewable, visibilities_for
from wiki.search.finding import Found, Narrowing, find_entries
from wiki.search.layouts import letters, typed_in_hangul, typed_in_latin
from wiki.search.narrowing import UNNARROWED
from wiki.search.plan import stem_of
from wiki.search.query import MAX_QUERY_CHARS, Query, parse_query
from wiki.search.tokens import fold
from wiki.search.wording import with_words

# Where so few are found, another spelling may find what was meant.
FEW = 3
MAX_OFFERED = 2
# Searches that are tried for the guesses of one page.
MAX_TRIED = 4
# All names are read once in a while, and those of what changed more often.
WHOLE_SECONDS = 3600
FRESH_SECONDS = 60
# As many words as somebody who mistypes has; each costs a look at the vocabulary.
_MAX_WORDS = 4
_MAX_WORD_CHARS = 40
_NEAREST = 2
# The least letters of a word for one slip, two and three. In Hangul those are keys.
_LEAST_FOR_SLIPS = (4, 7, 14)

_LATIN = re.compile(r"[A-Za-z]{2,}")
_HANGUL = re.compile("[가-힣ㄱ-ㅣ]+")
_SENSE = re.compile("[가-힣]+|[ㄱ-ㅎ]{2,}")
# Hangul and other letters are words apart: gRPC로 is gRPC and 로.
_WORD = re.compile(r"[가-힣]+|[^\W_가-힣]+(?:[+#._-]+[^\W_가-힣]+)*[+#]*")


@dataclass(frozen=True)
class Guess:
    """Another search, and what it finds."""

    text: str
    found: Found


def guess(
    user: Person,
    query: Query,
    *,
    narrowed: Narrowing = UNNARROWED,
    more_than: int = 0,
) -> list[Guess]:
    """Other searches that find more than so many. At most MAX_TRIED searches.

    Now and then the words of titles and tags are read, in up to five queries.
    """
    if not 0 < len(query.words) <= _MAX_WORDS:
        return []
    offered: list[Guess] = []
    tried = {query.text}
    for text in _candidates(user, query):
        if text in tried or len(text) > MAX_QUERY_CHARS:
            continue
        if len(tried) > MAX_TRIED or len(offered) == MAX_OFFERED:
            break
        tried.add(text)
        found = find_entries(user, parse_query(text), narrowed=narrowed)
        if len(found.ids) > more_than:
            offered.append(Guess(text, found))
    return offered


def _candidates(user: Person, query: Query) -> Iterator[str]:
    """Searches that may have been meant, the likeliest first."""
    words = [word for word in query.words if len(word) <= _MAX_WORD_CHARS]
    retyped = {w: other for w in words if (other := _other_layout(w))}
    if retyped:
        yield with_words(query, retyped)
    vocabulary = _vocabulary(user)
    spelled = {
        w: found
        for w in words
        if (found := vocabulary.nearest(w) or vocabulary.nearest(stem_of(w)))
    }
    for place in range(_NEAREST):
        chosen = {w: found[place] for w, found in spelled.items() if place < len(found)}
        for word, other in chosen.items():
            yield with_words(query, {word: other})
        if len(chosen) > 1:
            yield with_words(query, chosen)
    yield from _other_blanks(query, vocabulary)
    if len(retyped) > 1:
        for word, other in retyped.items():
            yield with_words(query, {word: other})


def _other_layout(word: str) -> str:
    """What the same keys write on the other layout; empty when that is no word."""
    if _LATIN.fullmatch(word):
        # Capitals throughout are a key that was left locked.
        other = typed_in_hangul(word.lower() if word.isupper() else word)
        return other if _SENSE.fullmatch(other) else ""
    if _HANGUL.fullmatch(word):
        return typed_in_latin(word)
    return ""


def _other_blanks(query: Query, vocabulary: "Vocabulary") -> Iterator[str]:
    """Two words as one, and one as two that are known."""
    for first, second in pairwise(query.words):
        yield with_words(query, {first: first + second, second: ""}).strip()
    for word in query.words:
        if parts := vocabulary.parted(word):
            yield with_words(query, {word: " ".join(parts)})


class Vocabulary:
    """The words of some names, by how they are typed."""

    def __init__(self, names: Iterable[str] = ()) -> None:
        # By its key strokes, a spelling of each word.
        self._spelled: dict[str, str] = {}
        self._by_length: dict[int, list[str]] = defaultdict(list)
        self.add(names)

    def add(self, names: Iterable[str]) -> None:
        # The most frequent spelling first: later ones are left out.
        for word, _ in Counter(_WORD.findall("\n".join(names))).most_common():
            self._add(word)
            # 쿠버네티스로 is 쿠버네티스, too.
            if "가" <= word[-1] <= "힣" and (stem := stem_of(word)) != word:
                self._add(stem)

    def _add(self, word: str) -> None:
        strokes = _strokes(word)
        if strokes and strokes not in self._spelled:
            self._spelled[strokes] = word
            self._by_length[len(strokes)].append(strokes)

    def __contains__(self, word: str) -> bool:
        return _strokes(word) in self._spelled

    def nearest(self, word: str) -> list[str]:
        """Words a slip or two away from this one, the nearest first; not itself.

        Slips are letters that are missing, too many, others, or turned round.
        """
        typed = _strokes(word)
        slips = sum(len(typed) >= least for least in _LEAST_FOR_SLIPS)
        if not slips or typed in self._spelled:
            return []
        near: list[tuple[float, int, str]] = []
        for length in range(len(typed) - slips, len(typed) + slips + 1):
            matches = process.extract(
                typed,
                self._by_length.get(length, ()),
                scorer=OSA.distance,
                processor=None,
                score_cutoff=slips,
                limit=_NEAREST,
            )
            near += [(far, abs(length - len(typed)), one) for one, far, _ in matches]
        return [self._spelled[strokes] for *_, strokes in sorted(near)[:_NEAREST]]

    def parted(self, word: str) -> tuple[str, str] | None:
        """The word as two that are known, the longest first one; None if it is none."""
        for end in range(len(word) - 1, 0, -1):
            first, second = word[:end], word[end:]
            if first in self and second in self:
                return first, second
        return None


def _strokes(word: str) -> str:
    return letters(fold(word))


# ── What is known to whom ─────────────────────────────────────────────────────
@dataclass
class _Known:
    """The words of what some people may read, and when what was read of them.

    Words stay that are nowhere any more: no guess is offered that finds nothing.
    """

    vocabulary: Vocabulary
    built: float
    read: float
    newest: datetime | None


_known: dict[tuple[str, ...], _Known] = {}
_reading = Lock()


def forget_vocabularies() -> None:
    """For tests: what was read of one database says nothing of the next."""
    _known.clear()


def _vocabulary(user: Person) -> Vocabulary:
    """The words of what this person may read, at most a minute old."""
    group = tuple(visibilities_for(user))
    with _reading:
        known, now = _known.get(group), time.monotonic()
        if known is None or now - known.built > WHOLE_SECONDS:
            newest = _newest(user)
            known = _Known(Vocabulary(_names(user)), now, now, newest)
        elif now - known.read > FRESH_SECONDS:
            newest = _newest(user)
            known.vocabulary.add(_new_names(user, known.newest))
            known = replace(known, read=now, newest=newest)
        _known[group] = known
    return known.vocabulary


def _newest(user: Person) -> datetime | None:
    entries = Entry.objects.visible_to(user).recently_changed()
    return entries.values_list("updated_at", flat=True).first()


def _names(user: Person) -> Iterator[str]:
    """Titles, other titles, and tags with their other names. Four queries."""
    entries = Entry.objects.visible_to(user).order_by()
    yield from entries.values_list("title", flat=True)
    others = Alias.objects.filter(viewable(user, "entry__"), kind=Alias.Kind.TITLE)
    yield from others.order_by().values_list("name", flat=True)
    uses = EntryTag.objects.filter(viewable(user, "content_object__"))
    tags = Tag.objects.filter(Exists(uses.filter(tag=OuterRef("pk")))).order_by()
    yield from tags.values_list("name", flat=True)
    names = TagAlias.objects.filter(tag__in=tags.values("pk")).order_by()
    yield from names.values_list("name", flat=True)


def _new_names(user: Person, since: datetime | None) -> Iterator[str]:
    """The same of entries that changed since then. Two queries."""
    entries = Entry.objects.visible_to(user).order_by()
    if since:
        entries = entries.filter(updated_at__gte=since)
    for title, others in entries.values_list("title", "alias_names"):
        yield from (title, *others)
    uses = EntryTag.objects.filter(content_object__in=entries.values("pk"))
    yield from uses.order_by().values_list("tag__name", flat=True).distinct()
