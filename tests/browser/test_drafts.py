"""Drafts in a browser: kept after a rest, offered after a crash, and while offline."""

import re

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import Error, Page, expect

from tests import make
from tests.browser.composing import Composer
from tests.browser.windows import Look, accessibility_problems
from wiki.models import Draft, Entry

EN = Look(language="en")
REST_MS = 5000
OFFLINE = "net::ERR_INTERNET_DISCONNECTED"


@pytest.fixture
def entry(db):
    return make.entry("배포 절차", "# 준비\n\n처음 글\n", tags=["CI"])


def open_editor(windows, person, path, *, hurried=True) -> Page:
    """An editor; its script waits a moment only, unless it is not to be hurried."""
    page = windows.open(person=person, look=EN)
    if hurried:
        hurry(page)
    page.goto(path)
    return page


def hurry(page: Page) -> None:
    page.route(
        "**/*",
        lambda route: (
            route.fallback()
            if route.request.resource_type != "document"
            else fulfil_hurried(route)
        ),
    )


def fulfil_hurried(route) -> None:
    answer = route.fetch(max_redirects=0)
    body = answer.text().replace('data-rest="5"', 'data-rest="0.1"')
    route.fulfill(response=answer, body=body)


def crash(page: Page) -> None:
    """Ends the tab without a word: no script of it hears of it."""
    with pytest.raises(Error):
        page.goto("chrome://crash")
    page.close()


def type_at_end(page: Page, text: str) -> None:
    source = page.locator(".cm-content")
    source.click()
    page.keyboard.press("Control+End")
    page.keyboard.insert_text(text)


def status(page: Page):
    return page.locator("[data-drafts]")


def test_a_draft_is_kept_five_seconds_after_a_change(windows, writer, entry):
    page = windows.open(person=writer, look=EN)
    page.clock.install(time="2026-01-01T00:00:00Z")
    page.goto("/wiki/배포-절차/edit/")
    page.clock.pause_at("2026-01-01T01:00:00Z")
    asked = []
    page.on("request", lambda r: asked.append(r.url) if "/drafts/" in r.url else 0)

    type_at_end(page, "더 쓴 말")
    page.clock.run_for(REST_MS - 500)
    assert asked == []
    page.clock.run_for(600)

    expect(status(page)).to_have_text(re.compile(r"Draft kept \d\d:\d\d"))
    assert Draft.objects.get().body == "# 준비\n\n처음 글\n더 쓴 말"
    # Nothing changed: nothing is sent, and nothing is said.
    page.clock.run_for(4 * REST_MS)
    assert len(asked) == 1
    assert page.locator("[data-drafts-says]").inner_text().startswith("Draft kept")
    page.clock.resume()


def test_no_half_syllable_is_kept(windows, writer, entry):
    page = windows.open(person=writer, look=EN)
    page.clock.install(time="2026-01-01T00:00:00Z")
    page.goto("/new/")
    page.clock.pause_at("2026-01-01T01:00:00Z")
    page.locator("#w-title").focus()
    composer = Composer(page)

    composer.compose("ㅎ", "하", "한")
    page.clock.run_for(3 * REST_MS)
    assert not Draft.objects.exists()
    composer.commit("한")
    page.clock.run_for(REST_MS)

    expect(status(page)).to_have_text(re.compile("Draft kept"))
    assert Draft.objects.get().title == "한"
    page.clock.resume()


def test_after_a_crash_the_draft_is_offered_with_its_base(
    windows, writer, other_writer, entry
):
    page = open_editor(windows, writer, "/wiki/배포-절차/edit/")
    type_at_end(page, "내가 쓴 말\n")
    expect(status(page)).to_have_text(re.compile("Draft kept"))

    crash(page)
    make.edit(entry, "# 준비 남이 고침\n\n처음 글\n", by=other_writer)
    page = windows.open("/wiki/배포-절차/edit/", person=writer, look=EN)

    offer = page.locator(".draft-offer")
    expect(offer).to_contain_text("begun on revision 1")
    expect(offer).to_contain_text("revision 2, by 지현")
    # Else the bars that stay in sight hide a part of what stands below them.
    page.set_viewport_size({"width": 1280, "height": 2400})
    assert accessibility_problems(page) == []
    offer.get_by_role("link", name="What differs").click()
    expect(page.locator(".diff")).to_contain_text("내가 쓴 말")
    page.get_by_role("link", name="Take it up again").click()
    expect(page.locator("#w-body")).to_have_value("# 준비\n\n처음 글\n내가 쓴 말\n")
    page.get_by_role("button", name="Save").click()

    page.wait_for_url("**/wiki/*/")
    entry.refresh_from_db()
    assert entry.body == "# 준비 남이 고침\n\n처음 글\n내가 쓴 말\n"
    assert not Draft.objects.exists()


