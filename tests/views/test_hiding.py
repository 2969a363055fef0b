"""The page that hides a revision, and every road by which one might be seen."""

import pytest
from django.urls import reverse

from tests import make
from wiki.editing import Author, hide_revision
from wiki.models import RevisionMark

pytestmark = pytest.mark.django_db

SECRET, NAME, COMMENT = "주민번호-900101", "도윤이", "비밀스러운-말"


@pytest.fixture
def entry(writer):
    """Its second revision has to go; the first and the third are harmless."""
    entry = make.entry("배포", "하나\n", by=writer)
    entry = make.edit(entry, f"하나\n{SECRET}\n", by=NAME, comment=COMMENT)
    return make.edit(entry, "하나\n둘\n", by=writer)


@pytest.fixture
def hidden(entry, curator):
    revision = make.revision(entry, 2)
    hide_revision(revision, reason="개인 정보", author=Author(user=curator))
    return entry


def url(entry, number=2):
    return reverse("revision-hide", args=[entry.slug, number])


def is_hidden(entry, number=2):
    marks = RevisionMark.objects.filter(revision__entry=entry, kind="hidden")
    return marks.filter(revision__number=number).exists()


# ── The page ──────────────────────────────────────────────────────────────────
def test_curator_is_asked_for_a_reason_and_hides(as_curator, entry):
    asked = as_curator.get(url(entry))

    assert asked.status_code == 200
    assert 'name="reason"' in asked.content.decode()
    answer = as_curator.post(url(entry), {"do": "hide", "reason": "개인 정보"})
    assert answer.status_code == 302
    assert answer.url == "/wiki/%EB%B0%B0%ED%8F%AC/history/#w-r2"
    assert is_hidden(entry)
    assert "out of sight" in as_curator.get(answer.url).content.decode()


def test_curator_shows_it_again(as_curator, hidden):
    asked = as_curator.get(url(hidden)).content.decode()

    assert "Show revision 2 again?" in asked
    assert "개인 정보" in asked
    as_curator.post(url(hidden), {"do": "show", "reason": "잘못"})
    assert not is_hidden(hidden)


@pytest.mark.parametrize("values", [{}, {"do": "hide", "reason": " "}, {"reason": "x"}])
def test_without_a_reason_nothing_is_done(as_curator, entry, values):
    assert as_curator.post(url(entry), values).status_code == 400
    assert not is_hidden(entry)


def test_page_that_is_old_does_not_turn_the_act_round(as_curator, hidden):
    as_curator.post(url(hidden), {"do": "hide", "reason": "또"})

    assert is_hidden(hidden)


def test_current_revision_is_refused_with_a_sentence(as_curator, entry):
    assert "would not hide its text" in as_curator.get(url(entry, 3)).content.decode()

    answer = as_curator.post(url(entry, 3), {"do": "hide", "reason": "x"})

    assert answer.status_code == 400
    assert "would not hide its text" in answer.content.decode()
    assert not is_hidden(entry, 3)


def test_only_curators_may(visitor, as_writer, entry):
    values = {"do": "hide", "reason": "x"}

    assert visitor.get(url(entry)).status_code == 302
    assert visitor.post(url(entry), values).status_code == 302
    assert as_writer.get(url(entry)).status_code == 403
    assert as_writer.post(url(entry), values).status_code == 403
    # Not even whether it is hidden or there at all is told.
    assert as_writer.get(url(entry, 99)).status_code == 403
    assert not is_hidden(entry)
    assert (
        "/hide/"
        not in as_writer.get(f"{entry.get_absolute_url()}history/").content.decode()
    )


def test_unknown_revisions_are_404(as_curator, entry):
    assert as_curator.get(url(entry, 99)).status_code == 404
    assert as_curator.get("/wiki/none/history/1/hide/").status_code == 404


# ── The roads ─────────────────────────────────────────────────────────────────
ROADS = [
    "/wiki/배포/history/2/",
    "/wiki/배포/history/2/raw/",
    "/wiki/배포/diff/?old=1&new=2",
    "/wiki/배포/diff/?old=2&new=3",
    "/wiki/배포/blame/?at=2",
    "/wiki/배포/revert/2/",
    "/wiki/배포/undo/2/",
    "/wiki/배포/undo/3/",
]
LISTS = [
    "/",
    "/wiki/배포/",
    "/wiki/배포/raw/",
    "/wiki/배포/history/",
    "/wiki/배포/history/?kind=edit",
    "/wiki/배포/blame/",
    "/wiki/배포/feed/",
    "/wiki/배포/diff/?old=1&new=3",
    "/recent/",
    "/recent/?days=365",
    "/recent/feed/",
    f"/search/?q={SECRET}",
    "/entries/",
    "/graph/",
    "/graph/data/",
    "/wiki/배포/graph/",
]


