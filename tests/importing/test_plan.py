"""Decisions of an import, tried against a wiki made of dictionaries."""

from dataclasses import dataclass, field, replace
from itertools import count

import pytest

from wiki.history.merge import merge
from wiki.importing.known import Known, Sides
from wiki.importing.notes import Piece, digest
from wiki.importing.plan import make_plan
from wiki.importing.preparing import prepare
from wiki.importing.reading import read_notes
from wiki.importing.topics import Vocabulary
from wiki.slugs import title_key

VOCABULARY = Vocabulary([])
_ids = count(1)


@dataclass(frozen=True)
class Text:
    """All the content that these tests need: a title and a body."""

    title: str
    body: str


@dataclass
class Page:
    text: Text
    version: int = 1
    is_deleted: bool = False


@dataclass(frozen=True)
class MergedText:
    content: Text
    has_clash: bool


@dataclass
class FakeWiki:
    """Pages and imported notes by id; records how often it was asked."""

    pages: dict[int, Page] = field(default_factory=dict)
    known: dict[int, Known] = field(default_factory=dict)
    bases: dict[int, Text] = field(default_factory=dict)
    questions: int = 0

    def notes_of(self, source, paths):
        self.questions += 1
        return [
            self._now(k)
            for k in self.known.values()
            if k.source == source and k.path in paths
        ]

    def notes_with(self, raw_hashes):
        self.questions += 1
        now = [self._now(k) for k in self.known.values() if k.raw_hash in raw_hashes]
        return [k for k in now if k.is_live]

    def titles_of(self, keys):
        self.questions += 1
        held = {
            title_key(p.text.title): n
            for n, p in self.pages.items()
            if not p.is_deleted
        }
        return {key: held[key] for key in keys if key in held}

    def sides_of(self, known):
        return {
            k.id: Sides(self.bases[k.id], self.pages[k.entry_id].text) for k in known
        }

    def bodies_of(self, known):
        return {k.id: self.bases[k.id].body for k in known}

    def shared_of(self, known):
        self.questions += 1
        sources = {
            k.id: sorted(
                other.source
                for other in self.known.values()
                if other.entry_id == k.entry_id and other.source != k.source
            )
            for k in known
        }
        return {number: found[0] for number, found in sources.items() if found}

    def content_of(self, note, base=None):
        return Text(note.title, note.body)

    def merge(self, base, dump, wiki):
        merged = merge(base.body, dump.body, wiki.body)
        title = dump.title if wiki.title == base.title else wiki.title
        return MergedText(Text(title, merged.text), merged.has_clash)

    def is_same(self, one, other):
        return one == other

    def _now(self, known):
        page = self.pages.get(known.entry_id)
        if page is None:
            return replace(known, entry_id=None)
        return replace(
            known,
            version=page.version,
            is_deleted=page.is_deleted,
            entry_title=page.text.title,
        )

    # ── What happens to it ───────────────────────────────────────────────────

    def carry_out(self, items):
        """Does what a plan says, as the real writer does."""
        for item in items:
            if item.status == "deleted":
                self.take_away(item.known)
            if item.note is None or not item.is_new_base:
                continue
            entry_id = item.known.entry_id if item.known else None
            if item.content and entry_id is None:
                entry_id = next(_ids)
                self.pages[entry_id] = Page(item.content)
            elif item.content:
                page = self.pages[entry_id]
                page.text, page.version = item.content, page.version + 1
                page.is_deleted = False
            self._remember(item, entry_id)

    def edit(self, name, **changes):
        page = next(p for p in self.pages.values() if p.text.title == name)
        page.text, page.version = replace(page.text, **changes), page.version + 1

    def delete(self, title):
        page = next(p for p in self.pages.values() if p.text.title == title)
        page.is_deleted, page.version = True, page.version + 1

    def take_away(self, known):
        """What a mirror or an undo does: the memory knows of this deletion."""
        page = self.pages[known.entry_id]
        page.is_deleted, page.version = True, page.version + 1
        self.known[known.id] = replace(
            self.known[known.id], written_version=page.version, content_hash=""
        )

    def titles(self):
        return sorted(p.text.title for p in self.pages.values() if not p.is_deleted)

    def body(self, title):
        return next(p.text.body for p in self.pages.values() if p.text.title == title)

    def _remember(self, item, entry_id):
        note = item.note
        old = (
            item.known if item.known and item.known.source == note.source else item.row
        )
        number = old.id if old else next(_ids)
        version = self.pages[entry_id].version if entry_id else None
        keeps = item.is_dump_text is None and old
        self.known[number] = Known(
            id=number,
            source=note.source,
            key=note.key,
            path=note.path,
            line=note.line,
            raw_hash=note.raw_hash,
            content_hash=note.content_hash,
            title=(
                item.base or Text(item.known.title if item.known else note.title, "")
            ).title,
            entry_id=entry_id,
            written_version=old.written_version
            if keeps
            else (version if item.is_dump_text else None),
        )
        self.bases[number] = (
            item.base or self.bases.get(number) or Text(note.title, note.body)
        )


