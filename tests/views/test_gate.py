import pytest

pytestmark = pytest.mark.django_db


def test_cookie_with_a_nul_is_as_good_as_none(client):
    answer = client.get("/", headers={"cookie": 'sessionid="\\000aaaaaaaaaaaaaaaa"'})

    assert answer.status_code == 200


def test_address_of_a_tag_too_long_for_any_is_missing(client):
    assert client.get("/tags/" + "a" * 51_000 + "/").status_code == 404
