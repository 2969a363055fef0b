"""How much markup a body may hold before it is shown as plain text.

A body of 1 MiB must be rendered within five seconds on a slow machine. Ordinary
text of that size takes about one; text made of nothing but markup takes ten and
more. So the steps of the work are counted, not timed: the same body always gives
the same page. The figures were measured on two slow cores, with the bodies of
`tests/rendering/test_limits.py` at full size: none took half of the time.
"""

import re
from collections.abc import MutableMapping
from itertools import accumulate
from typing import Any

from markdown_it.rules_block import StateBlock

MAX_BODY_BYTES = 1024 * 1024

# Depth of lists and quotes, two for each list; people get lost long before.
MAX_BLOCK_NESTING = 60
MAX_INLINE_NESTING = 20
# The densest of 2,800 real notes come to 132,000 tokens and 63,000 steps a MiB, the
# ordinary one to a fifth of that. A table cell is three tokens.
MAX_BLOCK_TOKENS = 200_000
MAX_INLINE_STEPS = 200_000
# A line is looked at once for each block that it might end.
MAX_BLOCK_STEPS = 1_000_000
# A link, or what looks like the beginning of one, takes so many steps more.
LINK_STEPS = 3
# Labels of links are looked for from every open bracket of a paragraph.
MAX_OPEN_BRACKETS = 32

# Lexers colour about half a megabyte a second, but several take time with the
# square of a block without signs (they look for a function's name over many words
# and lines), of a long line, or of heredocs that never end. Measured over every
# language that is coloured, a block within these limits takes 0.2 s at most.
MAX_CODE_LINE_CHARS = 1000
MAX_CODE_CHARS_WITHOUT_SIGN = 300
MAX_HEREDOCS = 20
MAX_HIGHLIGHTED_CHARS = 10_000
MAX_HIGHLIGHTED_CHARS_IN_ALL = 60_000

# Links kept for backlinks; the rest of a page of links is printed all the same.
MAX_LINKS = 5000

# A sanitiser builds a tree: deep ones take time with the square of their depth.
MAX_RAW_TAGS = 30_000
MAX_RAW_DEPTH = 60

_BRACKET = re.compile(r"[\[\]]")
_STEP = {"[": 1, "]": -1}


class TooMuchMarkup(Exception):
    """The body holds more markup than may be rendered; the text names the kind."""


def take_steps(env: MutableMapping[str, Any], steps: int = 1) -> None:
    """Counts steps of inline parsing; raises `TooMuchMarkup` beyond the limit."""
    taken = env["steps"] = env.get("steps", 0) + steps
    if taken > MAX_INLINE_STEPS:
        raise TooMuchMarkup("inline markup")


def take_block_step(state: StateBlock) -> None:
    """Counts a line looked at; raises `TooMuchMarkup` beyond the limits."""
    steps = state.env["block_steps"] = state.env.get("block_steps", 0) + 1
    if steps > MAX_BLOCK_STEPS or len(state.tokens) > MAX_BLOCK_TOKENS:
        raise TooMuchMarkup("blocks")


def check_size(body: str) -> None:
    """Raises `TooMuchMarkup` for a body too long to be stored."""
    if len(body) > MAX_BODY_BYTES or len(body.encode()) > MAX_BODY_BYTES:
        raise TooMuchMarkup("size")


def storable(body: str) -> str:
    """The text without half characters, which no encoder takes."""
    try:
        body.encode()
    except UnicodeEncodeError:
        return body.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return body


def has_too_many_brackets(text: str) -> bool:
    """Whether more brackets are open at once than a reader could follow."""
    if text.count("[") <= MAX_OPEN_BRACKETS:
        return False
    steps = (_STEP[bracket] for bracket in _BRACKET.findall(text))
    depths = accumulate(steps, lambda depth, step: max(0, depth + step))
    return max(depths) > MAX_OPEN_BRACKETS
