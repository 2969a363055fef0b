"""The blame page: every line with its revision, whatever happened to the entry."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests import make
from tests.importing.importer import run, write
from wiki import editing
from wiki.history.lines import split_lines
from wiki.models import Entry, Revision, RevisionMark
from wiki.views import line_origins

pytestmark = pytest.mark.django_db


def blame(client, entry, query="", **extra):
    return client.get(f"{entry.get_absolute_url()}blame/{query}", **extra)


def text_of(answer):
    return answer.content.decode()


def table(answer):
    """Each line of the page with who is credited, as a reader sees it."""
    rows = re.findall(
        r'<div class="by">(.*?)</div>\s*<ol class="lines"([^>]*)>(.*?)</ol>',
        text_of(answer),
        re.DOTALL,
    )
    found = []
    for by, attributes, lines in rows:
        number = re.search(r">\s*(r\d+)<", by)
        names = re.findall(
            r'class="who"><span[^>]*>[^<]*</span><(?:a|span)[^>]*>([^<]*)<', by
        )
        start = re.search(r'start="(\d+)"', attributes)
        first = int(start[1]) if start else 1
        for place, line in enumerate(
            re.findall(r"<li[^>]*>(.*?)</li>", lines, re.DOTALL)
        ):
            who = ", ".join(names)
            found.append((first + place, number and number[1], who, line))
    return found


def credited(answer):
    return [(number, who, line) for _, number, who, line in table(answer)]


def test_each_line_stands_with_its_revision_and_author(visitor, writer):
    entry = make.entry("배포", "하나\n\n  둘 <b>\n", comment="처음 씀")
    make.edit(entry, "하나\n\n  둘 <b>\n셋 🚀\n", by=writer, comment='"더함"')

    answer = blame(visitor, entry)

    assert answer.status_code == 200
    assert table(answer) == [
        (1, "r1", "지현", "하나"),
        (2, "r1", "지현", ""),
        (3, "r1", "지현", "  둘 &lt;b&gt;"),
        (4, "r2", "민수", "셋 🚀"),
    ]
    page = text_of(answer)
    assert 'title="처음 씀"' in page
    assert 'title="&quot;더함&quot;"' in page
    assert f'href="/people/{writer.pk}/">민수</a>' in page
    assert 'href="../history/2/"' in page
    assert 'href="../diff/?old=1&amp;new=2"' in page
    assert 'content="noindex"' in page
    assert "noindex" in answer["X-Robots-Tag"]


def test_lines_survive_import_merge_rename_and_revert(
    as_writer, writer, other_writer, tmp_path
):
    dump = write(
        tmp_path / "글모음", {"서버/배포.md": "# 배포\n\n태그\n\n빌드\n\n끝\n"}
    )
    run(dump, author="가져온이")
    entry = Entry.objects.get(title="배포")
    body = entry.body
    make.edit(entry, body.replace("태그", "태그를 단다 ☕"), by=writer)
    # Made on the imported text: merged with what was saved meanwhile.
    make.edit(entry, body + "\n되돌리기\n", by=other_writer, base_version=1)
    entry = Entry.objects.get(pk=entry.pk)
    renamed = editing.rename_entry(
        entry, "릴리스", base_version=3, act=make.act("도윤")
    ).entry
    kept = Entry.objects.get(pk=entry.pk).body
    spam = make.edit(renamed, "광고\n", by="낯선이")
    back = editing.revert_entry(
        spam, make.revision(spam, 4), base_version=5, act=make.act(writer)
    ).entry
    write(dump, {"서버/배포.md": "# 배포\n\n태그\n\n빌드한다\n\n끝\n"})
    run(dump, author="가져온이")
    entry = Entry.objects.get(pk=back.pk)

    answer = blame(as_writer, entry)

    assert entry.version == 7
    assert [line for *_, line in table(answer)] == split_lines(entry.body)
    assert split_lines(kept.replace("빌드\n", "빌드한다\n")) == split_lines(entry.body)
    expected = {
        "태그를 단다 ☕": ("r2", "민수"),
        "빌드한다": ("r7", "가져온이"),
        "끝": ("r1", "가져온이"),
        "되돌리기": ("r3", "지현, 민수"),
    }
    assert {
        line: (number, who) for number, who, line in credited(answer) if line
    } == expected
    assert text_of(answer).count("imported from 글모음/서버/배포.md") >= 2
    assert {number for number, *_ in credited(answer)} == {"r1", "r2", "r3", "r7"}


def test_word_merge_in_one_line_is_its_mergers_with_the_other(
    visitor, writer, other_writer
):
    line = "서버를 내리기 전에 반드시 백업을 하고 나서 한 번 더 확인한다\n"
    entry = make.entry("배포", line)
    make.edit(entry, line.replace("서버를", "모든 서버를"), by=writer)
    make.edit(
        entry, line.replace("확인한다", "살펴본다"), by=other_writer, base_version=1
    )

    answer = blame(visitor, entry)

    assert credited(answer) == [
        (
            "r3",
            "지현, 민수",
            "모든 서버를 내리기 전에 반드시 백업을 하고 나서 한 번 더 살펴본다",
        )
    ]


def test_undo_of_a_deletion_credits_those_who_wrote(visitor, writer):
    entry = make.entry("배포", "하나\n\n둘\n\n셋\n")
    entry = make.edit(entry, "하나\n\n셋\n", by="낯선이")
    entry = make.edit(entry, "하나\n\n셋\n\n넷\n\n다섯\n", by=writer)
    editing.undo_revision(
        entry, make.revision(entry, 2), base_version=3, act=make.act("도윤")
    )

    answer = blame(visitor, entry)

    lines = {line: (number, who) for number, who, line in credited(answer) if line}
    assert lines == {
        "하나": ("r1", "지현"),
        "둘": ("r1", "지현"),
        "셋": ("r1", "지현"),
        "넷": ("r3", "민수"),
        "다섯": ("r3", "민수"),
    }


def test_stepping_back_shows_the_text_before_a_change(visitor):
    entry = make.edit(make.entry("배포", "하나\n둘\n"), "하나\n셋\n")
    make.edit(entry, "하나\n셋\n넷\n")

    page = text_of(blame(visitor, entry))
    before = blame(visitor, entry, "?at=1")

    assert 'href="?at=1" aria-label="The text before revision 2"' in page
    assert 'href="?at=2" aria-label="The text before revision 3"' in page
    assert [line for *_, line in credited(before)] == ["하나", "둘"]
    assert "as it was at r1" in text_of(before)
    assert "Before this" not in text_of(before)


def test_blanks_can_be_left_out_of_account(visitor, writer):
    entry = make.entry("배포", "- 하나\n- 둘\n")
    make.edit(entry, "  - 하나\n- 둘\n", by=writer)

    assert [n for n, *_ in credited(blame(visitor, entry))] == ["r2", "r1"]
    ignoring = blame(visitor, entry, "?ws=ignore")
    assert [n for n, *_ in credited(ignoring)] == ["r1", "r1"]
    assert [line for *_, line in credited(ignoring)] == ["  - 하나", "- 둘"]


def test_empty_text_says_so(visitor):
    assert "no lines" in text_of(blame(visitor, make.entry("배포", "")))


def test_headings_can_be_jumped_to(visitor):
    entry = make.entry("배포", "# 절차\n글\n```\n# 아님\n```\n## 끝\n")

    page = text_of(blame(visitor, entry))

    assert '<a href="#w-l1">절차</a>' in page
    assert '<a href="#w-l6">끝</a>' in page
    assert '<li id="w-l1"># 절차</li>' in page
    assert "#w-l4" not in page


def test_long_text_comes_in_parts(visitor, monkeypatch):
    monkeypatch.setattr("wiki.views.blame.LINES_ON_A_PAGE", 3)
    entry = make.entry("배포", "가\n나\n다\n라\n# 마\n")

    first, second = blame(visitor, entry), blame(visitor, entry, "?page=2")

    assert [place for place, *_ in table(first)] == [1, 2, 3]
    assert [place for place, *_ in table(second)] == [4, 5]
    assert '"?page=2#w-l5"' in text_of(first)
    assert '"#w-l5"' in text_of(second)


@pytest.mark.parametrize("at", ["0", "3", "x", "-1", "9" * 30, "１", "%00"])
def test_unknown_revision_is_404(visitor, at):
    entry = make.edit(make.entry("배포", "하나\n"), "둘\n")

    assert blame(visitor, entry, f"?at={at}").status_code == 404


@pytest.mark.parametrize("page", ["0", "99", "x", "-1"])
def test_any_part_is_answered(visitor, page):
    assert blame(visitor, make.entry("배포"), f"?page={page}").status_code == 200


def test_hidden_revision_gives_its_lines_and_nothing_else(visitor, as_curator):
    entry = make.entry("배포", "하나\n")
    make.edit(entry, "하나\n둘\n", by="도윤", comment="비밀 이야기")
    make.edit(entry, "하나\n둘\n셋\n")
    RevisionMark.objects.create(
        revision=make.revision(entry, 2),
        kind=RevisionMark.Kind.HIDDEN,
        created_at=timezone.now(),
    )

    seen, to_curator = blame(visitor, entry), blame(as_curator, entry)

    assert credited(seen)[1] == ("r2", "", "둘")
    for secret in ("도윤", "비밀", "../history/2/", "new=2", "?at=2"):
        assert secret not in text_of(seen)
    # Before the third came the first, for those who may not see the second.
    assert "../diff/?old=1&amp;new=3" in text_of(seen)
    assert credited(to_curator)[1] == ("r2", "도윤", "둘")
    assert 'class="badge err">hidden' in text_of(to_curator)
    assert blame(visitor, entry, "?at=2").status_code == 404
    assert blame(as_curator, entry, "?at=2").status_code == 200


def test_hidden_and_deleted_entries_are_404(visitor, as_writer):
    members_only = make.entry("모임", visibility="members")
    gone = make.deleted(make.entry("지난 글"))

    assert visitor.get("/wiki/none/blame/").status_code == 404
    assert blame(visitor, members_only).status_code == 404
    assert blame(as_writer, members_only).status_code == 200
    assert blame(as_writer, gone).status_code == 404


def test_former_address_leads_on(visitor):
    entry = make.entry("배포")
    editing.rename_entry(entry, "릴리스", base_version=1, act=make.act())

    answer = blame(visitor, entry, "?at=1")

    assert answer.status_code == 302
    assert answer.url.endswith("/blame/?at=1")


def test_reading_it_writes_nothing(visitor):
    entry = make.edit(make.entry("배포", "하나\n"), "둘\n")
    before = Revision.objects.count()

    with CaptureQueriesContext(connection) as queries:
        blame(visitor, entry)

    assert Revision.objects.count() == before
    assert all(query["sql"].startswith("SELECT") for query in queries)


@pytest.mark.parametrize("revisions", [3, 120])
def test_queries_do_not_grow_with_the_history(visitor, revisions):
    entry = make.entry("배포", "줄\n")
    for number in range(1, revisions):
        entry = make.edit(entry, f"{entry.body}줄 {number}\n", by=f"사람 {number}")
    blame(visitor, entry)

    with CaptureQueriesContext(connection) as queries:
        answer = blame(visitor, entry)

    assert len(table(answer)) == revisions
    # The entry, the revision, its marks, names of accounts, what is hidden, the
    # revisions of the lines, their co-authors. A visitor's page of it is kept.
    assert len(queries) == 4
    with CaptureQueriesContext(connection) as queries:
        blame(visitor, entry, "?page=1")
    assert len(queries) == 7


def test_new_revision_continues_what_is_known(visitor):
    entry = make.entry("배포", "하나\n")
    for number in range(60):
        entry = make.edit(entry, f"{entry.body}줄 {number}\n")
    blame(visitor, entry)
    make.edit(entry, f"{entry.body}끝\n")

    with CaptureQueriesContext(connection) as queries:
        answer = blame(visitor, entry)

    assert credited(answer)[-1][0] == "r62"
    texts = [q["sql"] for q in queries if '"body" AS "body"' in q["sql"]]
    texts = [sql for sql in texts if '"number" <' in sql]
    assert len(texts) == 1


def test_history_too_long_for_one_request_is_told_in_steps(visitor, monkeypatch):
    monkeypatch.setattr(line_origins, "CHUNK", 4)
    entry = make.entry("배포", "첫 줄\n")
    for number in range(2, 11):
        entry = make.edit(entry, f"{entry.body}줄 {number}\n")
    # Nothing is left of the time after the first revision that is read.
    monkeypatch.setattr(line_origins, "MAX_SECONDS", -1)

    answers = [blame(visitor, entry) for _ in range(11)]

    first, last = text_of(answers[0]), text_of(answers[-1])
    assert "still being worked out" in first
    assert "Look again" in first
    assert "still being worked out" not in last
    truth = {f"줄 {n}": f"r{n}" for n in range(2, 11)} | {"첫 줄": "r1"}
    for answer in answers:
        for number, _, line in credited(answer):
            assert number in (truth[line], None)
    assert {line: number for number, _, line in credited(answers[-1])} == truth


def test_history_beyond_what_is_looked_at_is_told(visitor, monkeypatch):
    monkeypatch.setattr(line_origins, "CHUNK", 2)
    monkeypatch.setattr(line_origins, "MAX_REVISIONS", 2)
    entry = make.entry("배포", "첫 줄\n")
    for number in range(2, 8):
        entry = make.edit(entry, f"{entry.body}줄 {number}\n")

    answer = blame(visitor, entry)

    assert [n for n, *_ in credited(answer)][-2:] == ["r6", "r7"]
    assert "from before r5" in text_of(answer)
    assert "still being worked out" not in text_of(answer)


def test_page_speaks_korean(visitor):
    answer = blame(visitor, make.entry("배포"), headers={"accept-language": "ko"})

    assert '<html lang="ko"' in text_of(answer)


def test_only_reading_is_allowed(as_writer):
    url = f"{make.entry('배포').get_absolute_url()}blame/"

    assert as_writer.post(url).status_code == 405


def test_renamed_accounts_go_by_their_new_names(visitor, writer, other_writer):
    body = "\n".join(f"{n}번째 줄" for n in range(9)) + "\n"
    entry = make.entry("배포", body, by="도윤")
    make.edit(entry, body.replace("1번째", "첫째"), by=writer)
    make.edit(entry, body.replace("8번째", "끝"), by=other_writer, base_version=1)

    for account in (writer, other_writer):
        etag = blame(visitor, entry)["ETag"]
        account.first_name = f"새 {account.first_name}"
        account.save()
        answer = blame(visitor, entry, headers={"if-none-match": etag})
        assert answer.status_code == 200
        assert account.first_name in text_of(answer)


def test_same_page_is_not_sent_again(visitor, as_writer):
    entry = make.edit(make.entry("배포", "하나\n"), "둘\n")

    for client in (visitor, as_writer):
        etag = blame(client, entry)["ETag"]
        again = blame(client, entry, headers={"if-none-match": etag})
        assert again.status_code == 304
    make.edit(entry, "셋\n")
    assert blame(visitor, entry)["ETag"] != etag
