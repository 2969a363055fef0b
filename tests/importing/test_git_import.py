"""A git repository as a dump: each commit that touched a note is a revision."""

import io
import shutil
from datetime import UTC, datetime

import pytest
from django.core.management import call_command

from tests.importing.gits import Git, day
from tests.importing.importer import RECORDS_OF_RUNS, entry, rows, run, write
from wiki.editing import Act, Author, Content, edit_entry
from wiki.importing import pasts
from wiki.models import Alias, Batch, Entry, Import, Revision

pytestmark = pytest.mark.django_db


@pytest.fixture
def git(tmp_path):
    return Git(tmp_path / "til")


def history(title):
    return list(entry(title).revisions.order_by("number"))


def told(title, *names):
    """These fields of each revision, oldest first."""
    return list(entry(title).revisions.order_by("number").values_list(*names))


def test_each_commit_that_touched_a_note_is_a_revision_of_its_author(git):
    git.commit("처음", {"redis.md": "# Redis\n\n하나\n", "kafka.md": "# Kafka\n"})
    git.commit("kafka만", {"kafka.md": "# Kafka\n\n글\n"}, author="김철수")
    git.commit("고침", {"redis.md": "# Redis\n\n하나\n둘\n"}, author="김철수")

    ran = run(git.folder, author="가져온 이")

    assert ran.totals == {"created": 2}
    assert told("Redis", "number", "body", "author_label", "comment") == [
        (1, "하나", "홍길동", "처음"),
        (2, "하나\n둘", "김철수", "고침"),
    ]
    assert [r.authored_at for r in history("Redis")] == [day(0), day(2)]
    assert {r.author for r in history("Redis")} == {None}
    batch = Batch.objects.get()
    assert {r.batch for r in history("Redis")} == {batch}
    assert batch.author_label == "가져온 이"
    assert entry("Redis").head.number == 2
    assert ran.item("Redis")["revision"] == 2
    assert "Earlier versions of it in the history: 1." in ran.messages()


def test_an_account_of_the_same_name_is_not_the_author(git, writer):
    git.commit("처음", {"a.md": "# A\n\n글\n"}, author=writer.get_username())

    run(git.folder)

    assert history("A")[0].author is None


def test_a_second_run_writes_nothing(git):
    git.commit("처음", {"a.md": "# A\n\n하나\n"})
    git.commit("고침", {"a.md": "# A\n\n둘\n"})
    run(git.folder)
    before = rows(RECORDS_OF_RUNS)

    again = run(git.folder)

    assert again.totals == {"same": 1}
    assert rows(RECORDS_OF_RUNS) == before


def test_the_dry_run_tells_the_revision_that_will_be(git):
    git.commit("처음", {"a.md": "# A\n\n하나\n"})
    git.commit("고침", {"a.md": "# A\n\n둘\n"})

    planned = run(git.folder, dry_run=True)
    assert not Entry.objects.exists()
    done = run(git.folder)

    assert planned.item("A")["revision"] == done.item("A")["revision"] == 2
    assert planned.item("A") == done.item("A")


def test_renames_are_followed_and_former_titles_lead_to_the_entry(git):
    text = "".join(f"{number}번째 줄\n" for number in range(20))
    git.commit("처음", {"old/캐시.md": text})
    git("mv", "old/캐시.md", "레디스.md")
    git.commit("옮김")
    git.commit("고침", {"레디스.md": f"{text}끝\n"})

    run(git.folder)

    assert [title for title, *_ in told("레디스", "title", "comment")] == [
        "캐시",
        "레디스",
        "레디스",
    ]
    former = Alias.objects.get(kind=Alias.Kind.FORMER)
    assert (former.name, former.entry) == ("캐시", entry("레디스"))
    first, second, _ = history("레디스")
    assert "old" in first.tag_names()
    assert "old" not in second.tag_names()


def test_a_text_that_is_not_committed_is_the_last_revision(git):
    git.commit("처음", {"a.md": "# A\n\n하나\n"})
    write(git.folder, {"a.md": "# A\n\n하나\n아직\n", "new.md": "# New\n\n글\n"})

    run(git.folder, author="가져온 이")

    assert told("A", "body", "author_label") == [
        ("하나", "홍길동"),
        ("하나\n아직", "가져온 이"),
    ]
    assert told("New", "author_label") == [("가져온 이",)]


