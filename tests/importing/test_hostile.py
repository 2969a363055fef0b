"""Dumps that mean no good: each file named, the neighbours whole, memory bounded.

All of them are imported at once, in a process that is watched; then each test
looks at one of them.
"""

import ctypes
import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.db import connection

from tests.importing.hostile import MIB, REFUSED, Case, hostile_cases
from tests.importing.importer import write
from tests.importing.state import state_of
from tests.installations import Installation
from tests.measuring import Measured, is_supported, watch

# From <linux/prctl.h> and <linux/capability.h>.
PR_CAPBSET_DROP = 24
CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH = 1, 2
MAX_MEMORY = 500 * MIB
MAX_SECONDS = 240
HEALTHY = 120
SECRET = "아무도 가져오면 안 되는 글"


@dataclass(frozen=True)
class Outcome:
    """What one watched import of everything hostile said and left."""

    wiki: Installation
    ran: Measured
    items: dict[str, list[dict]]
    # What stands in the folder of the dump and beside it, before and after.
    before: list[str]
    after: list[str]


PLACE = Path("/nonexistent")
CASES = hostile_cases(PLACE / "outside", PLACE / "canary")


@pytest.fixture(scope="module")
def outcome(wikis, tmp_path_factory) -> Outcome:
    folder = tmp_path_factory.mktemp("hostile")
    dump, outside = folder / "dump", folder / "outside"
    outside.mkdir()
    (outside / "secret.md").write_text(f"# {SECRET}\n")
    for case in hostile_cases(outside, folder / "canary"):
        case.put(dump)
    (dump / "special/folder").symlink_to(outside, target_is_directory=True)
    (dump / "special/round").symlink_to(dump, target_is_directory=True)
    # Before, between and behind the others.
    for number in range(HEALTHY):
        for place in ("a", "names", "size", "zz"):
            (dump / place).mkdir(exist_ok=True)
        place = ("a", "names", "size", "zz")[number % 4]
        text = f"# 성한 글 {number}\n\n[[성한 글 {(number + 1) % HEALTHY}]]\n"
        (dump / place / f"성한-{number:03}.md").write_text(text)
    before = listing(folder)
    wiki = wikis.fresh()
    ran = watch(wiki.start("importnotes", dump, "--json", "-v", "0"), seconds=900)
    items: dict[str, list[dict]] = {}
    for item in json.loads(ran.out)["items"] if ran.out else ():
        items.setdefault(item["path"], []).append(item)
    return Outcome(wiki, ran, items, before, listing(folder))


def listing(folder: Path) -> list[str]:
    return sorted(
        f"{place}/{name}"
        for place, folders, files in os.walk(os.fsencode(folder))
        for name in (*folders, *files)
    )


def test_the_import_ends_and_says_that_something_failed(outcome):
    assert outcome.ran.code == 3, outcome.ran.err[-2000:]
    assert "Traceback" not in outcome.ran.err


def test_healthy_neighbours_are_all_imported(outcome):
    healthy = [p for p in outcome.items if p.rpartition("/")[2].startswith("성한-")]

    assert len(healthy) == HEALTHY
    for path in healthy:
        assert [item["status"] for item in outcome.items[path]] == ["created"]
        assert outcome.items[path][0]["links"]["resolved"] == 1


@pytest.mark.parametrize("case", CASES, ids=lambda case: ascii(case.path[:40]))
def test_each_is_kept_or_refused_by_name(outcome, case: Case):
    if case.path.startswith("깊이/"):
        items = [
            i for p, found in outcome.items.items() if p[:3] == "깊이/" for i in found
        ]
    else:
        items = outcome.items.get(case.path, [])

    assert items, f"not in the report; there are {sorted(outcome.items)[:20]}"
    for item in items:
        assert item["status"] in case.becomes, item
        if item["status"] in REFUSED or case.is_said:
            assert any(item["messages"]), item


def test_what_lies_outside_is_not_read(outcome):
    assert not any("secret" in path for path in outcome.items)
    assert not any("passwd" in path for path in outcome.items)
    assert not any(path.startswith("special/folder") for path in outcome.items)
    found = state_of(outcome.wiki)["wiki.Entry"]

    assert not any(SECRET in row or "root:" in row for row in found)


def test_nothing_is_written_but_in_the_folder_of_the_wiki(outcome):
    assert outcome.before == outcome.after


@pytest.mark.skipif(not is_supported(), reason="memory is read from /proc")
def test_memory_is_bounded(outcome):
    assert outcome.ran.memory.largest <= MAX_MEMORY


def test_time_is_bounded(outcome):
    assert outcome.ran.seconds <= MAX_SECONDS


# ── What may not be read or written ──────────────────────────────────────────


def without_power() -> None:
    """Gives up, in a child, what lets root read and write everything."""
    if os.geteuid() != 0:
        return
    for capability in (CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH):
        if ctypes.CDLL(None).prctl(PR_CAPBSET_DROP, capability, 0, 0, 0):
            raise OSError("a capability could not be dropped")


def ran_without_power(wiki: Installation, *paths: Path) -> Measured:
    if connection.vendor == "postgresql":
        pytest.skip("without its power root may not reach the server's socket")
    command = ("importnotes", *paths, "--json", "-v", "0")
    return watch(wiki.start(*command, preexec_fn=without_power))


@pytest.mark.skipif(sys.platform != "linux", reason="capabilities are of Linux")
def test_what_may_not_be_read_is_named(wikis, tmp_path):
    dump = write(
        tmp_path / "노트",
        {
            "a.md": "# 하나\n",
            "닫힌.md": "# 비밀\n",
            "닫힌 폴더/속.md": "# 속\n",
            "z.md": "# 둘\n[[비밀]]\n",
        },
    )
    for name in ("닫힌.md", "닫힌 폴더"):
        (dump / name).chmod(0)
    try:
        ran = ran_without_power(wikis.fresh(), dump)
    finally:
        (dump / "닫힌 폴더").chmod(0o755)

    items = {item["path"]: item for item in json.loads(ran.out)["items"]}
    assert ran.code == 3
    assert {path: item["status"] for path, item in items.items()} == {
        "a.md": "created",
        "닫힌.md": "failed",
        "닫힌 폴더": "failed",
        "z.md": "created",
    }
    assert "ermission" in items["닫힌.md"]["messages"][0]


@pytest.mark.skipif(sys.platform != "linux", reason="capabilities are of Linux")
def test_a_media_store_that_takes_nothing_is_told(wikis, tmp_path):
    picture = b"\x89PNG\r\n\x1a\n" + bytes(200)
    files = {"a.md": "# 하나\n\n![](그림.png)\n", "b.md": "# 둘\n", "그림.png": picture}
    dump, wiki = write(tmp_path / "노트", files), wikis.fresh()
    media = wiki.folder / "media"
    media.mkdir(exist_ok=True)
    media.chmod(0o500)

    ran = ran_without_power(wiki, dump)

    assert ran.code == 1
    assert "Traceback" not in ran.err
    assert "ermission" in ran.err
    assert str(media) in ran.err
    media.chmod(0o755)
    again = json.loads(wiki.manage("importnotes", dump, "--json"))
    assert {item["title"] for item in again["items"]} == {"하나", "둘"}
    assert [file for file in media.rglob("*") if file.is_file()]
    state = state_of(wiki)
    assert len(state["wiki.Entry"]) == 2
    assert len(state["wiki.StoredFile"]) == 1
