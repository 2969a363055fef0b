import pytest
from django.utils import timezone

from wiki.editing import (
    Act,
    Author,
    Content,
    EditConflict,
    EntryGone,
    InvalidContent,
    NewEntry,
    StaleEntry,
    TagUse,
    create_entries,
    create_entry,
    delete_entry,
    edit_entry,
    rename_entry,
    restore_entry,
    revert_entry,
)
from wiki.models import (
    Alias,
    DumpName,
    Entry,
    EntryFile,
    Link,
    Revision,
    SiteState,
    StoredFile,
)
from wiki.paths import file_keys

pytestmark = pytest.mark.django_db

ACT = Act(author=Author(label="지현"))


def create(title="글", body="처음 글", **rest):
    return create_entry(Content(title=title, body=body, **rest), act=ACT).entry


def edit(entry, body, base_version=1, **rest):
    content = Content(title=entry.title, body=body, **rest)
    return edit_entry(entry, content, base_version=base_version, act=ACT).entry


def fresh(entry):
    return Entry.objects.with_head().get(pk=entry.pk)


def drawn(entry):
    return fresh(entry).html


def test_revert_makes_a_new_revision_with_everything_of_the_old_one():
    entry = create(tags=(TagUse("a"),), summary="요약")
    entry = edit(entry, "다음 글")

    saved = revert_entry(entry, entry.revisions.get(number=1), base_version=2, act=ACT)

    entry.refresh_from_db()
    assert (entry.version, entry.body, entry.summary) == (3, "처음 글", "요약")
    assert saved.revision.kind == "revert"
    assert Revision.objects.count() == 3


def test_revert_on_an_old_look_is_refused():
    entry = create()
    entry = edit(entry, "둘")
    entry = edit(entry, "셋", base_version=2)

    with pytest.raises(StaleEntry):
        revert_entry(entry, entry.revisions.get(number=1), base_version=2, act=ACT)

    assert Entry.objects.get().body == "셋"


def test_rename_moves_the_address_and_leaves_the_old_one_leading_here():
    entry = create("옛 이름")

    rename_entry(entry, "새 이름", base_version=1, act=ACT)

    entry.refresh_from_db()
    assert (entry.title, entry.slug, entry.version) == ("새 이름", "새-이름", 2)
    assert Alias.objects.get().slug == "옛-이름"
    assert entry.head.kind == "rename"


def test_rename_back_leaves_no_alias_to_itself():
    entry = create("가")
    rename_entry(entry, "나", base_version=1, act=ACT)
    entry.refresh_from_db()

    rename_entry(entry, "가", base_version=2, act=ACT)

    entry.refresh_from_db()
    assert entry.slug == "가"
    assert [alias.name for alias in entry.aliases.all()] == ["나"]


def test_rename_keeps_what_others_wrote_meanwhile():
    entry = create("가")
    edit(entry, "민수의 글")

    rename_entry(entry, "나", base_version=1, act=ACT)

    entry.refresh_from_db()
    assert (entry.title, entry.body) == ("나", "민수의 글")


def test_rename_of_what_someone_renamed_meanwhile_is_a_conflict():
    entry = create("가")
    rename_entry(entry, "나", base_version=1, act=ACT)

    with pytest.raises(EditConflict):
        rename_entry(entry, "다", base_version=1, act=ACT)


def test_deleted_entry_keeps_its_address_and_frees_its_title():
    entry = create("배포")

    delete_entry(entry, base_version=1, act=ACT)
    second = create("배포")

    first = Entry.objects.get(pk=entry.pk)
    assert first.is_deleted
    assert first.version == 2
    assert (first.slug, second.slug) == ("배포", "배포-2")


def test_delete_on_an_old_look_is_refused():
    entry = create()
    edit(entry, "민수의 글")

    with pytest.raises(StaleEntry):
        delete_entry(entry, base_version=1, act=ACT)

    assert not Entry.objects.get().is_deleted


def test_restore_brings_everything_back():
    entry = create(tags=(TagUse("a"),), aliases=("별명",))
    delete_entry(entry, base_version=1, act=ACT)

    restore_entry(entry, base_version=2, act=ACT)

    entry.refresh_from_db()
    assert not entry.is_deleted
    assert entry.version == 3
    assert entry.body == "처음 글"
    assert [tag.key for tag in entry.tags.all()] == ["a"]
    assert Entry.objects.live().get() == entry


