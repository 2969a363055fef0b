"""Opening a repository of a dump: found as plain data, and nothing of it run."""

import os
import subprocess

import pytest

from tests.importing.gits import Git
from tests.importing.importer import write
from wiki.importing.histories import read_history
from wiki.importing.notes import DumpError
from wiki.importing.repositories import blob_of, is_bare, open_repository


@pytest.fixture
def git(tmp_path):
    return Git(tmp_path / "til")


def code_of(folder, **options):
    with pytest.raises(DumpError) as raised, open_repository(folder, **options):
        pass
    return raised.value.message.code


def test_the_head_is_found_on_a_branch_packed_or_not_and_detached(git):
    commit = git.commit("first", {"a.md": "하나"})

    with open_repository(str(git.folder)) as repository:
        assert repository.head == commit
    git("pack-refs", "--all")
    with open_repository(str(git.folder)) as repository:
        assert repository.head == commit
    git("checkout", "-q", "--detach")
    with open_repository(str(git.folder)) as repository:
        assert repository.head == commit


def test_a_repository_of_our_own_borrows_the_objects_and_goes_away(git):
    git.commit("first", {"a.md": "하나\n"})
    blob = git("rev-parse", "HEAD:a.md")

    with open_repository(str(git.folder)) as repository:
        assert not repository.folder.startswith(str(git.folder))
        assert blob_of(repository.folder, blob) == "하나\n".encode()
        assert blob_of(repository.folder, "0" * 40) is None
        assert blob_of(repository.folder, git("rev-parse", "HEAD")) is None
        assert blob_of(repository.folder, blob) == "하나\n".encode()

    assert not os.path.exists(repository.folder)


def test_sha256_repositories_are_read_too(tmp_path):
    git = Git(tmp_path / "til", "--object-format=sha256")
    git.commit("first", {"a.md": "하나"})

    with open_repository(str(git.folder)) as repository:
        history = read_history(repository, ["a.md"])

    assert len(history.states["a.md"]) == 1
    assert not history.messages


def test_nothing_that_the_configuration_names_is_run(git, tmp_path):
    git.commit("first", {"a.md": "# 하나\n\n글\n"})
    git.commit("second", {"a.md": "# 하나\n\n다른 글\n", ".gitattributes": "* diff=x"})
    trap = tmp_path / "trap"
    ran = tmp_path / "ran"
    trap.write_text(f"#!/bin/sh\necho ran >> {ran}\n")
    trap.chmod(0o755)
    for name in (
        "core.fsmonitor",
        "core.pager",
        "core.sshCommand",
        "core.editor",
        "core.gitProxy",
        "core.alternateRefsCommand",
        "gpg.program",
        "gpg.openpgp.program",
        "diff.external",
        "diff.x.textconv",
        "diff.x.command",
        "filter.x.smudge",
        "filter.x.process",
        "credential.helper",
        "alias.rev-list",
        "alias.diff-tree",
        "uploadpack.packObjectsHook",
    ):
        git("config", name, str(trap))
    git("config", "core.hooksPath", str(git.folder / ".git/hooks"))
    git("config", "log.showSignature", "true")
    hooks = {f".git/hooks/{name}": trap.read_bytes() for name in HOOKS}
    write(git.folder, hooks)
    for name in hooks:
        (git.folder / name).chmod(0o755)

    with open_repository(str(git.folder)) as repository:
        history = read_history(repository, ["a.md"])
        blob_of(repository.folder, history.states["a.md"][0].blob)

    assert len(history.states["a.md"]) == 2
    assert not ran.exists()


HOOKS = ("post-checkout", "pre-commit", "post-index-change", "reference-transaction")


def test_our_own_configuration_and_environment_do_not_reach_git(git, monkeypatch):
    git.commit("first", {"a.md": "하나"})
    home = write(git.folder.parent / "home", {".gitconfig": "[core\nbroken"})
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("GIT_DIR", "/nowhere")
    monkeypatch.setenv("GIT_TRACE", str(home / "trace"))

    with open_repository(str(git.folder)) as repository:
        assert read_history(repository, ["a.md"]).states["a.md"]

    assert not (home / "trace").exists()


def test_borrowing_from_inside_the_folder_is_fine_from_outside_it_is_not(git, tmp_path):
    git.commit("first", {"a.md": "하나"})
    inside = git.folder / "copy"
    subprocess.run(
        ["git", "clone", "-q", "--shared", str(git.folder), str(inside)], check=True
    )
    outside = tmp_path / "other"
    subprocess.run(
        ["git", "clone", "-q", "--shared", str(git.folder), str(outside)], check=True
    )

    assert code_of(str(inside)) == "history-elsewhere"
    assert code_of(str(outside)) == "history-elsewhere"
    write(git.folder, {".git/objects/info/alternates": "../../copy/.git/objects\n"})
    os.unlink(inside / ".git/objects/info/alternates")
    with open_repository(str(git.folder)) as repository:
        assert read_history(repository, ["a.md"]).states["a.md"]


@pytest.mark.parametrize("name", ["", "objects", "objects/pack"])
def test_links_out_of_the_folder_are_not_followed(git, tmp_path, name):
    git.commit("first", {"a.md": "하나"})
    inside = git.folder / ".git" / name
    inside.rename(tmp_path / "elsewhere")
    inside.symlink_to(tmp_path / "elsewhere")

    assert code_of(str(git.folder)) == "history-elsewhere"


def test_a_second_working_tree_is_opened_only_beside_its_repository(git, tmp_path):
    commit = git.commit("first", {"a.md": "하나"})
    git("worktree", "add", "-q", "--detach", str(tmp_path / "tree"))
    pointer = tmp_path / "tree" / ".git"

    assert code_of(str(pointer.parent)) == "history-elsewhere"
    (git.folder / ".git").rename(tmp_path / "tree" / "store")
    pointer.write_text("gitdir: store/worktrees/tree\n")
    with open_repository(str(pointer.parent)) as repository:
        assert repository.head == commit


def test_a_reference_cannot_name_a_file_elsewhere(git, tmp_path):
    git.commit("first", {"a.md": "하나"})
    (tmp_path / "secret").write_text("0" * 40)

    for reference in ("../../../secret", "refs/../../../secret", "refs/heads/-x\n"):
        (git.folder / ".git/HEAD").write_text(f"ref: {reference}\n")
        assert code_of(str(git.folder)) == "history-empty"


def test_a_repository_without_commits_or_in_pieces_says_so(git):
    assert code_of(str(git.folder)) == "history-empty"

    (git.folder / ".git/HEAD").write_text(f"{'1' * 40}\n")
    with open_repository(str(git.folder)) as repository:
        history = read_history(repository, ["a.md"])
    assert [message.code for message in history.messages] == ["history-unreadable"]
    assert not history.states


def test_without_git_the_reason_is_told(git, monkeypatch):
    git.commit("first", {"a.md": "하나"})
    monkeypatch.setenv("PATH", "/nowhere")

    assert code_of(str(git.folder)) == "history-no-git"


def test_a_bare_repository_is_known_by_what_it_is_made_of(git, tmp_path):
    commit = git.commit("first", {"a.md": "하나"})
    git("clone", "-q", "--bare", str(git.folder), str(tmp_path / "til.git"))

    assert is_bare(str(tmp_path / "til.git"))
    assert not is_bare(str(git.folder))
    with open_repository(str(tmp_path / "til.git"), bare=True) as repository:
        assert repository.head == commit
