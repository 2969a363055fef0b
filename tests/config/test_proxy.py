import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from config.proxy import client_address


def address_seen(**headers):
    request = RequestFactory().get("/", REMOTE_ADDR="127.0.0.1", **headers)
    client_address(lambda request: HttpResponse())(request)
    return request.META["REMOTE_ADDR"]


@pytest.mark.parametrize(
    ("forwarded", "address"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("2001:db8::1", "2001:db8::1"),
        ("10.9.9.9, 203.0.113.7", "203.0.113.7"),
        ("203.0.113.7, ", "127.0.0.1"),
        ("말도 안 됨", "127.0.0.1"),
        ("", "127.0.0.1"),
    ],
)
def test_the_address_the_proxy_added_counts(forwarded, address):
    assert address_seen(HTTP_X_FORWARDED_FOR=forwarded) == address


def test_without_the_header_the_address_stays():
    assert address_seen() == "127.0.0.1"
