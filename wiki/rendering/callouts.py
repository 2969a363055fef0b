"""Callouts: a quote whose first line is `[!NOTE]`, as GitHub and Obsidian have it."""

import re
from dataclasses import dataclass

from markdown_it.rules_core import StateCore
from markdown_it.token import Token

# Every name of both programs, and the kind it is shown as.
KINDS = {
    "note": "note",
    "abstract": "abstract",
    "summary": "abstract",
    "tldr": "abstract",
    "info": "info",
    "todo": "todo",
    "tip": "tip",
    "hint": "tip",
    "important": "important",
    "success": "success",
    "check": "success",
    "done": "success",
    "question": "question",
    "help": "question",
    "faq": "question",
    "warning": "warning",
    "caution": "caution",
    "attention": "warning",
    "failure": "failure",
    "fail": "failure",
    "missing": "failure",
    "danger": "danger",
    "error": "danger",
    "bug": "bug",
    "example": "example",
    "quote": "quote",
    "cite": "quote",
}
WARNING_KINDS = frozenset({"warning", "caution", "failure", "danger", "bug"})

_MARKER = re.compile(r"\[!([A-Za-z]+)\]([+-]?)(?:[ \t]+([^\n]*))?(?:\n|\Z)")


@dataclass(frozen=True, slots=True)
class Callout:
    """What the marker line says; `word` is the kind's name as the writer put it."""

    kind: str
    word: str
    fold: str
    title: str
    length: int


def callouts(state: StateCore) -> None:
    """Core rule before inline parsing: turns such quotes into callout tokens."""
    if "[!" not in state.src:
        return
    tokens, found = state.tokens, []
    open_callouts: list[Token] = []
    at = 0
    while at < len(tokens):
        token = tokens[at]
        found.append(token)
        at += 1
        if token.type == "blockquote_open":
            if callout := _callout_of(tokens, at):
                token.type, token.meta = "callout_open", {"callout": callout}
                open_callouts.append(token)
                found += _first_tokens(callout, tokens[at : at + 3])
                at += 3
        elif _closes(token, open_callouts):
            token.type, token.meta = "callout_close", open_callouts.pop().meta
    state.tokens = found


def _closes(token: Token, open_callouts: list[Token]) -> bool:
    return (
        token.type == "blockquote_close"
        and bool(open_callouts)
        and open_callouts[-1].level == token.level
    )


def _callout_of(tokens: list[Token], at: int) -> Callout | None:
    if tokens[at].type != "paragraph_open":
        return None
    match = _MARKER.match(tokens[at + 1].content)
    kind = KINDS.get(match[1].lower()) if match else None
    if not match or not kind:
        return None
    title = (match[3] or "").strip()
    return Callout(kind, match[1], match[2], title, match.end())


def _first_tokens(callout: Callout, paragraph: list[Token]) -> list[Token]:
    """The title, and what is left of the paragraph that began with the marker."""
    opening, inline, closing = paragraph
    first, last = inline.map or [0, 0]
    tokens = []
    # What folds needs a name to be unfolded by: the writer's own word for it.
    if title := callout.title or (callout.word if callout.fold else ""):
        content = Token("inline", "", 0, content=title, children=[])
        content.map = [first, first + 1]
        meta = {"callout": callout}
        tokens = [
            Token("callout_title_open", "strong", 1, meta=meta),
            content,
            Token("callout_title_close", "strong", -1, meta=meta),
        ]
    inline.content = inline.content[callout.length :].strip()
    inline.map = [first + 1, last]
    return [*tokens, opening, inline, closing] if inline.content else tokens
