"""Drafts: kept while one types, offered on return, let go when saved, and private."""

import html
import time
from datetime import timedelta

import pytest
from django.contrib.auth.models import AbstractUser
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests import make, people
from wiki import drafts
from wiki.models import Draft, Entry
from wiki.views import draft_offers

pytestmark = pytest.mark.django_db
MIB = 1024 * 1024


@pytest.fixture
def entry(db) -> Entry:
    return make.entry("배포 절차", "하나\n\n둘\n\n셋\n", tags=["CI", "배포"])


def fields_of(client: Client, address: str, **changes: str) -> dict[str, str]:
    """What a browser would send of the form on this page, with these changes."""
    form = client.get(address).context["form"]
    values = {field.name: field.value() for field in form}
    kept = {
        name: "" if value is None else str(value)
        for name, value in values.items()
        if value is not False
    }
    return kept | changes


def edit_of(entry: Entry) -> str:
    return reverse("entry-edit", args=[entry.slug])


def page(answer) -> str:
    return html.unescape(answer.content.decode())


def keep(client: Client, fields: dict[str, str]):
    answer = client.post("/drafts/", fields)
    assert answer.status_code == 200, answer.content.decode()
    return answer.json()


def kept(client: Client, user: AbstractUser, address: str, **changes: str) -> Draft:
    """A draft made in the editor at the address."""
    fields = fields_of(client, address, **changes)
    keep(client, fields)
    return Draft.objects.get(user=user, slot=fields["draft"].split(".")[0])


# ── Kept ─────────────────────────────────────────────────────────────────────
def test_what_is_typed_is_kept_with_its_base(as_writer, writer, entry):
    fields = fields_of(
        as_writer,
        edit_of(entry),
        title="배포",
        body="하나\r\n\r\n둘 🚀\r\n",
        tags="CI,",
        comment="고침",
        minor="on",
    )

    state = keep(as_writer, fields)

    draft = Draft.objects.get()
    assert state["state"] == "kept"
    assert len(state["time"]) == len("14:15")
    assert (draft.user, draft.entry, draft.base_version) == (writer, entry, 1)
    assert (draft.title, draft.body) == ("배포", "하나\n\n둘 🚀\n")
    assert (draft.tags, draft.comment, draft.is_minor) == ("CI,", "고침", True)


def test_an_editor_has_one_draft_and_each_window_its_own(as_writer, entry):
    first = fields_of(as_writer, edit_of(entry))
    second = fields_of(as_writer, edit_of(entry))

    for text in ("가", "가나"):
        keep(as_writer, first | {"body": text})
    keep(as_writer, second | {"body": "다"})

    bodies = Draft.objects.values_list("body", flat=True)
    assert sorted(bodies) == ["가나", "다"]


def test_nothing_typed_is_judged(as_writer):
    fields = fields_of(
        as_writer, "/new/", title="", body="가\x00나", source_url="javascript:x"
    )

    keep(as_writer, fields)

    draft = Draft.objects.get()
    assert (draft.body, draft.source_url) == ("가나", "javascript:x")


def test_what_says_nothing_new_is_no_draft(as_writer, entry):
    fields = fields_of(as_writer, edit_of(entry))
    keep(as_writer, fields | {"body": "딴 글"})

    state = keep(as_writer, fields | {"tags": "배포, ci", "comment": "말뿐"})

    assert state == {"state": "same"}
    assert not Draft.objects.exists()
    assert keep(as_writer, fields_of(as_writer, "/new/")) == {"state": "same"}


def test_a_section_is_compared_with_itself(as_writer):
    entry = make.entry("글", "# 가\n하나\n둘\n# 나\n셋\n")
    fields = fields_of(as_writer, edit_of(entry), section="가", body="# 가\n하나\n둘\n")

    assert keep(as_writer, fields) == {"state": "same"}
    # A part of what is there is still a change: something was taken out.
    assert keep(as_writer, fields | {"body": "# 가\n하나\n"})["state"] == "kept"
    assert Draft.objects.get().section == "가"


