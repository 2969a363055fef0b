"""The history of a wiki as a git repository, and the same history from it again."""

import io
import random
from datetime import timedelta

import pytest
from django.core.management import call_command

from tests.importing.gits import FIRST
from tests.importing.importer import run
from wiki.editing import (
    Act,
    Author,
    Content,
    NewEntry,
    Past,
    TagUse,
    create_entries,
)
from wiki.exporting.fastimport import default_message
from wiki.models import (
    Alias,
    Entry,
    EntryTag,
    Link,
    Revision,
    RevisionCoauthor,
    RevisionKind,
)

pytestmark = pytest.mark.django_db

WORDS = (
    "카프카",
    "Redis",
    "한 줄",
    "é́",
    "👩‍💻 이모지",
    "#붙은",
    "---",
    "a: b",
    "[[Redis]]",
)
TAGS = ("메시징", "데이터베이스", "C++", "a/b", "Two Words")


def told():
    """All that a history is made of, entry by entry."""
    revisions = Revision.objects.select_related("entry", "author")
    return [
        (
            revision.entry.slug,
            revision.number,
            revision.author_name,
            revision.written_at.replace(microsecond=0),
            revision.comment or default_message(revision.kind, revision.title),
            Content.of(revision).digest(),
        )
        for revision in revisions.order_by("entry__slug", "number")
    ]


def aliases():
    return sorted(Alias.objects.values_list("entry__slug", "kind", "name"))


def empty_the_wiki():
    Entry.objects.update(head=None)
    for model in (Link, EntryTag, Alias, RevisionCoauthor, Revision, Entry):
        model.objects.all().delete()


class Wikis:
    """Entries with random pasts, each state different from the one before."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.hours = 0

    def text(self, lines):
        some = (self.random.choice(WORDS) for _ in range(lines * 2))
        ends = (self.random.choice(("\n", "\n\n", " ", "\n    ")) for _ in range(lines))
        return "".join(
            word + end for word, end in zip(some, [*ends] * 2, strict=False)
        ).strip("\n")

    def content(self, number):
        chance = self.random.random
        return Content(
            title=f"노트 {number}" if chance() < 0.8 else f"옛 노트 {number}",
            body=f"{self.hours}\n\n{self.text(6)}" + "\n" * (chance() < 0.3),
            tags=tuple(map(TagUse, self.random.sample(TAGS, 2))),
            aliases=("다른 이름",) if chance() < 0.3 else (),
            summary="요약: 한 줄" if chance() < 0.3 else "",
            source_url="https://example.org/?q=1" if chance() < 0.3 else "",
            properties=(("created", "그날"), ("n", "007")) if chance() < 0.3 else (),
        )

    def act(self):
        self.hours += 1
        return Act(
            author=Author(label=self.random.choice(("홍길동", "Kim <x>", ""))),
            comment=self.random.choice(("고침", "", "메시지: 'x' \\n")),
            kind=self.random.choice((RevisionKind.CREATE, RevisionKind.IMPORT)),
            authored_at=FIRST + timedelta(hours=self.hours),
        )

    def create(self, number):
        past = tuple(
            Past(act=self.act(), content=self.content(number))
            for _ in range(self.random.randrange(6))
        )
        act = self.act()
        content = Content(title=f"노트 {number}", body=f"{self.text(9)} {number}")
        return NewEntry(content=content, act=act, past=past)


@pytest.mark.parametrize("seed", range(4))
def test_a_history_comes_back_as_it_was(tmp_path, seed):
    wiki = Wikis(seed)
    create_entries([wiki.create(number) for number in range(5)])
    before, names = told(), aliases()
    call_command(
        "exportnotes", str(tmp_path / "til"), format="git", stdout=io.StringIO()
    )
    empty_the_wiki()

    ran = run(tmp_path / "til")

    assert ran.totals == {"created": 5}
    labels = {"Kim <x>": "Kim x", "": "unknown"}
    expected = [(*row[:2], labels.get(row[2], row[2]), *row[3:]) for row in before]
    assert told() == expected
    assert aliases() == names
    assert run(tmp_path / "til").totals == {"same": 5}
