"""Who has been editing: told by editors, shown to members, gone within a minute."""

import html
from datetime import timedelta

import pytest
from django.contrib.auth.models import AbstractUser
from django.test import Client
from django.utils import timezone

from tests import make, people
from wiki.models import Entry, Presence
from wiki.views import presence

pytestmark = pytest.mark.django_db


@pytest.fixture
def entry(db) -> Entry:
    return make.entry("배포", "# 준비\n\n글\n")


def at(entry: Entry) -> str:
    return f"{entry.get_absolute_url()}presence/"


def beat(client: Client, entry: Entry, **fields: str):
    answer = client.post(at(entry), fields)
    assert answer.status_code == 200
    return answer.json()


def present(entry: Entry, user: AbstractUser, *, ago: int = 0, section: str = ""):
    seen_at = timezone.now() - timedelta(seconds=ago)
    return Presence.objects.create(
        entry=entry, user=user, section=section, started_at=seen_at, seen_at=seen_at
    )


def page(answer) -> str:
    return " ".join(html.unescape(answer.content.decode()).split())


# ── Beats ────────────────────────────────────────────────────────────────────
def test_an_editor_says_where_it_is_and_hears_of_the_others(
    as_writer, as_other_writer, writer, entry
):
    assert beat(as_writer, entry, section=" 준비  물 ")["others"] == []

    state = beat(as_other_writer, entry)

    (other,) = state["others"]
    assert (other["name"], other["section"]) == ("민수", "준비 물")
    assert len(other["time"]) == len("14:02")
    assert "<bdi>민수</bdi> has been editing <b>준비 물</b> since" in state["html"]


def test_a_beat_keeps_since_when_and_one_row(as_writer, writer, entry):
    beat(as_writer, entry)
    first = Presence.objects.get()

    beat(as_writer, entry, section="둘")

    row = Presence.objects.get()
    assert (row.pk, row.started_at) == (first.pk, first.started_at)
    assert row.section == "둘"
    assert row.seen_at >= first.seen_at


def test_whoever_comes_back_after_a_while_begins_anew(as_writer, writer, entry):
    old = present(entry, writer, ago=61)

    beat(as_writer, entry)

    assert Presence.objects.get().started_at > old.started_at


def test_whoever_was_not_heard_of_for_a_minute_is_gone(as_writer, other_writer, entry):
    present(entry, other_writer, ago=61)

    assert beat(as_writer, entry)["others"] == []
    assert "지현 has been editing" not in page(as_writer.get(entry.get_absolute_url()))


def test_leaving_is_said_at_once(as_writer, as_other_writer, entry):
    beat(as_writer, entry)
    beat(as_writer, entry, leaving="1")

    assert beat(as_other_writer, entry)["others"] == []
    assert Presence.objects.count() == 1


def test_old_rows_are_swept_now_and_then(as_writer, other_writer, entry, monkeypatch):
    present(entry, other_writer, ago=2 * 3600)
    monkeypatch.setattr(presence, "SWEEP_ONE_IN", 1)

    beat(as_writer, entry)

    assert Presence.objects.count() == 1


def test_a_newer_revision_is_told_with_its_author_and_a_comparison(
    as_writer, other_writer, entry
):
    assert "newer_html" not in beat(as_writer, entry, base="1")
    make.edit(entry, "# 준비\n\n새 글\n", by=other_writer)

    state = beat(as_writer, entry, base="1")

    assert state["newest"]["number"] == 2
    assert state["newest"]["author"] == "지현"
    assert state["newest"]["changes"].endswith("/diff/?old=1&new=2")
    assert "<bdi>지현</bdi>" in state["newer_html"]


def test_an_own_newer_revision_is_said_to_be_own(as_writer, writer, entry):
    make.edit(entry, "새 글", by=writer)

    state = beat(as_writer, entry, base="1")

    assert state["newest"]["is_own"]
    assert "another window" in state["newer_html"]


@pytest.mark.parametrize("base", ["", "x", "-1", "9" * 30, "0", "2", "²"])
def test_a_base_that_never_was_is_no_error(as_writer, entry, base):
    beat(as_writer, entry, base=base, section="\x00" * 5 + "가" * 5000, entry_id=base)


def test_a_beat_costs_few_queries(
    as_writer, other_writer, entry, django_assert_max_num_queries
):
    present(entry, other_writer)
    beat(as_writer, entry)

    # Session, account, the entry, the beat, the others.
    with django_assert_max_num_queries(5):
        beat(as_writer, entry)


def test_an_editor_of_an_entry_that_moved_is_still_at_it(as_writer, entry):
    entry_id = str(entry.pk)
    Entry.objects.update(slug="옮긴-글")

    beat(as_writer, entry, entry_id=entry_id)

    assert Presence.objects.get().entry_id == entry.pk


