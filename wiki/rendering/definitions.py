"""Definitions of links and footnotes, which count wherever in a body they stand.

Found by line and not by a parse: one too many does no harm, since what nothing
refers to is not printed.
"""

import re
from collections.abc import Iterator

from .sections import Section, section_text

_DEFINITION = re.compile(r"[ >]{0,6}\[(?P<note>\^)?[^\]\n]+\]:")
_FENCE = re.compile(r" {0,3}(?P<sign>`{3,}|~{3,})")


def with_definitions(body: str, section: Section, text: str) -> str:
    """The text of a section, with the definitions of the body around that section.

    Rendered, it is what a save of the section would print there: those before it
    stand before, as the first of a name counts.
    """
    before, _, after = _around(body, section)
    parts = ("\n".join(_definitions(before)), text, "\n".join(_definitions(after)))
    return "\n\n".join(part for part in parts if part)


def _around(body: str, section: Section) -> tuple[str, str, str]:
    inside = section_text(body, section)
    lines = body.split("\n")
    before = "".join(f"{line}\n" for line in lines[: section.start])
    return before, inside, body[len(before) + len(inside) :]


def _definitions(text: str) -> Iterator[str]:
    """The lines of the definitions, a blank line behind each."""
    fence, lines = "", []
    is_note = False
    for line in text.split("\n"):
        if fence:
            is_end = line.strip().startswith(fence) and not line.strip().strip(fence[0])
            fence = "" if is_end else fence
            continue
        found = _DEFINITION.match(line)
        if found:
            yield from _ended(lines)
            lines, is_note = [line.lstrip(" >")], bool(found["note"])
        elif lines and _goes_on(line, lines[-1], is_note):
            lines.append(line)
        else:
            yield from _ended(lines)
            lines = []
            opened = _FENCE.match(line)
            fence = opened["sign"] if opened else ""
    yield from _ended(lines)


def _goes_on(line: str, last: str, is_note: bool) -> bool:
    """Whether a line belongs to the definition that the last one belongs to."""
    if is_note:
        # Blocks of a footnote stand further in; a paragraph ends at a blank line.
        return line.startswith(("    ", "\t")) or not line.strip() or bool(last.strip())
    # A title may stand on a line of its own.
    return last.rstrip().endswith((":", ">")) or line.lstrip()[:1] in ('"', "'", "(")


def _ended(lines: list[str]) -> Iterator[str]:
    if lines:
        yield "\n".join(lines).rstrip()
        yield ""
