"""An import taken back: what goes, what stays, and what the next import then does."""

import io
import json
from dataclasses import dataclass

import pytest
from django.core.management import CommandError, call_command

from tests import make
from tests.importing.importer import RECORDS_OF_RUNS, entry, rows, run, tags_of, write
from wiki import editing
from wiki.importing import undo as undoing
from wiki.importing.lock import ImportRuns, one_import_at_a_time
from wiki.importing.undo import undo_import
from wiki.importing.undoable import Undoable
from wiki.models import (
    Batch,
    BatchKind,
    Decision,
    Entry,
    Import,
    ImportedNote,
    ImportItem,
    ImportStatus,
    Link,
    Revision,
)

pytestmark = pytest.mark.django_db


@dataclass(frozen=True)
class Undone:
    code: int
    report: dict

    @property
    def totals(self):
        return {name: n for name, n in self.report["totals"].items() if n}

    @property
    def items(self):
        return {item["title"]: item for item in self.report["items"]}


def undo(number=None, **options):
    """Undoes a run, the newest one if none is named."""
    number = number or Import.objects.latest("pk").pk
    out, err = io.StringIO(), io.StringIO()
    code = 0
    try:
        call_command("undoimport", number, json=True, stdout=out, stderr=err, **options)
    except SystemExit as end:
        code = end.code
    return Undone(code, json.loads(out.getvalue()))


def pages():
    """What readers find: every live entry with all it holds."""
    return {
        page.title: (
            page.pk,
            page.slug,
            page.body,
            page.summary,
            tuple(page.alias_names),
            tuple(page.head.tag_names()),
            page.html,
        )
        for page in Entry.objects.live().with_head()
    }


@pytest.fixture
def dump(tmp_path):
    return write(
        tmp_path / "dump",
        {
            "가.md": "# 가\n#태그\n\n하나\n둘\n셋\n넷\n다섯\n\n[[나]]\n",
            "나.md": "# 나\n\n[[가]]\n",
            "다.md": "# 다\n\n글\n",
        },
    )


@pytest.fixture
def newer(dump):
    """The dump imported, edited in the wiki, and imported again when it was newer."""
    run(dump)
    make.edit(entry("가"), entry("가").body.replace("다섯", "위키의 다섯"))
    write(
        dump,
        {
            "가.md": "# 가\n#태그 #더\n\n덤프의 하나\n둘\n셋\n넷\n다섯\n\n[[나]]\n",
            "나.md": "# 새 나\n\n[[가]] 더\n",
            "라.md": "# 라\n\n[[다]]\n",
        },
    )
    return dump


# ── What goes back ────────────────────────────────────────────────────────────


def test_a_first_import_is_undone_whole(dump):
    other = make.entry("먼저", "[[가]]를 기다린다")
    run(dump)

    undone = undo()

    assert (undone.code, undone.totals) == (0, {"deleted": 3})
    assert list(pages()) == ["먼저"]
    other.refresh_from_db()
    assert "/wiki/%EA%B0%80/" not in other.html
    assert other.links.get().target is None
    assert Import.objects.get().status == ImportStatus.UNDONE


def test_an_undo_is_one_act_of_its_author(dump, writer):
    run(dump)

    undo(author=writer.get_username())

    batch = Batch.objects.get(kind=BatchKind.UNDO)
    assert batch.author == writer
    assert Import.objects.get().undo_batch == batch
    assert {revision.author for revision in batch.revisions.all()} == {writer}
    assert batch.revisions.count() == 3
    assert "dump" not in batch.comment


def test_updated_merged_and_renamed_entries_have_their_former_text(newer):
    before = pages()
    assert run(newer).totals == {"merged": 1, "updated": 1, "created": 1, "same": 1}

    undone = undo()

    assert undone.totals == {"reverted": 2, "deleted": 1}
    assert pages() == before
    assert entry("나").version == 3
    assert Entry.objects.get(title="라").is_deleted


def test_what_a_mirror_deleted_is_back(dump):
    run(dump)
    (dump / "다.md").unlink()
    before = pages()
    assert run(dump, mirror=True).totals == {"same": 2, "deleted": 1}
    assert "다" not in pages()

    undone = undo()

    assert undone.totals == {"restored": 1}
    assert pages() == before


def test_entries_that_someone_touched_are_listed_and_left(dump):
    run(dump)
    make.edit(entry("가"), "위키의 글")
    make.deleted(entry("나"))

    undone = undo()

    assert (undone.code, undone.totals) == (3, {"left": 2, "deleted": 1})
    assert entry("가").body == "위키의 글"
    assert undone.items["가"]["status"] == "left"
    assert "r2" in undone.items["가"]["messages"][0]
    assert "deleted" in undone.items["나"]["messages"][0]
    assert Entry.objects.get(title="나").version == 2


def test_entries_that_a_later_import_changed_are_left(newer):
    run(newer)

    undone = undo(Import.objects.earliest("pk").pk)

    assert undone.totals == {"left": 2, "deleted": 1}
    assert set(pages()) == {"가", "새 나", "라"}


