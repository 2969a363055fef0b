"""A rename that writes the new title into the notes that link to it."""

import pytest

from tests import make
from wiki.checking import CheckOptions, check_wiki
from wiki.editing import (
    EditConflict,
    InvalidContent,
    drawing,
    edit_entry,
    rename_entry,
)
from wiki.editing.background import draw_left
from wiki.editing.batches import undo_batch
from wiki.editing.content import Content
from wiki.editing.renaming import notes_with_title, rename_with_links
from wiki.models import Batch, Entry, Link, Revision

pytestmark = pytest.mark.django_db


def fresh(entry):
    return Entry.objects.with_head().get(pk=entry.pk)


def rename(entry, title, *, by=make.AUTHOR, notes=None):
    entry = fresh(entry)
    if notes is None:
        notes = notes_with_title(entry).values_list("pk", flat=True)
    return rename_with_links(
        entry,
        title,
        base_version=entry.version,
        act=make.act(by, comment="딴 이름"),
        note_ids=list(notes),
        comment=f"이제 {title}",
    )


def body_of(entry):
    return fresh(entry).body


def findings():
    return [finding.code for finding in check_wiki(CheckOptions())]


def leads(entry):
    """Where the links of the page lead, by the rows and in its HTML."""
    entry = fresh(entry)
    rows = list(entry.links.order_by("position"))
    assert all(row.destination in entry.html for row in rows)
    return [row.target and row.target.title for row in rows]


def test_links_of_every_way_get_the_new_title_and_all_else_stays():
    target = make.entry("옛 이름", aliases=("별명",))
    body = (
        "[[옛 이름]]은 [[옛 이름#절|그것]], [x](/wiki/옛-이름/), [[별명]]\r\n\r\n"
        "`[[옛 이름]]` 🚀\n\n    [[옛 이름]]\n"
    )
    note = make.entry("글", body, tags=["a"], summary="요약")

    done = rename(target, "새 이름")

    assert body_of(note) == (
        "[[새 이름]]은 [[새 이름#절|그것]], [x](/wiki/새-이름/), [[별명]]\n\n"
        "`[[옛 이름]]` 🚀\n\n    [[옛 이름]]\n"
    )
    assert leads(note) == ["새 이름"] * 3
    assert (done.written, done.left) == ((note.pk,), ())
    assert list(fresh(note).head.tag_names()) == ["a"]
    assert findings() == []


def test_it_is_one_batch_of_whoever_did_it(writer):
    target = make.entry("옛 이름")
    notes = [make.entry(f"글 {n}", "[[옛 이름]]") for n in range(3)]

    done = rename(target, "새 이름", by=writer)

    batch = Batch.objects.get()
    assert (done.batch, batch.kind, batch.author) == (batch, "rename", writer)
    revisions = Revision.objects.filter(batch=batch).order_by("pk")
    assert [r.kind for r in revisions] == ["rename", "edit", "edit", "edit"]
    assert {r.author for r in revisions} == {writer}
    assert {r.comment for r in revisions[1:]} == {"이제 새 이름"}
    assert all(r.is_minor for r in revisions[1:])
    assert {fresh(note).version for note in notes} == {2}


def test_notes_that_are_written_are_drawn_once(monkeypatch):
    target = make.entry("옛 이름")
    notes = [make.entry(f"글 {n}", f"{n} [[옛 이름]]") for n in range(3)]
    drawn = []

    def render(job, draw=drawing.run_render_job):
        drawn.append(job.body)
        return draw(job)

    monkeypatch.setattr(drawing, "run_render_job", render)
    rename(target, "새 이름")

    linking = sorted(body for body in drawn if "[[" in body)
    assert linking == [f"{n} [[새 이름]]" for n in range(3)]
    assert [leads(note) for note in notes] == [["새 이름"]] * 3
    assert draw_left() == 0


def test_it_can_be_taken_back_as_one():
    target = make.entry("옛 이름")
    body = "앞 [[옛 이름|이것]] 뒤\n\n둘\n\n셋"
    notes = [make.entry(f"글 {n}", body) for n in range(3)]
    done = rename(target, "새 이름")
    later = make.edit(notes[2], body_of(notes[2]).replace("셋", "나중에 쓴 것"))

    undo_batch(done.batch, act=make.act())

    assert fresh(target).title == "옛 이름"
    assert [body_of(n) for n in notes[:2]] == [body] * 2
    assert body_of(later) == body.replace("셋", "나중에 쓴 것")
    assert {tuple(leads(note)) for note in notes} == {("옛 이름",)}
    assert findings() == []


