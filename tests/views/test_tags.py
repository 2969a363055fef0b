import re
import unicodedata
from urllib.parse import quote

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import make
from wiki.models import Tag, TagAlias
from wiki.slugs import tag_key
from wiki.views import tags as tag_pages

pytestmark = pytest.mark.django_db


def html_of(client, address, status=200):
    answer = client.get(address)
    assert answer.status_code == status
    return answer.content.decode()


def alias(name, of):
    return TagAlias.objects.create(
        tag=Tag.objects.get(name=of), name=name, key=tag_key(name)
    )


def titles(html):
    return re.findall(r'class="ttl" href="[^"]+">([^<]+)<', html)


def nameless(html):
    """The page without the addresses that name its own."""
    return re.sub(r"(%25|%)[0-9A-F]{2}", "", html)


# ── The index ─────────────────────────────────────────────────────────────────
def test_index_groups_by_consonant_and_letter(visitor):
    make.entry("글", tags=["까치", "나비", "Docker", "grpc", "Redis", "2fa", "가용성"])

    html = html_of(visitor, "/tags/")
    groups = re.findall(r'<h2 id="w-g\d+">([^<]+)</h2><ul>(.*?)</ul>', html, re.DOTALL)

    assert [name for name, _ in groups] == ["ㄱ", "ㄴ", "A–F", "G–M", "N–Z", "#"]
    names = re.findall(r'<a href="[^"]+">([^<]+)</a>', groups[0][1])
    assert names == ["가용성", "까치"]
    assert 'href="#w-g0">ㄱ<' in html
    assert '<span aria-hidden="true">ㄷ</span>' in html


def test_busiest_tags_come_first_with_their_latest_entries(visitor):
    for number in range(5):
        make.entry(f"배포 글 {number}", tags=["배포"])
    make.entry("하나", tags=["드묾"])

    html = html_of(visitor, "/tags/")
    top = html[html.index('class="top-tags"') : html.index('id="w-h-all"')]

    assert re.findall(r"<h3><a [^>]+>([^<]+)</a>", top) == ["배포", "드묾"]
    assert re.findall(r"배포 글 \d", top) == ["배포 글 4", "배포 글 3", "배포 글 2"]


def test_counts_are_of_visible_entries_only(visitor, as_writer):
    make.entry("가", tags=["배포"])
    make.entry("나", tags=["배포", "비밀"], visibility="members")
    make.deleted(make.entry("다", tags=["배포", "지운것"]))

    html = html_of(visitor, "/tags/")

    assert "1 tag<" in html
    assert "비밀" not in html
    assert "지운것" not in html
    assert ">나<" not in html
    assert "2 tags<" in html_of(as_writer, "/tags/")


def test_vocabulary_without_entries_is_not_listed(visitor):
    Tag.objects.create(name="쿠버네티스", key="쿠버네티스", slug="x", sort_key=b"x")

    assert "쿠버네티스" not in html_of(visitor, "/tags/")


def test_untagged_entries_are_counted(visitor):
    make.entry("가", tags=["배포"])
    make.entry("나")
    make.entry("다", visibility="members")

    html = html_of(visitor, "/tags/")

    assert "1 note without a tag" in html
    assert "/entries/?untagged=1" in html


def test_filter_finds_names_and_other_names(visitor):
    make.entry("가", tags=["Kubernetes", "배포"])
    alias("K8s", of="Kubernetes")

    for wanted in ("kube", "KUBE", "k8", "  k8s "):
        html = html_of(visitor, f"/tags/?t={quote(wanted)}")
        assert ">Kubernetes<" in html
        assert ">배포<" not in html
    decomposed = quote(unicodedata.normalize("NFD", "배포"))
    assert ">배포<" in html_of(visitor, f"/tags/?t={decomposed}")
    assert "No tag has" in html_of(visitor, "/tags/?t=zzz")
    assert html_of(visitor, "/tags/?t=%00%22%3Cb%3E")


def test_many_tags_are_paged_and_letters_lead_to_their_page(visitor, monkeypatch):
    monkeypatch.setattr(tag_pages, "TAGS_PER_PAGE", 3)
    make.entry("글", tags=["가", "나", "다", "라", "마"])

    html = html_of(visitor, "/tags/")

    assert 'href="#w-g0">ㄱ<' in html
    assert 'href="?page=2#w-g4">ㅁ<' in html
    assert 'id="w-g4"' in html_of(visitor, "/tags/?page=2")


def test_no_tags_yet(visitor):
    assert "No note has a tag yet" in html_of(visitor, "/tags/")


# ── One tag ───────────────────────────────────────────────────────────────────
def test_tag_lists_its_entries_by_change_or_title(visitor):
    make.entry("가", tags=["CI CD"])
    make.entry("나", tags=["ci_cd"])
    make.entry("다", tags=["배포"])

    html = html_of(visitor, "/tags/ci-cd/")

    assert "<h1>#CI CD</h1>" in html
    assert titles(html) == ["나", "가"]
    assert titles(html_of(visitor, "/tags/ci-cd/?sort=title")) == ["가", "나"]


