"""Zips as trees: all that is fine comes in, all else is named, nothing gets out."""

import os
import random
import stat
import struct
import unicodedata
import zipfile
import zlib
from datetime import UTC, datetime

import pytest

from tests.importing.zipping import deflated, info, packed, raw_zip
from wiki.importing import archives
from wiki.importing.formats import find_format, place_at
from wiki.importing.formats.files import read_bytes
from wiki.importing.notes import DumpError, Piece, Place, ReadOptions, Skipped
from wiki.importing.trees import open_tree


@pytest.fixture
def place(tmp_path):
    """Makes a dump of the bytes of an archive."""

    def make(data, name="dump.zip"):
        (tmp_path / name).write_bytes(data)
        return place_at(str(tmp_path / name))

    return make


def opened(place):
    """What is in an archive: the text of its files, and why others are none."""
    with open_tree(place) as tree:
        texts = {piece.path: read_bytes(piece) for piece in tree.pieces}
        reasons = {
            one.path: one.message.code for one in tree.found if isinstance(one, Skipped)
        }
    return texts, reasons


def notes(place):
    with open_tree(place) as tree:
        reader = find_format(tree)
        found = [
            reader.read(one, ReadOptions())
            for one in reader.find(tree, ReadOptions())
            if isinstance(one, Piece)
        ]
    return [note for read in found for note in read.notes]


def test_an_archive_is_known_by_its_bytes(place):
    texts, _ = opened(place(packed({"a.md": "가", "b.md": "나"}), "backup.bin"))

    assert texts == {"a.md": "가".encode(), "b.md": "나".encode()}


def test_a_text_called_zip_is_a_text(place):
    texts, _ = opened(place("# 제목\n".encode(), "notes.zip"))

    assert list(texts) == ["notes.zip"]


def test_standard_input_may_be_an_archive():
    place = Place("", "stdin", label="-", data=packed({"a.md": "1", "b.md": "2"}))

    assert opened(place)[0] == {"a.md": b"1", "b.md": b"2"}


def test_what_was_unpacked_is_readable_by_its_owner_only_and_gone_afterwards(place):
    with open_tree(place(packed({"a.md": "글", "../b.md": ""}))) as tree:
        (piece,) = tree.pieces
        folder = os.path.dirname(piece.location)

        assert stat.S_IMODE(os.stat(folder).st_mode) == 0o700
        assert os.listdir(folder) == ["1"]
    assert not os.path.exists(folder)


def test_an_interruption_leaves_nothing_behind(place, monkeypatch, tmp_path):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    dump = place(packed({"a.md": "글"}))

    def interrupted(*args):
        raise KeyboardInterrupt

    monkeypatch.setattr(archives, "read_member", interrupted)

    with pytest.raises(KeyboardInterrupt), open_tree(dump):
        pass
    assert os.listdir(tmp_path) == ["dump.zip"]


def test_the_order_is_that_of_a_folder(place):
    texts, _ = opened(
        place(
            packed({"b.md": "", "a/z.md": "", "A.md": "", "가.md": "", "a/b/c.md": ""})
        )
    )

    assert list(texts) == ["a/b/c.md", "a/z.md", "A.md", "b.md", "가.md"]


def test_the_one_folder_of_all_is_taken_off(place):
    texts, _ = opened(place(packed({"til-main/": "", "til-main/db/a.md": "글"})))

    assert list(texts) == ["db/a.md"]


@pytest.mark.parametrize(
    "name",
    [
        "/etc/a.md",
        "C:/a.md",
        "c:a.md",
        "//host/share/a.md",
        "../a.md",
        "a/../../b.md",
        "..",
        "a\\b.md",
        "..\\a.md",
        "a\x00.md",
        "a\nb.md",
        "\x1b[2J.md",
        "a\x85.md",
    ],
)
def test_names_that_lead_elsewhere_are_refused(place, name):
    member = {"name": name.encode(), "data": b"x", "flags": 0x800}
    good = {"name": b"good.md", "data": "글".encode()}

    texts, reasons = opened(place(raw_zip([member, good])))

    assert texts == {"good.md": "글".encode()}
    assert list(reasons.values()) == ["member-name"]
    assert all(path.isprintable() for path in reasons)