def read(files, source="dump", split="many"):
    return [
        prepare(read_notes(Piece(source, path), text.encode(), split=split), VOCABULARY)
        for path, text in files.items()
    ]


def plan(
    wiki, files, source="dump", mode="merge", split="many", batch=2, mirrors=False
):
    """The plan of a dump; files that were there before and are not now are gone."""
    files = read(files, source, split)
    paths = {source: {file.path for file in files}}
    gone = [
        wiki._now(k)
        for k in wiki.known.values()
        if k.source == source and k.path not in paths[source]
    ]
    batches = [files[start : start + batch] for start in range(0, len(files), batch)]
    return list(
        make_plan(batches, wiki, paths=paths, mode=mode, gone=gone, mirrors=mirrors)
    )


def imported(wiki, files, **options):
    items = plan(wiki, files, **options)
    wiki.carry_out(items)
    return items


def statuses(items):
    return [item.status for item in items]


def codes(item):
    return [message.code for message in item.messages]


@pytest.fixture
def wiki():
    return FakeWiki()


DUMP = {"n.md": "# 가\n하나\n둘\n셋\n\n# 나\n넷\n"}


def test_a_first_import_creates_and_a_second_finds_the_same(wiki):
    assert statuses(imported(wiki, DUMP)) == ["created", "created"]

    assert statuses(imported(wiki, DUMP)) == ["same", "same"]
    assert wiki.titles() == ["가", "나"]


def test_a_plan_writes_nothing(wiki):
    first, second = plan(wiki, DUMP), plan(wiki, DUMP)

    assert first == second
    assert wiki.pages == {}


def test_questions_are_asked_by_batch(wiki):
    files = {f"{n}.md": f"# 글 {n}\n본문 {n}\n" for n in range(40)}

    plan(wiki, files, split="file", batch=40)

    assert wiki.questions <= 4


def test_a_changed_note_updates_an_untouched_entry(wiki):
    imported(wiki, DUMP)

    items = imported(wiki, {"n.md": DUMP["n.md"].replace("둘", "둘!")})

    assert statuses(items) == ["updated", "same"]
    assert wiki.body("가") == "하나\n둘!\n셋"


def test_edits_elsewhere_in_the_text_are_merged(wiki):
    imported(wiki, DUMP)
    wiki.edit("가", body="하나\n둘\n셋\n위키가 더한 줄")

    items = imported(wiki, {"n.md": DUMP["n.md"].replace("하나", "하나!")})

    assert statuses(items) == ["merged", "same"]
    assert wiki.body("가") == "하나!\n둘\n셋\n위키가 더한 줄"
    assert statuses(
        imported(wiki, {"n.md": DUMP["n.md"].replace("하나", "하나!")})
    ) == [
        "same",
        "same",
    ]


