"""HTML in Markdown: what is harmless is kept, the rest is dropped or shown as text.

This tidies, `sanitize` guards: everything written here passes through it last.
Each piece of raw HTML is read tag by tag and written anew, with the attributes a
writer may use; nothing is copied as it stands but the text between tags. What is
opened inside a list item, a quote or a cell is closed with it, so that a stray
tag cannot take the blocks behind it along.
"""

import html
import re
from dataclasses import dataclass

from . import limits
from .addresses import file_name_of, host_of, may_link_to
from .html_links import without_hidden
from .link_writer import LinkWriter
from .local import read_local
from .markup import escape, open_tag, words
from .sanitize import WRITER_ATTRIBUTES

_TAG = re.compile(
    r"""<(/?)([A-Za-z][^\s/>]*+)((?:[^<>"']|"[^"]*"|'[^']*')*+)(>?)""",
)
_ATTRIBUTE = re.compile(
    r"""([^\s/>=][^\s/>=]*)(?:\s*=\s*("[^"]*"|'[^']*'|[^\s>"']+))?"""
)
_RENAMED = {
    "h1": "h2",
    "h2": "h3",
    "h3": "h4",
    "h4": "h5",
    "h5": "h6",
    "strike": "s",
    "tt": "code",
    "center": "div",
}
_VOID = frozenset({"br", "hr", "img", "wbr", "col"})
# Without them in view a page reads the same, wherever they stand.
_INVISIBLE = frozenset({"font", "big", "nobr", "picture", "source", "o:p"})
# Frames of a page: structure in a block of HTML, but mentioned in a sentence they
# are what the sentence is about.
_FRAMES = words(
    "address article aside body fieldset footer form head header hgroup html label "
    "legend main nav section"
)
_PLAYERS = frozenset({"iframe", "video", "audio", "embed"})
# A browser opens these again in each paragraph that follows: see `end_of_inline`.
_FORMATTING = words("a b code em i s small strong u")
_ROW_GROUPS = frozenset({"thead", "tbody", "tfoot"})
_LISTS = frozenset({"ul", "ol"})
_CELLS = frozenset({"td", "th"})
_BLOCKS = words("blockquote details div dl figure li ol pre table td th ul")
# Which open tags a tag ends, and which ones shield those further out.
_IMPLIED_ENDS = {
    "a": (frozenset({"a"}), frozenset()),
    "p": (frozenset({"p"}), _BLOCKS),
    "li": (frozenset({"li"}), _LISTS),
    "dt": (frozenset({"dt", "dd"}), frozenset({"dl"})),
    "dd": (frozenset({"dt", "dd"}), frozenset({"dl"})),
    "td": (_CELLS, frozenset({"tr", "table"})),
    "th": (_CELLS, frozenset({"tr", "table"})),
    "tr": (frozenset({"tr"}), frozenset({"table"})),
    **dict.fromkeys(_ROW_GROUPS, (_ROW_GROUPS, frozenset({"table"}))),
}
_WRAPPED = {
    "table": ('<div class="scroll-x" tabindex="0"><table class="t">', "</table></div>"),
    "pre": ('<div class="code"><pre tabindex="0">', "</pre></div>"),
    "figure": ('<figure class="pic">', "</figure>"),
    "center": ('<div align="center">', "</div>"),
}


@dataclass(frozen=True, slots=True)
class _OpenTag:
    name: str
    closing: str


