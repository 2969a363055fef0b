"""The source pane: an editor over the text area, its suggestions and its preview."""

import json
from urllib.parse import parse_qs

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
from wiki.models import Entry

EN = Look(language="en")
REST_MS = 400
BODY = "# 준비\n\n처음 글\n"


@pytest.fixture
def entry(db):
    return make.entry("배포 절차", BODY, tags=["CI"])


def editor(windows, person, path="/new/", look=EN) -> Page:
    return windows.open(path, person=person, look=look)


def source(page: Page):
    return page.locator(".cm-content")


def suggestions(page: Page):
    return page.locator(".cm-tooltip-autocomplete").get_by_role("option")


def expect_suggestions(page: Page, *names: str) -> None:
    """Waits until these are offered, and keys are theirs.

    Just opened, the list takes no key: it was meant for the text.
    """
    expect(suggestions(page)).to_have_text(list(names))
    page.wait_for_timeout(100)


@pytest.fixture
def with_stopped_clock(windows, writer):
    """Opens an editor in which time passes only when told."""

    def open_stopped(path: str) -> Page:
        page = windows.open(person=writer, look=EN)
        page.clock.install(time="2026-01-01T00:00:00Z")
        page.goto(path)
        page.clock.pause_at("2026-01-01T01:00:00Z")
        return page

    return open_stopped


def put_in(page: Page, text: str, *select: int) -> None:
    """Asks for it as other scripts do."""
    page.locator("#w-body").evaluate(
        """(field, detail) => field.dispatchEvent(
            new CustomEvent("notewiki:insert", { detail, bubbles: true })
        )""",
        {"text": text, "select": select or None},
    )


# ── One text in two places ────────────────────────────────────────────────────


def test_what_is_typed_stands_in_the_text_area_and_is_saved(windows, writer):
    page = editor(windows, writer)
    page.locator("#w-title").fill("한글 🚀")

    source(page).click()
    page.keyboard.type("# 머리\n\n글 🚀")
    expect(page.locator("#w-body")).to_have_value("# 머리\n\n글 🚀")
    expect(page.locator("[data-count]")).to_contain_text("3")
    page.keyboard.press("Control+Enter")

    expect(page.locator("article")).to_contain_text("글 🚀")
    assert Entry.objects.get().body == "# 머리\n\n글 🚀"


def test_a_text_comes_back_as_it_was(windows, writer):
    body = "\n  앞뒤 빈칸 \n\n탭\t줄\u2028끝\n\n"
    entry = make.entry("그대로", body)
    page = editor(windows, writer, entry.get_absolute_url() + "edit/")

    page.locator("#w-comment").fill("그대로")
    expect(page.locator("#w-body")).to_have_value(body)
    source(page).press("Control+End")
    page.keyboard.type("x")
    page.keyboard.press("Control+Enter")

    expect(page.locator("article")).to_be_visible()
    entry.refresh_from_db()
    assert entry.body == body + "x"


def test_what_another_script_puts_into_the_text_area_is_shown_and_undone(
    windows, writer, entry
):
    page = editor(windows, writer, entry.get_absolute_url() + "edit/")
    source(page).press("Control+End")
    page.keyboard.type("더")

    page.locator("#w-body").evaluate(
        """(field) => {
            field.value = field.value.replace("처음", "나중");
            field.dispatchEvent(new Event("input", { bubbles: true }));
        }"""
    )
    expect(source(page)).to_contain_text("나중 글")
    # The cursor stands where it stood.
    source(page).focus()
    page.keyboard.type("!")
    expect(page.locator("#w-body")).to_have_value("# 준비\n\n나중 글\n더!")
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+z")

    expect(page.locator("#w-body")).to_have_value("# 준비\n\n처음 글\n더")


def test_what_was_typed_is_there_after_going_back(windows, writer, entry):
    page = editor(windows, writer, entry.get_absolute_url() + "edit/")
    page.on("dialog", lambda dialog: dialog.accept())
    source(page).press("Control+End")
    page.keyboard.type("안 저장한 글")

    page.goto("/tags/")
    page.go_back()

    expect(source(page)).to_contain_text("안 저장한 글")
    expect(page.locator("#w-body")).to_have_value(BODY + "안 저장한 글")
    source(page).click()
    with page.expect_event("dialog") as asked:
        page.get_by_role("link", name="Cancel").click()
    assert asked.value.type == "beforeunload"


