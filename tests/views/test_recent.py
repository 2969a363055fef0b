import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests import make, people
from wiki.editing import Author
from wiki.editing.hiding import hide_revision
from wiki.models import Batch, BatchKind, Preference, Revision

pytestmark = pytest.mark.django_db


def html_of(client, query="", **headers):
    answer = client.get(f"/recent/{query}", headers=headers)
    assert answer.status_code == 200
    return answer.content.decode()


def titles(html):
    return re.findall(r'class="ttl"[^>]*>([^<]+)<', html)


def move(entry, days, number=1):
    when = timezone.now() - timedelta(days=days)
    entry.revisions.filter(number=number).update(created_at=when)


def test_changes_stand_under_their_day(visitor):
    move(make.entry("그제 글"), 2)
    move(make.entry("어제 글"), 1)
    make.entry("오늘 글", comment="새로 씀", by="민수")

    html = html_of(visitor)

    days = re.findall(r'<h2 class="day">(\w+)', html)
    assert days[:2] == ["Today", "Yesterday"]
    assert titles(html) == ["오늘 글", "어제 글", "그제 글"]
    assert "새로 씀" in html
    assert "민수" in html
    assert "3 edits" in html
    assert "2 people" in html


def test_several_edits_fold_under_details(visitor):
    entry = make.entry("가", "하나", by="민수")
    make.edit(entry, "하나 둘", by="지현", comment="둘을 더함")

    html = html_of(visitor)

    assert titles(html) == ["가"]
    assert re.search(r"<summary>2 edits\b", html)
    assert "둘을 더함" in html
    assert "diff/?old=1&amp;new=2" in html
    assert 'aria-label="가: history"' in html


def test_link_to_changes_spans_the_day(visitor):
    entry = make.entry("가", "하나")
    move(entry, 1)
    make.edit(entry, "둘")
    make.edit(entry, "셋")

    html = html_of(visitor)

    assert "diff/?old=1&amp;new=3" in html
    assert 'aria-label="가: what changed"' in html


def test_links_to_changes_pass_hidden_revisions_over(visitor, as_curator, curator):
    entry = make.entry("가", "하나")
    for body in ("욕설", "둘", "셋"):
        make.edit(entry, body)
    author = Author(user=curator)
    hide_revision(make.revision(entry, 2), reason="욕설", author=author)
    move(entry, 1)

    seen, to_curator = html_of(visitor), html_of(as_curator)

    found = re.findall(r'href="([^"]+diff/[^"]+)"', seen)
    links = {link.replace("&amp;", "&") for link in found}
    assert {link.partition("?")[2] for link in links} == {
        "old=1&new=4",
        "old=1&new=3",
        "old=3&new=4",
    }
    assert {visitor.get(link).status_code for link in links} == {200}
    assert "diff/?old=2&amp;new=3" in to_curator

    hide_revision(make.revision(entry, 1), reason="욕설", author=author)
    hide_revision(make.revision(entry, 3), reason="욕설", author=author)
    assert "diff/" not in html_of(visitor)


def test_badges(visitor):
    entry = make.entry("가", "글" * 1000)
    move(entry, 1)
    make.edit(entry, "짧게")
    Revision.objects.filter(number=2).update(is_minor=True)

    html = html_of(visitor)

    assert '<span class="badge new">new</span>' in html
    assert re.search(r'<span class="badge warn">.*▼.* much shorter</span>', html)
    assert '<span class="badge ">minor</span>' in html


def test_import_is_one_row_with_a_report_for_members(visitor, as_writer):
    make.imported("가", "나", "다", with_run=True)

    public, members = html_of(visitor), html_of(as_writer)

    for html in (public, members):
        assert titles(html) == ["3 notes"]
        assert "Which notes?" in html
        assert ">나</a>" in html
    assert "/imports/" not in public
    assert "devnotes.md" not in public
    assert re.search(r'<a class="ttl" href="/imports/\d+/">3 notes', members)
    assert "devnotes.md" in members


