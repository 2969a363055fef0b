"""One walk through the wiki: tables, entries, pages, files.

While it walks, others save. What looks wrong is looked at once more in the end,
while nobody else can save it: only what is still wrong then is told.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from wiki.checking import store, tables
from wiki.checking.entries import check_entries
from wiki.checking.findings import Finding
from wiki.checking.pages import check_pages
from wiki.checking.repairing import repair_entries, repair_row
from wiki.checking.searching import check_search
from wiki.editing import background, rebuilding, reindexing
from wiki.editing.races import retrying
from wiki.models import Entry, StoredFile

# Entries looked at together: so many, or so many characters.
ENTRIES_AT_ONCE = 200
CHARS_AT_ONCE = 2_000_000
# Those looked at once more keep others waiting meanwhile.
HELD_AT_ONCE = 20
HELD_CHARS = 200_000
# A save looks at links to new pages again right after its transaction.
SECONDS_TO_SETTLE = 0.5

_Check = Callable[[Sequence[int]], list[Finding]]
_CHECKS: tuple[_Check, ...] = (check_entries, check_pages)


@dataclass(frozen=True)
class CheckOptions:
    """What to do besides looking: `deep` reads the bytes of all files."""

    repair: bool = False
    deep: bool = False


@dataclass(frozen=True)
class Step:
    """How far it is, as progress is shown."""

    stage: str
    done: int
    total: int


def check_wiki(
    options: CheckOptions, watch: Callable[[Step], None] = lambda step: None
) -> Iterator[Finding]:
    """What is wrong, each thing once, mended if asked for and possible.

    Memory does not grow with the wiki, but by the ids of what looks wrong.
    """
    yield from _rows(tables.check_tables(), options)
    total = Entry.objects.count() * (len(_CHECKS) + 1)
    done = 0
    for check in _CHECKS:
        started = time.monotonic()
        suspects: list[int] = []
        for ids in _parts(None, ENTRIES_AT_ONCE, CHARS_AT_ONCE):
            suspects += sorted({finding.entry_id for finding in check(ids)})
            done += len(ids)
            watch(Step("read", min(done, total), total))
        if suspects and time.monotonic() - started < SECONDS_TO_SETTLE:
            time.sleep(SECONDS_TO_SETTLE)
        for ids in _parts(suspects, HELD_AT_ONCE, HELD_CHARS):
            yield from _look_again(check, ids, options)
    if options.repair:
        # To mend a name may have marked the pages that link to it.
        background.draw_left()
    yield from _search(options, lambda more: watch(Step("read", done + more, total)))
    yield from _rows(store.check_records(deep=options.deep), options)
    yield from _rows(store.check_bytes(), options)


def _search(options: CheckOptions, watch: Callable[[int], None]) -> list[Finding]:
    """What is wrong with the search index, which is made anew as a whole."""
    found = check_search(watch)
    if not found or not options.repair:
        return found
    reindexing.rebuild()
    left = {(f.entry_id, f.code) for f in check_search()}
    return [replace(f, is_repaired=(f.entry_id, f.code) not in left) for f in found]


def counts() -> dict[str, int]:
    """How much there is to check."""
    return {"entries": Entry.objects.count(), "files": StoredFile.objects.count()}


def _look_again(
    check: _Check, ids: Sequence[int], options: CheckOptions
) -> list[Finding]:
    def attempt() -> list[Finding]:
        with rebuilding.held(ids):
            found = check(ids)
            if not options.repair or not any(f.repair for f in found):
                return found
            repair_entries(found)
            left = {(f.entry_id, f.code) for f in check(ids)}
        return [replace(f, is_repaired=(f.entry_id, f.code) not in left) for f in found]

    return retrying(attempt)


def _rows(found: Iterator[Finding], options: CheckOptions) -> Iterator[Finding]:
    for finding in list(found):
        if not options.repair or not finding.repair:
            yield finding
        elif repair_row(finding):
            yield replace(finding, is_repaired=True)


def _parts(
    only: Sequence[int] | None, most: int, most_chars: int
) -> Iterator[list[int]]:
    """Ids of entries in order, in parts that fit in memory; all if `only` is None."""
    part: list[int] = []
    chars = 0
    for pk, size in _sizes(only):
        if part and (len(part) >= most or chars + size > most_chars):
            yield part
            part, chars = [], 0
        part.append(pk)
        chars += size
    if part:
        yield part


def _sizes(only: Sequence[int] | None) -> Iterator[tuple[int, int]]:
    last = 0
    entries = Entry.objects.order_by("pk").values_list("pk", "head__size")
    while True:
        if only is None:
            some = entries.filter(pk__gt=last)[:ENTRIES_AT_ONCE]
        else:
            some = entries.filter(pk__in=only[:ENTRIES_AT_ONCE])
            only = only[ENTRIES_AT_ONCE:]
        rows = [(pk, size or 0) for pk, size in some]
        if not rows:
            return
        last = rows[-1][0]
        yield from rows
