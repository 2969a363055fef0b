"""Archives that mean no good, at the limits as they are: in processes, watched."""

import io
import json
import stat
import struct
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.importing.conftest import IS_SOAK
from tests.importing.state import count_of, state_of
from tests.importing.test_hostile import MAX_MEMORY, listing
from tests.installations import Installations
from tests.measuring import Measured, watch

MIB = 1024 * 1024
Changes = dict[int, bytes]
HEALTHY = 30
OUTSIDE = (
    "../위.md",
    "../../../../../../tmp/canary.md",
    "/etc/cron.d/canary.md",
    "C:\\canary.md",
    "..\\뒤.md",
    "안/../../밖.md",
    "a\\..\\..\\b.md",
    "//host/share.md",
)


CANARIES = (Path("/tmp/canary.md"), Path("/etc/cron.d/canary.md"))


@dataclass(frozen=True)
class Outcome:
    ran: Measured
    items: dict[str, dict]
    entries: int
    texts: str


def imported(wikis: Installations, folder: Path, data: bytes) -> Outcome:
    """Imports an archive in a process whose temporary files can be seen.

    Nothing is left of them, and nothing is written elsewhere.
    """
    beside, temporary = folder / "beside", folder / "temporary"
    beside.mkdir()
    temporary.mkdir()
    archive = beside / "묶음.zip"
    archive.write_bytes(data)
    before = listing(folder)
    wiki = wikis.fresh()
    environment = {**wiki.environment, "TMPDIR": str(temporary)}
    process = wiki.start("importnotes", archive, "--json", "-v", "0", env=environment)
    ran = watch(process, seconds=300)
    assert listing(folder) == before
    assert not any(map(Path.exists, CANARIES))
    assert "Traceback" not in ran.err
    assert ran.memory.largest <= MAX_MEMORY
    items = json.loads(ran.out)["items"] if ran.out else []
    texts = " ".join(state_of(wiki)["wiki.Entry"])
    entries = count_of(wiki, "wiki_entry")
    return Outcome(ran, {item["path"]: item for item in items}, entries, texts)


class Packing:
    """A zip in the making, with healthy notes between whatever else goes in."""

    def __init__(self) -> None:
        self._buffer = io.BytesIO()
        self.zip = zipfile.ZipFile(self._buffer, "w", zipfile.ZIP_DEFLATED)
        self._healthy = 0

    def add(self, name: str | zipfile.ZipInfo, data: bytes | str, **options) -> None:
        self.healthy()
        self.zip.writestr(name, data, **options)

    def healthy(self) -> None:
        self._healthy += 1
        text = f"# 성한 글 {self._healthy}\n\n본문 {self._healthy}\n"
        self.zip.writestr(f"성한/{self._healthy:05}.md", text)

    def done(self) -> tuple[bytes, int]:
        while self._healthy < HEALTHY:
            self.healthy()
        self.zip.close()
        return self._buffer.getvalue(), self._healthy


def patched(data: bytes, name: str, *, local: Changes, listed: Changes) -> bytes:
    """The archive with numbers overwritten, in a member's head and in the list.

    `local` and `listed` are offsets in the record, with the bytes to put there.
    """
    changed = bytearray(data)
    raw = name.encode()
    for mark, name_at, changes in (
        (b"PK\x03\x04", 30, local),
        (b"PK\x01\x02", 46, listed),
    ):
        at = changed.find(mark)
        while changed[at + name_at : at + name_at + len(raw)] != raw:
            at = changed.find(mark, at + 1)
        for offset, value in changes.items():
            changed[at + offset : at + offset + len(value)] = value
    return bytes(changed)


def test_bad_members_are_named_and_their_neighbours_come_in(wikis, tmp_path):
    packing = Packing()
    for name in OUTSIDE:
        packing.add(name, f"# 새는 글\n{name}\n")
    link = zipfile.ZipInfo("고리.md")
    link.create_system = 3
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    packing.add(link, "/etc/passwd")
    folder_link = zipfile.ZipInfo("고리폴더")
    folder_link.create_system, folder_link.external_attr = 3, link.external_attr
    packing.add(folder_link, "../../beside")
    packing.add("고리폴더/속.md", "# 고리 속\n")
    packing.add("폭탄.md", b"a" * (100 * MIB))
    packing.add("0.md", b"\0" * (300 * MIB))
    packing.add("큰 글.md", zlib.compress(b"x") * MIB)
    for name in ("틀린합.md", "암호.md", "방법.md", "짧다고함.md", "길다고함.md"):
        packing.add(name, f"# {name}\n본문 {name}\n" * 20)
    data, healthy = packing.done()
    number = struct.Struct("<L").pack
    data = patched(data, "틀린합.md", local={14: b"\1\2\3\4"}, listed={16: b"\1\2\3\4"})
    data = patched(data, "암호.md", local={6: b"\1\x08"}, listed={8: b"\1\x08"})
    data = patched(data, "방법.md", local={8: b"\x63\0"}, listed={10: b"\x63\0"})
    for name, size in (("짧다고함.md", number(5)), ("길다고함.md", number(10**6))):
        data = patched(data, name, local={22: size}, listed={24: size})

    outcome = imported(wikis, tmp_path, data)

    assert outcome.ran.code == 3
    bad = (
        *("폭탄.md", "0.md", "큰 글.md", "틀린합.md", "암호.md", "방법.md"),
        *("짧다고함.md", "길다고함.md", "고리.md"),
    )
    for name in bad:
        assert outcome.items[name]["status"] in ("failed", "skipped"), name
        assert any(outcome.items[name]["messages"]), name
    refused = [i for i in outcome.items.values() if i["status"] == "failed"]
    assert len(refused) >= len(OUTSIDE) + len(bad) - 1
    created = {p for p, item in outcome.items.items() if item["status"] == "created"}
    assert created <= {f"성한/{n:05}.md" for n in range(healthy + 1)} | {
        "고리폴더/속.md"
    }
    assert len(created) >= healthy
    assert "새는 글" not in outcome.texts
    assert "root:" not in outcome.texts


