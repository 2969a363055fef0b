"""Which topics a note gets, and by which rule."""

import pytest
from django.conf import settings

from wiki.importing.notes import DumpError, Note, NoteTag
from wiki.importing.topics import (
    MAX_DERIVED_TAGS,
    NEVER,
    OtherName,
    Topic,
    Vocabulary,
    read_topics,
)
from wiki.importing.vocabulary import read_topic_file
from wiki.slugs import MAX_TAG_CHARS, tag_key

VOCABULARY = Vocabulary(
    [
        Topic("kubernetes", aliases=(OtherName("쿠버네티스"),), terms=("kubectl",)),
        Topic("java", aliases=(OtherName("자바"),), terms=("jvm",)),
        Topic("javascript", aliases=(OtherName("자바스크립트"),)),
        Topic("kafka", implies=("messaging",)),
        Topic("messaging", implies=("architecture",)),
        Topic("architecture"),
        Topic("go", match=NEVER, terms=("=Go",)),
        Topic("stack", aliases=(OtherName("스택", NEVER),)),
        *(Topic(f"topic{n}") for n in range(20)),
    ],
    ignore=("let's go",),
)


def note(title="제목", body="", **fields):
    return Note(
        source="s",
        path="n.md",
        key="n.md",
        title=title,
        title_from="",
        body=body,
        **fields,
    )


def derived(*args, **fields):
    tags = VOCABULARY.derive_tags(note(*args, **fields))
    return [(tag.name, tag.rule) for tag in tags]


@pytest.mark.parametrize(
    "title, body, tags",
    [
        ("쿠버네티스에서", "", [("kubernetes", "title")]),
        ("제목", "## kubectl 쓰기", [("kubernetes", "heading")]),
        ("제목", "**자바** 이야기", [("java", "bold")]),
        ("제목", "자바는 한 번", []),
        ("제목", "자바는 두 번, JVM도", [("java", "body")]),
        ("제목", "자바스크립트 자바스크립트", [("javascript", "body")]),
        ("제목", "- [kubectl 안됨](https://x.y)", [("kubernetes", "link")]),
        ("제목", "글 [kubectl](https://x.y) 글", []),
        ("제목", "```\n자바 자바\n```", []),
        ("제목", "https://java.com/java 자바", []),
        ("Go 정리", "", [("go", "title")]),
        ("go 정리", "let's Go, Go", []),
        ("스택", "", []),
        ("자바", "", [("java", "title")]),
    ],
)
def test_where_a_word_has_to_stand(title, body, tags):
    assert derived(title, body) == tags


def test_other_titles_and_summaries_count():
    assert derived("CNCF", aliases=("Kubernetes",)) == [("kubernetes", "title")]
    assert derived("CNCF", summary="자바 이야기") == [("java", "summary")]


def test_one_step_is_implied_and_no_more():
    assert derived("Kafka") == [("kafka", "title"), ("messaging", "implied:kafka")]


def test_tags_of_the_owner_imply_and_are_not_given_again():
    tags = derived("Kafka", tags=(NoteTag("#Kafka", "hashtag"),))

    assert tags == [("messaging", "implied:kafka")]


def test_other_names_of_a_topic_are_that_topic():
    tags = derived("쿠버네티스", tags=(NoteTag("쿠버네티스", "hashtag"),))

    assert tags == []
    assert VOCABULARY.name_of("스택") == "stack"
    assert VOCABULARY.name_of("무엇") == "무엇"


def test_folders_come_first_and_at_most_eight_are_given():
    title = " ".join(f"topic{n}" for n in range(20))
    tags = derived(title, place_tags=(NoteTag("폴더", "folder"),))

    assert tags[0] == ("폴더", "folder")
    assert len(tags) == MAX_DERIVED_TAGS


def test_stronger_places_come_first():
    tags = derived("제목", "java java java\n\n## kafka")

    assert [name for name, _ in tags] == ["kafka", "java", "messaging"]


@pytest.mark.parametrize(
    "text, code",
    [
        ("a = {", "topics-broken"),
        ("a = 1", "topics-row"),
        ('a = { terms = "x" }', "topics-row"),
        ("a = { wrong = [] }", "topics-row"),
        ('a = { match = "never again" }', "topics-row"),
        ("ignore = [1]", "topics-row"),
    ],
)
def test_broken_topic_files_say_where(text, code):
    with pytest.raises(DumpError) as caught:
        read_topics(text.encode())

    assert caught.value.message.code == code


def test_a_topic_file_that_is_not_there():
    with pytest.raises(DumpError):
        read_topic_file("/no/such/file.toml")


class TestTheProjectsTopics:
    """fixtures/topics.toml, as a whole."""

    TABLE = read_topic_file(settings.WIKI_TOPICS_FILE)
    KEYS = {tag_key(topic.name): topic for topic in TABLE.topics}

    def test_there_are_enough_and_each_once(self):
        assert len(self.TABLE.topics) == len(self.KEYS) >= 300

    def test_most_have_a_korean_name(self):
        korean = [
            topic
            for topic in self.TABLE.topics
            if any("가" <= c <= "힣" for other in topic.aliases for c in other.name)
        ]

        assert len(korean) > 0.6 * len(self.TABLE.topics)

    def test_what_is_implied_is_a_topic(self):
        implied = {
            tag_key(name) for topic in self.TABLE.topics for name in topic.implies
        }

        assert implied <= self.KEYS.keys()

    def test_no_name_means_two_topics(self):
        owners = {}
        for key, topic in self.KEYS.items():
            for other in topic.aliases:
                name = tag_key(other.name)
                assert self.KEYS.get(name, topic) is topic, other
                assert owners.setdefault(name, key) == key, other

    def test_every_name_can_be_a_tag(self):
        for topic in self.TABLE.topics:
            for name in (topic.name, *(other.name for other in topic.aliases)):
                assert 0 < len(name) <= MAX_TAG_CHARS
                assert "," not in name
