"""Tags in running text."""

import pytest

from wiki.rendering import render


@pytest.mark.parametrize(
    "body, tag",
    [
        ("#배포", "배포"),
        ("글 #배포", "배포"),
        ("글\n#배포 글", "배포"),
        ("(#ci/cd)", "ci/cd"),
        ("#a_b-c", "a_b-c"),
        ("#배포, 글", "배포"),
        ("#배포.", "배포"),
        ("#v2", "v2"),
        ("#dead", "dead"),
        ("- #목록", "목록"),
        ("# #제목", "제목"),
        ("> #인용", "인용"),
        ("**굵게** #뒤", "뒤"),
        ("#tag-", "tag"),
        ("　#전각", "전각"),
        ("#é", "é"),
    ],
)
def test_a_tag_is_found_and_linked(body, tag):
    rendered = render(body)

    assert rendered.tags == (tag,)
    assert '<a class="hashtag" href="/tags/' in rendered.html
    assert f">#{tag}</a>" in rendered.html


@pytest.mark.parametrize(
    "body",
    [
        "#1",
        "#2024회고",
        "#123",
        "#_a",
        "#fff",
        "#FFF",
        "#abcdef",
        "#12ab34",
        "#deadbeef",
        "##제목",
        "a#b",
        "C#",
        "https://x.kr/#배포",
        "[글](#배포)",
        "[#배포](/a/)",
        "`#배포`",
        "```\n#배포\n```",
        "<div>\n#배포\n</div>",
        "[[글#배포]]",
        "\\#배포",
        "#",
        "# ",
        "/#배포",
        "#" + "가" * 51,
        "![#배포](a.png)",
    ],
)
def test_what_is_no_tag_stays_text(body):
    rendered = render(body)

    assert rendered.tags == ()
    assert "hashtag" not in rendered.html


def test_a_tag_leads_to_the_address_of_its_key():
    assert 'href="/tags/ci-cd/"' in render("#CI_CD").html
    assert (
        'href="/tags/%EA%B0%9C%EB%B0%9C/%EC%84%9C%EB%B2%84/"'
        in render("#개발/서버").html
    )


def test_tags_are_given_once_as_first_written():
    assert render("#Docker #도커 #docker #DOCKER").tags == ("Docker", "도커")


def test_raw_links_hold_no_tag():
    assert render('<a href="/x/">a #배포 b</a>').tags == ()
