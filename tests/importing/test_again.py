"""The same dump again, a newer one, a part of one: what is promised of each."""

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import make
from tests.importing.importer import RECORDS_OF_RUNS, entry, rows, run, tags_of, write
from wiki.models import Alias, Entry, Import, ImportedNote, Revision

pytestmark = pytest.mark.django_db

LONG = "하나\n둘\n셋\n넷\n다섯\n여섯\n일곱\n여덟\n아홉\n열\n"
# Tables that a run may write although its notes are all the same.
RECORDS = ("wiki_import", "wiki_batch")


@pytest.fixture
def dump(tmp_path):
    return write(
        tmp_path / "dump",
        {
            "가.md": f"# 가\n#태그\n\n{LONG}",
            "나.md": "# 나\n\n[[가]]와 [[다]]\n",
            "다.md": "# 다\n\n글\n",
            "모음.md": f"# 모음\n\n{LONG[::-1]}\n",
        },
    )


def written_tables(queries):
    """The tables that these queries inserted into, updated or deleted from."""
    tables = set()
    for query in queries:
        words = query["sql"].replace('"', "").split()
        verbs = {"INSERT": 2, "UPDATE": 1, "DELETE": 2}
        if words and words[0] in verbs:
            tables.add(words[verbs[words[0]]])
    return tables


def dry_and_real(*args, **options):
    """A run, after a dry one that told the same of every note and wrote nothing."""
    before = rows()
    dry = run(*args, dry_run=True, **options)
    assert rows() == before
    real = run(*args, **options)
    assert dry.items == real.items
    assert (dry.totals, dry.code) == (real.totals, real.code)
    return real


# ── The same ──────────────────────────────────────────────────────────────────


def test_a_second_run_writes_only_its_own_record(dump):
    run(dump)

    with CaptureQueriesContext(connection) as queries:
        assert run(dump).totals == {"same": 4}

    assert written_tables(queries) <= set(RECORDS)
    assert Import.objects.count() == 2


def test_a_second_run_after_renames_writes_nothing_either(dump):
    run(dump)
    (dump / "가.md").rename(dump / "새 가.md")
    write(dump, {"새 가.md": f"# 아주 새 가\n#태그\n\n{LONG.replace('셋', '세엣')}"})
    run(dump)
    before = rows(but=RECORDS_OF_RUNS)

    assert run(dump).totals == {"same": 4}
    assert rows(but=RECORDS_OF_RUNS) == before


# ── Merges ────────────────────────────────────────────────────────────────────


def test_edits_apart_in_text_title_tags_and_aliases_are_all_kept(dump):
    write(
        dump, {"가.md": f"---\naliases: [첫째, 둘째]\n---\n# 가\n#하나 #둘\n\n{LONG}"}
    )
    run(dump)
    make.edit(
        entry("가"),
        entry("가").body.replace("아홉", "위키의 아홉"),
        title="위키 가",
        tags=["둘", "위키"],
        aliases=("둘째", "위키 이름"),
    )
    text = LONG.replace("둘", "덤프의 둘")
    head = "---\naliases: [첫째, 둘째, 덤프 이름]\nsummary: 요약\n---\n"
    write(dump, {"가.md": f"{head}# 가\n#하나 #둘 #덤프\n\n{text}"})

    ran = dry_and_real(dump)

    assert ran.totals == {"merged": 1, "same": 3}
    page = entry("위키 가")
    assert page.body == text.strip().replace("아홉", "위키의 아홉")
    assert page.summary == "요약"
    assert sorted(tags_of("위키 가")) == ["덤프", "둘", "위키"]
    assert sorted(page.alias_names) == ["덤프 이름", "둘째", "위키 이름"]
    assert run(dump).totals == {"same": 4}


def test_a_derived_tag_someone_took_away_stays_away(tmp_path):
    folder = write(tmp_path / "dump", {"a.md": "# Kafka 정리\n글\n"})
    run(folder)
    assert "kafka" in tags_of("Kafka 정리")
    make.edit(entry("Kafka 정리"), tags=["messaging"])
    write(folder, {"a.md": "# Kafka 정리\n글 더\n"})

    dry_and_real(folder)

    assert tags_of("Kafka 정리") == ["messaging"]


