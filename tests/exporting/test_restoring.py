"""What stands in an exported file is read back, whatever it was."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from wiki.editing import Content, InvalidContent, TagUse
from wiki.editing.content import clean_content
from wiki.exporting.frontmatter import front_matter_of
from wiki.exporting.links import Leads, rewrite_links
from wiki.importing.formats import own_export
from wiki.importing.manifest import FileFacts
from wiki.importing.notes import Piece, ReadOptions

AT = datetime(2019, 3, 4, 5, 6, 7, tzinfo=UTC)
LEADS = {"글": Leads("글.md"), "a.png": Leads("files/a.png")}

TEXT = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\x00\r"), max_size=40
)
LINE = st.text("aA가나1:#-'\"[]{}&*!|>%@` ,?=~\\._😀é", min_size=1, max_size=12)
NAME = LINE.filter(lambda text: text.strip())
VALUE = st.recursive(
    TEXT | LINE,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(NAME, inner, max_size=2)
    ),
    max_leaves=4,
)
BODY = st.lists(
    TEXT
    | st.sampled_from(
        [
            "[[글]]",
            "[[글|x]]",
            "![[a.png|20]]",
            "[x](글.md)",
            "---\n",
            "# a\n",
            "#ㄱ\n",
            "```\n",
            "\n",
        ]
    ),
    max_size=8,
).map("".join)
TAGS = st.lists(
    st.sampled_from(["a b", "배포", "C++", "C#", "x/y", "0.10", "yes", "[a]", "a:b"]),
    unique=True,
)


def file_of(content):
    """The bytes of the content's file, and what the manifest says of it."""
    front_matter = front_matter_of(content, created=AT, updated=AT.replace(year=2020))
    body = rewrite_links(content.body, LEADS)
    facts = FileFacts(
        slug="own",
        links=body.pairs,
        renamed=front_matter.renamed,
        own=frozenset(front_matter.own),
        dates=front_matter.dates,
    )
    return (front_matter.text + body.text).encode(), facts


def read(data, facts):
    piece = Piece("out", "a.md", data=data, size=len(data), hints=facts)
    return own_export.read(piece, ReadOptions())


def content_of(note):
    content = Content(
        title=note.title,
        body=note.body,
        tags=tuple(TagUse(tag.name) for tag in note.tags),
        summary=note.summary,
        source_url=note.source_url,
        aliases=note.aliases,
        properties=note.properties,
    )
    return clean_content(content)


@given(
    title=NAME,
    body=BODY,
    tags=TAGS,
    aliases=st.lists(LINE, max_size=3),
    summary=TEXT,
    properties=st.lists(
        st.tuples(
            NAME | st.sampled_from(["title", "tags", "created", "updated", "source"]),
            VALUE,
        ),
        max_size=4,
    ),
)
def test_what_was_exported_is_read_back(
    title, body, tags, aliases, summary, properties
):
    try:
        content = clean_content(
            Content(
                title=title,
                body=body,
                tags=tuple(map(TagUse, tags)),
                summary=summary,
                aliases=tuple(aliases),
                properties=tuple(properties),
            )
        )
    except InvalidContent:
        return
    data, facts = file_of(content)

    result = read(data, facts)

    (note,) = result.notes
    assert content_of(note) == content
    assert (note.created_at, note.written_at) == (AT, AT.replace(year=2020))
    assert note.raw == data
    assert note.has_all_tags


def test_line_ends_of_another_system_change_nothing():
    content = Content(title="가", body="[[글]]\n\n둘\n", tags=(TagUse("a b"),))
    data, facts = file_of(content)

    (note,) = read(data.replace(b"\n", b"\r\n"), facts).notes

    assert content_of(note) == content


def test_a_file_whose_front_matter_was_broken_is_a_plain_note():
    data, facts = file_of(Content(title="가", body="본문"))

    (note,) = read(data.replace(b"title: ", b"title: {{ "), facts).notes

    assert "본문" in note.body
    assert note.title == "a"


def test_more_front_matter_than_others_may_have():
    content = Content(title="가", body="본문", properties=(("a", "x" * 80_000),))
    data, facts = file_of(content)

    (note,) = read(data, facts).notes

    assert content_of(note) == content
