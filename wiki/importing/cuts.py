"""Where a file of many notes is cut, and which of its lines want mending."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from wiki.importing.hashtags import read_tag_line
from wiki.importing.outline import Outline
from wiki.importing.titles import link_heading, read_title, whole_link

_TERM_AND_EXPANSION = re.compile(r".*\S\s*\(.+\)\s*\Z", re.DOTALL)
_PUSHED_BULLET = re.compile(r"(?:\t| {4,})[ \t]*[-*+][ \t]")
_GLUED_HEADING = re.compile(r"( {0,3}#{2,6})(?=[\w\[(*`\"'“‘])")


@dataclass(frozen=True, slots=True)
class Cut:
    """A line that begins a note; its body begins at `body_start`. Lines from 0."""

    line: int
    body_start: int
    heading: str
    title_from: str


@dataclass(frozen=True, slots=True)
class Repair:
    """What stands in a body in place of a line: nothing, or the line mended."""

    text: str | None
    tags: tuple[str, ...] = ()


def find_headings(lines: Sequence[str], outline: Outline) -> list[Cut]:
    """The level-1 headings with a title, in order.

    `# x`, `x` over `===`, and `[# x](…)`, which no parser takes for one.
    """
    cuts = [
        Cut(heading.start, heading.end, heading.text, "heading")
        for heading in outline.headings
        # A paragraph over a row of `=` is a paragraph and a ruler.
        if heading.level == 1
        and heading.end - heading.start == 1 + heading.is_underlined
    ]
    cuts += [
        Cut(number, number + 1, heading, "link heading")
        for number in _paragraph_lines(outline)
        if "[#" in lines[number] and (heading := link_heading(lines[number]))
    ]
    titled = [cut for cut in cuts if read_title(cut.heading, has_body=True).text]
    return sorted(titled, key=lambda cut: cut.line)


def find_orphans(lines: Sequence[str], outline: Outline) -> list[Cut]:
    """Notes that only lack their heading mark.

    A paragraph after two blank lines that is one link, `[TERM (expansion)](…)`,
    and bullets pushed in by a tab: the bullets belong to the link, and neither
    belongs to the note above.
    """
    return [
        Cut(start, start + 1, lines[start].strip(), "orphan link")
        for start, end in outline.paragraphs
        if end - start > 1 < start and _is_orphan(lines[start - 2 : end])
    ]


def find_repairs(
    lines: Sequence[str], outline: Outline, cuts: Sequence[Cut]
) -> Mapping[int, Repair]:
    """What to do with single lines: tag lines go out, `##glued` gets its blank."""
    repairs: dict[int, Repair] = {}
    for number in _paragraph_lines(outline):
        line = lines[number]
        if "#" not in line[:4]:
            continue
        if tags := read_tag_line(line):
            repairs[number] = Repair(None, tags)
        elif match := _GLUED_HEADING.match(line):
            repairs[number] = Repair(f"{match[1]} {line[match.end() :]}")
    ends = dict(outline.paragraphs)
    for cut in cuts:
        if cut.title_from == "orphan link":
            bullets = range(cut.body_start, ends[cut.line])
            repairs |= {number: Repair(lines[number].lstrip()) for number in bullets}
    return repairs


def _is_orphan(lines: Sequence[str]) -> bool:
    above, link, bullets = lines[:2], lines[2], lines[3:]
    return (
        not any(line.strip() for line in above)
        and all(_PUSHED_BULLET.match(line) for line in bullets)
        and bool(_TERM_AND_EXPANSION.match(whole_link(link)))
    )


def _paragraph_lines(outline: Outline) -> list[int]:
    return [number for start, end in outline.paragraphs for number in range(start, end)]
