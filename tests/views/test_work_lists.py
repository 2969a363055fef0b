"""The work lists: each defect is found once, and its fix takes it off the list."""

import html
import re
import time
import unicodedata

import pytest

from tests import make
from wiki.editing.batches import undo_batch
from wiki.models import (
    Batch,
    BatchKind,
    Entry,
    RevisionKind,
    SearchDocument,
    Tag,
    TagAlias,
)
from wiki.worklists.kinds import WORK_LISTS

pytestmark = pytest.mark.django_db

LONG = "이 글은 목록에 오르지 않을 만큼 넉넉히 길어서, 토막글이라고 할 수 없다."


def note(title: str, body: str = "", **fields: object) -> Entry:
    """A note with nothing wrong but what the test gives it; its text is its own."""
    fields.setdefault("tags", ["CI"])
    return make.entry(title, f"{LONG} {title}\n\n{body}", **fields)


def page(client, name: str, **query) -> str:
    answer = client.get(f"/health/{name}/", query)
    assert answer.status_code == 200
    return html.unescape(answer.content.decode())


def rows(client, name: str) -> list[str]:
    """The text of each row."""
    found = page(client, name)
    parts = found.split('<li class="work">')[1:]
    return [" ".join(re.sub(r"<[^>]*>", " ", part).split()) for part in parts]


def mend(client, which: str, /, **values) -> str:
    answer = client.post(f"/health/{which}/", values, follow=True)
    assert answer.redirect_chain[-1][0].startswith(f"/health/{which}/")
    return html.unescape(answer.content.decode())


def counts(client) -> dict[str, int]:
    found = client.get("/health/").content.decode()
    return {
        name: int(re.search(rf'/health/{name}/">.*?class="n">(\d+)<', found)[1])
        for name in WORK_LISTS
    }


def body_of(entry: Entry) -> str:
    return Entry.objects.get(pk=entry.pk).body


# ── Who sees them ────────────────────────────────────────────────────────────
@pytest.mark.parametrize("path", ["", *(f"{name}/" for name in WORK_LISTS)])
def test_they_are_for_members(visitor, as_writer, path):
    answer = visitor.get(f"/health/{path}")

    assert answer["Location"].startswith("/accounts/login/")
    assert as_writer.get(f"/health/{path}").status_code == 200
    assert "/health/" not in visitor.get("/").content.decode()
    assert 'href="/health/"' in as_writer.get("/").content.decode()


def test_there_is_no_other_list(as_writer):
    assert as_writer.get("/health/something/").status_code == 404
    for name in ("orphans", "stubs", "duplicates", "lost-files"):
        assert as_writer.post(f"/health/{name}/").status_code == 404


def test_a_wiki_without_a_defect_has_empty_lists(as_writer):
    note("가", "[[나]]")
    note("나", "[[가]]")

    assert set(counts(as_writer).values()) == {0}
    for name in WORK_LISTS:
        assert "nothing to mend" in page(as_writer, name)


def test_each_defect_is_in_its_list_once_and_in_no_other(as_writer):
    named = ("짝", "홀로 아님", "빈 글", "무태그", "같은 글", "같은 글 (2)", "그림글")
    note("가운데", " ".join(f"[[{name}]]" for name in (*named, "대상")))
    note("홀로 아님", "[[대상#없는 절]] 그리고 다시 [[대상#없는 절|또]]")
    note("대상", "## 있는 절\n\n[[대상#있는 절]] [[가운데]]")
    note("짝", "[[아직 없는 글]] [[아직 없는 글|그것]]")
    note("외톨이", "[[가운데]]")
    make.entry("빈 글", "# 제목만\n\n## 또 제목\n", tags=["CI"])
    note("무태그", "[[CI]]", tags=[])
    note("같은 글", "가")
    note("같은 글 (2)", "나")
    note("그림글", "![그림](img/없는-그림.png) 또 ![그림](img/없는-그림.png)")
    note("CI", "[[가운데]] [[REDIS]] [[REDIS|또]]")
    note("Redis", "[[가운데]]")

    assert counts(as_writer) == dict.fromkeys(WORK_LISTS, 1)
    assert "없는 절" in rows(as_writer, "broken")[0]
    assert "1 note links to it" in rows(as_writer, "wanted")[0]
    assert "외톨이" in rows(as_writer, "orphans")[0]
    assert "빈 글" in rows(as_writer, "stubs")[0]
    assert "무태그" in rows(as_writer, "untagged")[0]
    assert "같은 글 (2)" in rows(as_writer, "duplicates")[0]
    assert "[[REDIS]] → [[Redis]]" in rows(as_writer, "spellings")[0]
    assert "img/없는-그림.png" in rows(as_writer, "lost-files")[0]


