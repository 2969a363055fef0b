"""Measures imports of real dumps, and what of them arrived.

    python -m benchmarks.dumps FOLDER [--database sqlite|postgresql] [--only NAME]

FOLDER holds dumps: sub-folders, and archives named *.tar.xz, which are unpacked
first. Each dump, and each zip in one, is imported twice into a fresh wiki. One
line a dump is printed, and below the table what missed its goal. Nothing of the
dumps is kept. Exit 1 when a goal is missed.
"""

import argparse
import json
import os
import shutil
import sys
import tarfile
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path

import django

from benchmarks.truth import (
    TrueNote,
    fences,
    front_matter,
    name_of,
    nfc,
    read_truth,
    tag_key,
    words,
)
from tests.installations import Installation, Installations
from tests.measuring import MIB, Measured, watch
from tests.postgres import running_postgres

SHOWN = 8
WORDS_GOAL = 0.995
# Statuses of a second run that mean a change; skipped and failed say it again.
CHANGES = ("created", "updated", "merged", "moved", "conflict", "missing", "deleted")


@dataclass
class Measures:
    """One line of the table, and the single things that are wrong."""

    dump: str
    notes: int = 0
    entries: int = 0
    words: float = 1.0
    fences: float = 1.0
    without_entry: int = 0
    by_comment: int = 0
    slugs: int = 0
    tags_missing: int = 0
    second_run: int = 0
    not_given_back: int | None = None
    seconds: float = 0
    rate: float = 0
    again_rate: float = 0
    memory: int = 0
    wrong: list[str] = field(default_factory=list)

    @property
    def is_met(self) -> bool:
        counts = (
            *(self.without_entry, self.by_comment, self.slugs),
            *(self.tags_missing, self.second_run, self.not_given_back or 0),
        )
        return not any(counts) and self.words >= WORDS_GOAL and self.fences == 1


