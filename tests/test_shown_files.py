"""Which pages may show a stored file that their text names by its address."""

import io
from dataclasses import dataclass

import pytest
from django.contrib.auth.models import AbstractUser
from django.utils import timezone

from tests import make
from wiki import editing
from wiki.editing import redrawing
from wiki.files import facts_of, keep, rows_for
from wiki.models import Entry, EntryFile, StoredFile, Upload, Visibility

pytestmark = pytest.mark.django_db

PNG = b"\x89PNG\r\n\x1a\n" + b"picture"


@dataclass(frozen=True)
class Uploaded:
    file: StoredFile
    code: str

    @property
    def address(self) -> str:
        return self.file.get_absolute_url()


def uploaded(by: AbstractUser | None, data: bytes = PNG) -> Uploaded:
    facts = facts_of(io.BytesIO(data), "")
    keep(io.BytesIO(data), facts)
    file = rows_for({facts})[facts.sha256]
    if by is not None:
        Upload.objects.create(file=file, user=by, created_at=timezone.now())
    return Uploaded(file, f"![그림]({file.get_absolute_url()})")


def uses(entry: Entry) -> list[tuple[int | None, bool]]:
    rows = EntryFile.objects.filter(entry=entry).order_by("pk")
    return list(rows.values_list("file_id", "is_shown"))


def html_of(entry: Entry) -> str:
    return Entry.objects.get(pk=entry.pk).html


def test_who_uploaded_a_picture_shows_it(writer, visitor):
    picture = uploaded(writer)

    entry = make.entry("가", picture.code, by=writer)

    assert uses(entry) == [(picture.file.pk, True)]
    assert f'src="{picture.address}"' in html_of(entry)
    assert visitor.get(picture.address).status_code == 200


def test_to_name_the_picture_of_another_is_no_way_to_see_it(
    writer, other_writer, as_other_writer, visitor
):
    picture = uploaded(writer)

    entry = make.entry("가", f"앞 {picture.code} 뒤", by=other_writer)

    assert uses(entry) == [(None, True)]
    assert picture.address not in html_of(entry)
    assert '<span class="lost">그림</span>' in html_of(entry)
    assert as_other_writer.get(picture.address).status_code == 404
    assert visitor.get(picture.address).status_code == 404


@pytest.mark.parametrize(
    "text",
    [
        "![]({0})",
        "[x]({0})",
        '<img src="{0}">',
        '<a href="{0}">x</a>',
        "![x][1]\n\n[1]: {0}",
    ],
)
def test_no_way_of_naming_it_opens_it(writer, other_writer, visitor, text):
    picture = uploaded(writer)

    make.entry("가", text.format(picture.address), by=other_writer)

    assert not EntryFile.objects.exclude(file=None).exists()
    assert visitor.get(picture.address).status_code == 404


def test_a_file_that_is_not_there_is_told_the_same(writer, other_writer):
    picture = uploaded(writer)
    other = picture.address.replace(picture.file.sha256, "0" * 64)

    entry = make.entry("가", picture.code, by=other_writer)
    nothing = make.entry("나", f"![그림]({other})", by=other_writer)

    assert html_of(entry) == html_of(nothing)
    assert uses(entry) == uses(nothing)


def test_others_keep_a_picture_when_they_edit(writer, other_writer):
    picture = uploaded(writer)
    entry = make.entry("가", picture.code, by=writer)

    make.edit(entry, f"{picture.code}\n\n더", by=other_writer)

    assert uses(entry) == [(picture.file.pk, True)]


def test_a_picture_that_was_taken_out_stays_for_older_revisions(
    writer, other_writer, visitor
):
    picture = uploaded(writer)
    entry = make.entry("가", picture.code, by=writer)

    entry = make.edit(entry, "없음", by=other_writer)
    gone = uses(entry)
    editing.revert_entry(
        entry,
        make.revision(entry, 1),
        base_version=entry.version,
        act=make.act(other_writer),
    )

    assert gone == [(picture.file.pk, False)]
    assert uses(entry) == [(picture.file.pk, True)]
    assert visitor.get(picture.address).status_code == 200


