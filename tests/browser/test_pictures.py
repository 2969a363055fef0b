"""Pictures in the editor: pasted, dropped, chosen; asked about, sent, put in."""

import base64
import re

import pytest
from playwright.sync_api import Page, expect

from tests import make
from tests.browser.composing import Composer
from tests.browser.windows import (
    NARROW,
    Look,
    accessibility_problems,
    sideways_scroll,
    unnamed_controls,
)
from tests.pictures import code, let_two_days_pass, picture, uploaded
from wiki.models import Entry, EntryFile, Upload

EN = Look(language="en")
CODE = re.compile(r"!\[([^\]]*)\]\(/files/[0-9a-f]{64}\.png\)")

# A browser lets no test have files on its clipboard: the event is made by hand.
SEND = """([kind, files, text]) => {
  const data = new DataTransfer();
  for (const [name, type, bytes] of files) {
    const read = Uint8Array.from(atob(bytes), (char) => char.charCodeAt(0));
    data.items.add(new File([read], name, { type }));
  }
  if (text) data.setData("text/plain", text);
  const place = document.querySelector(".cm-content, .src:not(.behind)");
  const options = { bubbles: true, cancelable: true };
  const event = kind === "paste"
    ? new ClipboardEvent(kind, { ...options, clipboardData: data })
    : new DragEvent(kind, { ...options, dataTransfer: data });
  place.dispatchEvent(event);
  return event.defaultPrevented;
}"""


def bring(page: Page, kind: str, *files: tuple, text: str = "") -> bool:
    """Pastes or drops files: (name, type, bytes) each."""
    packed = [
        (name, type_, base64.b64encode(data).decode()) for name, type_, data in files
    ]
    return page.evaluate(SEND, [kind, packed, text])


def shot(color: str = "teal", name: str = "image.png") -> tuple[str, str, bytes]:
    return name, "image/png", picture(color)


def editor(windows, person, path="/new/", look=EN, **options: object) -> Page:
    page = windows.open(person=person, look=look, **options)
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto(path)
    return page


def asked(page: Page):
    return page.locator("dialog.pictures")


def text_of(page: Page) -> str:
    return page.locator("#w-body").input_value()


@pytest.mark.parametrize("kind", ["paste", "drop"])
def test_a_picture_is_asked_about_and_put_in(windows, writer, kind):
    page = editor(windows, writer)

    assert bring(page, kind, shot())
    dialog = asked(page)
    expect(dialog.get_by_label("What it shows")).to_be_focused()
    page.keyboard.type("배포 화면")
    page.keyboard.press("Enter")

    expect(dialog).to_be_hidden()
    expect(page.locator("#w-body")).to_have_value(CODE)
    assert CODE.search(text_of(page))[1] == "배포 화면"
    expect(page.locator("[data-preview] img")).to_have_attribute("alt", "배포 화면")
    expect(page.locator("[data-pictures-status]")).to_contain_text("1")
    assert Upload.objects.get().user == writer


def test_the_picture_is_shown_by_the_preview_and_the_note(windows, writer):
    page = editor(windows, writer)
    bring(page, "paste", shot())
    page.keyboard.type("화면")
    page.keyboard.press("Enter")
    preview = page.locator("[data-preview] img")
    expect(preview).to_be_visible()
    expect(preview).to_have_js_property("naturalWidth", 12)

    page.get_by_label("Title").fill("화면이 있는 글")
    page.locator(".save-bar .btn.primary").click()

    expect(page.locator("article img")).to_have_js_property("naturalWidth", 12)
    assert EntryFile.objects.get().file is not None


def test_it_goes_in_where_the_cursor_is(windows, writer):
    entry = make.entry("가", "앞\n\n뒤")
    page = editor(windows, writer, f"/wiki/{entry.slug}/edit/")
    page.locator(".cm-content").click()
    page.keyboard.press("Control+Home")
    page.keyboard.press("End")

    bring(page, "paste", shot())
    page.keyboard.type("그림")
    page.keyboard.press("Enter")

    expect(page.locator("#w-body")).to_have_value(
        re.compile(r"^앞!\[그림\]\([^)]*\)\n\n뒤$")
    )


