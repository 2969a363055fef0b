"""An export comes back whole: into an empty wiki, and out of that again the same."""

import io
import zipfile
from datetime import UTC, datetime

import pytest
from django.core.management import call_command

from tests import make, pictures
from wiki import files
from wiki.editing import Act, Author, Content, NewEntry, TagUse, create_entries
from wiki.editing.changes import Past
from wiki.exporting.fastimport import History, as_fast_import
from wiki.exporting.folder import members_of
from wiki.models import (
    Alias,
    Batch,
    DumpName,
    Entry,
    EntryFile,
    EntryTag,
    Import,
    ImportedFile,
    ImportedNote,
    Link,
    Revision,
    StoredFile,
    Tag,
    Upload,
)

AT = datetime(2019, 3, 4, 5, 6, 7, tzinfo=UTC)
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 40


def exported():
    """The files of a Markdown export, by path."""
    return {
        member.path: b"".join(member.chunks)
        for member in members_of(Entry.objects.live())
    }


def empty_the_wiki():
    Entry.objects.update(head=None)
    for model in (
        ImportedNote,
        ImportedFile,
        DumpName,
        EntryFile,
        StoredFile,
        EntryTag,
        Link,
        Alias,
        Revision,
        Import,
        Entry,
        Batch,
        Tag,
    ):
        model.objects.all().delete()


def write(folder, contents):
    for path, data in contents.items():
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data)
    return folder


def bring_in(folder, **options):
    out = io.StringIO()
    call_command(
        "importnotes",
        str(folder),
        stdout=out,
        stderr=io.StringIO(),
        jobs=1,
        **options,
    )
    return out.getvalue()


def add(title, body="", *, past=(), authored_at=AT, **fields):
    known = {"tags": tuple(TagUse(n) for n in fields.pop("tags", ()))}
    place = {
        name: fields.pop(name) for name in ("source", "source_path") if name in fields
    }
    names = fields.pop("dump_names", ())
    (saved,) = create_entries(
        [
            NewEntry(
                content=Content(title=title, body=body, **known, **fields),
                act=Act(
                    author=Author(label="지현"),
                    comment="고침 😀",
                    authored_at=authored_at,
                ),
                past=past,
                dump_names=names,
                **place,
            )
        ]
    )
    assert not isinstance(saved, Exception), saved
    return saved.entry


def facts():
    return [
        (
            entry.title,
            entry.slug,
            entry.body,
            list(entry.head.tag_names()),
            entry.alias_names,
            entry.summary,
            entry.source_url,
            entry.properties,
            entry.head.written_at.replace(microsecond=0),
        )
        for entry in Entry.objects.live().select_related("head").in_title_order()
    ]


@pytest.mark.django_db
def test_a_folder_brings_everything_back(tmp_path):
    make.deleted(make.entry("gRPC"))
    add(
        "gRPC",
        "\n\n#grpc\n\n# 머리\n[[배포 절차#점검|절차]]를 [[없음]]\n###붙은 제목\n\n\n",
        tags=["CI CD", "배포/절차"],
        aliases=("Remote, Procedure", "원격"),
        summary="요약: 하나",
        source_url="https://example.com/?a=1#b",
        properties=(
            ("version", "0.10"),
            ("created", "2011-02-03"),
            ("title", "옛 제목"),
            ("list", ["a: b", {"c": "#d"}]),
        ),
    )
    add("배포 절차", "`[A](A.md)` [[gRPC]] 😀")
    add("나/다: C#", "", authored_at=None)
    before, first = facts(), exported()

    empty_the_wiki()
    bring_in(write(tmp_path / "out", first))

    assert facts() == before
    assert exported() == first
    assert Entry.objects.get(title="gRPC").slug == "grpc-2"


@pytest.mark.django_db
def test_a_second_import_of_the_same_export_changes_nothing(tmp_path):
    add("가", "[[나]]")
    add("나", "[[가]]")
    folder = write(tmp_path / "out", exported())
    empty_the_wiki()

    bring_in(folder)
    revisions = Revision.objects.count()
    bring_in(folder)

    assert Revision.objects.count() == revisions == 2


@pytest.mark.django_db
def test_a_zip_in_a_folder_comes_back_too(tmp_path):
    add("가", "[[나]]")
    add("나", "[[가]]")
    before, first = facts(), exported()
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        for path, data in first.items():
            archive.writestr(f"notes-main/{path}", data)
    empty_the_wiki()

    bring_in(tmp_path / "a.zip")

    assert facts() == before
    assert exported() == first


@pytest.mark.django_db
def test_what_was_edited_in_the_files_comes_along(tmp_path):
    add("가", "[[나]] 하나\n\n[[나]] 둘\n")
    add("나")
    first = exported()
    first["가.md"] = first["가.md"].replace(b"[\xeb\x82\x98](", b"[\xeb\x82\x98!](", 1)
    first["가.md"] = first["가.md"].replace("둘".encode(), "셋 [x](나.md)".encode())
    first["새 글.md"] = "# 새 글\n본문 #태그".encode()
    folder = write(tmp_path / "out", first)
    empty_the_wiki()

    bring_in(folder)

    body = Entry.objects.get(title="가").body
    assert body == "[나!](나.md) 하나\n\n[[나]] 셋 [x](나.md)\n"
    assert Entry.objects.get(title="새 글").body == "본문 #태그"
    links = Link.objects.filter(source__title="가")
    assert {link.target.title for link in links} == {"나"}


