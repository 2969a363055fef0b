"""HTML within Markdown: what of it is kept."""

import pytest

from wiki.rendering import render
from wiki.rendering.limits import MAX_RAW_DEPTH


def html(body):
    return render(body).html


@pytest.mark.parametrize(
    "kept",
    [
        "<kbd>Ctrl</kbd>",
        "H<sub>2</sub>O<sup>2</sup>",
        "<mark>글</mark>",
        "<del>글</del><ins>글</ins>",
        '<abbr title="Remote Procedure Call">RPC</abbr>',
        "<ruby>漢<rp>(</rp><rt>한</rt><rp>)</rp></ruby>",
        "<u>글</u><small>글</small><q>글</q><var>x</var><samp>x</samp>",
        '<span lang="en" dir="ltr">text</span>',
        '<time datetime="2024-02-29">어제</time>',
        "글<br>글",
        "긴<wbr>말",
        "<b>글</b><i>글</i><em>글</em><strong>글</strong><s>글</s><code>글</code>",
    ],
)
def test_harmless_tags_in_a_sentence_stay(kept):
    assert html(kept) == f"<p>{kept}</p>\n"


def test_details_hold_markdown():
    written = html(
        "<details open>\n<summary>더 보기</summary>\n\n**굵게**\n\n</details>\n"
    )

    assert '<details open="">\n<summary>더 보기</summary>' in written
    assert "<p><strong>굵게</strong></p>\n</details>" in written


def test_tables_and_figures_get_our_frames():
    table = html("<table><tr><th colspan=2>가</th></tr><tr><td>나<td>다</table>")
    figure = html('<figure><img src="/media/a"><figcaption>글</figcaption></figure>')

    assert '<div class="scroll-x" tabindex="0"><table class="t">' in table
    assert '<th colspan="2">가</th>' in table
    assert "<td>나</td><td>다</td>" in table
    assert figure.startswith('<figure class="pic"><img src="/media/a"')
    assert "<figcaption>글</figcaption></figure>" in figure


def test_pre_gets_the_frame_of_code():
    written = html("<pre>\n\n  글 <b>굵게</b>\n</pre>\n")

    assert (
        '<div class="code"><pre tabindex="0">  글 <b>굵게</b>\n</pre></div>' in written
    )


def test_headings_in_html_go_one_level_down_too():
    assert html("<h1>글</h1>\n\n<H2 align=center>글</H2>") == (
        '<h2>글</h2>\n<h3 align="center">글</h3>'
    )


def test_old_tags_become_new_ones():
    written = html("<center>가운데</center>\n\n<strike>글</strike> <tt>글</tt>")

    assert '<div align="center">가운데</div>' in written
    assert "<s>글</s> <code>글</code>" in written


@pytest.mark.parametrize(
    "body, text",
    [
        ("Map<String> 은 List<T> 다", "Map&lt;String&gt; 은 List&lt;T&gt; 다"),
        ("<your-name> 을 쓴다", "&lt;your-name&gt; 을 쓴다"),
        ("글 <script> 와 </script>", "글 &lt;script&gt; 와 &lt;/script&gt;"),
        ("<button> 과 <form>", "&lt;button&gt; 과 &lt;form&gt;"),
        ("글 <header> 는 머리", "글 &lt;header&gt; 는 머리"),
        ("a <textarea> 뒤", "a &lt;textarea&gt; 뒤"),
    ],
)
def test_tags_that_are_not_allowed_are_shown_in_a_sentence(body, text):
    assert html(body) == f"<p>{text}</p>\n"


def test_frames_of_a_page_vanish_and_leave_their_text():
    written = html(
        "<section>\n<header>머리</header>\n<font color=red>글</font>\n</section>"
    )

    assert written.split() == ["머리", "글"]


@pytest.mark.parametrize(
    "body",
    [
        "<style scoped>\n.dataframe td { x: y }\n</style>\n\n글",
        "<script>\nalert(1)\n</script>\n\n글",
        '<script src="https://x.kr/a.js"></script>\n\n글',
        '<div><svg viewBox="0 0 1 1"><path d="M0 0"/></svg></div>\n\n글',
        "<!-- 설명 -->\n\n글",
        "<?php echo 1 ?>\n\n글",
    ],
)
def test_what_is_no_text_leaves_nothing(body):
    written = html(body).replace("<div></div>", "")

    assert written.strip() == "<p>글</p>"


def test_what_plays_in_a_frame_is_linked():
    written = html('<iframe width=560 src="https://tube.example/embed/x1"></iframe>')

    assert '<a class="ext" href="https://tube.example/embed/x1"' in written
    assert ">tube.example x1</a>" in written


def test_attributes_of_the_pages_own_kind_are_dropped():
    written = html(
        '<div id="a" class="code" data-lang="x" role="alert" tabindex="0" style="x" '
        'aria-label="x" onclick="x" align="center">글</div>'
    )

    assert written == '<div align="center">글</div>'


def test_a_link_written_as_html_is_like_any_other():
    written = html('<a name=x href="https://x.kr" target=_blank title="글">글</a>')

    assert written == (
        '<p><a class="ext" href="https://x.kr" rel="nofollow noopener noreferrer" '
        'title="글">글</a></p>\n'
    )


def test_what_is_opened_in_an_item_ends_with_it():
    written = html("- <div><b>하나\n- 둘\n\n끝\n")

    assert "<li>둘</li>" in written
    assert written.endswith("<p>끝</p>\n")


def test_formatting_left_open_ends_with_its_paragraph():
    written = html("<b>하나 <i>둘\n\n셋\n")

    assert written == "<p><b>하나 <i>둘</i></b></p>\n<p>셋</p>\n"


def test_a_stray_end_closes_nothing():
    written = html("> 글 </blockquote> </div>\n> 뒤\n\n끝</p></article>\n")

    assert written.startswith("<blockquote>\n<p>글  <br>\n뒤</p>\n</blockquote>")


def test_items_rows_and_paragraphs_may_end_unsaid():
    items = html("<ul>" + "".join(f"<li>{n}" for n in range(300)) + "</ul>")
    paragraphs = html("<div>" + "".join(f"<p>{n}" for n in range(300)) + "</div>")

    assert items.count("<li>") == items.count("</li>") == 300
    assert "<li><li>" not in items
    assert paragraphs.count("<p>") == 300


def test_tags_nest_only_so_deep():
    written = html("<div>" * 1000 + "글" + "</div>" * 1000 + "\n\n끝")

    assert written.count("<div>") == MAX_RAW_DEPTH
    assert "글" in written
    assert "<p>끝</p>" in written


def test_entities_are_read_once():
    assert html("<p>&lt;b&gt; &amp;amp; &copy;</p>") == "<p>&lt;b&gt; &amp;amp; ©</p>"


def test_text_between_tags_keeps_its_signs():
    assert html("<div>\na < b > c & d\n</div>") == (
        "<div>\na &lt; b &gt; c &amp; d\n</div>"
    )
