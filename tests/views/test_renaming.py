"""The rename page: who links here by the title, and the offer to write it anew."""

import pytest

from tests import make
from tests.views.acting import address, fresh, text_of
from wiki.models import Batch, Entry

pytestmark = pytest.mark.django_db

OFFER = "Write the new title into the"


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
