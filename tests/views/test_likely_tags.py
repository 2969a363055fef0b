"""Tags suggested to the editor, by its script and without."""

import pytest
from django.test import Client

from tests import make, people
from wiki.models import Turn
from wiki.views import likely_tags

pytestmark = pytest.mark.django_db
ADDRESS = "/likely-tags/"


@pytest.fixture
def linked(db):
    return make.entry("배포 절차", tags=["운영", "CI"])


def ask(client, content="[[배포 절차]]", **fields):
    return client.post(ADDRESS, {"content": content} | fields)


def test_tags_are_suggested_to_a_writer(as_writer, linked):
    answer = ask(as_writer)

    assert answer.json() == {"tags": ["CI", "운영"]}
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert ask(as_writer, tags="ci , 딴 것").json() == {"tags": ["운영"]}


def test_a_tag_that_was_taken_out_stays_out(as_writer, linked):
    entry = make.entry("글", tags=["CI"])

    assert ask(as_writer, entry_id=entry.pk, tags="").json() == {"tags": ["운영"]}


def test_an_entry_that_one_may_not_read_tells_nothing(as_writer, linked):
    hidden = make.entry("숨은 글", tags=["CI"], visibility="curators")

    assert ask(as_writer, entry_id=hidden.pk).json() == {"tags": ["CI", "운영"]}


@pytest.mark.parametrize(
    "fields",
    [
        {"content": ""},
        {"content": "\x00\r\n🚀", "title": "\x00" * 300, "tags": ",,\x00,"},
        {"entry_id": "x"},
        {"entry_id": "9" * 30},
        {"title": "가 " * 5000, "tags": "가" * 5000},
        {"title": "%_\\ [[", "content": "[[%]] [[]] [[\\]]"},
    ],
)
def test_nothing_that_can_be_asked_is_an_error(as_writer, linked, fields):
    assert ask(as_writer, **fields).status_code == 200


def test_only_who_may_write_is_answered(visitor, writer, settings):
    assert ask(visitor).status_code == 302
    settings.WIKI_ANONYMOUS_EDIT = True
    assert ask(visitor).status_code == 200

    client = Client(enforce_csrf_checks=True)
    client.force_login(writer, backend=people.BACKEND)
    assert ask(client).status_code == 403
    assert client.get(ADDRESS).status_code == 405


def test_a_text_too_long_to_be_saved_is_refused(as_writer):
    assert ask(as_writer, "가" * 400_000).status_code == 413


def test_one_at_a_time_and_not_too_many(as_writer, writer, monkeypatch):
    monkeypatch.setattr(likely_tags, "ASKED_PER_MINUTE", 2)
    # A minute may turn among them.
    answers = [ask(as_writer) for _ in range(5)]
    refused = next(answer for answer in answers if answer.status_code == 429)
    assert 0 < int(refused.headers["Retry-After"]) <= 60

    monkeypatch.setattr(likely_tags, "ASKED_PER_MINUTE", 100)
    Turn.objects.take(f"likely-tags:{writer.pk}", seconds=60)
    assert ask(as_writer).headers["Retry-After"] == "1"


def test_without_a_script_they_stand_beside_the_preview(as_writer, linked):
    form = {"title": "새 글", "body": "[[배포 절차]]", "tags": "CI"}

    shown = as_writer.post("/new/", form | {"do": "preview"})
    plain = as_writer.get("/new/")

    assert shown.context["likely"] == ["운영"]
    assert '<li><span class="tag">운영</span></li>' in shown.content.decode()
    assert "data-likely-tags" in plain.content.decode()
