"""Conflicts that wait: what they are, and what each way to end them leaves."""

import pytest

from tests import make
from tests.importing.importer import RECORDS_OF_RUNS, entry, rows, run, tags_of, write
from wiki import editing
from wiki.importing import deciding
from wiki.models import Decision, ImportedNote, ImportItem, Revision

pytestmark = pytest.mark.django_db

NOTE = "# 가\n#태그\n\n하나\n둘\n셋\n넷\n다섯\n여섯\n일곱\n"


@pytest.fixture
def dump(tmp_path):
    """A dump whose second state clashes with an edit in the wiki."""
    folder = write(tmp_path / "dump", {"가.md": NOTE})
    run(folder)
    body = entry("가").body.replace("둘", "위키의 둘").replace("다섯", "위키의 다섯")
    make.edit(entry("가"), body, tags=["태그", "내 태그"], by="도윤")
    write(
        folder,
        {"가.md": NOTE.replace("둘", "덤프의 둘").replace("#태그", "#태그 #새것")},
    )
    assert run(folder).totals == {"conflict": 1}
    return folder


def item():
    return ImportItem.objects.get(status="conflict", decision="")


def act(by="지현"):
    return make.act(by, kind="import")


def test_a_case_has_the_three_texts(dump):
    case = deciding.case_of(item())

    assert case.base.body == "하나\n둘\n셋\n넷\n다섯\n여섯\n일곱"
    assert case.wiki.body == "하나\n위키의 둘\n셋\n넷\n위키의 다섯\n여섯\n일곱"
    assert case.dump.body == "하나\n덤프의 둘\n셋\n넷\n다섯\n여섯\n일곱"
    assert case.merge.has_clash
    assert (
        case.joined.body
        == "하나\n위키의 둘\n덤프의 둘\n셋\n넷\n위키의 다섯\n여섯\n일곱"
    )


def test_accepting_takes_the_dumps_lines_where_they_clash(dump):
    waiting = item()
    saved = deciding.accept(waiting, base_version=entry("가").version, act=act())

    assert saved.entry.body == "하나\n덤프의 둘\n셋\n넷\n위키의 다섯\n여섯\n일곱"
    assert sorted(tags_of("가")) == ["내 태그", "새것", "태그"]
    assert entry("가").head.batch is None
    waiting.refresh_from_db()
    assert (waiting.decision, waiting.decided_label) == (Decision.ACCEPTED, "지현")
    assert waiting.decided_at is not None
    assert not waiting.needs_eyes


def test_accepting_as_an_account_names_it(dump, writer):
    waiting = item()

    deciding.accept(waiting, base_version=2, act=make.act(writer, kind="import"))

    waiting.refresh_from_db()
    assert waiting.decided_by == writer


def test_saving_takes_the_text_that_was_made(dump):
    content = editing.Content(title="가", body="둘 다")

    deciding.save(item(), content, base_version=2, act=act())

    assert entry("가").body == "둘 다"
    assert ImportItem.objects.get(status="conflict").decision == Decision.EDITED


def test_rejecting_leaves_the_entry_as_it_is(dump):
    version = entry("가").version

    deciding.reject(item(), author=act().author)

    assert entry("가").version == version
    assert ImportItem.objects.get(status="conflict").decision == Decision.REJECTED


@pytest.mark.parametrize("way", ["accept", "save", "reject"])
def test_the_same_dump_does_not_ask_again(dump, way):
    if way == "accept":
        deciding.accept(item(), base_version=2, act=act())
    elif way == "save":
        content = editing.Content(title="가", body="둘 다")
        deciding.save(item(), content, base_version=2, act=act())
    else:
        deciding.reject(item(), author=act().author)
    version = entry("가").version

    assert run(dump).totals == {"same": 1}
    assert entry("가").version == version
    before = rows(but=RECORDS_OF_RUNS)
    assert run(dump).totals == {"same": 1}
    assert rows(but=RECORDS_OF_RUNS) == before


