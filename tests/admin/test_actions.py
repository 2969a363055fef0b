"""Acts on many entries of the admin's list: asked for, done, told."""

import io
import json
import re
import zipfile

import pytest
from django.contrib.admin.models import LogEntry

from tests import make
from wiki.admin import entry_actions
from wiki.models import Batch, Entry, Tag, TagAlias
from wiki.slugs import sort_key

pytestmark = pytest.mark.django_db

LIST = "/admin/wiki/entry/"


def text_of(answer):
    return answer.content.decode()


def fresh(entry):
    return Entry.objects.with_head().get(pk=entry.pk)


def tags_of(entry):
    return list(fresh(entry).head.tag_names())


def ask(client, action, entries, query=""):
    chosen = [entry.pk for entry in entries]
    data = {"action": action, "index": 0, "_selected_action": chosen}
    return client.post(LIST + query, data)


def answer(client, action, entries, query="", **fields):
    """What a browser sends when the page that asks is answered."""
    form = ask(client, action, entries, query).context["form"]
    data = {
        "action": action,
        "_selected_action": [entry.pk for entry in entries],
        "versions": form.initial["versions"],
        "comment": "",
        **fields,
    }
    return client.post(LIST + query, data, follow=True)


# ── Asking ────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("action", ["add_tag", "remove_tag", "delete_entries"])
def test_page_names_the_entries_and_changes_nothing(as_curator, action):
    entries = [make.entry("배포 🚀"), make.entry("<b>굵게</b>")]

    page = text_of(ask(as_curator, action, entries))

    assert "배포 🚀" in page
    assert "&lt;b&gt;굵게" in page
    assert page.count('name="_selected_action"') == 2
    assert [fresh(entry).version for entry in entries] == [1, 1]


def test_all_of_a_filtered_list_can_be_chosen(as_curator):
    first = make.entries(120, tags=["가"])[0]
    make.entry("다른 글")

    data = {"action": "add_tag", "index": 0, "select_across": 1}
    data["_selected_action"] = first.pk
    answer = as_curator.post(f"{LIST}?tag=가", data)

    assert len(answer.context["entries"]) == 120


def test_too_many_at_once_are_refused(as_curator, monkeypatch):
    monkeypatch.setattr(entry_actions, "MAX_ENTRIES", 2)

    answer = ask(as_curator, "delete_entries", make.entries(3))

    assert answer.status_code == 302
    assert "At most 2 entries" in text_of(as_curator.get(LIST))


def test_entries_that_do_not_allow_it_are_named_and_left_out(as_curator):
    free, kept = make.entry("자유"), make.entry("규칙", protection="administrators")

    page = text_of(ask(as_curator, "delete_entries", [free, kept]))
    answer(as_curator, "delete_entries", [free, kept])
    alone = ask(as_curator, "delete_entries", [kept])

    assert "left as they are" in page
    assert fresh(free).is_deleted
    assert not fresh(kept).is_deleted
    assert alone.status_code == 302


def test_writers_and_visitors_cannot_act(visitor, as_writer):
    entry = make.entry("배포")

    for client in (visitor, as_writer):
        ask(client, "delete_entries", [entry])
        data = {
            "action": "delete_entries",
            "_selected_action": [entry.pk],
            "versions": f"{entry.pk}:1",
        }
        assert client.post(LIST, data).status_code == 302

    assert not fresh(entry).is_deleted


# ── Tags ──────────────────────────────────────────────────────────────────────
def test_tag_is_added_as_one_act(as_curator, curator):
    entries = [make.entry("하나", tags=["CI"]), make.entry("둘"), make.entry("셋")]

    page = text_of(answer(as_curator, "add_tag", entries, name=" #배포 "))

    assert [tags_of(entry) for entry in entries] == [["CI", "배포"], ["배포"], ["배포"]]
    batch = Batch.objects.get()
    assert (batch.kind, batch.author, batch.comment) == (
        "tags",
        curator,
        "Tag added: 배포",
    )
    assert batch.revisions.count() == 3
    assert {revision.kind for revision in batch.revisions.all()} == {"tags"}
    assert "3 entries were changed" in page
    assert f"batch__id__exact={batch.pk}" in page
    assert LogEntry.objects.count() == 3


def test_entries_that_have_the_tag_under_any_name_stay(as_curator):
    tag = Tag.objects.create(
        name="Kubernetes", key="kubernetes", slug="kubernetes", sort_key=sort_key("K")
    )
    TagAlias.objects.create(tag=tag, name="k8s", key="k8s")
    with_name, with_alias = make.entry(tags=["Kubernetes"]), make.entry(tags=["K8s"])

    answer(as_curator, "add_tag", [with_name, with_alias], name="k8s")

    assert [fresh(e).version for e in (with_name, with_alias)] == [1, 1]
    assert not Batch.objects.exists()

    answer(as_curator, "remove_tag", [with_name, with_alias], name="kubernetes")

    assert [tags_of(e) for e in (with_name, with_alias)] == [[], []]


