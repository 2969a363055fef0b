"""What became of an entry: compared, taken back, renamed, deleted, brought back."""

import pytest
from playwright.sync_api import Locator, Page, expect

from tests import make
from tests.browser.windows import Look
from wiki.models import Entry

EN = Look(language="en")


@pytest.fixture
def path(db):
    entry = make.entry("배포 절차", "# 순서\n\n서버에 한 번에 올린다.\n", tags=["CI"])
    entry = make.edit(entry, "# 순서\n\n서버에 두 번에 올린다.\n", comment="나눔")
    entry = make.edit(
        entry, "# 순서\n\n서버에 천천히 올린다.\n\n끝.\n", tags=["CI", "배포"]
    )
    return entry.get_absolute_url()


def test_two_chosen_revisions_are_compared(windows, path):
    page = windows.open(path + "history/", look=EN)

    row(page, 1, "old").check()
    row(page, 3, "new").check()
    page.locator("[data-history] .btn.primary").click()

    expect(page.locator(".rev-card a").first).to_have_text("r1")
    expect(page.locator(".rev-card.new a").first).to_have_text("r3")
    expect(page.locator(".diff del").first).to_have_text("한 번에")
    expect(page.locator(".diff ins").first).to_have_text("천천히")
    expect(page.locator(".diff-tags ins")).to_have_text("배포")
    page.locator(".seg a[href*=unified]").click()
    expect(page.locator(".diff .add").filter(has_text="끝.")).to_be_visible()


def test_old_revision_cannot_be_chosen_above_the_new_one(windows, path):
    page = windows.open(path + "history/", look=EN)

    expect(row(page, 2, "old")).to_be_checked()
    expect(row(page, 2, "new")).to_be_disabled()
    row(page, 1, "old").check()
    row(page, 2, "new").check()

    expect(row(page, 2, "old")).to_be_disabled()
    expect(row(page, 1, "old")).to_be_checked()


def test_going_back_makes_a_new_revision(windows, writer, path):
    page = windows.open(path + "history/", person=writer, look=EN)

    page.locator(".hist a[href$='/revert/1/']").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("r1")
    page.locator("main form .btn.primary").click()

    expect(page.get_by_role("status")).to_be_visible()
    expect(page.locator("article")).to_contain_text("한 번에 올린다")
    page.locator(".acts a[href$='/history/']").click()
    expect(page.locator(".hist > li")).to_have_count(4)


def test_renamed_entry_is_found_at_both_addresses(windows, writer, path):
    page = windows.open(path, person=writer, look=EN)
    page.locator("main details.menu > summary").click()
    page.locator("main a[href$='/rename/']").click()

    page.locator("#w-title").fill("올리는 순서 🚀")
    page.locator("main form .btn.primary").click()

    heading = page.get_by_role("heading", level=1)
    expect(heading).to_contain_text("올리는 순서 🚀")
    address = page.url
    page.goto(path)
    expect(heading).to_contain_text("올리는 순서 🚀")
    assert page.url == address


def test_deleted_entry_is_brought_back_from_the_message(windows, writer, path):
    page = windows.open(path, person=writer, look=EN)
    page.locator("main details.menu > summary").click()
    page.locator("main a[href$='/delete/']").click()

    page.locator("main form .btn.danger").click()
    expect(page.get_by_role("status")).to_contain_text("배포 절차")
    assert not Entry.objects.live().exists()
    page.get_by_role("status").get_by_role("link").click()
    page.locator("main form .btn.primary").click()

    expect(page.locator("article")).to_contain_text("천천히 올린다")
    assert Entry.objects.live().exists()


def test_old_revision_says_so_and_leads_to_the_newest(windows, path):
    page = windows.open(path + "history/2/", look=EN)

    expect(page.locator("main .note.warn")).to_contain_text("r2")
    expect(page.locator("article")).to_contain_text("두 번에 올린다")
    page.locator(".note a").first.click()

    expect(page.locator("article")).to_contain_text("천천히 올린다")


SECTION = "## 설치\n\n서버에 도커를 먼저 설치한다.\n그다음 설정 파일을 옮긴다.\n\n"
REST = "".join(f"{n}번째로 할 일을 적은 줄이다.\n\n" for n in range(40))


@pytest.fixture
def moved(db):
    entry = make.edit(make.entry("옮긴 글", SECTION + REST), REST + SECTION)
    return entry.get_absolute_url()


def test_both_places_of_a_moved_block_lead_to_each_other(windows, moved):
    page = windows.open(moved + "diff/", look=EN)

    page.get_by_role("link", name="moved to line 81").click()
    there = page.get_by_role("link", name="moved from line 1", exact=True)
    expect(there).to_be_in_viewport()
    there.click()

    expect(page.get_by_role("link", name="moved to line 81")).to_be_in_viewport()
    assert page.url.endswith("#w-m1")


