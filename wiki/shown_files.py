"""Stored files that texts name by their address, and the pages that may show them.

To name a file is no way to see it. A page may show one that it had before, one
that everyone who reads it may see already, or one that the writer uploaded.
"""

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q

from wiki.models import EntryFile, RevisionMark, StoredFile, Upload


@dataclass(frozen=True, slots=True)
class NamedFile:
    """A file's name as its address has it, the entry it stands on, and who wrote that.

    Without an entry the page is new; without a writer it is only drawn again.
    """

    name: str
    entry_id: int | None = None
    writer_id: int | None = None


def in_sight() -> Q:
    """Uses of files that no curator took out of sight, as a filter.

    Which revisions show a file that is shown no more is not known: where one of
    the entry's is hidden, it may be that one.
    """
    hidden = RevisionMark.objects.filter(
        kind=RevisionMark.Kind.HIDDEN, revision__entry=OuterRef("entry")
    )
    return Q(is_shown=True) | ~Exists(hidden)


def shown_files(
    named: Collection[NamedFile], visibilities: Collection[str]
) -> dict[NamedFile, int]:
    """The ids of those that may be shown to the readers of these visibilities.

    Whether another is not there or may not be shown, nothing tells. Three queries
    at most, none when nothing is named.
    """
    if not named:
        return {}
    is_seen = Q(entry__deleted_at=None, entry__visibility__in=visibilities)
    holders = EntryFile.objects.filter(in_sight(), is_seen, file=OuterRef("pk"))
    rows = StoredFile.objects.filter(
        sha256__in={one.name.partition(".")[0] for one in named}
    ).annotate(is_open=Exists(holders))
    ids, are_open = {}, set()
    for pk, sha256, extension, is_open in rows.values_list(
        "pk", "sha256", "extension", "is_open"
    ):
        ids[f"{sha256}{extension}"] = pk
        if is_open:
            are_open.add(pk)
    there = [one for one in named if one.name in ids]
    closed = [one for one in there if ids[one.name] not in are_open]
    own = _pairs_of_entries(closed, ids) | _pairs_of_writers(closed, ids)
    return {
        one: pk
        for one in there
        for pk in [ids[one.name]]
        if pk in are_open
        or ("entry", one.entry_id, pk) in own
        or ("writer", one.writer_id, pk) in own
    }


def _pairs_of_entries(
    named: Collection[NamedFile], ids: dict[str, int]
) -> set[tuple[str, int | None, int]]:
    entries = {one.entry_id for one in named} - {None}
    if not entries:
        return set()
    rows = EntryFile.objects.filter(
        entry__in=entries, file__in={ids[one.name] for one in named}
    )
    return {("entry", *pair) for pair in rows.values_list("entry_id", "file_id")}


def _pairs_of_writers(
    named: Collection[NamedFile], ids: dict[str, int]
) -> set[tuple[str, int | None, int]]:
    writers = {one.writer_id for one in named} - {None}
    if not writers:
        return set()
    rows = Upload.objects.filter(
        user__in=writers, file__in={ids[one.name] for one in named}
    )
    return {("writer", *pair) for pair in rows.values_list("user_id", "file_id")}
