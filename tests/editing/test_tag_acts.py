"""Acts on tags: each one batch that nothing is lost by, and its undo."""

import unicodedata
from functools import partial

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import make
from tests.views.acting import fresh
from wiki import editing
from wiki.checking.entries import check_entries
from wiki.editing import Content, TagUse, undo_batch
from wiki.editing import tag_plans as plans
from wiki.editing.tag_acts import TagActRefused, carry_out
from wiki.models import Entry, EntryTag, Revision, Tag, TagAlias
from wiki.slugs import sort_key, tag_key

pytestmark = pytest.mark.django_db


def tag(name, *aliases, **fields):
    key = tag_key(name)
    made, _ = Tag.objects.update_or_create(
        key=key,
        defaults={"name": name, "slug": key, "sort_key": sort_key(name)} | fields,
    )
    for alias in aliases:
        TagAlias.objects.create(tag=made, name=alias, key=tag_key(alias))
    return made


def do(plan, *args, by="지현", comment="", **options):
    return carry_out(partial(plan, *args, **options), act=make.act(by, comment=comment))


def rename(key, name):
    return do(plans.plan_rename, key, name)


def merge(key, into):
    return do(plans.plan_merge, key, into)


def undo(done):
    return undo_batch(done.batch, act=make.act("도윤"))


def spelled(entry):
    return list(fresh(entry).head.tag_names())


def borne(entry):
    rows = EntryTag.objects.filter(content_object=entry).order_by("position")
    return list(rows.values_list("tag__name", flat=True))


def tables():
    """All that tags are made of, without the numbers that rows go by."""
    return {
        "tags": list(
            Tag.objects.order_by("pk").values_list(
                "pk", "name", "key", "slug", "sort_key", "match", "terms", "is_curated"
            )
        ),
        "aliases": list(
            TagAlias.objects.order_by("key").values_list("tag", "name", "key", "match")
        ),
        "implies": sorted(
            Tag.implies.through.objects.values_list("from_tag", "to_tag")
        ),
        "uses": list(
            EntryTag.objects.order_by("content_object", "position").values_list(
                "content_object", "tag", "name", "rule", "position"
            )
        ),
        "contents": {
            entry.pk: (Content.of(entry), entry.html, entry.is_deleted)
            for entry in Entry.objects.with_head()
        },
    }


def is_sound():
    """Whether every entry bears the tags that its newest revision names."""
    found = check_entries(list(Entry.objects.values_list("pk", flat=True)))
    return [finding.code for finding in found] == []


# ── Rename ────────────────────────────────────────────────────────────────────
def test_rename_is_a_revision_of_every_entry_that_spells_the_name():
    tag("k8s", "쿠버네티스")
    one = make.entry(tags=["K8S", "배포"])
    other = make.entry(tags=["쿠버네티스"])

    done = rename("k8s", "Kubernetes")

    assert (spelled(one), spelled(other)) == (["Kubernetes", "배포"], ["쿠버네티스"])
    assert borne(one) == ["Kubernetes", "배포"]
    assert borne(other) == ["Kubernetes"]
    head = fresh(one).head
    assert (head.kind, head.comment) == ("tags", "Tag renamed: k8s → Kubernetes")
    assert (head.batch, done.batch.kind, done.changed) == (done.batch, "tags", 1)
    assert fresh(other).version == 1
    assert is_sound()


def test_former_name_leads_to_the_tag_and_is_looked_for_as_before():
    tag("k8s", match="exact", terms=["kubectl"])
    make.entry(tags=["k8s"])

    rename("k8s", "Kubernetes")

    renamed = Tag.objects.get()
    alias = TagAlias.objects.get()
    assert (renamed.key, renamed.match, renamed.terms) == (
        "kubernetes",
        "exact",
        ["kubectl"],
    )
    assert (alias.key, alias.match, alias.tag) == ("k8s", "exact", renamed)
    assert renamed.is_curated
    # Written again it means the tag.
    assert borne(make.entry(tags=["k8s"])) == ["Kubernetes"]


def test_a_tag_changes_places_with_another_name_of_it():
    tag("go", match="never")
    TagAlias.objects.create(tag=Tag.objects.get(), name="golang", key="golang")
    entry = make.entry(tags=["go"])

    rename("go", "Golang")

    assert spelled(entry) == ["Golang"]
    assert Tag.objects.values_list("name", "match").get() == ("Golang", "fold")
    assert TagAlias.objects.values_list("key", "match").get() == ("go", "never")


