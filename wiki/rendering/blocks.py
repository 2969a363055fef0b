"""The block parser: the library's rules, asked only where they can begin."""

import re
from collections.abc import Callable

from markdown_it.parser_block import ParserBlock
from markdown_it.ruler import Ruler
from markdown_it.rules_block import StateBlock

from . import limits

Rule = Callable[[StateBlock, int, int, bool], bool]

_FIRST_SIGNS = {
    "math_block": "$",
    "fence": "`~",
    "blockquote": ">",
    "hr": "*-_",
    "list": "*-+0123456789",
    "footnote_def": "[",
    "reference": "[",
    "html_block": "<",
    "heading": "#",
}
_TABLE_SIGNS = frozenset("|:-")
_CODE_INDENT = 4
_UNDERLINE = re.compile(r"[=-][ \t]*$", re.MULTILINE)


def may_have_underlines(body: str) -> bool:
    """Whether some line could underline a heading: kept in the parser's `env`."""
    return _UNDERLINE.search(body) is not None


class BlockRules(Ruler[Rule]):
    """The rules of another ruler, behind one rule for each chain that picks them.

    The library asks every rule at every line; here a line's first sign says which
    of them could apply, and most lines begin with a letter.
    """

    def __init__(self, rules: Ruler[Rule]) -> None:
        super().__init__()
        names = rules.get_active_rules()
        self._names = names
        by_function = dict(zip(rules.getRules(""), names, strict=True))
        self._chains = {
            chain: [_picker([(by_function[r], r) for r in rules.getRules(chain)])]
            for chain in ("", "paragraph", "reference", "blockquote", "list")
        }

    def getRules(self, chainName: str = "") -> list[Rule]:  # noqa: N802, N803
        """The one rule that stands for the chain's."""
        return self._chains[chainName]

    def get_active_rules(self) -> list[str]:
        """Names of the rules behind."""
        return self._names


def _picker(rules: list[tuple[str, Rule]]) -> Rule:
    """One rule that tries those of `rules` which the line could begin."""
    any_sign = [(name, rule) for name, rule in rules if name not in _FIRST_SIGNS]
    by_sign = {
        sign: [
            (name, rule) for name, rule in rules if sign in _FIRST_SIGNS.get(name, sign)
        ]
        for sign in "".join(_FIRST_SIGNS.values())
    }

    def pick(state: StateBlock, line: int, end: int, silent: bool) -> bool:
        limits.take_block_step(state)
        at = state.bMarks[line] + state.tShift[line]
        sign = state.src[at] if at < state.eMarks[line] else ""
        for name, rule in by_sign.get(sign, any_sign):
            if _could_apply(name, state, line, end) and rule(state, line, end, silent):
                return True
        return False

    return pick


def _could_apply(name: str, state: StateBlock, line: int, end: int) -> bool:
    if name == "table":
        if line + 1 >= end:
            return False
        below = state.bMarks[line + 1] + state.tShift[line + 1]
        return below < state.eMarks[line + 1] and state.src[below] in _TABLE_SIGNS
    if name == "code":
        return state.sCount[line] - state.blkIndent >= _CODE_INDENT
    if name == "lheading":
        return bool(state.env.get("may_have_underlines", True))
    return True


class BlockParser(ParserBlock):
    """The library's block parser, refusing what is nested too deeply.

    The library would leave the rest of such a block out without a word.
    """

    def tokenize(self, state: StateBlock, startLine: int, endLine: int) -> None:  # noqa: N803
        """Adds tokens for the lines; raises `TooMuchMarkup` beyond the depth."""
        if state.level >= limits.MAX_BLOCK_NESTING:
            raise limits.TooMuchMarkup("nesting")
        super().tokenize(state, startLine, endLine)
