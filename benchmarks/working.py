"""What readers and writers do all day, measured in one process.

    python -m benchmarks.working pages FILE     every page, one at a time
    python -m benchmarks.working saves FILE N   saves by writer N, until all are done

Runs with the settings of a wiki that holds notes, and writes its figures as JSON:
p50 and p95 of whole requests and the median of their CPU, in milliseconds. `saves`
says "ready" and waits for a line before it begins, so that several begin together.
"""

import json
import os
import sys
from collections.abc import Callable
from itertools import cycle, islice
from pathlib import Path
from urllib.parse import unquote

import django

from benchmarks.inside import Cost, Reader, fields_of, writer

WARM_UP, TIMES = 20, 200
FLOOR = "/bench/constant/"
REVISIONS = 100
# Each writer changes notes of its own, one after the other.
NOTES_A_WRITER = 40
SAVES_A_WRITER = 100
# A writer may ask for so many previews a minute that several share the work.
PREVIEWERS = 8


def main(arguments: list[str]) -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.settings"
    django.setup()
    what, file, *rest = arguments
    figures = measured_pages() if what == "pages" else measured_saves(int(rest[0]))
    Path(file).write_text(json.dumps(figures), encoding="utf-8")


def measured_pages() -> dict[str, dict[str, float]]:
    """The figures of each request by its name; "constant" is the floor."""
    me, slugs = writer(0), _slugs(0)
    long = slugs[0]
    _revise(me, long, REVISIONS)
    paths = {
        "constant": FLOOR,
        "history of 100 revisions": f"/wiki/{long}/history/",
        "diff of 50 revisions": f"/wiki/{long}/diff/?old=50&new={REVISIONS}",
        "diff of one": f"/wiki/{long}/diff/?old={REVISIONS - 1}&new={REVISIONS}",
        **_blame(long),
    }
    _edited(me, slugs[1:], WARM_UP)
    costs: dict[str, Cost] = {}
    costs["edit form"], costs["save"] = _edited(me, slugs[1:], TIMES)
    costs["preview"] = _previewed(slugs[1])
    # Only now: they list what was edited, as in a wiki that is in use. The page is
    # never kept, only what stands on it for many.
    costs["recent changes"] = _visited("/recent/", is_cached=True)
    costs |= {name: _visited(path) for name, path in paths.items()}
    costs |= {
        f"{name}, from the cache": _visited(path, is_cached=True)
        for name, path in paths.items()
        if path.startswith("/wiki/") and "?" not in path
    }
    return {name: cost.as_figures() for name, cost in costs.items()}


def measured_saves(number: int) -> dict[str, list[float]]:
    """The wall time of each save of this writer."""
    me, slugs = writer(number), _slugs(number)
    _edited(me, slugs, WARM_UP)
    print("ready", flush=True)
    sys.stdin.readline()
    _, cost = _edited(me, slugs, SAVES_A_WRITER)
    return {"wall": cost.wall}


def _slugs(number: int) -> list[str]:
    from wiki.models import Entry

    first = number * NOTES_A_WRITER
    slugs = Entry.objects.live().order_by("pk").values_list("slug", flat=True)
    return list(slugs[first : first + NOTES_A_WRITER])


def _blame(slug: str) -> dict[str, str]:
    from django.urls import NoReverseMatch, reverse

    try:
        path = unquote(reverse("entry-blame", args=[slug]))
        return {"blame of 100 revisions": path}
    except NoReverseMatch:
        return {}


def _visited(path: str, *, is_cached: bool = False) -> Cost:
    """Each time another visitor, and no page is in the cache, or this one is."""
    from django.core.cache import cache

    def visit(cost: Cost | None) -> None:
        if not is_cached:
            cache.clear()
        Reader().get(path, cost)

    return _repeated(visit, TIMES)


def _previewed(slug: str) -> Cost:
    people = [writer(number) for number in range(PREVIEWERS)]
    pages = [fields_of(one.get(f"/wiki/{slug}/edit/").text) for one in people]
    turns = cycle(zip(people, pages, strict=True))

    def preview(cost: Cost | None) -> None:
        one, fields = next(turns)
        sent = {"content": fields["body"]} | {
            name: fields[name] for name in ("csrfmiddlewaretoken", "entry_id")
        }
        one.post("/preview/", sent, cost)

    return _repeated(preview, TIMES)


def _edited(me: Reader, slugs: list[str], times: int) -> tuple[Cost, Cost]:
    """What the form cost and what its saves did: each changes a line and a word."""
    forms, saves = Cost(), Cost()
    for number, slug in enumerate(islice(cycle(slugs), times)):
        path = f"/wiki/{slug}/edit/"
        fields = fields_of(me.get(path, forms).text)
        fields["body"] = _changed(fields["body"], number)
        fields["comment"] = "조금 고침"
        if me.post(path, fields, saves).status != 302:
            raise SystemExit(f"{path} was not saved.")
    return forms, saves


def _changed(body: str, number: int) -> str:
    lines = body.split("\n")
    at = len(lines) // 2
    lines.insert(at, f"새 문단 {number}: 캐시를 비우고 서버를 다시 띄운다.\n")
    return "\n".join(lines[:400])


def _revise(me: Reader, slug: str, count: int) -> None:
    from wiki.models import Entry

    there = Entry.objects.get(slug=slug).version
    _edited(me, [slug], max(count - there, 0))


def _repeated(act: Callable[[Cost | None], None], times: int) -> Cost:
    cost = Cost()
    for _ in range(WARM_UP):
        act(None)
    for _ in range(times):
        act(cost)
    return cost


if __name__ == "__main__":
    main(sys.argv[1:])
