"""What became of an entry: compared, taken back, renamed, deleted, brought back."""

import pytest
from playwright.sync_api import Locator, Page, expect

from tests import make
from tests.browser.windows import Look
from wiki.models import Entry

EN = Look(language="en")


@pytest.fixture
def path(db):
    entry = make.entry("배포 절차", "# 순서\n\n서버에 한 번에 올린다.\n", tags=["CI"])
    entry = make.edit(entry, "# 순서\n\n서버에 두 번에 올린다.\n", comment="나눔")
    entry = make.edit(
        entry, "# 순서\n\n서버에 천천히 올린다.\n\n끝.\n", tags=["CI", "배포"]
    )
    return entry.get_absolute_url()


def test_two_chosen_revisions_are_compared(windows, path):
    page = windows.open(path + "history/", look=EN)

    row(page, 1, "old").check()
    row(page, 3, "new").check()
    page.locator("[data-history] .btn.primary").click()

    expect(page.locator(".rev-card a").first).to_have_text("r1")
    expect(page.locator(".rev-card.new a").first).to_have_text("r3")
    expect(page.locator(".diff del").first).to_have_text("한 번에")
    expect(page.locator(".diff ins").first).to_have_text("천천히")
    expect(page.locator(".diff-tags ins")).to_have_text("배포")
    page.locator(".seg a[href*=unified]").click()
    expect(page.locator(".diff .add").filter(has_text="끝.")).to_be_visible()


def test_old_revision_cannot_be_chosen_above_the_new_one(windows, path):
    page = windows.open(path + "history/", look=EN)

    expect(row(page, 2, "old")).to_be_checked()
    expect(row(page, 2, "new")).to_be_disabled()
    row(page, 1, "old").check()
    row(page, 2, "new").check()

    expect(row(page, 2, "old")).to_be_disabled()
    expect(row(page, 1, "old")).to_be_checked()


def test_going_back_makes_a_new_revision(windows, writer, path):
    page = windows.open(path + "history/", person=writer, look=EN)

    page.locator(".hist a[href$='/revert/1/']").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("r1")
    page.locator("main form .btn.primary").click()

    expect(page.get_by_role("status")).to_be_visible()
    expect(page.locator("article")).to_contain_text("한 번에 올린다")
    page.locator(".acts a[href$='/history/']").click()
    expect(page.locator(".hist > li")).to_have_count(4)


def test_renamed_entry_is_found_at_both_addresses(windows, writer, path):
    page = windows.open(path, person=writer, look=EN)
    page.locator("main details.menu > summary").click()
    page.locator("main a[href$='/rename/']").click()

    page.locator("#w-title").fill("올리는 순서 🚀")
    page.locator("main form .btn.primary").click()

    heading = page.get_by_role("heading", level=1)
    expect(heading).to_contain_text("올리는 순서 🚀")
    address = page.url
    page.goto(path)
    expect(heading).to_contain_text("올리는 순서 🚀")
    assert page.url == address


def test_deleted_entry_is_brought_back_from_the_message(windows, writer, path):
    page = windows.open(path, person=writer, look=EN)
    page.locator("main details.menu > summary").click()
    page.locator("main a[href$='/delete/']").click()

    page.locator("main form .btn.danger").click()
    expect(page.get_by_role("status")).to_contain_text("배포 절차")
    assert not Entry.objects.live().exists()
    page.get_by_role("status").get_by_role("link").click()
    page.locator("main form .btn.primary").click()

    expect(page.locator("article")).to_contain_text("천천히 올린다")
    assert Entry.objects.live().exists()


def test_old_revision_says_so_and_leads_to_the_newest(windows, path):
    page = windows.open(path + "history/2/", look=EN)

    expect(page.locator("main .note.warn")).to_contain_text("r2")
    expect(page.locator("article")).to_contain_text("두 번에 올린다")
    page.locator(".note a").first.click()

    expect(page.locator("article")).to_contain_text("천천히 올린다")


def row(page: Page, number: int, side: str) -> Locator:
    """The radio that chooses a revision as the old or the new one."""
    return page.locator(f".hist input[name={side}][value='{number}']")
