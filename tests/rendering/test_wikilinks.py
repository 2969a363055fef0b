"""Links between entries."""

import pytest

from wiki.rendering import Destination, FoundLink, find_link_targets, render

KNOWN = {
    "gRPC": Destination("entry", "/wiki/grpc/"),
    "C#": Destination("entry", "/wiki/c-sharp/"),
    "[Spring] Bean": Destination("entry", "/wiki/spring-bean/"),
    "같은 이름": Destination("ambiguous", "/wiki/같은-이름/"),
}


def render_with(body):
    return render(body, lambda targets: {t: KNOWN[t] for t in targets if t in KNOWN})


@pytest.mark.parametrize(
    "body, written",
    [
        ("[[gRPC]]", '<a href="/wiki/grpc/">gRPC</a>'),
        ("[[ gRPC ]]", '<a href="/wiki/grpc/">gRPC</a>'),
        ("[[gRPC|그것]]은", '<a href="/wiki/grpc/">그것</a>은'),
        ("[[gRPC\\|그것]]", '<a href="/wiki/grpc/">그것</a>'),
        (
            "[[gRPC#데이터 전송]]",
            '<a href="/wiki/grpc/#%EB%8D%B0%EC%9D%B4%ED%84%B0-%EC%A0%84%EC%86%A1">'
            "gRPC#데이터 전송</a>",
        ),
        ("[[gRPC#a#b|글]]", '<a href="/wiki/grpc/#b">글</a>'),
        ("[[gRPC#^1a2b3c]]", '<a href="/wiki/grpc/">gRPC#^1a2b3c</a>'),
        ("[[#Data flow]]", '<a href="#data-flow">Data flow</a>'),
        ("[[C#]]", '<a href="/wiki/c-sharp/">C#</a>'),
        ("[[C#|씨샵]]", '<a href="/wiki/c-sharp/">씨샵</a>'),
        ("[[[Spring] Bean]]", '<a href="/wiki/spring-bean/">[Spring] Bean</a>'),
        (
            "[[같은 이름#절]]",
            '<a href="/wiki/같은-이름/">같은 이름#절</a>',
        ),
        (
            "[[없는 글]]",
            '<a class="missing" href="/new/?title=%EC%97%86%EB%8A%94%20%EA%B8%80" '
            'rel="nofollow">없는 글</a>',
        ),
        ("![[gRPC]]", '<a href="/wiki/grpc/">gRPC</a>'),
        ("**[[gRPC]]**", '<strong><a href="/wiki/grpc/">gRPC</a></strong>'),
    ],
)
def test_a_link_leads_to_its_entry(body, written):
    assert render_with(body).html == f"<p>{written}</p>\n"


@pytest.mark.parametrize(
    "body",
    [
        "[[]]",
        "[[ ]]",
        "[[|글]]",
        "[[a\nb]]",
        "[[a",
        "\\[[a]]",
        "[[a]",
        "`[[a]]`",
        "[[\u200b]]",
        "[[" + "a" * 700 + "]]",
        "$[[a]]$",
    ],
)
def test_what_is_no_link_stays_text(body):
    rendered = render_with(body)

    assert "<a" not in rendered.html
    assert rendered.links == ()


def test_code_blocks_and_raw_html_hold_no_links():
    rendered = render_with(
        "    [[gRPC]]\n\n```\n[[gRPC]]\n```\n\n<div>\n[[gRPC]]\n</div>\n"
    )

    assert rendered.links == ()
    assert "<a" not in rendered.html


def test_links_in_tables_take_an_escaped_bar():
    written = render_with("| a |\n|---|\n| [[gRPC\\|그것]] |\n").html

    assert '<td><a href="/wiki/grpc/">그것</a></td>' in written


def test_a_defined_reference_keeps_its_meaning():
    written = render_with("[[gRPC]]\n\n[gRPC]: /other\n").html

    assert '[<a href="/other">gRPC</a>]' in written


def test_a_link_in_a_link_wins_over_the_outer_one():
    written = render_with("[앞 [[gRPC]] 뒤](/other)").html

    assert '<a href="/wiki/grpc/">gRPC</a>' in written
    assert written.count("<a ") == 1


def test_the_text_of_a_picture_holds_no_link_but_its_words():
    rendered = render_with("![앞 [[gRPC]] 뒤](/media/a.png)")

    assert 'alt="앞 gRPC 뒤"' in rendered.html
    assert rendered.links == ()


def test_the_lookup_is_asked_once_for_all_targets():
    calls = []

    def lookup(targets):
        calls.append(set(targets))
        return {}

    body = "[[a]] [[b|c]] [[a#d]] [[#e]] ![[f]] ![[g.png|h]]\n\n- [[a]] [i](j.md)\n"
    render(body + '\n![k](l.png) <img src="m.png">\n\n<a href="n">o</a>\n', lookup)

    assert calls == [{"a", "b", "c", "f", "g.png", "j.md", "l.png", "m.png", "n"}]


