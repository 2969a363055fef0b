"""Saves that come at the same moment, on connections of their own."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from wiki.editing import (
    Act,
    Author,
    Content,
    EditConflict,
    InvalidContent,
    create_entry,
    drawing,
    edit_entry,
    races,
)
from wiki.models import Entry, Link, Revision

pytestmark = pytest.mark.django_db(transaction=True)

WRITERS = 8


def together(work, count=WRITERS):
    """The results of `work(n)` for each n, all let go at one moment."""
    gate = threading.Barrier(count)

    def run(n):
        gate.wait()
        try:
            return work(n)
        except (EditConflict, InvalidContent) as refused:
            return refused
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))


def act(n, token=""):
    return Act(author=Author(label=f"writer {n}"), form_token=token)


def create(title, body=""):
    return create_entry(Content(title=title, body=body), act=act(0)).entry


def test_edits_of_different_places_on_one_base_are_all_kept():
    lines = [f"{n}번째 줄\n\n그대로 {n}\n\n" for n in range(WRITERS)]
    entry = create("글", "".join(lines))

    def work(n):
        body = "".join(
            lines[:n] + [f"{n}번째는 바뀜\n\n그대로 {n}\n\n"] + lines[n + 1 :]
        )
        return edit_entry(
            entry, Content(title="글", body=body), base_version=1, act=act(n)
        )

    results = together(work)

    body = Entry.objects.get().body
    assert all(result.status in ("updated", "merged") for result in results)
    assert [n for n in range(WRITERS) if f"{n}번째는 바뀜" not in body] == []
    numbers = Revision.objects.order_by("number").values_list("number", flat=True)
    assert list(numbers) == list(range(1, WRITERS + 2))


def test_edits_of_one_page_are_drawn_once_each(monkeypatch):
    """Whoever has to wait computes when it is their turn, not before."""
    lines = [f"{n}번째 줄\n\n그대로 {n}\n\n" for n in range(WRITERS)]
    entry = create("글", "".join(lines))
    drawn = []
    draw = drawing.run_render_job
    monkeypatch.setattr(
        drawing, "run_render_job", lambda job: drawn.append(job) or draw(job)
    )

    def work(n):
        body = "".join([*lines[:n], f"{n}번째는 바뀜\n\n", *lines[n + 1 :]])
        return edit_entry(
            entry, Content(title="글", body=body), base_version=1, act=act(n)
        )

    together(work)

    assert len(drawn) == WRITERS
    assert not races._turns


def test_of_edits_of_one_line_one_wins_and_the_others_are_told():
    entry = create("글", "한 줄\n")

    results = together(
        lambda n: edit_entry(
            entry,
            Content(title="글", body=f"{n}의 줄\n"),
            base_version=1,
            act=act(n),
        )
    )

    refused = [result for result in results if isinstance(result, EditConflict)]
    assert len(refused) == WRITERS - 1
    assert Entry.objects.get().version == 2


def test_one_form_sent_at_the_same_moment_makes_one_revision():
    entry = create("글", "한 줄\n")

    results = together(
        lambda n: edit_entry(
            entry,
            Content(title="글", body="새 줄\n"),
            base_version=1,
            act=act(0, token="form"),
        )
    )

    assert {r.status for r in results} <= {"updated", "repeated", "same"}
    assert Revision.objects.count() == 2


def test_one_title_taken_at_the_same_moment_is_one_entry():
    results = together(
        lambda n: create_entry(Content(title="같은 제목", body=str(n)), act=act(n))
    )

    refused = [result for result in results if isinstance(result, InvalidContent)]
    assert len(refused) == WRITERS - 1
    assert Entry.objects.count() == 1


def test_entries_that_link_to_each_other_do_not_wait_in_a_ring():
    entries = [create(f"글 {n}") for n in range(WRITERS)]

    def work(n):
        links = " ".join(f"[[글 {other}]]" for other in range(WRITERS) if other != n)
        content = Content(title=f"글 {n}", body=links)
        return edit_entry(entries[n], content, base_version=1, act=act(n))

    results = together(work)

    assert {result.status for result in results} == {"updated"}
    assert Link.objects.exclude(target=None).count() == WRITERS * (WRITERS - 1)


def test_link_and_its_target_saved_at_the_same_moment_find_each_other():
    def work(n):
        if n % 2:
            return create_entry(Content(title=f"도착 {n // 2}"), act=act(n))
        content = Content(title=f"출발 {n // 2}", body=f"[[도착 {n // 2}]]")
        return create_entry(content, act=act(n))

    together(work)

    assert not Link.objects.filter(target=None).exists()
    assert not Entry.objects.filter(html__contains="missing").exists()
