"""Every page: what axe finds on it, and whether it fits its window."""

from collections.abc import Iterator

import pytest
from django.core.management import call_command
from django.test import override_settings
from playwright.sync_api import Browser, Page
from pytest_django import DjangoDbBlocker

from tests.browser.full_wiki import write_full_wiki
from tests.browser.pages import VISITS, Tour, Visit, change_look
from tests.browser.windows import (
    Look,
    Windows,
    accessibility_problems,
    sideways_scroll,
    unnamed_controls,
)

# What is left of 1280 pixels at a zoom of 400 %.
ZOOMED = Look(320, 640)


@pytest.fixture(scope="module")
def transactional_db(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[None]:
    """In this module the records stay from test to test: no visit changes them."""
    with django_db_blocker.unblock():
        yield
        call_command("flush", interactive=False, verbosity=0)


@pytest.fixture(scope="module")
def tour(transactional_db: None, browser: Browser, address: str) -> Iterator[Tour]:
    """A window for each of the cast on one wiki that has something of everything."""
    with override_settings(WIKI_SIGNUP="open"):
        tour = Tour(Windows(browser, address), write_full_wiki())
        yield tour
        tour.windows.close()


@pytest.mark.parametrize("visit", VISITS, ids=str)
def test_page_passes_axe_and_fits_its_window(tour: Tour, visit: Visit):
    found = []
    # A language takes another visit; size and theme change under the reader.
    for language, looks in looks_by_language(visit).items():
        page = tour.come_to(visit, looks[0])
        for look in looks:
            change_look(page, look)
            found += [f"{look}: {each}" for each in accessibility_problems(page)]
            found += too_wide(page, look)
        found += [f"{language}: no name: {role}" for role in unnamed_controls(page)]
        found += too_wide(page, ZOOMED)

    assert found == []
    assert page.locator("h1").count() == 1
    assert take_problems(tour.windows) == []


def looks_by_language(visit: Visit) -> dict[str, list[Look]]:
    languages = {look.language for look in visit.looks}
    return {
        language: [look for look in visit.looks if look.language == language]
        for language in sorted(languages)
    }


def too_wide(page: Page, look: Look) -> list[str]:
    change_look(page, look)
    pixels = sideways_scroll(page)
    return [f"{look}: scrolls sideways by {pixels} pixels"] if pixels else []


def take_problems(windows: Windows) -> list[str]:
    problems = windows.problems[:]
    windows.problems.clear()
    return problems