@pytest.mark.parametrize(
    "name", ["Docker", "도커", unicodedata.normalize("NFD", "도커")]
)
def test_spelling_alone_can_change(name):
    entry = make.entry(tags=["docker"])

    done = rename("docker", name)

    name = unicodedata.normalize("NFC", name)
    assert (spelled(entry), borne(entry), done.changed) == ([name], [name], 1)
    assert TagAlias.objects.count() == (name != "Docker")


def test_what_is_under_a_level_goes_along():
    entry = make.entry(tags=["언어", "언어/Python", "언어/Python/3", "언어학"])

    done = rename("언어", "프로그래밍/말")

    assert spelled(entry) == [
        "프로그래밍/말",
        "프로그래밍/말/Python",
        "프로그래밍/말/Python/3",
        "언어학",
    ]
    assert ("언어/python", "프로그래밍/말/python") in {
        (move.tag.key, move.key) for move in done.plan.moves
    }
    keys = set(TagAlias.objects.values_list("key", flat=True))
    assert keys == {"언어", "언어/python", "언어/python/3"}
    assert fresh(entry).version == 2


def test_a_level_that_is_no_tag_is_renamed_and_joins_what_is_there():
    one = make.entry(tags=["a/b", "a/c"])
    other = make.entry(tags=["x/b", "a/b"])

    rename("a", "x")

    assert (spelled(one), spelled(other)) == (["x/b", "x/c"], ["x/b"])
    assert not Tag.objects.filter(key__startswith="a").exists()
    assert is_sound()


def test_a_level_can_go_under_itself():
    entry = make.entry(tags=["a", "a/b"])

    done = rename("a", "a/x")

    assert spelled(entry) == ["a/x", "a/x/b"]
    undo(done)
    assert spelled(entry) == ["a", "a/b"]


@pytest.mark.parametrize(
    "name", ["", "#", "가,나", "a/..", "긴" * 51, "\x00", "k8s", "도커", "컨테이너"]
)
def test_names_that_do_not_do_are_refused_and_change_nothing(name):
    make.entry(tags=["k8s", "도커"])
    TagAlias.objects.create(
        tag=Tag.objects.get(key="도커"), name="컨테이너", key="컨테이너"
    )
    before = tables()

    with pytest.raises(TagActRefused) as refused:
        rename("k8s", name)

    assert refused.value.problems
    assert tables() == before


def test_a_name_that_gets_too_long_under_a_level_is_refused():
    make.entry(tags=["a", f"a/{'나' * 45}"])

    assert plans.plan_rename("a", "여섯글자이름").problems
    assert not plans.plan_rename("a", "b").problems


def test_a_tag_that_is_gone_is_refused():
    for plan in (
        partial(plans.plan_rename, "없음", "있음"),
        partial(plans.plan_merge, "없음", "있음"),
        partial(plans.plan_name, "없음", "있음"),
        partial(plans.plan_unname, "없음", "있음"),
        partial(plans.plan_split, "없음", "있음", [1]),
        partial(plans.plan_delete, "없음"),
    ):
        assert "no tag" in plan().problems[0]


# ── Merge ─────────────────────────────────────────────────────────────────────
def test_merge_leaves_one_where_an_entry_bears_both():
    tag("db", "디비", match="fold", terms=["sql"])
    tag("데이터베이스", "DBMS", match="fold", terms=["질의"])
    one = make.entry(tags=["배포", "DB", "끝"])
    both = make.entry(tags=["db", "DBMS"])
    by_alias = make.entry(tags=["디비"])
    none = make.entry(tags=["배포"])

    done = merge("db", "dbms")

    assert spelled(one) == ["배포", "데이터베이스", "끝"]
    assert spelled(both) == ["DBMS"]
    assert spelled(by_alias) == ["데이터베이스"]
    assert fresh(none).version == 1
    assert done.changed == 3
    kept = Tag.objects.get(key="데이터베이스")
    assert kept.terms == ["질의", "sql"]
    names = set(kept.aliases.values_list("key", flat=True))
    assert names == {"dbms", "db", "디비"}
    assert not Tag.objects.filter(key="db").exists()
    assert is_sound()


def test_what_a_merged_tag_implies_and_is_implied_by_goes_along():
    db, sql, postgres, big = tag("db"), tag("sql"), tag("postgres"), tag("database")
    db.implies.add(sql, big)
    postgres.implies.add(db)
    big.implies.add(db)

    done = merge("db", "database")

    assert list(big.implies.all()) == [sql]
    assert list(postgres.implies.all()) == [big]
    undo(done)
    assert set(Tag.objects.get(key="db").implies.all()) == {sql, big}
    assert list(big.implies.all()) == [db]