# ── Broken links ─────────────────────────────────────────────────────────────
def test_a_broken_link_is_led_to_a_heading_like_it(as_writer):
    note("대상", "## 설치 방법\n")
    entry = note("글", "보라 [[대상#설치하는 방법|여기]].")
    assert "Link to “설치 방법”" in rows(as_writer, "broken")[0]

    said = mend(
        as_writer,
        "broken",
        entry=entry.pk,
        name="대상",
        heading="설치하는 방법",
        new="설치 방법",
    )

    assert "1 note was changed" in said
    assert body_of(entry).endswith("보라 [[대상#설치 방법|여기]].")
    assert rows(as_writer, "broken") == []
    revision = entry.revisions.last()
    assert (revision.number, revision.is_minor, revision.batch) == (2, True, None)


def test_a_broken_link_is_led_to_the_whole_note(as_writer):
    note("대상", "x")
    entry = note("글", "[[대상#없다]] [[대상#없다]] `[[대상#없다]]` [x](대상#없다)")

    mend(as_writer, "broken", entry=entry.pk, name="대상", heading="없다", new="")

    assert body_of(entry).endswith("[[대상]] [[대상]] `[[대상#없다]]` [x](대상)")
    assert rows(as_writer, "broken") == []


def test_a_note_of_very_many_headings_is_looked_through_quickly(as_writer):
    target = note("대상", "x")
    for n in range(30):
        note(f"글 {n}", f"[[대상#설치하는 방법 {n}을 다룬 절]]")
    texts = [f"방법을 {n}번 설치하는 또 다른 절" for n in range(8000)]
    headings = [[2, f"h-{n}", text] for n, text in enumerate(texts)]
    headings[100] = [2, "h-100", "설치하는 방법 7을 다룬다"]
    Entry.objects.filter(pk=target.pk).update(headings=headings)

    started = time.process_time()
    found = rows(as_writer, "broken")

    # Each heading compared in Python took seven seconds.
    assert time.process_time() - started < 2.5
    assert all("Link to “설치하는 방법 7을 다룬다”" in row for row in found)
    assert len(found) == 30


@pytest.mark.parametrize("heading", ["^block", "설치-방법", "설치 방법", "fn:1"])
def test_what_the_page_has_or_never_shows_is_not_broken(as_writer, heading):
    note("대상", "## 설치 방법\n\n글[^1]\n\n[^1]: 각주")
    note("글", f"[[대상#{heading}]]")

    assert rows(as_writer, "broken") == []


def test_what_was_mended_meanwhile_is_left_as_it_is(as_writer):
    note("대상", "x")
    entry = note("글", "[[대상#없다]]")
    make.edit(entry, f"{LONG} 다 고쳤다")

    said = mend(
        as_writer, "broken", entry=entry.pk, name="대상", heading="없다", new=""
    )

    assert "nothing left to mend" in said
    assert body_of(entry) == f"{LONG} 다 고쳤다"


