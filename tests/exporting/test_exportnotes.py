import io
import json
import subprocess
import zipfile

import pytest
import yaml
from django.core.management import CommandError, call_command
from django.utils import timezone

from tests import make
from wiki.editing import restore_entry
from wiki.models import RevisionMark


def export(*arguments, **options):
    out = io.StringIO()
    call_command("exportnotes", *arguments, stdout=out, stderr=io.StringIO(), **options)
    return out.getvalue()


def export_bytes(*arguments, **options):
    out = io.BytesIO()
    call_command("exportnotes", *arguments, stdout=out, stderr=io.StringIO(), **options)
    return out.getvalue()


def front_matter_of(text):
    return yaml.load(text.split("---\n")[1], yaml.BaseLoader)


def without_dates(fields):
    return {name: fields[name] for name in fields if name not in ("created", "updated")}


def files_in(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


# ── JSON ─────────────────────────────────────────────────────────────────────


@pytest.mark.django_db
def test_json_is_a_list_of_records_in_title_order():
    make.entry(
        "gRPC",
        "본문 😀\n",
        tags=["CI CD"],
        aliases=("Remote",),
        summary="요",
        properties=(("version", "0.10"),),
    )
    make.entry("배포")
    make.deleted(make.entry("지울 글"))

    records = json.loads(export("--format", "json"))

    assert [record["title"] for record in records] == ["배포", "gRPC"]
    assert list(records[1]) == [
        "title",
        "slug",
        "tags",
        "body",
        "aliases",
        "summary",
        "source_url",
        "source_path",
        "version",
        "created_at",
        "updated_at",
        "properties",
        "attachments",
    ]
    assert records[1]["tags"] == ["CI CD"]
    assert records[1]["body"] == "본문 😀\n"
    assert records[1]["properties"] == [["version", "0.10"]]
    assert records[1]["created_at"].endswith("+00:00")


@pytest.mark.django_db
def test_empty_wiki_is_an_empty_list():
    assert json.loads(export()) == []


@pytest.mark.django_db
def test_json_goes_to_a_file_that_is_named(tmp_path):
    make.entry("배포 🚀")

    export("--output", str(tmp_path / "a.json"))

    (record,) = json.loads((tmp_path / "a.json").read_text("utf-8"))
    assert record["title"] == "배포 🚀"


# ── Which entries ────────────────────────────────────────────────────────────


def titles(*arguments, **options):
    return [record["title"] for record in json.loads(export(*arguments, **options))]


@pytest.mark.django_db
def test_only_entries_of_all_tags():
    make.entry("가", tags=["ci cd", "배포"])
    make.entry("나", tags=["배포"])
    make.entry("다")

    assert titles("--tag", "배포") == ["가", "나"]
    assert titles("--tag", "CI-CD", "--tag", "배포") == ["가"]


@pytest.mark.django_db
def test_only_entries_that_a_search_finds():
    make.entry("가", "쿠버네티스에서")
    make.entry("나", tags=["배포"])

    assert titles("--search", "쿠버네티스") == ["가"]
    assert titles("--search", "#배포") == ["나"]
    assert titles("--search", "없는 말") == []


@pytest.mark.django_db
def test_only_entries_changed_between_two_days():
    entry = make.entry("가")
    day = timezone.localdate(entry.updated_at).isoformat()

    assert titles("--since", day, "--until", day) == ["가"]
    assert titles("--until", "2001-01-01") == []
    assert titles("--since", "2999-01-01") == []


@pytest.mark.django_db
def test_a_day_that_is_none_is_refused():
    with pytest.raises(CommandError, match="2024-13-01"):
        export("--since", "2024-13-01")


@pytest.mark.django_db
def test_only_what_a_person_may_read(writer, curator):
    make.entry("모두")
    make.entry("회원", visibility="members")
    make.entry("관리", visibility="curators")

    assert titles() == ["관리", "모두", "회원"]
    assert titles("--as", writer.username) == ["모두", "회원"]
    assert titles("--as", curator.username) == ["관리", "모두", "회원"]
    with pytest.raises(CommandError, match="nobody-here"):
        export("--as", "nobody-here")


# ── Markdown ─────────────────────────────────────────────────────────────────


@pytest.mark.django_db
def test_markdown_files_hold_front_matter_and_the_text_as_it_is(tmp_path):
    make.entry(
        "배포: 절차",
        "\n---\n본문\n",
        tags=["배포"],
        properties=(("version", "0.10"), ("author", "민수")),
    )

    export(str(tmp_path / "out"), format="markdown")

    text = (tmp_path / "out" / "배포- 절차.md").read_text("utf-8")
    fields = front_matter_of(text)
    assert list(fields) == [
        "title",
        "tags",
        "created",
        "updated",
        "version",
        "author",
    ]
    assert without_dates(fields) == {
        "title": "배포: 절차",
        "tags": ["배포"],
        "version": "0.10",
        "author": "민수",
    }
    assert text.split("---\n", 2)[2] == "\n\n---\n본문\n"


@pytest.mark.django_db
def test_front_matter_that_is_no_field_is_written_back(tmp_path):
    make.entry(
        "가",
        properties=(
            ("source_url", "file.pdf"),
            ("title", "옛 제목"),
            ("created", "2021-3-4"),
        ),
    )

    export(str(tmp_path / "out"), format="markdown")

    text = (tmp_path / "out" / "가.md").read_text("utf-8")
    fields = front_matter_of(text)
    del fields["updated"]
    assert fields == {
        "title": "가",
        "source_url": "file.pdf",
        "title (2)": "옛 제목",
        "created": "2021-3-4",
    }
    said = json.loads((tmp_path / "out" / "notewiki.json").read_text("utf-8"))
    record = said["files"]["가.md"]
    assert record["renamed"] == {"title (2)": "title"}
    assert list(record["dates"]) == ["created"]


@pytest.mark.django_db
def test_links_between_notes_become_relative_ones(tmp_path):
    make.entry("배포 절차", "# 점검\n")
    make.entry("가", "[[배포 절차#점검|절차]]를 [[없는 글]]")

    export(str(tmp_path / "out"), format="markdown")

    text = (tmp_path / "out" / "가.md").read_text("utf-8")
    assert text.endswith("\n[절차](배포%20절차.md#점검)를 [[없는 글]]")


@pytest.mark.django_db
def test_links_to_what_is_not_exported_stay(tmp_path, writer):
    make.entry("비밀", visibility="curators", tags=["ㄱ"])
    make.entry("다른 글")
    make.entry("가", "[[비밀]] [[다른 글]]", tags=["ㄱ"])

    export(str(tmp_path / "out"), "--tag", "ㄱ", "--as", writer.username)

    files = files_in(tmp_path / "out")
    assert set(files) == {"가.md", "notewiki.json"}
    assert files["가.md"].decode().endswith("\n[[비밀]] [[다른 글]]")
    assert "비밀" not in files["notewiki.json"].decode()


@pytest.mark.django_db
def test_two_exports_are_equal_and_differ_where_the_wiki_does(tmp_path):
    for title in ("가", "나/다", "나-다", "CON", "😀"):
        make.entry(title, f"[[가]] {title}")

    for name in ("a", "b"):
        export(str(tmp_path / name), format="markdown")
    make.entry("새 글")
    export(str(tmp_path / "c"), format="markdown")

    first = files_in(tmp_path / "a")
    assert len(first) == 6
    assert first == files_in(tmp_path / "b")
    third = files_in(tmp_path / "c")
    differing = {name for name in third if third[name] != first.get(name)}
    assert differing == {"새 글.md", "notewiki.json"}


@pytest.mark.django_db
def test_an_address_that_the_title_does_not_give_is_in_the_manifest(tmp_path):
    make.deleted(make.entry("가"))
    make.entry("가")

    export(str(tmp_path / "out"), format="markdown")

    said = json.loads((tmp_path / "out" / "notewiki.json").read_text("utf-8"))
    assert said["files"]["가.md"]["slug"] == "가-2"


@pytest.mark.django_db
def test_rights_are_in_no_export(tmp_path):
    make.entry("가", visibility="curators", protection="administrators")

    export(str(tmp_path / "out"), format="markdown")

    assert b"curators" not in b"".join(files_in(tmp_path / "out").values())
    assert "curators" not in export()


def test_folder_with_files_is_refused_with_a_sentence(tmp_path):
    (tmp_path / "old.md").write_text("옛 글")

    with pytest.raises(CommandError, match="not empty"):
        export(str(tmp_path), format="markdown")


@pytest.mark.parametrize("name", ["markdown", "zip", "git", "original"])
@pytest.mark.django_db
def test_a_format_that_needs_a_place_asks_for_it(name):
    with pytest.raises(CommandError, match="Name the"):
        export(format=name)


# ── Zip ──────────────────────────────────────────────────────────────────────


@pytest.mark.django_db
def test_a_zip_holds_the_folder_and_is_the_same_every_time(tmp_path):
    make.entry("배포 절차 😀", "[[가]]\n")
    make.entry("가", "본문")

    first, again = (export_bytes("--output", "-", format="zip") for _ in range(2))
    export(str(tmp_path / "out"), format="markdown")

    archive = zipfile.ZipFile(io.BytesIO(first))
    assert archive.testzip() is None
    assert first == again
    unpacked = {info.filename: archive.read(info) for info in archive.infolist()}
    assert unpacked == files_in(tmp_path / "out")


@pytest.mark.django_db
def test_a_zip_is_written_to_a_file(tmp_path):
    make.entry("가")

    export("--output", str(tmp_path / "a.zip"), format="zip")

    assert zipfile.ZipFile(tmp_path / "a.zip").namelist() == ["가.md", "notewiki.json"]


@pytest.mark.django_db
def test_what_cannot_be_written_is_said(tmp_path):
    with pytest.raises(CommandError, match="cannot be written"):
        export("--output", str(tmp_path / "no" / "a.zip"), format="zip")


# ── Queries ──────────────────────────────────────────────────────────────────


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["json", "zip", "git"])
def test_queries_grow_with_chunks_only(name, django_assert_max_num_queries):
    make.entries(100, "[[글 00001]]")

    with django_assert_max_num_queries(30):
        if name == "json":
            export()
        else:
            export_bytes("--output", "-", format=name)


