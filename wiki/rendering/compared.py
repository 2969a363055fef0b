"""Two rendered texts as one, with marks for what came and what went.

Blocks are aligned first, then words in those that became one another. The order
is that of the new text; a block that is gone stands where it stood, struck. Tags
are never cut, and the sanitizer comes last, as after all else.
"""

import re
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from wiki.history.matching import Change, match
from wiki.history.pairing import pairs
from wiki.history.words import Mark, mark_words

from .limits import TooMuchMarkup
from .sanitize import sanitize
from .tree import Block, Words, escape, tree_of

# In blocks that changed: about a second.
MAX_COMPARED_CHARS = 200_000
# What a browser is given.
MAX_HTML_CHARS = 900_000

_ID = re.compile(r" id=\"[^\"]*\"")
# A writer's own marks must not be taken for those of the comparison.
_OWN_TAGS = {"<ins>": "<u>", "</ins>": "</u>", "<del>": "<s>", "</del>": "</s>"}
_OWN_MARK = re.compile("|".join(_OWN_TAGS))
# One beside the other in a row: what stands in the same place is the same cell.
_CELLS = ("td", "th")

Part = Block | Words


def compared(old: str, new: str, *, remote_images: str) -> str:
    """HTML of both as one; nothing in it is marked when they are equal.

    Both come from `render`. Raises `TooMuchMarkup` for more changes than can be
    marked in time, and for HTML of a writer that has blocks inside a line.
    """
    trees = [tree_of(_OWN_MARK.sub(_renamed, html)) for html in (old, new)]
    html = "".join(_Comparison().parts(*trees))
    if len(html) > MAX_HTML_CHARS:
        raise TooMuchMarkup("compared text")
    return sanitize(html, remote_images=remote_images)


def _renamed(mark: re.Match[str]) -> str:
    return _OWN_TAGS[mark[0]]


class _Comparison:
    """The walk down both trees, and the work left."""

    def __init__(self) -> None:
        self.chars_left = MAX_COMPARED_CHARS

    def parts(self, old: Block, new: Block) -> Iterator[str]:
        """What stands in two blocks of one kind, as one."""
        place = 0
        before = [part.html for part in old.parts]
        after = [part.html for part in new.parts]
        for change in match(before, after).changes():
            yield from after[place : change.new_start]
            yield from self._changed(old.parts, new.parts, change)
            place = change.new_end
        yield from after[place:]

    def _changed(
        self, old: Sequence[Part], new: Sequence[Part], change: Change
    ) -> Iterator[str]:
        gone = old[change.old_start : change.old_end]
        come = new[change.new_start : change.new_end]
        i = j = 0
        for k, m in self._paired(gone, come):
            yield from map(_struck, gone[i:k])
            yield from map(_added, come[j:m])
            yield self._pair(gone[k], come[m])
            i, j = k + 1, m + 1
        yield from map(_struck, gone[i:])
        yield from map(_added, come[j:])

    def _paired(
        self, gone: Sequence[Part], come: Sequence[Part]
    ) -> list[tuple[int, int]]:
        """Which part that is gone became which one that came, in order."""
        places = range(len(gone)), range(len(come))
        is_one = len(gone) == len(come) == 1 and _holds_blocks(gone[0])
        is_row = len(gone) == len(come) and all(map(_is_cell, gone))
        if is_one or is_row:
            found = list(zip(*places, strict=True))
        else:
            texts = [[part.text for part in side] for side in (gone, come)]
            self._spend(sum(len(text) for side in texts for text in side))
            found = list(pairs(*texts, *places))
        return [(i, j) for i, j in found if _kind(gone[i]) == _kind(come[j])]

    def _pair(self, old: Part, new: Part) -> str:
        if isinstance(new, Words):
            self._spend(len(old.text) + len(new.text))
            return _marked_words(old, new)
        tag = new.tag
        if new.name == "details" and " open" not in tag:
            # What changed in it is not to be looked for.
            tag = tag.replace("<details", '<details open=""', 1)
        return "".join([tag, *self.parts(old, new), new.closing])

    def _spend(self, chars: int) -> None:
        self.chars_left -= chars
        if self.chars_left < 0:
            raise TooMuchMarkup("changed text")


def _kind(part: Part) -> str:
    return part.name if isinstance(part, Block) else ""


