"""Pictures."""

import pytest

from wiki.rendering import render

LAZY = 'loading="lazy" referrerpolicy="no-referrer"'


def html(body, remote_images="show"):
    return render(body, remote_images=remote_images).html


def test_a_picture_is_lazy_and_sends_no_referrer():
    assert html('![그림 *하나*](/media/a.png "제목")') == (
        f'<p><img src="/media/a.png" alt="그림 하나" title="제목" {LAZY}></p>\n'
    )


def test_a_picture_written_as_html_is_the_same():
    body = '글 <img src="/media/a" alt="그림" width="300px" height=50% style="x">'

    assert html(body) == (
        f'<p>글 <img src="/media/a" alt="그림" width="300" height="50%" {LAZY}></p>\n'
    )


def test_remote_pictures_are_shown_by_default():
    assert '<img src="https://x.kr/a.png"' in html("![](https://x.kr/a.png)")


@pytest.mark.parametrize(
    "body",
    [
        "![그림](https://pics.example/dir/a.png)",
        '<img src="https://pics.example/dir/a.png" alt="그림">',
        '<img alt="그림" src="//pics.example/dir/a.png">',
        '<img alt="그림" src="/\\pics.example/dir/a.png">',
        '<p align=center>\n<img alt="그림" src="https://pics.example/dir/a.png">\n</p>',
    ],
)
def test_a_card_stands_for_a_remote_picture(body):
    written = html(body, "card")

    assert "<img" not in written
    assert '<span class="remote"><a class="ext" href="' in written
    assert ">그림</a>" in written
    assert '<span class="host">pics.example</span></span>' in written


def test_a_card_without_a_text_names_the_file():
    assert ">a b.png</a>" in html("![](https://pics.example/dir/a%20b.png?x=1)", "card")


def test_a_card_within_a_link_is_no_second_link():
    written = html("[![그림](https://pics.example/a.png)](https://x.kr/)", "card")

    assert written.count("<a ") == 1
    assert 'href="https://x.kr/"' in written
    assert "그림" in written


def test_pictures_of_the_wiki_itself_are_shown_in_any_case():
    for source in ("/media/a.png", "/static/%EA%B7%B8%EB%A6%BC.png"):
        assert f'<img src="{source}"' in html(f"![]({source})", "card")


@pytest.mark.parametrize(
    "source", ["javascript:alert(1)", "data:image/svg+xml,x", "file:///a.png", ""]
)
def test_a_picture_of_another_scheme_is_only_its_text(source):
    written = html(f'<img src="{source}" alt="그림">')

    assert written == "그림"
