"""Acts that change very many pages at once: how long whoever asks for one waits.

    python -m benchmarks.acts FILE

Runs with the settings of a wiki that holds notes and writes milliseconds as JSON. Each
act is asked for once, by its page where it has one. What is drawn after the answer,
in the background, is a figure of its own.
"""

import json
import os
import re
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import django

from benchmarks.inside import Cost, Reader, writer
from benchmarks.lines import Line
from tests.installations import Installation

_COMMAND = (sys.executable, "-m", "benchmarks.acts")
# Notes that link to what is renamed.
LINKING = 1000
# Notes of some 1.4 KB that bear the tag which is merged into another.
TAGGED = 1000
# Milliseconds. Only of the request; SQLite has the server's work in it, too.
GOALS = {"rename, 1,000 links to it": 1000.0, "tag merge, 1,000 notes": 3000.0}

Figures = dict[str, float]


def lines_of(database: str, wiki: Installation, folder: Path) -> Iterator[Line]:
    """The figures of a wiki that holds notes. They stay in it, changed."""
    file = folder / "acts.json"
    process = wiki.start(file, command=_COMMAND)
    _, err = process.communicate()
    if process.returncode:
        raise SystemExit(f"The acts could not be measured:\n{err}")
    for name, took in json.loads(file.read_text()).items():
        goal = GOALS.get(name)
        is_met = goal is None or took <= goal
        told = f"<= {goal:,.0f} ms" if goal else ""
        yield Line(f"{database}: {name}", f"{took:,.0f} ms", told, is_met)


def main(arguments: list[str]) -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.settings"
    django.setup()
    figures: Figures = {}
    for measure in (_renames, _tag_acts):
        figures |= measure()
    Path(arguments[0]).write_text(json.dumps(figures), encoding="utf-8")


# ── Renames ───────────────────────────────────────────────────────────────────
def _renames() -> Figures:
    """An entry with very many links to it is renamed, without and with those."""
    from wiki.editing.batches import undo_batch
    from wiki.models import Batch

    me = writer(0)
    entry = _linked_entry(LINKING)
    count = f"{LINKING:,} links to it"
    figures = {}
    path = f"/wiki/{entry.slug}/rename/"
    figures[f"rename, {count}"] = _sent(me, path, title="Renamed once")
    figures["pages drawn after that"] = _milliseconds(_until_drawn)
    figures[f"rename and write {LINKING:,} links"] = _sent(
        me, "/wiki/renamed-once/rename/", title="Renamed twice", links="on"
    )
    batch = Batch.objects.latest("pk")
    figures["undo of that"] = _milliseconds(lambda: undo_batch(batch, act=_act()))
    _until_drawn()
    figures[f"deletion, {count}"] = _sent(me, "/wiki/renamed-once/delete/")
    _until_drawn()
    figures[f"restoration, {count}"] = _sent(me, "/wiki/renamed-once/restore/")
    _until_drawn()
    return figures


def _linked_entry(count: int) -> object:
    """An entry, and so many notes of some 1.4 KB with a link to it."""
    from wiki.editing import Content, NewEntry, create_entries, create_entry

    title = "Linked by very many"
    entry = create_entry(Content(title=title), act=_act()).entry
    paragraph = "서버를 다시 띄우고 `systemctl status`로 상태를 본다. " * 8
    body = f"# 절차\n\n{paragraph}\n\n앞의 [[{title}]]를 본다.\n\n- {paragraph}\n"
    for start in range(0, count, 100):
        create_entries(
            [
                NewEntry(
                    content=Content(title=f"Links there {number}", body=body),
                    act=_act(),
                )
                for number in range(start, start + 100)
            ]
        )
    return entry


def _until_drawn() -> None:
    from wiki.editing.background import draw_left
    from wiki.models import Entry

    while Entry.objects.filter(render_key="").exists():
        # The thread of the request has the turn; without one it is drawn here.
        draw_left()
        time.sleep(0.01)


# ── Tags ──────────────────────────────────────────────────────────────────────
def _tag_acts() -> Figures:
    """A tag of very many notes is renamed and merged, and each is taken back."""
    from wiki.editing import undo_batch
    from wiki.editing.tag_acts import carry_out
    from wiki.editing.tag_plans import plan_merge, plan_rename

    _tagged_entries(TAGGED)
    done = []

    def carried_out(plan: Callable[..., object], to: str) -> float:
        make_plan = partial(plan, "bench-many", to)
        return _milliseconds(lambda: done.append(carry_out(make_plan, act=_act())))

    def undone() -> float:
        return _milliseconds(lambda: undo_batch(done[-1].batch, act=_act()))

    return {
        f"tag rename, {TAGGED:,} notes": carried_out(plan_rename, "Bench all"),
        "undo of the tag rename": undone(),
        f"tag merge, {TAGGED:,} notes": carried_out(plan_merge, "bench one"),
        "undo of the tag merge": undone(),
    }


def _tagged_entries(count: int) -> None:
    """So many notes with one tag, of which some bear another one, too."""
    from wiki.editing import Content, NewEntry, TagUse, create_entries

    body = "서버를 다시 띄우고 `systemctl status`로 상태를 본다. " * 16
    tags = (TagUse("bench many"), TagUse("bench one"))
    for start in range(0, count, 100):
        create_entries(
            [
                NewEntry(
                    content=Content(
                        title=f"Tagged {number}",
                        body=body,
                        tags=tags if number % 50 == 0 else tags[:1],
                    ),
                    act=_act(),
                )
                for number in range(start, start + 100)
            ]
        )


# ── What all of them need ─────────────────────────────────────────────────────
def _act() -> object:
    from wiki.editing import Act, Author

    return Act(author=Author(label="bench"))


def _sent(me: Reader, path: str, **fields: str) -> float:
    """How long the form of a page takes to be sent."""
    page = me.get(path).text
    hidden = dict(re.findall(r'name="(\w+)"[^>]*? value="([^"]*)"', page))
    kept = ("csrfmiddlewaretoken", "base_version", "title")
    values = {name: hidden[name] for name in kept if name in hidden}
    cost = Cost()
    if me.post(path, values | {"comment": ""} | fields, cost).status != 302:
        raise SystemExit(f"{path} did not do it.")
    return cost.wall[0]


def _milliseconds(act: Callable[[], object]) -> float:
    started = time.perf_counter()
    act()
    return (time.perf_counter() - started) * 1000


if __name__ == "__main__":
    main(sys.argv[1:])
