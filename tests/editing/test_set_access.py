"""Who may read and change an entry: what follows from a change of it."""

import pytest

from tests import make
from wiki.editing import EntryGone, StaleEntry, rename_entry, set_access
from wiki.models import Entry, Link, SiteState

pytestmark = pytest.mark.django_db


def change(entry, *, base_version=None, **rights):
    wanted = {"visibility": "public", "protection": "writers"} | rights
    return set_access(entry, base_version=base_version or entry.version, **wanted)


def fresh(entry):
    return Entry.objects.get(pk=entry.pk)


def epoch():
    return SiteState.objects.get().epoch


def test_rights_change_without_a_revision():
    entry = make.entry("운영")

    changed = change(entry, visibility="members", protection="curators")

    assert (changed.visibility, changed.protection) == ("members", "curators")
    assert changed.version == 1
    assert changed.revisions.count() == 1


@pytest.mark.parametrize("name", ["운영", "운영 안내", "옛 이름"])
def test_public_pages_no_longer_lead_to_what_members_read(name):
    entry = make.entry("옛 이름", aliases=("운영 안내",))
    entry = rename_entry(entry, "운영", base_version=1, act=make.act()).entry
    source = make.entry("안내", f"[[{name}]]\n")
    assert entry.get_absolute_url() in fresh(source).html

    change(entry, visibility="members")

    assert entry.get_absolute_url() not in fresh(source).html
    assert Link.objects.get(source=source).target is None

    change(fresh(entry))

    assert entry.get_absolute_url() in fresh(source).html


def test_links_on_a_page_that_becomes_public_turn_red():
    secret = make.entry("비밀", visibility="members")
    entry = make.entry("모임", "[[비밀]]\n", visibility="members")
    assert secret.get_absolute_url() in entry.html

    change(entry)

    assert secret.get_absolute_url() not in fresh(entry).html


def test_every_cached_page_becomes_stale_when_readers_change():
    entry = make.entry("운영")
    before, links_version = epoch(), fresh(entry).links_version

    change(entry, visibility="curators")

    assert epoch() > before
    assert fresh(entry).links_version > links_version


def test_protection_alone_marks_only_the_page():
    entry = make.entry("운영")
    before, links_version = epoch(), fresh(entry).links_version

    change(entry, protection="administrators")

    assert epoch() == before
    assert fresh(entry).links_version > links_version


def test_same_rights_write_nothing(django_assert_num_queries):
    entry = make.entry("운영")

    with django_assert_num_queries(1):
        change(entry)


def test_stale_and_deleted_entries_are_left_alone():
    entry = make.edit(make.entry("운영", "하나\n"), "둘\n")

    with pytest.raises(StaleEntry):
        change(entry, base_version=1, visibility="members")
    gone = make.deleted(fresh(entry))
    with pytest.raises(EntryGone):
        change(gone, visibility="members")
    assert fresh(entry).visibility == "public"
