import logging
import re

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from tests import make
from tests.people import PASSWORD
from wiki.views import accounts

pytestmark = pytest.mark.django_db

LOGIN, SIGNUP, CHANGE = "/accounts/login/", "/accounts/signup/", "/accounts/password/"
NEW = {"username": "seoyeon", "password1": PASSWORD, "password2": PASSWORD}


def sign_in(client, name="minsu", password=PASSWORD, **more):
    return client.post(LOGIN, {"username": name, "password": password, **more})


def is_signed_in(client):
    return "_auth_user_id" in client.session


# ── Signing in ────────────────────────────────────────────────────────────────
def test_form_helps_password_managers(visitor):
    html = visitor.get(LOGIN).content.decode()

    assert 'autocomplete="username"' in html
    assert 'autocomplete="current-password"' in html
    assert 'id="w-username"' in html
    assert '<label class="lab-t" for="w-password">' in html
    assert "csrfmiddlewaretoken" in html


def test_sign_in_goes_home_with_a_new_session(visitor, writer):
    visitor.session.save()
    before = visitor.session.session_key

    answer = sign_in(visitor)

    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert is_signed_in(visitor)
    assert visitor.session.session_key != before


def test_old_session_is_dead_after_signing_out(visitor, writer):
    sign_in(visitor)
    stolen = Client()
    stolen.cookies = visitor.cookies.copy()

    answer = visitor.post("/accounts/logout/")

    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert stolen.get(CHANGE).status_code == 302


def test_signing_out_is_a_post(as_writer):
    assert as_writer.get("/accounts/logout/").status_code == 405
    assert is_signed_in(as_writer)


def test_next_is_followed(visitor, writer):
    html = visitor.get(LOGIN, {"next": "/recent/?days=30"}).content.decode()
    assert 'name="next" value="/recent/?days=30"' in html

    assert sign_in(visitor, next="/recent/?days=30")["Location"] == "/recent/?days=30"


@pytest.mark.parametrize(
    "address",
    [
        "//evil.example/",
        "/\\evil.example",
        "https:evil.example",
        "https://evil.example/",
        "javascript:alert(1)",
        "\thttps://evil.example",
        "/\t/evil.example",
        "http:///evil.example",
        "\x00//evil.example",
    ],
)
def test_next_leads_nowhere_else(visitor, writer, address, settings):
    settings.WIKI_SIGNUP = "open"
    html = visitor.get(LOGIN, {"next": address}).content.decode()
    assert 'name="next"' not in html.split("<main")[1].split("</main>")[0]

    location = sign_in(visitor, next=address)["Location"]
    assert not re.match(r"[\\/]{2}|https?:|javascript:|\s", location)
    other = Client().post(SIGNUP, {**NEW, "next": address})["Location"]
    assert not re.match(r"[\\/]{2}|https?:|javascript:|\s", other)


def test_who_is_signed_in_is_sent_on(as_writer):
    assert as_writer.get(LOGIN, {"next": "/tags/"})["Location"] == "/tags/"


def test_wrong_password_and_unknown_name_get_the_same_answer(visitor, writer):
    known = sign_in(visitor, password="wrong").content.decode()
    unknown = sign_in(visitor, name="nosuch", password="wrong").content.decode()

    def without_what_was_typed(html):
        html = re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", html)
        return html.replace("nosuch", "minsu")

    assert 'role="alert"' in known
    assert without_what_was_typed(known) == without_what_was_typed(unknown)
    assert "wrong" not in known.split("<main")[1].split("</main>")[0]


@pytest.mark.parametrize("name", ["minsu", "nosuch"])
def test_eleventh_failure_waits_for_known_and_unknown_names(visitor, writer, name):
    statuses = [sign_in(visitor, name=name, password="x").status_code for _ in range(9)]
    assert statuses == [200] * 9

    sign_in(visitor, name=name, password="x")
    answer = sign_in(visitor, name=name)

    assert answer.status_code == 429
    assert int(answer["Retry-After"]) == 300
    assert answer["Cache-Control"] == "no-store"
    html = answer.content.decode()
    assert "Try again in 5 minutes" in html
    assert name not in html
    assert not is_signed_in(visitor)


def test_forged_address_does_not_help(visitor, writer):
    for number in range(12):
        answer = visitor.post(
            LOGIN,
            {"username": "minsu", "password": "x"},
            headers={"X-Forwarded-For": f"10.0.0.{number}"},
        )

    assert answer.status_code == 429


def test_lock_speaks_the_language_of_the_reader(visitor):
    for _ in range(11):
        answer = visitor.post(
            LOGIN,
            {"username": "x", "password": "x"},
            headers={"Accept-Language": "ko"},
        )

    assert answer.status_code == 429
    assert '<html lang="ko"' in answer.content.decode()


