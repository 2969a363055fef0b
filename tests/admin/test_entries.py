"""Entries in the admin: the list, and the form that saves through the write door."""

import re

import pytest

from tests import make
from tests.views.filling import fields_of
from wiki import editing
from wiki.models import Entry, Revision

pytestmark = pytest.mark.django_db

LIST = "/admin/wiki/entry/"
ADD = "/admin/wiki/entry/add/"


def address(entry):
    return f"{LIST}{entry.pk}/change/"


def text_of(answer):
    return answer.content.decode()


def fresh(entry):
    return Entry.objects.with_head().get(pk=entry.pk)


def filled(client, entry, **changes):
    """What a browser sends back of the form, with these changes."""
    form = client.get(address(entry)).context["adminform"].form
    initial = dict(form.initial)
    hidden = {f"initial-{name}": initial[name] for name in ("visibility", "protection")}
    return {**initial, **hidden, "comment": "", **changes}


# ── The list ──────────────────────────────────────────────────────────────────
def test_list_says_what_curators_look_for(as_curator, writer):
    target = make.entry("gRPC", "글자 여섯\n", tags=["rpc", "네트워크"], by=writer)
    make.entry("안내", "[[gRPC]] [[없는 글]]\n")

    answer = as_curator.get(LIST)

    rows = {row.title: row for row in answer.context["cl"].result_list}
    assert (rows["gRPC"].links_in, rows["gRPC"].links_out) == (1, 0)
    assert (rows["안내"].links_in, rows["안내"].links_out) == (0, 2)
    page = text_of(answer)
    for text in ("rpc, 네트워크", "민수", f"/admin/wiki/entry/{target.pk}/change/"):
        assert text in page


@pytest.mark.parametrize(
    "query, titles",
    [
        ("", {"하나", "둘", "셋"}),
        ("?state=deleted", {"지운 글"}),
        ("?state=all", {"하나", "둘", "셋", "지운 글"}),
        ("?tag=k8s", {"하나"}),
        ("?tag=-", {"둘", "셋"}),
        ("?tag=none", set()),
        ("?visibility__exact=members", {"둘"}),
        ("?protection__exact=curators", {"셋"}),
        ("?q=본문하나", {"하나"}),
        ("?q=%E1%84%92%E1%85%A1%E1%84%82%E1%85%A1", {"하나"}),
    ],
)
def test_filters_and_search(as_curator, query, titles):
    make.entry("하나", "본문하나\n", tags=["K8s"])
    make.entry("둘", "글\n", visibility="members")
    make.entry("셋", "글\n", protection="curators")
    make.deleted(make.entry("지운 글", "글\n", tags=["k8s"]))

    answer = as_curator.get(LIST + query)

    assert {entry.title for entry in answer.context["cl"].result_list} == titles


def test_filters_count_what_they_would_show(as_curator):
    make.entries(3, tags=["자바"])
    make.entry("홀로")
    make.deleted(make.entry("지운 글", tags=["자바"]))

    page = text_of(as_curator.get(LIST))

    for choice in (
        "live (4)",
        "deleted (1)",
        "both (5)",
        "자바 (3)",
        "without tags (1)",
    ):
        assert choice in page


def test_a_hundred_rows_take_ten_queries(
    as_curator, curator, django_assert_max_num_queries
):
    make.entries(100, "[[없는 글]] 글\n", tags=["하나", "둘"])

    for query in ("", "?q=글", "?tag=하나&state=all"):
        with django_assert_max_num_queries(10):
            answer = as_curator.get(LIST + query)
        assert len(answer.context["cl"].result_list) == 100


def test_search_with_nul_is_refused_in_words(as_curator):
    assert as_curator.get(f"{LIST}?q=%00").status_code == 200


# ── Who may ───────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("path", ["", "wiki/entry/", "wiki/entry/add/"])
def test_visitors_are_sent_to_the_one_login(visitor, path):
    answer = visitor.get(f"/admin/{path}")

    assert answer.status_code == 302
    answer = visitor.get(answer.url)
    assert answer.status_code == 302
    assert answer.url.startswith("/accounts/login/?next=/admin/")


def test_writers_are_refused(as_writer):
    answer = as_writer.get("/admin/wiki/entry/", follow=True)

    assert answer.status_code == 403


