import hashlib
import random
import unicodedata

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.management import call_command
from django.db import connection, transaction

from tests import make
from tests.search.looking import found_by_looking
from wiki import editing
from wiki.editing import indexing, rebuilding
from wiki.editing.indexing import index_entries
from wiki.models import Entry, Revision, SearchDocument, SearchState
from wiki.search import index, lookup
from wiki.search.finding import find_entries, phrase_in
from wiki.search.plan import make_plan
from wiki.search.query import parse_query
from wiki.search.tokens import ANALYSER

pytestmark = pytest.mark.django_db

VISITOR = AnonymousUser()
in_postgresql = pytest.mark.skipif(
    "connection.vendor != 'postgresql'", reason="of PostgreSQL"
)


def found(text, **options):
    ids = find_entries(VISITOR, parse_query(text), **options).ids
    by_id = Entry.objects.in_bulk(ids)
    return {by_id[pk].title for pk in ids}


def in_index(text):
    """Ids of what the index itself has, whatever became of the entries."""
    having = lookup.having(make_plan(parse_query(text)))
    if connection.vendor == "sqlite":
        (sql, parameters) = (
            "SELECT rowid FROM wiki_searchwords WHERE wiki_searchwords MATCH %s",
            [f'"{" ".join(make_plan(parse_query(text)).terms[0].ways[0][0].tokens)}"'],
        )
        with connection.cursor() as cursor:
            cursor.execute(sql, parameters)
            return {pk for (pk,) in cursor.fetchall()}
    return set(Entry.objects.filter(having).values_list("pk", flat=True))


# ── What saves leave in it ───────────────────────────────────────────────────


def test_an_edit_leaves_no_stale_words():
    entry = make.entry("글", "옛날 이야기")
    entry = make.edit(entry, "새로운 소식")

    assert found("소식") == {"글"}
    assert in_index("옛날") == in_index("이야기") == set()
    assert SearchDocument.objects.get().version == entry.version == 2


def test_other_titles_tags_and_a_new_title_follow():
    entry = make.entry("첫째 이름", aliases=("별명",), tags=["꼬리표"])
    entry = make.edit(entry, title="둘째 이름", aliases=("다른이름",), tags=["딱지"])

    assert found("둘째") == found("다른이름") == found("딱지") == {"둘째 이름"}
    assert in_index("별명") == in_index("꼬리표") == set()


def test_a_former_title_finds_its_entry():
    entry = make.entry("첫째 이름")
    make.edit(entry, title="둘째 이름")

    assert found("첫째 이름") == {"둘째 이름"}
    assert found("첫째") == set()


def test_a_deleted_entry_leaves_and_a_restored_one_comes_back():
    entry = make.deleted(make.entry("글", "사라질 말"))

    assert in_index("사라질") == set()
    assert not SearchDocument.objects.exists()

    entry = Entry.objects.get(pk=entry.pk)
    editing.restore_entry(entry, base_version=entry.version, act=make.act())
    assert found("사라질") == {"글"}


def test_a_save_that_fails_leaves_nothing():
    entry = make.entry("글", "옛날 이야기")

    with transaction.atomic():
        make.edit(entry, "새로운 소식")
        make.entry("둘", "새로운 소식")
        transaction.set_rollback(True)

    assert found("소식") == set()
    assert found("옛날") == {"글"}
    assert in_index("소식") == set()


def test_words_leave_as_of_the_version_that_was_indexed():
    entry = make.entry("글", "옛날 이야기")
    # Another release, with another analyser, saved meanwhile.
    SearchState.objects.update(analyser=ANALYSER + 1)
    make.edit(entry, "중간 소식")
    SearchState.objects.update(analyser=ANALYSER)
    entry.refresh_from_db()

    assert list(index.waiting()) == [entry]
    make.edit(entry, "마지막 말")

    assert in_index("옛날") == in_index("중간") == set()
    assert found("마지막") == {"글"}
    assert not index.waiting().exists()


