"""What a rendering gives back, and what it asks of the caller."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Destination:
    """Where a link target leads: an entry, a list of candidates, a file, or nowhere.

    `path` is an address of this wiki, as `wiki.slugs.entry_path` makes it; for an
    ambiguous name that of the page with the candidates, for a file
    `/files/<sha256><extension>`, and empty when missing. `title` is the entry's,
    for links that have no words of their own (block references).
    """

    kind: Literal["entry", "ambiguous", "missing", "file"]
    path: str = ""
    title: str = ""


# Called at most once a rendering, with every target: the name in a wiki link as
# written, the path in any other address (without query and fragment, percent signs
# decoded once, NFC, `\` as `/`), a block reference with its brackets. A target that
# is not in the answer is missing.
Lookup = Callable[[Collection[str]], Mapping[str, Destination]]


def no_destinations(targets: Collection[str]) -> Mapping[str, Destination]:
    """The lookup of a wiki without entries: every link is a red one."""
    return {}


@dataclass(frozen=True)
class FoundLink:
    """A link or picture found in a body, unless it leads to another host.

    `target` is what the lookup was asked for. `key` is its title key; of a path, that
    of the last part without the suffix of a note. `line` is counted from 1;
    `excerpt` is plain text of the block around it, with the link's own text inside,
    at most 200 characters. `kind` is `wiki` for `[[name]]`, `path` for what is
    written as an address or a block reference, and `file` for pictures, embedded
    files and every link that turned out to lead to a file. `other` is a name that,
    once the lookup knows it, makes the link lead there: `[[name|text]]` is read the
    other way round where only the text is known.
    """

    target: str
    key: str
    heading: str
    label: str
    line: int
    excerpt: str
    kind: Literal["wiki", "path", "file"] = "wiki"
    other: str = ""


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
