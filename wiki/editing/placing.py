"""Where entries lie in the dumps they come from: no content, so no revision."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction

from wiki.editing import redrawing
from wiki.models import DumpName, Entry
from wiki.paths import last_part


@dataclass(frozen=True, slots=True)
class EntryPlace:
    """An entry's place in a dump, and what notes there call it (`wiki.paths`).

    Its own links start from its home, the dump that it was first read from.
    """

    entry_id: int
    source: str
    path: str
    keys: tuple[str, ...]
    is_home: bool = True


def place_entries(places: Sequence[EntryPlace]) -> None:
    """Stores the places; pages whose links lead elsewhere by that are drawn again.

    Nothing is written for places that are as they were: two queries then.
    """
    with transaction.atomic():
        moved = _move(places)
        names = _rename(places)
        if moved:
            redrawing.draw_again(moved)
        redrawing.refresh_links(names)


def _move(places: Sequence[EntryPlace]) -> list[int]:
    """Stores the paths, and gives the entries whose path is another now."""
    wanted = {place.entry_id: place for place in places if place.is_home}
    stored = Entry.objects.filter(pk__in=wanted).values_list(
        "pk", "source", "source_path"
    )
    moved = [
        pk
        for pk, source, path in stored
        if (source, path) != (wanted[pk].source, wanted[pk].path)
    ]
    for pk in sorted(moved):
        place = wanted[pk]
        Entry.objects.filter(pk=pk).update(source=place.source, source_path=place.path)
    return sorted(moved)


def _rename(places: Sequence[EntryPlace]) -> set[str]:
    """Stores the names, and gives those that lead elsewhere now."""
    stored: Mapping[int, dict[tuple[str, str], int]] = defaultdict(dict)
    rows = DumpName.objects.filter(entry__in=[place.entry_id for place in places])
    for pk, entry_id, source, key in rows.values_list(
        "pk", "entry_id", "source", "key"
    ):
        stored[entry_id][source, key] = pk
    new, gone, names = [], [], set()
    for place in places:
        had: Collection[tuple[str, str]] = stored[place.entry_id]
        kept = {(place.source, key) for key in place.keys}
        for source, key in sorted(kept - set(had)):
            new.append(DumpName(source=source, key=key, entry_id=place.entry_id))
            names.add(last_part(key))
        for source, key in had:
            if source == place.source and (source, key) not in kept:
                gone.append(stored[place.entry_id][source, key])
                names.add(last_part(key))
    if gone:
        DumpName.objects.filter(pk__in=gone).delete()
    DumpName.objects.bulk_create(new)
    return names
