"""Times, amounts and people as pages print them."""

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import pytest
from django.contrib.auth import get_user_model
from django.utils import timezone, translation

from wiki.templatetags import wiki_text

# Noon in Seoul, a Sunday.
NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _noon(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: NOW)


@pytest.fixture(params=["ko", "en"])
def language(request):
    with translation.override(request.param):
        yield request.param


def words(html: str) -> str:
    """What stands between the first tag and the last."""
    return html.split(">", 1)[1].rsplit("<", 1)[0]


@pytest.mark.parametrize(
    "ago, english",
    [
        (timedelta(seconds=5), "just now"),
        (timedelta(minutes=1), "1 minute ago"),
        (timedelta(minutes=59, seconds=59), "59 minutes ago"),
        (timedelta(hours=1), "1 hour ago"),
        (timedelta(hours=23, minutes=59), "23 hours ago"),
        (timedelta(days=1), "21 Nov"),
        (timedelta(days=365), "22 Nov 2025"),
        (-timedelta(days=2), "24 Nov"),
    ],
)
def test_moments_are_relative_within_a_day(ago, english):
    with translation.override("en"):
        assert words(wiki_text.when(NOW - ago)) == english


def test_moments_carry_the_whole_moment_in_both_languages(language):
    html = wiki_text.when(NOW - timedelta(hours=3))

    title = {"ko": "2026년 11월 22일 09:00", "en": "22 Nov 2026 09:00"}[language]
    assert f'title="{title}"' in html
    assert 'datetime="2026-11-22T00:00:00+00:00"' in html


def test_day_headings_name_today_and_the_weekday(language):
    today = wiki_text.day_heading(NOW)
    earlier = wiki_text.day_heading(date(2026, 11, 20))

    if language == "ko":
        assert today.endswith("<span>11월 22일 일요일</span>")
        assert earlier == "11월 20일 <span>금요일</span>"
    else:
        assert today == "Today <span>Sun 22 Nov</span>"
        assert earlier == "20 Nov <span>Friday</span>"


def test_days_are_those_of_the_time_zone():
    late = datetime(2026, 11, 21, 16, 0, tzinfo=UTC)  # 01:00 of the 22nd in Seoul

    with translation.override("en"):
        assert wiki_text.day_heading(late).startswith("Today")
        assert words(wiki_text.clock(late)) == "01:00"


def test_full_days_have_their_year(language):
    html = wiki_text.on_day(date(2025, 3, 2))

    assert words(html) == {"ko": "2025년 3월 2일", "en": "2 Mar 2025"}[language]


@pytest.mark.parametrize(
    "number, shown",
    [
        (
            412,
            '<span class="delta plus">+412<span class="sr"> characters</span></span>',
        ),
        (-9, '<span class="delta minus">−9<span class="sr"> characters</span></span>'),
        (1, '<span class="delta plus">+1<span class="sr"> character</span></span>'),
        (0, '<span class="delta">0<span class="sr"> characters</span></span>'),
    ],
)
def test_changes_of_length_are_signed(number, shown):
    with translation.override("en"):
        assert wiki_text.delta(number) == shown


def test_large_amounts_have_separators():
    with translation.override("en"):
        assert "+18,204" in wiki_text.delta(18204)
        assert wiki_text.characters(2184) == "2,184 characters"
        assert wiki_text.characters(1) == "1 character"


@pytest.mark.parametrize(
    "filter_name", ["when", "clock", "on_day", "day_heading", "delta", "characters"]
)
def test_nothing_prints_as_nothing(filter_name):
    assert getattr(wiki_text, filter_name)(None) == ""


def test_a_name_is_escaped_and_its_initial_large():
    html = wiki_text.person("<b>alex")

    assert html.endswith("<span>&lt;b&gt;alex</span></span>")
    assert "<b>" not in html
    assert '"avatar s av' in wiki_text.person("alex")
    assert ">A</span>" in wiki_text.person("alex")


def test_the_same_person_always_has_the_same_colour():
    user = get_user_model()(pk=7, username="민수")
    revision = SimpleNamespace(author_id=7, author_label="민수")

    assert wiki_text.avatar(user, small=True) == wiki_text.avatar(revision, small=True)
    assert wiki_text.person("도윤") == wiki_text.person("도윤")


def test_someone_without_a_name_is_unknown():
    nobody = SimpleNamespace(author_id=None, author_label="")

    with translation.override("en"):
        assert "unknown" in wiki_text.person(nobody)