# ── Renames ───────────────────────────────────────────────────────────────────


def test_a_file_renamed_and_rewritten_a_little_is_the_same_entry(dump):
    run(dump)
    page = entry("가")
    (dump / "가.md").unlink()
    write(
        dump, {"폴더/아파치.md": f"# 아파치 가\n#태그\n\n{LONG.replace('셋', '세엣')}"}
    )

    ran = dry_and_real(dump)

    assert ran.totals == {"moved": 1, "same": 3}
    moved = entry("아파치 가")
    assert moved.pk == page.pk
    assert moved.slug == "아파치-가"
    assert Alias.objects.filter(entry=moved, kind="former", name="가").exists()
    assert "%EC%95%84%ED%8C%8C%EC%B9%98-%EA%B0%80" in entry("나").html
    assert Entry.objects.count() == 4


def test_half_a_dump_moved_and_changed_makes_no_new_page(tmp_path):
    files = {
        f"{n}.md": f"# 글 {n}\n\n" + "".join(f"줄 {n} {k}\n" for k in range(10))
        for n in range(20)
    }
    folder = write(tmp_path / "dump", files)
    run(folder)
    before = dict(Entry.objects.values_list("title", "pk"))
    for n in range(0, 20, 2):
        (folder / f"{n}.md").unlink()
        text = files[f"{n}.md"].replace(f"줄 {n} 3\n", "다른 줄\n")
        write(folder, {f"옮긴 곳/{n}번.md": text})

    ran = dry_and_real(folder)

    assert ran.totals == {"moved": 10, "same": 10}
    assert dict(Entry.objects.values_list("title", "pk")) == before


def test_a_rename_in_the_dump_meets_an_edit_in_the_wiki(dump):
    run(dump)
    make.edit(entry("가"), entry("가").body.replace("아홉", "위키의 아홉"))
    (dump / "가.md").unlink()
    write(dump, {"새 가.md": f"# 새 가\n#태그\n\n{LONG.replace('둘', '두울')}"})

    ran = dry_and_real(dump)

    assert ran.totals == {"merged": 1, "same": 3}
    assert "위키의 아홉" in entry("새 가").body
    assert "두울" in entry("새 가").body


def test_the_same_title_in_another_source_is_told_apart_and_reported(dump, tmp_path):
    run(dump)
    other = write(tmp_path / "other", {"가.md": "# 가\n\n다른 글\n"})

    ran = dry_and_real(other)

    assert ran.totals == {"created": 1}
    assert entry("가 (other)").alias_names == ["가"]
    assert "Another entry is called “가”" in ran.messages()


# ── Mirrors ───────────────────────────────────────────────────────────────────


def test_a_mirror_deletes_softly_what_nobody_touched(dump):
    run(dump)
    make.edit(entry("다"), "위키의 글")
    (dump / "다.md").unlink()
    (dump / "가.md").unlink()

    ran = dry_and_real(dump, mirror=True)

    assert ran.code == 0
    assert ran.totals == {"same": 2, "deleted": 1, "missing": 1}
    gone = Entry.objects.get(title="가")
    assert gone.is_deleted
    assert gone.revisions.latest("number").batch == Import.objects.latest("pk").batch
    assert "someone changed it" in ran.item("다")["messages"][0]
    assert "/wiki/%EA%B0%80/" not in entry("나").html
    assert run(dump, mirror=True).totals == {"same": 2, "missing": 1}


def test_what_a_mirror_deleted_is_back_with_its_note(dump):
    run(dump)
    page = entry("다")
    (dump / "다.md").unlink()
    run(dump, mirror=True)
    write(dump, {"다.md": "# 다\n\n글 더\n"})

    ran = dry_and_real(dump)

    assert ran.totals == {"same": 3, "created": 1}
    back = entry("다")
    assert (back.pk, back.slug, back.version) == (page.pk, page.slug, 3)
    assert back.body == "글 더"
    assert entry("나").links.get(name="다").target == back
    assert run(dump).totals == {"same": 4}


@pytest.mark.parametrize(
    "option", [{"limit": 1}, {"include": ["가.md"]}, {"exclude": ["가.md"]}]
)
def test_a_mirror_of_a_part_is_refused(dump, option):
    run(dump)
    before = rows()

    with pytest.raises(CommandError, match="whole dump") as refused:
        call_command("importnotes", dump, mirror=True, **option)

    assert refused.value.returncode == 2
    assert rows() == before


