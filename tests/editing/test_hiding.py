"""Taking revisions out of sight: what it marks, what it refuses, what it logs."""

import pytest
from django.contrib.admin.models import LogEntry

from tests import make
from wiki.editing import (
    Author,
    CurrentRevision,
    InvalidContent,
    hide_revision,
    show_revision,
)
from wiki.models import Revision, RevisionMark, SiteState

pytestmark = pytest.mark.django_db


@pytest.fixture
def revision():
    return make.revision(make.edit(make.entry("배포", "비밀\n"), "둘\n"), 1)


def hidden(revision):
    return RevisionMark.objects.filter(revision=revision, kind="hidden")


def epoch():
    return SiteState.objects.get(pk=SiteState.ROW).epoch


def test_hidden_revision_bears_who_and_why(revision, curator):
    before = epoch()

    assert hide_revision(revision, reason=" 개인  정보 ", author=Author(user=curator))

    mark = hidden(revision).get()
    assert (mark.reason, mark.author) == ("개인 정보", curator)
    assert epoch() == before + 1
    assert Revision.objects.get(pk=revision.pk).body == "비밀\n"


def test_hiding_twice_is_hiding_once(revision, curator):
    author = Author(user=curator)
    hide_revision(revision, reason="하나", author=author)

    assert not hide_revision(revision, reason="둘", author=author)
    assert hidden(revision).get().reason == "하나"
    assert LogEntry.objects.count() == 1


def test_shown_again_it_is_as_before(revision, curator):
    author = Author(user=curator)
    hide_revision(revision, reason="하나", author=author)

    assert show_revision(revision, reason="잘못 숨김", author=author)
    assert not show_revision(revision, reason="또", author=author)
    assert not hidden(revision).exists()


def test_both_acts_are_logged_for_good(revision, curator):
    author = Author(user=curator)
    hide_revision(revision, reason="개인 정보", author=author)
    show_revision(revision, reason="잘못 숨김", author=author)

    shown, hid = LogEntry.objects.order_by("-id")
    assert {hid.user, shown.user} == {curator}
    assert hid.object_id == shown.object_id == str(revision.pk)
    assert "개인 정보" in hid.change_message
    assert "잘못 숨김" in shown.change_message
    assert "개인 정보" in shown.change_message


def test_current_revision_cannot_be_hidden(revision, curator):
    newest = make.revision(revision.entry, 2)

    with pytest.raises(CurrentRevision):
        hide_revision(newest, reason="하나", author=Author(user=curator))

    assert not hidden(newest).exists()


@pytest.mark.parametrize("reason", ["a" * 201, "a\x00"])
def test_reason_that_cannot_be_stored_is_refused(revision, curator, reason):
    with pytest.raises(InvalidContent):
        hide_revision(revision, reason=reason, author=Author(user=curator))
