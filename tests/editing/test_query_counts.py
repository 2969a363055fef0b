"""A save asks for little, and for no more where a note has many tags and links."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import make
from wiki.editing import Act, Author, Content, TagUse, create_entry, edit_entry
from wiki.models import Entry, Link

pytestmark = pytest.mark.django_db

AMOUNTS = [1, 40]


def a_note(amount: int) -> Entry:
    targets = make.entries(amount)
    body = "\n\n".join(f"줄 [[{target.title}]]" for target in targets)
    tags = tuple(TagUse(f"태그 {number}") for number in range(amount))
    content = Content(title="많은 것", body=body, tags=tags)
    entry = create_entry(content, act=Act(author=Author(label="지현"))).entry
    return Entry.objects.with_head().get(pk=entry.pk)


def queries_of_save(entry: Entry, *, is_just_read: bool = True, **changes) -> list[str]:
    """The SQL of a save, without what opens and ends its transactions."""
    content = Content.of(entry)
    content = Content(**{**vars(content), **changes})
    act = Act(author=Author(label="지현"), form_token="ab")
    version = entry.version
    with CaptureQueriesContext(connection) as queries:
        saved = edit_entry(
            entry, content, base_version=version, act=act, is_just_read=is_just_read
        )
    assert saved.status == "updated"
    marks = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT")
    return [q["sql"] for q in queries if not q["sql"].startswith(marks)]


def held() -> int:
    """Queries that take the locks, where a transaction alone is none."""
    return 2 if connection.features.has_select_for_update else 0


def indexed() -> int:
    """Queries that keep the search index: what it has, what leaves it, what comes."""
    return 4 if connection.vendor == "sqlite" else 2


@pytest.mark.parametrize("amount", AMOUNTS)
def test_a_changed_text(amount):
    entry = a_note(amount)

    asked = queries_of_save(entry, body=f"새 줄\n\n{entry.body}")

    # Names by three; revision and entry; links by three; files; and the pages
    # that are linked.
    assert len(asked) == 10 + held() + indexed()
    assert Link.objects.filter(source=entry).count() == amount


@pytest.mark.parametrize("amount", AMOUNTS)
def test_links_that_stay_are_not_written_again(amount):
    entry = a_note(amount)

    asked = queries_of_save(entry, body=f"{entry.body}\n\n새 줄")

    assert len(asked) == 8 + held() + indexed()
    assert not [
        sql for sql in asked if sql.startswith(("DELETE", "INSERT INTO wiki_l"))
    ]


@pytest.mark.parametrize("amount", AMOUNTS)
def test_changed_tags_draw_nothing(amount):
    entry = a_note(amount)

    asked = queries_of_save(entry, tags=Content.of(entry).tags[1:])

    assert len(asked) <= 9 + held() + indexed()
    assert not [sql for sql in asked if '"html" =' in sql]
    assert entry.tags.count() == amount - 1


def test_an_entry_that_was_not_just_read_costs_one_more():
    entry = a_note(1)

    asked = queries_of_save(entry, body="neu", is_just_read=False)

    assert len(asked) <= 11 + held() + indexed()


def test_a_save_on_an_entry_that_moved_meanwhile_reads_it_again():
    entry = a_note(1)
    queries_of_save(entry, body=f"{entry.body}\n\n먼저")

    content = Content(**{**vars(Content.of(entry)), "summary": "mine"})
    saved = edit_entry(
        entry,
        content,
        base_version=1,
        act=Act(author=Author(label="민수"), form_token="cd"),
        is_just_read=True,
    )

    fresh = Entry.objects.get(pk=entry.pk)
    assert (saved.status, fresh.version, fresh.summary) == ("merged", 3, "mine")
    assert fresh.body.endswith("먼저")


def test_a_form_sent_twice_on_what_was_just_read_is_one_revision():
    entry = a_note(1)
    content = Content(**{**vars(Content.of(entry)), "body": "neu"})
    act = Act(author=Author(label="지현"), form_token="ab")

    first, second = (
        edit_entry(entry, content, base_version=1, act=act, is_just_read=True)
        for _ in range(2)
    )

    assert (first.status, second.status) == ("updated", "repeated")
    assert entry.revisions.count() == 2