def test_what_was_refused_is_a_failure(place):
    with open_tree(place(packed({"../a.md": "", "b.md": ""}))) as tree:
        assert [one.is_failure for one in tree.found if isinstance(one, Skipped)] == [
            True
        ]


def test_odd_spellings_of_plain_paths_are_cleaned(place):
    texts, _ = opened(place(packed({"./a//b.md": "1", "c.md": "2"})))

    assert list(texts) == ["a/b.md", "c.md"]


@pytest.mark.parametrize("flags", [0, 0x800])
def test_names_are_utf_8_with_and_without_the_flag(place, flags):
    member = {"name": "한글 노트.md".encode(), "data": b"x", "flags": flags}

    assert list(opened(place(raw_zip([member])))[0]) == ["한글 노트.md"]


def test_names_of_korean_windows_are_read(place):
    members = [
        {"name": "1주차/문제 풀이.md".encode("cp949"), "data": b"x"},
        {"name": "2주차/답.md".encode("cp949"), "data": b"y"},
    ]

    assert list(opened(place(raw_zip(members)))[0]) == [
        "1주차/문제 풀이.md",
        "2주차/답.md",
    ]


def test_names_in_other_encodings_are_named_and_not_guessed(place):
    members = [
        {"name": "caf\xe9.md".encode("latin-1"), "data": b"x"},
        {"name": "ノート集.md".encode("shift_jis"), "data": b"x"},
        {"name": b"good.md", "data": b"x"},
    ]

    texts, reasons = opened(place(raw_zip(members)))

    assert list(texts) == ["good.md"]
    assert set(reasons.values()) == {"path-not-unicode"}
    assert r"caf\xe9.md" in reasons


def test_the_field_for_unicode_names_counts_where_it_is_of_this_name(place):
    def field(text, name):
        data = b"\1" + zlib.crc32(name).to_bytes(4, "little") + text.encode()
        return b"\x75\x70" + len(data).to_bytes(2, "little") + data

    members = [
        {"name": b"__.md", "data": b"x", "extra": field("한글.md", b"__.md")},
        {"name": b"b.md", "data": b"y", "extra": field("../c.md", b"other")},
        {"name": b"d.md", "data": b"z", "extra": field("../d.md", b"d.md")},
    ]

    texts, reasons = opened(place(raw_zip(members)))

    assert list(texts) == ["b.md", "한글.md"]
    assert reasons == {"../d.md": "member-name"}


def test_decomposed_names_are_composed_and_both_forms_kept_apart(place):
    apart = unicodedata.normalize("NFD", "가.md")

    assert list(opened(place(packed({apart: "1"})))[0]) == ["가.md"]
    texts, _ = opened(place(packed({apart: "1", "가.md": "2"}), "both.zip"))
    assert sorted(texts.values()) == [b"1", b"2"]


def test_a_second_file_of_the_same_name_is_named(place):
    members = [{"name": b"a.md", "data": b"1"}, {"name": b"./a.md", "data": b"2"}]

    texts, reasons = opened(place(raw_zip(members)))

    assert (texts, reasons) == ({"a.md": b"1"}, {"a.md": "member-twice"})


def test_links_and_devices_are_not_followed(tmp_path):
    with zipfile.ZipFile(tmp_path / "d.zip", "w") as archive:
        archive.writestr(info("link.md", mode=stat.S_IFLNK | 0o777), "/etc/passwd")
        archive.writestr(info("pipe.md", mode=stat.S_IFIFO | 0o644), "")
        archive.writestr(info("picture.png", mode=stat.S_IFLNK | 0o777), "/etc/hosts")
        archive.writestr(info("a.md"), "글")

    texts, reasons = opened(place_at(str(tmp_path / "d.zip")))

    assert list(texts) == ["a.md"]
    assert reasons == {"link.md": "symlink", "pipe.md": "special-file"}