def test_a_page_that_is_hidden_keeps_at_once(windows, writer, entry):
    page = open_editor(windows, writer, "/wiki/배포-절차/edit/", hurried=False)
    type_at_end(page, "말")

    with page.expect_response("**/drafts/"):
        page.evaluate(
            """() => {
              Object.defineProperty(document, "visibilityState", {value: "hidden"});
              document.dispatchEvent(new Event("visibilitychange"));
            }"""
        )

    assert Draft.objects.get().body.endswith("말")


def test_a_page_that_is_left_keeps_what_was_typed(windows, writer, entry):
    page = open_editor(windows, writer, "/wiki/배포-절차/edit/", hurried=False)
    page.on("dialog", lambda dialog: dialog.accept())
    type_at_end(page, "말")

    page.goto("/recent/")
    wait_for_a_draft(page)
    page.goto("/drafts/")

    expect(page.get_by_role("main")).to_contain_text("배포 절차")
    assert Draft.objects.get().body.endswith("말")


def test_what_was_sent_on_leaving_is_offered_once(windows, writer, entry):
    page = open_editor(windows, writer, "/wiki/배포-절차/edit/", hurried=False)
    page.on("dialog", lambda dialog: dialog.accept())
    type_at_end(page, "말\n")

    page.goto("/recent/")
    wait_for_a_draft(page)
    page.goto("/")
    page.get_by_role("link", name="Take it up again").click()

    expect(page.locator("#w-body")).to_have_value(re.compile("말\n$"))
    expect(page.locator(".draft-offer")).to_have_count(1)
    expect_nothing_here(page)
    page.get_by_role("button", name="Save").click()
    page.wait_for_url("**/wiki/*/")
    assert not Draft.objects.exists()


def test_signed_out_meanwhile_the_text_stays_on_the_device(windows, writer, entry):
    page = open_editor(windows, writer, "/wiki/배포-절차/edit/")
    Session.objects.all().delete()
    type_at_end(page, "말")

    expect(status(page)).to_have_text(re.compile("Kept on this device only"))
    assert len(kept_here(page)) == 1
    # The preview is sent to sign in, and does not go.
    expected = ("403", "ERR_FAILED")
    windows.problems[:] = [
        one for one in windows.problems if not any(word in one for word in expected)
    ]


def test_a_note_that_is_gone_is_still_kept_while_it_is_written_on(
    windows, writer, entry
):
    page = open_editor(windows, writer, "/wiki/배포-절차/edit/")
    make.deleted(entry)
    type_at_end(page, "말")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("button", name="Save as a new note").wait_for()

    expect(status(page)).to_have_text(re.compile("Draft kept"))
    with page.expect_response("**/drafts/"):
        type_at_end(page, " 더")

    draft = Draft.objects.get()
    assert (draft.entry, draft.body) == (None, "# 준비\n\n처음 글\n말 더")
    windows.problems[:] = [one for one in windows.problems if "404" not in one]


def test_offline_the_text_stays_on_the_device_and_goes_on_later(windows, writer, entry):
    page = open_editor(windows, writer, "/wiki/배포-절차/edit/")
    page.context.set_offline(True)
    type_at_end(page, "바다 위에서")

    expect(status(page)).to_have_text(re.compile("Kept on this device only"))
    said = page.locator("[data-drafts-says]")
    expect(said).to_have_text(re.compile("Kept on this device only"))
    assert not Draft.objects.exists()
    page.context.set_offline(False)

    expect(status(page)).to_have_text(re.compile("Draft kept"))
    assert Draft.objects.get().body.endswith("바다 위에서")
    expect_nothing_here(page)
    windows.problems[:] = [one for one in windows.problems if OFFLINE not in one]


def test_what_crashed_while_offline_is_offered_by_the_next_editor(
    windows, writer, entry
):
    page = open_editor(windows, writer, "/wiki/배포-절차/edit/")
    context = page.context
    context.set_offline(True)
    type_at_end(page, "바다 위에서")
    expect(status(page)).to_have_text(re.compile("Kept on this device only"))
    crash(page)
    context.set_offline(False)

    page = context.new_page()
    page.goto("/wiki/배포-절차/edit/")

    offer = page.locator(".draft-offer")
    expect(offer).to_contain_text("begun on revision 1")
    expect_nothing_here(page)
    offer.get_by_role("link", name="Take it up again").click()
    expect(page.locator("#w-body")).to_have_value(re.compile("바다 위에서"))
    windows.problems[:] = [one for one in windows.problems if OFFLINE not in one]


def test_a_copy_is_never_offered_to_another_account(
    windows, writer, other_writer, entry
):
    page = open_editor(windows, writer, "/wiki/배포-절차/edit/")
    page.context.set_offline(True)
    type_at_end(page, "내 비밀")
    expect(status(page)).to_have_text(re.compile("Kept on this device only"))
    crash(page)
    page.context.set_offline(False)

    page.context.clear_cookies()
    page.context.add_cookies([windows._session_of(other_writer)])
    page = page.context.new_page()
    with page.expect_response("**/presence/"):
        page.goto("/wiki/배포-절차/edit/")

    expect(page.locator(".draft-offer")).to_have_count(0)
    assert "내 비밀" not in page.locator("#w-body").input_value()
    assert not Draft.objects.exists()
    windows.problems[:] = [one for one in windows.problems if OFFLINE not in one]


