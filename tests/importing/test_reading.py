"""Dumps as people keep them, and the notes that must come out.

A case is a folder of tests/cases/importing: `dump.md`, or a folder `dump`, and
`expected.json` with what each note has to be; fields not named there are free.
"""

import json

import pytest
from django.conf import settings

from wiki.importing.accounting import unaccounted_lines
from wiki.importing.decoding import split_lines
from wiki.importing.dialects import Head, front_matter_head
from wiki.importing.formats import find_format, place_at
from wiki.importing.notes import Piece, ReadOptions, Skipped
from wiki.importing.reading import read_notes
from wiki.importing.trees import open_tree

CASES = settings.BASE_DIR / "tests" / "cases" / "importing"


def read_case(folder, options):
    dump = next(path for path in folder.iterdir() if path.stem == "dump")
    place = place_at(str(dump))
    notes, skipped = [], []
    with open_tree(place) as tree:
        reader = find_format(tree)
        for piece in reader.find(tree, options):
            if isinstance(piece, Skipped):
                skipped.append(piece)
                continue
            read = reader.read(piece, options)
            notes += read.notes
            skipped += read.skipped
    return notes, skipped


def shown(note, names):
    fields = {name: getattr(note, name) for name in names}
    for name in ("tags", "place_tags"):
        if name in fields:
            fields[name] = [tag.name for tag in fields[name]]
    if "messages" in fields:
        fields["messages"] = [message.code for message in fields["messages"]]
    return json.loads(json.dumps(fields))


@pytest.mark.parametrize(
    "name", sorted(folder.name for folder in CASES.iterdir() if folder.is_dir())
)
def test_case(name):
    expected = json.loads((CASES / name / "expected.json").read_text())
    options = ReadOptions(split=expected.get("split", "auto"))

    notes, skipped = read_case(CASES / name, options)

    assert [
        shown(n, e) for n, e in zip(notes, expected["notes"], strict=False)
    ] == expected["notes"]
    assert len(notes) == len(expected["notes"])
    codes = sorted(s.message.code for s in skipped if not s.is_failure)
    assert codes == expected.get("skipped", [])
    failures = sorted(s.message.code for s in skipped if s.is_failure)
    assert failures == expected.get("failed", [])


@pytest.mark.parametrize(
    "path", sorted(path for path in CASES.rglob("*.md") if path.is_file())
)
@pytest.mark.parametrize("split", ["many", "h1", "file"])
def test_no_line_and_no_byte_is_lost(path, split):
    data = path.read_bytes()

    piece = Piece("s", path.name)
    read = read_notes(piece, data, split=split)

    bom = read.file.bom if read.file else b""
    if read.notes:
        assert bom + b"".join(note.raw for note in read.notes) == data
    for note in read.notes:
        text = note.raw.decode(note.encoding)
        head = front_matter_head(piece, text) if note.first_line == 1 else Head()
        assert unaccounted_lines(split_lines(text[head.length :]), note) == []


def read(text, split="many", path="n.md"):
    return read_notes(Piece("s", path), text.encode(), split=split).notes


def test_keys_do_not_move_with_lines_above():
    before, after = read("# 가\n글\n# 나\n글\n"), read("머리말\n\n# 가\n글\n# 나\n글\n")

    assert [note.key for note in before] == [note.key for note in after[1:]]
    assert before[1].raw_hash == after[2].raw_hash


def test_a_line_that_fits_nowhere_keeps_the_text_whole(monkeypatch):
    monkeypatch.setattr(
        "wiki.importing.reading.unaccounted_lines", lambda lines, note: [0]
    )

    (note,) = read("# 제목\n\n#태그\n글\n", "file")

    assert note.body == "# 제목\n\n#태그\n글"
    assert "kept-whole" in [message.code for message in note.messages]


def test_a_path_that_is_too_long_fails_and_says_so():
    result = read_notes(Piece("s", "x" * 1001), b"# a\n", split="file")

    assert result.skipped[0].is_failure
    assert result.skipped[0].message.code == "path-too-long"


def test_more_headings_than_any_notes_have_are_refused():
    result = read_notes(Piece("s", "n.md"), b"# a\n" * 60_000, split="many")

    assert result.skipped[0].message.code == "too-many-headings"


def test_a_large_file_of_many_notes_is_read_in_time():
    text = "".join(f"# 글 {n}\n\n- 항목\n\n#태그{n}가\n\n" for n in range(5_000))

    notes = read(text)

    assert len(notes) == 5_000


@pytest.mark.parametrize(
    "text",
    [
        "> " * 20_000 + "x",
        "- " * 20_000,
        "#" * 200_000,
        "[" * 200_000,
        "a\n=\n" * 9_000,
    ],
)
def test_hostile_text_is_read(text):
    assert read_notes(Piece("s", "n.md"), text.encode(), split="many").notes
