"""Editing one section of an entry."""

import html

import pytest
from django.urls import reverse

from tests import make
from tests.views.filling import fields_of
from wiki.models import Entry, Revision, RevisionMark

pytestmark = pytest.mark.django_db

BODY = """머리말

# 준비

서버를 고른다.

## 크기

두 대.

# 배포

태그를 단다.
"""
PREPARE = "# 준비\n\n서버를 고른다.\n\n## 크기\n\n두 대.\n\n"


@pytest.fixture
def entry(db) -> Entry:
    return make.entry("배포 절차", BODY)


@pytest.fixture
def address(entry) -> str:
    return reverse("entry-edit", args=[entry.slug])


def opened(client, address: str, section: str) -> dict[str, str]:
    return fields_of(client.get(address, {"section": section}))


def page(answer) -> str:
    return html.unescape(answer.content.decode())


def test_the_form_holds_the_section_alone(as_writer, address):
    answer = as_writer.get(address, {"section": "준비"})

    sent = fields_of(answer)
    assert answer.status_code == 200
    assert sent["body"] == PREPARE.replace("\n", "\r\n")
    assert (sent["section"], sent["base_version"]) == ("준비", "1")
    assert "Only the section “준비” is in the form" in page(answer)


def test_a_save_changes_the_section_alone_and_leads_to_it(as_writer, address, entry):
    sent = opened(as_writer, address, "크기") | {
        "body": "## 크기\r\n\r\n세 대.\r\n\r\n"
    }

    saved = as_writer.post(address, sent)

    assert Entry.objects.get().body == BODY.replace("두 대", "세 대")
    assert saved.status_code == 302
    assert saved["Location"] == entry.get_absolute_url() + "#%ED%81%AC%EA%B8%B0"


def test_a_section_that_is_renamed_is_led_to_by_its_new_name(as_writer, address):
    sent = opened(as_writer, address, "크기") | {"body": "## 대수\n\n두 대.\n\n"}

    saved = as_writer.post(address, sent)

    assert saved["Location"].endswith("#%EB%8C%80%EC%88%98")


def test_a_section_without_its_heading_is_saved_as_well(as_writer, address, entry):
    sent = opened(as_writer, address, "크기") | {"body": "두 대면 된다."}

    saved = as_writer.post(address, sent)

    assert saved["Location"] == entry.get_absolute_url()
    assert Entry.objects.get().body == BODY.replace(
        "## 크기\n\n두 대.", "두 대면 된다."
    )


def test_a_section_sent_back_unchanged_makes_no_revision(as_writer, address):
    as_writer.post(address, opened(as_writer, address, "준비"))

    assert Revision.objects.count() == 1


def test_repeated_headings_are_told_apart(as_writer, entry, address):
    make.edit(entry, "# 가\n\n하나\n\n# 가\n\n둘\n")
    sent = opened(as_writer, address, "가-1") | {"body": "# 가\n\n셋\n"}

    saved = as_writer.post(address, sent)

    assert Entry.objects.get().body == "# 가\n\n하나\n\n# 가\n\n셋\n"
    assert saved["Location"].endswith("#%EA%B0%80-1")


def test_edits_of_different_sections_never_clash(as_writer, address, entry):
    sent = opened(as_writer, address, "준비")
    make.edit(entry, "# 새 머리\n\n" + BODY.replace("태그를 단다", "알린다"))

    saved = as_writer.post(
        address, sent | {"body": sent["body"].replace("고른다", "셋 고른다")}
    )

    assert saved.status_code == 302
    assert Entry.objects.get().body == "# 새 머리\n\n" + BODY.replace(
        "태그를 단다", "알린다"
    ).replace("고른다", "셋 고른다")


def test_a_section_others_took_out_meanwhile_is_a_clash_of_the_whole(
    as_writer, address, entry
):
    sent = opened(as_writer, address, "크기")
    make.edit(entry, BODY.replace("## 크기\n\n두 대.\n\n", ""))

    answer = as_writer.post(address, sent | {"body": sent["body"].replace("두", "세")})

    again = fields_of(answer, "w-join")
    assert answer.status_code == 409
    assert again["section"] == ""
    assert "머리말" in again["body"]
    assert "세 대." in again["body"]


def test_the_same_section_changed_by_both_asks(as_writer, address, entry):
    sent = opened(as_writer, address, "크기")
    make.edit(entry, BODY.replace("두 대", "네 대"))
    answer = as_writer.post(address, sent | {"body": "## 크기\n\n세 대.\n\n"})
    assert answer.status_code == 409

    again = fields_of(answer, "w-join") | {"choice-1": "mine", "do": "join"}
    saved = as_writer.post(address, again)

    assert saved.status_code == 302
    assert Entry.objects.get().body == BODY.replace("두 대", "세 대")


