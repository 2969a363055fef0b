"""Links and pictures written as paths within a dump."""

import pytest

from tests.rendering.checks import problems_of
from wiki.rendering import Destination, FoundLink, find_link_targets, render

REDIS = Destination("entry", "/wiki/redis/")
PICTURE = Destination("file", "/files/0a1b.png")
PAPER = Destination("file", "/files/2c3d.pdf")
LAZY = 'loading="lazy" referrerpolicy="no-referrer"'


class Known:
    """A lookup that knows one destination for whatever it is asked."""

    def __init__(self, destination):
        self.destination = destination
        self.asked = ()

    def __call__(self, targets):
        self.asked = tuple(targets)
        return dict.fromkeys(targets, self.destination)


def html(body, destination=None, **options):
    lookup = Known(destination) if destination else lambda targets: {}
    return render(body, lookup, **options).html


@pytest.mark.parametrize(
    "address, target",
    [
        ("redis.md", "redis.md"),
        ("../db/redis.md", "../db/redis.md"),
        ("./redis", "./redis"),
        ("/db/redis.md", "/db/redis.md"),
        ("redis.md#heading", "redis.md"),
        ("redis.md?plain=1#heading", "redis.md"),
        ("<a b.md>", "a b.md"),
        ("a%20b.md", "a b.md"),
        ("%EB%B0%B0%ED%8F%AC.md", "배포.md"),
        ("%E1%84%87%E1%85%A2%E1%84%91%E1%85%A9.md", "배포.md"),
        ("\u1107\u1162\u1111\u1169.md", "배포.md"),
        ("%25EB.md", "%EB.md"),
        ("%FF.md", "%FF.md"),
        ("%B0%A1/%EA%B0%80.md", "%B0%A1/가.md"),
        ("50%.md", "50%.md"),
        ("db\\redis.md", "db/redis.md"),
        ("C:\\Users\\me\\a.png", "C:/Users/me/a.png"),
        ("a&amp;b.md", "a&b.md"),
        ("a(b).md", "a(b).md"),
        ("((6123abcd))", "((6123abcd))"),
        ('redis.md "제목"', "redis.md"),
        ("../", "../"),
        ("wiki/a.md", "wiki/a.md"),
    ],
)
def test_a_path_is_asked_for_decoded_once(address, target):
    for body in (f"[글]({address})", f"![글]({address})", f"[글]\n\n[글]: {address}"):
        lookup = Known(REDIS)
        render(body, lookup)

        assert lookup.asked == (target,)
        assert target in find_link_targets(body)


@pytest.mark.parametrize(
    "address",
    [
        "#heading",
        "?query",
        "",
        "/",
        "https://x.kr/a.md",
        "//x.kr/a.md",
        "mailto:a@b.kr",
        "irc:a.md",
        "javascript:a.md",
        *["/wiki/a/", "/tags/a/", "/files/a.png", "/entries/", "/search/?q=a"],
        *["/recent", "/imports/1/", "/new/?title=a.md", "/static/a", "/media/a"],
        "a%00b.md",
        "https%3A%2F%2Fx.kr%2Fa.md",
        "a" * 601 + ".md",
    ],
)
def test_other_addresses_are_not_asked_for(address):
    body = f'[글](<{address}>) ![글](<{address}>) <a href="{address}">글</a>'
    lookup = Known(REDIS)

    rendered = render(body, lookup)

    assert lookup.asked == ()
    assert rendered.links == ()
    assert find_link_targets(body) == set()
    assert "/wiki/redis/" not in rendered.html


@pytest.mark.parametrize(
    "body, written",
    [
        ("[글](db/redis.md)", '<a href="/wiki/redis/">글</a>'),
        ('[**글**](redis.md "제목")', '<a href="/wiki/redis/" title="제목"><strong>글'),
        (
            "[글](redis.md#배포-절차)",
            "/wiki/redis/#%EB%B0%B0%ED%8F%AC-%EC%A0%88%EC%B0%A8",
        ),
        ("[글](redis.md#Data%20Flow)", 'href="/wiki/redis/#data-flow"'),
        ("[글](redis.md#^1a2b)", 'href="/wiki/redis/"'),
        ("[[redis#배포 절]]", "/wiki/redis/#%EB%B0%B0%ED%8F%AC-%EC%A0%88"),
        (
            '<a href="redis.md#a" title=b>글</a>',
            '<a href="/wiki/redis/#a" title="b">글<',
        ),
        ("![글](redis.md)", '<a href="/wiki/redis/">글</a>'),
        ("[글][가]\n\n[가]: redis.md", '<a href="/wiki/redis/">글</a>'),
    ],
)
def test_a_path_leads_to_the_entry_and_its_heading(body, written):
    assert written in html(body, REDIS)