@pytest.mark.parametrize(
    "action, name, sentence",
    [
        ("add_tag", "", "This field is required"),
        ("add_tag", "#", "cannot be a tag"),
        ("add_tag", "가" * 51, "longer than 50"),
        ("add_tag", "가,나", "cannot be a tag"),
        ("remove_tag", "없는 태그", "There is no tag"),
    ],
)
def test_names_that_do_not_do_are_asked_for_again(as_curator, action, name, sentence):
    entry = make.entry("배포")

    again = answer(as_curator, action, [entry], name=name)

    assert again.status_code == 400
    assert sentence in text_of(again)
    assert fresh(entry).version == 1


def test_full_entries_are_told_and_the_others_done(as_curator):
    full = make.entry("가득", tags=[f"t{n}" for n in range(100)])
    free = make.entry("자유")

    page = text_of(answer(as_curator, "add_tag", [full, free], name="더"))

    assert "1 entry was changed" in page
    assert "1 entry was left as it is" in page
    assert "가득: There are 101 tags" in page
    assert tags_of(free) == ["더"]


def test_entries_that_left_the_list_are_told(as_curator):
    entry, other = make.entry("하나", tags=["가"]), make.entry("둘", tags=["가"])
    form = ask(as_curator, "add_tag", [entry, other], "?tag=가").context["form"]
    make.edit(entry, tags=[])

    data = {
        "action": "add_tag",
        "_selected_action": [entry.pk, other.pk],
        "name": "나",
        **form.initial,
    }
    page = text_of(as_curator.post(f"{LIST}?tag=가", data, follow=True))

    assert "no longer in this list" in page
    assert (tags_of(entry), tags_of(other)) == ([], ["가", "나"])


# ── Delete and bring back ─────────────────────────────────────────────────────
def test_delete_and_bring_back(as_curator, curator):
    entries = [make.entry("하나", "글\n", tags=["가"]), make.entry("둘")]

    answer(as_curator, "delete_entries", entries, comment="겹침")
    assert all(fresh(entry).is_deleted for entry in entries)
    assert fresh(entries[0]).head.comment == "겹침"
    assert fresh(entries[0]).head.author == curator

    answer(as_curator, "restore_entries", entries, "?state=deleted")
    assert not any(fresh(entry).is_deleted for entry in entries)
    assert tags_of(entries[0]) == ["가"]
    assert Batch.objects.count() == 2


def test_entries_changed_since_the_page_was_made_are_kept(as_curator):
    changed, same = make.entry("하나", "글\n"), make.entry("둘")
    form = ask(as_curator, "delete_entries", [changed, same]).context["form"]
    make.edit(changed, "새 글\n")

    data = {
        "action": "delete_entries",
        "_selected_action": [changed.pk, same.pk],
        **form.initial,
    }
    page = text_of(as_curator.post(LIST, data, follow=True))

    assert "하나: It was changed meanwhile." in page
    assert (fresh(changed).is_deleted, fresh(same).is_deleted) == (False, True)


def test_taken_titles_are_told(as_curator):
    gone = make.deleted(make.entry("배포"))
    make.entry("배포")

    page = text_of(answer(as_curator, "restore_entries", [gone], "?state=deleted"))

    assert "There is already an entry" in page
    assert fresh(gone).is_deleted


@pytest.mark.parametrize("versions", ["", "x", "1:2:3", "1", "1:2,"])
def test_form_that_is_not_whole_asks_again(as_curator, versions):
    entry = make.entry("배포")

    again = answer(as_curator, "delete_entries", [entry], versions=versions)

    assert again.status_code == 400
    assert not fresh(entry).is_deleted


# ── Export ────────────────────────────────────────────────────────────────────
def test_json_has_the_shape_scripts_rely_on(as_curator):
    entry = make.entry("배포 🚀", "글\n", tags=["CI"], aliases=("릴리스",))
    gone = make.deleted(make.entry("지운 글"))

    answer = ask(as_curator, "export_json", [entry, gone], "?state=all")
    records = json.loads(b"".join(answer.streaming_content))

    assert answer["Content-Type"] == "application/json"
    assert "entries.json" in answer["Content-Disposition"]
    assert [record["title"] for record in records] == ["배포 🚀"]
    assert records[0]["tags"] == ["CI"]
    assert set(records[0]) == {
        "title",
        "slug",
        "tags",
        "body",
        "aliases",
        "summary",
        "source_url",
        "source_path",
        "version",
        "created_at",
        "updated_at",
        "properties",
        "attachments",
    }


def test_markdown_comes_as_an_archive(as_curator):
    entries = [make.entry("배포/절차", "글\n", tags=["CI"]), make.entry("둘", "셋\n")]

    answer = ask(as_curator, "export_markdown", entries)
    archive = zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))

    assert sorted(archive.namelist()) == ["notewiki.json", "둘.md", "배포-절차.md"]
    text = archive.read("배포-절차.md").decode()
    assert re.search(r"\A---\ntitle: 배포/절차\n", text)
    assert text.endswith("---\n\n글\n")


def test_export_without_readable_entries_is_empty(as_curator):
    gone = make.deleted(make.entry("지운 글"))

    answer = ask(as_curator, "export_json", [gone], "?state=deleted")

    assert json.loads(b"".join(answer.streaming_content)) == []
