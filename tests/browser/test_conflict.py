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


def write(page: Page, text: str) -> None:
    """The text in the editor, whichever of its two fields is shown."""
    page.locator("#w-body").evaluate(
        """(source, text) => {
            source.value = text;
            source.dispatchEvent(new Event("input", { bubbles: true }));
        }""",
        text,
    )


def replace(page: Page, old: str, new: str) -> None:
    write(page, page.locator("#w-body").input_value().replace(old, new))


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


@pytest.fixture
def in_conflict(two_editors):
    """The window of the second writer, whose two changes clash with the first's."""
    first, second = two_editors
    for page, who in ((first, "남이"), (second, "내가")):
        replace(page, "태그를 단다.", f"태그를 {who} 단다.")
        replace(page, "이전 태그로.", f"{who} 쓴 태그로.")
    save(first)
    expect(first.locator("article")).to_contain_text("남이 단다")
    save(second)
    expect(second.get_by_role("heading", level=1)).to_contain_text("A newer revision")
    second.wait_for_load_state()
    return second


def pick(page: Page, number: int, label: str) -> None:
    page.locator(f"#w-clash-{number}").get_by_label(label, exact=True).check()


def out(page: Page, number: int):
    return page.locator(f"#w-clash-{number} textarea")


def test_changes_of_the_same_place_show_both_and_can_be_joined(in_conflict, entry):
    page = in_conflict
    expect(page.locator("main")).to_contain_text("Your text is safe")
    expect(page.locator("#w-clash-1 .theirs .txt")).to_contain_text("남이")
    expect(page.locator("#w-clash-1 .mine .txt")).to_contain_text("내가")
    expect(page.locator(".clash input:checked")).to_have_count(0)
    both = "태그를 내가 단다.\n태그를 남이 단다.\n"
    expect(out(page, 1)).to_have_value(both)

    pick(page, 1, "Latest")
    expect(out(page, 1)).to_have_value("태그를 남이 단다.\n")
    expect(page.locator("#w-clash-1")).to_have_class("clash done")
    expect(page.locator(".save-bar .status")).to_have_text("1 of 2 chosen")
    out(page, 2).fill("우리가 쓴 태그로.\n")
    expect(page.locator("#w-clash-2").get_by_label("My own")).to_be_checked()
    save(page)

    expect(page.locator("article")).to_contain_text("우리가 쓴 태그로.")
    entry.refresh_from_db()
    assert entry.version == 3
    assert "태그를 남이 단다." in entry.body


def test_what_was_typed_comes_back_after_a_look_at_the_others(in_conflict):
    page = in_conflict
    out(page, 1).fill("우리 글\n")

    for label, text in [
        ("Mine", "태그를 내가 단다.\n"),
        ("Both", "태그를 내가 단다.\n태그를 남이 단다.\n"),
        ("My own", "우리 글\n"),
    ]:
        pick(page, 1, label)
        expect(out(page, 1)).to_have_value(text)


def test_an_open_place_is_led_to(in_conflict, entry):
    page = in_conflict
    pick(page, 1, "Mine")
    save(page)

    expect(page.get_by_role("alert")).to_contain_text("1 place is still open")
    expect(page.locator("#w-clash-2 input").first).to_be_focused()
    expect(page.locator("#w-clash-1").get_by_label("Mine", exact=True)).to_be_checked()
    entry.refresh_from_db()
    assert entry.version == 2


def test_the_joined_text_is_seen_before_it_is_saved(in_conflict, entry):
    page = in_conflict
    pick(page, 1, "Latest")
    out(page, 2).fill("**우리**가 쓴 태그로.\n")
    page.locator("button[value=preview]").click()

    expect(page.locator("article strong")).to_have_text("우리")
    expect(page.locator("#w-clash-1").get_by_label("Latest")).to_be_checked()
    page.get_by_role("button", name="Back to the editor").click()
    expect(page.locator("#w-body")).to_have_value(
        BODY.replace("태그를 단다.", "태그를 남이 단다.").replace(
            "이전 태그로.", "**우리**가 쓴 태그로."
        )
    )
    save(page)

    expect(page.locator("article strong")).to_have_text("우리")
    entry.refresh_from_db()
    assert entry.version == 3


def test_composed_syllables_are_a_text_of_ones_own(in_conflict):
    page = in_conflict
    field = out(page, 1)
    field.focus()
    field.press("Control+End")
    devtools = page.context.new_cdp_session(page)
    for text in ("ㅎ", "하", "한"):
        devtools.send(
            "Input.imeSetComposition",
            {"text": text, "selectionStart": 1, "selectionEnd": 1},
        )
    devtools.send("Input.insertText", {"text": "한"})

    expect(field).to_have_value("태그를 내가 단다.\n태그를 남이 단다.\n한")
    expect(page.locator("#w-clash-1").get_by_label("My own")).to_be_checked()