COLUMNS: tuple[tuple[str, Callable[[Measures], str]], ...] = (
    ("dump", lambda m: m.dump),
    ("notes", lambda m: str(m.notes)),
    ("entries", lambda m: str(m.entries)),
    ("words", lambda m: f"{m.words:.4f}"),
    ("fences", lambda m: f"{m.fences:.4f}"),
    ("no entry", lambda m: str(m.without_entry)),
    ("by comment", lambda m: str(m.by_comment)),
    ("bad slugs", lambda m: str(m.slugs)),
    ("tags lost", lambda m: str(m.tags_missing)),
    ("2nd changes", lambda m: str(m.second_run)),
    (
        "not back",
        lambda m: "n/a" if m.not_given_back is None else str(m.not_given_back),
    ),
    ("s", lambda m: f"{m.seconds:.1f}"),
    ("notes/s", lambda m: f"{m.rate:.0f}"),
    ("2nd/s", lambda m: f"{m.again_rate:.0f}"),
    ("MiB", lambda m: str(m.memory // MIB)),
    ("", lambda m: "ok" if m.is_met else "MISSED"),
)


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument(
        "--database", choices=["sqlite", "postgresql"], default="sqlite"
    )
    parser.add_argument("--only", default="", help="dumps whose name has this in it")
    options = parser.parse_args(arguments)
    server = running_postgres() if options.database == "postgresql" else nullcontext("")
    lines = []
    with tempfile.TemporaryDirectory(prefix="notewiki-dumps-") as folder, server as url:
        _know_the_models(Path(folder))
        with Installations(Path(folder, "wikis"), url) as wikis:
            for place in _dumps(options.folder, Path(folder, "dumps"), options.only):
                if not (truth := [n for n in read_truth(place) if not n.is_blank]):
                    continue
                print(f"… {place.name}", file=sys.stderr, flush=True)
                lines.append(measure(place, truth, wikis.fresh()))
    print(f"\n{options.database}\n")
    print(table(lines))
    for line in lines:
        for wrong in line.wrong:
            print(f"{line.dump}: {wrong}")
    return 0 if all(line.is_met for line in lines) else 1


def _know_the_models(folder: Path) -> None:
    """Sets Django up here too, for the shape of the tables; no database is used."""
    os.environ |= {"DATA_DIR": str(folder), "DJANGO_SETTINGS_MODULE": "config.settings"}
    django.setup()


def _dumps(folder: Path, into: Path, only: str) -> Iterator[Path]:
    """Each dump, unpacked, then each zip in it; what was unpacked goes after use."""
    for found in sorted(folder.iterdir()):
        if only not in found.name or found.name.startswith("."):
            continue
        if found.is_dir():
            yield found
            yield from sorted(found.rglob("*.zip"))
        elif found.name.endswith(".tar.xz"):
            place = into / found.name.removesuffix(".tar.xz")
            place.mkdir(parents=True)
            with tarfile.open(found) as archive:
                archive.extractall(place, filter="data")
            inside = list(place.iterdir())
            is_wrapped = len(inside) == 1 and inside[0].is_dir()
            yield inside[0] if is_wrapped else place
            yield from sorted(place.rglob("*.zip"))
            shutil.rmtree(place)


def table(lines: list[Measures]) -> str:
    """The lines as a table of Markdown."""
    rows = [[name for name, _ in COLUMNS]]
    rows += [[tell(line) for _, tell in COLUMNS] for line in lines]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    rows.insert(1, ["-" * max(width, 3) for width in widths])
    return "\n".join(
        "| "
        + " | ".join(c.ljust(w) for c, w in zip(row, widths, strict=True)).rstrip()
        + " |"
        for row in rows
    )


def measure(place: Path, truth: list[TrueNote], wiki: Installation) -> Measures:
    """Imports the dump twice and compares what came of it with what it says."""
    from tests.importing.state import differences, state_of

    measures = Measures(place.name)
    first = _import(wiki, place)
    if first.code not in (0, 3):
        measures.notes = len(truth)
        measures.without_entry = len(truth)
        measures.wrong.append(f"import ended with {first.code}: {first.err.strip()}")
        return measures
    report = json.loads(first.out)
    facts = _facts(wiki)
    measures.notes, measures.entries = len(truth), len(facts["entries"])
    measures.seconds, measures.memory = first.seconds, first.memory.largest
    measures.rate = measures.notes / first.seconds
    _compare(measures, truth, facts, report)
    before = state_of(wiki)
    second = _import(wiki, place)
    measures.again_rate = measures.notes / second.seconds
    changed = differences(before, state_of(wiki))
    _compare_runs(measures, json.loads(second.out), changed)
    _compare_bytes(measures, truth, facts, wiki)
    return measures


def _import(wiki: Installation, place: Path) -> Measured:
    return watch(wiki.start("importnotes", place, "--json", "-v", "0"))


def _facts(wiki: Installation) -> dict:
    file = wiki.folder / "facts.json"
    command = (sys.executable, "-m", "benchmarks.facts")
    done = watch(wiki.start(file, command=command))
    if done.code:
        sys.exit(done.err)
    return json.loads(file.read_text())


def _compare(
    measures: Measures, truth: list[TrueNote], facts: dict, report: dict
) -> None:
    entries, files = facts["entries"], facts["files"]
    said: dict[str, list[str]] = {}
    for item in report["items"]:
        said.setdefault(item["path"], []).extend(item["messages"])
    kept = Counter()
    # Copies have the entry of the first of them.
    for note in {note.sha256: note for note in truth}.values():
        file = files.get(note.sha256, {"paths": [note.path], "entries": []})
        here = [entries[str(pk)] for pk in set(file["entries"])]
        messages = [text for path in file["paths"] for text in said.get(path, [])]
        if not here:
            measures.without_entry += 1
            reason = "; ".join(messages) or "not named in the report"
            measures.wrong.append(f"no entry: {note.path}: {reason}")
        _compare_note(measures, note, here, messages, kept)
    if kept["words"]:
        measures.words = kept["words found"] / kept["words"]
    if kept["fences"]:
        measures.fences = kept["fences found"] / kept["fences"]
    slugs = Counter(entry["slug"].casefold() for entry in entries.values())
    bad = [slug for slug, count in slugs.items() if not slug or count > 1]
    measures.slugs = len(bad)
    _tell(measures, "slug", bad)


def _compare_note(
    measures: Measures,
    note: TrueNote,
    entries: list[dict],
    said: list[str],
    kept: Counter[str],
) -> None:
    bodies = [entry["body"] for entry in entries]
    # A block that stays in the text as it is keeps the names of its keys.
    texts = [text for entry in entries for text in entry["texts"]] + bodies
    there = words("\n".join(texts))
    lost = note.words - there
    kept["words"] += note.words.total()
    kept["words found"] += note.words.total() - lost.total()
    if lost and entries:
        _tell(measures, f"words lost in {note.path}", [" ".join(sorted(lost))[:200]])
    blocks = {block for body in bodies for block in fences(body.split("\n"))}
    changed = [block for block in note.fences if block not in blocks]
    kept["fences"] += len(note.fences)
    kept["fences found"] += len(note.fences) - len(changed)
    if entries:
        _tell(measures, f"fence changed in {note.path}", changed)
    named = [e["title"] for e in entries if name_of(e["title"]) in note.comments]
    measures.by_comment += len(named)
    _tell(measures, f"titled by a comment in {note.path}", named)
    if front_matter(bodies[0].split("\n")) if bodies else True:
        # What cannot be read stays in the text, and the report says so.
        return
    tags = {tag_key(tag) for entry in entries for tag in entry["tags"]}
    missing = [tag for tag in sorted(note.tags - tags) if not _is_named(tag, said)]
    measures.tags_missing += len(missing)
    _tell(measures, f"tag lost in {note.path}", missing)


def _is_named(tag: str, said: list[str]) -> bool:
    return any(tag in tag_key(message) for message in said)


def _compare_runs(measures: Measures, report: dict, rows: list[str]) -> None:
    measures.second_run = sum(report["totals"][status] for status in CHANGES)
    changed = [i for i in report["items"] if i["status"] in CHANGES]
    _tell(
        measures,
        "second run",
        [f"{i['status']} {i['path']}: {' '.join(i['messages'])}" for i in changed],
    )
    measures.second_run += len([row for row in rows if not row.startswith(" ")])
    _tell(measures, "second run wrote", rows)


def _compare_bytes(
    measures: Measures, truth: list[TrueNote], facts: dict, wiki: Installation
) -> None:
    folder = wiki.folder / "given-back"
    done = watch(wiki.start("exportnotes", folder, "--format", "original", "-v", "0"))
    if done.code == 2:
        return
    if done.code:
        _tell(measures, "export", [done.err.strip()])
    back = {
        nfc(str(file.relative_to(folder))): file.read_bytes()
        for file in folder.rglob("*")
        if file.is_file()
    }
    # One dump may stand in a folder of its name.
    ends: dict[str, list[bytes]] = {}
    for path, data in back.items():
        for start in (0, path.find("/") + 1):
            ends.setdefault(path[start:], []).append(data)
    wrong = [
        path
        for note in {note.sha256: note for note in truth}.values()
        for path in facts["files"].get(note.sha256, {"paths": []})["paths"]
        if note.data not in ends.get(path, [])
    ]
    measures.not_given_back = len(wrong)
    _tell(measures, "not given back", wrong)


def _tell(measures: Measures, what: str, found: list[str]) -> None:
    measures.wrong += [f"{what}: {one[:300]!r}" for one in found[:SHOWN]]
    if len(found) > SHOWN:
        measures.wrong.append(f"{what}: … {len(found) - SHOWN} more")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
