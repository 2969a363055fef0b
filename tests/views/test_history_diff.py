"""The page that compares two revisions."""

import re
import time

import pytest
from django.utils import timezone

from tests import make
from wiki import editing
from wiki.models import RevisionMark

pytestmark = pytest.mark.django_db

OLD = "# 전송\n\ngRPC는 HTTP 2를 사용함.\n끝\n"
NEW = "# 전송\n\ngRPC는 [[HTTP/2]]를 쓴다.\n더한 줄\n끝\n"


def compare(client, entry, query="?old=1&new=2"):
    return client.get(f"{entry.get_absolute_url()}diff/{query}")


def text_of(answer):
    return answer.content.decode()


def words(html):
    return re.sub(r"<[^>]+>", "", html)


@pytest.fixture
def entry(writer):
    entry = make.entry("gRPC", OLD, tags=["rpc", "msa"], comment="요약을 앞으로")
    return make.edit(entry, NEW, by=writer, tags=["rpc", "HTTP/2"], comment="고침")


def test_side_by_side_is_the_default(visitor, entry):
    answer = compare(visitor, entry)

    page = text_of(answer)
    assert answer.status_code == 200
    assert '<div class="dl">' in page
    assert "<del>사용함</del>" in page
    assert "<ins>쓴다</ins>" in page
    assert 'content="noindex"' in page


def test_both_revisions_are_described(visitor, entry):
    page = text_of(compare(visitor, entry))

    for text in ("요약을 앞으로", "고침", "지현", "민수", "current"):
        assert text in page


def test_lines_are_named_for_those_who_listen(visitor, entry):
    for query in ("?old=1&new=2", "?old=1&new=2&view=unified"):
        page = text_of(compare(visitor, entry, query))

        assert '<span class="sr">Removed line: </span>' in page
        assert '<span class="sr">Added line: </span>' in page
        assert "Added line: 더한 줄" in words(page)


def test_equal_lines_are_read_out_once(visitor, entry):
    page = text_of(compare(visitor, entry))

    assert '<div class="dc ctx r" aria-hidden="true">' in page


def test_one_column_has_no_pairs(visitor, entry):
    page = text_of(compare(visitor, entry, "?old=1&new=2&view=unified"))

    assert 'class="dl"' not in page
    assert "ctx r" not in page
    assert page.index("사용함") < page.index("쓴다")


def test_tags_stand_apart(visitor, entry):
    page = text_of(compare(visitor, entry))

    assert "<ins>HTTP/2</ins>" in page
    assert "<del>msa</del>" in page
    assert "added</span>" in page
    assert "removed</span>" in page


def test_title_summary_source_and_other_titles_stand_apart(visitor):
    entry = make.entry("옛 이름", "글\n", properties=(("author", "a"),))
    editing.edit_entry(
        entry,
        editing.Content(
            title="새 이름",
            body="글\n",
            summary="한 줄",
            source_url="https://example.com",
            aliases=("별명",),
            properties=(("author", "b"), ("n", [1, 2])),
        ),
        base_version=1,
        act=make.act(),
    )

    page = text_of(visitor.get("/wiki/%EC%83%88-%EC%9D%B4%EB%A6%84/diff/?old=1&new=2"))

    for text in ("Title", "Summary", "Source address", "Other titles", "Properties"):
        assert f"{text}</h2>" in page
    assert "<del>옛</del>" in page
    assert "Added line: 한 줄" in words(page)
    assert "n: [1, 2]" in words(page)
    assert "At the beginning" not in page


def test_no_difference_is_stated(visitor):
    entry = make.edit(make.edit(make.entry("배포", "하나\n"), "둘\n"), "하나\n")

    page = text_of(compare(visitor, entry, "?old=1&new=3"))

    assert "There is no difference" in page