def test_a_third_save_meanwhile_asks_again(in_conflict, entry):
    page = in_conflict
    entry.refresh_from_db()
    make.edit(entry, entry.body.replace("남이 쓴 태그로.", "셋째가 쓴 태그로."))
    pick(page, 1, "Mine")
    pick(page, 2, "Both")
    save(page)

    expect(page.locator(".clash")).to_have_count(1)
    expect(page.locator(".clash .theirs")).to_contain_text("셋째가")
    pick(page, 1, "Mine")
    save(page)

    expect(page.locator("article")).to_contain_text("태그를 내가 단다.")
    expect(page.locator("article")).to_contain_text("남이 쓴 태그로.")


def test_my_text_becomes_a_note_of_its_own(in_conflict, entry):
    page = in_conflict
    page.locator("details.same summary").last.click()
    page.get_by_role("button", name="Make it a note of its own").click()

    expect(page.locator("#w-title")).to_have_value("배포 절차 (2)")
    save(page)

    expect(page.locator("article")).to_contain_text("내가 쓴 태그로.")
    entry.refresh_from_db()
    assert entry.version == 2


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
    two_editors, entry, windows
):
    _, second = two_editors
    make.deleted(entry)
    replace(second, "태그를 단다.", "둘")

    save(second)
    expect(second.locator("#w-body")).to_have_value(BODY.replace("태그를 단다.", "둘"))
    save(second)

    expect(second.locator("article")).to_contain_text("둘")
    assert second.url.endswith("-2/")
    # Who writes there is no longer heard of.
    windows.problems[:] = [
        each for each in windows.problems if "/presence/" not in each
    ]


# ── What is typed here stays until it is saved ────────────────────────────────
def begun_again(windows_page: Page) -> None:
    """The same conflict, come to once more as after a crash of the browser."""
    page = windows_page
    page.once("dialog", lambda dialog: dialog.accept())
    # The form that clashed is sent again.
    page.reload()
    expect(page.locator(".clash").first).to_be_visible()


def wait_until_kept(page: Page) -> None:
    page.wait_for_function(
        """() => Object.keys(localStorage)
          .some((name) => name.startsWith("notewiki-joining:"))"""
    )


def offer(page: Page):
    return page.locator("[data-take]")


def test_choices_and_texts_are_offered_again(in_conflict, entry):
    page = in_conflict
    expect(offer(page)).to_have_count(0)
    pick(page, 1, "Latest")
    out(page, 2).fill("우리가 쓴 태그로. 🚀\n")
    wait_until_kept(page)

    begun_again(page)
    expect(page.locator(".clash input:checked")).to_have_count(0)
    offer(page).click()

    expect(page.locator("#w-clash-1").get_by_label("Latest")).to_be_checked()
    expect(out(page, 1)).to_have_value("태그를 남이 단다.\n")
    expect(page.locator("#w-clash-2").get_by_label("My own")).to_be_checked()
    expect(out(page, 2)).to_have_value("우리가 쓴 태그로. 🚀\n")
    expect(page.locator(".save-bar .status")).to_have_text("2 of 2 chosen")
    save(page)
    expect(page.locator("article")).to_contain_text("우리가 쓴 태그로. 🚀")


def test_what_was_discarded_is_not_offered_again(in_conflict):
    page = in_conflict
    pick(page, 1, "Latest")
    wait_until_kept(page)
    begun_again(page)

    page.locator("[data-drop]").click()

    expect(offer(page)).to_have_count(0)
    begun_again(page)
    expect(offer(page)).to_have_count(0)


def test_nothing_stays_on_the_device_once_it_is_saved(in_conflict, entry):
    page = in_conflict
    pick(page, 1, "Latest")
    pick(page, 2, "Mine")
    wait_until_kept(page)
    save(page)
    expect(page.locator("article")).to_contain_text("내가 쓴 태그로.")

    page.goto(entry.get_absolute_url() + "edit/")
    page.wait_for_function("() => Object.keys(localStorage).length === 0")


def test_properties_are_chosen_by_keyboard(windows, writer):
    entry = make.entry("설정", "글\n", properties=(("n", 1),))
    entry = make.edit(entry, properties=(("n", 2),))
    make.edit(entry, properties=(("n", 3),))
    page = windows.open(entry.get_absolute_url() + "undo/2/", person=writer, look=EN)
    page.locator("main .btn.primary").click()
    place = page.locator("#w-clash-properties")
    expect(place).to_contain_text("Properties")
    expect(place.locator("input:checked")).to_have_count(0)

    place.get_by_label("Latest", exact=True).focus()
    page.keyboard.press("ArrowDown")

    expect(place.get_by_label("Mine", exact=True)).to_be_checked()
    expect(page.locator(".save-bar .status")).to_have_text("1 of 1 chosen")
    save(page)
    expect(page.get_by_role("status")).to_contain_text("What r2 changed is undone")
    entry.refresh_from_db()
    assert entry.properties == [["n", 1]]
