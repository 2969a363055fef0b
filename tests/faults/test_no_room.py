"""Saves that find no room: told so, with the text, and nothing is half stored."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.disks import MIB, fill, make_room, own_by_the_server, small_file_system
from tests.faults.conftest import IS_POSTGRES, IS_SOAK, inhabit
from tests.faults.server import Server
from tests.faults.verdict import answers_wrong, complaints
from tests.faults.writers import ACKNOWLEDGED, FAILED, History, Writer, write_together
from tests.installations import Installation

PEOPLE = 2
# Points at which the room ends, in bytes from the start.
ROOMS = [n * MIB // 8 for n in range(1, 21)] if IS_SOAK else [MIB]


def save_until_it_fails(server: Server, session: str, most: int = 60) -> History:
    """Long texts that no database can make short, until there is no room for one."""
    history = History()
    writer = Writer(server.port, session, f"full-{os.urandom(3).hex()}", history)
    for _ in range(most):
        fields = writer.open("own-0")
        mark = writer.next_mark()
        words = (os.urandom(40).hex() for _ in range(1500))
        body = "\n\n".join([mark, *words])
        if writer.save("own", "own-0", fields | {"body": body}, mark).outcome == FAILED:
            break
    return history


def assert_told(history: History) -> None:
    assert [one.status for one in history.of(FAILED)] in ([503], [507])
    assert answers_wrong(history, is_fault=True) == []


def assert_normal(wiki: Installation, history: History, session: str) -> None:
    """After there is room again the wiki is whole, and saves go on."""
    wiki.manage("checkwiki", "-v", "0")
    assert complaints(wiki, history) == []
    with Server(wiki) as server:
        after = save_until_it_fails(server, session, most=2)
    assert {one.outcome for one in after.attempts} == {ACKNOWLEDGED}
    assert complaints(wiki, after) == []


@pytest.mark.skipif(IS_POSTGRES, reason="its server writes the files")
@pytest.mark.parametrize("room", ROOMS)
def test_server_that_may_write_no_more_says_so(wikis, inhabited, room):
    wiki = wikis.fresh()
    cast = inhabited(wiki, people=PEOPLE, edits=1)
    size = (wiki.folder / "notewiki.sqlite3").stat().st_size
    with Server(wiki, max_file_bytes=size + room) as server:
        history = save_until_it_fails(server, cast.sessions[0])

        assert_told(history)
        assert server.get("/wiki/line/")[0] == 200

    assert_normal(wiki, history, cast.sessions[0])


@pytest.fixture
def small_disk() -> Iterator[Path]:
    with small_file_system() as folder:
        yield folder


@pytest.mark.parametrize("room", ROOMS[1::4] if IS_SOAK else ROOMS[:1])
def test_full_disk_is_told_and_the_server_goes_on_when_there_is_room(
    wikis, small_disk, room
):
    if IS_POSTGRES:
        own_by_the_server(wikis.fresh(), small_disk)
        wiki = wikis.fresh(tablespace=small_disk)
    else:
        wiki = Installation(small_disk)
        shutil.copytree(wikis.fresh().folder, small_disk, dirs_exist_ok=True)
    (wiki.folder / "static").symlink_to(wikis.statics)
    cast = inhabit(wiki, PEOPLE, 1)
    try:
        with Server(wiki) as server:
            server.get("/")
            fill(small_disk, leave=room)
            history = save_until_it_fails(server, cast.sessions[0])
            assert_told(history)
            make_room(small_disk)
            # The same server, without a restart.
            after = write_together(cast, server.port, "own", 1)
            assert {one.outcome for one in after.attempts} == {ACKNOWLEDGED}

        assert_normal(wiki, history, cast.sessions[0])
    finally:
        wikis.drop(wiki)
