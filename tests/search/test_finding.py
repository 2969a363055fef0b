import tracemalloc
import unicodedata

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection

from tests import make
from tests.measuring import MIB
from wiki.models import Entry, Tag, TagAlias
from wiki.search.finding import find_entries
from wiki.search.query import parse_query
from wiki.slugs import tag_key

pytestmark = pytest.mark.django_db

VISITOR = AnonymousUser()


def titles(text, user=VISITOR, **options):
    ids = find_entries(user, parse_query(text), **options).ids
    by_id = Entry.objects.in_bulk(ids)
    return [by_id[pk].title for pk in ids]


def test_all_words_have_to_be_there_in_any_place():
    make.entry("gRPC 소개", "양방향 스트리밍", tags=["통신"])
    make.entry("Kafka", "스트리밍 처리")

    assert titles("스트리밍 grpc") == ["gRPC 소개"]
    assert titles("통신 소개 양방향") == ["gRPC 소개"]
    assert titles("kafka grpc") == []


def test_titles_come_before_tags_and_tags_before_texts():
    make.entry("본문에만", "여기에 배포 이야기")
    make.entry("태그에만", "딴 이야기", tags=["배포"])
    make.entry("배포 절차", "딴 이야기")
    make.entry("배포", "딴 이야기")
    make.edit(Entry.objects.get(title="본문에만"), "배포 이야기를 고침")

    assert titles("배포") == ["배포", "배포 절차", "태그에만", "본문에만"]


def test_equals_go_by_change():
    first = make.entry("배포 하나")
    make.entry("배포 둘")
    make.edit(first, "고침")

    assert titles("배포") == ["배포 하나", "배포 둘"]


def test_other_orders():
    make.entry("나 배포")
    make.entry("가 배포")

    assert titles("배포", sort="title") == ["가 배포", "나 배포"]
    assert titles("배포", sort="changed") == ["가 배포", "나 배포"]


def test_word_is_found_inside_a_longer_one():
    make.entry("넷플릭스", "스트리밍으로 본다")

    assert titles("스트리밍") == ["넷플릭스"]
    assert titles("트") == ["넷플릭스"]


@pytest.mark.parametrize("typed", ["école", "ÉCOLE", "École", "éCOLE"])
@pytest.mark.parametrize("written", ["école", "ÉCOLE", "École", "éCoLe"])
def test_case_and_form_do_not_matter_beyond_ascii(typed, written):
    decomposed = unicodedata.normalize("NFD", written)
    make.entry("글 하나", f"à l'{written} ici")
    make.entry("글 둘", f"à l'{decomposed} ici")
    make.entry(f"Titre {written}", "x")

    found = titles(unicodedata.normalize("NFD", typed))

    assert sorted(found) == ["Titre " + written, "글 둘", "글 하나"]


def test_case_of_ascii_and_full_width_titles():
    make.entry("ｇＲＰＣ 글", "x")
    make.entry("다른 글", "Use GRPC")

    assert titles("grpc") == ["ｇＲＰＣ 글", "다른 글"]


def test_decomposed_hangul_in_a_text_is_found():
    make.entry("맥에서 온 글", unicodedata.normalize("NFD", "쿠버네티스"))

    assert titles("쿠버네티스") == ["맥에서 온 글"]


def test_entry_is_found_by_its_other_title():
    make.entry("gRPC", "x", aliases=("구글 원격 호출",))

    assert titles("원격") == ["gRPC"]


def test_one_consonant_stands_for_itself_alone():
    make.entry("가나다", "낱말")
    make.entry("ㄱ에 대하여", "낱말")

    assert titles("ㄱ") == ["ㄱ에 대하여"]
    assert titles("ㄱㄴ") == ["가나다"]


def test_number_of_a_version_is_found_without_its_letter():
    make.entry("하나", "`v1.2.3`에서 고쳤다")
    make.entry("둘", "k8s와 h264, 1.3.2")

    assert titles("1.2.3") == titles("v1.2.3") == titles("1.2") == ["하나"]
    assert titles("8") == titles("2.3.1") == []


def test_language_with_a_sign_is_found_with_any_particle():
    make.entry("하나", "C#으로 짠 것을 F#을 배워 옮겼다")
    make.entry("둘", "c#d와 F 이야기")

    assert titles("C#") == titles("C#은") == titles("F#") == ["하나"]
    assert titles("C#으로") == ["하나"]


def test_many_large_texts_are_weighed_by_their_beginnings():
    make.entry("잦은 글", "배포 " * 9)
    make.entries(120, body="배포 이야기")
    late = "배포 " + "가나다 " * 25_000 + "배포 " * 9 + "글 " * 50_000
    Entry.objects.exclude(title="잦은 글").update(body=late)

    tracemalloc.start()
    found = find_entries(VISITOR, parse_query("배포")).ids
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert len(found) == 121
    assert Entry.objects.get(pk=found[0]).title == "잦은 글"
    assert peak < 16 * MIB


@pytest.mark.parametrize("sign", ["%", "_", "\\", "'", "*", "(", "[", ":", "^"])
def test_signs_are_no_syntax(sign):
    make.entry("글", f"앞{sign}뒤")
    make.entry("다른 글", "앞 abc 123")

    assert titles(f"앞{sign}뒤") == ["글"]
    assert titles(f"앞 {sign}") == ["다른 글", "글"]
    assert titles(sign) == []


def test_title_of_signs_is_found():
    make.entry("->")
    make.entry("=>")

    assert titles("=>") == ["=>"]


def test_tag_word_asks_for_the_tag_and_its_levels():
    make.entry("하나", "x", tags=["grpc"])
    make.entry("둘", "x", tags=["grpc/stream"])
    make.entry("셋", "grpc #grpc", tags=["grpc2"])

    assert sorted(titles("#gRPC")) == ["둘", "하나"]
    assert titles("#grpc 하나") == ["하나"]


def test_tag_word_follows_other_names():
    make.entry("하나", "x", tags=["kubernetes"])
    tag = Tag.objects.get()
    TagAlias.objects.create(tag=tag, name="k8s", key=tag_key("k8s"))

    assert titles("#K8S") == ["하나"]


def test_tag_word_without_such_a_tag_is_text():
    make.entry("하나", "see issue #12345")

    assert titles("#12345") == ["하나"]


def test_hidden_and_deleted_entries_are_not_found(writer, curator):
    make.entry("비밀 하나", "비밀", tags=["비밀"], visibility="members")
    make.entry("비밀 둘", "비밀", tags=["비밀"], visibility="curators")
    make.deleted(make.entry("비밀 셋", "비밀", tags=["비밀"]))

    assert titles("비밀") == titles("#비밀") == []
    assert titles("비밀", writer) == ["비밀 하나"]
    assert sorted(titles("비밀", curator)) == ["비밀 둘", "비밀 하나"]


@pytest.mark.parametrize(
    "text",
    ["", "  ", '"', "a AND", "NEAR(", "-", "title:", "ㅂㅍ", "x" * 9000, "😀", "#"],
)
def test_nothing_fails(text):
    make.entry("글")

    assert titles(text) == []


@pytest.mark.parametrize(
    ("text", "most"),
    [("본문 글", 8), ("#배포 글", 8), ("본문글이다", 9), ("by:지현 #배포", 5), ("", 0)],
)
def test_number_of_queries(django_assert_max_num_queries, text, most):
    make.entries(3, tags=["배포"])

    # PostgreSQL is told to go by the index, in a transaction.
    more = 4 if connection.vendor == "postgresql" else 0
    with django_assert_max_num_queries(most + more if most else 0):
        find_entries(VISITOR, parse_query(text))
