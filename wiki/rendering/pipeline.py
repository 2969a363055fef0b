"""From Markdown to safe HTML: limits, parse, look links up, write, sanitise."""

import logging
from collections.abc import Mapping

from markdown_it.token import Token

from . import limits
from .blocks import may_have_underlines
from .excerpts import text_of
from .html import HtmlWriter
from .images import REMOTE_IMAGE_CHOICES, SHOW
from .markup import escape
from .parser import markdown
from .rendered import Destination, Lookup, Rendered, no_destinations
from .sanitize import sanitize

# Raised by hand with every change to what `render` gives for some text.
RENDER_VERSION = 1

logger = logging.getLogger(__name__)


def render(
    body: str, lookup: Lookup = no_destinations, *, remote_images: str = SHOW
) -> Rendered:
    """The body as safe HTML, with the headings, links and tags found in it.

    `remote_images` is `show` or `card`. Never raises for any text: one with more
    markup than can be rendered in time comes back escaped, as a fallback.
    """
    if remote_images not in REMOTE_IMAGE_CHOICES:
        raise ValueError(f"remote_images is one of {REMOTE_IMAGE_CHOICES}")
    body = _storable(body)
    try:
        return _render(body, lookup, remote_images)
    except limits.TooMuchMarkup as reason:
        logger.info("a body of %d characters is shown plain: %s", len(body), reason)
    except RecursionError:
        logger.warning("a body of %d characters nests too deeply", len(body))
    return Rendered(html=_plain(body), is_fallback=True)


def _render(body: str, lookup: Lookup, remote_images: str) -> Rendered:
    limits.check_size(body)
    tokens, targets = _parse(body)
    destinations: Mapping[str, Destination] = lookup(targets) if targets else {}
    writer = HtmlWriter(destinations, remote_images=remote_images)
    html = sanitize(
        writer.write(tokens),
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
    body = _storable(body)
    try:
        limits.check_size(body)
        tokens, _ = _parse(body)
    except (limits.TooMuchMarkup, RecursionError):
        return body
    lines = (
        text_of(token.children or ()) if token.type == "inline" else token.content
        for token in tokens
        if token.type in ("inline", "fence", "code_block", "math_block")
    )
    return "\n".join(filter(None, (line.strip() for line in lines)))


def _parse(body: str) -> tuple[list[Token], list[str]]:
    env = {"targets": {}, "may_have_underlines": may_have_underlines(body)}
    tokens = markdown().parse(body, env)
    return tokens, list(env["targets"])[: limits.MAX_LINKS]


def _storable(body: str) -> str:
    """The text without half characters, which no encoder takes."""
    try:
        body.encode()
    except UnicodeEncodeError:
        return body.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return body


def _plain(body: str) -> str:
    # A line break right behind `<pre>` would not count.
    text = body.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "\ufffd")
    text = escape(text.lstrip("\n"))
    return f'<pre class="plain" tabindex="0">{text}</pre>'
