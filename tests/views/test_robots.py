"""What search engines are told of the whole wiki."""

from urllib.robotparser import RobotFileParser

import pytest

pytestmark = pytest.mark.django_db


def rules(client):
    answer = client.get("/robots.txt")
    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    return answer.content.decode().splitlines()


def test_the_past_and_the_forms_are_closed(visitor):
    lines = rules(visitor)

    for page in ("history", "diff", "blame", "edit", "undo"):
        assert f"Disallow: /wiki/*/{page}/" in lines


def test_notes_and_lists_are_open(visitor):
    parser = RobotFileParser()
    parser.parse(rules(visitor))

    for page in ("/", "/wiki/grpc/", "/tags/", "/recent/", "/entries/"):
        assert parser.can_fetch("anything", page)
    assert not parser.can_fetch("anything", "/accounts/login/")


def test_a_wiki_for_members_is_closed(visitor, settings):
    settings.WIKI_ANONYMOUS_READ = False

    assert rules(visitor) == ["User-agent: *", "Disallow: /"]


def test_it_asks_nothing_of_the_database(visitor, django_assert_num_queries):
    with django_assert_num_queries(0):
        visitor.get("/robots.txt")
