"""The translation catalogs of the interface: brought up to date, and judged.

    python -m scripts.catalogs update    take new sentences from the source, compile
    python -m scripts.catalogs check     exit 1 when a catalog is not complete

The source is English. The English catalog repeats it, the Korean one translates
it; both are committed together with their compiled form, so that running the
wiki needs no gettext tools. `update` and `check` need xgettext.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import polib

PACKAGE = Path(__file__).resolve().parent.parent / "wiki"
DOMAINS = ("django", "djangojs")
PLURAL_FORMS = {
    "ko": "nplurals=1; plural=0;",
    "en": "nplurals=2; plural=(n != 1);",
}
SOURCE_LANGUAGE = "en"
GETTEXT_TOOLS = ("xgettext", "msguniq", "msgmerge", "msgattrib")
GETTEXT_HINT = "sudo apt-get install -y gettext"

_PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%[sd]|\{\w*\}")
# Which of two forms a particle takes depends on the sound before it, which
# nobody knows of a value that is filled in.
_PARTICLE_AFTER_VALUE = re.compile(
    r"(?:%\(\w+\)[a-z]|%[sd]|\{\w+\})"
    r"(?:[”’\"'」』)\]*`]|</\w+>)*"
    r"(?:을|를|은|는|이|가|과|와|으로|로|이나|나|이라|라|아|야)(?![가-힣])"
)

Key = tuple[str, str]


def update() -> None:
    """Writes every catalog anew from the source, keeping translations that fit."""
    _make_messages(PACKAGE, list(PLURAL_FORMS))
    for language in PLURAL_FORMS:
        for path in sorted(_folder(language).glob("*.po")):
            catalog = polib.pofile(str(path), wrapwidth=88)
            catalog.header, catalog.metadata_is_fuzzy = "", False
            catalog.metadata = _metadata(language)
            if language == SOURCE_LANGUAGE:
                repeat_the_source(catalog)
            catalog.save()
            catalog.save_as_mofile(str(path.with_suffix(".mo")))
            waiting = len(catalog.untranslated_entries()) + len(catalog.fuzzy_entries())
            print(f"{_short(path)}: {len(catalog)} sentences, {waiting} to translate")


def check() -> list[str]:
    """What is wrong with the catalogs, a sentence each; empty when nothing is."""
    problems = []
    for domain, source in _sentences_of_source().items():
        for language in PLURAL_FORMS:
            path = _folder(language) / f"{domain}.po"
            if not path.exists():
                if source:
                    problems.append(
                        f"{_short(path)}: missing; `make messages` makes it"
                    )
                continue
            catalog = polib.pofile(str(path))
            found = [
                *problems_with_source(catalog, source),
                *problems_of_sentences(catalog, language),
                *problems_with_compiled(catalog, path.with_suffix(".mo")),
            ]
            problems += [f"{_short(path)}: {problem}" for problem in found]
    return problems


def problems_with_source(catalog: polib.POFile, source: set[Key]) -> Iterator[str]:
    known = {_key(entry) for entry in catalog if not entry.obsolete}
    for _, sentence in sorted(source - known):
        yield f"not in the catalog: {sentence!r}"
    for _, sentence in sorted(known - source):
        yield f"no longer in the source: {sentence!r}"
    if catalog.obsolete_entries():
        yield f"{len(catalog.obsolete_entries())} obsolete sentences are kept"


def problems_of_sentences(catalog: polib.POFile, language: str) -> Iterator[str]:
    forms = PLURAL_FORMS[language]
    if catalog.metadata.get("Plural-Forms") != forms:
        yield f"the plural forms must be “{forms}”"
    forms_wanted = int(forms[len("nplurals=")])
    for entry in catalog:
        if entry.obsolete:
            continue
        texts = _translations(entry)
        if entry.fuzzy:
            yield f"fuzzy: {entry.msgid!r}"
        elif not all(texts) or (entry.msgid_plural and len(texts) != forms_wanted):
            yield f"not translated: {entry.msgid!r}"
        elif any(_placeholders(text) != _wanted(entry, text) for text in texts):
            yield f"other placeholders than the source: {entry.msgid!r}"
        elif language == "ko" and any(map(_PARTICLE_AFTER_VALUE.search, texts)):
            yield f"a particle right after a filled-in value: {texts[0]!r}"


def problems_with_compiled(catalog: polib.POFile, path: Path) -> Iterator[str]:
    if not path.exists():
        yield "not compiled; run `make messages`"
        return
    compiled = polib.mofile(str(path))
    if _as_pairs(compiled) != _as_pairs(catalog.translated_entries()):
        yield "compiled from an older state; run `make messages`"


def _as_pairs(entries: Iterator[polib.MOEntry]) -> dict[Key, list[str]]:
    return {_key(entry): _translations(entry) for entry in entries}


def _key(entry: polib.POEntry | polib.MOEntry) -> Key:
    return entry.msgctxt or "", entry.msgid


def _translations(entry: polib.POEntry | polib.MOEntry) -> list[str]:
    if entry.msgid_plural:
        return [text for _, text in sorted(entry.msgstr_plural.items())]
    return [entry.msgstr]


def _placeholders(text: str) -> set[str]:
    return set(_PLACEHOLDER.findall(text.replace("%%", "")))


def _wanted(entry: polib.POEntry, text: str) -> set[str]:
    """What the translation must fill in; one of a plural may leave out the number."""
    wanted = _placeholders(entry.msgid_plural or entry.msgid)
    if entry.msgid_plural and _placeholders(text) == _placeholders(entry.msgid):
        return _placeholders(entry.msgid)
    return wanted


def _sentences_of_source() -> dict[str, set[Key]]:
    """The sentences marked in the source, by domain."""
    with tempfile.TemporaryDirectory(prefix="notewiki-catalogs-") as folder:
        copy = Path(folder, PACKAGE.name)
        ignored = shutil.ignore_patterns("__pycache__", "*.po", "*.mo", "*.pot")
        shutil.copytree(PACKAGE, copy, ignore=ignored)
        (copy / "locale").mkdir(exist_ok=True)
        _make_messages(copy, [SOURCE_LANGUAGE])
        found = {}
        for domain in DOMAINS:
            path = copy / "locale" / SOURCE_LANGUAGE / "LC_MESSAGES" / f"{domain}.po"
            entries = polib.pofile(str(path)) if path.exists() else []
            found[domain] = {_key(entry) for entry in entries}
        return found


def _make_messages(package: Path, languages: list[str]) -> None:
    # Without settings: it looks at the files of this folder and nothing else.
    environment = {k: v for k, v in os.environ.items() if k != "DJANGO_SETTINGS_MODULE"}
    for domain in DOMAINS:
        subprocess.run(
            [
                *(sys.executable, "-m", "django", "makemessages", "--verbosity=0"),
                *("--domain", domain, "--no-obsolete", "--add-location=file"),
                *(f"--locale={language}" for language in languages),
            ],
            cwd=package,
            env=environment,
            check=True,
        )


def _metadata(language: str) -> dict[str, str]:
    # No dates: with one in every catalog, no two branches could be joined.
    return {
        "Project-Id-Version": "Notewiki",
        "Language": language,
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": PLURAL_FORMS[language],
    }


def repeat_the_source(catalog: polib.POFile) -> None:
    for entry in catalog:
        entry.flags = [flag for flag in entry.flags if flag != "fuzzy"]
        # Left behind by itself, a former context makes a file that nothing reads.
        entry.previous_msgctxt = None
        entry.previous_msgid = entry.previous_msgid_plural = None
        if entry.msgid_plural:
            entry.msgstr_plural = {0: entry.msgid, 1: entry.msgid_plural}
        else:
            entry.msgstr = entry.msgid


def _folder(language: str) -> Path:
    return PACKAGE / "locale" / language / "LC_MESSAGES"


def _short(path: Path) -> str:
    return str(path.relative_to(PACKAGE.parent))


def main(arguments: list[str]) -> int:
    if arguments not in (["update"], ["check"]):
        print(__doc__)
        return 2
    if not all(map(shutil.which, GETTEXT_TOOLS)):
        print(f"The catalogs need the gettext tools. This brings them: {GETTEXT_HINT}")
        # Who only changes code may have no tools; a build must have them.
        return 1 if arguments == ["update"] or os.environ.get("CI") else 0
    if arguments == ["update"]:
        update()
        return 0
    problems = check()
    for problem in problems:
        print(problem)
    print(f"{len(problems)} problems in the translation catalogs.")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
