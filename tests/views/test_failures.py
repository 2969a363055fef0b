"""What is answered when the server cannot answer: the text is never lost."""

import errno
import re
import sqlite3

import psycopg
import pytest
from django.db import DataError, InterfaceError, OperationalError
from django.test import Client

from tests import make
from wiki.views import failures, health, writing

TEXT = "\n한글 </textarea> 🙂 <script>\r\n끝"


def raising(error, cause=None):
    def view(*args, **kwargs):
        raise error from cause

    return view


def of_postgres(state):
    return type("Error", (psycopg.OperationalError,), {"sqlstate": state})()


def of_sqlite(name):
    error = sqlite3.OperationalError("said by SQLite")
    error.sqlite_errorname = name
    return error


@pytest.fixture
def broken(monkeypatch):
    """Lets the editor fail with an error; gives a client that sees the answer."""

    def fail(error, cause=None):
        monkeypatch.setattr(writing, "_create", raising(error, cause))
        monkeypatch.setattr(writing, "_save", raising(error, cause))

    return fail


@pytest.fixture
def writer_client(as_writer):
    as_writer.raise_request_exception = False
    return as_writer


def send(client, path="/new/", **fields):
    return client.post(
        path, {"title": "제목", "body": TEXT, "form_token": "t", **fields}
    )


AWAY = [
    (OperationalError("database is locked"), of_sqlite("SQLITE_BUSY")),
    (OperationalError("the connection is lost"), of_postgres("57P01")),
    (OperationalError("couldn't get a connection"), of_postgres(None)),
    (InterfaceError("the connection is closed"), psycopg.InterfaceError()),
    (OperationalError("deadlock detected"), of_postgres("40P01")),
]
FULL = [
    (OperationalError("database or disk is full"), of_sqlite("SQLITE_FULL")),
    (OperationalError("no space left"), of_postgres("53100")),
    (OSError(errno.ENOSPC, "No space left on device"), None),
]
BROKEN = [
    (ValueError("a secret of /srv"), None),
    (OperationalError("no such table"), of_sqlite("SQLITE_ERROR")),
    (DataError("invalid"), of_postgres("22P02")),
]


@pytest.mark.django_db
@pytest.mark.parametrize(("error", "cause"), AWAY)
def test_database_away_is_503_with_the_text(writer_client, broken, error, cause):
    broken(error, cause)

    answer = send(writer_client)

    assert answer.status_code == 503
    assert int(answer["Retry-After"]) == failures.RETRY_SECONDS
    assert answer["Cache-Control"] == "no-store"
    assert_has_text(answer)


@pytest.mark.django_db
@pytest.mark.parametrize(("error", "cause"), FULL)
def test_full_disk_is_507_with_the_text(writer_client, broken, error, cause):
    broken(error, cause)

    answer = send(writer_client)

    assert answer.status_code == 507
    assert "The disk of this wiki is full" in answer.content.decode()
    assert_has_text(answer)


@pytest.mark.django_db
@pytest.mark.parametrize(("error", "cause"), BROKEN)
def test_other_errors_are_500_with_a_number_and_the_text(
    writer_client, broken, caplog, error, cause
):
    broken(error, cause)

    answer = send(writer_client)

    assert answer.status_code == 500
    (number,) = set(re.findall(r"\b[0-9a-f]{8}\b", answer.content.decode()))
    assert f"Error {number} at /new/" in caplog.text
    assert str(error) not in answer.content.decode()
    assert_has_text(answer)


def assert_has_text(answer):
    html = answer.content.decode()
    # Forms send line ends as CRLF, and a text area drops the first newline.
    assert "readonly>\n\n한글 &lt;/textarea&gt; 🙂 &lt;script&gt;" in html
    assert '<input type="hidden" name="title" value="제목">' in html
    assert '<input type="hidden" name="form_token" value="t">' in html
    assert "style=" not in html


@pytest.mark.django_db
def test_form_sent_again_from_the_page_is_saved_once(writer_client, monkeypatch):
    entry = make.entry("글", "하나")
    fields = {
        "title": "글",
        "body": "둘",
        "base_version": "1",
        "entry_id": str(entry.pk),
        "form_token": "t",
    }
    with monkeypatch.context() as patch:
        away = OperationalError("gone")
        patch.setattr(writing, "_save", raising(away, of_postgres("08006")))
        html = writer_client.post("/wiki/글/edit/", fields).content.decode()

    assert 'action="/wiki/%EA%B8%80/edit/"' in html
    again = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', html))
    for _ in range(2):
        answer = writer_client.post("/wiki/글/edit/", again | {"body": "둘"})
        assert answer.status_code == 302

    assert entry.revisions.count() == 2


def test_pages_without_a_form_are_answered_without_the_database(monkeypatch):
    """No `db` fixture: a query would fail the test."""
    monkeypatch.setattr(health, "_plain", raising(OperationalError("x"), None))
    client = Client(raise_request_exception=False)

    answer = client.get("/healthz")

    assert answer.status_code == 503
    assert "Content-Security-Policy" in answer
    assert "<form" not in answer.content.decode()


def test_error_before_the_view_gives_the_text_back(monkeypatch):
    """The session is the first that asks the database."""
    from django.contrib.sessions.backends.db import SessionStore

    monkeypatch.setattr(
        SessionStore, "load", raising(OperationalError("gone"), of_postgres("08006"))
    )
    client = Client(raise_request_exception=False)
    client.cookies["sessionid"] = "a" * 32

    answer = send(client)

    assert answer.status_code == 503
    assert_has_text(answer)


@pytest.mark.django_db
def test_form_of_another_site_is_not_given_back(writer_client, broken):
    broken(OperationalError("gone"), of_postgres("08006"))

    foreign = writer_client.post(
        "/new/", {"body": "남의 글"}, headers={"origin": "https://evil.example"}
    )
    own = writer_client.post(
        "/new/", {"body": "내 글"}, headers={"origin": "http://testserver"}
    )

    assert "남의 글" not in foreign.content.decode()
    assert "내 글" in own.content.decode()


@pytest.mark.django_db
def test_passwords_are_never_given_back(writer_client, broken):
    broken(ValueError())

    html = send(writer_client, password="숨길 말", new_password1="숨길 말")

    assert "숨길 말" not in html.content.decode()
