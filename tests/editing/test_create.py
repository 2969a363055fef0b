import unicodedata

import pytest

from wiki.editing import (
    Act,
    Author,
    Content,
    InvalidContent,
    NewEntry,
    TagUse,
    content,
    create_entries,
    create_entry,
)
from wiki.models import Alias, Entry, EntryTag, Link, Revision, Tag, TagAlias

pytestmark = pytest.mark.django_db

ACT = Act(author=Author(label="지현"), comment="새로 씀")


def create(title, body="", **rest):
    return create_entry(Content(title=title, body=body, **rest), act=ACT).entry


def codes(refused):
    return [(problem.field, problem.code) for problem in refused.value.problems]


def test_entry_and_first_revision_hold_the_same():
    saved = create_entry(
        Content(
            title="배포  절차",
            body="하나\r\n둘\r셋",
            tags=(TagUse("CI CD"), TagUse("배포", "title")),
            summary="한 줄",
            source_url="https://example.com/a?b=c",
            aliases=("릴리스",),
            properties=(("author", "민수"), ("a", ["1", "2"])),
        ),
        act=ACT,
    )

    entry = Entry.objects.select_related("head").get()
    assert saved.status == "created"
    assert (entry.title, entry.slug) == ("배포 절차", "배포-절차")
    assert entry.body == "하나\n둘\n셋"
    assert entry.version == entry.head.number == 1
    assert entry.head.body == entry.body
    assert entry.head.author_name == "지현"
    assert entry.head.kind == "create"
    assert entry.head.size == entry.head.size_change == 6
    assert entry.properties == [["author", "민수"], ["a", ["1", "2"]]]
    assert [(tag["name"], tag["rule"]) for tag in entry.head.tags] == [
        ("CI CD", ""),
        ("배포", "title"),
    ]
    assert "<br" in entry.html
    assert Content.of(entry) == Content.of(entry.head)


def test_tags_are_rows_that_taggit_finds():
    create("배포", tags=(TagUse("CI CD"),))

    assert Entry.objects.filter(tags__key="ci-cd").count() == 1
    assert EntryTag.objects.get().name == "CI CD"


def test_other_name_of_a_tag_stands_for_the_tag_and_keeps_its_spelling():
    tag = Tag.objects.create(name="kubernetes", key="kubernetes", slug="kubernetes")
    TagAlias.objects.create(tag=tag, name="k8s", key="k8s")

    entry = create("클러스터", tags=(TagUse("K8s"), TagUse("kubernetes")))

    row = EntryTag.objects.get(content_object=entry)
    assert (row.tag, row.name) == (tag, "K8s")
    assert [use["name"] for use in entry.head.tags] == ["K8s"]


def test_tags_that_differ_in_case_and_blanks_are_one():
    create("가", tags=(TagUse("CI CD"), TagUse("ci-cd"), TagUse("Ci_Cd")))
    create("나", tags=(TagUse(unicodedata.normalize("NFD", "배포")), TagUse("ci cd")))

    assert sorted(Tag.objects.values_list("key", flat=True)) == ["ci-cd", "배포"]


def test_decomposed_title_is_composed_and_the_body_is_left_alone():
    body = unicodedata.normalize("NFD", "배포")

    entry = create(unicodedata.normalize("NFD", "배포"), body)

    assert entry.title == "배포"
    assert Entry.objects.get().body == body


def test_title_of_signs_only_gets_an_address():
    entry = create("🔥")

    assert entry.slug.startswith("note-")


def test_titles_of_one_slug_are_both_reachable():
    first, second = create("C+"), create("c plus")

    assert first.slug == "c-plus"
    assert second.slug == "c-plus-2"


@pytest.mark.parametrize(
    "content, problem",
    [
        (Content(title="  "), ("title", "title_empty")),
        (Content(title="\u200b"), ("title", "title_empty")),
        (Content(title="가" * 201), ("title", "title_too_long")),
        (Content(title="가", body="a\x00b"), ("body", "nul")),
        (Content(title="가", body="\ud800"), ("body", "not_unicode")),
        (Content(title="가", body="가" * 349_526), ("body", "body_too_large")),
        (Content(title="가", tags=(TagUse("긴" * 51),)), ("tags", "tag_too_long")),
        (Content(title="가", tags=(TagUse(".."),)), ("tags", "tag_invalid")),
        (
            Content(title="가", tags=tuple(TagUse(f"t{n}") for n in range(200))),
            ("tags", "too_many_tags"),
        ),
        (Content(title="가", summary="요" * 501), ("summary", "summary_too_long")),
        (
            Content(title="가", source_url="javascript:alert(1)"),
            ("source_url", "source_url_invalid"),
        ),
    ],
)
def test_content_that_cannot_be_stored_is_refused_with_a_sentence(content, problem):
    with pytest.raises(InvalidContent) as refused:
        create_entry(content, act=ACT)

    assert codes(refused) == [problem]
    assert len(refused.value.problems[0].sentence) > 20
    assert not Entry.objects.exists()


