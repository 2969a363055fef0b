"""The history page: what each row says, how the list is paged, what it costs."""

import re

import pytest
from django.utils import timezone

from tests import make
from tests.importing.importer import run, write
from wiki import editing
from wiki.editing import Content
from wiki.models import Entry, RevisionMark

pytestmark = pytest.mark.django_db


def history(client, entry, query=""):
    return client.get(f"{entry.get_absolute_url()}history/{query}")


def text_of(answer):
    return answer.content.decode()


def with_revisions(amount, **fields):
    entry = make.entry("gRPC", "본문 0\n", **fields)
    for number in range(1, amount):
        entry = make.edit(entry, f"본문 {number}\n", comment=f"고침 {number}")
    return entry


def hide(entry, number):
    RevisionMark.objects.create(
        revision=make.revision(entry, number),
        kind=RevisionMark.Kind.HIDDEN,
        created_at=timezone.now(),
    )


def numbers_on(answer):
    return [
        row.revision.number for day in answer.context["page"].days for row in day.rows
    ]


def test_revisions_stand_newest_first_and_lead_to_their_pages(visitor):
    entry = with_revisions(3)

    answer = history(visitor, entry)

    assert answer.status_code == 200
    assert numbers_on(answer) == [3, 2, 1]
    for number in (1, 2, 3):
        assert f'href="{entry.get_absolute_url()}history/{number}/"' in text_of(answer)
    assert 'href="../diff/?old=1&amp;new=2"' in text_of(answer)
    assert "?old=0" not in text_of(answer)
    assert 'content="noindex"' in text_of(answer)


def test_row_says_who_why_and_how_much(visitor, writer):
    entry = make.entry("배포", "하나\n", by=writer, comment="처음 🚀")
    make.edit(entry, "하나 둘\n", comment="<b>더함</b>")

    page = text_of(history(visitor, entry))

    assert "민수" in page
    assert "처음 🚀" in page
    assert "&lt;b&gt;더함&lt;/b&gt;" in page
    assert ">+2<" in page


def test_badges_name_the_kind_of_change(visitor, writer):
    entry = make.entry("배포", "하나\n")
    entry = make.edit(entry, "둘\n")
    editing.revert_entry(
        entry, make.revision(entry, 1), base_version=2, act=make.act(writer)
    )

    days = history(visitor, entry).context["page"].days
    words = [[badge.word for badge in row.badges] for row in days[0].rows]

    assert words == [["current", "revert"], ["reverted (r3)"], ["new"]]


def test_a_text_that_became_much_shorter_is_flagged(visitor):
    entry = make.edit(make.entry("배포", "글" * 1001), "글" * 500)
    make.edit(entry, "짧게")

    page = text_of(history(visitor, entry))

    assert page.count("▼</span> much shorter") == 1


def test_coauthors_of_a_merge_are_named(visitor, writer, other_writer):
    body = "\n".join(f"{n}번째 줄" for n in range(9)) + "\n"
    entry = make.entry("배포", body)
    make.edit(entry, body.replace("1번째", "첫째"), by=writer)
    make.edit(entry, body.replace("8번째", "끝"), by=other_writer, base_version=1)

    page = text_of(history(visitor, entry))

    assert "merged edit" in page
    # Its own row, beside the merge, and among the authors to choose from.
    assert page.count("민수") == 3


def test_only_who_may_edit_is_offered_to_go_back(visitor, as_writer):
    entry = with_revisions(2)

    assert "/revert/" not in text_of(history(visitor, entry))
    page = text_of(history(as_writer, entry))
    assert "/revert/1/" in page
    assert "/revert/2/" not in page


def test_newest_two_are_chosen_and_impossible_choices_are_left_out(visitor):
    entry = with_revisions(3)

    page = text_of(history(visitor, entry))

    assert '<legend class="sr">' in page
    assert page.count('type="radio"') == 4
    assert 'name="new" value="1"' not in page
    assert 'name="old" value="3"' not in page
    chosen = re.findall(r'name="(old|new)" value="(\d)"[^>]* checked>', page)
    assert chosen == [("new", "3"), ("old", "2")]


def test_one_revision_leaves_nothing_to_compare(visitor):
    page = text_of(history(visitor, with_revisions(1)))

    assert 'type="radio"' not in page
    assert "Compare the two" not in page


def test_pages_begin_at_a_number(visitor, monkeypatch):
    monkeypatch.setattr("wiki.views.history_list.ROWS_ON_A_PAGE", 3)
    entry = with_revisions(8)

    first = history(visitor, entry)
    second = history(visitor, entry, "?before=6")
    last = history(visitor, entry, "?before=3")
    back = history(visitor, entry, "?after=5")

    assert numbers_on(first) == [8, 7, 6]
    assert "?before=6" in text_of(first)
    assert "?after=" not in text_of(first)
    assert numbers_on(second) == [5, 4, 3]
    assert "?after=5" in text_of(second)
    assert numbers_on(last) == [2, 1]
    assert 'rel="next"' not in text_of(last)
    assert numbers_on(back) == [8, 7, 6]


