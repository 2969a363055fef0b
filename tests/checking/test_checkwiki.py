"""`checkwiki`: each thing that can be wrong is found once, and mended or said."""

import json
import os
import time
from io import BytesIO, StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import make
from wiki.checking import CheckOptions, check_wiki, store
from wiki.checking import run as checking
from wiki.checking.repairing import repair_row
from wiki.editing import reindexing
from wiki.files import facts_of, keep, path_of, rows_for
from wiki.models import (
    Alias,
    DumpName,
    Entry,
    EntryFile,
    EntryTag,
    ImportedFile,
    ImportedNote,
    Link,
    Revision,
    SiteState,
    StoredFile,
    Tag,
)

pytestmark = pytest.mark.django_db

BODY = "## 절차\n\n[[시작]]과 [[없는 글]], #태그\n"


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch):
    monkeypatch.setattr(checking, "SECONDS_TO_SETTLE", 0)
    monkeypatch.setattr(reindexing, "SECONDS_TO_SETTLE", 0)


@pytest.fixture
def entry():
    """A page with everything a page can have, among others."""
    make.entry("시작", "[[배포]]")
    made = make.entry("배포", BODY, tags=["CI", "k8s"], aliases=("릴리스",))
    make.edit(made, body=f"{BODY}\n둘째 판\n")
    make.edit(made, title="배포 절차")
    return Entry.objects.get(pk=made.pk)


def found(**options):
    return [(f.subject, f.code) for f in check_wiki(CheckOptions(**options))]


def store_file(data: bytes = b"\x89PNG\r\n\x1a\n" + b"x" * 50) -> StoredFile:
    facts = facts_of(BytesIO(data), "a.png")
    keep(BytesIO(data), facts)
    return rows_for([facts])[facts.sha256]


def update(record, **fields):
    type(record).objects.filter(pk=record.pk).update(**fields)


# ── What is wrong with entries ───────────────────────────────────────────────

DERIVED = {
    "head": lambda e: update(e, head=e.revisions.get(number=1)),
    "version": lambda e: update(e, version=9),
    "title_key": lambda e: update(e, title_key="다른 열쇠"),
    "sort_key": lambda e: update(e, sort_key=b"?"),
    "tags": lambda e: EntryTag.objects.filter(content_object=e).first().delete(),
    "aliases": lambda e: Alias.objects.filter(entry=e, kind="title").delete(),
    "outdated": lambda e: update(
        e, render_key="former release", html="<p>", headings=[]
    ),
    "html": lambda e: update(e, html="<p>다른 것</p>"),
    "headings": lambda e: update(e, headings=[]),
    "links": lambda e: Link.objects.filter(source=e).update(target=None),
    "files": lambda e: EntryFile.objects.create(entry=e, name="a.png"),
}
OF_PEOPLE = {
    "text": lambda e: update(e, body="누가 손댄 글", summary="그리고 요약"),
    "numbers": lambda e: e.revisions.filter(number=2).delete(),
    "slug": lambda e: update(e, slug="Not An Address"),
}


def test_wiki_that_people_wrote_is_clean(entry):
    other = make.entry("지울 글", "[[배포 절차]] ![](그림.png)")
    make.deleted(other)

    assert found(deep=True) == []


@pytest.mark.parametrize("code", DERIVED)
def test_what_is_derived_is_found_once_and_made_anew(entry, code):
    before = Entry.objects.values_list("body", "version", "html").get(pk=entry.pk)
    revisions = list(Revision.objects.order_by("pk").values())
    DERIVED[code](entry)

    assert [pair for pair in found() if pair[0] == entry.title] == [(entry.title, code)]
    repaired = list(check_wiki(CheckOptions(repair=True)))

    assert [f.is_repaired for f in repaired if f.code == code] == [True]
    assert found() == []
    assert list(Revision.objects.order_by("pk").values()) == revisions
    after = Entry.objects.values_list("body", "version", "html").get(pk=entry.pk)
    assert after == before


@pytest.mark.parametrize("code", OF_PEOPLE)
def test_what_people_wrote_is_told_and_left(entry, code):
    OF_PEOPLE[code](entry)
    before = list(Entry.objects.order_by("pk").values("title", "body", "slug"))

    repaired = list(check_wiki(CheckOptions(repair=True)))

    assert [f.code for f in repaired if not f.is_repaired] == [code]
    assert list(Entry.objects.order_by("pk").values("title", "body", "slug")) == before
    assert (entry.pk, code) in [
        (f.entry_id, f.code) for f in check_wiki(CheckOptions())
    ]


