"""A text whose writer was signed out meanwhile: kept, and back in its form."""

import html

import pytest
from django.test import Client
from django.urls import reverse

from tests import make, people
from tests.views.filling import fields_of
from wiki.models import Entry, Revision

pytestmark = pytest.mark.django_db

LOGIN = "/accounts/login/"
BODY = "# 준비\n\n서버를 고른다.\n\n# 배포\n\n태그를 단다.\n"
MINE = BODY.replace("태그를", "이름표를")


@pytest.fixture
def entry(db) -> Entry:
    return make.entry("배포 절차", BODY)


@pytest.fixture
def address(entry) -> str:
    return reverse("entry-edit", args=[entry.slug])


def mine(**fields: object) -> dict[str, object]:
    sent = {"title": "배포 절차", "body": MINE, "tags": "CI", "base_version": 1}
    return sent | {"comment": "왜", "form_token": "tk"} | fields


def page(answer) -> str:
    return html.unescape(answer.content.decode())


def credentials(person, password: str = people.PASSWORD) -> dict[str, str]:
    return {"username": person.username, "password": password}


def signed_in(client: Client, refused, person) -> object:
    """What comes of the page that says that nothing was saved: login, and back."""
    login = client.post(LOGIN, fields_of(refused) | {"do": "sign-in"})
    assert login.status_code == 200
    return client.post(LOGIN, fields_of(login, has="username") | credentials(person))


def test_the_text_goes_through_the_sign_in_and_comes_back(
    visitor, address, writer, entry
):
    refused = visitor.post(address, mine())
    assert refused.status_code == 403

    back = signed_in(visitor, refused, writer)

    sent = fields_of(back)
    assert back.status_code == 200
    assert sent["body"].replace("\r\n", "\n") == MINE
    assert (sent["tags"], sent["comment"]) == ("CI", "왜")
    assert (sent["base_version"], sent["form_token"]) == ("1", "tk")
    assert f'action="{address}"' in back.content.decode()
    assert Revision.objects.count() == 1
    assert visitor.post(address, sent).status_code == 302
    assert Entry.objects.get().body == MINE
    assert Entry.objects.with_head().get().head.author == writer


def test_what_was_changed_on_the_way_comes_along(visitor, address, writer):
    refused = visitor.post(address, mine())
    sent = fields_of(refused) | {"body": "더 고친 글", "do": "sign-in"}

    login = visitor.post(LOGIN, sent)

    assert fields_of(login, has="username")["body"] == "더 고친 글"


def test_a_wrong_password_keeps_the_text(visitor, address, writer):
    login = visitor.post(LOGIN, fields_of(visitor.post(address, mine())))
    sent = fields_of(login, has="username")

    again = visitor.post(LOGIN, sent | credentials(writer, "틀림"))
    back = visitor.post(LOGIN, fields_of(again, has="username") | credentials(writer))

    assert "The name or the password is not right" in page(again)
    assert fields_of(back)["body"].replace("\r\n", "\n") == MINE


def test_too_many_failures_keep_the_text(visitor, address, writer):
    login = visitor.post(LOGIN, fields_of(visitor.post(address, mine())))
    sent = fields_of(login, has="username") | credentials(writer, "틀림")
    for _ in range(10):
        answer = visitor.post(LOGIN, sent)

    assert answer.status_code == 429
    assert fields_of(answer)["body"].replace("\r\n", "\n") == MINE


def test_a_new_note_comes_back_too(visitor, writer):
    new = {"title": "새 글", "body": "처음\n", "tags": ""}

    back = signed_in(visitor, visitor.post("/new/", new), writer)

    assert fields_of(back)["title"] == "새 글"
    assert visitor.post("/new/", fields_of(back)).status_code == 302
    assert Entry.objects.get().title == "새 글"


def test_a_section_comes_back_as_one(visitor, address, writer):
    sent = mine(section="배포", body="# 배포\n\n이름표를 단다.\n")

    back = signed_in(visitor, visitor.post(address, sent), writer)

    assert fields_of(back)["section"] == "배포"
    visitor.post(address, fields_of(back))
    assert Entry.objects.get().body == MINE


def test_choices_of_a_conflict_come_back(visitor, as_writer, address, entry, writer):
    make.edit(entry, BODY.replace("태그를", "남의 표를").replace("서버를", "남의 것을"))
    my_text = MINE.replace("서버를", "내 것을")
    conflict = as_writer.post(address, mine(body=my_text))
    sent = fields_of(conflict, "w-join") | {"do": "join", "choice-1": "latest"}

    back = signed_in(visitor, visitor.post(address, sent), writer)

    again = fields_of(back, "w-join")
    assert back.status_code == 200
    assert again["choice-1"] == "latest"
    assert "choice-2" not in again
    assert visitor.post(address, again | {"do": "join"}).status_code == 409
    picked = again | {"do": "join", "choice-2": "mine"}
    assert visitor.post(address, picked).status_code == 302
    assert Entry.objects.get().body == MINE.replace("서버를", "남의 것을")


