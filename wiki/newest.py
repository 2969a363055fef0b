"""Where the wiki stands: what is kept beside the records is right as long as it stays.

Every change of content makes a revision; deletions, renames and changes of who
reads what move the epoch.
"""

from collections.abc import Callable, Sequence
from typing import TypeVar

from django.core.cache import cache
from django.db.models import Subquery

from wiki.models import Revision, SiteState

# Links to a page that is saved in the same moment are settled a little later.
KEPT_SECONDS = 60

State = tuple[int, int]
Made = TypeVar("Made")


def state_of_wiki() -> State:
    """The epoch and the newest revision. One query."""
    newest = Revision.objects.order_by("-pk").values("pk")[:1]
    row = SiteState.objects.filter(pk=SiteState.ROW).annotate(newest=Subquery(newest))
    epoch, number = row.values_list("epoch", "newest").first() or (0, 0)
    return epoch, number or 0


def kept(
    name: str, visibilities: Sequence[str], state: State, make: Callable[[], Made]
) -> Made:
    """What `make` makes for these readers, made once for each state of the wiki.

    One for each name and group of readers is kept, and for a minute at most.
    """
    key = f"kept:{name}:{'+'.join(visibilities)}"
    found = cache.get(key)
    if found is not None and found[0] == state:
        return found[1]
    made = make()
    cache.set(key, (state, made), KEPT_SECONDS)
    return made
