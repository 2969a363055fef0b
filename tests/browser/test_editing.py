"""Writing with the live preview, chips for tags, and an input method."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests import make
from tests.browser.composing import Composer
from tests.browser.windows import Look
from wiki.models import Entry

EN = Look(language="en")
REST_MS = 400


@pytest.fixture
def entry(db):
    return make.entry("배포 절차", "# 준비\n\n처음 글\n", tags=["CI"])


def editor(windows, person, path="/new/", look=EN) -> Page:
    page = windows.open(person=person, look=look)
    page.goto(path)
    return page


def with_stopped_clock(windows, person) -> tuple[Page, list[str]]:
    """An editor in which time passes only when told, and the previews it asks for."""
    page = windows.open(person=person, look=EN)
    page.clock.install(time="2026-01-01T00:00:00Z")
    page.goto("/new/")
    page.clock.pause_at("2026-01-01T01:00:00Z")
    asked = []
    page.on(
        "request",
        lambda request: asked.append(request.url) if "/preview/" in request.url else 0,
    )
    page.locator("#w-body").focus()
    return page, asked


def test_preview_shows_the_text_as_it_will_be_printed(windows, writer):
    make.entry("gRPC", "원격 호출")
    page = editor(windows, writer)

    page.locator("#w-body").press_sequentially("**굵은** 글과 [[gRPC]], [[없는 글]]")

    preview = page.locator("[data-preview]")
    expect(preview.locator("strong")).to_have_text("굵은")
    expect(preview.get_by_role("link", name="gRPC")).to_have_attribute(
        "href", "/wiki/grpc/"
    )
    expect(page.locator("[data-preview-status]")).to_have_text(re.compile(r"2\D+1"))


def test_preview_waits_until_typing_rests(windows, writer):
    page, asked = with_stopped_clock(windows, writer)

    for text in ("가", "나", "다"):
        page.keyboard.insert_text(text)
        page.clock.run_for(REST_MS - 1)
    assert asked == []
    page.clock.run_for(1)

    expect(page.locator("[data-preview]")).to_have_text("가나다")
    assert len(asked) == 1


def test_preview_is_not_asked_for_while_a_syllable_is_put_together(windows, writer):
    page, asked = with_stopped_clock(windows, writer)
    composer = Composer(page)

    page.keyboard.insert_text("글 ")
    composer.compose("ㅎ", "하", "한")
    page.clock.run_for(10 * REST_MS)
    assert asked == []
    composer.commit("한")
    page.clock.run_for(REST_MS)

    expect(page.locator("[data-preview]")).to_have_text("글 한")
    assert len(asked) == 1


def test_preview_pane_is_beside_the_text_or_behind_a_tab(windows, writer, entry):
    path = entry.get_absolute_url() + "edit/"
    wide = editor(windows, writer, path)
    expect(wide.locator("#w-body")).to_be_in_viewport()
    expect(wide.locator("[data-preview] h2")).to_be_in_viewport()

    narrow = editor(windows, writer, path, Look(390, 844, language="en"))
    expect(narrow.locator("[data-preview]")).to_be_hidden()
    narrow.get_by_text("Preview", exact=True).first.click()

    expect(narrow.locator("[data-preview] h2")).to_have_text("준비")
    expect(narrow.locator("#w-body")).to_be_hidden()


def test_everything_needed_to_save_is_seen_at_once(windows, writer, entry):
    page = editor(windows, writer, entry.get_absolute_url() + "edit/")

    for place in (
        "#w-title",
        "#w-body",
        "#w-tags",
        "#w-comment",
        ".save-bar .btn.primary",
    ):
        expect(page.locator(place)).to_be_in_viewport()


def test_control_and_enter_save_but_not_while_composing(windows, writer):
    page = editor(windows, writer)
    composer = Composer(page)
    page.locator("#w-title").fill("한글")
    page.locator("#w-body").focus()

    composer.compose("ㄱ", "그", "글")
    composer.press_enter(control=True)
    composer.press_plain_enter(control=True)
    expect(page.locator("#w-body")).to_have_value("글")
    assert not Entry.objects.exists()
    composer.commit("글")
    page.keyboard.press("Control+Enter")

    expect(page.locator("article")).to_have_text("글")
    assert Entry.objects.get().body == "글"


def test_enter_makes_a_chip_but_only_ends_a_composition(windows, writer):
    page = editor(windows, writer)
    composer = Composer(page)
    chips = page.locator(".tag-input .tag")
    page.locator("#w-tags").focus()

    composer.compose("ㅂ", "배", "밷", "배포")
    composer.press_enter()
    composer.press_plain_enter()
    expect(chips).to_have_count(0)
    composer.commit("배포")
    page.keyboard.press("Enter")
    page.keyboard.type("CI,ci,Go")
    page.keyboard.press("Enter")

    expect(chips).to_have_text(["배포", "CI", "Go"])
    assert page.url.endswith("/new/")


def test_chips_are_saved_as_tags(windows, writer):
    page = editor(windows, writer)
    page.locator("#w-title").fill("꼬리표")
    tags = page.locator("#w-tags")
    tags.fill("배포")
    tags.press("Enter")
    tags.fill("잘못")
    tags.press("Enter")

    page.get_by_role("button", name="Remove the tag 잘못").click()
    tags.fill("도구/빌드")
    page.get_by_role("button", name="Save").click()

    expect(page.locator(".entry-head .tags, .entry-head ul").first).to_contain_text(
        "배포"
    )
    tags = Entry.objects.with_head().get().head.tag_names()
    assert list(tags) == ["배포", "도구/빌드"]


def test_leaving_with_unsaved_text_asks_and_saving_does_not(windows, writer, entry):
    page = editor(windows, writer, entry.get_absolute_url() + "edit/")
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    page.locator("#w-body").press_sequentially("더 ")

    with page.expect_event("dialog"):
        page.get_by_role("link", name="Cancel").click()
    assert page.url.endswith("/edit/")
    page.get_by_role("button", name="Save").click()

    expect(page.locator("article")).to_contain_text("더")
    assert asked == ["beforeunload"]


def test_leaving_an_untouched_editor_does_not_ask(windows, writer, entry):
    page = editor(windows, writer, entry.get_absolute_url() + "edit/")
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    page.get_by_role("textbox", name="Text (Markdown)").click()

    page.get_by_role("link", name="Cancel").click()

    page.wait_for_url("**" + "/wiki/**")
    expect(page.locator("article")).to_contain_text("처음 글")
    assert asked == []


def test_double_click_on_save_makes_one_revision(windows, writer, entry):
    page = editor(windows, writer, entry.get_absolute_url() + "edit/")
    page.locator("#w-body").fill("새 글")

    page.get_by_role("button", name="Save").dblclick()

    expect(page.locator("article")).to_have_text("새 글")
    entry.refresh_from_db()
    assert (entry.version, entry.revisions.count()) == (2, 2)


def test_double_click_on_save_makes_one_entry(windows, writer):
    page = editor(windows, writer)
    page.locator("#w-title").fill("새 글")
    page.locator("#w-body").fill("본문")

    page.get_by_role("button", name="Save").dblclick()

    expect(page.locator("article")).to_have_text("본문")
    assert Entry.objects.get().version == 1


def test_tools_write_marks_around_the_selection_and_can_be_undone(windows, writer):
    page = editor(windows, writer)
    body = page.locator("#w-body")
    body.fill("굵게")
    body.select_text()

    page.get_by_role("button", name="Bold").click()
    expect(body).to_have_value("**굵게**")
    page.keyboard.press("Control+z")

    expect(body).to_have_value("굵게")


def test_arrows_walk_through_the_tools(windows, writer):
    page = editor(windows, writer)
    tools = page.get_by_role("toolbar").get_by_role("button")

    tools.first.focus()
    page.keyboard.press("ArrowRight")
    expect(tools.nth(1)).to_be_focused()
    page.keyboard.press("End")
    expect(tools.last).to_be_focused()
    page.keyboard.press("Tab")

    expect(page.get_by_role("toolbar").locator(":focus")).to_have_count(0)


def test_refused_form_comes_back_with_its_text_and_a_way_to_the_field(windows, writer):
    make.entry("있는 글")
    page = editor(windows, writer)
    page.locator("#w-title").fill("있는 글")
    page.locator("#w-body").fill("내 글")

    page.get_by_role("button", name="Save").click()

    expect(page.get_by_role("alert")).to_contain_text("One thing has to change")
    expect(page.locator("#w-body")).to_have_value("내 글")
    page.get_by_role("alert").get_by_role("link", name="Title").click()
    expect(page.locator("#w-title")).to_be_focused()
