"""Notes brought in on the web: the whole way, with script and without."""

import threading
from collections.abc import Iterator

import pytest
from django.contrib.auth.models import AbstractUser
from django.db import connections
from playwright.sync_api import Page, expect

from tests import people
from tests.browser.windows import Look
from wiki.importing import jobs
from wiki.importing.working import carry_out
from wiki.models import Entry, ImportJob

EN = Look(language="en")
# The work itself, and until a page has asked for it again.
PATIENCE_MS = 30_000
NOTES = "# 레디스\n\n빠르다.\n\n# Kafka\n\n로그다.\n"


@pytest.fixture
def importer(writer: AbstractUser) -> AbstractUser:
    return people.allowed_to_import(writer)


@pytest.fixture
def worker(transactional_db: None) -> Iterator[threading.Event]:
    """A worker in a thread; it takes no job before the event is set."""
    may_work, has_ended = threading.Event(), threading.Event()

    def work() -> None:
        while not has_ended.wait(0.05):
            job = jobs.claim() if may_work.is_set() else None
            if job is not None:
                carry_out(job)
        connections.close_all()

    thread = threading.Thread(target=work)
    thread.start()
    yield may_work
    has_ended.set()
    thread.join()


def choose(page: Page, text: str = NOTES) -> None:
    page.get_by_label("Files").set_input_files(
        {"name": "메모.md", "mimeType": "text/markdown", "buffer": text.encode()}
    )


def expect_heading(page: Page, text: str) -> None:
    heading = page.get_by_role("heading", level=1)
    expect(heading).to_have_text(text, timeout=PATIENCE_MS)


def test_notes_are_uploaded_looked_at_confirmed_and_there(windows, importer, worker):
    page = windows.open("/imports/", person=importer, look=EN)
    page.get_by_role("link", name="Import notes").click()
    choose(page)
    page.get_by_role("button", name="Show what would happen").click()

    expect(page.get_by_role("status")).to_contain_text("It begins in a moment")
    worker.set()
    # The page comes by itself, without a click.
    expect_heading(page, "2 notes would be written")
    assert not Entry.objects.exists()
    page.get_by_role("link", name="Kafka").click()
    expect(page.locator("article")).to_have_text("로그다.")
    page.get_by_role("link", name="Previous").click()
    expect(page.locator("article")).to_have_text("빠르다.")
    page.get_by_role("link", name="Preview").click()
    page.get_by_role("button", name="Import", exact=True).click()

    expect_heading(page, "2 notes were imported")
    assert Entry.objects.count() == 2


def test_the_same_without_script(windows, importer, worker):
    worker.set()
    page = windows.open(
        "/imports/new/", person=importer, look=EN, java_script_enabled=False
    )
    page.get_by_label("Text").fill(NOTES)
    page.get_by_label("Name of the source").fill("메모")
    page.get_by_role("button", name="Show what would happen").click()

    # The page asks again and again by itself.
    expect_heading(page, "2 notes would be written")
    page.get_by_role("button", name="Import", exact=True).click()
    expect_heading(page, "2 notes were imported")


def test_a_changed_note_is_shown_line_by_line(windows, importer, worker):
    worker.set()
    for text in (NOTES, NOTES.replace("빠르다", "아주 빠르다")):
        page = windows.open("/imports/new/", person=importer, look=EN)
        choose(page, text)
        page.get_by_role("button", name="Show what would happen").click()
        button = page.get_by_role("button", name="Import", exact=True)
        expect(button).to_be_visible(timeout=PATIENCE_MS)
        if text == NOTES:
            button.click()
            expect_heading(page, "2 notes were imported")

    page.get_by_role("link", name="레디스").click()

    expect(page.locator(".diff ins").first).to_have_text("아주 ")


def test_an_upload_is_discarded(windows, importer, worker):
    page = windows.open("/imports/new/", person=importer, look=EN)
    choose(page)
    page.get_by_role("button", name="Show what would happen").click()
    page.get_by_role("button", name="Cancel").click()

    expect(page.get_by_role("heading", level=1)).to_have_text(
        "This import was cancelled"
    )
    assert ImportJob.objects.get().state == "cancelled"


def test_files_that_are_too_large_are_not_even_sent(windows, importer, settings):
    settings.WIKI_UPLOAD_MB = 1
    page = windows.open("/imports/new/", person=importer, look=EN)
    choose(page, "가" * 500_000)
    page.get_by_role("button", name="Show what would happen").click()

    assert page.url.endswith("/imports/new/")
    message = page.get_by_label("Files").evaluate("(field) => field.validationMessage")
    assert "at most 1 MB" in message
    assert not ImportJob.objects.exists()
