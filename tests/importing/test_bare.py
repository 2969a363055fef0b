"""A repository without files checked out: those of its newest commit, within limits."""

import pytest

from tests.importing.gits import Git
from wiki.importing import bare
from wiki.importing.formats import place_at
from wiki.importing.formats.files import read_bytes
from wiki.importing.notes import DumpError, Piece, Skipped
from wiki.importing.trees import open_tree


@pytest.fixture
def git(tmp_path):
    return Git(tmp_path / "til")


def found(git, **options):
    """Of what is in a bare clone: texts by path, and reasons by path."""
    clone = git.folder.parent / "til.git"
    git("clone", "-q", "--bare", str(git.folder), str(clone))
    with open_tree(place_at(str(clone)), **options) as tree:
        texts = {piece.path: read_bytes(piece).decode() for piece in tree.pieces}
        left = {s.path: s.message.code for s in tree.found if isinstance(s, Skipped)}
        return texts, left, tree


def test_files_are_those_of_the_newest_commit_and_lie_under_numbers(git):
    git.commit("first", {"a.md": "1", "gone.md": "x"})
    (git.folder / "gone.md").unlink()
    git.commit("second", {"a.md": "2", "폴더/b.md": "3", "img/c.png": "4"})

    texts, left, tree = found(git)

    assert texts == {"a.md": "2", "폴더/b.md": "3", "img/c.png": "4"}
    assert not left
    names = [piece.location.rpartition("/")[2] for piece in tree.pieces]
    assert sorted(names) == ["1", "2", "3"]


def test_folders_of_tools_links_and_hidden_files_are_passed_over(git):
    files = {
        ".obsidian/app.json": "{}",
        "notes/.trash/old.md": "x",
        ".secret/x.md": "x",
        ".hidden.md": "x",
        "a.md": "1",
    }
    (git.folder / "link.md").symlink_to("/etc/passwd")
    git.commit("first", files)

    texts, left, tree = found(git)

    assert texts == {"a.md": "1"}
    assert left == {
        "link.md": "symlink",
        ".hidden.md": "hidden-file",
        ".secret": "hidden",
    }
    assert tree.tool_folders == {".obsidian", "notes/.trash"}


@pytest.mark.parametrize(
    ("limit", "value"), [("MAX_MEMBERS", 1), ("MAX_TOTAL_BYTES", 5)]
)
def test_what_is_beyond_the_limits_is_said(git, monkeypatch, limit, value):
    monkeypatch.setattr(bare, limit, value)
    git.commit("first", {"a.md": "1234", "b.md": "5678"})

    texts, left, _ = found(git)

    assert texts == {"a.md": "1234"}
    assert left == {"b.md": "repository-large"}


def test_one_large_file_is_left_out_alone(git, monkeypatch):
    monkeypatch.setattr(bare, "MAX_MEMBER_BYTES", 5)
    git.commit("first", {"a.md": "1234", "b.md": "567890"})

    texts, left, _ = found(git)

    assert texts == {"a.md": "1234"}
    assert left == {"b.md": "blob-large"}


def test_names_that_would_lead_out_of_the_folder_lead_nowhere(git):
    git.commit("first", {"a.md": "1"})
    blob = git("rev-parse", "HEAD:a.md")
    rows = [f"100644 blob {blob}\t{name}\n" for name in (r"c:\\x\\..\\y.md", "a.md")]
    tree = git("mktree", stdin="".join(rows).encode())
    raw = b"40000 ..\0" + bytes.fromhex(tree) + b"100644 /etc\0" + bytes.fromhex(blob)
    (git.folder / "raw").write_bytes(raw)
    up = git("hash-object", "-t", "tree", "-w", "--literally", "raw")
    top = git("mktree", stdin=f"040000 tree {up}\tup\n040000 tree {tree}\tx\n".encode())
    author = {"GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "b"}
    git("update-ref", "refs/heads/main", git("commit-tree", top, "-m", "x", **author))

    texts, left, _ = found(git)

    assert set(texts) == {r"x/c:\\x\\..\\y.md", "x/a.md"}
    assert set(left.values()) == {"hidden", "path-not-unicode"}


def test_an_empty_repository_is_refused_with_a_reason(tmp_path):
    git = Git(tmp_path / "til.git", "--bare")

    with (
        pytest.raises(DumpError) as raised,
        open_tree(place_at(str(git.folder))),
    ):
        pass

    assert raised.value.message.code == "history-empty"


def test_without_history_only_the_files_come(git):
    git.commit("first", {"a.md": "1"})

    texts, _, tree = found(git, has_history=False)

    assert texts == {"a.md": "1"}
    assert tree.repository is None
    assert all(isinstance(one, Piece) for one in tree.found)
