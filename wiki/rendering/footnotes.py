"""Footnotes: their texts moved to the end of the body, in order of first mention."""

from collections.abc import Iterable, Sequence

from markdown_it.rules_core import StateCore
from markdown_it.token import Token


def footnotes(state: StateCore) -> None:
    """Core rule after inline parsing. A text that nothing refers to is left out.

    Stands in for the library's own, which loses count where one definition stands
    within another.
    """
    known = state.env.get("footnotes")
    if not known:
        return
    state.tokens, texts = _taken_apart(state.tokens)
    mentioned = known.get("list", {})
    if not mentioned:
        return
    state.tokens.append(Token("footnote_block_open", "section", 1))
    for number, note in mentioned.items():
        text = texts.get(note["label"], ())
        state.tokens += _footnote(number, note["count"], text)
    state.tokens.append(Token("footnote_block_close", "section", -1))


def _taken_apart(tokens: Iterable[Token]) -> tuple[list[Token], dict[str, list[Token]]]:
    """The body without definitions, and the tokens of each; the first one counts."""
    body: list[Token] = []
    texts: dict[str, list[Token]] = {}
    places = [body]
    for token in tokens:
        if token.type == "footnote_reference_open":
            text: list[Token] = []
            texts.setdefault(token.meta["label"], text)
            places.append(text)
        elif token.type == "footnote_reference_close":
            places.pop()
        else:
            places[-1].append(token)
    return body, texts


def _footnote(number: int, mentions: int, text: Sequence[Token]) -> list[Token]:
    meta = {"id": number}
    anchors = [
        Token("footnote_anchor", "a", 0, meta=meta | {"subId": repeat})
        for repeat in range(max(1, mentions))
    ]
    # The way back stands in the last paragraph, where there is one.
    ends_with_text = bool(text) and text[-1].type == "paragraph_close"
    last = len(text) - 1 if ends_with_text else len(text)
    return [
        Token("footnote_open", "li", 1, meta=meta),
        *text[:last],
        *anchors,
        *text[last:],
        Token("footnote_close", "li", -1, meta=meta),
    ]
