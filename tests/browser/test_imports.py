"""What an import brought: its report, and the notes themselves."""

import io
import json
from pathlib import Path

import pytest
from django.core.management import call_command
from playwright.sync_api import expect

from tests.browser.windows import Look, sideways_scroll
from wiki.models import Import

EN = Look(language="en")
NOTES = Path(__file__).parents[2] / "fixtures" / "notes"
TITLES = [
    entry["title"]
    for entry in json.loads((NOTES / "devnotes.expected.json").read_text())["entries"]
]


@pytest.fixture
def imported(transactional_db) -> Import:
    """The import of the first dump, as `make run` does it."""
    call_command("importnotes", NOTES / "devnotes.md", jobs=1, stdout=io.StringIO())
    return Import.objects.get()


def test_every_note_of_the_dump_is_listed_and_can_be_read(windows, imported):
    page = windows.open("/entries/", look=EN)

    links = page.locator(".rows .ttl")
    assert sorted(links.all_inner_texts()) == sorted(TITLES)
    for path in [link.get_attribute("href") for link in links.all()]:
        page.goto(path)
        expect(page.locator("article")).to_be_attached()
        assert sideways_scroll(page) == 0


def test_report_says_what_became_of_each_note(windows, writer, imported):
    page = windows.open("/imports/", person=writer, look=EN)

    page.locator(".rows .ttl").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("16")
    expect(page.locator("main")).to_contain_text("devnotes.md")
    page.get_by_label("Show").select_option("all")
    page.get_by_role("button", name="Apply").click()

    expect(page.locator("table.rep tbody tr")).to_have_count(16)
    page.get_by_role("link", name="Coroutine", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Coroutine")


def test_report_is_downloaded_as_json(windows, writer, imported):
    page = windows.open(imported.get_absolute_url(), person=writer, look=EN)

    with page.expect_download() as downloading:
        page.get_by_role("link", name="JSON").click()

    report = json.loads(downloading.value.path().read_text())
    assert report["totals"]["created"] == len(TITLES)


def test_import_is_one_row_of_the_recent_changes(windows, imported):
    page = windows.open("/recent/", look=EN)
    rows = page.locator(".chg")
    expect(rows).to_have_count(1)

    rows.locator("summary").click()

    expect(rows.get_by_role("link", name="Coroutine", exact=True)).to_be_visible()
