import json
import time

import pytest

from wiki.importing.formats import find_format, own_export
from wiki.importing.manifest import MAX_BYTES, FileFacts, read_manifest, restore_links
from wiki.importing.notes import Piece, Place, ReadOptions, Tree

HEAD = {"format": "notewiki", "version": 1, "kind": "folder"}


def manifest(**said):
    return json.dumps(HEAD | said).encode()


def tree_of(*paths, **contents):
    pieces = [
        Piece("out", path, data=contents.get(path.rpartition("/")[2], b"x"))
        for path in paths
    ]
    return Tree(Place("/out", "out"), tuple(pieces))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"\xff\xfe",
        b"[" * 100_000,
        json.dumps({"format": "other", "version": 1}).encode(),
        json.dumps(HEAD | {"version": 2}).encode(),
        json.dumps(HEAD | {"version": "1"}).encode(),
        b" " * (MAX_BYTES + 1),
    ],
)
def test_what_is_no_manifest_is_none(data):
    assert read_manifest(data) is None


@pytest.mark.parametrize(
    "said",
    [
        {"files": []},
        {"files": {"a.md": []}},
        {"files": {"a.md": {"links": "x", "dates": [], "renamed": 3, "own": 4}}},
        {"files": {"a.md": {"links": [1, [1], [1, 2], ["a"], ["", "b"]]}}},
        {"files": {"a.md": {"slug": 1, "path": None, "dates": {"created": "gestern"}}}},
        {"files": {"a.md": {"slug": "x" * 10_000, "path": "a\x00b"}}},
        {"files": {"a.md": {"slug": "\ud800"}}},
        {"attachments": 3},
        {"attachments": {"a.png": 3, "b.png": {"paths": 4}}},
    ],
)
def test_what_is_not_as_we_write_it_says_nothing(said):
    read = read_manifest(manifest(**said))

    assert all(facts == FileFacts() for facts in read.files.values())
    assert all(places == () for places in read.places.values())


def test_rights_and_accounts_are_not_read():
    said = {"visibility": "public", "protection": "writers", "author": "admin"}
    read = read_manifest(manifest(files={"a.md": said}, visibility="public"))

    assert read.files == {"a.md": FileFacts()}


def test_no_list_of_links_takes_longer_than_its_text():
    text = "가" * 1_000_000
    pairs = [(f"[{n}](x)", "y") for n in range(20_000)]
    started = time.perf_counter()

    assert restore_links(text, pairs) == text
    assert time.perf_counter() - started < 5


@pytest.mark.parametrize("root", ["", "notes-main/"])
def test_an_export_is_known_by_its_manifest(root):
    tree = tree_of(
        f"{root}a.md", f"{root}notewiki.json", **{"notewiki.json": manifest()}
    )

    assert find_format(tree) is own_export


@pytest.mark.parametrize(
    ("paths", "data"),
    [
        (("a.md", "notewiki.json"), b"{}"),
        (("a.md", "b/notewiki.json"), manifest()),
        (("a.md", "b/c/notewiki.json"), manifest()),
        (("a/notewiki.json", "b/notewiki.json"), manifest()),
    ],
)
def test_other_folders_are_not_taken_for_one(paths, data):
    tree = tree_of(*paths, **{"notewiki.json": data})

    assert not own_export.detect(tree)


@pytest.mark.parametrize(
    "path",
    ["../a.md", "/etc/a.md", "a/../../b.md", "", "a//b.md", "x" * 2000, "./a.md"],
)
def test_a_path_that_leads_out_is_not_taken(path):
    said = manifest(
        files={"a.md": {"path": path}}, attachments={"files/b.png": {"paths": [path]}}
    )
    tree = tree_of("a.md", "files/b.png", "notewiki.json", **{"notewiki.json": said})
    found = tuple(own_export.find(tree, ReadOptions()))

    arranged, (note,) = own_export.arrange(tree, found)

    assert note.path == "a.md"
    assert {piece.path for piece in arranged.pieces} == {
        "a.md",
        "files/b.png",
        "notewiki.json",
    }


def test_two_notes_cannot_have_one_path():
    files = {name: {"path": "db/Redis.md"} for name in ("a.md", "b.md")}
    files["c.md"] = {"path": "A.md"}
    tree = tree_of(
        *("a.md", "b.md", "c.md", "notewiki.json"),
        **{"notewiki.json": manifest(files=files)},
    )
    found = tuple(own_export.find(tree, ReadOptions()))

    _, notes = own_export.arrange(tree, found)

    assert [note.path for note in notes] == ["db/Redis.md", "b.md", "c.md"]


def test_attachments_are_no_notes():
    tree = tree_of(
        *("a.md", "files/b.md", "notewiki.json"), **{"notewiki.json": manifest()}
    )

    assert [piece.path for piece in own_export.find(tree, ReadOptions())] == ["a.md"]
