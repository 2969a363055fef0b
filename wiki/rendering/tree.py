"""Rendered HTML as a tree of blocks, for what has to take it apart without a tear."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
from typing import NamedTuple

from .limits import TooMuchMarkup
from .markup import words

# As the sanitizer writes them: values in double quotes, nothing left open.
_TAG = re.compile(r"<(?P<slash>/?)(?P<name>[a-z][a-z0-9]*)(?:\"[^\"]*\"|[^\">])*>")
VOID = frozenset({"br", "col", "hr", "img", "input", "wbr"})
# What stands inside a line. All others are blocks.
_INLINE = words(
    "a abbr b bdi bdo br cite code del dfn em i img input ins kbd label mark q rp rt "
    "ruby s samp small span strong sub sup time u var wbr"
)
_MAX_DEPTH = 200
# What Unicode has for something in a line that is no letter.
OBJECT = "\ufffc"


class Piece(NamedTuple):
    """Text as it is read, or a tag: then `name` says of what."""

    text: str
    name: str = ""

    @property
    def is_object(self) -> bool:
        """Whether it stands in a line as a letter does: a picture, a box to tick."""
        return self.name in VOID

    @property
    def html(self) -> str:
        return self.text if self.name else escape(self.text)


@dataclass(slots=True)
class Words:
    """A stretch of text and tags inside a line."""

    pieces: list[Piece] = field(default_factory=list)

    @property
    def html(self) -> str:
        return "".join([piece.html for piece in self.pieces])

    @property
    def text(self) -> str:
        """What is read of it, with one sign for each picture."""
        return "".join(
            [
                OBJECT if piece.is_object else piece.text
                for piece in self.pieces
                if piece.is_object or not piece.name
            ]
        )


@dataclass(slots=True)
class Block:
    """An element that is no part of a line, with all in it; the root has no name."""

    name: str = ""
    tag: str = ""
    parts: list["Block | Words"] = field(default_factory=list)

    @property
    def closing(self) -> str:
        return f"</{self.name}>" if self.name and self.name not in VOID else ""

    @property
    def html(self) -> str:
        return "".join([self.tag, *(part.html for part in self.parts), self.closing])

    @property
    def text(self) -> str:
        return "".join(part.text for part in self.parts)


def escape(text: str) -> str:
    """The text as the sanitizer writes it between tags."""
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return text.replace("\u00a0", "&nbsp;")


def tree_of(html: str) -> Block:
    """The blocks of HTML that `render` made; its `html` is the same again.

    Raises `TooMuchMarkup` for what no one can take apart: blocks inside a line, as
    writers' own HTML may have them, or far too deep.
    """
    root = Block()
    open_blocks = [root]
    open_tags: list[str] = []
    for name, piece in _pieces(html):
        block = open_blocks[-1]
        if name is None:
            _words_at_end(block).pieces.append(Piece(unescape(piece)))
        elif name in _INLINE:
            _follow(open_tags, name, piece)
            _words_at_end(block).pieces.append(Piece(piece, name))
        elif open_tags or len(open_blocks) > _MAX_DEPTH:
            raise TooMuchMarkup("blocks inside a line")
        elif piece.startswith("</"):
            if block.name != name:
                raise TooMuchMarkup("wrongly nested HTML")
            open_blocks.pop()
        else:
            inner = Block(name, piece)
            block.parts.append(inner)
            if name not in VOID:
                open_blocks.append(inner)
    if open_tags or len(open_blocks) > 1:
        raise TooMuchMarkup("wrongly nested HTML")
    return root


def _pieces(html: str) -> Iterator[tuple[str | None, str]]:
    """Tags with their names, and the text between them with None."""
    place = 0
    for tag in _TAG.finditer(html):
        if tag.start() > place:
            yield None, html[place : tag.start()]
        yield tag["name"], tag[0]
        place = tag.end()
    if place < len(html):
        yield None, html[place:]


def _words_at_end(block: Block) -> Words:
    if not block.parts or not isinstance(block.parts[-1], Words):
        block.parts.append(Words())
    return block.parts[-1]


def _follow(open_tags: list[str], name: str, piece: str) -> None:
    if name in VOID:
        return
    if not piece.startswith("</"):
        open_tags.append(name)
    elif not open_tags or open_tags.pop() != name:
        raise TooMuchMarkup("wrongly nested HTML")