def test_runs_are_undone_one_after_the_other(dump):
    run(dump)
    write(dump, {"다.md": "# 다\n\n글 더\n"})
    run(dump)

    undo()
    undone = undo(Import.objects.earliest("pk").pk)

    # The entry was changed since, if only there and back.
    assert undone.totals == {"left": 1, "deleted": 2}


def test_a_title_someone_else_took_meanwhile_keeps_an_entry_as_it_is(newer):
    run(newer)
    make.entry("나", "더 빨랐다")

    dry, real = undo(dry_run=True), undo()

    assert dry.report["items"] == real.report["items"]
    assert real.totals == {"left": 1, "reverted": 1, "deleted": 1}
    assert "나" in real.items["새 나"]["messages"][0]
    assert entry("새 나")


def test_titles_that_went_from_hand_to_hand_go_back(dump):
    run(dump)
    write(
        dump,
        {
            "가.md": "# 나\n\n하나\n",
            "나.md": "# 다\n\n[[가]]\n",
            "다.md": "# 라\n\n글\n",
        },
    )
    before = pages()
    run(dump)
    make_sure = {page.source_path: page.title for page in Entry.objects.live()}
    assert "라" in make_sure.values()

    dry, real = undo(dry_run=True), undo()

    assert dry.report["items"] == real.report["items"]
    assert pages() == before


# ── Dry runs, repetitions, interruptions ──────────────────────────────────────


def test_a_dry_run_writes_nothing_and_says_what_a_real_one_does(newer):
    run(newer)
    make.edit(entry("다"), "위키의 글")
    before = rows()

    dry = undo(dry_run=True)

    assert rows() == before
    real = undo()
    assert dry.report["items"] == real.report["items"]
    assert (dry.totals, dry.code) == (real.totals, real.code)


def test_undoing_again_does_nothing_more(dump):
    run(dump)
    first = undo()
    before = rows(but={"wiki_import"})

    again = undo()

    assert again.totals == first.totals
    assert again.report["items"] == first.report["items"]
    assert rows(but={"wiki_import"}) == before


def test_an_undo_that_was_interrupted_is_completed_by_another(dump, monkeypatch):
    run(dump)
    monkeypatch.setattr(undoing, "_ENTRIES_AT_ONCE", 1)
    write_batch = undoing._Undo._write
    written = []

    def interrupted(self, steps):
        if len(written) == 2:
            raise KeyboardInterrupt
        written.append(steps)
        return write_batch(self, steps)

    monkeypatch.setattr(undoing._Undo, "_write", interrupted)
    assert undo().code == 130
    assert len(pages()) == 1
    assert Import.objects.get().status == ImportStatus.DONE

    monkeypatch.undo()
    undone = undo()

    assert (undone.code, undone.totals) == (0, {"deleted": 3})
    assert pages() == {}
    assert Batch.objects.filter(kind=BatchKind.UNDO).count() == 1
    assert Import.objects.get().status == ImportStatus.UNDONE


def test_a_batch_is_written_whole_or_not_at_all(dump, monkeypatch):
    run(dump)
    before = rows()

    def fails(self, turn, versions):
        raise KeyboardInterrupt

    monkeypatch.setattr(undoing._Memory, "go_back", fails)

    assert undo().code == 130
    assert rows() == before


def test_an_edit_made_while_the_undo_runs_is_left(dump, monkeypatch):
    run(dump)
    steps_of = Undoable.steps

    def someone_edits(self):
        steps = steps_of(self)
        make.edit(entry("가"), "위키의 글")
        return steps

    monkeypatch.setattr(Undoable, "steps", someone_edits)

    undone = undo()

    assert undone.totals == {"left": 1, "deleted": 2}
    assert entry("가").body == "위키의 글"


def test_it_can_stop_when_its_time_is_up(dump, monkeypatch):
    run(dump)
    monkeypatch.setattr(undoing, "_ENTRIES_AT_ONCE", 1)
    author = editing.Author(label="지현")

    report = undo_import(Import.objects.get(), author=author, is_time_up=lambda: True)

    assert (report.is_complete, len(pages())) == (False, 2)
    assert undo_import(Import.objects.get(), author=author).is_complete
    assert pages() == {}


def test_it_does_not_wait_for_an_import_unless_told_to(dump):
    run(dump)
    author = editing.Author(label="지현")

    with one_import_at_a_time(), pytest.raises(ImportRuns):
        undo_import(Import.objects.get(), author=author, waits=False)

    assert len(pages()) == 3


def test_a_run_that_wrote_nothing_is_undone_without_an_act(dump):
    run(dump)
    run(dump)

    undone = undo()

    assert (undone.code, undone.totals) == (0, {})
    assert not Batch.objects.filter(kind=BatchKind.UNDO).exists()


def test_an_unknown_number_is_said(dump):
    for number in (999, 0, -1, 10**30):
        with pytest.raises(CommandError, match="no import"):
            call_command("undoimport", number)


def test_the_summary_names_what_was_left(dump, capsys):
    run(dump)
    make.edit(entry("가"), "위키의 글")

    with pytest.raises(SystemExit) as end:
        call_command("undoimport", Import.objects.get().pk)

    assert end.value.code == 3
    out = capsys.readouterr().out
    assert "2 entries that it created are deleted." in out
    assert "가: It was changed since" in out


