import html as html_module
import re
import unicodedata
from datetime import timedelta
from urllib.parse import quote

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests import make
from tests.measuring import seconds_of
from wiki.models import Entry, RevisionMark
from wiki.search.guesses import forget_vocabularies

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _unread() -> None:
    forget_vocabularies()


def search(client, text, rest="", status=200):
    answer = client.get(f"/search/?q={quote(text)}{rest}")
    assert answer.status_code == status
    return answer.content.decode()


def titles(html):
    found = re.findall(r"<h2><a [^>]+>(.*?)</a></h2>", html, re.DOTALL)
    return [re.sub(r"</?mark>", "", title).strip() for title in found]


def test_empty_search_shows_the_field_and_a_hint(visitor):
    html = visitor.get("/search/").content.decode()

    assert 'name="q"' in html
    assert html.count('id="w-q"') == 1
    assert "All words have to be there" in html
    assert "No note has" not in html


def test_found_words_are_marked(visitor):
    make.entry("gRPC 소개", "양방향 스트리밍 통신", tags=["통신"], by="민수")

    html = search(visitor, "스트리밍 grpc")

    assert "<mark>gRPC</mark> 소개" in html
    assert "<mark>스트리밍</mark> 통신" in html
    assert "민수" in html
    assert ">통신</a>" in html
    assert "<b>1 note</b>" in html


def test_decomposed_input_finds_composed_text(visitor):
    make.entry("배포 절차")

    html = search(visitor, unicodedata.normalize("NFD", "배포"))

    assert titles(html) == ["배포 절차"]


def test_tag_word(visitor):
    make.entry("하나", tags=["grpc"])
    make.entry("둘", "grpc")

    assert titles(search(visitor, "#grpc")) == ["하나"]


def test_nothing_found_offers_to_write_it(visitor, as_writer):
    make.entry("글")

    assert "No note has all of: 서비스 메시" in search(visitor, "서비스 메시")
    assert "/new/?title=" not in search(visitor, "서비스 메시")
    assert f"/new/?title={quote('서비스 메시')}" in search(as_writer, "서비스 메시")


def main(html):
    return html.partition("<main")[2].partition("</main>")[0]


def test_title_that_is_taken_is_not_offered(as_writer):
    make.entry("gRPC")
    make.entry("글", "gRPC 이야기, Kafka 이야기")

    assert "/new/?title=" not in main(search(as_writer, "grpc"))
    assert "No note is titled exactly “kafka”" in search(as_writer, "kafka")


def test_other_order_and_unknown_order(visitor):
    make.entry("나 배포")
    make.entry("가 배포")
    make.edit(make.entry("다 배포"), "고침")

    assert titles(search(visitor, "배포", "&sort=title")) == [
        "가 배포",
        "나 배포",
        "다 배포",
    ]
    assert titles(search(visitor, "배포", "&sort=changed"))[0] == "다 배포"
    assert search(visitor, "배포", "&sort=%27%22--")


def test_results_come_in_pages(visitor):
    make.entries(45, "배포")

    html = search(visitor, "배포", "&sort=title")

    assert "45 notes" in html
    assert len(titles(html)) == 20
    assert f'href="?q={quote("배포")}&amp;sort=title&amp;page=2"' in html
    assert len(titles(search(visitor, "배포", "&page=3"))) == 5
    assert len(titles(search(visitor, "배포", "&page=999"))) == 5


@pytest.mark.parametrize(
    "text",
    ['"', "'", "*", "a AND", "NEAR(", "-", "title:", "ㅂㅍ", "%", "_", "\\", "😀", "#"]
    + ["x" * 9000, "가 " * 3000, "<script>alert(1)</script>", "{{7*7}}", "\u202e"],
)
def test_no_input_is_an_error(visitor, as_writer, text):
    make.entry("글")

    for client in (visitor, as_writer):
        html = search(client, text)
        assert "<script>alert" not in html
        assert "49" not in titles(html)


