"""Counters and turns that hold for all processes."""

import pytest

from wiki.models import RateLimit, Turn, limits

pytestmark = pytest.mark.django_db


@pytest.fixture
def clock(monkeypatch):
    """What the time is, to be moved; it begins with a minute."""
    now = {"time": 60_000_000.0}
    monkeypatch.setattr(limits.time, "time", lambda: now["time"])
    return now


@pytest.fixture
def sweeping(monkeypatch):
    """Whether the next hit sweeps, by chance."""
    chance = {"is_due": False}
    monkeypatch.setattr(
        limits.random, "randrange", lambda _: 0 if chance["is_due"] else 1
    )
    return chance


def test_hits_beyond_the_limit_are_told_how_long_to_wait(clock):
    answers = [RateLimit.objects.hit("a", limit=2, seconds=60) for _ in range(3)]
    clock["time"] += 45

    assert answers == [0, 0, 60]
    assert RateLimit.objects.hit("a", limit=2, seconds=60) == 15
    assert RateLimit.objects.hit("b", limit=2, seconds=60) == 0


def test_a_new_window_counts_from_one(clock):
    for _ in range(3):
        RateLimit.objects.hit("a", limit=2, seconds=60)
    clock["time"] += 60

    assert RateLimit.objects.hit("a", limit=2, seconds=60) == 0


def test_windows_long_past_are_swept_now_and_then(clock, sweeping):
    RateLimit.objects.hit("a", limit=2, seconds=60)
    clock["time"] += limits.KEEP_SECONDS + 120

    RateLimit.objects.hit("b", limit=2, seconds=60)
    assert RateLimit.objects.count() == 2
    sweeping["is_due"] = True
    RateLimit.objects.hit("b", limit=2, seconds=60)

    assert RateLimit.objects.count() == 1


def test_a_hit_is_two_queries_and_an_insert(clock, sweeping, django_assert_num_queries):
    with django_assert_num_queries(3):
        RateLimit.objects.hit("a", limit=2, seconds=60)


def test_a_turn_is_one_at_a_time(clock):
    assert Turn.objects.take("draw", seconds=10)
    assert not Turn.objects.take("draw", seconds=10)
    assert Turn.objects.take("other", seconds=10)

    Turn.objects.give_back("draw")

    assert Turn.objects.take("draw", seconds=10)


def test_a_turn_that_nobody_gave_back_ends_by_itself(clock):
    Turn.objects.take("draw", seconds=10)
    clock["time"] += 11

    assert Turn.objects.take("draw", seconds=10)
