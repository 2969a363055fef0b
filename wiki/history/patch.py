"""What changed between two texts as a patch, for programs and for very long texts."""

from collections.abc import Iterator, Sequence

from wiki.history.matching import Change, match

CONTEXT = 3
_NO_NEWLINE = "\n\\ No newline at end of file\n"


def patch(old: str, new: str, *, old_name: str, new_name: str) -> Iterator[str]:
    """The lines of a unified diff, as `patch` and git read it; none for equal texts.

    The names stand in its first two lines and hold no newline.
    """
    old_lines, new_lines = _lines(old), _lines(new)
    changes = match(old_lines, new_lines).changes()
    if changes:
        yield f"--- {old_name}\n"
        yield f"+++ {new_name}\n"
    for group in _groups(changes):
        yield from _hunk(group, old_lines, new_lines)


def _lines(text: str) -> list[str]:
    """The lines, each with its newline; the last one may have none."""
    lines = [line + "\n" for line in text.split("\n")]
    lines[-1] = lines[-1][:-1]
    return lines if lines[-1] else lines[:-1]


def _groups(changes: Sequence[Change]) -> Iterator[list[Change]]:
    """Changes so close that the lines around them meet, together."""
    group: list[Change] = []
    for change in changes:
        if group and change.new_start - group[-1].new_end > 2 * CONTEXT:
            yield group
            group = []
        group.append(change)
    if group:
        yield group


def _hunk(
    group: Sequence[Change], old: Sequence[str], new: Sequence[str]
) -> Iterator[str]:
    first, last = group[0], group[-1]
    before = min(CONTEXT, first.old_start)
    after = min(CONTEXT, len(old) - last.old_end)
    old_range = _range(first.old_start - before, last.old_end + after)
    new_range = _range(first.new_start - before, last.new_end + after)
    yield f"@@ -{old_range} +{new_range} @@\n"
    place = first.old_start - before
    for change in group:
        yield from (_line(" ", old[i]) for i in range(place, change.old_start))
        yield from (_line("-", old[i]) for i in range(change.old_start, change.old_end))
        yield from (_line("+", new[j]) for j in range(change.new_start, change.new_end))
        place = change.old_end
    yield from (_line(" ", old[i]) for i in range(place, place + after))


def _range(start: int, stop: int) -> str:
    size = stop - start
    # Lines count from 1; an empty range stands behind the line that it names.
    return f"{start + 1 if size else start},{size}"


def _line(sign: str, line: str) -> str:
    return sign + line if line.endswith("\n") else sign + line + _NO_NEWLINE
