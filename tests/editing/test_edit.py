import pytest
from django.contrib.auth import get_user_model

from wiki.editing import (
    Act,
    Author,
    Content,
    EditConflict,
    EntryEdit,
    EntryGone,
    InvalidContent,
    TagUse,
    create_entry,
    delete_entry,
    edit_entries,
    edit_entry,
)
from wiki.models import Alias, Entry, Link, Revision, RevisionMark, Tag, TagAlias

pytestmark = pytest.mark.django_db

BODY = "\n\n".join(f"{n}번째 줄" for n in range(1, 13)) + "\n"


def act(name="지현", **rest):
    return Act(author=Author(label=name), **rest)


def create(title="글", body=BODY, **rest):
    return create_entry(Content(title=title, body=body, **rest), act=act()).entry


def save(entry, body, base_version=1, title=None, name="지현", token="", **rest):
    content = Content(title=title or entry.title, body=body, **rest)
    return edit_entry(
        entry, content, base_version=base_version, act=act(name, form_token=token)
    )


def test_edit_makes_the_next_revision():
    entry = create()

    saved = save(entry, "짧은 글")

    entry.refresh_from_db()
    assert (saved.status, entry.version, entry.body) == ("updated", 2, "짧은 글")
    assert list(
        entry.revisions.values_list("number", flat=True).order_by("number")
    ) == [
        1,
        2,
    ]
    assert entry.head.size_change == len("짧은 글") - len(BODY)


def test_saving_what_is_there_makes_no_revision():
    entry = create(tags=(TagUse("배포", "title"),))

    saved = save(entry, BODY.replace("\n", "\r\n"), tags=(TagUse("배포"),))

    assert saved.status == "same"
    assert Revision.objects.count() == 1


def test_tag_typed_again_keeps_the_rule_that_gave_it():
    entry = create(tags=(TagUse("배포", "title"),))

    save(entry, "다른 글", tags=(TagUse("배포"), TagUse("새 태그")))

    assert Entry.objects.get().head.tags == [
        {"name": "배포", "rule": "title"},
        {"name": "새 태그", "rule": ""},
    ]


def test_stale_edit_elsewhere_is_merged_and_credits_both():
    entry = create()
    save(entry, BODY.replace("2번째", "둘째"), name="민수")

    saved = save(entry, BODY.replace("11번째", "열한째"), name="서연")

    entry.refresh_from_db()
    assert saved.status == "merged"
    assert "둘째" in entry.body
    assert "열한째" in entry.body
    assert saved.revision.kind == "merge"
    assert [c.author_label for c in saved.revision.coauthors.all()] == ["민수"]
    assert [r.number for r in saved.merged_with] == [2]


def test_authors_of_hidden_revisions_are_not_credited_by_a_merge():
    entry = create()
    save(entry, BODY.replace("2번째", "둘째"), name="민수")
    save(entry, BODY.replace("6번째", "여섯째"), base_version=2, name="도윤")
    _hide(entry, 2)

    saved = save(entry, BODY.replace("11번째", "열한째"), name="서연")

    assert [c.author_label for c in saved.revision.coauthors.all()] == ["도윤"]


def test_credit_goes_out_of_sight_with_all_that_it_is_for():
    entry = create()
    save(entry, BODY.replace("2번째", "둘째"), name="민수")
    save(entry, BODY.replace("6번째", "여섯째"), base_version=2, name="민수")
    merge = save(entry, BODY.replace("11번째", "열한째"), name="서연").revision
    save(entry, BODY, base_version=4, name="민수")

    _hide(entry, 2)
    assert merge.coauthors.in_sight().count() == 1
    _hide(entry, 3)
    assert merge.coauthors.in_sight().count() == 0
    RevisionMark.objects.all().delete()
    assert merge.coauthors.in_sight().count() == 1


def test_credit_without_a_revision_of_its_own_stays():
    edit = EntryEdit(
        entry_id=create().pk,
        base_version=1,
        content=Content(title="글", body="새 글"),
        act=act(),
        coauthors=(Author(label="민수"),),
    )

    (saved,) = edit_entries([edit])

    assert saved.revision.coauthors.in_sight().count() == 1


def _hide(entry, number):
    RevisionMark.objects.create(
        revision=entry.revisions.get(number=number),
        kind=RevisionMark.Kind.HIDDEN,
        created_at=entry.created_at,
    )


def test_stale_edit_of_the_same_line_is_a_conflict_that_writes_nothing():
    entry = create()
    save(entry, BODY.replace("2번째 줄", "가의 글").replace("9번째", "아홉째"))

    with pytest.raises(EditConflict) as conflict:
        save(entry, BODY.replace("2번째 줄", "나의 글").replace("11번째", "열한째"))

    error = conflict.value
    assert Entry.objects.get().version == 2
    assert "나의 글" in error.merged.body
    assert "아홉째" in error.merged.body
    assert "열한째" in error.merged.body
    assert "가의 글" in error.current.body
    assert error.mine.body.startswith("1번째")
    assert [revision.number for revision in error.newer] == [2]


