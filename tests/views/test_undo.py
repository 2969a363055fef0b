"""The pages that take changes back: one in the middle, or one author's latest."""

import pytest

from tests import make, people
from tests.views.acting import address, fresh, text_of
from tests.views.filling import fields_of
from wiki import editing
from wiki.models import RevisionMark

pytestmark = pytest.mark.django_db

TEXT = "첫째 줄이다\n\n둘째 줄이다\n\n셋째 줄이다\n"


def hide(entry, number):
    editing.hide_revision(
        make.revision(entry, number), author=make.act("관리").author, reason="비밀"
    )


@pytest.fixture
def entry():
    entry = make.entry("배포", TEXT, tags=["CI"])
    entry = make.edit(entry, TEXT.replace("둘째", "다음"), tags=["CI", "k8s"])
    return make.edit(entry, entry.body.replace("셋째", "마지막"), by="민수")


# ── Undoing one change ────────────────────────────────────────────────────────
def test_page_asks_and_shows_what_will_change(as_writer, entry):
    answer = as_writer.get(address(entry, "undo/2/"))

    page = text_of(answer)
    assert answer.status_code == 200
    assert 'name="base_version" value="3"' in page
    assert 'value="Undo of r2"' in page
    assert 'content="noindex"' in page
    assert "<del>다음</del>" in page
    assert "<ins>둘째</ins>" in page
    assert "<del>k8s</del>" in page
    assert "마지막</del>" not in page
    assert fresh(entry).version == 3


def test_undo_makes_a_revision_without_the_change(as_writer, writer, entry):
    answer = as_writer.post(
        address(entry, "undo/2/"), {"base_version": 3, "comment": "둘째가 맞다"}
    )

    now = fresh(entry)
    assert answer.status_code == 302
    assert answer.url == entry.get_absolute_url()
    assert (now.version, now.body) == (4, TEXT.replace("셋째", "마지막"))
    assert (now.head.kind, now.head.author) == ("revert", writer)
    assert now.head.comment == "둘째가 맞다"
    assert RevisionMark.objects.get().revision.number == 2
    assert "What r2 changed is undone" in text_of(as_writer.get(answer.url))