# ── Wanted notes ─────────────────────────────────────────────────────────────
def test_a_wanted_note_is_written_or_its_links_are_led_to_one_like_it(as_writer):
    target = note("배포 절차", "x")
    entries = [note(f"글 {n}", "[[배포절차]] [[배포절차#절|그것]]") for n in range(3)]
    [row] = rows(as_writer, "wanted")
    assert "3 notes link to it" in row
    assert "Write the link as “배포 절차”" in row
    assert "/new/?title=%EB%B0%B0%ED%8F%AC%EC%A0%88%EC%B0%A8" in page(
        as_writer, "wanted"
    )

    said = mend(as_writer, "wanted", key="배포절차", target=target.pk)

    assert "3 notes were changed" in said
    for entry in entries:
        assert body_of(entry).endswith("[[배포 절차]] [[배포 절차#절|그것]]")
    assert rows(as_writer, "wanted") == []
    batch = Batch.objects.get()
    assert batch.kind == BatchKind.BULK
    assert batch.revisions.count() == 3
    assert f"/batches/{batch.pk}/" in said


def test_a_title_is_only_written_where_all_readers_may_read_it(as_curator, visitor):
    secret = note("비밀 프로젝트", visibility="curators")
    public = note("공개 글", "[[비밀프로젝트]]")
    [row] = rows(as_curator, "wanted")
    assert "Write the link as" not in row

    said = mend(as_curator, "wanted", key="비밀프로젝트", target=secret.pk)

    assert "1 note stays as it is" in said
    assert not Batch.objects.exists()
    hidden = note("편집자 글", "[[비밀프로젝트#절]]", visibility="curators")
    assert "Write the link as “비밀 프로젝트”" in rows(as_curator, "wanted")[0]
    mend(as_curator, "wanted", key="비밀프로젝트", target=secret.pk)
    assert body_of(hidden).endswith("[[비밀 프로젝트#절]]")
    assert body_of(public).endswith("[[비밀프로젝트]]")
    for path in ("/recent/", f"{public.get_absolute_url()}history/"):
        assert "비밀 프로젝트" not in visitor.get(path).content.decode()


@pytest.mark.parametrize("key", ["", "\x00"])
def test_links_without_a_name_are_not_led_together(as_writer, key):
    target = note("대상")
    entry = note("글", "[a](%E2%80%8B.md)")
    assert [link.key for link in entry.links.all()] == [""]

    said = mend(as_writer, "wanted", key=key, target=target.pk)

    assert "nothing left to mend" in said
    assert body_of(entry).endswith("[a](%E2%80%8B.md)")
    assert not Batch.objects.exists()


def test_a_wanted_note_that_comes_is_wanted_no_more(as_writer):
    note("글", "[[새 글]]")
    assert len(rows(as_writer, "wanted")) == 1

    note("새 글", "x")

    assert rows(as_writer, "wanted") == []


def test_a_name_with_a_path_in_it_is_led_to_its_note_too(as_writer):
    target = note("사용자 인증", "x")
    entry = note("글", "[여기](../db/사용자인증.md)")

    mend(as_writer, "wanted", key="사용자인증", target=target.pk)

    assert rows(as_writer, "wanted") == []
    assert body_of(entry).endswith("[여기](사용자%20인증)")


# ── Notes ────────────────────────────────────────────────────────────────────
def test_an_orphan_is_one_no_longer_once_a_note_links_it(as_writer):
    note("홀로", "[[홀로]] 자신만")
    other = note("다른 글", "x")
    assert len(rows(as_writer, "orphans")) == 2

    make.edit(other, f"{LONG} [[홀로]]")

    [row] = rows(as_writer, "orphans")
    assert "다른 글" in row
    assert "/wiki/%EB%8B%A4%EB%A5%B8-%EA%B8%80/links/" in page(as_writer, "orphans")


