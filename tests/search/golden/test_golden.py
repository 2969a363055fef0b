"""The search finds what a person says it has to, in the same order everywhere.

`order.txt` holds all answers as they come, so that each database is compared to the
same. After a change that is meant, GOLDEN=write writes it anew; the difference tells
what the change did.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import transaction

from tests import make
from tests.search.golden.judging import Quality, quality
from tests.search.golden.reading import notes, oracle, other_names, queries
from wiki import editing
from wiki.editing import Content, NewEntry, TagUse
from wiki.models import Entry, Tag, TagAlias
from wiki.search import finding, plan
from wiki.search.query import parse_query
from wiki.slugs import tag_key

pytestmark = pytest.mark.django_db

ORDER = Path(__file__).with_name("order.txt")
ENOUGH = 0.99
FIRST_ENOUGH = 59 / 60

Answers = dict[str, list[str]]


@pytest.fixture(scope="module")
def wiki(django_db_setup, django_db_blocker) -> Iterator[None]:
    """A wiki of the golden notes."""
    with django_db_blocker.unblock(), transaction.atomic():
        saved = editing.create_entries(
            [
                NewEntry(
                    content=Content(
                        title=note.title,
                        body=note.body,
                        tags=tuple(TagUse(name) for name in note.tags),
                        aliases=note.aliases,
                    ),
                    act=make.act(note.by),
                )
                for note in notes()
            ]
        )
        for one, note in zip(saved, notes(), strict=True):
            Entry.objects.filter(pk=one.entry.pk).update(updated_at=note.changed_at)
        for name, others in other_names().items():
            tag = Tag.objects.get(key=tag_key(name))
            for other in others:
                TagAlias.objects.create(tag=tag, name=other, key=tag_key(other))
        yield
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def answers(wiki) -> Answers:
    return asked()


def asked() -> Answers:
    """The titles that each query finds, best first."""
    titles = dict(Entry.objects.values_list("pk", "title"))
    found = {
        query.ask: finding.find_entries(AnonymousUser(), parse_query(query.ask)).ids
        for query in queries()
    }
    return {ask: [titles[pk] for pk in ids] for ask, ids in found.items()}


def told(answers: Answers) -> str:
    """The answers as lines: the query, and the numbers of the notes it found."""
    numbers = {note.title: number for number, note in enumerate(notes(), 1)}
    lines = (
        f"{ask}\t{' '.join(str(numbers[title]) for title in titles)}\n"
        for ask, titles in answers.items()
    )
    return "".join(lines)


def is_good(found: Quality) -> bool:
    return found.recall >= ENOUGH <= found.precision and found.first >= FIRST_ENOUGH


def test_all_that_people_want_is_found_and_nothing_else(answers):
    found = quality(answers, queries())

    assert found.recall >= ENOUGH, found.complaints
    assert found.precision >= ENOUGH, found.complaints


def test_what_people_want_first_comes_first(answers):
    found = quality(answers, queries())

    assert found.first >= FIRST_ENOUGH, found.complaints


def test_index_finds_what_a_look_at_every_text_finds(answers):
    """Beside the oracle, whatever was judged."""
    seen = {query: oracle().found(query.ask) for query in queries()}
    wanted = sum(len(titles) for titles in seen.values())
    missed = sum(len(seen[q].difference(answers[q.ask])) for q in queries())
    beyond = sum(len(set(answers[q.ask]) - seen[q] - q.may) for q in queries())

    assert missed <= wanted * (1 - ENOUGH)
    assert beyond <= wanted * (1 - ENOUGH)


def test_order_is_the_same_on_every_database(answers):
    if os.environ.get("GOLDEN") == "write":
        ORDER.write_text(told(answers), "utf-8")

    assert told(answers).splitlines() == ORDER.read_text("utf-8").splitlines()


def _without_last(answers: Answers) -> Answers:
    return {ask: titles[:-1] or titles for ask, titles in answers.items()}


def _with_a_stray_one(answers: Answers) -> Answers:
    return {ask: [*titles, "점심 잡담"] for ask, titles in answers.items()}


def _backwards(answers: Answers) -> Answers:
    return {ask: titles[::-1] for ask, titles in answers.items()}


def test_engine_that_forgets_a_rule_is_seen(wiki, monkeypatch):
    for module, name, nothing in (
        (plan, "_PARTICLES", ()),
        (finding, "_synonyms", lambda keys: {}),
        (plan, "is_initials", lambda text: False),
    ):
        with monkeypatch.context() as patched:
            patched.setattr(module, name, nothing)
            assert quality(asked(), queries()).recall < ENOUGH, name


@pytest.mark.parametrize("spoil", [_without_last, _with_a_stray_one, _backwards])
def test_bad_answers_are_seen(answers, spoil):
    assert not is_good(quality(spoil(answers), queries()))
    assert told(spoil(answers)) != told(answers)