def test_everything_is_escaped(visitor):
    bad = "<script>alert('1')</script>"
    entry = make.entry(f"t {bad}", f"{bad}\n", tags=["<i>"], comment=bad)
    entry = make.edit(entry, f"{bad} {bad}\n", tags=["<u>"], summary=bad)

    for query in ("?old=1&new=2", "?old=1&new=2&view=unified"):
        page = text_of(compare(visitor, entry, query))

        assert "<script>alert" not in page
        assert "<i>" not in page
        assert "<u>" not in page


@pytest.mark.parametrize(
    "query, pair",
    [
        ("", (2, 3)),
        ("?old=1", (1, 3)),
        ("?new=2", (1, 2)),
        ("?old=&new=", (2, 3)),
        ("?old=1&new=3", (1, 3)),
    ],
)
def test_what_is_not_named_is_the_last_change(visitor, query, pair):
    entry = make.edit(make.edit(make.entry("배포", "1\n"), "2\n"), "3\n")

    context = compare(visitor, entry, query).context

    assert (context["old"].number, context["new"].number) == pair


@pytest.mark.parametrize(
    "query",
    [
        "?old=1&new=999",
        "?old=0&new=2",
        "?old=7&new=8",
        "?old=x&new=2",
        "?old=1&new=2.5",
        f"?old=1&new={'9' * 40}",
        "?old=%00&new=2",
    ],
)
def test_unknown_revisions_are_404(visitor, entry, query):
    assert compare(visitor, entry, query).status_code == 404


def test_turned_round_pair_is_refused_with_the_way_out(visitor, entry):
    answer = compare(visitor, entry, "?old=2&new=1")

    assert answer.status_code == 404
    assert "?old=1&amp;new=2" in text_of(answer)
    assert compare(visitor, entry, "?old=2&new=2").status_code == 404


def test_first_revision_has_nothing_before_it(visitor):
    answer = compare(visitor, make.entry("배포"), "")

    assert answer.status_code == 302
    assert answer.url.endswith("/history/")


def test_steps_lead_to_the_changes_around(visitor, as_writer):
    entry = make.entry("배포", "0\n")
    for number in range(1, 4):
        entry = make.edit(entry, f"{number}\n")

    middle = text_of(compare(visitor, entry, "?old=2&new=3"))
    newest = text_of(compare(as_writer, entry, "?old=1&new=4&view=unified"))

    assert "?old=1&amp;new=2" in middle
    assert "?old=3&amp;new=4" in middle
    assert newest.count('aria-disabled="true"') == 2
    assert 'rel="next' not in newest
    assert 'rel="prev' not in newest
    assert "/revert/1/" in newest
    assert "/revert/" not in middle


def test_both_revisions_have_to_be_in_sight(visitor, as_curator):
    entry = make.edit(make.edit(make.entry("배포", "1\n"), "2\n"), "3\n")
    RevisionMark.objects.create(
        revision=make.revision(entry, 2), kind="hidden", created_at=timezone.now()
    )

    for query in ("?old=1&new=2", "?old=2&new=3"):
        assert compare(visitor, entry, query).status_code == 404
        assert compare(as_curator, entry, query).status_code == 200
    assert compare(visitor, entry, "?old=1&new=3").status_code == 200


def test_hidden_and_deleted_entries_are_404(visitor):
    hidden = make.edit(make.entry("모임", visibility="members"), "둘\n")
    gone = make.deleted(make.edit(make.entry("지난 글"), "둘\n"))

    assert compare(visitor, hidden).status_code == 404
    assert compare(visitor, gone).status_code == 404


def test_former_address_keeps_what_was_asked(visitor, entry):
    editing.rename_entry(entry, "gRPC 정리", base_version=2, act=make.act())

    answer = compare(visitor, entry)

    assert answer.status_code == 302
    assert answer.url.endswith("/diff/?old=1&new=2")


def test_queries_do_not_depend_on_the_texts(
    visitor, as_writer, entry, django_assert_num_queries
):
    long = make.entry("길다", "\n".join(f"줄 {n}" for n in range(300)))
    long = make.edit(long, "\n".join(f"줄 {n * 2}" for n in range(300)))

    for each in (entry, long):
        with django_assert_num_queries(5):
            compare(visitor, each)
        # The texts are read once, for whoever asks.
        with django_assert_num_queries(4):
            compare(visitor, each)
        with django_assert_num_queries(6):
            compare(as_writer, each)


