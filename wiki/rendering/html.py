"""Writes parsed tokens as HTML, and collects headings, links and tags on the way."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import islice

from markdown_it.token import Token

from wiki.slugs import tag_key, tag_path

from . import code, limits
from .callouts import WARNING_KINDS, Callout
from .excerpts import text_of
from .found import found_in_html, found_links
from .headings import HeadingIds
from .images import split_size
from .link_writer import LinkWriter
from .markup import escape, open_tag
from .raw_html import RawHtml
from .rendered import FoundLink, Heading
from .wikilinks import WikiLink

_DEEPEST_HEADING = 6
_TABLE_OPEN = '<div class="scroll-x" tabindex="0"><table class="t">\n'
_TASK_BOX = '<input type="checkbox" disabled="">'
_TASK_BOX_DONE = '<input type="checkbox" disabled="" checked="">'

Tokens = Sequence[Token]


class HtmlWriter:
    """Writes the tokens of one body. What it writes is not yet sanitised."""

    def __init__(self, links: LinkWriter) -> None:
        self.headings: list[Heading] = []
        self.links: list[FoundLink] = []
        self.tags: dict[str, str] = {}
        self._link_writer = links
        self._raw = RawHtml(links)
        self._ids = HeadingIds()
        self._links_written: list[bool] = []
        self._task_box = ""
        self._highlighting_left = limits.MAX_HIGHLIGHTED_CHARS_IN_ALL

    @property
    def has_raw_html(self) -> bool:
        """Whether some of what was written began as HTML."""
        return self._raw.is_used

    def write(self, tokens: Tokens) -> str:
        """The HTML of block tokens."""
        return "".join(
            _WRITERS.get(token.type, HtmlWriter._tag)(self, tokens, at)
            for at, token in enumerate(tokens)
        )

    # Blocks

    def _tag(self, tokens: Tokens, at: int) -> str:
        token = tokens[at]
        if token.hidden:
            return ""
        slash = "/" if token.nesting < 0 else ""
        is_line = token.block and not (token.nesting > 0 and _holds_text(tokens, at))
        return f"<{slash}{token.tag}>" + ("\n" if is_line else "")

    def _inline_block(self, tokens: Tokens, at: int) -> str:
        block = tokens[at]
        children = block.children or ()
        written = [
            _WRITERS.get(token.type, HtmlWriter._tag)(self, children, place)
            for place, token in enumerate(children)
        ]
        written.append(self._raw.end_of_inline())
        if any("at" in token.meta for token in children):
            self._keep(found_links(block, self._link_writer.destination))
        return self._with_task_box("".join(written))

    def _keep(self, links: Iterable[FoundLink]) -> None:
        self.links += islice(links, limits.MAX_LINKS - len(self.links))

    def _with_task_box(self, content: str) -> str:
        # The label names the box for who cannot see that they stand side by side.
        box, self._task_box = self._task_box, ""
        return f"<label>{box} {content}</label>" if box else content

    def _heading_open(self, tokens: Tokens, at: int) -> str:
        level = printed_level(tokens[at])
        text = " ".join(text_of(tokens[at + 1].children or ()).split())
        if not text:
            return f"<h{level}>"
        heading = Heading(level, self._ids.take(text), text)
        self.headings.append(heading)
        return open_tag(f"h{level}", {"id": heading.id})

    def _heading_close(self, tokens: Tokens, at: int) -> str:
        return f"</h{printed_level(tokens[at])}>\n"

    def _list_open(self, tokens: Tokens, at: int) -> str:
        token = tokens[at]
        attributes = {}
        if "start" in token.attrs:
            attributes["start"] = str(token.attrs["start"])
        if "contains-task-list" in str(token.attrs.get("class", "")):
            attributes["class"] = "tasks"
        return open_tag(token.tag, attributes) + "\n"

    def _item_open(self, tokens: Tokens, at: int) -> str:
        self._raw.enter()
        checked = tokens[at].meta.get("checked")
        if checked is None:
            return "<li>"
        self._task_box = _TASK_BOX_DONE if checked else _TASK_BOX
        opened = '<li class="task">'
        if tokens[at + 1].type != "paragraph_open":
            opened += self._with_task_box("")
        return opened

    def _container_open(self, tokens: Tokens, at: int) -> str:
        self._raw.enter()
        return f"<{tokens[at].tag}>\n"

    def _container_close(self, tokens: Tokens, at: int) -> str:
        return f"{self._raw.leave()}</{tokens[at].tag}>\n"

    def _callout_open(self, tokens: Tokens, at: int) -> str:
        self._raw.enter()
        callout: Callout = tokens[at].meta["callout"]
        warn = " warn" if callout.kind in WARNING_KINDS else ""
        attributes = {"class": "callout" + warn, "data-callout": callout.kind}
        if callout.fold == "+":
            attributes["open"] = ""
        return open_tag(_callout_tag(callout), attributes) + "\n"

    def _callout_close(self, tokens: Tokens, at: int) -> str:
        tag = _callout_tag(tokens[at].meta["callout"])
        return f"{self._raw.leave()}</{tag}>\n"

    def _callout_title(self, tokens: Tokens, at: int) -> str:
        token = tokens[at]
        tag = "summary" if token.meta["callout"].fold else "strong"
        return f"</{tag}>\n" if token.nesting < 0 else f"<{tag}>"

    def _table_open(self, tokens: Tokens, at: int) -> str:
        return _TABLE_OPEN

    def _table_close(self, tokens: Tokens, at: int) -> str:
        return "</table></div>\n"

    def _cell_open(self, tokens: Tokens, at: int) -> str:
        self._raw.enter()
        token = tokens[at]
        attributes = {}
        if style := str(token.attrs.get("style", "")):
            attributes["class"] = style.removeprefix("text-align:")
        if token.tag == "th":
            attributes["scope"] = "col"
        return open_tag(token.tag, attributes)

    def _code_block(self, tokens: Tokens, at: int) -> str:
        token = tokens[at]
        language = code.language_of(token.info)
        if language.lower() == "mermaid":
            source = escape(token.content.lstrip("\n"))
            return f'<pre class="mermaid" tabindex="0">{source}</pre>\n'
        if language.lower() == "math":
            return f'<div class="math">{escape(token.content.strip())}</div>\n'
        attributes = {"class": "code"} | ({"data-lang": language} if language else {})
        colored = self._highlighted(token.content, language)
        opened = open_tag("div", attributes)
        return f'{opened}<pre tabindex="0"><code>{colored}</code></pre></div>\n'

    def _highlighted(self, content: str, language: str) -> str:
        is_affordable = len(content) <= self._highlighting_left
        if not is_affordable or not code.can_highlight(content, language):
            return escape(content)
        self._highlighting_left -= len(content)
        return code.highlighted(content, language)

    def _html_block(self, tokens: Tokens, at: int) -> str:
        self._keep(found_in_html(tokens[at], self._link_writer.destination))
        return self._raw.block(tokens[at].content)

    def _math_block(self, tokens: Tokens, at: int) -> str:
        return f'<div class="math">{escape(tokens[at].content.strip())}</div>\n'

    def _footnotes_open(self, tokens: Tokens, at: int) -> str:
        return '<section class="footnotes">\n<ol>\n'

    def _footnotes_close(self, tokens: Tokens, at: int) -> str:
        return "</ol>\n</section>\n"

    def _footnote_open(self, tokens: Tokens, at: int) -> str:
        self._raw.enter()
        return f'<li id="fn:{tokens[at].meta["id"] + 1}">'

    def _footnote_close(self, tokens: Tokens, at: int) -> str:
        return f"{self._raw.leave()}</li>\n"

    def _footnote_anchor(self, tokens: Tokens, at: int) -> str:
        # U+FE0E keeps the arrow from being drawn as an emoji.
        name = _footnote_name(tokens[at])
        return f' <a class="footnote-back" href="#fnref:{name}">↩\ufe0e</a>'

    # Inline

    def _text(self, tokens: Tokens, at: int) -> str:
        return escape(tokens[at].content)

    def _break(self, tokens: Tokens, at: int) -> str:
        return "<br>\n"

    def _code_inline(self, tokens: Tokens, at: int) -> str:
        return f"<code>{escape(tokens[at].content)}</code>"

    def _math_inline(self, tokens: Tokens, at: int) -> str:
        return f'<span class="math">{escape(tokens[at].content.strip())}</span>'

    def _html_inline(self, tokens: Tokens, at: int) -> str:
        return self._raw.inline(tokens[at].content)

    def _link_open(self, tokens: Tokens, at: int) -> str:
        token = tokens[at]
        attributes = None
        if not self._is_in_link():
            address = str(token.attrs.get("href", ""))
            attributes = self._link_writer.attributes(address, token.meta.get("local"))
        self._links_written.append(attributes is not None)
        if attributes is None:
            return ""
        self._raw.link_depth += 1
        if title := str(token.attrs.get("title", "")):
            attributes["title"] = title
        return open_tag("a", attributes)

    def _link_close(self, tokens: Tokens, at: int) -> str:
        if not self._links_written.pop():
            return ""
        self._raw.link_depth -= 1
        return "</a>"

    def _is_in_link(self) -> bool:
        return self._raw.link_depth > 0 or self._raw.in_link

    def _image(self, tokens: Tokens, at: int) -> str:
        token = tokens[at]
        attributes = {name: str(value) for name, value in token.attrs.items()}
        alternative = attributes["alt"] = text_of(token.children or ())
        if "|" in alternative:
            attributes["alt"], size = split_size(alternative)
            attributes |= {"width": size.width, "height": size.height}
        return self._link_writer.picture(
            attributes, token.meta.get("local"), in_link=self._is_in_link()
        )

    def _wikilink(self, tokens: Tokens, at: int) -> str:
        link: WikiLink = tokens[at].meta["link"]
        return self._link_writer.wikilink(link, in_link=self._is_in_link())

    def _hashtag(self, tokens: Tokens, at: int) -> str:
        name = tokens[at].content
        key = tag_key(name)
        self.tags.setdefault(key, name)
        if self._is_in_link():
            return escape("#" + name)
        opened = open_tag("a", {"class": "hashtag", "href": tag_path(key)})
        return f"{opened}#{escape(name)}</a>"

    def _footnote_ref(self, tokens: Tokens, at: int) -> str:
        name, number = _footnote_name(tokens[at]), tokens[at].meta["id"] + 1
        link = f'<a href="#fn:{number}" id="fnref:{name}">{number}</a>'
        return f'<sup class="footnote-ref">{link}</sup>'


def printed_level(heading: Token) -> int:
    """The level a heading of a body is printed at: one down, for the page has one."""
    return min(int(heading.tag[1]) + 1, _DEEPEST_HEADING)


def _holds_text(tokens: Tokens, at: int) -> bool:
    after = tokens[at + 1] if at + 1 < len(tokens) else None
    return after is not None and (after.type == "inline" or after.hidden)


def _callout_tag(callout: Callout) -> str:
    return "details" if callout.fold else "aside"


def _footnote_name(token: Token) -> str:
    number, repeat = token.meta["id"] + 1, token.meta.get("subId", 0)
    return f"{number}:{repeat}" if repeat else str(number)


_WRITERS: Mapping[str, Callable[[HtmlWriter, Tokens, int], str]] = {
    "inline": HtmlWriter._inline_block,
    "heading_open": HtmlWriter._heading_open,
    "heading_close": HtmlWriter._heading_close,
    "bullet_list_open": HtmlWriter._list_open,
    "ordered_list_open": HtmlWriter._list_open,
    "list_item_open": HtmlWriter._item_open,
    "list_item_close": HtmlWriter._container_close,
    "blockquote_open": HtmlWriter._container_open,
    "blockquote_close": HtmlWriter._container_close,
    "callout_open": HtmlWriter._callout_open,
    "callout_close": HtmlWriter._callout_close,
    "callout_title_open": HtmlWriter._callout_title,
    "callout_title_close": HtmlWriter._callout_title,
    "table_open": HtmlWriter._table_open,
    "table_close": HtmlWriter._table_close,
    "th_open": HtmlWriter._cell_open,
    "th_close": HtmlWriter._container_close,
    "td_open": HtmlWriter._cell_open,
    "td_close": HtmlWriter._container_close,
    "fence": HtmlWriter._code_block,
    "code_block": HtmlWriter._code_block,
    "html_block": HtmlWriter._html_block,
    "math_block": HtmlWriter._math_block,
    "footnote_block_open": HtmlWriter._footnotes_open,
    "footnote_block_close": HtmlWriter._footnotes_close,
    "footnote_open": HtmlWriter._footnote_open,
    "footnote_close": HtmlWriter._footnote_close,
    "footnote_anchor": HtmlWriter._footnote_anchor,
    "text": HtmlWriter._text,
    "softbreak": HtmlWriter._break,
    "hardbreak": HtmlWriter._break,
    "code_inline": HtmlWriter._code_inline,
    "math_inline": HtmlWriter._math_inline,
    "math_inline_double": HtmlWriter._math_inline,
    "html_inline": HtmlWriter._html_inline,
    "link_open": HtmlWriter._link_open,
    "link_close": HtmlWriter._link_close,
    "image": HtmlWriter._image,
    "wikilink": HtmlWriter._wikilink,
    "hashtag": HtmlWriter._hashtag,
    "footnote_ref": HtmlWriter._footnote_ref,
}
