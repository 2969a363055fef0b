"""Recent changes: narrowed, kept so, unfolded; by keyboard and without script."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from tests import make
from tests.browser.windows import NARROW, Look, accessibility_problems
from wiki.models import Revision

EN = Look(language="en")


@pytest.fixture
def changes(db, other_writer):
    entry = make.entry("배포 절차", "글" * 2000, tags=["CI"], by=other_writer)
    Revision.objects.update(created_at=timezone.now() - timedelta(days=2))
    make.edit(entry, "짧게", by=other_writer, comment="줄임")
    make.edit(entry, "조금 길게", by="도윤", comment="늘림")
    make.entry("남의 글", by="도윤")
    make.imported(*(f"수입 {number}" for number in range(12)))


def titles(page) -> list[str]:
    return page.locator(".chg .ttl").all_text_contents()


def test_one_person_is_chosen_by_typing(windows, changes, other_writer):
    page = windows.open("/recent/", look=EN)
    assert titles(page) == ["12 notes", "남의 글", "배포 절차", "배포 절차"]

    person = page.get_by_label("Person")
    assert person.bounding_box()["width"] > 100
    person.fill("도윤")
    page.keyboard.press("Enter")

    expect(page.locator(".chg .ttl")).to_have_count(2)
    assert titles(page) == ["남의 글", "배포 절차"]
    expect(page.get_by_label("Person")).to_have_value("도윤")


def test_edits_unfold_by_keyboard(windows, changes):
    page = windows.open("/recent/", look=EN)
    summary = page.locator("summary", has_text="2 edits")
    expect(page.get_by_text("much shorter").first).to_be_visible()

    summary.focus()
    page.keyboard.press("Enter")

    edits = page.locator("details[open] .branch > li")
    expect(edits).to_have_count(2)
    expect(edits.nth(1)).to_contain_text("much shorter")
    edits.nth(1).get_by_role("link").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("r1 and r2")


def test_filters_are_kept_and_dropped(windows, writer, changes):
    page = windows.open("/recent/", person=writer, look=EN)
    page.locator("#w-tag").select_option("ci")
    page.get_by_role("button", name="Apply").click()
    page.get_by_role("button", name="Keep these filters").click()

    expect(page.get_by_role("status")).to_contain_text("from now on")
    expect(page.locator(".badge", has_text="Your filters")).to_be_visible()
    assert set(titles(page)) == {"배포 절차"}
    page.get_by_role("link", name="All recent changes").click()
    expect(page.locator(".chg .ttl").first).to_have_text("12 notes")
    page.get_by_role("link", name="Your filters").click()
    expect(page.locator(".chg .ttl").first).to_have_text("배포 절차")
    page.get_by_role("button", name="Keep them no longer").click()
    expect(page.locator(".chg .ttl").first).to_have_text("12 notes")


@pytest.mark.parametrize(
    "look", [Look(language="ko"), Look(*NARROW, "dark", "en")], ids=str
)
def test_the_page_with_kept_filters_is_for_everyone(windows, writer, changes, look):
    page = windows.open("/recent/?tag=ci&days=30", person=writer, look=look)
    page.locator("button[value=keep]").click()
    expect(page.locator("button[value=drop]")).to_be_visible()

    assert accessibility_problems(page) == []
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= look.width


def test_without_script_too(windows, writer, changes):
    page = windows.open("/recent/", person=writer, look=EN, java_script_enabled=False)
    page.get_by_label("Person").fill("도윤")
    page.get_by_role("button", name="Apply").click()
    assert titles(page) == ["남의 글", "배포 절차"]

    page.get_by_role("button", name="Keep these filters").click()

    assert titles(page) == ["남의 글", "배포 절차"]


def test_a_note_by_chance_from_any_page(windows, db):
    make.entry("하나뿐인 글")
    page = windows.open("/tags/", look=EN)

    page.get_by_role("link", name="A note by chance").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("하나뿐인 글")


def test_home_tells_numbers_of_the_day(windows, changes):
    page = windows.open("/", look=EN)

    numbers = page.locator("section", has=page.locator("#w-h-numbers"))
    expect(numbers).to_contain_text("3 edits, 2 people, 1 new note")
