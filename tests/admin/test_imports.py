"""Imports in the admin: conflicts decided there, many at once, and runs undone."""

import pytest

from tests import make
from tests.importing.importer import entry, run, write
from wiki.models import Decision, Entry, Import, ImportItem

pytestmark = pytest.mark.django_db

ITEMS = "/admin/wiki/importitem/"
RUNS = "/admin/wiki/import/"


@pytest.fixture
def items(tmp_path):
    """Two conflicts, in 가 and 나, of the newest run."""
    folder = tmp_path / "dump"
    run(write(folder, {"가.md": "# 가\n하나\n", "나.md": "# 나\n둘\n"}))
    for title in ("가", "나"):
        make.edit(entry(title), f"위키의 {title}")
    run(write(folder, {"가.md": "# 가\n덤프의 가\n", "나.md": "# 나\n덤프의 나\n"}))
    return list(ImportItem.objects.filter(status="conflict").order_by("position"))


def act(client, action, items, **fields):
    data = {"action": action, "_selected_action": [item.pk for item in items]}
    return client.post(ITEMS, data | fields, follow=True)


def decisions():
    items = ImportItem.objects.filter(status="conflict").order_by("position")
    return [item.decision for item in items]


def test_the_page_asks_first_and_names_the_entries(as_curator, items):
    html = act(as_curator, "accept_dump", items, index=0).content.decode()

    assert "Take the dump" in html
    assert f"/imports/{items[0].run_id}/items/{items[0].position}/" in html
    assert decisions() == ["", ""]


def test_the_dumps_texts_are_taken(as_curator, curator, items):
    html = act(as_curator, "accept_dump", items, sure=1).content.decode()

    assert "2 were decided." in html
    assert [entry(title).body for title in ("가", "나")] == ["덤프의 가", "덤프의 나"]
    assert entry("가").head.author == curator
    assert decisions() == [Decision.ACCEPTED] * 2


def test_the_wikis_texts_are_kept(as_curator, items):
    act(as_curator, "keep_wiki", items[:1], sure=1)

    assert entry("가").body == "위키의 가"
    assert decisions() == [Decision.REJECTED, ""]


def test_what_cannot_be_decided_is_told_and_the_others_are(as_curator, items):
    dumped = items[0].proposal | {"title": "나의 글"}
    ImportItem.objects.filter(pk=items[0].pk).update(proposal=dumped)
    make.entry("나의 글")

    html = act(as_curator, "accept_dump", items, sure=1).content.decode()

    assert "1 was decided." in html
    assert "There is already an entry with the title" in html
    assert decisions() == ["", Decision.ACCEPTED]


def test_what_waits_for_others_is_not_decided(as_curator, items):
    Entry.objects.filter(title="가").update(protection="administrators")

    html = act(as_curator, "accept_dump", items, sure=1).content.decode()

    assert "1 was decided." in html
    assert decisions() == ["", Decision.ACCEPTED]
    html = act(as_curator, "accept_dump", items, sure=1).content.decode()
    assert "None of these waits" in html


def test_writers_do_not_get_there(as_writer, items):
    assert as_writer.post(ITEMS, {"action": "keep_wiki"}).status_code == 302
    assert decisions() == ["", ""]


def test_an_item_leads_to_its_page_and_tells_its_end(as_curator, curator, items):
    address = f"{ITEMS}{items[0].pk}/change/"
    page = f"/imports/{items[0].run_id}/items/{items[0].position}/"
    assert page in as_curator.get(address).content.decode()

    act(as_curator, "keep_wiki", items, sure=1)

    html = as_curator.get(address).content.decode()
    assert "the wiki&#x27;s text was kept" in html
    assert curator.get_full_name() in html


def test_a_run_is_undone_from_its_list(as_curator, items):
    first = Import.objects.earliest("pk")
    data = {"action": "undo_import", "_selected_action": [first.pk]}

    answer = as_curator.post(RUNS, data)

    assert answer["Location"] == f"/imports/{first.pk}/undo/"
    data["_selected_action"] = [run.pk for run in Import.objects.all()]
    html = as_curator.post(RUNS, data, follow=True).content.decode()
    assert "Choose one import" in html
