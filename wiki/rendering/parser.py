"""The Markdown parser: CommonMark with GitHub's tables and notes, math, our rules."""

from functools import cache

from markdown_it import MarkdownIt
from mdit_py_plugins.dollarmath import dollarmath_plugin
from mdit_py_plugins.gfm import gfm_plugin

from . import limits
from .blocks import BlockParser, BlockRules
from .callouts import callouts
from .footnotes import footnotes
from .inline import InlineParser


@cache
def markdown() -> MarkdownIt:
    """The one parser; it keeps nothing between two texts."""
    parser = MarkdownIt("commonmark")
    parser.inline, parser.block = InlineParser(), BlockParser()
    parser.configure(
        "commonmark",
        options_update={
            "html": True,
            "breaks": True,
            # One more than what is refused, so that the library never cuts.
            "maxNesting": limits.MAX_BLOCK_NESTING + 1,
        },
    )
    parser.use(gfm_plugin).use(
        dollarmath_plugin,
        allow_space=False,
        allow_digits=False,
        allow_labels=False,
        allow_blank_lines=False,
    )
    # Callouts know more names, folds and titles than the built-in alerts.
    parser.options["alerts"] = False
    parser.core.ruler.before("inline", "callouts", callouts)
    parser.core.ruler.at("footnote_tail", footnotes)
    parser.block.ruler = BlockRules(parser.block.ruler)
    return parser
