"""Korean beside Markdown's signs."""

import pytest

from wiki.rendering import render


@pytest.mark.parametrize(
    "body, written",
    [
        ('**"강조"**는', '<strong>"강조"</strong>는'),
        ("**중요(important)**은", "<strong>중요(important)</strong>은"),
        ("이것은**(중요)**하다", "이것은<strong>(중요)</strong>하다"),
        ("**`code`**를", "<strong><code>code</code></strong>를"),
        ("*「제목」*이다", "<em>「제목」</em>이다"),
        ("~~(지움)~~은", "<s>(지움)</s>은"),
        ("**강조**는", "<strong>강조</strong>는"),
        ("***'둘 다'***를", "<em><strong>'둘 다'</strong></em>를"),
        ("**漢字。**と", "<strong>漢字。</strong>と"),
        ("**[글](/a/)**을", '<strong><a href="/a/">글</a></strong>을'),
    ],
)
def test_emphasis_may_end_before_a_particle(body, written):
    assert render(body).html == f"<p>{written}</p>\n"


@pytest.mark.parametrize(
    "body",
    [
        "변수_이름_값",
        "2 * 3 * 4",
        "** 빈칸 **",
        "a_b_c",
        "파일*이름",
        '**"english"**text',
    ],
)
def test_what_is_no_emphasis_stays_as_written(body):
    assert render(body).html == f"<p>{body}</p>\n"


@pytest.mark.parametrize(
    "written, address, rest",
    [
        ("https://x.kr/path에서", "https://x.kr/path", "에서"),
        ("https://x.kr를", "https://x.kr", "를"),
        ("https://x.kr/에서", "https://x.kr/", "에서"),
        ("https://x.kr/a?b=1입니다", "https://x.kr/a?b=1", "입니다"),
        ("https://x.kr/a.그리고", "https://x.kr/a", ".그리고"),
        ("(https://x.kr/a)를", "https://x.kr/a", ")를"),
        ("https://x.kr/a」에서", "https://x.kr/a", "」에서"),
        ("www.x.kr/a으로", "http://www.x.kr/a", "으로"),
        ("a@x.kr로", "mailto:a@x.kr", "로"),
        ("https://x.kr/a, 그리고", "https://x.kr/a", ", 그리고"),
    ],
)
def test_a_particle_is_no_part_of_an_address(written, address, rest):
    html = render(written).html

    assert f'href="{address}"' in html
    assert html.endswith(f"</a>{rest}</p>\n")


@pytest.mark.parametrize(
    "address",
    [
        "https://ko.wikipedia.org/wiki/배포",
        "https://x.kr/search?q=도커",
        "https://x.kr/글-하나/둘",
        "https://한글.한국",
        "https://x.kr/a_프로그래밍",
    ],
)
def test_an_address_may_end_in_korean(address):
    assert render(address).html.endswith(f">{address}</a></p>\n")


def test_an_address_may_follow_a_korean_letter():
    assert 'href="https://x.kr"' in render("주소는https://x.kr 이다").html
