"""Links between entries: `[[title]]`, `[[title|text]]`, `[[title#heading]]`.

Also Logseq's `((id))` of a block, which stands for the page that holds it, and its
`{{embed …}}` around either.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from markdown_it.common.utils import normalizeReference
from markdown_it.rules_inline import StateInline

from wiki.slugs import title_key

from . import limits
from .images import NO_SIZE, Size, split_size
from .rendered import Destination

# A title of 200 characters, a heading and a text fit; a search for the end stops
# here, so that a page of `[[` costs no more than its length.
MAX_LINK_CHARS = 600

_ADDRESS = re.compile(r"\(<?(?:[A-Za-z][A-Za-z0-9+.-]*:|/|\.{1,2}/|#|www\.)")
_BAR = re.compile(r"\\?\|")
# A `#` with a blank or nothing behind it belongs to the title: `C#`, `C# 문법`.
_HEADING = re.compile(r"#(?=[^\s#])")
_FILE = re.compile(
    r"\.(?:png|jpe?g|gif|svg|webp|avif|bmp|tiff?|ico|pdf|mp[34]|m4a|mov|webm|ogg|wav"
    r"|flac|canvas|excalidraw|zip|docx?|xlsx?|pptx?|csv)\Z",
    re.IGNORECASE,
)
BLOCK_REFERENCE = re.compile(
    r"\(\(([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\)\)", re.IGNORECASE
)
_SHOWN_ID_CHARS = 8
_EMBED = re.compile(r"\{\{embed[ \t]{1,20}(?=\[\[|\(\()", re.IGNORECASE)
_EMBED_END = re.compile(r"[ \t]{0,20}\}\}")


@dataclass(frozen=True, slots=True)
class WikiLink:
    """A link as written; `target` is empty for a heading of the same page.

    `name` is all that stands before the bar; `other` is what the link would lead to
    if its text came first, as in Dendron: `[[text|title]]`.
    """

    target: str
    key: str
    heading: str
    label: str
    end: int
    name: str = ""
    other: str = ""
    is_embed: bool = False
    is_block: bool = False
    size: Size = NO_SIZE

    @property
    def is_file(self) -> bool:
        """Whether it embeds an attachment rather than an entry."""
        return self.is_embed and _FILE.search(self.target) is not None

    @property
    def targets(self) -> tuple[str, ...]:
        """What to ask the lookup for."""
        if not self.other:
            return (self.target,) if self.target else ()
        return self.target, _split_heading(self.other)[0]

    @property
    def needs_answer(self) -> bool:
        """Whether its target or text depends on what the lookup answers."""
        return bool(self.other) or self.is_block

    def settled(self, destinations: Mapping[str, Destination]) -> "WikiLink":
        """The link as the answer of the lookup makes it.

        `other` is what would make it another link, once that is known.
        """
        if self.is_block and _is_known(destinations, self.target):
            title = destinations[self.target].title
            return replace(self, label=title or self.target[2:][:_SHOWN_ID_CHARS])
        if _is_known(destinations, self.target):
            return replace(self, other="")
        other, heading = _split_heading(self.other)
        if not _is_known(destinations, other):
            return replace(self, other=other)
        return replace(
            self,
            target=other,
            key=title_key(other),
            heading=heading,
            label=self.name,
            other=self.target,
        )


def read_wikilink(text: str, start: int, stop: int) -> WikiLink | None:
    """The link whose `[[` or `![[` stands at `start`, or None."""
    is_embed = text[start] == "!"
    inside = start + (3 if is_embed else 2)
    end = _find_end(text, inside, min(stop, inside + MAX_LINK_CHARS))
    if end < 0:
        return None
    name, *labels = _BAR.split(text[inside:end], maxsplit=1)
    target, heading = _split_heading(name)
    key = title_key(target)
    if not (key or (heading and not target)):
        return None
    label, size = labels[0].strip() if labels else "", NO_SIZE
    other = "" if is_embed or "|" in label or not title_key(label) else label
    if is_embed:
        label, size = split_size(label)
    return WikiLink(
        target=target,
        key=key,
        heading=heading,
        label=label or (name.strip() if target else heading),
        end=end + 2,
        name=name.strip(),
        other=other if target else "",
        is_embed=is_embed,
        size=size,
    )


def read_block_reference(text: str, start: int, stop: int) -> WikiLink | None:
    """The reference to a block whose `((` stands at `start`, or None."""
    match = BLOCK_REFERENCE.match(text, start, stop)
    if not match:
        return None
    return WikiLink(
        target=match[0],
        key=title_key(match[0]),
        heading="",
        label=match[0],
        end=match.end(),
        is_block=True,
    )


def _split_heading(name: str) -> tuple[str, str]:
    target, *headings = _HEADING.split(name)
    return target.strip(), headings[-1].strip() if headings else ""


def _is_known(destinations: Mapping[str, Destination], target: str) -> bool:
    found = destinations.get(target)
    return found is not None and found.kind != "missing"


def _find_end(text: str, start: int, stop: int) -> int:
    """Where the closing `]]` begins; brackets inside must pair, on one line."""
    end = text.find("]]", start, stop)
    if end < 0:
        return -1
    inner = text[start:end]
    if inner.count("[") == inner.count("]") + 1 and text[end + 2 : end + 3] == "]":
        end += 1
        inner = text[start:end]
    if "\n" in inner or "[[" in inner or inner.count("[") != inner.count("]"):
        return -1
    # `[[[x]]]` is CommonMark's brackets around a link label, no title.
    return -1 if inner[:1] == "[" and inner.find("]") == len(inner) - 1 else end


def wikilink(state: StateInline, silent: bool) -> bool:
    """At `[[`: a link to an entry, unless CommonMark has a meaning for it."""
    start = state.pos
    if not state.src.startswith("[[", start) or state.src[start - 1 : start] == "[":
        return False
    return _push(state, silent)


def embed(state: StateInline, silent: bool) -> bool:
    """At `![[`: the same link, marked as one that asks for the content."""
    return state.src.startswith("![[", state.pos) and _push(state, silent)


def block_reference(state: StateInline, silent: bool) -> bool:
    """At `((`: a link to the page that holds the block."""
    if state.linkLevel or not state.src.startswith("((", state.pos):
        return False
    link = read_block_reference(state.src, state.pos, state.posMax)
    return link is not None and _add(state, link, silent)


def page_embed(state: StateInline, silent: bool) -> bool:
    """At `{{embed [[title]]}}` or `{{embed ((id))}}`: the link inside."""
    opening = _EMBED.match(state.src, state.pos, state.posMax)
    if state.linkLevel or not opening:
        return False
    read = read_wikilink if state.src[opening.end()] == "[" else read_block_reference
    link = read(state.src, opening.end(), state.posMax)
    closing = _EMBED_END.match(state.src, link.end, state.posMax) if link else None
    if not link or not closing:
        return False
    end = closing.end()
    label = state.src[state.pos : end] if link.is_block else link.label
    return _add(state, replace(link, label=label, end=end), silent)


def _push(state: StateInline, silent: bool) -> bool:
    if state.linkLevel:
        return False
    link = read_wikilink(state.src, state.pos, state.posMax)
    if link is None or _is_reference(state, link) or _is_label(state, link):
        return False
    return _add(state, link, silent)


def _add(state: StateInline, link: WikiLink, silent: bool) -> bool:
    if not silent:
        limits.take_steps(state.env, limits.LINK_STEPS)
        token = state.push("wikilink", "a", 0)
        token.content = link.label
        token.meta = {"link": link, "at": state.pos}
        state.env["targets"].update(dict.fromkeys(link.targets))
        if link.needs_answer:
            state.env.setdefault("unsettled", []).append(token)
    state.pos = link.end
    return True


def _is_label(state: StateInline, link: WikiLink) -> bool:
    """Whether an address follows: `[[doc]](https://…)` is a link labelled [doc]."""
    return not link.is_embed and bool(_ADDRESS.match(state.src, link.end))


def _is_reference(state: StateInline, link: WikiLink) -> bool:
    references = state.env.get("references")
    if not references:
        return False
    return normalizeReference(state.src[state.pos + 2 : link.end - 2]) in references