@pytest.mark.parametrize("view", ["split", "unified"])
def test_huge_change_is_coarse_and_says_so_in_time(visitor, view):
    entry = make.entry("크다", "\n".join(f"옛 줄 {n}" for n in range(6000)))
    entry = make.edit(entry, "\n".join(f"{n} 새 글" for n in range(6000)))

    started = time.process_time()
    answer = compare(visitor, entry, f"?old=1&new=2&view={view}")

    assert "only whole lines are compared" in text_of(answer)
    assert time.process_time() - started < 4


def test_emoji_and_empty_texts(visitor):
    entry = make.entry("배포", "")
    entry = make.edit(entry, "👩‍👩‍👧 가족 😀\n")
    entry = make.edit(entry, "👩‍👩‍👦 가족 😃\n")

    assert "👩‍👩‍👧" in text_of(compare(visitor, entry, "?old=1&new=2"))
    assert "👩‍👩‍👦" in text_of(compare(visitor, entry, "?old=2&new=3"))


def test_line_ends_of_another_system_are_no_difference(visitor):
    entry = make.entry("배포", "하나\r\n둘\r\n")
    entry = make.edit(entry, "하나\n둘\n셋\n")

    page = words(text_of(compare(visitor, entry)))

    assert "Removed line" not in page
    assert page.count("Added line: 셋") == 1


# ── Moved blocks ──────────────────────────────────────────────────────────────
SECTION = "## 설치\n\n서버에 도커를 먼저 설치한다.\n그다음 설정 파일을 옮긴다.\n\n"
REST = "".join(f"{n}번째로 할 일을 적은 줄이다.\n" for n in range(12))


@pytest.mark.parametrize("view", ["split", "unified"])
def test_a_moved_block_is_named_in_both_places(visitor, view):
    entry = make.edit(make.entry("배포", SECTION + REST), REST + SECTION)

    page = text_of(compare(visitor, entry, f"?old=1&new=2&view={view}"))

    assert 'id="w-m1" href="#w-m1-to"' in page
    assert 'id="w-m1-to" href="#w-m1"' in page
    assert "moved to line 13" in page
    assert "moved from line 1" in page
    assert "1 block moved" in page
    assert '<span class="sr">Moved away: </span>' in page
    assert '<span class="sr">Moved here: </span>' in page
    assert "Removed line" not in page


# ── Context ───────────────────────────────────────────────────────────────────
def test_the_whole_text_is_shown_when_asked_for(visitor):
    lines = [f"{n}번째 줄" for n in range(40)]
    entry = make.entry("배포", "\n".join(lines))
    lines[20] = "고친 줄"
    entry = make.edit(entry, "\n".join(lines))

    folded = text_of(compare(visitor, entry))
    whole = text_of(compare(visitor, entry, "?old=1&new=2&context=all"))

    assert "0번째 줄" not in words(folded).split()
    assert "17 equal lines above" in words(folded)
    assert "?old=1&amp;new=2&amp;context=all" in folded
    assert "0번째 줄" in words(whole)
    assert "39번째 줄" in words(whole)
    assert "equal lines above" not in words(whole)


def test_steps_pass_what_is_hidden(visitor, as_curator):
    entry = make.entry("배포", "1\n")
    for number in range(2, 7):
        entry = make.edit(entry, f"{number}\n")
    for number in (2, 5):
        RevisionMark.objects.create(
            revision=make.revision(entry, number),
            kind="hidden",
            created_at=timezone.now(),
        )

    page = text_of(compare(visitor, entry, "?old=3&new=4"))

    assert "?old=1&amp;new=3" in page
    assert "?old=4&amp;new=6" in page
    assert "?old=2&amp;new=3" in text_of(compare(as_curator, entry, "?old=3&new=4"))


