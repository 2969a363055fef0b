"""Whatever somebody types: an answer, few queries, bounded work, nothing hidden.

Through the page and past it. Steps are counted instead of seconds where a database
counts them: a busy machine is no slow query.
"""

import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlencode

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import make
from wiki.models import Entry
from wiki.search.finding import find_entries
from wiki.search.query import parse_query

pytestmark = pytest.mark.django_db

NFD = unicodedata.normalize("NFD", "배포를 하는 방법")
SECRET = "비밀열쇠"

HOSTILE = {
    "lone quote": '"',
    "quotes": '"" """ "a"b" \' \'\' ` “ ”',
    "quote never closed": '"배포 절차',
    "FTS operators": "배포 AND OR NOT NEAR(배포 절차, 5)",
    "FTS operators alone": "AND",
    "FTS NOT first": "NOT 배포",
    "FTS column": "body:배포 {title body}:배포 -title:배포",
    "FTS prefix and start": "^배포 배* *배포 배포*",
    "FTS signs": "* ^ : { } ( ) - + ,",
    "FTS rank": "rank:bm25(10.0) rank MATCH 'x'",
    "FTS table": "wiki_searchwords:배포 wiki_searchwords",
    "tsquery operators": "배포 & 절차 | !롤백 <-> 배포:* :A",
    "tsquery alone": "&",
    "tsquery not": "!!!!배포",
    "tsquery distance": "배포 <16385> 절차 <0> <-1>",
    "tsquery weights": "배포:ABCD 배포:*A '배포':*",
    "tsquery escapes": "'배\\'포' \\\\ ''",
    "regular expression": "^(a+)+$ [가-힣]+ .*? \\d{5} (?R) (?<n>x)",
    "regular expression that explodes": "a" * 50 + "!" + "(a*)*" * 9,
    "LIKE": "%_%\\%[]",
    "SQL": "'; DROP TABLE wiki_entry; -- 1' OR '1'='1' UNION SELECT body",
    "SQL comment": "배포/**/OR/**/1=1--",
    "placeholders": "%s %(x)s ? :1 $1 {0} {{ 7*7 }} ${x} %d%n",
    "HTML": '<script>alert(1)</script>&amp;"><img src=x onerror=alert(1)>',
    "emoji": "🚀👩‍💻👨‍👩‍👧‍👦🇰🇷❤️",
    "joiners alone": "\u200d\ufe0f",
    "lone surrogates": "\ud800배포\udfff \udc00",
    "decomposed": NFD,
    "jamo": "\u1107\u1162\u1111\u1169 ᄇ ᅢ ㅐ ㅂ",
    "right to left": "\u202eצפה\u202c العربية \u2066배포\u2069",
    "zero width": "배\u200b포 \ufeff배포 \u00ad배\u00ad포",
    "combining": "배포" + "\u0301" * 300,
    "controls": "배포\x01\x02\x1b[31m\x7f\x85\u2028절차",
    "white space": "\u3000\u00a0\t배포\r\n\v\f절차\u2003",
    "10,000 characters": "배포" * 5000,
    "10,000 signs": "(" * 10_000,
    "10,000 quotes": '"' * 10_000,
    "1,000 words": " ".join(f"낱말{n}" for n in range(1000)),
    "1,000 one-syllable words": " ".join(chr(0xAC00 + n) for n in range(1000)),
    "1,000 excluded": " ".join(f"-x{n}" for n in range(1000)),
    "1,000 phrases": " ".join(f'"절차 {n}"' for n in range(1000)),
    "1,000 tags": " ".join(f"#태그{n} tag:t{n}" for n in range(1000)),
    "deep parentheses": "(" * 500 + "배포" + ")" * 500,
    "one long word": "x" * 10_000,
    "one long word in Hangul": "가나다라마바사" * 1500,
    "same letter": "a " * 5000,
    "operators without values": "title: by: tag: before: after: #",
    "operators with operators": "title:by:tag:#-배포 -title:-#x by:by:by:",
    "dates that are none": "before:9999-99-99 after:0000 after:2024-02-30 before:-1",
    "dates far away": "before:9999-12-31 after:0001-01-01",
    "numbers": "99999999999999999999999 1e999 NaN -0 0x0 ٣",
    "only excluded": "-배포",
    "excluded signs": '-" --- -# -"" -*',
    "particles alone": "은 는 이 가 을 를 에서 으로 까지",
    "consonants": "ㅂㅍㅂㅍㅂㅍㅂㅍ ㅋ ㄱㅏ ㅄ",
    "unassigned": "\u0378\uffff\U0010ffff\ue000\ue001\U000f0000",
    "case that grows": "ﬃßŉǰΐİ" * 30,
    "width that grows": "㌢㍿ﷺ⑴" * 100,
    "path": "../../etc/passwd C:\\Windows %00 %2e%2e",
    "JSON": '{"q": ["배포"], "$where": "1"}',
}
# The test client cannot send what no browser can.
SENDABLE = {name: text for name, text in HOSTILE.items() if "surrogates" not in name}
MAX_QUERIES = 12
# Of SQLite's machine: an answer over these few entries takes some tens of thousands.
MAX_STEPS = 3_000_000
_STEPS_BETWEEN_LOOKS = 1000