def test_a_newer_dump_is_merged_with_what_was_decided(dump):
    deciding.reject(item(), author=act().author)
    write(dump, {"가.md": NOTE.replace("둘", "덤프의 둘").replace("일곱", "칠")})

    assert run(dump).totals == {"merged": 1}
    assert entry("가").body == "하나\n위키의 둘\n셋\n넷\n위키의 다섯\n여섯\n칠"


def test_an_entry_that_has_just_the_dumps_text_is_untouched_again(tmp_path):
    folder = write(tmp_path / "dump", {"가.md": "# 가\n둘\n"})
    run(folder)
    make.edit(entry("가"), "위키의 둘")
    write(folder, {"가.md": "# 가\n덤프의 둘\n"})
    run(folder)

    deciding.accept(item(), base_version=2, act=act())

    assert ImportedNote.objects.get().entry_version == entry("가").version == 3


def test_what_was_decided_is_not_decided_again(dump):
    waiting = item()
    deciding.reject(waiting, author=act().author)

    with pytest.raises(deciding.AlreadyDecided):
        deciding.accept(waiting, base_version=2, act=act())

    assert entry("가").version == 2
    assert Revision.objects.count() == 2


def test_an_edit_made_meanwhile_elsewhere_is_merged(dump):
    make.edit(entry("가"), entry("가").body.replace("넷", "위키의 넷"))

    saved = deciding.accept(item(), base_version=2, act=act())

    assert saved.entry.body == "하나\n덤프의 둘\n셋\n위키의 넷\n위키의 다섯\n여섯\n일곱"


def test_an_edit_made_meanwhile_in_that_place_keeps_it_open(dump):
    make.edit(entry("가"), entry("가").body.replace("위키의 둘", "새 둘"))

    with pytest.raises(editing.EditConflict):
        deciding.accept(item(), base_version=2, act=act())

    assert item().needs_eyes
    assert entry("가").version == 3
    assert "새 둘" in deciding.case_of(item()).wiki.body


def test_a_deleted_entry_keeps_it_open(dump):
    make.deleted(entry("가"))

    with pytest.raises(editing.EntryGone):
        deciding.accept(item(), base_version=2, act=act())

    assert item().needs_eyes


def test_titles_and_other_fields_clash_too(tmp_path):
    folder = write(tmp_path / "dump", {"a.md": "---\nsummary: 요약\n---\n# 가\n글\n"})
    run(folder)
    make.edit(entry("가"), title="위키 가", summary="위키 요약")
    write(folder, {"a.md": "---\nsummary: 덤프 요약\n---\n# 덤프 가\n글\n"})
    assert run(folder).totals == {"conflict": 1}

    case = deciding.case_of(item())
    assert set(case.merge.clashing_fields) == {"title", "summary"}
    deciding.accept(item(), base_version=2, act=act())

    assert entry("덤프 가").summary == "덤프 요약"
    assert run(folder).totals == {"same": 1}


# ── Runs after the one that asks ──────────────────────────────────────────────


def test_a_later_run_that_asks_the_same_closes_the_older_question(dump):
    older = item()

    run(dump)

    assert item().pk != older.pk
    older.refresh_from_db()
    assert (older.decision, older.needs_eyes) == (Decision.SUPERSEDED, False)


def test_a_conflict_that_was_settled_in_the_wiki_is_closed(dump):
    dumped = deciding.case_of(item()).dump
    make.edit(entry("가"), dumped.body, tags=[tag.name for tag in dumped.tags])

    run(dump)

    assert ImportItem.objects.get(status="conflict").decision == Decision.SUPERSEDED


@pytest.mark.parametrize("mode", ["keep", "replace", "new"])
def test_a_conflict_that_the_command_settles_is_closed(dump, mode):
    run(dump, on_conflict=mode)

    assert ImportItem.objects.get(status="conflict").decision == Decision.SUPERSEDED


def test_a_conflict_stays_open_while_its_note_is_missing(dump):
    (dump / "가.md").unlink()
    write(dump, {"나.md": "# 나\n다른 글\n"})

    run(dump)

    assert item()
