"""Acts on a whole entry: revert, rename, delete, restore. Each makes a revision.

And who may read and change it, which is no part of its content and makes none.
"""

from dataclasses import replace

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from wiki.editing import linking, saving
from wiki.editing.content import Content, clean_comment, clean_content
from wiki.editing.entries import Saved, edit_entry
from wiki.editing.problems import EntryGone, StaleEntry
from wiki.editing.saving import Act, Change
from wiki.models import Alias, Entry, Revision, RevisionKind


def revert_entry(
    entry: Entry, revision: Revision, *, base_version: int, act: Act
) -> Saved:
    """The entry as it was at `revision`, as a new revision.

    Raises StaleEntry when it changed since the person looked at it, EntryGone,
    and InvalidContent when the old title now belongs to another entry.
    """
    _check_version(entry, base_version)
    act = replace(act, kind=RevisionKind.REVERT)
    return edit_entry(entry, Content.of(revision), base_version=base_version, act=act)


def rename_entry(entry: Entry, title: str, *, base_version: int, act: Act) -> Saved:
    """The entry under a new title; the old title and address go on leading to it.

    What others changed meanwhile in the text stays. Raises EditConflict when
    someone else renamed it meanwhile, EntryGone, InvalidContent.
    """
    base = entry.revisions.filter(number=base_version).first()
    if base is None:
        raise StaleEntry(entry)
    content = replace(Content.of(base), title=title)
    act = replace(act, kind=RevisionKind.RENAME)
    return edit_entry(entry, content, base_version=base_version, act=act)


def delete_entry(entry: Entry, *, base_version: int, act: Act) -> Saved:
    """The entry, out of sight with all it had, and its title free for another.

    Raises StaleEntry when it changed since the person looked at it.
    """

    def attempt() -> Saved:
        fresh = _fresh(entry)
        if fresh.is_deleted:
            return Saved(fresh, fresh.head, "same")
        _check_version(fresh, base_version)
        content = Content.of(fresh)
        kept = replace(
            act, kind=RevisionKind.DELETE, comment=clean_comment(act.comment)
        )
        change = Change(
            entry=fresh,
            before=content,
            content=content,
            act=kept,
            deleted_at=timezone.now(),
        )
        saving.write_changes([change])
        fresh.deleted_at = change.deleted_at
        return Saved(fresh, change.revision, "updated")

    return saving.retrying(attempt, [entry.pk])


def restore_entry(
    entry: Entry, *, base_version: int, act: Act, title: str | None = None
) -> Saved:
    """The deleted entry, back with its address, text, tags and history.

    Raises InvalidContent when another entry has its title by now and no other
    `title` was given, and StaleEntry.
    """

    def attempt() -> Saved:
        fresh = _fresh(entry)
        if not fresh.is_deleted:
            return Saved(fresh, fresh.head, "same")
        _check_version(fresh, base_version, deleted_is_fine=True)
        before = Content.of(fresh)
        content = clean_content(replace(before, title=title or fresh.title))
        kept = replace(
            act, kind=RevisionKind.RESTORE, comment=clean_comment(act.comment)
        )
        change = Change(entry=fresh, before=before, content=content, act=kept)
        refused = saving.check_titles([change])
        if refused:
            raise refused[0]
        saving.write_changes([change])
        fresh.deleted_at = None
        return Saved(fresh, change.revision, "updated")

    return saving.retrying(attempt, [entry.pk])


def set_access(
    entry: Entry, *, visibility: str, protection: str, base_version: int
) -> Entry:
    """The entry with these rights to read and to change it.

    Links on it and to it are drawn again where they lead elsewhere now: a public
    page does not lead to what members read. Raises StaleEntry and EntryGone.
    """

    def attempt() -> Entry:
        fresh = _fresh(entry)
        _check_version(fresh, base_version)
        before = fresh.visibility
        if (before, fresh.protection) == (visibility, protection):
            return fresh
        with transaction.atomic():
            written = Entry.objects.filter(
                pk=fresh.pk, version=base_version, deleted_at=None, visibility=before
            ).update(
                visibility=visibility,
                protection=protection,
                links_version=F("links_version") + 1,
            )
            if not written:
                raise saving.Raced
            if visibility != before:
                linking.draw_again([fresh.pk])
                linking.refresh_links(_names_of(fresh))
                saving.bump_epoch()
        return _fresh(entry)

    return saving.retrying(attempt, [entry.pk])


def _names_of(entry: Entry) -> set[str]:
    names = Alias.objects.filter(entry=entry).values_list("name", "slug")
    return {entry.title, entry.slug}.union(*names)


def _fresh(entry: Entry) -> Entry:
    return Entry.objects.with_head().get(pk=entry.pk)


def _check_version(
    entry: Entry, base_version: int, *, deleted_is_fine: bool = False
) -> None:
    if entry.is_deleted and not deleted_is_fine:
        raise EntryGone(entry)
    if entry.version != base_version:
        raise StaleEntry(entry)
