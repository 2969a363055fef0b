"""Bodies made to be slow: each is rendered, or shown plain, in time.

The cap is generous, for machines that are busy: alone, none takes half of it.
RENDER_HOSTILE_BYTES sets how long the bodies are; what is stored has a mebibyte
at most, and the limits are reached well before that.
"""

import os
import time

import pytest

from wiki.rendering import limits, plain_text, render

SECONDS = 5
MIB = 1024 * 1024
BYTES = int(os.environ.get("RENDER_HOSTILE_BYTES", MIB // 4))


def fill(unit, size=BYTES):
    """The unit again and again, to just under the size in bytes."""
    return unit * ((size - 64) // len(unit.encode("utf-8", "surrogatepass")))


# Each kind of work at its limit once.
HOSTILE = {
    "brackets": fill("["),
    "double brackets": fill("[["),
    "closed brackets": fill("[", BYTES // 2) + fill("]", BYTES // 2),
    "nested labels": "[a]: b\n\n" + fill("[" * 30 + "a" + "]" * 30),
    "half links": fill("[a](b"),
    "pictures": fill("!["),
    "wiki links": fill("[[a]]"),
    "references": "[a]: b\n\n" + fill("[a]"),
    "texts in front of titles": fill("[[a|b]]"),
    "paths": fill("[a](b.md)"),
    "pictures of a dump": fill("![a|20](b.png)"),
    "paths in tags": fill("<a href=b.md>"),
    "blocks with paths": "<div>\n" + fill("<a href=b.md>\n"),
    "pictures in blocks": "<div>\n" + fill("<img src=b.png src=c.png>"),
    "attributes of no tag": "<div>\n" + fill("href=b.md "),
    "shortcodes": fill('[a]({{< ref "b" >}})'),
    "brackets and a shortcode": '[a]({{< ref "b" >}})' + fill("[" * 30 + "]" * 30),
    "half shortcodes": fill("[a]({{ site.url }}"),
    "blocks referred to": fill("((6123abcd-0a1b-4c2d-8e3f-00112233aabb))"),
    "half embeds": fill("{{embed [["),
    "footnotes": "[^1]: a\n\n" + fill("[^1] "),
    "half footnotes": "[^1]: a\n\n" + fill("[^"),
    "stars": fill("*a"),
    "runs of stars": fill("*a **b ***c _d "),
    "backticks": " ".join("`" * n for n in range(1, 1400)),
    "quotes in quotes": fill(">" * 28 + " a\n"),
    "deep quotes": fill(">"),
    "lazy quotes": ">" * 28 + fill(" a\n"),
    "lists": fill("- a\n"),
    "deep lists": "".join("  " * n + "- a\n" for n in range(400)),
    "headings": fill("# a\n"),
    "wide table": "|a" * 10_000 + "|\n" + "|-" * 10_000 + "|\n" + "|a\n" * 10_000,
    "many wide tables": ("|a" * 2500 + "|\n" + "|-" * 2500 + "|\n" + "|a\n" * 26 + "\n")
    * 95,
    "tags": fill("<b>"),
    "deep tags": fill("<div>"),
    "formatting over paragraphs": "<b><i><u><s><em><code>\n" + fill("<p>"),
    "links over paragraphs": fill("<a href=x>\n\n"),
    "half tags": fill("<a b=\"<c d='"),
    "declarations": fill("<!["),
    "comments": fill("<!--"),
    "attributes": "<a " + fill('b="c" ') + ">",
    "addresses": fill("http://"),
    "addresses and brackets": fill("http://a" + ")" * 1900 + " "),
    "mail": fill("a@b.c "),
    "hashtags": fill("#a "),
    "dollars": fill("$a "),
    "entities": fill("&#x41;"),
    "one line": fill("가"),
    "one blank line": fill(" "),
    "newlines": fill("\n"),
    "nul": fill("\x00"),
    "half characters": "\ud800" * 300_000,
    "code": "```java\n" + fill("a.b ") + "\n```",
    "code without signs": fill("```csharp\n" + "a\n" * 140 + ";\n```\n"),
    "heredocs": fill("```hcl\n" + "<<a\n" * 100 + "```\n"),
    "callouts": fill("> [!note]\n> a\n\n"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_is_done_in_time(name):
    body = HOSTILE[name]

    started = time.process_time()
    rendered = render(body)
    taken = time.process_time() - started

    assert taken < SECONDS, f"{name} took {taken:.1f} s"
    assert len(rendered.html) < 20 * MIB


def test_text_over_the_limits_is_shown_whole_and_escaped():
    rendered = render("\n\n글 <b>&\n" + "- a\n" * 50_000)

    assert rendered.is_fallback
    assert rendered.html.startswith(
        '<pre class="plain" tabindex="0">글 &lt;b&gt;&amp;\n- a\n'
    )
    assert rendered.html.count("- a\n") == 50_000
    assert (rendered.headings, rendered.links, rendered.tags) == ((), (), ())


def test_a_body_over_a_mebibyte_is_shown_plain():
    assert not render("가" * (limits.MAX_BODY_BYTES // 3)).is_fallback
    assert render("가" * (limits.MAX_BODY_BYTES // 3 + 1)).is_fallback


def test_a_long_ordinary_body_is_no_fallback():
    note = "## 절\n\n**굵은** 글과 [[링크]]와 `code`.\n\n- 하나\n- 둘\n\n"
    note += "| a | b |\n|-|-|\n"
    filler = "글은 보통 이만큼 길다. " * 12 + "\n\n"

    body = ((note + "| 1 | 2 |\n\n" + filler) * 4000)[: MIB // 2]

    assert not render(body).is_fallback


def test_a_paragraph_of_brackets_leaves_the_others_alone():
    rendered = render("[" * 100 + " **글**\n\n**굵게**\n")

    assert not rendered.is_fallback
    assert "[" * 100 + " **글**" in rendered.html
    assert "<strong>굵게</strong>" in rendered.html


def test_links_are_kept_up_to_a_number_and_all_printed():
    asked = []
    body = "\n\n".join(f"[[글 {n}]]" for n in range(limits.MAX_LINKS + 10))

    rendered = render(body, lambda targets: asked.extend(targets) or {})

    assert len(asked) == len(rendered.links) == limits.MAX_LINKS
    assert rendered.html.count('class="missing"') == limits.MAX_LINKS + 10


def test_a_fault_of_the_renderer_shows_the_text_and_is_logged(monkeypatch, caplog):
    def broken(*args, **kwargs):
        raise KeyError("x")

    monkeypatch.setattr("wiki.rendering.pipeline.sanitize", broken)

    rendered = render("글 <b>")

    assert rendered.is_fallback
    assert rendered.html == '<pre class="plain" tabindex="0">글 &lt;b&gt;</pre>'
    assert "renderer failed" in caplog.text


def test_plain_text_of_too_much_markup_is_the_text():
    body = "- a\n" * 50_000

    assert plain_text(body) == body