def test_pasts_are_no_part_of_it():
    make.with_past("글", revisions=4, size=600)
    entry = Entry.objects.get()

    assert SearchDocument.objects.get().version == entry.version == 4


def test_texts_that_read_the_same_have_one_hash():
    make.entry("하나", "Ａ 글\n\n끝")
    make.entry("둘", "a 글 끝")
    make.entry("빈", "")

    hashes = dict(SearchDocument.objects.values_list("entry__title", "text_hash"))
    assert hashes["하나"] == hashes["둘"] != hashes["빈"] == ""


def test_many_saves_ask_as_often_as_one(django_assert_num_queries):
    def documents(ids):
        entries = Entry.objects.filter(pk__in=ids).with_head()
        return [
            index.Document(e.pk, e.version, indexing.words_of(editing.Content.of(e)))
            for e in entries
        ]

    few = documents([entry.pk for entry in make.entries(1)])
    many = documents([entry.pk for entry in make.entries(30)])
    former = {one.entry_id: one.words for one in many}

    with django_assert_num_queries(3 if connection.vendor == "sqlite" else 1):
        index.write(few, former={one.entry_id: one.words for one in few})
    with django_assert_num_queries(3 if connection.vendor == "sqlite" else 1):
        index.write(many, former=former)


# ── Filling it ───────────────────────────────────────────────────────────────


def test_reset_and_filling_by_and_by():
    entries = make.entries(5, body="같은 말")
    gone = make.deleted(make.entry("지움", "같은 말"))

    with transaction.atomic():
        index.reset()
    assert index.state() == index.State(is_current=True, is_whole=False)
    assert in_index("같은") == set()
    assert len(found("같은 말")) == 5

    with rebuilding.held([entries[0].pk, entries[1].pk, gone.pk]):
        assert index_entries([entries[0].pk, entries[1].pk, gone.pk]) == 2
    assert in_index("같은") == {entries[0].pk, entries[1].pk}
    assert len(found("같은 말")) == 5
    assert len(phrase_in(VISITOR, ["같은 말"])) == 5
    assert not index.mark_whole()

    ids = [entry.pk for entry in entries]
    with rebuilding.held(ids):
        assert index_entries(ids) == 5
    assert index.mark_whole()
    assert index.state().is_whole
    assert len(found("같은 말")) == len(in_index("같은")) == 5


def test_index_of_another_analyser_is_neither_read_nor_written():
    make.entry("글", "옛날 이야기")
    SearchState.objects.update(analyser=ANALYSER + 1)
    make.entry("둘", "옛날 소식")

    assert found("옛날") == {"글", "둘"}
    assert len(phrase_in(VISITOR, ["옛날"])) == 2
    assert SearchDocument.objects.count() == 1


def test_words_go_with_the_state():
    make.entry("글", "옛날 이야기")

    SearchDocument.objects.all().delete()
    SearchState.objects.all().delete()

    assert in_index("옛날") == set()
    assert found("옛날") == {"글"}


@pytest.mark.django_db(transaction=True)
def test_a_loaded_dump_brings_no_index(tmp_path):
    make.entry("글", "옛날 이야기")
    dump = str(tmp_path / "all.json")
    excluded = ("contenttypes", "auth.permission", "sessions")
    call_command("dumpdata", natural_foreign=True, exclude=excluded, output=dump)
    call_command("flush", interactive=False)

    call_command("loaddata", dump, verbosity=0)

    assert not index.state().is_current
    assert found("옛날") == {"글"}


# ── What it finds ────────────────────────────────────────────────────────────

