"""A name with more links to it than are drawn at once: right at once, drawn later."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.signals import request_finished
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import make
from wiki.checking import CheckOptions, check_wiki
from wiki.editing import (
    background,
    delete_entry,
    redrawing,
    rename_entry,
    restore_entry,
    set_access,
)
from wiki.models import Entry, Link, Turn

pytestmark = pytest.mark.django_db

PAGES = 5


@pytest.fixture(autouse=True)
def _few_are_many(monkeypatch):
    monkeypatch.setattr(redrawing, "DRAWN_AT_ONCE", PAGES - 1)
    yield
    redrawing.is_owed.clear()


def linked(title="목표", pages=PAGES):
    """An entry and the pages that link to it."""
    target = make.entry(title)
    return target, make.entries(pages, f"앞 [[{title}]] 뒤, 또 [[{title}#절|그것]]")


def fresh(entry):
    return Entry.objects.with_head().get(pk=entry.pk)


def rename(entry, title):
    entry = fresh(entry)
    return rename_entry(entry, title, base_version=entry.version, act=make.act()).entry


def rows():
    return set(Link.objects.values_list("target__title", "destination"))


def waiting():
    return Entry.objects.filter(render_key="").count()


def html_of(client, page):
    return client.get(page.get_absolute_url()).content.decode()


def findings():
    return [finding.code for finding in check_wiki(CheckOptions())]


def test_rename_leads_all_pages_on_at_once_and_they_are_drawn_later(visitor):
    target, pages = linked()
    assert f'href="{target.get_absolute_url()}"' in html_of(visitor, pages[0])

    target = rename(target, "새 목표")

    assert rows() == {("새 목표", target.get_absolute_url())}
    assert waiting() == PAGES
    for page in pages:
        assert f'href="{target.get_absolute_url()}"' in html_of(visitor, page)

    assert background.draw_left() == PAGES

    assert waiting() == 0
    assert findings() == []
    assert target.get_absolute_url() in fresh(pages[0]).html


def test_a_few_pages_are_drawn_at_once():
    target, _ = linked(pages=PAGES - 1)

    rename(target, "새 목표")

    assert waiting() == 0
    assert findings() == []


def test_red_links_turn_blue_and_red_again(visitor):
    pages = make.entries(PAGES, "[[나중에]]")

    target = make.entry("나중에")
    assert rows() == {("나중에", target.get_absolute_url())}
    assert 'class="missing"' not in html_of(visitor, pages[0])

    delete_entry(fresh(target), base_version=1, act=make.act())
    assert rows() == {(None, "")}
    assert 'class="missing"' in html_of(visitor, pages[0])

    restore_entry(fresh(target), base_version=2, act=make.act())
    assert rows() == {("나중에", target.get_absolute_url())}
    assert 'class="missing"' not in html_of(visitor, pages[0])

    background.draw_left()
    assert findings() == []


def test_other_titles_and_readers_turn_links_too(visitor):
    pages = make.entries(PAGES, "[[별명]]")
    target = make.entry("이름", aliases=("별명",))
    assert rows() == {("이름", target.get_absolute_url())}

    set_access(
        fresh(target), visibility="members", protection="writers", base_version=1
    )
    assert rows() == {(None, "")}
    assert "이름" not in html_of(visitor, pages[0])

    background.draw_left()
    assert findings() == []


def test_renames_on_and_on_before_anything_is_drawn(visitor):
    target, pages = linked("가")

    for title in ("나", "다", "가", "라"):
        target = rename(target, title)
        assert rows() == {(title, target.get_absolute_url())}

    assert f'href="{target.get_absolute_url()}"' in html_of(visitor, pages[0])
    background.draw_left()
    assert findings() == []


def test_a_page_that_is_saved_meanwhile_is_drawn_by_that():
    target, pages = linked()
    rename(target, "새 목표")

    saved = make.edit(pages[0], "다른 글")

    assert fresh(saved).render_key
    assert background.draw_left() == PAGES - 1
    assert findings() == []


def test_a_marked_page_that_is_deleted_comes_back_right():
    target, pages = linked()
    rename(target, "새 목표")
    make.deleted(pages[0])

    background.draw_left()
    restore_entry(fresh(pages[0]), base_version=2, act=make.act())

    assert findings() == []


def test_links_that_read_the_other_way_round_are_right_once_drawn():
    make.entries(PAGES, "[[글자|도착]]")
    target = make.entry("도착")
    assert rows() == {("도착", target.get_absolute_url())}

    other = make.entry("글자")

    assert rows() == {("글자", other.get_absolute_url())}
    background.draw_left()
    assert findings() == []


def test_statements_do_not_grow_with_the_pages():
    def statements(pages):
        target, _ = linked(f"목표 {pages}", pages)
        with CaptureQueriesContext(connection) as queries:
            rename(target, f"새 목표 {pages}")
        assert waiting()
        background.draw_left()
        return len(queries)

    assert statements(4 * PAGES) == statements(PAGES)


def test_whoever_has_the_turn_draws_alone():
    target, _ = linked()
    rename(target, "새 목표")
    Turn.objects.take(background.TURN, seconds=60)

    assert background.draw_left() == 0
    assert waiting() == PAGES

    Turn.objects.give_back(background.TURN)
    assert background.draw_left() == PAGES


def test_a_page_that_cannot_be_drawn_keeps_no_other_waiting(monkeypatch):
    target, pages = linked()
    rename(target, "새 목표")
    draw = redrawing.draw_again

    def fail_for_one(ids):
        if pages[0].pk in ids:
            raise ValueError
        draw(ids)

    monkeypatch.setattr(background, "draw_again", fail_for_one)

    assert background.draw_left() == PAGES - 1
    assert waiting() == 1


def test_repair_draws_what_a_crash_left():
    target, _ = linked()
    rename(target, "새 목표")
    assert findings() == ["outdated"] * PAGES

    assert all(f.is_repaired for f in check_wiki(CheckOptions(repair=True)))

    assert findings() == []


def test_the_index_of_marked_pages_is_used():
    plan = background._marked(set()).explain()

    assert "entry_not_drawn" in plan or connection.vendor == "postgresql"


@pytest.mark.django_db(transaction=True)
def test_the_request_that_marked_pages_has_them_drawn_after_it():
    target, _ = linked()
    rename(target, "새 목표")
    assert redrawing.is_owed.is_set()

    request_finished.send(sender=None)
    for thread in threading.enumerate():
        if thread.name == background.TURN:
            thread.join()

    assert waiting() == 0
    assert not redrawing.is_owed.is_set()


@pytest.mark.django_db(transaction=True)
def test_pages_saved_while_their_target_moves_are_right_in_the_end():
    target, pages = linked(pages=3 * PAGES)

    def save(page):
        make.edit(page, "앞 [[목표]]와 [[새 목표]] 뒤")
        connection.close()

    def move(title):
        rename(target, title)
        connection.close()

    with ThreadPoolExecutor(4) as threads:
        work = [threads.submit(save, page) for page in pages[:8]]
        work += [threads.submit(move, "새 목표"), threads.submit(save, pages[8])]
        for one in work:
            one.result()
    background.draw_left()

    assert rows() == {("새 목표", fresh(target).get_absolute_url())}
    assert findings() == []
