"""Where a text names something without a link to it, and the text with that link. Pure.

    Redis를 쓴다      [[Redis]]를 쓴다
    redis를 쓴다      [[Redis|redis]]를 쓴다

Code, links, headings and addresses are no mentions, nor is a part of a longer word;
a particle behind a name is none of its letters.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markdown_it.token import Token

from wiki.rendering.excerpts import excerpt, text_of
from wiki.rendering.korean import PARTICLES
from wiki.rendering.link_scan import code_in
from wiki.rendering.pipeline import parse_or_none
from wiki.rendering.retargeting import can_be_linked
from wiki.slugs import title_key

MIN_LETTERS = 2
# So many places that look like a mention are tried in a text, and names looked for.
MAX_TRIES = 8
MAX_NAMES = 20
# And so many letters are parsed for it, each time that they are.
MAX_PARSED_CHARS = 400_000

_BEFORE = r"(?<![\w/\\@#$.-])"
_AFTER = r"(?![\w+#]|[-./@:]\w)"


@dataclass(slots=True)
class Effort:
    """How many letters may still be parsed, in one text or in several."""

    chars: int = MAX_PARSED_CHARS

    def blocks(self, body: str) -> "list[_Block]":
        self.chars -= len(body)
        return list(_blocks(body))


@dataclass(frozen=True, slots=True)
class Mention:
    """The first mention in a text: how it is written, and the text with a link there.

    The sentence around it is cut in three, what is written in the middle.
    """

    written: str
    body: str
    before: str
    after: str


def names_to_look_for(title: str, others: Sequence[str]) -> tuple[str, ...]:
    """Those of the names of an entry that say enough to be looked for."""
    names = dict.fromkeys((title, *others))
    long = (name for name in names if sum(map(str.isalnum, name)) >= MIN_LETTERS)
    return tuple(long)[:MAX_NAMES]


def first_mention(
    body: str, names: Sequence[str], title: str, effort: Effort | None = None
) -> Mention | None:
    """The first place where one of the names could become a link to the title.

    One parse of the text where there is none, and one for each place tried.
    """
    effort = effort or Effort()
    if not names or not can_be_linked(title):
        return None
    pattern = _pattern(names)
    if not pattern.search(body):
        return None
    blocks = effort.blocks(body)
    likely = [block for block in blocks if pattern.search(block.plain)]
    if not likely:
        return None
    for match in _places(body, pattern, likely)[:MAX_TRIES]:
        for link in _links(title, match[0]):
            if effort.chars <= 0:
                return None
            linked = body[: match.start()] + link + body[match.end() :]
            if found := _only_a_link_more(blocks, effort.blocks(linked), title):
                before, after = found
                return Mention(match[0], linked, before, after)
    return None


def _pattern(names: Sequence[str]) -> re.Pattern[str]:
    spelled = {
        unicodedata.normalize(form, name) for name in names for form in ("NFC", "NFD")
    }
    longest = sorted(spelled, key=lambda name: (-len(name), name))
    alternatives = "|".join(
        r"[ \t]+".join(map(re.escape, name.split())) for name in longest
    )
    particles = "|".join(
        unicodedata.normalize(form, particle)
        for particle in sorted(PARTICLES, key=len, reverse=True)
        for form in ("NFC", "NFD")
    )
    return re.compile(
        rf"{_BEFORE}(?:{alternatives})(?=(?:{particles})?{_AFTER})", re.IGNORECASE
    )


def _links(title: str, written: str) -> Iterator[str]:
    if unicodedata.normalize("NFC", written) == title:
        yield f"[[{written}]]"
        return
    yield f"[[{title}|{written}]]"
    # In a cell of a table the bar would end it.
    yield f"[[{title}\\|{written}]]"


@dataclass(frozen=True, slots=True)
class _Block:
    """A block of running text: what is read of it, and of that what could be linked."""

    lines: range
    text: str
    plain: str
    kinds: Counter[str]
    links: tuple[tuple[str, int, int], ...]


def _blocks(body: str) -> Iterator[_Block]:
    parsed = parse_or_none(body)
    previous = None
    for token in parsed.tokens if parsed else ():
        if token.type == "inline":
            in_heading = previous is not None and previous.type == "heading_open"
            yield _block(token, in_heading=in_heading)
        previous = token


def _block(block: Token, *, in_heading: bool) -> _Block:
    children = block.children or ()
    plain, links, level, length = [], [], 0, 0
    for token in children:
        if token.type in ("link_open", "link_close"):
            level += 1 if token.type == "link_open" else -1
        is_text = token.type == "text" and not level and not in_heading
        plain.append(token.content if is_text else " ")
        words = text_of((token,))
        if token.type == "wikilink":
            link = token.meta["link"]
            links.append((link.key, length, length + len(words)))
        length += len(words)
    first, last = block.map or (0, 0)
    return _Block(
        range(first, last),
        text_of(children),
        "".join(plain),
        Counter(t.type for t in children if t.type not in ("text", "wikilink")),
        tuple(links),
    )


def _places(
    body: str, pattern: re.Pattern[str], likely: Sequence[_Block]
) -> list[re.Match[str]]:
    """Where the pattern matches on a line of one of these blocks, code left out."""
    code = code_in(body)
    begins, ends = next(code, (len(body), len(body)))
    lines = {line for block in likely for line in block.lines}
    counted = line = 0
    found = []
    for match in pattern.finditer(body):
        line += body.count("\n", counted, match.start())
        counted = match.start()
        while ends <= counted < len(body):
            begins, ends = next(code, (len(body), len(body)))
        if line in lines and counted < begins:
            found.append(match)
    return found


def _only_a_link_more(
    before: Sequence[_Block], after: Sequence[_Block], title: str
) -> tuple[str, str] | None:
    """What stands around the new link in its sentence; None if more is another now."""
    if len(before) != len(after):
        return None
    changed = [(old, new) for old, new in zip(before, after, strict=True) if old != new]
    if len(changed) != 1:
        return None
    [(old, new)] = changed
    is_same = _words(old.text) == _words(new.text) and old.kinds == new.kinds
    if not is_same or len(new.links) != len(old.links) + 1:
        return None
    key = title_key(title)
    added = [link for link in new.links if link[0] == key]
    if not added:
        return None
    _, start, end = added[0]
    around = excerpt(new.text, start, end)
    written = " ".join(new.text[start:end].split())
    head, _, tail = around.partition(written)
    return head, tail


def _words(text: str) -> str:
    return " ".join(text.split())
