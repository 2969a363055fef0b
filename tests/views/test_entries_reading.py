"""The page of an entry, its source, and addresses that are no entry's own."""

import unicodedata

import pytest
from django.test import Client
from django.urls import reverse

from tests import make
from wiki import editing
from wiki.models import Entry, SiteState

pytestmark = pytest.mark.django_db


def page_of(client: Client, entry: Entry, **options: object):
    return client.get(entry.get_absolute_url(), **options)


def text_of(answer) -> str:
    return answer.content.decode()


# ── The page ─────────────────────────────────────────────────────────────────
def test_a_visitor_reads_the_text_inside_the_article(visitor):
    entry = make.entry("배포 절차", "# 준비\n\n서버를 **끈다**. 🚀")

    answer = page_of(visitor, entry)

    assert answer.status_code == 200
    text = text_of(answer)
    assert '<article class="prose"' in text
    assert "<strong>끈다</strong>. 🚀" in text
    assert text.count("<h1") == 1


def test_the_page_names_tags_editor_revision_and_length(visitor):
    entry = make.entry("글", "본문입니다", tags=["C++", "CI CD"], by="민수")

    text = text_of(page_of(visitor, entry))

    assert 'href="/tags/c++/"' in text or 'href="/tags/c%2B%2B/"' in text
    assert 'href="/tags/ci-cd/"' in text
    assert "민수" in text
    assert reverse("entry-revision", args=[entry.slug, 1]) in text
    assert "5 characters" in text


def test_other_titles_summary_and_source_are_shown(visitor):
    entry = make.entry(
        "gRPC",
        aliases=("Google Remote Protocol",),
        summary="원격 호출",
        source_url="https://grpc.io/docs",
    )

    text = text_of(page_of(visitor, entry))

    assert "<small>Google Remote Protocol</small>" in text
    assert "원격 호출" in text
    assert 'href="https://grpc.io/docs" rel="nofollow noopener noreferrer"' in text


def test_plain_text_fields_are_printed_as_text(visitor):
    nasty = '<img src=x onerror=alert(1)>"'
    entry = make.entry(
        f"제목 {nasty}", "본문", tags=[nasty], summary=nasty, aliases=(f"별명 {nasty}",)
    )

    text = text_of(page_of(visitor, entry))

    assert "<img" not in text
    assert "&lt;img src=x" in text


@pytest.mark.parametrize("count, is_there", [(2, False), (3, True)])
def test_contents_come_with_three_headings(visitor, count, is_there):
    entry = make.entry(body="\n\n".join(f"# 절 {n}" for n in range(count)))

    assert ('class="toc"' in text_of(page_of(visitor, entry))) is is_there


def test_contents_begin_at_the_edge_whatever_level_a_note_begins_with(visitor):
    entry = make.entry(body="## 가\n\n### 나\n\n## 다")

    text = text_of(page_of(visitor, entry))

    assert '<li class="l2"><a href="#가">가</a></li><li class="l3">' in text


def test_markup_in_headings_is_text_in_the_contents(visitor):
    entry = make.entry(body='# a `{}` <b>&lt;i&gt;</b>\n\n# {0}\n\n# %s "x"')

    contents = (
        text_of(page_of(visitor, entry)).split('class="toc"')[1].split("</nav>")[0]
    )

    assert "{}" in contents
    assert "{0}" in contents
    assert "<i>" not in contents
    assert "<b>" not in contents


def test_backlinks_show_their_sentence_with_the_name_marked(visitor):
    entry = make.entry("gRPC")
    make.entry("Kafka", "대답을 기다리면 [[gRPC]]로 부른다.")

    text = text_of(page_of(visitor, entry))

    assert '<a href="/wiki/kafka/">Kafka</a>' in text
    assert "대답을 기다리면 <mark>gRPC</mark>로 부른다." in text


