"""Three-way merge: a base, my text and theirs, put together where they can be.

Pure text, and the only merge there is: a stale edit, a revert and a second
import of the same notes all go through it. By line as `git merge-file` does,
then by word inside prose lines that both sides changed.
"""

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Generic, Literal, NamedTuple, TypeVar

from merge3 import Merge3

from wiki.history.lines import LineKind, outline, split_lines
from wiki.history.matching import match
from wiki.history.word_merge import merge_words

Kind = Literal["same", "mine", "theirs", "both", "clash"]
T = TypeVar("T")
Item = TypeVar("Item")

# A clash longer than this is no slip of two pens in one paragraph.
MAX_WORD_MERGE_LINES = 100
MAX_WORD_MERGE_CHARS = 400_000


@dataclass(frozen=True)
class Chunk:
    """A stretch of the merge: what the three texts have there, and what came of it.

    "both" is a change of both sides that agrees: the same on either, or apart by
    enough words. `line` counts from 1 in the merged text; `heading` is the one
    the stretch stands under there, empty at the top.
    """

    kind: Kind
    base: str
    mine: str
    theirs: str
    text: str
    line: int
    heading: str

    @property
    def both(self) -> str:
        """My lines and then theirs, which a choice between them starts from."""
        return _join_ended((self.mine, self.theirs))


@dataclass(frozen=True)
class Merge:
    """The merged text and how it came about.

    Joining `text` of the chunks gives `text`, and so for base, mine and theirs.
    A coarse merge was cut short by the size of the texts: what it merged is
    right, but a finer look might have found fewer clashes.
    """

    text: str
    chunks: tuple[Chunk, ...]
    is_coarse: bool

    @property
    def clashes(self) -> tuple[Chunk, ...]:
        return tuple(chunk for chunk in self.chunks if chunk.kind == "clash")

    @property
    def clash_count(self) -> int:
        return len(self.clashes)

    @property
    def has_clash(self) -> bool:
        return any(chunk.kind == "clash" for chunk in self.chunks)

    def resolved(self, choices: Sequence[str]) -> str:
        """The text with one choice for each clash, in order, in its place."""
        left = iter(choices)
        return _join_ended(
            next(left) if chunk.kind == "clash" else chunk.text for chunk in self.chunks
        )


class MergedValue(NamedTuple, Generic[T]):
    """A value of one line, and whether both sides changed it differently."""

    value: T
    has_clash: bool


def merge(base: str, mine: str, theirs: str) -> Merge:
    r"""My and their changes of the base, with my lines wherever the two clash.

    Both changed lines apart:

        merge("가\n나\n다\n", "가!\n나\n다\n", "가\n나\n다!\n").text == "가!\n나\n다!\n"

    Whether the text ends with a newline is merged on its own, so that a line
    without one is neither glued to the next nor taken for changed.
    """
    texts = _Lines(split_lines(base), split_lines(mine), split_lines(theirs))
    pieces, is_coarse = _line_merge(texts)
    pieces = _WordMerge(texts).refined(pieces)
    pieces = [part for piece in pieces for part in _without_agreed_ends(piece, texts)]
    return _to_merge(pieces, texts, (base, mine, theirs), is_coarse)


def merge_value(base: T, mine: T, theirs: T) -> MergedValue[T]:
    """The value that one side changed, else mine; a clash when both did."""
    if mine in (theirs, base):
        return MergedValue(theirs, has_clash=False)
    return MergedValue(mine, has_clash=theirs != base)


def merge_sets(
    base: Sequence[Item],
    mine: Sequence[Item],
    theirs: Sequence[Item],
    *,
    key: Callable[[Item], Hashable] | None = None,
) -> tuple[Item, ...]:
    """What is left of the base on both sides, and what either added. Never clashes.

    In my order, or in theirs when only they changed it; additions of the other
    side come last. `key` says which items are the same one (`DB` and `db`): then a
    new spelling counts as a change of that item.
    """
    old, ours, others = (_by_key(items, key) for items in (base, mine, theirs))
    common = old.keys() & ours.keys() & others.keys()
    order, my_order, their_order = (
        [k for k in side if k in common] for side in (old, ours, others)
    )
    is_theirs = my_order == order != their_order or list(ours) == list(old)
    first, second = (others, ours) if is_theirs else (ours, others)
    removed = old.keys() - common
    merged = {
        k: merge_value(old.get(k), ours.get(k, item), others.get(k, item)).value
        for k, item in (*first.items(), *second.items())
        if k not in removed
    }
    return tuple(merged.values())


