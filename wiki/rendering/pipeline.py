"""From Markdown to safe HTML: limits, parse, look links up, write, sanitise."""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from markdown_it.token import Token

from . import limits
from .blocks import may_have_underlines
from .excerpts import text_of
from .html import HtmlWriter
from .html_links import local_addresses
from .images import REMOTE_IMAGE_CHOICES, SHOW
from .inline import sign_search
from .link_writer import LinkWriter
from .markup import escape
from .parser import markdown
from .rendered import Destination, Lookup, Rendered, no_destinations
from .sanitize import sanitize
from .shortcodes import may_have_shortcodes

# Raised by hand with every change to what `render` gives for some text.
RENDER_VERSION = 2

logger = logging.getLogger(__name__)

_Step = TypeVar("_Step")


@dataclass(frozen=True, slots=True)
class Parsed:
    """The tokens of a body, what its links ask for, and which need the answer."""

    tokens: Sequence[Token]
    targets: tuple[str, ...]
    unsettled: Sequence[Token]


def render(
    body: str, lookup: Lookup = no_destinations, *, remote_images: str = SHOW
) -> Rendered:
    """The body as safe HTML, with the headings, links and tags found in it.

    `remote_images` is `show` or `card`. Raises nothing for any text, only what
    `lookup` raises: a body with more markup than can be rendered in time comes
    back escaped, as a fallback.
    """
    if remote_images not in REMOTE_IMAGE_CHOICES:
        raise ValueError(f"remote_images is one of {REMOTE_IMAGE_CHOICES}")
    body = limits.storable(body)
    parsed = parse_or_none(body)
    if parsed is None:
        return _fallback(body)
    destinations = lookup(parsed.targets) if parsed.targets else {}
    written = _or_none(lambda: _write(parsed, destinations, remote_images))
    return written or _fallback(body)


def parse_or_none(body: str) -> Parsed | None:
    """The tokens of a body; None when it holds too much markup, and is shown plain."""
    return _or_none(lambda: _parse(limits.storable(body)))


def settle(parsed: Parsed, destinations: Mapping[str, Destination]) -> None:
    """Gives the links that have no words of their own those of where they lead."""
    for token in parsed.unsettled:
        link = token.meta["link"].settled(destinations)
        token.meta["link"], token.content = link, link.label


def _or_none(step: Callable[[], _Step]) -> _Step | None:
    """What the step gives; None, and a line in the log, when it gives up."""
    try:
        return step()
    except limits.TooMuchMarkup as reason:
        logger.info("A body is shown as plain text: too much of %s.", reason)
    except Exception:
        # A fault here must not keep anyone from saving, nor stop an import: the
        # text is shown as it is, and the log says what to mend.
        logger.exception("A body is shown as plain text: the renderer failed.")
    return None


def _write(
    parsed: Parsed, destinations: Mapping[str, Destination], remote_images: str
) -> Rendered:
    settle(parsed, destinations)
    writer = HtmlWriter(LinkWriter(destinations, remote_images=remote_images))
    html = sanitize(
        writer.write(parsed.tokens),
        remote_images=remote_images,
        has_raw_html=writer.has_raw_html,
    )
    return Rendered(
        html=html,
        headings=tuple(writer.headings),
        links=tuple(writer.links),
        tags=tuple(writer.tags.values()),
    )


def render_key(remote_images: str) -> str:
    """What stored HTML is kept beside: differs when a new rendering would."""
    return f"{RENDER_VERSION}-{remote_images}"


def markdownify(text: str) -> str:
    """The HTML of a text whose links nobody looks up, for the form's preview."""
    return render(text).html


def plain_text(body: str) -> str:
    """The text of a body without markup, a line for each block; code included."""
    body = limits.storable(body)
    parsed = parse_or_none(body)
    if parsed is None:
        return body
    lines = (
        text_of(token.children or ()) if token.type == "inline" else token.content
        for token in parsed.tokens
        if token.type in ("inline", "fence", "code_block", "math_block")
    )
    return "\n".join(filter(None, (line.strip() for line in lines)))


def _parse(body: str) -> Parsed:
    limits.check_size(body)
    env: dict[str, Any] = {
        "targets": {},
        "unsettled": [],
        "may_have_underlines": may_have_underlines(body),
        "may_have_shortcodes": may_have_shortcodes(body),
        "search_sign": sign_search(body),
    }
    tokens = markdown().parse(body, env)
    targets = env["targets"]
    if "<" in body:
        for token in tokens:
            if token.type == "html_block":
                found = local_addresses(token.content)
                targets.update((local.path, None) for _, local in found)
    return Parsed(tokens, tuple(targets)[: limits.MAX_LINKS], env["unsettled"])


def _fallback(body: str) -> Rendered:
    text = body.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "\ufffd")
    # A line break right behind `<pre>` would not count.
    text = escape(text.lstrip("\n"))
    html = f'<pre class="plain" tabindex="0">{text}</pre>'
    return Rendered(html=html, is_fallback=True)
