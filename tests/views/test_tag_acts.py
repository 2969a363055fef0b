"""Curators' pages of a tag: what is asked, what is shown first, what is done."""

import unicodedata
from urllib.parse import quote

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import make
from tests.views.acting import fresh, text_of
from wiki.models import Batch, Revision, Tag, TagAlias
from wiki.views import tag_acts

pytestmark = pytest.mark.django_db

ACTS = ("rename", "merge", "names", "split", "delete")


def path(act, key):
    return f"/curate/tags/{act}/{quote(key)}/"


def spelled(entry):
    return list(fresh(entry).head.tag_names())


def test_rename_shows_first_and_then_does(as_curator, curator):
    entries = [make.entry(f"글 {n}", tags=["k8s"]) for n in range(3)]
    make.entry("비밀 글", tags=["K8S"], visibility="curators")

    asking = text_of(as_curator.get(path("rename", "k8s")))
    assert 'value="k8s"' in asking
    shown = text_of(as_curator.get(path("rename", "k8s") + "?to=Kubernetes"))
    assert "4 notes get a new revision." in shown
    assert "비밀 글" in shown
    assert "<code>/tags/k8s/</code> → <code>/tags/kubernetes/</code>" in shown
    assert Revision.objects.count() == 4

    answer = as_curator.post(
        path("rename", "k8s"), {"to": "Kubernetes", "seen": "4", "comment": "바른 이름"}
    )
    batch = Batch.objects.get()
    assert answer["Location"] == f"/batches/{batch.pk}/"
    assert (batch.comment, batch.author) == ("바른 이름", curator)
    assert spelled(entries[0]) == ["Kubernetes"]
    page = text_of(as_curator.get(answer["Location"]))
    assert "Tag renamed: k8s → Kubernetes. 4 notes changed." in page
    old = as_curator.get("/tags/k8s/")
    assert (old.status_code, old["Location"]) == (302, "/tags/kubernetes/")


def test_levels_lead_on_even_where_they_are_no_tags(as_curator, visitor):
    make.entry(tags=["도구/빌드/make", "도구/검사"])

    as_curator.post(path("rename", "도구"), {"to": "연장", "seen": "1"})

    for old, new in (("도구/빌드/make", "연장/빌드/make"), ("도구", "연장")):
        answer = visitor.get(f"/tags/{quote(old)}/")
        assert (answer.status_code, answer["Location"]) == (302, f"/tags/{quote(new)}/")


def test_a_level_of_hidden_notes_does_not_tell_its_new_name(as_curator, visitor):
    make.entry(tags=["가/나"], visibility="members")
    as_curator.post(path("rename", "가"), {"to": "극비", "seen": "1"})

    assert visitor.get(f"/tags/{quote('가')}/").status_code == 404
    assert visitor.get(f"/tags/{quote('가/나')}/").status_code == 404


def test_merge_is_offered_where_the_name_is_taken(as_curator):
    entry = make.entry(tags=["db"])
    make.entry(tags=["database"])

    refused = text_of(as_curator.get(path("rename", "db") + "?to=Database"))
    assert "is a name of the tag “database” already" in refused
    assert f'href="{path("merge", "db")}?to=database"' in refused
    shown = text_of(as_curator.get(path("merge", "db") + "?to=database"))
    assert "1 note gets a new revision." in shown
    as_curator.post(path("merge", "db"), {"to": "database", "seen": "1"})

    assert spelled(entry) == ["database"]


def test_other_names_come_and_go(as_curator):
    entry = make.entry(tags=["kubernetes"])
    as_curator.post(path("names", "kubernetes"), {"to": "쿠버", "seen": "0"})
    other = make.entry(tags=["쿠버"])
    page = text_of(as_curator.get(path("names", "kubernetes")))
    assert f"?gone={quote('쿠버')}" in page

    shown = text_of(as_curator.get(path("names", "kubernetes") + "?gone=쿠버"))
    assert "1 note gets a new revision." in shown
    as_curator.post(path("names", "kubernetes"), {"gone": "쿠버", "seen": "1"})

    assert spelled(entry) == spelled(other) == ["kubernetes"]
    assert not TagAlias.objects.exists()


def test_a_tag_is_deleted_with_what_it_says(as_curator):
    entry = make.entry(tags=["옛것", "가"])

    assert "1 note gets a new revision." in text_of(
        as_curator.get(path("delete", "옛것"))
    )
    as_curator.post(path("delete", "옛것"), {"seen": "1"})

    assert spelled(entry) == ["가"]
    assert as_curator.get(path("delete", "옛것")).status_code == 404


def test_split_takes_what_is_chosen_or_all_that_match(as_curator, monkeypatch):
    monkeypatch.setattr(tag_acts, "ENTRIES_PER_PAGE", 2)
    one, two, three = (
        make.entry(f"{name} 글", tags=["db", tag])
        for name, tag in (("하나", "가"), ("둘", "가"), ("셋", "나"))
    )

    page = text_of(as_curator.get(path("split", "db") + "?with=가"))
    assert "하나 글" in page
    assert "셋 글" not in page
    nothing = as_curator.post(path("split", "db"), {"to": "sql"})
    assert nothing.status_code == 400
    assert "Choose at least one note" in text_of(nothing)

    as_curator.post(path("split", "db"), {"to": "sql", "entry": [one.pk]})
    assert (spelled(one), spelled(two)) == (["sql", "가"], ["db", "가"])
    sent = {"to": "SQLite", "all": "1", "keeps": "1", "q": "글"}
    as_curator.post(path("split", "db"), sent)
    assert spelled(two) == ["db", "SQLite", "가"]
    assert spelled(three) == ["db", "SQLite", "나"]


