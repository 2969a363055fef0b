"""While the server is away one request tries to reach it, the others are told."""

import threading

import psycopg
import pytest
from django.db import OperationalError

from config.postgresql import base


class Pool:
    timeout = 3

    def __init__(self, failures=0):
        self.failures = failures

    def get_stats(self):
        return {"connections_errors": self.failures}


@pytest.fixture
def wrapper(monkeypatch):
    """The wrapper of a server that answers with what `wrapper.connect` does."""

    class Wrapper(base.DatabaseWrapper):
        def __init__(self, *arguments):
            super().__init__(*arguments)
            self._own = Pool()

        @property
        def pool(self):
            return self._own

    monkeypatch.setattr(base, "_is_away", threading.Event())
    monkeypatch.setattr(base, "_failures_before", 0)
    monkeypatch.setattr(
        base.base.DatabaseWrapper,
        "get_new_connection",
        lambda self, parameters: self.connect(),
    )
    return Wrapper({"OPTIONS": {}}, "test")


def refuse(wrapper, failures=1):
    def connect():
        wrapper.pool.failures += failures
        raise psycopg.OperationalError("no connection")

    wrapper.connect = connect


def test_only_one_tries_while_the_server_is_away(wrapper):
    refuse(wrapper)
    with pytest.raises(psycopg.OperationalError, match="no connection"):
        wrapper.get_new_connection({})

    with base._trying, pytest.raises(OperationalError, match="is away"):
        wrapper.get_new_connection({})
    with pytest.raises(psycopg.OperationalError, match="no connection"):
        wrapper.get_new_connection({})


def test_all_may_come_again_when_one_got_through(wrapper):
    refuse(wrapper)
    with pytest.raises(psycopg.OperationalError):
        wrapper.get_new_connection({})
    wrapper.connect = lambda: "connection"

    assert wrapper.get_new_connection({}) == "connection"
    with base._trying:
        assert wrapper.get_new_connection({}) == "connection"


def test_pool_that_is_busy_is_no_server_that_is_away(wrapper):
    refuse(wrapper, failures=0)
    with pytest.raises(psycopg.OperationalError):
        wrapper.get_new_connection({})

    assert not base._is_away.is_set()