def test_several_at_once_each_with_their_own_words(windows, writer):
    page = editor(windows, writer)
    files = [shot("red", "하나.png"), shot("blue", "둘.png"), shot("green", "셋.png")]

    bring(page, "drop", *files)
    dialog = asked(page)
    fields = dialog.get_by_label("What it shows")
    expect(fields).to_have_count(3)
    fields.nth(0).fill("빨강")
    dialog.get_by_role("checkbox").nth(1).check()
    dialog.get_by_role("button", name="Leave out").nth(2).click()
    dialog.get_by_role("button", name="Put in").click()

    expect(dialog).to_be_hidden()
    assert [match[1] for match in CODE.finditer(text_of(page))] == ["빨강", ""]
    assert Upload.objects.count() == 2


def test_nothing_is_sent_without_words(windows, writer):
    page = editor(windows, writer)
    bring(page, "paste", shot())

    asked(page).get_by_role("button", name="Put in").click()

    expect(asked(page).locator("li [role=alert]")).to_contain_text("Say what it shows")
    expect(asked(page).get_by_label("What it shows")).to_be_focused()
    assert not Upload.objects.exists()


def test_the_enter_of_a_syllable_sends_nothing(windows, writer):
    page = editor(windows, writer)
    bring(page, "paste", shot())
    composer = Composer(page)

    composer.compose("ㅎ", "하", "한")
    page.evaluate(
        "document.activeElement.dispatchEvent(new KeyboardEvent('keydown',"
        " { key: 'Enter', keyCode: 229, isComposing: true, bubbles: true }))"
    )
    composer.commit("한")

    expect(asked(page).get_by_label("What it shows")).to_have_value("한")
    assert not Upload.objects.exists()


def test_escape_takes_it_back(windows, writer):
    page = editor(windows, writer)
    bring(page, "paste", shot())
    expect(asked(page)).to_be_visible()

    page.keyboard.press("Escape")

    expect(asked(page)).to_be_hidden()
    assert text_of(page) == ""
    page.keyboard.type("글")
    expect(page.locator("#w-body")).to_have_value("글")


def test_text_goes_on_being_text(windows, writer):
    page = editor(windows, writer)

    bring(page, "paste", shot(), text="표의 글")

    expect(page.locator("#w-body")).to_have_value("표의 글")
    expect(asked(page)).to_be_hidden()


def test_what_is_no_picture_is_told(windows, writer):
    page = editor(windows, writer)

    assert bring(page, "drop", ("글.pdf", "application/pdf", b"%PDF-1.7"))
    expect(asked(page).locator("[data-problem]")).to_contain_text("글.pdf")
    bring(page, "drop", ("큰.png", "image/png", bytes(5 * 2**20 + 1)))
    expect(asked(page).locator("[data-problem]")).to_contain_text("larger than 5 MB")


def test_what_the_server_says_is_told_and_may_be_tried_again(windows, writer):
    page = editor(windows, writer)
    bring(page, "paste", shot("red"), ("깨진.png", "image/png", picture()[:45]))
    fields = asked(page).get_by_label("What it shows")
    fields.nth(0).fill("빨강")
    fields.nth(1).fill("깨짐")
    asked(page).get_by_role("button", name="Put in").click()

    alert = asked(page).locator("li [role=alert]").nth(1)
    expect(alert).to_contain_text("damaged")
    assert text_of(page) == ""
    asked(page).get_by_role("button", name="Leave out").nth(1).click()
    asked(page).get_by_role("button", name="Put in").click()

    expect(asked(page)).to_be_hidden()
    assert len(CODE.findall(text_of(page))) == 1
    windows.problems = [one for one in windows.problems if "400 for" not in one]


