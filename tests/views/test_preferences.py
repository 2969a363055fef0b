"""The theme and language forms: no token, so where they come from is looked at."""

import pytest
from django.conf import settings
from django.test import Client

from wiki.models import Preference

THEME = "/preferences/theme/"
LANGUAGE = "/preferences/language/"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_theme_is_kept_in_a_cookie_and_leads_back(client, theme):
    answer = client.post(THEME, {"theme": theme, "next": "/tags/?a=1"})

    assert (answer.status_code, answer.url) == (302, "/tags/?a=1")
    assert answer.cookies["theme"].value == theme
    assert answer.cookies["theme"]["samesite"] == "Lax"


def test_auto_drops_the_cookie(client):
    client.post(THEME, {"theme": "dark"})

    answer = client.post(THEME, {"theme": "auto"})

    assert answer.cookies["theme"].value == ""


@pytest.mark.parametrize("theme", ["", "purple", 'dark" onload="x'])
def test_unknown_theme_sets_nothing(client, theme):
    answer = client.post(THEME, {"theme": theme})

    assert answer.status_code == 302
    assert "theme" not in answer.cookies


@pytest.mark.parametrize("language", ["ko", "en"])
def test_language_is_kept_in_the_cookie_of_the_framework(client, language):
    answer = client.post(LANGUAGE, {"language": language, "next": "/recent/"})

    assert answer.url == "/recent/"
    assert answer.cookies[settings.LANGUAGE_COOKIE_NAME].value == language


@pytest.mark.parametrize("language", ["", "de", "../ko"])
def test_unknown_language_sets_nothing(client, language):
    answer = client.post(LANGUAGE, {"language": language})

    assert settings.LANGUAGE_COOKIE_NAME not in answer.cookies


@pytest.mark.parametrize(
    "address",
    ["https://elsewhere.example/", "//elsewhere.example/", "javascript:alert(1)", ""],
)
def test_the_way_back_never_leaves_the_site(client, address):
    answer = client.post(THEME, {"theme": "dark", "next": address})

    assert answer.url == "/"


def test_without_next_the_page_before_is_the_way_back(client):
    answer = client.post(
        LANGUAGE, {"language": "en"}, headers={"referer": "http://testserver/tags/"}
    )

    assert answer.url == "http://testserver/tags/"


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"origin": "https://elsewhere.example"},
        {"origin": "null"},
        {"sec-fetch-site": "cross-site", "origin": "http://testserver"},
    ],
)
@pytest.mark.parametrize("address", [THEME, LANGUAGE])
def test_forms_sent_from_other_sites_are_refused(client, address, headers):
    answer = client.post(address, {"theme": "dark", "language": "en"}, headers=headers)

    assert answer.status_code == 403
    assert not answer.cookies


@pytest.mark.parametrize(
    "headers",
    [{"sec-fetch-site": "same-origin"}, {"origin": "http://testserver"}],
)
def test_forms_of_our_own_pages_are_taken(client, headers):
    answer = client.post(THEME, {"theme": "dark"}, headers=headers)

    assert answer.cookies["theme"].value == "dark"


@pytest.mark.parametrize("address", [THEME, LANGUAGE])
def test_reading_the_address_changes_nothing(client, address):
    answer = client.get(address, {"theme": "dark", "language": "en"})

    assert answer.status_code == 405


@pytest.mark.django_db
def test_language_of_a_member_follows_to_another_browser(client, django_user_model):
    django_user_model.objects.create_user("jihyun", password="a long password 1")
    name_and_password = {"username": "jihyun", "password": "a long password 1"}
    client.post("/accounts/login/", name_and_password)
    client.post(LANGUAGE, {"language": "en"})
    other_browser = Client()

    answer = other_browser.post("/accounts/login/", name_and_password)

    assert answer.cookies[settings.LANGUAGE_COOKIE_NAME].value == "en"


@pytest.mark.django_db
def test_language_chosen_in_this_browser_wins_over_the_account(
    client, django_user_model
):
    user = django_user_model.objects.create_user("jihyun", password="a long password 1")
    Preference.objects.create(user=user, language="en")
    client.post(LANGUAGE, {"language": "ko"})

    answer = client.post(
        "/accounts/login/", {"username": "jihyun", "password": "a long password 1"}
    )

    assert settings.LANGUAGE_COOKIE_NAME not in answer.cookies