def test_merge_with_itself_or_nothing_is_refused():
    tag("db", "디비")
    for into in ("db", "디비", "없음", "", "\x00"):
        assert plans.plan_merge("db", into).problems


def test_the_rule_that_gave_a_tag_goes_on_with_it():
    content = Content(title="글", body="본문", tags=(TagUse("db", "title"),))
    entry = editing.create_entry(content, act=make.act()).entry
    tag("database")

    merge("db", "database")

    row = EntryTag.objects.get(content_object=entry)
    assert (row.name, row.rule) == ("database", "title")


def test_deleted_entries_come_back_with_the_tag_that_there_is():
    tag("database")
    one, both = make.entry(tags=["db"]), make.entry(tags=["db", "database"])
    make.deleted(one)
    make.deleted(both)
    before = tables()

    done = merge("db", "database")

    assert borne(one) == borne(both) == ["database"]
    # Their newest revision is their deletion.
    assert fresh(one).head.kind == "delete"
    undo(done)
    assert tables() == before
    back = editing.restore_entry(fresh(one), base_version=2, act=make.act()).entry
    assert borne(back) == ["db"]


@pytest.mark.parametrize("other", ["언어", None])
def test_a_deleted_entry_comes_back_with_what_its_names_mean_by_now(other):
    tag("python", "파이썬")
    entry = make.entry(tags=["파이썬", "가"])
    make.deleted(entry)
    do(plans.plan_unname, "python", "파이썬")
    if other:
        tag(other)
        do(plans.plan_name, other, "파이썬")

    editing.restore_entry(fresh(entry), base_version=2, act=make.act())

    assert spelled(entry) == ["파이썬", "가"]
    assert borne(entry) == [other or "파이썬", "가"]
    make.entry(tags=["파이썬"])
    assert is_sound()


def test_hidden_entries_are_changed_too():
    hidden = make.entry(tags=["db"], visibility="curators", protection="administrators")
    tag("database")

    merge("db", "database")

    assert spelled(hidden) == ["database"]


# ── Other names ───────────────────────────────────────────────────────────────
def test_another_name_means_the_tag_until_it_is_taken_away():
    make.entry(tags=["kubernetes"])
    given = do(plans.plan_name, "kubernetes", "쿠버")
    entry = make.entry(tags=["쿠버"])
    assert borne(entry) == ["kubernetes"]

    taken = do(plans.plan_unname, "kubernetes", "쿠버")

    assert (spelled(entry), taken.changed) == (["kubernetes"], 1)
    assert not TagAlias.objects.exists()
    undo(taken)
    assert (spelled(entry), borne(entry)) == (["쿠버"], ["kubernetes"])
    # It stays while the note says it.
    assert undo(given).names_left == ("쿠버",)
    assert borne(entry) == ["kubernetes"]
    assert is_sound()


def test_another_name_that_is_a_tag_is_to_be_merged():
    make.entry(tags=["kubernetes", "k8s"])
    plan = plans.plan_name("kubernetes", "K8S")

    assert plan.in_the_way == Tag.objects.get(key="k8s")
    assert plan.problems


# ── Split off ─────────────────────────────────────────────────────────────────
def test_split_gives_some_entries_another_tag():
    one, other = make.entry(tags=["가", "db"]), make.entry(tags=["db"])

    done = do(plans.plan_split, "db", "SQLite", [one.pk])

    assert (spelled(one), spelled(other)) == (["가", "SQLite"], ["db"])
    undo(done)
    assert spelled(one) == ["가", "db"]
    assert not Tag.objects.filter(key="sqlite").exists()


def test_split_can_keep_the_tag_and_use_one_that_there_is():
    tag("database", "디비")
    one, both = make.entry(tags=["sql"]), make.entry(tags=["sql", "디비"])
    stranger = make.entry(tags=["가"])

    ids = [one.pk, both.pk, stranger.pk, 10**12]
    done = do(plans.plan_split, "sql", "디비", ids, keeps=True)

    assert (spelled(one), spelled(both)) == (["sql", "database"], ["sql", "디비"])
    assert (fresh(stranger).version, done.changed) == (1, 1)


def test_split_of_nothing_is_refused():
    make.entry(tags=["db"])

    assert plans.plan_split("db", "sql", []).problems
    assert plans.plan_split("db", "DB", [1]).problems


def test_an_entry_that_would_have_too_many_tags_keeps_the_act_from_happening():
    full = make.entry("가득", tags=[f"태그 {n}" for n in range(100)])
    other = make.entry(tags=["태그 1"])
    before = tables()

    ids = [full.pk, other.pk]
    with pytest.raises(TagActRefused, match="가득"):
        do(plans.plan_split, "태그-1", "하나 더", ids, keeps=True)

    assert tables() == before


