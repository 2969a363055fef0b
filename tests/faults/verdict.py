"""What the history says to what the writers saw. Reads the database, past Django."""

from collections import Counter, defaultdict
from collections.abc import Iterator

from tests.faults.writers import (
    ACKNOWLEDGED,
    FAILED,
    REFUSED,
    UNKNOWN,
    Attempt,
    History,
)
from tests.installations import Installation

# Where nobody else may write over what somebody wrote.
_FOR_GOOD = ("sections", "end", "stale")


def complaints(wiki: Installation, history: History) -> list[str]:
    """Everything that must not be: lost, refused but applied, doubled, half."""
    bodies = _revisions(wiki)
    found: list[str] = []
    for slug, attempts in _by_slug(history.attempts).items():
        found += _of_entry(slug, attempts, bodies.get(slug, {}))
    return found


def answers_wrong(history: History, *, is_fault: bool = False) -> list[str]:
    """Answers that nobody may see; in a fault 503 and no answer are allowed."""
    found = []
    for one in history.attempts:
        if one.is_locked:
            found.append(f"{one.mark}: “database is locked” was shown")
        if not one.has_text:
            found.append(f"{one.mark}: {one.status} without the text that was sent")
        if not is_fault and one.outcome in (FAILED, UNKNOWN):
            found.append(f"{one.mark}: answered {one.status}")
    return found


def merged_share(history: History) -> float:
    """The share of edits that were saved without asking back."""
    return len(history.of(ACKNOWLEDGED)) / len(history.attempts)


def describe(history: History) -> str:
    """The figures of a run in one line."""
    counts = Counter(one.outcome for one in history.attempts)
    told = ", ".join(f"{count} {name}" for name, count in counts.most_common())
    return (
        f"{told}; save p50 {history.seconds(0.5) * 1000:.0f} ms, "
        f"p95 {history.seconds(0.95) * 1000:.0f} ms"
    )


def _by_slug(attempts: list[Attempt]) -> dict[str, list[Attempt]]:
    found = defaultdict(list)
    for one in attempts:
        found[one.slug].append(one)
    return found


def _of_entry(
    slug: str, attempts: list[Attempt], bodies: dict[int, str]
) -> Iterator[str]:
    if sorted(bodies) != list(range(1, len(bodies) + 1)):
        yield f"{slug}: revisions {sorted(bodies)}"
    newest = bodies[max(bodies)]
    came: dict[str, list[int]] = {}
    for one in attempts:
        came[one.mark] = [
            number
            for number, body in bodies.items()
            if one.mark in body and one.mark not in bodies.get(number - 1, "")
        ]
    for mark in sorted({one.mark for one in attempts}):
        same = [one for one in attempts if one.mark == mark]
        outcomes = {one.outcome for one in same}
        if len(came[mark]) > 1:
            yield f"{slug}: {mark} came more than once: {came[mark]}"
        if ACKNOWLEDGED in outcomes and not came[mark]:
            yield f"{slug}: {mark} was acknowledged and is nowhere"
        if outcomes == {REFUSED} and came[mark]:
            yield f"{slug}: {mark} was refused and stands in {came[mark]}"
        if came[mark] and same[0].workload in _FOR_GOOD and mark not in newest:
            yield f"{slug}: {mark} came in {came[mark]} and was written over"
        is_line = same[0].workload == "line"
        if is_line and came[mark] and came[mark] != [same[0].base_version + 1]:
            yield f"{slug}: {mark} of {same[0].base_version} overwrote {came[mark]}"


def _revisions(wiki: Installation) -> dict[str, dict[int, str]]:
    """The text of every revision, by address and number."""
    found: dict[str, dict[int, str]] = defaultdict(dict)
    with wiki.connect() as connection:
        cursor = connection.cursor()
        cursor.execute(
            "SELECT e.slug, r.number, r.body FROM wiki_revision r "
            "JOIN wiki_entry e ON e.id = r.entry_id"
        )
        for slug, number, body in cursor.fetchall():
            found[slug][number] = body
    connection.close()
    return found
