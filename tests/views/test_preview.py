"""The fragment that the script beside the editor shows."""

import pytest
from django.test import Client

from tests import make, people
from wiki.views import preview

pytestmark = pytest.mark.django_db
ADDRESS = "/preview/"


def test_a_writer_gets_the_clean_fragment(as_writer):
    answer = as_writer.post(
        ADDRESS,
        {"content": "**미리** <script>alert(1)</script> [x](javascript:alert(1))"},
    )

    text = answer.content.decode()
    assert answer.status_code == 200
    assert "<strong>미리</strong>" in text
    assert "<script" not in text
    assert 'href="javascript' not in text
    assert "<html" not in text


def test_links_are_resolved_and_counted(as_writer, django_assert_max_num_queries):
    make.entry("있는 글")
    make.entry("비밀 글", visibility="curators")
    content = "[[있는 글]] [[없는 글]] [[비밀 글]]"

    # Session, account, four for the limit, three for all names.
    with django_assert_max_num_queries(9):
        answer = as_writer.post(ADDRESS, {"content": content})

    assert "/wiki/%EC%9E%88%EB%8A%94-%EA%B8%80/" in answer.content.decode()
    assert answer.headers["X-Preview-Links"] == "3"
    assert answer.headers["X-Preview-Missing"] == "2"


def test_the_preview_is_what_a_save_prints(as_writer):
    body = "# 절차\r\n\r\n한글 🚀\r\n- [ ] 할 일\r\n"
    entry = make.entry(body=body)

    answer = as_writer.post(ADDRESS, {"content": body})

    assert answer.content.decode() == entry.html


def test_visitors_are_sent_to_sign_in(visitor):
    answer = visitor.post(ADDRESS, {"content": "x"})

    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/accounts/login/")


def test_visitors_preview_where_they_may_write(visitor, settings):
    settings.WIKI_ANONYMOUS_EDIT = True

    assert visitor.post(ADDRESS, {"content": "x"}).status_code == 200


def test_a_token_is_needed(writer):
    client = Client(enforce_csrf_checks=True)
    client.force_login(writer, backend=people.BACKEND)

    assert client.post(ADDRESS, {"content": "x"}).status_code == 403


def test_only_post_previews(as_writer):
    assert as_writer.get(ADDRESS).status_code == 405


def test_nothing_to_preview_is_said(as_writer):
    assert as_writer.post(ADDRESS).status_code == 400
    assert as_writer.post(ADDRESS, {"content": ""}).status_code == 200


def test_a_text_over_the_limit_is_refused_with_a_sentence(as_writer):
    answer = as_writer.post(ADDRESS, {"content": "가" * 400_000})

    assert answer.status_code == 413
    assert "1024 KiB" in answer.content.decode()


def test_too_many_are_asked_to_wait(as_writer, as_other_writer, monkeypatch):
    monkeypatch.setattr(preview, "PREVIEWS_PER_MINUTE", 2)

    statuses = [as_writer.post(ADDRESS, {"content": "x"}) for _ in range(4)]

    # A minute may turn between two of them.
    assert statuses[-1].status_code == 429 or statuses[2].status_code == 429
    refused = next(answer for answer in statuses if answer.status_code == 429)
    assert 0 < int(refused.headers["Retry-After"]) <= 60
    assert as_other_writer.post(ADDRESS, {"content": "x"}).status_code == 200
