"""What visitors and search engines get of the past: a limited part, and no part."""

import pytest
from django.utils import timezone

from tests import make
from wiki.models import RateLimit, RevisionMark

pytestmark = pytest.mark.django_db

PAGES = ["history/", "history/1/", "history/1/raw/", "diff/?old=1&new=2", "blame/"]


def address(entry, page):
    return f"{entry.get_absolute_url()}{page}"


@pytest.fixture
def entry():
    return make.edit(make.entry("배포 절차", "옛 글\n"), "새 글\n")


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


@pytest.fixture
def few(settings, clock):
    clock.now -= clock.now % 60
    settings.WIKI_PAST_PAGES_PER_MINUTE = 5
    return 5


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
    visitor, entry, clock, django_assert_max_num_queries
):
    with django_assert_max_num_queries(60 * 5):
        answers = [
            visitor.get(address(entry, f"diff/?old=1&new=2&n={n}")) for n in range(1000)
        ]

    assert [answer.status_code for answer in answers] == [200] * 60 + [429] * 940
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


# ── Made and sent once ────────────────────────────────────────────────────────
KEPT = [*PAGES, "diff/?old=1&new=2&view=rendered", "diff/?old=1&new=2&format=patch"]


def ask_again(client, entry, page, answer):
    return client.get(address(entry, page), headers={"If-None-Match": answer["ETag"]})


@pytest.mark.parametrize("page", KEPT)
def test_who_has_the_page_is_told_so(visitor, as_writer, entry, page):
    for client in (visitor, as_writer):
        answer = client.get(address(entry, page))

        again = ask_again(client, entry, page, answer)

        assert (again.status_code, again.content) == (304, b"")
        assert again["X-Robots-Tag"] == "noindex, nofollow"


@pytest.mark.parametrize("page", ["history/", "history/1/", "diff/?old=1&new=2"])
def test_a_new_revision_is_a_new_page(visitor, entry, page):
    answer = visitor.get(address(entry, page))
    make.edit(entry, "더 새 글\n")

    assert ask_again(visitor, entry, page, answer).status_code == 200


def test_a_comparison_never_reads_its_texts_twice(
    visitor, as_writer, entry, django_assert_num_queries
):
    page = "diff/?old=1&new=2"
    with django_assert_num_queries(5):
        visitor.get(address(entry, page))
    with django_assert_num_queries(4):
        visitor.get(address(entry, f"{page}&n=1"))


@pytest.mark.parametrize("page", ["history/1/", "history/1/raw/", "diff/?old=1&new=2"])
def test_what_is_hidden_meanwhile_is_gone_for_those_who_had_it(
    visitor, as_curator, entry, page
):
    entry = make.edit(entry, "셋째 글\n")
    answer = visitor.get(address(entry, page))
    RevisionMark.objects.create(
        revision=make.revision(entry, 1), kind="hidden", created_at=timezone.now()
    )

    assert ask_again(visitor, entry, page, answer).status_code == 404
    assert as_curator.get(address(entry, page)).status_code == 200


def test_a_mark_makes_the_list_another_page(visitor, entry):
    answer = visitor.get(address(entry, "history/"))
    RevisionMark.objects.create(
        revision=make.revision(entry, 1), kind="reverted", created_at=timezone.now()
    )

    assert ask_again(visitor, entry, "history/", answer).status_code == 200


def test_an_author_goes_by_the_name_of_today(visitor, writer):
    entry = make.edit(make.entry("배포", "하나\n"), "둘\n", by=writer)
    answer = visitor.get(address(entry, "diff/"))
    writer.first_name = "새이름"
    writer.save()

    again = ask_again(visitor, entry, "diff/", answer)

    assert again.status_code == 200
    assert "새이름" in again.content.decode()


@pytest.mark.parametrize("page", ["history/1/", "diff/?old=1&new=2&view=rendered"])
def test_links_of_kept_pages_lead_where_they_lead_now(visitor, page):
    entry = make.edit(make.entry("안내", "[[도움말]] 하나\n"), "[[도움말]] 둘\n")
    answer = visitor.get(address(entry, page))
    assert 'class="missing"' in answer.content.decode()

    make.entry("도움말")

    again = ask_again(visitor, entry, page, answer)
    assert again.status_code == 200
    assert 'class="missing"' not in again.content.decode()


def test_pages_of_members_are_kept_apart(as_writer, visitor, entry):
    answer = as_writer.get(address(entry, "diff/"))

    assert "private" in answer["Cache-Control"]
    assert ask_again(visitor, entry, "diff/", answer).status_code == 200
    assert "/undo/" not in visitor.get(address(entry, "diff/")).content.decode()
