"""The prose of a Markdown text, and which of its words stand out.

A cheap reading by patterns, for looking for words only: what it misjudges may
cost a tag, never text. Every pattern is bounded, so that time grows with the
length of the text whatever stands in it.
"""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator

_FENCE = re.compile(r"[ \t>]*(?:[-*+][ \t]+)?(`{3,}|~{3,})")
# What a text uses and is not about: code, pictures, addresses, markup.
_NOISE = re.compile(
    r"""
      ``[^\n]{1,300}?``  |  `[^`\n]{1,300}`
    | !\[\[[^\]\n]{0,300}\]\]  |  !\[[^\]\n]{0,300}\](?:\([^()\n]{0,2000}\))?
    | (?<=\])\([^()\n]{0,2000}(?:\([^()\n]{0,200}\)[^()\n]{0,2000})?\)
    | ^[ ]{0,3}\[[^\]\n]{1,200}\]:[^\n]*
    | <[^<>\n]{1,1000}>
    | (?:https?|ftp)://[^\s<>)\]]+  |  www\.[^\s<>)\]]+
    """,
    re.VERBOSE | re.MULTILINE,
)
_STANDS_OUT = re.compile(
    r"^ {0,3}(?P<heading>\#{1,6}[ \t].*)$"
    r"|(?P<bold>\*\*[^*\n]{1,120}\*\*|__[^_\n]{1,120}__)"
    r"|(?P<link>\[[^\[\]\n]{1,300}\])",
    re.MULTILINE,
)
_LINKS_ONLY = re.compile(
    r"[ \t]*(?:[-*+]|\d{1,3}[.)])?[ \t]*"
    r"(?:!?\[[^\[\]\n]{1,300}\]\([^\s()]{0,2000}(?:\([^\s()]{0,200}\))?[^()\n]{0,200}\)"
    r"[ \t,|·/]*)+\Z"
)


def prose(body: str, *, gap: str = " ") -> str:
    """The text without code, addresses and pictures; link texts stay.

    What is taken out of a line leaves a gap.
    """
    return _NOISE.sub(gap, _without_fences(body))


def place_finder(text: str, *, is_list_of_links: bool) -> Callable[[int], str]:
    """A function from a position in prose to "heading", "bold", "link" or "body".

    The text of a link stands out only where there is little else: such a note
    speaks through the titles of the pages it lists.
    """
    spans = [
        (match.start(), match.end(), str(match.lastgroup))
        for match in _STANDS_OUT.finditer(text)
        if is_list_of_links or match.lastgroup != "link"
    ]
    starts = [start for start, _, _ in spans]

    def place_at(position: int) -> str:
        nearest = bisect_right(starts, position) - 1
        if nearest >= 0 and position < spans[nearest][1]:
            return spans[nearest][2]
        return "body"

    return place_at


def is_list_of_links(body: str) -> bool:
    """Whether every line is a link or several, headings and blank lines aside."""
    if "](" not in body:
        return False
    lines = [line for line in body.split("\n") if line.strip()]
    return all(_LINKS_ONLY.match(line) for line in lines if not line.startswith("#"))


def _without_fences(body: str) -> str:
    if "```" not in body and "~~~" not in body:
        return body
    return "\n".join(_lines_outside_fences(body))


def _lines_outside_fences(body: str) -> Iterator[str]:
    closing = ""
    for line in body.split("\n"):
        match = _FENCE.match(line)
        if closing:
            if (
                match
                and match[1].startswith(closing)
                and not line[match.end() :].strip()
            ):
                closing = ""
        elif match:
            closing = match[1]
        else:
            yield line
