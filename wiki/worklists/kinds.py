"""Which lists there are, what each is called, and how many defects are in it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.cache import cache
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from wiki.newest import KEPT_SECONDS, State, kept
from wiki.worklists import links, notes

Find = Callable[[Sequence[str]], list[Any]]


@dataclass(frozen=True)
class WorkList:
    """A kind of defect. `wrong` says in one sentence what is wrong and what to do."""

    name: str
    title: Promise
    wrong: Promise
    find: Find


_ALL = (
    WorkList(
        "broken",
        _("Broken links"),
        _("These links lead to a heading that the note no longer has."),
        links.find_broken,
    ),
    WorkList(
        "wanted",
        _("Wanted notes"),
        _("Notes link to these names, and no note is called so."),
        links.find_wanted,
    ),
    WorkList(
        "orphans",
        _("Orphans"),
        _("No other note links to these; who does not search never finds them."),
        notes.find_orphans,
    ),
    WorkList(
        "stubs",
        _("Stubs"),
        _("These notes are empty, have headings only, or hardly a sentence."),
        notes.find_stubs,
    ),
    WorkList(
        "untagged",
        _("Notes without a tag"),
        _("These notes are on no tag's page."),
        notes.find_untagged,
    ),
    WorkList(
        "duplicates",
        _("Duplicates"),
        _("These notes have the same title, brackets aside, or the same text."),
        notes.find_duplicates,
    ),
    WorkList(
        "spellings",
        _("Links in another spelling"),
        _("These links differ from the title in case, width or normal form."),
        links.find_misspelled,
    ),
    WorkList(
        "lost-files",
        _("Lost files"),
        _("These notes show or link a file that could not be found."),
        notes.find_lost_files,
    ),
)
WORK_LISTS: Mapping[str, WorkList] = {one.name: one for one in _ALL}


def found_in(one: WorkList, visibilities: Sequence[str], state: State) -> list[Any]:
    """Keys of the defects these readers see, in order; kept while nothing changes."""
    found = kept(
        f"work:{one.name}", visibilities, state, lambda: one.find(visibilities)
    )
    cache.set(_count_key(one, visibilities), len(found), KEPT_SECONDS)
    return found


def count_of(one: WorkList, visibilities: Sequence[str], state: State) -> int:
    """How many there are, as of a minute ago at most."""
    count = cache.get(_count_key(one, visibilities))
    return len(found_in(one, visibilities, state)) if count is None else count


def _count_key(one: WorkList, visibilities: Sequence[str]) -> str:
    return f"work-count:{one.name}:{'+'.join(visibilities)}"
