"""Writing new entries and changing old ones: what is saved, refused, given back."""

import html
import unicodedata

import pytest
from django.contrib.auth.models import AbstractUser
from django.test import Client
from django.urls import reverse

from tests import make, people
from wiki.models import Entry, Revision

pytestmark = pytest.mark.django_db
MIB = 1024 * 1024


def fields_of(client: Client, address: str) -> dict[str, str]:
    """What a browser would send of the form on this page, untouched."""
    form = client.get(address).context["form"]
    values = {field.name: field.value() for field in form}
    return {
        name: "" if value is None else str(value)
        for name, value in values.items()
        if value is not False
    }


def edit_of(entry: Entry) -> str:
    return reverse("entry-edit", args=[entry.slug])


def page(answer) -> str:
    return html.unescape(answer.content.decode())


def said_by(client: Client, answer) -> str:
    return page(client.get(answer.headers["Location"]))


@pytest.fixture
def entry(db) -> Entry:
    return make.entry("배포 절차", "하나\n\n둘\n\n셋\n", tags=["CI", "배포"])


# ── New ──────────────────────────────────────────────────────────────────────
def test_a_new_entry_is_saved_with_all_its_fields(as_writer, writer):
    answer = as_writer.post(
        "/new/",
        {
            "title": "  배포   절차 ",
            "body": "# 절차\r\n\r\n한글 🚀\r\n",
            "tags": "CI CD, #배포, ci_cd",
            "comment": "시작",
            "minor": "on",
            "summary": "요약",
            "source_url": "https://a.example/x",
        },
    )

    entry = Entry.objects.with_head().get()
    assert answer.status_code == 302
    assert answer.headers["Location"] == entry.get_absolute_url()
    assert (entry.title, entry.body) == ("배포 절차", "# 절차\n\n한글 🚀\n")
    assert list(entry.head.tag_names()) == ["CI CD", "배포"]
    assert (entry.summary, entry.source_url) == ("요약", "https://a.example/x")
    assert (entry.head.comment, entry.head.is_minor) == ("시작", True)
    assert (entry.head.author, entry.head.kind) == (writer, "create")
    assert "The note is saved." in said_by(as_writer, answer)


def test_a_red_link_opens_the_form_with_its_title_and_what_is_known_of_it(as_writer):
    make.entry("출처", "호출을 [[서비스 메시]]에 맡긴다.")
    make.entry("서비스 메쉬")

    answer = as_writer.get("/new/", {"title": "서비스 메시"})

    assert answer.context["form"]["title"].value() == "서비스 메시"
    assert "호출을 <mark>서비스 메시</mark>에 맡긴다." in page(answer)
    assert "서비스 메쉬" in page(answer)


def test_the_form_for_a_title_that_is_taken_names_the_entry(as_writer, entry):
    answer = as_writer.get("/new/", {"title": "배포 절차"})

    assert entry.get_absolute_url() in answer.content.decode()


def test_an_entry_needs_no_text(as_writer):
    assert as_writer.post("/new/", {"title": "제목만", "body": ""}).status_code == 302


def test_a_title_in_separate_letters_is_stored_composed(as_writer):
    title = unicodedata.normalize("NFD", "한글 제목")

    as_writer.post("/new/", {"title": title, "body": ""})

    entry = Entry.objects.get()
    assert (entry.title, entry.slug) == ("한글 제목", "한글-제목")


def test_a_title_of_signs_only_gets_a_usable_address(as_writer):
    answer = as_writer.post("/new/", {"title": "🚀🔥", "body": "본문"})

    assert answer.status_code == 302
    assert as_writer.get(answer.headers["Location"]).status_code == 200


@pytest.mark.parametrize("title", ["", "   ", "\u200b", "가" * 201])
def test_a_title_that_cannot_be_is_refused_and_the_text_given_back(as_writer, title):
    answer = as_writer.post("/new/", {"title": title, "body": "긴 글 🚀\r\n끝"})

    assert answer.status_code == 400
    assert "긴 글 🚀" in page(answer)
    assert answer.context["form"].errors["title"]
    assert not Entry.objects.exists()


