import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests import make
from wiki.models import RevisionMark

pytestmark = pytest.mark.django_db


def page(client, **headers):
    answer = client.get("/", headers=headers)
    assert answer.status_code == 200
    return answer.content.decode()


def words(html):
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def test_fresh_wiki_shows_three_steps_and_no_empty_box(visitor, as_writer):
    for client in (visitor, as_writer):
        text = words(page(client))
        assert "1. Write the first note" in text
        assert "importnotes notes.md" in text
        assert "Recent changes All changes" not in text
        assert "Busy tags" not in text

    assert "3. Sign in" in words(page(visitor))
    assert "3. Invite the others" in words(page(as_writer))


def test_only_hidden_entries_look_like_a_fresh_wiki(visitor, as_writer):
    make.entry("비밀", visibility="members")

    assert "Write the first note" in page(visitor)
    assert "비밀" in page(as_writer)


def test_home_shows_changes_tags_wanted_and_numbers(visitor):
    make.entry("gRPC", "[[HTTP/2]]", tags=["통신"], by="민수", comment="새로 씀")
    make.entry("Kafka", "[[HTTP/2]] 그리고 [[gRPC]]", tags=["통신"])

    html = page(visitor)
    text = words(html)

    assert "새로 씀" in text
    assert "민수" in text
    assert "통신 2" in text
    assert "The one tag" in text
    assert "HTTP/2 2 links" in text
    assert "2 edits, 2 people" in text
    assert 'id="w-q"' in html
    assert html.count('id="w-q"') == 1


def test_numbers_of_the_day_and_of_the_week(visitor):
    for days in (0, 2, 6, 20):
        entry = make.entry(f"{days}일 전", by="민수" if days else "지현")
        when = timezone.now() - timedelta(days=days)
        entry.revisions.update(created_at=when)
    make.entry("비밀", visibility="members", by="도윤")

    text = words(page(visitor))

    assert "Today 1 edit, 1 person, 1 new note Seven" in text
    assert "Seven days 3 edits, 2 people, 3 new notes All" in text


def test_a_day_without_edits_says_so(visitor):
    make.entry("글").revisions.update(created_at=timezone.now() - timedelta(days=2))

    assert "Today no edits Seven days 1 edit, 1 person, 1 new note" in words(
        page(visitor)
    )


def test_blocks_without_content_are_left_out(visitor):
    make.entry("글")

    html = page(visitor)

    assert "Busy tags" not in html
    assert "Notes not written yet" not in html


def test_many_edits_of_one_entry_are_one_row_and_seven_rows_are_shown(visitor):
    entries = [make.entry(f"글 {number}") for number in range(9)]
    for number in range(3):
        make.edit(entries[8], f"고침 {number}")

    html = page(visitor)

    assert html.count('class="chg"') == 7
    assert html.count(">글 8</a>") == 1


def test_import_is_linked_for_members_only(visitor, as_writer):
    make.imported("가", "나", with_run=True)

    assert "2 notes" in page(visitor)
    assert "/imports/" not in page(visitor)
    assert "devnotes.md" not in page(visitor)
    assert re.search(r'href="/imports/\d+/"', page(as_writer))
    assert "devnotes.md" in page(as_writer)


def test_wanted_entries_lead_to_the_form_or_to_the_missing_page(visitor, as_writer):
    make.entry("글", "[[서비스 메시]]")

    assert "/wiki/%EC%84%9C%EB%B9%84%EC%8A%A4-%EB%A9%94%EC%8B%9C/" in page(visitor)
    assert "/new/?title=%EC%84%9C%EB%B9%84%EC%8A%A4%20" in page(as_writer)


def test_names_of_hidden_entries_are_not_wanted_by_who_may_read_them(
    visitor, as_writer
):
    make.entry("비밀 절차", visibility="members")
    make.entry("글", "[[비밀 절차]]")

    assert "Notes not written yet" in page(visitor)
    assert "Notes not written yet" not in page(as_writer)


def test_nothing_hidden_or_deleted_is_shown_or_counted(visitor):
    make.entry("보이는 글", tags=["공개"])
    make.entry("비밀 하나", "[[비밀 링크]]", tags=["비밀"], visibility="members")
    make.deleted(make.entry("지운 글", "[[지운 링크]]", tags=["지움"]))
    edited = make.edit(make.entry("또"), "고침", comment="험한 말")
    RevisionMark.objects.create(
        revision=make.revision(edited, 2), kind="hidden", created_at=timezone.now()
    )

    html = page(visitor)

    assert not re.search("비밀|지운|지움|험한", html)
    assert "2 notes" in html
    assert "The one tag" in html


def test_user_text_is_escaped(visitor):
    make.entry("<b>굵게</b>", "[[<i>x</i>]]", tags=["<u>"], comment="<s>", by="<em>")

    html = page(visitor)

    assert not re.search("<b>굵게|<i>x|<u>|<s>|<em>", html)
    assert "&lt;b&gt;굵게" in html


def test_page_of_visitors_has_no_token_and_sets_no_cookie(visitor):
    make.entry("글")

    answer = visitor.get("/")

    assert "csrfmiddlewaretoken" not in answer.content.decode()
    assert not answer.cookies


@pytest.mark.parametrize("amount", [1, 60])
@pytest.mark.parametrize(
    ("person", "limit"), [("visitor", 9), ("as_writer", 12), ("as_curator", 12)]
)
def test_number_of_queries(request, amount, person, limit):
    client = request.getfixturevalue(person)
    tags = [f"태그 {number}" for number in range(min(amount, 20))]
    make.entries(amount, "[[없는 글]] [[또 없는 글]]", tags=tags)
    make.imported("가", "나", with_run=True)

    with CaptureQueriesContext(
        connection,
    ) as queries:
        page(client)

    assert len(queries) <= limit


def test_only_reading_methods(visitor, as_writer):
    assert as_writer.post("/").status_code == 405
    assert visitor.head("/").status_code == 200


@pytest.mark.parametrize(
    "address",
    ["/", "/entries/", "/tags/", "/tags/x/", "/search/", "/recent/", "/recent/feed/"],
)
def test_lists_are_kept_by_no_cache_between(visitor, as_writer, address):
    make.entry("글", tags=["x"])

    for client in (visitor, as_writer):
        answer = client.get(address)
        assert set(answer["Cache-Control"].split(", ")) == {"private", "no-cache"}
        assert "Cookie" in answer["Vary"]
