"""A writer whose session ends while they write: the text waits for them."""

import pytest
from playwright.sync_api import Page, expect

from tests import make, people
from tests.browser.test_conflict import save, write
from tests.browser.windows import Look
from wiki.models import Entry

BODY = "# 준비\n\n서버를 고른다.\n\n# 배포\n\n태그를 단다.\n"
MINE = BODY.replace("태그를", "이름표를")
EN = Look(language="en")


@pytest.fixture
def entry(db) -> Entry:
    return make.entry("배포 절차", BODY)


def sign_in(page: Page, person, password: str = people.PASSWORD) -> None:
    page.get_by_label("Username").fill(person.username)
    page.get_by_label("Password").fill(password)
    page.locator("main form .btn.primary").click()


def session_ends(page: Page) -> None:
    page.context.clear_cookies()


@pytest.fixture(autouse=True)
def scripts_may_be_refused(windows):
    """What the editor's scripts ask for by themselves is refused meanwhile."""
    yield
    windows.problems[:] = [
        problem for problem in windows.problems if not problem.startswith("403 for ")
    ]


@pytest.mark.parametrize("has_script", [True, False], ids=["script", "plain"])
def test_text_is_back_in_its_form_after_signing_in(windows, writer, entry, has_script):
    page = windows.open(
        entry.get_absolute_url() + "edit/",
        person=writer,
        look=EN,
        java_script_enabled=has_script,
    )
    if has_script:
        write(page, MINE)
    else:
        page.locator("#w-body").fill(MINE)
    page.locator("#w-comment").fill("왜 그랬나")
    session_ends(page)
    save(page)
    expect(page.get_by_role("heading", level=1)).to_contain_text("You are signed out")
    expect(page.locator("#w-body")).to_have_value(MINE)

    page.get_by_role("button", name="Sign in and come back").click()
    sign_in(page, writer, "틀린 말")
    expect(page.locator("main")).to_contain_text("The name or the password")
    sign_in(page, writer)

    expect(page.locator("#w-body")).to_have_value(MINE)
    expect(page.locator("#w-comment")).to_have_value("왜 그랬나")
    assert Entry.objects.get().version == 1
    save(page)
    expect(page.locator("article")).to_contain_text("이름표를 단다.")
    assert Entry.objects.get().body == MINE


def test_signing_in_in_another_window_serves_as_well(windows, writer, entry):
    page = windows.open(entry.get_absolute_url() + "edit/", person=writer, look=EN)
    write(page, MINE)
    session_ends(page)
    save(page)
    with page.expect_popup() as opened:
        page.get_by_role("link", name="Sign in (new window)").click()
    sign_in(opened.value, writer)
    expect(opened.value.locator("h1")).to_be_visible()

    # The token is as old as the session was: the form comes once more.
    save(page)
    expect(page.get_by_role("heading", level=1)).to_contain_text("too old")
    expect(page.locator("#w-body")).to_have_value(MINE)
    save(page)

    expect(page.locator("article")).to_contain_text("이름표를 단다.")


def test_choices_of_a_conflict_wait_too(windows, writer, entry):
    page = windows.open(entry.get_absolute_url() + "edit/", person=writer, look=EN)
    make.edit(entry, BODY.replace("태그를", "남의 표를"))
    write(page, MINE)
    save(page)
    page.locator(".clash textarea").fill("우리 표를 단다.\n")
    session_ends(page)
    save(page)
    expect(page.get_by_role("heading", level=1)).to_contain_text("You are signed out")

    page.get_by_role("button", name="Sign in and come back").click()
    sign_in(page, writer)

    expect(page.locator(".clash textarea")).to_have_value("우리 표를 단다.\n")
    expect(page.get_by_label("My own")).to_be_checked()
    save(page)
    expect(page.locator("article")).to_contain_text("우리 표를 단다.")
