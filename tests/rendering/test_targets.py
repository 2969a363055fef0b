"""What a body may ask for, found without parsing it: never less than is asked.

RENDER_TARGET_BODIES sets how many bodies are made up.
"""

import os
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wiki.rendering import Destination, find_link_targets, render

BODIES = int(os.environ.get("RENDER_TARGET_BODIES", "300"))
BYTES = 256 * 1024
SECONDS = 5
ID = "6123abcd-0a1b-4c2d-8e3f-00112233aabb"

NAMES = st.sampled_from(
    ["a.md", "../b c.md", "%EA%B0%80.png", "가 나", "C#", "d#e", "f\\|g", "h|i", "%25x"]
    + ["<j k>", "l(m)", "&amp;n", "o\\p", "\xa0q", "r?s", "x y", f"(({ID}))", "\x85t"]
)
LINKS = st.builds(
    str.format,
    st.sampled_from(
        ["[[{0}]]", "[[{0}|{1}]]", "![[{0}|{1}|20x30]]", "[{1}]({0})", "![{1}]({0})"]
        + ["[{1}](<{0}>)", "[{1}](\n{0})", "[{1}]({0} 't')", "[a][]\n\n[a]: {0}\n"]
        + ["[a]: {0}", "[a]:\n{0}\n\n[a]", "<a href='{0}'>{1}</a>", "<img src={0}>"]
        + ['<a href = "{0}">', "<a\nhref\n=\n'{0}'>", '[{1}]({{{{< ref "{0}" >}}}})']
        + ["[{1}]({{% post_url {0} %}})", "{{{{embed [[{0}]]}}}}", "(({0}))", "{0}"]
        + ["[[{0}\\|{1}]]", "<!-- {0} -->", "\n<div>\n<a href={0}>\n</div>\n"]
        + ["[a [[{0}]] b]({1})", "[![{0}]({0})]({1})", "![[{0}", "[{0}](", "]({0})"]
    ),
    NAMES,
    NAMES,
)
AROUND = st.sampled_from(
    ["\n", "\n\n", " ", "> ", "\n> ", "\n>", "- ", "\n- ", "\n  ", "\n    ", "| ", " |"]
    + [
        "\n|-|-|\n",
        "# ",
        "```\n",
        "`",
        "*",
        "**",
        "[^1]",
        "\n[^1]: ",
        "\\",
        "$",
        "\r\n",
    ]
    + ["<div>", "</div>", "<!--", "-->", "[", "]", "(", ")", "<", ">", '"', "'", "\t"]
    + ["- [ ] ", "> [!note] ", "href=", "\x00", "\ud800", "가", "a"]
)
BODY = st.lists(st.one_of(LINKS, AROUND), max_size=14).map("".join)


def asked_by(body):
    asked = set()

    def lookup(targets):
        asked.update(targets)
        return {}

    assert not render(body, lookup).is_fallback
    return asked


@settings(max_examples=BODIES, deadline=None)
@given(BODY)
def test_nothing_is_asked_for_that_was_not_found(body):
    assert asked_by(body) <= find_link_targets(body), body


@settings(max_examples=BODIES // 3, deadline=None)
@given(BODY)
def test_whatever_the_answer_every_link_found_was_asked_for(body):
    kinds = ("entry", "ambiguous", "file", "missing")
    asked = set()

    def lookup(targets):
        asked.update(targets)
        return {
            target: Destination(kinds[len(target) % 4], "/files/0a1b.png")
            for target in targets
        }

    links = render(body, lookup).links

    assert {link.target for link in links} <= asked


@pytest.mark.parametrize(
    "unit",
    ["[[", "[[a|b]] ", "[[a\\|b]]", "](", "](<", "]:\n", "](\n>", "](a(", "](a.md)"]
    + ['<a href="', "href=", "href='a.md\"", "src=a ", "((", f"(({ID}))", "]({{< ref "]
    + ["]({{ site.url }}", "]({% post_url ", "\\|", "](%EA", "](&amp;", "] (", "\n> "],
)
def test_targets_are_found_in_time(unit):
    started = time.process_time()

    find_link_targets(unit * (BYTES // len(unit)))

    assert time.process_time() - started < SECONDS