def test_a_text_over_the_limit_is_refused_with_a_sentence(as_writer, entry):
    for fields in ({"body": "가" * MIB}, {"tags": "가" * 30_000}):
        answer = as_writer.post(
            "/drafts/", fields_of(as_writer, edit_of(entry)) | fields
        )

        assert answer.status_code == 413
        assert answer.json()["problem"].endswith(".")
    assert not Draft.objects.exists()


def test_too_many_requests_wait(as_writer, monkeypatch):
    monkeypatch.setattr(draft_offers, "KEPT_PER_MINUTE", 1)
    fields = fields_of(as_writer, "/new/", body="글")
    keep(as_writer, fields)

    answer = as_writer.post("/drafts/", fields)

    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0


def test_more_drafts_than_can_be_kept_are_refused(as_writer, monkeypatch):
    monkeypatch.setattr(drafts, "MAX_DRAFTS", 1)
    fields = fields_of(as_writer, "/new/", body="글")
    keep(as_writer, fields)

    answer = as_writer.post("/drafts/", fields_of(as_writer, "/new/", body="딴 글"))

    assert answer.status_code == 409
    assert keep(as_writer, fields | {"body": "고친 글"})["state"] == "kept"


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"draft": "../x", "body": "글"},
        {"draft": "a" * 200, "body": "글"},
        {"draft": "a.b.c", "body": "글"},
        {"draft": "a", "body": "글", "entry_id": "-1", "base_version": "x"},
        {"draft": "a", "body": "글", "entry_id": "99999999999999999999"},
        {"draft": "a", "body": "글", "section": "나" * 5000, "typed_at": "x"},
        {"draft": "a", "body": "글", "typed_at": "9999999999999"},
        {"draft": "a", "body": "글", "entry_id": "2000000000"},
    ],
)
def test_nonsense_is_no_error(as_writer, fields):
    assert as_writer.post("/drafts/", fields).status_code == 200


def test_keeping_costs_few_queries(as_writer, entry, django_assert_max_num_queries):
    fields = fields_of(as_writer, edit_of(entry), body="글")
    keep(as_writer, fields)

    # Session, account, three for the limit, the entry, the draft, a save of the form.
    with django_assert_max_num_queries(8):
        keep(as_writer, fields | {"body": "고친 글"})


def test_visitors_keep_nothing_here(visitor, settings, entry):
    settings.WIKI_ANONYMOUS_EDIT = True

    answer = visitor.post("/drafts/", fields_of(visitor, edit_of(entry), body="글"))

    assert answer.status_code == 403
    assert answer.json()["problem"]
    assert not Draft.objects.exists()


def test_a_text_of_another_account_is_not_kept_for_this_one(as_writer, other_writer):
    fields = fields_of(as_writer, "/new/", body="글", writer=str(other_writer.pk))

    assert as_writer.post("/drafts/", fields).status_code == 403
    assert not Draft.objects.exists()


def test_a_token_is_needed(writer):
    client = Client(enforce_csrf_checks=True)
    client.force_login(writer, backend=people.BACKEND)

    answer = client.post("/drafts/", {"draft": "a", "body": "글"})

    assert answer.status_code == 403
    assert not Draft.objects.exists()


def test_a_copy_that_waited_takes_no_newer_text_away(as_writer, writer, entry):
    fields = fields_of(as_writer, edit_of(entry), body="새 글")
    keep(as_writer, fields)
    an_hour_ago = str(int((time.time() - 3600) * 1000))

    late = fields | {"body": "옛 글", "typed_at": an_hour_ago}
    assert keep(as_writer, late)["state"] == "kept"
    assert Draft.objects.get().body == "새 글"
    # Nor from the draft that its editor was filled from.
    keep(as_writer, late | {"draft": f"other.{fields['draft']}"})

    bodies = Draft.objects.values_list("body", flat=True)
    assert sorted(bodies) == ["새 글", "옛 글"]


