"""Which files of a folder are notes, and what is never opened."""

import os
import socket

import pytest

from wiki.importing.formats import find_format, format_called, place_at, source_name
from wiki.importing.formats.files import read_bytes, readable_name
from wiki.importing.notes import DumpError, Piece, Place, ReadOptions, Skipped
from wiki.importing.trees import open_tree


def write(root, files):
    for path, text in files.items():
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)


def find(root, **options):
    with open_tree(place_at(str(root))) as tree:
        return list(find_format(tree).find(tree, ReadOptions(**options)))


def paths(found):
    return [one.path for one in found if isinstance(one, Piece)]


def reasons(found):
    return {one.path: one.message.code for one in found if isinstance(one, Skipped)}


def test_the_order_is_that_of_names_and_the_same_everywhere(tmp_path):
    write(tmp_path, {"b.md": "", "a/z.md": "", "A.md": "", "가.md": "", "a/b/c.md": ""})

    assert paths(find(tmp_path)) == ["a/b/c.md", "a/z.md", "A.md", "b.md", "가.md"]


def test_odd_names_are_notes_and_other_files_are_not(tmp_path):
    write(tmp_path, {"a .Md": "", "b.MARKDOWN": "", "c.txt": "", "d.png": "", "e": ""})

    assert paths(find(tmp_path)) == ["a .Md", "b.MARKDOWN", "c.txt"]


def test_folders_of_tools_are_passed_over_and_hidden_ones_named(tmp_path):
    write(
        tmp_path,
        {
            "node_modules/a.md": "",
            ".hg/b.md": "",
            "_resources/c.md": "",
            ".private/d.md": "",
            ".e.md": "",
        },
    )

    found = find(tmp_path)

    assert reasons(found) == {".private": "hidden", ".e.md": "hidden-file"}


def test_links_are_not_followed_and_pipes_not_waited_for(tmp_path):
    outside = tmp_path / "outside"
    write(outside, {"secret.md": "geheim"})
    dump = tmp_path / "dump"
    write(dump, {"note.md": "글"})
    (dump / "link.md").symlink_to(outside / "secret.md")
    (dump / "folder").symlink_to(outside)
    (dump / "loop").symlink_to(dump)
    os.mkfifo(dump / "pipe.md")

    found = find(dump)

    assert paths(found) == ["note.md"]
    assert reasons(found) == {"link.md": "symlink", "pipe.md": "special-file"}


def test_a_file_that_became_a_link_since_is_not_read(tmp_path):
    (tmp_path / "secret.md").write_text("geheim")
    (tmp_path / "note.md").symlink_to(tmp_path / "secret.md")

    with pytest.raises(DumpError):
        read_bytes(Piece("s", "note.md", str(tmp_path / "note.md")))


def test_a_socket_is_no_note(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("s.md")

        assert reasons(find(tmp_path)) == {"s.md": "special-file"}


def test_patterns_choose(tmp_path):
    write(tmp_path, {"a.md": "", "b/c.md": "", "b/d.org": "", "e/f.md": ""})

    assert paths(find(tmp_path, include=("b/*",))) == ["b/c.md", "b/d.org"]
    assert paths(find(tmp_path, exclude=("b", "a.*"))) == ["e/f.md"]
    assert reasons(find(tmp_path, exclude=("*.md",)))["a.md"] == "excluded"


def test_a_folder_of_any_depth_ends(tmp_path):
    deep = tmp_path
    for _ in range(70):
        deep = deep / "d"
    write(tmp_path, {f"{deep.relative_to(tmp_path)}/note.md": "글"})

    assert set(reasons(find(tmp_path)).values()) == {"too-deep"}


def test_names_in_old_korean_encodings_are_read(tmp_path):
    name = os.fsdecode("배포.md".encode("cp949"))
    (tmp_path / name).write_text("글")

    (piece,) = find(tmp_path)

    assert piece.path == "배포.md"
    assert read_bytes(piece) == "글".encode()


def test_names_that_are_no_text_fail_and_say_so(tmp_path):
    (tmp_path / os.fsdecode(b"\xff\xfe.md")).write_text("글")

    (skipped,) = find(tmp_path)

    assert skipped.is_failure
    assert skipped.path == r"\xff\xfe.md"


def test_decomposed_names_are_composed():
    assert readable_name("한글.md") == "한글.md"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission_fails_and_says_so(tmp_path):
    write(tmp_path, {"note.md": "글"})
    (tmp_path / "note.md").chmod(0)
    (piece,) = find(tmp_path)

    read = format_called("folder").read(piece, ReadOptions())

    assert read.skipped[0].message.code == "unreadable"


def test_a_file_that_is_gone_fails_and_says_so(tmp_path):
    piece = Piece("s", "note.md", str(tmp_path / "note.md"))

    read = format_called("folder").read(piece, ReadOptions())

    assert read.skipped[0].is_failure
    assert read.skipped[0].message.code == "unreadable"


@pytest.mark.parametrize(
    "name, source",
    [
        ("Notes.md", "notes.md"),
        ("notes (1).md", "notes.md"),
        ("한글 노트", "한글 노트"),
    ],
)
def test_a_dump_is_known_by_its_folded_base_name(tmp_path, name, source):
    (tmp_path / name).write_text("")

    assert place_at(str(tmp_path / name)).source == source


def test_a_second_download_is_the_same_file(tmp_path):
    (tmp_path / "notes (2).md").write_text("# a\n")

    (piece,) = find(tmp_path / "notes (2).md")

    assert piece.path == "notes.md"


def test_a_named_source_wins(tmp_path):
    assert place_at(str(tmp_path), source="mine").source == "mine"
    assert source_name(" My  Notes ") == "my notes"


def test_what_is_not_there_is_said(tmp_path):
    with pytest.raises(DumpError) as caught:
        place_at(str(tmp_path / "nothing"))

    assert caught.value.message.code == "missing"
    assert "nothing" in caught.value.message.sentence


def test_a_device_is_no_dump():
    with pytest.raises(DumpError), open_tree(place_at("/dev/null")):
        pass


def test_text_without_a_file_is_read():
    place = Place("", "stdin", label="-", data="# 하나\n# 둘\n".encode())
    with open_tree(place) as tree:
        reader = find_format(tree)
        (piece,) = reader.find(tree, ReadOptions())

    assert [note.key for note in reader.read(piece, ReadOptions()).notes] == [
        "stdin#하나",
        "stdin#둘",
    ]
