"""The graph as it is drawn: of the whole wiki, and around one note."""

import random
import time

import pytest
from playwright.sync_api import Page, expect

from tests import make
from tests.browser.windows import LOOKS, Look, accessibility_problems, sideways_scroll
from wiki.models import Entry, Link

EN = Look(language="en")
DRAWN = "[data-graph][data-drawn]"
# Of the aim, two seconds, so much is left for a machine that is busy.
MOST_SECONDS = 8


@pytest.fixture
def _notes(db):
    make.entry("배포 절차", "먼저 [[점검]], 그리고 [[Redis]].", tags=["CI"])
    make.entry("점검", "[[배포 절차]]에서 온다.", tags=["CI"])
    make.entry("Redis", "빠르다. [[Kafka]]도 본다.", tags=["캐시"])
    make.entry("Kafka", "줄.")


def picture(page: Page) -> str:
    return page.locator("canvas").evaluate("canvas => canvas.toDataURL()")


def settled(page: Page) -> str:
    """What the canvas shows after the next frame."""
    page.evaluate(
        "() => new Promise((go) => requestAnimationFrame(() => setTimeout(go)))"
    )
    return picture(page)


@pytest.mark.usefixtures("_notes")
@pytest.mark.parametrize("look", LOOKS, ids=str)
def test_it_is_drawn_in_any_look(windows, look):
    page = windows.open("/graph/", look=look)

    page.locator(DRAWN).wait_for()

    blank = page.evaluate(
        "() => { const one = document.querySelector('canvas');"
        " const other = document.createElement('canvas');"
        " other.width = one.width; other.height = one.height;"
        " return other.toDataURL() }"
    )
    assert picture(page) != blank
    assert page.locator(".graph-key li").all_inner_texts() == ["CI", "캐시"]
    assert accessibility_problems(page) == []
    assert sideways_scroll(page) == 0


@pytest.mark.usefixtures("_notes")
def test_it_is_zoomed_with_buttons_and_follows_the_theme(windows):
    page = windows.open("/graph/", look=EN)
    page.locator(DRAWN).wait_for()
    before = settled(page)

    page.get_by_role("button", name="Zoom in").click()
    near = settled(page)
    page.get_by_role("button", name="Show all").click()
    again = settled(page)
    page.emulate_media(color_scheme="dark")
    page.wait_for_function(
        "old => document.querySelector('canvas').toDataURL() !== old", arg=again
    )

    assert near != before
    assert again == before


@pytest.mark.usefixtures("_notes")
def test_a_note_in_the_list_is_shown_in_the_picture_by_keyboard_too(windows):
    page = windows.open("/graph/", look=EN)
    page.locator(DRAWN).wait_for()
    before = settled(page)

    page.locator("ol[data-graph-notes] a").first.focus()
    page.wait_for_function(
        "old => document.querySelector('canvas').toDataURL() !== old", arg=before
    )
    page.locator("header a").first.focus()

    page.wait_for_function(
        "old => document.querySelector('canvas').toDataURL() === old", arg=before
    )


def test_a_note_in_the_picture_is_opened_with_a_click(windows, db):
    make.entry("홀로 C# 🚀", "x")
    page = windows.open("/graph/", look=EN)
    page.locator(DRAWN).wait_for()

    page.locator("canvas").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("홀로 C# 🚀")


@pytest.mark.usefixtures("_notes")
def test_without_a_script_it_is_a_list(windows):
    page = windows.open("/graph/", look=EN, java_script_enabled=False)

    expect(page.locator("canvas")).to_be_hidden()
    rows = page.locator("ol[data-graph-notes] > li")
    expect(rows).to_have_count(4)
    expect(rows.first).to_contain_text("2 links")


@pytest.mark.usefixtures("_notes")
def test_what_is_around_a_note_is_fetched_when_it_is_opened(windows):
    asked = []
    page = windows.open(look=EN)
    page.on("request", lambda request: asked.append(request.url))
    page.goto("/wiki/배포-절차/")
    around = page.locator("details.around")
    expect(around.locator("summary")).to_be_visible()
    assert not [url for url in asked if "graph-view" in url or "/graph/" in url]

    around.locator("summary").click()

    page.locator(DRAWN).wait_for()
    notes = around.locator(".graph-notes li")
    expect(notes).to_have_text(["점검", "Redis"])
    around.get_by_role("button", name="Two steps").click()
    expect(notes).to_have_text(["점검", "Redis", "Kafka"])
    expect(around.get_by_role("button", name="Two steps")).to_have_attribute(
        "aria-pressed", "true"
    )
    page.locator(DRAWN).wait_for()
    assert accessibility_problems(page) == []


@pytest.mark.usefixtures("_notes")
def test_when_the_data_cannot_be_had_that_is_said(windows):
    page = windows.open(look=EN)
    page.route("**/graph/data/", lambda route: route.fulfill(status=500, body="x"))
    page.goto("/graph/")

    expect(page.locator("[data-graph-says]")).to_contain_text("could not be drawn")
    windows.problems.clear()


def test_two_thousand_notes_are_drawn_quickly(windows, db, capsys):
    entries = make.entries(2000, "x")
    chance = random.Random(1)
    Link.objects.bulk_create(
        Link(
            source=entries[place],
            target=entries[int(place * chance.random() ** 2)],
            name="x",
            key="x",
            slug="x",
            destination="/wiki/x/",
            line=1,
        )
        for place in [chance.randrange(1, 2000) for _ in range(4000)]
    )
    assert Entry.objects.count() == 2000
    page = windows.open("/", look=EN)

    began = time.perf_counter()
    page.goto("/graph/", wait_until="commit")
    page.locator(DRAWN).wait_for()
    seconds = time.perf_counter() - began

    with capsys.disabled():
        print(f"\n2,000 notes and 4,000 links drawn after {seconds:.2f} s")
    assert seconds < MOST_SECONDS
