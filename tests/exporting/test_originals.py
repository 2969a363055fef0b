import codecs
import io

import pytest
from django.core.management import CommandError, call_command

from tests import make
from wiki.models import Entry

MANY = "# 가 나\r\n하나\r\n\r\n# 둘\r\n셋 [[가 나]]\r\n\r\n\r\n"


def write(folder, files):
    for path, data in files.items():
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data if isinstance(data, bytes) else data.encode())
    return folder


def bring_in(*paths):
    quiet = {"stdout": io.StringIO(), "stderr": io.StringIO()}
    call_command("importnotes", *map(str, paths), jobs=1, **quiet)


def give_back(folder, **options):
    said = io.StringIO()
    call_command(
        "exportnotes", "--original", output=str(folder), stderr=said, **options
    )
    return said.getvalue()


def files_in(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


DUMP = {
    "notes/many.md": MANY,
    "notes/mark.md": codecs.BOM_UTF8 + "---\ntitle: 표식 \n---\n\n글\n".encode(),
    "notes/utf16.md": codecs.BOM_UTF16_LE + "# 넷\n다섯".encode("utf-16-le"),
    "notes/cp949.md": "# 한글 문서\n\n안녕하세요, 이것은 오래된 문서입니다.\n".encode(
        "cp949"
    ),
    "notes/하위/tags.md": "# 표제 ##\n#grpc #배포\n\n###붙은 제목\n글\t\n\n",
    "notes/empty.md": "\n\n",
}


@pytest.mark.django_db
def test_dumps_come_back_byte_for_byte(tmp_path):
    dump = write(tmp_path / "in", DUMP)
    single = write(tmp_path, {"하나.md": MANY}) / "하나.md"
    bring_in(dump / "notes", single)

    said = give_back(tmp_path / "out")

    expected = files_in(dump) | {"하나.md/하나.md": MANY.encode()}
    assert files_in(tmp_path / "out") == expected
    assert "7 files" in said
    assert "7 of them as they came" in said


@pytest.mark.django_db
def test_one_dump_alone_has_no_folder_of_its_own(tmp_path):
    bring_in(write(tmp_path / "a", {"x.md": "# 가\n나"}), write(tmp_path / "b", DUMP))

    give_back(tmp_path / "out", source="a")

    assert files_in(tmp_path / "out") == {"x.md": "# 가\n나".encode()}
    with pytest.raises(CommandError, match="No dump called"):
        give_back(tmp_path / "none", source="c")


@pytest.mark.django_db
def test_files_that_notes_show_are_where_they_were(tmp_path):
    png = b"\x89PNG\r\n\x1a\n" + b"0" * 40
    files = {
        "in/DB/a.md": b"![](../Img/A.png) ![[found by name.PDF]]",
        "in/Img/A.png": png,
        "in/b/found by name.PDF": b"pdf",
    }
    bring_in(write(tmp_path / "dump", files) / "in")

    said = give_back(tmp_path / "out")

    given = files_in(tmp_path / "out")
    assert given["in/DB/a.md"] == files["in/DB/a.md"]
    assert given["in/Img/A.png"] == png
    assert b"pdf" in given.values()
    assert "2 attachments" in said


@pytest.mark.django_db
def test_an_edited_note_says_what_the_wiki_says_and_the_rest_stays(tmp_path):
    single = write(tmp_path, {"in.md": MANY}) / "in.md"
    bring_in(single)
    make.edit(Entry.objects.get(title="둘"), "셋 [[가 나]]\n넷")

    said = give_back(tmp_path / "out", source="in.md")

    assert files_in(tmp_path / "out") == {
        "in.md": MANY.replace("[[가 나]]", "[[가 나]]\r\n넷").encode()
    }
    assert "0 of them as it came" in said
    assert "in.md: in.md: Edited in the wiki." in said


@pytest.mark.django_db
def test_what_an_import_merged_is_in_the_file(tmp_path):
    dump = write(tmp_path / "in", {"a.md": "# 가\n하나\n\n둘\n\n셋\n"})
    bring_in(dump)
    make.edit(Entry.objects.get(), "하나!\n\n둘\n\n셋")
    bring_in(write(dump, {"a.md": "# 가\n하나\n\n둘\n\n셋?\n"}))

    said = give_back(tmp_path / "out", source="in")

    given = (tmp_path / "out" / "a.md").read_text()
    assert given == "# 가\n하나!\n\n둘\n\n셋?\n"
    assert "0 of them as it came" in said


@pytest.mark.django_db
def test_lines_that_the_import_took_out_stay_in_an_edited_file(tmp_path):
    text = "# 표제\n\n#grpc\n\n###붙은 제목\n하나\n\n둘\n"
    bring_in(write(tmp_path / "in", {"a.md": text}))
    entry = Entry.objects.get()
    make.edit(entry, entry.body.replace("둘", "둘!"))

    give_back(tmp_path / "out", source="in")

    given = (tmp_path / "out" / "a.md").read_text()
    assert given == text.replace("둘", "둘!")


@pytest.mark.django_db
def test_front_matter_is_written_anew_where_it_says_something_else(tmp_path):
    text = "---\ntitle: 가\ntags: [하나]\nversion: 0.10\n---\n\n글\n"
    bring_in(write(tmp_path / "in", {"a.md": text, "b.md": "# 나\n글"}))
    make.edit(Entry.objects.get(title="가"), tags=["하나", "둘"])
    make.edit(Entry.objects.get(title="나"), title="나중")

    give_back(tmp_path / "out", source="in")

    assert (tmp_path / "out" / "a.md").read_text() == (
        "---\ntitle: 가\ntags:\n- 하나\n- 둘\nversion: '0.10'\n---\n\n글\n"
    )
    assert "# 나중\n글" in (tmp_path / "out" / "b.md").read_text()


@pytest.mark.django_db
def test_what_an_old_encoding_cannot_hold_is_written_in_utf_8(tmp_path):
    old = "# 한글 문서\n\n안녕하세요, 이것은 오래된 문서입니다.\n"
    bring_in(write(tmp_path / "in", {"a.md": old.encode("cp949")}))
    entry = Entry.objects.get()
    make.edit(entry, entry.body + " 😀")

    said = give_back(tmp_path / "out", source="in")

    text = (tmp_path / "out" / "a.md").read_bytes().decode("utf-8")
    assert text.startswith("# 한글 문서\n\n안녕하세요")
    assert "😀" in text
    assert "UTF-8" in said


@pytest.mark.django_db
def test_a_deleted_entry_is_in_its_dump_as_it_came(tmp_path):
    bring_in(write(tmp_path / "in", {"a.md": "# 가\n나"}))
    make.deleted(Entry.objects.get())

    give_back(tmp_path / "out", source="in")

    assert files_in(tmp_path / "out") == {"a.md": "# 가\n나".encode()}


@pytest.mark.django_db
@pytest.mark.parametrize("option", [{"tag": ["a"]}, {"search": "a"}, {"person": "a"}])
def test_dumps_are_given_back_whole(tmp_path, option):
    with pytest.raises(CommandError, match="whole dumps"):
        give_back(tmp_path / "out", **option)


@pytest.mark.django_db
def test_queries_grow_with_chunks_only(tmp_path, django_assert_max_num_queries):
    bring_in(write(tmp_path / "in", {f"{n}.md": f"# 글 {n}\n글" for n in range(60)}))

    with django_assert_max_num_queries(10):
        give_back(tmp_path / "out")