def test_steps_keep_the_view(visitor):
    entry = make.entry("배포", "1\n")
    for number in range(2, 5):
        entry = make.edit(entry, f"{number}\n")

    page = text_of(compare(visitor, entry, "?old=2&new=3&view=unified&context=all"))

    assert "?old=1&amp;new=2&amp;view=unified&amp;context=all" in page


def test_pictures_that_came_and_went_stand_apart(visitor):
    entry = make.entry("배포", "![구조](구조.png) 글\n")
    entry = make.edit(entry, "![[새 그림.png]] 글\n")

    page = text_of(compare(visitor, entry))

    assert "Pictures</h2>" in page
    assert "<del>구조.png</del>" in page
    assert "<ins>새 그림.png</ins>" in page


# ── As it is read ─────────────────────────────────────────────────────────────
READ = "?old=1&new=2&view=rendered"


def test_rendered_text_is_shown_with_marks(visitor, entry):
    page = text_of(compare(visitor, entry, READ))

    assert '<article class="prose marked"' in page
    assert "<p>gRPC는 " in page
    assert "<ins>" in page
    assert '<div class="dc ' not in page
    # Tags and the rest stand apart here too.
    assert "<ins>HTTP/2</ins>" in page


def test_unusual_and_huge_texts_fall_back_to_lines(visitor):
    huge = "".join(f"{n}번째 문단을 적는다\n\n" for n in range(30_000))
    entry = make.edit(make.entry("크다", huge), huge.replace("적는다", "쓴다", 5))

    page = text_of(compare(visitor, entry, READ))

    assert "compared as they are read. Here are their lines." in page
    assert '<div class="dc del">' in page
    assert "prose marked" not in page


def test_attacks_are_only_read(visitor):
    bad = (
        "<script>alert(1)</script><img src=x onerror=alert(1)>[a](javascript:alert(1))"
    )
    entry = make.edit(
        make.entry("배포", f"글 {bad}\n"), f"말 {bad}\n\n<b onclick=x>{bad}\n"
    )

    page = text_of(compare(visitor, entry, READ))

    article = page[page.index("prose marked") : page.index("</article>")]
    for sign in ("<script", "onerror=", "<b onclick", 'href="javascript'):
        assert sign not in article


def test_a_text_that_became_empty(visitor):
    entry = make.edit(make.entry("배포", "하나\n"), "")

    assert "<del>하나</del>" in text_of(compare(visitor, entry, READ))


# ── What is too much ──────────────────────────────────────────────────────────
@pytest.mark.parametrize("view", ["split", "unified", "rendered"])
def test_a_huge_comparison_is_bounded_and_offers_all_of_it(visitor, view):
    entry = make.entry("크다", "".join(f"옛 줄 {n} <&>\n" for n in range(20_000)))
    entry = make.edit(entry, "".join(f"{n} 새 글 <&>\n" for n in range(20_000)))

    started = time.process_time()
    answer = compare(visitor, entry, f"?old=1&new=2&view={view}&context=all")

    assert time.process_time() - started < 4
    page = text_of(answer)
    assert len(answer.content) < 1_100_000
    assert "changed lines at the end are left out" in page
    assert "format=patch" in page
    assert "/history/1/raw/" in page
    assert "/history/2/raw/" in page


def test_all_changes_come_as_a_file(visitor, entry):
    answer = compare(visitor, entry, "?old=1&new=2&format=patch")

    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Disposition"].startswith("attachment")
    assert "grpc-r1-r2.diff" in answer["Content-Disposition"]
    body = answer.content.decode()
    assert body.startswith("--- grpc.md\tr1\n+++ grpc.md\tr2\n@@ -1,4 +1,5 @@\n")
    assert "-gRPC는 HTTP 2를 사용함.\n+gRPC는 [[HTTP/2]]를 쓴다.\n" in body


def test_the_file_is_for_those_who_see_both(visitor):
    hidden = make.edit(make.entry("모임", visibility="members"), "둘\n")

    answer = compare(visitor, hidden, "?old=1&new=2&format=patch")

    assert answer.status_code == 404