def test_a_copy_that_waited_takes_the_place_of_an_older_text(as_writer, entry):
    fields = fields_of(as_writer, edit_of(entry), body="옛 글")
    keep(as_writer, fields)
    Draft.objects.update(updated_at=timezone.now() - timedelta(hours=2))
    an_hour_ago = str(int((time.time() - 3600) * 1000))

    keep(as_writer, fields | {"body": "새 글", "typed_at": an_hour_ago})

    assert Draft.objects.get().body == "새 글"


# ── The button ───────────────────────────────────────────────────────────────
def test_the_button_keeps_a_draft_without_scripts(as_writer, entry):
    fields = fields_of(as_writer, edit_of(entry), body="고친 글", do="draft")

    answer = as_writer.post(edit_of(entry), fields, follow=True)

    assert answer.redirect_chain == [("/drafts/", 302)]
    assert "The draft is kept" in page(answer)
    assert "배포 절차" in page(answer)
    assert Draft.objects.get().body == "고친 글"
    entry.refresh_from_db()
    assert entry.version == 1


def test_the_button_gives_back_what_it_cannot_keep(as_writer, entry):
    body = "가" * MIB
    fields = fields_of(as_writer, edit_of(entry), body=body, do="draft")

    answer = as_writer.post(edit_of(entry), fields)

    assert answer.status_code == 413
    assert answer.context["form"].text_of("body") == body
    assert "KiB" in page(answer)


# ── Let go ───────────────────────────────────────────────────────────────────
def test_a_save_lets_its_draft_go_and_no_other(as_writer, writer, entry):
    other = kept(as_writer, writer, edit_of(entry), body="딴 창")
    fields = fields_of(as_writer, edit_of(entry), body="고친 글")
    keep(as_writer, fields)

    assert as_writer.post(edit_of(entry), fields).status_code == 302

    assert list(Draft.objects.all()) == [other]


def test_a_new_note_lets_its_draft_go(as_writer):
    fields = fields_of(as_writer, "/new/", title="새 글", body="글")
    keep(as_writer, fields)

    assert as_writer.post("/new/", fields).status_code == 302

    assert not Draft.objects.exists()


def test_a_conflict_keeps_what_was_sent(as_writer, writer, entry):
    fields = fields_of(as_writer, edit_of(entry), body="하나\n\n내 둘\n\n셋\n")
    make.edit(entry, "하나\n\n남의 둘\n\n셋\n")

    answer = as_writer.post(edit_of(entry), fields)

    draft = Draft.objects.get(user=writer)
    assert answer.status_code == 409
    assert (draft.body, draft.base_version) == ("하나\n\n내 둘\n\n셋\n", 1)
    # The page of the conflict is the same editor still.
    assert fields["draft"] in page(answer)


def test_a_note_that_went_away_leaves_a_draft_of_a_new_one(as_writer, writer, entry):
    fields = fields_of(as_writer, edit_of(entry), body="내 글")
    make.deleted(entry)

    assert as_writer.post(edit_of(entry), fields).status_code == 409

    draft = Draft.objects.get(user=writer)
    assert draft.body == "내 글"
    form = as_writer.get(f"/new/?draft={draft.pk}").context["form"]
    assert (form["body"].value(), form["entry_id"].value()) == ("내 글", None)


def test_a_browser_that_kept_a_copy_is_told_of_the_save(as_writer, entry):
    fields = fields_of(as_writer, edit_of(entry), body="고친 글", kept_here="1")

    answer = as_writer.post(edit_of(entry), fields)

    assert answer.cookies["saved_draft"].value == fields["draft"].split(".")[0]