_PIECES = (
    *("배포", "서버", "데이터", "베이스", "전문", "검색", "큐", "가나다", "가가가"),
    *("gRPC", "k8s", "C++", "c", "HashMap", "error404", "école", "Go", "go-lang"),
    *("👍", "😀", "漢字", "カナ", "ㅋㅋㅋ", "2024", "a/b", "*", "`x`", "# 제목\n"),
)
_GLUE = (" ", " ", "\n", "", "는 ", "에서 ", "을 ", ", ", "-")
_QUERIES = (
    *("배포", "배포는", "포", "데이터베이스", "데이터", "전문검색", "가가", "나다"),
    *("grpc", "k8", "c", "c++", "hash map", "HashMap", "404", "école", "ECOLE", "go"),
    *("👍", "漢", "カナ", "ㅋㅋ", "20", "a/b", '"배포 서버"', '"서버 큐"', "제목"),
    *("서버 -배포", '배포 -"가 가"', "title:서버", "title:배포 grpc", "서버에서 큐는"),
    *("검색서버", "베이스전문", "데이터서버큐", "gRPC는", '"go lang"', "go-lang"),
)


def _text(chance, size):
    pieces = (chance.choice(_PIECES) + chance.choice(_GLUE) for _ in range(size))
    text = "".join(pieces)
    return unicodedata.normalize("NFD", text) if chance.random() < 0.3 else text


@pytest.mark.parametrize("seed", range(4))
def test_it_finds_what_looking_at_every_text_finds(seed):
    chance = random.Random(seed)
    for number in range(25):
        title = f"{_text(chance, 2).strip(' ,-') or '글'} {number}"
        tags = [t for t in ("배포", "서버/큐", "Go") if chance.random() < 0.2]
        make.entry(title.replace("\n", " "), _text(chance, 12), tags=tags)
    for entry in chance.sample(list(Entry.objects.all()), 8):
        make.edit(entry, _text(chance, 12))
    make.deleted(Entry.objects.first())

    for query in (*_QUERIES, *(_text(chance, 2) for _ in range(20))):
        query = query.replace("\n", " ").replace("#", "")
        if make_plan(parse_query(query)).has_terms:
            looked = found_by_looking(query)
            assert found(query) >= looked, query
            # An entry called exactly so is found whatever its words are.
            assert {t for t in found(query) if t != query} <= looked, query
            assert found(query, sort="changed") == looked, query


LONG = {
    "many words": " ".join(f"낱말{n} w{n}" for n in range(9000)) + " 끝맺는 말",
    "one word": "가" * 3000 + " 나 " + "반복 " * 3000 + "끝맺는 말",
    "hashes": "\n".join(hashlib.sha256(b"%d" % n).hexdigest() for n in range(14_000))
    + "\n끝맺는 말",
}


@pytest.mark.parametrize("name", LONG)
def test_phrases_are_found_anywhere_in_long_texts(name):
    make.entry("긴 글", LONG[name] + " 처음말과 HashMap")
    make.entry("짧은 글", "끝맺는 척하다 말")

    assert found('"끝맺는 말"') == {"긴 글"}
    assert found("끝맺는 말") == {"긴 글", "짧은 글"}
    assert found('"말 끝맺는"') == set()
    assert found("처음말과 끝맺는") == {"긴 글"}
    assert found("끝맺는 -처음말과") == {"짧은 글"}
    assert found("끝맺는 -처음말이") == {"긴 글", "짧은 글"}
    assert found("title:긴 처음말에서") == {"긴 글"}
    assert found("hash map") == {"긴 글"}
    make.edit(Entry.objects.get(title="긴 글"), "짧아진 글")
    assert in_index('"끝맺는 말"') == set()


def test_phrases_that_cross_the_parts_of_a_long_text():
    words = [f"낱말{n:05}" for n in range(14_000)]
    make.entry("긴 글", " ".join(words))

    for at in range(0, 13_900, 700):
        assert found(f'"{words[at]} {words[at + 1]} {words[at + 2]}"') == {"긴 글"}
        assert found(f'"{words[at]} {words[at + 2]}"') == set()