def test_fields_that_differ_from_the_history_are_named(entry):
    update(entry, body="누가 손댄 글", alias_names=["딴 이름"])

    sentences = [f.sentence for f in check_wiki(CheckOptions()) if f.code == "text"]

    assert sentences == ["It differs from its newest revision in: body, alias_names."]


def test_key_of_a_title_that_another_entry_has_is_a_persons_affair(entry):
    update(entry, title="시작", title_key="?", sort_key=b"?")
    update(entry.head, title="시작")

    codes = {f.code for f in check_wiki(CheckOptions(repair=True)) if not f.is_repaired}

    assert "title_key_taken" in codes


def test_page_whose_link_leads_elsewhere_now_is_found(entry):
    update(Entry.objects.get(title="시작"), visibility="curators")

    assert found() == [("배포 절차", "html"), ("배포 절차", "links")]


def test_cached_pages_are_not_shown_after_a_repair(entry):
    update(entry, html="<p>다른 것</p>")
    epoch = SiteState.objects.get().epoch

    list(check_wiki(CheckOptions(repair=True)))

    assert SiteState.objects.get().epoch > epoch
    assert Entry.objects.get(pk=entry.pk).links_version > entry.links_version


def test_tag_of_a_name_that_curators_took_away_stays(entry):
    tag = Tag.objects.get(key="ci")
    update(tag, name="지속 통합", key="지속-통합", slug="지속-통합")
    list(check_wiki(CheckOptions(repair=True)))

    assert found() == []
    assert EntryTag.objects.filter(tag=tag).count() == 1


# ── Other records ────────────────────────────────────────────────────────────


def test_rows_of_names_and_tags_are_mended(entry):
    for _ in range(2):
        DumpName.objects.create(source="덤프", key="/a", entry=entry)
    update(Tag.objects.get(key="ci"), sort_key=b"?")
    SiteState.objects.all().delete()

    codes = sorted(code for _, code in found())
    list(check_wiki(CheckOptions(repair=True)))

    assert codes == ["dump_name_double", "state", "tag_sort_key"]
    assert found() == []
    assert DumpName.objects.count() == 1


def test_memory_of_imports_that_is_not_whole_is_told(entry):
    file = ImportedFile.objects.create(
        source="덤프", path="a.md", sha256="0" * 64, rules_hash="r", parts=["a", "b"]
    )
    ImportedNote.objects.create(
        source="덤프",
        key="a",
        file=file,
        raw=b"",
        raw_hash="",
        content_hash="",
        title="a",
        entry=entry,
        entry_version=99,
    )

    assert found(repair=True) == [("a.md", "memory"), ("배포 절차", "memory_ahead")]


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL refuses it")
@pytest.mark.django_db(transaction=True)
def test_rows_that_belong_to_nothing_are_removed(entry):
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA foreign_keys=OFF")
        alias = Alias.objects.create(entry_id=999, name="a", key="a", slug="a")
        cursor.execute("PRAGMA foreign_keys=ON")

    assert found() == [(f"wiki_alias {alias.pk}", "dangling")]
    assert len(found(repair=True)) == 1
    assert found() == []


# ── Files ────────────────────────────────────────────────────────────────────


def test_files_without_their_bytes_are_told():
    gone, short, other = (store_file(b"GIF89a" + bytes([n]) * 9) for n in range(3))
    path_of(gone.sha256, gone.extension).unlink()
    path_of(short.sha256, short.extension).write_bytes(b"GIF")
    path_of(other.sha256, other.extension).write_bytes(b"GIF89b" + bytes([2]) * 9)

    assert found() == [(str(gone), "file_missing"), (str(short), "file_size")]
    assert (str(other), "file_hash") in found(deep=True, repair=True)
    assert StoredFile.objects.count() == 3


def test_bytes_without_a_record_are_removed_when_they_are_old():
    stored = store_file()
    folder = path_of(stored.sha256, "").parent
    young, old, unfinished = (folder / name for name in ("ab.png", "cd.png", ".new-1"))
    for path in (young, old, unfinished):
        path.write_bytes(b"x")
    for path in (old, unfinished):
        os.utime(path, (time.time() - 9999,) * 2)

    assert found() == [(".new-1", "file_unknown"), ("cd.png", "file_unknown")]
    list(check_wiki(CheckOptions(repair=True)))

    assert found() == []
    assert young.exists()
    assert path_of(stored.sha256, stored.extension).exists()
    young.unlink()