def test_an_ambiguous_path_leads_to_the_list_without_a_heading():
    ambiguous = Destination("ambiguous", "/wiki/a/")

    assert '<a href="/wiki/a/">글</a>' in html("[글](a.md#b)", ambiguous)


@pytest.mark.parametrize(
    "body, written",
    [
        (
            "[글](paper.pdf#page=3)",
            '<a class="file" href="/files/2c3d.pdf#page=3">글</a>',
        ),
        ("[[paper.pdf]]", '<a class="file" href="/files/2c3d.pdf">paper.pdf</a>'),
        ("[[paper.pdf|논문]]", '<a class="file" href="/files/2c3d.pdf">논문</a>'),
        ("![[paper.pdf]]", '<a class="file" href="/files/2c3d.pdf">paper.pdf</a>'),
        ("![논문](paper.pdf)", '<a class="file" href="/files/2c3d.pdf">논문</a>'),
        ("![](img/a%20b.pdf)", '<a class="file" href="/files/2c3d.pdf">a b.pdf</a>'),
        ('<a href="paper.pdf">글</a>', '<a class="file" href="/files/2c3d.pdf">글</a>'),
        ('<img src="paper.pdf">', '<a class="file" href="/files/2c3d.pdf">paper.pdf<'),
        ('<video src="a.mp4">', '<a class="file" href="/files/2c3d.pdf">a.mp4</a>'),
    ],
)
def test_a_link_to_a_file_leads_to_where_it_is_served(body, written):
    assert written in html(body, PAPER)


@pytest.mark.parametrize(
    "body, written",
    [
        ("![글](img/a.png)", f'<img src="/files/0a1b.png" alt="글" {LAZY}>'),
        (
            '![글](a.png "제목")',
            f'<img src="/files/0a1b.png" alt="글" title="제목" {LAZY}>',
        ),
        (
            "![글|200](a.png)",
            f'<img src="/files/0a1b.png" alt="글" width="200" {LAZY}>',
        ),
        ("![[a.png]]", f'<img src="/files/0a1b.png" alt="a.png" {LAZY}>'),
        (
            "![[a.png|200]]",
            f'<img src="/files/0a1b.png" alt="a.png" width="200" {LAZY}>',
        ),
        (
            "![[a.png|50%]]",
            f'<img src="/files/0a1b.png" alt="a.png" width="50%" {LAZY}>',
        ),
        (
            "![[a.png|글|200x100]]",
            '<img src="/files/0a1b.png" alt="글" width="200" height="100" ' + LAZY,
        ),
        (
            "| a |\n|---|\n| ![[a.png\\|글\\|200]] |",
            '<td><img src="/files/0a1b.png" alt="글" width="200" ' + LAZY + "></td>",
        ),
        (
            '<img src="img/a.png" alt="글" width="300px" height=50%>',
            '<img src="/files/0a1b.png" alt="글" width="300" height="50%" ' + LAZY,
        ),
        (
            "[![글](a.png)](https://x.kr)",
            f'"><img src="/files/0a1b.png" alt="글" {LAZY}></a>',
        ),
        ("[[a.png]]", '<a class="file" href="/files/0a1b.png">a.png</a>'),
    ],
)
def test_a_picture_is_shown_from_where_it_is_served(body, written):
    for choice in ("show", "card"):
        page = html(body, PICTURE, remote_images=choice)

        assert written in page
        assert problems_of(page) == []


@pytest.mark.parametrize(
    "body, written",
    [
        ("![그림](img/a.png)", '<span class="lost">그림</span>'),
        ("![](img/a%20b.png)", '<span class="lost">a b.png</span>'),
        ('<img src="img/a.png" alt="그림">', '<span class="lost">그림</span>'),
        ('<p>\n<img src="img/a.png">\n</p>', '<span class="lost">a.png</span>'),
        ("![[그림.png]]", '<span class="lost">그림.png</span>'),
        ("![[그림.png|300]]", '<span class="lost">그림.png</span>'),
        ("![[a.pdf|문서]]", '<span class="lost">문서</span>'),
        ("![](C:\\Users\\me\\a.png)", '<span class="lost">a.png</span>'),
        ("![](../)", '<span class="lost">..</span>'),
        ("![가 < 나](a.png)", '<span class="lost">가 &lt; 나</span>'),
    ],
)
def test_a_missing_picture_or_embedded_file_is_named(body, written):
    rendered = render(body)

    assert written in rendered.html
    assert "<img" not in rendered.html
    assert [link.kind for link in rendered.links] == ["file"]


