"""The fragment that the script beside the editor shows."""

import pytest
from django.test import Client

from tests import make, people
from wiki import editing
from wiki.models import Turn
from wiki.views import drawing, preview

pytestmark = pytest.mark.django_db
ADDRESS = "/preview/"


def test_a_writer_gets_the_clean_fragment(as_writer):
    answer = as_writer.post(
        ADDRESS,
        {"content": "**미리** <script>alert(1)</script> [x](javascript:alert(1))"},
    )

    text = answer.content.decode()
    assert answer.status_code == 200
    assert "<strong>미리</strong>" in text
    assert "<script" not in text
    assert 'href="javascript' not in text
    assert "<html" not in text


# ── A section of a note ───────────────────────────────────────────────────────
PARTED = (
    "# 하나\n\n[x]와 각주[^1]\n\n# 둘\n\n[x]: https://example.org/\n\n[^1]: 뜻풀이\n"
)


def of_section(entry, **fields):
    sent = {"content": "# 하나\n\n[x]와 각주[^1]\n", "entry_id": entry.pk}
    return sent | {"section": "하나", "base_version": entry.version} | fields


def test_a_section_refers_to_the_rest_of_its_note(as_writer):
    entry = make.entry("배포", PARTED)

    html = as_writer.post(ADDRESS, of_section(entry)).content.decode()

    assert 'href="https://example.org/"' in html
    assert "뜻풀이" in html
    assert "둘</h2>" not in html


def test_without_script_too(as_writer):
    entry = make.entry("배포", PARTED)
    sent = of_section(entry, title="배포", do="preview")
    sent["body"] = sent.pop("content")

    answer = as_writer.post(f"{entry.get_absolute_url()}edit/", sent)

    assert 'href="https://example.org/"' in str(answer.context["preview"])


@pytest.mark.parametrize(
    "fields",
    [
        {"section": "없음"},
        {"base_version": 9},
        {"base_version": ""},
        {"base_version": "x"},
        {"entry_id": ""},
        {"section": "\x00"},
    ],
)
def test_a_section_that_is_not_there_is_drawn_by_itself(as_writer, fields):
    answer = as_writer.post(ADDRESS, of_section(make.entry("배포", PARTED), **fields))

    assert answer.status_code == 200
    assert "example.org" not in answer.content.decode()


def test_nothing_of_what_is_hidden_is_drawn(as_writer, as_curator, curator):
    entry = make.edit(make.entry("배포", PARTED), "# 하나\n")
    editing.hide_revision(
        make.revision(entry, 1), reason="욕", author=editing.Author(user=curator)
    )
    sent = of_section(entry, base_version=1)

    assert "뜻풀이" not in as_writer.post(ADDRESS, sent).content.decode()
    assert "뜻풀이" in as_curator.post(ADDRESS, sent).content.decode()


def test_links_are_resolved_and_counted(as_writer, django_assert_max_num_queries):
    make.entry("있는 글")
    make.entry("비밀 글", visibility="curators")
    content = "[[있는 글]] [[없는 글]] [[비밀 글]]"

    # Session, account, four for the turn, four for the limit, three for all names.
    with django_assert_max_num_queries(13):
        answer = as_writer.post(ADDRESS, {"content": content})

    assert "/wiki/%EC%9E%88%EB%8A%94-%EA%B8%80/" in answer.content.decode()
    assert answer.headers["X-Preview-Links"] == "3"
    assert answer.headers["X-Preview-Missing"] == "2"


def test_the_preview_is_what_a_save_prints(as_writer):
    body = "# 절차\r\n\r\n한글 🚀\r\n- [ ] 할 일\r\n"
    entry = make.entry(body=body)

    answer = as_writer.post(ADDRESS, {"content": body})

    assert answer.content.decode() == entry.html


def test_visitors_are_sent_to_sign_in(visitor):
    answer = visitor.post(ADDRESS, {"content": "x"})

    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/accounts/login/")


def test_visitors_preview_where_they_may_write(visitor, settings):
    settings.WIKI_ANONYMOUS_EDIT = True

    assert visitor.post(ADDRESS, {"content": "x"}).status_code == 200


def test_a_token_is_needed(writer):
    client = Client(enforce_csrf_checks=True)
    client.force_login(writer, backend=people.BACKEND)

    assert client.post(ADDRESS, {"content": "x"}).status_code == 403