@pytest.mark.parametrize("chosen", ["x", "-1", "9" * 40, "1.5", "\x00", "²"])
def test_a_choice_that_is_no_note_is_none(as_curator, chosen):
    make.entry(tags=["db"])

    answer = as_curator.post(path("split", "db"), {"to": "sql", "entry": [chosen]})

    assert answer.status_code == 400
    assert not Batch.objects.exists()


def test_what_changed_since_it_was_shown_is_shown_again(as_curator):
    make.entry(tags=["db"])

    answer = as_curator.post(path("rename", "db"), {"to": "sql", "seen": "0"})

    assert answer.status_code == 409
    assert "Look at it again and confirm" in text_of(answer)
    assert 'name="seen" value="1"' in text_of(answer)
    assert Tag.objects.get().key == "db"


@pytest.mark.parametrize("act", ACTS)
def test_pages_are_for_curators(act, visitor, as_writer, as_curator):
    make.entry(tags=["db"])
    address = path(act, "db")

    for method in ("get", "post"):
        sent_away = getattr(visitor, method)(address)
        assert sent_away["Location"].startswith("/accounts/login/")
        assert getattr(as_writer, method)(address, {"to": "sql"}).status_code == 403
    assert as_curator.get(address).status_code == 200
    assert not Batch.objects.exists()


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("key", ["없음", "%00", "#", "a" * 300, "..", "가,나"])
def test_what_is_no_tag_is_404(act, key, as_curator):
    assert (
        as_curator.get(f"/curate/tags/{act}/{quote(key, safe='%')}/").status_code == 404
    )


@pytest.mark.parametrize("act", ACTS)
def test_other_names_and_spellings_lead_to_the_page(act, as_curator):
    make.entry(tags=["배포"])
    TagAlias.objects.create(tag=Tag.objects.get(), name="deploy", key="deploy")

    for name in ("DEPLOY", unicodedata.normalize("NFD", "배포")):
        answer = as_curator.get(path(act, name) + "?to=x")
        assert answer["Location"] == path(act, "배포") + "?to=x"


@pytest.mark.parametrize(
    "name",
    [
        "",
        "   ",
        "<script>alert(1)</script>" * 3,
        "가,나",
        "\x00",
        "x" * 100_000,
        "a/..",
    ],
)
@pytest.mark.parametrize("act", ["rename", "merge", "names"])
def test_hostile_names_are_refused_with_a_sentence(act, name, as_curator):
    make.entry(tags=["db"])
    before = list(Tag.objects.values_list("name", flat=True))

    answer = as_curator.get(path(act, "db"), {"to": name})
    sent = as_curator.post(path(act, "db"), {"to": name, "seen": "0"})

    assert (answer.status_code, sent.status_code) == (200, 400)
    for page in (answer, sent):
        assert 'role="alert"' in text_of(page)
        assert "<script>alert" not in text_of(page)
    assert list(Tag.objects.values_list("name", flat=True)) == before


def test_names_with_signs_are_shown_as_they_are(as_curator):
    entry = make.entry(tags=["db"])

    shown = text_of(as_curator.get(path("rename", "db"), {"to": "<b>&'\"?"}))
    assert "<b>&'" not in shown
    as_curator.post(path("rename", "db"), {"to": "<b>&'\"?", "seen": "1"})

    assert spelled(entry) == ["<b>&'\"?"]
    key = Tag.objects.get().key
    assert as_curator.get(f"/tags/{quote(key)}/").status_code == 200


def test_preview_asks_the_same_for_any_number_of_notes(as_curator):
    make.entry(tags=["into"])
    asked = []
    for amount in (3, 60):
        make.entries(amount, tags=[f"tag {amount}"])
        with CaptureQueriesContext(connection) as queries:
            as_curator.get(path("merge", f"tag-{amount}") + "?to=into")
        asked.append(len(queries))

    assert asked[0] == asked[1]


# ── Tags that are alike ───────────────────────────────────────────────────────
def test_alike_tags_lead_to_the_preview_of_their_merge(as_curator):
    make.entries(2, tags=["ci-cd", "데이터베이스"])
    make.entry(tags=["cicd", "DB"])

    page = text_of(as_curator.get("/curate/tags/similar/"))

    assert "/curate/tags/merge/cicd/?to=ci-cd" in page
    merging = f"/curate/tags/merge/db/?to={quote('데이터베이스')}"
    assert merging in page
    assert as_curator.get(merging).status_code == 200
    assert "/curate/tags/similar/" in text_of(as_curator.get("/tags/"))


def test_alike_tags_are_for_curators(visitor, as_writer):
    assert visitor.get("/curate/tags/similar/").status_code == 302
    assert as_writer.get("/curate/tags/similar/").status_code == 403


def test_no_tags_are_alike(as_curator):
    make.entry(tags=["가"])

    assert "No two tags are alike" in text_of(as_curator.get("/curate/tags/similar/"))
