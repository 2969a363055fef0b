"""Which lines, or words, of two texts are the same ones.

Patience first: what stands exactly once on both sides holds the two texts
together. What lies between two such anchors is compared for the shortest edit.
Both diff and merge stand on this, so that they agree about what changed.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

# Only the anchors come from patiencediff. Its own recursion stops after ten
# levels with a panic that no `except Exception` holds, and ordinary texts of
# forty repetitive lines reach that depth.
from patiencediff import unique_lcs

# Items handed to the anchor search plus steps of the edit search: about a second.
MAX_WORK = 3_000_000
# The edit search costs the square of this, and a gap of lines that needs more
# edits was written afresh: there is nothing in it to align.
MAX_EDITS = 400

_UNREACHED = -1


@dataclass(frozen=True, slots=True)
class Block:
    """`size` items that are the same on both sides."""

    old: int
    new: int
    size: int


@dataclass(frozen=True, slots=True)
class Change:
    """`old[old_start:old_end]` stands as `new[new_start:new_end]` now."""

    old_start: int
    old_end: int
    new_start: int
    new_end: int


@dataclass(frozen=True)
class Matching:
    """The blocks in order; coarse when the search was cut short."""

    blocks: tuple[Block, ...]
    is_coarse: bool
    old_size: int
    new_size: int

    def changes(self) -> list[Change]:
        """What lies between the blocks, in order."""
        found, old, new = [], 0, 0
        for block in (*self.blocks, Block(self.old_size, self.new_size, 0)):
            if old < block.old or new < block.new:
                found.append(Change(old, block.old, new, block.new))
            old, new = block.old + block.size, block.new + block.size
        return found

    def get_matching_blocks(self) -> list[tuple[int, int, int]]:
        """The blocks as `difflib` writes them, which is what merge3 asks for."""
        return [(block.old, block.new, block.size) for block in self.blocks]


def match(
    old: Sequence[str],
    new: Sequence[str],
    *,
    max_edits: int = MAX_EDITS,
    max_work: int = MAX_WORK,
) -> Matching:
    """The blocks that both sequences share, in order and without overlap.

    Between anchors what takes more than `max_edits` to align counts as changed;
    with none allowed only anchors and what touches them are shared, which leaves
    fewer chance matches. Always ends: when `max_work` is spent, what is left counts
    as changed too and the answer is coarse.
    """
    search = _Search(old, new, max_edits, max_work)
    gaps = [Change(0, len(old), 0, len(new))]
    while gaps:
        gap = search.without_common_ends(gaps.pop())
        if gap.old_start == gap.old_end or gap.new_start == gap.new_end:
            continue
        anchors = search.anchors(gap)
        if anchors:
            gaps += search.between(gap, anchors)
        elif max_edits:
            search.find_shortest_edit(gap)
    return Matching(search.joined(), search.is_coarse, len(old), len(new))


class _Search:
    """The two sequences, the blocks found so far, and the work left."""

    def __init__(
        self, old: Sequence[str], new: Sequence[str], max_edits: int, max_work: int
    ) -> None:
        self.old, self.new = old, new
        self.max_edits = max_edits
        self.work_left = max_work
        self.is_coarse = False
        self.found: list[tuple[int, int, int]] = []

    def without_common_ends(self, gap: Change) -> Change:
        """The gap less the items that both sides begin and end with."""
        old, new = self.old, self.new
        room = min(gap.old_end - gap.old_start, gap.new_end - gap.new_start)
        head = 0
        while head < room and old[gap.old_start + head] == new[gap.new_start + head]:
            head += 1
        room -= head
        tail = 0
        while (
            tail < room and old[gap.old_end - tail - 1] == new[gap.new_end - tail - 1]
        ):
            tail += 1
        if head:
            self.found.append((gap.old_start, gap.new_start, head))
        if tail:
            self.found.append((gap.old_end - tail, gap.new_end - tail, tail))
        return Change(
            gap.old_start + head,
            gap.old_end - tail,
            gap.new_start + head,
            gap.new_end - tail,
        )

    def anchors(self, gap: Change) -> list[tuple[int, int]]:
        """Positions, counted from the gap's start, of items unique on both sides."""
        cost = gap.old_end - gap.old_start + gap.new_end - gap.new_start
        if not self._spend(cost):
            return []
        return unique_lcs(
            self.old[gap.old_start : gap.old_end], self.new[gap.new_start : gap.new_end]
        )

    def between(self, gap: Change, anchors: list[tuple[int, int]]) -> list[Change]:
        """Notes the anchors and gives back what lies between them."""
        gaps, old, new = [], gap.old_start, gap.new_start
        for i, j in anchors:
            i, j = gap.old_start + i, gap.new_start + j
            if old < i or new < j:
                gaps.append(Change(old, i, new, j))
            self.found.append((i, j, 1))
            old, new = i + 1, j + 1
        if old < gap.old_end or new < gap.new_end:
            gaps.append(Change(old, gap.old_end, new, gap.new_end))
        return gaps

    def find_shortest_edit(self, gap: Change) -> None:
        """Notes the blocks of the shortest edit of this gap, if it is short enough."""
        old = self.old[gap.old_start : gap.old_end]
        new = self.new[gap.new_start : gap.new_end]
        shared = (Counter(old) & Counter(new)).total()
        if not shared or len(old) + len(new) - 2 * shared > self.max_edits:
            self.is_coarse |= shared > self.max_edits
            return
        if not self._spend(len(old) + len(new)):
            return
        rounds = self._edit_rounds(old, new)
        if rounds is None:
            self.is_coarse = True
            return
        self.found += [
            (gap.old_start + i, gap.new_start + j, size)
            for i, j, size in _walk_back(rounds, len(old), len(new))
        ]

    def _edit_rounds(
        self, old: Sequence[str], new: Sequence[str]
    ) -> list[list[int]] | None:
        """How far each diagonal got with 0, 1, 2 … edits, until both ends are met.

        Myers, "An O(ND) Difference Algorithm and Its Variations" (1986), greedy.
        None when it takes too many edits or too much work.
        """
        old_size, new_size = len(old), len(new)
        # Diagonals below zero count from the end of the list.
        reach = [_UNREACHED] * (2 * self.max_edits + 3)
        reach[1] = 0
        rounds: list[list[int]] = []
        for edits in range(self.max_edits + 1):
            steps = edits + 1
            for diagonal in range(-edits, edits + 1, 2):
                down, right = reach[diagonal + 1], reach[diagonal - 1]
                start = i = down if right < down else right + 1
                j = i - diagonal
                while i < old_size and j < new_size and old[i] == new[j]:
                    i += 1
                    j += 1
                steps += i - start
                reach[diagonal] = i
                if i >= old_size and j >= new_size:
                    return [*rounds, reach]
            rounds.append(reach[:])
            if not self._spend(steps):
                return None
        return None

    def joined(self) -> tuple[Block, ...]:
        """All blocks found, in order, neighbours made one, changes moved down.

        Of equal items in a row it cannot be said which one was added or taken out.
        It is the last, as in git: a new paragraph then begins with its own text
        and not with the blank line above it.
        """
        blocks: list[tuple[int, int, int]] = []
        later = (len(self.old), len(self.new), 0)
        for block in sorted(self.found, reverse=True):
            later = self._pushed(block, later, blocks)
        blocks.append(later)
        return tuple(Block(*block) for block in reversed(blocks) if block[2])

    def _pushed(
        self,
        block: tuple[int, int, int],
        later: tuple[int, int, int],
        blocks: list[tuple[int, int, int]],
    ) -> tuple[int, int, int]:
        """The block with as much of the later one as can stand above the change.

        What is left of the later one goes to `blocks`, which run from the end.
        """
        old, new, size = block
        while later[2]:
            old_gap, new_gap = later[0] - old - size, later[1] - new - size
            if old_gap and new_gap:
                break
            shift = self._shift(old + size, new + size, later)
            size += shift
            later = (later[0] + shift, later[1] + shift, later[2] - shift)
            if later[2] or not blocks:
                break
            # The change met the next one: they are one change now.
            later = blocks.pop()
        blocks.append(later)
        return old, new, size

    def _shift(self, old: int, new: int, later: tuple[int, int, int]) -> int:
        """How many items below an insertion or removal equal those it begins with."""
        items, start, end = (
            (self.new, new, later[1]) if later[0] == old else (self.old, old, later[0])
        )
        if start == end:
            # Nothing stands between them; looking at each item of a long text for
            # each of its blocks would take the square of it.
            return later[2]
        shift = 0
        while shift < later[2] and items[start + shift] == items[end + shift]:
            shift += 1
        return shift

    def _spend(self, work: int) -> bool:
        self.work_left -= work
        if self.work_left < 0:
            self.is_coarse = True
        return self.work_left >= 0


def _walk_back(
    rounds: list[list[int]], old_size: int, new_size: int
) -> list[tuple[int, int, int]]:
    """The blocks along the path that reached both ends, last one first."""
    blocks, i, j = [], old_size, new_size
    for before in reversed(rounds[:-1]):
        diagonal = i - j
        down, right = before[diagonal + 1], before[diagonal - 1]
        is_down = right < down
        start = down if is_down else right + 1
        if i > start:
            blocks.append((start, start - diagonal, i - start))
        i = start if is_down else right
        j = start - diagonal - is_down
    if i:
        blocks.append((0, 0, i))
    return blocks
