"""Tags that a text in the making may want."""

import pytest

from tests import make
from wiki.likely_tags import MAX_BORROWED, MAX_LIKELY, Draft, likely_tags
from wiki.models import MatchRule, Tag, TagAlias
from wiki.slugs import sort_key, tag_key

pytestmark = pytest.mark.django_db


def topic(name, *, aliases=(), terms=(), implies=()):
    """A tag that the vocabulary has."""
    tag = Tag.objects.create(
        name=name,
        slug=tag_key(name),
        key=tag_key(name),
        sort_key=sort_key(name),
        match=MatchRule.FOLD,
        terms=list(terms),
    )
    for alias in aliases:
        TagAlias.objects.create(tag=tag, name=alias, key=tag_key(alias))
    tag.implies.set(implies)
    return tag


def likely(person, body="", title="", **more):
    return likely_tags(person, Draft(title=title, body=body, **more))


# ── The vocabulary ────────────────────────────────────────────────────────────


def test_topics_of_the_text_are_suggested(writer):
    messaging = topic("메시징")
    topic("kafka", aliases=("카프카",), terms=("브로커",), implies=[messaging])
    topic("redis")

    assert likely(writer, "# 카프카 운영\n\n글") == ["kafka", "메시징"]
    assert likely(writer, "브로커와 브로커") == ["kafka", "메시징"]
    assert likely(writer, title="Redis 🚀") == ["redis"]
    assert likely(writer) == likely(writer, "```\nkafka\n```\r\n") == []


def test_what_is_there_under_any_name_is_not_suggested(writer):
    topic("kubernetes", aliases=("k8s",))

    assert likely(writer, title="k8s") == ["kubernetes"]
    for there in ("kubernetes", "K8S", "Kubernetes"):
        assert likely(writer, title="k8s", tags=(there,)) == []
        assert likely(writer, title="k8s", refused=(there,)) == []


def test_a_topic_that_changes_is_known_at_once(writer):
    assert likely(writer, title="카프카") == []

    tag = topic("kafka", aliases=("카프카",))
    assert likely(writer, title="카프카") == ["kafka"]

    tag.aliases.all().delete()
    assert likely(writer, title="카프카") == []


def test_tags_of_what_one_may_not_read_are_not_suggested(writer, curator):
    topic("비밀 사업", aliases=("봉황",))
    secret = make.entry(
        "봉황 일정", tags=["비밀 사업", "숨은 표"], visibility="curators"
    )
    make.entry("봉황 예산", tags=["비밀 사업", "숨은 표"], visibility="curators")

    assert likely(writer, f"[[{secret.title}]]", "봉황 회의") == []
    assert likely(curator, "", "봉황 회의") == ["비밀 사업", "숨은 표"]


# ── Entries like it ───────────────────────────────────────────────────────────


def test_tags_of_what_it_links_to_are_suggested(writer):
    make.entry("배포 절차", tags=["운영"], aliases=("릴리스",))
    make.entry("딴 글", tags=["딴 표"])

    assert likely(writer, "[[배포 절차]]를 본다") == ["운영"]
    assert likely(writer, "[[릴리스|그 글]]을 본다", tags=("운영",)) == []


def test_tags_of_titles_alike_are_suggested_when_two_agree(writer):
    make.entry("장애 회고 3월", tags=["회고", "서버"])
    make.entry("장애 회고 4월", tags=["회고", "결제"])
    make.entry("여행 계획", tags=["여행"])

    assert likely(writer, title="장애 회고 5월") == ["회고"]
    assert likely(writer, title="회고") == ["회고"]
    assert likely(writer, title="5월") == []


def test_the_entry_itself_is_not_like_itself(writer):
    entry = make.entry("장애 회고", "[[장애 회고]]", tags=["회고"])

    assert likely(writer, "[[장애 회고]]", "장애 회고", entry_id=entry.pk) == []


def test_few_are_suggested_and_topics_first(writer):
    make.entry("많은 글", tags=[f"표 {number}" for number in range(20)])
    assert len(likely(writer, "[[많은 글]]")) == MAX_BORROWED

    for number in range(20):
        topic(f"주제{number}")
    found = likely(writer, "[[많은 글]]", " ".join(f"주제{n}" for n in range(20)))

    assert len(found) == MAX_LIKELY
    assert all(name.startswith("주제") for name in found)


def test_the_number_of_queries_is_constant(writer, django_assert_max_num_queries):
    topic("kafka", aliases=("카프카",))
    for number in range(6):
        make.entry(f"카프카 {number}", tags=["kafka", f"표 {number}"])

    with django_assert_max_num_queries(8):
        likely(writer, "[[카프카 1]] [[카프카 2]] [[없는 글]]", "카프카 운영 절차")
