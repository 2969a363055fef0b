"""Imports into a real wiki: what is promised about every run."""

import json

import pytest
from django.conf import settings

from tests import make
from tests.importing.importer import (
    RECORDS_OF_RUNS,
    entry,
    rows,
    run,
    tags_of,
    write,
)
from wiki import editing
from wiki.importing import writing
from wiki.models import (
    Alias,
    Batch,
    Entry,
    EntryTag,
    Import,
    ImportedFile,
    ImportedNote,
    ImportItem,
    ImportStatus,
    Link,
    Revision,
    RevisionKind,
    Tag,
)
from wiki.slugs import tag_key

pytestmark = pytest.mark.django_db

DEVNOTES = settings.BASE_DIR / "fixtures" / "notes" / "devnotes.md"
EXPECTED = json.loads(DEVNOTES.with_name("devnotes.expected.json").read_text())[
    "entries"
]


@pytest.fixture
def dump(tmp_path):
    return write(
        tmp_path / "dump",
        {
            "가.md": "# 가\n\n하나\n둘\n셋\n\n[[나]]와 [[없는 글]]\n",
            "나.md": "# 나\n\n[[가]]\n",
        },
    )


# ── The first dump ────────────────────────────────────────────────────────────


def test_the_first_dump_becomes_the_entries_its_owner_wants():
    ran = run(DEVNOTES)

    assert (ran.code, ran.totals) == (0, {"created": 16})
    for wanted in EXPECTED:
        page = entry(wanted["title"])
        keys = {tag_key(name) for name in page.head.tag_names()}
        assert page.slug == wanted["slug"]
        assert page.alias_names == wanted["aliases"]
        assert page.summary == wanted["summary"]
        assert page.source_url == wanted["source_url"]
        assert set(map(tag_key, wanted["tags_must"])) <= keys
        assert all(keys & set(map(tag_key, any_)) for any_ in wanted["tags_must_any"])
        assert not keys & set(map(tag_key, wanted["tags_must_not"]))


def test_every_tag_says_which_rule_gave_it():
    ran = run(DEVNOTES)

    rules = {
        (t.name, t.rule) for t in EntryTag.objects.filter(content_object__slug="grpc")
    }
    assert ("grpc", "hashtag") in rules
    assert ("protobuf", "implied:grpc") in rules
    assert {"name": "grpc", "rule": "hashtag"} in ran.item("gRPC")["tags"]


def test_the_bytes_of_the_dump_can_be_given_back():
    run(DEVNOTES)

    file = ImportedFile.objects.get()
    notes = {note.key: bytes(note.raw) for note in file.notes.all()}
    assert b"".join(notes[key] for key in file.parts) == DEVNOTES.read_bytes()


def test_revisions_say_that_they_were_imported_together(writer):
    run(DEVNOTES, author=writer.get_username())

    revisions = Revision.objects.all()
    assert {revision.kind for revision in revisions} == {RevisionKind.IMPORT}
    assert {revision.author for revision in revisions} == {writer}
    assert {revision.batch for revision in revisions} == {Batch.objects.get()}


def test_an_author_without_an_account_is_a_label():
    run(DEVNOTES, author="도윤")

    revision = Revision.objects.first()
    assert (revision.author, revision.author_label) == (None, "도윤")


def test_an_entry_remembers_where_it_came_from(dump):
    run(dump)

    assert entry("가").source_path == "가.md"


def test_dates_of_the_source_are_kept(tmp_path):
    write(tmp_path, {"a.md": "---\ncreated: 2020-01-02\n---\n# 가\n글\n"})

    run(tmp_path)

    assert entry("가").head.authored_at.isoformat() == "2020-01-02T00:00:00+00:00"
    assert entry("가").properties == [["created", "2020-01-02"]]


# ── Again ─────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("place", ["file", "folder"])
def test_a_second_run_writes_nothing_but_its_own_record(dump, place):
    path = DEVNOTES if place == "file" else dump
    first = run(path)
    before = rows(but=RECORDS_OF_RUNS)

    second = run(path)

    assert rows(but=RECORDS_OF_RUNS) == before
    assert (second.code, second.totals) == (0, {"same": len(first.items)})
    assert [item["title"] for item in second.items] == [
        item["title"] for item in first.items
    ]
    assert Import.objects.count() == 2
    assert not ImportItem.objects.filter(run=Import.objects.first()).exists()