def test_a_clash_leaves_the_page_and_is_asked_again(wiki):
    imported(wiki, DUMP)
    wiki.edit("가", body="하나\n위키의 둘\n셋")
    changed = {"n.md": DUMP["n.md"].replace("둘", "덤프의 둘")}

    items = imported(wiki, changed)

    assert statuses(items) == ["conflict", "same"]
    assert wiki.body("가") == "하나\n위키의 둘\n셋"
    assert items[0].base == Text("가", "하나\n덤프의 둘\n셋")
    assert statuses(imported(wiki, changed)) == ["conflict", "same"]


def test_a_clash_that_someone_settled_in_the_wiki_is_over(wiki):
    imported(wiki, DUMP)
    wiki.edit("가", body="하나\n위키의 둘\n셋")
    changed = {"n.md": DUMP["n.md"].replace("둘", "덤프의 둘")}
    imported(wiki, changed)

    wiki.edit("가", body="하나\n덤프의 둘\n셋")

    assert statuses(imported(wiki, changed)) == ["same", "same"]


@pytest.mark.parametrize(
    "mode, status, body",
    [
        ("keep", "skipped", "하나\n위키의 둘\n셋"),
        ("replace", "updated", "하나\n덤프의 둘\n셋"),
    ],
)
def test_other_ways_with_a_clash_settle_it(wiki, mode, status, body):
    imported(wiki, DUMP)
    wiki.edit("가", body="하나\n위키의 둘\n셋")
    changed = {"n.md": DUMP["n.md"].replace("둘", "덤프의 둘")}

    assert imported(wiki, changed, mode=mode)[0].status == status

    assert wiki.body("가") == body
    assert imported(wiki, changed, mode=mode)[0].status == "same"


def test_the_same_change_on_both_sides_is_no_change(wiki):
    imported(wiki, DUMP)
    wiki.edit("가", body="하나\n둘!\n셋")

    items = imported(wiki, {"n.md": DUMP["n.md"].replace("둘", "둘!")})

    assert statuses(items) == ["same", "same"]
    assert wiki.pages[next(iter(wiki.pages))].version == 2


def test_an_edit_in_the_wiki_alone_is_left_alone(wiki):
    imported(wiki, DUMP)
    wiki.edit("가", body="다른 글", title="다른 제목")

    assert statuses(imported(wiki, DUMP)) == ["same", "same"]
    assert "다른 제목" in wiki.titles()


def test_a_heading_that_changed_over_the_same_text_is_a_rename(wiki):
    imported(wiki, DUMP)

    items = imported(wiki, {"n.md": DUMP["n.md"].replace("# 가\n", "# 아파치 가\n")})

    assert statuses(items) == ["moved", "same"]
    assert wiki.titles() == ["나", "아파치 가"]
    assert codes(items[0]) == ["moved-from"]


def test_a_renamed_file_is_the_same_entry(wiki):
    imported(wiki, {"a.md": "# 가\n본문\n", "b.md": "# 나\n글\n"}, split="file")

    items = imported(
        wiki, {"폴더/a.md": "# 가\n본문\n", "b.md": "# 나\n글\n"}, split="file"
    )

    assert sorted(statuses(items)) == ["moved", "same"]
    assert wiki.titles() == ["가", "나"]
    again = plan(
        wiki, {"폴더/a.md": "# 가\n본문\n", "b.md": "# 나\n글\n"}, split="file"
    )
    assert statuses(again) == ["same", "same"]


def test_a_section_that_moved_to_an_earlier_file_is_recognised(wiki):
    imported(
        wiki, {"a.md": "# 하나\n글\n# 둘\n글2\n", "b.md": "# 셋\n글3\n# 넷\n글4\n"}
    )

    moved = {"a.md": "# 하나\n글\n# 둘\n글2\n# 넷\n글4\n", "b.md": "# 셋\n글3\n"}
    items = imported(wiki, moved, batch=1)

    assert sorted(statuses(items)) == ["moved", "same", "same", "same"]
    assert wiki.titles() == ["넷", "둘", "셋", "하나"]
    assert set(statuses(imported(wiki, moved))) == {"same"}