def test_other_batches_lead_members_to_what_they_did(visitor, as_writer):
    batch = make.imported("가", "나")
    Batch.objects.update(kind=BatchKind.RENAME, comment="이름을 바꿈")

    public, members = html_of(visitor), html_of(as_writer)

    assert "/batches/" not in public
    assert f'href="/batches/{batch.pk}/" aria-label="2 notes: what changed"' in members
    assert as_writer.get(f"/batches/{batch.pk}/").status_code == 200
    for html in (public, members):
        assert '<span class="badge info">rename</span>' in html
        assert "이름을 바꿈" in html


def test_long_import_names_some_and_counts_the_rest(visitor):
    make.imported(*(f"글 {number}" for number in range(25)))

    assert "and 15 more" in html_of(visitor)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("?kind=new", ["2 notes", "가"]),
        ("?kind=imported", ["2 notes"]),
        ("?minor=no", ["2 notes", "가"]),
        ("?tag=gRPC", ["가"]),
        ("?tag=%EC%97%86%EC%9D%8C", []),
        ("?kind=x&days=x&minor=x&tag=%00&before=x", ["2 notes", "가"]),
    ],
)
def test_filters(visitor, query, expected):
    make.edit(make.entry("가", tags=["grpc"]), "고침")
    Revision.objects.filter(number=2).update(is_minor=True)
    make.imported("나", "다")

    assert titles(html_of(visitor, query)) == expected


def test_filters_are_kept_in_links(visitor):
    make.entry("가", tags=["grpc"])

    html = html_of(visitor, "?tag=grpc&minor=no&kind=new")

    assert 'href="?kind=imported&amp;minor=no&amp;tag=grpc&amp;days=7"' in html
    assert '<option value="grpc" selected>' in html
    assert 'name="minor" value="no" checked' in html
    assert 'type="hidden" name="kind" value="new"' in html


# ── One person ────────────────────────────────────────────────────────────────
def test_changes_of_one_person(visitor, writer, other_writer):
    make.entry("민수 글", by=writer)
    make.entry("지현 글", by=other_writer)
    make.entry("이름만", by="도윤")
    make.imported("가", "나", by=writer)

    assert titles(html_of(visitor, "?by=민수")) == ["2 notes", "민수 글"]
    assert titles(html_of(visitor, "?by=도윤")) == ["이름만"]
    assert titles(html_of(visitor, "?by=+도윤+&kind=new")) == ["이름만"]
    assert titles(html_of(visitor, "?by=없는+사람")) == []
    assert titles(html_of(visitor, "?by=도윤%00")) == ["이름만"]
    assert titles(html_of(visitor, "?by=" + "가" * 500)) == []


def test_a_person_is_found_by_full_name_whatever_its_case(visitor, writer):
    writer.first_name, writer.last_name = "Min Su", "Kim"
    writer.save()
    make.entry("글", by=writer)

    assert titles(html_of(visitor, "?by=min+su+kim")) == ["글"]


def test_what_was_merged_with_someone_is_theirs_too(visitor, writer, other_writer):
    body = "\n".join(f"{n}번째 줄" for n in range(9)) + "\n"
    entry = make.entry("배포", body)
    make.edit(entry, body.replace("1번째", "첫째"), by=writer)
    make.edit(entry, body.replace("8번째", "끝"), by=other_writer, base_version=1)

    html = html_of(visitor, f"?by={writer.username}")

    assert re.search(r"<summary>2 edits\b", html)


def test_busy_people_are_offered_and_nobody_hidden(visitor, as_curator, curator):
    entry = make.entry("가", by="민수")
    make.edit(entry, "둘", by="민수")
    make.edit(entry, "셋", by="지현")
    make.edit(entry, "욕", by="도윤")
    make.edit(entry, "넷", by="민수")
    make.entry("비밀", by="하늘", visibility="curators")
    hidden = make.revision(entry, 4)
    hide_revision(hidden, reason="욕", author=Author(user=curator))

    def offered(client):
        return re.findall(r'<option value="([^"]+)"></option>', html_of(client))

    assert offered(visitor) == ["민수", "지현"]
    assert set(offered(as_curator)) == {"민수", "지현", "도윤", "하늘"}
    assert titles(html_of(visitor, "?by=도윤")) == []
    assert titles(html_of(visitor, "?by=하늘")) == []