def test_an_unchanged_file_is_not_parsed_again(dump, monkeypatch):
    run(dump)

    def never(*args, **options):
        raise AssertionError("parsed again")

    monkeypatch.setattr("wiki.importing.formats.folder.read_notes", never)

    assert run(dump).totals == {"same": 2}


@pytest.mark.parametrize("place", ["file", "folder"])
def test_a_dry_run_writes_nothing_and_says_what_a_real_one_does(dump, place):
    path = DEVNOTES if place == "file" else dump
    make.entry("가", "손으로 쓴 글")
    before = rows()

    dry = run(path, dry_run=True)

    assert rows() == before
    real = run(path)
    assert (dry.report["run"], dry.report["dry_run"]) == (None, True)
    assert dry.items == real.items
    assert dry.totals == real.totals


def test_a_dry_run_of_changes_says_what_a_real_one_does(dump):
    run(dump)
    make.edit(entry("나"), "[[가]]\n\n위키의 줄")
    write(
        dump,
        {"가.md": "# 새 가\n글\n", "나.md": "# 나\n\n[[가]]!\n", "다.md": "# 다\n"},
    )

    dry, real = run(dump, dry_run=True), run(dump)

    assert dry.items == real.items
    assert real.totals == {"updated": 1, "created": 1, "conflict": 1}
    assert dry.code == real.code == 3


def test_only_the_notes_that_changed_are_told(dump):
    run(dump)
    write(dump, {"가.md": "# 가\n\n하나!\n"})

    run(dump)

    items = ImportItem.objects.filter(run=Import.objects.first())
    assert [(item.status, item.title) for item in items] == [("updated", "가")]


# ── Both sides ────────────────────────────────────────────────────────────────


def test_changes_apart_are_merged_in_one_revision(dump):
    run(dump)
    make.edit(entry("가"), entry("가").body.replace("둘", "위키의 둘"))
    write(dump, {"가.md": "# 가\n\n하나\n둘\n셋\n\n[[나]]와 [[없는 글]]\n덤프의 끝\n"})

    ran = run(dump)

    assert ran.totals == {"merged": 1, "same": 1}
    assert "위키의 둘" in entry("가").body
    assert "덤프의 끝" in entry("가").body
    assert entry("가").version == 3
    assert run(dump).totals == {"same": 2}


def test_a_clash_waits_with_what_the_dump_has(dump):
    run(dump)
    make.edit(entry("가"), entry("가").body.replace("둘", "위키의 둘"))
    write(dump, {"가.md": "# 가\n\n하나\n덤프의 둘\n셋\n"})
    version = entry("가").version

    ran = run(dump)

    assert ran.code == 3
    assert entry("가").version == version
    item = ImportItem.objects.get(status="conflict")
    assert item.needs_eyes
    assert item.proposal["body"] == "하나\n덤프의 둘\n셋"
    assert run(dump).totals == {"conflict": 1, "same": 1}


@pytest.mark.parametrize(
    "mode, body", [("keep", "위키의 둘"), ("replace", "덤프의 둘")]
)
def test_a_clash_can_be_settled_by_the_command(dump, mode, body):
    run(dump)
    make.edit(entry("가"), entry("가").body.replace("둘", "위키의 둘"))
    write(dump, {"가.md": "# 가\n\n하나\n덤프의 둘\n셋\n"})

    ran = run(dump, on_conflict=mode)

    assert ran.code == 0
    assert body in entry("가").body
    assert run(dump).totals == {"same": 2}


def test_tags_someone_took_away_stay_away(tmp_path):
    dump = write(tmp_path, {"a.md": "# Kafka 정리\n#큐\n글\n"})
    run(dump)
    assert tags_of("Kafka 정리") == ["큐", "kafka", "messaging"]
    make.edit(entry("Kafka 정리"), tags=["큐", "내 태그"])

    write(dump, {"a.md": "# Kafka 정리\n#큐 #새것\n글 더\n"})
    ran = run(dump)

    assert ran.totals == {"merged": 1}
    assert sorted(tags_of("Kafka 정리")) == ["내 태그", "새것", "큐"]


def test_a_curators_topic_gives_its_tags_in_the_next_run(dump):
    run(dump)
    topic = make_topic("숫자", terms=["하나", "둘"])

    ran = run(dump)

    assert ran.totals == {"updated": 1, "same": 1}
    assert topic.name in tags_of("가")


def make_topic(name, terms):
    from wiki.editing.tagging import new_tag

    topic = new_tag(name)
    topic.terms, topic.is_curated = terms, True
    topic.save()
    return topic


