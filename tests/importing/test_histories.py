"""What commits did to files: every change once, whatever the file was called."""

import pytest

from tests.importing.gits import Git, day
from wiki.importing import histories, repositories
from wiki.importing.histories import read_history
from wiki.importing.repositories import open_repository


@pytest.fixture
def git(tmp_path):
    return Git(tmp_path / "til")


def history_of(git, *paths):
    with open_repository(str(git.folder)) as repository:
        return read_history(repository, paths or git("ls-files", "-z").split("\0"))


def told(git, path):
    """The messages of the commits that touched a file, oldest first."""
    return [state.comment for state in history_of(git, path).states.get(path, ())]


LINES = "".join(f"{number}번째 줄\n" for number in range(20))


def test_each_commit_that_touched_a_file_is_a_state_of_it(git):
    git.commit("start", {"a.md": "1", "b.md": "1"}, author="가나다")
    git.commit("only b", {"b.md": "2"})
    git.commit("on a", {"a.md": "2"}, author="라마바")

    states = history_of(git, "a.md", "b.md").states

    assert [(s.author, s.written_at, s.comment) for s in states["a.md"]] == [
        ("가나다", day(0), "start"),
        ("라마바", day(2), "on a"),
    ]
    assert [s.comment for s in states["b.md"]] == ["start", "only b"]
    assert [s.path for s in states["a.md"]] == ["a.md", "a.md"]


def test_a_file_is_followed_through_renames(git):
    git.commit("start", {"옛 이름.md": LINES})
    git.commit("edit", {"옛 이름.md": LINES + "끝\n"})
    (git.folder / "db").mkdir()
    git("mv", "옛 이름.md", "db/캐시.md")
    git.commit("moved and changed", {"db/캐시.md": LINES + "끝!\n"})

    states = history_of(git, "db/캐시.md").states["db/캐시.md"]

    assert [s.path for s in states] == ["옛 이름.md", "옛 이름.md", "db/캐시.md"]


def test_a_new_file_under_an_old_name_has_a_past_of_its_own(git):
    git.commit("start", {"a.md": LINES})
    git("mv", "a.md", "b.md")
    git.commit("a to b")
    git.commit("another a", {"a.md": "다른 글\n"})
    git.commit("both", {"a.md": "다른 글!\n", "b.md": LINES + "끝\n"})

    assert told(git, "b.md") == ["start", "a to b", "both"]
    assert told(git, "a.md") == ["another a", "both"]


def test_two_files_that_change_places_keep_their_pasts_apart(git):
    other = "".join(f"line {number}\n" for number in range(20))
    git.commit("start", {"a.md": LINES, "b.md": other})
    git.commit("on a", {"a.md": LINES + "끝\n"})
    git("mv", "a.md", "c.md")
    git.commit("a to c")
    git("mv", "b.md", "a.md")
    git.commit("b to a")
    git("mv", "c.md", "b.md")
    git.commit("c to b")

    assert told(git, "b.md") == ["start", "on a", "a to c", "c to b"]
    assert told(git, "a.md") == ["start", "b to a"]


def test_commits_of_side_branches_keep_their_authors(git):
    git.commit("start", {"a.md": LINES, "b.md": "1\n"})
    git("checkout", "-q", "-b", "side")
    git.commit("side 1", {"a.md": "처음\n" + LINES}, author="옆")
    git.commit("side 2", {"a.md": "맨 처음\n" + LINES}, author="옆")
    git("checkout", "-q", "main")
    git.commit("main", {"b.md": "2\n"})
    git.merge("side")

    # The merge changed nothing that was not changed on one side.
    assert told(git, "a.md") == ["start", "side 1", "side 2"]
    assert told(git, "b.md") == ["start", "main"]


def test_a_merge_is_a_state_where_it_joined_both_sides(git):
    git.commit("start", {"a.md": LINES})
    git("checkout", "-q", "-b", "side")
    git.commit("side", {"a.md": "처음\n" + LINES})
    git("checkout", "-q", "main")
    git.commit("main", {"a.md": LINES + "끝\n"})
    git.merge("side", "joined")

    comments = told(git, "a.md")

    assert comments[0] == "start"
    assert set(comments[1:3]) == {"side", "main"}
    assert comments[3] == "joined"


