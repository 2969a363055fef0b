"""The windows themselves: that nothing which goes wrong in one is overlooked."""

import pytest

from tests.browser.windows import accessibility_problems, unnamed_controls

WRONG = {
    "said on the console": ("console", "console.error('broken')"),
    "not caught": ("pageerror", "setTimeout(() => { throw new Error('broken') })"),
    "inline script": (
        "console",
        "document.head.append(Object.assign("
        "document.createElement('script'), { textContent: 'window.ran = true' }))",
    ),
    "inline style": ("console", "document.body.setAttribute('style', 'color: red')"),
    "script of others": (
        "console",
        "document.head.append(Object.assign("
        "document.createElement('script'), { src: 'https://example.org/a.js' }))",
    ),
}


@pytest.mark.parametrize("event, script", WRONG.values(), ids=WRONG)
def test_what_goes_wrong_is_remembered(windows, event, script):
    page = windows.open("/")

    with page.expect_event(event):
        page.evaluate(script)

    assert len(windows.problems) == 1
    windows.problems.clear()


def test_missing_files_are_remembered(windows):
    page = windows.open("/")

    with page.expect_response("**/missing.png"):
        page.evaluate("void (new Image().src = '/static/missing.png')")

    assert len(windows.problems) == 1
    windows.problems.clear()


def test_pages_that_refuse_are_no_problem(windows):
    windows.open("/wiki/nothing/")

    assert windows.problems == []


def test_axe_sees_what_it_should(windows):
    page = windows.open("/")

    page.evaluate("document.querySelector('main').append(new Image())")

    assert "image-alt" in " ".join(accessibility_problems(page))


def test_controls_without_a_name_are_seen(windows):
    page = windows.open("/accounts/login/")
    assert unnamed_controls(page) == []

    page.evaluate(
        "document.querySelector('main').append(document.createElement('button'))"
    )

    assert unnamed_controls(page) == ["button"]
