"""Destinations in the words of site generators."""

import pytest

from wiki.rendering import Destination, find_link_targets, render


def found(body):
    asked = []

    def lookup(targets):
        asked.extend(targets)
        return {t: Destination("entry", "/wiki/a/") for t in targets}

    rendered = render(body, lookup)
    assert set(asked) <= find_link_targets(body)
    return asked, rendered.html


@pytest.mark.parametrize(
    "address, target",
    [
        ('{{< ref "db/redis.md" >}}', "db/redis.md"),
        ('{{< relref "redis" >}}', "redis"),
        ("{{< ref redis.md >}}", "redis.md"),
        ('{{% ref "redis.md" %}}', "redis.md"),
        ('{{< ref path="redis.md" lang="ko" >}}', "redis.md"),
        ("{% post_url 2020-01-02-name %}", "2020-01-02-name"),
        ("{% post_url /sub/2020-01-02-name %}", "/sub/2020-01-02-name"),
        ("{% link _posts/x.md %}", "_posts/x.md"),
        ("{{ site.baseurl }}{% link _posts/x.md %}", "_posts/x.md"),
        ("{{site.baseurl}}{% post_url 2020-01-02-한글 %}", "2020-01-02-한글"),
        ("{{ site.url }}{{ site.baseurl }}/img/a.png", "/img/a.png"),
        ("{{site.baseurl}}/img/a%20b.png", "/img/a b.png"),
        ("{{ '/img/a.png' | relative_url }}", "/img/a.png"),
    ],
)
def test_a_shortcode_is_a_destination(address, target):
    for sign in ("", "!"):
        asked, html = found(f"앞 {sign}[**글**]({address}) 뒤")

        assert asked == [target]
        assert 'href="/wiki/a/"' in html
        assert html.endswith("</a> 뒤</p>\n")


def test_a_shortcode_has_a_heading_and_a_title():
    heading = '<a href="/wiki/a/#b-c">글</a>'

    assert heading in found('[글]({{< ref "a.md#b-c" >}})')[1]
    assert heading in found("[글]({% post_url a %}#b-c)")[1]
    assert 'title="제목">글</a>' in found('[글]({% post_url a %} "제목")')[1]


def test_a_shortcode_is_an_address_in_html_too():
    body = '<img src="{{ site.baseurl }}/img/a.png"> <a href="{% post_url b %}">글</a>'

    assert found(body)[0] == ["/img/a.png", "b"]


def test_a_note_that_nobody_has_is_red_and_other_paths_are_plain():
    note = render("[글]({% post_url 2020-01-02-name %})").html
    other = render("[글]({% link assets/a b.pdf %})").html

    assert 'class="missing" href="/new/?title=2020-01-02-name"' in note
    assert other == '<p><a href="assets/a%20b.pdf">글</a></p>\n'


@pytest.mark.parametrize(
    "body",
    [
        '{{< ref "x.md" >}}',
        "[글] {% post_url x %}",
        "[글]({{< figure x >}})",
        '[글]({{< ref "x.md" )',
        "[글]({% include x %})",
        "글]({% post_url x %})",
        "`[글]({% post_url x %})`",
    ],
)
def test_elsewhere_shortcodes_are_text(body):
    asked, html = found(body)

    assert asked == []
    assert "<a" not in html


def test_a_link_in_the_text_of_a_shortcode_link_wins():
    html = render("[앞 [글](https://x.kr) 뒤]({% post_url x %})").html

    assert html.count("<a ") == 1
    assert 'href="https://x.kr"' in html
