"""Where links may stand in a text: what looking for them costs."""

import pytest
from markdown_it.helpers import parse_link_destination as reading

from wiki.rendering.link_scan import WINDOW_CHARS, Destinations, changes_of_links


@pytest.mark.parametrize(
    "hostile",
    ["]:", "](", "](<", "](a", "](<a", "](\\", "[x]:", "[x]:\n", "[](", "]()", "](a) "],
)
def test_destinations_read_no_more_than_there_is(hostile, monkeypatch):
    read = []

    def counted(text, position):
        read.append(position)
        return look(text, position)

    look = reading.charCodeAt
    monkeypatch.setattr(reading, "charCodeAt", counted)
    body = hostile * (60_000 // len(hostile))
    addresses = Destinations(body)

    def at_sign(sign):
        if sign["destination"]:
            addresses.read(sign.end())

    assert not list(changes_of_links(body, at_sign))
    # The last one may go as far as any; a sign before each letter is looked at twice.
    assert len(read) <= 3 * len(body) + 2 * WINDOW_CHARS


def test_a_text_of_links_is_read_to_its_end():
    body = "[가](나) [](다)[라]()[마](<바 사>)\n[아]: 자\n" * 1000
    addresses = Destinations(body)
    found = []

    def at_sign(sign):
        found.append(addresses.read(sign.end()) if sign["destination"] else None)

    assert not list(changes_of_links(body, at_sign))
    assert not addresses.is_spent
    read = [one[0] for one in found if one]
    assert read == ["나", "다", "바 사", "자"] * 1000