def test_a_form_that_comes_back_still_knows_of_the_copy(as_writer, entry):
    fields = fields_of(as_writer, edit_of(entry), body="고친 글", kept_here="1")

    answer = as_writer.post(edit_of(entry), fields | {"do": "edit"})

    assert '<input type="hidden" name="kept_here" value="1"' in page(answer)
    assert 'name="kept_here"' not in page(as_writer.get(edit_of(entry)))


def test_a_browser_is_told_of_a_save_that_had_to_be_joined(as_writer, entry):
    body = "하나\n\n내 둘\n\n셋\n"
    fields = fields_of(as_writer, edit_of(entry), body=body, kept_here="1")
    make.edit(entry, "하나\n\n남의 둘\n\n셋\n")
    conflict = as_writer.post(edit_of(entry), fields)
    values = {field.name: field.value() for field in conflict.context["form"]}
    sent = {name: str(value) for name, value in values.items() if value}
    place = conflict.context["places"][0].question.name
    sent |= {"merge_base": "1", "mine": body, "do": "join"}
    sent[f"choice-{place}"] = "mine"

    again = as_writer.post(edit_of(entry), sent | {"do": "preview"})
    saved = as_writer.post(edit_of(entry), sent)

    for answer in (conflict, again):
        assert 'name="kept_here" value="1"' in page(answer)
    assert saved.status_code == 302
    assert saved.cookies["saved_draft"].value == fields["draft"]


def test_what_comes_in_after_the_save_is_no_draft(as_writer, entry):
    fields = fields_of(as_writer, edit_of(entry), body="고친")
    saved = as_writer.post(edit_of(entry), fields | {"body": "고친 글"})
    assert saved.status_code == 302

    assert keep(as_writer, fields) == {"state": "saved"}

    assert not Draft.objects.exists()
    # What is written on in the same window has a form of its own.
    later = {"draft": f"later.{fields['draft']}", "form_token": "later"}
    assert keep(as_writer, fields | later)["state"] == "kept"


def test_anothers_save_ends_no_draft(as_writer, as_other_writer, entry):
    fields = fields_of(as_other_writer, edit_of(entry), body="남의 글")
    as_other_writer.post(edit_of(entry), fields)

    assert keep(as_writer, fields | {"body": "내 글"})["state"] == "kept"


def test_a_draft_is_discarded_by_its_writer(as_writer, writer, entry):
    draft = kept(as_writer, writer, edit_of(entry), body="글")

    answer = as_writer.post(
        f"/drafts/{draft.pk}/discard/", {"next": edit_of(entry)}, follow=True
    )

    assert answer.redirect_chain == [(edit_of(entry), 302)]
    assert "discarded" in page(answer)
    assert not Draft.objects.exists()
    # Twice is as good, and nobody is sent elsewhere.
    again = as_writer.post(
        f"/drafts/{draft.pk}/discard/", {"next": "https://else.example/"}
    )
    assert again.headers["Location"] == "/drafts/"


def test_discarding_takes_a_post(as_writer, writer):
    draft = kept(as_writer, writer, "/new/", body="글")

    assert as_writer.get(f"/drafts/{draft.pk}/discard/").status_code == 405
    assert Draft.objects.exists()


# ── Offered ──────────────────────────────────────────────────────────────────
def test_the_editor_offers_the_draft_and_says_its_base(as_writer, writer, entry):
    draft = kept(as_writer, writer, edit_of(entry), body="고친 글")

    answer = as_writer.get(edit_of(entry))

    text = page(answer)
    assert "You have a draft of this note" in text
    assert "begun on revision 1" in text
    assert (
        f"{edit_of(entry)}?draft={draft.pk}" in html.unescape(answer.content.decode())
        or f"?draft={draft.pk}" in text
    )
    assert f"/drafts/{draft.pk}/" in text
    # Offered, not put in.
    assert answer.context["form"]["body"].value() == entry.body


