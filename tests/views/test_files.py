"""Files of entries over HTTP: only to who may read the entry, and boxed in."""

import io

import pytest

from tests import make
from wiki.files import facts_of, keep, rows_for
from wiki.models import Entry, EntryFile, Visibility

pytestmark = pytest.mark.django_db

PNG = b"\x89PNG\r\n\x1a\n" + b"picture"


def a_file(entry, data=PNG, name="그림 1.png"):
    facts = facts_of(io.BytesIO(data), name)
    keep(io.BytesIO(data), facts)
    file = rows_for({facts})[facts.sha256]
    EntryFile.objects.create(entry=entry, file=file, name=f"img/{name}")
    return file


def test_a_picture_is_shown_in_a_box_of_its_own(visitor):
    file = a_file(make.entry("가"))

    answer = visitor.get(file.get_absolute_url())

    assert b"".join(answer.streaming_content) == PNG
    assert answer["Content-Type"] == "image/png"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    assert answer["Content-Disposition"].startswith("inline")
    assert "private" in answer["Cache-Control"]


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("x.html", b"<script>alert(1)</script>"),
        ("x.svg", b'<svg onload="alert(1)"/>'),
        ("x.png", b"<script>not a picture</script>"),
        ("x", b"bytes"),
        ("한글 이름.pdf", b"%PDF-1.4"),
    ],
)
def test_what_is_no_picture_is_a_download(visitor, name, data):
    file = a_file(make.entry("가"), data, name)

    answer = visitor.get(file.get_absolute_url())

    assert answer["Content-Disposition"].startswith("attachment")
    assert not answer["Content-Type"].startswith("text/html")


def test_it_is_asked_again_and_not_sent_again(visitor):
    file = a_file(make.entry("가"))
    etag = visitor.get(file.get_absolute_url())["ETag"]

    answer = visitor.get(file.get_absolute_url(), headers={"If-None-Match": etag})

    assert answer.status_code == 304


@pytest.mark.parametrize("change", ["hidden", "deleted", "taken away"])
def test_who_may_not_read_the_entry_gets_no_file(visitor, as_curator, change):
    entry = make.entry("가")
    file = a_file(entry)
    if change == "hidden":
        Entry.objects.filter(pk=entry.pk).update(visibility=Visibility.CURATORS)
    elif change == "deleted":
        make.deleted(entry)
    else:
        EntryFile.objects.all().delete()

    assert visitor.get(file.get_absolute_url()).status_code == 404
    seen = as_curator.get(file.get_absolute_url()).status_code
    assert seen == (200 if change == "hidden" else 404)


@pytest.mark.parametrize("name", ["x", "0" * 64, "..%2f..%2fsecret", "%00", "가.png"])
def test_other_names_are_missing(visitor, name):
    assert visitor.get(f"/files/{name}").status_code == 404


def test_the_suffix_is_part_of_the_name(visitor):
    file = a_file(make.entry("가"))

    assert visitor.get(f"/files/{file.sha256}.html").status_code == 404


def test_two_queries(visitor, django_assert_num_queries):
    file = a_file(make.entry("가"))

    with django_assert_num_queries(2):
        visitor.get(file.get_absolute_url())
