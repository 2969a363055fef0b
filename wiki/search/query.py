"""What someone typed into the search box, taken apart. Pure."""

import unicodedata
from dataclasses import dataclass

from wiki.slugs import tag_key, title_key

# Beyond these a question is no question; what is left out is said.
MAX_QUERY_CHARS = 200
MAX_WORDS = 10


@dataclass(frozen=True)
class Query:
    """All of `words` and all of `tags` are asked for.

    `text` is what was understood. A tag is the key of a word that began with
    `#`; `plain` gives the word back where there is no such tag.
    """

    text: str
    words: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    was_cut: bool = False

    @property
    def is_empty(self) -> bool:
        return not (self.words or self.tags)

    def plain(self, tags: set[str]) -> "Query":
        """The same with the `#` of these tags as a sign like any other."""
        return Query(
            self.text,
            (*self.words, *(f"#{key}" for key in self.tags if key in tags)),
            tuple(key for key in self.tags if key not in tags),
            self.was_cut,
        )


def parse_query(text: str) -> Query:
    """The words of a search. Every sign but a leading `#` stands for itself.

    `parse_query("gRPC #배포")` → words ("gRPC",), tags ("배포",).
    """
    normal = unicodedata.normalize("NFC", text[: MAX_QUERY_CHARS * 4])
    written = normal[:MAX_QUERY_CHARS].split()
    kept = [word for word in dict.fromkeys(written) if title_key(word)][:MAX_WORDS]
    tags = tuple(dict.fromkeys(tag_key(w) for w in kept if _is_tag(w)))
    return Query(
        text=" ".join(written),
        words=tuple(word for word in kept if not _is_tag(word)),
        tags=tags,
        was_cut=len(text) > MAX_QUERY_CHARS or len(set(written)) > MAX_WORDS,
    )


def _is_tag(word: str) -> bool:
    return word.startswith("#") and bool(tag_key(word))