def test_a_person_leads_to_their_recent_changes(visitor, writer):
    make.entry("글", by=writer)
    make.entry("남의 글")

    page = visitor.get(f"/people/{writer.pk}/").content.decode()
    url = re.search(r'href="(/recent/\?by=[^"]+)"', page)[1]

    assert titles(visitor.get(url).content.decode()) == ["글"]


# ── Filters that a member keeps ───────────────────────────────────────────────
def keep(client, do="keep", **filters):
    answer = client.post("/recent/filters/", {"do": do, **filters})
    assert answer.status_code == 302
    assert answer.url == "/recent/"


def test_kept_filters_hold_where_the_address_says_nothing(as_writer):
    make.entry("태그 글", tags=["grpc"])
    make.entry("다른 글")
    offer = html_of(as_writer, "?tag=grpc")
    assert "Keep these filters" in offer
    assert 'type="hidden" name="tag" value="grpc"' in offer

    keep(as_writer, tag="grpc", days="30", junk="x")

    kept = html_of(as_writer)
    assert titles(kept) == ["태그 글"]
    assert "Your filters</span>" in kept
    assert "Keep these filters" not in kept
    others = html_of(as_writer, "?days=7")
    assert titles(others) == ["다른 글", "태그 글"]
    assert 'href="?tag=grpc&amp;days=30&amp;">Your filters' in others


def test_each_link_of_the_page_says_what_it_means(as_writer):
    keep(as_writer, kind="new")
    make.entry("글")

    html = html_of(as_writer)

    for link in re.findall(r'href="(\?[^"]*)"', html):
        assert "days=" in link


def test_kept_filters_can_be_dropped(as_writer):
    make.entry("글")
    keep(as_writer, tag="grpc")
    assert titles(html_of(as_writer)) == []

    keep(as_writer, do="drop")

    assert titles(html_of(as_writer)) == ["글"]
    assert "Your filters" not in html_of(as_writer)


def test_no_filters_are_nothing_to_keep(as_writer):
    assert "Keep these filters" not in html_of(as_writer)
    keep(as_writer, tag="grpc")
    keep(as_writer, kind="all", days="7")

    assert "Your filters" not in html_of(as_writer)


def test_filters_are_kept_for_one_member(as_writer, as_other_writer, visitor):
    make.entry("글")
    keep(as_writer, tag="grpc")

    for client in (as_other_writer, visitor):
        assert titles(html_of(client)) == ["글"]
    assert "Keep these filters" not in html_of(visitor, "?tag=grpc")


def test_keeping_filters_is_for_members_and_by_post(visitor, as_writer):
    assert visitor.post("/recent/filters/", {"do": "keep"}).status_code == 302
    assert "/accounts/login/" in visitor.post("/recent/filters/").url
    assert as_writer.get("/recent/filters/").status_code == 405


def test_keeping_filters_asks_for_the_token(writer):
    client = people.client_of(writer)
    client.handler.enforce_csrf_checks = True

    assert client.post("/recent/filters/", {"do": "keep"}).status_code == 403


def test_the_language_of_a_member_stays(as_writer, writer):
    Preference.objects.create(user=writer, language="ko")
    keep(as_writer, tag="grpc")

    assert Preference.objects.get().language == "ko"


# ── Much shorter ──────────────────────────────────────────────────────────────
def test_single_edits_are_flagged_too(visitor):
    entry = make.entry("가", "글" * 2000)
    move(entry, 1)
    make.edit(entry, "짧게")
    make.edit(entry, "글" * 1999)

    html = html_of(visitor)

    assert html.count("much shorter") == 1
    assert re.search(r"<li>(?:(?!</li>).)*much shorter", html, re.DOTALL)


def test_period(visitor):
    move(make.entry("먼 글"), 20)

    assert titles(html_of(visitor)) == []
    assert 'href="?days=30&amp;"' in html_of(visitor)
    assert titles(html_of(visitor, "?days=30")) == ["먼 글"]