def test_staff_curate_whatever_rights_their_account_has(curator, as_curator):
    curator.user_permissions.clear()

    assert as_curator.get(LIST).status_code == 200
    assert as_curator.get(ADD).status_code == 200


def test_entries_for_administrators_are_shown_and_kept(as_curator, as_administrator):
    entry = make.entry("규칙", "글\n", protection="administrators")
    data = filled(as_administrator, entry, body="새 글\n")

    shown = as_curator.get(address(entry))
    refused = as_curator.post(address(entry), data)

    assert "disabled" in text_of(shown)
    assert 'name="_save"' not in text_of(shown)
    assert refused.status_code == 403
    assert as_administrator.post(address(entry), data).status_code == 302
    assert fresh(entry).body == "새 글\n"


def test_entries_are_never_erased(as_administrator):
    entry = make.entry("배포")

    assert as_administrator.get(f"{LIST}{entry.pk}/delete/").status_code == 403
    assert "delete_selected" not in text_of(as_administrator.get(LIST))


# ── Saving ────────────────────────────────────────────────────────────────────
def test_save_makes_a_revision_with_everything(as_curator, curator):
    entry = make.entry("배포", "옛 글\n", tags=["CI"], properties=(("author", "a"),))
    data = filled(
        as_curator,
        entry,
        title="배포 🚀",
        body="\n  새 글\r\n",
        tags="CI, 배포",
        summary="요약",
        source_url="https://example.com",
        aliases="디플로이\n릴리스\n",
        comment="고침",
        minor="on",
    )

    answer = as_curator.post(address(entry), data)

    assert (answer.status_code, answer.url) == (302, LIST)
    now = fresh(entry)
    assert now.version == 2
    assert (now.title, now.body, now.summary) == ("배포 🚀", "\n  새 글\n", "요약")
    assert now.alias_names == ["디플로이", "릴리스"]
    assert list(now.head.tag_names()) == ["CI", "배포"]
    assert now.properties == [["author", "a"]]
    assert (now.head.author, now.head.comment) == (curator, "고침")
    assert now.head.is_minor
    assert "새 글" in now.html


def test_text_stands_in_the_form_as_it_is(as_curator):
    entry = make.entry("배포", "\n앞뒤 빈 줄\n\n")

    page = text_of(as_curator.get(address(entry)))

    area = re.search(r'<textarea name="body"[^>]*>\n(.*?)</textarea>', page, re.DOTALL)
    assert area[1] == "\n앞뒤 빈 줄\n\n"


def test_saving_what_is_there_makes_no_revision(as_curator):
    entry = make.entry("배포", "글\n", tags=["CI"], aliases=("릴리스",))

    answer = as_curator.post(address(entry), filled(as_curator, entry), follow=True)

    assert "so none was made" in text_of(answer)
    assert fresh(entry).version == 1


def test_form_sent_twice_makes_one_revision(as_curator):
    entry = make.entry("배포", "글\n")
    data = filled(as_curator, entry, body="새 글\n")

    for _ in range(2):
        assert as_curator.post(address(entry), data).status_code == 302

    assert fresh(entry).version == 2


def test_save_and_go_on_stays_on_the_form(as_curator):
    entry = make.entry("배포", "글\n")

    data = filled(as_curator, entry, body="새 글\n", _continue="1")
    answer = as_curator.post(address(entry), data, follow=True)

    assert answer.redirect_chain == [(address(entry), 302)]
    assert "Saved as r2" in text_of(answer)


def test_stale_form_merges_when_places_differ(as_curator, writer):
    body = "\n".join(f"{n}번째 줄" for n in range(9)) + "\n"
    entry = make.entry("배포", body)
    data = filled(as_curator, entry, body=body.replace("1번째", "첫째"))
    make.edit(entry, body.replace("8번째", "끝"), by=writer)

    answer = as_curator.post(address(entry), data, follow=True)

    assert "joined with what others changed" in text_of(answer)
    assert "첫째" in fresh(entry).body
    assert "끝 줄" in fresh(entry).body


def test_fields_the_form_does_not_know_stay_as_others_left_them(as_curator):
    entry = make.entry("배포", "글\n", properties=(("n", 1),))
    data = filled(as_curator, entry, body="새 글\n")
    make.edit(entry, properties=(("n", 2),))

    as_curator.post(address(entry), data)

    assert fresh(entry).properties == [["n", 2]]
    assert fresh(entry).body == "새 글\n"