def test_restored_entry_has_its_links_files_and_past_again():
    stored = StoredFile.objects.create(
        sha256="a" * 64,
        size=1,
        media_type="image/png",
        extension=".png",
        created_at=timezone.now(),
    )
    for key in file_keys("구조.png"):
        DumpName.objects.create(source="vault", key=key, file=stored)
    # A page shows only files that its readers may see already.
    EntryFile.objects.create(entry=create("그림첩"), file=stored, name="구조.png")
    [saved] = create_entries(
        [
            NewEntry(
                content=Content(title="배포", body="![](구조.png) [[안내]]"),
                act=ACT,
                source="vault",
                source_path="배포.md",
            )
        ]
    )
    entry = edit(saved.entry, "![](구조.png) [[안내]] 둘", aliases=("올리기",))
    rename_entry(entry, "올리는 절차", base_version=2, act=ACT)
    page = create("안내", "[[배포]] [[올리기]] [[올리는 절차]]")
    before = drawn(entry), drawn(page)
    assert stored.get_absolute_url() in before[0]
    assert before[1].count(f'href="{fresh(entry).get_absolute_url()}"') == 3

    delete_entry(fresh(entry), base_version=3, act=ACT)
    assert drawn(page).count('class="missing"') == 3
    restore_entry(fresh(entry), base_version=4, act=ACT)

    assert (drawn(entry), drawn(page)) == before
    shown = EntryFile.objects.get(entry=entry)
    assert (shown.file, shown.is_shown) == (stored, True)
    assert Link.objects.filter(source=page, target=entry).count() == 3
    numbers = entry.revisions.order_by("number").values_list("number", flat=True)
    assert list(numbers) == [1, 2, 3, 4, 5]
    assert sorted(entry.aliases.values_list("name", flat=True)) == ["배포", "올리기"]


def test_revert_gives_files_and_other_titles_back():
    entry = create("배포", "글 [[가]]", aliases=("올리기",), tags=(TagUse("CI"),))
    entry = edit(entry, "다른 글")
    saved = revert_entry(entry, entry.revisions.get(number=1), base_version=2, act=ACT)

    now = fresh(saved.entry)
    assert list(now.aliases.values_list("name", flat=True)) == ["올리기"]
    assert [link.name for link in now.links.all()] == ["가"]


def test_restore_onto_a_taken_title_asks_for_another():
    entry = create("배포")
    delete_entry(entry, base_version=1, act=ACT)
    create("배포")

    with pytest.raises(InvalidContent) as refused:
        restore_entry(entry, base_version=2, act=ACT)
    restore_entry(entry, base_version=2, act=ACT, title="배포 (옛)")

    assert refused.value.problems[0].code == "title_taken"
    assert Entry.objects.live().count() == 2


def test_revert_of_a_deleted_entry_is_refused():
    entry = create()
    revision = entry.head
    delete_entry(entry, base_version=1, act=ACT)
    entry.refresh_from_db()

    with pytest.raises(EntryGone):
        revert_entry(entry, revision, base_version=2, act=ACT)


def test_what_makes_other_pages_stale_moves_the_epoch():
    entry = create("가")
    before = SiteState.objects.get().epoch
    edit(entry, "글만 다름")
    assert SiteState.objects.get().epoch == before

    rename_entry(entry, "나", base_version=2, act=ACT)

    assert SiteState.objects.get().epoch == before + 1


def test_links_by_a_former_title_follow_every_further_rename():
    entry = create("가")
    page = create("쪽", "[[가]] 참고")
    rename_entry(entry, "나", base_version=1, act=ACT)
    rename_entry(entry, "다", base_version=2, act=ACT)
    other = create("나")

    page.refresh_from_db()
    entry.refresh_from_db()

    assert entry.get_absolute_url() in page.html
    assert other.get_absolute_url() not in page.html


def test_links_by_a_former_title_lead_nowhere_once_the_entry_is_deleted():
    entry = create("가")
    page = create("쪽", "[[가]] 참고")
    rename_entry(entry, "나", base_version=1, act=ACT)
    delete_entry(entry, base_version=2, act=ACT)

    page.refresh_from_db()
    assert 'class="missing"' in page.html
    assert page.links.get().target is None

    restore_entry(entry, base_version=3, act=ACT)
    page.refresh_from_db()
    assert 'class="missing"' not in page.html
