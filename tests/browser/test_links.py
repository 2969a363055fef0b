"""Links as people meet them: red and blue, back from where they lead, written anew."""

import pytest
from playwright.sync_api import Page, expect

from tests import make
from tests.browser.windows import Look, accessibility_problems, sideways_scroll
from wiki.models import Entry

EN = Look(language="en")
NARROW = Look(390, 844, language="en")
BUTTON = "main form .btn.primary"


@pytest.fixture(params=["with scripts", "without scripts"])
def open_page(request, windows):
    """Opens a window with scripts, and one without."""

    def open_page(path: str, **options) -> Page:
        has_scripts = request.param == "with scripts"
        return windows.open(path, look=EN, java_script_enabled=has_scripts, **options)

    return open_page


def text_of(title):
    return Entry.objects.get(title=title).body


def test_a_red_link_becomes_a_note_and_the_link_blue(open_page, writer):
    start = make.entry("출발", "먼저 [[나중 글]]을 읽는다")
    page = open_page(start.get_absolute_url(), person=writer)

    red = page.locator("article a.missing")
    expect(red).to_have_text("나중 글")
    red.click()
    expect(page.locator("#w-title")).to_have_value("나중 글")
    expect(page.get_by_role("link", name="출발").first).to_be_visible()
    page.locator("#w-body").fill("이제 있다")
    page.locator(".save-bar .btn.primary").click()

    expect(page.get_by_role("heading", level=1)).to_contain_text("나중 글")
    back = page.locator(".rail .branch a", has_text="출발")
    expect(page.locator(".rail q mark").first).to_have_text("나중 글")
    back.click()
    expect(page.locator("article a", has_text="나중 글")).not_to_have_class("missing")


def test_backlinks_lead_to_the_page_of_links_with_their_sentences(open_page):
    target = make.entry("Redis")
    make.entry("캐시", "캐시는 [[Redis]]를 쓴다")
    page = open_page(target.get_absolute_url())

    page.locator(".rail .more a[href$='/links/']").click()

    expect(page.get_by_role("heading", level=1)).to_contain_text("Redis")
    expect(page.locator("main q", has_text="캐시는 Redis를 쓴다")).to_be_visible()
    page.locator("main .branch a", has_text="캐시").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("캐시")


def test_a_mention_becomes_a_link_by_one_click(open_page, writer):
    target = make.entry("Redis")
    make.entry("캐시", "우리는 Redis를 쓴다")
    page = open_page(f"{target.get_absolute_url()}links/", person=writer)
    expect(page.get_by_text("appears in 1 note that does not link it")).to_be_visible()

    page.get_by_role("button", name="Link it in 캐시").click()

    expect(page.get_by_role("status")).to_contain_text("캐시")
    expect(page.get_by_text("No note names it without a link.")).to_be_visible()
    expect(page.locator("main q", has_text="우리는 Redis를 쓴다")).to_be_visible()
    assert text_of("캐시") == "우리는 [[Redis]]를 쓴다"


def test_a_rename_writes_links_anew_and_is_taken_back(open_page, writer):
    target = make.entry("옛 이름")
    make.entry("글", "앞 [[옛 이름|이것]] 뒤")
    page = open_page(f"{target.get_absolute_url()}rename/", person=writer)

    page.locator("#w-title").fill("새 이름")
    page.get_by_label("Write the new title into the 1 note that links here").check()
    page.locator(BUTTON).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("새 이름")
    assert text_of("글") == "앞 [[새 이름|이것]] 뒤"

    page.get_by_role("status").get_by_role("link").click()
    page.locator("a[href$='/undo/']").click()
    page.locator("main form .btn.danger").click()
    expect(page.get_by_role("status").first).to_be_visible()
    page.goto(target.get_absolute_url())
    expect(page.get_by_role("heading", level=1)).to_contain_text("옛 이름")
    assert text_of("글") == "앞 [[옛 이름|이것]] 뒤"


@pytest.mark.parametrize("look", [EN, NARROW], ids=str)
def test_the_pages_pass_axe_and_fit(windows, writer, look):
    target = make.entry("Redis", "[[없는 글]] 그리고 [[캐시]]")
    make.entry("캐시", "캐시는 [[Redis]]를 쓴다")
    make.entry("다른 글", "여기도 Redis를 쓴다 " + "가" * 80)
    page = windows.open(f"{target.get_absolute_url()}links/", person=writer, look=look)
    expect(page.get_by_role("button", name="Link it")).to_be_visible()

    for path in ("links/", "rename/"):
        page.goto(target.get_absolute_url() + path)
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        assert accessibility_problems(page) == []
        assert not sideways_scroll(page)
