"""What the admin as a whole answers to requests that none of its pages makes."""

import pytest

pytestmark = pytest.mark.django_db

ENTRIES, TAGS = "/admin/wiki/entry/", "/admin/wiki/tag/"


@pytest.mark.parametrize(
    "address",
    [
        f"{ENTRIES}?tag=%00",
        f"{ENTRIES}?visibility__exact=%00",
        f"{TAGS}?kind__exact=%00",
        f"{TAGS}?implies__id__exact={'9' * 40}",
    ],
)
def test_what_no_database_looks_for_is_a_bad_request(as_administrator, address):
    assert as_administrator.get(address).status_code == 400


@pytest.mark.parametrize("chosen", ["x", "1 or 1", "9" * 40, "\x00", "-1"])
def test_a_choice_that_is_no_row_is_a_bad_request(as_administrator, chosen):
    sent = {"action": "add_tag", "_selected_action": chosen}

    assert as_administrator.post(ENTRIES, sent).status_code == 400


def test_a_search_longer_than_any_title_is_cut(as_administrator):
    asked = {"q": "배포 " * 17_000}

    assert as_administrator.get(ENTRIES, asked).status_code == 200


def test_a_long_number_can_be_searched_for(as_administrator):
    assert as_administrator.get(ENTRIES, {"q": "9" * 40}).status_code == 200