def test_all_problems_are_told_at_once():
    with pytest.raises(InvalidContent) as refused:
        create_entry(Content(title="", body="\x00", source_url="x y"), act=ACT)

    assert {field for field, _ in codes(refused)} == {"title", "body", "source_url"}


def test_very_many_tags_are_refused_without_a_look_at_each(monkeypatch):
    looked_at = []
    clean = content.clean_tag
    monkeypatch.setattr(
        content, "clean_tag", lambda name: looked_at.append(name) or clean(name)
    )
    many = tuple(TagUse(f"t{n}") for n in range(5000))

    with pytest.raises(InvalidContent) as refused:
        create("글", tags=many)

    (problem,) = refused.value.problems
    assert "5000 tags" in problem.sentence
    assert len(looked_at) == 101
    # The same one over and over is one tag.
    assert create("다른 글", tags=(TagUse("가"),) * 5000).head.tags == [
        {"name": "가", "rule": ""}
    ]
    assert len(looked_at) == 102


def test_body_of_exactly_the_limit_is_stored():
    create("큰 글", "x" * (1024 * 1024))

    assert Revision.objects.get().size == 1024 * 1024


def test_taken_title_is_refused_whatever_its_case():
    create("gRPC")

    with pytest.raises(InvalidContent) as refused:
        create("GRPC")

    assert codes(refused) == [("title", "title_taken")]


def test_same_form_sent_twice_makes_one_entry():
    act = Act(author=Author(label="민수"), form_token="t1")
    content = Content(title="한 번", body="글")

    first = create_entry(content, act=act)
    second = create_entry(content, act=act)

    assert second.status == "repeated"
    assert second.entry == first.entry
    assert Revision.objects.count() == 1


def test_one_bad_entry_of_many_does_not_stop_the_rest():
    contents = ["가", "", "나", "가"]

    outcomes = create_entries(
        [NewEntry(content=Content(title=title), act=ACT) for title in contents]
    )

    assert [getattr(outcome, "status", None) for outcome in outcomes] == [
        "created",
        None,
        "created",
        None,
    ]
    assert outcomes[3].problems[0].code == "title_taken"
    assert Entry.objects.count() == 2


def test_query_count_does_not_grow_with_the_entries(django_assert_max_num_queries):
    def batch(prefix, count):
        return [
            NewEntry(
                content=Content(
                    title=f"{prefix} {n}",
                    body=f"[[{prefix} {n + 1}]] [[없음 {n}]]",
                    tags=(TagUse(f"t{n}"), TagUse("공통")),
                    aliases=(f"{prefix} 별명 {n}",),
                ),
                act=ACT,
            )
            for n in range(count)
        ]

    create_entries(batch("워밍업", 3))

    with django_assert_max_num_queries(36):
        create_entries(batch("가", 3))
    with django_assert_max_num_queries(36):
        create_entries(batch("나", 60))


def test_links_of_a_batch_lead_to_each_other_at_once():
    create_entries(
        [
            NewEntry(content=Content(title="가", body="[[나]] 그리고 [[다]]"), act=ACT),
            NewEntry(content=Content(title="나", body="[[가]]"), act=ACT),
        ]
    )

    rows = Link.objects.order_by("source__title", "position")
    assert [(row.name, row.target and row.target.title) for row in rows] == [
        ("나", "나"),
        ("다", None),
        ("가", "가"),
    ]
    html = Entry.objects.get(title="가").html
    assert 'href="/wiki/%EB%82%98/"' in html
    assert 'class="missing"' in html


def test_other_titles_are_found_by_links():
    create("Micro Service Architecture", aliases=("MSA",))

    source = create("글", "[[MSA]]")

    assert Alias.objects.get().key == "msa"
    assert Link.objects.get().target.title == "Micro Service Architecture"
    assert "/wiki/micro-service-architecture/" in source.html


def test_shared_other_title_is_ambiguous():
    create("가", aliases=("공통",))
    create("나", aliases=("공통",))

    source = create("글", "[[공통]]")

    assert Link.objects.get().target is None
    assert "missing" not in source.html
    assert 'href="/wiki/%EA%B3%B5%ED%86%B5/"' in source.html
