"""The first dump, entry by entry and line by line, against what its owner wants."""

import json
import re

import pytest
from django.conf import settings

from wiki.importing.accounting import unaccounted_lines
from wiki.importing.decoding import split_lines
from wiki.importing.formats import find_format, place_at
from wiki.importing.notes import ReadOptions, digest
from wiki.importing.preparing import all_tags, prepare
from wiki.importing.topics import Vocabulary
from wiki.importing.trees import open_tree
from wiki.importing.vocabulary import read_topic_file
from wiki.slugs import slugify, tag_key

DUMP = settings.BASE_DIR / "fixtures" / "notes" / "devnotes.md"
EXPECTED = json.loads(DUMP.with_name("devnotes.expected.json").read_text())
LINES = split_lines(DUMP.read_text())


def read_dump():
    place, options = place_at(str(DUMP)), ReadOptions()
    with open_tree(place) as tree:
        reader = find_format(tree)
        (piece,) = reader.find(tree, options)
    table = read_topic_file(settings.WIKI_TOPICS_FILE)
    return prepare(reader.read(piece, options), Vocabulary(table.topics, table.ignore))


READ = read_dump()
NOTES = {note.line: note for note in READ.notes}

each_entry = pytest.mark.parametrize(
    "entry", EXPECTED["entries"], ids=lambda entry: entry["title"][:30]
)


def keys_of(note):
    return {tag_key(tag.name) for tag in all_tags(note)}


def test_the_dump_is_the_one_that_was_described():
    assert digest(DUMP.read_bytes()) == EXPECTED["sha256"]
    assert len(LINES) == EXPECTED["line_count"]


def test_every_entry_is_found_and_no_other():
    assert list(NOTES) == [entry["heading_line"] for entry in EXPECTED["entries"]]
    assert not {note.title for note in READ.notes} & set(EXPECTED["never_titles"])


@each_entry
def test_title_and_address(entry):
    note = NOTES[entry["heading_line"]]

    assert note.title == entry["title"]
    assert slugify(note.title) == entry["slug"]


@each_entry
def test_what_else_the_heading_says(entry):
    note = NOTES[entry["heading_line"]]

    assert list(note.aliases) == entry["aliases"]
    assert note.summary == entry["summary"]
    assert note.source_url == entry["source_url"]


@each_entry
def test_body_is_the_lines_of_the_dump(entry):
    note = NOTES[entry["heading_line"]]
    first, last = entry["lines"]
    wanted = [line.strip() for line in LINES[first - 1 : last]]
    if entry["heading_line"] == first:
        wanted = []
    mended = [line for line in wanted if line != "#grpc"]

    assert [line.strip() for line in note.body.split("\n") if note.body] == mended


@each_entry
def test_links_pictures_and_code_are_kept(entry):
    note = NOTES[entry["heading_line"]]
    pictures = len(re.findall(r"!\[", note.body))
    links = len(re.findall(r"\]\(", note.body)) - pictures

    assert links + bool(note.source_url) == entry["links"]
    assert pictures == entry["images"]
    assert len(re.findall(r"^```", note.body, re.MULTILINE)) == entry["fences"] * 2
    whole = "\n".join((note.body, note.title, note.summary, *note.aliases))
    for text in entry["must_contain"]:
        assert text in whole


@each_entry
def test_tags(entry):
    keys = keys_of(NOTES[entry["heading_line"]])

    assert set(map(tag_key, entry["tags_must"])) <= keys
    for choices in entry["tags_must_any"]:
        assert keys & set(map(tag_key, choices))
    assert not keys & set(map(tag_key, entry["tags_must_not"]))
    assert len(keys) <= 8


def test_nearly_all_the_tags_the_owner_would_like_are_there():
    wanted = [
        (entry["heading_line"], tag_key(tag))
        for entry in EXPECTED["entries"]
        for tag in entry["tags_should"]
    ]
    found = [1 for line, tag in wanted if tag in keys_of(NOTES[line])]

    assert len(found) >= 0.95 * len(wanted)


def test_every_line_that_is_not_blank_is_in_exactly_one_entry():
    homes = {}
    for note in READ.notes:
        lines = split_lines(note.raw.decode())
        assert unaccounted_lines(lines, note) == []
        for number in range(note.first_line, note.first_line + len(lines)):
            homes.setdefault(number, []).append(note.title)

    filled = [n for n, line in enumerate(LINES, 1) if line.strip()]
    assert all(len(homes[number]) == 1 for number in filled)


def test_the_bytes_of_the_notes_joined_are_the_file():
    assert b"".join(note.raw for note in READ.notes) == DUMP.read_bytes()


def test_bullets_pushed_in_by_a_tab_become_a_list():
    assert all(line.startswith("- ") for line in NOTES[87].body.split("\n"))


def test_the_tag_line_is_a_tag_of_its_owner():
    assert [(tag.name, tag.rule) for tag in NOTES[18].tags] == [("grpc", "hashtag")]
    assert "#grpc" not in NOTES[18].body