def test_too_long_input_is_cut_and_said(visitor):
    assert "too long" in search(visitor, "x" * 9000)


def test_nul_is_refused_with_a_sentence(visitor):
    html = search(visitor, "배포\x00", status=400)

    assert "A NUL character cannot be searched for" in html
    assert 'value="배포"' in html


def test_broken_bytes_in_the_address(visitor):
    assert visitor.get("/search/?q=%ff%fe%80").status_code == 200
    assert visitor.get("/search/?q=%ED%A0%80").status_code == 200
    assert visitor.get("/search/?q=a&q=b&page=%00&sort=%00").status_code == 200


def test_snippet_and_title_are_escaped(visitor):
    make.entry("<b>굵게</b> 배포", "배포 <img src=x onerror=alert(1)> & <script>")

    html = search(visitor, "배포")

    assert "<b>굵게" not in html
    assert "<img src=x" not in html
    assert "onerror=alert" not in re.sub(r"&lt;.*?&gt;", "", html)
    assert "&lt;b&gt;굵게&lt;/b&gt; <mark>배포</mark>" in html


def test_hidden_and_deleted_entries_are_neither_found_nor_counted(visitor, as_writer):
    make.entry("보이는 배포")
    make.entry("비밀 배포", visibility="members")
    make.deleted(make.entry("지운 배포"))

    assert titles(search(visitor, "배포")) == ["보이는 배포"]
    assert "<b>1 note</b>" in search(visitor, "배포")
    assert titles(search(as_writer, "배포")) == ["비밀 배포", "보이는 배포"]


def test_search_speaks_korean_when_asked(visitor):
    answer = visitor.get("/search/", headers={"Accept-Language": "ko"})

    assert '<html lang="ko"' in answer.content.decode()


@pytest.mark.parametrize("person", ["visitor", "as_writer"])
def test_number_of_queries_is_the_same_however_much_is_found(request, person):
    client = request.getfixturevalue(person)
    numbers = []
    for amount in (3, 30):
        make.entries(amount, "배포", tags=["가", "나/다"])
        with CaptureQueriesContext(connection) as queries:
            search(client, "배포", "&tag=가&by=지현&when=week")
        numbers.append(len(queries))

    assert numbers[0] == numbers[1] < 60


def test_number_of_queries_is_bounded_where_nothing_is_found(visitor):
    make.entries(30, "배포", tags=["가", "나/다"])

    with CaptureQueriesContext(connection) as queries:
        search(visitor, "가나다 라마바 사아자 abcdef", "&tag=가&by=지현&when=week")

    assert len(queries) < 120


# ── Narrowing ─────────────────────────────────────────────────────────────────
def boxes(html, field):
    """What of a facet is offered: value, count, and whether it is chosen."""
    found = re.findall(
        rf'<input type="\w+" name="{field}" value="([^"]*)"( checked)?>[^<]*'
        r'(?:<span class="n">(\d[\d,]*\+?)<)?',
        main(html),
    )
    return {value: (count, bool(checked)) for value, checked, count in found}


def chips(html):
    found = re.findall(
        r'<a class="chip-x" href="([^"]*)" aria-label="([^"]*)">(.*?)<svg', main(html)
    )
    return {text: html_module.unescape(url) for url, _label, text in found}


@pytest.fixture
def some(db):
    make.entry("배포 하나", "배포", tags=["CI", "도구/빌드"], by="지현")
    make.entry("배포 둘", "배포", tags=["CI"], by="민수")
    make.entry("배포 셋", "배포", tags=["도구"], by="지현")
    make.entry("다른 글", "서버", tags=["CI", "서버"], by="서연")


def test_facets_count_what_was_found(visitor, some):
    html = search(visitor, "배포")

    assert boxes(html, "tag") == {
        "ci": ("2", False),
        "도구": ("2", False),
        "도구/빌드": ("1", False),
    }
    assert boxes(html, "by") == {"지현": ("2", False), "민수": ("1", False)}
    assert boxes(html, "when") == {
        "": ("", True),
        **dict.fromkeys(("day", "week", "month", "year"), ("3", False)),
    }