def test_a_renamed_file_whose_title_changed_too(wiki):
    imported(wiki, {"a.md": "글만 있는 노트\n"}, split="file")

    items = imported(wiki, {"b.md": "글만 있는 노트\n"}, split="file")

    assert statuses(items) == ["moved"]
    assert wiki.titles() == ["b"]


def test_a_missing_note_is_said_and_kept(wiki):
    imported(wiki, DUMP | {"old.md": "# 다\n글\n"})

    items = imported(wiki, {"n.md": "# 가\n하나\n둘\n셋\n"})

    assert statuses(items) == ["same", "missing", "missing"]
    assert {item.known.title for item in items[1:]} == {"나", "다"}
    assert wiki.titles() == ["가", "나", "다"]


def test_what_was_deleted_in_the_wiki_stays_deleted(wiki):
    imported(wiki, DUMP)
    wiki.delete("가")

    items = imported(wiki, {"n.md": DUMP["n.md"].replace("둘", "둘!")})

    assert statuses(items) == ["skipped", "same"]
    assert codes(items[0]) == ["deleted-here"]
    assert wiki.titles() == ["나"]


def test_copies_are_named_and_make_one_entry(wiki):
    files = {"a.md": "# 가\n글\n", "b.md": "# 가\n글\n"}

    for _ in range(2):
        items = imported(wiki, files, split="file", batch=1)
        assert codes(items[1]) == ["copy"]
        assert items[1].messages[0].params == {"path": "a.md"}

    assert wiki.titles() == ["가"]


def test_a_copy_that_changes_becomes_an_entry_of_its_own(wiki):
    imported(wiki, {"a.md": "# 가\n글\n", "b.md": "# 가\n글\n"}, split="file")

    items = imported(
        wiki, {"a.md": "# 가\n글\n", "b.md": "# 가\n다른 글\n"}, split="file"
    )

    assert statuses(items) == ["same", "created"]
    assert wiki.titles() == ["가", "가 (dump)"]


def test_the_same_bytes_under_another_source_are_the_same_entry(wiki):
    imported(wiki, DUMP)

    items = imported(wiki, DUMP, source="other")

    assert statuses(items) == ["same", "same"]
    assert codes(items[0]) == ["known-elsewhere"]
    assert wiki.titles() == ["가", "나"]
    changed = {"n.md": DUMP["n.md"].replace("넷", "넷!")}
    assert statuses(imported(wiki, changed, source="other")) == ["same", "updated"]


def test_a_title_that_is_taken_is_told_apart_by_its_folder(wiki):
    files = {
        "a.md": "# Kafka\n하나\n",
        "queue/b.md": "# Kafka\n둘\n",
        "queue/c.md": "# kafka\n셋\n",
        "d.md": "# Kafka\n넷\n",
    }

    items = imported(wiki, files, split="file")

    assert [item.content.title for item in items] == [
        "Kafka",
        "Kafka (queue)",
        "kafka (queue) (2)",
        "Kafka (dump)",
    ]
    assert codes(items[1]) == ["title-taken"]
    assert items[1].note.aliases == ("Kafka",)
    assert set(statuses(imported(wiki, files, split="file"))) == {"same"}


def test_a_told_apart_note_keeps_its_title_when_it_changes(wiki):
    imported(wiki, {"a.md": "# Kafka\n하나\n", "q/b.md": "# Kafka\n둘\n"}, split="file")

    items = imported(
        wiki, {"a.md": "# Kafka\n하나\n", "q/b.md": "# Kafka\n둘!\n"}, split="file"
    )

    assert statuses(items) == ["same", "updated"]
    assert wiki.body("Kafka (q)") == "둘!"


def test_the_whole_heading_is_tried_before_the_folder(wiki):
    wiki.pages[next(_ids)] = Page(Text("Blob", "손으로 쓴 글"))

    (item,) = imported(wiki, {"n.md": "# Blob (Binary Large Object)\n글\n"})

    assert item.content.title == "Blob (Binary Large Object)"
    assert item.note.aliases == ()