# ── Git ──────────────────────────────────────────────────────────────────────


def git(folder, *arguments):
    answer = subprocess.run(
        ["git", "-c", "safe.directory=*", *arguments],
        cwd=folder,
        capture_output=True,
        check=True,
        env={"PATH": "/usr/bin:/bin", "HOME": str(folder)},
    )
    return answer.stdout.decode()


@pytest.mark.django_db
def test_history_becomes_commits_with_author_date_and_message(tmp_path, writer):
    entry = make.entry("배포 절차", "하나", by="지현 <a@b.c>", comment="처음 씀 😀")
    entry = make.edit(entry, "하나\n둘 [[gRPC]]", by=writer)
    make.edit(entry, title="배포")

    export(str(tmp_path / "repo"), format="git")

    repo = tmp_path / "repo"
    git(repo, "fsck", "--strict")
    assert git(repo, "status", "--porcelain") == ""
    log = git(repo, "log", "--reverse", "--format=%an|%at|%s", "--", "배포.md")
    times = [int(r.written_at.timestamp()) for r in entry.revisions.order_by("number")]
    assert log.splitlines() == [
        f"지현 a@b.c|{times[0]}|처음 씀 😀",
        f"민수|{times[1]}|Change 배포 절차",
        f"지현|{times[2]}|Change 배포",
    ]
    assert git(repo, "show", "HEAD~2:배포.md").endswith("하나\n둘 [[gRPC]]")
    assert (repo / "배포.md").read_text("utf-8").endswith("하나\n둘 [[gRPC]]")


