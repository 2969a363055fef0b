from dataclasses import dataclass

import pytest

from wiki.search.headings import Section
from wiki.search.snippets import Piece
from wiki.templatetags.wiki_found import counted, marked, notes, snippet, tag_links

HOSTILE = "{} {0} <script>&\"' %s"
ESCAPED = "{} {0} &lt;script&gt;&amp;&quot;&#x27; %s"


@dataclass
class Place:
    pieces: tuple[Piece, ...]
    section: Section | None = None
    url: str = ""


def test_hits_are_marked_and_all_else_is_escaped():
    assert marked([Piece("a "), Piece("b", is_hit=True), Piece(" c")]) == (
        "a <mark>b</mark> c"
    )
    assert marked([Piece(HOSTILE), Piece(HOSTILE, is_hit=True)]) == (
        f"{ESCAPED}<mark>{ESCAPED}</mark>"
    )
    assert marked([]) == ""


def test_places_name_their_sections():
    here = Place((Piece("가", is_hit=True),), Section("id", HOSTILE), '/"/#id')

    assert snippet([here, Place((Piece("나"),))]) == (
        '<mark>가</mark> <span class="in">— <span class="sr">Section: </span>'
        f'<a href="/&quot;/#id">{ESCAPED}</a></span> 나'
    )


def test_tags_are_a_row_of_links():
    assert tag_links([("a/b", "A/<b>")]) == (
        '<ul class="tags" aria-label="Tags"><li><a class="tag" href="/tags/a/b/">'
        "A/&lt;b&gt;</a></li></ul>"
    )
    assert tag_links([]) == ""


@pytest.mark.parametrize(
    ("number", "words"), [(0, "0 notes"), (1, "1 note"), (1234, "1,234 notes")]
)
def test_notes_are_counted_in_words(number, words):
    assert notes(number) == words


def test_more_notes_than_are_counted():
    assert notes(1000, True) == "1,000+ notes"
    assert counted(1000, True) == '1,000+<span class="sr"> notes</span>'
    assert notes(None) == ""
