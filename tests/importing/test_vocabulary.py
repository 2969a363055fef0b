"""Topics in the database: loaded once, kept by curators."""

import io

import pytest
from django.core.management import CommandError, call_command

from tests.importing.importer import rows
from wiki.editing.tagging import new_tag
from wiki.importing.topics import OtherName, Topic, TopicTable
from wiki.importing.vocabulary import (
    Loaded,
    has_topics,
    load_topics,
    stored_vocabulary,
)
from wiki.models import Tag, TagAlias

pytestmark = pytest.mark.django_db

TABLE = TopicTable(
    (
        Topic(
            "kubernetes",
            aliases=(OtherName("쿠버네티스"), OtherName("k8s")),
            terms=("kubectl",),
            implies=("container",),
        ),
        Topic("container", match="never", aliases=(OtherName("컨테이너", "never"),)),
        Topic("go", match="never", terms=("=Go",)),
    )
)


def tag(name):
    row = new_tag(name)
    row.save()
    return row


def test_topics_become_tags_with_other_names_and_implications():
    assert load_topics(TABLE) == Loaded(created=3)

    kubernetes = Tag.objects.get(key="kubernetes")
    assert (kubernetes.match, kubernetes.terms) == ("fold", ["kubectl"])
    assert sorted(a.name for a in kubernetes.aliases.all()) == ["k8s", "쿠버네티스"]
    assert [t.name for t in kubernetes.implies.all()] == ["container"]
    assert TagAlias.objects.get(key="컨테이너").match == "never"


def test_loading_again_changes_nothing():
    load_topics(TABLE)
    before = rows()

    assert load_topics(TABLE) == Loaded()
    assert rows() == before


def test_a_tag_that_was_there_becomes_the_topic():
    written = tag("Kubernetes")

    assert load_topics(TABLE) == Loaded(created=2, updated=1)
    written.refresh_from_db()
    assert (written.name, written.terms) == ("Kubernetes", ["kubectl"])


def test_what_curators_changed_is_left_alone():
    load_topics(TABLE)
    Tag.objects.filter(key="kubernetes").update(terms=["own"], is_curated=True)
    TagAlias.objects.filter(key="k8s").delete()

    assert load_topics(TABLE) == Loaded(left=1)
    assert Tag.objects.get(key="kubernetes").terms == ["own"]
    assert not TagAlias.objects.filter(key="k8s").exists()


def test_a_name_that_means_another_tag_stays_with_it():
    other = tag("orchestration")
    TagAlias.objects.create(tag=other, name="k8s", key="k8s")
    TagAlias.objects.create(tag=other, name="go", key="go")

    assert load_topics(TABLE) == Loaded(created=2, left=1)
    assert TagAlias.objects.get(key="k8s").tag == other
    assert not Tag.objects.filter(key="go").exists()


def test_a_changed_file_updates():
    load_topics(TABLE)
    changed = TopicTable((Topic("kubernetes", terms=("kubectl", "kubelet")),))

    assert load_topics(changed) == Loaded(updated=1)


def test_the_stored_vocabulary_is_the_files():
    load_topics(TABLE)

    vocabulary = stored_vocabulary()

    assert vocabulary.name_of("K8S") == "kubernetes"
    assert vocabulary.name_of("컨테이너") == "container"


def test_tags_that_people_wrote_are_no_topics():
    load_topics(TABLE)
    before = stored_vocabulary().digest

    tag("아무 태그")

    assert stored_vocabulary().digest == before


def test_a_wiki_without_topics_knows_it():
    tag("아무 태그")
    assert not has_topics()

    load_topics(TABLE)
    assert has_topics()


def test_the_command_loads_the_projects_topics_and_says_so():
    out = io.StringIO()

    call_command("loadtopics", stdout=out)

    assert "created" in out.getvalue()
    assert Tag.objects.count() >= 300
    out = io.StringIO()
    call_command("loadtopics", stdout=out)
    assert "0 created, 0 updated" in out.getvalue()


def test_the_command_says_what_is_wrong_with_a_file(tmp_path):
    file = tmp_path / "topics.toml"
    file.write_text("a = {")

    with pytest.raises(CommandError, match="TOML"):
        call_command("loadtopics", str(file))


def test_the_queries_do_not_grow_with_the_topics(django_assert_max_num_queries):
    with django_assert_max_num_queries(20):
        call_command("loadtopics", verbosity=0)
