"""The quick switcher: by keyboard, with an input method, by touch."""

import re

import pytest
from playwright.sync_api import Page, Route, expect

from tests import make
from tests.browser.composing import Composer
from tests.browser.windows import (
    LOOKS,
    NARROW,
    Look,
    accessibility_problems,
    sideways_scroll,
    unnamed_controls,
)

EN = Look(language="en")


@pytest.fixture
def entries(db):
    make.entry("Redis performance", tags=["캐시"])
    make.entry("쿠버네티스", aliases=("k8s",), tags=["배포"])
    make.entry("배포 절차", "처음 글", tags=["배포"])


def dialog(page: Page):
    return page.locator("#w-quick")


def field(page: Page):
    return dialog(page).get_by_role("combobox")


def options(page: Page):
    return dialog(page).get_by_role("option")


def chosen(page: Page):
    return dialog(page).locator("[role=option][aria-selected=true]")


def open_switcher(windows, path: str = "/tags/", **how) -> Page:
    """A page with the switcher open and the latest notes in it."""
    page = windows.open(path, **{"look": EN} | how)
    page.keyboard.press("Control+k")
    expect(field(page)).to_be_focused()
    expect(options(page).first).to_contain_text("배포 절차")
    return page


def test_a_note_is_opened_without_the_mouse(windows, entries):
    page = open_switcher(windows)
    expect(options(page)).to_have_count(4)

    page.keyboard.type("perf red")
    expect(chosen(page)).to_contain_text("Redis performance")
    expect(dialog(page).get_by_role("status")).to_have_text("Found: 1")
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", level=1)).to_have_text("Redis performance")
    expect(dialog(page)).to_be_hidden()


def test_arrows_go_round_and_are_told(windows, entries):
    page = open_switcher(windows)
    page.keyboard.type("ㅂㅍ")
    texts = [
        re.compile("배포 절차"),
        re.compile("^배포.*notes 2"),
        "Search all text for “ㅂㅍ”",
    ]
    expect(options(page)).to_have_text(texts)

    for number in (0, 1, 2, 0):
        expect(options(page).nth(number)).to_have_attribute("aria-selected", "true")
        identity = options(page).nth(number).get_attribute("id")
        expect(field(page)).to_have_attribute("aria-activedescendant", identity)
        page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    expect(options(page).nth(1)).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")

    page.wait_for_url("**/tags/%EB%B0%B0%ED%8F%AC/")


def test_another_title_says_which_it_was(windows, entries):
    page = open_switcher(windows)

    page.keyboard.type("k8s")

    expect(chosen(page)).to_have_text(re.compile(r"쿠버네티스\s*k8s"))


def test_a_new_tab_leaves_the_page_as_it_is(windows, entries):
    page = open_switcher(windows)
    page.keyboard.type("redis")
    expect(chosen(page)).to_contain_text("Redis performance")

    with page.context.expect_page() as opened:
        page.keyboard.press("Control+Enter")

    opened.value.wait_for_url("**/wiki/redis-performance/")
    expect(field(page)).to_have_value("redis")
    assert page.url.endswith("/tags/")


def test_escape_gives_the_focus_back(windows, entries, writer):
    page = windows.open("/wiki/배포-절차/edit/", person=writer, look=EN)
    page.locator("#w-comment").fill("왜")

    for close in ("Escape", "Control+k"):
        page.keyboard.press("Control+k")
        expect(field(page)).to_be_focused()
        page.keyboard.type("배")
        page.keyboard.press(close)
        expect(dialog(page)).to_be_hidden()
        expect(page.locator("#w-comment")).to_be_focused()
        expect(page.locator("#w-comment")).to_have_value("왜")

    page.locator(".cm-content").click()
    page.keyboard.press("Control+k")
    expect(field(page)).to_have_value("")
    page.keyboard.press("Escape")
    expect(page.locator(".cm-content")).to_be_focused()
    expect(page.locator("#w-body")).to_have_value("처음 글")


def test_single_keys_turned_off_leave_it(windows, entries):
    page = windows.open("/tags/", look=EN)
    page.keyboard.press("?")
    expect(page.locator("#w-keys dl")).to_contain_text("quick switcher")
    page.locator("[data-single-keys]").uncheck()
    page.keyboard.press("Escape")

    page.keyboard.press("Control+k")

    expect(field(page)).to_be_focused()


# ── An input method ───────────────────────────────────────────────────────────


def test_half_a_syllable_finds_and_enter_ends_only_the_syllable(windows, entries):
    page = open_switcher(windows)
    composer = Composer(page)

    composer.compose("ㅂ", "배", "뱊")
    expect(chosen(page)).to_contain_text("배포 절차")
    expect(field(page)).to_have_value("뱊")
    composer.press_enter()
    composer.press_plain_enter()
    composer.press_enter(control=True)
    composer.commit("배")
    composer.compose("ㅍ", "포")
    expect(chosen(page)).to_contain_text("배포 절차")
    composer.press_enter()
    composer.commit("포")

    expect(field(page)).to_have_value("배포")
    assert page.url.endswith("/tags/")
    assert len(page.context.pages) == 1

    page.keyboard.press("Enter")
    # What is called so comes first: the tag.
    page.wait_for_url("**/tags/%EB%B0%B0%ED%8F%AC/")