def test_hundreds_of_one_title_are_told_apart(wiki):
    for n in range(2, 120):
        wiki.pages[next(_ids)] = Page(Text(f"가 (dump) ({n})", ""))
    wiki.pages[next(_ids)] = Page(Text("가", ""))
    wiki.pages[next(_ids)] = Page(Text("가 (dump)", ""))

    (item,) = imported(wiki, {"n.md": "# 가\n글\n"}, split="file")

    assert item.content.title == "가 (dump) (120)"


def test_a_title_given_up_in_the_run_is_free(wiki):
    imported(wiki, {"a.md": "# 가\n글\n"}, split="file")

    items = imported(
        wiki, {"a.md": "# 새 가\n글\n", "b.md": "# 가\n다른 글\n"}, split="file"
    )

    assert statuses(items) == ["updated", "created"]
    assert wiki.titles() == ["가", "새 가"]


def test_a_title_changed_on_both_sides_merges_the_text(wiki):
    imported(wiki, {"a.md": "# 가\n글\n"}, split="file")
    wiki.edit("가", title="위키 가")

    items = imported(wiki, {"a.md": "# 가\n글\n둘째\n"}, split="file")

    assert statuses(items) == ["merged"]
    assert wiki.body("위키 가") == "글\n둘째"


def test_a_file_that_failed_is_failed_in_the_plan(wiki):
    files = read({"a.md": "# 가\n"}) + [
        read_notes(Piece("dump", "b.md"), b"\xff\xfe\xff", split="file")
    ]

    items = list(make_plan([files], wiki, paths={"dump": {"a.md", "b.md"}}))

    assert statuses(items) == ["created", "failed"]
    assert items[1].skipped.path == "b.md"


def test_an_unchanged_file_is_neither_read_nor_missing(wiki):
    imported(wiki, {"a.md": "# 가\n글\n", "b.md": "# 나\n글\n"}, split="file")
    first, second = read({"a.md": "# 가\n글\n", "b.md": "# 나\n글\n"}, split="file")
    second = replace(second, notes=(), is_unchanged=True)

    items = list(make_plan([[first, second]], wiki, paths={"dump": {"a.md", "b.md"}}))

    assert statuses(items) == ["same"]


def test_a_copy_of_an_unchanged_file_is_a_copy(wiki):
    imported(wiki, {"b.md": "# 나\n글\n"}, split="file")
    first, second = read({"a.md": "# 나\n글\n", "b.md": "# 나\n글\n"}, split="file")
    second = replace(second, notes=(), is_unchanged=True)

    paths = {"dump": {"a.md", "b.md"}}
    items = list(make_plan([[first], [second]], wiki, paths=paths))

    assert [codes(item) for item in items] == [["copy"]]


# ── Rewritten and moved ───────────────────────────────────────────────────────

LONG = "하나\n둘\n셋\n넷\n다섯\n여섯\n일곱\n여덟\n아홉\n열\n"


def as_files(**notes):
    return {f"{name}.md": f"# {name}\n{text}" for name, text in notes.items()}


@pytest.mark.parametrize("batch", [1, 10])
def test_a_file_that_was_renamed_and_changed_a_little_is_the_same_entry(wiki, batch):
    imported(wiki, as_files(a=LONG, b="다른 글\n"), split="file")
    changed = {"z/새 a.md": "# 새 a\n" + LONG.replace("넷", "네엣")}

    items = imported(wiki, changed | as_files(b="다른 글\n"), split="file", batch=batch)

    assert sorted(statuses(items)) == ["moved", "same"]
    assert wiki.titles() == ["b", "새 a"]
    moved = next(item for item in items if item.status == "moved")
    assert codes(moved) == ["moved-from"]
    again = imported(wiki, changed | as_files(b="다른 글\n"), split="file")
    assert statuses(again) == ["same", "same"]