def test_backlinks_beyond_three_are_counted_and_named(visitor):
    entry = make.entry("대상")
    for number in range(35):
        make.entry(f"출처 {number}", "[[대상]] [[대상]]")

    text = text_of(page_of(visitor, entry))

    assert '<span class="n">35</span>' in text
    assert text.count("<mark>대상</mark>") == 3
    assert "27 more" in text
    assert "and 5 other notes" in text


def test_what_a_reader_may_not_see_is_not_named_either(visitor, as_writer, as_curator):
    entry = make.entry("대상", tags=["배포"])
    make.entry("비밀 출처", "[[대상]]", tags=["배포"], visibility="curators")

    assert "비밀 출처" not in text_of(page_of(visitor, entry))
    assert "비밀 출처" not in text_of(page_of(as_writer, entry))
    assert text_of(page_of(as_curator, entry)).count("비밀 출처") == 2


def test_near_notes_share_tags_and_the_nearest_comes_first(visitor):
    entry = make.entry("글", tags=["배포", "msa"])
    make.entry("하나만 같은 글", tags=["msa"])
    make.entry("둘 다 같은 글", tags=["MSA", "배포"])
    make.entry("다른 글", tags=["다른 태그"])

    text = text_of(page_of(visitor, entry))

    assert text.index("둘 다 같은 글") < text.index("하나만 같은 글")
    assert "다른 글" not in text


def test_everyone_who_wrote_is_named_once(visitor, writer):
    entry = make.entry(by="지현")
    for body in ("하나", "둘"):
        entry = make.edit(entry, body, by=writer)

    people = text_of(page_of(visitor, entry)).split('class="people"')[1]

    assert people.split("</ul>")[0].count("<li>") == 2
    assert people.index("민수") < people.index("지현")


def test_an_empty_note_says_so_and_offers_to_write(visitor, as_writer):
    entry = make.entry("제목만", "")

    assert "has a title and no text yet" in text_of(page_of(visitor, entry))
    assert "Write the text" not in text_of(page_of(visitor, entry))
    assert "Write the text" in text_of(page_of(as_writer, entry))


@pytest.mark.parametrize(
    "body, language",
    [
        ("서버는 gRPC로 부르고 브라우저는 REST로 부른다. 그래서 둘 다 있다.", "ko"),
        ("Servers speak gRPC and browsers speak REST, so there are both.", "en"),
    ],
)
def test_the_article_says_its_language(visitor, body, language):
    entry = make.entry("x", body)

    assert f'<article class="prose" lang="{language}">' in text_of(
        page_of(visitor, entry)
    )


def test_only_who_may_edit_sees_the_buttons(visitor, as_writer, as_curator):
    entry = make.entry(protection="curators")
    edit = reverse("entry-edit", args=[entry.slug])

    assert edit not in text_of(page_of(visitor, entry))
    assert edit not in text_of(page_of(as_writer, entry))
    assert edit in text_of(page_of(as_curator, entry))


def test_a_visitors_page_carries_no_token_and_no_cookie(visitor):
    entry = make.entry()

    answer = page_of(visitor, entry)

    assert "csrfmiddlewaretoken" not in text_of(answer)
    assert not answer.cookies


def test_the_file_of_an_import_is_named_to_members_only(visitor, as_writer):
    entry = make.entry()
    Entry.objects.filter(pk=entry.pk).update(source_path="옛 노트.md")

    assert "옛 노트.md" not in text_of(page_of(visitor, entry))
    assert "옛 노트.md" in text_of(page_of(as_writer, entry))


def test_what_an_older_renderer_stored_is_drawn_anew_and_not_written(visitor):
    make.entry("있는 글")
    entry = make.entry(body="[[있는 글]] **굵게**")
    Entry.objects.filter(pk=entry.pk).update(html="<p>old</p>", render_key="0-show")

    text = text_of(page_of(visitor, entry))

    assert "<strong>굵게</strong>" in text
    assert reverse("entry", args=["있는-글"]) in text
    assert Entry.objects.get(pk=entry.pk).html == "<p>old</p>"