def test_choices_narrow_and_each_facet_counts_without_its_own(visitor, some):
    html = search(visitor, "배포", "&tag=ci&by=지현")

    assert titles(html) == ["배포 하나"]
    assert boxes(html, "tag")["ci"] == ("1", True)
    assert boxes(html, "tag")["도구"] == ("2", False)
    assert boxes(html, "by") == {"지현": ("1", True), "민수": ("1", False)}
    assert boxes(html, "when")["week"] == ("1", False)


def test_the_count_of_a_box_is_what_is_left_when_it_is_chosen(visitor, some):
    html = search(visitor, "배포")

    for field in ("tag", "by", "when"):
        for value, (count, _) in boxes(html, field).items():
            if value:
                chosen = search(visitor, "배포", f"&{field}={quote(value)}")
                assert len(titles(chosen)) == int(count)


def test_chips_drop_one_choice_each(visitor, some):
    html = search(visitor, "배포", "&tag=ci&by=지현&when=week&in=title&sort=title")

    found = chips(html)
    assert list(found) == ["#ci", "지현", "The last 7 days", "Only titles"]
    rest = visitor.get("/search/" + found["#ci"]).content.decode()
    assert list(chips(rest)) == ["지현", "The last 7 days", "Only titles"]
    assert '<option value="title" selected>' in rest
    assert titles(rest) == ["배포 셋", "배포 하나"]


def test_choices_without_words_list_what_they_leave(visitor, some):
    assert sorted(titles(search(visitor, "", "&tag=ci&by=서연"))) == ["다른 글"]


def test_only_titles(visitor):
    make.entry("배포")
    make.entry("글", "배포")

    assert titles(search(visitor, "배포", "&in=title")) == ["배포"]


def test_older_than_a_year(visitor):
    old = make.entry("옛 배포")
    make.entry("새 배포")
    long_ago = timezone.now() - timedelta(days=800)
    Entry.objects.filter(pk=old.pk).update(updated_at=long_ago)

    assert boxes(search(visitor, "배포"), "when")["older"] == ("1", False)
    assert titles(search(visitor, "배포", "&when=older")) == ["옛 배포"]
    assert titles(search(visitor, "배포", "&when=year")) == ["새 배포"]


def test_people_are_called_by_their_names(visitor, writer):
    writer.first_name, writer.last_name = "지현", "김"
    writer.save()
    make.entry("배포 하나", by=writer)
    make.entry("배포 둘", by="지현 김")

    html = search(visitor, "배포")

    assert boxes(html, "by") == {"지현 김": ("2", False)}
    assert len(titles(search(visitor, "배포", "&by=지현 김"))) == 2


def test_nothing_hidden_is_in_the_facets(visitor, as_curator, curator):
    make.entry("보이는 배포", tags=["열린"], by="지현")
    make.entry("비밀 배포", tags=["닫힌"], by="숨은 이", visibility="members")
    make.deleted(make.entry("지운 배포", tags=["지운"], by="간 이"))
    entry = make.edit(make.entry("고친 배포", by="지현"), "고침", by="가려진 이")
    entry = make.edit(entry, "다시", by="지현")
    RevisionMark.objects.create(
        revision=make.revision(entry, 2), kind="hidden", created_at=timezone.now()
    )

    html = search(visitor, "배포")
    for name in ("닫힌", "지운", "숨은 이", "간 이", "가려진 이", "비밀"):
        assert name not in html
    assert boxes(html, "tag") == {"열린": ("1", False)}
    assert boxes(html, "by") == {"지현": ("2", False)}
    assert "가려진 이" in search(as_curator, "배포")