def test_the_description_of_a_tag_is_no_orphan(as_writer):
    note("글", "[[글]]", tags=["CI CD", "파이썬"])
    tag = Tag.objects.get(name="파이썬")
    TagAlias.objects.create(tag=tag, name="Python", key="python")
    note("CI CD", "x")
    note("Python", "x")
    note("다른 제목", "x", aliases=("파이썬",))

    [row] = rows(as_writer, "orphans")

    assert row.startswith("글 ")


@pytest.mark.parametrize(
    "body",
    ["", "\n\n", "# 제목\n\n## 또\n", "짧다.", "제목\n===\n", "---\n\n***", "🚀"],
)
def test_hardly_a_text_is_a_stub_until_it_is_written(as_writer, body):
    entry = make.entry("토막", body, tags=["CI"])
    assert len(rows(as_writer, "stubs")) == 1

    make.edit(entry, LONG)

    assert rows(as_writer, "stubs") == []


def test_a_tag_is_given_in_place_as_a_revision(as_writer, writer):
    entry = note("글", tags=[])

    said = mend(as_writer, "untagged", entry=entry.pk, tags="배포, #CI")

    assert "has its tags" in said
    assert rows(as_writer, "untagged") == []
    revision = entry.revisions.last()
    assert list(revision.tag_names()) == ["배포", "CI"]
    assert (revision.kind, revision.author) == (RevisionKind.TAGS, writer)


def test_a_tag_given_to_what_changed_meanwhile_changes_nothing_else(as_writer):
    entry = note("글", tags=[])
    page(as_writer, "untagged")
    make.edit(entry, "새 본문", tags=["이미"])

    mend(as_writer, "untagged", entry=entry.pk, tags="CI")

    head = Entry.objects.with_head().get(pk=entry.pk).head
    assert list(head.tag_names()) == ["이미", "CI"]
    assert body_of(entry) == "새 본문"


@pytest.mark.parametrize(
    ("tags", "sentence"),
    [("", "Write a tag first"), (" , ", "Write a tag first"), ("x" * 51, "longer")],
)
def test_a_tag_that_is_none_is_refused_with_a_sentence(as_writer, tags, sentence):
    entry = note("글", tags=[])

    assert sentence in mend(as_writer, "untagged", entry=entry.pk, tags=tags)
    assert len(rows(as_writer, "untagged")) == 1


def test_equal_texts_are_duplicates_until_one_goes(as_writer):
    one = make.entry("가", LONG)
    other = make.entry("나", LONG)
    make.entry("빈 글", "")
    make.entry("빈 글 둘", "")
    assert SearchDocument.objects.count() == 4

    [row] = rows(as_writer, "duplicates")
    beside = page(as_writer, "duplicates", one=one.pk, other=other.pk)
    assert "same text" in row
    assert "same title" not in row
    assert "Two notes compared" in beside
    make.deleted(other)

    assert rows(as_writer, "duplicates") == []


def test_what_is_of_one_title_and_of_one_text_is_one_row(as_writer):
    make.entry("Redis", LONG)
    make.entry("redis (2)", LONG)
    make.entry("딴 제목", LONG)
    make.entry("REDIS (db) (2)", "또 다른 글")
    make.entry("(2)", "괄호뿐")

    [row] = rows(as_writer, "duplicates")

    assert "same title same text" in row
    assert all(title in row for title in ("redis (2)", "딴 제목", "REDIS (db) (2)"))


def test_notes_that_are_not_in_sight_are_not_compared(as_writer):
    one = note("가")
    secret = note("비밀", visibility="curators")

    for numbers in ((one.pk, secret.pk), (one.pk, one.pk), (one.pk, "x"), ("", "")):
        query = dict(zip(("one", "other"), numbers, strict=True))
        assert as_writer.get("/health/duplicates/", query).status_code == 404


def test_a_lost_file_is_mended_in_its_note(as_writer):
    entry = note("글", "![x](img/없다.png)")
    assert "/files/" in page(as_writer, "lost-files")

    make.edit(entry, LONG)

    assert rows(as_writer, "lost-files") == []


