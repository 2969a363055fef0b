import io
import json

import pytest
import yaml
from django.core.management import CommandError, call_command

from wiki.editing import Act, Author, Content, TagUse, create_entry, delete_entry
from wiki.exporting.markdown import MAX_NAME_BYTES, file_names

ACT = Act(author=Author(label="지현"))


def create(title, body="", **rest):
    return create_entry(Content(title=title, body=body, **rest), act=ACT).entry


def export(*arguments, **options):
    out = io.StringIO()
    call_command("exportnotes", *arguments, stdout=out, stderr=io.StringIO(), **options)
    return out.getvalue()


@pytest.mark.django_db
def test_json_is_a_list_of_records_in_title_order():
    create(
        "gRPC", "본문 😀\n", tags=(TagUse("CI CD"),), aliases=("Remote",), summary="요"
    )
    create("배포")
    gone = create("지울 글")
    delete_entry(gone, base_version=1, act=ACT)

    records = json.loads(export("--format", "json"))

    assert [record["title"] for record in records] == ["배포", "gRPC"]
    assert list(records[1]) == [
        "title",
        "slug",
        "tags",
        "body",
        "aliases",
        "summary",
        "source_url",
        "source_path",
        "version",
        "created_at",
        "updated_at",
    ]
    assert records[1]["tags"] == ["CI CD"]
    assert records[1]["body"] == "본문 😀\n"
    assert records[1]["created_at"].endswith("+00:00")


@pytest.mark.django_db
def test_empty_wiki_is_an_empty_list():
    assert json.loads(export()) == []


@pytest.mark.django_db
def test_markdown_files_hold_front_matter_and_the_text_as_it_is(tmp_path):
    create(
        "배포: 절차",
        "\n---\n본문\n",
        tags=(TagUse("배포"),),
        properties=(("version", "0.10"), ("author", "민수")),
    )

    export(str(tmp_path / "out"), format="markdown")

    (file,) = (tmp_path / "out").iterdir()
    _, front_matter, body = file.read_text().split("---\n", 2)
    assert file.name == "배포- 절차.md"
    assert yaml.load(front_matter, yaml.BaseLoader) == {
        "title": "배포: 절차",
        "tags": ["배포"],
        "version": "0.10",
        "author": "민수",
    }
    assert body == "\n\n---\n본문\n"


@pytest.mark.django_db
def test_two_exports_are_equal(tmp_path):
    for title in ("가", "나/다", "나-다", "CON"):
        create(title, title)

    for name in ("a", "b"):
        export(str(tmp_path / name), format="markdown")

    first = {f.name: f.read_bytes() for f in (tmp_path / "a").iterdir()}
    assert first == {f.name: f.read_bytes() for f in (tmp_path / "b").iterdir()}
    assert len(first) == 4


@pytest.mark.django_db
def test_only_entries_of_a_tag():
    create("가", tags=(TagUse("ci cd"),))
    create("나")

    records = json.loads(export("--tag", "CI-CD"))

    assert [record["title"] for record in records] == ["가"]


def test_folder_with_files_is_refused_with_a_sentence(tmp_path):
    (tmp_path / "old.md").write_text("옛 글")

    with pytest.raises(CommandError, match="not empty"):
        export(str(tmp_path), format="markdown")


def test_names_are_safe_short_and_different():
    names = file_names(
        [
            (1, "a/b", "a-b"),
            (2, "A-B", "a-b-2"),
            (3, "con", "con"),
            (4, "가" * 200, "x"),
            (5, "..", "note-1"),
        ]
    )

    assert names[1] == "a-b (a-b).md"
    assert names[2] == "A-B (a-b-2).md"
    assert names[3] == "con-.md"
    assert len(names[4].encode()) <= MAX_NAME_BYTES + len(".md")
    assert names[5] == "-.md"


@pytest.mark.django_db
def test_front_matter_that_is_no_field_is_written_back(tmp_path):
    create(
        "가", properties=(("source_url", "file.pdf"), ("title", "옛 제목"), ("a", "1"))
    )

    export(str(tmp_path / "out"), format="markdown")

    (file,) = (tmp_path / "out").iterdir()
    assert yaml.load(file.read_text().split("---\n")[1], yaml.BaseLoader) == {
        "title": "가",
        "source_url": "file.pdf",
        "title (2)": "옛 제목",
        "a": "1",
    }
