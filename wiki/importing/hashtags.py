"""`#tags` as people write them in notes: lines of nothing else, and single ones."""

import re

from wiki.importing.frontmatter import listed
from wiki.importing.outline import read_outline
from wiki.importing.prose import prose

_NAME = r"(?=[^\W\d_]|[\d_][\w/-]*[^\W\d_])[\w][\w/-]*"
_TAG = re.compile(rf"#{_NAME}")
_COLOUR = re.compile(r"#?(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6}|[0-9a-fA-F]{8})\Z")
# Two hundred long ones; a longer line is no list of tags.
_MAX_LINE_CHARS = 12_000

# `url(#mark)` names a part of a drawing.
_BEFORE = r"(?:^|(?<=[\s(]))(?<!url\()"
_INLINE = re.compile(rf"{_BEFORE}#({_NAME})", re.MULTILINE)
_INLINE_WITH_DOTS = re.compile(rf"{_BEFORE}#({_NAME}(?:\.{_NAME})*)", re.MULTILINE)
_TWO_WORDS = re.compile(r"#\[\[([^\[\]\n|]{1,200})\]\]")
_TAGS_LINE = re.compile(r"^[ \t]*(?:[-*+][ \t]+)?tags?::[ \t]+(\S.*)$", re.MULTILINE)
_INDENTED = re.compile(r"^(?: {4}| {0,3}\t)[^\n]*#", re.MULTILINE)
# A `#` in a link belongs to its heading, not to a tag.
_LINK = re.compile(r"(?<!#)\[\[[^\[\]\n]{0,300}\]\]")
# In place of what is no prose; nothing can be told apart by it.
_GAP = "\ufffc"


def read_tag_line(line: str) -> tuple[str, ...]:
    """The tags of a line that is only hashtags, without their `#`.

    `"#grpc #보안"` → `("grpc", "보안")`; `()` for every other line, so also for
    headings, `#123`, colours and text that has a hashtag in it.
    """
    if len(line) > _MAX_LINE_CHARS or not line.lstrip().startswith("#"):
        return ()
    words = line.replace(",", " ").split()
    if all(_is_hashtag(word) for word in words):
        return tuple(word[1:].rstrip("/") for word in words)
    return ()


def tags_of_lines(body: str) -> tuple[str, ...]:
    """Tags that say so themselves: `tags:: a, [[b c]]` and `#[[two words]]`."""
    if "::" not in body and "#[[" not in body:
        return ()
    text = _without_code(body)
    found = [match[1].strip() for match in _TWO_WORDS.finditer(text)]
    for match in _TAGS_LINE.finditer(text):
        found += (name.lstrip("#") for name in listed(match[1]))
    return tuple(dict.fromkeys(filter(None, found)))


def inline_tags(body: str, *, with_dots: bool = False) -> tuple[str, ...]:
    """The tags anywhere in a text, in their order, without their `#`.

    Not in code, addresses, pictures and links, and no colours: `(#보안, #a/b)` →
    `("보안", "a/b")`. With dots, `#role.writer` is one tag.
    """
    pattern = _INLINE_WITH_DOTS if with_dots else _INLINE
    if "#" not in body or not pattern.search(body):
        return ()
    text = _LINK.sub(_GAP, _without_code(body))
    found = (match[1].rstrip("/") for match in pattern.finditer(text))
    return tuple(dict.fromkeys(name for name in found if not _COLOUR.match(name)))


def _without_code(body: str) -> str:
    if _INDENTED.search(body):
        lines = body.split("\n")
        for start, end in read_outline(body).indented_code:
            lines[start:end] = [""] * (end - start)
        body = "\n".join(lines)
    return prose(body, gap=_GAP)


def _is_hashtag(word: str) -> bool:
    return bool(_TAG.fullmatch(word)) and not _COLOUR.match(word)
