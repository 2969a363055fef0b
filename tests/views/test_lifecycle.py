"""Revert, rename, delete, restore: the pages that ask, and what they do."""

import pytest

from tests import make, people
from tests.views.acting import address, fresh, text_of
from wiki import editing

pytestmark = pytest.mark.django_db

ACTS = ["revert/1/", "rename/", "delete/"]


@pytest.fixture
def entry():
    return make.edit(make.entry("배포 절차", "옛 글\n", tags=["CI"]), "새 글\n")


# ── Asking ────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("act", ACTS)
def test_page_asks_and_changes_nothing(as_writer, entry, act):
    answer = as_writer.get(address(entry, act))

    page = text_of(answer)
    assert answer.status_code == 200
    assert 'name="base_version" value="2"' in page
    assert 'name="comment"' in page
    assert "csrfmiddlewaretoken" in page
    assert 'content="noindex"' in page
    assert fresh(entry).version == 2


def test_revert_page_shows_what_will_change(as_writer, entry):
    page = text_of(as_writer.get(address(entry, "revert/1/")))

    assert "<del>새</del>" in page
    assert "<ins>옛</ins>" in page


def test_delete_page_names_the_pages_that_link_here(as_writer, entry):
    make.entry("안내", "[[배포 절차]]\n")
    make.entry("비밀", "[[배포 절차]]\n", visibility="curators")

    page = text_of(as_writer.get(address(entry, "delete/")))

    assert "안내" in page
    assert "비밀" not in page
    assert "1 note links to it" in page


@pytest.mark.parametrize("act", [*ACTS, "restore/"])
def test_forms_carry_a_token_that_is_checked(writer, entry, act):
    client = people.client_of(writer)
    client.handler.enforce_csrf_checks = True
    if act == "restore/":
        entry = make.deleted(entry)

    answer = client.post(address(entry, act), {"base_version": entry.version})

    assert answer.status_code == 403
    assert fresh(entry).version == entry.version


# ── Who may ───────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("method", ["get", "post"])
def test_visitors_are_sent_to_sign_in(visitor, entry, act, method):
    answer = getattr(visitor, method)(address(entry, act), {"base_version": 2})

    assert answer.status_code == 302
    assert answer.url.startswith("/accounts/login/?next=")
    assert fresh(entry).version == 2


@pytest.mark.parametrize("act", ACTS)
def test_protected_entries_are_not_for_writers(as_writer, as_curator, act):
    entry = make.entry("규칙", "하나\n", protection="curators")
    entry = make.edit(entry, "둘\n")

    assert as_writer.get(address(entry, act)).status_code == 403
    assert as_curator.get(address(entry, act)).status_code == 200


@pytest.mark.parametrize("act", [*ACTS, "restore/"])
def test_hidden_and_missing_entries_are_404(visitor, as_writer, act):
    hidden = make.edit(make.entry("운영", "하나\n", visibility="curators"), "둘\n")

    assert as_writer.get(address(hidden, act)).status_code == 404
    assert visitor.get(address(hidden, act)).status_code == 404
    assert as_writer.get(f"/wiki/none/{act}").status_code == 404


# ── Revert ────────────────────────────────────────────────────────────────────
def test_revert_makes_a_revision(as_writer, writer, entry):
    answer = as_writer.post(
        address(entry, "revert/1/"), {"base_version": 2, "comment": "옛 글이 맞다"}
    )

    assert answer.status_code == 302
    assert answer.url == entry.get_absolute_url()
    now = fresh(entry)
    assert (now.version, now.body) == (3, "옛 글\n")
    assert (now.head.kind, now.head.author) == ("revert", writer)
    assert now.head.comment == "옛 글이 맞다"
    assert "as it was at r1" in text_of(as_writer.get(address(entry, "history/")))


def test_default_comment_is_in_the_language_of_the_writer(as_writer, entry):
    form = as_writer.get(address(entry, "revert/1/")).context["form"]

    assert form.initial["comment"] == "Back to r1"


