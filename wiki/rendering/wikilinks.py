"""Links between entries: `[[title]]`, `[[title|text]]`, `[[title#heading]]`."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from markdown_it.common.utils import normalizeReference
from markdown_it.rules_inline import StateInline

from wiki.slugs import title_key

from . import limits

# A title of 200 characters, a heading and a text fit; a search for the end stops
# here, so that a page of `[[` costs no more than its length.
MAX_LINK_CHARS = 600

_BAR = re.compile(r"\\?\|")
# A `#` with a blank or nothing behind it belongs to the title: `C#`, `C# 문법`.
_HEADING = re.compile(r"#(?=[^\s#])")
_FILE = re.compile(
    r"\.(?:png|jpe?g|gif|svg|webp|avif|bmp|tiff?|ico|pdf|mp[34]|m4a|mov|webm|ogg|wav"
    r"|flac|canvas|excalidraw|zip|docx?|xlsx?|pptx?|csv)\Z",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class WikiLink:
    """A link as written; `target` is empty for a heading of the same page."""

    target: str
    key: str
    heading: str
    label: str
    end: int
    is_embed: bool = False

    @property
    def is_file(self) -> bool:
        """Whether it embeds an attachment rather than an entry."""
        return self.is_embed and _FILE.search(self.target) is not None


def read_wikilink(text: str, start: int, stop: int) -> WikiLink | None:
    """The link whose `[[` or `![[` stands at `start`, or None."""
    is_embed = text[start] == "!"
    inside = start + (3 if is_embed else 2)
    end = _find_end(text, inside, min(stop, inside + MAX_LINK_CHARS))
    if end < 0:
        return None
    content = text[inside:end]
    name, *labels = _BAR.split(content, maxsplit=1)
    target, *headings = _HEADING.split(name)
    target = target.strip()
    heading = headings[-1].strip() if headings else ""
    key = title_key(target)
    if not (key or (heading and not target)):
        return None
    label = labels[0].strip() if labels else ""
    if not label or (is_embed and label.replace("x", "").isdigit()):
        label = name.strip() if target else heading
    return WikiLink(target, key, heading, label, end + 2, is_embed)


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


def _push(state: StateInline, silent: bool) -> bool:
    if state.linkLevel:
        return False
    link = read_wikilink(state.src, state.pos, state.posMax)
    if link is None or _is_reference(state, link):
        return False
    if not silent:
        limits.take_steps(state.env, limits.LINK_STEPS)
        token = state.push("wikilink", "a", 0)
        token.content = link.label
        token.meta = {"link": link, "at": state.pos}
        if link.target and not link.is_file:
            state.env["targets"][link.target] = None
    state.pos = link.end
    return True


def _is_reference(state: StateInline, link: WikiLink) -> bool:
    references = state.env.get("references")
    if not references:
        return False
    return normalizeReference(state.src[state.pos + 2 : link.end - 2]) in references


def find_link_targets(body: str) -> set[str]:
    """Every target that rendering the body may ask for, and perhaps a few more.

    It looks for brackets only, so it also finds those in code: cheap, for looking
    up the links of many bodies in one query.
    """
    return {
        link.target for link in _all_links(body) if link.target and not link.is_file
    }


def _all_links(body: str) -> Iterator[WikiLink]:
    at = body.find("[[")
    while at >= 0:
        start = at - 1 if at and body[at - 1] == "!" else at
        for place in {start, at}:
            if link := read_wikilink(body, place, len(body)):
                yield link
        at = body.find("[[", at + 1)