def test_pages(visitor):
    for number in range(60):
        make.entry(f"글 {number:02}")

    first = html_of(visitor, "?kind=new")
    further = re.search(r'href="(\?kind=new&amp;days=7&amp;before=[^"]+)"', first)[1]
    second = html_of(visitor, further.replace("&amp;", "&"))

    assert len(titles(first)) == 50
    assert sorted(titles(first) + titles(second)) == [f"글 {n:02}" for n in range(60)]
    assert "Newest changes" in second
    assert "Older changes" not in second


def test_hidden_and_deleted_entries_leave_no_trace(visitor, as_writer):
    make.entry("보이는 글")
    make.entry("비밀 글", visibility="members", comment="비밀 말", tags=["극비"])
    make.deleted(make.entry("지운 글", comment="지운 말"))
    make.imported("비밀 수입", visibility="members")

    html = html_of(visitor)

    assert titles(html) == ["보이는 글"]
    assert not re.search("비밀|지운|극비", html)
    assert "1 edit " in re.sub(r"\s+", " ", html)
    assert titles(html_of(as_writer)) == ["1 note", "비밀 글", "보이는 글"]


def test_user_text_is_escaped(visitor):
    make.entry("<b>x</b>", comment="<i>y</i>", by="<u>z</u>", tags=["<s>"])
    make.edit(make.entry("둘"), "고침", comment="<i>y</i>", by="<u>z</u>")

    html = html_of(visitor)

    assert not re.search("<b>x|<i>y|<u>z|<s>", html)


def test_only_the_plain_page_is_for_search_engines(visitor):
    assert "noindex" not in html_of(visitor)
    assert "noindex" in html_of(visitor, "?by=x")


def test_feed_is_named(visitor):
    assert 'type="application/atom+xml"' in html_of(visitor)


def test_korean_days(visitor):
    make.entry("가")

    html = html_of(visitor, **{"Accept-Language": "ko"})

    assert re.search(r'<h2 class="day">.*?\d+월 \d+일 .요일', html, re.DOTALL)


@pytest.mark.parametrize("amount", [1, 30])
@pytest.mark.parametrize(("person", "extra"), [("visitor", 0), ("as_writer", 3)])
def test_number_of_queries(request, amount, person, extra):
    client = request.getfixturevalue(person)
    make.entries(amount, tags=["가", "나"])
    for number in range(min(amount, 5)):
        make.imported(f"수입 {number}", f"또 수입 {number}", with_run=True)

    with CaptureQueriesContext(connection) as queries:
        html_of(client)

    assert len(queries) == 8 + extra
    assert not any('"wiki_entry"."html"' in query["sql"] for query in queries)
    assert not any('"body"' in query["sql"] for query in queries)


def test_a_visitor_is_given_the_page_that_was_made(visitor, django_assert_num_queries):
    make.entry("가")
    html_of(visitor)

    with django_assert_num_queries(1):
        html = html_of(visitor)

    assert titles(html) == ["가"]


def test_a_page_that_was_made_is_as_new_as_the_wiki(visitor, curator):
    entry = make.entry("가", "하나")
    html_of(visitor)

    make.edit(entry, "둘", comment="둘로 고침")
    assert "둘로 고침" in html_of(visitor)
    make.edit(entry, "셋", comment="셋으로 고침")
    hidden = make.revision(entry, 2)
    hide_revision(hidden, reason="남의 글", author=Author(user=curator))
    assert "둘로 고침" not in html_of(visitor)
    entry.refresh_from_db()
    make.deleted(entry)
    assert titles(html_of(visitor)) == []


def test_a_reader_who_has_the_page_is_not_sent_it_again(as_writer):
    make.entry("가")
    etag = as_writer.get("/recent/")["ETag"]

    assert as_writer.get("/recent/", headers={"If-None-Match": etag}).status_code == 304
    make.entry("나")
    assert as_writer.get("/recent/", headers={"If-None-Match": etag}).status_code == 200
