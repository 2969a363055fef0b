"""Imports that meet others, and imports that run out of room: nothing is lost."""

import json
import re
import resource
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection

from tests.disks import MIB, fill, make_room, own_by_the_server, small_file_system
from tests.importing.conftest import ENTRIES, IS_SOAK, NOTES
from tests.importing.state import count_of, differences, state_of
from tests.installations import Installation

EDITS = 400 if IS_SOAK else 60
IS_POSTGRES = connection.vendor == "postgresql"


def finish(process: subprocess.Popen) -> tuple[int, str]:
    _, err = process.communicate()
    return process.returncode, err


# ── Two imports at once ──────────────────────────────────────────────────────


def test_two_imports_of_one_dump_make_what_one_makes(wikis, story):
    wiki = wikis.fresh()

    both = [wiki.start(*story.command) for _ in range(2)]

    assert [finish(process)[0] for process in both] == [0, 0]
    assert not differences(story.state, state_of(wiki))


@pytest.mark.skipif(not IS_POSTGRES, reason="a SQLite file is on one machine")
def test_two_machines_that_import_one_dump_make_what_one_makes(wikis, story, tmp_path):
    wiki = wikis.fresh()
    other = Installation(tmp_path, wiki.server)
    shutil.copytree(wiki.folder, tmp_path, dirs_exist_ok=True)
    # Machines that share a database share the media store.
    (wiki.folder / "media").mkdir(exist_ok=True)
    shutil.rmtree(tmp_path / "media", ignore_errors=True)
    (tmp_path / "media").symlink_to(wiki.folder / "media")

    both = [one.start(*story.command) for one in (wiki, other)]

    assert [finish(process)[0] for process in both] == [0, 0]
    assert not differences(story.state, state_of(wiki))


def test_two_dumps_at_once_lose_no_note(wikis, tmp_path):
    wiki = wikis.fresh()
    for name in ("하나", "둘"):
        (tmp_path / name).mkdir()
        for number in range(NOTES):
            text = f"# 글 {number}\n\n{name}의 본문 {number} [[글 {number // 2}]]\n"
            (tmp_path / name / f"{number:04}.md").write_text(text, "utf-8")

    both = [
        wiki.start("importnotes", tmp_path / name, "-v", "0") for name in ("하나", "둘")
    ]

    assert [finish(process)[0] for process in both] == [0, 0]
    found = " ".join(state_of(wiki)["wiki.Entry"])
    for name in ("하나", "둘"):
        assert all(f"{name}의 본문 {number} " in found for number in range(NOTES))


# ── Beside people ────────────────────────────────────────────────────────────

# Edits entries as the web does, each with a mark of its own, until told to stop
# by the end of its input. Prints the marks that were acknowledged.
PERSON = """
import json, random, sys
import django
django.setup()
from django.db import connection
from wiki.editing import *
from wiki.models import Entry
name, edits = sys.argv[1], int(sys.argv[2])
dice = random.Random(name)
author = Author(label=name)
acknowledged = []
for number in range(edits):
    mark = f"표지-{name}-{number}"
    slugs = list(Entry.objects.live().values_list("slug", flat=True)[:200])
    entry = Entry.objects.with_head().get(slug=dice.choice(slugs))
    seen = Content.of(entry)
    # Above everything: what the newer dump changes is at the end.
    content = Content(**{**vars(seen), "body": f"{mark}\\n\\n{seen.body}"})
    try:
        edit_entry(entry, content, base_version=entry.version, act=Act(author=author))
    except EditConflict:
        continue
    acknowledged.append((entry.pk, mark))
print(json.dumps(acknowledged))
"""


def people(wiki: Installation, *names: str) -> list[subprocess.Popen]:
    environment = {**wiki.environment, "DJANGO_SETTINGS_MODULE": "config.settings"}
    command = (sys.executable, "-c", PERSON)
    return [wiki.start(name, EDITS, command=command, env=environment) for name in names]