@pytest.mark.django_db
def test_an_entry_that_was_deleted_and_came_back_was_away_between(tmp_path):
    gone = make.deleted(make.entry("가"))
    restore_entry(gone, base_version=gone.version, act=make.act())

    export(str(tmp_path / "repo"), format="git")

    log = git(tmp_path / "repo", "log", "--reverse", "--format=%s", "--name-status")
    assert [line for line in log.splitlines() if "가" in line or "\t" in line][1:] == [
        'A\t"\\352\\260\\200.md"',
        "Delete 가",
        'D\t"\\352\\260\\200.md"',
        "Restore 가",
        'A\t"\\352\\260\\200.md"',
        "A\tnotewiki.json",
    ]


@pytest.mark.django_db
def test_two_histories_are_equal():
    make.edit(make.entry("가", "하나"), "둘")

    first, again = (export_bytes("--output", "-", format="git") for _ in range(2))

    assert first == again


@pytest.mark.django_db
def test_hidden_revisions_are_for_the_command_line_only(tmp_path, curator):
    entry = make.edit(make.entry("가", "비밀이던 글"), "공개")
    RevisionMark.objects.create(
        revision=make.revision(entry, 1), kind="hidden", created_at=timezone.now()
    )

    whole = export_bytes("--output", "-", format="git").decode()
    shown = export_bytes("--output", "-", "--as", curator.username, format="git")

    assert "비밀이던 글" in whole
    assert "비밀이던 글" not in shown.decode()
    assert "공개" in shown.decode()


@pytest.mark.django_db
def test_an_empty_wiki_is_a_repository_too(tmp_path):
    export(str(tmp_path / "repo"), format="git")

    assert git(tmp_path / "repo", "log", "--format=%at") == "0\n"


@pytest.mark.django_db
def test_nothing_of_anybodys_git_configuration_is_used(tmp_path, monkeypatch):
    home = tmp_path / "home"
    (home / "hooks").mkdir(parents=True)
    hook = home / "hooks" / "reference-transaction"
    hook.write_text(f"#!/bin/sh\ntouch {home}/ran\n")
    hook.chmod(0o755)
    (home / ".gitconfig").write_text(f"[core]\n\thooksPath = {home}/hooks\n")
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("GIT_DIR", str(home / "elsewhere"))
    make.entry("가")

    export(str(tmp_path / "repo"), format="git")

    assert (tmp_path / "repo" / "가.md").exists()
    assert not (home / "ran").exists()
    assert not (home / "elsewhere").exists()
