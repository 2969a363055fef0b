"""Markdown as people write it, and what they get to read."""

import pytest

from wiki.rendering import Heading, markdownify, plain_text, render, render_key


def html(body, **options):
    return render(body, **options).html


def test_headings_print_one_level_down_and_six_stays_six():
    rendered = render("# 하나\n\n## 둘\n\n###### 여섯\n\n다섯\n===\n")

    assert rendered.html == (
        '<h2 id="하나">하나</h2>\n<h3 id="둘">둘</h3>\n'
        '<h6 id="여섯">여섯</h6>\n<h2 id="다섯">다섯</h2>\n'
    )


def test_headings_are_listed_as_printed():
    rendered = render("# **배포** `절차`\n\n## [[그 글|저 글]] 뒤\n")

    assert rendered.headings == (
        Heading(2, "배포-절차", "배포 절차"),
        Heading(3, "저-글-뒤", "저 글 뒤"),
    )


@pytest.mark.parametrize(
    "text, name",
    [
        ("배포 절차", "배포-절차"),
        ("1. 배포 절차!", "1-배포-절차"),
        ("What's New?", "whats-new"),
        ("A & B", "a--b"),
        ("snake_case", "snake_case"),
        ("\u1112\u1161\u11ab글", "한글"),
        ("W-main", "h-w-main"),
        ("w- 처음", "h-w--처음"),
        ("🎉", "section"),
        ("ÀÉ", "àé"),
    ],
)
def test_heading_ids_keep_hangul_and_never_look_like_the_pages_own(text, name):
    rendered = render(f"# {text}\n")

    assert [heading.id for heading in rendered.headings] == [name]
    assert f'<h2 id="{name}">' in rendered.html


def test_repeated_heading_ids_are_numbered_and_stay_unique():
    rendered = render("# 글\n# 글-1\n# 글\n# 글\n# 글-1\n")

    ids = [heading.id for heading in rendered.headings]
    assert ids == ["글", "글-1", "글-2", "글-3", "글-1-1"]


def test_an_empty_heading_is_in_no_list():
    rendered = render("#\n\n# \n")

    assert rendered.headings == ()
    assert " id=" not in rendered.html


def test_a_single_newline_is_a_break():
    assert html("첫 줄\n둘째 줄") == "<p>첫 줄<br>\n둘째 줄</p>\n"


def test_line_ends_of_every_kind_read_the_same():
    body = "# 글\n\n- 하나\n- 둘\n\n```\ncode\n```\n"

    assert (
        html(body.replace("\n", "\r\n")) == html(body.replace("\n", "\r")) == html(body)
    )


@pytest.mark.parametrize("body", ["", " ", "\n\n", "\t", "<!-- nothing -->", "[a]: b"])
def test_nothing_gives_nothing(body):
    rendered = render(body)

    assert rendered.html.strip() == ""
    assert (rendered.headings, rendered.links, rendered.tags) == ((), (), ())
    assert not rendered.is_fallback


def test_tables_scroll_in_a_frame_and_align_by_class():
    written = html("| 왼 | 가운데 | 오른 |\n|:--|:-:|--:|\n| 1 | 2 | 3 |\n")

    assert written.startswith('<div class="scroll-x" tabindex="0"><table class="t">')
    assert '<th class="left" scope="col">왼</th>' in written
    assert '<td class="center">2</td>' in written
    assert '<td class="right">3</td>' in written
    assert "style" not in written


def test_strikethrough_and_emphasis():
    assert html("~~지움~~ *기울임* **굵게**") == (
        "<p><s>지움</s> <em>기울임</em> <strong>굵게</strong></p>\n"
    )


def test_task_boxes_are_disabled_and_named_by_their_text():
    written = html("- [x] 했다\n- [ ] **할** 일\n- 그냥\n")

    done = '<label><input type="checkbox" disabled="" checked=""> 했다</label>'
    open_ = '<label><input type="checkbox" disabled=""> <strong>할</strong> 일</label>'
    assert f'<ul class="tasks">\n<li class="task">{done}</li>' in written
    assert f'<li class="task">{open_}</li>' in written
    assert "<li>그냥</li>" in written


def test_a_loose_task_list_keeps_its_boxes():
    written = html("- [ ] 하나\n\n- [x] 둘\n\n  더\n")

    assert written.count("<label><input") == 2
    assert "<p>더</p>" in written


def test_a_box_before_something_else_than_text_stands_alone():
    written = html("- [ ] # 제목\n- [x] ```\n  a\n  ```\n")

    assert written.count("<input") == 2


def test_footnotes_are_collected_and_lead_back():
    written = html("하나[^a] 둘[^b] 또[^a]\n\n[^b]: 나\n[^a]: 가\n")

    assert (
        '<sup class="footnote-ref"><a href="#fn:1" id="fnref:1">1</a></sup>' in written
    )
    assert 'id="fnref:1:1"' in written
    assert written.index('<li id="fn:1"><p>가') < written.index('<li id="fn:2"><p>나')
    assert 'href="#fnref:1:1"' in written


def test_a_footnote_within_a_footnote_keeps_the_rest_whole():
    written = html("글[^1] [^2]\n\n> [^1]: 밖\n>     [^2]: 안\n>\n>     더\n\n끝\n")

    assert "밖" in written
    assert "안" in written
    assert "<p>끝</p>" in written


def test_the_first_of_two_texts_of_a_footnote_counts():
    written = html("글[^1]\n\n[^1]: 처음\n[^1]: 다음\n")

    assert "처음" in written
    assert "다음" not in written


