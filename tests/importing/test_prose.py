"""What of a text is prose, and what of it stands out."""

import time

import pytest

from wiki.importing.prose import is_list_of_links, place_finder, prose


@pytest.mark.parametrize(
    "body, lost",
    [
        ("글\n```sh\nkafka start\n```\n글", "kafka"),
        ("글\n- a\n  ~~~~\n  kafka\n  ~~~\n  kafka\n  ~~~~\n글", "kafka"),
        ("글 `kafka` 글", "kafka"),
        ("글 ``a ` kafka`` 글", "kafka"),
        ("글 ![kafka](kafka.png) 글", "kafka"),
        ("글 ![[kafka.png|200]] 글", "kafka"),
        ("글 [이름](https://kafka.org/a_(kafka)) 글", "kafka"),
        ("글 https://kafka.org/#kafka 글", "kafka"),
        ("글 <https://kafka.org> <img alt='kafka'> 글", "kafka"),
        ("글\n[kafka]: https://kafka.org\n글", "kafka"),
        ("글\n```\nkafka never closed", "kafka"),
    ],
)
def test_code_addresses_and_pictures_are_no_prose(body, lost):
    assert lost not in prose(body)
    assert "글" in prose(body)


def test_link_texts_are_prose():
    assert "kafka" in prose("[kafka 정리](https://example.com)")


def test_places_in_prose():
    text = "## 제목\n**굵은** 글 [링크]\n#### Redis - x"
    place = place_finder(text, is_list_of_links=False)
    place_in_list = place_finder(text, is_list_of_links=True)

    assert place(text.index("제목")) == "heading"
    assert place(text.index("굵은")) == "bold"
    assert place(text.index("글 [")) == "body"
    assert place(text.index("링크")) == "body"
    assert place_in_list(text.index("링크")) == "link"
    assert place(text.index("Redis")) == "heading"


@pytest.mark.parametrize(
    "body, expected",
    [
        ("- [a](https://x.y)[b](https://x.y/(z))\n\n1. [c](d)", True),
        ("# 제목\n- [a](b)", True),
        ("- [a](b) 설명", False),
        ("글", False),
        ("", False),
    ],
)
def test_lists_of_links(body, expected):
    assert is_list_of_links(body) is expected


@pytest.mark.parametrize(
    "unit", ["![", "](", "`", "**", "[", "<", "](a", "![a](", "__", "https://", "~~~\n"]
)
def test_time_grows_with_the_length(unit):
    body = unit * (300_000 // len(unit))
    started = time.process_time()

    place_finder(prose(body), is_list_of_links=False)
    is_list_of_links(body)

    assert time.process_time() - started < 3