def test_a_mirror_of_nothing_is_refused(dump):
    run(dump)
    for file in dump.iterdir():
        file.write_bytes("한글".encode() + b"\xff")
    before = rows()

    with pytest.raises(CommandError, match="No note of the dump could be read"):
        call_command("importnotes", dump, mirror=True)

    assert rows() == before
    for file in dump.iterdir():
        file.unlink()
    with pytest.raises(CommandError):
        call_command("importnotes", dump, mirror=True)
    assert rows() == before


def test_a_mirror_of_one_dump_leaves_the_others_alone(dump, tmp_path):
    run(dump)
    run(write(tmp_path / "other", {"라.md": "# 라\n", "마.md": "# 마\n"}))
    (tmp_path / "other" / "라.md").unlink()

    run(tmp_path / "other", mirror=True)

    assert Entry.objects.live().count() == 5


def test_an_entry_two_dumps_share_is_kept(dump, tmp_path):
    run(dump)
    other = write(tmp_path / "other", {"다.md": "# 다\n\n글\n", "라.md": "# 라\n"})
    run(other)
    (dump / "다.md").unlink()

    ran = dry_and_real(dump, mirror=True)

    assert ran.totals == {"same": 3, "missing": 1}
    assert "other" in ran.item("다")["messages"][0]
    assert entry("다")


def test_an_edit_made_after_the_plan_saves_an_entry_from_the_mirror(dump, monkeypatch):
    from wiki.importing import writing

    run(dump)
    (dump / "다.md").unlink()
    write_batch = writing.Writer.write

    def someone_edits(self, steps, pages):
        make.edit(entry("다"), "위키의 글")
        return write_batch(self, steps, pages)

    monkeypatch.setattr(writing.Writer, "write", someone_edits)

    assert run(dump, mirror=True).totals == {"same": 3, "missing": 1}
    assert entry("다").body == "위키의 글"


# ── Clashes that make an entry of their own ───────────────────────────────────


def test_a_clash_can_become_an_entry_of_its_own(dump):
    run(dump)
    make.edit(entry("다"), "위키의 글")
    write(dump, {"다.md": "# 다\n\n덤프의 글\n"})

    ran = dry_and_real(dump, on_conflict="new")

    assert (ran.code, ran.totals) == (0, {"created": 1, "same": 3})
    assert entry("다").body == "위키의 글"
    assert entry("다 (dump)").body == "덤프의 글"
    assert "entry of its own" in ran.messages()
    note = ImportedNote.objects.get(key="다.md")
    assert note.entry == entry("다 (dump)")
    before = rows(but=RECORDS_OF_RUNS)
    assert run(dump).totals == {"same": 4}
    assert rows(but=RECORDS_OF_RUNS) == before


def test_a_newer_dump_goes_on_with_the_entry_that_parted(dump):
    run(dump)
    make.edit(entry("다"), "위키의 글")
    write(dump, {"다.md": "# 다\n\n덤프의 글\n"})
    run(dump, on_conflict="new")
    write(dump, {"다.md": "# 다\n\n덤프의 글\n\n더\n"})

    ran = dry_and_real(dump)

    assert ran.totals == {"updated": 1, "same": 3}
    assert entry("다 (dump)").body == "덤프의 글\n\n더"
    assert entry("다").body == "위키의 글"


def test_every_mode_is_told_by_a_dry_run(dump):
    run(dump)
    make.edit(entry("다"), "위키의 글")
    write(dump, {"다.md": "# 다\n\n덤프의 글\n", "라.md": "# 라\n"})
    (dump / "나.md").unlink()
    before = rows()

    told = {
        mode: run(dump, on_conflict=mode, mirror=True, dry_run=True).totals
        for mode in ("merge", "keep", "replace", "new")
    }

    rest = {"same": 2, "created": 1, "deleted": 1}
    assert told == {
        "merge": rest | {"conflict": 1},
        "keep": rest | {"skipped": 1},
        "replace": rest | {"updated": 1},
        "new": rest | {"created": 2},
    }
    assert rows() == before
    assert Revision.objects.count() == 5