def test_revert_sent_twice_makes_one_revision(as_writer, entry):
    data = {"base_version": 2, "comment": ""}

    answers = [as_writer.post(address(entry, "revert/1/"), data) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert fresh(entry).version == 3


def test_revert_to_what_is_there_offers_nothing(as_writer, entry):
    page = text_of(as_writer.get(address(entry, "revert/2/")))

    assert "nothing to do" in page
    assert 'name="base_version"' not in page


def test_revert_to_an_unknown_or_hidden_revision_is_404(as_writer, entry):
    assert as_writer.get(address(entry, "revert/9/")).status_code == 404
    assert as_writer.post(address(entry, "revert/9/")).status_code == 404


def test_stale_revert_asks_again_with_the_newest_version(as_writer, entry):
    make.edit(entry, "더 새 글\n", by="도윤")

    answer = as_writer.post(
        address(entry, "revert/1/"), {"base_version": 2, "comment": "내 까닭"}
    )

    page = text_of(answer)
    assert answer.status_code == 409
    assert "r3 now, saved by 도윤" in page
    assert 'name="base_version" value="3"' in page
    assert 'value="내 까닭"' in page
    assert "더 새" in page
    assert fresh(entry).body == "더 새 글\n"


def test_revert_to_a_title_that_is_taken_says_so(as_writer, entry):
    editing.rename_entry(entry, "릴리스", base_version=2, act=make.act())
    make.entry("배포 절차", "다른 글\n")
    entry = fresh(entry)

    answer = as_writer.post(address(entry, "revert/1/"), {"base_version": 3})

    assert answer.status_code == 400
    assert "There is already an entry with the title" in text_of(answer)
    assert fresh(entry).version == 3


# ── Rename ────────────────────────────────────────────────────────────────────
def test_rename_leads_to_the_new_address_and_the_old_one_follows(as_writer, entry):
    answer = as_writer.post(
        address(entry, "rename/"), {"base_version": 2, "title": " 배포  안내 🚀 "}
    )

    now = fresh(entry)
    assert answer.status_code == 302
    assert answer.url == now.get_absolute_url() != entry.get_absolute_url()
    assert now.title == "배포 안내 🚀"
    assert now.head.kind == "rename"
    assert as_writer.get(address(entry, "history/")).url == address(now, "history/")


def test_rename_fills_in_the_title_until_now(as_writer, entry):
    form = as_writer.get(address(entry, "rename/")).context["form"]

    assert form.initial["title"] == "배포 절차"
    assert form.initial["comment"] == "Title until now: 배포 절차"


def test_comment_about_a_long_title_fits(as_writer):
    entry = make.entry("가" * 200)

    form = as_writer.get(address(entry, "rename/")).context["form"]
    data = {**form.initial, "title": "나"}

    assert as_writer.post(address(entry, "rename/"), data).status_code == 302


@pytest.mark.parametrize(
    "title, sentence",
    [
        ("", "This field is required"),
        ("   ", "This field is required"),
        ("\u200b", "at least one visible character"),
        ("가" * 201, "at most 200 fit"),
        ("a\x00b", "Null characters"),
        ("다른 글", "There is already an entry with the title"),
    ],
)
def test_titles_that_do_not_do_are_given_back(as_writer, entry, title, sentence):
    make.entry("다른 글")

    answer = as_writer.post(
        address(entry, "rename/"), {"base_version": 2, "title": title}
    )

    assert answer.status_code == 400
    assert sentence in text_of(answer)
    assert fresh(entry).version == 2


def test_rename_keeps_what_others_wrote_meanwhile(as_writer, entry):
    make.edit(entry, "더 새 글\n")

    as_writer.post(address(entry, "rename/"), {"base_version": 2, "title": "안내"})

    assert (fresh(entry).title, fresh(entry).body) == ("안내", "더 새 글\n")


def test_two_new_titles_at_once_ask_again(as_writer, entry):
    editing.rename_entry(entry, "릴리스", base_version=2, act=make.act("도윤"))
    now = fresh(entry)

    answer = as_writer.post(
        address(now, "rename/"), {"base_version": 2, "title": "안내"}
    )

    assert answer.status_code == 409
    assert "saved by 도윤" in text_of(answer)
    assert 'value="안내"' in text_of(answer)
    assert fresh(entry).title == "릴리스"


def test_rename_sent_twice_makes_one_revision(as_writer, entry):
    data = {"base_version": 2, "title": "안내"}

    answers = [as_writer.post(address(entry, "rename/"), data) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert fresh(entry).version == 3


def test_rename_to_the_same_title_makes_no_revision(as_writer, entry):
    answer = as_writer.post(
        address(entry, "rename/"), {"base_version": 2, "title": "배포 절차"}
    )

    assert answer.status_code == 302
    assert fresh(entry).version == 2


# ── Delete and restore ────────────────────────────────────────────────────────
def test_delete_takes_the_entry_away_by_every_road(as_writer, visitor, entry):
    answer = as_writer.post(address(entry, "delete/"), {"base_version": 2})

    assert (answer.status_code, answer.url) == (302, "/")
    for road in ("history/", "history/1/", "history/1/raw/", "diff/", *ACTS):
        assert visitor.get(address(entry, road)).status_code == 404
        assert as_writer.get(address(entry, road)).status_code == 404


def test_message_after_deleting_leads_to_the_way_back(as_writer, entry):
    as_writer.post(address(entry, "delete/"), {"base_version": 2})

    other = make.entry("다른 글")
    page = text_of(as_writer.get(address(other, "history/")))
    assert f'<a href="{address(entry, "restore/")}">Bring it back</a>' in page


def test_title_in_the_message_is_escaped(as_writer):
    entry = make.entry("<b>굵게</b>")

    as_writer.post(address(entry, "delete/"), {"base_version": 1})

    page = text_of(as_writer.get(address(make.entry(), "history/")))
    assert "&lt;b&gt;굵게" in page


def test_stale_delete_asks_again(as_writer, entry):
    make.edit(entry, "더 새 글\n", by="도윤")

    answer = as_writer.post(address(entry, "delete/"), {"base_version": 2})

    assert answer.status_code == 409
    assert not fresh(entry).is_deleted


@pytest.mark.parametrize("version", [None, "", "x", "0", "-1", "99999999999"])
@pytest.mark.parametrize("act", ACTS)
def test_form_without_a_version_asks_again(as_writer, entry, act, version):
    data = {"title": "안내"} | ({} if version is None else {"base_version": version})

    answer = as_writer.post(address(entry, act), data)

    assert answer.status_code == 400
    assert 'name="base_version" value="2"' in text_of(answer)
    assert fresh(entry).version == 2


def test_comment_that_is_too_long_is_given_back(as_writer, entry):
    data = {"base_version": 2, "comment": "가" * 201}

    answer = as_writer.post(address(entry, "delete/"), data)

    assert answer.status_code == 400
    assert "가" * 201 in text_of(answer)


def test_delete_and_restore_sent_twice_are_done_once(as_writer, entry):
    for _ in range(2):
        answer = as_writer.post(address(entry, "delete/"), {"base_version": 2})
        assert (answer.status_code, answer.url) == (302, "/")
    assert fresh(entry).version == 3
    for _ in range(2):
        answer = as_writer.post(address(entry, "restore/"), {"base_version": 3})
        assert (answer.status_code, answer.url) == (302, entry.get_absolute_url())
    assert fresh(entry).version == 4


def test_restore_brings_text_tags_and_history_back(as_writer, entry):
    entry = make.deleted(entry)

    asked = as_writer.get(address(entry, "restore/"))
    answer = as_writer.post(address(entry, "restore/"), asked.context["form"].initial)

    now = fresh(entry)
    assert asked.status_code == 200
    assert (answer.status_code, answer.url) == (302, now.get_absolute_url())
    assert (now.body, list(now.head.tag_names())) == ("새 글\n", ["CI"])
    assert now.head.kind == "restore"
    assert as_writer.get(address(entry, "history/1/")).status_code == 200


def test_restore_is_404_for_whoever_may_not(visitor, as_writer, as_curator, entry):
    assert as_writer.get(address(entry, "restore/")).status_code == 404
    gone = make.deleted(entry)
    protected = make.deleted(make.entry("규칙", protection="curators"))

    assert visitor.get(address(gone, "restore/")).status_code == 404
    assert visitor.post(address(gone, "restore/")).status_code == 404
    assert as_writer.get(address(protected, "restore/")).status_code == 404
    assert as_curator.get(address(protected, "restore/")).status_code == 200


def test_restore_onto_a_taken_title_asks_for_another(as_writer, entry):
    gone = make.deleted(entry)
    make.entry("배포 절차")

    asked = as_writer.get(address(gone, "restore/"))
    form = asked.context["form"]
    refused = as_writer.post(
        address(gone, "restore/"), {**form.initial, "title": "배포 절차"}
    )
    answer = as_writer.post(address(gone, "restore/"), form.initial)

    assert form.initial["title"] == "배포 절차 (2)"
    assert refused.status_code == 400
    assert "There is already an entry" in text_of(refused)
    assert answer.status_code == 302
    assert fresh(entry).title == "배포 절차 (2)"
    assert not fresh(entry).is_deleted


def test_stale_restore_asks_again(as_writer, entry):
    gone = make.deleted(entry)

    answer = as_writer.post(address(gone, "restore/"), {"base_version": 1})

    assert answer.status_code == 409
    assert 'name="base_version" value="3"' in text_of(answer)
    assert fresh(entry).is_deleted


def test_other_methods_are_refused(as_writer, entry):
    assert as_writer.put(address(entry, "delete/")).status_code == 405