def test_logs_hold_no_password_and_one_line_an_event(visitor, writer, caplog):
    with caplog.at_level(logging.DEBUG):
        sign_in(visitor, password="hunter2-비밀")
        sign_in(visitor, name="two\nlines", password="hunter2-비밀")
        sign_in(visitor)

    assert not re.search("hunter2|비밀|배터리", caplog.text)
    assert not any("\n" in record.getMessage() for record in caplog.records)


@pytest.mark.parametrize("name", ["a\x00b", "a\nb", "a\u202eb", "a" * 300, ""])
def test_names_that_cannot_be_are_refused_kindly(visitor, name):
    answer = sign_in(visitor, name=name)

    assert answer.status_code == 200
    assert 'role="alert"' in answer.content.decode()


def test_form_without_a_token_is_refused(writer):
    client = Client(enforce_csrf_checks=True)

    assert sign_in(client).status_code == 403


# ── Signing up ────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("value", ["closed", "", "yes"])
def test_sign_up_is_not_there_unless_open(visitor, settings, value):
    settings.WIKI_SIGNUP = value

    assert visitor.get(SIGNUP).status_code == 404
    assert visitor.post(SIGNUP, NEW).status_code == 404
    assert not get_user_model().objects.exists()
    assert SIGNUP not in visitor.get(LOGIN).content.decode()


def test_sign_up_makes_an_ordinary_account_and_signs_in(visitor, settings):
    settings.WIKI_SIGNUP = "open"
    assert SIGNUP in visitor.get(LOGIN).content.decode()
    assert 'autocomplete="new-password"' in visitor.get(SIGNUP).content.decode()

    answer = visitor.post(
        SIGNUP, {**NEW, "is_staff": "1", "is_superuser": "1", "next": "/tags/"}
    )

    assert (answer.status_code, answer["Location"]) == (302, "/tags/")
    assert is_signed_in(visitor)
    person = get_user_model().objects.get()
    assert (person.is_staff, person.is_superuser) == (False, False)


@pytest.mark.parametrize(
    "fields",
    [
        {"password1": "short", "password2": "short"},
        {"password1": "password123", "password2": "password123"},
        {"password2": "something else"},
        {"username": "MINSU"},
        {"username": "a b"},
        {"username": "mіnsu"},  # a Cyrillic letter among Latin ones
        {"username": ""},
    ],
)
def test_bad_sign_ups_are_refused_with_a_sentence(visitor, writer, settings, fields):
    settings.WIKI_SIGNUP = "open"

    answer = visitor.post(SIGNUP, NEW | fields)

    assert answer.status_code == 200
    assert 'role="alert"' in answer.content.decode()
    assert get_user_model().objects.count() == 1


def test_long_passwords_and_korean_names_are_fine(visitor, settings):
    settings.WIKI_SIGNUP = "open"
    password = "긴 비밀번호 " * 12

    visitor.post(
        SIGNUP, {"username": "서연", "password1": password, "password2": password}
    )

    assert get_user_model().objects.get().check_password(password)


def test_sign_ups_from_one_address_are_limited(visitor, settings, monkeypatch):
    settings.WIKI_SIGNUP = "open"
    monkeypatch.setattr(accounts, "SIGN_UPS_PER_HOUR", 2)

    for _ in range(2):
        assert visitor.post(SIGNUP, NEW | {"password2": "x"}).status_code == 200
    answer = visitor.post(SIGNUP, NEW)

    assert answer.status_code == 429
    assert 0 < int(answer["Retry-After"]) <= 3600
    assert not get_user_model().objects.exists()


# ── A new password ────────────────────────────────────────────────────────────
def test_changing_the_password_ends_other_sessions(as_writer, writer):
    other = Client()
    sign_in(other)
    before = as_writer.session.session_key
    new = "새 암호 하나 둘"

    answer = as_writer.post(
        CHANGE,
        {"old_password": PASSWORD, "new_password1": new, "new_password2": new},
        follow=True,
    )

    assert "Your password was changed" in answer.content.decode()
    assert as_writer.session.session_key != before
    assert other.get(CHANGE).status_code == 302


def test_visitors_are_sent_to_sign_in_before_changing_a_password(visitor):
    assert visitor.get(CHANGE)["Location"] == f"{LOGIN}?next={CHANGE}"


# ── A wiki for members ────────────────────────────────────────────────────────
def test_only_the_doors_are_open_where_visitors_may_not_read(visitor, settings):
    settings.WIKI_ANONYMOUS_READ = False
    settings.WIKI_SIGNUP = "open"
    make.entry("비밀", tags=["극비"])

    for address in (LOGIN, SIGNUP, "/healthz", "/readyz"):
        answer = visitor.get(address)
        assert answer.status_code == 200
        assert "비밀" not in answer.content.decode()
    lists = ("/entries/", "/tags/", "/tags/x/", "/search/", "/recent/", "/graph/")
    for address in ("/", *lists, "/graph/data/", "/wiki/비밀/graph/", "/health/"):
        assert visitor.get(address).status_code == 302
