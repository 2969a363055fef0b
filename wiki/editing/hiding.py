"""Taking a revision out of sight, and showing it again. The revision itself stays.

Its text, comment and author are then for curators only, on every page and in every
feed and export; that it exists, and why it is hidden, is told to everyone.
"""

from django.contrib.admin.models import CHANGE, LogEntry
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from wiki.editing.content import Author, clean_comment
from wiki.editing.problems import EditError
from wiki.editing.rows import bump_epoch
from wiki.models import Entry, Revision, RevisionMark


class CurrentRevision(EditError):
    """The newest revision cannot be hidden: its text is what the entry shows."""


def hide_revision(revision: Revision, *, reason: str, author: Author) -> bool:
    """Whether it was in sight until now. Logged with the reason.

    Raises CurrentRevision, and InvalidContent for a reason that cannot be stored.
    """
    reason = clean_comment(reason)
    version = Entry.objects.values_list("version", flat=True)
    # Never too late: a revision that is not the newest never becomes it again.
    if version.get(pk=revision.entry_id) == revision.number:
        raise CurrentRevision(f"revision {revision.pk} is what its entry shows")
    with transaction.atomic():
        _mark, is_new = RevisionMark.objects.get_or_create(
            revision=revision,
            kind=RevisionMark.Kind.HIDDEN,
            defaults={
                "reason": reason,
                "author": author.user,
                "created_at": timezone.now(),
            },
        )
        if is_new:
            _log(revision, author, _("Hidden: %(reason)s") % {"reason": reason})
            bump_epoch()
    return is_new


def show_revision(revision: Revision, *, reason: str, author: Author) -> bool:
    """Whether it was hidden until now. Logged with the reason of both acts."""
    reason = clean_comment(reason)
    with transaction.atomic():
        marks = RevisionMark.objects.filter(
            revision=revision, kind=RevisionMark.Kind.HIDDEN
        )
        mark = marks.first()
        if mark is None or not marks.delete()[0]:
            return False
        words = _("Shown again: %(reason)s (hidden because: %(before)s)")
        _log(revision, author, words % {"reason": reason, "before": mark.reason})
        bump_epoch()
    return True


def _log(revision: Revision, author: Author, message: str) -> None:
    """In the log that nobody edits, which outlasts the mark."""
    if author.user is not None:
        LogEntry.objects.log_actions(author.user.pk, [revision], CHANGE, message)
