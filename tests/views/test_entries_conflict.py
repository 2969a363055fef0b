"""The answer when two people changed the same place."""

import html

import pytest
from django.urls import reverse

from tests import make
from wiki.models import Entry, Revision, RevisionMark

pytestmark = pytest.mark.django_db

BASE = "첫 줄이다\n\n둘째 줄이다\n\n셋째 줄이다\n\n끝줄이다\n"
THEIRS = "첫 줄을 남이 고쳤다\n\n둘째 줄이다\n\n셋째 줄에 남이 더했다\n\n끝줄이다\n"
MINE = "첫 줄을 내가 바꿨다\n\n둘째 줄이다\n\n셋째 줄이다\n\n끝줄이다\n\n넷째 줄\n"


@pytest.fixture
def entry(db) -> Entry:
    return make.entry("배포 절차", BASE, tags=["CI"])


@pytest.fixture
def address(entry) -> str:
    return reverse("entry-edit", args=[entry.slug])


@pytest.fixture
def theirs(entry, other_writer) -> Entry:
    return make.edit(entry, THEIRS, by=other_writer, tags=["CI", "msa"])


def mine(**fields: object) -> dict[str, object]:
    sent = {"title": "배포 절차", "body": MINE, "tags": "CI", "base_version": 1}
    return sent | {"comment": "왜"} | fields


def page(answer) -> str:
    return html.unescape(answer.content.decode())


def sent_again(answer, **fields: object) -> dict[str, object]:
    form = answer.context["form"]
    return {f.name: f.value() for f in form if f.value() not in (None, False)} | fields


def test_a_clash_answers_409_and_stores_nothing(as_writer, address, theirs):
    answer = as_writer.post(address, mine())

    assert answer.status_code == 409
    assert Entry.objects.get().body == THEIRS
    assert Revision.objects.count() == 2


def test_the_page_says_what_happened_who_and_when(as_writer, address, theirs):
    text = page(as_writer.post(address, mine()))

    assert "A newer revision was saved while you were editing" in text
    assert "지현" in text
    assert "saved revision 2, <time" in text
    assert "Your text is safe." in text
    assert "1 place was changed on both sides" in text


def test_the_form_holds_the_merge_with_my_lines_at_the_clash(
    as_writer, address, theirs
):
    form = as_writer.post(address, mine()).context["form"]

    body = form["body"].value()
    assert "첫 줄을 내가 바꿨다" in body
    assert "첫 줄을 남이 고쳤다" not in body
    assert "셋째 줄에 남이 더했다" in body
    assert "넷째 줄" in body
    assert form["tags"].value() == "CI, msa"
    assert form["comment"].value() == "왜"
    assert form["base_version"].value() == 2


def test_both_sides_are_shown_marked_and_mine_stands_whole(as_writer, address, theirs):
    answer = as_writer.post(address, mine())

    text = page(answer)
    (clash,) = answer.context["clashes"]
    assert [p.text for p in clash.theirs if p.kind == "ins"] != []
    assert [p.text for p in clash.mine if p.kind == "del"] != []
    assert (
        "".join(p.text for p in clash.theirs if p.kind != "del")
        == "첫 줄을 남이 고쳤다\n"
    )
    assert 'name="do" value="download"' in text
    assert MINE in text


def test_what_came_together_by_itself_is_listed(as_writer, address, theirs):
    joined = as_writer.post(address, mine()).context["joined"]

    said = {(change.who, change.place) for change in joined}
    assert ("지현", "tags") in said
    assert len(joined) >= 2


def test_the_merge_can_be_saved(as_writer, address, theirs, writer):
    answer = as_writer.post(address, mine())

    saved = as_writer.post(address, sent_again(answer))

    head = Entry.objects.with_head().get().head
    assert saved.status_code == 302
    assert "첫 줄을 내가 바꿨다" in head.body
    assert "셋째 줄에 남이 더했다" in head.body
    assert (head.number, head.author) == (3, writer)