def test_what_systems_and_tools_put_there_is_passed_over(place):
    files = {
        "__MACOSX/._a.md": "",
        "._b.md": "",
        ".DS_Store": "",
        "node_modules/x/README.md": "",
        ".obsidian/app.json": "{}",
        ".private/d.md": "",
        ".e.md": "",
        "a.md": "글",
    }

    with open_tree(place(packed(files))) as tree:
        reasons = {o.path: o.message.code for o in tree.found if isinstance(o, Skipped)}

        assert [piece.path for piece in tree.pieces] == ["a.md"]
        assert tree.tool_folders == {"node_modules", ".obsidian"}
        assert reasons == {".private": "hidden", ".e.md": "hidden-file"}


def test_the_dates_of_members_are_kept(place):
    stamp = datetime(2021, 3, 4, 5, 6, 7, tzinfo=UTC)
    exact = b"UT\x05\x00\x01" + int(stamp.timestamp()).to_bytes(4, "little")
    members = [
        {"name": b"a.md", "data": b"x", "extra": exact},
        {"name": b"b.md", "data": b"x"},
    ]

    with open_tree(place(raw_zip(members))) as tree:
        dates = [piece.modified_at for piece in tree.pieces]

    assert dates == [stamp, datetime(2024, 5, 1, tzinfo=UTC)]


@pytest.mark.parametrize("date", [(1980, 1, 1, 0, 0, 0), (2024, 0, 0, 0, 0, 0)])
def test_dates_that_say_nothing_are_none(tmp_path, date):
    with zipfile.ZipFile(tmp_path / "d.zip", "w") as archive:
        archive.writestr(info("a.md", date=date), "글")

    with open_tree(place_at(str(tmp_path / "d.zip"))) as tree:
        assert [piece.modified_at for piece in tree.pieces] == [None]


BAD = {
    "member-encrypted": {"data": b"x", "flags": 1},
    "member-method": {"data": b"x", "method": 12},
    "member-broken": {"data": b"x", "crc": 1},
}


@pytest.mark.parametrize("code", BAD)
def test_a_bad_member_is_named_and_its_neighbours_come_in(place, code):
    members = [
        {"name": b"before.md", "data": b"1"},
        {"name": b"bad.md", **BAD[code]},
        {"name": b"after.md", "data": deflated(b"2"), "method": 8, "size": 1}
        | {"crc": zlib.crc32(b"2")},
    ]

    texts, reasons = opened(place(raw_zip(members)))

    assert texts == {"before.md": b"1", "after.md": b"2"}
    assert reasons == {"bad.md": code}


@pytest.mark.parametrize(
    "member",
    [
        {"data": deflated(b"x" * 5000), "method": 8, "size": 10, "crc": 0},
        {"data": b"\xff\xff\xff", "method": 8},
        {"data": deflated(b"x" * 5000)[:-3], "method": 8, "size": 5000},
        {"data": b"x", "packed": 4_000_000_000},
        {"data": b"x", "at": 4_000_000_000},
    ],
)
def test_lies_in_the_list_are_noticed(place, member):
    data = raw_zip([{"name": b"good.md", "data": b"x"}, {"name": b"bad.md", **member}])

    texts, reasons = opened(place(data))

    assert list(texts) == ["good.md"]
    assert reasons == {"bad.md": "member-broken"}


def test_a_list_that_disagrees_with_its_member_about_the_name_is_noticed(place):
    data = raw_zip([{"name": b"evil.md", "data": b"x"}])
    at = data.rindex(b"evil.md")

    _, reasons = opened(place(data[:at] + b"good.md" + data[at + 7 :]))

    assert reasons == {"good.md": "member-broken"}


def test_members_that_share_their_bytes_are_refused(place):
    members = [
        {"name": b"a.md", "data": b"1"},
        {"name": b"b.md", "data": b"1", "at": 0},
        {"name": b"c.md", "data": b"3"},
    ]

    texts, reasons = opened(place(raw_zip(members)))

    assert texts == {"c.md": b"3"}
    assert reasons == {"a.md": "member-overlaps", "b.md": "member-overlaps"}


