"""Names of files: translations, folders' pages, what a name and a title share."""

import pytest

from wiki.importing.titles import (
    file_name_key,
    is_name_of_no_note,
    language_of,
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


def test_readme_is_no_title():
    assert is_name_of_no_note("README")
    assert is_name_of_no_note("Index")
    assert not is_name_of_no_note("Index design")