def test_members_that_overlap_are_refused(wikis, tmp_path):
    """One packed kernel that many members claim, each quoting the next's head."""
    kernel = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = kernel.compress(b"a" * (50 * MIB)) + kernel.flush()
    crc = zlib.crc32(b"a" * (50 * MIB))
    head = struct.pack(
        "<4s5H3L2H", b"PK\3\4", 20, 0, 8, 0, 0, crc, len(packed), 50 * MIB, 4, 0
    )
    data = head + b"0.md" + packed
    listed = b"".join(
        struct.pack(
            "<4s6H3L5H2L",
            *(b"PK\1\2", 20, 20, 0, 8, 0, 0, crc, len(packed), 50 * MIB),
            *(4, 0, 0, 0, 0, 0, 0),
        )
        + b"0.md"
        for _ in range(3000)
    )
    end = struct.pack(
        "<4s4H2LH", b"PK\5\6", 0, 0, 3000, 3000, len(listed), len(data), 0
    )

    outcome = imported(wikis, tmp_path, data + listed + end)

    assert outcome.ran.code in (1, 3)
    assert outcome.entries == 0
    assert outcome.ran.seconds < 60


@pytest.mark.parametrize("count", [10_001, 70_000])
def test_too_many_members_are_refused(wikis, tmp_path, count):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for number in range(count):
            archive.writestr(f"{number}.md", "")

    outcome = imported(wikis, tmp_path, buffer.getvalue())

    assert outcome.ran.code == 1
    assert "10000" in outcome.ran.err.replace(",", "")
    assert outcome.entries == 0


def nested(levels: int, data: bytes, name: str = "바닥.md") -> bytes:
    for level in range(levels):
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(name, data)
            archive.writestr(f"성한 {level}.md", f"# 성한 층 {level}\n\n본문 {level}\n")
        data, name = buffer.getvalue(), f"안 {level}.zip"
    return data


def test_archives_in_archives_are_opened_one_level_down(wikis, tmp_path):
    outcome = imported(wikis, tmp_path, nested(6, b"# bottom\n"))

    assert outcome.ran.code == 3
    assert "성한 층 5" in outcome.texts
    assert "성한 층 4" in outcome.texts
    assert "bottom" not in outcome.texts
    assert any(".zip" in p and i["messages"] for p, i in outcome.items.items())


def test_a_bomb_in_an_archive_in_an_archive_is_named(wikis, tmp_path):
    outcome = imported(wikis, tmp_path, nested(2, b"0" * (200 * MIB)))

    assert outcome.ran.code == 3
    assert "성한 층 0" in outcome.texts
    [bomb] = [i for path, i in outcome.items.items() if path.endswith("바닥.md")]
    assert bomb["status"] == "failed"


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: data[: len(data) // 2],
        lambda data: data[:-10],
        lambda data: b"PK\x03\x04" + b"\xff" * 5000,
        lambda data: data[:-22] + b"PK\5\6" + b"\xff" * 18,
        lambda data: data[:-6] + b"\xff\xff\xff\xff" + data[-2:],
    ],
    ids=["half", "no end", "noise", "ones", "far list"],
)
def test_a_broken_archive_is_refused_with_a_sentence(wikis, tmp_path, damage):
    data, _ = Packing().done()

    outcome = imported(wikis, tmp_path, damage(data))

    assert outcome.ran.code == 1
    assert "zip" in outcome.ran.err.lower() or "archive" in outcome.ran.err.lower()
    assert outcome.entries == 0


@pytest.mark.skipif(not IS_SOAK, reason="half a gigabyte; `make soak` does it")
def test_half_a_gigabyte_in_all_is_refused(wikis, tmp_path):
    buffer = io.BytesIO()
    # Packs a hundred to one: each alone is within every limit.
    text = "".join(f"{n * 7919 % 1000003}\n" for n in range(900)).encode()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(60):
            archive.writestr(f"{number}.md", text * (9 * MIB // len(text)))

    outcome = imported(wikis, tmp_path, buffer.getvalue())

    assert outcome.ran.code == 1
    assert "500" in outcome.ran.err
    assert outcome.entries == 0
