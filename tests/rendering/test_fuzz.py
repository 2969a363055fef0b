"""Random markup: no exception, nothing off the list, and no second thoughts.

RENDER_FUZZ_DOCUMENTS sets how many documents are tried, RENDER_FUZZ_SEED which.
"""

import os
import random

from tests.rendering.checks import problems_of
from tests.rendering.test_payloads import PAYLOADS
from wiki.rendering import find_link_targets, plain_text, render
from wiki.rendering.sanitize import sanitize

DOCUMENTS = int(os.environ.get("RENDER_FUZZ_DOCUMENTS", "2000"))
SEED = int(os.environ.get("RENDER_FUZZ_SEED", "20240229"))
MAX_CHARS = 2000

TAGS = (
    "a b i em strong p div span table tr td th thead tbody ul ol li dl dt dd pre code "
    "details summary figure figcaption img br hr h1 h2 h6 sup sub ruby rt svg math "
    "style script title textarea template form input select option iframe object "
    "noscript font center section article body html x-y blockquote q abbr col caption"
)
ATTRIBUTES = (
    'href="https://x.kr" href=javascript:alert(1) src=x onerror=x class=code id=w-x '
    'title=">" style=x data-x=1 align=center width=10 colspan=2 tabindex=5 open name=y'
)
# Blanks part them; what holds a blank stands in the list below.
SIGNS = (
    "* ** _ __ ~ ~~ ` `` ``` ~~~ # ## > - + 1. | || [ ] ( ) ! < > & \\ [[ ]] ![[ [^1] "
    "[^1]: [^2] [^2]: [x]: [!note] $ $$ : :// www. @ #tag === --- |-| * * * <!-- --> "
    "<![CDATA[ ]]> <? ?> &amp; &#x41; &lt; &nbsp &#0; &#13; \" ' = / {{ }} 가 "
    "한글 😀 é **강조**는 ｆｕｌｌ ㅎ \u200b \u202e \ufeff \x00 \x01 "
    "https://x.kr/a에서 a@b.kr [a](b) ![a](b) [[글|다른]] [[#절]]"
)
PIECES = [
    *SIGNS.split(" "),
    *["\n", "\t", " ", "\r\n", "\r", "\n\n", "\n    ", "\n> ", "\n- ", "\n  "],
    *["\n\n```js\n", "\n```\n", "| a | b |\n|--|--|\n", "\n[^1]: ", "\n[^2]: "],
    *[
        "\n# ",
        "\ud800",
        "\x85",
        "\xa0",
        "\x0b",
        "\x0c",
        "\u2028",
        "> [!tip]- ",
        "\n    ",
    ],
    *["- [ ] ", "- [x] ", "1. ", "\n---\n", "\n===\n"],
]


def _piece(chance):
    kind = chance.random()
    if kind < 0.55:
        return chance.choice(PIECES)
    if kind < 0.85:
        given = " ".join(chance.sample(ATTRIBUTES.split(), chance.randint(0, 2)))
        return chance.choice(
            ("<{0} {1}>", "<{0}>", "</{0}>", "<{0} {1}/>", "<{0} {1}", "<{0}/{1}>")
        ).format(chance.choice(TAGS.split()), given)
    if kind < 0.92:
        return chance.choice(PAYLOADS)[: chance.randint(1, 80)]
    return chance.choice(("text", "글 ", " a ", "\n"))


def _document(number):
    chance = random.Random(SEED * 1_000_003 + number)
    pieces = (_piece(chance) for _ in range(chance.randint(1, 120)))
    return "".join(pieces)[:MAX_CHARS]


class Asked:
    """A lookup that finds nothing, and keeps what it was asked for."""

    def __init__(self):
        self.targets = set()

    def __call__(self, targets):
        self.targets.update(targets)
        return {}


def test_random_markup_is_rendered_harmless_and_stable():
    for number in range(DOCUMENTS):
        body = _document(number)
        choice = "card" if number % 5 == 0 else "show"
        lookup = Asked()

        rendered = render(body, lookup, remote_images=choice)

        assert problems_of(rendered.html) == [], (number, body)
        again = sanitize(rendered.html, remote_images=choice)
        assert again == rendered.html, (number, body)
        assert not rendered.is_fallback, (number, body)
        for heading in rendered.headings:
            assert f'id="{heading.id}"' in rendered.html
        missed = {
            t for t in lookup.targets - find_link_targets(body) if "\ufffd" not in t
        }
        assert not missed, (number, body)


def test_random_markup_has_a_plain_text():
    for number in range(0, DOCUMENTS, 20):
        assert isinstance(plain_text(_document(number)), str)