def _by_key(
    items: Sequence[Item], key: Callable[[Item], Hashable] | None
) -> dict[Hashable, Item]:
    """The items by what they are compared by; of two equal ones the first."""
    found: dict[Hashable, Item] = {}
    for item in items:
        found.setdefault(key(item) if key else item, item)
    return found


class _Lines(NamedTuple):
    """The lines of the three texts, without their newlines."""

    base: list[str]
    mine: list[str]
    theirs: list[str]


@dataclass(frozen=True)
class _Piece:
    """A stretch as ranges of lines; `merged` where its text is in none of them."""

    kind: Kind
    base: range
    mine: range
    theirs: range
    merged: tuple[str, ...] | None = None

    def lines(self, texts: _Lines) -> Sequence[str]:
        if self.merged is not None:
            return self.merged
        source, part = (
            (texts.theirs, self.theirs)
            if self.kind == "theirs"
            else (texts.mine, self.mine)
        )
        return source[part.start : part.stop]


def _line_merge(texts: _Lines) -> tuple[list[_Piece], bool]:
    """The pieces by whole lines, and whether the comparison was cut short."""
    found = [match(texts.base, texts.mine), match(texts.base, texts.theirs)]
    matchers = iter(found)
    # merge3 asks its matcher for base and mine, then for base and theirs.
    shared = Merge3(*texts, sequence_matcher=lambda *_: next(matchers))
    pieces: list[_Piece] = []
    base = mine = theirs = 0
    for (
        in_base,
        base_end,
        in_mine,
        mine_end,
        in_theirs,
        theirs_end,
    ) in shared.find_sync_regions():
        gap = range(base, in_base), range(mine, in_mine), range(theirs, in_theirs)
        if any(gap):
            pieces.append(_Piece(_kind_of(gap, texts), *gap))
        if base_end > in_base:
            pieces.append(
                _Piece(
                    "same",
                    range(in_base, base_end),
                    range(in_mine, mine_end),
                    range(in_theirs, theirs_end),
                )
            )
        base, mine, theirs = base_end, mine_end, theirs_end
    return pieces, any(matching.is_coarse for matching in found)


def _kind_of(gap: tuple[range, range, range], texts: _Lines) -> Kind:
    base, mine, theirs = (
        lines[part.start : part.stop] for lines, part in zip(texts, gap, strict=True)
    )
    if mine == theirs:
        return "both"
    if mine == base:
        return "theirs"
    return "mine" if theirs == base else "clash"


def _without_agreed_ends(piece: _Piece, texts: _Lines) -> list[_Piece]:
    """The piece, and apart from it lines that both sides of a clash begin or end with.

    Two people who add a section under the same new heading then clash in the
    text below it, and taking both does not print the heading twice.
    """
    if piece.kind != "clash":
        return [piece]
    mine = texts.mine[piece.mine.start : piece.mine.stop]
    theirs = texts.theirs[piece.theirs.start : piece.theirs.stop]
    room = min(len(mine), len(theirs))
    head = next((n for n in range(room) if mine[n] != theirs[n]), room)
    room -= head
    tail = next((n for n in range(room) if mine[-n - 1] != theirs[-n - 1]), room)
    nothing = range(0)
    parts = [
        _Piece("both", nothing, piece.mine[:head], piece.theirs[:head]),
        _Piece(
            "clash",
            piece.base,
            piece.mine[head : len(mine) - tail],
            piece.theirs[head : len(theirs) - tail],
        ),
        _Piece(
            "both",
            nothing,
            piece.mine[len(mine) - tail :],
            piece.theirs[len(theirs) - tail :],
        ),
    ]
    return [part for part in parts if part.kind == "clash" or part.mine]


