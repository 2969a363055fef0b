"""Two people in one entry at the same time, each in a window of their own."""

import pytest
from playwright.sync_api import Page, expect

from tests import make
from tests.browser.windows import Look

EN = Look(language="en")
BODY = (
    "# 준비\n\n서버를 고른다.\n\n# 배포\n\n태그를 단다.\n\n# 되돌리기\n\n이전 태그로.\n"
)


@pytest.fixture
def entry(db):
    return make.entry("배포 절차", BODY)


@pytest.fixture
def two_editors(windows, writer, other_writer, entry):
    """The editors of the two writers, opened on the same revision."""
    path = entry.get_absolute_url() + "edit/"
    return tuple(
        windows.open(path, person=person, look=EN) for person in (writer, other_writer)
    )


def replace(page: Page, old: str, new: str) -> None:
    source = page.locator("#w-body")
    source.fill(source.input_value().replace(old, new))


def save(page: Page) -> None:
    page.locator(".save-bar .btn.primary").click()


def test_changes_in_different_places_join_without_a_question(two_editors, entry):
    first, second = two_editors
    replace(first, "서버를 고른다", "서버를 셋 고른다")
    replace(second, "이전 태그로", "어제의 태그로")

    save(first)
    expect(first.locator("article")).to_contain_text("서버를 셋 고른다")
    save(second)

    expect(second.get_by_role("status")).to_contain_text("together with what others")
    expect(second.locator("article")).to_contain_text("서버를 셋 고른다")
    expect(second.locator("article")).to_contain_text("어제의 태그로")
    second.get_by_role("link", name="See all that changed").click()
    expect(second.locator(".diff ins").first).to_be_visible()


def test_changes_of_the_same_place_show_both_and_can_be_joined(two_editors, entry):
    first, second = two_editors
    replace(first, "태그를 단다.", "태그를 달고 알린다.")
    replace(second, "태그를 단다.", "태그를 두 번 단다.")
    save(first)
    expect(first.locator("article")).to_contain_text("알린다")

    save(second)
    clash = second.locator(".clash")
    expect(second.get_by_role("heading", level=1)).to_contain_text("A newer revision")
    expect(second.locator("main")).to_contain_text("Your text is safe")
    expect(clash.locator(".theirs .txt")).to_contain_text("알린다")
    expect(clash.locator(".mine .txt")).to_contain_text("두 번")
    expect(second.locator("#w-body")).to_have_value(
        BODY.replace("태그를 단다.", "태그를 두 번 단다.")
    )
    replace(second, "태그를 두 번 단다.", "태그를 두 번 달고 알린다.")
    save(second)

    expect(second.locator("article")).to_contain_text("태그를 두 번 달고 알린다.")
    entry.refresh_from_db()
    assert entry.version == 3


def test_text_in_conflict_is_kept_from_being_lost(two_editors):
    first, second = two_editors
    replace(first, "태그를 단다.", "하나")
    replace(second, "태그를 단다.", "둘")
    save(first)
    expect(first.locator("article")).to_contain_text("하나")
    save(second)
    second.wait_for_load_state()
    asked = []
    second.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))

    with second.expect_download() as downloading:
        second.locator("button[value=download]").first.click()
    assert asked == []
    with second.expect_event("dialog"):
        second.locator(".save-bar a").click()

    assert asked == ["beforeunload"]
    assert downloading.value.suggested_filename == "배포-절차.md"
    sent = downloading.value.path().read_text()
    assert sent == BODY.replace("태그를 단다.", "둘")


def test_entry_that_was_deleted_meanwhile_leaves_the_text_to_its_writer(
    two_editors, entry
):
    _, second = two_editors
    make.deleted(entry)
    replace(second, "태그를 단다.", "둘")

    save(second)
    expect(second.locator("#w-body")).to_have_value(BODY.replace("태그를 단다.", "둘"))
    save(second)

    expect(second.locator("article")).to_contain_text("둘")
    assert second.url.endswith("-2/")