# ── Links in another spelling ────────────────────────────────────────────────
NFD = unicodedata.normalize("NFD", "배포 절차")


@pytest.mark.parametrize(
    ("title", "written", "mended"),
    [
        ("Redis", "[[redis]] [[REDIS#절|그것]]", "[[Redis]] [[Redis#절|그것]]"),
        ("배포 절차", f"[[{NFD}]]", "[[배포 절차]]"),
        ("gRPC", "[[ｇＲＰＣ]] `[[grpc]]`", "[[gRPC]] `[[grpc]]`"),
        ("Redis", "[그것](redis)", "[그것](Redis)"),
    ],
)
def test_links_are_written_as_the_title_is(as_writer, title, written, mended):
    note(title)
    entry = note("글", written)
    assert len(rows(as_writer, "spellings")) == 1

    mend(as_writer, "spellings", entry=entry.pk)

    assert body_of(entry).endswith(mended)
    assert rows(as_writer, "spellings") == []


def test_what_only_looks_like_a_link_stays_beside_one(as_writer):
    note("Redis")
    entry = note("글", "[[redis]]\n\n    [[redis]] in code")

    mend(as_writer, "spellings", entry=entry.pk)

    assert body_of(entry).endswith("[[Redis]]\n\n    [[redis]] in code")
    assert rows(as_writer, "spellings") == []


def test_what_only_looks_like_a_link_is_left_to_its_writer(as_writer):
    note("Redis")
    entry = note("글", "[[redis]] <!-- [[redis]] -->")

    said = mend(as_writer, "spellings", entry=entry.pk)

    assert "only be changed in the editor" in said
    assert body_of(entry).endswith("[[redis]] <!-- [[redis]] -->")
    assert f"{entry.get_absolute_url()}edit/" in page(as_writer, "spellings")


def test_another_title_is_spelled_as_it_is_too(as_writer):
    note("Kubernetes", aliases=("k8s", "쿠버네티스"))
    entry = note("글", "[[K8S]] [[쿠버네티스]] [[Kubernetes]]")

    mend(as_writer, "spellings", entry=entry.pk)

    assert body_of(entry).endswith("[[k8s]] [[쿠버네티스]] [[Kubernetes]]")
    assert rows(as_writer, "spellings") == []


def test_all_on_a_page_are_one_batch(as_writer):
    note("Redis")
    entries = [note(f"글 {n}", "[[redis]]") for n in range(3)]
    locked = note("잠근 글", "[[redis]]", protection="curators")
    ids = [entry.pk for entry in (*entries, locked)]

    said = mend(as_writer, "spellings", entry=ids, do="all")

    batch = Batch.objects.get()
    assert f"/batches/{batch.pk}/" in said
    assert "3 notes were changed" in said
    assert "1 note stays as it is" in said
    assert set(batch.revisions.values_list("entry", flat=True)) == set(ids[:3])
    assert len(rows(as_writer, "spellings")) == 1


def test_a_batch_is_taken_back_as_one(as_writer, writer):
    note("Redis")
    entries = [note(f"글 {n}", "[[redis]]") for n in range(3)]
    before = [body_of(entry) for entry in entries]
    mend(as_writer, "spellings", entry=[entry.pk for entry in entries], do="all")

    done = undo_batch(Batch.objects.get(), act=make.act(writer), person=writer)

    assert len(done.changed) == 3
    assert [body_of(entry) for entry in entries] == before
    assert len(rows(as_writer, "spellings")) == 3


