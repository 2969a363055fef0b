"""The work lists as a member sees them: read, and mended with a click."""

import pytest
from playwright.sync_api import expect

from tests import make
from tests.browser.windows import (
    LOOKS,
    Look,
    accessibility_problems,
    sideways_scroll,
    unnamed_controls,
)
from wiki.models import Entry
from wiki.worklists.kinds import WORK_LISTS

EN = Look(language="en")
LONG = "이 글은 목록에 오르지 않을 만큼 넉넉히 길어서, 토막글이라고 할 수 없다."
VERY_LONG_NAME = "아주긴이름" * 12


@pytest.fixture
def _defects(db):
    """A wiki with one of every defect, some of them with very long names."""
    make.entry("Redis", f"{LONG}\n\n## 설치 방법\n", tags=["CI"])
    make.entry("redis (2)", f"{LONG} [[REDIS]] [[Redis#설치하는 방법]]", tags=["CI"])
    make.entry(VERY_LONG_NAME, "짧다")
    lost = f"![x](img/{VERY_LONG_NAME}.png)"
    make.entry("글", f"{LONG} [[{VERY_LONG_NAME}#{VERY_LONG_NAME}]] {lost}")
    make.entry("둘째", f"{LONG} 둘째. [[레디스 설정]] [[{VERY_LONG_NAME}들]]")
    make.entry("레디스  설정법", LONG)


@pytest.mark.usefixtures("_defects")
@pytest.mark.parametrize("look", LOOKS, ids=str)
def test_each_list_is_accessible_and_fits_its_window(windows, writer, look):
    page = windows.open("/health/", person=writer, look=look)
    found = [*accessibility_problems(page), *unnamed_controls(page)]
    assert sideways_scroll(page) == 0

    for name in WORK_LISTS:
        page.goto(f"/health/{name}/")
        expect(page.locator("li.work").first).to_be_visible()
        found += [*accessibility_problems(page), *unnamed_controls(page)]
        assert sideways_scroll(page) == 0, name

    assert found == []


@pytest.mark.usefixtures("_defects")
@pytest.mark.parametrize("with_script", [True, False])
def test_links_are_mended_with_a_click(windows, writer, with_script):
    page = windows.open(
        "/health/", person=writer, look=EN, java_script_enabled=with_script
    )
    page.get_by_role("link", name="Links in another spelling").click()

    page.get_by_role("button", name="Mend all on this page").click()

    expect(page.locator(".note.ok")).to_contain_text("1 note was changed")
    expect(page.locator(".empty")).to_be_visible()
    assert "[[Redis]]" in Entry.objects.get(slug="redis-2").body
    page.get_by_role("link", name="Work lists").last.click()
    page.get_by_role("link", name="Broken links").click()
    page.get_by_role("button", name="Link to “설치 방법”").click()
    expect(page.locator(".note.ok")).to_contain_text("1 note was changed")
    assert "[[Redis#설치 방법]]" in Entry.objects.get(slug="redis-2").body


@pytest.mark.usefixtures("_defects")
def test_a_tag_is_added_by_keyboard(windows, writer):
    page = windows.open("/health/untagged/", person=writer, look=EN)
    before = page.locator("li.work").count()

    page.get_by_label("Tags of 둘째").fill("캐시, 🚀")
    page.keyboard.press("Enter")

    expect(page.locator(".note.ok")).to_contain_text("둘째")
    expect(page.locator("li.work")).to_have_count(before - 1)


@pytest.mark.usefixtures("_defects")
def test_duplicates_are_seen_beside_each_other(windows, writer):
    page = windows.open("/health/duplicates/", person=writer, look=EN)

    page.get_by_role("link", name="Compare Redis and redis (2)").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Two notes compared")
    expect(page.locator(".diff")).to_be_visible()
    assert accessibility_problems(page) == []