def test_new_revisions_do_not_move_a_page(visitor, monkeypatch):
    monkeypatch.setattr("wiki.views.history_list.ROWS_ON_A_PAGE", 3)
    entry = with_revisions(6)
    before = numbers_on(history(visitor, entry, "?before=4"))

    make.edit(entry, "더 새로운 글\n")

    assert numbers_on(history(visitor, entry, "?before=4")) == before


@pytest.mark.parametrize("number", ["", "x", "-3", "1" * 40, "９９", "0"])
def test_any_cursor_is_answered(visitor, number):
    answer = history(visitor, with_revisions(2), f"?before={number}")

    assert answer.status_code == 200


def test_minor_edits_can_be_left_out(visitor):
    entry = with_revisions(2)
    editing.edit_entry(
        entry,
        Content(title="gRPC", body="띄어쓰기\n"),
        base_version=2,
        act=make.act(is_minor=True),
    )

    assert numbers_on(history(visitor, entry)) == [3, 2, 1]
    assert numbers_on(history(visitor, entry, "?show=major")) == [2, 1]


def test_own_edits_can_be_listed_by_members(visitor, as_writer, writer):
    entry = with_revisions(2)
    make.edit(entry, "내 글\n", by=writer)

    assert numbers_on(history(as_writer, entry, "?show=mine")) == [3]
    assert numbers_on(history(visitor, entry, "?show=mine")) == [3, 2, 1]


def test_list_with_nothing_in_it_says_so(as_writer):
    answer = history(as_writer, with_revisions(2), "?show=mine")

    assert "no revision of this kind" in text_of(answer)


def test_hidden_revision_is_shown_as_hidden(visitor, as_curator):
    entry = make.entry("배포", "하나\n")
    make.edit(entry, "비밀번호는 1234\n", by="도윤", comment="비밀번호를 적음")
    make.edit(entry, "하나 둘\n")
    hide(entry, 2)

    seen = text_of(history(visitor, entry))

    assert "taken out of sight" in seen
    assert "비밀번호를" not in seen
    assert "도윤" not in seen
    assert "/history/2/" not in seen
    assert "비밀번호를" in text_of(history(as_curator, entry))


def test_days_divide_the_list(visitor):
    entry = with_revisions(2)
    long_ago = timezone.now() - timezone.timedelta(days=40)
    entry.revisions.filter(number=1).update(created_at=long_ago)

    page = history(visitor, entry).context["page"]

    assert [len(day.rows) for day in page.days] == [1, 1]


def test_queries_do_not_grow_with_the_history(
    visitor, as_writer, django_assert_num_queries
):
    short, long = with_revisions(3), make.entry("길다", "0\n")
    for number in range(1, 60):
        long = make.edit(long, f"{number}\n", by=f"사람 {number}")

    for entry in (short, long):
        with django_assert_num_queries(7):
            history(visitor, entry)
        with django_assert_num_queries(9):
            history(as_writer, entry)


def test_long_history_does_not_load_texts(visitor, django_assert_num_queries):
    entry = with_revisions(3)

    rows = history(visitor, entry).context["page"].days[0].rows

    assert "body" in rows[0].revision.get_deferred_fields()


def test_missing_hidden_and_deleted_entries_are_404(visitor):
    members_only = make.entry("모임", visibility="members")
    gone = make.deleted(make.entry("지난 글"))

    assert visitor.get("/wiki/none/history/").status_code == 404
    assert history(visitor, members_only).status_code == 404
    assert history(visitor, gone).status_code == 404


def test_former_address_leads_to_the_history(visitor):
    entry = with_revisions(2)
    editing.rename_entry(entry, "gRPC 정리", base_version=2, act=make.act())

    answer = history(visitor, entry, "?before=2")

    assert answer.status_code == 302
    assert answer.url.endswith("/history/?before=2")
    assert visitor.get(answer.url).status_code == 200


def test_nul_in_an_address_is_nothing_known(visitor):
    with_revisions(2)

    assert visitor.get("/wiki/%00/history/").status_code == 404
    assert visitor.get("/wiki/grpc%00/diff/").status_code == 404


def test_page_speaks_korean(visitor):
    answer = visitor.get(
        f"{with_revisions(2).get_absolute_url()}history/",
        headers={"accept-language": "ko"},
    )

    assert '<html lang="ko"' in text_of(answer)


def test_only_reading_is_allowed(as_writer):
    entry = with_revisions(2)

    assert as_writer.post(f"{entry.get_absolute_url()}history/").status_code == 405


# ── Who, of which kind, and where from ────────────────────────────────────────
def test_revisions_of_one_author_are_listed(visitor, writer, other_writer):
    entry = make.edit(make.entry("배포", "하나\n"), "둘\n", by=writer)
    make.edit(entry, "셋\n", by=other_writer)

    assert numbers_on(history(visitor, entry, f"?by=u{writer.pk}")) == [2]
    assert numbers_on(history(visitor, entry, "?by=n지현")) == [1]
    assert numbers_on(history(visitor, entry, f"?by=u{writer.pk}&kind=create")) == []


