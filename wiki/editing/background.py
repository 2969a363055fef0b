"""Pages that were marked, drawn for good after the act that marked them.

Until then each of their readers has them drawn on the way, so nothing is wrong
meanwhile, only slower. Whoever comes first draws them: a thread of the web process
whose request marked them, the worker of imports, or a command at its end. Nothing
is handed over: a page waits while its row says so, so those that a crash left are
drawn by the next.
"""

import logging
import threading
from collections.abc import Collection

from django.db import DatabaseError, connections, transaction
from django.db.models import F, QuerySet
from django.db.models.expressions import RawSQL
from django.db.models.lookups import Exact

from wiki.editing.races import retrying
from wiki.editing.redrawing import draw_again, is_owed
from wiki.models import Entry, Turn

logger = logging.getLogger(__name__)

# SQLite has one writer: a save waits no longer for these than for another save.
PAGES_AT_ONCE = 25
TURN = "draw marked pages"
# A process that dies with the turn keeps others from it for so long.
TURN_SECONDS = 60


def draw_left() -> int:
    """Draws the pages that are marked; gives their number.

    One process at a time does so, and others leave it to that one. One query when
    there is nothing to draw; a transaction for each 25 pages.
    """
    drawn = 0
    failed: set[int] = set()
    at_once = PAGES_AT_ONCE
    while ids := list(_marked(failed)[:at_once]):
        if not Turn.objects.take(TURN, seconds=TURN_SECONDS):
            break
        try:
            _draw(ids)
            drawn += len(ids)
        except DatabaseError:
            raise
        except Exception:
            # One page must not keep all others waiting.
            if len(ids) == 1:
                logger.exception("Entry %s could not be drawn.", ids[0])
                failed.update(ids)
            at_once = 1
        finally:
            Turn.objects.give_back(TURN)
    return drawn


def draw_in_background(**signal: object) -> None:
    """Begins to draw what this process marked; at the end of each of its requests."""
    if is_owed.is_set():
        is_owed.clear()
        threading.Thread(target=_draw_in_thread, name=TURN, daemon=True).start()


def _draw_in_thread() -> None:
    try:
        draw_left()
    except DatabaseError as error:
        logger.warning("Marked pages are left to the next who draws: %s", error)
    finally:
        connections.close_all()


def _draw(ids: Collection[int]) -> None:
    def attempt() -> None:
        with transaction.atomic():
            draw_again(sorted(ids))

    retrying(attempt)


def _marked(but: Collection[int]) -> QuerySet:
    # As it stands in the index, which SQLite does not use for a bound value.
    is_marked = Exact(F("render_key"), RawSQL("''", ()))
    marked = Entry.objects.filter(is_marked).exclude(pk__in=but)
    return marked.order_by("pk").values_list("pk", flat=True)
