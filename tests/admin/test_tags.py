"""Tags in the admin: names cleaned, keys made, other names leading to one tag only."""

import pytest

from tests import make
from tests.views.acting import fresh
from wiki.editing import undo_batch
from wiki.models import Batch, SiteState, Tag, TagAlias
from wiki.slugs import sort_key, tag_key

pytestmark = pytest.mark.django_db

LIST = "/admin/wiki/tag/"


def tag(name, *aliases, **fields):
    key = tag_key(name)
    made = Tag.objects.create(
        name=name, key=key, slug=key, sort_key=sort_key(name), **fields
    )
    for alias in aliases:
        TagAlias.objects.create(tag=made, name=alias, key=tag_key(alias))
    return made


def text_of(answer):
    return answer.content.decode()


def sent(name, *aliases, of=None, **fields):
    """The form of a tag as a browser sends it; `of` has its other names already."""
    rows = list(of.aliases.order_by("name")) if of else []
    data = {
        "name": name,
        "match": "never",
        "terms": "[]",
        "aliases-TOTAL_FORMS": len(rows) + len(aliases),
        "aliases-INITIAL_FORMS": len(rows),
    }
    for at, row in enumerate(rows):
        data |= {
            f"aliases-{at}-id": row.pk,
            f"aliases-{at}-tag": of.pk,
            f"aliases-{at}-name": row.name,
            f"aliases-{at}-match": row.match,
        }
    for at, alias in enumerate(aliases, len(rows)):
        data |= {f"aliases-{at}-name": alias, f"aliases-{at}-match": "fold"}
    return data | fields


def change(client, changed, data):
    return client.post(f"{LIST}{changed.pk}/change/", data)


def test_name_is_cleaned_and_keys_are_made(as_curator):
    answer = as_curator.post(f"{LIST}add/", sent("  #CI  CD ", "지속 통합", "ci_cd 2"))

    made = Tag.objects.get()
    assert answer.status_code == 302
    assert (made.name, made.key, made.slug) == ("CI CD", "ci-cd", "ci-cd")
    assert bytes(made.sort_key) == sort_key("CI CD")
    assert made.is_curated
    aliases = set(made.aliases.values_list("name", "key"))
    assert aliases == {("지속 통합", "지속-통합"), ("ci_cd 2", "ci-cd-2")}


@pytest.mark.parametrize(
    "name, sentence",
    [
        ("", "This field is required"),
        ("#", "cannot be a tag"),
        ("가,나", "cannot be a tag"),
        ("a/..", "cannot be a tag"),
        ("K8S", "another name of the tag “Kubernetes”"),
        ("KUBERNETES", "already a tag"),
    ],
)
def test_names_that_do_not_do_are_refused(as_curator, name, sentence):
    tag("Kubernetes", "k8s")

    answer = as_curator.post(f"{LIST}add/", sent(name))

    assert answer.status_code == 200
    assert sentence in text_of(answer)
    assert Tag.objects.count() == 1


@pytest.mark.parametrize(
    "aliases, sentence",
    [
        (["DOCKER"], "is a tag of its own"),
        (["쿠버"], "another name of the tag “Kubernetes”"),
        (["하나", "하나"], "stands here twice"),
        (["helm"], "is a tag of its own"),
        (["#"], "cannot be a tag"),
        (["가" * 51], "50"),
    ],
)
def test_other_names_lead_to_one_tag_only(as_curator, aliases, sentence):
    tag("Kubernetes", "쿠버")
    tag("docker")
    helm = tag("Helm")

    answer = change(as_curator, helm, sent("Helm", *aliases, of=helm))

    assert answer.status_code == 200
    assert sentence in text_of(answer)
    assert helm.aliases.count() == 0


def test_change_keeps_the_vocabulary_away(as_curator):
    kept, touched = tag("docker"), tag("Helm", "헬름")

    change(as_curator, kept, sent("docker"))
    change(as_curator, touched, sent("Helm", "차트", of=touched))

    assert not Tag.objects.get(pk=kept.pk).is_curated
    assert Tag.objects.get(pk=touched.pk).is_curated
    assert touched.aliases.count() == 2


def test_tag_can_be_given_back_to_the_vocabulary(as_curator):
    touched = tag("Helm", is_curated=True)

    change(as_curator, touched, sent("Helm"))

    assert not Tag.objects.get(pk=touched.pk).is_curated


def test_renamed_tag_keeps_its_entries_and_its_former_name(as_curator):
    entry = make.entry("배포", "글\n", tags=["k8s"])
    renamed = Tag.objects.get()

    change(as_curator, renamed, sent("Kubernetes"))
    make.edit(entry, "새 글\n")

    assert list(Tag.objects.values_list("name", "key")) == [
        ("Kubernetes", "kubernetes")
    ]
    assert TagAlias.objects.get().key == "k8s"
    assert renamed.items.count() == 1


def test_tag_can_go_back_to_a_name_it_had(as_curator):
    renamed = tag("Kubernetes", "k8s")

    answer = change(as_curator, renamed, sent("k8s", of=renamed))

    assert answer.status_code == 302
    assert Tag.objects.get().key == "k8s"
    assert list(TagAlias.objects.values_list("key", flat=True)) == ["kubernetes"]