def plan_of(queryset):
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # Of three rows anything is quickest.
            for way in ("seqscan", "indexscan", "nestloop", "mergejoin"):
                cursor.execute(f"SET LOCAL enable_{way} = off")
        sql, parameters = queryset.query.sql_with_params()
        how = "EXPLAIN QUERY PLAN " if connection.vendor == "sqlite" else "EXPLAIN "
        cursor.execute(how + sql, parameters)
        return "\n".join(str(row) for row in cursor.fetchall())


def test_the_index_is_used():
    make.entries(3)
    entries = Entry.objects.visible_to(VISITOR).recently_changed().values("pk")

    anywhere = plan_of(entries.filter(lookup.having(make_plan(parse_query("본문")))))
    named = plan_of(entries.filter(lookup.having(make_plan(parse_query("글")), 1)))

    if connection.vendor == "sqlite":
        assert "VIRTUAL TABLE INDEX" in anywhere
        assert "VIRTUAL TABLE INDEX" in named
        assert "entry_by_change" in anywhere
    else:
        assert "wiki_searchdocument_everything" in anywhere
        assert "wiki_searchdocument_names" in named


def _odd_words(count, size):
    """Different words of letters that take four bytes each."""
    letters = range(0x12000, 0x12300)
    chance = random.Random(count)
    return ["".join(map(chr, chance.choices(letters, k=size))) for _ in range(count)]


_ODD = _odd_words(4330, 60)
_SYLLABLES = [chr(code) for code in range(0xAC00, 0xD7A4)]
HEAVY = {
    "one heading": {"body": f"# {' '.join(_ODD)} 끝맺는 말"},
    "one word in a heading": {"body": f"# {'x ' * 500_000} 끝맺는 말"},
    "headings": {"body": "".join(f"# {w} ab\n" for w in _ODD[:4200]) + "끝맺는 말"},
    "numbers": {"body": f"# {' '.join(map(str, range(150_000)))} 끝맺는 말"},
    "a long title": {"body": "끝맺는 말", "title": "".join(_ODD)[:200]},
    "names": {
        "body": f"# {' '.join(_ODD[:4300])}\n끝맺는 말",
        "title": "긴 글",
        "tags": [word[:45] for word in _ODD[:100]],
        "aliases": tuple(
            "".join(_SYLLABLES[at * 100 : at * 100 + 200]) for at in range(100)
        ),
    },
}


@pytest.mark.parametrize("name", HEAVY)
def test_as_much_as_an_entry_may_have_is_indexed_and_found(name):
    entry = make.entry(**{"title": "긴 글", **HEAVY[name]})

    assert found("끝맺는") == found('"끝맺는 말"') == {entry.title}
    assert found('"말 끝맺는"') == found("없는낱말이다") == set()
    for word in _ODD[0], _ODD[4199]:
        if word in entry.body:
            assert found(word) == {entry.title}
    assert found(f"title:{entry.title[:20]}") == {entry.title}
    if name == "names":
        assert found(HEAVY[name]["aliases"][-1][150:190]) == {entry.title}
        assert found(_ODD[99][:45]) == {entry.title}
    make.edit(entry, "짧아진 글")
    assert in_index('"끝맺는 말"') == set()


@in_postgresql
def test_what_one_vector_cannot_hold_has_several():
    make.entry("짧은 글", "본문")
    make.entry("긴 글", LONG["many words"])

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT names, everything IS NULL, cardinality(parts)"
            " FROM wiki_searchdocument ORDER BY entry_id"
        )
        rows = cursor.fetchall()
    assert rows[0][1:] == (False, None)
    assert rows[1][1] is False
    assert rows[1][2] > 1


def test_revisions_have_all_that_former_words_are_made_of():
    make.entry(
        "글", "# 머리\n본문", tags=["가", "나"], aliases=("별명",), summary="요약"
    )
    words = indexing.words_of(editing.Content.of(Entry.objects.with_head().get()))

    assert indexing.words_of(editing.Content.of(Revision.objects.get())) == words