def test_clash_answers_409_with_all_texts_and_saves_nothing(as_curator, writer):
    entry = make.entry("배포", "첫 줄\n가운데\n끝 줄\n")
    data = filled(
        as_curator, entry, body="첫 줄\n가운데\n내 끝 줄\n", visibility="members"
    )
    make.edit(entry, "앞에 더함\n첫 줄\n가운데\n그의 끝 줄\n", by=writer)

    answer = as_curator.post(address(entry), data)

    page = text_of(answer)
    assert answer.status_code == 409
    assert "민수 saved r2" in page
    form = answer.context["adminform"].form
    assert form["body"].value() == "앞에 더함\n첫 줄\n가운데\n내 끝 줄\n"
    assert form["base_version"].value() == 2
    assert form["visibility"].value() == "members"
    assert "그의 끝 줄" in page
    assert fresh(entry).version == 2
    assert fresh(entry).visibility == "public"

    again = {name: form[name].value() or "" for name in form.fields}
    hidden = {"initial-visibility": "public", "initial-protection": "writers"}
    assert as_curator.post(address(entry), again | hidden).status_code == 302
    assert fresh(entry).body == "앞에 더함\n첫 줄\n가운데\n내 끝 줄\n"
    assert fresh(entry).visibility == "members"


@pytest.fixture
def clash(as_curator, writer):
    """The answer to a change that clashes in one place, and the entry."""
    entry = make.entry("배포", "첫 줄\n가운데\n끝 줄\n")
    data = filled(as_curator, entry, body="첫 줄\n가운데\n내 끝 줄\n")
    make.edit(entry, "앞에 더함\n첫 줄\n가운데\n그의 끝 줄\n", by=writer)
    return as_curator.post(address(entry), data), entry


def test_nothing_is_chosen_and_an_open_clash_is_asked_again(as_curator, clash):
    answer, entry = clash
    sent = fields_of(answer, "entry_form")
    assert "choice-1" not in sent

    again = as_curator.post(address(entry), sent | {"_save": "Save"})

    assert again.status_code == 409
    assert "1 place is still open." in text_of(again)
    assert fields_of(again, "entry_form")["mine"] == "첫 줄\r\n가운데\r\n내 끝 줄\r\n"
    assert fresh(entry).version == 2


@pytest.mark.parametrize(
    ("picked", "line"),
    [
        ({"choice-1": "latest"}, "그의 끝 줄\n"),
        ({"choice-1": "both"}, "내 끝 줄\n그의 끝 줄\n"),
        ({"choice-1": "mine", "out-1": "우리 끝 줄"}, "우리 끝 줄"),
    ],
)
def test_what_was_chosen_is_saved(as_curator, clash, picked, line):
    answer, entry = clash

    sent = fields_of(answer, "entry_form") | picked | {"_save": "Save"}

    assert as_curator.post(address(entry), sent).status_code == 302
    assert fresh(entry).body == "앞에 더함\n첫 줄\n가운데\n" + line


def test_a_text_changed_in_the_form_needs_no_choice(as_curator, clash):
    answer, entry = clash
    sent = fields_of(answer, "entry_form") | {"body": "새로 쓴 글\n", "_save": "Save"}

    assert as_curator.post(address(entry), sent).status_code == 302
    assert fresh(entry).body == "새로 쓴 글\n"


def test_entry_deleted_meanwhile_gives_the_text_back(as_curator):
    entry = make.entry("배포", "글\n")
    data = filled(as_curator, entry, body="내 새 글\n")
    make.deleted(entry)

    answer = as_curator.post(address(entry), data)

    assert answer.status_code == 409
    assert "내 새 글" in text_of(answer)
    assert "This entry is deleted" in text_of(answer)
    assert fresh(entry).body == "글\n"


def test_deleted_entries_can_be_looked_at(as_curator):
    entry = make.deleted(make.entry("배포", "글\n"))

    page = text_of(as_curator.get(address(entry)))

    assert "This entry is deleted" in page
    assert "/restore/" in page
    assert 'name="_save"' not in page


