"""Entries that come with what they were: revisions before the newest one."""

from datetime import UTC, datetime

import pytest

from wiki.editing import (
    Act,
    Author,
    Content,
    EntryEdit,
    NewEntry,
    Past,
    TagUse,
    create_entries,
    create_entry,
    edit_entries,
    edit_entry,
)
from wiki.models import Alias, Entry, Revision, RevisionKind, Tag
from wiki.names import resolve_names

pytestmark = pytest.mark.django_db

IMPORT = Act(author=Author(label="Importer"), kind=RevisionKind.IMPORT)


def past(title, body, *, author="홍길동", day=1, **content):
    act = Act(
        author=Author(label=author),
        kind=RevisionKind.IMPORT,
        comment=f"{body[:20]}",
        authored_at=datetime(2020, 1, day, tzinfo=UTC),
    )
    return Past(content=Content(title=title, body=body, **content), act=act)


def create(*versions, title="Kafka", body="셋", **options):
    content = Content(title=title, body=body)
    request = NewEntry(content=content, act=IMPORT, past=versions, **options)
    (saved,) = create_entries([request])
    return saved


def history(entry):
    return list(
        Revision.objects.filter(entry=entry)
        .order_by("number")
        .values_list("number", "title", "body", "size_change")
    )


def test_a_new_entry_has_its_past_as_revisions_without_a_gap():
    tags = (TagUse("old"),)
    saved = create(past("Kafka", "하나", tags=tags), past("Kafka", "둘둘", day=2))

    entry = Entry.objects.with_head().get(pk=saved.entry.pk)
    assert history(entry) == [
        (1, "Kafka", "하나", 2),
        (2, "Kafka", "둘둘", 0),
        (3, "Kafka", "셋", -1),
    ]
    assert (entry.version, entry.head.number, entry.body) == (3, 3, "셋")
    first = entry.revisions.get(number=1)
    assert (first.author, first.author_label) == (None, "홍길동")
    assert first.authored_at == datetime(2020, 1, 1, tzinfo=UTC)
    assert first.tags == [{"name": "old", "rule": ""}]
    assert first.kind == "import"


def test_tags_of_the_past_make_none():
    create(past("Kafka", "하나", tags=(TagUse("old"),)))

    assert not Tag.objects.exists()


def test_past_titles_lead_to_the_entry_and_give_way_to_others():
    saved = create(past("카프카", "하나"), past("KAFKA", "둘"), past("스트림", "셋"))
    other = create_entry(Content(title="스트림", body="다른 글"), act=IMPORT)

    found = resolve_names(["카프카", "스트림", "Kafka"])

    assert found["카프카"].entry_ids == (saved.entry.pk,)
    assert found["스트림"].entry_ids == (other.entry.pk,)
    kinds = Alias.objects.filter(entry=saved.entry).values_list("name", "kind")
    assert sorted(kinds) == [("스트림", "former"), ("카프카", "former")]


def test_pages_that_link_to_a_past_title_are_led_there():
    page = create_entry(Content(title="Index", body="[[옛 이름]]"), act=IMPORT).entry

    saved = create(past("옛 이름", "하나"))

    page.refresh_from_db()
    assert f'href="{saved.entry.get_absolute_url()}"' in page.html


def test_an_edit_brings_what_came_between():
    entry = create(title="Kafka", body="하나").entry
    edit = EntryEdit(
        entry_id=entry.pk,
        base_version=1,
        content=Content(title="Kafka", body="넷넷"),
        act=IMPORT,
        past=(past("Streams", "둘둘둘"), past("Streams", "셋")),
    )

    (saved,) = edit_entries([edit])

    assert (saved.status, saved.entry.version) == ("updated", 4)
    assert history(entry) == [
        (1, "Kafka", "하나", 2),
        (2, "Streams", "둘둘둘", 1),
        (3, "Streams", "셋", -2),
        (4, "Kafka", "넷넷", 1),
    ]
    entry = Entry.objects.with_head().get(pk=entry.pk)
    assert (entry.version, entry.head.number) == (4, 4)


def test_an_edit_that_someone_overtook_becomes_one_merge_by_all(writer):
    text = "".join(f"줄 {number}\n\n" for number in range(9))
    entry = create(title="Kafka", body=text).entry
    edit_entry(
        entry,
        Content(title="Kafka", body=f"위\n\n{text}"),
        base_version=1,
        act=Act(author=Author(user=writer)),
    )
    edit = EntryEdit(
        entry_id=entry.pk,
        base_version=1,
        content=Content(title="Kafka", body=f"{text}아래"),
        act=IMPORT,
        past=(past("Kafka", f"{text}아"), past("Kafka", text, author="김철수")),
    )

    (saved,) = edit_entries([edit])

    assert (saved.status, saved.entry.version) == ("merged", 3)
    names = saved.revision.coauthors.values_list("author_label", flat=True)
    assert set(names) == {"홍길동", "김철수", Author(user=writer).name}


def test_a_past_that_cannot_be_stored_refuses_the_entry():
    outcome = create(past("", "하나"))

    assert outcome.problems[0].code == "title_empty"
    assert not Entry.objects.exists()


def test_a_long_past_takes_few_statements(django_assert_max_num_queries):
    versions = [past("Kafka", f"{number}") for number in range(60)]
    create_entry(Content(title="Warm", body="up"), act=IMPORT)

    with django_assert_max_num_queries(45):
        saved = create(*versions)

    assert saved.entry.version == 61
