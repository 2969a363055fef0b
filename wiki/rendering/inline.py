"""The inline parser: which rules run, found by the sign they begin with."""

import re
from collections.abc import Callable, Mapping
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.parser_inline import ParserInline
from markdown_it.rules_inline import (
    StateInline,
    autolink,
    backtick,
    emphasis,
    entity,
    escape,
    fragments_join,
    link_pairs,
    newline,
    strikethrough,
)
from markdown_it.token import Token
from markdown_it.utils import EnvType
from mdit_py_plugins.dollarmath.index import math_inline_dollar
from mdit_py_plugins.footnote.index import footnote_ref

from . import limits
from .autolinks import mail_address, web_address, www_address
from .hashtags import hashtag
from .korean import KoreanStateInline
from .links import html_inline, image, link, shortcode_image, shortcode_link
from .wikilinks import block_reference, embed, page_embed, wikilink

MAX_FOOTNOTE_LABEL_CHARS = 200

Rule = Callable[[StateInline, bool], bool]


def _footnote(state: StateInline, silent: bool) -> bool:
    # Not within a link: the number would be a link in a link.
    if state.linkLevel or not state.src.startswith("[^", state.pos):
        return False
    # The library's rule would look for the bracket to the end of the paragraph.
    if state.src.find("]", state.pos, state.pos + MAX_FOOTNOTE_LABEL_CHARS) < 0:
        return False
    return footnote_ref(state, silent)


def _emphasis(state: StateInline, silent: bool) -> bool:
    start = state.pos
    if not emphasis.tokenize(state, silent):
        return False
    # Every sign of a run is a token of its own.
    limits.take_steps(state.env, state.pos - start)
    return True


# The order within a sign is the order in which rules are tried. The library asks
# every rule at every sign, which takes half of the time of a note.
RULES: Mapping[str, tuple[Rule, ...]] = {
    "\n": (newline,),
    "\\": (escape,),
    "`": (backtick,),
    "*": (_emphasis,),
    "_": (_emphasis,),
    "~": (strikethrough.tokenize,),
    "$": (math_inline_dollar(False, False, allow_double=True),),
    "[": (_footnote, wikilink, shortcode_link, link),
    # No rule begins with it, but the end of a link's label is looked for by sign.
    "]": (),
    "!": (embed, shortcode_image, image),
    "<": (autolink, html_inline),
    "&": (entity,),
    "#": (hashtag,),
    ":": (web_address,),
    "@": (mail_address,),
    "w": (www_address,),
    "(": (block_reference,),
    "{": (page_embed,),
}
_PAIR_RULES = (
    link_pairs,
    strikethrough.postProcess,
    emphasis.postProcess,
    fragments_join,
)
# Text is full of these, and hardly any of them begins what the rule is for: they
# are looked for only in a text that holds `www.`, `((` or `{{`.
_RARE_SIGNS = "w({"

SignSearch = Callable[[str, int, int], re.Match[str] | None]


def sign_search(text: str) -> SignSearch:
    """A search for the signs with rules that the text needs: kept in `env`."""
    return _search_for("www." in text, "((" in text, "{{" in text)


@cache
def _search_for(*has_rare: bool) -> SignSearch:
    rare = "".join(sign for sign, has in zip(_RARE_SIGNS, has_rare, strict=True) if has)
    signs = "".join(sign for sign in RULES if sign in rare or sign not in _RARE_SIGNS)
    return re.compile("[" + re.escape(signs) + "]").search


class _State(KoreanStateInline):
    def __init__(
        self, src: str, md: MarkdownIt, env: EnvType, tokens: list[Token]
    ) -> None:
        super().__init__(src, md, env, tokens)
        self.search_sign: SignSearch = env.get("search_sign") or sign_search(src)


class InlineParser(ParserInline):
    """The library's inline parser, with our rules and our state.

    A block with more nested brackets than a reader could follow stays as it is.
    """

    def parse(
        self, src: str, md: MarkdownIt, env: EnvType, tokens: list[Token]
    ) -> list[Token]:
        """`tokens` with those of the text added."""
        state = _State(src, md, env, tokens)
        if limits.has_too_many_brackets(src):
            state.append_pending(src)
            state.pushPending()
            return state.tokens
        self.tokenize(state)
        for rule in _PAIR_RULES:
            rule(state)
        return state.tokens

    def tokenize(self, state: _State) -> None:
        """Adds tokens for the text from `pos` to `posMax` of the state."""
        source, end = state.src, state.posMax
        search = state.search_sign
        while state.pos < end:
            at = state.pos
            match = search(source, at, end)
            sign = match.start() if match else end
            if sign > at:
                state.append_pending(source[at:sign])
                state.pos = sign
            elif state.level >= limits.MAX_INLINE_NESTING or not _apply(state, False):
                state.append_pending(source[at])
                state.pos = at + 1
        if state.pending:
            state.pushPending()

    def skipToken(self, state: _State) -> None:  # noqa: N802
        """Moves `pos` behind the next token, without making it."""
        at = state.pos
        if at in state.cache:
            state.pos = state.cache[at]
            return
        match = state.search_sign(state.src, at, state.posMax)
        if not match or match.start() > at:
            state.pos = match.start() if match else state.posMax
        elif state.level >= limits.MAX_INLINE_NESTING:
            state.pos = state.posMax
        else:
            # The level bounds how deep a label is looked into for labels.
            state.level += 1
            if not _apply(state, True):
                state.pos = at + 1
            state.level -= 1
        state.cache[at] = state.pos


def _apply(state: StateInline, silent: bool) -> bool:
    limits.take_steps(state.env)
    # A generator for `any` would take a tenth of the time of a note.
    for rule in RULES[state.src[state.pos]]:  # noqa: SIM110
        if rule(state, silent):
            return True
    return False