def test_the_lookup_is_not_asked_without_links():
    def lookup(targets):
        raise AssertionError(targets)

    render("글 [x](https://y.kr) [x](#y) [x](/wiki/y/) `[[a]]`", lookup)


def test_found_links_tell_target_key_heading_label_line_and_sentence():
    body = "# 처음\n\n첫 줄\n둘째 **줄**의 [[ＧＲＰＣ#전송|그것]]을 쓴다\n\n"
    body += "- [[없는 글]]\n"

    assert render_with(body).links == (
        FoundLink(
            target="ＧＲＰＣ",
            key="grpc",
            heading="전송",
            label="그것",
            line=4,
            excerpt="첫 줄 둘째 줄의 그것을 쓴다",
            other="그것",
        ),
        FoundLink(
            target="없는 글",
            key="없는 글",
            heading="",
            label="없는 글",
            line=6,
            excerpt="없는 글",
        ),
    )


def test_found_links_in_quotes_lists_tables_and_callouts_have_their_lines():
    body = (
        "> 인용\n> [[a]]\n\n1. 하나\n2. 둘\n   [[b]]\n\n| x |\n|---|\n| [[c]] |\n\n"
        "> [!note] 제목 [[d]]\n> 글\n> [[e]]\n"
    )

    lines = {link.target: link.line for link in render_with(body).links}

    assert lines == {"a": 2, "b": 6, "c": 10, "d": 12, "e": 14}


def test_an_excerpt_is_short_and_holds_the_link():
    words = "가나다 라마바 " * 100
    links = render_with(f"{words}[[gRPC]] {words}[[a]]").links

    for link in links:
        assert len(link.excerpt) <= 200
        assert link.label in link.excerpt
    assert links[0].excerpt.startswith("…")
    assert links[0].excerpt.endswith("…")


@pytest.mark.parametrize(
    "body, written, target",
    [
        ("[[그것|gRPC]]", '<a href="/wiki/grpc/">그것</a>', "gRPC"),
        ("[[그것|gRPC#a b]]", '<a href="/wiki/grpc/#a-b">그것</a>', "gRPC"),
        ("[[글 #1|gRPC]]", '<a href="/wiki/grpc/">글 #1</a>', "gRPC"),
        ("[[C#|gRPC]]", '<a href="/wiki/c-sharp/">gRPC</a>', "C#"),
        ("[[gRPC| |그것]]", '<a href="/wiki/grpc/">|그것</a>', "gRPC"),
    ],
)
def test_a_text_in_front_of_the_title_is_seen_when_only_the_title_is_known(
    body, written, target
):
    rendered = render_with(body)

    assert rendered.html == f"<p>{written}</p>\n"
    assert [link.target for link in rendered.links] == [target]
    assert find_link_targets(body) >= {target}


def test_a_text_and_a_title_that_are_both_unknown_stand_as_ever():
    rendered = render_with("# [[없는 글|없는 것]]")

    assert "?title=%EC%97%86%EB%8A%94%20%EA%B8%80" in rendered.html
    assert rendered.headings[0].text == "없는 것"
    assert [link.target for link in rendered.links] == ["없는 글"]


def test_a_heading_shows_the_text_of_a_link_with_the_title_behind():
    rendered = render_with("# [[그것|gRPC]]")

    assert rendered.headings[0].text == "그것"
    assert rendered.links[0].excerpt == "그것"


@pytest.mark.parametrize("address", ["https://a.kr/x", "/wiki/x/", "../x.md", "#x"])
def test_double_brackets_before_an_address_are_the_label_of_a_link(address):
    rendered = render_with(f"[[doc]]({address})")

    assert ">[doc]</a>" in rendered.html
    assert "doc" not in [link.target for link in rendered.links]


def test_words_in_round_brackets_behind_a_link_are_no_address():
    rendered = render_with("[[Redis]](캐시)는")

    assert [link.target for link in rendered.links] == ["Redis"]
    assert "(캐시)는" in rendered.html


def test_label_lines_of_link_tools_hide():
    body = "글\n\n[//begin]: # (links)\n[a]: a.md\n[//end]: # (links)\n"

    assert render_with(body).html == "<p>글</p>\n"


@pytest.mark.parametrize(
    "body, targets",
    [
        ("[[a]] [[b|c]] [[d#e]] [[#f]]", {"a", "b", "c", "d"}),
        ("```\n[[a]]\n```", {"a"}),
        ("| [[a\\|b]] |", {"a", "b"}),
        ("![[a]] ![[b.png]]", {"a", "b.png"}),
        ("[[[Spring] Bean]]", {"[Spring] Bean"}),
        ("", set()),
        ("[[", set()),
    ],
)
def test_targets_are_found_without_parsing(body, targets):
    assert find_link_targets(body) == targets
