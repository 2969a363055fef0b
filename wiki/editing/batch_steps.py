"""What is to be undone of a batch, entry by entry, and what each holds without it."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from wiki.editing.content import Content, TagUse
from wiki.editing.merging import merge_contents
from wiki.models import Batch, Entry, Revision, RevisionKind
from wiki.models.revisions import RevisionQuerySet


@dataclass(frozen=True)
class Step:
    """An entry and the numbers of its revisions that are to be undone, oldest first."""

    entry: Entry
    runs: tuple[range, ...]
    # The state before the first of them; None when there was no entry.
    before: Revision | None
    is_deletion: bool

    @property
    def numbers(self) -> list[int]:
        return [number for run in self.runs for number in run]

    @property
    def is_newest(self) -> bool:
        """Whether nobody changed the entry since."""
        return self.runs[-1][-1] == self.entry.version

    @property
    def was_there(self) -> bool:
        return self.before is not None and self.before.kind != RevisionKind.DELETE


def runs_of(batch: Batch) -> dict[int, tuple[range, ...]]:
    """The numbers of the batch's revisions, by entry, those in a row together."""
    runs: dict[int, list[range]] = defaultdict(list)
    rows = Revision.objects.filter(batch=batch).order_by("entry_id", "number")
    for entry_id, number in rows.values_list("entry_id", "number").iterator():
        last = runs[entry_id][-1] if runs[entry_id] else range(0)
        if number == last.stop and last:
            runs[entry_id][-1] = range(last.start, number + 1)
        else:
            runs[entry_id].append(range(number, number + 1))
    return {entry_id: tuple(found) for entry_id, found in runs.items()}


def steps_of(runs: Mapping[int, tuple[range, ...]]) -> Iterator[Step]:
    entries = Entry.objects.with_head().defer("html").in_bulk(list(runs))
    firsts = {pk: found[0].start for pk, found in runs.items()}
    before = _revisions({(pk, first - 1) for pk, first in firsts.items()})
    ends = _kinds({(pk, found[-1][-1]) for pk, found in runs.items()})
    for pk, found in runs.items():
        end = (pk, found[-1][-1])
        yield Step(
            entries[pk],
            found,
            before.get((pk, firsts[pk] - 1)),
            ends[end] == RevisionKind.DELETE,
        )


def wants_deletion(step: Step) -> bool:
    """Whether the batch brought the entry, and nobody touched it since."""
    return not step.was_there and not step.entry.is_deleted and step.is_newest


def wants_return(step: Step) -> bool:
    return (
        step.was_there and step.entry.is_deleted and step.is_deletion and step.is_newest
    )


def wants_revert(step: Step) -> bool:
    return step.was_there and not step.entry.is_deleted and not step.is_deletion


def contents_without(
    steps: Sequence[Step], moves: Mapping[str, str]
) -> dict[int, Content | None]:
    """Each entry's content without what the runs changed; None where that clashes."""
    moved = [step for step in steps if not step.is_newest or len(step.runs) > 1]
    states = _revisions(
        {
            (step.entry.pk, number)
            for step in moved
            for run in step.runs
            for number in (run.start - 1, run[-1])
        }
    )
    contents: dict[int, Content | None] = {
        step.entry.pk: Content.of(step.before) for step in steps
    }
    for step in moved:
        contents[step.entry.pk] = _without_runs(step, states, moves)
    return contents


def _without_runs(
    step: Step, states: Mapping[tuple[int, int], Revision], moves: Mapping[str, str]
) -> Content | None:
    content = Content.of(step.entry)
    for run in reversed(step.runs):
        base = Content.of(states[step.entry.pk, run[-1]])
        former = Content.of(states[step.entry.pk, run.start - 1])
        tags = _without_lost(former.tags, base.tags, content.tags, moves)
        merged = merge_contents(base, replace(former, tags=tags), content)
        if merged.has_clash:
            return None
        content = merged.content
    return content


def _without_lost(
    former: Sequence[TagUse],
    base: Sequence[TagUse],
    now: Sequence[TagUse],
    moves: Mapping[str, str],
) -> tuple[TagUse, ...]:
    """The former tags without those whose successor was taken from the entry since.

    Who took away what a tag had become did not want it under its former name.
    """
    lost = {use.key for use in base} - {use.key for use in now}
    stayed = {use.key for use in base}
    return tuple(
        use for use in former if use.key in stayed or moves.get(use.key) not in lost
    )


def _revisions(wanted: set[tuple[int, int]]) -> dict[tuple[int, int], Revision]:
    """Revisions by entry and number. One query."""
    found = _numbered(wanted)
    return {
        pair: one for one in found if (pair := (one.entry_id, one.number)) in wanted
    }


def _kinds(wanted: set[tuple[int, int]]) -> dict[tuple[int, int], str]:
    rows = _numbered(wanted).values_list("entry_id", "number", "kind")
    return {(pk, number): kind for pk, number, kind in rows}


def _numbered(wanted: set[tuple[int, int]]) -> RevisionQuerySet:
    return Revision.objects.filter(
        entry__in={pk for pk, _number in wanted},
        number__in={number for _pk, number in wanted},
    )
