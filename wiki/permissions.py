"""The one permission policy: who may do what, as a question and as a filter.

Each `can_…` answers for one person and one entry; the `Q` beside it means the
same for a query. No queries here. Until there are roles, every active account
writes and `is_staff` curates.
"""

from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db.models import Q

if TYPE_CHECKING:
    from wiki.models import Batch, Entry, Import

Person = AbstractBaseUser | AnonymousUser

_EVERYONE = ["public"]
_MEMBERS = ["public", "members"]
_CURATORS = ["public", "members", "curators"]


def is_member(user: Person) -> bool:
    return bool(user.is_authenticated and user.is_active)


def can_curate(user: Person) -> bool:
    return is_member(user) and bool(user.is_staff)


def can_administrate(user: Person) -> bool:
    return is_member(user) and bool(user.is_superuser)


def can_read_wiki(user: Person) -> bool:
    """Whether any page of the wiki is for this person."""
    return is_member(user) or settings.WIKI_ANONYMOUS_READ


def can_write(user: Person) -> bool:
    """Whether this person may write new entries."""
    if is_member(user):
        return True
    return settings.WIKI_ANONYMOUS_EDIT and settings.WIKI_ANONYMOUS_READ


def can_upload(user: Person) -> bool:
    """Whether this person may put pictures in: who writes and can be asked later."""
    return is_member(user) and can_write(user)


def can_import(user: Person) -> bool:
    return is_member(user) and user.has_perm("wiki.can_import")


def can_export(user: Person) -> bool:
    """Whether this person may take along what they may read."""
    return is_member(user)


def can_see_imports(user: Person) -> bool:
    """Reports name files and people; members read them."""
    return is_member(user)


def can_undo_import(user: Person, run: "Import") -> bool:
    """Whether this person may take an import back: curators, and who started it."""
    if can_curate(user):
        return True
    author_id = run.batch.author_id
    return is_member(user) and author_id is not None and author_id == user.pk


def can_undo_batch(user: Person, batch: "Batch") -> bool:
    """Whether this person may take a batch back: curators, and who renamed.

    Which of its entries they may change is asked of each entry.
    """
    if can_curate(user):
        return True
    is_own = batch.author_id is not None and batch.author_id == user.pk
    # Those keep rows of tags, which are a curator's.
    is_of_tags = "before" in batch.details
    is_theirs = is_own and batch.kind in ("rename", "reversal") and not is_of_tags
    return is_member(user) and is_theirs


def visibilities_for(user: Person) -> list[str]:
    """The visibilities whose entries this person may read."""
    if can_curate(user):
        return _CURATORS
    if is_member(user):
        return _MEMBERS
    return _EVERYONE if settings.WIKI_ANONYMOUS_READ else []


def can_view(user: Person, entry: "Entry") -> bool:
    return entry.deleted_at is None and entry.visibility in visibilities_for(user)


def viewable(user: Person, prefix: str = "") -> Q:
    """`can_view` as a filter; `prefix` leads to the entry (`"entry__"`)."""
    return Q(
        **{
            f"{prefix}deleted_at": None,
            f"{prefix}visibility__in": visibilities_for(user),
        }
    )


def can_view_revision(user: Person, *, is_hidden: bool) -> bool:
    """Whether this person may read a revision of an entry that they may read."""
    return can_curate(user) or not is_hidden


def can_edit(user: Person, entry: "Entry") -> bool:
    """Whether this person may change, rename or delete the entry."""
    return can_view(user, entry) and _may_change(user, entry)


def can_restore(user: Person, entry: "Entry") -> bool:
    """Whether this person may bring a deleted entry back."""
    return (
        entry.deleted_at is not None
        and entry.visibility in visibilities_for(user)
        and _may_change(user, entry)
    )


def _may_change(user: Person, entry: "Entry") -> bool:
    if entry.protection == "administrators":
        return can_administrate(user)
    if entry.protection == "curators":
        return can_curate(user)
    return can_write(user)
