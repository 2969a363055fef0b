"""Curators put tags in order: by hand on a screen, without a script, by keyboard."""

import pytest
from playwright.sync_api import expect

from tests import make
from tests.browser.windows import Look
from wiki.models import Entry, Tag

EN = Look(language="en")


@pytest.fixture
def entries(db):
    return [make.entry(f"글 {number}", tags=["k8s", "배포"]) for number in range(3)]


@pytest.mark.parametrize("runs_scripts", [True, False])
def test_a_tag_is_renamed_and_that_is_taken_back(
    windows, curator, entries, runs_scripts
):
    page = windows.open(
        "/tags/k8s/", person=curator, look=EN, java_script_enabled=runs_scripts
    )
    page.locator("main details.menu > summary").click()
    page.get_by_role("link", name="Rename…").click()
    page.get_by_label("New name").fill("쿠버네티스")
    page.get_by_label("New name").press("Enter")
    expect(page.get_by_text("3 notes get a new revision.")).to_be_visible()
    assert Tag.objects.filter(key="k8s").exists()
    page.get_by_role("button", name="Rename the tag").click()

    expect(page.get_by_role("status")).to_contain_text("3 notes changed.")
    expect(page.get_by_role("heading", level=1)).to_have_text(
        "Tag renamed: k8s → 쿠버네티스"
    )
    page.goto("/tags/k8s/")
    expect(page.get_by_role("heading", level=1)).to_have_text("#쿠버네티스")
    page.go_back()
    page.get_by_role("link", name="Undo all of it…").click()
    page.get_by_role("button", name="Take it back").click()

    expect(page.get_by_role("status")).to_contain_text("Taken back: 3 notes.")
    heads = Entry.objects.with_head().filter(pk__in=[entry.pk for entry in entries])
    assert {tuple(entry.head.tag_names()) for entry in heads} == {("k8s", "배포")}


def test_alike_tags_are_merged_without_a_script(windows, curator, entries):
    make.entry("다른 글", tags=["K8-S"])
    page = windows.open("/tags/", person=curator, look=EN, java_script_enabled=False)

    page.get_by_role("link", name="Tags that are alike").click()
    page.get_by_role("link", name="Merge “K8-S” into “k8s”…").click()
    page.get_by_role("button", name="Merge the tags").click()

    expect(page.get_by_role("status")).to_contain_text("1 note changed.")
    assert not Tag.objects.filter(key="k8-s").exists()


def test_some_notes_are_split_off_on_a_phone(windows, curator, entries):
    page = windows.open(
        "/curate/tags/split/k8s/",
        person=curator,
        look=Look(390, 844, language="en"),
        java_script_enabled=False,
    )

    page.get_by_label("글 1").check()
    page.get_by_label("The other tag, new or not").fill("helm")
    page.get_by_role("button", name="Split off").click()

    expect(page.get_by_role("status")).to_contain_text("1 note changed.")
    assert [entry.title for entry in Entry.objects.filter(tags__key="helm")] == ["글 1"]


def test_tags_are_combined_and_left_out_without_a_script(windows, entries):
    make.entry("혼자", tags=["배포"])
    page = windows.open(f"/tags/{'배포'}/", look=EN, java_script_enabled=False)

    page.get_by_role("link", name="Leave out notes that have k8s").click()
    expect(page.locator(".rows .ttl")).to_have_text(["혼자"])
    page.get_by_role("link", name="Again with the notes that have k8s").click()

    expect(page.locator(".rows .ttl")).to_have_count(4)