# ── Delete ────────────────────────────────────────────────────────────────────
def test_delete_takes_the_tag_from_every_entry():
    tag("db", "디비")
    one, other = make.entry(tags=["db", "가"]), make.entry(tags=["디비"])
    level = make.entry(tags=["db/sql"])
    before = tables()

    done = do(plans.plan_delete, "db")

    assert (spelled(one), spelled(other)) == (["가"], [])
    assert spelled(level) == ["db/sql"]
    assert not Tag.objects.filter(key="db").exists()
    undo(done)
    assert tables() == before


def test_a_topic_that_is_deleted_is_not_looked_for_again():
    tag("git", "깃", match="fold", terms=["commit"])
    entry = make.entry(tags=["깃"])
    before = tables()

    done = do(plans.plan_delete, "git")

    assert spelled(entry) == []
    left = Tag.objects.get()
    assert (left.match, left.terms, left.is_curated) == ("never", [], True)
    assert not TagAlias.objects.exists()
    undo(done)
    assert tables() == before


def test_a_deleted_entry_comes_back_with_a_tag_that_was_deleted():
    entry = make.deleted(make.entry(tags=["db"]))

    do(plans.plan_delete, "db")
    back = editing.restore_entry(fresh(entry), base_version=2, act=make.act()).entry

    assert (spelled(back), borne(back)) == (["db"], ["db"])


# ── Undo ──────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    "act",
    [
        partial(plans.plan_rename, "a", "x"),
        partial(plans.plan_rename, "a", "A"),
        partial(plans.plan_merge, "a", "b"),
        partial(plans.plan_name, "a", "다른 이름"),
        partial(plans.plan_unname, "a", "에이"),
        partial(plans.plan_delete, "a"),
    ],
)
def test_undo_and_its_undo_are_exact(act):
    tag("a", "에이", "AA", match="exact", terms=["=A"]).implies.add(tag("c"))
    tag("b", "비", match="fold")
    tag("b/2", "둘", match="fold")
    for names in (["a"], ["에이", "b"], ["b", "a"], ["a/1", "A"], ["a/2", "둘"], ["c"]):
        make.entry(tags=names)
    make.deleted(make.entry(tags=["aa", "비"]))
    before = tables()

    done = do(act)
    after = tables()
    assert is_sound()
    undone = undo(done)

    assert after != before
    assert tables() == before
    assert (undone.left, undone.names_left) == ((), ())
    again = undo(undone)
    assert tables() == after
    undo(again)
    assert tables() == before


def test_later_edits_stay():
    tag("database")
    edited, dropped, retitled = (make.entry(tags=["db", "가"]) for _ in range(3))
    done = merge("db", "database")
    make.edit(edited, "새 글", tags=["database", "나"])
    make.edit(dropped, tags=["가"])
    make.edit(retitled, title="새 제목", tags=["database", "가", "라"])

    undone = undo(done)

    assert (spelled(edited), fresh(edited).body) == (["db", "나"], "새 글")
    # Who took the topic away did not want it under its former name.
    assert spelled(dropped) == ["가"]
    assert spelled(retitled) == ["db", "가", "라"]
    assert undone.left == ()
    assert is_sound()


def test_what_was_written_under_the_former_name_meanwhile_means_it_again():
    tag("database")
    make.entry(tags=["db"])
    done = merge("db", "database")
    entry = make.entry(tags=["db"])
    assert borne(entry) == ["database"]

    undo(done)

    assert borne(entry) == ["db"]
    assert is_sound()


def test_a_tag_that_others_changed_since_keeps_that():
    make.entry(tags=["k8s"])
    done = rename("k8s", "Kubernetes")
    Tag.objects.update(terms=["kubectl"])
    rename("kubernetes", "K8s 무리")

    undone = undo(done)

    now = Tag.objects.get()
    assert (now.name, now.terms) == ("K8s 무리", ["kubectl"])
    assert set(now.aliases.values_list("key", flat=True)) == {"k8s", "kubernetes"}
    assert (undone.batch, undone.names_left) == (None, ("k8s",))
    assert is_sound()


def test_a_name_that_another_tag_has_by_now_is_left():
    make.entry(tags=["db"])
    tag("database")
    done = merge("db", "database")
    TagAlias.objects.filter(key="db").delete()
    newcomer = make.entry(tags=["db"])

    undone = undo(done)

    assert undone.names_left == ("db",)
    assert borne(newcomer) == ["db"]
    assert is_sound()