# ── The same dump again ───────────────────────────────────────────────────────


def test_the_same_dump_brings_what_was_undone_back(dump):
    first = run(dump)
    before = pages()
    undo()

    dry, again = run(dump, dry_run=True), run(dump)

    assert dry.items == again.items
    assert again.totals == first.totals
    assert pages() == before
    assert entry("가").version == 3
    assert Link.objects.filter(source__deleted_at=None, target=None).count() == 0
    before_third = rows(but=RECORDS_OF_RUNS)
    assert run(dump).totals == {"same": 3}
    assert rows(but=RECORDS_OF_RUNS) == before_third


def test_the_same_dump_merges_again_what_was_undone(newer):
    run(newer)
    after = pages()
    undo()

    dry, again = run(newer, dry_run=True), run(newer)

    assert dry.items == again.items
    assert again.totals == {"merged": 1, "updated": 1, "created": 1, "same": 1}
    assert pages() == after
    assert run(newer).totals == {"same": 4}


def test_what_was_undone_can_be_undone_again(newer):
    before_all = pages()
    run(newer)
    undo()
    run(newer)

    assert undo().totals == {"reverted": 2, "deleted": 1}
    assert pages() == before_all
    assert run(newer).totals == {"merged": 1, "updated": 1, "created": 1, "same": 1}


def test_the_older_dump_after_an_undo_is_the_same(newer):
    older = {"가.md": "# 가\n#태그\n\n하나\n둘\n셋\n넷\n다섯\n\n[[나]]\n"}
    older |= {"나.md": "# 나\n\n[[가]]\n"}
    run(newer)
    undo()
    before = pages()
    write(newer, older)
    (newer / "라.md").unlink()

    assert run(newer).totals == {"same": 3}
    assert pages() == before


def test_an_entry_that_is_restored_by_hand_and_deleted_again_stays_deleted(dump):
    run(dump)
    undo()
    gone = Entry.objects.get(title="가")
    editing.restore_entry(gone, base_version=gone.version, act=make.act())
    make.deleted(entry("가"))

    assert run(dump).totals == {"skipped": 1, "created": 2}


def test_what_was_undone_and_is_taken_by_another_gets_a_title_of_its_own(dump):
    run(dump)
    undo()
    make.entry("가", "손으로 쓴 글")

    ran = run(dump)

    assert ran.totals == {"created": 3}
    assert entry("가").body == "손으로 쓴 글"
    assert entry("가 (dump)").body.startswith("하나")


def test_what_was_mirrored_and_undone_is_mirrored_again(dump):
    run(dump)
    (dump / "다.md").unlink()
    run(dump, mirror=True)
    undo()

    assert run(dump, mirror=True).totals == {"same": 2, "deleted": 1}


def test_what_parted_goes_back_to_its_entry(dump):
    run(dump)
    make.edit(entry("다"), "위키의 글")
    write(dump, {"다.md": "# 다\n\n덤프의 글\n"})
    before = pages()
    assert run(dump, on_conflict="new").totals == {"created": 1, "same": 2}
    assert set(pages()) == {"가", "나", "다", "다 (dump)"}

    undo()

    assert pages() == before
    assert ImportedNote.objects.get(title="다").entry == entry("다")
    assert run(dump).totals == {"conflict": 1, "same": 2}


def test_conflicts_of_an_undone_run_wait_no_longer(dump):
    run(dump)
    make.edit(entry("다"), "위키의 글")
    write(dump, {"다.md": "# 다\n\n덤프의 글\n", "라.md": "# 라\n"})
    run(dump)

    undo()

    item = ImportItem.objects.get(status="conflict")
    assert (item.decision, item.needs_eyes) == (Decision.UNDONE, False)
    assert run(dump).totals == {"conflict": 1, "same": 2, "created": 1}


def test_replaced_text_is_replaced_again(dump):
    run(dump)
    make.edit(entry("다"), "위키의 글")
    write(dump, {"다.md": "# 다\n\n덤프의 글\n"})
    run(dump, on_conflict="replace")
    assert entry("다").body == "덤프의 글"

    undo()

    assert entry("다").body == "위키의 글"
    assert run(dump).totals == {"conflict": 1, "same": 2}


def test_tags_that_were_taken_away_stay_away_after_an_undo(dump):
    run(dump)
    make.edit(entry("가"), tags=["내 태그"])
    write(dump, {"가.md": "# 가\n#태그 #더\n\n하나 더\n"})
    run(dump)
    undo()

    run(dump)

    assert sorted(tags_of("가")) == ["내 태그", "더"]


def test_many_entries_take_a_bounded_number_of_queries(
    tmp_path, django_assert_max_num_queries
):
    files = {
        f"{n}.md": f"# 글 {n}\n본문 {n} [[글 {(n + 1) % 60}]]\n" for n in range(60)
    }
    run(write(tmp_path / "dump", files))

    with django_assert_max_num_queries(180):
        undo()

    assert Revision.objects.count() == 120
