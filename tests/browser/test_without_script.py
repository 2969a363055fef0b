"""The whole way with scripts turned off: read, find, write, compare, join."""

import pytest
from playwright.sync_api import Page, expect

from tests import make
from tests.browser.windows import Look
from wiki.models import Entry

EN = Look(language="en")


@pytest.fixture
def open_plain(windows):
    """Opens a window whose browser runs no script."""

    def open_plain(path: str, *, look: Look = EN, **options) -> Page:
        return windows.open(path, look=look, java_script_enabled=False, **options)

    return open_plain


@pytest.fixture
def entry(db):
    return make.entry("배포 절차", "# 하나\n\n글\n\n# 둘\n\n# 셋\n", tags=["CI"])


def test_note_is_written_previewed_and_saved(open_plain, writer):
    page = open_plain("/", person=writer)
    page.locator("header a[href='/new/']").click()
    expect(page.get_by_role("toolbar")).to_be_hidden()
    expect(page.locator("noscript p")).to_contain_text("**")

    page.locator("#w-title").fill("한글 제목 🚀")
    page.locator("#w-body").fill("# 머리\n\n**굵게**\n")
    page.locator("#w-tags").fill("CI, 배포")
    page.locator("button[value=preview]").click()
    expect(page.locator("[data-preview] strong")).to_have_text("굵게")
    assert not Entry.objects.exists()
    page.locator(".save-bar .btn.primary").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("한글 제목 🚀")
    expect(page.locator("article strong")).to_have_text("굵게")
    assert list(Entry.objects.with_head().get().head.tag_names()) == ["CI", "배포"]


def test_note_is_edited_with_a_look_at_the_changes(open_plain, writer, entry):
    page = open_plain(entry.get_absolute_url(), person=writer)
    page.get_by_role("link", name="Edit").click()

    page.locator("#w-body").fill("# 하나\n\n고친 글\n")
    page.locator("#w-comment").fill("고침")
    page.locator("button[value=diff]").click()
    expect(page.locator(".diff .add").filter(has_text="고친").first).to_be_visible()
    page.locator(".save-bar .btn.primary").click()

    expect(page.get_by_role("status")).to_be_visible()
    expect(page.locator("article")).to_contain_text("고친 글")
    assert make.revision(entry, 2).comment == "고침"


def test_preview_is_behind_its_tab_on_a_phone(open_plain, writer, entry):
    page = open_plain(
        entry.get_absolute_url() + "edit/",
        person=writer,
        look=Look(390, 844, language="en"),
    )
    expect(page.locator("[data-preview]")).to_be_hidden()

    page.locator("button[value=preview]").click()
    expect(page.locator("[data-preview] h2").first).to_have_text("하나")
    expect(page.locator("#w-body")).to_be_hidden()
    page.locator("label[for=w-view-write]").click()

    expect(page.locator("#w-body")).to_be_visible()


def test_conflict_is_joined(open_plain, writer, entry):
    page = open_plain(entry.get_absolute_url() + "edit/", person=writer)
    make.edit(entry, "# 하나\n\n남의 글\n\n# 둘\n\n# 셋\n")

    page.locator("#w-body").fill("# 하나\n\n나의 글\n\n# 둘\n\n# 셋\n")
    page.locator(".save-bar .btn.primary").click()
    expect(page.locator(".clash .theirs")).to_contain_text("남의")
    expect(page.locator(".clash .mine")).to_contain_text("나의")
    expect(page.locator(".clash textarea")).to_have_value("나의 글\n남의 글\n")
    page.locator(".save-bar .btn.primary").click()
    expect(page.get_by_role("alert")).to_contain_text("1 place is still open")
    page.locator(".clash textarea").fill("우리 글\n")
    page.get_by_label("Latest", exact=True).check()
    page.locator(".save-bar .btn.primary").click()

    expect(page.locator("article")).to_contain_text("우리 글")


def test_conflict_is_settled_by_a_choice_alone(open_plain, writer, entry):
    page = open_plain(entry.get_absolute_url() + "edit/", person=writer)
    make.edit(entry, "# 하나\n\n남의 글\n\n# 둘\n\n# 셋\n")
    page.locator("#w-body").fill("# 하나\n\n나의 글\n\n# 둘\n\n# 셋\n")
    page.locator(".save-bar .btn.primary").click()

    page.get_by_label("Latest", exact=True).check()
    page.locator("button[value=preview]").click()
    expect(page.locator(".merge article p").first).to_have_text("남의 글")
    page.get_by_label("Mine", exact=True).check()
    page.locator(".save-bar .btn.primary").click()

    expect(page.locator("article")).to_contain_text("나의 글")


def test_one_section_is_edited(open_plain, writer, entry):
    page = open_plain(entry.get_absolute_url() + "edit/", person=writer)

    page.get_by_label("Edit one section only").select_option("둘")
    page.get_by_role("button", name="Open").click()
    expect(page.locator("#w-body")).to_have_value("# 둘\n\n")
    page.locator("#w-body").fill("# 둘\n\n새 글")
    page.locator(".save-bar .btn.primary").click()

    expect(page.locator("article")).to_contain_text("새 글")
    entry.refresh_from_db()
    assert entry.body == "# 하나\n\n글\n\n# 둘\n\n새 글\n\n# 셋\n"


def test_revisions_are_compared_and_taken_back(open_plain, writer, entry):
    make.edit(entry, "# 하나\n\n새 글\n")
    page = open_plain(entry.get_absolute_url() + "history/", person=writer)

    page.get_by_label("Revision 1 as the old one").check()
    page.get_by_label("Revision 2 as the new one").check()
    page.locator("[data-history] .btn.primary").click()
    expect(page.locator(".diff .add").filter(has_text="새 글").first).to_be_visible()
    page.locator("main a[href$='/revert/1/']").click()
    page.locator("main form .btn.primary").click()

    expect(page.locator("article h2")).to_have_text(["하나", "둘", "셋"])


def test_note_is_found_by_search_and_by_tag(open_plain, entry):
    page = open_plain("/")

    page.locator("#w-q").fill("배포")
    page.get_by_role("button", name="Search").click()
    page.locator(".results h2 a").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("배포 절차")
    page.locator(".entry-head").get_by_role("link", name="CI").click()

    expect(page.locator(".rows .ttl")).to_have_text("배포 절차")


def test_contents_lead_to_a_section_on_a_phone(open_plain, entry):
    page = open_plain(entry.get_absolute_url(), look=Look(390, 844, language="en"))

    page.locator(".toc-top summary").click()
    page.locator(".toc-top").get_by_role("link", name="셋").click()

    expect(page.locator("article h2", has_text="셋")).to_be_in_viewport()


def test_theme_and_language_are_chosen_and_stay(open_plain, entry):
    page = open_plain(entry.get_absolute_url(), look=Look(language="ko"))
    root = page.locator("html")

    page.locator("header [name=theme][value=dark]").first.click()
    expect(root).to_have_attribute("data-theme", "dark")
    page.get_by_role("button", name="English").last.click()
    expect(root).to_have_attribute("lang", "en")
    expect(page.get_by_role("heading", level=1)).to_have_text("배포 절차")
    page.goto("/recent/")

    expect(root).to_have_attribute("data-theme", "dark")
    expect(root).to_have_attribute("lang", "en")


def test_menu_on_a_phone_leads_on(open_plain, entry):
    page = open_plain("/", look=Look(390, 844, language="en"))

    page.locator("header details.menu > summary").click()
    page.locator(".menu-panel").get_by_role("link", name="Tags").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Tags")
