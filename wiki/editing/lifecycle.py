"""Acts on a whole entry: rename, delete, restore. Each makes a revision.

And who may read and change it, which is no part of its content and makes none.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from wiki.editing import drawing, file_uses, redrawing, saving
from wiki.editing.changes import Act, Change
from wiki.editing.content import Content, clean_comment, clean_content
from wiki.editing.entries import Outcome, Saved, edit_entry
from wiki.editing.problems import EditError, EntryGone, InvalidContent, StaleEntry
from wiki.editing.races import Raced, retrying
from wiki.editing.rows import bump_epoch
from wiki.models import Alias, DumpName, Entry, RevisionKind
from wiki.names import NewNames
from wiki.paths import last_part


@dataclass(frozen=True)
class EntryDeletion:
    """An entry to delete, as it was at `base_version`."""

    entry_id: int
    base_version: int
    act: Act


@dataclass(frozen=True)
class EntryReturn:
    """A deleted entry to bring back; with what it had, if no content is given."""

    entry_id: int
    base_version: int
    act: Act
    content: Content | None = None


def rename_entry(
    entry: Entry,
    title: str,
    *,
    base_version: int,
    act: Act,
    draws_later: bool = False,
) -> Saved:
    """The entry under a new title; the old title and address go on leading to it.

    What others changed meanwhile in the text stays. With `draws_later` the pages
    that link to it are marked, not drawn. Raises EditConflict when someone else
    renamed it meanwhile, EntryGone, InvalidContent.
    """
    base = entry.revisions.filter(number=base_version).first()
    if base is None:
        raise StaleEntry(entry)
    content = replace(Content.of(base), title=title)
    act = replace(act, kind=RevisionKind.RENAME)
    return edit_entry(
        entry,
        content,
        base_version=base_version,
        act=act,
        draws_later=draws_later,
    )


def delete_entry(entry: Entry, *, base_version: int, act: Act) -> Saved:
    """The entry, out of sight with all it had, and its title free for another.

    Raises StaleEntry when it changed since the person looked at it.
    """
    return _only(delete_entries([EntryDeletion(entry.pk, base_version, act)]))


def delete_entries(
    deletions: Sequence[EntryDeletion],
    *,
    render_many: drawing.RenderMany = drawing.render_here,
    refresh: bool = True,
) -> list[Outcome]:
    """What became of each deletion, in order. One transaction.

    With `refresh` off the caller owes `redrawing.refresh_links` with their names.
    """

    def attempt() -> list[Outcome]:
        entries = _fresh_ones(deletions)
        outcomes: dict[int, Outcome] = {}
        changes: dict[int, Change] = {}
        for number, deletion in enumerate(deletions):
            entry = entries[deletion.entry_id]
            if entry.is_deleted:
                outcomes[number] = Saved(entry, entry.head, "same")
            elif entry.version != deletion.base_version:
                outcomes[number] = StaleEntry(entry)
            else:
                changes[number] = _change(
                    entry, Content.of(entry), deletion.act, RevisionKind.DELETE
                )
                changes[number].deleted_at = timezone.now()
        saving.write_changes(
            list(changes.values()), render_many=render_many, refresh=refresh
        )
        for number, change in changes.items():
            change.entry.deleted_at = change.deleted_at
            outcomes[number] = Saved(change.entry, change.revision, "updated")
        return [outcomes[number] for number in sorted(outcomes)]

    return retrying(attempt, [deletion.entry_id for deletion in deletions])


def restore_entry(
    entry: Entry, *, base_version: int, act: Act, title: str | None = None
) -> Saved:
    """The deleted entry, back with its address, text, tags and history.

    Raises InvalidContent when another entry has its title by now and no other
    `title` was given, and StaleEntry.
    """
    content = None
    if title:
        content = replace(Content.of(_fresh(entry)), title=title)
    return _only(restore_entries([EntryReturn(entry.pk, base_version, act, content)]))


def restore_entries(
    returns: Sequence[EntryReturn],
    *,
    render_many: drawing.RenderMany = drawing.render_here,
    refresh: bool = True,
    later: NewNames | None = None,
) -> list[Outcome]:
    """What became of each that was to come back, in order. One transaction.

    With `refresh` off the caller owes `redrawing.refresh_links(None)`.
    """

    def attempt() -> list[Outcome]:
        entries = _fresh_ones(returns)
        outcomes: dict[int, Outcome] = {}
        changes: dict[int, Change] = {}
        for number, one in enumerate(returns):
            entry = entries[one.entry_id]
            if not entry.is_deleted:
                outcomes[number] = Saved(entry, entry.head, "same")
            elif entry.version != one.base_version:
                outcomes[number] = StaleEntry(entry)
            else:
                try:
                    content = clean_content(one.content or Content.of(entry))
                    changes[number] = _change(
                        entry, content, one.act, RevisionKind.RESTORE
                    )
                except InvalidContent as error:
                    outcomes[number] = error
        refused = _refused_titles(changes)
        outcomes |= refused
        fine = {n: change for n, change in changes.items() if n not in refused}
        saving.write_changes(
            list(fine.values()), render_many=render_many, refresh=refresh, later=later
        )
        with transaction.atomic():
            restored = [change.entry.pk for change in fine.values()]
            redrawing.draw_waiting(file_uses.addresses_of_files(restored))
        for number, change in fine.items():
            change.entry.deleted_at = None
            outcomes[number] = Saved(change.entry, change.revision, "updated")
        return [outcomes[number] for number in sorted(outcomes)]

    return retrying(attempt, [one.entry_id for one in returns])


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
                raise Raced
            if visibility != before:
                redrawing.draw_again([fresh.pk])
                redrawing.draw_waiting(file_uses.addresses_of_files([fresh.pk]))
                redrawing.refresh_links(_names_of(fresh))
                bump_epoch()
        return _fresh(entry)

    return retrying(attempt, [entry.pk])


def _change(entry: Entry, content: Content, act: Act, kind: str) -> Change:
    kept = replace(act, kind=kind, comment=clean_comment(act.comment))
    return Change(entry=entry, before=Content.of(entry), content=content, act=kept)


def _refused_titles(changes: Mapping[int, Change]) -> dict[int, EditError]:
    numbers = list(changes)
    refused = saving.check_titles(list(changes.values()))
    return {numbers[position]: error for position, error in refused.items()}


def _only(outcomes: Sequence[Outcome]) -> Saved:
    (outcome,) = outcomes
    if isinstance(outcome, EditError):
        raise outcome
    return outcome


def _fresh_ones(wanted: Sequence[EntryDeletion | EntryReturn]) -> dict[int, Entry]:
    entries = Entry.objects.with_head().defer("html")
    return entries.in_bulk([one.entry_id for one in wanted])


def refresh_links_to(entry_ids: Collection[int]) -> None:
    """Draws again the pages with links to these entries, where they lead elsewhere.

    What is owed after `delete_entries` was told not to refresh. In a transaction.
    """
    entries = Entry.objects.filter(pk__in=entry_ids)
    names = {name for pair in entries.values_list("title", "slug") for name in pair}
    aliases = Alias.objects.filter(entry__in=entry_ids)
    names.update(*aliases.values_list("name", "slug"))
    in_dumps = DumpName.objects.filter(entry__in=entry_ids)
    names.update(map(last_part, in_dumps.values_list("key", flat=True)))
    redrawing.refresh_links(names)


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