def test_commits_without_a_difference_make_no_revision(git):
    git.commit("처음", {"a.md": "# A\n\n하나\n"})
    git.commit("빈 줄", {"a.md": "# A\n\n\n하나\n\n"})
    git.commit("고침", {"a.md": "# A\n\n둘\n", "b.md": "하나\n"})
    git.commit("빈 줄", {"b.md": "\n하나\n"})

    run(git.folder)

    assert told("A", "comment") == [("처음",), ("고침",)]
    assert told("b", "comment", "authored_at") == [("고침", day(2))]


def test_states_that_cannot_be_read_are_left_out_and_counted(git):
    git.commit("처음", {"a.md": b"\xfa\xff broken \x81\n"})
    git.commit("비었음", {"a.md": "\n"})
    git.commit("많음", {"a.md": f"# A\n\n{'가' * 500_000}\n"})
    git.commit("고침", {"a.md": "# A\n\n둘\n"})
    git.commit("또", {"a.md": "# A\n\n셋\n"})

    ran = run(git.folder)

    assert told("A", "comment") == [("고침",), ("또",)]
    assert "Earlier states of the file that could not be read: 1." in ran.messages()
    assert "Earlier versions that could not be stored: 1." in ran.messages()


def test_of_a_long_past_the_newest_revisions_are_kept(git, monkeypatch):
    monkeypatch.setattr(pasts, "MAX_REVISIONS", 3)
    for number in range(5):
        git.commit(f"{number}", {"a.md": f"# A\n\n{number}\n"})

    ran = run(git.folder)

    assert told("A", "number", "comment") == [(1, "2"), (2, "3"), (3, "4")]
    assert "Only its newest 3 versions were read." in ran.messages()


def test_a_file_of_many_notes_gives_each_its_own_commits(git):
    git.commit("처음", {"a.md": "# A\n\n하나\n\n# B\n\n하나\n"})
    git.commit("B만", {"a.md": "# A\n\n하나\n\n# B\n\n둘\n"})
    git.commit("B의 이름", {"a.md": "# A\n\n하나\n\n# B2\n\n둘\n"})
    git.commit("C도", {"a.md": "# C\n\n셋\n\n# A\n\n하나\n\n# B2\n\n둘\n"})

    run(git.folder, split="h1")

    assert told("A", "comment") == [("처음",)]
    assert told("B2", "title", "comment") == [
        ("B", "처음"),
        ("B", "B만"),
        ("B2", "B의 이름"),
    ]
    assert told("C", "comment", "authored_at") == [("C도", day(3))]


def test_dates_come_from_front_matter_then_commits(git):
    git.commit("처음", {"a.md": "---\ndate: 2019-05-05\n---\n하나\n", "b.md": "하나\n"})
    git.commit("고침", {"a.md": "---\ndate: 2019-05-05\n---\n둘\n"})

    run(git.folder)

    said = datetime(2019, 5, 5, tzinfo=UTC)
    assert [r.authored_at for r in history("a")] == [said, day(1)]
    assert [r.authored_at for r in history("b")] == [day(0)]


def test_new_commits_become_revisions_of_an_untouched_entry(git):
    git.commit("처음", {"a.md": "# A\n\n하나\n"})
    run(git.folder)
    git.commit("둘째", {"a.md": "# A\n\n둘\n"}, author="김철수")
    git.commit("셋째", {"a.md": "# A\n\n셋\n"})

    ran = run(git.folder)

    assert ran.totals == {"updated": 1}
    assert ran.item("A")["revision"] == 3
    assert told("A", "number", "body", "author_label", "comment") == [
        (1, "하나", "홍길동", "처음"),
        (2, "둘", "김철수", "둘째"),
        (3, "셋", "홍길동", "셋째"),
    ]
    assert run(git.folder).totals == {"same": 1}


