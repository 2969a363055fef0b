"""What visitors and search engines get of the past: a limited part, and no part."""

import pytest

from tests import make
from wiki.models import RateLimit

pytestmark = pytest.mark.django_db

PAGES = ["history/", "history/1/", "history/1/raw/", "diff/?old=1&new=2"]


def address(entry, page):
    return f"{entry.get_absolute_url()}{page}"


@pytest.fixture
def entry():
    return make.edit(make.entry("배포 절차", "옛 글\n"), "새 글\n")


@pytest.fixture
def few(settings):
    settings.WIKI_PAST_PAGES_PER_MINUTE = 5
    return 5


@pytest.fixture
def clock(monkeypatch):
    """The time, which goes on when a test says so; caches keep the real one."""

    class Clock:
        now = 1_800_000_000.0

        def time(self):
            return self.now

    clock = Clock()
    monkeypatch.setattr("wiki.views.past_pages.time", clock)
    return clock


@pytest.mark.parametrize("page", PAGES)
def test_robots_are_asked_to_stay_away(visitor, entry, page):
    answer = visitor.get(address(entry, page))

    assert answer.status_code == 200
    assert answer["X-Robots-Tag"] == "noindex, nofollow"
    if answer["Content-Type"].startswith("text/html"):
        assert 'name="robots" content="noindex' in answer.content.decode()


@pytest.mark.parametrize("page", PAGES)
def test_they_are_for_reading(visitor, entry, page):
    assert visitor.post(address(entry, page)).status_code == 405
    assert visitor.head(address(entry, page)).status_code == 200


def test_all_of_them_count_together(visitor, entry, few):
    statuses = [visitor.get(address(entry, page)).status_code for page in PAGES * 2]

    assert statuses == [200] * few + [429] * (len(PAGES) * 2 - few)


def test_past_the_limit_it_says_how_long_to_wait(visitor, entry, few, clock):
    clock.now += 20 - clock.now % 60
    answers = [visitor.get(address(entry, "history/")) for _ in range(few + 1)]

    assert answers[-1]["Retry-After"] == "40"
    assert answers[-1]["X-Robots-Tag"] == "noindex, nofollow"
    page = answers[-1].content.decode()
    assert "from your network" in page
    assert "Try again in a minute." in page

    clock.now += 40
    assert visitor.get(address(entry, "history/")).status_code == 200


def test_an_hour_has_its_limit_too(visitor, entry, few, clock):
    clock.now -= clock.now % 3600
    served = 0
    for _ in range(20):
        clock.now += 60
        statuses = [visitor.get(address(entry, "history/")).status_code for _ in "ab"]
        served += statuses.count(200)
    assert served == 40

    for _ in range(10):
        clock.now += 60
        answers = [visitor.get(address(entry, "history/")) for _ in "ab"]
        served += [answer.status_code for answer in answers].count(200)
    assert served == few * 10
    assert int(answers[-1]["Retry-After"]) == 30 * 60


def test_korean_readers_are_told_in_korean(visitor, entry, few):
    for _ in range(few + 1):
        answer = visitor.get(
            address(entry, "history/"), headers={"Accept-Language": "ko"}
        )

    assert answer.status_code == 429
    assert '<html lang="ko"' in answer.content.decode()


def test_a_thousand_comparisons_cost_one_visitor_a_bounded_number(
    visitor, entry, django_assert_max_num_queries
):
    with django_assert_max_num_queries(60 * 6):
        answers = [
            visitor.get(address(entry, f"diff/?old=1&new=2&n={n}")) for n in range(1000)
        ]

    # The minute may turn once on the way.
    assert [a.status_code for a in answers].count(200) <= 120
    assert answers[-1].status_code == 429
    assert int(answers[-1]["Retry-After"]) > 0


def test_reading_goes_on_for_whoever_is_past_the_limit(
    visitor, entry, few, django_assert_max_num_queries
):
    for _ in range(few + 1):
        refused = visitor.get(address(entry, "diff/"))
    assert refused.status_code == 429

    for page in (entry.get_absolute_url(), address(entry, "raw/"), "/", "/search/"):
        assert visitor.get(page).status_code == 200
    for page in ("/recent/", "/tags/", "/entries/"):
        assert visitor.get(page).status_code == 200
    with django_assert_max_num_queries(0):
        visitor.get(address(entry, "diff/"))


def test_members_have_no_limit(as_writer, entry, few):
    statuses = {
        as_writer.get(address(entry, "history/")).status_code for _ in range(few + 3)
    }

    assert statuses == {200}


def test_each_visitor_has_a_limit_of_their_own(client, entry, few):
    def ask(network):
        answers = [
            client.get(address(entry, "history/"), REMOTE_ADDR=network.format(n))
            for n in range(few + 1)
        ]
        return answers[-1].status_code

    assert ask("192.0.2.{}") == 200
    assert ask("2001:db8::{}") == 429
    assert ask("2001:db8:0:{}::1") == 200
    assert ask("::ffff:198.51.100.{}") == 200
    assert ask("") == 429


def test_no_limit_when_none_is_set(visitor, entry, settings):
    settings.WIKI_PAST_PAGES_PER_MINUTE = 0

    statuses = {visitor.get(address(entry, "diff/")).status_code for _ in range(80)}

    assert statuses == {200}


def test_whoever_reads_writes_nothing(visitor, entry):
    visitor.get(address(entry, "history/"))

    assert not RateLimit.objects.exists()