def test_a_script_that_fails_leaves_the_text_area(windows, writer, entry):
    page = windows.open(person=writer, look=EN)
    page.add_init_script("delete Document.prototype.adoptedStyleSheets")
    page.goto(entry.get_absolute_url() + "edit/")

    field = page.get_by_role("textbox", name="Text (Markdown)")
    expect(field).to_have_value(BODY)
    field.select_text()
    page.get_by_role("button", name="Quotation").click()
    field.press("End")
    put_in(page, "끝")

    assert page.locator(".cm-editor").count() == 0
    expect(field).to_have_value("> # 준비\n> \n> 처음 글\n> 끝")


@pytest.mark.parametrize(
    "end, is_coloured", [("\n\n", True), ("\n", False), (" ", False)]
)
def test_a_text_of_a_mebibyte_is_edited_and_long_paragraphs_without_colours(
    windows, writer, end, is_coloured
):
    line = "긴 글의 한 줄이다. 이것저것 **굵게** 쓰고 [[연결]]한다." + end
    body = line * (1_000_000 // len(line.encode()))
    page = windows.open(person=writer, look=EN)
    page.route("**/preview/", lambda route: route.fulfill(body=""))
    page.goto("/new/")
    page.locator("#w-body").evaluate(
        """(field, body) => {
            field.value = body;
            field.dispatchEvent(new Event("input", { bubbles: true }));
        }""",
        body,
    )
    source(page).press("Control+Home")
    put_in(page, "가")

    expect(page.locator("#w-body")).to_have_value("가" + body)
    # Reading one paragraph takes longer the longer it is, by the square.
    coloured = page.locator(".cm-line span")
    assert (coloured.count() > 0) == is_coloured


# ── With the keyboard, by ear, and by every look ──────────────────────────────


def test_tab_leads_in_and_out(windows, writer, entry):
    page = editor(windows, writer, entry.get_absolute_url() + "edit/")
    field = source(page)

    page.get_by_role("toolbar").get_by_role("button").first.focus()
    page.keyboard.press("Tab")
    expect(field).to_be_focused()
    page.keyboard.press("Shift+Tab")
    expect(page.get_by_role("toolbar").locator(":focus")).to_have_count(1)
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")

    expect(page.locator("[data-preview]")).to_be_focused()
    expect(page.locator("#w-body")).to_have_value(BODY)


def test_its_label_and_links_to_a_mistake_lead_to_it(windows, writer):
    page = editor(windows, writer)
    page.locator("label[for=w-body]").click()
    expect(source(page)).to_be_focused()

    page.evaluate("document.querySelector('#w-title').focus()")
    page.evaluate("location.hash = '#w-body'")
    page.evaluate("document.querySelector('#w-body').focus()")

    expect(source(page)).to_be_focused()


def test_a_mistake_in_the_text_is_told_with_the_field(windows, writer):
    page = editor(windows, writer)
    page.locator("#w-title").fill("글")
    page.locator("#w-body").evaluate(
        "(field) => { field.form.noValidate = true; field.value = 'x\\0'; }"
    )
    page.locator("#w-body").dispatch_event("input")
    page.locator("#w-body").evaluate("(field) => field.form.requestSubmit()")
    page.wait_for_load_state()

    expect(source(page)).to_have_attribute("aria-invalid", "true")
    about = source(page).get_attribute("aria-describedby")
    expect(page.locator(f"#{about.split()[0]}")).to_contain_text("NUL")


@pytest.mark.parametrize("look", LOOKS, ids=str)
def test_editor_is_for_everyone(windows, writer, entry, look):
    page = editor(windows, writer, entry.get_absolute_url() + "edit/", look)
    source(page).press("Control+End")
    page.keyboard.type("**굵게** `코드` [글](https://example.org) > #\n- [ ] 일\n[[배")
    expect_suggestions(page, "배포 절차")

    assert accessibility_problems(page) == []
    assert unnamed_controls(page) == []
    assert sideways_scroll(page) == 0


def test_the_line_that_is_written_is_not_under_the_buttons(windows, writer):
    entry = make.entry("긴 글", "글\n\n" * 100)
    make.entry("가나")
    look = Look(390, 844, language="en")
    page = editor(windows, writer, entry.get_absolute_url() + "edit/", look)

    source(page).press("Control+End")
    page.keyboard.type("끝 [[가")

    expect_suggestions(page, "가나")
    bar = page.locator(".save-bar").bounding_box()
    line = page.locator(".cm-line").last.bounding_box()
    offered = suggestions(page).bounding_box()
    assert line["y"] + line["height"] <= bar["y"]
    assert offered["y"] + offered["height"] <= bar["y"]


# ── Tools ─────────────────────────────────────────────────────────────────────


def test_tools_are_steps_that_can_be_undone(windows, writer):
    page = editor(windows, writer)
    field = page.locator("#w-body")
    source(page).click()
    page.keyboard.type("하나\n둘")
    page.keyboard.press("Control+a")

    page.get_by_role("button", name="List", exact=True).click()
    expect(field).to_have_value("- 하나\n- 둘")
    expect(source(page)).to_be_focused()
    page.keyboard.press("Control+z")
    expect(field).to_have_value("하나\n둘")
    page.keyboard.press("Control+y")
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+End")
    page.get_by_role("button", name="Bold").click()
    page.keyboard.type("굵게")

    expect(field).to_have_value("하나\n둘**굵게**")


def test_shortcuts_work_also_where_the_keys_write_hangul(windows, writer):
    page = editor(windows, writer)
    field = page.locator("#w-body")
    source(page).click()

    page.keyboard.press("Control+b")
    page.keyboard.type("가")
    page.keyboard.press("End")
    source(page).dispatch_event(
        "keydown", {"key": "ㅑ", "code": "KeyI", "ctrlKey": True, "bubbles": True}
    )
    page.keyboard.type("나")
    expect(field).to_have_value("**가***나*")
    page.keyboard.press("End")
    page.keyboard.press("Control+Shift+K")

    expect(field).to_have_value("**가***나*[[]]")


def test_shortcuts_wait_for_the_end_of_a_composition(windows, writer):
    page = editor(windows, writer)
    composer = Composer(page)
    source(page).click()

    composer.compose("ㄱ", "그", "글")
    for key in ("b", "i"):
        source(page).dispatch_event(
            "keydown",
            {"key": key, "ctrlKey": True, "bubbles": True, "isComposing": True},
        )
    composer.commit("글")

    expect(page.locator("#w-body")).to_have_value("글")


def test_text_is_put_in_at_the_cursor_on_request(windows, writer):
    page = editor(windows, writer)
    source(page).click()
    page.keyboard.type("앞뒤")
    page.keyboard.press("ArrowLeft")

    put_in(page, "![그림](a.png)", 2, 4)
    expect(page.locator("#w-body")).to_have_value("앞![그림](a.png)뒤")
    page.keyboard.type("사진")

    expect(page.locator("#w-body")).to_have_value("앞![사진](a.png)뒤")


def test_lists_go_on_with_enter(windows, writer):
    page = editor(windows, writer)
    source(page).click()

    page.keyboard.type("- 하나\n둘")

    expect(page.locator("#w-body")).to_have_value("- 하나\n- 둘")


# ── Suggestions ───────────────────────────────────────────────────────────────


def test_titles_are_offered_after_two_brackets_and_taken_by_keyboard(windows, writer):
    for title in ("배포 절차", "배포", "무중단 배포", "롤백"):
        make.entry(title)
    page = editor(windows, writer)
    source(page).click()

    page.keyboard.type("보라: [[배포")
    expect_suggestions(page, "배포", "배포 절차", "무중단 배포")
    expect(source(page)).to_have_attribute("aria-autocomplete", "list")
    page.keyboard.press("ArrowDown")
    chosen = suggestions(page).nth(1)
    expect(chosen).to_have_attribute("aria-selected", "true")
    expect(source(page)).to_have_attribute(
        "aria-activedescendant", chosen.get_attribute("id")
    )
    page.keyboard.press("Enter")
    page.keyboard.type(" 끝")

    expect(page.locator("#w-body")).to_have_value("보라: [[배포 절차]] 끝")
    expect(suggestions(page)).to_have_count(0)
    page.keyboard.press("Tab")
    expect(source(page)).not_to_be_focused()


def test_an_enter_that_ends_a_composition_takes_no_suggestion(windows, writer):
    make.entry("배포 절차")
    page = editor(windows, writer)
    composer = Composer(page)
    source(page).click()
    page.keyboard.type("[[")
    composer.compose("ㅂ", "배")
    expect_suggestions(page, "배포 절차")

    composer.press_enter()
    composer.press_plain_enter()
    expect(page.locator("#w-body")).to_have_value("[[배")
    composer.commit("배")
    expect_suggestions(page, "배포 절차")
    page.keyboard.press("Enter")

    expect(page.locator("#w-body")).to_have_value("[[배포 절차]]")


def test_titles_that_would_break_a_link_are_linked_by_their_address(windows, writer):
    make.entry("값 [목록] | 표", aliases=("엑셀",))
    page = editor(windows, writer)
    page.get_by_role("button", name="Link to a note").click()

    page.keyboard.type("엑셀")
    expect(suggestions(page)).to_contain_text(["엑셀"])
    suggestions(page).click()

    slug = Entry.objects.get().slug
    expect(page.locator("#w-body")).to_have_value(f"[[{slug}|값 목록  표]]")
    expect(page.locator("[data-preview] a:not(.missing)")).to_have_count(1)


def test_tags_are_offered_after_a_number_sign_but_not_in_code(windows, writer):
    make.entry(tags=["CI CD", "C++", "커밋"])
    page = editor(windows, writer)
    field = page.locator("#w-body")
    source(page).click()

    page.keyboard.type("본다 #c")
    expect_suggestions(page, "CI-CD1")
    page.keyboard.press("Enter")
    expect(field).to_have_value("본다 #CI-CD")
    with page.expect_request("**/search/suggest**") as asked:
        page.keyboard.type("\n#커")
    expect_suggestions(page, "커밋1")
    page.keyboard.press("Escape")
    requests = []
    page.on("request", lambda request: requests.append(request.url))
    page.keyboard.type("\n`#커` ##커 a#커 #")
    page.wait_for_timeout(300)

    assert "kind=tag" in asked.value.url
    assert [url for url in requests if "suggest" in url] == []


def test_answers_that_come_late_are_not_offered(windows, writer):
    make.entry("배포")
    make.entry("백업")
    page = editor(windows, writer)
    waiting: list[Route] = []

    def hold_first(route: Route) -> None:
        if waiting:
            route.continue_()
        else:
            waiting.append(route)

    page.route("**/search/suggest**", hold_first)
    source(page).click()
    page.keyboard.type("[[배")
    page.wait_for_timeout(300)
    page.keyboard.type("포")
    expect_suggestions(page, "배포")
    waiting[0].fulfill(
        body=json.dumps({"results": [{"title": "백업", "slug": "백업"}]})
    )
    page.wait_for_timeout(100)

    expect_suggestions(page, "배포")


# ── Preview ───────────────────────────────────────────────────────────────────


def held_previews(page: Page) -> list[Route]:
    """The previews that the page asks for, each to be answered by the test."""
    held: list[Route] = []
    page.route("**/preview/", lambda route: held.append(route))
    return held


def ask_for_preview(page: Page, held: list[Route], *, after: int = REST_MS) -> Route:
    """Lets the clock run until a preview is asked for; gives what is to be answered."""
    known = len(held)
    page.clock.run_for(after)
    for _ in range(250):
        if len(held) > known:
            break
        page.wait_for_timeout(20)
    return held[known]


def content_of(route: Route) -> str:
    (content,) = parse_qs(route.request.post_data)["content"]
    return content


def test_an_answer_that_was_overtaken_is_dropped(windows, writer, with_stopped_clock):
    page = with_stopped_clock("/new/")
    held = held_previews(page)
    source(page).click()

    page.keyboard.insert_text("하나")
    ask_for_preview(page, held)
    page.keyboard.insert_text(" 둘")
    with page.expect_event("requestfailed") as overtaken:
        page.clock.run_for(REST_MS)
    expect(page.locator("[data-preview-status]")).to_have_text("drawing …")
    held[-1].fulfill(body="<p>하나 둘</p>", headers={"X-Preview-Links": "7"})

    expect(page.locator("[data-preview]")).to_have_text("하나 둘")
    expect(page.locator("[data-preview-status]")).to_contain_text("7")
    assert overtaken.value.failure == "net::ERR_ABORTED"
    assert [content_of(route) for route in held] == ["하나", "하나 둘"]


def test_a_preview_that_has_to_wait_is_asked_for_again_with_the_newest_text(
    windows, writer, with_stopped_clock
):
    page = with_stopped_clock("/new/")
    held = held_previews(page)
    composer = Composer(page)
    source(page).click()

    page.keyboard.insert_text("하나")
    first = ask_for_preview(page, held)
    with page.expect_response("**/preview/"):
        first.fulfill(status=429, headers={"Retry-After": "3"}, body="later")
    page.wait_for_timeout(100)
    page.clock.run_for(2900)
    assert len(held) == 1
    composer.compose("ㄷ", "두", "둘")
    page.clock.run_for(10_000)
    assert len(held) == 1, "not while a syllable is put together"
    composer.commit("둘")
    second = ask_for_preview(page, held)
    with page.expect_response("**/preview/"):
        second.fulfill(status=429, headers={"Retry-After": "1"}, body="later")
    page.wait_for_timeout(100)
    third = ask_for_preview(page, held, after=1000)
    third.fulfill(body="<p>하나둘</p>")

    expect(page.locator("[data-preview]")).to_have_text("하나둘")
    assert [content_of(route) for route in held] == ["하나", "하나둘", "하나둘"]
    windows.problems[:] = [each for each in windows.problems if "429" not in each]


def test_a_text_taken_back_to_what_is_shown_is_not_overwritten(with_stopped_clock):
    page = with_stopped_clock("/new/")
    held = held_previews(page)
    source(page).click()
    page.keyboard.insert_text("하나")
    first = ask_for_preview(page, held)
    first.fulfill(body="<p>하나</p>", headers={"X-Preview-Links": "7"})
    expect(page.locator("[data-preview]")).to_have_text("하나")

    page.keyboard.insert_text("둘")
    page.clock.run_for(REST_MS)
    page.keyboard.press("Backspace")
    with page.expect_event("requestfailed"):
        page.clock.run_for(REST_MS)

    expect(page.locator("[data-preview-status]")).to_contain_text("7")
    expect(page.locator("[data-preview]")).to_have_text("하나")
    assert len(held) == 2


def test_links_of_the_preview_lead_where_they_lead_from_the_entry(windows, writer):
    make.entry("회원 글", visibility="members")
    entry = make.entry("닫힌 글", "[[회원 글]]", visibility="members")

    page = editor(windows, writer, entry.get_absolute_url() + "edit/")

    link = page.locator("[data-preview]").get_by_role("link", name="회원 글")
    expect(link).to_have_attribute("href", "/wiki/%ED%9A%8C%EC%9B%90-%EA%B8%80/")
    assert accessibility_problems(page) == []


def test_pictures_without_a_description_are_named_and_marked(windows, writer):
    page = editor(windows, writer)
    source(page).click()

    page.keyboard.type("![](/static/a.png) ![그림](/static/a.png)")

    status = page.locator("[data-preview-status]")
    expect(status).to_contain_text("Pictures without a description 1")
    styles = page.locator("[data-preview] img").evaluate_all(
        "(all) => all.map((each) => getComputedStyle(each).outlineStyle)"
    )
    assert styles == ["dashed", "none"]
    windows.problems.clear()


def test_the_preview_keeps_its_place_while_it_is_drawn_anew(windows, writer):
    entry = make.entry("긴 글", "글\n\n" * 300)
    page = editor(windows, writer, entry.get_absolute_url() + "edit/")
    preview = page.locator("[data-preview]")
    expect(preview.locator("p")).to_have_count(300)
    preview.evaluate("(pane) => { pane.scrollTop = 500; }")

    source(page).press("Control+End")
    page.keyboard.type("끝")

    expect(preview.locator("p")).to_have_count(301)
    assert preview.evaluate("(pane) => pane.scrollTop") == 500


# ── Tags ──────────────────────────────────────────────────────────────────────


def test_tags_are_offered_while_typing_and_picked_by_keyboard(windows, writer):
    make.entry(tags=["배포", "배포 도구", "무중단 배포", "CI"])
    page = editor(windows, writer)
    tags = page.get_by_role("combobox", name="Tags")
    offered = page.get_by_role("listbox", name="Tags in use").get_by_role("option")
    chips = page.locator(".tag-input .tag")

    tags.press_sequentially("배포")
    expect(offered).to_have_count(3)
    expect(tags).to_have_attribute("aria-expanded", "true")
    assert accessibility_problems(page) == []
    tags.press("ArrowDown")
    tags.press("ArrowDown")
    expect(offered.nth(1)).to_have_attribute("aria-selected", "true")
    tags.press("Enter")
    expect(chips).to_have_text(["배포 도구"])
    tags.press_sequentially("C")
    offered.click()
    expect(chips).to_have_text(["배포 도구", "CI"])
    tags.press_sequentially("배포")
    expect(offered).to_have_count(3)
    tags.press("Escape")
    expect(offered).to_have_count(0)
    tags.press("Enter")

    expect(chips).to_have_text(["배포 도구", "CI", "배포"])
    expect(page.locator("input[name=tags]")).to_have_value("배포 도구, CI, 배포")
    assert page.url.endswith("/new/")


def test_an_enter_that_ends_a_composition_picks_no_tag(windows, writer):
    make.entry(tags=["배포"])
    page = editor(windows, writer)
    composer = Composer(page)
    offered = page.get_by_role("listbox", name="Tags in use").get_by_role("option")
    page.locator("#w-tags").focus()

    composer.compose("ㅂ", "배")
    expect(offered).to_have_count(1)
    composer.press_enter()
    composer.press_plain_enter()
    expect(page.locator(".tag-input .tag")).to_have_count(0)
    composer.commit("배")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")

    expect(page.locator(".tag-input .tag")).to_have_text(["배포"])


# ── An input method ───────────────────────────────────────────────────────────


def test_syllables_are_put_together_one_after_the_other(windows, writer):
    page = editor(windows, writer)
    composer = Composer(page)
    source(page).click()
    page.keyboard.type("- ")

    for states in (("ㅎ", "하", "한"), ("ㄱ", "그", "글")):
        composer.compose(*states)
        expect(page.locator("#w-body")).to_have_value(
            ("- 한" if states[0] == "ㄱ" else "- ") + states[-1]
        )
        composer.commit(states[-1])
    page.keyboard.press("Enter")
    composer.compose("ㅇ", "이")
    composer.commit("이")

    expect(page.locator("#w-body")).to_have_value("- 한글\n- 이")


def test_what_another_script_writes_waits_for_the_end_of_a_composition(
    windows, writer, entry
):
    page = editor(windows, writer, entry.get_absolute_url() + "edit/")
    composer = Composer(page)
    source(page).press("Control+End")

    composer.compose("ㅎ", "하", "한")
    page.locator("#w-body").evaluate(
        """(field) => {
            field.value = "# 앞\\n\\n" + field.value;
            field.dispatchEvent(new Event("input", { bubbles: true }));
        }"""
    )
    composer.commit("한")
    page.keyboard.type("글")

    expect(page.locator("#w-body")).to_have_value(f"# 앞\n\n{BODY}한글")


def test_a_letter_over_several_lines_takes_their_place(windows, writer, entry):
    page = editor(windows, writer, entry.get_absolute_url() + "edit/")
    source(page).press("Control+a")

    page.keyboard.type("한 글")

    # And nothing that the policy refuses; any window's console would fail the test.
    expect(page.locator("#w-body")).to_have_value("한 글")


def test_a_syllable_over_a_selection_takes_its_place(windows, writer, entry):
    page = editor(windows, writer, entry.get_absolute_url() + "edit/")
    composer = Composer(page)
    source(page).press("Control+a")

    composer.compose("ㅎ", "하", "한")
    composer.commit("한")

    expect(page.locator("#w-body")).to_have_value("한")
