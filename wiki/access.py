"""The way every edge obtains an entry: fetched and checked in one call."""

from collections.abc import Callable, Collection

from django.core.exceptions import PermissionDenied
from django.http import Http404

from wiki import permissions
from wiki.models import Entry, Revision
from wiki.models.entries import EntryQuerySet
from wiki.permissions import Person

_CHECKS: dict[str, Callable[[Person, Entry], bool]] = {
    "view": permissions.can_view,
    "edit": permissions.can_edit,
    "restore": permissions.can_restore,
}


def get_entry_for(
    user: Person,
    slug: str,
    action: str = "view",
    *,
    entries: EntryQuerySet | None = None,
) -> Entry:
    """The entry at this address, when this person may do `action` with it.

    Raises Http404 alike for what is missing, hidden or deleted, and
    PermissionDenied for what may be read but not changed. One query.
    """
    if "\x00" in slug:
        # PostgreSQL refuses even to look for it.
        raise Http404
    queryset = Entry.objects.all() if entries is None else entries
    entry = queryset.filter(slug=slug).first()
    if entry is None:
        raise Http404
    if _CHECKS[action](user, entry):
        return entry
    if action == "edit" and permissions.can_view(user, entry):
        raise PermissionDenied
    raise Http404


def get_revision_for(user: Person, entry: Entry, number: int) -> Revision:
    """A revision of this very entry, with its author; one query.

    The entry came from `get_entry_for`. Raises Http404 alike for what is missing
    and what was hidden from this person.
    """
    revision = (
        entry.revisions.select_related("author")
        .with_is_hidden()
        .filter(number=number)
        .first()
    )
    if revision is None or not permissions.can_view(user, entry):
        raise Http404
    if not permissions.can_view_revision(user, is_hidden=revision.is_hidden):
        raise Http404
    revision.entry = entry
    return revision


def get_revisions_for(
    user: Person, entry: Entry, numbers: Collection[int]
) -> dict[int, Revision]:
    """Revisions of this very entry by number, with their authors, without texts.

    As `get_revision_for`, for several at once; one query. Raises Http404 when any
    of them is missing or hidden from this person.
    """
    if not all(1 <= number <= entry.version for number in numbers):
        # Some are larger than a database knows numbers.
        raise Http404
    found = (
        entry.revisions.without_text()
        .select_related("author")
        .with_is_hidden()
        .filter(number__in=numbers)
    )
    revisions = {revision.number: revision for revision in found}
    if revisions.keys() != set(numbers) or not permissions.can_view(user, entry):
        raise Http404
    for revision in revisions.values():
        if not permissions.can_view_revision(user, is_hidden=revision.is_hidden):
            raise Http404
        revision.entry = entry
    return revisions
