"""From a link to a note that is not there to the note."""

import pytest
from playwright.sync_api import expect

from tests import make
from tests.browser.windows import (
    LOOKS,
    Look,
    accessibility_problems,
    sideways_scroll,
)

EN = Look(language="en")


@pytest.fixture
def entries(db):
    make.entry("배포 절차")
    make.entry("운영", "처음에 [[배포 절치]]를 본다.")
    make.entry("회고", "늘 [[배포 절치]]가 문제였다.")


def test_a_red_link_leads_to_a_note_that_knows_who_waits_for_it(
    windows, writer, entries
):
    page = windows.open("/wiki/운영/", person=writer, look=EN)

    page.locator("article a.missing").click()
    expect(page.locator("#w-title")).to_have_value("배포 절치")
    page.get_by_role("link", name="Notes that link here 2").click()

    expect(page.locator("section[aria-labelledby=w-from] li")).to_contain_text(
        ["회고늘 배포 절치가 문제였다.", "운영처음에 배포 절치를 본다."]
    )
    expect(page.locator("section[aria-labelledby=w-from] mark").first).to_be_visible()


def test_the_note_that_was_meant_is_one_click_away(windows, writer, entries):
    page = windows.open("/new/?title=배포 절치", person=writer, look=EN)

    near = page.locator("section[aria-labelledby=w-near]")
    near.get_by_role("link", name="배포 절차").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("배포 절차")


def test_a_note_that_is_there_is_edited_instead(windows, writer, entries):
    page = windows.open("/new/?title=배포 절차", person=writer, look=EN)

    page.get_by_role("link", name="Edit “배포 절차”").click()

    page.wait_for_url("**/edit/")
    expect(page.locator("#w-title")).to_have_value("배포 절차")


@pytest.mark.parametrize("look", LOOKS, ids=str)
def test_what_is_known_of_a_name_can_be_read_by_everyone(
    windows, writer, entries, look
):
    page = windows.open("/new/?title=배포 절치", person=writer, look=look)
    expect(page.locator(".cm-content")).to_be_visible()

    assert accessibility_problems(page) == []
    assert sideways_scroll(page) == 0

    page.goto("/new/?title=배포 절차")
    expect(page.locator(".cm-content")).to_be_visible()
    assert accessibility_problems(page) == []
