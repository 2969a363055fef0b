"""What holds for every dump: bytes come back, edits apart all arrive, twice is once."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests import make
from tests.importing.importer import entry, rows, run, write
from wiki.importing.accounting import unaccounted_lines
from wiki.importing.decoding import split_lines
from wiki.importing.notes import Piece
from wiki.importing.reading import read_notes
from wiki.models import Entry

IS_SOAK = bool(os.environ.get("SOAK"))
MANY, SOME, FEW = (20_000, 400, 200) if IS_SOAK else (300, 12, 8)
quick = settings(max_examples=MANY, deadline=None)
in_database = settings(
    max_examples=SOME,
    deadline=None,
    # Each example cleans up behind itself.
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


# ── Texts ────────────────────────────────────────────────────────────────────

# What the reader looks at, and what only looks like it.
LINES = [
    *("", "", "본문 한 줄", "끝에 빈칸  ", "\t탭으로 들인 줄", "    code = 1"),
    *(
        "# 제목",
        "# gRPC (Google RPC)",
        "# Bastion : **정의**.",
        "# Kafka - 한 줄.",
        "#",
    ),
    *("# ", "##두 번째", "## 소제목 ##", "### `code` 제목", "#### 깊다"),
    *(
        "제목\n=====",
        "소제목\n---",
        "[# 링크 제목](https://example.org)",
        "# **굵은** 제목",
    ),
    *("#태그", "#grpc #보안 #a/b", "#123", "#fff", "# C#", "글 속의 #태그 하나"),
    *("```python", "```", "~~~", "````", "# comment", "```open"),
    *("---", "...", "title: 가", "tags: [a, b]", "tags:\n- 하나\n- 둘", "key: value"),
    *("a: &a [*a]", "aliases: 다른 이름", "date: 2024-01-02", "summary: 짧게"),
    *("- 항목", "- # 항목 제목", "1. 하나", "> 인용", "> # 인용 제목", "| a | b |"),
    *(
        "[[링크]]",
        "![그림](a%20b.png)",
        "[글](../b.md#머리)",
        "<div>",
        "<!-- # 숨은 -->",
    ),
    *(
        "\u2028",
        "\x0c",
        "\x85",
        "\u200b",
        "e\u0301",
        "\ufeff",
        "= 다른 이름",
        "ex) 보기",
    ),
]
lines = st.lists(st.sampled_from(LINES) | st.text(max_size=12), max_size=25)
ends = st.sampled_from(["\n", "\n", "\n", "\r\n", "\r"])
documents = st.lists(st.tuples(lines, ends), max_size=3).map(
    lambda parts: "".join(line + end for some, end in parts for line in some)
)
with_front_matter = st.tuples(
    st.lists(st.sampled_from(LINES[30:50]), max_size=6), documents
).map(lambda both: "---\n" + "\n".join(both[0]) + "\n---\n" + both[1])


def encoded(text: str) -> Iterator[bytes]:
    """The text in every encoding it can be written in."""
    for encoding in ("utf-8", "utf-8-sig", "utf-16", "cp949"):
        try:
            yield text.encode(encoding)
        except UnicodeEncodeError:
            continue


@quick
@given(documents | with_front_matter, st.sampled_from(["many", "h1", "file"]))
def test_notes_joined_are_the_file_and_no_line_is_lost(text, split):
    for data in encoded(text):
        read = read_notes(Piece("s", "폴더/글.md"), data, split=split)

        if not read.notes:
            assert read.rest == data or read.skipped
            continue
        assert read.file.bom + b"".join(note.raw for note in read.notes) == data
        assert len({note.key for note in read.notes}) == len(read.notes)
        for number, note in enumerate(read.notes):
            assert note.title.strip()
            own = split_lines(note.raw.decode(note.encoding))
            # What its values became is all that front matter accounts for.
            is_plain = number > 0 or not text.startswith("---")
            assert not (is_plain and unaccounted_lines(own, note))


@quick
@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused_with_a_reason(data):
    read = read_notes(Piece("s", "글.md"), data, split="many")

    assert read.notes or all(one.message.sentence for one in read.skipped)
    if read.notes:
        assert read.file.bom + b"".join(note.raw for note in read.notes) == data


# ── Through the database ─────────────────────────────────────────────────────


@contextmanager
def undone() -> Iterator[Path]:
    """A folder, and a wiki as it was; both are as before afterwards."""
    with tempfile.TemporaryDirectory() as folder, transaction.atomic():
        yield Path(folder)
        transaction.set_rollback(True)


SAFE = st.sampled_from(
    ["a.md", "b.md", "폴더/가.md", "폴더/나.markdown", "d/README.md"]
)
dumps = st.dictionaries(SAFE, documents | with_front_matter, min_size=1, max_size=4)


def files_below(folder: Path) -> dict[str, bytes]:
    return {
        str(file.relative_to(folder)): file.read_bytes()
        for file in folder.rglob("*")
        if file.is_file()
    }


@pytest.mark.django_db
@in_database
@given(dumps.filter(lambda dump: any(text.strip() for text in dump.values())))
def test_every_dump_is_imported_once_and_given_back(dump):
    with undone() as folder:
        write(folder / "dump", dump)

        first = run(folder / "dump", jobs=1)
        before = rows(but={"wiki_import", "wiki_batch", "wiki_importitem"})
        second = run(folder / "dump", jobs=1)

        assert set(second.totals) <= {
            "same",
            "skipped",
            *({"failed"} & set(first.totals)),
        }
        assert rows(but={"wiki_import", "wiki_batch", "wiki_importitem"}) == before
        call_command(
            "exportnotes", str(folder / "back"), format="original", verbosity=0
        )
        back = {
            path.partition("/")[2]: data
            for path, data in files_below(folder / "back").items()
        }
        failed = {item["path"] for item in first.items if item["status"] == "failed"}
        wanted = {path: text.encode() for path, text in dump.items()}
        assert {p: d for p, d in wanted.items() if p not in failed} == {
            p: d for p, d in back.items() if p not in failed
        }


@pytest.mark.django_db
@in_database
@given(dumps.filter(lambda dump: any(text.strip() for text in dump.values())))
def test_what_is_exported_and_imported_is_exported_again_the_same(dump):
    with tempfile.TemporaryDirectory() as kept:
        once, twice = Path(kept, "once"), Path(kept, "twice")
        with undone() as folder:
            run(write(folder / "dump", dump), jobs=1)
            call_command("exportnotes", str(once), format="markdown", verbosity=0)
        if not any(path.endswith(".md") for path in files_below(once)):
            return
        with undone():
            run(once, jobs=1)
            call_command("exportnotes", str(twice), format="markdown", verbosity=0)

        assert files_below(once) == files_below(twice)


# ── Edits on both sides ──────────────────────────────────────────────────────

WORDS = ("배포", "서버", "요청", "응답", "캐시", "연결", "구조", "설정", "실행", "잠금")
sentences = st.lists(st.sampled_from(WORDS), min_size=3, max_size=8).map(
    lambda words: " ".join(words) + "다."
)
# What happens to a paragraph: by whom, and what it is afterwards.
edits = st.tuples(
    st.sampled_from(["", "", "wiki", "dump"]),
    st.sampled_from(["change", "remove", "add", "append"]),
    sentences,
)
stories = st.lists(st.tuples(sentences, edits), min_size=2, max_size=9)


def told(story: list, *sides: str) -> str:
    """The text of a story with the edits of these sides made."""
    paragraphs = []
    for number, (text, (side, act, new)) in enumerate(story):
        # Numbered, so that no paragraph is another's double.
        text = f"{number}째 문단: {text}"
        if side not in sides or not side:
            paragraphs.append(text)
        elif act == "change":
            paragraphs.append(f"{number}째는 새로 썼다: {new}")
        elif act == "add":
            paragraphs += [text, f"{number}째 뒤에 온 글: {new}"]
        elif act == "append":
            paragraphs.append(f"{text} {new}")
        # A paragraph between any two stays as it is, so that edits lie apart.
        paragraphs.append(f"{number}째 다음의 사이 글.")
    return "\n\n".join(paragraphs)


@pytest.mark.django_db
@in_database
@given(st.lists(stories, min_size=1, max_size=4))
def test_edits_apart_in_wiki_and_dump_are_all_there(tales):
    with undone() as folder:
        texts = {
            sides: {
                f"{n}.md": f"# 글 {n}\n\n{told(tale, *sides)}\n"
                for n, tale in enumerate(tales)
            }
            for sides in ((), ("dump",))
        }
        run(write(folder / "노트", texts[()]), jobs=1)
        for number, tale in enumerate(tales):
            make.edit(entry(f"글 {number}"), told(tale, "wiki"))

        ran = run(write(folder / "노트", texts[("dump",)]), jobs=1)

        assert ran.code == 0
        for number, tale in enumerate(tales):
            assert entry(f"글 {number}").body == told(tale, "wiki", "dump")
        assert Entry.objects.count() == len(tales)
        assert set(run(folder / "노트", jobs=1).totals) == {"same"}
