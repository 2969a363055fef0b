"""What a person wrote, as far as the reader may see it."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests import make
from wiki import editing
from wiki.editing import Author, Content
from wiki.models import Revision

pytestmark = pytest.mark.django_db


def page(client, person, query="", **extra):
    return client.get(f"/people/{person.pk}/{query}", **extra)


def titles(answer):
    return [row.title for _, rows in answer.context["days_of_changes"] for row in rows]


def test_changes_stand_newest_first_under_their_days(visitor, writer, other_writer):
    first = make.entry("배포", "하나\n", by=writer, comment="처음 🚀")
    make.entry("남의 글", by=other_writer)
    make.entry("빌드", "둘\n", by=writer)
    make.edit(first, "하나 둘\n", by=writer)
    yesterday = timezone.now() - timedelta(days=1)
    Revision.objects.filter(title="빌드").update(created_at=yesterday)

    answer = page(visitor, writer)

    assert answer.status_code == 200
    assert titles(answer) == ["배포", "빌드"]
    text = answer.content.decode()
    assert "Contributions of 민수" in text
    assert "처음 🚀" in text
    assert "3 edits" in text
    assert "2 notes" in text
    assert 'content="noindex"' in text


def test_merges_with_them_are_among_their_changes(visitor, writer, other_writer):
    body = "\n".join(f"{n}번째 줄" for n in range(9)) + "\n"
    entry = make.entry("배포", body)
    make.edit(entry, body.replace("1번째", "첫째"), by=writer)
    make.edit(entry, body.replace("8번째", "끝"), by=other_writer, base_version=1)

    (row,) = page(visitor, writer).context["days_of_changes"][0][1]

    assert [revision.number for revision, _ in row.edits] == [3, 2]


def test_who_is_only_credited_in_a_merge_has_a_page(visitor, writer, other_writer):
    body = "\n".join(f"{n}번째 줄" for n in range(9)) + "\n"
    entry = make.entry("배포", body)
    make.edit(entry, body.replace("1번째", "첫째"), by=writer)
    make.edit(entry, body.replace("8번째", "끝"), by=other_writer, base_version=1)
    # What they had written alone is no account's any more.
    entry.revisions.filter(number=2).update(author=None, author_label="누군가")

    answer = page(visitor, writer)

    assert answer.status_code == 200
    assert answer.context["counted"].edits == 1
    assert answer.context["counted"].created == 0
    assert titles(answer) == ["배포"]


def test_credit_for_hidden_revisions_alone_gives_no_page(
    visitor, writer, other_writer, curator
):
    body = "\n".join(f"{n}번째 줄" for n in range(9)) + "\n"
    entry = make.entry("배포", body)
    make.edit(entry, body.replace("1번째", "첫째"), by=writer)
    make.edit(entry, body.replace("8번째", "끝"), by=other_writer, base_version=1)
    for name in ("history/", "history/3/", "blame/"):
        text = visitor.get(entry.get_absolute_url() + name).content.decode()
        assert "민수" in text
    editing.hide_revision(
        make.revision(entry, 2), reason="욕설", author=Author(user=curator)
    )

    assert page(visitor, writer).status_code == 404
    for name in ("history/", "history/3/", "blame/", "history/?by=" + f"u{writer.pk}"):
        text = visitor.get(entry.get_absolute_url() + name).content.decode()
        assert "민수" not in text


def test_import_is_one_row(as_writer, writer):
    make.imported("가", "나", "다", by=writer)
    make.entry("라", by=writer)

    assert titles(page(as_writer, writer)) == ["라", "3 notes"]
    assert titles(page(as_writer, writer, "?kind=imported")) == ["3 notes"]


def test_kinds_can_be_chosen(visitor, writer):
    entry = make.entry("새 글", by=writer)
    old = make.entry("고친 글")
    make.edit(old, "고침\n", by=writer)
    editing.edit_entry(
        entry,
        Content(title="새 글", body="띄어 쓰기\n"),
        base_version=1,
        act=make.act(writer, is_minor=True),
    )

    new = page(visitor, writer, "?kind=new")
    assert titles(new) == ["새 글"]
    (row,) = page(visitor, writer, "?minor=no").context["days_of_changes"][0][1][1:]
    assert row.revision.number == 1
    assert titles(page(visitor, writer, "?kind=x")) == ["새 글", "고친 글"]


def test_only_what_the_reader_may_see(visitor, as_curator, writer):
    make.entry("모두", by=writer)
    make.entry("모임", by=writer, visibility="members")
    make.entry("운영", by=writer, visibility="curators")
    make.deleted(make.entry("지움", by=writer), by=writer)

    assert titles(page(visitor, writer)) == ["모두"]
    assert "1 edit " in page(visitor, writer).content.decode()
    assert titles(page(as_curator, writer)) == ["운영", "모임", "모두"]


def test_accounts_that_wrote_nothing_are_not_told_to_visitors(
    visitor, as_writer, writer, other_writer
):
    make.entry("모임", by=other_writer, visibility="curators")

    assert page(visitor, other_writer).status_code == 404
    answer = page(as_writer, other_writer)
    assert answer.status_code == 200
    assert "no such change" in answer.content.decode()
    assert page(as_writer, writer).status_code == 200


@pytest.mark.parametrize("number", ["0", "999999", "9" * 30])
def test_unknown_account_is_404(visitor, as_writer, number):
    assert visitor.get(f"/people/{number}/").status_code == 404
    assert as_writer.get(f"/people/{number}/").status_code == 404


def test_pages_follow_one_another(visitor, writer, monkeypatch):
    monkeypatch.setattr("wiki.changes.EDITS_PER_PAGE", 3)
    monkeypatch.setattr(
        "wiki.changes.list_changes.__kwdefaults__",
        {
            "before": None,
            "limit": 3,
            "with_examples": True,
        },
    )
    for number in range(7):
        make.entry(f"글 {number}", by=writer)

    seen, query = [], ""
    while True:
        answer = page(visitor, writer, query)
        seen += titles(answer)
        cursor = answer.context["next_cursor"]
        if cursor is None:
            break
        assert f"?before={cursor}" in answer.content.decode()
        query = f"?before={cursor}"

    assert seen == [f"글 {number}" for number in range(6, -1, -1)]


def test_own_changes_are_in_the_menu(as_writer, writer, visitor):
    assert f'href="/people/{writer.pk}/"' in as_writer.get("/").content.decode()
    assert "/people/" not in visitor.get("/").content.decode()


def test_names_on_pages_lead_there(visitor, writer):
    entry = make.edit(make.entry("배포", "하나\n", by=writer), "둘\n", by="이름뿐")
    link = f'href="/people/{writer.pk}/">민수</a>'

    assert link in visitor.get(entry.get_absolute_url()).content.decode()
    page = visitor.get(f"{entry.get_absolute_url()}history/").content.decode()
    assert link in page
    assert "<span>이름뿐</span>" in page


@pytest.mark.parametrize("amount", [1, 40])
def test_number_of_queries(visitor, writer, amount):
    for _ in range(amount):
        make.entry(by=writer)
    make.imported("가", "나", by=writer, with_run=True)

    with CaptureQueriesContext(connection) as queries:
        page(visitor, writer)

    # The account, the counts, own edits, shared ones, batches and what is in them.
    assert len(queries) == 7


def test_wiki_for_members_asks_to_sign_in(visitor, writer, settings):
    settings.WIKI_ANONYMOUS_READ = False
    make.entry(by=writer)

    assert page(visitor, writer).status_code == 302