def test_other_name_can_be_taken_away(as_curator):
    changed = tag("Kubernetes", "k8s", "쿠버")
    data = sent("Kubernetes", of=changed) | {"aliases-0-DELETE": "on"}

    change(as_curator, changed, data)

    assert list(changed.aliases.values_list("name", flat=True)) == ["쿠버"]


@pytest.mark.parametrize("terms", ['"x"', "{}", "[1]", '[""]', "nonsense"])
def test_terms_are_a_list_of_words(as_curator, terms):
    answer = as_curator.post(f"{LIST}add/", sent("git", terms=terms))

    assert answer.status_code == 200
    assert not Tag.objects.exists()


def test_tag_cannot_imply_itself(as_curator):
    changed, other = tag("Helm"), tag("Kubernetes")

    refused = change(as_curator, changed, sent("Helm", implies=[changed.pk]))
    taken = change(as_curator, changed, sent("Helm", implies=[other.pk]))

    assert "cannot imply itself" in text_of(refused)
    assert taken.status_code == 302
    assert list(changed.implies.all()) == [other]


def test_only_tags_without_entries_can_go(as_curator):
    make.entry("배포", tags=["쓰는 태그"])
    used, unused = Tag.objects.get(), tag("안 쓰는 태그", "별명")

    refused = as_curator.post(f"{LIST}{used.pk}/delete/", {"post": "yes"})
    done = as_curator.post(f"{LIST}{unused.pk}/delete/", {"post": "yes"})

    assert (refused.status_code, done.status_code) == (403, 302)
    assert list(Tag.objects.all()) == [used]


def test_cached_pages_become_stale(as_curator):
    changed = tag("Helm")
    before = SiteState.objects.get().epoch

    change(as_curator, changed, sent("헬름"))

    assert SiteState.objects.get().epoch > before


def test_list_shows_other_names_and_counts_in_few_queries(
    as_curator, django_assert_max_num_queries
):
    make.entries(3, tags=["배포"])
    make.deleted(make.entry("지운 글", tags=["배포"]))
    for number in range(60):
        tag(f"t{number}", f"alias {number}", f"다른 {number}")

    with django_assert_max_num_queries(10):
        answer = as_curator.get(LIST)

    counts = {each.name: each.entry_count for each in answer.context["cl"].result_list}
    assert counts["배포"] == 3
    assert "alias 7, 다른 7" in text_of(answer)


def test_search_finds_other_names(as_curator):
    tag("Kubernetes", "k8s")
    tag("Helm")

    answer = as_curator.get(f"{LIST}?q=k8s")

    assert [each.name for each in answer.context["cl"].result_list] == ["Kubernetes"]


def test_writers_do_not_curate(as_writer):
    assert as_writer.get(LIST).status_code == 302
    assert as_writer.post(f"{LIST}add/", sent("x")).status_code == 302
    assert not Tag.objects.exists()


# ── Acts ──────────────────────────────────────────────────────────────────────
def test_names_change_by_acts_that_can_be_undone(as_curator, curator):
    entry = make.entry("배포", tags=["k8s", "쿠베"])
    changed = Tag.objects.get(key="k8s")
    before = Batch.objects.count()

    change(as_curator, changed, sent("Kubernetes", "쿠버", match="fold"))

    head = fresh(entry).head
    assert list(head.tag_names()) == ["Kubernetes", "쿠베"]
    assert (head.kind, head.author, head.batch.kind) == ("tags", curator, "tags")
    # The name, and another name.
    assert Batch.objects.count() == before + 2
    changed.refresh_from_db()
    assert (changed.match, changed.key) == ("fold", "kubernetes")
    undo_batch(head.batch, act=make.act())
    changed.refresh_from_db()
    assert (changed.name, changed.match) == ("k8s", "fold")


def test_an_other_name_that_goes_is_replaced_on_its_entries(as_curator):
    changed = tag("Kubernetes", "k8s")
    entry = make.entry("배포", tags=["K8S"])
    data = sent("Kubernetes", of=changed) | {"aliases-0-DELETE": "on"}

    change(as_curator, changed, data)

    assert list(fresh(entry).head.tag_names()) == ["Kubernetes"]
    assert entry.tags.get() == changed


def test_how_a_name_is_looked_for_is_no_act(as_curator):
    changed = tag("Kubernetes", "k8s")
    data = sent("Kubernetes", of=changed) | {"aliases-0-match": "exact"}

    change(as_curator, changed, data)

    assert changed.aliases.get().match == "exact"
    assert not Batch.objects.exists()


def test_a_name_that_is_too_long_under_it_is_refused(as_curator):
    make.entry(tags=["a", f"a/{'나' * 45}"])
    changed = Tag.objects.get(key="a")

    answer = change(as_curator, changed, sent("여섯글자이름"))

    assert answer.status_code == 200
    assert "longer than" in text_of(answer)
    assert Tag.objects.filter(key="a").exists()


def test_form_and_list_lead_to_the_acts(as_curator):
    changed = tag("도구/빌드")

    form = text_of(as_curator.get(f"{LIST}{changed.pk}/change/"))
    assert "/curate/tags/merge/" in form
    assert "/curate/tags/similar/" in text_of(as_curator.get(LIST))