def test_the_shortcut_waits_for_the_end_of_a_syllable(windows, entries, writer):
    page = windows.open("/new/", person=writer, look=EN)
    page.locator("#w-title").focus()
    composer = Composer(page)
    composer.compose("ㅎ", "하")

    page.locator("#w-title").evaluate(
        """(field) => field.dispatchEvent(new KeyboardEvent("keydown", {
            key: "k", code: "KeyK", ctrlKey: true, isComposing: true, bubbles: true,
        }))"""
    )

    expect(dialog(page)).to_be_hidden()
    composer.commit("하")
    expect(page.locator("#w-title")).to_have_value("하")


def test_the_shortcut_is_known_on_a_korean_keyboard(windows, entries):
    page = windows.open("/tags/", look=EN)

    page.locator("body").evaluate(
        """(body) => body.dispatchEvent(new KeyboardEvent("keydown", {
            key: "ㅏ", code: "KeyK", ctrlKey: true, bubbles: true, cancelable: true,
        }))"""
    )

    expect(field(page)).to_be_focused()


# ── Slow and missing answers ──────────────────────────────────────────────────


def test_enter_waits_for_the_answer_to_what_was_typed(windows, entries):
    page = open_switcher(windows)
    held: list[Route] = []
    page.route("**/search/suggest?q=k8s", lambda route: held.append(route))

    page.keyboard.type("k8s")
    page.keyboard.press("Enter")
    page.wait_for_timeout(100)
    assert page.url.endswith("/tags/")
    held[-1].continue_()

    expect(page.get_by_role("heading", level=1)).to_contain_text("쿠버네티스")


def test_an_answer_that_comes_too_late_is_not_shown(windows, entries):
    page = open_switcher(windows)
    held: list[Route] = []
    page.route("**/search/suggest?q=redis", lambda route: held.append(route))
    with page.expect_request("**/search/suggest?q=redis"):
        page.keyboard.type("redis")

    field(page).fill("k8s")
    expect(chosen(page)).to_contain_text("쿠버네티스")
    for route in held:
        route.continue_()

    page.wait_for_timeout(100)
    expect(chosen(page)).to_contain_text("쿠버네티스")


def test_without_an_answer_one_can_still_search(windows, entries):
    page = open_switcher(windows)
    page.route("**/search/suggest?*", lambda route: route.abort())

    page.keyboard.type("처음 글")
    expect(dialog(page).get_by_role("status")).to_contain_text("could not be asked")
    page.keyboard.press("Enter")

    page.wait_for_url("**/search/?q=*")
    expect(page.locator(".results h2")).to_have_text(["배포 절차"])
    windows.problems.clear()


# ── What else there is to do ──────────────────────────────────────────────────


def test_a_writer_begins_the_note_that_is_not_there(windows, entries, writer):
    page = open_switcher(windows, person=writer)
    page.keyboard.type("a&b 없는 글")
    expect(options(page)).to_have_count(2)

    options(page).nth(1).click()

    expect(page.locator("#w-title")).to_have_value("a&b 없는 글")


def test_a_note_that_is_there_is_not_offered_to_be_written(windows, entries, writer):
    page = open_switcher(windows, person=writer)

    page.keyboard.type("배포 절차")

    expect(options(page)).to_have_count(2)
    expect(dialog(page)).not_to_contain_text("Write the new note")


def test_a_visitor_is_offered_nothing_to_write(windows, entries):
    page = open_switcher(windows)

    page.keyboard.type("없는 글")

    expect(options(page)).to_have_text(["Search all text for “없는 글”"])


def test_on_a_phone_a_button_of_the_header_opens_it(windows, entries):
    page = windows.open("/tags/", look=Look(*NARROW, language="en"))

    page.locator("header a[data-quick]").click()
    expect(field(page)).to_be_focused()
    options(page).filter(has_text="쿠버네티스").click()

    expect(page.get_by_role("heading", level=1)).to_contain_text("쿠버네티스")


def test_without_script_the_button_leads_to_the_search(windows, entries):
    look = Look(*NARROW, language="en")
    page = windows.open("/tags/", look=look, java_script_enabled=False)

    page.locator("header a[data-quick]").click()

    page.wait_for_url("**/search/")


@pytest.mark.parametrize("look", LOOKS, ids=str)
def test_it_can_be_read_by_everyone(windows, entries, writer, look):
    page = open_switcher(windows, look=look, person=writer)
    page.keyboard.type("배포")
    expect(options(page)).to_have_count(4)

    assert accessibility_problems(page) == []
    assert unnamed_controls(page) == []
    assert sideways_scroll(page) == 0