def test_undo_sent_twice_makes_one_revision(as_writer, entry):
    data = {"base_version": 3, "comment": ""}

    answers = [as_writer.post(address(entry, "undo/2/"), data) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert fresh(entry).version == 4


def test_what_is_gone_already_is_not_offered(as_writer, entry):
    as_writer.post(address(entry, "undo/2/"), {"base_version": 3})

    page = text_of(as_writer.get(address(entry, "undo/2/")))

    assert "nothing to undo" in page
    assert 'name="base_version"' not in page


def test_what_was_saved_meanwhile_stays(as_writer, entry):
    make.edit(entry, entry.body.replace("첫째", "처음"))

    as_writer.post(address(entry, "undo/2/"), {"base_version": 3})

    assert fresh(entry).body == TEXT.replace("셋째", "마지막").replace("첫째", "처음")


def test_overlap_leads_to_the_page_that_joins_edits(as_writer, entry):
    entry = make.edit(entry, entry.body.replace("다음 줄이다", "고친 줄이다"))

    asked = text_of(as_writer.get(address(entry, "undo/2/")))
    assert "you will be asked what is to stand there" in asked

    answer = as_writer.post(
        address(entry, "undo/2/"), {"base_version": 4, "comment": "r2는 틀렸다"}
    )

    page = text_of(answer)
    assert answer.status_code == 409
    assert fresh(entry).version == 4
    assert "둘째" in page
    assert "고친" in page
    assert 'value="r2는 틀렸다"' in page
    assert f'action="{address(entry, "edit/")}"' in page
    assert "cannot be undone by itself" in page
    assert "<h1>Later changes touch what r2 changed</h1>" in page
    assert "A newer revision" not in page
    assert not RevisionMark.objects.exists()


@pytest.fixture
def in_conflict(as_writer, entry):
    """The page that joins the undo of r2 with r4."""
    make.edit(entry, entry.body.replace("다음 줄이다", "고친 줄이다"))
    return as_writer.post(address(entry, "undo/2/"), {"base_version": 4})


def joined(answer, *choices, **fields):
    picked = {f"choice-{n}": choice for n, choice in enumerate(choices, 1)}
    return fields_of(answer, "w-join") | picked | {"do": "join"} | fields


def test_an_undo_that_was_joined_marks_what_it_took_back(as_writer, entry, in_conflict):
    saved = as_writer.post(address(entry, "edit/"), joined(in_conflict, "mine"))

    now = fresh(entry)
    assert saved.status_code == 302
    assert (now.version, now.head.kind) == (5, "revert")
    assert now.body == TEXT.replace("셋째", "마지막")
    mark = RevisionMark.objects.get()
    assert (mark.kind, mark.revision.number, mark.reason) == ("reverted", 2, "r5")
    assert "What r2 changed is undone" in text_of(as_writer.get(saved.url))


def test_an_undo_is_one_through_every_page_on_its_way(as_writer, entry, in_conflict):
    path = address(entry, "edit/")
    answer = as_writer.post(path, joined(in_conflict))
    assert answer.status_code == 409
    assert "<h1>Later changes touch what r2 changed</h1>" in text_of(answer)
    answer = as_writer.post(path, joined(answer, do="preview"))
    make.edit(entry, fresh(entry).body.replace("고친 줄이다", "또 고친 줄이다"))
    answer = as_writer.post(path, joined(answer, "mine"))
    assert answer.status_code == 409
    answer = as_writer.post(path, joined(answer, "mine", do="edit"))
    assert answer.status_code == 200

    as_writer.post(path, fields_of(answer))

    assert fresh(entry).version == 6
    assert RevisionMark.objects.get().revision.number == 2


def test_an_undo_that_keeps_the_latest_marks_nothing(as_writer, entry, in_conflict):
    sent = joined(in_conflict, "latest", tags="CI, k8s")

    as_writer.post(address(entry, "edit/"), sent)

    assert fresh(entry).version == 4
    assert not RevisionMark.objects.exists()


@pytest.mark.parametrize("undoes", ["2", "1.2", "x:y", "", "1.2:" + "A" * 43])
def test_a_save_cannot_call_itself_an_undo(as_writer, entry, in_conflict, undoes):
    sent = joined(in_conflict, "mine", undoes=undoes)

    as_writer.post(address(entry, "edit/"), sent)

    assert fresh(entry).version == 5
    assert fresh(entry).head.kind != "revert"
    assert not RevisionMark.objects.exists()


def test_what_undoes_another_entry_undoes_nothing_here(as_writer, entry, in_conflict):
    other = make.edit(make.entry("빌드", "하나\n"), "둘\n")
    undoes = fields_of(in_conflict, "w-join")["undoes"]

    as_writer.post(
        address(other, "edit/"),
        {"title": "빌드", "body": "셋\n", "base_version": 2, "undoes": undoes},
    )

    assert fresh(other).version == 3
    assert not RevisionMark.objects.exists()


# ── Properties, which no field of the form has ────────────────────────────────
@pytest.fixture
def with_properties():
    """Three revisions that differ in their properties, and in a line."""
    entry = make.entry("배포", TEXT, properties=(("status", "draft"), ("n", 1)))
    entry = make.edit(entry, TEXT.replace("둘째", "다음"), properties=(("n", 2),))
    return make.edit(entry, properties=(("n", 3),))


def undo_of_the_second(client, entry):
    version = fresh(entry).version
    return client.post(address(entry, "undo/2/"), {"base_version": version})


@pytest.mark.parametrize(
    ("choice", "expected"),
    [("mine", [["status", "draft"], ["n", 1]]), ("latest", [["n", 3]])],
)
def test_clashing_properties_are_chosen(as_writer, with_properties, choice, expected):
    entry, path = with_properties, address(with_properties, "edit/")
    answer = undo_of_the_second(as_writer, entry)
    page = text_of(answer)
    assert answer.status_code == 409
    assert "status: draft" in page
    assert "n: 3" in page
    assert 'name="choice-properties" value="mine"' in page
    assert 'name="choice-properties" value="own"' not in page

    open_still = as_writer.post(path, joined(answer))
    assert (open_still.status_code, fresh(entry).version) == (409, 3)
    picked = {"choice-properties": choice}
    changed = as_writer.post(path, joined(answer, **picked, do="diff"))
    assert changed.status_code == 200
    assert f'value="{choice}" checked' in text_of(changed)
    saved = as_writer.post(path, joined(answer, **picked))

    assert saved.status_code == 302
    assert fresh(entry).properties == expected
    assert "둘째" in fresh(entry).body


def test_properties_are_taken_back_where_only_lines_clash(as_writer):
    entry = make.entry("배포", TEXT, properties=(("n", 1),))
    entry = make.edit(entry, TEXT.replace("둘째", "다음"), properties=(("n", 2),))
    make.edit(entry, entry.body.replace("다음 줄이다", "고친 줄이다"))
    answer = undo_of_the_second(as_writer, entry)

    as_writer.post(address(entry, "edit/"), joined(answer, "latest"))

    assert fresh(entry).properties == [["n", 1]]


def test_chosen_properties_go_along_with_the_way_to_the_editor(
    as_writer, with_properties
):
    entry, path = with_properties, address(with_properties, "edit/")
    answer = undo_of_the_second(as_writer, entry)
    editor = as_writer.post(
        path, joined(answer, **{"choice-properties": "mine"}, do="edit")
    )

    as_writer.post(path, fields_of(editor))

    assert fresh(entry).properties == [["status", "draft"], ["n", 1]]


def test_properties_of_what_is_hidden_are_not_brought_back(as_writer, with_properties):
    entry = make.edit(with_properties, "넷째\n")
    hide(entry, 1)
    sent = {"title": "배포", "body": "새 글\n", "base_version": 4, "properties_of": 1}

    as_writer.post(address(entry, "edit/"), sent)

    assert fresh(entry).version == 5
    assert fresh(entry).properties == [["n", 3]]


@pytest.mark.parametrize("number", ["", "x", "99", "-1", "9" * 30])
def test_properties_of_no_revision_are_the_latest(as_writer, with_properties, number):
    sent = {"title": "배포", "body": "새 글\n", "base_version": 3}

    as_writer.post(address(with_properties, "edit/"), sent | {"properties_of": number})

    assert fresh(with_properties).properties == [["n", 3]]


def test_the_first_revision_and_unknown_ones_are_404(as_writer, entry):
    for number in (0, 1, 9):
        assert as_writer.get(address(entry, f"undo/{number}/")).status_code == 404
        assert as_writer.post(address(entry, f"undo/{number}/")).status_code == 404


def test_hidden_revisions_are_404_on_either_side(as_writer, as_curator, entry):
    hide(entry, 2)

    for number in (2, 3):
        assert as_writer.get(address(entry, f"undo/{number}/")).status_code == 404
        assert as_curator.get(address(entry, f"undo/{number}/")).status_code == 200


def test_form_without_its_version_asks_again(as_writer, entry):
    answer = as_writer.post(address(entry, "undo/2/"), {"comment": "나"})

    assert answer.status_code == 400
    assert 'value="나"' in text_of(answer)
    assert fresh(entry).version == 3


def test_a_title_that_is_taken_is_said(as_writer):
    entry = make.entry("이름", "글\n")
    entry = editing.rename_entry(
        entry, "다른 이름", base_version=1, act=make.act()
    ).entry
    make.entry("이름", "남의 글\n")

    answer = as_writer.post(address(entry, "undo/2/"), {"base_version": 2})

    assert answer.status_code == 400
    assert "already an entry with the title" in text_of(answer)


@pytest.mark.parametrize("act", ["undo/2/", "rollback/"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_visitors_are_sent_to_sign_in(visitor, entry, act, method):
    answer = getattr(visitor, method)(address(entry, act), {"base_version": 3})

    assert answer.status_code == 302
    assert answer.url.startswith("/accounts/login/?next=")
    assert fresh(entry).version == 3


@pytest.mark.parametrize("act", ["undo/2/", "rollback/"])
def test_forms_carry_a_token_that_is_checked(curator, entry, act):
    client = people.client_of(curator)
    client.handler.enforce_csrf_checks = True

    answer = client.post(address(entry, act), {"base_version": 3})

    assert answer.status_code == 403
    assert fresh(entry).version == 3


@pytest.mark.parametrize("act", ["undo/2/", "rollback/"])
def test_protected_and_hidden_entries(as_writer, as_curator, act):
    protected = make.entry("규칙", "하나\n", protection="curators")
    protected = make.edit(protected, "둘\n", by="민수")
    hidden = make.entry("운영", "하나\n", visibility="curators")
    hidden = make.edit(hidden, "둘\n", by="민수")

    assert as_writer.get(address(protected, act)).status_code == 403
    assert as_writer.get(address(hidden, act)).status_code == 404
    assert as_curator.get(address(protected, act)).status_code == 200
    assert as_curator.get(address(hidden, act)).status_code == 200


def test_diff_page_leads_to_undo_of_one_change(visitor, as_writer, entry):
    def page(client, query):
        return text_of(client.get(address(entry, f"diff/{query}")))

    assert address(entry, "undo/2/") in page(as_writer, "?old=1&new=2")
    assert "/undo/" not in page(as_writer, "?old=1&new=3")
    assert "/undo/" not in page(visitor, "?old=1&new=2")


# ── Rolling back ──────────────────────────────────────────────────────────────
@pytest.fixture
def vandalised(writer):
    entry = make.entry("배포", "옛 글\n", tags=["CI"])
    entry = make.edit(entry, "망침\n", by=writer, tags=[])
    return make.edit(entry, "더 망침\n", by=writer)


def test_rollback_asks_and_names_the_person(as_curator, vandalised):
    page = text_of(as_curator.get(address(vandalised, "rollback/")))

    assert "민수" in page
    assert "latest 2 revisions" in page
    assert "<ins>옛 글</ins>" in page or "옛 글" in page
    assert 'value="Rolled back to r1"' in page
    assert fresh(vandalised).version == 3


def test_rollback_takes_back_the_latest_run_as_one_act(as_curator, curator, vandalised):
    answer = as_curator.post(
        address(vandalised, "rollback/"), {"base_version": 3, "comment": "망친 글"}
    )

    now = fresh(vandalised)
    assert answer.status_code == 302
    assert (now.version, now.body) == (4, "옛 글\n")
    assert list(now.head.tag_names()) == ["CI"]
    assert (now.head.kind, now.head.author) == ("revert", curator)
    marked = RevisionMark.objects.filter(kind="reverted")
    assert sorted(mark.revision.number for mark in marked) == [2, 3]


def test_rollback_sent_twice_makes_one_revision(as_curator, vandalised):
    data = {"base_version": 3, "comment": ""}

    answers = [
        as_curator.post(address(vandalised, "rollback/"), data) for _ in range(2)
    ]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert fresh(vandalised).version == 4


def test_rollback_is_itself_revertible(as_curator, vandalised):
    as_curator.post(address(vandalised, "rollback/"), {"base_version": 3})
    as_curator.post(address(vandalised, "undo/4/"), {"base_version": 4})

    assert fresh(vandalised).body == "더 망침\n"


def test_stale_rollback_asks_again(as_curator, vandalised):
    make.edit(vandalised, "고친 글\n", by="도윤")

    answer = as_curator.post(address(vandalised, "rollback/"), {"base_version": 3})

    assert answer.status_code == 409
    assert 'name="base_version" value="4"' in text_of(answer)
    assert fresh(vandalised).version == 4


def test_rollback_is_for_curators(as_writer, vandalised):
    assert as_writer.get(address(vandalised, "rollback/")).status_code == 403
    answer = as_writer.post(address(vandalised, "rollback/"), {"base_version": 3})
    assert answer.status_code == 403
    assert fresh(vandalised).version == 3


def test_where_one_person_wrote_all_there_is_nothing_to_go_back_to(as_curator):
    entry = make.edit(make.entry("배포", "하나\n"), "둘\n")

    page = text_of(as_curator.get(address(entry, "rollback/")))
    answer = as_curator.post(address(entry, "rollback/"), {"base_version": 2})

    assert "All revisions are of this person" in page
    assert answer.status_code == 200
    assert fresh(entry).version == 2