@pytest.mark.parametrize("name", ["닫힌", "아무것"])
def test_a_chosen_tag_that_is_hidden_is_as_good_as_none(visitor, name):
    make.entry("보이는 배포", tags=["열린"])
    make.entry("비밀 배포", tags=["닫힌"], visibility="members")

    html = search(visitor, "배포", f"&tag={name}")

    assert titles(html) == []
    assert list(chips(html)) == [f"#{name}"]
    assert f"Without the tag {name}" in html


@pytest.mark.parametrize(
    "rest",
    ["&tag=%00", "&by=%00", "&when=%00", "&when=never", "&sort=%00", "&in=body"]
    + ["&tag=" + "x" * 5000, "&by=%F0%9F%98%80", "&tag=%25_%5C", "&by='--", "&tag=#"]
    + ["&tag=a" * 300, "&by=%ED%A0%80", "&page=-1", "&page=x", "&page=9" * 40],
)
def test_no_choice_is_an_error(visitor, some, rest):
    assert "배포" in search(visitor, "배포", rest)


# ── Where it was found ────────────────────────────────────────────────────────
def test_the_section_of_a_hit_is_named_and_linked(visitor):
    body = "처음\n\n# 준비\n\n글\n\n# 무중단 배포\n\n스트리밍을 쓴다\n"
    make.entry("절차", body)

    html = search(visitor, "스트리밍")

    link = f'href="/wiki/{quote("절차")}/#{quote("무중단-배포")}"'
    assert f"<a {link}>무중단 배포</a>" in html


def test_a_hit_above_all_headings_has_no_section(visitor):
    make.entry("절차", "스트리밍\n\n# 준비\n\n글")

    assert 'class="in"' not in search(visitor, "스트리밍")


def test_two_places_of_one_section_name_it_once(visitor):
    make.entry("절차", "# 준비\n\n스트리밍 " + "글 " * 200 + "스트리밍")

    assert search(visitor, "스트리밍").count('class="in"') == 1


# ── JSON ──────────────────────────────────────────────────────────────────────
def as_json(client, text, rest="", status=200):
    answer = client.get(f"/search/?format=json&q={quote(text)}{rest}")
    assert answer.status_code == status
    assert answer["Content-Type"] == "application/json"
    assert {"private", "no-store"} <= set(answer["Cache-Control"].split(", "))
    return answer.json()


def test_json_says_what_the_page_says(visitor):
    make.entry("배포 <절차>", "# 준비 & 끝\n\n배포 < b", tags=["CI"])

    assert as_json(visitor, "배포") == {
        "count": 1,
        "has_more": False,
        "page": 1,
        "pages": 1,
        "results": [
            {
                "title": "배포 <절차>",
                "slug": "배포-절차",
                "url": f"/wiki/{quote('배포-절차')}/#{quote('준비--끝')}",
                "tags": ["CI"],
                "section": "준비 & 끝",
                "snippet": "준비 &amp; 끝 <mark>배포</mark> &lt; b",
            }
        ],
    }


def test_json_comes_in_the_order_and_pages_of_the_page(visitor):
    make.entries(45, "배포")

    for page in (1, 3, 999):
        html = search(visitor, "배포", f"&page={page}")
        found = as_json(visitor, "배포", f"&page={page}")
        assert [one["title"] for one in found["results"]] == titles(html)
        assert found["count"] == 45


def test_json_of_nothing_and_of_what_cannot_be_asked(visitor):
    assert as_json(visitor, "없는말")["results"] == []
    assert as_json(visitor, "")["count"] == 0
    assert "NUL" in as_json(visitor, "배\x00포", status=400)["error"]


def test_json_finds_nothing_hidden(visitor):
    make.entry("비밀 배포", visibility="members")
    make.deleted(make.entry("지운 배포"))

    assert as_json(visitor, "배포")["count"] == 0