@pytest.mark.parametrize(
    "written", ["CI-CD", "ci_cd", "CI CD", "#ci-cd", " ci-cd", "ci-cd/"]
)
def test_other_spellings_redirect(visitor, written):
    make.entry("가", tags=["ci-cd"])

    answer = visitor.get(f"/tags/{quote(written)}/?sort=title")

    assert answer.status_code == 302
    assert answer["Location"] == "/tags/ci-cd/?sort=title"
    assert "no-cache" in answer["Cache-Control"]


def test_decomposed_address_redirects(visitor):
    make.entry("가", tags=["배포"])

    answer = visitor.get(f"/tags/{quote(unicodedata.normalize('NFD', '배포'))}/")

    assert answer.status_code == 302
    assert answer["Location"] == f"/tags/{quote('배포')}/"


def test_other_name_redirects_to_the_tag(visitor):
    make.entry("가", tags=["kubernetes"])
    alias("k8s", of="kubernetes")

    answer = visitor.get("/tags/K8S/")

    assert answer.status_code == 302
    assert answer["Location"] == "/tags/kubernetes/"
    assert "also called k8s" in html_of(visitor, "/tags/kubernetes/")


def test_unknown_tag_is_404_and_says_so(visitor):
    html = html_of(visitor, f"/tags/{quote('<b>없음')}/", 404)

    assert "No note has the tag “&lt;b&gt;없음”" in html
    assert "/search/?q=" in html


@pytest.mark.parametrize(
    "address", ["/tags/%00/", "/tags/%23/", "/tags/%20/", "/tags/…/"]
)
def test_address_that_is_no_tag_is_404(visitor, address):
    html_of(visitor, address, 404)


def test_tag_of_hidden_entries_looks_unknown(visitor, as_writer):
    make.entry("비밀", tags=["극비"], visibility="members")
    make.deleted(make.entry("지움", tags=["지운것"]))
    alias("절대비밀", of="극비")

    unknown = html_of(visitor, f"/tags/{quote('없음')}/", 404)
    for name in ("극비", "지운것", "절대비밀"):
        html = html_of(visitor, f"/tags/{quote(name)}/", 404)
        assert nameless(html).replace(name, "없음") == nameless(unknown)
    assert titles(html_of(as_writer, f"/tags/{quote('극비')}/")) == ["비밀"]


def test_levels_are_listed_and_lead_up(visitor):
    make.entry("가", tags=["언어/Python"])
    make.entry("나", tags=["언어"])

    html = html_of(visitor, f"/tags/{quote('언어')}/")
    assert "언어/Python" in html
    assert titles(html) == ["나"]
    html = html_of(visitor, f"/tags/{quote('언어')}/python/")
    assert f'<a href="/tags/{quote("언어")}/">언어</a>' in html
    assert titles(html) == ["가"]


def test_level_that_is_no_tag_lists_what_is_under_it(visitor):
    make.entry("가", tags=["a/b/c"])

    assert "a/b/c" in html_of(visitor, "/tags/a/")
    assert "a/b/c" in html_of(visitor, "/tags/a/b/")
    html_of(visitor, "/tags/a/b/x/", 404)


def test_related_tags_and_combining(visitor):
    make.entry("가", tags=["grpc", "통신"])
    make.entry("나", tags=["grpc"])
    make.entry("다", tags=["통신"])

    html = html_of(visitor, "/tags/grpc/")
    assert "1 in common with 통신" in html
    combined = html_of(visitor, f"/tags/grpc/?with={quote('통신')}")
    assert titles(combined) == ["가"]
    assert "Without the tag 통신" in combined


def test_combining_with_what_is_hidden_is_as_with_nothing(visitor):
    make.entry("가", tags=["grpc"])
    make.entry("나", tags=["grpc", "극비"], visibility="members")

    html = html_of(visitor, f"/tags/grpc/?with={quote('극비')}")

    assert titles(html) == ["가"]
    assert "chip-x" not in html
    assert titles(html_of(visitor, "/tags/grpc/?with=%00&with=x&with=%23")) == ["가"]


@pytest.mark.parametrize("amount", [1, 40])
@pytest.mark.parametrize(("person", "extra"), [("visitor", 0), ("as_writer", 2)])
def test_number_of_queries(request, amount, person, extra):
    client = request.getfixturevalue(person)
    for number in range(min(amount, 10)):
        make.entries(amount // 10 + 1, tags=["grpc", f"태그 {number}"])

    with CaptureQueriesContext(connection) as index:
        client.get("/tags/")
    with CaptureQueriesContext(connection) as one:
        client.get("/tags/grpc/")

    assert len(index) == 5 + extra
    assert len(one) == 9 + extra
