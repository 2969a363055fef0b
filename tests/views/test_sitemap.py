"""What search engines are told of: public pages, and nothing else."""

from xml.etree import ElementTree

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import make
from wiki import sitemaps
from wiki.models import Entry

pytestmark = pytest.mark.django_db

BASE = "https://wiki.example.org"
NAMESPACE = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


@pytest.fixture(autouse=True)
def _base_url(settings):
    settings.BASE_URL = BASE
    settings.ALLOWED_HOSTS = ["*"]


def read(client, address, **headers):
    answer = client.get(address.removeprefix(BASE), headers=headers)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/xml; charset=utf-8"
    return ElementTree.fromstring(answer.content)


def places(root):
    return [element.text for element in root.iter(f"{NAMESPACE}loc")]


def listed(client):
    """Every address in every part."""
    parts = places(read(client, "/sitemap.xml"))
    return [place for part in parts for place in places(read(client, part))]


def test_lists_and_public_entries_stand_in_it(visitor):
    entry = make.entry("배포 절차 🚀 & <b>")

    found = listed(visitor)

    assert found[:4] == [
        f"{BASE}{path}" for path in ("/", "/entries/", "/tags/", "/recent/")
    ]
    assert found[4:] == [BASE + entry.get_absolute_url()]
    assert all(place.isascii() for place in found)


def test_nothing_hidden_or_deleted_for_whoever_asks(visitor, as_curator):
    make.entry("비밀", visibility="members")
    make.entry("더 비밀", visibility="curators")
    make.deleted(make.entry("지움"))

    assert listed(visitor) == listed(as_curator)
    assert len(listed(visitor)) == 4


def test_each_entry_has_the_day_of_its_last_change(visitor):
    entry = make.entry("가")

    index = read(visitor, "/sitemap.xml")
    part = read(visitor, places(index)[1])

    day = entry.updated_at.date().isoformat()
    assert part.find(f"{NAMESPACE}url/{NAMESPACE}lastmod").text == day
    dates = [found.text.strip() for found in index.iter(f"{NAMESPACE}lastmod")]
    assert [date[:10] for date in dates] == [day]


def test_many_entries_are_in_parts_and_each_in_one(visitor, monkeypatch):
    monkeypatch.setattr(sitemaps, "ENTRIES_PER_PAGE", 3)
    made = make.entries(11)
    make.deleted(Entry.objects.get(pk=made[4].pk))

    parts = places(read(visitor, "/sitemap.xml"))
    found = [place for part in parts[1:] for place in places(read(visitor, part))]

    assert len(parts) > 4
    alive = Entry.objects.live().order_by("pk")
    assert found == [BASE + entry.get_absolute_url() for entry in alive]


@pytest.mark.parametrize("amount", [1, 40])
def test_number_of_queries(visitor, amount):
    make.entries(amount)
    first = places(read(visitor, "/sitemap.xml"))[1]

    for address, allowed in (
        ("/sitemap.xml", 1),
        (first, 2),
        ("/sitemap-lists.xml", 0),
    ):
        with CaptureQueriesContext(connection) as queries:
            read(visitor, address)
        assert len(queries) == allowed
        assert not any('"body"' in query["sql"] for query in queries)


def test_no_host_of_a_request_comes_into_it(visitor):
    make.entry("가")

    for address in ("/sitemap.xml", "/sitemap-lists.xml"):
        root = read(visitor, address, Host="evil.example")
        assert all(place.startswith(BASE) for place in places(root))


@pytest.mark.parametrize("page", ["0", "999999", "9" * 30])
def test_part_that_is_none(visitor, page):
    make.entry("가")

    answer = visitor.get(f"/sitemap-notes-{page}.xml")

    assert answer.status_code == 404 or not places(
        ElementTree.fromstring(answer.content)
    )


def test_who_has_it_is_not_sent_it_again(visitor):
    make.entry("가")
    etag = visitor.get("/sitemap.xml")["ETag"]

    again = visitor.get("/sitemap.xml", headers={"If-None-Match": etag})

    assert again.status_code == 304


def test_a_wiki_for_members_has_none_for_visitors(visitor, as_writer, settings):
    settings.WIKI_ANONYMOUS_READ = False
    make.entry("가")

    assert visitor.get("/sitemap.xml").status_code == 302
    assert len(places(read(as_writer, "/sitemap.xml"))) == 1


def test_robots_are_told_where_it_is(visitor):
    lines = visitor.get("/robots.txt").content.decode().splitlines()

    assert f"Sitemap: {BASE}/sitemap.xml" in lines
    assert "Disallow: /random/" in lines
