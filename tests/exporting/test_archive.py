import io
import shutil
import subprocess
import zipfile
from datetime import UTC, datetime

import pytest

from wiki.exporting import archive
from wiki.exporting.archive import as_zip
from wiki.exporting.folder import Member

AT = datetime(2024, 5, 1, 9, 20, 31, tzinfo=UTC)


def packed(*members):
    return b"".join(as_zip(members))


def test_members_come_out_as_they_went_in(tmp_path):
    large = bytes(range(256)) * 4096
    data = packed(
        Member("가 나 😀.md", AT, ["본문\r\n".encode()]),
        Member("files/a.png", AT, [large[:1000], large[1000:]]),
        Member("leer.md", AT, []),
    )

    opened = zipfile.ZipFile(io.BytesIO(data))

    assert opened.testzip() is None
    assert opened.namelist() == ["가 나 😀.md", "files/a.png", "leer.md"]
    assert opened.read("files/a.png") == large
    assert opened.read("가 나 😀.md") == "본문\r\n".encode()
    assert opened.read("leer.md") == b""
    assert opened.infolist()[0].date_time == (2024, 5, 1, 9, 20, 30)


def test_another_program_opens_it(tmp_path):
    program = shutil.which("unzip") or shutil.which("bsdtar")
    if not program:
        pytest.skip("no unzip here")
    path = tmp_path / "a.zip"
    path.write_bytes(packed(Member("가.md", AT, [b"text"]), Member("b.md", AT, [b""])))

    test = ["-tf"] if program.endswith("bsdtar") else ["-t"]
    subprocess.run([program, *test, str(path)], check=True, capture_output=True)


def test_an_empty_archive_is_one():
    assert zipfile.ZipFile(io.BytesIO(packed())).namelist() == []


@pytest.mark.parametrize("year", [1601, 1980, 9999])
def test_times_outside_the_format_are_moved_into_it(year):
    data = packed(Member("a.md", datetime(year, 1, 1, tzinfo=UTC), [b"x"]))

    (info,) = zipfile.ZipFile(io.BytesIO(data)).infolist()
    assert 1980 <= info.date_time[0] <= 2107


def test_more_members_than_the_short_form_can_count():
    data = packed(*(Member(f"{n}.md", AT, [b"x"]) for n in range(66_000)))

    opened = zipfile.ZipFile(io.BytesIO(data))
    assert len(opened.namelist()) == 66_000
    assert opened.read("65999.md") == b"x"


def test_an_archive_beyond_four_gibibytes(monkeypatch):
    # As if offsets ended at 100: what is written then is the long form.
    monkeypatch.setattr(archive, "_MAX_32", 100)
    entry = archive._directory_entry(b"a.md", (0, 8, 0, 33), (1, 2, 3), 5_000_000_000)

    assert entry.endswith(b"\x01\x00\x08\x00" + (5_000_000_000).to_bytes(8, "little"))


def test_pieces_are_neither_tiny_nor_huge():
    pieces = list(as_zip(Member(f"{n}.md", AT, [b"x" * 50]) for n in range(5000)))

    assert max(map(len, pieces)) < 1_000_000
    assert len(pieces) < 50
