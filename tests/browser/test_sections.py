"""Editing one section, from the pencil beside its heading."""

import pytest
from playwright.sync_api import expect

from tests import make
from tests.browser.test_conflict import save, write
from tests.browser.windows import Look, sideways_scroll

BODY = "# 준비\n\n글\n\n## 크기 & 수\n\n두 대.\n\n> # 인용\n\n# 배포\n\n태그를 단다.\n"


@pytest.fixture
def entry(db):
    return make.entry("배포 절차", BODY)


@pytest.mark.parametrize("width", [1280, 390])
def test_a_section_is_edited_and_come_back_to(windows, writer, entry, width):
    page = windows.open(
        entry.get_absolute_url(), person=writer, look=Look(width, 844, language="en")
    )
    page.get_by_role("link", name="Edit this section: 크기 & 수").click()

    expect(page.locator("#w-body")).to_have_value(
        "## 크기 & 수\n\n두 대.\n\n> # 인용\n\n"
    )
    expect(page.locator("main")).to_contain_text("Only the section “크기 & 수”")
    assert sideways_scroll(page) == 0
    write(page, "## 크기 & 수\n\n세 대.")
    make.edit(entry, BODY.replace("태그를", "이름표를"))
    save(page)

    expect(page.locator("article")).to_contain_text("세 대.")
    expect(page.locator("article")).to_contain_text("이름표를 단다.")
    assert page.url.endswith("#%ED%81%AC%EA%B8%B0--%EC%88%98")


def test_what_is_no_section_has_no_way_to_edit_it(windows, writer, entry):
    path = entry.get_absolute_url()
    page = windows.open(path, person=writer, look=Look(language="en"))

    expect(page.locator("article a[href*='section=']")).to_have_count(3)
    visitor = windows.open(path)
    expect(visitor.locator("article a[href*='#']").first).to_be_attached()
    expect(visitor.locator("article a[href*='section=']")).to_have_count(0)