def test_a_footnote_nobody_mentions_is_left_out():
    assert "숨은" not in html("글\n\n[^1]: 숨은 글\n")


def test_external_links_carry_rel_and_a_class():
    assert html('[글](https://example.com/ "제목")') == (
        '<p><a class="ext" href="https://example.com/" '
        'rel="nofollow noopener noreferrer" title="제목">글</a></p>\n'
    )


@pytest.mark.parametrize(
    "address", ["/tags/", "#절", "b", "../a.html", "mailto:a@b.kr", "tel:+82-2-1"]
)
def test_links_within_the_wiki_and_to_people_are_plain(address):
    written = html(f"[글]({address})")

    assert "ext" not in written
    assert "rel=" not in written
    assert "<a href=" in written


@pytest.mark.parametrize("address", ["//h.kr", "/\\h.kr", "HTTPS://h.kr", "http:h.kr"])
def test_every_way_to_another_host_is_external(address):
    assert 'rel="nofollow noopener noreferrer"' in html(f'<a href="{address}">글</a>')


@pytest.mark.parametrize("address", ["obsidian://open", "irc://a", "javascript:x"])
def test_a_link_of_another_scheme_is_only_text(address):
    written = html(f"<{address}>")

    assert "<a" not in written
    assert "open" in written or "irc" in written or "javascript" in written


@pytest.mark.parametrize(
    "body, address",
    [
        ("https://example.com/a?b=c&d", "https://example.com/a?b=c&amp;d"),
        ("(https://example.com/a_(b))", "https://example.com/a_(b)"),
        ("끝 https://example.com.", "https://example.com"),
        ("**https://example.com/a**", "https://example.com/a"),
        ("링크:https://example.com", "https://example.com"),
        ("www.example.com/글", "http://www.example.com/%EA%B8%80"),
        ("a.b+c@example.com", "mailto:a.b+c@example.com"),
        ("http://localhost:8000/x", "http://localhost:8000/x"),
        ("<https://example.com/x>", "https://example.com/x"),
    ],
)
def test_bare_addresses_become_links(body, address):
    assert f'href="{address}"' in html(body)


@pytest.mark.parametrize(
    "body",
    [
        "`https://example.com`",
        "xhttps://example.com",
        "https:// example.com",
        "http://",
        "https://user:secret@example.com",
        "www.",
        "a@b",
        "@name",
        "javascript://example.com",
    ],
)
def test_what_only_looks_like_an_address_stays_text(body):
    assert "<a" not in html(body)


def test_an_address_in_the_text_of_a_link_is_no_second_link():
    written = html("[https://a.example 와 www.b.example](https://c.example)")

    assert written.count("<a ") == 1
    assert 'href="https://c.example"' in written


def test_math_is_kept_as_text_for_a_script_to_draw():
    written = html("값은 $a<b$ 이고\n\n$$\n\\sum_i x_i\n$$\n\n```math\n\\alpha\n```\n")

    assert '<span class="math">a&lt;b</span>' in written
    assert '<div class="math">\\sum_i x_i</div>' in written
    assert '<div class="math">\\alpha</div>' in written


@pytest.mark.parametrize("body", ["$5 와 $6", "값은 5$ 또는 6$", "\\$a\\$", "$ a $"])
def test_prices_are_no_math(body):
    assert "math" not in html(body)


def test_emoji_and_every_script_pass_through():
    body = "😀 👨‍👩‍👧 한글 漢字 カナ ÀÉ ‮rtl‬ \u200b"

    assert body.strip() in html(body)


def test_the_text_keeps_its_code_points():
    decomposed = "\u1112\u1161\u11ab\u1100\u1173\u11af"

    assert decomposed in html(f"글 {decomposed} 글")


def test_half_characters_and_nul_are_replaced():
    written = html("앞\ud800뒤\x00끝")

    assert "앞\ufffd뒤\ufffd끝" in written


def test_the_same_body_gives_the_same_page():
    body = "# 글\n\n[[a]] #b\n\n<div>\n\n```py\nx = 1\n```\n"

    assert render(body) == render(body)


def test_stored_html_holds_no_words_of_the_interface():
    body = "> [!warning]\n> 글\n\n![그림](https://x.kr/a.png)\n\n"
    body += "- [ ] 일[^1]\n\n[^1]: 각주\n"

    for choice in ("show", "card"):
        written = html(body, remote_images=choice)
        assert "aria-" not in written
        assert not {"Warning", "주의", "copy", "복사"} & set(written.split())


def test_the_render_key_differs_by_setting():
    assert render_key("show") != render_key("card")


def test_an_unknown_choice_for_pictures_is_a_mistake_of_the_caller():
    with pytest.raises(ValueError, match="remote_images"):
        render("글", remote_images="hide")


def test_markdownify_renders_without_looking_links_up():
    assert 'class="missing"' in markdownify("[[없는 글]]")


def test_plain_text_is_what_people_read():
    body = "# 제목\n\n**굵은** [[글|이름]] #태그\n다음 줄\n\n"
    body += "```py\nx = 1\n```\n\n<b>글</b>\n"

    assert plain_text(body) == "제목\n굵은 이름 #태그 다음 줄\nx = 1\n글"


def test_what_the_lookup_raises_reaches_the_caller():
    def lookup(targets):
        raise ConnectionError

    with pytest.raises(ConnectionError):
        render("[[글]]", lookup)
