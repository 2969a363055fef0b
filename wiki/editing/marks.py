"""Marks that a save leaves on earlier revisions: those that it took back."""

from collections.abc import Sequence

from django.utils import timezone

from wiki.editing.changes import Change
from wiki.models import Revision, RevisionMark

# A revert over a long history; each mark is a row.
_MARKS_AT_ONCE = 500


def mark_reverted(changes: Sequence[Change]) -> None:
    """Marks the revisions that these changes took back. In the save's transaction.

    The mark names the revision that did it. One query for each change that takes
    something back, and one for its marks.
    """
    now = timezone.now()
    marks = [
        RevisionMark(
            revision_id=pk,
            kind=RevisionMark.Kind.REVERTED,
            reason=f"r{change.revision.number}",
            author=change.act.author.user,
            created_at=now,
        )
        for change in changes
        if change.takes_back
        for pk in Revision.objects.filter(
            entry=change.entry,
            number__gte=min(change.takes_back),
            number__lte=max(change.takes_back),
        ).values_list("pk", flat=True)
    ]
    RevisionMark.objects.bulk_create(
        marks, batch_size=_MARKS_AT_ONCE, ignore_conflicts=True
    )
