"""Names of files: translations, folders' pages, what a name and a title share."""

import pytest

from wiki.importing.titles import (
    file_name_key,
    language_of,
    says_more_than_file,
    title_of_file,
    told_by_language,
    untranslated,
)


@pytest.mark.parametrize(
    "path, language, original",
    [
        ("README-ko.md", "ko", "README.md"),
        ("docs/README.zh-CN.md", "zh-CN", "docs/README.md"),
        ("README_ja.md", "ja", "README.md"),
        ("index.en.md", "en", "index.md"),
        ("guide.fr.md", "fr", "guide.md"),
        ("설치-ko.md", "ko", "설치.md"),
        ("README.md", "", "README.md"),
        ("how-to-do-it.md", "", "how-to-do-it.md"),
        ("node.js.md", "", "node.js.md"),
        ("ko.md", "", "ko.md"),
        ("i18n/pt-BR/docs/intro.md", "pt-BR", "i18n/pt-BR/docs/intro.md"),
        ("go/it/intro.md", "", "go/it/intro.md"),
    ],
)
def test_languages(path, language, original):
    assert language_of(path) == language
    assert untranslated(path) == original


def test_a_translation_can_be_told_apart():
    assert told_by_language("README-ko.md", "개요") == "개요 (ko)"
    assert told_by_language("README.md", "개요") == ""


@pytest.mark.parametrize(
    "path, title",
    [
        ("db/README.md", "db"),
        ("db/README-ko.md", "db"),
        ("db/_index.zh-CN.md", "db"),
        ("README.md", "내 노트"),
        ("a/redis .Md", "redis"),
        ("a/C#.md", "C#"),
        ("a/v1.2 notes.md", "v1.2 notes"),
    ],
)
def test_titles(path, title):
    assert title_of_file(path, "내 노트")[0] == title


def test_a_name_says_the_same_as_a_title_with_other_signs():
    assert file_name_key("what-is-CI_CD") == file_name_key("What is CI/CD?")
    assert file_name_key("C#") != file_name_key("C")
    assert file_name_key("C++") != file_name_key("C")


@pytest.mark.parametrize(
    "heading, path, is_title",
    [
        ("README", "a/b.md", False),
        ("Index", "a/b.md", False),
        ("Index design", "a/b.md", True),
        ("20190604", "a/20190604_Collections.md", False),
        ("2019-06-04", "a/2019_06_04 배포.md", False),
        ("20190604", "a/20190604.md", True),
        ("2020.08", "a/mil-2008.md", True),
        ("Redis", "a/Redis-cluster.md", True),
        ("2019년 6월", "a/2019년 6월 회고.md", True),
    ],
)
def test_headings_that_say_more_than_the_file(heading, path, is_title):
    assert says_more_than_file(heading, path) is is_title