def test_links_by_former_titles_are_written_too():
    target = make.entry("가")
    first = make.entry("첫째", "[[가]]")
    target = rename(target, "나", notes=[]).saved.entry
    second = make.entry("둘째", "[[나]]")

    rename(target, "다")

    assert (body_of(first), body_of(second)) == ("[[다]]", "[[다]]")


def test_rename_there_and_back_and_around():
    target, note = make.entry("가"), make.entry("글", "[[가]] [[가|x]]")

    for title in ("나", "가", "나", "다"):
        target = rename(target, title).saved.entry
        assert body_of(note) == f"[[{title}]] [[{title}|x]]"
        assert leads(note) == [title, title]

    assert findings() == []


def test_chains_and_loops_of_renames_lead_on_without_it():
    first, second = make.entry("가"), make.entry("나")
    note = make.entry("글", "[[가]] [[나]] [[다]]")
    for entry, title in ((first, "다"), (second, "가"), (first, "나")):
        entry = fresh(entry)
        rename_entry(entry, title, base_version=entry.version, act=make.act())

    # A title beats what others were called before.
    assert leads(note) == ["가", "나", "나"]
    assert findings() == []


def test_of_two_that_change_names_each_is_led_to():
    first, second = make.entry("가"), make.entry("나")
    note = make.entry("글", "[[가]] [[나]]")

    rename(first, "임시")
    rename(second, "가")
    rename(first, "나")

    assert body_of(note) == "[[나]] [[가]]"
    assert leads(note) == ["나", "가"]


def test_a_note_that_changed_meanwhile_is_merged_with(monkeypatch):
    target = make.entry("옛 이름")
    note = make.entry("글", "[[옛 이름]]\n\n둘\n\n셋")
    act = make.act("민수")
    edit = Content(title="글", body="[[옛 이름]]\n\n둘\n\n셋 더")
    save = edit_entry

    def change_first(edits):
        monkeypatch.undo()
        save(note, edit, base_version=1, act=act)
        from wiki.editing.entries import edit_entries

        return edit_entries(edits)

    monkeypatch.setattr("wiki.editing.renaming.edit_entries", change_first)
    rename(target, "새 이름")

    assert body_of(note) == "[[새 이름]]\n\n둘\n\n셋 더"


def test_a_clash_leaves_the_note_as_it_is(monkeypatch):
    target = make.entry("옛 이름")
    note = make.entry("글", "[[옛 이름]] 하나")

    def change_first(edits):
        monkeypatch.undo()
        make.edit(note, "[[옛 이름]]이 아니라 둘")
        from wiki.editing.entries import edit_entries

        return edit_entries(edits)

    monkeypatch.setattr("wiki.editing.renaming.edit_entries", change_first)
    done = rename(target, "새 이름")

    assert (done.written, done.left) == ((), (note.pk,))
    assert body_of(note) == "[[옛 이름]]이 아니라 둘"
    assert leads(note) == ["새 이름"]


def test_a_title_that_no_link_can_have_leaves_the_notes():
    target, note = make.entry("옛 이름"), make.entry("글", "[[옛 이름]]")

    done = rename(target, "가|나")

    assert done.left == (note.pk,)
    assert fresh(note).render_key == ""
    assert draw_left() == 1
    assert leads(note) == ["가|나"]


def test_a_rename_that_is_refused_leaves_nothing():
    target, note = make.entry("옛 이름"), make.entry("글", "[[옛 이름]]")
    make.entry("새 이름")

    with pytest.raises(InvalidContent):
        rename(target, "새 이름")
    rename_entry(target, "나", base_version=1, act=make.act())
    act = make.act()
    with pytest.raises(EditConflict):
        rename_with_links(
            target, "다", base_version=1, act=act, note_ids=[note.pk], comment=""
        )

    assert not Batch.objects.exists()
    assert body_of(note) == "[[옛 이름]]"


def test_the_title_it_has_is_no_rename():
    target = make.entry("가")

    assert rename(target, "가").batch is None
    assert not Batch.objects.exists()


def test_notes_of_a_dump_keep_links_that_are_paths():
    target = make.entry("Redis")
    note = make.entry("글", "[x](Redis.md) [[Redis]]")

    rename(target, "레디스")

    assert body_of(note) == "[x](Redis.md) [[레디스]]"
    assert Link.objects.filter(source=note, target=target).count() == 2
