"""Ways to an entry: search, tags, the list of all, recent changes."""

import pytest
from playwright.sync_api import expect

from tests import make
from tests.browser.windows import (
    NARROW,
    Look,
    accessibility_problems,
    sideways_scroll,
)
from wiki.search.guesses import forget_vocabularies

EN = Look(language="en")


@pytest.fixture(autouse=True)
def _unread() -> None:
    forget_vocabularies()


@pytest.fixture
def entries(db):
    make.entry(
        "gRPC 스트리밍", "서버가 **스트리밍으로** 보낸다.", tags=["gRPC", "통신"]
    )
    make.entry("배포", "스트리밍과 A & B 는 상관없다", tags=["CI"])
    make.entry("Redis", "빠르다", tags=["통신", "캐시"])


def test_search_marks_what_was_found(windows, entries):
    page = windows.open("/tags/", look=EN)

    page.keyboard.press("/")
    page.keyboard.type("스트리밍")
    page.keyboard.press("Enter")

    page.wait_for_url("**/search/?q=*")
    results = page.locator(".results > li")
    expect(results).to_have_count(2)
    expect(results.first.locator("h2 mark")).to_have_text("스트리밍")
    expect(results.first.locator(".snip mark")).to_have_text("스트리밍")
    expect(results.nth(1).locator(".snip")).to_contain_text("A & B")
    results.first.get_by_role("heading").get_by_role("link").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("gRPC 스트리밍")


def test_search_by_tag_and_order(windows, entries):
    page = windows.open("/search/?q=%23통신", look=EN)
    titles = page.locator(".results h2")

    page.locator("#w-sort").select_option("title")
    page.locator(".filters button").click()

    page.wait_for_url("**sort=title*")
    expect(titles).to_have_text(["gRPC 스트리밍", "Redis"])


@pytest.mark.parametrize("look", [EN, Look(*NARROW, "dark", "ko")], ids=str)
def test_search_is_narrowed_and_widened_without_script(windows, entries, look):
    page = windows.open("/search/", look=look, java_script_enabled=False)
    page.locator("#w-q").fill("스트리밍")
    page.locator("#w-q").press("Enter")
    results = page.locator(".results > li")
    expect(results).to_have_count(2)

    if look.width == NARROW[0]:
        page.locator(".facets summary").click()
    page.locator(".facets").get_by_label("CI").check()
    page.locator(".facets button").click()
    expect(results).to_have_count(1)
    expect(results.locator("h2")).to_have_text("배포")
    page.locator(".chip-x").click()

    expect(results).to_have_count(2)


@pytest.mark.parametrize(
    ("typed", "meant"), [("qovh", "배포"), ("redjs", "Redis"), ("ㄱㄷ얀", "redis")]
)
@pytest.mark.parametrize("language", ["ko", "en"])
def test_search_offers_what_may_have_been_meant(
    windows, entries, typed, meant, language
):
    page = windows.open(f"/search/?q={typed}", look=Look(language=language))

    expect(page.locator(".results")).to_have_count(0)
    assert accessibility_problems(page) == []
    page.locator(".guess a").click()

    expect(page.locator(".results > li")).to_have_count(1)
    expect(page.locator("#w-q")).to_have_value(meant)


def test_search_leads_to_the_section(windows, db):
    make.entry("긴 글", "# 처음\n\n" + "글\n\n" * 200 + "# 무중단 배포\n\n스트리밍\n")
    page = windows.open("/search/?q=스트리밍", look=EN)

    page.locator(".snip .in a").click()

    heading = page.get_by_role("heading", name="무중단 배포")
    expect(heading).to_be_in_viewport()
    assert accessibility_problems(page) == []


def test_search_with_nothing_found_drops_what_was_chosen(windows, entries):
    page = windows.open("/search/?q=스트리밍&tag=캐시", look=Look(*NARROW))
    assert accessibility_problems(page) == []
    assert sideways_scroll(page) == 0

    page.locator("main .list a").first.click()

    expect(page.locator(".results > li")).to_have_count(2)


def test_search_without_a_hit_offers_to_write_the_note(windows, writer, entries):
    page = windows.open("/search/?q=없는 말", person=writer, look=EN)

    page.locator("main a[href^='/new/']").click()

    expect(page.locator("#w-title")).to_have_value("없는 말")


def test_tags_are_found_by_a_part_of_their_name(windows, entries):
    page = windows.open("/tags/", look=EN)
    expect(page.locator(".az a")).to_have_text(["캐시", "통신", "CI", "gRPC"])

    page.locator("#w-t").fill("c")
    page.keyboard.press("Enter")

    expect(page.locator(".az a")).to_have_text(["CI", "gRPC"])


def test_tag_lists_its_notes_and_narrows_them_by_another(windows, entries):
    page = windows.open("/tags/통신/", look=EN)
    titles = page.locator(".rows .ttl")
    expect(titles).to_have_text(["Redis", "gRPC 스트리밍"])

    page.locator(".rail a[href*='with=']", has_text="in common").first.click()
    expect(titles).to_have_text(["Redis"])
    page.locator(".filters .chip-x").click()

    expect(titles).to_have_count(2)


def test_missing_note_is_written_from_the_link_to_it(windows, writer):
    make.entry("첫 글", "[[둘째 글]]에서 잇는다")
    page = windows.open("/wiki/첫-글/", person=writer, look=EN)

    page.locator("article a.missing").click()
    expect(page.locator("#w-title")).to_have_value("둘째 글")
    page.locator("#w-body").fill("여기")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("article")).to_have_text("여기")
    page.goto("/wiki/첫-글/")

    expect(page.locator("article a.missing")).to_have_count(0)
    page.locator("article").get_by_role("link", name="둘째 글").click()
    expect(page.locator("article")).to_have_text("여기")


def test_all_notes_change_their_order(windows, entries):
    page = windows.open("/entries/", look=EN)
    titles = page.locator(".rows .ttl")
    expect(titles).to_have_text(["배포", "gRPC 스트리밍", "Redis"])

    page.locator(".seg a[href*='sort=changed']").click()

    expect(titles).to_have_text(["Redis", "배포", "gRPC 스트리밍"])


def test_recent_changes_lead_to_what_changed(windows):
    entry = make.entry("글", "하나\n")
    make.edit(entry, "하나\n\n둘\n", comment="더함")
    page = windows.open("/recent/", look=EN)

    page.locator(".chg summary").click()
    page.locator(".chg").locator("a[href*='diff']").click()

    expect(page.locator(".diff .add").filter(has_text="둘")).to_be_visible()