@pytest.mark.parametrize("visibility", ["members", "curators"])
def test_hidden_entries_are_missing_for_visitors(visitor, visibility):
    entry = make.entry("비밀 글", "비밀 본문", visibility=visibility)

    answers = [visitor.get(entry.get_absolute_url() + part) for part in ("", "raw/")]

    assert [answer.status_code for answer in answers] == [404, 404]
    assert all("비밀 본문" not in text_of(answer) for answer in answers)


def test_members_and_curators_read_what_is_for_them(as_writer, as_curator):
    members = make.entry(visibility="members")
    curators = make.entry(visibility="curators")

    assert page_of(as_writer, members).status_code == 200
    assert page_of(as_writer, curators).status_code == 404
    assert page_of(as_curator, curators).status_code == 200


def test_a_deleted_entry_is_missing(visitor, as_curator):
    entry = make.deleted(make.entry())

    for client in (visitor, as_curator):
        assert page_of(client, entry).status_code == 404
        assert client.get(entry.get_absolute_url() + "raw/").status_code == 404


def test_reading_is_for_get_and_head(visitor):
    entry = make.entry()

    assert visitor.head(entry.get_absolute_url()).status_code == 200
    assert visitor.post(entry.get_absolute_url()).status_code == 405


# ── Queries ──────────────────────────────────────────────────────────────────
@pytest.fixture
def linked_entry(db) -> Entry:
    entry = make.entry("대상", "# 하나\n\n# 둘\n\n# 셋", tags=["배포", "msa"])
    for number in range(4):
        make.entry(f"출처 {number}", "[[대상]]", tags=["배포"], by=f"사람 {number}")
    return make.edit(entry, "# 하나\n\n# 둘\n\n# 넷", by="민수")


def test_a_visitor_costs_four_queries_and_then_one(
    visitor, linked_entry, django_assert_num_queries
):
    with django_assert_num_queries(4):
        first = page_of(visitor, linked_entry)
    with django_assert_num_queries(1):
        second = page_of(visitor, linked_entry)

    assert first.content == second.content
    assert first.headers["ETag"] == second.headers["ETag"]


def test_a_writer_costs_at_most_eight_queries(
    as_writer, linked_entry, django_assert_max_num_queries
):
    with django_assert_max_num_queries(8):
        page_of(as_writer, linked_entry)


# ── The source ───────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    "body", ["", "한글 🚀\n\n끝 ", "\n\n빈 줄로 시작", "한글", "줄\r\n끝\r줄"]
)
def test_the_source_is_the_body(visitor, body):
    entry = make.entry(body=body)

    answer = visitor.get(reverse("entry-raw", args=[entry.slug]))

    assert answer.content.decode() == body.replace("\r\n", "\n").replace("\r", "\n")
    assert answer.headers["Content-Type"] == "text/markdown; charset=utf-8"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_the_source_of_who_has_it_is_not_sent_again(visitor):
    entry = make.entry()
    address = reverse("entry-raw", args=[entry.slug])
    etag = visitor.get(address).headers["ETag"]

    same = visitor.get(address, headers={"If-None-Match": etag})
    make.edit(entry, "새 본문")
    changed = visitor.get(address, headers={"If-None-Match": etag})

    assert same.status_code == 304
    assert changed.content.decode() == "새 본문"


# ── Addresses ────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    "address",
    [
        unicodedata.normalize("NFD", "배포-가이드-c-plus-plus"),
        "배포-가이드-C-Plus-Plus",
        "배포 가이드 C++",
        "배포  가이드/C++".replace("/", "-"),
    ],
)
def test_an_unusual_spelling_of_an_address_leads_to_the_usual_one(visitor, address):
    entry = make.entry("배포 가이드 C++")

    answer = visitor.get(reverse("entry", args=[address]))

    assert answer.status_code == 302
    assert answer.headers["Location"] == entry.get_absolute_url()
    assert "no-cache" in answer.headers["Cache-Control"]


