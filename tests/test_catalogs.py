import polib
import pytest

from scripts.catalogs import (
    PLURAL_FORMS,
    problems_of_sentences,
    problems_with_compiled,
    problems_with_source,
    repeat_the_source,
)


def catalog(*entries, language="ko"):
    made = polib.POFile()
    made.metadata = {
        "Content-Type": "text/plain; charset=UTF-8",
        "Plural-Forms": PLURAL_FORMS[language],
    }
    made.extend(entries)
    return made


def sentence(source, translation="", **fields):
    return polib.POEntry(msgid=source, msgstr=translation, **fields)


@pytest.mark.parametrize(
    "entry",
    [
        sentence("Save", "저장"),
        sentence("%(count)s notes", "%(count)s개의 글"),
        sentence("“%(title)s” is gone.", "“%(title)s” 글이 없습니다."),
        sentence("100%% of {name}", "{name} 전체"),
        sentence("Line one", "줄 하나", msgctxt="history"),
        sentence(
            "%(n)s note", msgid_plural="%(n)s notes", msgstr_plural={0: "글 %(n)s개"}
        ),
        sentence("One note", msgid_plural="%(n)s notes", msgstr_plural={0: "%(n)s개"}),
    ],
)
def test_good_sentences_pass(entry):
    assert list(problems_of_sentences(catalog(entry), "ko")) == []


@pytest.mark.parametrize(
    ("entry", "problem"),
    [
        (sentence("Save"), "not translated"),
        (sentence("Save", "저장", flags=["fuzzy"]), "fuzzy"),
        (sentence("Open %(title)s", "열기"), "other placeholders"),
        (sentence("Open %(title)s", "%(titel)s 열기"), "other placeholders"),
        (sentence("Open %(title)s", "%(title)s을 엽니다"), "particle"),
        (sentence("Open “{title}”", "“{title}”를 엽니다"), "particle"),
        (sentence("Open %(title)s", "<b>%(title)s</b>로 갑니다"), "particle"),
        (sentence("%(n)s note", msgid_plural="%(n)s notes"), "not translated"),
    ],
)
def test_poor_sentences_are_named(entry, problem):
    (found,) = problems_of_sentences(catalog(entry), "ko")

    assert found.startswith(problem) or problem in found


def test_english_needs_both_forms_of_a_plural():
    entry = sentence("One", msgid_plural="%(n)s", msgstr_plural={0: "One"})

    (found,) = problems_of_sentences(catalog(entry, language="en"), "en")

    assert found == "not translated: 'One'"


def test_sentences_of_source_and_catalog_must_be_the_same():
    made = catalog(sentence("Kept", "둠"), sentence("Gone", "감"))

    found = list(problems_with_source(made, {("", "Kept"), ("menu", "New")}))

    assert found == ["not in the catalog: 'New'", "no longer in the source: 'Gone'"]


def test_compiled_catalog_must_hold_what_the_catalog_holds(tmp_path):
    made = catalog(sentence("Save", "저장"))
    compiled = tmp_path / "django.mo"
    missing = list(problems_with_compiled(made, compiled))
    made.save_as_mofile(str(compiled))
    fresh = list(problems_with_compiled(made, compiled))
    made[0].msgstr = "보관"

    stale = list(problems_with_compiled(made, compiled))

    assert "not compiled" in missing[0]
    assert fresh == []
    assert "older state" in stale[0]


def test_repeated_source_has_nothing_of_a_former_sentence():
    made = catalog(
        sentence("changed", flags=["fuzzy"], previous_msgctxt="time"),
        sentence("%(n)s note", msgid_plural="%(n)s notes", previous_msgid="%(n)s"),
    )

    repeat_the_source(made)

    assert "#|" not in str(made)
    assert "fuzzy" not in str(made)
    assert [entry.msgstr for entry in made] == ["changed", ""]
    assert made[1].msgstr_plural == {0: "%(n)s note", 1: "%(n)s notes"}