def test_merge_is_listed_with_each_of_its_authors(visitor, writer, other_writer):
    body = "\n".join(f"{n}번째 줄" for n in range(9)) + "\n"
    entry = make.entry("배포", body)
    make.edit(entry, body.replace("1번째", "첫째"), by=writer)
    make.edit(entry, body.replace("8번째", "끝"), by=other_writer, base_version=1)

    assert numbers_on(history(visitor, entry, f"?by=u{writer.pk}")) == [3, 2]
    assert numbers_on(history(visitor, entry, "?kind=merge")) == [3]


def test_authors_to_choose_from_stand_with_their_counts(visitor, writer):
    entry = make.edit(make.entry("배포", "하나\n"), "둘\n", by=writer)
    make.edit(entry, "셋\n", by=writer)

    page = text_of(history(visitor, entry, f"?by=u{writer.pk}"))

    assert f'<option value="u{writer.pk}" selected>민수 (2)</option>' in page
    assert '<option value="n지현">지현 (1)</option>' in page


@pytest.mark.parametrize(
    "query", ["by=u", "by=x", "by=u９", "by=u" + "9" * 40, "by=%00", "kind=x", "by=n"]
)
def test_any_filter_is_answered(visitor, query):
    assert history(visitor, with_revisions(2), f"?{query}").status_code == 200


def test_filter_stays_from_page_to_page(visitor, monkeypatch):
    monkeypatch.setattr("wiki.views.history_list.ROWS_ON_A_PAGE", 2)

    page = text_of(history(visitor, with_revisions(5), "?kind=edit&by=n지현"))

    assert "?kind=edit&amp;by=n%EC%A7%80%ED%98%84&amp;before=4" in page


def test_filter_does_not_tell_who_wrote_what_is_hidden(visitor, as_curator):
    entry = make.entry("배포", "하나\n")
    make.edit(entry, "비밀\n", by="도윤")
    make.edit(entry, "둘\n")
    hide(entry, 2)

    assert numbers_on(history(visitor, entry)) == [3, 2, 1]
    for query in ("?by=n도윤", "?kind=edit&by=n도윤", "?show=major&by=n도윤"):
        assert numbers_on(history(visitor, entry, query)) == []
        assert numbers_on(history(as_curator, entry, query)) == [2]
    assert "도윤" not in text_of(history(visitor, entry))
    assert "도윤 (1)" in text_of(history(as_curator, entry))


def test_changes_are_compared_with_what_is_in_sight(visitor, as_writer, as_curator):
    entry = with_revisions(4)
    hide(entry, 3)

    page = text_of(history(as_writer, entry))

    assert "old=2&amp;new=4" in page
    assert "old=3&amp;new=4" not in page
    # What a hidden revision had a part in is not for everyone to undo.
    assert "/undo/4/" not in page
    assert "/undo/2/" in page
    assert "/undo/" not in text_of(history(visitor, entry))
    assert "/undo/4/" in text_of(history(as_curator, entry))


def test_reason_for_hiding_is_told(visitor):
    entry = with_revisions(3)
    hide(entry, 2)
    RevisionMark.objects.update(reason="개인 정보 & <주소>")

    assert "개인 정보 &amp; &lt;주소&gt;" in text_of(history(visitor, entry))


def test_imported_revision_names_its_file_to_members(visitor, as_writer, tmp_path):
    write(tmp_path / "글모음", {"서버/배포.md": "# 배포\n\n하나\n"})
    run(tmp_path / "글모음")
    entry = Entry.objects.get(title="배포")

    assert "imported from 글모음/서버/배포.md" in text_of(history(as_writer, entry))
    page = text_of(history(visitor, entry))
    assert "서버/배포.md" not in page
    assert '<span class="badge info">import</span>' in page


def test_times_name_their_zone(visitor):
    assert "times of Asia/Seoul (UTC+0900)" in text_of(
        history(visitor, with_revisions(1))
    )


def test_full_page_of_a_long_title_stays_small(as_curator):
    entry = make.entry("아주 긴 제목을 가진 글 " * 9, "0\n")
    for number in range(1, 55):
        entry = make.edit(entry, f"{number}\n", comment=f"고침 {number}")

    page = history(as_curator, entry).content

    assert page.count(b"/hide/") > 30
    assert len(page) < 60 * 1024


def test_curators_are_led_to_rolling_back(as_curator, as_writer):
    entry = make.entry("배포", "하나")
    make.edit(entry, "둘")
    address = entry.get_absolute_url()
    link = f'href="{address}rollback/"'

    assert link in as_curator.get(f"{address}history/").content.decode()
    assert link not in as_writer.get(f"{address}history/").content.decode()
