"""Conflicts of imports, decided on their page by each person of the cast."""

import re

import pytest

from tests import make, people
from tests.importing.importer import entry, run, tags_of, write
from wiki.models import Decision, Entry, Import, ImportItem, RevisionMark

pytestmark = pytest.mark.django_db

NOTE = "# 가\n#태그\n\n하나\n둘\n셋\n"


@pytest.fixture
def item(tmp_path):
    """A conflict in the line 둘, found by the newest run."""
    folder = write(tmp_path / "dump", {"가.md": NOTE, "나.md": "# 나\n글\n"})
    run(folder)
    make.edit(entry("가"), entry("가").body.replace("둘", "위키의 둘"), by="도윤")
    write(folder, {"가.md": NOTE.replace("둘", "덤프의 <b>둘</b>")})
    run(folder)
    return ImportItem.objects.get(status="conflict")


def address(item):
    return f"/imports/{item.run_id}/items/{item.position}/"


def page(client, item, status=200):
    answer = client.get(address(item))
    assert answer.status_code == status
    return answer.content.decode()


def text(html):
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def decided(item):
    item.refresh_from_db()
    return item.decision


def form_data(**changes):
    data = {"do": "save", "title": "가", "body": "하나\n둘 다\n셋", "tags": "태그"}
    return (
        data | {"base_version": 2, "comment": "둘을 합침", "form_token": "t"} | changes
    )


# ── The page ──────────────────────────────────────────────────────────────────


def test_the_page_shows_all_three_and_chooses_nothing(as_writer, item):
    html = page(as_writer, item)

    body = re.search(
        r'<textarea[^>]*name="body"[^>]*>(.*?)</textarea>', html, re.DOTALL
    )
    assert body[1].strip() == "하나\n위키의 둘\n덤프의 &lt;b&gt;둘&lt;/b&gt;\n셋"
    assert "What the dump changed since the last import" in html
    assert "What people changed in the wiki since then" in html
    assert 'name="base_version" value="2"' in html
    assert "덤프의 <b>" not in html
    assert not re.search(r'<input type="(radio|checkbox)"[^>]*name="do"', html)


def test_the_report_leads_there(as_writer, item):
    html = as_writer.get(f"/imports/{item.run_id}/").content.decode()

    assert f'href="{address(item)}"' in html
    assert "Decide: 가" in html


def test_tags_titles_and_summaries_are_compared_too(as_writer, tmp_path):
    folder = write(
        tmp_path / "d", {"a.md": "---\nsummary: 요약\n---\n# 가\n#하나\n글\n"}
    )
    run(folder)
    make.edit(entry("가"), title="위키 가", summary="위키 요약", tags=["둘"])
    write(folder, {"a.md": "---\nsummary: 덤프 요약\n---\n# 덤프 가\n#하나 #셋\n글\n"})
    run(folder)

    html = page(as_writer, ImportItem.objects.get(status="conflict"))

    for shown in (
        "덤프 요약",
        "위키 요약",
        "덤프 가",
        "<del>하나</del>",
        "<ins>셋</ins>",
    ):
        assert shown in html


def test_other_items_and_other_runs_have_no_such_page(as_writer, item):
    created = ImportItem.objects.filter(status="created").first()

    page(as_writer, created, 404)
    for path in (
        f"/imports/{item.run_id}/items/99/",
        f"/imports/{10**30}/items/{10**30}/",
        f"/imports/{created.run_id}/items/{item.position + 5}/",
    ):
        assert as_writer.get(path).status_code == 404


def test_only_post_decides(as_writer, item):
    as_writer.get(f"{address(item)}?do=accept")

    assert decided(item) == ""
    assert as_writer.put(address(item)).status_code == 405


# ── Who ───────────────────────────────────────────────────────────────────────


def test_visitors_are_sent_to_sign_in(visitor, item):
    answer = visitor.post(address(item), {"do": "reject"})

    assert answer.status_code == 302
    assert answer["Location"].startswith("/accounts/login/")
    assert decided(item) == ""


@pytest.mark.parametrize("method", ["get", "post"])
def test_who_may_not_change_the_entry_is_refused(as_writer, as_curator, item, method):
    Entry.objects.filter(title="가").update(protection="curators")

    answer = getattr(as_writer, method)(address(item), {"do": "reject"})

    assert answer.status_code == 403
    assert decided(item) == ""
    report = as_writer.get(f"/imports/{item.run_id}/").content.decode()
    assert address(item) not in report
    assert as_curator.get(address(item)).status_code == 200


@pytest.mark.parametrize("method", ["get", "post"])
def test_what_may_not_be_read_is_not_there(as_writer, item, method):
    Entry.objects.filter(title="가").update(visibility="curators")

    answer = getattr(as_writer, method)(address(item), {"do": "accept"})

    assert answer.status_code == 404
    assert "덤프의" not in answer.content.decode()
    report = as_writer.get(f"/imports/{item.run_id}/?show=all").content.decode()
    assert address(item) not in report


def test_a_deleted_entry_is_not_there(as_curator, item):
    make.deleted(entry("가"))

    page(as_curator, item, 404)
    assert as_curator.post(address(item), {"do": "reject"}).status_code == 404