# ── Rights, leaks, limits ────────────────────────────────────────────────────
def test_nothing_out_of_sight_is_counted_or_named(as_writer, as_curator):
    hub = note("가운데", "[[가운데]] [[보이는 글]] [[비밀]]")
    note("보이는 글", "[[가운데]]")
    secret = "[[가운데#없다]] [[바라는 글]] [[보이는글]] [[REDIS]] ![x](x.png)"
    make.entry("비밀", secret, visibility="curators")
    make.entry("비밀 (2)", "짧다", visibility="curators")
    note("가운데 (2)", "[[가운데]]", visibility="curators")
    make.deleted(make.entry("지운 글", secret))

    mine = counts(as_writer)

    # The name stands on a public page; that there is such a note is not told.
    assert mine == dict.fromkeys(WORK_LISTS, 0) | {"wanted": 1}
    for name in WORK_LISTS:
        shown = page(as_writer, name)
        assert "바라는" not in shown
        assert "지운 글" not in shown
        assert "(2)" not in shown
    assert counts(as_curator)["duplicates"] == 2
    assert body_of(hub)


def test_what_may_be_read_and_not_changed_has_no_fix(as_writer):
    note("대상")
    entry = note("잠근 글", "[[대상#없다]]", protection="curators", tags=[])

    assert "Link to the whole note" not in rows(as_writer, "broken")[0]
    sent = {"entry": entry.pk, "name": "대상", "heading": "없다", "new": ""}
    assert as_writer.post("/health/broken/", sent).status_code == 403
    tags = {"entry": entry.pk, "tags": "CI"}
    assert as_writer.post("/health/untagged/", tags).status_code == 403


def test_a_note_out_of_sight_cannot_be_mended(as_writer, visitor):
    note("대상")
    secret = note("비밀", "[[대상#없다]]", visibility="curators", tags=[])

    sent = {"entry": secret.pk, "name": "대상", "heading": "없다", "tags": "CI"}
    for name in ("broken", "untagged"):
        assert as_writer.post(f"/health/{name}/", sent).status_code == 404
        assert visitor.post(f"/health/{name}/", sent).status_code == 302
    mend(as_writer, "spellings", entry=secret.pk)
    wanted = {"key": "x", "target": secret.pk}
    assert as_writer.post("/health/wanted/", wanted).status_code == 404
    assert secret.revisions.count() == 1


@pytest.mark.parametrize("sent", ["", "x", "\x00", "9" * 40, "-1", "🚀"])
def test_nothing_that_is_sent_is_an_error(as_writer, sent):
    target = note("대상")
    for name in ("broken", "wanted", "untagged"):
        fields = dict.fromkeys(("entry", "target", "key", "tags", "page"), sent)
        assert as_writer.post(f"/health/{name}/", fields).status_code == 404
    mend(as_writer, "wanted", key=sent, target=target.pk)
    mend(as_writer, "spellings", entry=sent, page=sent)
    assert as_writer.get("/health/wanted/", {"page": sent}).status_code == 200


def test_the_count_of_queries_does_not_grow(as_writer, django_assert_max_num_queries):
    for n in range(30):
        note(f"대상 {n}", "x", tags=[])
        note(f"글 {n}", f"[[대상 {n}#없다]] [[없는글 {n}]] [[대상  {n}]] ![x]({n}.png)")
        make.entry(f"글 {n} (2)", f"짧다 {n}", tags=[])

    for name in WORK_LISTS:
        # Session, account, state, and those of the list and its rows.
        with django_assert_max_num_queries(11):
            assert len(rows(as_writer, name)) == 30
        with django_assert_max_num_queries(8):
            page(as_writer, name)
    with django_assert_max_num_queries(3):
        as_writer.get("/health/")


def test_pages_stay_pages_when_something_is_mended(as_writer):
    entries = [note(f"글 {n:02}", tags=[]) for n in range(35)]

    second = page(as_writer, "untagged", page=2)
    answer = as_writer.post(
        "/health/untagged/", {"entry": entries[34].pk, "tags": "CI", "page": 2}
    )

    assert "글 34" in second
    assert "글 00" not in second
    assert answer["Location"] == "/health/untagged/?page=2"
    assert Tag.objects.filter(name="CI").exists()