def test_a_bomb_is_stopped_by_what_really_comes_out(place, monkeypatch):
    bomb = deflated(b"0" * 8_000_000)
    members = [
        {"name": b"bomb.md", "data": bomb, "method": 8, "size": 10},
        {"name": b"good.md", "data": b"x"},
    ]

    texts, reasons = opened(place(raw_zip(members)))

    assert list(texts) == ["good.md"]
    assert reasons == {"bomb.md": "member-bomb"}


def test_a_file_that_is_too_large_is_left_out(place, monkeypatch):
    monkeypatch.setattr(archives, "MAX_MEMBER_BYTES", 1000)
    data = os.urandom(2000)

    with open_tree(
        place(packed({"a.md": data, "film.mp4": data, "b.md": "글"}))
    ) as tree:
        assert [piece.path for piece in tree.pieces] == ["b.md"]
        skipped = [one for one in tree.found if isinstance(one, Skipped)]

    assert {one.message.code for one in skipped} == {"member-too-large"}
    assert {one.path: one.is_failure for one in skipped} == {
        "a.md": True,
        "film.mp4": False,
    }


def test_names_of_any_length_and_depth_are_named(place):
    members = [
        {"name": b"d/" * 30_000 + b"a.md", "data": b"x"},
        {"name": b"d/" * 100 + b"b.md", "data": b"x"},
        {"name": b"c.md", "data": b"x"},
    ]

    texts, reasons = opened(place(raw_zip(members)))

    assert list(texts) == ["c.md"]
    assert set(reasons.values()) == {"path-too-long", "too-deep"}


def test_too_much_in_all_is_refused_whole(place, monkeypatch):
    monkeypatch.setattr(archives, "MAX_TOTAL_BYTES", 1500)
    dump = place(packed({"a.md": os.urandom(1000), "b.md": os.urandom(1000)}))

    with pytest.raises(DumpError) as caught, open_tree(dump):
        pass

    assert caught.value.message.code == "archive-too-large"
    assert caught.value.message.sentence


def test_too_many_files_are_refused_whole(place, monkeypatch):
    monkeypatch.setattr(archives, "MAX_MEMBERS", 10)
    dump = place(packed({f"{n}.md": "" for n in range(11)}))

    with pytest.raises(DumpError) as caught, open_tree(dump):
        pass

    assert caught.value.message.code == "archive-too-many"
    assert "10" in caught.value.message.sentence


@pytest.mark.parametrize(
    "cut",
    [lambda data: data[:-30], lambda data: data[:60], lambda data: data[:4]],
)
def test_a_cut_off_archive_is_refused(place, cut):
    with (
        pytest.raises(DumpError) as caught,
        open_tree(place(cut(packed({"a.md": ""})))),
    ):
        pass

    assert caught.value.message.code == "archive-broken"


def test_a_list_in_the_large_form_is_read(place):
    data = packed({"a.md": "글"})
    size, offset = struct.unpack("<2L", data[-10:-2])
    end = len(data) - 22
    record = struct.pack("<4sQ2H2L4Q", b"PK\6\6", 44, 45, 45, 0, 0, 1, 1, size, offset)
    locator = struct.pack("<4sLQL", b"PK\6\7", 0, end, 1)
    short = data[end:-10] + b"\xff" * 8 + data[-2:]

    texts, _ = opened(place(data[:end] + record + locator + short))

    assert texts == {"a.md": "글".encode()}


def test_an_archive_in_an_archive_is_opened_and_its_parts_make_one_folder(place):
    parts = {
        "Export-1f-Part-1.zip": packed({"Export-1f/a.md": "1", "Export-1f/p.png": ""}),
        "Export-1f-Part-2.zip": packed({"Export-1f/b/c.md": "2"}),
    }

    texts, reasons = opened(place(packed(parts)))

    assert {"a.md", "b/c.md", "p.png"} <= texts.keys()
    assert not reasons


def test_other_archives_in_an_archive_are_folders(place):
    inner = packed({"til-main/a.md": "1"})

    texts, _ = opened(place(packed({"old/til.zip": inner, "b.md": "2"})))

    assert {"old/til/a.md", "b.md"} <= texts.keys()