def test_commits_and_an_edit_become_one_revision_by_all_of_them(git, writer):
    text = "# A\n\n" + "\n".join(f"줄 {number}\n" for number in range(9))
    git.commit("처음", {"a.md": text})
    run(git.folder)
    page = entry("A")
    edited = Content(title="A", body=f"{page.body}\n\n사람이 쓴 줄")
    edit_entry(page, edited, base_version=1, act=Act(author=Author(user=writer)))
    git.commit("둘째", {"a.md": text.replace("줄 0", "첫 줄")}, author="김철수")
    git.commit("셋째", {"a.md": text.replace("줄 0", "맨 첫 줄")})

    ran = run(git.folder)

    assert ran.totals == {"merged": 1}
    assert ran.item("A")["revision"] == 3
    merged = history("A")[-1]
    assert merged.body.startswith("맨 첫 줄")
    assert merged.body.endswith("사람이 쓴 줄")
    names = merged.coauthors.values_list("author_label", flat=True)
    assert set(names) == {"김철수", "홍길동"}


def test_a_history_that_was_rewritten_adds_one_revision(git):
    git.commit("처음", {"a.md": "# A\n\n하나\n"})
    run(git.folder)
    shutil.rmtree(git.folder / ".git")
    git("init", "-q")
    git.commit("다시", {"a.md": "# A\n\n다른 하나\n"})
    git.commit("고침", {"a.md": "# A\n\n다른 둘\n"}, author="김철수")

    run(git.folder)

    assert told("A", "comment", "author_label") == [
        ("처음", "홍길동"),
        ("고침", "김철수"),
    ]


def test_titles_that_were_taken_are_no_renames(git, writer):
    git.commit("처음", {"db/a.md": "# A\n\n하나\n", "x/a.md": "# A\n\n다른\n"})
    git.commit("고침", {"x/a.md": "# A\n\n다른 글\n"})

    run(git.folder)

    assert told("A (x)", "title") == [("A (x)",), ("A (x)",)]


def test_history_can_be_left_out(git):
    git.commit("처음", {"a.md": "# A\n\n하나\n"})
    git.commit("고침", {"a.md": "# A\n\n둘\n"})

    run(git.folder, no_history=True)

    assert told("A", "body", "comment") == [("둘", "til")]


def test_a_bare_repository_gives_the_files_of_its_newest_commit(git, tmp_path):
    files = {
        "메모/a.md": "# A\n\n하나\n",
        ".obsidian/app.json": "{}",
        ".hidden/x.md": "x",
        "img/a.png": b"\x89PNG",
    }
    git.commit("처음", files)
    (git.folder / "link.md").symlink_to("메모/a.md")
    git.commit("고침", {"메모/a.md": "# A\n\n둘\n"})
    git("clone", "-q", "--bare", str(git.folder), str(tmp_path / "bare.git"))

    ran = run(tmp_path / "bare.git")

    assert ran.totals == {"created": 1, "skipped": 2}
    assert told("A", "body", "comment") == [("하나", "처음"), ("둘", "고침")]
    assert run(tmp_path / "bare.git").totals == {"same": 1, "skipped": 2}


def test_without_git_notes_come_without_history_and_the_report_says_so(
    git, monkeypatch
):
    git.commit("처음", {"a.md": "# A\n\n하나\n"})
    git.commit("고침", {"a.md": "# A\n\n둘\n"})
    monkeypatch.setenv("PATH", "/nowhere")

    ran = run(git.folder)

    assert ran.totals == {"created": 1, "skipped": 1}
    assert "git is not installed here" in ran.messages()
    assert told("A", "body") == [("둘",)]


@pytest.mark.django_db(transaction=True)
def test_several_processes_read_the_same_history(git):
    names = [f"note-{number}" for number in range(60)]
    git.commit("처음", {f"{name}.md": f"# {name}\n\n하나\n" for name in names})
    git.commit("고침", {f"{name}.md": f"# {name}\n\n둘\n" for name in names})

    run(git.folder, jobs=2)

    assert Revision.objects.count() == 120
    assert told("note-7", "body") == [("하나",), ("둘",)]


def test_a_note_that_was_renamed_and_rewritten_since_is_known_by_its_history(git):
    text = "".join(f"{number}번째 줄\n" for number in range(20))
    git.commit("처음", {"옛것.md": text, "b.md": "# B\n\n글\n"})
    run(git.folder)
    git("mv", "옛것.md", "새것.md")
    git.commit("옮김")
    git.commit("다시 씀", {"새것.md": "모두 새로 쓴 글\n"}, author="김철수")

    ran = run(git.folder)

    assert ran.totals == {"moved": 1, "same": 1}
    assert told("새것", "title", "comment") == [
        ("옛것", "처음"),
        ("새것", "옮김"),
        ("새것", "다시 씀"),
    ]
    assert Alias.objects.get(kind=Alias.Kind.FORMER).name == "옛것"
    assert run(git.folder).totals == {"same": 2}