def test_a_renamed_note_leaves_its_old_name_behind(dump):
    run(dump)
    write(dump, {"가.md": "# 새 가\n\n하나\n둘\n셋\n\n[[나]]와 [[없는 글]]\n"})

    ran = run(dump)

    page = entry("새 가")
    assert ran.item("새 가")["slug"] == page.slug == "새-가"
    assert Alias.objects.filter(entry=page, kind="former", name="가").exists()
    assert 'href="/wiki/%EC%83%88-%EA%B0%80/"' in entry("나").html


def test_a_moved_file_is_the_same_entry(dump):
    run(dump)
    before = set(Entry.objects.values_list("pk", flat=True))
    (dump / "폴더").mkdir()
    (dump / "가.md").rename(dump / "폴더" / "옮김.md")

    ran = run(dump)

    assert ran.totals == {"moved": 1, "same": 1}
    assert set(Entry.objects.values_list("pk", flat=True)) == before
    assert run(dump).totals == {"same": 2}


def test_a_missing_note_is_reported_and_kept(dump):
    run(dump)
    (dump / "나.md").unlink()

    ran = run(dump)

    assert ran.totals == {"same": 1, "missing": 1}
    assert ran.item("나")["messages"]
    assert entry("나")
    assert run(dump, include=["가.md"]).totals.get("missing") is None


def test_what_was_deleted_stays_deleted(dump):
    run(dump)
    make.deleted(entry("가"))

    ran = run(dump)

    assert ran.totals == {"skipped": 1, "same": 1}
    assert not Entry.objects.live().filter(title="가").exists()


# ── Links ─────────────────────────────────────────────────────────────────────


def test_notes_lead_to_each_other_whatever_their_order(dump):
    ran = run(dump)

    links = {(link.source.title, link.name): link.target for link in Link.objects.all()}
    assert links["가", "나"] == entry("나")
    assert links["나", "가"] == entry("가")
    assert links["가", "없는 글"] is None
    assert 'href="/wiki/%EB%82%98/"' in entry("가").html
    assert ran.item("가")["links"] == {
        "resolved": 1,
        "unresolved": [{"line": 7, "target": "없는 글"}],
    }


def test_pages_that_waited_for_a_name_lead_there(dump):
    old = make.entry("먼저", "[[가]]를 기다린다")

    run(dump)

    old.refresh_from_db()
    assert 'href="/wiki/%EA%B0%80/"' in old.html
    assert old.links.get().target == entry("가")


def test_links_may_name_an_address(tmp_path):
    dump = write(
        tmp_path, {"a.md": "# 가\n[[배포 절차 🚀]]\n", "b.md": "# 배포 절차\n"}
    )
    dry = run(dump, dry_run=True)

    ran = run(dump)

    assert ran.items == dry.items
    assert ran.item("가")["links"]["resolved"] == 1
    assert Link.objects.get().target == entry("배포 절차")


def test_any_number_of_names_may_be_missing(tmp_path):
    names = "\n".join(f"[[없음 {n}]]" for n in range(2_500))
    dump = write(tmp_path, {"a.md": f"# 가\n{names}\n"})

    ran = run(dump)

    assert ran.code == 0
    assert len(ran.items[0]["links"]["unresolved"]) == 2_500


def test_many_batches_lead_to_each_other(tmp_path, monkeypatch):
    monkeypatch.setattr("wiki.importing.run._NOTES_AT_ONCE", 3)
    files = {f"{n}.md": f"# 글 {n}\n[[글 {(n + 5) % 10}]]\n" for n in range(10)}

    run(write(tmp_path, files))

    assert Link.objects.filter(target=None).count() == 0
    assert all("/wiki/" in page.html for page in Entry.objects.all())


# ── Names ─────────────────────────────────────────────────────────────────────


def test_a_taken_title_is_told_apart_and_said(tmp_path):
    make.entry("Kafka", "손으로 쓴 글")
    dump = write(tmp_path / "큐 모음", {"a.md": "# Kafka\n글\n"})

    ran = run(dump)

    page = entry("Kafka (큐 모음)")
    assert page.alias_names == ["Kafka"]
    assert "Kafka" in ran.messages()
    assert ImportItem.objects.get().needs_eyes