def test_an_old_base_is_warned_of(as_writer, writer, entry, other_writer):
    draft = kept(as_writer, writer, edit_of(entry), body="고친 글")
    make.edit(entry, "하나\n\n둘\n\n셋\n\n넷\n", by=other_writer)

    for address in (edit_of(entry), "/drafts/", f"/drafts/{draft.pk}/"):
        text = page(as_writer.get(address))
        assert "revision 2" in text, address
        assert "지현" in text
        assert "/diff/?old=1&new=2" in text


def test_a_draft_is_taken_up_with_its_base_and_saved_as_a_merge(
    as_writer, writer, entry
):
    draft = kept(
        as_writer,
        writer,
        edit_of(entry),
        body="하나 고침\n\n둘\n\n셋\n",
        comment="고침",
    )
    make.edit(entry, "하나\n\n둘\n\n셋 남이 고침\n")

    address = f"{edit_of(entry)}?draft={draft.pk}"
    answer = as_writer.get(address)
    fields = fields_of(as_writer, address)

    assert "This is your draft" in page(answer)
    assert "data-unsaved" in page(answer)
    assert (fields["base_version"], fields["comment"]) == ("1", "고침")
    assert as_writer.post(edit_of(entry), fields).status_code == 302
    entry.refresh_from_db()
    assert entry.body == "하나 고침\n\n둘\n\n셋 남이 고침\n"
    assert not Draft.objects.exists()


def test_a_draft_taken_up_twice_is_not_written_over(as_writer, writer, entry):
    draft = kept(as_writer, writer, edit_of(entry), body="가")
    address = f"{edit_of(entry)}?draft={draft.pk}"
    first, second = fields_of(as_writer, address), fields_of(as_writer, address)

    keep(as_writer, first | {"body": "가 나"})
    assert list(Draft.objects.values_list("body", flat=True)) == ["가 나"]
    keep(as_writer, second | {"body": "가 다"})

    assert sorted(Draft.objects.values_list("body", flat=True)) == ["가 나", "가 다"]


def test_drafts_of_new_notes_are_offered_with_a_new_note(as_writer, writer):
    draft = kept(as_writer, writer, "/new/", title="새 글", body="글", tags="하나")

    assert "“새 글”" in page(as_writer.get("/new/"))
    fields = fields_of(as_writer, f"/new/?draft={draft.pk}")
    assert (fields["title"], fields["tags"]) == ("새 글", "하나")


def test_the_page_of_a_draft_shows_what_it_changes(as_writer, writer, entry):
    draft = kept(
        as_writer, writer, edit_of(entry), body="하나\n\n둘\n\n넷\n", tags="CI"
    )
    # What others changed since is not shown as if the draft took it back.
    make.edit(entry, "하나 남이 고침\n\n둘\n\n셋\n")

    text = page(as_writer.get(f"/drafts/{draft.pk}/"))

    assert "What the draft changes in revision 1" in text
    assert "넷" in text
    assert "남이 고침" not in text
    assert "<del>배포</del>" in text


def test_the_page_of_a_draft_of_a_section_compares_the_section(as_writer, writer):
    entry = make.entry("글", "# 가\n하나\n# 나\n둘\n")
    fields = fields_of(as_writer, edit_of(entry), section="나", body="# 나\n셋\n")
    keep(as_writer, fields)

    text = page(as_writer.get(f"/drafts/{Draft.objects.get().pk}/"))

    assert "셋" in text
    assert "하나" not in text


def test_markup_in_a_draft_stays_text(as_writer, writer, entry):
    evil = "</textarea><script>alert(1)</script>"
    kept(as_writer, writer, edit_of(entry), title=evil, body=evil)
    kept(as_writer, writer, "/new/", title=evil, body=evil)

    for draft in Draft.objects.all():
        for address in ("/", "/drafts/", f"/drafts/{draft.pk}/", edit_of(entry)):
            assert b"<script>alert" not in as_writer.get(address).content