def test_it_lives_through_renaming_deletion_and_restoring(writer, other_writer):
    picture = uploaded(writer)
    entry = make.entry("가", picture.code, by=writer)
    act = make.act(other_writer)

    entry = editing.rename_entry(entry, "나", base_version=1, act=act).entry
    entry = editing.delete_entry(entry, base_version=2, act=act).entry
    entry = editing.restore_entry(entry, base_version=3, act=act).entry

    assert uses(entry) == [(picture.file.pk, True)]
    assert picture.address in html_of(entry)


def test_what_readers_of_a_page_see_already_may_be_shown_there(writer, other_writer):
    picture = uploaded(writer)
    make.entry("가", picture.code, by=writer)

    entry = make.entry("나", picture.code, by=other_writer)

    assert uses(entry) == [(picture.file.pk, True)]


@pytest.mark.parametrize("hidden", [Visibility.MEMBERS, Visibility.CURATORS])
def test_what_fewer_people_see_is_not_shown_to_more(writer, other_writer, hidden):
    picture = uploaded(writer)
    make.entry("가", picture.code, by=writer, visibility=hidden)

    entry = make.entry("나", picture.code, by=other_writer)

    assert uses(entry) == [(None, True)]


def test_of_two_pages_drawn_together_each_has_its_own(writer, other_writer):
    mine, other = uploaded(writer), uploaded(writer, PNG + b"2")
    first = make.entry("가", mine.code, by=writer, visibility="curators")
    second = make.entry("나", mine.code + other.code, by=other_writer)

    redrawing.draw_again([first.pk, second.pk])

    assert uses(first) == [(mine.file.pk, True)]
    assert uses(second) == [(None, True), (None, True)]


def test_a_page_that_is_opened_takes_its_pictures_along(writer, curator, visitor):
    picture = uploaded(writer)
    entry = make.entry("가", picture.code, by=writer, visibility="curators")
    assert visitor.get(picture.address).status_code == 404

    editing.set_access(entry, visibility="public", protection="writers", base_version=1)

    assert uses(entry) == [(picture.file.pk, True)]
    assert visitor.get(picture.address).status_code == 200


@pytest.mark.parametrize("way", ["shown", "opened", "restored"])
def test_a_page_that_waits_for_a_picture_shows_it_once_its_readers_may_see_it(
    writer, other_writer, way
):
    picture = uploaded(writer)
    first = None
    if way == "opened":
        first = make.entry("가", picture.code, by=writer, visibility="members")
    elif way == "restored":
        first = make.deleted(make.entry("가", picture.code, by=writer))
    waiting = make.entry("나", picture.code, by=other_writer)
    version = Entry.objects.get(pk=waiting.pk).links_version
    assert uses(waiting) == [(None, True)]

    act = make.act(writer)
    if way == "shown":
        make.entry("가", picture.code, by=writer)
    elif way == "opened":
        editing.set_access(
            first, visibility="public", protection="writers", base_version=1
        )
    else:
        editing.restore_entry(first, base_version=2, act=act)

    assert uses(waiting) == [(picture.file.pk, True)]
    assert picture.address in html_of(waiting)
    # So that no cached copy goes on without it.
    assert Entry.objects.get(pk=waiting.pk).links_version > version


def test_a_visitor_who_writes_has_uploaded_nothing(writer):
    picture = uploaded(None)
    Upload.objects.create(file=picture.file, user=None, created_at=timezone.now())

    entry = make.entry("가", picture.code, by="손님")

    assert uses(entry) == [(None, True)]


def test_the_uploader_alone_sees_it_before_any_page_does(
    writer, as_writer, as_other_writer, as_curator, visitor
):
    picture = uploaded(writer)

    seen = [
        client.get(picture.address).status_code
        for client in (as_writer, as_other_writer, as_curator, visitor)
    ]

    assert seen == [200, 404, 404, 404]


def test_pages_without_such_addresses_cost_nothing_more(
    writer, django_assert_num_queries
):
    from wiki.names import Page, resolve_pages

    with django_assert_num_queries(3):
        resolve_pages([(Page(), {"가"})])
    picture = uploaded(writer)
    with django_assert_num_queries(6):
        pages = [
            (Page(entry_id=1, writer_id=writer.pk), {picture.address}),
            (Page(entry_id=2), {picture.address, "나"}),
        ]
        resolve_pages(pages)