def test_a_title_taken_after_the_plan_is_told_apart_too(dump, monkeypatch):
    write_batch = writing.Writer.write

    def someone_is_faster(self, steps, pages):
        if not Entry.objects.exists():
            make.entry("가", "더 빨랐다")
        return write_batch(self, steps, pages)

    monkeypatch.setattr(writing.Writer, "write", someone_is_faster)

    ran = run(dump)

    assert ran.totals == {"created": 2}
    assert entry("가").body == "더 빨랐다"
    assert entry("가 (dump)").body.startswith("하나")


def test_an_edit_made_after_the_plan_is_merged(dump, monkeypatch):
    run(dump)
    write(dump, {"가.md": "# 가\n\n하나\n둘\n셋\n\n[[나]]와 [[없는 글]]\n덤프의 끝\n"})
    write_batch = writing.Writer.write

    def someone_edits(self, steps, pages):
        make.edit(entry("가"), entry("가").body.replace("하나", "위키의 하나"))
        return write_batch(self, steps, pages)

    monkeypatch.setattr(writing.Writer, "write", someone_edits)

    ran = run(dump)

    assert ran.totals == {"merged": 1, "same": 1}
    assert "위키의 하나" in entry("가").body
    assert "덤프의 끝" in entry("가").body


def test_a_page_deleted_after_the_plan_stays_deleted(dump, monkeypatch):
    run(dump)
    write(dump, {"가.md": "# 가\n다른 글\n"})
    write_batch = writing.Writer.write

    def someone_deletes(self, steps, pages):
        make.deleted(entry("가"))
        return write_batch(self, steps, pages)

    monkeypatch.setattr(writing.Writer, "write", someone_deletes)

    assert run(dump).totals == {"skipped": 1, "same": 1}


# ── What goes wrong ───────────────────────────────────────────────────────────


def test_one_bad_file_never_stops_the_rest(tmp_path):
    dump = write(
        tmp_path,
        {
            "bad.md": "한글".encode() + b"\xff",
            "big.md": b"# big\n" + b"x" * (editing.MAX_BODY_BYTES + 1),
            "good.md": "# 좋은 글\n본문\n",
            "nul.md": b"# nul\n" + b"text " * 50 + b"\x00",
            "nfd.md": "# 한글\n본문\n",
            "tags.md": "# 태그\n"
            + " ".join(f"#태그{n}번" for n in range(200))
            + "\n글\n",
        },
    )

    ran = run(dump)

    assert ran.code == 3
    assert ran.totals == {"created": 4, "failed": 2}
    assert {i["path"] for i in ran.items if i["status"] == "failed"} == {
        "bad.md",
        "big.md",
    }
    assert "offset 6" in ran.messages()
    assert entry("nul").body == "text " * 50
    assert entry("한글").slug == "한글"
    assert len(tags_of("태그")) == 100
    again = run(dump)
    assert again.totals == {"same": 4, "failed": 2}


def test_a_note_that_breaks_its_batch_fails_alone(dump, monkeypatch):
    write(dump, {"다.md": "# 다\n글\n"})
    create = editing.create_entries

    def breaks(new, **options):
        if any(one.content.title == "나" for one in new):
            raise RuntimeError("disk full")
        return create(new, **options)

    monkeypatch.setattr(editing, "create_entries", breaks)

    ran = run(dump)

    assert ran.code == 3
    assert ran.totals == {"created": 2, "failed": 1}
    monkeypatch.undo()
    assert run(dump).totals == {"created": 1, "same": 2}


def test_links_to_a_note_that_failed_are_those_of_a_missing_one(dump, monkeypatch):
    create = editing.create_entries

    def breaks(new, **options):
        if any(one.content.title == "나" for one in new):
            raise RuntimeError("disk full")
        return create(new, **options)

    monkeypatch.setattr(editing, "create_entries", breaks)

    run(dump)

    assert 'href="/wiki/%EB%82%98/"' not in entry("가").html
    assert not Link.objects.exclude(destination="").exists()


def test_an_interrupted_run_leaves_whole_notes_and_the_next_completes_it(
    tmp_path, monkeypatch
):
    monkeypatch.setattr("wiki.importing.run._NOTES_AT_ONCE", 3)
    files = {f"{n}.md": f"# 글 {n}\n[[글 {(n + 5) % 10}]]\n" for n in range(10)}
    dump = write(tmp_path / "dump", files)
    store = writing.Memory.store
    calls = []

    def interrupted(self, steps):
        calls.append(1)
        store(self, steps)
        if len(calls) == 3:
            raise KeyboardInterrupt

    monkeypatch.setattr(writing.Memory, "store", interrupted)

    ran = run(dump)

    assert ran.code == 130
    assert ran.totals == {"created": 6}
    assert Entry.objects.count() == Revision.objects.count() == 6
    assert ImportedNote.objects.count() == 6
    assert Import.objects.get().status == ImportStatus.INTERRUPTED
    monkeypatch.undo()
    assert run(dump).totals == {"same": 6, "created": 4}
    assert Link.objects.filter(target=None).count() == 0
    assert run(dump).totals == {"same": 10}