def test_a_taken_title_is_refused_and_named(as_writer, entry):
    answer = as_writer.post("/new/", {"title": "배포  절차", "body": "내 글"})

    assert answer.status_code == 400
    assert "already an entry with the title “배포 절차”" in page(answer)
    assert "내 글" in page(answer)


def test_the_title_of_a_deleted_entry_is_free(as_writer, entry):
    make.deleted(entry)

    answer = as_writer.post("/new/", {"title": "배포 절차", "body": "새 글"})

    assert answer.status_code == 302
    assert answer.headers["Location"].endswith("-2/")


def test_the_same_form_sent_twice_makes_one_entry(as_writer):
    fields = fields_of(as_writer, "/new/") | {"title": "글", "body": "본문"}

    answers = [as_writer.post("/new/", fields) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert answers[0].headers["Location"] == answers[1].headers["Location"]
    assert Revision.objects.count() == 1


# ── Who may ──────────────────────────────────────────────────────────────────
def test_visitors_are_sent_to_sign_in(visitor, entry):
    for address in ("/new/?title=글", edit_of(entry)):
        answer = visitor.get(address)
        assert answer.status_code == 302
        assert answer.headers["Location"].startswith("/accounts/login/?next=/")


def test_what_a_visitor_sends_comes_back(visitor, entry):
    for address in ("/new/", edit_of(entry)):
        answer = visitor.post(
            address, {"title": "글", "body": "아까운 글 🚀", "tags": "배포"}
        )
        assert answer.status_code == 403
        assert "아까운 글 🚀" in page(answer)
        assert "Sign in (new window)" in page(answer)
    assert Revision.objects.count() == 1


def test_what_a_visitor_sends_comes_back_where_only_members_read(
    visitor, entry, settings
):
    settings.WIKI_ANONYMOUS_READ = False

    answer = visitor.post(edit_of(entry), {"title": "글", "body": "아까운 글"})

    assert answer.status_code == 403
    assert "아까운 글" in page(answer)
    assert "배포 절차" not in page(answer)
    assert visitor.get("/new/").status_code == 302


def test_a_visitor_signs_in_to_edit_where_only_members_read(visitor, entry, settings):
    settings.WIKI_ANONYMOUS_READ = False

    for address in (edit_of(entry), "/wiki/not-there/edit/"):
        answer = visitor.get(address)
        assert answer.status_code == 302
        assert answer.url.startswith("/accounts/login/?next=/wiki/")


def test_a_visitor_writes_where_that_is_allowed(visitor, entry, settings):
    settings.WIKI_ANONYMOUS_EDIT = True

    answer = visitor.post(
        edit_of(entry), fields_of(visitor, edit_of(entry)) | {"body": "새 글"}
    )

    head = Entry.objects.with_head().get().head
    assert answer.status_code == 302
    assert head.author is None
    assert head.author_label == "Visitor"
    assert head.address_hash
    assert "127.0.0.1" not in head.address_hash


def test_a_protected_entry_is_closed_to_writers_and_open_to_curators(
    as_writer, as_curator
):
    entry = make.entry(protection="curators")
    text = {"title": entry.title, "body": "아까운 글", "base_version": 1}

    refused = as_writer.post(edit_of(entry), text)

    assert as_writer.get(edit_of(entry)).status_code == 403
    assert refused.status_code == 403
    assert "아까운 글" in page(refused)
    assert as_curator.post(edit_of(entry), text).status_code == 302


@pytest.mark.parametrize("visibility", ["members", "curators"])
def test_hidden_entries_have_no_form(visitor, as_writer, visibility):
    entry = make.entry("비밀", "비밀 본문", visibility=visibility)

    assert visitor.get(edit_of(entry)).status_code == 404
    expected = 200 if visibility == "members" else 404
    assert as_writer.get(edit_of(entry)).status_code == expected


def test_the_form_of_a_missing_entry_is_the_offer_to_write_it(as_writer):
    answer = as_writer.get(reverse("entry-edit", args=["없는-글"]))

    assert answer.status_code == 404
    assert "Write this note" in page(answer)


def test_the_form_at_a_former_address_is_that_of_the_entry(as_writer, entry):
    renamed = make.edit(entry, title="새 이름")

    answer = as_writer.get(edit_of(entry))

    assert answer.status_code == 302
    assert answer.headers["Location"] == edit_of(renamed)


# ── Edit ─────────────────────────────────────────────────────────────────────
def test_the_form_holds_the_entry(as_writer, entry):
    fields = fields_of(as_writer, edit_of(entry))

    assert fields["title"] == "배포 절차"
    assert fields["body"] == "하나\n\n둘\n\n셋\n"
    assert fields["tags"] == "CI, 배포"
    assert fields["base_version"] == "1"
    assert fields["comment"] == ""


@pytest.mark.parametrize("name", ["as_writer", "as_curator", "as_administrator"])
def test_whoever_may_write_saves_a_change(request, entry, name):
    client = request.getfixturevalue(name)
    fields = fields_of(client, edit_of(entry))

    answer = client.post(edit_of(entry), fields | {"body": "하나\r\n\r\n둘!\r\n"})

    entry.refresh_from_db()
    assert answer.status_code == 302
    assert (entry.body, entry.version) == ("하나\n\n둘!\n", 2)


def test_saving_what_is_there_makes_no_revision_and_says_so(as_writer, entry):
    fields = fields_of(as_writer, edit_of(entry))

    answer = as_writer.post(edit_of(entry), fields)

    assert "Nothing was changed" in said_by(as_writer, answer)
    assert Revision.objects.count() == 1


def test_line_ends_of_a_browser_are_no_change(as_writer, entry):
    fields = fields_of(as_writer, edit_of(entry))

    as_writer.post(
        edit_of(entry), fields | {"body": fields["body"].replace("\n", "\r\n")}
    )

    assert Revision.objects.count() == 1


def test_another_title_renames_and_the_old_address_leads_on(as_writer, entry):
    fields = fields_of(as_writer, edit_of(entry))

    answer = as_writer.post(edit_of(entry), fields | {"title": "새 이름"})

    assert answer.headers["Location"] == "/wiki/%EC%83%88-%EC%9D%B4%EB%A6%84/"
    assert as_writer.get(entry.get_absolute_url()).status_code == 302


def test_the_same_form_sent_twice_makes_one_revision(as_writer, entry):
    fields = fields_of(as_writer, edit_of(entry)) | {"body": "새 글"}

    answers = [as_writer.post(edit_of(entry), fields) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert Revision.objects.count() == 2


def test_one_form_with_other_text_is_an_ordinary_save(as_writer, entry):
    fields = fields_of(as_writer, edit_of(entry))

    as_writer.post(edit_of(entry), fields | {"body": "하나!\n\n둘\n\n셋\n"})
    as_writer.post(edit_of(entry), fields | {"body": "하나\n\n둘\n\n셋!\n"})

    entry.refresh_from_db()
    assert entry.body == "하나!\n\n둘\n\n셋!\n"
    assert entry.version == 3


def test_edits_in_other_places_are_joined_and_said(
    as_writer, as_other_writer, entry, other_writer
):
    stale = fields_of(as_other_writer, edit_of(entry))
    make.edit(entry, "하나!\n\n둘\n\n셋\n", tags=["CI", "배포", "msa"])

    answer = as_other_writer.post(
        edit_of(entry), stale | {"body": "하나\n\n둘\n\n셋!\n"}
    )

    entry = Entry.objects.with_head().get()
    assert answer.status_code == 302
    assert entry.body == "하나!\n\n둘\n\n셋!\n"
    assert list(entry.head.tag_names()) == ["CI", "배포", "msa"]
    text = said_by(as_other_writer, answer)
    assert "together with what others had changed" in text
    assert "diff/?old=1&new=3" in text


def test_a_form_without_its_version_is_refused(as_writer, entry):
    answer = as_writer.post(edit_of(entry), {"title": "글", "body": "내 글"})

    assert answer.status_code == 400
    assert "내 글" in page(answer)
    assert Revision.objects.count() == 1


def test_a_version_that_never_was_loses_nothing(as_writer, entry):
    answer = as_writer.post(
        edit_of(entry), {"title": "배포 절차", "body": "내 글", "base_version": 77}
    )

    assert answer.status_code == 409
    assert "내 글" in page(answer)
    assert Revision.objects.count() == 1


def test_a_form_follows_its_entry_and_not_the_address(as_writer, entry):
    fields = fields_of(as_writer, edit_of(entry))
    make.edit(entry, title="새 이름")
    other = make.entry("배포 절차", "남의 글")
    assert other.slug == entry.slug

    answer = as_writer.post(edit_of(other), fields | {"body": "하나!\n\n둘\n\n셋\n"})

    assert answer.status_code == 302
    other.refresh_from_db()
    entry.refresh_from_db()
    assert other.body == "남의 글"
    assert (entry.title, entry.body) == ("새 이름", "하나!\n\n둘\n\n셋\n")


def test_a_form_cannot_be_turned_to_an_entry_that_was_never_there(as_writer, entry):
    other = make.entry("다른 글", "남의 글")
    fields = fields_of(as_writer, edit_of(entry)) | {"entry_id": other.pk}

    answer = as_writer.post(edit_of(entry), fields | {"body": "내 글"})

    assert answer.status_code == 409
    assert Revision.objects.count() == 2


def test_derived_tags_keep_their_rule_through_the_form(as_writer):
    from wiki import editing
    from wiki.editing import Content, TagUse

    content = Content(title="글", tags=(TagUse("배포", "topic:배포"), TagUse("손")))
    entry = editing.create_entry(content, act=make.act()).entry
    fields = fields_of(as_writer, edit_of(entry))

    as_writer.post(edit_of(entry), fields | {"body": "새", "tags": "배포, 손, 새"})

    tags = Entry.objects.with_head().get().head.tags
    assert [(tag["name"], tag["rule"]) for tag in tags] == [
        ("배포", "topic:배포"),
        ("손", ""),
        ("새", ""),
    ]


# ── Bad input ────────────────────────────────────────────────────────────────
def test_one_byte_over_the_limit_is_413_with_the_text(as_writer, entry):
    body = "가" * (MIB // 3) + "xx"
    assert len(body.encode()) == MIB + 1

    for address in ("/new/", edit_of(entry)):
        answer = as_writer.post(
            address, {"title": "큰 글", "body": body, "base_version": 1}
        )
        assert answer.status_code == 413
        assert body in answer.content.decode()
        assert "at most 1024 KiB" in page(answer)
    assert Revision.objects.count() == 1


def test_a_text_of_the_limit_is_saved(as_writer):
    answer = as_writer.post("/new/", {"title": "큰 글", "body": "가" * (MIB // 3)})

    assert answer.status_code == 302


def test_a_request_too_large_to_read_is_413_with_a_sentence(as_writer):
    answer = as_writer.post("/new/", {"title": "글", "body": "x" * (9 * MIB)})

    assert answer.status_code == 413
    assert "too much to send at once" in page(answer)


@pytest.mark.parametrize(
    "fields, field, words",
    [
        ({"body": "앞\x00뒤"}, "body", "NUL"),
        ({"title": "제\x00목"}, "title", "NUL"),
        ({"tags": ", ".join(f"태그 {n}" for n in range(200))}, "tags", "200 tags"),
        ({"tags": "x" * 51}, "tags", "longer than 50"),
        ({"comment": "가" * 201}, "comment", "at most 200"),
        ({"summary": "가" * 501}, "summary", "at most 500"),
        ({"source_url": "javascript:alert(1)"}, "source_url", "whole web address"),
    ],
)
def test_bad_fields_are_refused_with_a_sentence_and_lose_nothing(
    as_writer, entry, fields, field, words
):
    sent = fields_of(as_writer, edit_of(entry)) | {"body": "내 글"} | fields

    answer = as_writer.post(edit_of(entry), sent)

    assert answer.status_code == 400
    assert words in answer.context["form"].errors[field][0]
    for name in ("title", "body", "tags", "comment"):
        assert sent[name].replace("\x00", "") in page(answer)
    assert Revision.objects.count() == 1


def test_an_old_token_gives_the_text_back_in_a_form_that_can_be_sent(
    writer: AbstractUser, entry
):
    client = Client(enforce_csrf_checks=True)
    client.force_login(writer, backend=people.BACKEND)
    fields = fields_of(client, edit_of(entry)) | {"body": "아까운 글"}

    refused = client.post(edit_of(entry), fields)
    token = str(refused.context["csrf_token"])
    saved = client.post(edit_of(entry), fields | {"csrfmiddlewaretoken": token})

    assert refused.status_code == 403
    assert "아까운 글" in page(refused)
    assert "too old" in page(refused)
    assert saved.status_code == 302


def test_a_form_of_another_site_gets_no_token(writer: AbstractUser, entry):
    client = Client(enforce_csrf_checks=True)
    client.force_login(writer, backend=people.BACKEND)

    answer = client.post(
        edit_of(entry),
        {"title": "글", "body": "남의 글", "base_version": 1},
        headers={"Origin": "https://evil.example"},
    )

    assert answer.status_code == 403
    assert "csrfmiddlewaretoken" not in page(answer).split("<main")[1]


# ── Buttons that save nothing ────────────────────────────────────────────────
def test_the_preview_button_shows_the_text_drawn_and_keeps_the_form(as_writer, entry):
    sent = fields_of(as_writer, edit_of(entry)) | {
        "title": "",
        "body": "**굵게** [[배포 절차]]",
        "comment": "왜",
        "minor": "on",
        "do": "preview",
    }

    answer = as_writer.post(edit_of(entry), sent)

    assert answer.status_code == 200
    assert "<strong>굵게</strong>" in page(answer)
    form = answer.context["form"]
    assert not form.errors
    for name in ("body", "comment", "tags", "base_version", "form_token", "minor"):
        assert str(form[name].value()) == str(sent[name])
    assert Revision.objects.count() == 1


def test_the_preview_button_works_for_a_new_entry(as_writer):
    answer = as_writer.post("/new/", {"title": "글", "body": "*x*", "do": "preview"})

    assert "<em>x</em>" in page(answer)
    assert not Entry.objects.exists()


def test_the_preview_of_too_much_is_413_with_the_text(as_writer):
    body = "x" * (MIB + 1)

    answer = as_writer.post("/new/", {"title": "글", "body": body, "do": "preview"})

    assert answer.status_code == 413
    assert body in page(answer)


def test_the_changes_button_shows_them_before_saving(as_writer):
    entry = make.entry(body="그대로\n서버를 천천히 끈다\n", tags=["CI", "배포"])
    sent = fields_of(as_writer, edit_of(entry))

    answer = as_writer.post(
        edit_of(entry),
        sent | {"body": "그대로\r\n서버를 빨리 끈다\r\n", "tags": "CI", "do": "diff"},
    )

    assert answer.status_code == 200
    assert "What you have changed so far" in page(answer)
    assert "서버를 <ins>빨리</ins> 끈다" in page(answer)
    assert answer.context["comparison"].text.change_count == 1
    assert "<del>배포</del>" in page(answer)
    assert Revision.objects.count() == 1


def test_the_changes_button_shows_nothing_of_a_hidden_revision(as_writer, entry):
    from wiki.models import RevisionMark

    make.edit(entry, "새 글")
    RevisionMark.objects.create(
        revision=make.revision(entry, 1), kind="hidden", created_at=entry.created_at
    )

    for button in ({"do": "diff"}, {}):
        answer = as_writer.post(
            edit_of(entry),
            {"title": "배포 절차", "body": "내 글", "base_version": 1} | button,
        )
        assert "하나" not in page(answer)
        assert "내 글" in page(answer)


def test_the_changes_button_takes_no_field_from_a_hidden_revision(as_writer):
    from wiki.models import RevisionMark

    entry = make.entry(
        "글", tags=["숨은태그"], summary="숨은 요약", aliases=("숨은 이름",)
    )
    make.edit(entry, "새 글", tags=[], summary="", aliases=())
    RevisionMark.objects.create(
        revision=make.revision(entry, 1), kind="hidden", created_at=entry.created_at
    )

    answer = as_writer.post(
        edit_of(entry),
        {"title": "글", "body": "내 글", "base_version": 1, "do": "diff"},
    )

    assert "숨은" not in page(answer)


@pytest.mark.parametrize("name", ["visitor", "as_writer"])
def test_the_download_button_gives_the_text_back_as_a_file(request, entry, name):
    client = request.getfixturevalue(name)

    answer = client.post(
        edit_of(entry),
        {"title": "배포: 절차", "body": "한글 🚀\r\n끝", "do": "download"},
    )

    assert answer.status_code == 200
    assert answer.content.decode() == "한글 🚀\n끝"
    assert answer.headers["Content-Type"] == "text/markdown; charset=utf-8"
    assert answer.headers["Content-Disposition"].startswith("attachment; filename*=")
    assert Revision.objects.count() == 1


# ── Gone meanwhile ───────────────────────────────────────────────────────────
def test_a_save_of_a_deleted_entry_keeps_the_text_and_offers_a_new_note(
    as_writer, entry
):
    fields = fields_of(as_writer, edit_of(entry)) | {"body": "아까운 글"}
    make.deleted(entry)

    answer = as_writer.post(edit_of(entry), fields)
    again = {f.name: f.value() or "" for f in answer.context["form"]}
    saved = as_writer.post("/new/", again | {"minor": ""})

    assert answer.status_code == 409
    assert "아까운 글" in page(answer)
    assert 'action="/new/"' in page(answer)
    assert saved.status_code == 302
    assert Entry.objects.live().get().body == "아까운 글"


def test_missing_hidden_and_deleted_entries_answer_a_save_alike(as_writer):
    hidden = make.entry("비밀", visibility="curators")
    deleted = make.deleted(make.entry("지운 글"))

    def answer(address: str) -> tuple[int, str]:
        got = as_writer.post(address, {"title": "글", "body": "내 글"})
        return got.status_code, got.templates[0].name

    answers = {
        answer(reverse("entry-edit", args=["없는-글"])),
        answer(edit_of(hidden)),
        answer(edit_of(deleted)),
    }

    assert answers == {(409, "wiki/gone.html")}


# ── The page itself ──────────────────────────────────────────────────────────
def test_the_form_is_kept_by_the_browser_and_by_nobody_else(as_writer, entry):
    answer = as_writer.get(edit_of(entry))

    assert answer.headers["Cache-Control"] == "private, no-cache"


def test_the_form_costs_few_queries(as_writer, entry, django_assert_max_num_queries):
    # Two of them for the writer's drafts and for the others who are editing.
    with django_assert_max_num_queries(6):
        as_writer.get(edit_of(entry))


def test_reading_a_form_writes_nothing(as_writer, entry):
    for address in ("/new/?title=새 글", edit_of(entry)):
        as_writer.get(address)

    assert (Entry.objects.count(), Revision.objects.count()) == (1, 1)
