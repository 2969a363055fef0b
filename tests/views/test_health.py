import pytest
from django.db import OperationalError, connection
from django.db.migrations.executor import MigrationExecutor


def test_alive_asks_nothing_of_the_database(
    client, django_assert_num_queries, settings
):
    # No `db` fixture: a query would fail the test.
    answer = client.get("/healthz")

    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    assert answer.content == b"ok\n"
    assert not answer.cookies


@pytest.mark.django_db
def test_ready_when_the_database_is_there_and_migrated(client):
    answer = client.get("/readyz")

    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    assert not answer.cookies
    assert "no-store" in answer["Cache-Control"]


def test_not_ready_when_the_database_is_away(client, monkeypatch):
    def refuse(*args, **kwargs):
        raise OperationalError("connection to server at 10.1.2.3 failed: secret")

    monkeypatch.setattr(connection, "cursor", refuse)
    monkeypatch.setattr(MigrationExecutor, "__init__", refuse)

    answer = client.get("/readyz")

    assert answer.status_code == 503
    assert answer["Retry-After"] == "5"
    assert answer.content == b"the database cannot be reached\n"


@pytest.mark.django_db
def test_not_ready_when_migrations_wait(client, monkeypatch):
    monkeypatch.setattr(
        MigrationExecutor, "migration_plan", lambda self, targets: [("x", False)]
    )

    answer = client.get("/readyz")

    assert answer.status_code == 503
    assert answer["Retry-After"] == "5"


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/healthz", "/readyz"])
def test_only_reading_methods(client, address):
    assert client.head(address).status_code == 200
    assert client.post(address).status_code == 405