def test_a_note_whose_heading_changed_in_a_file_of_many_keeps_its_entry(git):
    git.commit("처음", {"a.md": "# A\n\n하나\n\n# B\n\n둘\n"})
    run(git.folder, split="h1")
    git.commit("제목", {"a.md": "# A\n\n하나\n\n# B2\n\n둘\n"})
    git.commit("글", {"a.md": "# A\n\n하나\n\n# B2\n\n둘둘\n"})

    ran = run(git.folder, split="h1")

    assert ran.totals == {"moved": 1, "same": 1}
    assert told("B2", "title") == [("B",), ("B2",), ("B2",)]


def test_links_to_a_former_title_lead_to_the_entry_in_the_same_run(git):
    text = "".join(f"{number}번째 줄\n" for number in range(20))
    git.commit("처음", {"옛것.md": text, "b.md": "# B\n\n[[옛것]]\n"})
    git("mv", "옛것.md", "새것.md")
    git.commit("옮김")

    ran = run(git.folder)

    assert ran.item("B")["links"] == {"resolved": 1, "unresolved": []}
    assert entry("새것").get_absolute_url() in entry("B").html


def test_a_zip_with_a_repository_in_it_says_what_it_does_not_bring(git, tmp_path):
    git.commit("처음", {"a.md": "# A\n\n하나\n", "b.md": "# B\n\n하나\n"})
    shutil.make_archive(str(tmp_path / "packed"), "zip", git.folder)

    ran = run(tmp_path / "packed.zip")

    assert ran.totals == {"created": 2, "skipped": 1}
    assert "The zip holds a git repository" in ran.messages()


def undo():
    out = io.StringIO()
    number = Import.objects.latest("pk").pk
    call_command("undoimport", number, stdout=out, stderr=out, verbosity=0)


def test_an_undone_import_takes_all_its_revisions_back_and_they_can_return(git):
    git.commit("처음", {"a.md": "# A\n\n하나\n"})
    run(git.folder)
    git.commit("둘째", {"a.md": "# A\n\n둘\n", "b.md": "# B\n\n하나\n"})
    git.commit("셋째", {"a.md": "# A\n\n셋\n", "b.md": "# B\n\n둘\n"})
    run(git.folder)

    undo()

    assert entry("A").body == "하나"
    assert not Entry.objects.filter(title="B", deleted_at=None).exists()
    again = run(git.folder)
    assert set(again.totals) <= {"updated", "created"}
    assert (entry("A").body, entry("B").body) == ("셋", "둘")
    numbers = [revision.number for revision in history("A")]
    assert numbers == list(range(1, len(numbers) + 1))
    assert run(git.folder).totals == {"same": 2}


def test_many_dumps_with_a_history_stay_apart(git, tmp_path):
    git.commit("처음", {"a.md": "# A\n\n하나\n"})
    other = Git(tmp_path / "other")
    other.commit("다른 처음", {"a.md": "# B\n\n하나\n"}, author="김철수")

    ran = run(git.folder, other.folder)

    assert ran.totals == {"created": 2}
    assert told("A", "author_label") == [("홍길동",)]
    assert told("B", "author_label") == [("김철수",)]


def test_an_interrupted_run_is_completed_with_the_same_history(git, monkeypatch):
    names = [f"note-{number}" for number in range(30)]
    for text in ("하나", "둘"):
        git.commit(text, {f"{name}.md": f"# {name}\n\n{text}\n" for name in names})
    run(git.folder, limit=10)
    assert Revision.objects.count() == 20

    ran = run(git.folder)

    assert ran.totals == {"created": 20, "same": 10}
    assert Revision.objects.count() == 60


def test_large_files_are_not_read_again_and_again_without_end(git, monkeypatch):
    monkeypatch.setattr(pasts, "_MAX_BYTES_READ", 100)
    for number in range(5):
        git.commit(f"{number}", {"a.md": f"# A\n\n{number} {'x' * 40}\n"})

    ran = run(git.folder)

    assert told("A", "comment") == [("3",), ("4",)]
    assert "Only its newest 2 versions were read." in ran.messages()
