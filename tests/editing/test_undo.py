"""Taking changes back through the write door, and the marks that are left."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests import make
from wiki import editing
from wiki.models import Entry, RevisionMark

pytestmark = pytest.mark.django_db

TEXT = "첫째 줄이다\n\n둘째 줄이다\n\n셋째 줄이다\n"


def fresh(entry):
    return Entry.objects.with_head().get(pk=entry.pk)


def undo(entry, number, **options):
    entry = fresh(entry)
    return editing.undo_revision(
        entry,
        make.revision(entry, number),
        base_version=options.pop("base_version", entry.version),
        act=make.act("도윤", **options),
    )


def reverted(entry):
    marks = RevisionMark.objects.filter(revision__entry=entry, kind="reverted")
    return list(
        marks.order_by("revision__number").values_list("revision__number", flat=True)
    )


@pytest.fixture
def entry():
    """r1 the text, r2 changes the second line and the tags, r3 the third line."""
    entry = make.entry("배포", TEXT, tags=["CI"])
    entry = make.edit(
        entry, TEXT.replace("둘째", "다음"), tags=["CI", "k8s"], summary="요약"
    )
    return make.edit(entry, entry.body.replace("셋째", "마지막"))


def test_one_change_in_the_middle_goes_and_later_ones_stay(entry):
    saved = undo(entry, 2, comment="r2는 틀렸다")

    now = fresh(entry)
    assert now.body == TEXT.replace("셋째", "마지막")
    assert list(now.head.tag_names()) == ["CI"]
    assert now.summary == ""
    assert (saved.status, now.version) == ("updated", 4)
    assert (now.head.kind, now.head.comment) == ("revert", "r2는 틀렸다")
    assert not now.head.coauthors.exists()


def test_what_is_undone_is_marked_with_who_undid_it(entry, writer):
    editing.undo_revision(
        fresh(entry), make.revision(entry, 2), base_version=3, act=make.act(writer)
    )

    [mark] = RevisionMark.objects.all()
    assert (mark.revision.number, mark.kind) == (2, "reverted")
    assert (mark.reason, mark.author) == ("r4", writer)


def test_the_newest_change_can_be_undone(entry):
    undo(entry, 3)

    assert fresh(entry).body == TEXT.replace("둘째", "다음")
    assert reverted(entry) == [3]


def test_undoing_twice_saves_nothing_the_second_time(entry):
    undo(entry, 2)

    assert undo(entry, 2).status == "same"
    assert fresh(entry).version == 4


def test_an_undo_can_be_undone(entry):
    undo(entry, 2)
    undo(entry, 4)

    now = fresh(entry)
    assert now.body == TEXT.replace("둘째", "다음").replace("셋째", "마지막")
    assert list(now.head.tag_names()) == ["CI", "k8s"]
    # What happened stays said.
    assert reverted(entry) == [2, 4]


def test_later_changes_of_the_same_place_are_a_conflict_and_nothing_is_written(entry):
    make.edit(entry, entry.body.replace("다음 줄이다", "고친 줄이다"))

    with pytest.raises(editing.EditConflict) as caught:
        undo(entry, 2)

    assert "둘째" in caught.value.mine.body
    assert "고친" in caught.value.current.body
    assert (fresh(entry).version, reverted(entry)) == (4, [])


def test_what_others_saved_meanwhile_is_merged(entry):
    make.edit(entry, entry.body.replace("첫째", "처음"))

    saved = undo(entry, 2, base_version=3)

    assert fresh(entry).body == TEXT.replace("첫째", "처음").replace("셋째", "마지막")
    assert saved.status == "merged"


def test_a_title_comes_back_with_its_links():
    entry = make.entry("옛 이름", "글\n")
    page = make.entry("안내", "[[옛 이름]]\n")
    renamed = editing.rename_entry(
        entry, "새 이름", base_version=1, act=make.act()
    ).entry
    make.edit(renamed, "글\n\n더\n")

    undo(entry, 2)

    now = fresh(entry)
    assert (now.title, now.body) == ("옛 이름", "글\n\n더\n")
    assert now.get_absolute_url() in fresh(page).html


def test_a_title_that_is_taken_by_now_is_refused():
    entry = make.entry("이름", "글\n")
    editing.rename_entry(entry, "다른 이름", base_version=1, act=make.act())
    make.entry("이름", "남의 글\n")

    with pytest.raises(editing.InvalidContent):
        undo(entry, 2)


def test_a_deleted_entry_has_nothing_to_undo(entry):
    make.deleted(fresh(entry))

    with pytest.raises(editing.EntryGone):
        undo(entry, 2)


def test_a_revert_marks_all_that_it_takes_back(entry):
    now = fresh(entry)
    editing.revert_entry(
        now, make.revision(entry, 1), base_version=3, act=make.act("도윤")
    )

    assert fresh(entry).body == TEXT
    assert reverted(entry) == [2, 3]


def test_a_refused_revert_marks_nothing(entry):
    with pytest.raises(editing.StaleEntry):
        editing.revert_entry(
            fresh(entry), make.revision(entry, 1), base_version=2, act=make.act()
        )

    assert reverted(entry) == []


def test_a_second_revert_keeps_the_first_marks(entry):
    for base_version in (3, 4):
        target = make.revision(entry, 1 if base_version == 3 else 3)
        editing.revert_entry(
            fresh(entry), target, base_version=base_version, act=make.act()
        )

    assert reverted(entry) == [2, 3, 4]
    assert RevisionMark.objects.get(revision__number=3).reason == "r4"


def test_the_latest_run_is_of_one_author(writer, other_writer):
    entry = make.entry("배포", "1\n", by=writer)
    assert editing.latest_run(entry) == range(1, 2)

    entry = make.edit(entry, "2\n", by=other_writer)
    entry = make.edit(entry, "3\n", by=writer)
    entry = make.edit(entry, "4\n", by=writer)
    assert editing.latest_run(entry) == range(3, 5)


def test_visitors_are_told_apart_by_their_addresses():
    def visit(entry, body, address):
        act = editing.Act(author=editing.Author(label="방문자", address_hash=address))
        content = editing.Content(title=entry.title, body=body)
        return editing.edit_entry(
            entry, content, base_version=entry.version, act=act
        ).entry

    entry = make.entry("배포", "1\n", by="방문자")
    for body, address in (("2\n", "a"), ("3\n", "b"), ("4\n", "b")):
        entry = visit(fresh(entry), body, address)

    assert editing.latest_run(entry) == range(3, 5)


lines = st.lists(st.integers(0, 9), min_size=2, max_size=4, unique=True)


@settings(
    max_examples=25,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    deadline=None,
)
@given(places=lines)
def test_undoing_one_of_several_apart_leaves_the_others(db, places):
    start = [f"{n}번째 문단의 글이다" for n in range(10)]
    entry = make.entry("", "\n\n".join(start) + "\n")
    edited = list(start)
    for place in places:
        edited[place] += " 고침"
        entry = make.edit(entry, "\n\n".join(edited) + "\n")

    undo(entry, 2)

    edited[places[0]] = start[places[0]]
    assert fresh(entry).body == "\n\n".join(edited) + "\n"
