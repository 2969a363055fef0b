"""Tags in running text: `#배포`, `#ci/cd`."""

import re

from markdown_it.rules_inline import StateInline

from wiki.slugs import MAX_TAG_CHARS, tag_key

# A letter first; then letters, digits, `_`, `-`, `/`, and the marks of decomposed
# letters. One character more than a tag may have, to tell one that is too long.
_TAG = re.compile(rf"#([^\W\d_][\w\-/\u0300-\u036f]{{0,{MAX_TAG_CHARS}}})")
_COLOUR = re.compile(r"(?:[0-9a-f]{3}|[0-9a-f]{6}|[0-9a-f]{8})\Z", re.IGNORECASE)


def hashtag(state: StateInline, silent: bool) -> bool:
    """At `#` in front of a word: a link to that tag.

    The sign stands at the start of a line or after a blank or `(`. Colours of 3, 6
    or 8 hex digits are no tags, nor is anything within a link.
    """
    start = state.pos
    if state.linkLevel or (start and not _may_stand_after(state.src[start - 1])):
        return False
    match = _TAG.match(state.src, start, state.posMax)
    if not match:
        return False
    name = match[1].rstrip("-/")
    if len(name) > MAX_TAG_CHARS or _COLOUR.match(name) or not tag_key(name):
        return False
    if not silent:
        token = state.push("hashtag", "a", 0)
        token.content = name
    state.pos = start + 1 + len(name)
    return True


def _may_stand_after(char: str) -> bool:
    return char == "(" or char.isspace()