# ── Guesses ───────────────────────────────────────────────────────────────────
def guesses(html):
    return re.findall(r'<p class="guess">.*?</p>', main(html), re.DOTALL)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("qovh", "배포"),
        ("ㅎㄱㅔㅊ", "grpc"),
        ("쿠버네티즈", "쿠버네티스"),
        ("grcp", "gRPC"),
        ("qovh grpc", "배포 grpc"),
    ],
)
def test_a_guess_is_offered_and_not_searched_for(visitor, typed, meant):
    make.entry("gRPC로 쿠버네티스 배포")

    html = search(visitor, typed)

    [offered] = guesses(html)
    assert f"<b>{meant}</b>" in offered
    assert "1 note" in offered
    assert titles(html) == []
    assert f'value="{typed}"' in html


def test_guesses_find_only_what_may_be_read(visitor, as_writer):
    make.entry("쿠버네티스", visibility="members", tags=["비밀"])
    make.deleted(make.entry("배포"))

    assert guesses(search(visitor, "쿠버네티즈")) == []
    assert guesses(search(visitor, "qovh")) == []
    assert guesses(search(as_writer, "쿠버네티즈")) != []


def test_what_is_found_gets_no_guess(visitor):
    for number in range(4):
        make.entry(f"배포 {number}")

    assert guesses(search(visitor, "배포")) == []


def test_nothing_found_offers_to_ask_for_less(visitor, some):
    html = main(search(visitor, "배포 없는말이다 -초안", "&tag=서버"))

    assert "No note has all of" in html
    offered = dict(re.findall(r'<li><a href="([^"]*)">(.*?)</a>', html))
    assert offered == {}
    html = main(search(visitor, "배포 없는말이다"))
    assert "Without: 없는말이다" in html
    html = main(search(visitor, "배포", "&tag=서버"))
    assert "Without the tag 서버" in html


def test_the_query_is_echoed_as_it_was_typed(visitor):
    typed = '  "배포   절차  <b> &amp; \u202e “x” '

    html = search(visitor, typed)

    field = re.search(r'name="q" value="([^"]*)"', html)[1]
    assert html_module.unescape(field) == typed


def test_the_title_of_a_new_note_has_no_operators(as_writer):
    html = main(search(as_writer, 'gRPC "새 글" #없음 -x'))

    assert f'href="/new/?title={quote("gRPC 새 글")}"' in html


def test_operators_are_explained(visitor):
    html = main(search(visitor, ""))

    for sign in ("-rest", "#grpc", "title:", "by:", "after:", "before:", "ㅂㅍ"):
        assert sign in html


def test_page_stays_small(visitor):
    tags = [f"긴 이름의 태그 {number}" for number in range(10)]
    make.entries(25, "# 배포하는 방법\n\n" + "배포 이야기 " * 400, tags=tags)

    answer = visitor.get(f"/search/?q={quote('배포')}&by=지현&when=week")

    assert len(answer.content) < 60 * 1024


# ── Whatever is asked ─────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    "text",
    ["가" * 10_000, "a " * 5000, '"' * 10_000, "-" * 10_000, "#" * 10_000]
    + ["e\u0301" * 5000, "\u0301" * 300, "\u202e\u2066배포\u2069", "👩‍💻" * 500]
    + ["(" * 5000, "a*" * 5000, "title:" * 1000, "ㅂ" * 1000, "%_\\" * 1000]
    + ["' OR 1=1 --", "배포'; DROP TABLE wiki_entry; --", "NEAR(a b)", "a & b | !c"],
)
def test_whatever_is_asked_is_answered_in_time(visitor, text):
    make.entry("배포 절차", "가 " * 1000 + "e\u0301 ㅂ 👩‍💻", tags=["CI"])

    assert seconds_of(lambda: search(visitor, text, "&tag=ci")) < 1


def test_huge_notes_cost_little(visitor):
    for sign in ("가", "# 가\n", "```\n", "가\n"):
        make.entry(body=sign * (900_000 // len(sign.encode())) + " 배포")

    assert seconds_of(lambda: search(visitor, "배포")) < 1