def test_a_file_that_was_renamed_and_rewritten_is_a_new_note(wiki):
    imported(wiki, as_files(a=LONG), split="file")

    items = imported(wiki, as_files(z="전혀\n다른\n글\n하나\n둘\n"), split="file")

    assert statuses(items) == ["created", "missing"]


@pytest.mark.parametrize(
    "text, status", [("글\n둘\n", "moved"), ("글\n셋\n", "created")]
)
def test_short_notes_have_to_be_equal(wiki, text, status):
    imported(wiki, as_files(a="글\n둘\n"), split="file")

    assert imported(wiki, as_files(z=text), split="file")[0].status == status


def test_a_note_that_is_still_there_is_never_taken_for_a_copy_of_it(wiki):
    imported(wiki, as_files(a=LONG), split="file")

    items = imported(wiki, as_files(a=LONG, z=LONG + "끝\n"), split="file")

    assert statuses(items) == ["same", "created"]


def test_the_most_alike_of_those_that_are_gone_is_the_one(wiki):
    imported(wiki, as_files(a=LONG, b=LONG.replace("하나", "한").replace("둘", "두")))

    items = imported(wiki, as_files(y=LONG.replace("열", "십"), z=LONG), batch=1)

    origins = {
        item.note.path: item.known and item.known.path for item in items if item.note
    }
    assert origins == {"z.md": "a.md", "y.md": "b.md"}


def test_a_heading_and_some_lines_that_changed_in_a_file_of_many(wiki):
    imported(wiki, {"n.md": f"# 가\n{LONG}\n# 나\n글\n"})

    items = imported(wiki, {"n.md": f"# 새 가\n{LONG.replace('넷', '사')}\n# 나\n글\n"})

    assert sorted(statuses(items)) == ["moved", "same"]
    assert wiki.titles() == ["나", "새 가"]


def test_edits_in_the_wiki_are_merged_into_a_rewritten_note(wiki):
    imported(wiki, as_files(a=LONG), split="file")
    wiki.edit("a", body=LONG.strip().replace("아홉", "위키의 아홉"))

    items = imported(wiki, as_files(z=LONG.replace("둘", "두울")), split="file")

    assert statuses(items) == ["merged"]
    assert "위키의 아홉" in wiki.body("z")
    assert "두울" in wiki.body("z")


def test_gone_notes_of_another_source_are_not_taken(wiki):
    imported(wiki, as_files(a=LONG), split="file")

    items = imported(wiki, as_files(z=LONG + "끝\n"), split="file", source="other")

    assert statuses(items) == ["created"]


def test_a_part_of_a_dump_says_nothing_of_what_is_gone(wiki):
    imported(wiki, as_files(a=LONG), split="file")
    files = read(as_files(z=LONG + "끝\n"), split="file")

    items = list(make_plan([files], wiki, paths={"dump": {"z.md"}}, gone=None))

    assert statuses(items) == ["created"]


def test_a_note_whose_file_is_blank_now_has_moved(wiki):
    imported(wiki, as_files(b="글\n"), split="file")

    items = imported(wiki, {"a.md": "# b\n글\n", "b.md": "\n"}, split="file")

    assert sorted(statuses(items)) == ["moved", "skipped"]


def test_a_note_whose_file_is_blank_now_is_missing(wiki):
    imported(wiki, as_files(b="글\n"), split="file")

    items = imported(wiki, {"b.md": "\n"}, split="file")

    assert statuses(items) == ["skipped", "missing"]


def test_a_note_whose_old_file_cannot_be_read_is_not_lost(wiki):
    imported(wiki, as_files(b="글\n"), split="file")
    files = read({"a.md": "# b\n글\n"}, split="file")
    broken = read_notes(Piece("dump", "b.md"), b"\xff\xfe\xff", split="file")

    items = list(make_plan([[*files, broken]], wiki, paths={"dump": {"a.md", "b.md"}}))

    assert statuses(items) == ["failed", "skipped"]
    assert codes(items[1]) == ["copy"]