def test_a_save_leaves_nothing_behind(windows, writer, entry):
    page = open_editor(windows, writer, "/wiki/배포-절차/edit/", hurried=False)
    type_at_end(page, "말\n")
    page.get_by_role("button", name="Save").click()
    page.wait_for_url("**/wiki/*/")

    assert Entry.objects.get().version == 2
    page.goto("/wiki/배포-절차/edit/")

    expect(status(page)).to_have_text("")
    expect_nothing_here(page)
    assert not Draft.objects.exists()


def test_what_is_typed_after_a_save_that_was_stopped_is_kept(windows, writer, entry):
    page = open_editor(windows, writer, "/wiki/배포-절차/edit/")
    page.route("**/edit/", lambda route: route.abort("aborted"))
    type_at_end(page, "먼저")
    with page.expect_event("requestfailed", lambda sent: sent.method == "POST"):
        page.keyboard.press("Control+Enter")

    with page.expect_response("**/drafts/"):
        page.keyboard.insert_text(" 나중")

    expect(status(page)).to_have_text(re.compile("Draft kept"))
    assert Draft.objects.filter(body__endswith="먼저 나중").count() == 1
    expect_nothing_here(page)
    # Whoever leaves is asked again.
    asked = page.evaluate(
        """() => !window.dispatchEvent(new Event("beforeunload", {cancelable: true}))"""
    )
    assert asked
    windows.problems[:] = [one for one in windows.problems if "edit" not in one]


def test_one_copy_that_cannot_be_read_hides_no_other(windows, writer, entry):
    page = open_editor(windows, writer, "/wiki/배포-절차/edit/")
    page.context.set_offline(True)
    type_at_end(page, "바다 위에서")
    expect(status(page)).to_have_text(re.compile("Kept on this device only"))
    for_whom = page.locator("[data-drafts]").get_attribute("data-writer")
    page.evaluate(
        """(writer) => ["", "0", "{", "null", "{}"].forEach((text, at) =>
          localStorage.setItem(`notewiki-draft:${writer}:0${at}`, text))""",
        for_whom,
    )
    context = page.context
    crash(page)
    context.set_offline(False)

    page = context.new_page()
    page.goto("/wiki/배포-절차/edit/")

    expect(page.locator(".draft-offer")).to_contain_text("begun on revision 1")
    windows.problems[:] = [one for one in windows.problems if OFFLINE not in one]


def test_a_visitors_text_waits_on_the_device(windows, settings, entry):
    settings.WIKI_ANONYMOUS_EDIT = True
    page = open_editor(windows, None, "/wiki/배포-절차/edit/")
    type_at_end(page, "지나가다")
    expect(status(page)).to_have_text(re.compile("Kept on this device only"))
    context = page.context
    crash(page)

    page = context.new_page()
    page.goto("/wiki/배포-절차/edit/")
    notice = page.locator(".draft-offer")
    expect(notice).to_contain_text("on this device")
    expect(notice).to_contain_text("+4")
    notice.get_by_role("button", name="Put it into the form").click()

    expect(page.locator("#w-body")).to_have_value("# 준비\n\n처음 글\n지나가다")
    page.get_by_role("button", name="Save").click()
    page.wait_for_url("**/wiki/*/")
    entry.refresh_from_db()
    assert entry.body.endswith("지나가다")
    page.goto("/wiki/배포-절차/edit/")
    expect(page.locator(".draft-offer")).to_have_count(0)
    expect_nothing_here(page)


def test_without_a_script_a_button_keeps_the_draft(windows, writer, entry):
    page = windows.open(person=writer, look=EN, java_script_enabled=False)
    page.goto("/wiki/배포-절차/edit/")
    page.locator("#w-body").fill("고친 글")
    page.get_by_role("button", name="Keep as draft").click()

    expect(page.get_by_role("main")).to_contain_text("The draft is kept")
    page.get_by_role("link", name="Take up again").click()
    expect(page.locator("#w-body")).to_have_value("고친 글")
    page.get_by_role("link", name="What differs").click()
    page.get_by_role("button", name="Discard").click()
    expect(page.get_by_role("main")).to_contain_text("You have no drafts")


def wait_for_a_draft(page: Page) -> None:
    """What is sent on leaving comes in beside the next page."""
    page.wait_for_function(
        "fetch('/drafts/').then((a) => a.text()).then((t) => t.includes('?draft='))"
    )


def expect_nothing_here(page: Page) -> None:
    """Waits until the device keeps no copy: what lets go of it may come late."""
    page.wait_for_function(
        """() => !Object.keys(localStorage)
          .some((name) => name.startsWith("notewiki-draft"))"""
    )


def kept_here(page: Page) -> list[str]:
    return page.evaluate(
        "Object.keys(localStorage).filter((name) => name.startsWith('notewiki-draft'))"
    )
