"""`[[name|text]]`, where dumps differ in which of the two is the name.

The name comes first; where only the text is known, the link leads there.
"""

import pytest

from tests import make
from wiki.checking import CheckOptions, check_wiki
from wiki.editing import Content, NewEntry, create_entries
from wiki.editing.redrawing import refresh_links
from wiki.models import Entry, Link

pytestmark = pytest.mark.django_db


def leads_to():
    """Where the one link of the page leads, as its row and as its HTML have it."""
    link = Link.objects.get(source__title="출발")
    assert link.destination in Entry.objects.get(title="출발").html
    assert [f.code for f in check_wiki(CheckOptions())] == []
    return link.target and link.target.title


def test_text_that_becomes_a_title_is_led_to():
    make.entry("출발", "[[없는 글|도착]]")
    make.entry("도착")

    assert leads_to() == "도착"


def test_name_that_comes_later_takes_the_link():
    make.entry("도착")
    make.entry("출발", "[[나중 글|도착]]")
    assert leads_to() == "도착"

    make.entry("나중 글")

    assert leads_to() == "나중 글"


def test_text_takes_the_link_when_the_name_goes():
    make.entry("도착")
    named = make.entry("이름")
    make.entry("출발", "[[이름|도착]]")
    assert leads_to() == "이름"

    make.deleted(named)

    assert leads_to() == "도착"


def test_name_of_a_known_page_needs_no_second_look():
    make.entry("이름")
    make.entry("출발", "[[이름|도착]]")

    make.entry("도착")

    assert leads_to() == "이름"
    assert Link.objects.get().other_key == ""


def test_end_of_an_import_looks_at_both():
    make.entry("도착 1")
    make.entry("출발", "[[나중 1|도착 1]]")
    new = [NewEntry(content=Content(title="나중 1"), act=make.act())]
    create_entries(new, refresh=False)

    assert refresh_links(None) == 1

    assert leads_to() == "나중 1"
    assert refresh_links(None) == 0