def test_without_the_net_it_is_told_and_nothing_is_lost(windows, writer):
    page = editor(windows, writer)
    page.route("**/upload/", lambda route: route.abort())
    bring(page, "paste", shot())
    page.keyboard.type("화면")
    page.keyboard.press("Enter")

    expect(asked(page).locator("li [role=alert]")).to_contain_text("Try again")
    page.unroute("**/upload/")
    asked(page).get_by_role("button", name="Put in").click()
    expect(page.locator("#w-body")).to_have_value(CODE)
    windows.problems.clear()


def test_saving_waits_for_the_pictures(windows, writer):
    page = editor(windows, writer)
    page.get_by_label("Title").fill("글")
    bring(page, "paste", shot())

    page.locator(".save-bar .btn.primary").click()

    expect(asked(page).locator("[data-problem]")).to_contain_text("first")
    assert not Entry.objects.exists()


def test_the_button_chooses_files(windows, writer):
    page = editor(windows, writer)

    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Picture", exact=True).click()
    chooser.value.set_files(
        {"name": "화면.png", "mimeType": "image/png", "buffer": picture()}
    )
    page.keyboard.type("화면")
    page.keyboard.press("Enter")

    expect(page.locator("#w-body")).to_have_value(CODE)


def test_the_rest_of_the_page_takes_files_as_ever(windows, writer):
    page = editor(windows, writer)

    is_prevented = page.evaluate(
        """() => {
          const data = new DataTransfer();
          data.items.add(new File(["x"], "x.png", { type: "image/png" }));
          const options = { bubbles: true, cancelable: true, dataTransfer: data };
          const event = new DragEvent("dragover", options);
          document.querySelector("h1").dispatchEvent(event);
          return event.defaultPrevented;
        }"""
    )

    assert not is_prevented


@pytest.mark.parametrize("look", [EN, Look(*NARROW, "dark", "ko")], ids=str)
def test_the_question_is_for_everyone(windows, writer, look):
    page = editor(windows, writer, look=look)
    bring(page, "paste", shot("red"), shot("blue"))
    asked(page).locator("button[type=submit]").click()

    assert accessibility_problems(page) == []
    assert unnamed_controls(page) == []
    assert sideways_scroll(page) == 0
    box = asked(page).bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= look.width


def test_the_fields_without_a_script_are_out_of_the_way(windows, writer):
    page = editor(windows, writer)

    expect(page.locator("[data-picture-fields]")).to_be_hidden()


def test_without_a_script_the_form_puts_it_in(windows, writer):
    entry = make.entry("가", "본문")
    path = f"/wiki/{entry.slug}/edit/"
    page = editor(windows, writer, path, java_script_enabled=False)

    page.locator("[data-picture-fields] > summary").click()
    page.locator("#w-image").set_input_files(
        {"name": "화면.png", "mimeType": "image/png", "buffer": picture()}
    )
    page.locator("#w-alt").fill("화면")
    page.get_by_role("button", name="Put the picture at the end").click()
    expect(page.locator("#w-body")).to_have_value(CODE)
    page.get_by_role("button", name="Save").click()

    expect(page.locator("article img")).to_be_visible()


@pytest.mark.parametrize("look", [EN, Look(*NARROW, "dark", "ko")], ids=str)
@pytest.mark.parametrize("is_removing", [False, True])
def test_lists_of_files_are_for_everyone(windows, writer, curator, look, is_removing):
    shown, former = uploaded(writer, "red"), uploaded(writer, "blue")
    uploaded(writer, "green", name="아주 긴 이름의 화면 " * 6 + ".png")
    entry = make.entry("가", code(shown) + code(former) + "![x](없음.png)", by=writer)
    make.edit(entry, code(shown) + "![x](없음.png)", by=writer)
    let_two_days_pass()

    for person, path in [
        (writer, f"/wiki/{entry.slug}/files/"),
        (writer, "/files/mine/"),
        (curator, "/files/?show=kept"),
    ]:
        page = windows.open(path, person=person, look=look)
        if is_removing and path.startswith("/files/"):
            page.locator("input[name=file]").first.check()
            page.locator("button[name=do]").click()
            page.locator("button.danger").wait_for()
        assert accessibility_problems(page) == []
        assert unnamed_controls(page) == []
        assert sideways_scroll(page) == 0
