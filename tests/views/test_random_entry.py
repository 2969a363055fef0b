"""A note by chance, and nothing that its finder may not read."""

import pytest

from tests import make
from wiki.views import random_entry

pytestmark = pytest.mark.django_db


def picks(client, monkeypatch, amount):
    """Where it leads for each throw of so many."""
    found = []
    for number in range(amount):
        monkeypatch.setattr(
            random_entry, "randbelow", lambda total, n=number: n % total
        )
        found.append(client.get("/random/").url)
    return found


def test_each_readable_entry_can_come(visitor, as_writer, monkeypatch):
    seen = [make.entry(name).get_absolute_url() for name in ("가", "gRPC", "C++ 🚀")]
    secret = make.entry("비밀", visibility="members").get_absolute_url()
    make.deleted(make.entry("지움"))

    assert sorted(picks(visitor, monkeypatch, 3)) == sorted(seen)
    assert sorted(picks(as_writer, monkeypatch, 4)) == sorted([*seen, secret])


def test_it_leads_on_and_is_kept_nowhere(visitor):
    entry = make.entry("가")

    answer = visitor.get("/random/")

    assert answer.status_code == 302
    assert answer.url == entry.get_absolute_url()
    assert "no-store" in answer["Cache-Control"]


def test_an_empty_wiki_says_so(visitor):
    make.entry("비밀", visibility="members")

    answer = visitor.get("/random/", follow=True)

    assert answer.redirect_chain == [("/", 302)]
    assert "There is no note to choose from yet." in answer.content.decode()


def test_an_entry_that_went_meanwhile_is_no_error(visitor, monkeypatch):
    make.entry("가")
    monkeypatch.setattr(random_entry, "randbelow", lambda total: total)

    assert visitor.get("/random/").url == "/"


@pytest.mark.parametrize("amount", [1, 30])
def test_number_of_queries(visitor, django_assert_num_queries, amount):
    make.entries(amount)

    with django_assert_num_queries(2):
        visitor.get("/random/")


def test_every_page_leads_to_it(visitor):
    assert 'href="/random/" rel="nofollow"' in visitor.get("/tags/").content.decode()


def test_only_reading(as_writer):
    assert as_writer.post("/random/").status_code == 405