def test_a_base_that_may_be_hidden_is_not_shown(as_writer, as_curator, item, curator):
    first = make.revision(entry("가"), 1)
    RevisionMark.objects.create(
        revision=first, kind="hidden", author=curator, created_at=first.created_at
    )

    assert "since the last import" not in page(as_writer, item)
    assert "since the last import" in page(as_curator, item)


# ── Decisions ─────────────────────────────────────────────────────────────────


def test_the_dumps_text_is_taken(as_writer, writer, item):
    answer = as_writer.post(
        address(item), {"do": "accept", "base_version": 2}, follow=True
    )

    assert answer.redirect_chain[-1][0] == f"/imports/{item.run_id}/"
    page_now = entry("가")
    assert page_now.body == "하나\n덤프의 <b>둘</b>\n셋"
    assert (page_now.head.author, page_now.head.kind) == (writer, "import")
    assert decided(item) == Decision.ACCEPTED
    assert item.decided_by == writer


def test_the_wikis_text_is_kept(as_writer, item):
    as_writer.post(address(item), {"do": "reject"})

    assert entry("가").version == 2
    assert decided(item) == Decision.REJECTED


def test_a_text_made_of_both_is_saved(as_writer, item):
    answer = as_writer.post(address(item), form_data(tags="태그, 새것"))

    assert answer.status_code == 302
    page_now = entry("가")
    assert page_now.body == "하나\n둘 다\n셋"
    assert (page_now.head.kind, page_now.head.comment) == ("merge", "둘을 합침")
    assert tags_of("가") == ["태그", "새것"]
    assert {t["name"]: t["rule"] for t in page_now.head.tags}["태그"] == "hashtag"
    assert decided(item) == Decision.EDITED


def test_a_decided_conflict_tells_by_whom(as_writer, as_other_writer, writer, item):
    as_writer.post(address(item), {"do": "reject"})

    html = page(as_other_writer, item)

    assert "Decided: the wiki" in text(html)
    assert writer.get_full_name() in html
    assert "<form" not in html[html.index("<main") : html.index("</main>")]
    report = as_other_writer.get(f"/imports/{item.run_id}/?show=all").content.decode()
    assert "Decided: the wiki" in text(report)
    assert (
        "Nothing needs a look"
        in as_writer.get(f"/imports/{item.run_id}/").content.decode()
    )


def test_a_form_sent_twice_decides_once(as_writer, item):
    for _ in range(2):
        answer = as_writer.post(address(item), form_data())
        assert answer.status_code == 302

    assert entry("가").version == 3


def test_who_comes_too_late_has_the_text_back(as_writer, as_other_writer, item):
    as_other_writer.post(address(item), {"do": "reject"})

    answer = as_writer.post(address(item), form_data(body="내가 쓴 글"))

    assert answer.status_code == 409
    assert "내가 쓴 글" in answer.content.decode()
    assert entry("가").version == 2
    assert as_writer.post(address(item), {"do": "accept"}).status_code == 302
    assert decided(item) == Decision.REJECTED


def test_an_edit_made_meanwhile_in_another_place_is_merged(as_writer, item):
    make.edit(entry("가"), entry("가").body + "\n\n위키의 끝")

    as_writer.post(address(item), form_data())

    assert entry("가").body == "하나\n둘 다\n셋\n\n위키의 끝"


def test_an_edit_made_meanwhile_in_that_place_brings_the_page_again(as_writer, item):
    make.edit(entry("가"), entry("가").body.replace("위키의 둘", "더 새로운 둘"))

    for data in (
        {"do": "accept", "base_version": 2},
        form_data(body="하나\n내 둘\n셋"),
    ):
        answer = as_writer.post(address(item), data)
        html = answer.content.decode()
        assert answer.status_code == 409
        assert "더 새로운 둘" in html
        assert 'name="base_version" value="3"' in html
    assert "하나\n내 둘\n셋" in html
    assert decided(item) == ""
    as_writer.post(address(item), form_data(body="하나\n내 둘\n셋", base_version=3))
    assert entry("가").body == "하나\n내 둘\n셋"


def test_what_cannot_be_saved_comes_back(as_writer, item):
    make.entry("나의 글")

    answer = as_writer.post(address(item), form_data(title="나의 글", body="내 글"))

    html = answer.content.decode()
    assert answer.status_code == 400
    assert "There is already an entry with the title" in html
    assert "내 글" in html
    assert decided(item) == ""


def test_a_form_that_is_not_whole_does_nothing(as_writer, item):
    for data in ({}, {"do": "accept"}, {"do": "accept", "base_version": "x"}):
        assert as_writer.post(address(item), data).status_code == 400
    assert as_writer.post(address(item), {"do": "save"}).status_code == 400
    assert decided(item) == ""


def test_a_text_can_be_looked_at_before_it_is_saved(as_writer, item):
    answer = as_writer.post(address(item), form_data(do="preview", body="**굵게**"))

    assert answer.status_code == 200
    assert "<strong>굵게</strong>" in answer.content.decode()
    assert decided(item) == ""


