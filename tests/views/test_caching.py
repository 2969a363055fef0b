"""ETags, 304 and the pages visitors share."""

import pytest
from django.core.cache import cache
from django.db.models import F
from django.test import Client

from tests import make, people
from wiki.models import Entry, SiteState
from wiki.views import caching

pytestmark = pytest.mark.django_db


def etag_of(client: Client, address: str, **headers: str) -> str:
    return client.get(address, headers=headers).headers["ETag"]


@pytest.fixture
def entry(db) -> Entry:
    return make.entry("글", tags=["배포"])


@pytest.fixture
def address(entry) -> str:
    return entry.get_absolute_url()


def test_who_has_the_page_gets_304(visitor, address):
    etag = etag_of(visitor, address)

    answer = visitor.get(address, headers={"If-None-Match": f'"other", W/{etag}'})

    assert answer.status_code == 304
    assert answer.content == b""
    assert answer.headers["ETag"] == etag
    assert answer.headers["Cache-Control"] == "no-cache"
    assert {"Cookie", "Accept-Language"} <= set(answer.headers["Vary"].split(", "))


def test_a_304_costs_one_query(visitor, address, django_assert_num_queries):
    etag = etag_of(visitor, address)

    with django_assert_num_queries(1):
        visitor.get(address, headers={"If-None-Match": etag})


def test_a_save_a_link_and_the_epoch_each_change_the_etag(visitor, entry, address):
    seen = [etag_of(visitor, address)]

    make.edit(entry, "새 본문")
    seen.append(etag_of(visitor, address))
    make.entry("출처", "[[글]]")
    seen.append(etag_of(visitor, address))
    SiteState.objects.update(epoch=F("epoch") + 1)
    seen.append(etag_of(visitor, address))

    assert len(set(seen)) == 4


def test_reader_language_and_theme_each_have_their_own(
    visitor, as_writer, as_curator, address
):
    dark = Client()
    dark.cookies["theme"] = "dark"
    korean = etag_of(visitor, address, **{"Accept-Language": "ko"})

    seen = [etag_of(c, address) for c in (visitor, as_writer, as_curator, dark)]

    assert len({korean, *seen}) == 5


def test_a_new_release_has_new_pages(visitor, address, monkeypatch):
    before = etag_of(visitor, address)

    monkeypatch.setattr(caching, "release", lambda: "next")

    assert etag_of(visitor, address) != before


@pytest.mark.parametrize("name", ["WIKI_NAME", "WIKI_REMOTE_IMAGES", "BASE_URL"])
def test_settings_that_change_pages_change_the_etag(visitor, address, settings, name):
    before = etag_of(visitor, address)

    setattr(settings, name, "card" if name == "WIKI_REMOTE_IMAGES" else "http://x")

    assert etag_of(visitor, address) != before


def test_a_page_with_a_message_is_never_kept(as_writer, entry, address):
    etag = etag_of(as_writer, address)
    as_writer.post(
        address + "edit/", {"title": "글", "body": "본문", "base_version": 1}
    )

    told = as_writer.get(address, headers={"If-None-Match": etag})
    after = as_writer.get(address, headers={"If-None-Match": etag})

    assert told.status_code == 200
    assert "Nothing was changed" in told.content.decode()
    assert "ETag" not in told.headers
    assert after.status_code == 304


def test_pages_of_members_are_private(as_writer, address):
    answer = as_writer.get(address)

    assert answer.headers["Cache-Control"] == "private, no-cache"


def test_a_member_never_gets_a_visitors_page_nor_the_reverse(
    visitor, as_writer, address
):
    for client in (visitor, as_writer, visitor, as_writer):
        text = client.get(address).content.decode()
        assert ("minsu" in text) is (client is as_writer)


def test_visitors_of_each_language_get_their_page_from_the_cache(visitor, address):
    pages = {
        language: [
            visitor.get(address, headers={"Accept-Language": language}).content.decode()
            for _ in range(2)
        ]
        for language in ("ko", "en")
    }

    assert all(first == second for first, second in pages.values())
    assert '<html lang="ko"' in pages["ko"][1]
    assert '<html lang="en"' in pages["en"][1]


def test_addresses_with_a_query_fill_no_cache(visitor, address):
    visitor.get(address)
    before = len(cache._cache)

    for number in range(5):
        assert f"?x={number}" in visitor.get(f"{address}?x={number}").content.decode()

    assert len(cache._cache) == before


def test_a_long_page_is_kept_in_little_room(visitor):
    entry = make.entry(body="글 " * caching.MAX_SHARED_BYTES)

    first = visitor.get(entry.get_absolute_url()).content
    [kept] = cache._cache.values()
    second = visitor.get(entry.get_absolute_url()).content

    assert len(first) > caching.MAX_SHARED_BYTES > len(kept)
    assert second == first


def test_a_very_long_page_is_not_kept(visitor, monkeypatch):
    monkeypatch.setattr(caching, "MAX_PACKED_FROM_BYTES", 200_000)
    entry = make.entry(body="글 " * caching.MAX_SHARED_BYTES)

    visitor.get(entry.get_absolute_url())

    assert not cache._cache


def test_the_cache_of_another_host_name_is_not_poisoned(address, settings):
    settings.ALLOWED_HOSTS = ["*"]
    forged = people.client_of(None, HTTP_HOST="evil.example")

    text = forged.get(address).content.decode()

    assert "evil.example" not in text


def test_deleted_and_hidden_entries_leave_the_cache_at_once(visitor, entry, address):
    etag = etag_of(visitor, address)
    Entry.objects.filter(pk=entry.pk).update(visibility="members")

    hidden = visitor.get(address, headers={"If-None-Match": etag})

    assert hidden.status_code == 404
    assert "ETag" not in hidden.headers
