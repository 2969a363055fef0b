"""What someone typed into the search box, taken apart. Pure.

Words; `"an exact phrase"`; `-word`, `-"a phrase"` and `-#tag` for what must not be
there; `#tag` and `tag:`; `title:`; `by:`; `before:` and `after:` with a year, a month
or a day. Whatever else somebody types is plain text, and none of it is an error.
"""

import re
import unicodedata
from dataclasses import dataclass, replace
from datetime import date

from wiki.slugs import tag_key, title_key

# Beyond these a question is no question; what is left out is said.
MAX_QUERY_CHARS = 200
MAX_WORDS = 10

# No database takes these: nothing has them.
_UNSENDABLE = re.compile("[\x00\ud800-\udfff]")
# Some keyboards and phones turn straight quotes round.
_QUOTES = str.maketrans("“”„‟＂", '"' * 5)
_TERM = re.compile(
    r"""
    (?P<minus> - (?!-) )?
    (?: (?P<name> tag | title | by | before | after ) : | (?P<hash> \# ) )?
    (?: " (?P<quoted> [^"]* ) " (?!\S) | (?P<plain> \S+ ) )
    """,
    re.VERBOSE | re.IGNORECASE,
)
_DATE = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?", re.ASCII)
# What can stand behind a minus besides words.
_EXCLUDABLE = ("", "tag", "#")


@dataclass(frozen=True)
class Query:
    """All of it is asked for, and nothing of what is excluded may be there.

    `text` is what was understood. `words` are as typed; `phrases`, `excluded` and
    `titles` are without their quotes. Tags are keys; those of them that were written
    with `#` are in `hashed` too, and `plain` gives them back as words where there
    are no such tags. `by` are names of people. Days count from their first moment:
    `after` is the first day that is asked for, `before` the first that is not.
    """

    text: str
    words: tuple[str, ...] = ()
    phrases: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    excluded_tags: tuple[str, ...] = ()
    by: tuple[str, ...] = ()
    after: date | None = None
    before: date | None = None
    hashed: tuple[str, ...] = ()
    was_cut: bool = False

    @property
    def is_empty(self) -> bool:
        return self == Query(self.text, was_cut=self.was_cut)

    @property
    def has_terms(self) -> bool:
        """Whether anything is looked for in texts."""
        return bool(self.words or self.phrases or self.titles)

    def plain(self, tags: set[str]) -> "Query":
        """The same with the `#` of these tags as a sign like any other."""
        signs = [key for key in self.hashed if key in tags]
        return replace(
            self,
            words=(*self.words, *(f"#{key}" for key in signs)),
            tags=tuple(key for key in self.tags if key not in signs),
            hashed=tuple(key for key in self.hashed if key not in signs),
        )


@dataclass(frozen=True)
class _Term:
    """One part of what was typed: what it asks for, and of what."""

    name: str
    value: str
    is_excluded: bool = False
    is_quoted: bool = False


def parse_query(text: str) -> Query:
    """What is searched for. Never raises.

    `parse_query('gRPC "양방향 스트림" #배포 -초안')` → words ("gRPC",), phrases
    ("양방향 스트림",), tags ("배포",), excluded ("초안",).
    """
    typed = _UNSENDABLE.sub("", text[: MAX_QUERY_CHARS * 4])
    normal = unicodedata.normalize("NFC", typed)
    written = normal[:MAX_QUERY_CHARS]
    terms = list(dict.fromkeys(_terms(written)))
    kept = terms[:MAX_WORDS]
    return Query(
        text=" ".join(written.split()),
        words=_values(kept, "", is_quoted=False),
        phrases=_values(kept, "", is_quoted=True),
        excluded=_values(kept, "", is_excluded=True),
        titles=_values(kept, "title"),
        tags=_values(kept, "tag", "#"),
        excluded_tags=_values(kept, "tag", "#", is_excluded=True),
        by=_values(kept, "by"),
        after=max((_day(v) for v in _values(kept, "after")), default=None),
        before=min((_day(v) for v in _values(kept, "before")), default=None),
        hashed=_values(kept, "#"),
        was_cut=len(text) > MAX_QUERY_CHARS or len(terms) > MAX_WORDS,
    )


def _terms(written: str) -> list[_Term]:
    text, terms, at = written.translate(_QUOTES), [], 0
    while found := _TERM.search(text, at):
        terms.append(_understood(found))
        at = found.end()
    return [term for term in terms if title_key(term.value)]


def _understood(found: re.Match[str]) -> _Term:
    name = (found["name"] or found["hash"] or "").lower()
    is_quoted = found["quoted"] is not None
    value = " ".join((found["quoted"] if is_quoted else found["plain"]).split())
    is_excluded = found["minus"] is not None
    if is_excluded and name not in _EXCLUDABLE:
        name = "unknown"
    if name in ("tag", "#"):
        value = tag_key(value)
    is_date = name not in ("before", "after") or _day(value) is not None
    if name == "unknown" or not is_date or not title_key(value):
        return _Term("", " ".join(found[0].split()))
    return _Term(name, value, is_excluded, is_quoted)


def _values(
    terms: list[_Term],
    *names: str,
    is_excluded: bool = False,
    is_quoted: bool | None = None,
) -> tuple[str, ...]:
    found = (
        term.value
        for term in terms
        if term.name in names
        and term.is_excluded == is_excluded
        and is_quoted in (None, term.is_quoted)
    )
    return tuple(dict.fromkeys(found))


def _day(text: str) -> date | None:
    """The first day of a year, of a month, or the day itself."""
    written = _DATE.fullmatch(text)
    if written is None:
        return None
    year, month, day = (int(part or 1) for part in written.groups())
    try:
        return date(year, month, day)
    except ValueError:
        return None