@pytest.mark.parametrize("road", ROADS)
def test_hidden_revision_is_404_but_for_curators(
    visitor, as_writer, as_curator, entry, curator, road
):
    assert as_writer.get(road).status_code == 200
    revision = make.revision(entry, 2)
    hide_revision(revision, reason="개인 정보", author=Author(user=curator))

    assert as_writer.get(road).status_code == 404
    assert visitor.get(road).status_code in (404, 302)
    assert as_curator.get(road).status_code == 200


@pytest.mark.parametrize("path", LISTS)
def test_nothing_of_it_stands_in_any_list(visitor, as_writer, hidden, path):
    for client in (visitor, as_writer):
        page = client.get(path).content.decode().replace(f'value="{SECRET}"', "")

        assert COMMENT not in page
        assert NAME not in page
        assert page.count(SECRET) <= (3 if "search" in path else 0)


@pytest.mark.parametrize(
    "path", ["/wiki/배포/", "/wiki/배포/history/", "/wiki/배포/blame/", "/recent/"]
)
def test_page_seen_before_is_made_anew(visitor, entry, curator, path):
    first = visitor.get(path)
    assert NAME in first.content.decode() or "blame" in path
    revision = make.revision(entry, 2)
    hide_revision(revision, reason="개인 정보", author=Author(user=curator))

    etag = {"if-none-match": first["ETag"]} if "ETag" in first else {}
    again = visitor.get(path, headers=etag)

    assert again.status_code == 200
    assert NAME not in again.content.decode()


def test_reverting_to_it_by_hand_is_404(as_writer, hidden):
    answer = as_writer.post("/wiki/배포/revert/2/", {"base_version": 3, "comment": ""})

    assert answer.status_code == 404
    hidden.refresh_from_db()
    assert hidden.version == 3


def test_undoing_it_by_hand_is_404(as_writer, hidden):
    for number in (2, 3):
        answer = as_writer.post(f"/wiki/배포/undo/{number}/", {"base_version": 3})
        assert answer.status_code == 404


def test_form_that_began_with_it_does_not_give_it_back(as_writer, hidden):
    """Of a clash with a hidden base the page shows no base."""
    answer = as_writer.post(
        "/wiki/배포/edit/",
        {
            "title": "배포",
            "body": "다른 글\n",
            "base_version": 2,
            "entry_id": hidden.pk,
        },
    )

    assert SECRET not in answer.content.decode()


def test_it_is_not_among_what_its_author_wrote(visitor, as_curator, writer, curator):
    entry = make.edit(make.entry("가", "하나\n"), "비밀\n", by=writer, comment=COMMENT)
    make.edit(entry, "둘\n", by=writer)
    revision = make.revision(entry, 2)
    path = f"/people/{writer.pk}/"
    assert COMMENT in visitor.get(path).content.decode()
    hide_revision(revision, reason="개인 정보", author=Author(user=curator))

    assert COMMENT not in visitor.get(path).content.decode()
    assert "1 edit " in visitor.get(path).content.decode()
    assert COMMENT in as_curator.get(path).content.decode()


def test_admin_shows_it_to_curators_only(as_writer, as_curator, hidden):
    path = reverse("admin:wiki_revision_changelist")

    assert as_writer.get(path).status_code == 302
    assert COMMENT in as_curator.get(path).content.decode()


def test_conflict_does_not_name_who_is_hidden(as_writer, hidden):
    values = {"title": "배포", "body": "아주 다른 글\n", "entry_id": hidden.pk}

    answer = as_writer.post("/wiki/배포/edit/", values | {"base_version": 1})

    assert answer.status_code == 409
    for secret in (SECRET, NAME, COMMENT):
        assert secret not in answer.content.decode()


def test_stale_act_does_not_name_who_is_hidden(as_writer, hidden):
    answer = as_writer.post("/wiki/배포/delete/", {"base_version": 1, "comment": ""})

    assert answer.status_code == 409
    assert NAME not in answer.content.decode()