@pytest.mark.parametrize(
    "changes, sentence",
    [
        ({"title": ""}, "at least one visible character"),
        ({"title": "다른 글"}, "There is already an entry"),
        ({"tags": ",".join(f"t{n}" for n in range(101))}, "at most 100"),
        ({"body": "가" * 400_000}, "KiB"),
        ({"body": "a\x00b"}, "NUL"),
        ({"source_url": "javascript:x"}, "whole web address"),
        ({"comment": "가" * 201}, "at most 200"),
        ({"base_version": ""}, "without the revision"),
        ({"visibility": "nobody"}, "valid choice"),
    ],
)
def test_what_does_not_do_is_given_back(as_curator, changes, sentence):
    make.entry("다른 글")
    entry = make.entry("배포", "글\n")

    answer = as_curator.post(address(entry), filled(as_curator, entry, **changes))

    assert answer.status_code == 400
    assert sentence in text_of(answer)
    assert fresh(entry).version == 1


def test_rights_change_without_a_revision_and_links_follow(as_curator, visitor):
    entry = make.entry("운영", "글\n")
    source = make.entry("안내", "[[운영]]\n")

    answer = as_curator.post(
        address(entry),
        filled(as_curator, entry, visibility="curators", protection="curators"),
        follow=True,
    )

    assert "Who reads and changes" in text_of(answer)
    assert (fresh(entry).visibility, fresh(entry).version) == ("curators", 1)
    assert entry.get_absolute_url() not in fresh(source).html
    assert visitor.get(entry.get_absolute_url()).status_code == 404


def test_rights_that_were_not_touched_stay_as_others_set_them(as_curator):
    entry = make.entry("운영", "글\n")
    data = filled(as_curator, entry, body="새 글\n")
    editing.set_access(
        entry, visibility="members", protection="curators", base_version=1
    )

    as_curator.post(address(entry), data)

    assert (fresh(entry).visibility, fresh(entry).protection) == ("members", "curators")
    assert fresh(entry).body == "새 글\n"


def test_saves_stand_in_the_log(as_administrator):
    entry = make.entry("배포", "글\n")
    data = filled(as_administrator, entry, body="새 글\n", comment="까닭")
    as_administrator.post(address(entry), data)

    page = text_of(as_administrator.get(f"{LIST}{entry.pk}/history/"))

    assert "r2: 까닭" in page


# ── Adding ────────────────────────────────────────────────────────────────────
def test_added_entry_goes_through_the_door(as_curator, curator):
    data = {
        "title": "새 글 🚀",
        "body": "본문 [[배포]]\n",
        "tags": "가, 나",
        "visibility": "members",
        "protection": "curators",
        "comment": "처음",
        "form_token": "abc",
    }

    answers = [as_curator.post(ADD, data) for _ in range(2)]

    entry = Entry.objects.get()
    assert [answer.status_code for answer in answers] == [302, 302]
    assert (entry.title, entry.visibility, entry.protection) == (
        "새 글 🚀",
        "members",
        "curators",
    )
    revision = Revision.objects.get()
    assert (revision.kind, revision.author) == ("create", curator)
    assert list(revision.tag_names()) == ["가", "나"]
    assert entry.links.count() == 1


def test_add_form_says_what_is_wrong(as_curator):
    make.entry("배포")
    data = {"body": "내 글", "visibility": "public", "protection": "writers"}

    empty = as_curator.post(ADD, {**data, "title": ""})
    taken = as_curator.post(ADD, {**data, "title": "배포"})

    assert (empty.status_code, taken.status_code) == (400, 400)
    assert "at least one visible character" in text_of(empty)
    assert "already an entry" in text_of(taken)
    assert "내 글" in text_of(taken)


@pytest.mark.parametrize("pk", ["999999", "x", "%00"])
def test_unknown_entries_lead_back(as_curator, pk):
    answer = as_curator.get(f"{LIST}{pk}/change/")

    assert answer.status_code == 302


def test_newest_revisions_are_listed_and_linked(as_curator):
    entry = make.edit(make.entry("배포", "하나\n"), "둘\n", comment="<b>까닭</b>")

    page = text_of(as_curator.get(address(entry)))

    assert f"/admin/wiki/revision/{entry.head_id}/change/" in page
    assert "&lt;b&gt;까닭" in page
