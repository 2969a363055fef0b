"""The files of an entry: shown, missing, former; for whoever may read the entry."""

import pytest
from django.utils import timezone

from tests import make
from tests.pictures import code, uploaded
from wiki.files import path_of
from wiki.models import Entry, EntryFile, RevisionMark, Visibility

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_store(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def page(client, entry, status=200) -> str:
    answer = client.get(f"/wiki/{entry.slug}/files/")
    assert answer.status_code == status
    return answer.content.decode()


def hide(entry, number):
    RevisionMark.objects.create(
        revision=make.revision(entry, number), kind="hidden", created_at=timezone.now()
    )


def test_it_tells_what_is_shown_and_whose_it_is(visitor, writer):
    upload = uploaded(writer, name="배포 화면.png")
    html = page(visitor, make.entry("가", code(upload), by=writer))

    assert "배포 화면.png" in html
    assert "shown" in html
    assert "image/png" in html
    assert "민수" in html
    assert f'<img src="{upload.file.get_absolute_url()}" alt="" loading="lazy"' in html
    assert 'name="robots" content="noindex"' in html


def test_former_and_missing_ones_are_told_apart(visitor, writer):
    upload = uploaded(writer)
    entry = make.entry("가", code(upload), by=writer)
    html = page(visitor, make.edit(entry, "![x](없는/그림.png)"))

    assert "kept for older revisions" in html
    assert "없는/그림.png" in html
    assert "could not be found" in html


def test_lost_bytes_are_told(visitor, writer):
    upload = uploaded(writer)
    entry = make.entry("가", code(upload), by=writer)
    path_of(upload.file.sha256, ".png").unlink()

    assert "lost on the server" in page(visitor, entry)


def test_a_note_without_files(visitor):
    assert "has no files" in page(visitor, make.entry("가"))


def test_it_is_for_who_reads_the_note(visitor, as_writer, as_curator):
    entry = make.entry("가", visibility=Visibility.CURATORS)

    page(visitor, entry, 404)
    page(as_writer, entry, 404)
    page(as_curator, entry)
    make.deleted(entry)
    page(as_curator, entry, 404)


def test_a_former_address_leads_on(visitor, writer):
    entry = make.entry("가")
    make.edit(entry, title="나")

    assert visitor.get("/wiki/가/files/")["Location"].endswith("/files/")


def test_it_says_nothing_of_who_else_has_a_picture(visitor, writer, other_writer):
    uploaded(other_writer, name="비밀.png")
    upload = uploaded(writer, name="화면.png")
    html = page(visitor, make.entry("가", code(upload), by=writer))

    assert "화면.png" in html
    assert "비밀.png" not in html
    assert "지현" not in html


def test_what_a_hidden_revision_may_have_shown_is_for_curators(
    visitor, writer, as_writer, as_curator
):
    upload = uploaded(writer)
    entry = make.edit(make.entry("가", code(upload), by="손님"), "없음")
    EntryFile.objects.update(file=upload.file, is_shown=False)
    EntryFile.objects.create(
        entry=entry, file=upload.file, name="a.png", is_shown=False
    )
    address = upload.file.get_absolute_url()
    assert visitor.get(address).status_code == 200

    hide(entry, 1)

    assert "kept for" not in page(visitor, entry)
    assert "kept for" in page(as_curator, entry)
    assert visitor.get(address).status_code == 404
    assert as_curator.get(address).status_code == 200
    # Nor does naming it bring it back.
    make.entry("나", code(upload), by="손님")
    assert visitor.get(address).status_code == 404


def test_the_count_of_queries_does_not_grow(
    as_writer, writer, django_assert_max_num_queries
):
    uploads = [uploaded(writer, f"#0000{n:02x}") for n in range(12)]
    entry = make.entry("가", "".join(map(code, uploads)), by=writer)

    with django_assert_max_num_queries(6):
        as_writer.get(f"/wiki/{entry.slug}/files/")


def test_many_are_on_several_pages(visitor):
    entry = make.entry("가", "\n".join(f"![x](없음{n}.png)" for n in range(101)))

    assert page(visitor, entry).count("could not be found") == 100
    second = visitor.get(f"/wiki/{entry.slug}/files/?page=2").content.decode()
    assert second.count("could not be found") == 1


def test_the_note_leads_to_its_files(visitor, writer):
    upload = uploaded(writer)
    entry = make.entry("가", code(upload), by=writer)
    plain = make.entry("나")

    html = visitor.get(entry.get_absolute_url()).content.decode()
    assert html.count(f'href="{entry.get_absolute_url()}files/"') == 2
    html = visitor.get(plain.get_absolute_url()).content.decode()
    assert html.count(f'href="{plain.get_absolute_url()}files/"') == 1
    assert Entry.objects.count() == 2