def test_own_newer_save_conflicts_as_anyone_elses():
    entry = create()
    save(entry, BODY.replace("2번째 줄", "처음"), name="지현")

    with pytest.raises(EditConflict):
        save(entry, BODY.replace("2번째 줄", "나중"), name="지현")


def test_tags_of_both_sides_are_joined_and_removals_stay():
    entry = create(tags=(TagUse("a"), TagUse("b", "title")))
    save(entry, BODY, tags=(TagUse("a"), TagUse("c")))

    save(entry, BODY, tags=(TagUse("a"), TagUse("b"), TagUse("d")))

    names = [tag["name"] for tag in Entry.objects.get().head.tags]
    assert sorted(names) == ["a", "c", "d"]


def test_titles_changed_by_both_conflict_in_that_field():
    entry = create()
    save(entry, BODY, title="가의 제목")

    with pytest.raises(EditConflict) as conflict:
        save(entry, BODY, title="나의 제목")

    assert conflict.value.fields == ("title",)
    assert conflict.value.merged.title == "나의 제목"


def test_unknown_base_version_is_a_conflict_not_an_overwrite():
    entry = create()

    with pytest.raises(EditConflict):
        save(entry, "다 지움", base_version=99)


def test_edit_of_a_deleted_entry_keeps_the_text_in_the_error():
    entry = create()
    delete_entry(entry, base_version=1, act=act())

    with pytest.raises(EntryGone) as gone:
        save(entry, "내 글")

    assert gone.value.mine.body == "내 글"


def test_same_form_sent_twice_makes_one_revision():
    entry = create()

    first = save(entry, "새 글", token="form-1")
    second = save(entry, "새 글", token="form-1")

    assert (first.status, second.status) == ("updated", "repeated")
    assert second.revision == first.revision
    assert Revision.objects.count() == 2


def test_same_form_with_other_text_is_an_ordinary_save():
    entry = create()
    save(entry, "새 글", token="form-1")

    saved = save(entry, "또 다른 글", base_version=2, token="form-1")

    assert saved.status == "updated"
    assert Revision.objects.count() == 3


def test_same_form_after_a_merge_is_still_one_revision():
    entry = create()
    save(entry, BODY.replace("2번째", "둘째"))

    for _ in range(2):
        save(entry, BODY.replace("11번째", "열한째"), token="form-2")

    assert Revision.objects.count() == 3


def test_new_title_leaves_the_old_one_leading_here():
    entry = create("처음 이름")

    save(entry, BODY, title="다음 이름")

    alias = Alias.objects.get()
    assert (alias.kind, alias.name, alias.slug) == ("former", "처음 이름", "처음-이름")
    assert Entry.objects.get().slug == "다음-이름"


def test_title_that_differs_in_case_only_keeps_the_address():
    entry = create("grpc")

    save(entry, BODY, title="gRPC")

    entry = Entry.objects.get()
    assert (entry.title, entry.slug) == ("gRPC", "grpc")


def test_title_taken_by_another_is_refused():
    create("임자")
    entry = create("다른 글")

    with pytest.raises(InvalidContent) as refused:
        save(entry, BODY, title="임자")

    assert refused.value.problems[0].code == "title_taken"


def test_red_link_turns_blue_when_its_entry_appears_and_red_when_it_goes():
    source = create("출발", "[[도착]]")
    target = create("도착")
    source.refresh_from_db()
    assert "missing" not in source.html
    assert Link.objects.get().target == target

    delete_entry(target, base_version=1, act=act())

    source.refresh_from_db()
    assert "missing" in source.html
    assert source.version == 1
    assert source.links_version > 0


def test_links_follow_a_renamed_entry():
    target = create("옛 이름")
    source = create("출발", "[[옛 이름]]")

    save(target, BODY, title="새 이름")

    source.refresh_from_db()
    assert "/wiki/%EC%83%88-%EC%9D%B4%EB%A6%84/" in source.html
    assert Link.objects.get().target == target


def test_page_that_is_pointed_to_notices_it():
    target = create("도착")
    before = Entry.objects.get(pk=target.pk).links_version

    create("출발", "[[도착]]")

    assert Entry.objects.get(pk=target.pk).links_version > before


def test_author_account_stays_by_name_when_it_is_removed():
    user = get_user_model().objects.create_user("minsu", first_name="민수")
    saved = create_entry(Content(title="글"), act=Act(author=Author(user=user)))

    user.delete()

    revision = Revision.objects.get(pk=saved.revision.pk)
    assert (revision.author, revision.author_name) == (None, "민수")


def test_other_name_of_a_topic_the_page_has_is_no_change():
    tag = Tag.objects.create(name="kubernetes", key="kubernetes", slug="kubernetes")
    TagAlias.objects.create(tag=tag, name="k8s", key="k8s")
    entry = create(tags=(TagUse("k8s"),))

    saved = save(entry, BODY, tags=(TagUse("k8s"), TagUse("kubernetes")))

    assert saved.status == "same"
    assert Revision.objects.count() == 1
