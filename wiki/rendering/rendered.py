"""What a rendering gives back, and what it asks of the caller."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Destination:
    """Where a link target leads: one entry, a list of candidates, or nowhere yet.

    `path` is an address of this wiki, as `wiki.slugs.entry_path` makes it; for an
    ambiguous name that of the page with the candidates, and empty when missing.
    """

    kind: Literal["entry", "ambiguous", "missing"]
    path: str = ""


# Called at most once a rendering, with every link target as written; a target
# that is not in the answer is missing.
Lookup = Callable[[Collection[str]], Mapping[str, Destination]]


def no_destinations(targets: Collection[str]) -> Mapping[str, Destination]:
    """The lookup of a wiki without entries: every link is a red one."""
    return {}


@dataclass(frozen=True)
class FoundLink:
    """A link to an entry found in a body.

    `target` is as written, before `|` and `#`; `key` is its title key; `line` is
    counted from 1; `excerpt` is plain text of the block around it, with the
    link's own text inside, at most 200 characters.
    """

    target: str
    key: str
    heading: str
    label: str
    line: int
    excerpt: str
    kind: Literal["wiki"] = "wiki"


@dataclass(frozen=True)
class Heading:
    """A heading as printed: the body's `# ` is level 2, for the page has the h1."""

    level: int
    id: str
    text: str


@dataclass(frozen=True)
class Rendered:
    """The inside of `<article class="prose">` and what was found on the way.

    `is_fallback` is true when the text went over the limits and stands escaped.
    """

    html: str
    headings: tuple[Heading, ...] = ()
    links: tuple[FoundLink, ...] = ()
    tags: tuple[str, ...] = ()
    is_fallback: bool = False