def test_added_and_removed_are_told_apart_without_colour(windows, path):
    page = windows.open(path + "diff/?old=1&new=3", look=EN)

    removed, added = (page.locator(f".dc.{kind}").first for kind in ("del", "add"))
    expect(removed.locator(".sg")).to_have_text("−")
    expect(added.locator(".sg")).to_have_text("+")
    assert "Removed line:" in removed.inner_text()
    assert "Added line:" in added.inner_text()
    line = "node => getComputedStyle(node).textDecorationLine"
    assert page.locator(".dc ins").first.evaluate(line) == "underline"
    assert page.locator(".dc del").first.evaluate(line) == "line-through"


def test_read_text_is_compared_on_a_small_screen_too(windows, moved):
    page = windows.open(
        moved + "diff/?view=rendered", look=Look(390, 844, language="en")
    )

    expect(page.locator(".marked h3 ins").first).to_have_text("설치")
    expect(page.locator(".marked h3 del").first).to_have_text("설치")
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= 390


def test_side_by_side_is_for_wide_windows(windows, path):
    page = windows.open(path + "diff/?old=1&new=3", look=EN)
    row_of = page.locator(".dl:has(.del):has(.add)").first

    def tops():
        boxes = [row_of.locator(f".{kind}").bounding_box() for kind in ("del", "add")]
        return [box["y"] for box in boxes]

    old, new = tops()
    assert old == new
    page.set_viewport_size({"width": 390, "height": 844})
    old, new = tops()
    assert old < new


def test_one_change_in_the_middle_is_undone(windows, writer, db):
    text = "첫째 줄이다\n\n둘째 줄이다\n\n셋째 줄이다\n"
    entry = make.edit(make.entry("배포", text), text.replace("둘째", "다음"))
    entry = make.edit(entry, entry.body.replace("셋째", "마지막"))
    address = entry.get_absolute_url()
    page = windows.open(address + "diff/?old=1&new=2", person=writer, look=EN)

    page.get_by_role("link", name="Undo this change").click()
    expect(page.locator(".diff del")).to_have_text("다음")
    page.locator("main form .btn.primary").click()

    expect(page.get_by_role("status")).to_contain_text("r2")
    expect(page.locator("article")).to_contain_text("둘째 줄이다")
    expect(page.locator("article")).to_contain_text("마지막 줄이다")


def test_what_changed_since_is_joined_and_nothing_is_lost(windows, writer, db):
    entry = make.entry("배포", "하나를 올린다.\n")
    entry = make.edit(entry, "둘을 올린다.\n")
    entry = make.edit(entry, "셋을 올린다.\n")
    address = entry.get_absolute_url()
    page = windows.open(address + "undo/2/", person=writer, look=EN)

    page.locator("main form .btn.primary").click()
    expect(page.locator("main")).to_contain_text("하나를 올린다.")
    expect(page.locator("main")).to_contain_text("셋을 올린다.")
    page.locator("main input[type=radio][value=mine]").first.check()
    page.locator("main [name=do][value=join]").click()

    expect(page.locator("article")).to_contain_text("하나를 올린다.")
    assert Entry.objects.get().version == 4


def test_line_is_followed_back_to_the_text_before_it(windows, path):
    page = windows.open(path + "history/", look=EN)

    page.get_by_role("link", name="Blame").click()
    line = page.locator(".blame > li").filter(has_text="천천히")
    expect(line.get_by_role("link", name="r3")).to_be_visible()
    line.get_by_role("link", name="The text before revision 3").click()

    expect(page.locator(".blame .lines li").nth(2)).to_have_text(
        "서버에 두 번에 올린다."
    )
    page.get_by_role("link", name="To the current text").click()
    page.get_by_role("link", name="Ignore blanks").click()
    expect(page.locator(".blame .lines li")).to_have_count(5)


@pytest.mark.parametrize("has_script", [True, False])
def test_curator_hides_a_revision_from_all_others(windows, path, curator, has_script):
    page = windows.open(
        path + "history/", person=curator, look=EN, java_script_enabled=has_script
    )

    page.get_by_role("link", name="Hide revision 2").click()
    page.get_by_label("Reason").fill("개인 정보")
    page.locator("main form .btn.danger").click()

    expect(page.get_by_role("status")).to_contain_text("Revision 2 is out of sight.")
    visitors = windows.open(path + "history/", look=EN)
    expect(visitors.locator("#w-r2")).to_contain_text("개인 정보")
    expect(visitors.locator("#w-r2 a")).to_have_count(0)
    page.get_by_role("link", name="Show revision 2 again").click()
    page.get_by_label("Reason").fill("잘못")
    page.locator("main form .btn.primary").click()
    visitors.reload()
    expect(visitors.locator("#w-r2")).to_contain_text("나눔")


def row(page: Page, number: int, side: str) -> Locator:
    """The radio that chooses a revision as the old or the new one."""
    return page.locator(f".hist input[name={side}][value='{number}']")