def test_a_conflict_that_is_over_in_the_wiki_says_so(as_writer, item):
    make.edit(entry("가"), "하나\n덤프의 <b>둘</b>\n셋")

    assert "Nothing clashes any more" in page(as_writer, item)


def test_the_number_of_queries_does_not_grow(
    as_writer, item, django_assert_max_num_queries
):
    with django_assert_max_num_queries(14):
        page(as_writer, item)


# ── Undoing on the web ────────────────────────────────────────────────────────


@pytest.fixture
def ran(tmp_path):
    """A run of three notes, one of which someone changed since."""
    folder = write(
        tmp_path / "dump", {f"{n}.md": f"# {n}\n글 {n}\n" for n in ("가", "나", "다")}
    )
    run(folder)
    make.edit(entry("다"), "위키의 글")
    return Import.objects.get()


def undo_address(ran):
    return f"/imports/{ran.pk}/undo/"


def test_the_page_lists_what_would_happen_and_does_nothing(as_curator, ran):
    html = as_curator.get(undo_address(ran)).content.decode()

    assert re.search(r"to be deleted</dt><dd>2<", html)
    assert re.search(r"left as they are</dt><dd>1<", html)
    assert "It was changed since" in html
    assert Entry.objects.live().count() == 3


def test_a_curator_undoes_an_import(as_curator, curator, ran):
    answer = as_curator.post(undo_address(ran), follow=True)

    assert answer.redirect_chain[-1][0] == f"/imports/{ran.pk}/"
    html = answer.content.decode()
    assert "This import was undone" in html
    assert "went back: 2" in html
    assert undo_address(ran) not in html
    assert [page.title for page in Entry.objects.live()] == ["다"]
    ran.refresh_from_db()
    assert (ran.status, ran.undo_batch.author) == ("undone", curator)
    again = as_curator.post(undo_address(ran))
    assert again.status_code == 302


def test_who_started_it_may_undo_it_and_others_may_not(
    as_writer, as_other_writer, visitor, writer, ran
):
    assert as_writer.get(undo_address(ran)).status_code == 403
    assert visitor.post(undo_address(ran)).status_code == 302
    assert (
        undo_address(ran) not in as_writer.get(f"/imports/{ran.pk}/").content.decode()
    )
    ran.batch.author = writer
    ran.batch.save()

    assert undo_address(ran) in as_writer.get(f"/imports/{ran.pk}/").content.decode()
    assert as_other_writer.post(undo_address(ran)).status_code == 403
    assert as_writer.post(undo_address(ran)).status_code == 302

    assert Entry.objects.live().count() == 1
    assert as_writer.get("/imports/999/undo/").status_code == 404


def test_what_the_person_may_not_read_or_change_is_left_and_not_named(
    as_writer, writer, ran
):
    ran.batch.author = writer
    ran.batch.save()
    Entry.objects.filter(title="가").update(visibility="curators")
    Entry.objects.filter(title="나").update(protection="curators")

    html = as_writer.get(undo_address(ran)).content.decode()
    as_writer.post(undo_address(ran))

    rows = re.findall(r"<tr>(.*?)</tr>", html[html.index("<tbody>") :], re.DOTALL)
    assert len(rows) == 3
    assert not any("가" in row for row in rows)
    assert sum("not yours to read" in row for row in rows) == 1
    assert any("You may not change it" in row for row in rows)
    assert Entry.objects.live().count() == 3


def test_an_undo_that_takes_long_goes_on_with_the_next_request(
    as_curator, ran, monkeypatch
):
    monkeypatch.setattr("wiki.views.import_undo.SECONDS_AT_ONCE", -1)
    monkeypatch.setattr("wiki.importing.undo._ENTRIES_AT_ONCE", 1)

    answer = as_curator.post(undo_address(ran), follow=True)

    assert answer.redirect_chain[-1][0] == undo_address(ran)
    assert "Go on to complete it" in answer.content.decode()
    report = as_curator.get(f"/imports/{ran.pk}/").content.decode()
    assert "did not come to its end" in report
    monkeypatch.setattr("wiki.views.import_undo.SECONDS_AT_ONCE", 20)
    as_curator.post(undo_address(ran))
    ran.refresh_from_db()
    assert ran.status == "undone"
    assert Entry.objects.live().count() == 1


def test_while_an_import_runs_nothing_is_undone(as_curator, ran):
    from wiki.importing.lock import one_import_at_a_time

    with one_import_at_a_time():
        answer = as_curator.post(undo_address(ran))

    assert answer.status_code == 409
    assert Entry.objects.live().count() == 3


def test_an_import_without_entries_can_be_marked(as_curator, ran, tmp_path):
    run(tmp_path / "dump")
    second = Import.objects.latest("pk")

    html = as_curator.get(undo_address(second)).content.decode()
    as_curator.post(undo_address(second))

    assert "nothing to undo" in html
    second.refresh_from_db()
    assert second.status == "undone"


def test_people_without_an_account_are_told_as_labels(ran):
    client = people.client_of(None)

    assert client.get(undo_address(ran)).status_code == 302