# ── Who may ──────────────────────────────────────────────────────────────────
def test_visitors_neither_tell_nor_hear(visitor, writer, entry, settings):
    settings.WIKI_ANONYMOUS_EDIT = True
    present(entry, writer)

    answer = visitor.post(at(entry))

    assert answer.status_code == 403
    assert "민수" not in page(answer)
    assert Presence.objects.count() == 1
    assert "data-presence" not in page(visitor.get(f"{entry.get_absolute_url()}edit/"))


def test_the_right_to_edit_is_asked_at_each_beat(as_writer, as_curator, entry, curator):
    beat(as_writer, entry)
    present(entry, curator)

    Entry.objects.update(protection="curators")
    refused = as_writer.post(at(entry))
    Entry.objects.update(visibility="curators")
    hidden = as_writer.post(at(entry), {"entry_id": str(entry.pk)})

    assert (refused.status_code, hidden.status_code) == (403, 404)
    for answer in (refused, hidden):
        assert answer.json().keys() == {"problem"}
    assert as_writer.post("/wiki/없는-글/presence/").status_code == 404


def test_whoever_may_not_edit_any_more_still_leaves(as_writer, entry):
    beat(as_writer, entry)
    Entry.objects.update(protection="curators")

    as_writer.post(at(entry), {"leaving": "1"})

    assert not Presence.objects.exists()


def test_a_beat_is_a_post_with_a_token(writer, entry):
    client = Client(enforce_csrf_checks=True)
    client.force_login(writer, backend=people.BACKEND)

    assert client.get(at(entry)).status_code == 405
    assert client.post(at(entry)).status_code == 403
    assert not Presence.objects.exists()


# ── Shown ────────────────────────────────────────────────────────────────────
def test_members_see_on_the_entry_who_is_editing(
    as_writer, as_other_writer, writer, entry
):
    present(entry, writer, section="준비")

    text = page(as_other_writer.get(entry.get_absolute_url()))

    assert "<bdi>민수</bdi> has been editing <b>준비</b> since" in text
    # Not oneself.
    assert "has been editing" not in page(as_writer.get(entry.get_absolute_url()))


def test_visitors_never_do_from_the_cache_or_afresh(
    visitor, as_other_writer, writer, entry
):
    address = entry.get_absolute_url()
    before = page(visitor.get(address))
    present(entry, writer)

    assert "has been editing" in page(as_other_writer.get(address))
    for query in ("", "?x=1"):
        assert "has been editing" not in page(visitor.get(address + query))
    assert page(visitor.get(address)) == before


def test_a_members_kept_page_is_stale_when_someone_comes_or_goes(
    as_other_writer, writer, entry
):
    def status(etag: str) -> int:
        headers = {"If-None-Match": etag}
        return as_other_writer.get(address, headers=headers).status_code

    address = entry.get_absolute_url()
    without = as_other_writer.get(address).headers["ETag"]
    row = present(entry, writer)
    with_one = as_other_writer.get(address).headers["ETag"]

    assert status(without) == 200
    assert status(with_one) == 304
    row.delete()
    assert status(with_one) == 200
    assert status(without) == 304


def test_the_editor_shows_it_without_scripts(as_other_writer, writer, entry):
    present(entry, writer)

    text = page(as_other_writer.get(f"{entry.get_absolute_url()}edit/"))

    assert "<bdi>민수</bdi> has been editing since" in text
    assert f'data-presence="{at(entry)}"' in text or "data-presence=" in text


def test_reading_and_opening_an_editor_tell_nobody(as_writer, entry):
    as_writer.get(entry.get_absolute_url())
    as_writer.get(f"{entry.get_absolute_url()}edit/")

    assert not Presence.objects.exists()


def test_a_name_and_a_section_stay_text(as_other_writer, writer, entry):
    writer.first_name = "<i>민수</i>"
    writer.save()
    present(entry, writer, section="<script>alert(1)</script>")

    for answer in (
        as_other_writer.get(entry.get_absolute_url()),
        as_other_writer.get(f"{entry.get_absolute_url()}edit/"),
    ):
        assert b"<script>alert" not in answer.content
        assert b"<i>" not in answer.content
    assert "<i>" not in beat(as_other_writer, entry)["html"]


def test_only_so_many_are_named(as_writer, entry):
    for number in range(presence.MAX_PRESENT + 5):
        user = people._person(f"name{number}")
        present(entry, user)

    assert len(beat(as_writer, entry)["others"]) == presence.MAX_PRESENT


def test_the_page_of_an_entry_costs_one_query_more(
    as_other_writer, writer, entry, django_assert_max_num_queries
):
    present(entry, writer)

    with django_assert_max_num_queries(9):
        as_other_writer.get(entry.get_absolute_url())