def test_a_rename_on_one_side_is_followed_through_the_other(git):
    git.commit("start", {"old.md": LINES})
    git("checkout", "-q", "-b", "side")
    git("mv", "old.md", "new.md")
    git.commit("renamed")
    git("checkout", "-q", "main")
    git.commit("on the old name", {"old.md": LINES + "끝\n"})
    git.merge("side", "joined")

    comments = told(git, "new.md")

    assert comments[0] == "start"
    assert set(comments[1:3]) == {"renamed", "on the old name"}
    assert comments[3] == "joined"


def test_what_a_message_says_fits_in_a_line(git):
    git.commit("제목이\n두 줄\n\n본문은 아니다", {"a.md": "1"})
    git.commit(f"긴 {'말' * 300}", {"a.md": "2"})
    git.commit("a\x1b[31mred\u202ex", {"a.md": "3"}, author="a\tb")

    states = history_of(git, "a.md").states["a.md"]

    assert states[0].comment == "제목이 두 줄"
    assert len(states[1].comment) == 200
    assert states[1].comment.endswith("…")
    assert states[2].comment == "a [31mred x"
    assert states[2].author == "a b"


def only_commit(git, author, rest):
    """Makes the history one commit with these raw lines; gives what a.md was."""
    git.commit("start", {"a.md": "1"})
    tree = git("rev-parse", "HEAD^{tree}").encode()
    committer = b"committer c <c@d> 1600000000 +0000\n"
    raw = b"tree %s\nauthor %s\n%s%s" % (tree, author, committer, rest)
    (git.folder / "raw").write_bytes(raw)
    commit = git("hash-object", "-t", "commit", "-w", "--literally", "raw")
    git("update-ref", "refs/heads/main", commit)
    (state,) = history_of(git, "a.md").states["a.md"]
    return state


@pytest.mark.parametrize("header", [b"encoding cp949\n", b"encoding x-none\n", b""])
def test_messages_in_korean_encodings_are_read(git, header):
    author = "홍길동".encode("cp949") + b" <a@b> 1600000000 +0900"

    state = only_commit(git, author, header + "\n한글 메시지\n".encode("cp949"))

    assert (state.comment, state.author) == ("한글 메시지", "홍길동")


def test_an_author_without_a_name_or_a_date_does_no_harm(git):
    author = b" <kim@example.org> 99999999999999999 +0900"

    state = only_commit(git, author, b"\n\n")

    assert state.author == "kim"
    assert state.written_at.year == 2020
    assert state.comment == ""


def test_names_that_look_like_options_or_patterns_are_only_names(git):
    git("checkout", "-q", "-b", "x--all")
    files = {"--output=x.md": "1", "*.md": "2", ":(exclude)a.md": "3", "a\nb.md": "4"}
    git.commit("start", files)
    git.commit("more", dict.fromkeys(files, "5"))

    states = history_of(git, *files).states

    assert {path: len(found) for path, found in states.items()} == dict.fromkeys(
        files, 2
    )
    assert not (git.folder / "x.md").exists()


def test_links_and_folders_are_no_states(git):
    git.commit("start", {"a.md": "1"})
    (git.folder / "a.md").unlink()
    (git.folder / "a.md").symlink_to("/etc/passwd")
    git.commit("a link")
    (git.folder / "a.md").unlink()
    git.commit("a file", {"a.md": "2"})

    assert told(git, "a.md") == ["start", "a file"]


def test_long_histories_are_read_from_their_newest_end(git, monkeypatch):
    monkeypatch.setattr(histories, "MAX_COMMITS", 3)
    for number in range(5):
        git.commit(f"commit {number}", {"a.md": f"{number}"})

    history = history_of(git, "a.md")

    comments = [state.comment for state in history.states["a.md"]]
    assert comments == ["commit 2", "commit 3", "commit 4"]
    assert [message.code for message in history.messages] == ["history-cut"]


