"""A section drawn with what the rest of the body defines."""

import pytest

from wiki.rendering import render, sections_of, with_definitions

BODY = """[앞]: https://example.org/front "제목"

# 하나

[앞]과 [뒤], 각주[^1]와 또[^긴].

# 둘

> [뒤]: <https://example.org/back>

[^1]: 짧은 각주
이어지는 줄

[^긴]: 긴 각주

    둘째 문단

그냥 문단

```
[뒤]: https://example.org/code
```
"""


def drawn(body: str, title: str, text: str | None = None) -> str:
    """How the section with this title is drawn, by itself or with another text."""
    (section,) = (one for one in sections_of(body) if one.title == title)
    lines = body.split("\n")[section.start : section.end]
    own = "\n".join(lines) if text is None else text
    return render(with_definitions(body, section, own)).html


def test_links_and_footnotes_of_elsewhere_are_known():
    html = drawn(BODY, "하나")

    assert 'href="https://example.org/front"' in html
    assert 'href="https://example.org/back"' in html
    assert "짧은 각주" in html
    assert "이어지는 줄" in html
    assert "둘째 문단" in html
    for text in ("둘</h2>", "그냥 문단", "[뒤]", "[^1]", "example.org/code"):
        assert text not in html


def test_what_it_does_not_mention_is_not_printed():
    assert drawn(BODY, "하나", "# 하나\n\n글\n") == render("# 하나\n\n글\n").html


def test_the_first_of_a_name_counts_as_on_the_page():
    body = "[x]: /eins\n\n# 가\n\n[x]\n\n[x]: /zwei\n\n# 나\n\n[x]: /drei\n"

    assert 'href="/eins"' in drawn(body, "가")
    body = body.removeprefix("[x]: /eins\n\n")
    assert 'href="/zwei"' in drawn(body, "가")
    assert 'href="/drei"' in drawn(body, "가", "# 가\n\n[x]\n")


@pytest.mark.parametrize(
    "rest",
    ["", "[x]:\n/weit\n", '[x]: /weit\n  "ein Titel"\n', "[x]: /weit 'T'\n# 다\n글"],
)
def test_definitions_over_several_lines(rest):
    html = drawn(f"# 가\n\n[x]\n\n# 나\n\n{rest}", "가")

    assert ('href="/weit"' in html) == bool(rest)
    assert html.startswith("<h2")


def test_nothing_of_a_body_is_run_or_printed_by_it():
    body = "# 가\n\n[x][^1]\n\n# 나\n\n[x]: javascript:alert(1)\n[^1]: <script>\n"

    html = drawn(body, "가")

    assert "<script" not in html
    assert 'href="javascript' not in html


def test_many_definitions_take_no_longer_than_their_lines():
    body = "# 가\n\n[x0]\n\n# 나\n\n" + "".join(f"[x{n}]: /{n}\n" for n in range(9000))

    assert 'href="/0"' in drawn(body, "가")