def test_bytes_whose_record_came_after_the_look_stay():
    """Uploaded again in between: what is there is not written once more."""
    stored = store_file()
    path = path_of(stored.sha256, stored.extension)
    os.utime(path, (time.time() - 9999,) * 2)
    StoredFile.objects.all().delete()
    (seen,) = store.check_bytes()
    stored.save(force_insert=True)

    assert not repair_row(seen)

    assert path.exists()
    path.unlink()


def test_bytes_under_another_suffix_than_their_record_has_are_removed():
    stored = store_file()
    path = path_of(stored.sha256, ".txt")
    path.write_bytes(b"x")
    os.utime(path, (time.time() - 9999,) * 2)

    list(check_wiki(CheckOptions(repair=True)))

    assert not path.exists()
    assert path_of(stored.sha256, stored.extension).exists()


# ── Beside others ────────────────────────────────────────────────────────────


def test_what_is_saved_while_it_looks_is_no_finding(entry, monkeypatch):
    """The first look sees half of a save; the second sees all of it."""
    looked = []

    def half(ids):
        looked.append(ids)
        if len(looked) == 1:
            return plain(ids) or made()
        return plain(ids)

    def made():
        return [checking.Finding("tags", "배포", repair="tags", entry_id=entry.pk)]

    plain = checking._CHECKS[0]
    monkeypatch.setattr(checking, "_CHECKS", (half,))

    assert found() == []
    assert looked == [[*Entry.objects.order_by("pk").values_list("pk", flat=True)]] + [
        [entry.pk]
    ]


def test_queries_do_not_grow_with_the_entries(entry):
    def queries():
        with CaptureQueriesContext(connection) as seen:
            assert found() == []
        return len(seen)

    make.entries(5, body="[[시작]]")
    few = queries()
    make.entries(60, body="[[시작]]")

    assert queries() <= few


def test_large_wikis_are_read_in_parts(entry, monkeypatch):
    make.entries(12)
    monkeypatch.setattr(checking, "ENTRIES_AT_ONCE", 5)

    parts = list(checking._parts(None, 4, 10**6))
    heavy = list(checking._parts(None, 4, 1))

    assert [len(part) for part in parts] == [4, 4, 4, 2]
    assert sum(parts, []) == sorted(Entry.objects.values_list("pk", flat=True))
    assert [len(part) for part in heavy] == [1] * 14


# ── The command ──────────────────────────────────────────────────────────────


def run(*arguments):
    """Its exit code and what it printed."""
    out = StringIO()
    try:
        call_command("checkwiki", *arguments, stdout=out, stderr=StringIO())
    except SystemExit as error:
        return error.code, out.getvalue()
    return 0, out.getvalue()


def test_command_says_that_all_is_well_after_the_first_import():
    notes = Path(settings.BASE_DIR, "fixtures", "notes", "devnotes.md")
    call_command("importnotes", str(notes), verbosity=0)

    code, out = run("--deep")

    assert code == 0
    assert out.splitlines()[-1] == "Everything fits together."


def test_command_names_what_is_wrong_and_what_would_mend_it(entry):
    update(entry, html="<p>")

    code, out = run()

    assert code == 1
    assert out.splitlines() == [
        "“배포 절차” (배포-절차): Its stored page is not what its text makes. "
        "Repairing (--repair) draws the page again from its text.",
        "Checked: 2 entries, 0 files.",
        "1 thing is wrong.",
    ]


def test_command_repairs_and_then_has_nothing_left(entry):
    update(entry, html="<p>")

    code, out = run("--repair")

    assert code == 0
    assert "Its stored page is not what its text makes. Repaired." in out
    assert run() == (0, "Checked: 2 entries, 0 files.\nEverything fits together.\n")


def test_command_fails_when_something_is_left_for_a_person(entry):
    update(entry, body="누가 손댄 글")

    code, out = run("--repair")

    assert code == 1
    assert "Compare the entry with its history, and save it again." in out


def test_command_tells_as_json(entry):
    update(entry, html="<p>")

    code, out = run("--json")
    report = json.loads(out)

    assert code == 1
    assert report["is_clean"] is False
    assert report["checked"] == {"entries": 2, "files": 0}
    assert [(f["code"], f["where"]) for f in report["findings"]] == [
        ("html", "배포-절차")
    ]


def test_command_prints_the_first_of_many():
    entries = make.entries(25)
    Entry.objects.filter(pk__in=[e.pk for e in entries]).update(html="<p>")

    lines = run()[1].splitlines()

    assert len(lines) == 23
    assert lines[20].startswith("… and 5 more")


def test_every_finding_has_a_sentence_and_a_way_out():
    from wiki.checking import findings

    for code, sentence in findings._SENTENCES.items():
        assert str(sentence).endswith((".", "%(reason)s")), code