def test_of_one_note_only_so_many_states_are_kept_and_one_to_tell(git, monkeypatch):
    monkeypatch.setattr(histories, "MAX_REVISIONS", 2)
    for number in range(5):
        git.commit(f"commit {number}", {"a.md": f"{number}"})

    assert told(git, "a.md") == ["commit 2", "commit 3", "commit 4"]


def test_a_shallow_clone_begins_where_it_was_cut(git, tmp_path):
    for number in range(4):
        git.commit(f"commit {number}", {"a.md": f"{number}"})
    git("clone", "-q", "--depth=2", f"file://{git.folder}", str(tmp_path / "clone"))
    git.folder = tmp_path / "clone"

    history = history_of(git, "a.md")

    comments = [state.comment for state in history.states["a.md"]]
    assert comments == ["commit 2", "commit 3"]
    assert [message.code for message in history.messages] == ["history-shallow"]


def test_a_clone_without_older_files_asks_nobody_for_them(git, tmp_path):
    git.commit("start", {"a.md": LINES})
    git("mv", "a.md", "b.md")
    git.commit("renamed", {"b.md": LINES + "끝\n"})
    git("config", "uploadpack.allowFilter", "true")
    clone = tmp_path / "clone"
    git("clone", "-q", "--filter=blob:none", f"file://{git.folder}", str(clone))
    git.folder.rename(tmp_path / "gone")
    git.folder = clone

    states = history_of(git, "b.md").states["b.md"]

    # Whether the other file was this one cannot be told without its text.
    assert [state.comment for state in states] == ["renamed"]
    assert states[-1].blob


def test_lost_and_huge_contents_are_marked(git, monkeypatch):
    monkeypatch.setattr(histories, "MAX_FILE_BYTES", 50)
    git.commit("fine", {"a.md": "1"})
    git.commit("huge", {"a.md": "x" * 100})
    git.commit("lost", {"a.md": "2"})
    git.commit("now", {"a.md": "3"})
    blob = git("rev-parse", "HEAD~1:a.md")
    (git.folder / ".git/objects" / blob[:2] / blob[2:]).unlink()

    states = history_of(git, "a.md").states["a.md"]

    assert [bool(state.blob) for state in states] == [True, False, False, True]


def test_a_bomb_of_folders_ends_where_the_limits_are(git, monkeypatch):
    monkeypatch.setattr(repositories, "_MAX_GIT_BYTES", 16 * 1024 * 1024)
    git.commit("start", {"a.md": "1"})
    blob = git("rev-parse", "HEAD:a.md")
    (git.folder / "list").write_text(f"100644 blob {blob}\ta.md\n")
    tree = git("mktree", stdin=(git.folder / "list").read_bytes())
    for _ in range(9):
        lines = "".join(f"040000 tree {tree}\tfolder{n}\n" for n in range(10))
        tree = git("mktree", stdin=lines.encode())
    bomb = git("commit-tree", tree, "-m", "bomb", **NOBODY)
    top = git("commit-tree", "HEAD^{tree}", "-p", bomb, "-m", "now", **NOBODY)
    git("update-ref", "refs/heads/main", top)

    history = history_of(git, "a.md")

    assert [message.code for message in history.messages] == ["history-unreadable"]


def test_a_commit_of_too_many_files_ends_the_history(git, monkeypatch):
    monkeypatch.setattr(histories, "_MAX_CHANGES", 10)
    git.commit("many", {f"{number}.md": "1" for number in range(20)})
    git.commit("one", {"1.md": "2"})

    history = history_of(git, "1.md")

    assert [message.code for message in history.messages] == ["history-wide"]
    assert [state.comment for state in history.states["1.md"]] == ["one"]


NOBODY = {"GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@b"}


def test_a_message_as_long_as_a_book_is_read_at_its_start(git):
    author = b"a <a@b> 1600000000 +0000"

    state = only_commit(git, author, b"\nshort\n\n" + b"long text\n" * 3_000_000)

    assert state.comment == "short"


def test_a_nul_in_a_message_does_not_end_the_history(git):
    author = b"a <a@b> 1600000000 +0000"

    state = only_commit(git, author, b"\nbefore\0after\n\0\0")

    assert state.comment == "before"