@pytest.fixture(autouse=True)
def _wiki():
    make.entry(
        "배포 절차", "배포를 하는 방법. **a** `aaaa` 100%_ <b> 🚀 AND OR", tags=["배포"]
    )
    make.entry("롤백", "배포 절차를 되돌린다", aliases=("되돌리기",))
    for visibility in ("members", "curators"):
        make.entry(
            f"{SECRET} {visibility}",
            f"{SECRET} 배포 절차 AND a 🚀",
            tags=[SECRET, "배포"],
            visibility=visibility,
        )
    make.deleted(make.entry(f"{SECRET} 지움", f"{SECRET} 배포", tags=["배포"]))


@contextmanager
def few_steps() -> Iterator[None]:
    """On SQLite no statement may take more steps; on PostgreSQL no more seconds."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = '10s'")
        yield
        return
    taken = 0

    def step() -> bool:
        nonlocal taken
        taken += _STEPS_BETWEEN_LOOKS
        return taken > MAX_STEPS

    connection.connection.set_progress_handler(step, _STEPS_BETWEEN_LOOKS)
    try:
        yield
    finally:
        connection.connection.set_progress_handler(None, 0)


@pytest.mark.parametrize("name", HOSTILE)
def test_every_query_has_an_answer_with_few_queries(name):
    with CaptureQueriesContext(connection) as queries, few_steps():
        found = find_entries(AnonymousUser(), parse_query(HOSTILE[name]))

    titles = set(Entry.objects.filter(pk__in=found.ids).values_list("title", flat=True))
    assert titles <= {"배포 절차", "롤백"}
    assert len(queries) <= MAX_QUERIES
    assert sum(map(len, found.marks)) <= 5000


@pytest.mark.parametrize("address", ["/search/?", "/search/suggest?"])
@pytest.mark.parametrize("name", SENDABLE)
def test_addresses_answer_every_query(visitor, name, address):
    text = SENDABLE[name]

    with few_steps():
        answer = visitor.get(address + urlencode({"q": text}))

    page = answer.content.decode()
    assert answer.status_code == 200
    assert SECRET not in page
    assert "<script>alert(1)" not in page
    assert "onerror=alert(1)>" not in page


@pytest.mark.parametrize("name", SENDABLE)
def test_scripts_get_an_answer_to_every_query(visitor, name):
    query = urlencode({"q": SENDABLE[name], "format": "json"})

    with few_steps():
        answer = visitor.get(f"/search/?{query}")

    assert {result["title"] for result in answer.json()["results"]} <= {
        "배포 절차",
        "롤백",
    }
    assert SECRET not in answer.content.decode()


def test_page_refuses_a_nul_and_finding_does_not_fail_by_one(visitor):
    find_entries(AnonymousUser(), parse_query("배포\x00절차"))

    assert visitor.get("/search/?q=%00").status_code == 400


@pytest.mark.parametrize("raw", ["%ff%fe", "%ed%a0%80", "%c0%80", "%e2%28%a1", "%"])
def test_page_answers_bytes_that_are_no_text(visitor, raw):
    assert visitor.get(f"/search/?q={raw}").status_code in (200, 400)


@pytest.mark.parametrize(
    "text",
    [SECRET, f'"{SECRET}"', f"#{SECRET}", f"title:{SECRET}", "ㅂㅁㅇㅅ", f"{SECRET} a"],
)
def test_what_is_hidden_cannot_be_told_from_what_is_not_there(visitor, text):
    found = find_entries(AnonymousUser(), parse_query(text))
    known = visitor.get(f"/search/?{urlencode({'q': text})}").content.decode()
    absent = text.replace(SECRET, "없는말들").replace("ㅂㅁㅇㅅ", "ㅎㅎㅎㅎ")
    other = visitor.get(f"/search/?{urlencode({'q': absent})}").content.decode()

    assert found.ids == ()
    assert known.count("<article") == other.count("<article")
    assert known.count("<li") == other.count("<li")


def test_those_who_may_see_more_find_more(writer, curator):
    def found(user):
        return len(find_entries(user, parse_query(SECRET)).ids)

    assert [found(user) for user in (AnonymousUser(), writer, curator)] == [0, 1, 2]


def test_very_long_queries_say_that_they_were_cut():
    assert parse_query(HOSTILE["1,000 words"]).was_cut
    assert parse_query(HOSTILE["10,000 characters"]).was_cut