# ── Mirrors, partings, returns ────────────────────────────────────────────────


def test_a_mirror_deletes_what_nobody_changed(wiki):
    imported(wiki, as_files(a="글\n", b="글2\n", c="글3\n"), split="file")
    wiki.edit("b", body="위키의 글")

    items = imported(wiki, as_files(c="글3\n"), split="file", mirrors=True)

    assert [(i.status, *codes(i)) for i in items] == [
        ("same",),
        ("deleted", "mirrored"),
        ("missing", "missing-edited"),
    ]
    assert wiki.titles() == ["b", "c"]
    again = plan(wiki, as_files(c="글3\n"), split="file", mirrors=True)
    assert statuses(again) == ["same", "missing"]


def test_a_mirror_keeps_what_another_dump_has_too(wiki):
    imported(wiki, as_files(a="글\n"), split="file")
    imported(wiki, as_files(a="글\n"), split="file", source="other")

    items = imported(wiki, as_files(z="새 글\n"), split="file", mirrors=True)

    assert codes(items[1]) == ["missing-shared"]
    assert items[1].messages[0].params == {"source": "other"}


def test_a_mirror_keeps_what_lies_in_a_folder_that_was_left_out(wiki):
    imported(wiki, {"f/a.md": "# a\n글\n", "b.md": "# b\n글\n"}, split="file")
    files = read({"b.md": "# b\n글\n"}, split="file")
    gone = [wiki._now(k) for k in wiki.known.values() if k.path == "f/a.md"]

    items = list(
        make_plan([files], wiki, paths={"dump": {"b.md", "f"}}, gone=gone, mirrors=True)
    )

    assert [(i.status, *codes(i)) for i in items] == [
        ("same",),
        ("missing", "missing-unread"),
    ]


def test_what_a_mirror_deleted_comes_back_with_its_note(wiki):
    imported(wiki, as_files(a="글\n", b="글2\n"), split="file")
    imported(wiki, as_files(b="글2\n"), split="file", mirrors=True)
    pages = len(wiki.pages)

    items = imported(wiki, as_files(a="글 더\n", b="글2\n"), split="file")

    assert [(i.status, *codes(i)) for i in items] == [
        ("created", "brought-back"),
        ("same",),
    ]
    assert wiki.body("a") == "글 더"
    assert len(wiki.pages) == pages


def test_a_clash_can_make_an_entry_of_its_own(wiki):
    imported(wiki, DUMP)
    wiki.edit("가", body="하나\n위키의 둘\n셋")
    changed = {"n.md": DUMP["n.md"].replace("둘", "덤프의 둘")}

    items = imported(wiki, changed, mode="new")

    assert [(i.status, *codes(i)) for i in items] == [("created", "parted"), ("same",)]
    assert wiki.body("가") == "하나\n위키의 둘\n셋"
    assert wiki.body("가 (dump)") == "하나\n덤프의 둘\n셋"
    for mode in ("new", "merge"):
        assert statuses(imported(wiki, changed, mode=mode)) == ["same", "same"]
    later = {"n.md": changed["n.md"].replace("셋", "셋!")}
    assert statuses(imported(wiki, later)) == ["updated", "same"]
    assert wiki.body("가 (dump)") == "하나\n덤프의 둘\n셋!"


def test_an_entry_of_its_own_has_the_new_title_of_the_dump_if_that_is_free(wiki):
    imported(wiki, as_files(a="하나\n"), split="file")
    wiki.edit("a", body="위키의 하나")

    items = imported(wiki, {"a.md": "# 새 a\n덤프의 하나\n"}, split="file", mode="new")

    assert statuses(items) == ["created"]
    assert wiki.titles() == ["a", "새 a"]


def test_the_hash_of_bytes_is_that_of_the_dump():
    (file,) = read({"n.md": "# 가\n글\n"})

    assert file.notes[0].raw_hash == digest("# 가\n글\n".encode())
