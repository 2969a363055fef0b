"""What was made of the past once and need not be made again for a while."""

from collections.abc import Callable
from typing import TypeVar

from django.core.cache import caches
from django.db.models import Count, Max, Subquery
from django.utils.translation import get_language

from wiki.models import Entry, RevisionMark, SiteState, StoredFile
from wiki.views.caching import release

Made = TypeVar("Made")

CACHE = "comparisons"
KEPT_SECONDS = 24 * 60 * 60
# The cache holds a hundred of them.
MAX_KEPT_CHARS = 200_000


def keep(
    parts: tuple[object, ...], make: Callable[[], Made], size_of: Callable[[Made], int]
) -> Made:
    """What `make` gives, or gave for the same parts before; too large is not kept."""
    name = "-".join(map(str, (release(), get_language(), *parts)))
    kept: Made | None = caches[CACHE].get(name)
    if kept is not None:
        return kept
    made = make()
    if size_of(made) <= MAX_KEPT_CHARS:
        caches[CACHE].set(name, made, KEPT_SECONDS)
    return made


def links_state() -> tuple[object, ...]:
    """What changes when the link of any text may lead elsewhere. One query."""
    newest = Entry.objects.order_by("-pk").values("pk")[:1]
    file = StoredFile.objects.order_by("-pk").values("pk")[:1]
    row = SiteState.objects.annotate(entry=Subquery(newest), file=Subquery(file))
    return tuple(row.values_list("epoch", "entry", "file").first() or ())


def marks_state(entry: Entry) -> tuple[object, ...]:
    """What changes when any revision of the entry is marked, or no more. One query."""
    marks = RevisionMark.objects.filter(revision__entry=entry)
    return tuple(marks.aggregate(newest=Max("pk"), count=Count("pk")).values())
