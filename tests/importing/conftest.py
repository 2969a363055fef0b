"""Fixtures of tests that need wikis as processes, and a dump with a known end."""

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.db import connection

from benchmarks.notes import write_notes
from tests.importing.state import state_of
from tests.installations import Installation, Installations

IS_SOAK = bool(os.environ.get("SOAK"))
NOTES = 2000 if IS_SOAK else 300
PARTS = 250
PICTURES = NOTES // 10
ENTRIES = NOTES + PARTS + PICTURES


@dataclass(frozen=True)
class Story:
    """A dump, what an undisturbed import of it makes, and the seconds it takes."""

    dump: Path
    many: Path
    state: dict[str, list[str]]
    seconds: float

    @property
    def command(self) -> list[object]:
        return ["importnotes", self.dump, self.many, "-v", "0", "--jobs", "2"]


@pytest.fixture(scope="module")
def wikis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installations]:
    """Wikis of their own, on the database that the tests run on."""
    url = os.environ["DATABASE_URL"] if connection.vendor == "postgresql" else ""
    with Installations(tmp_path_factory.mktemp("wikis"), url) as installations:
        yield installations


def write_with_pictures(folder: Path, count: int) -> None:
    """Notes that show a picture each, every other the same, and link by path."""
    for number in range(count):
        picture = f"img/{number // 2}.png"
        text = f"# 그림글 {number}\n\n![]({picture}) [앞]({number - 1:04}.md)\n"
        (folder / "img").mkdir(parents=True, exist_ok=True)
        (folder / f"{number:04}.md").write_text(text, "utf-8")
        data = b"\x89PNG\r\n\x1a\n" + bytes([number // 2 % 251]) * 20_000
        (folder / picture).write_bytes(data + str(number // 2).encode())


@pytest.fixture(scope="module")
def story(wikis: Installations, tmp_path_factory: pytest.TempPathFactory) -> Story:
    folder = tmp_path_factory.mktemp("dump")
    dump, many = folder / "notes", folder / "many.md"
    write_notes(dump, NOTES)
    write_with_pictures(dump / "그림글", PICTURES)
    # Several notes in one file, cut in the middle by a batch.
    parts = (f"# 조각 {n}\n#tag{n % 7}\n[[조각 {n + 1}]]\n" for n in range(PARTS))
    many.write_text("".join(parts), "utf-8")
    wiki: Installation = wikis.fresh()
    story = Story(dump, many, {}, 0)
    started = time.perf_counter()
    wiki.manage(*story.command)
    seconds = time.perf_counter() - started
    return Story(dump, many, state_of(wiki), seconds)
