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


def test_tags_can_be_left_out(visitor):
    make.entry("가", tags=["grpc", "통신"])
    make.entry("나", tags=["grpc", "보안"])
    make.entry("다", tags=["grpc"])

    html = html_of(visitor, f"/tags/grpc/?without={quote('통신')}&without=x")
    assert titles(html) == ["다", "나"]
    assert "Again with the notes that have 통신" in html
    assert "Leave out notes that have 보안" in html
    none = html_of(visitor, f"/tags/grpc/?with={quote('보안')}&without={quote('보안')}")
    assert "none of those left out" in none


def test_leaving_out_what_is_hidden_is_as_leaving_out_nothing(visitor):
    make.entry("가", tags=["grpc"])
    make.entry("나", tags=["grpc", "극비"], visibility="members")

    html = html_of(visitor, f"/tags/grpc/?without={quote('극비')}")

    assert "극비" not in nameless(html).replace(quote("극비"), "")
    assert titles(html) == ["가"]


# ── What a tag is ─────────────────────────────────────────────────────────────
def test_the_note_called_like_the_tag_describes_it(visitor, as_writer):
    make.entry("가", tags=["gRPC"])
    assert "Describe this tag" in html_of(as_writer, "/tags/grpc/")
    assert "Describe this tag" not in html_of(visitor, "/tags/grpc/")

    note = make.entry("GRPC", "# 머리\n\n**원격** 호출.\n둘째 줄.\n\n더.")
    html = html_of(visitor, "/tags/grpc/")
    assert "원격 호출. 둘째 줄. <a" in html
    assert f'href="{note.get_absolute_url()}"' in html

    make.edit(note, summary="한 줄 <b>요약</b>")
    assert "한 줄 &lt;b&gt;요약&lt;/b&gt;" in html_of(visitor, "/tags/grpc/")


def test_other_titles_and_other_names_describe_too_and_the_nearest_wins(visitor):
    make.entry("가", tags=["kubernetes"])
    alias("쿠버네티스", of="kubernetes")
    make.entry("쿠버네티스", summary="다른 이름의 글")
    assert "다른 이름의 글" in html_of(visitor, "/tags/kubernetes/")
    make.entry("무리 짓기", summary="다른 제목의 글", aliases=("Kubernetes",))
    make.entry("kubernetes", summary="제목의 글")

    assert "제목의 글" in html_of(visitor, "/tags/kubernetes/")


@pytest.mark.parametrize("state", ["hidden", "deleted", "empty"])
def test_a_note_that_is_not_to_be_seen_describes_nothing(visitor, state):
    make.entry("가", tags=["grpc"])
    hidden = "members" if state == "hidden" else "public"
    body = "" if state == "empty" else "비밀스러운 글"
    note = make.entry("grpc", body, visibility=hidden)
    if state == "deleted":
        make.deleted(note)

    assert "비밀스러운" not in html_of(visitor, "/tags/grpc/")


def test_curators_are_led_to_what_they_can_do(visitor, as_writer, as_curator):
    make.entry("가", tags=["도구/빌드", "feed"])

    html = html_of(as_curator, f"/tags/{quote('도구/빌드')}/")
    for act in ("rename", "merge", "split", "names", "delete"):
        assert f'href="/curate/tags/{act}/{quote("도구/빌드")}/"' in html
    level = html_of(as_curator, f"/tags/{quote('도구')}/")
    assert "/curate/tags/rename/" in level
    assert "/curate/tags/delete/" not in level
    assert "/curate/" not in html_of(as_writer, f"/tags/{quote('도구/빌드')}/")
    assert "/curate/" not in html_of(visitor, "/tags/")


# ── Feed ──────────────────────────────────────────────────────────────────────
def test_feed_has_what_changed_in_the_notes_of_the_tag(visitor):
    make.entry("가", tags=["gRPC"], comment="처음")
    make.entry("나", tags=["배포"])
    make.entry("다", tags=["grpc"], visibility="members")
    alias("지알피씨", of="gRPC")

    for name in ("grpc", "GRPC", quote("지알피씨")):
        feed = html_of(visitor, f"/feeds/tags/{name}/")
        assert re.findall("<title>([^<]+)</title>", feed)[1:] == ["가"]
    assert "Changes under #gRPC" in feed
    assert "/feeds/tags/grpc/" in html_of(visitor, "/tags/grpc/")


def test_a_tag_called_feed_has_both(visitor):
    make.entry("가", tags=["a/feed", "a"])

    assert "<h1>#a/feed</h1>" in html_of(visitor, "/tags/a/feed/")
    assert "<feed" in html_of(visitor, "/feeds/tags/a/feed/")


@pytest.mark.parametrize("name", ["없음", "극비", "%00", "a" * 500, "a"])
def test_feed_of_what_is_no_tag_to_this_reader_is_404(visitor, name):
    make.entry("다", tags=["극비"], visibility="members")
    make.entry("라", tags=["a/b"])

    html_of(visitor, f"/feeds/tags/{quote(name, safe='%')}/", 404)


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
    assert len(one) == 10 + extra