def test_a_third_save_meanwhile_asks_again_as_often_as_it_takes(
    as_writer, address, entry, theirs
):
    answer = as_writer.post(address, mine())

    for number in (3, 4):
        rest = Entry.objects.get().body.partition("\n")[2]
        make.edit(entry, f"남이 {number}번째로 고친 첫 줄\n{rest}")
        answer = as_writer.post(address, sent_again(answer))
        assert answer.status_code == 409
        assert answer.context["form"]["base_version"].value() == number
    saved = as_writer.post(address, sent_again(answer))

    assert saved.status_code == 302
    assert "첫 줄을 내가 바꿨다" in Entry.objects.get().body


def test_each_answer_has_a_token_of_its_own(as_writer, address, theirs):
    tokens = {
        as_writer.post(address, mine(form_token="x"))
        .context["form"]["form_token"]
        .value()
        for _ in range(2)
    }

    assert len(tokens) == 2
    assert "x" not in tokens


def test_fields_of_one_line_clash_too(as_writer, address, entry):
    make.edit(entry, title="남의 제목", summary="남의 요약")

    answer = as_writer.post(
        address,
        mine(body=BASE, title="내 제목", summary="내 요약", entry_id=entry.pk),
    )

    form, text = answer.context["form"], page(answer)
    assert answer.status_code == 409
    assert (form["title"].value(), form["summary"].value()) == ("내 제목", "내 요약")
    assert "남의 제목" in text
    assert "남의 요약" in text
    assert as_writer.post(address, sent_again(answer)).status_code == 302
    assert Entry.objects.get().title == "내 제목"


def test_an_own_newer_save_says_so(as_writer, address, entry, writer):
    make.edit(entry, THEIRS, by=writer)

    answer = as_writer.post(address, mine())

    assert answer.status_code == 409
    assert "You saved a newer revision yourself" in page(answer)


def test_lines_that_one_side_took_out_are_said_to_be_gone(as_writer, address, entry):
    make.edit(entry, "둘째 줄이다\n\n셋째 줄이다\n")

    text = page(as_writer.post(address, mine()))

    assert "Taken out." in text or "<del>" in text


def test_nothing_of_a_hidden_base_is_shown(as_writer, address, entry):
    make.edit(entry, "전혀 다른 글\n")
    RevisionMark.objects.create(
        revision=make.revision(entry, 1), kind="hidden", created_at=entry.created_at
    )

    text = page(as_writer.post(address, mine(body="내 글\n", tags="")))

    assert "셋째 줄" not in text
    assert "전혀 다른 글" in text
    assert "내 글" in text


@pytest.mark.parametrize(
    "line", ["<script>alert(1)</script>", "</textarea>", "{{ x }}"]
)
def test_markup_in_a_clash_stays_text(as_writer, address, entry, line):
    make.edit(entry, BASE.replace("첫 줄이다", f"{line} 남"))

    answer = as_writer.post(address, mine(body=BASE.replace("첫 줄이다", f"{line} 나")))

    raw = answer.content.decode()
    assert answer.status_code == 409
    assert "<script>alert" not in raw
    assert raw.count("<textarea") == raw.count("</textarea>") == 2


def test_my_text_can_become_a_note_of_its_own(as_writer, address, theirs):
    as_writer.post(address, mine())

    answer = as_writer.post("/new/", mine(do="edit"))

    assert answer.status_code == 200
    assert answer.context["form"]["body"].value() == MINE
    assert Entry.objects.count() == 1


def test_preview_and_changes_work_from_the_conflict(as_writer, address, theirs):
    answer = as_writer.post(address, mine())

    for button in ("preview", "diff"):
        shown = as_writer.post(address, sent_again(answer, do=button))
        assert shown.status_code == 200
        assert shown.context["form"]["base_version"].value() == "2"


def test_a_huge_clash_is_answered(as_writer, entry, address):
    make.edit(entry, "".join(f"남의 줄 {n}\n" for n in range(20_000)))

    answer = as_writer.post(
        address, mine(body="".join(f"나의 줄 {n}\n" for n in range(20_000)))
    )

    assert answer.status_code == 409
    assert "나의 줄 19999" in answer.context["form"]["body"].value()