# ── Private ──────────────────────────────────────────────────────────────────
def test_a_draft_is_nobody_elses(
    as_writer, writer, as_other_writer, as_administrator, visitor, entry
):
    draft = kept(as_writer, writer, edit_of(entry), title="내 초안", body="남모르는말")
    new = kept(as_writer, writer, "/new/", title="내 초안", body="남모르는말")

    for client in (as_other_writer, as_administrator):
        for number in (draft.pk, new.pk):
            assert client.get(f"/drafts/{number}/").status_code == 404
            assert client.get(f"/new/?draft={number}").status_code == 404
            assert client.get(f"{edit_of(entry)}?draft={number}").status_code == 404
            client.post(f"/drafts/{number}/discard/")
    for client in (as_other_writer, as_administrator, visitor):
        for address in (
            *("/", "/recent/", "/recent/feed/", "/search/?q=내+초안", "/drafts/"),
            *("/entries/", entry.get_absolute_url(), edit_of(entry), "/new/"),
            f"{entry.get_absolute_url()}history/",
        ):
            text = page(client.get(address, follow=True))
            assert "남모르는말" not in text, address
    assert Draft.objects.count() == 2


def test_search_finds_no_draft_even_for_its_writer(as_writer, writer, entry):
    kept(as_writer, writer, edit_of(entry), title="내 초안", body="남모르는말")

    assert "내 초안" not in page(as_writer.get("/search/?q=남모르는말"))


def test_the_signed_out_are_sent_to_sign_in(visitor, as_writer, writer):
    draft = kept(as_writer, writer, "/new/", body="글")

    for address in ("/drafts/", f"/drafts/{draft.pk}/"):
        assert visitor.get(address).headers["Location"].startswith("/accounts/login/")
    visitor.post(f"/drafts/{draft.pk}/discard/")
    assert Draft.objects.exists()


def test_nobody_keeps_the_pages_of_drafts(as_writer, writer):
    draft = kept(as_writer, writer, "/new/", body="글")

    for address in ("/drafts/", f"/drafts/{draft.pk}/"):
        answer = as_writer.get(address)
        assert answer.headers["Cache-Control"] == "private, no-store"


def test_what_is_hidden_now_is_not_told_to_whoever_has_a_draft(
    as_writer, writer, entry
):
    draft = kept(as_writer, writer, edit_of(entry), title="내 제목", body="내 글")
    make.edit(entry, "새 비밀\n", title="비밀 제목")
    Entry.objects.update(visibility="curators")

    for address in ("/", "/drafts/", f"/drafts/{draft.pk}/", "/new/"):
        text = page(as_writer.get(address))
        assert "비밀" not in text, address
        assert "revision 2" not in text, address
    fields = fields_of(as_writer, f"/new/?draft={draft.pk}")
    assert (fields["title"], fields["body"]) == ("내 제목", "내 글")
    assert as_writer.get(f"{edit_of(entry)}?draft={draft.pk}").status_code == 404
    # It goes on being kept, with the entry it has.
    keep(as_writer, {"draft": draft.slot, "entry_id": str(entry.pk), "body": "더"})
    draft.refresh_from_db()
    assert (draft.body, draft.entry_id) == ("더", entry.pk)


def test_no_draft_is_tied_to_an_entry_out_of_sight(as_writer):
    hidden = make.entry("비밀", "비밀 글", visibility="curators")

    for number in (hidden.pk, 2_000_000_000):
        fields = {"draft": f"a{number}", "entry_id": str(number), "body": "비밀 글"}
        # The same answer for both: what is in a hidden text is not told either.
        assert keep(as_writer, fields)["state"] == "kept"
    assert set(Draft.objects.values_list("entry", flat=True)) == {None}


def test_a_draft_outlives_its_entry_and_goes_with_its_writer(as_writer, writer, entry):
    draft = kept(as_writer, writer, edit_of(entry), title="내 제목", body="내 글")
    make.deleted(entry)

    assert f"/new/?draft={draft.pk}" in page(as_writer.get("/drafts/"))
    writer.delete()
    assert not Draft.objects.exists()


