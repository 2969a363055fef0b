"""The answer when two people changed the same place."""

import html

import pytest
from django.urls import reverse

from tests import make
from tests.views.filling import fields_of, focused
from wiki import clashes, editing
from wiki.editing import entries, joining
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
    """The form of the page as a program sends it back: with no button pressed."""
    return fields_of(answer, "w-join") | fields


def body_of(answer) -> str:
    return fields_of(answer, "w-join")["body"].replace("\r\n", "\n")


def chosen(answer, *choices: str, **fields: object) -> dict[str, object]:
    """The form with a choice for each clash, and the button that saves it."""
    picked = {f"choice-{n}": choice for n, choice in enumerate(choices, 1) if choice}
    return fields_of(answer, "w-join") | picked | {"do": "join"} | fields


def left(answer) -> list[str]:
    return [place.question.name for place in answer.context["left"]]


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
    (place,) = answer.context["places"]
    assert [p.text for p in place.latest if p.kind == "ins"] != []
    assert [p.text for p in place.mine if p.kind == "del"] != []
    assert (
        "".join(p.text for p in place.latest if p.kind != "del")
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

    sent, text = fields_of(answer, "w-join"), page(answer)
    assert answer.status_code == 409
    assert (sent["title"], sent["summary"]) == ("내 제목", "내 요약")
    assert "남의 제목" in text
    assert "남의 요약" in text
    again = as_writer.post(address, chosen(answer))
    assert (again.status_code, left(again)) == (409, ["title", "summary"])
    picked = {"choice-title": "latest", "choice-summary": "own", "out-summary": "둘 다"}
    assert as_writer.post(address, chosen(answer, **picked)).status_code == 302
    saved = Entry.objects.get()
    assert (saved.title, saved.summary) == ("남의 제목", "둘 다")


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


def test_nobody_whose_revision_is_hidden_is_named(
    as_writer, as_curator, address, entry
):
    make.edit(entry, BASE + "\n욕설\n", by="도윤")
    make.edit(entry, THEIRS, by="지현", tags=["CI", "msa"])
    editing.hide_revision(
        make.revision(entry, 2), reason="욕설", author=editing.Author()
    )

    answer = as_writer.post(address, mine())
    again = as_writer.post(address, sent_again(answer, do="join"))

    for conflict in (answer, again):
        assert conflict.status_code == 409
        assert ("지현", "tags") in {
            (change.who, change.place) for change in conflict.context["joined"]
        }
        assert "도윤" not in page(conflict)
    assert "도윤, 지현" in page(as_curator.post(address, mine()))


def test_what_is_not_shown_is_not_marked_by_word(
    as_writer, address, entry, monkeypatch
):
    places = range(1, 100)
    texts = [
        "\n\n".join(f"{n}번째 {word if n % 2 else '줄'}" for n in places) + f"\n\n{end}"
        for word, end in (("줄", "끝"), ("글", "그들의 끝"), ("줄", "내 끝"))
    ]
    entry = make.edit(entry, texts[0])
    make.edit(entry, texts[1])
    marked, merges = [], []
    mark, merge = clashes.mark_words, entries.merge_contents
    monkeypatch.setattr(
        clashes, "mark_words", lambda *texts: marked.append(1) or mark(*texts)
    )
    for module in (entries, joining):
        monkeypatch.setattr(
            module,
            "merge_contents",
            lambda *sides: merges.append(1) or merge(*sides),
        )

    answer = as_writer.post(address, mine(body=texts[2], base_version=2))

    assert answer.context["joined_count"] == 50
    assert len(answer.context["joined"]) == 30
    assert len(marked) < 40
    assert len(merges) == 1


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
    assert body_of(answer) == BASE.replace("첫 줄이다", f"{line} 나")


def test_nothing_is_chosen_and_each_place_holds_both(as_writer, address, theirs):
    sent = fields_of(as_writer.post(address, mine()), "w-join")

    assert not [name for name in sent if name.startswith("choice-")]
    assert sent["out-1"] == "첫 줄을 내가 바꿨다\r\n첫 줄을 남이 고쳤다\r\n"


@pytest.mark.parametrize(
    ("choice", "line"),
    [
        ("latest", "첫 줄을 남이 고쳤다\n"),
        ("mine", "첫 줄을 내가 바꿨다\n"),
        ("both", "첫 줄을 내가 바꿨다\n첫 줄을 남이 고쳤다\n"),
        ("own", "첫 줄을 내가 바꿨다\n첫 줄을 남이 고쳤다\n"),
    ],
)
def test_what_was_chosen_stands_there(as_writer, address, theirs, choice, line):
    answer = as_writer.post(address, mine())

    saved = as_writer.post(address, chosen(answer, choice))

    assert saved.status_code == 302
    rest = "\n둘째 줄이다\n\n셋째 줄에 남이 더했다\n\n끝줄이다\n\n넷째 줄\n"
    assert Entry.objects.get().body == line + rest
    assert set(Entry.objects.with_head().get().head.tag_names()) == {"CI", "msa"}


@pytest.mark.parametrize("choice", ["", "latest", "mine", "both", "own"])
def test_what_was_typed_stands_above_every_choice(as_writer, address, theirs, choice):
    answer = as_writer.post(address, mine())
    typed = {"out-1": "우리가 함께 고친 첫 줄\r\n"}

    saved = as_writer.post(address, chosen(answer, choice, **typed))

    assert saved.status_code == 302
    assert Entry.objects.get().body.startswith("우리가 함께 고친 첫 줄\n\n둘째 줄")


def test_an_open_place_answers_the_same_page_and_says_what_is_left(
    as_writer, address, entry, other_writer
):
    make.edit(entry, THEIRS.replace("끝줄이다", "남의 끝줄"), by=other_writer)
    answer = as_writer.post(address, mine(body=MINE.replace("끝줄이다", "나의 끝줄")))
    typed = {"out-1": "손으로 쓴 줄\r\n", "comment": "새 설명"}

    again = as_writer.post(address, chosen(answer, **typed))

    sent = fields_of(again, "w-join")
    assert again.status_code == 409
    assert left(again) == ["2"]
    assert 'href="#w-clash-2"' in page(again)
    assert "Nothing is saved yet: 1 place is still open." in page(again)
    assert focused(again) == ["choice-2"]
    assert (sent["choice-1"], sent["out-1"]) == ("own", "손으로 쓴 줄\r\n")
    assert sent["comment"] == "새 설명"
    assert Revision.objects.count() == 2
    saved = as_writer.post(address, chosen(again, "", "latest"))
    assert saved.status_code == 302
    assert Entry.objects.get().body == (
        "손으로 쓴 줄\n\n둘째 줄이다\n\n셋째 줄에 남이 더했다\n\n남의 끝줄\n"
    )


def test_a_choice_can_be_changed_without_a_script(as_writer, address, entry):
    make.edit(entry, BASE.replace("첫 줄", "남 1").replace("끝줄", "남 2"))
    changed = BASE.replace("첫 줄", "나 1").replace("끝줄", "나 2")
    answer = as_writer.post(address, mine(body=changed))
    again = as_writer.post(address, chosen(answer, "latest"))
    assert fields_of(again, "w-join")["out-1"] == "남 1이다\r\n"

    as_writer.post(address, chosen(again, "mine", "mine"))

    assert Entry.objects.get().body == changed


def test_a_program_that_sends_the_form_back_saves_its_text(as_writer, address, theirs):
    answer = as_writer.post(address, mine())
    body = body_of(answer) + "\n한 줄 더\n"

    saved = as_writer.post(address, sent_again(answer, body=body))

    assert saved.status_code == 302
    assert Entry.objects.get().body == body


def test_a_text_typed_without_a_button_is_not_dropped(as_writer, address, theirs):
    answer = as_writer.post(address, mine())

    as_writer.post(address, sent_again(answer, **{"out-1": "친 글"}))

    assert Entry.objects.get().body.startswith("친 글\n\n둘째")


def test_choices_that_fit_no_longer_are_asked_again(as_writer, address, theirs):
    answer = as_writer.post(address, mine())
    sent = chosen(answer, "latest", body="아주 다른 글\n")

    again = as_writer.post(address, sent)

    assert again.status_code == 409
    assert "아주 다른 글" in fields_of(again, "w-join")["body"]
    assert Revision.objects.count() == 2


def test_a_third_save_keeps_what_was_chosen(as_writer, address, entry, other_writer):
    make.edit(entry, BASE.replace("첫 줄", "남 1").replace("끝줄", "남 2"))
    changed = BASE.replace("첫 줄", "나 1").replace("끝줄", "나 2")
    answer = as_writer.post(address, mine(body=changed))
    make.edit(entry, BASE.replace("첫 줄", "남 1").replace("끝줄", "또 남 2"))

    again = as_writer.post(address, chosen(answer, "mine", "both"))

    sent = fields_of(again, "w-join")
    (place,) = again.context["places"]
    assert again.status_code == 409
    assert (sent["base_version"], sent["merge_base"]) == ("3", "2")
    assert "나 1이다" in sent["body"]
    assert place.question.mine == "나 2이다\n남 2이다\n"
    saved = as_writer.post(address, chosen(again, "mine"))
    assert saved.status_code == 302
    assert Entry.objects.get().body == changed.replace("나 2이다", "나 2이다\n남 2이다")


def test_a_third_save_elsewhere_asks_nothing_more(as_writer, address, entry, theirs):
    answer = as_writer.post(address, mine())
    make.edit(entry, THEIRS.replace("남이 더했다", "셋째 사람이 더했다"))

    saved = as_writer.post(address, chosen(answer, "mine"))

    assert saved.status_code == 302
    body = Entry.objects.get().body
    assert "첫 줄을 내가 바꿨다" in body
    assert "셋째 사람이 더했다" in body


def test_a_conflict_page_sent_twice_makes_one_revision(as_writer, address, theirs):
    answer = as_writer.post(address, mine())
    for _ in range(2):
        assert as_writer.post(address, chosen(answer, "both")).status_code == 302

    assert Revision.objects.count() == 3


def test_different_words_of_one_long_line_do_not_clash(as_writer, address, entry):
    line = "배포는 아침에 하고 서버는 두 대만 쓰며 기록은 저녁에 모아서 함께 본다\n"
    make.edit(entry, line)
    make.edit(entry, line.replace("아침에", "새벽에"))

    saved = as_writer.post(
        address, mine(body=line.replace("저녁에", "밤마다"), tags="CI", base_version=2)
    )

    assert saved.status_code == 302
    assert Entry.objects.get().body == line.replace("아침에", "새벽에").replace(
        "저녁에", "밤마다"
    )


def test_neighbouring_words_of_one_line_clash(as_writer, address, entry):
    line = "배포는 아침에 하고 기록은 저녁에 본다\n"
    make.edit(entry, line)
    make.edit(entry, line.replace("아침에", "새벽에"))

    answer = as_writer.post(
        address, mine(body=line.replace("하고", "끝내고"), base_version=2)
    )

    assert answer.status_code == 409


def test_my_text_can_become_a_note_of_its_own(as_writer, address, theirs):
    answer = as_writer.post(address, mine())

    new = as_writer.post("/new/", fields_of(answer, "w-sent") | {"do": "new"})

    sent = fields_of(new)
    assert new.status_code == 200
    assert sent["title"] == "배포 절차 (2)"
    assert sent["body"].replace("\r\n", "\n") == MINE
    assert Entry.objects.count() == 1
    assert as_writer.post("/new/", sent).status_code == 302
    assert Entry.objects.count() == 2


def test_my_text_can_be_taken_along_as_a_file(as_writer, address, theirs):
    answer = as_writer.post(address, mine())

    file = as_writer.post(address, fields_of(answer, "w-sent") | {"do": "download"})

    assert file.content.decode() == MINE


def test_preview_and_comparison_keep_what_was_chosen(as_writer, address, theirs):
    answer = as_writer.post(address, mine())

    for button, seen in [("preview", "<p>첫 줄을 내가"), ("diff", 'class="diff')]:
        sent = chosen(answer, "mine", do=button)
        shown = as_writer.post(address, sent)
        assert shown.status_code == 200
        assert seen in shown.content.decode()
        again = fields_of(shown, "w-join")
        assert again["choice-1"] == "mine"
        assert again["base_version"] == "2"
        assert left(shown) == []


def test_preview_shows_both_where_nothing_is_chosen(as_writer, address, theirs):
    answer = as_writer.post(address, mine())

    shown = as_writer.post(address, chosen(answer, do="preview"))

    preview = shown.context["preview"]
    assert "첫 줄을 내가 바꿨다" in preview
    assert "첫 줄을 남이 고쳤다" in preview


def test_the_editor_takes_the_joined_text_over(as_writer, address, theirs):
    answer = as_writer.post(address, mine())

    editor = as_writer.post(address, chosen(answer, "latest", do="edit"))

    sent = fields_of(editor)
    assert "merge_base" not in sent
    assert sent["body"].startswith("첫 줄을 남이 고쳤다\r\n")
    assert sent["base_version"] == "2"
    assert as_writer.post(address, sent).status_code == 302
    assert "넷째 줄" in Entry.objects.get().body


def test_a_joined_text_that_cannot_be_saved_comes_back_in_the_editor(
    as_writer, address, entry
):
    make.entry("있는 글")
    make.edit(entry, title="남의 제목")
    answer = as_writer.post(
        address, mine(body=BASE, title="내 제목", entry_id=entry.pk)
    )
    picked = {"choice-title": "own", "out-title": "있는 글"}

    refused = as_writer.post(address, chosen(answer, **picked))

    assert refused.status_code == 400
    assert fields_of(refused)["title"] == "있는 글"


def test_a_revision_out_of_sight_is_not_joined_with(as_writer, address, entry):
    make.edit(entry, "숨긴 글\n")
    RevisionMark.objects.create(
        revision=make.revision(entry, 2), kind="hidden", created_at=entry.created_at
    )
    make.edit(entry, "이제 보이는 글\n")
    forged = mine(do="join", merge_base=1, mine="내 글", base_version=2)

    answer = as_writer.post(address, forged)

    assert "숨긴 글" not in page(answer)


@pytest.mark.parametrize("number", ["", "x", "-1", "99", "99999999999", "١"])
def test_a_base_that_never_was_is_no_error(as_writer, address, theirs, number):
    answer = as_writer.post(address, mine())

    again = as_writer.post(address, chosen(answer, "mine", merge_base=number))

    assert again.status_code in (302, 409)


def test_an_entry_deleted_meanwhile_keeps_all_that_was_typed(
    as_writer, address, entry, theirs
):
    answer = as_writer.post(address, mine())
    make.deleted(theirs)

    gone = as_writer.post(address, chosen(answer, **{"out-1": "손으로 쓴 줄"}))

    text = page(gone)
    assert gone.status_code == 409
    assert "“배포 절차” was deleted while you were editing" in text
    assert "첫 줄을 내가 바꿨다" in text
    assert "손으로 쓴 줄" in text


def test_very_many_clashes_are_asked_for_in_few_questions(as_writer, entry, address):

    def text(whose: str) -> str:
        return "".join(f"{n}번째 {whose} 줄\n함께 쓰는 {n}번 줄\n" for n in range(1000))

    make.edit(entry, text("첫"))
    make.edit(entry, text("남의"))
    my_text = text("나의")

    answer = as_writer.post(address, mine(body=my_text, base_version=2))

    names = [place.question.name for place in answer.context["places"]]
    assert names == [str(n) for n in range(1, 201)]
    picked = ["mine"] * 200
    assert as_writer.post(address, chosen(answer, *picked)).status_code == 302
    assert Entry.objects.get().body == my_text


def test_a_huge_clash_is_answered(as_writer, entry, address):
    make.edit(entry, "".join(f"남의 줄 {n}\n" for n in range(20_000)))

    answer = as_writer.post(
        address, mine(body="".join(f"나의 줄 {n}\n" for n in range(20_000)))
    )

    assert answer.status_code == 409
    assert "나의 줄 19999" in fields_of(answer, "w-join")["body"]


def test_the_largest_text_goes_through_the_page(as_writer, entry, address):
    line = "가" * 340 + "\n"
    base, count = line * 1000, 1000
    make.edit(entry, base)
    make.edit(entry, ("나" + line) * count)
    answer = as_writer.post(
        address, mine(body=("다" + line) * count, tags="CI", base_version=2)
    )
    assert answer.status_code == 409

    # As multipart data, which is how the page sends it.
    saved = as_writer.post(address, chosen(answer, "mine"))

    assert saved.status_code == 302
    assert Entry.objects.get().body == ("다" + line) * count


def test_the_form_says_how_it_is_sent(as_writer, address, theirs):
    text = page(as_writer.post(address, mine()))

    assert 'enctype="multipart/form-data" data-conflict' in text