def test_who_signed_in_in_another_window_is_back_at_once(as_writer, address):
    sent = mine(next=address, do="sign-in")

    back = as_writer.post(LOGIN, sent)

    assert back.status_code == 200
    assert fields_of(back)["body"].replace("\r\n", "\n") == MINE


def test_who_may_not_write_there_gets_the_text_back(visitor, address, writer):
    refused = visitor.post(address, mine())
    Entry.objects.update(protection="curators")

    back = signed_in(visitor, refused, writer)

    assert back.status_code == 403
    assert fields_of(back)["body"].replace("\r\n", "\n") == MINE


@pytest.mark.parametrize(
    "elsewhere",
    ["https://evil.example/wiki/x/edit/", "//evil.example/new/", "/", "/admin/", "x"],
)
def test_a_text_comes_back_to_no_other_place(visitor, writer, elsewhere):
    sent = mine(next=elsewhere) | credentials(writer)

    answer = visitor.post(LOGIN, sent)

    assert answer.status_code == 302
    assert "evil" not in answer["Location"]


def test_the_password_goes_nowhere_but_to_the_sign_in(visitor, address, writer):
    back = signed_in(visitor, visitor.post(address, mine()), writer)

    assert people.PASSWORD not in page(back)
    assert "username" not in fields_of(back)


def test_what_counts_failures_sees_no_text(visitor, address, writer):
    from axes.models import AccessAttempt

    login = visitor.post(LOGIN, fields_of(visitor.post(address, mine())))
    visitor.post(LOGIN, fields_of(login, has="username") | credentials(writer, "틀림"))

    attempt = AccessAttempt.objects.get()
    assert "이름표" not in attempt.post_data
    assert "%EC" not in attempt.post_data


def test_an_old_token_of_the_sign_in_keeps_the_text(writer, address):
    strict = Client(enforce_csrf_checks=True)

    answer = strict.post(LOGIN, mine(next=address) | credentials(writer))

    assert answer.status_code == 403
    sent = fields_of(answer)
    assert sent["body"].replace("\r\n", "\n") == MINE
    assert f'action="{address}"' in answer.content.decode()
    assert people.PASSWORD not in page(answer)


def test_an_old_token_of_the_editor_keeps_section_and_choices(writer, address):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(writer, backend=people.BACKEND)
    sent = mine(section="배포") | {"merge_base": 1, "choice-1": "mine"}

    answer = strict.post(address, sent)

    again = fields_of(answer)
    assert answer.status_code == 403
    assert (again["section"], again["merge_base"]) == ("배포", "1")
    assert again["choice-1"] == "mine"


def test_a_protected_note_says_who_may_change_it(as_writer, address, entry):
    sent = mine(entry_id=entry.pk)
    Entry.objects.update(protection="administrators")

    answer = as_writer.post(address, sent)

    assert answer.status_code == 403
    assert "“배포 절차” is protected now" in page(answer)
    assert "Only administrators of this wiki may change it." in page(answer)
    new = as_writer.post("/new/", fields_of(answer) | {"do": "new"})
    assert fields_of(new)["title"] == "배포 절차 (2)"
    assert fields_of(new)["entry_id"] == ""


def test_a_note_out_of_sight_is_as_one_that_is_gone(as_writer, address, entry):
    Entry.objects.update(visibility="curators")

    answer = as_writer.post(address, mine(entry_id=entry.pk))

    assert answer.status_code == 409
    assert "The note is not here any more" in page(answer)
    assert fields_of(answer)["body"].replace("\r\n", "\n") == MINE


def test_a_deleted_note_says_by_whom_and_leads_to_its_return(
    as_writer, address, entry, other_writer
):
    make.deleted(entry, by=other_writer)

    answer = as_writer.post(address, mine(entry_id=entry.pk))

    assert "“배포 절차” was deleted while you were editing" in page(answer)
    assert "지현" in page(answer)
    assert reverse("entry-restore", args=[entry.slug]) in answer.content.decode()


def test_a_renamed_note_is_saved_under_its_new_title(as_writer, address, entry):
    make.edit(entry, title="새 절차")

    saved = as_writer.post(address, mine(entry_id=entry.pk), follow=True)

    assert Entry.objects.get().title == "새 절차"
    assert Entry.objects.get().body == MINE
    assert "The note was renamed meanwhile; it is called “새 절차” now." in page(saved)
