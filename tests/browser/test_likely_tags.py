"""Tags that the editor suggests for the text."""

import pytest
from playwright.sync_api import Page, Route, expect

from tests import make
from tests.browser.composing import Composer
from tests.browser.windows import (
    LOOKS,
    Look,
    accessibility_problems,
    sideways_scroll,
    unnamed_controls,
)

EN = Look(language="en")


@pytest.fixture
def linked(db):
    make.entry("배포 절차", tags=["운영", "CI", "한글 표"])
    make.entry("회고", tags=["회고"])


def open_editor(windows, writer, path: str = "/new/", look: Look = EN) -> Page:
    return windows.open(path, person=writer, look=look)


def suggested(page: Page):
    return page.locator("[data-likely-tags] button")


def chips(page: Page):
    return page.locator(".tag-input .tag")


def write(page: Page, text: str) -> None:
    page.locator(".cm-content").click()
    page.keyboard.insert_text(text)


def test_a_suggested_tag_is_taken_with_a_click(windows, writer, linked):
    page = open_editor(windows, writer)
    expect(page.locator("[data-likely-tags]")).to_be_hidden()
    write(page, "[[배포 절차]]를 본다")
    expect(suggested(page)).to_have_text(["CI", "운영", "한글 표"])

    page.get_by_role("button", name="Add the tag 운영").click()

    expect(chips(page)).to_have_text(["운영"])
    expect(suggested(page)).to_have_text(["CI", "한글 표"])
    expect(suggested(page).nth(1)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#w-tags")).to_be_focused()
    expect(page.locator("input[name=tags]")).to_have_value("운영, 한글 표")


def test_a_tag_that_was_taken_out_is_not_suggested_again(windows, writer, linked):
    page = open_editor(windows, writer)
    page.locator(".tag-input input:not([type=hidden])").fill("ci,")
    page.get_by_role("button", name="Remove the tag ci").click()

    write(page, "[[배포 절차]]")

    expect(suggested(page)).to_have_text(["운영", "한글 표"])


def test_the_text_that_is_there_is_asked_about(windows, writer, linked):
    entry = make.entry("글", "[[배포 절차]]", tags=["CI"])

    page = open_editor(windows, writer, entry.get_absolute_url() + "edit/")

    expect(suggested(page)).to_have_text(["운영", "한글 표"])


def test_one_question_at_a_time_and_none_within_a_syllable(windows, writer, linked):
    page = windows.open(person=writer, look=EN)
    page.clock.install(time="2026-01-01T00:00:00Z")
    page.goto("/new/")
    page.clock.pause_at("2026-01-01T01:00:00Z")
    asked: list[Route] = []
    page.route("**/likely-tags/", lambda route: asked.append(route))
    page.locator("#w-title").focus()
    composer = Composer(page)

    composer.compose("ㅎ", "회")
    page.clock.run_for(5000)
    assert asked == []
    composer.commit("회고")
    with page.expect_request("**/likely-tags/"):
        page.clock.run_for(1000)
    write(page, "[[회고]]")
    page.clock.run_for(3000)
    assert len(asked) == 1

    asked[0].continue_()
    with page.expect_request("**/likely-tags/"):
        # The answer may come after the first of these rests.
        for _ in range(20):
            page.clock.run_for(1000)
            page.wait_for_timeout(20)
    asked[1].continue_()

    expect(suggested(page)).to_have_text(["회고"])


@pytest.mark.parametrize("look", LOOKS, ids=str)
def test_suggestions_can_be_read_by_everyone(windows, writer, linked, look):
    page = open_editor(windows, writer, look=look)
    write(page, "[[배포 절차]]")
    expect(suggested(page)).to_have_count(3)

    assert accessibility_problems(page) == []
    assert unnamed_controls(page) == []
    assert sideways_scroll(page) == 0
    assert suggested(page).first.bounding_box()["height"] >= 24