@pytest.mark.parametrize("suffix", [".md", ".MD", ".markdown", ".mdown", ".mkd"])
def test_a_path_to_a_note_that_nobody_has_is_red(suffix):
    red = '<a class="missing" href="/new/?title=%EB%A9%94%EB%AA%A8" rel="nofollow">글'

    assert red in html(f"[글](../가/메모{suffix}#절)")
    assert red in html(f'<a href="../가/메모{suffix}">글</a>')


@pytest.mark.parametrize(
    "address", ["/uri", "a.html", "a.txt", "img/a.png", "dir/", "a%20b", "가"]
)
def test_another_path_that_leads_nowhere_is_printed_as_written(address):
    written = html(f'[글]({address}) <a href="{address}">글</a>')

    encoded = address.replace("가", "%EA%B0%80")
    assert written == (
        f'<p><a href="{encoded}">글</a> <a href="{address}">글</a></p>\n'
    )


def test_a_path_in_a_link_prints_no_second_link():
    written = html('[![글](paper.pdf)](https://x.kr) <a href="b.md">![[c.pdf]]', PAPER)

    assert written.count("<a ") == 2
    assert problems_of(written) == []


def test_found_paths_tell_target_key_heading_label_line_and_sentence():
    body = (
        "첫 줄\n둘째 [**레디스** 문서](../db/Redis.md#배포-절차) 줄\n\n"
        "- ![그림|200](img/a.png) 뒤\n  <a href='b.pdf'>논문</a> <img src=c.png>\n\n"
        '<p>\n앞 <a href="d.md">라 <b>마</b></a> 뒤\n</p>\n'
    )
    known = {"b.pdf": PAPER}

    links = render(body, lambda targets: known).links

    assert links == (
        FoundLink(
            target="../db/Redis.md",
            key="redis",
            heading="배포-절차",
            label="레디스 문서",
            line=2,
            excerpt="첫 줄 둘째 레디스 문서 줄",
            kind="path",
        ),
        FoundLink("img/a.png", "a.png", "", "그림", 4, "그림|200 뒤 논문", "file"),
        FoundLink("b.pdf", "b.pdf", "", "논문", 5, "그림|200 뒤 논문", "file"),
        FoundLink("c.png", "c.png", "", "c.png", 5, "그림|200 뒤 논문", "file"),
        FoundLink("d.md", "d", "", "라 마", 8, "앞 라 마 뒤", "path"),
    )


def test_links_of_all_kinds_keep_their_order():
    body = "[a](a.md) [[b]] ![c](c.png) [d][] ![[e.png]] <a href=f>f</a>\n\n[d]: d"

    links = render(body).links

    assert [link.target for link in links] == ["a.md", "b", "c.png", "d", "e.png", "f"]
    kinds = ["path", "wiki", "file", "path", "file", "path"]
    assert [link.kind for link in links] == kinds


def test_what_html_hides_is_no_link():
    body = '<div>\n<!-- <a href="a.md">x</a>\n-->\n<a href="b.md">y</a>\n</div>\n'

    links = render(body).links

    assert [(link.target, link.line) for link in links] == [("b.md", 4)]


def test_nothing_found_holds_what_a_database_refuses():
    body = (
        "[글](a.md#%00b%1f) [글](%00c.md)\n\n<div>\n"
        '<a href="d.md#&#1;">y<!-- c --></a> <img src="e" alt="f<!-- -->&#0;">\n</div>'
    )

    links = render(body).links

    assert [link.target for link in links] == ["a.md", "d.md", "e"]
    assert links[0].heading == "b"
    for link in links:
        assert not set("\x00\x01\x1f") & set(link.heading + link.label + link.excerpt)


def test_destinations_are_escaped_wherever_they_are_printed():
    for kind in ("entry", "file", "ambiguous"):
        hostile = Destination(kind, '/x/"><script>alert(1)</script>.png')
        body = "[글](a.md) ![글](b.png) ![[c.png]] <img src=d.png> <a href=e>글</a>"

        page = html(body, hostile)

        assert problems_of(page) == []
        assert "<script" not in page
