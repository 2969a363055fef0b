"""Block references and embeds of Logseq."""

import pytest

from wiki.rendering import Destination, FoundLink, find_link_targets, render

ID = "6123abcd-0a1b-4c2d-8e3f-00112233aabb"
REDIS = Destination("entry", "/wiki/redis/")
KNOWN = {
    f"(({ID}))": Destination("entry", "/wiki/redis/", "레디스"),
    "Redis": Destination("entry", "/wiki/redis/", "레디스"),
}


def render_with(body):
    return render(body, lambda targets: {t: KNOWN[t] for t in targets if t in KNOWN})


@pytest.mark.parametrize(
    "body, written",
    [
        (f"앞 (({ID})) 뒤", '앞 <a href="/wiki/redis/">레디스</a> 뒤'),
        (f"[글]((({ID})))", '<a href="/wiki/redis/">글</a>'),
        (f"{{{{embed (({ID}))}}}}", '<a href="/wiki/redis/">레디스</a>'),
        ("{{embed [[Redis]]}}", '<a href="/wiki/redis/">Redis</a>'),
        ("{{embed [[Redis]] }} 뒤", '<a href="/wiki/redis/">Redis</a> 뒤'),
        ("#[[Redis]]", '#<a href="/wiki/redis/">Redis</a>'),
    ],
)
def test_a_block_or_page_is_linked(body, written):
    rendered = render_with(body)

    assert rendered.html == f"<p>{written}</p>\n"
    assert {link.target for link in rendered.links} <= find_link_targets(body)


def test_a_block_without_a_title_is_named_by_its_id():
    rendered = render(f"(({ID}))", lambda targets: dict.fromkeys(targets, REDIS))

    assert rendered.html == '<p><a href="/wiki/redis/">6123abcd</a></p>\n'


@pytest.mark.parametrize("body", [f"앞 (({ID})) 뒤", f"{{{{embed (({ID}))}}}}"])
def test_an_unknown_block_is_text(body):
    assert render(body).html == f"<p>{body}</p>\n"


@pytest.mark.parametrize(
    "body",
    [
        "((a))",
        "f((6123abcd))",
        f"(({ID})",
        f"`(({ID}))`",
        "{{embed x}}",
        "id:: 6123abcd-0a1b-4c2d-8e3f-00112233aabb",
        "collapsed:: true",
    ],
)
def test_other_signs_are_text(body):
    rendered = render_with(body)

    assert "<a" not in rendered.html
    assert rendered.links == ()


def test_a_found_block_has_the_title_in_its_sentence():
    rendered = render_with(f"첫 줄\n앞 (({ID})) 뒤")

    assert rendered.links == (
        FoundLink(
            target=f"(({ID}))",
            key=f"(({ID}))",
            heading="",
            label="레디스",
            line=2,
            excerpt="첫 줄 앞 레디스 뒤",
            kind="path",
        ),
    )


def test_an_embed_of_an_unknown_page_is_red():
    assert '<a class="missing"' in render("{{embed [[없는 글]]}}").html