@pytest.mark.parametrize(
    "act",
    [
        partial(plans.plan_rename, "옛것", "새것"),
        partial(plans.plan_name, "옛것", "새것"),
    ],
)
def test_a_name_that_notes_say_by_now_goes_on_leading_to_the_tag(act):
    tag("옛것", match="exact")
    first = make.entry(tags=["옛것"])
    done = do(act)
    second = make.entry(tags=["새것"])

    undone = undo(done)

    assert (spelled(first), spelled(second)) == (["옛것"], ["새것"])
    assert borne(first) == borne(second) == ["옛것"]
    assert list(TagAlias.objects.values_list("name", "tag__name")) == [("새것", "옛것")]
    assert undone.names_left == ("새것",)
    third = make.entry(tags=["새것"])
    make.edit(second, "다른 글", tags=["새것"])
    assert borne(second) == borne(third) == ["옛것"]
    assert is_sound()
    # The undo is taken back as it is without them.
    undo(undone)
    assert borne(first) == borne(second) == borne(third)
    assert is_sound()


def test_a_name_that_only_entries_of_the_act_say_goes_with_it():
    tag("옛것")
    entry, gone = make.entry(tags=["옛것"]), make.entry(tags=["옛것"])
    done = rename("옛것", "새것")
    make.edit(entry, "다른 글", tags=["새것", "가"])
    make.deleted(fresh(gone))

    undone = undo(done)

    assert spelled(entry) == ["옛것", "가"]
    assert not TagAlias.objects.exists()
    assert undone.names_left == ()
    assert is_sound()


def test_a_new_tag_that_others_use_by_now_stays():
    one = make.entry(tags=["db"])
    done = do(plans.plan_split, "db", "sqlite", [one.pk])
    other = make.entry(tags=["sqlite"])

    undone = undo(done)

    assert (spelled(one), spelled(other)) == (["db"], ["sqlite"])
    assert undone.names_left == ("sqlite",)


# ── Imports ───────────────────────────────────────────────────────────────────
def test_a_derived_tag_that_someone_removed_stays_removed_after_a_rename():
    derived = TagUse("db", "title")
    base = Content(title="글", body="본문", tags=(derived,))
    removed, kept = (
        editing.create_entry(
            Content(title=title, body="본문", tags=(derived,)), act=make.act()
        ).entry
        for title in ("하나", "둘")
    )
    make.edit(removed, tags=[])
    rename("db", "database")

    for entry in (removed, kept):
        now = fresh(entry)
        found = (TagUse("database", "title"), TagUse("새것", "title"))
        editing.edit_entries(
            [
                editing.EntryEdit(
                    entry_id=entry.pk,
                    base_version=now.version,
                    base=Content(title=now.title, body="본문", tags=base.tags),
                    content=Content(title=now.title, body="본문", tags=found),
                    act=make.act("가져오기"),
                )
            ]
        )

    assert spelled(removed) == ["새것"]
    assert spelled(kept) == ["database", "새것"]


def test_a_stale_form_does_not_bring_the_former_name_back():
    entry = make.entry(tags=["db", "가"])
    rename("db", "database")

    make.edit(entry, tags=["db", "나"], base_version=1)

    assert (spelled(entry), borne(entry)) == (["database", "나"], ["database", "나"])


# ── Bounds ────────────────────────────────────────────────────────────────────
def of_statements(queries):
    marks = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT")
    return len([q for q in queries if not q["sql"].startswith(marks)])


def test_queries_do_not_grow_with_the_entries():
    tag("into")
    asked = []
    for amount in (3, 40):
        make.entries(amount, tags=[f"tag {amount}", "가"])
        with CaptureQueriesContext(connection) as merging:
            done = merge(f"tag-{amount}", "into")
        with CaptureQueriesContext(connection) as undoing:
            undo(done)
        assert done.changed == amount
        asked.append((of_statements(merging), of_statements(undoing)))

    assert asked[0] == asked[1]


def test_a_thousand_entries():
    tag("into")
    entries = make.entries(1000, tags=["많음", "가"])
    make.edit(entries[0], tags=["많음", "into"])
    before = tables()

    with CaptureQueriesContext(connection) as merging:
        done = merge("많음", "into")
    assert EntryTag.objects.filter(tag__key="into").count() == 1000
    assert Revision.objects.filter(batch=done.batch, kind="tags").count() == 1000
    with CaptureQueriesContext(connection) as undoing:
        undone = undo(done)

    assert tables() == before
    assert len(undone.changed) == 1000
    # Some twenty for each hundred entries.
    assert max(of_statements(merging), of_statements(undoing)) <= 320