def test_an_import_beside_people_who_edit_loses_nothing(wikis, tmp_path):
    wiki, dump = wikis.fresh(), tmp_path / "노트"
    dump.mkdir()
    write_versions(dump, "처음")
    wiki.manage("importnotes", dump, "-v", "0")
    write_versions(dump, "나중")

    editing = people(wiki, "지현", "민수")
    process = wiki.start("importnotes", dump, "--json", "-v", "0")
    out, err = process.communicate()
    marks = []
    for person in editing:
        told, said = person.communicate()
        assert person.returncode == 0, said
        marks += json.loads(told)

    assert process.returncode in (0, 3), err
    bodies = bodies_of(wiki)
    assert len(marks) > EDITS
    assert [mark for pk, mark in marks if f"{mark}\n" not in bodies[pk]] == []
    # What clashed is named, and its page is as people left it.
    items = {item["path"]: item["status"] for item in json.loads(out)["items"]}
    for number in range(NOTES):
        is_new = any(f"나중 본문 {number}." in body for body in bodies.values())
        assert is_new or items[f"{number:04}.md"] == "conflict"
    assert set(items.values()) <= {"updated", "merged", "conflict"}
    again = json.loads(wiki.manage("importnotes", dump, "--json", codes=(0, 3)))
    # What waited may fit by now, with what people wrote since.
    settled = [
        item["status"] for item in again["items"] if items[item["path"]] != "conflict"
    ]
    assert set(settled) <= {"same"}


def write_versions(dump: Path, version: str) -> None:
    for number in range(NOTES):
        middle = "가운데는 그대로 있는 글이다."
        text = f"# 글 {number}\n\n{middle}\n\n{version} 본문 {number}.\n"
        (dump / f"{number:04}.md").write_text(text, "utf-8")


def bodies_of(wiki: Installation) -> dict[int, str]:
    with wiki.connect() as database:
        cursor = database.cursor()
        cursor.execute("SELECT id, body FROM wiki_entry")
        found = dict(cursor.fetchall())
    database.close()
    return found


# ── Without room ─────────────────────────────────────────────────────────────


@pytest.mark.skipif(IS_POSTGRES, reason="its server writes the files")
@pytest.mark.parametrize("room", [0.5, 2, 4])
def test_an_import_that_may_write_no_more_leaves_whole_entries(wikis, story, room):
    wiki = wikis.fresh()
    limit = (wiki.folder / "notewiki.sqlite3").stat().st_size + int(room * MIB)

    def starve() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    code, err = finish(wiki.start(*story.command, preexec_fn=starve))

    assert_starved(wiki, story, code, err)


@pytest.fixture
def small_disk() -> Iterator[Path]:
    """A file system of its own that can be filled."""
    with small_file_system() as folder:
        yield folder


@pytest.mark.parametrize("room", [0.5, 1.5])
def test_an_import_on_a_full_disk_leaves_whole_entries(wikis, story, small_disk, room):
    if IS_POSTGRES:
        own_by_the_server(wikis.fresh(), small_disk)
        wiki = wikis.fresh(tablespace=small_disk)
    else:
        wiki = Installation(small_disk)
        shutil.copytree(wikis.fresh().folder, small_disk, dirs_exist_ok=True)
    try:
        fill(small_disk, leave=int(room * MIB))

        code, err = finish(wiki.start(*story.command))
        make_room(small_disk)

        assert_starved(wiki, story, code, err)
    finally:
        wikis.drop(wiki)


def assert_starved(wiki: Installation, story, code: int, err: str) -> None:
    """The import said what was wrong, left whole entries, and can be completed."""
    assert code in (1, 3), err
    assert "Traceback" not in err
    assert re.search("disk|full|space|too large", err, re.IGNORECASE), err
    entries = count_of(wiki, "wiki_entry")
    assert entries < ENTRIES
    assert entries == count_of(wiki, "wiki_revision")
    wiki.manage(*story.command)
    assert not differences(story.state, state_of(wiki))