def _is_cell(part: Part) -> bool:
    return _kind(part) in _CELLS


def _holds_blocks(part: Part) -> bool:
    return isinstance(part, Block) and any(isinstance(p, Block) for p in part.parts)


def _struck(part: Part) -> str:
    """A part of the old text that is gone; its ids are the new text's to give."""
    return _ID.sub("", _wrapped(part, "del"))


def _added(part: Part) -> str:
    return _wrapped(part, "ins")


def _wrapped(part: Part, mark: str) -> str:
    """The part with all that is read in it inside marks."""
    if isinstance(part, Block):
        inside = "".join(_wrapped(inner, mark) for inner in part.parts)
        return f"{part.tag}{inside}{part.closing}"
    return "".join(
        f"<{mark}>{piece.html}</{mark}>"
        if piece.is_object or (not piece.name and piece.text.strip())
        else piece.html
        for piece in part.pieces
    )


def _marked_words(old: Words, new: Words) -> str:
    """The new words with those that came marked, and what went in its place."""
    before, after = _Letters.of(old, is_gone=True), _Letters.of(new)
    marks = deque(_with_changed_tags(mark_words(old.text, new.text), before, after))
    pieces: list[str] = []
    place = 0
    for piece in new.pieces:
        if piece.name and not piece.is_object:
            pieces.append(piece.html)
            continue
        stop = place + (1 if piece.is_object else len(piece.text))
        while marks and marks[0].new_start < stop:
            mark = marks.popleft()
            end = min(mark.new_end, stop)
            pieces += [
                after.html(place, mark.new_start),
                _mark("del", before.html(mark.old_start, mark.old_end)),
                _mark("ins", after.html(mark.new_start, end)),
            ]
            place = end
            if mark.new_end > stop:
                # It goes on behind a tag.
                rest = Mark(mark.old_end, mark.old_end, stop, mark.new_end)
                marks.appendleft(rest)
        pieces.append(after.html(place, stop))
        place = stop
    pieces += [_mark("del", before.html(m.old_start, m.old_end)) for m in marks]
    return "".join(pieces)


def _mark(name: str, html: str) -> str:
    return f"<{name}>{html}</{name}>" if html.strip() else html * (name == "ins")


@dataclass(frozen=True)
class _Letters:
    """Words letter by letter: how each is written, and the tags it stands in."""

    written: list[str]
    tags: list[tuple[str, ...]]

    @classmethod
    def of(cls, words: Words, *, is_gone: bool = False) -> "_Letters":
        written: list[str] = []
        tags: list[tuple[str, ...]] = []
        around: list[str] = []
        for piece in words.pieces:
            if piece.is_object:
                is_box = piece.name == "input" and is_gone
                written.append(_box(piece.text) if is_box else piece.text)
                tags.append((*around, piece.text))
            elif piece.name:
                if piece.text.startswith("</"):
                    around.pop()
                else:
                    # Colours of code follow from its words.
                    around.append(
                        "" if piece.name == "span" else _ID.sub("", piece.text)
                    )
            else:
                written += map(escape, piece.text)
                tags += [tuple(around)] * len(piece.text)
        return cls(written, tags)

    def html(self, start: int, stop: int) -> str:
        return "".join(self.written[start:stop])


def _box(tag: str) -> str:
    """A box to tick as a letter: a label names one box only, the one that is left."""
    return "☑" if " checked" in tag else "☐"


def _with_changed_tags(
    marks: Sequence[Mark], old: _Letters, new: _Letters
) -> Iterator[Mark]:
    """The marks, and others where the same letters stand in other tags now."""
    end = Mark(len(old.written), len(old.written), len(new.written), len(new.written))
    i = j = 0
    for mark in (*marks, end):
        size = mark.old_start - i
        differs = [old.tags[i + n] != new.tags[j + n] for n in range(size)]
        for start, stop in _stretches(differs):
            yield Mark(i + start, i + stop, j + start, j + stop)
        i, j = mark.old_end, mark.new_end
        if mark is not end:
            yield mark


def _stretches(flags: Sequence[bool]) -> Iterator[tuple[int, int]]:
    """Where the flags that are set stand together, as start and stop."""
    edges = [
        n
        for n, pair in enumerate(pairwise([False, *flags, False]))
        if len(set(pair)) > 1
    ]
    yield from zip(edges[::2], edges[1::2], strict=True)
