"""Callouts."""

import pytest

from wiki.rendering import render
from wiki.rendering.callouts import KINDS


def html(body):
    return render(body).html


def test_a_callout_without_a_title_has_no_words_of_ours():
    assert html("> [!NOTE]\n> 글\n") == (
        '<aside class="callout" data-callout="note">\n<p>글</p>\n</aside>\n'
    )


def test_a_warning_has_a_class_and_a_title_its_markup():
    assert html("> [!warning] **조심** [[글]]\n> 아래\n> 둘\n") == (
        '<aside class="callout warn" data-callout="warning">\n'
        '<strong><strong>조심</strong> <a class="missing" '
        'href="/new/?title=%EA%B8%80" rel="nofollow">글</a></strong>\n'
        "<p>아래<br>\n둘</p>\n</aside>\n"
    )


@pytest.mark.parametrize(
    "sign, opened",
    [("-", '<details class="callout" '), ("+", '<details class="callout" ')],
)
def test_a_callout_that_folds_is_named_by_title_or_word(sign, opened):
    titled = html(f"> [!tip]{sign} 제목\n> 글\n")
    untitled = html(f"> [!Tip]{sign}\n> 글\n")

    assert titled.startswith(opened)
    assert "<summary>제목</summary>" in titled
    assert "<summary>Tip</summary>" in untitled
    assert ("open" in titled.split(">")[0]) == (sign == "+")


@pytest.mark.parametrize("name", KINDS)
def test_every_name_of_github_and_obsidian_is_known(name):
    for written in (name, name.upper(), name.capitalize()):
        assert f'data-callout="{KINDS[name]}"' in html(f"> [!{written}]\n> 글\n")


@pytest.mark.parametrize(
    "body",
    [
        "> [!unknown]\n> 글",
        "> 글\n> [!note]",
        "> [!note](/a/)",
        "> [!note]글",
        "> ![!note]",
        "[!note]\n글",
        "> `[!note]`",
    ],
)
def test_what_is_no_callout_stays_a_quote_or_text(body):
    assert "callout" not in html(body)


def test_callouts_hold_blocks_and_each_other():
    body = "> [!note] 밖\n> - 하나\n>\n> > [!warning]\n> > 안\n>\n"
    body += "> ```\n> code\n> ```\n\n끝\n"

    written = html(body)

    outer = written.index('data-callout="note"')
    inner = written.index('data-callout="warning"')
    assert outer < written.index("<li>하나</li>") < inner < written.index("code\n")
    assert written.endswith("</aside>\n<p>끝</p>\n")


def test_a_callout_may_be_only_a_title_or_only_a_sign():
    assert "<strong>제목만</strong>" in html("> [!note] 제목만\n")
    assert html("> [!note]\n").count("<aside") == 1


def test_a_quote_around_a_callout_stays_a_quote():
    written = html("> 글\n>\n> > [!tip]\n> > 안\n>\n> 뒤\n")

    assert written.startswith("<blockquote>")
    assert written.endswith("</aside>\n<p>뒤</p>\n</blockquote>\n")


def test_callouts_are_found_in_lists():
    assert "<aside" in html("- 하나\n\n  > [!note]\n  > 글\n")
