"""Exports of Notion: ids off, rows of tables with their columns, tables as tables."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from tests.importing.zipping import packed
from wiki.importing.formats import find_format, notion, place_at
from wiki.importing.formats.csv_tables import as_markdown, read_table
from wiki.importing.formats.notion_names import (
    PageFinder,
    exported,
    name_key,
    without_ids,
)
from wiki.importing.formats.notion_rows import read_moment
from wiki.importing.notes import Piece, Place, ReadOptions, Skipped, Tree
from wiki.importing.trees import open_tree

ID = "1590080aa5a3802488c2e857dea7aa7"


def tree(files):
    pieces = (Piece("s", path, data=text.encode()) for path, text in files.items())
    return Tree(Place("", "s"), tuple(sorted(pieces, key=lambda piece: piece.path)))


def read_all(files):
    """The notes and the reasons of what is none, by path."""
    notes, reasons = {}, {}
    for one in notion.find(tree(files), ReadOptions()):
        read = None if isinstance(one, Skipped) else notion.read(one, ReadOptions())
        for skipped in (one,) if read is None else read.skipped:
            reasons[skipped.path] = skipped.message.code
        for note in read.notes if read else ():
            notes[note.path] = note
    return notes, reasons


def row(text, *, header="Name,Status,Tags,Created,URL"):
    """A page that is a row of a table with this header."""
    files = {f"T {ID}1.csv": header, f"T {ID}1/R {ID}2.md": text}
    return read_all(files)[0][f"T {ID}1/R {ID}2.md"]


@pytest.mark.parametrize(
    "paths, is_notion",
    [
        ([f"A {ID}1.md", f"B {ID}2.md"], True),
        ([f"A {ID}1.md", "b.md"], True),
        ([f"A {ID}1.md", "b.md", "c.md"], False),
        ([f"A {ID}1.csv"], True),
        ([f"{ID}1.md"], True),
        ([f"A {ID}1.html", "index.html"], True),
        ([f"A {ID}1.html", "notes.md"], False),
        ([f"A{ID}1.md"], False),
        ([f"A {ID.upper()}1.md"], False),
        (["a.png"], False),
    ],
)
def test_an_export_is_known_by_its_ids(paths, is_notion):
    assert notion.detect(tree(dict.fromkeys(paths, ""))) is is_notion


@pytest.mark.parametrize(
    "path, name",
    [
        (f"집 {ID}1/할 일 {ID}2.md", "집/할 일.md"),
        (f"v1.5 {ID}1/a.b {ID}2.md", "v1.5/a.b.md"),
        (f"{ID}1.md", "Untitled.md"),
        (f"T {ID}1_all.csv", "T.csv"),
        ("Plain/page.md", "Plain/page.md"),
    ],
)
def test_ids_go_from_names(path, name):
    assert without_ids(path) == name


def test_ids_are_names_of_pages():
    notes, _ = read_all({f"A {ID}1.md": "# 가\n\n글"})

    (note,) = notes.values()
    assert (note.title, note.names, note.body) == ("가", (f"{ID}1",), "글")


def test_the_first_heading_is_the_title_whatever_follows():
    notes, _ = read_all({f"A {ID}1.md": "# 일지\n\n# 월요일\n\n# 화요일\n"})

    (note,) = notes.values()
    assert (note.title, note.title_from) == ("일지", "heading")
    assert note.body == "# 월요일\n\n# 화요일"


def test_a_page_without_a_heading_has_the_name_of_its_file():
    notes, _ = read_all({f"Home page {ID}1.md": "글"})

    assert [note.title for note in notes.values()] == ["Home page"]


def test_columns_below_the_title_are_no_text():
    note = row(
        "# Redis\n\nStatus: Done\nTags: cache, 두 단어\n"
        "Created: December 4, 2024 8:45 AM\nURL: https://example.com/a\n\n글: 아님\n"
    )

    assert note.title == "Redis"
    assert note.body == "글: 아님"
    assert [(tag.name, tag.rule) for tag in note.tags] == [
        ("cache", "property"),
        ("두 단어", "property"),
    ]
    assert note.properties == (
        ("Status", "Done"),
        ("Created", "December 4, 2024 8:45 AM"),
    )
    assert note.written_at == datetime(2024, 12, 4, 8, 45, tzinfo=UTC)
    assert note.source_url == "https://example.com/a"
    assert note.messages == ()


def test_columns_of_korean_tables_are_understood():
    note = row(
        "# 책\n\n태그: 문학, 시\n작성일: 2024년 12월 4일 오후 8:45\n출처: https://example.com/\n",
        header="이름,태그,작성일,출처",
    )

    assert [tag.name for tag in note.tags] == ["문학", "시"]
    assert note.written_at == datetime(2024, 12, 4, 20, 45, tzinfo=UTC)
    assert note.source_url == "https://example.com/"


def test_a_value_may_go_on_in_the_next_line():
    note = row("# R\n\nStatus: eins\nzwei\n#: 15\n\n글")

    assert note.properties == (("Status", "eins\nzwei"), ("#", "15"))


def test_a_column_called_title_is_a_property():
    note = row("# R\n\ntitle: X\nStatus: a", header="Name,title,Status")

    assert note.title == "R"
    assert dict(note.properties) == {"title": "X", "Status": "a"}


def test_text_that_looks_like_columns_stays_text():
    assert row("# R\n\nHinweis: das ist Text.\n").body == "Hinweis: das ist Text."
    notes, _ = read_all({f"A {ID}1.md": "# R\n\nStatus: Done\n\n글"})
    assert [note.body for note in notes.values()] == ["Status: Done\n\n글"]


@pytest.mark.parametrize("folder", [f"T {ID}1", "T"])
def test_a_table_links_its_rows(folder):
    files = {
        f"T {ID}1.csv": "Name,N\nA b,1\nmissing,2\n",
        f"{folder}/A b {ID}2.md": "# A b\n\nN: 1\n",
    }

    notes, _ = read_all(files)

    table = notes[f"T {ID}1.csv"]
    assert table.title == "T"
    assert table.raw == files[f"T {ID}1.csv"].encode()
    address = f"{folder}/A b {ID}2.md".replace(" ", "%20")
    assert f"| [A b]({address}) | 1 |\n| missing | 2 |" in table.body
    assert notes[f"{folder}/A b {ID}2.md"].properties == (("N", "1"),)


def test_one_of_several_views_of_a_table_is_imported():
    files = {
        f"T {ID}1.csv": "\ufeffName\na\n",
        f"T {ID}1_all.csv": "\ufeffName,N\na,1\n",
        f"T {ID}1.md": "# T\n",
    }

    notes, reasons = read_all(files)

    (note,) = notes.values()
    assert note.path == f"T {ID}1_all.csv"
    assert note.names == (f"{ID}1", f"/T {ID}1.csv", f"/T {ID}1.md")
    assert reasons == {
        f"T {ID}1.csv": "table-other-view",
        f"T {ID}1.md": "page-of-table",
    }


def test_a_page_around_a_table_with_text_of_its_own_stays():
    notes, _ = read_all({f"T {ID}1.csv": "Name\na\n", f"T {ID}1.md": "# T\n\n글"})

    assert [note.body for note in notes.values() if note.path.endswith(".md")] == ["글"]


def test_the_bytes_of_what_makes_no_entry_are_kept():
    (piece,) = tree({f"T {ID}1.md": "\ufeff# T\r\n"}).pieces
    found = notion.find(
        tree({f"T {ID}1.md": "\ufeff# T\r\n", f"T {ID}1.csv": "a\nb\n"}), ReadOptions()
    )
    read = [notion.read(one, ReadOptions()) for one in found if one.path == piece.path]

    assert [one.rest for one in read] == [piece.data]


def test_rows_of_one_name_are_not_mixed_up():
    files = {
        f"T {ID}1.csv": "Name,N\nUntitled,1\nUntitled,2\n",
        f"T {ID}1/Untitled {ID}2.md": "# Untitled\n",
        f"T {ID}1/Untitled {ID}3.md": "# Untitled\n",
    }

    notes, _ = read_all(files)

    assert "[" not in notes[f"T {ID}1.csv"].body
    assert len(notes) == 3


def test_what_tells_pages_of_one_name_apart_has_no_id_in_it():
    notes, _ = read_all(
        {f"일기 {ID}1/오늘 {ID}2.md": "# 오늘\n", f"A {ID}3.md": "# 가"}
    )

    assert [note.full_title for note in notes.values()] == ["가", "오늘 (일기)"]


def test_names_that_were_cut_are_found_by_their_beginning():
    title = "A very long title, that goes on & on until it is cut at fifty letters"
    stem = "A very long title, that goes on & on until it is c"
    finder = PageFinder({name_key(f"{stem}.md"): "x.md", name_key("A very.md"): "y.md"})

    assert finder.path_of(title) == "x.md"
    assert finder.path_of("A very other title that is long as well, and not it") == ""


def test_a_blank_table_and_a_broken_one_are_named():
    big = "가" * 200_000
    notes, reasons = read_all({f"A {ID}1.csv": "\n", f"B {ID}2.csv": f'"{big}\n'})

    assert notes == {}
    assert reasons == {f"A {ID}1.csv": "empty-file", f"B {ID}2.csv": "table-broken"}


def test_pages_as_html_are_named_with_what_to_do():
    files = {f"A {ID}1.html": "<p>", "index.html": ""}

    assert read_all(files) == ({}, {f"A {ID}1.html": "export-as-html"})


def test_an_export_in_parts_is_one(tmp_path):
    first = {f"Export-1/A {ID}1.md": "# 가\n\n[나](B%20{ID}2.md)"}
    second = {f"Export-1/B {ID}2.md": "# 나\n"}
    parts = {
        "Export-1-Part-1.zip": packed(first),
        "Export-1-Part-2.zip": packed(second),
    }
    (tmp_path / "export.zip").write_bytes(packed(parts))

    with open_tree(place_at(str(tmp_path / "export.zip"))) as found:
        reader = find_format(found)
        paths = [one.path for one in reader.find(found, ReadOptions())]

    assert reader.NAME == "notion"
    assert paths == [f"A {ID}1.md", f"B {ID}2.md"]


@pytest.mark.parametrize(
    "text, moment",
    [
        ("December 4, 2024 8:45 AM", datetime(2024, 12, 4, 8, 45, tzinfo=UTC)),
        ("Dec 4, 2024", datetime(2024, 12, 4, tzinfo=UTC)),
        ("@December 4, 2024 12:05 AM", datetime(2024, 12, 4, 0, 5, tzinfo=UTC)),
        ("December 4, 2024 12:05 PM", datetime(2024, 12, 4, 12, 5, tzinfo=UTC)),
        ("December 4, 2024 20:45", datetime(2024, 12, 4, 20, 45, tzinfo=UTC)),
        ("December 4, 2024 → December 9, 2024", datetime(2024, 12, 4, tzinfo=UTC)),
        (
            "December 4, 2024 8:45 AM (GMT+9)",
            datetime(2024, 12, 4, 8, 45, tzinfo=timezone(timedelta(hours=9))),
        ),
        ("2024년 12월 4일", datetime(2024, 12, 4, tzinfo=UTC)),
        ("2024년 12월 4일 오전 12:01", datetime(2024, 12, 4, 0, 1, tzinfo=UTC)),
        ("2024/12/04", datetime(2024, 12, 4, tzinfo=UTC)),
        ("2024-12-04", datetime(2024, 12, 4, tzinfo=UTC)),
        ("Smarch 4, 2024", None),
        ("December 40, 2024", None),
        ("December 4, 2024 99:99", None),
        ("", None),
    ],
)
def test_dates_of_tables(text, moment):
    assert read_moment(text) == moment


# ── Tables ───────────────────────────────────────────────────────────────────


def table(text):
    return as_markdown(read_table(text))[0]


def test_cells_are_text():
    body = table(
        'A|B,"*c*"\n"=SUM(1)","<b>[x](y)</b>"\n"zwei\nZeilen",snake_case _x_\n'
    )

    assert body.split("\n") == [
        r"| A\|B | \*c\* |",
        "| --- | --- |",
        r"| =SUM(1) | \<b\>\[x\](y)\</b\> |",
        r"| zwei<br>Zeilen | snake_case \_x\_ |",
    ]


def test_rows_of_any_length_are_filled_up():
    assert table("a,b\n1\n1,2,3\n,,\n").split("\n") == [
        "| a | b |  |",
        "| --- | --- | --- |",
        "| 1 |  |  |",
        "| 1 | 2 | 3 |",
    ]


def test_addresses_stay_whole():
    assert "| https://example.com/a_b_*c |" in table("u\nhttps://example.com/a_b_*c\n")


def test_a_long_table_is_cut_and_that_is_said():
    text = "a\n" + "x\n" * 2500
    (piece,) = tree({f"T {ID}1.csv": text}).pieces

    (note,) = notion.read(piece, ReadOptions()).notes

    assert note.body.count("\n") == 2001
    assert [message.code for message in note.messages] == ["table-cut"]
    assert "2500" in note.messages[0].sentence


def test_a_wide_table_stays_small_enough_for_an_entry():
    body, shown = as_markdown(read_table("a\n" + ("가" * 100_000 + "\n") * 10))

    assert shown == 2
    assert len(body) < 300_000


def test_exported_names_need_an_id():
    assert exported("Plan.md") is None
    assert exported(f"Plan {ID}1.md").id == f"{ID}1"
