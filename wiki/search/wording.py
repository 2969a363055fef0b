"""A query as somebody would type it: without one part, or with other words. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from wiki.search.query import Query


@dataclass(frozen=True)
class Part:
    """One thing that a query asks for; `text` is how it is typed."""

    field: str
    text: str


def parts_of(query: Query) -> tuple[Part, ...]:
    """All that the query asks for, words first."""
    parts = [
        *(Part("words", word) for word in query.words),
        *(Part("phrases", f'"{phrase}"') for phrase in query.phrases),
        *(Part("titles", f"title:{_quoted(title)}") for title in query.titles),
        *(Part("tags", _tag(query, key)) for key in query.tags),
        *(Part("by", f"by:{_quoted(name)}") for name in query.by),
        *(Part("excluded", f"-{_quoted(word)}") for word in query.excluded),
        *(Part("excluded_tags", f"-{_tag(query, k)}") for k in query.excluded_tags),
    ]
    if query.after:
        parts.append(Part("after", f"after:{query.after.isoformat()}"))
    if query.before:
        parts.append(Part("before", f"before:{query.before.isoformat()}"))
    return tuple(parts)


def without(query: Query, part: Part) -> str:
    """The query without this one of its parts."""
    return " ".join(each.text for each in parts_of(query) if each != part)


def with_words(query: Query, words: Mapping[str, str]) -> str:
    """The query with other words in the place of some."""
    return " ".join(
        words.get(each.text, each.text) if each.field == "words" else each.text
        for each in parts_of(query)
    )


def _tag(query: Query, key: str) -> str:
    return f"#{key}" if key in query.hashed else f"tag:{_quoted(key)}"


def _quoted(text: str) -> str:
    return f'"{text}"' if " " in text else text