def test_only_post_previews(as_writer):
    assert as_writer.get(ADDRESS).status_code == 405


def test_nothing_to_preview_is_said(as_writer):
    assert as_writer.post(ADDRESS).status_code == 400
    assert as_writer.post(ADDRESS, {"content": ""}).status_code == 200


def test_a_text_over_the_limit_is_refused_with_a_sentence(as_writer):
    answer = as_writer.post(ADDRESS, {"content": "가" * 400_000})

    assert answer.status_code == 413
    assert "1024 KiB" in answer.content.decode()


def test_too_many_are_asked_to_wait(as_writer, as_other_writer, monkeypatch):
    monkeypatch.setattr(preview, "PREVIEWS_PER_MINUTE", 2)

    statuses = [as_writer.post(ADDRESS, {"content": "x"}) for _ in range(4)]

    # A minute may turn between two of them.
    assert statuses[-1].status_code == 429 or statuses[2].status_code == 429
    refused = next(answer for answer in statuses if answer.status_code == 429)
    assert 0 < int(refused.headers["Retry-After"]) <= 60
    assert as_other_writer.post(ADDRESS, {"content": "x"}).status_code == 200


def test_links_lead_where_they_lead_from_the_entry(as_writer):
    make.entry("회원 글", visibility="members")
    public = make.entry("열린 글")
    members = make.entry("닫힌 글", visibility="members")
    content = {"content": "[[회원 글]]"}

    from_public = as_writer.post(ADDRESS, content | {"entry_id": public.pk})
    from_members = as_writer.post(ADDRESS, content | {"entry_id": members.pk})
    from_new = as_writer.post(ADDRESS, content | {"entry_id": ""})

    missing = [
        answer.headers["X-Preview-Missing"]
        for answer in (from_public, from_members, from_new)
    ]
    assert missing == ["1", "0", "1"]


def test_an_entry_that_one_may_not_read_tells_nothing(as_writer, as_curator):
    make.entry("비밀 글", visibility="curators")
    hidden = make.entry("숨은 글", visibility="curators")
    asked = {"content": "[[비밀 글]]", "entry_id": hidden.pk}

    assert as_writer.post(ADDRESS, asked).headers["X-Preview-Missing"] == "1"
    assert as_curator.post(ADDRESS, asked).headers["X-Preview-Missing"] == "0"


@pytest.mark.parametrize(
    "entry_id", ["0", "-1", "x", "²", "9" * 10, "9" * 5000, "\x00"]
)
def test_an_entry_that_is_none_is_a_new_one(as_writer, entry_id):
    answer = as_writer.post(ADDRESS, {"content": "글", "entry_id": entry_id})

    assert answer.status_code == 200


def test_one_text_of_a_writer_is_drawn_at_a_time(
    as_writer, as_other_writer, monkeypatch
):
    meanwhile = []

    def draw(content, page):
        if not meanwhile:
            meanwhile.append(as_writer.post(ADDRESS, {"content": "나중"}))
            meanwhile.append(as_other_writer.post(ADDRESS, {"content": "남의 것"}))
        return drawing.draw(content, page)

    monkeypatch.setattr(preview, "draw", draw)

    first = as_writer.post(ADDRESS, {"content": "먼저"})
    after = as_writer.post(ADDRESS, {"content": "나중"})

    assert [each.status_code for each in meanwhile] == [429, 200]
    assert meanwhile[0].headers["Retry-After"] == "1"
    assert "먼저" in first.content.decode()
    assert "나중" in after.content.decode()


def test_a_text_that_cannot_be_drawn_holds_up_nobody(as_writer, monkeypatch):
    def fail(content, page):
        raise ZeroDivisionError

    with monkeypatch.context() as patched:
        patched.setattr(preview, "draw", fail)
        with pytest.raises(ZeroDivisionError):
            as_writer.post(ADDRESS, {"content": "x"})

    assert as_writer.post(ADDRESS, {"content": "x"}).status_code == 200


def test_a_preview_that_was_killed_holds_up_its_writer_for_a_while_only(
    as_writer, writer
):
    long_ago = -1
    Turn.objects.take(f"preview:{writer.pk}", seconds=long_ago)

    assert as_writer.post(ADDRESS, {"content": "x"}).status_code == 200