@pytest.mark.parametrize("button", ["preview", "diff", "edit"])
def test_the_other_buttons_keep_the_section(as_writer, address, button):
    sent = opened(as_writer, address, "크기") | {"body": "## 크기\n\n세 대.\n\n"}

    answer = as_writer.post(address, sent | {"do": button})

    again = fields_of(answer)
    assert answer.status_code == 200
    assert again["section"] == "크기"
    assert again["body"] == "## 크기\r\n\r\n세 대.\r\n\r\n"
    assert "Only the section “크기”" in page(answer)


def test_changes_are_shown_in_the_whole_text(as_writer, address):
    sent = opened(as_writer, address, "크기") | {"body": "## 크기\n\n세 대.\n\n"}

    answer = as_writer.post(address, sent | {"do": "diff"})

    comparison = answer.context["comparison"]
    (hunk,) = comparison.hunks
    assert hunk.heading == "크기"
    assert "<del>두</del>" in page(answer)


def test_a_file_holds_the_section(as_writer, address):
    sent = opened(as_writer, address, "크기") | {"do": "download"}

    assert as_writer.post(address, sent).content.decode() == "## 크기\n\n두 대.\n\n"


def test_a_text_that_is_too_long_with_the_rest_comes_back(as_writer, entry, address):
    make.edit(entry, "# 가\n\n" + "가" * 300_000 + "\n\n# 나\n\n둘\n")
    sent = opened(as_writer, address, "나") | {"body": "# 나\n" + "나" * 100_000}

    answer = as_writer.post(address, sent)

    assert answer.status_code == 413
    assert fields_of(answer)["section"] == "나"


def test_a_section_that_is_not_there_opens_the_whole_note(as_writer, address):
    answer = as_writer.get(address, {"section": "없는 절"})

    sent = fields_of(answer)
    assert answer.status_code == 404
    assert sent["section"] == ""
    assert sent["body"] == BODY.replace("\n", "\r\n")
    assert "There is no section “없는 절” here any more." in page(answer)


def test_an_old_address_leads_to_the_same_section(as_writer, address, entry):
    make.edit(entry, title="새 절차")

    answer = as_writer.get(address, {"section": "크기"}, follow=True)

    assert fields_of(answer)["section"] == "크기"


def test_a_text_sent_for_no_section_comes_back_beside_the_whole(as_writer, address):
    sent = opened(as_writer, address, "크기")

    answer = as_writer.post(address, sent | {"section": "없다", "body": "세 대."})

    assert answer.status_code == 409
    assert fields_of(answer)["body"] == BODY.replace("\n", "\r\n")
    assert "세 대.</textarea>" in answer.content.decode()
    assert Revision.objects.count() == 1


def test_what_is_out_of_sight_is_not_the_rest_of_a_section(as_writer, address, entry):
    make.edit(entry, "# 크기\n\n숨긴 글\n")
    RevisionMark.objects.create(
        revision=make.revision(entry, 2), kind="hidden", created_at=entry.created_at
    )
    make.edit(entry, BODY)
    sent = opened(as_writer, address, "크기") | {"base_version": "2", "body": "내 글"}

    for button in ("", "diff", "preview"):
        answer = as_writer.post(address, sent | {"do": button})
        assert answer.status_code == 409
        assert "숨긴 글" not in page(answer)
        assert "내 글" in page(answer)


def test_a_section_sent_twice_makes_one_revision(as_writer, address):
    sent = opened(as_writer, address, "크기") | {"body": "## 크기\n\n세 대.\n\n"}

    for _ in range(2):
        assert as_writer.post(address, sent).status_code == 302

    assert Revision.objects.count() == 2


def test_going_back_and_saving_again_joins_or_asks(as_writer, address):
    sent = opened(as_writer, address, "크기")
    as_writer.post(address, sent | {"body": "## 크기\n\n세 대.\n\n"})

    elsewhere = as_writer.post(address, sent | {"body": "## 크기\n\n두 대.\n\n끝.\n\n"})
    same_line = as_writer.post(address, sent | {"body": "## 크기\n\n넷.\n\n"})

    assert elsewhere.status_code in (302, 409)
    assert same_line.status_code == 409
    assert "You saved a newer revision yourself" in page(same_line)


def test_the_editor_offers_the_sections(as_writer, address):
    text = page(as_writer.get(address))

    assert '<option value="준비">준비</option>' in text
    assert '<option value="크기">\u2003크기</option>' in text
    assert "section" not in as_writer.get("/new/").context.get("sections", "")


def test_the_page_says_where_sections_are_edited_to_writers_only(
    as_writer, visitor, entry
):
    path = entry.get_absolute_url()

    assert f'data-edit="{path}edit/"' in as_writer.get(path).content.decode()
    assert "data-edit=" not in visitor.get(path).content.decode()


def test_an_entry_that_went_away_keeps_the_text_of_a_section(as_writer, address, entry):
    sent = opened(as_writer, address, "크기") | {"body": "## 크기\n\n세 대.\n"}
    make.deleted(entry)

    answer = as_writer.post(address, sent)

    assert answer.status_code == 409
    assert fields_of(answer)["section"] == ""
    assert "세 대." in fields_of(answer)["body"]