def test_a_third_level_is_named_and_not_opened(place):
    deep = packed({"in.zip": packed({"x.zip": packed({"a.md": ""}), "b.md": ""})})

    texts, reasons = opened(place(deep))

    assert [path for path in texts if path.endswith(".md")] == ["in/b.md"]
    assert reasons == {"in/x.zip": "archive-too-deep"}


def test_archives_in_archives_share_the_limits(place, monkeypatch):
    monkeypatch.setattr(archives, "MAX_MEMBERS", 7)
    inner = packed({"a.md": "", "b.md": "", "c.md": ""})

    texts, reasons = opened(place(packed({"1.zip": inner, "2.zip": inner, "d.md": ""})))

    assert {"1/a.md", "d.md"} <= texts.keys()
    assert reasons == {"2.zip": "archive-too-many"}


def test_an_archive_without_notes_stays_an_attachment(place):
    inner = packed({"x.py": "1", "data.txt": "2"})

    texts, reasons = opened(place(packed({"code.zip": inner, "a.md": "글"})))

    assert list(texts) == ["a.md", "code.zip"]
    assert not reasons


def test_an_archive_of_one_note_is_like_that_note(place):
    text = "# 하나\n글\n# 둘\n글\n"
    dump = place(packed({"notes/notes.md": text, "notes/img/a.png": ""}))

    assert [note.key for note in notes(dump)] == ["notes.md#하나", "notes.md#둘"]


def test_a_bundle_is_one_note_with_the_name_of_the_bundle(place):
    files = {
        "info.json": "{}",
        "text.md": "글\n\n![](assets/a.png)\n",
        "assets/a.png": "",
        "assets/readme.md": "no note",
    }
    in_folder = {f"여행기.textbundle/{name}": data for name, data in files.items()}

    for dump in (
        place(packed(in_folder), "bundles.zip"),
        place(packed(files), "여행기.textpack"),
        place(packed(in_folder), "여행기.textpack"),
        place(packed({"여행기.textpack": packed(in_folder)}), "more.zip"),
    ):
        (note,) = notes(dump)

        assert note.title == "여행기"
        assert note.path == "여행기.textbundle/text.md"


def test_a_folder_may_hold_bundles_and_packs(tmp_path):
    bundle = tmp_path / "dump" / "하나.textbundle"
    bundle.mkdir(parents=True)
    (bundle / "text.md").write_text("글")
    (tmp_path / "dump" / "둘.textpack").write_bytes(packed({"text.markdown": "글"}))

    assert [note.title for note in notes(place_at(str(tmp_path / "dump")))] == [
        "둘",
        "하나",
    ]
    assert [note.title for note in notes(place_at(str(bundle)))] == ["하나"]


def test_an_archive_in_a_folder_is_named_when_it_holds_notes(tmp_path):
    (tmp_path / "a.md").write_text("글")
    (tmp_path / "old.zip").write_bytes(packed({"old/b.md": "글"}))
    (tmp_path / "code.zip").write_bytes(packed({"x.py": ""}))

    texts, reasons = opened(place_at(str(tmp_path)))

    assert list(texts) == ["a.md", "code.zip", "old.zip"]
    assert reasons == {"old.zip": "archive-inside"}


def test_a_pack_from_elsewhere_has_the_name_of_its_source():
    data = packed({"text.md": "글"})

    (note,) = notes(Place("", "여행.textpack", label="-", data=data))

    assert note.title == "여행"


def test_archives_that_were_damaged_anywhere_are_refused_or_read():
    chance = random.Random(1)
    whole = packed({f"d{n}/n{n}.md": "글 " * 50 for n in range(9)})

    for _ in range(300):
        data = bytearray(whole)
        for _ in range(chance.choice((1, 3, 10))):
            data[chance.randrange(4, len(data))] = chance.randrange(256)
        try:
            texts, _ = opened(Place("", "s", label="-", data=bytes(data)))
        except DumpError:
            continue
        assert set(texts.values()) <= {("글 " * 50).encode()}
