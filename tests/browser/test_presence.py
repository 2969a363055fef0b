"""Two people at one note: each hears of the other, and of what was saved meanwhile."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests import make
from tests.browser.windows import Look, accessibility_problems
from wiki.models import Presence
from wiki.views import presence

EN = Look(language="en")
EDIT = "/wiki/배포-절차/edit/"


@pytest.fixture
def entry(db):
    return make.entry("배포 절차", "처음\n\n# 준비\n\n글\n\n# 되돌리기\n\n글\n")


@pytest.fixture
def often(monkeypatch):
    """Beats twice a second, and gone after two."""
    monkeypatch.setattr(presence, "BEAT_SECONDS", 0.5)
    monkeypatch.setattr(presence, "GONE_SECONDS", 2)


def others(page: Page):
    return page.locator(".presence li")


def test_two_editors_see_each_other_come_and_go(
    windows, writer, other_writer, entry, often
):
    mine = windows.open(EDIT, person=writer, look=EN)
    expect(others(mine)).to_have_count(0)

    theirs = windows.open(EDIT, person=other_writer, look=EN)

    expect(others(mine)).to_contain_text("지현 has been editing since")
    expect(others(theirs)).to_contain_text("민수 has been editing since")
    expect(mine.locator("[data-presence-says]")).to_have_text(
        "지현 is editing this note too."
    )
    assert accessibility_problems(mine) == []

    theirs.goto("/recent/")

    expect(others(mine)).to_have_count(0)
    expect(mine.locator(".presence ul")).to_be_hidden()


def test_the_section_is_told_and_shown_on_the_entry(
    windows, writer, other_writer, entry, often
):
    theirs = windows.open(EDIT, person=other_writer, look=EN)
    theirs.locator(".cm-content").click()
    theirs.keyboard.press("Control+End")
    theirs.keyboard.insert_text("더 쓴 말")
    mine = windows.open(EDIT, person=writer, look=EN)

    expect(others(mine)).to_contain_text("지현 has been editing 되돌리기 since")
    mine.goto("/wiki/배포-절차/")
    expect(others(mine)).to_contain_text("지현 has been editing 되돌리기 since")
    visitor = windows.open("/wiki/배포-절차/", look=EN)
    expect(visitor.locator(".presence")).to_have_count(0)


def test_who_vanishes_is_gone_soon(windows, writer, other_writer, entry, often):
    mine = windows.open(EDIT, person=writer, look=EN)
    theirs = windows.open(EDIT, person=other_writer, look=EN)
    expect(others(mine)).to_have_count(1)

    # As when a battery is empty: nothing is said.
    theirs.context.set_offline(True)
    theirs.close(run_before_unload=False)

    expect(others(mine)).to_have_count(0)
    windows.problems[:] = [one for one in windows.problems if "ERR_INTERNET" not in one]


def test_a_newer_revision_is_told_while_one_types(
    windows, writer, other_writer, entry, often
):
    page = windows.open(EDIT, person=writer, look=EN)
    expect(page.locator("[data-newer]")).to_be_hidden()
    place = page.locator(".pane.write").bounding_box()

    make.edit(entry, "처음 고침\n\n# 준비\n\n글\n\n# 되돌리기\n\n글\n", by=other_writer)

    notice = page.locator("[data-newer]")
    expect(notice).to_contain_text("Revision 2 was saved meanwhile, by 지현")
    expect(notice.get_by_role("link")).to_have_attribute(
        "href", re.compile(r"/diff/\?old=1&new=2$")
    )
    expect(page.locator("[data-presence-says]")).to_contain_text("Revision 2")
    # The text stays where it is.
    assert page.locator(".pane.write").bounding_box() == place
    assert accessibility_problems(page) == []


def test_an_editor_that_lost_its_right_is_told(windows, writer, entry, often):
    page = windows.open(EDIT, person=writer, look=EN)
    with page.expect_response("**/presence/"):
        pass

    type(entry).objects.update(protection="curators")

    expect(page.locator("[data-newer]")).to_contain_text("You may not change this note")
    windows.problems[:] = [one for one in windows.problems if "403" not in one]


def test_beats_are_twenty_seconds_apart(windows, writer, entry):
    page = windows.open(person=writer, look=EN)
    page.clock.install(time="2026-01-01T00:00:00Z")
    with page.expect_response("**/presence/"):
        page.goto(EDIT)
    with page.expect_response("**/presence/"):
        page.clock.pause_at("2026-01-01T01:00:00Z")
    asked = []
    page.on("request", lambda r: asked.append(r.url) if "/presence/" in r.url else 0)

    for _ in range(2):
        with page.expect_response("**/presence/"):
            page.clock.run_for(20_000)

    assert len(asked) == 2
    assert Presence.objects.count() == 1
    page.clock.resume()