def keep(name, data):
    found = files.facts_of(io.BytesIO(data), name)
    files.keep(io.BytesIO(data), found)
    return found


@pytest.mark.django_db
def test_attachments_and_relative_links_come_back(tmp_path):
    dump = write(
        tmp_path / "til",
        {
            "db/redis.md": (
                "# Redis\n![그림](../img/a.png) [tcp](../net/tcp.md)".encode()
            ),
            "net/tcp.md": "# TCP\n![](img/a.png) ![[표 1.csv]]".encode(),
            "img/a.png": PNG,
            "net/img/a.png": PNG + b"1",
            "net/표 1.csv": b"a,b\n",
        },
    )
    bring_in(dump)
    assert EntryFile.objects.exclude(file=None).count() == 3
    before, first = facts(), exported()
    empty_the_wiki()

    bring_in(write(tmp_path / "out", first))

    assert facts() == before
    assert exported() == first
    assert len([path for path in first if path.startswith("files/")]) == 3
    text = first["TCP.md"].decode()
    assert "![표 1.csv](files/표%201.csv)" in text
    assert "[tcp](TCP.md)" in first["Redis.md"].decode()
    assert Link.objects.get(source__title="Redis").target.title == "TCP"
    assert EntryFile.objects.exclude(file=None).count() == 3


@pytest.mark.django_db
def test_a_file_that_the_media_store_lost_is_named(tmp_path):
    bring_in(write(tmp_path / "in", {"a.md": b"![](a.png)", "a.png": PNG}))
    stored = StoredFile.objects.get()
    files.path_of(stored.sha256, stored.extension).unlink()
    said = io.StringIO()

    call_command(
        "exportnotes", output=str(tmp_path / "out"), format="markdown", stderr=said
    )

    assert "does not have “files/a.png”" in said.getvalue()
    assert not (tmp_path / "out" / "files").exists()
    assert (tmp_path / "out" / "a.md").exists()


@pytest.mark.django_db
def test_a_history_brings_every_revision_back(tmp_path):
    old = Past(
        content=Content(title="옛 제목", body="하나", tags=(TagUse("ㄱ"),)),
        act=Act(author=Author(label="민수"), comment="처음", authored_at=AT),
    )
    add("배포", "하나\n둘 [[gRPC]]", past=(old,), authored_at=AT.replace(year=2020))
    add(
        "gRPC",
        "셋\n\n",
        tags=["원격"],
        properties=(("created", "2011-02-03"), ("tags", ["a"])),
        authored_at=AT.replace(year=2018),
    )
    before = facts()
    first = b"".join(as_fast_import(History(Entry.objects.live())))
    call_command(
        "exportnotes", str(tmp_path / "repo"), format="git", stderr=io.StringIO()
    )
    empty_the_wiki()

    bring_in(tmp_path / "repo")

    assert facts() == before
    revisions = Revision.objects.order_by("entry__title", "number")
    assert [
        (r.title, r.body, r.author_label, r.written_at.year, r.comment)
        for r in revisions
    ] == [
        ("gRPC", "셋\n\n", "지현", 2018, "고침 😀"),
        ("옛 제목", "하나", "민수", 2019, "처음"),
        ("배포", "하나\n둘 [[gRPC]]", "지현", 2020, "고침 😀"),
    ]
    assert b"".join(as_fast_import(History(Entry.objects.live()))) == first


@pytest.mark.django_db
def test_uploaded_pictures_come_back_under_their_address(tmp_path, writer):
    upload = pictures.uploaded(writer, "red", name="화면.png")
    body = (
        f"{pictures.code(upload)}\n\n[파일]({upload.file.get_absolute_url()})\n\n"
        f'<img src="{upload.file.get_absolute_url()}" alt="둘">\n\n'
        f"`{pictures.code(upload)}`"
    )
    make.entry("가", body, by=writer)
    make.entry("나", pictures.code(upload), by=writer)
    before, first = facts(), exported()
    picture = files.path_of(upload.file.sha256, ".png").read_bytes()
    (path,) = [path for path in first if path.endswith(".png")]
    assert f"]({path})".encode() in first["가.md"]
    assert first[path] == picture
    Upload.objects.all().delete()

    empty_the_wiki()
    bring_in(write(tmp_path / "out", first))

    assert facts() == before
    assert exported() == first
    shown = EntryFile.objects.filter(is_shown=True, file__sha256=upload.file.sha256)
    assert set(shown.values_list("entry__title", flat=True)) == {"가", "나"}
    for entry in Entry.objects.all():
        assert f'<img src="{upload.file.get_absolute_url()}"' in entry.html


@pytest.mark.django_db
def test_no_dump_opens_the_picture_of_another(tmp_path, writer, other_writer):
    upload = pictures.uploaded(writer)
    # What lies there is another picture.
    write(
        tmp_path / "out",
        {
            "가.md": pictures.code(upload).encode(),
            f"files/{upload.file}": PNG,
            upload.file.get_absolute_url().lstrip("/"): PNG,
        },
    )

    bring_in(tmp_path / "out", author=other_writer.get_username())

    assert not EntryFile.objects.filter(file=upload.file).exists()
    assert '<span class="lost">' in Entry.objects.get().html