def test_a_run_that_was_killed_is_marked_and_its_links_set_right(dump):
    run(dump)
    Import.objects.update(status=ImportStatus.RUNNING)
    Link.objects.update(destination="", target=None)

    ran = run(dump)

    assert ran.totals == {"same": 2}
    assert {r.status for r in Import.objects.all()} == {"done", "interrupted"}
    assert Link.objects.get(source=entry("나")).target == entry("가")


def test_a_file_of_many_batches_is_stored_whole(tmp_path, monkeypatch):
    monkeypatch.setattr("wiki.importing.run._NOTES_AT_ONCE", 3)
    text = "".join(f"# 글 {n}\n본문 {n}\n" for n in range(10))
    dump = write(tmp_path, {"many.md": text}) / "many.md"

    run(dump)

    file = ImportedFile.objects.get()
    notes = {note.key: bytes(note.raw) for note in file.notes.all()}
    assert b"".join(notes[key] for key in file.parts) == text.encode()
    assert run(dump).totals == {"same": 10}


def test_copies_and_blank_files_are_named_and_their_bytes_kept(tmp_path):
    dump = write(tmp_path, {"a.md": "# 가\n글\n", "b.md": "# 가\n글\n", "c.md": "\n"})
    write(dump, {"d.md": "", "e.txt": "1 2 3\n"})

    for _ in range(2):
        ran = run(dump)
        assert ran.totals["skipped"] == 4
        assert ran.code == 0

    assert Entry.objects.count() == 1
    kept = {
        file.path: b"".join(bytes(note.raw) for note in file.notes.all())
        for file in ImportedFile.objects.all()
    }
    assert kept == {
        "a.md": "# 가\n글\n".encode(),
        "b.md": "# 가\n글\n".encode(),
        "c.md": b"\n",
        "d.md": b"",
    }


def test_names_of_hidden_pages_do_not_leak_into_public_ones(dump):
    make.entry("없는 글", "비밀", visibility="curators")

    ran = run(dump)

    assert ran.item("가")["links"]["unresolved"] == [{"line": 7, "target": "없는 글"}]


def test_tags_of_one_topic_in_two_spellings_are_one(tmp_path):
    dump = write(tmp_path, {"a.md": "# 가\n#k8s #쿠버네티스\n글\n"})

    run(dump)

    assert EntryTag.objects.get(content_object=entry("가"), tag__key="kubernetes")
    assert Tag.objects.filter(key="k8s").count() == 0
    write(dump, {"a.md": "# 가\n#k8s #쿠버네티스\n글 더\n"})
    assert run(dump).totals == {"updated": 1}
    assert run(dump).totals == {"same": 1}


def test_a_file_and_a_folder_may_share_a_source(dump, tmp_path):
    file = write(tmp_path, {"many.md": "# 하나\n글\n# 둘\n글\n"}) / "many.md"
    run(dump, file, source="모음")
    before = rows(but=RECORDS_OF_RUNS)

    ran = run(dump, file, source="모음")

    assert ran.totals == {"same": 4}
    assert ran.report["sources"] == ["모음"]
    assert rows(but=RECORDS_OF_RUNS) == before


def test_a_run_remembers_how_it_was_asked(dump):
    run(dump, on_conflict="keep", tag=["모음"])

    options = Import.objects.get().options
    assert (options["on_conflict"], options["tags"]) == ("keep", ["모음"])


def test_links_that_wait_are_looked_at_in_parts(tmp_path, monkeypatch):
    monkeypatch.setattr("wiki.editing.stale_links.LINKS_AT_ONCE", 2)
    waiting = {f"{n}.md": f"# 글 {n}\n[[나중 {n}]]\n" for n in range(7)}
    run(write(tmp_path / "먼저", waiting))

    run(write(tmp_path / "나중", {f"{n}.md": f"# 나중 {n}\n" for n in range(7)}))

    assert Link.objects.filter(target=None).count() == 0
    assert all("/wiki/" in entry(f"글 {n}").html for n in range(7))
