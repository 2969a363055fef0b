"""The rename page: who links here by the title, and the offer to write it anew."""

import pytest

from tests import make
from tests.views.acting import address, fresh, text_of
from wiki.models import Batch, Entry

pytestmark = pytest.mark.django_db

OFFER = "Write the new title into the"
LEVELS = ("public", "members", "curators")


@pytest.fixture
def target():
    return make.entry("옛 이름")


def renamed(client, target, **fields):
    data = {"base_version": target.version, "title": "새 이름", "comment": "", **fields}
    return client.post(address(target, "rename/"), data)


def page(client, target):
    return text_of(client.get(address(target, "rename/")))


def test_without_links_nothing_is_offered(as_writer, target):
    make.entry("글", "옛 이름")

    assert OFFER not in page(as_writer, target)


def test_the_offer_says_how_many_notes(as_writer, target):
    make.entries(2, "[[옛 이름]]")
    make.entry("주소로", "[x](/wiki/옛-이름/)")

    assert f"{OFFER} 3 notes that link here" in page(as_writer, target)


def test_with_the_box_the_links_have_the_new_title(as_writer, target):
    notes = make.entries(2, "[[옛 이름|이것]]")

    answer = renamed(as_writer, target, links="on")

    assert answer.status_code == 302
    assert [fresh(note).body for note in notes] == ["[[새 이름|이것]]"] * 2
    assert Batch.objects.get().revisions.count() == 3
    told = text_of(as_writer.get(answer.url))
    assert "so have the links on 2 notes" in told
    assert f'href="/batches/{Batch.objects.get().pk}/"' in told


def test_without_the_box_the_former_title_leads_on(as_writer, target):
    note = make.entry("글", "[[옛 이름]]")

    answer = renamed(as_writer, target)

    assert fresh(note).body == "[[옛 이름]]"
    assert f'href="{answer.url}"' in fresh(note).html
    assert not Batch.objects.exists()


def test_notes_that_one_may_not_change_are_named_and_left(as_writer, target):
    mine = make.entry("내 글", "[[옛 이름]]")
    theirs = make.entry("지킨 글", "[[옛 이름]]", protection="curators")
    make.entry("숨은 글", "[[옛 이름]]", visibility="curators")

    asked = page(as_writer, target)
    answer = renamed(as_writer, target, links="on")
    told = text_of(as_writer.get(answer.url))

    assert f"{OFFER} 1 note that links here" in asked
    assert "지킨 글" in asked
    assert "숨은 글" not in asked
    assert "1 note still has the former title" in told
    assert "지킨 글" in told
    assert "숨은 글" not in told
    assert (fresh(mine).body, fresh(theirs).body) == ("[[새 이름]]", "[[옛 이름]]")


# Who reads the note, and who may know of its title: of three notes those with it.
READERS = [
    ("curators", ["편집자 글"], ["공개 글", "회원 글"]),
    ("members", ["편집자 글", "회원 글"], ["공개 글"]),
    ("public", ["공개 글", "편집자 글", "회원 글"], []),
]


@pytest.mark.parametrize(("visibility", "written", "left"), READERS)
def test_only_notes_whose_readers_may_read_the_title_get_it(
    as_curator, visibility, written, left
):
    secret = make.entry("비밀 계획", visibility=visibility)
    for title, own in zip(("공개 글", "회원 글", "편집자 글"), LEVELS, strict=True):
        make.entry(title, f"[여기](/wiki/{secret.slug}/)", visibility=own)
    asked = page(as_curator, secret)

    answer = renamed(as_curator, secret, title="극비 작전", links="on")
    told = text_of(as_curator.get(answer.url))

    number = len(written)
    assert f"{OFFER} {number} note{'s'[: number > 1]} that link" in asked
    assert "stay as they are" not in asked or left
    has_it = Entry.objects.filter(body__contains="극비-작전").in_title_order()
    assert [note.title for note in has_it] == written
    for title in left:
        assert title in asked
        assert title in told


@pytest.mark.parametrize("links", ["on", ""])
def test_a_title_is_told_to_nobody_who_may_not_read_it(
    visitor, as_writer, as_curator, links
):
    secret = make.entry("비밀 계획", visibility="curators")
    path = secret.get_absolute_url()
    note = make.entry("공개 글", f"[여기](/wiki/{secret.slug}/)")
    make.entry("편집자 글", "[[비밀 계획]]", visibility="curators")

    comment = "Title until now: 비밀 계획"
    renamed(as_curator, secret, title="극비 작전", links=links, comment=comment)

    pages = ["/recent/", "/recent/feed/", "/"]
    pages += [address(note, part) for part in ("", "history/", "raw/", "links/")]
    pages += [f"/batches/{batch.pk}/" for batch in Batch.objects.all()]
    for client in (visitor, as_writer):
        for url in pages:
            told = text_of(client.get(url, follow=True))
            assert "극비" not in told
            assert "비밀 계획" not in told
        for part in ("", "links/", "history/"):
            assert "극비" not in text_of(client.get(path + part, follow=True))
    assert as_curator.get(path, follow=True).context["entry"].title == "극비 작전"


def test_a_refused_title_keeps_the_choice(as_writer, target):
    make.entry("글", "[[옛 이름]]")
    make.entry("새 이름")

    answer = renamed(as_writer, target, links="on")

    assert answer.status_code == 400
    assert "checked" in text_of(answer)
    assert not Batch.objects.exists()


def test_a_form_of_an_entry_renamed_meanwhile_writes_nothing(as_writer, target):
    note = make.entry("글", "[[옛 이름]]")
    now = make.edit(target, title="딴 이름")

    answer = renamed(as_writer, target, links="on")

    assert answer.url == address(now, "rename/")
    assert fresh(note).body == "[[옛 이름]]"


def test_the_same_form_twice_renames_once(as_writer, target):
    note = make.entry("글", "[[옛 이름]]")
    renamed(as_writer, target, links="on")

    renamed(as_writer, target, links="on")

    assert fresh(note).version == 2
    assert Batch.objects.count() == 1
    assert Entry.objects.get(title="새 이름").version == 2