def test_what_may_be_read_and_not_changed_becomes_a_new_note(as_writer, writer, entry):
    draft = kept(as_writer, writer, edit_of(entry), body="내 글")
    Entry.objects.update(protection="administrators")

    assert f"/new/?draft={draft.pk}" in page(as_writer.get("/drafts/"))


# ── Lists ────────────────────────────────────────────────────────────────────
def test_the_list_is_made_by_one_query_however_long(
    as_writer, writer, entry, django_assert_max_num_queries
):
    for number in range(12):
        kept(as_writer, writer, edit_of(entry), body=f"글 {number}")
        kept(as_writer, writer, "/new/", title=f"새 글 {number}")

    # Session, account, drafts.
    with django_assert_max_num_queries(3):
        text = page(as_writer.get("/drafts/"))

    assert text.count("Take up again: ") == 24


def test_home_shows_what_waits(as_writer, writer, entry, visitor):
    draft = kept(as_writer, writer, edit_of(entry), body=entry.body + "더 쓴 말\n")

    text = page(as_writer.get("/"))

    assert "Write on" in text
    assert f"?draft={draft.pk}" in text
    assert "+6" in text
    assert "Write on" not in page(visitor.get("/"))


def test_home_costs_few_queries_with_drafts(
    as_writer, writer, entry, django_assert_max_num_queries
):
    kept(as_writer, writer, edit_of(entry), body="글")

    with django_assert_max_num_queries(12):
        as_writer.get("/")


def test_the_menu_leads_to_the_drafts_of_members(as_writer, visitor, entry):
    assert 'href="/drafts/"' in page(as_writer.get("/"))
    assert 'href="/drafts/"' not in page(visitor.get("/"))


# ── Sections ─────────────────────────────────────────────────────────────────
def test_a_draft_of_a_section_is_taken_up_and_saved_into_the_whole(as_writer):
    entry = make.entry("글", "# 가\n하나\n# 나\n둘\n")
    address = f"{edit_of(entry)}?section=나"
    keep(as_writer, fields_of(as_writer, address, body="# 나\n둘 고침\n"))
    # The heading has another name by now.
    make.edit(entry, "# 가\n하나 남이 고침\n# 나머지\n둘\n")
    draft = Draft.objects.get()

    taken = as_writer.get(f"{address}&draft={draft.pk}")
    fields = fields_of(as_writer, f"{address}&draft={draft.pk}")

    assert taken.status_code == 200
    assert "no section" not in page(taken)
    assert "one section" in page(taken)
    assert (fields["body"], fields["section"]) == ("# 나\n둘 고침\n", "나")
    assert as_writer.post(edit_of(entry), fields).status_code in (302, 409)
    assert not Draft.objects.exists() or Draft.objects.get().body == fields["body"]


def test_a_text_whose_section_is_gone_stays_a_draft(as_writer):
    entry = make.entry("글", "# 가\n하나\n# 나\n둘\n")
    fields = fields_of(as_writer, edit_of(entry), section="다", body="# 다\n셋\n")

    assert as_writer.post(edit_of(entry), fields).status_code == 409

    draft = Draft.objects.get()
    assert (draft.section, draft.body) == ("다", "# 다\n셋\n")
    # Nothing to compare it with: the text stands there alone.
    assert "셋" in page(as_writer.get(f"/drafts/{draft.pk}/"))


def test_an_editor_that_asks_twice_at_once_has_one_draft(writer):
    own, slot = Draft.objects.filter(user=writer), drafts.Slot("a")
    drafts.keep_draft(writer, slot, drafts.Typed(body="먼저"))
    values = {"body": "나중", "updated_at": timezone.now()}

    # As if the row had come between looking for it and making it.
    drafts._begin(own, slot, values, writer)

    assert Draft.objects.get().body == "나중"
