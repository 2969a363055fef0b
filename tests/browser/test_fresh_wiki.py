"""The pages of a wiki in which nobody has written yet."""

import pytest
from playwright.sync_api import expect

from tests.browser.windows import LOOKS, accessibility_problems, sideways_scroll

EMPTY = ("/", "/entries/", "/tags/", "/recent/", "/imports/")


@pytest.mark.parametrize("look", LOOKS, ids=str)
def test_empty_pages_say_what_to_do_next(windows, writer, look):
    page = windows.open(person=writer, look=look)

    for path in EMPTY:
        page.goto(path)
        assert accessibility_problems(page) == []
        assert sideways_scroll(page) == 0
        expect(page.locator("main").get_by_role("link").first).to_be_visible()


def test_first_note_is_written_from_the_home_page(windows, writer):
    page = windows.open("/", person=writer)

    page.locator("main a[href='/new/']").click()
    page.locator("#w-title").fill("첫 글")
    page.locator("#w-body").fill("안녕")
    page.locator(".save-bar .btn.primary").click()

    expect(page.locator("article")).to_have_text("안녕")
    page.goto("/")
    expect(page.locator(".chg .ttl")).to_have_text("첫 글")