class RawHtml:
    """The raw HTML of one body, piece after piece, and what it has left open."""

    def __init__(self, links: LinkWriter) -> None:
        self._links = links
        self._open: list[_OpenTag] = []
        self._containers: list[int] = []
        self._tags_left = limits.MAX_RAW_TAGS
        # How many links the Markdown around has open: no link begins within one.
        self.link_depth = 0
        self.is_used = False

    @property
    def in_link(self) -> bool:
        """Whether a raw `<a>` is open."""
        return any(tag.name == "a" for tag in self._open[self._bottom() :])

    def block(self, content: str) -> str:
        """A block of HTML, written anew."""
        self.is_used = True
        content = without_hidden(content)
        return self._rewrite(content, is_block=True) + self.end_of_inline()

    def inline(self, content: str) -> str:
        """One tag or comment within a sentence, written anew."""
        self.is_used = True
        if content.startswith(("<!", "<?")):
            return ""
        return self._rewrite(content, is_block=False)

    def end_of_inline(self) -> str:
        """Closes the formatting left open, at the end of a paragraph or block.

        A browser carries an open `<b>` over into every paragraph that follows, and
        a few dozen of them into thousands of paragraphs.
        """
        for at in range(self._bottom(), len(self._open)):
            if self._open[at].name in _FORMATTING:
                return self._close_from(at)
        return ""

    def enter(self) -> None:
        """Notes that a list item, quote, cell or the like begins."""
        self._containers.append(len(self._open))

    def leave(self) -> str:
        """Closes what was opened since it began."""
        return self._close_from(self._containers.pop())

    def _bottom(self) -> int:
        return self._containers[-1] if self._containers else 0

    def _rewrite(self, content: str, *, is_block: bool) -> str:
        written, at = [], 0
        # A `<` whose tag never ends is read again from the next one: bounded, or
        # a page of quotes would take time with the square of its length.
        patience = 2 * len(content) + 10_000
        while (start := content.find("<", at)) >= 0 and patience > 0:
            written.append(content[at:start])
            match = _TAG.match(content, start)
            if match and match[4]:
                written.append(self._tag(match, is_block=is_block))
                at = match.end()
                if match[2].lower() == "pre":
                    # The first line break in a `<pre>` does not count, and a
                    # second would become the first when it is read again.
                    at += len(content[at:]) - len(content[at:].lstrip("\n"))
                continue
            patience -= (match.end() if match else start) - start
            written.append("&lt;")
            at = start + 1
        written.append(content[at:].replace("<", "&lt;"))
        return "".join(written)

    def _tag(self, match: re.Match[str], *, is_block: bool) -> str:
        self._tags_left -= 1
        if self._tags_left < 0:
            raise limits.TooMuchMarkup("raw HTML")
        name = match[2].lower()
        new_name = _RENAMED.get(name, name)
        if new_name not in WRITER_ATTRIBUTES:
            return self._foreign_tag(name, match, is_block=is_block)
        if match[1]:
            return "" if name in _VOID else self._close(new_name)
        return self._open_tag(name, new_name, _attributes(match[3]))

    def _open_tag(self, name: str, new_name: str, given: dict[str, str]) -> str:
        if name == "img":
            local = read_local(given.get("src", ""))
            return self._links.picture(given, local, in_link=self.in_link)
        allowed = WRITER_ATTRIBUTES[new_name]
        kept = {n: v for n, v in given.items() if n in allowed}
        if name == "a":
            kept = self._link_attributes(kept)
        if name in _VOID:
            return open_tag(name, kept)
        if name == "a" and self.link_depth:
            return ""
        closed = self._close_implied(new_name)
        if len(self._open) >= limits.MAX_RAW_DEPTH:
            return closed
        opening, closing = _WRAPPED.get(name, ("", f"</{new_name}>"))
        self._open.append(_OpenTag(new_name, closing))
        return closed + (opening or open_tag(new_name, kept))

    def _close(self, name: str) -> str:
        for at in range(len(self._open) - 1, self._bottom() - 1, -1):
            if self._open[at].name == name:
                return self._close_from(at)
        return ""

    def _close_implied(self, name: str) -> str:
        """Ends what the tag to be opened ends unsaid: an item the item before it."""
        ended, barriers = _IMPLIED_ENDS.get(name, (frozenset(), frozenset()))
        if not ended:
            return ""
        for at in range(len(self._open) - 1, self._bottom() - 1, -1):
            open_name = self._open[at].name
            if open_name in ended:
                return self._close_from(at)
            if open_name in barriers:
                break
        return ""

    def _close_from(self, at: int) -> str:
        closing = "".join(tag.closing for tag in reversed(self._open[at:]))
        del self._open[at:]
        return closing

    def _foreign_tag(self, name: str, match: re.Match[str], *, is_block: bool) -> str:
        if name in _INVISIBLE or (is_block and name in _FRAMES):
            return ""
        if name in _PLAYERS:
            return "" if match[1] else self._player(_attributes(match[3]))
        return escape(match[0])

    def _player(self, given: dict[str, str]) -> str:
        """What plays in a frame is linked: nothing of another host runs in a page."""
        address = given.get("src", "")
        if not address or not may_link_to(address):
            return ""
        name = " ".join(filter(None, (host_of(address), file_name_of(address))))
        text = escape(name or address)
        if self.link_depth or self.in_link:
            return text
        return f"{open_tag('a', self._link_attributes({'href': address}))}{text}</a>"

    def _link_attributes(self, kept: dict[str, str]) -> dict[str, str]:
        address = kept.pop("href", "")
        if not address:
            return kept
        leading = self._links.attributes(address, read_local(address))
        return leading | kept if leading else kept


def _attributes(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in _ATTRIBUTE.findall(text):
        if value[:1] in "\"'":
            value = value[1:-1]
        # The first of two counts, as in a browser.
        found.setdefault(name.lower(), html.unescape(value))
    return found
