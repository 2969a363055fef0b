"""Links, pictures and tags in running text: the library's rules, told where to.

Beside what the library keeps, a token of something that leads to a local address
has the address and its place in the text, and the address is asked for.
"""

from markdown_it import rules_inline
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

from . import limits
from .addresses import normalized
from .html_links import html_links
from .local import LocalAddress, read_local
from .shortcodes import ShortcodeDestination, read_destination


def link(state: StateInline, silent: bool) -> bool:
    """At `[`: a link with an address or a reference."""
    limits.take_steps(state.env, limits.LINK_STEPS)
    start, first = state.pos, len(state.tokens)
    if not rules_inline.link(state, silent):
        return False
    if not silent:
        token = state.tokens[first]
        if token.type != "link_open":
            # The text in front became a token just before.
            token = state.tokens[first + 1]
        _remember(state, token, read_local(str(token.attrs["href"])), start)
    return True


def image(state: StateInline, silent: bool) -> bool:
    """At `![`: a picture with an address or a reference."""
    if not state.src.startswith("![", state.pos):
        return False
    limits.take_steps(state.env, limits.LINK_STEPS)
    start = state.pos
    if not rules_inline.image(state, silent):
        return False
    if not silent:
        token = state.tokens[-1]
        _remember(state, token, read_local(str(token.attrs["src"])), start)
    return True


def html_inline(state: StateInline, silent: bool) -> bool:
    """At `<`: a tag or comment."""
    start = state.pos
    if not rules_inline.html_inline(state, silent):
        return False
    if not silent:
        token = state.tokens[-1]
        for found in html_links(token.content):
            _remember(state, token, found.local, start)
            token.meta |= {"label": found.label, "is_picture": found.is_picture}
    return True


def shortcode_link(state: StateInline, silent: bool) -> bool:
    """At `[`: a link whose destination is a shortcode, which may hold blanks."""
    if state.linkLevel:
        return False
    found = _shortcode_behind_label(state, state.pos, disable_nested=True)
    if not found:
        return False
    label_end, destination, local = found
    if not silent:
        limits.take_steps(state.env, limits.LINK_STEPS)
        token = state.push("link_open", "a", 1)
        token.attrs = {"href": _written(local), "title": destination.title}
        _remember(state, token, local, state.pos)
        stop, state.posMax = state.posMax, label_end
        state.pos += 1
        state.linkLevel += 1
        state.md.inline.tokenize(state)
        state.linkLevel -= 1
        state.push("link_close", "a", -1)
        state.posMax = stop
    state.pos = destination.end
    return True


def shortcode_image(state: StateInline, silent: bool) -> bool:
    """At `![`: a picture whose address is a shortcode."""
    if not state.src.startswith("![", state.pos):
        return False
    found = _shortcode_behind_label(state, state.pos + 1, disable_nested=False)
    if not found:
        return False
    label_end, destination, local = found
    if not silent:
        limits.take_steps(state.env, limits.LINK_STEPS)
        content = state.src[state.pos + 2 : label_end]
        children: list[Token] = []
        state.md.inline.parse(content, state.md, state.env, children)
        token = state.push("image", "img", 0)
        token.attrs = {"src": _written(local), "title": destination.title}
        token.children, token.content = children, content
        _remember(state, token, local, state.pos)
    state.pos = destination.end
    return True


def _shortcode_behind_label(
    state: StateInline, start: int, *, disable_nested: bool
) -> tuple[int, ShortcodeDestination, LocalAddress] | None:
    """Where the label from `start` ends, and the shortcode that follows it."""
    if not state.env.get("may_have_shortcodes"):
        return None
    label_end = state.md.helpers.parseLinkLabel(state, start, disable_nested)
    if label_end < 0:
        return None
    destination = read_destination(state.src, label_end + 1, state.posMax)
    local = read_local(destination.address) if destination else None
    return (label_end, destination, local) if destination and local else None


def _written(local: LocalAddress) -> str:
    fragment = f"#{local.fragment}" if local.fragment else ""
    return normalized(local.path + fragment)


def _remember(
    state: StateInline, token: Token, local: LocalAddress | None, start: int
) -> None:
    if local:
        token.meta = {"at": start, "local": local}
        state.env["targets"][local.path] = None