class _WordMerge:
    """Clashes between prose lines, merged by word where the words allow it."""

    def __init__(self, texts: _Lines) -> None:
        self.texts = texts
        self._kinds: list[Sequence[LineKind]] | None = None

    def refined(self, pieces: list[_Piece]) -> list[_Piece]:
        return [
            self._refined(piece) if _is_aligned(piece) else piece for piece in pieces
        ]

    def _refined(self, piece: _Piece) -> _Piece:
        parts = (piece.base, piece.mine, piece.theirs)
        lines = [
            text[part.start : part.stop]
            for text, part in zip(self.texts, parts, strict=True)
        ]
        chars = sum(len(line) for side in lines for line in side)
        if chars > MAX_WORD_MERGE_CHARS or not self._are_prose(parts):
            return piece
        merged = merge_words(*lines)
        return piece if merged is None else replace(piece, kind="both", merged=merged)

    def _are_prose(self, parts: tuple[range, range, range]) -> bool:
        # Looked at only when a clash could be merged: most merges have none.
        if self._kinds is None:
            self._kinds = [outline(lines).kinds for lines in self.texts]
        return all(
            kinds[index] is LineKind.PROSE
            for kinds, part in zip(self._kinds, parts, strict=True)
            for index in part
        )


def _is_aligned(piece: _Piece) -> bool:
    """Whether the sides of a clash have as many lines as the base, each its own."""
    size = len(piece.base)
    has_equal_sides = len(piece.mine) == len(piece.theirs) == size
    return piece.kind == "clash" and has_equal_sides and size <= MAX_WORD_MERGE_LINES


def _to_merge(
    pieces: Sequence[_Piece],
    texts: _Lines,
    sources: tuple[str, str, str],
    is_coarse: bool,
) -> Merge:
    """The merge in strings; each ends with a newline or not as its text does."""
    merged_lines = [line for piece in pieces for line in piece.lines(texts)]
    headings = outline(merged_lines)
    parts = [[_joined(piece.lines(texts)) for piece in pieces]]
    for side, lines in zip(("base", "mine", "theirs"), texts, strict=True):
        ranges = [getattr(piece, side) for piece in pieces]
        parts.append([_joined(lines[part.start : part.stop]) for part in ranges])
    has_newline = _has_final_newline(pieces, sources)
    ends = [has_newline, *(source.endswith("\n") for source in sources)]
    for strings, has_end in zip(parts, ends, strict=True):
        if not has_end:
            _drop_final_newline(strings)
    chunks, line = [], 0
    for piece, text, base, mine, theirs in zip(pieces, *parts, strict=True):
        own = piece.lines(texts)
        # A section added at the end begins with a blank line above its heading.
        blank = next((n for n, part in enumerate(own) if part.strip()), 0)
        heading = headings.heading_at(line + blank)
        chunks.append(Chunk(piece.kind, base, mine, theirs, text, line + 1, heading))
        line += len(own)
    return Merge("".join(parts[0]), tuple(chunks), is_coarse)


def _has_final_newline(pieces: Sequence[_Piece], sources: tuple[str, str, str]) -> bool:
    base, mine, theirs = (source.endswith("\n") for source in sources)
    if pieces and pieces[-1].kind == "clash":
        return mine
    return merge_value(base, mine, theirs).value


def _joined(lines: Iterable[str]) -> str:
    return "".join([line + "\n" for line in lines])


def _drop_final_newline(strings: list[str]) -> None:
    """Takes the newline off the last string that has one, in place."""
    for index in range(len(strings) - 1, -1, -1):
        if strings[index]:
            strings[index] = strings[index][:-1]
            return


def _join_ended(strings: Iterable[str]) -> str:
    """The strings joined, each but the last ended by a newline."""
    parts = [string for string in strings if string]
    return "".join(
        [part if part.endswith("\n") else part + "\n" for part in parts[:-1]]
        + parts[-1:]
    )
