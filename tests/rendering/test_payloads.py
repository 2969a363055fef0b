"""Text written to attack a reader: nothing of it may do more than be read."""

from itertools import pairwise
from pathlib import Path

import pytest

from tests.rendering.checks import problems_of
from wiki.rendering import Destination, markdownify, render
from wiki.rendering.sanitize import sanitize

PAYLOADS = (
    (Path(__file__).parent.parent / "cases" / "rendering" / "payloads.txt")
    .read_text(encoding="utf-8")
    .removesuffix("\n")
    .split("\n%%\n")
)
SCHEMES = ("javascript:alert(1)", "vbscript:x", "data:text/html,x", "feed:x", "blob:x")
INVISIBLE = [
    "\t",
    "\n",
    "\r",
    "\x00",
    "\x01",
    "\x1f",
    " ",
    "\u00a0",
    "\u200b",
    "\ufeff",
]
AROUND = (
    "{}",
    "문장 안의 {} 그리고 뒤",
    "> {}",
    "- {}\n- 둘째",
    "1. 하나\n\n   {}\n",
    "| a |\n|-|\n| {} |",
    "# {}",
    "**{}**",
    "[{}](https://ok.example)",
    "![{}](a.png)",
    "<div>\n{}\n\n</div>",
    "> [!note] {}\n> 글",
    "- [ ] {}",
    "글[^1]\n\n[^1]: {}",
)


def _assert_harmless(body, choices=("show",)):
    for choice in choices:
        rendered = render(body, remote_images=choice)
        assert problems_of(rendered.html) == [], body
        assert sanitize(rendered.html, remote_images=choice) == rendered.html, body
        for heading in rendered.headings:
            assert not heading.id.startswith("w-")


def test_the_list_of_payloads_is_long():
    assert len(PAYLOADS) >= 200


@pytest.mark.parametrize("around", AROUND)
def test_no_payload_does_harm(around):
    for payload in PAYLOADS:
        choices = ("show", "card") if len(around) < 5 else ("show",)
        _assert_harmless(around.replace("{}", payload), choices)


def test_payloads_do_no_harm_to_each_other():
    for first, second in pairwise(PAYLOADS):
        _assert_harmless(f"{first}\n\n{second}")
        _assert_harmless(f"{first} {second}")


def test_all_payloads_in_one_body_do_no_harm():
    _assert_harmless("\n\n".join(PAYLOADS))
    _assert_harmless(" ".join(PAYLOADS))


@pytest.mark.parametrize("scheme", SCHEMES)
def test_no_disguise_of_a_scheme_gets_through(scheme):
    for sign in INVISIBLE:
        for at in (0, 1, 4, scheme.index(":"), scheme.index(":") + 1):
            address = scheme[:at] + sign + scheme[at:]
            entity = f"{scheme[:at]}&#{ord(sign)};{scheme[at:]}"
            for written in (address, entity, address.upper()):
                _assert_harmless(
                    f'<a href="{written}">x</a> <img src="{written}">\n\n'
                    f"[x](<{written}>) ![x]({written}) <{written}>\n\n"
                    f"[x]: {written}\n\n[x]"
                )


def test_a_destination_is_escaped_like_any_other_text():
    hostile = Destination("entry", '/wiki/"><script>alert(1)</script>/')

    rendered = render("[[글]]", lambda targets: {"글": hostile})

    assert problems_of(rendered.html) == []
    assert "<script" not in rendered.html


def test_what_follows_a_payload_is_still_there():
    for payload in PAYLOADS:
        if payload.startswith(("<!-- never", "```", "~~~")):
            continue
        html = render(f"{payload}\n\n마지막 문단\n").html
        assert "마지막 문단" in html, payload


def test_the_preview_of_the_form_is_clean_too():
    html = markdownify("**미리** <script>alert(1)</script> [x](javascript:alert(1))")

    assert problems_of(html) == []
    assert "<strong>미리</strong>" in html
    assert "<script" not in html


def test_the_allow_list_holds_without_the_rest_of_the_renderer():
    for payload in PAYLOADS:
        for choice in ("show", "card"):
            html = sanitize(payload, remote_images=choice)
            found = [
                p
                for p in problems_of(html)
                # Where links lead, and what ids there are, is the writer's affair.
                if not p.endswith("without rel") and "link in a link" not in p
            ]
            assert found == [], payload


def test_a_card_leaves_no_picture_of_another_host():
    for payload in PAYLOADS:
        html = sanitize(payload, remote_images="card")
        assert 'src="http' not in html
        assert 'src="//' not in html
