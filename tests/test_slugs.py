import unicodedata

import pytest

from wiki import slugs


@pytest.mark.parametrize(
    "title, slug",
    [
        ("Blue/Green Deployment ", "blue-green-deployment"),
        ("C++", "c-plus-plus"),
        ("C#", "c-sharp"),
        ("C# 언어", "c-sharp-언어"),
        ("C", "c"),
        ("Github Actions vs Jenkins 실행 속도", "github-actions-vs-jenkins-실행-속도"),
        (
            "SDC23 Korea 글로벌 표준 Matter를 활용한 SmartThings Platform 고도화",
            "sdc23-korea-글로벌-표준-matter를-활용한-smartthings-platform-고도화",
        ),
        ("node.js", "node-js"),
        ("a_b", "a-b"),
        ("ㅋㅋ", "ㅋㅋ"),
        ("new", "new"),
    ],
)
def test_slug_keeps_letters_and_spells_signs(title, slug):
    assert slugs.slugify(title) == slug


def test_slug_of_decomposed_title_is_composed():
    decomposed = unicodedata.normalize("NFD", "배포 절차")

    assert slugs.slugify(decomposed) == "배포-절차"


@pytest.mark.parametrize("title", ["🔥", "❤️", "!!!", "\u200b", "--"])
def test_slug_is_never_empty(title):
    assert slugs.slugify(title).startswith("note-")


def test_slugs_of_different_signs_differ():
    assert slugs.slugify("🔥") != slugs.slugify("❤️")


def test_slug_of_the_longest_title_fits():
    assert len(slugs.slugify("c+" * 100)) <= slugs.MAX_SLUG_CHARS
    assert len(slugs.slugify("ﷺ" * 200)) <= slugs.MAX_SLUG_CHARS


def test_taken_slug_gets_the_next_free_number():
    assert slugs.free_slug("Error", {"error", "error-2"}) == "error-3"


@pytest.mark.parametrize(
    "one, other",
    [
        ("gRPC", "GRPC"),
        ("배포  절차", "배포 절차"),
        (unicodedata.normalize("NFD", "배포"), "배포"),
        ("ｇＲＰＣ", "grpc"),
        ("a\u00a0b", "a b"),
        ("invisi\u200bble", "invisible"),
        ("STRASSE", "straße"),
    ],
)
def test_titles_that_read_alike_have_one_key(one, other):
    assert slugs.title_key(one) == slugs.title_key(other)


def test_key_leaves_lone_consonants_as_they_are():
    assert slugs.title_key("ㅂㅍ") == "ㅂㅍ"


def test_key_of_an_invisible_title_is_empty():
    assert slugs.title_key(" \u200b\u2060 ") == ""


def test_key_fits_an_index_row():
    assert len(slugs.title_key("ﷺ" * 200)) <= slugs.MAX_KEY_CHARS


@pytest.mark.parametrize(
    "written, name, key",
    [
        ("#CI  CD", "CI CD", "ci-cd"),
        ("ci_cd", "ci_cd", "ci-cd"),
        (" k8s / 네트워크 ", "k8s/네트워크", "k8s/네트워크"),
        ("C++", "C++", "c++"),
        ("#", "", ""),
        (unicodedata.normalize("NFD", "배포"), "배포", "배포"),
    ],
)
def test_tag_names_and_keys(written, name, key):
    assert slugs.clean_tag(written) == name
    assert slugs.tag_key(written) == key


def test_sorting_puts_hangul_first_then_latin_then_the_rest():
    titles = ["zebra", "Apple", "나비", "가위", "123", "apple pie", "“까치” 이야기"]

    assert sorted(titles, key=slugs.sort_key) == [
        "가위",
        "“까치” 이야기",
        "나비",
        "Apple",
        "apple pie",
        "zebra",
        "123",
    ]


@pytest.mark.parametrize(
    "name, letter",
    [
        ("까치", "ㄱ"),
        ("ㅎㅎ", "ㅎ"),
        ("ㅃㅃ", "ㅂ"),
        ("redis", "R"),
        (".NET", "N"),
        ("3d", "#"),
        ("", "#"),
    ],
)
def test_index_letter(name, letter):
    assert slugs.index_letter(name) == letter


def test_addresses_are_encoded_once():
    assert slugs.entry_path("배포") == "/wiki/%EB%B0%B0%ED%8F%AC/"
    assert slugs.tag_path("k8s/네트워크").startswith("/tags/k8s/%EB%84%A4")
    assert slugs.new_entry_path("a/b c") == "/new/?title=a%2Fb%20c"