def test_a_former_address_and_other_titles_lead_to_the_entry(visitor):
    entry = make.entry("옛 이름", aliases=("또 다른 이름",))
    renamed = make.edit(entry, title="새 이름")

    for slug in ("옛-이름", "또-다른-이름"):
        answer = visitor.get(reverse("entry", args=[slug]))
        assert answer.status_code == 302
        assert answer.headers["Location"] == renamed.get_absolute_url()
    assert (
        visitor.get(reverse("entry-raw", args=["옛-이름"])).headers["Location"]
        == renamed.get_absolute_url() + "raw/"
    )


def test_a_name_that_several_share_opens_the_list_of_them(visitor):
    make.entry("분산 합의", aliases=("RAFT",))
    make.entry("뗏목", aliases=("raft",))
    make.entry("비밀 뗏목", aliases=("Raft",), visibility="curators")

    answer = visitor.get("/wiki/raft/")

    assert answer.status_code == 200
    assert "분산 합의" in text_of(answer)
    assert "뗏목" in text_of(answer)
    assert "비밀" not in text_of(answer)


def test_of_a_shared_name_the_one_that_is_visible_is_opened(visitor):
    entry = make.entry("분산 합의", aliases=("RAFT",))
    make.entry("비밀 뗏목", aliases=("raft",), visibility="curators")

    answer = visitor.get("/wiki/raft/")

    assert answer.headers["Location"] == entry.get_absolute_url()


def test_a_missing_entry_is_404_and_offers_to_write_it(visitor, as_writer):
    make.entry("출처", "호출을 [[서비스 메시]]에 맡긴다.")
    make.entry("서비스 메쉬")

    for client, words in (
        (visitor, "Sign in to write this note"),
        (as_writer, "Write this note"),
    ):
        answer = client.get(reverse("entry", args=["서비스-메시"]))
        text = text_of(answer)
        assert answer.status_code == 404
        assert words in text
        assert "/new/?title=%EC%84%9C%EB%B9%84%EC%8A%A4%20%EB%A9%94%EC%8B%9C" in text
        assert "호출을 <mark>서비스 메시</mark>에 맡긴다." in text
        assert "서비스 메쉬" in text


def test_a_missing_page_says_nothing_of_hidden_entries(visitor):
    make.entry("비밀 서비스 메시", "[[서비스 메시]]", visibility="members")

    assert "비밀" not in text_of(visitor.get(reverse("entry", args=["서비스-메시"])))


@pytest.mark.parametrize("slug", ["🚀", "\x00", "a\x00b", "x" * 700, "..", "%2e"])
def test_no_address_breaks_the_missing_page(visitor, slug):
    answer = visitor.get(reverse("entry", args=[slug]))

    assert answer.status_code == 404


# ── Links between pages ──────────────────────────────────────────────────────
def test_a_red_link_turns_when_its_entry_is_written(visitor):
    entry = make.entry("출처", "[[나중 글]]")
    assert 'class="missing"' in text_of(page_of(visitor, entry))

    later = make.entry("나중 글")

    text = text_of(page_of(visitor, entry))
    assert 'class="missing"' not in text
    assert later.get_absolute_url() in text


def test_deleting_an_entry_takes_it_off_other_pages(visitor):
    entry = make.entry("글", tags=["배포"])
    near = make.entry("가까운 글", tags=["배포"])
    assert "가까운 글" in text_of(page_of(visitor, entry))
    epoch = SiteState.objects.get(pk=SiteState.ROW).epoch

    editing.delete_entry(near, base_version=1, act=make.act())

    assert SiteState.objects.get(pk=SiteState.ROW).epoch == epoch + 1
    assert "가까운 글" not in text_of(page_of(visitor, entry))
