"""Reading an entry: its text, its contents, its code, and the frame around it."""

import pytest
from playwright.sync_api import Page, expect

from tests import make
from tests.browser.windows import Look, sideways_scroll

BODY = (
    "# 준비\n\n"
    + "첫 문단입니다.\n\n" * 30
    + '# 배포\n\n```python\nprint("안녕")\n    두_칸()\n```\n\n'
    + "둘째 문단입니다.\n\n" * 30
    + "# 되돌리기\n\n"
    + "셋째 문단입니다.\n\n" * 30
)
NARROW = Look(390, 844, language="en")


@pytest.fixture
def path(db):
    return make.entry("배포 절차", BODY, tags=["CI"]).get_absolute_url()


def test_wide_window_shows_the_contents_beside_the_text(windows, path):
    page = windows.open(path)

    contents = page.locator(".toc-side .toc")
    expect(contents.get_by_role("link")).to_have_text(["준비", "배포", "되돌리기"])
    expect(page.locator(".toc-top")).to_be_hidden()
    assert page.locator("article").bounding_box()["width"] >= 600


def test_contents_lead_to_the_section_and_mark_it(windows, path):
    page = windows.open(path)
    contents = page.locator(".toc-side .toc")

    contents.get_by_role("link", name="되돌리기").click()

    expect(contents.locator("[aria-current=true]")).to_have_text("되돌리기")
    expect(page.locator("article h2", has_text="되돌리기")).to_be_in_viewport()


def test_narrow_window_folds_the_contents_over_the_text(windows, path):
    page = windows.open(path, look=NARROW)
    folded = page.locator("details.toc-top")

    folded.locator("summary").click()
    folded.get_by_role("link", name="배포").click()

    expect(folded).not_to_have_attribute("open", "")
    expect(page.locator("article h2", has_text="배포")).to_be_in_viewport()
    expect(page.locator(".toc-side")).to_be_hidden()
    assert sideways_scroll(page) == 0


def test_title_and_acts_are_there_without_scrolling_on_a_phone(windows, writer, path):
    page = windows.open(path, person=writer, look=NARROW)

    expect(page.get_by_role("heading", level=1)).to_be_in_viewport(ratio=1)
    for place in (".acts >> text=Edit", ".acts >> text=History", ".tags >> text=CI"):
        link = page.locator(f"main {place}").first
        expect(link).to_be_in_viewport(ratio=1)


def test_code_is_copied_as_it_was_written(windows, path):
    page = windows.open(
        path,
        look=Look(language="en"),
        permissions=["clipboard-read", "clipboard-write"],
    )

    page.get_by_role("button", name="Copy").click()

    expect(page.locator(".code").get_by_role("status")).to_have_text("Copied")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == 'print("안녕")\n    두_칸()'


def test_section_has_an_address_that_leads_to_it(windows, path):
    page = windows.open(path, look=Look(language="en"))

    page.get_by_role("link", name="Address of this section: 되돌리기").click()
    address = page.url
    page.goto("/")
    page.goto(address)

    expect(page.locator("article h2", has_text="되돌리기")).to_be_in_viewport()


def test_first_stop_of_tab_skips_to_the_content(windows, path):
    page = windows.open(path)

    page.keyboard.press("Tab")
    skip = page.locator("a.skip")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport(ratio=1)
    page.keyboard.press("Enter")

    expect(page.locator("main")).to_be_focused()


def test_theme_changes_in_place_and_stays(windows, path):
    page = windows.open(path, look=Look(language="en"))
    page.evaluate("window.isSamePage = true")
    light = background(page)

    # The answer leads back to this page; the script does not go there.
    with page.expect_event("requestfailed"):
        page.get_by_role("button", name="Dark").click()

    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    expect(page.get_by_role("button", name="Dark")).to_have_attribute(
        "aria-pressed", "true"
    )
    assert page.evaluate("window.isSamePage")
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    assert background(page) != light


def test_language_changes_on_the_same_page_and_stays(windows, path):
    page = windows.open(path, look=Look(language="ko"))
    expect(page.locator("html")).to_have_attribute("lang", "ko")

    page.locator("footer").get_by_role("button", name="English").click()

    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.get_by_role("heading", level=1)).to_have_text("배포 절차")
    page.goto("/tags/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Tags")


def test_single_keys_search_and_lead_on_but_not_from_a_field(windows, path):
    page = windows.open(path)
    search = page.locator("#w-q")

    page.keyboard.press("/")
    expect(search).to_be_focused()
    page.keyboard.type("h/?")
    expect(search).to_have_value("h/?")
    expect(page.locator("#w-keys")).to_be_hidden()
    search.blur()
    page.keyboard.press("h")

    page.wait_for_url("**/history/")


def test_escape_closes_a_menu_and_gives_the_focus_back(windows, writer, path):
    page = windows.open(path, person=writer)
    menu = page.locator("main details.menu")

    menu.locator("summary").click()
    expect(menu.get_by_role("link").first).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Escape")

    expect(menu).not_to_have_attribute("open", "")
    expect(menu.locator("summary")).to_be_focused()


def background(page: Page) -> str:
    return page.locator("body").evaluate("body => getComputedStyle(body).background")
