"""Where the headings and paragraphs of a Markdown text are, by line.

The same parser that renders decides, so a `# comment` in a code block, a
heading in a list and a line under `====` are what they look like on the page.
Only blocks are parsed, and only what is asked for is kept: the parser's own
list of tokens would take a hundred times the text.
"""

import re
from dataclasses import dataclass

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.token import Token

from wiki.importing.notes import DumpError

# A file of more is no collection of notes, and each one costs memory.
MAX_HEADINGS = 50_000

_NEWLINE = re.compile(r"\r\n?")
_parser = MarkdownIt("commonmark", {"maxNesting": 100})


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading outside lists and quotes; lines from 0, `end` is after the last."""

    start: int
    end: int
    level: int
    text: str
    is_underlined: bool


@dataclass(frozen=True, slots=True)
class Outline:
    headings: tuple[Heading, ...]
    # First line and the line after the last, outside lists and quotes.
    paragraphs: tuple[tuple[int, int], ...]
    # The line of a code fence that nothing closes: all below it is code.
    open_fence: int | None = None
    # As paragraphs, but wherever they are, in lists too.
    indented_code: tuple[tuple[int, int], ...] = ()


def read_outline(text: str) -> Outline:
    """The outline of a text with any line ends. Time grows with its length.

    Raises DumpError when there are more headings than any notes have.
    """
    state = _OutlineState(_NEWLINE.sub("\n", text).replace("\x00", ""))
    _parser.block.tokenize(state, state.line, state.lineMax)
    state.note_previous()
    return Outline(
        tuple(state.headings),
        tuple(state.paragraphs),
        state.open_fence,
        tuple(state.indented_code),
    )


class _OutlineState(StateBlock):
    """Keeps lines of headings and paragraphs in place of the tokens.

    A rule fills in a token after it has pushed it, so each is looked at when
    the next one comes.
    """

    def __init__(self, text: str) -> None:
        super().__init__(text, _parser, {}, [])
        self.headings: list[Heading] = []
        self.paragraphs: list[tuple[int, int]] = []
        self.open_fence: int | None = None
        self.indented_code: list[tuple[int, int]] = []
        self._previous: Token | None = None
        self._opened: Token | None = None

    def push(self, ttype: str, tag: str, nesting: int) -> Token:
        self.note_previous()
        token = Token(ttype, tag, nesting)
        token.block = True
        if nesting < 0:
            self.level -= 1
        token.level = self.level
        if nesting > 0:
            self.level += 1
        self._previous = token
        return token

    def note_previous(self) -> None:
        token = self._previous
        if token is None:
            return
        if token.type == "code_block" and token.map:
            self.indented_code.append((token.map[0], token.map[1]))
        if token.level > 1:
            return
        if token.level == 0 and token.type in ("heading_open", "paragraph_open"):
            self._opened = token
        elif token.level == 1 and token.type == "inline":
            self._note_block(token)
        elif token.type == "fence" and token.level == 0:
            self._note_fence(token)
        self._previous = None

    def _note_block(self, inline: Token) -> None:
        opened, self._opened = self._opened, None
        if opened is None or opened.map is None:
            return
        start, end = opened.map
        if opened.type == "paragraph_open":
            self.paragraphs.append((start, end))
            return
        if len(self.headings) >= MAX_HEADINGS:
            raise DumpError("too-many-headings", limit=MAX_HEADINGS)
        is_underlined = opened.markup in ("=", "-")
        level = int(opened.tag[1])
        self.headings.append(Heading(start, end, level, inline.content, is_underlined))

    def _note_fence(self, token: Token) -> None:
        start, end = token.map or (0, 0)
        if end < self.lineMax or start + 1 > end:
            return
        last = self.src[self.bMarks[end - 1] : self.eMarks[end - 1]].strip()
        is_closed = end - start > 1 and set(last) == {token.markup[0]}
        if not is_closed or len(last) < len(token.markup):
            self.open_fence = start
