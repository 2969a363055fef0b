"""The command: what it takes, says and ends with."""

import contextlib
import io
import json
import os
import subprocess
import sys

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.utils import translation

from tests.importing.importer import entry, rows, run, tags_of, write
from wiki.management.progress import Bar, Lines, Silent, watch_progress
from wiki.models import Entry, EntryTag, Import, ImportItem, ItemStatus

pytestmark = pytest.mark.django_db

DEVNOTES = settings.BASE_DIR / "fixtures" / "notes" / "devnotes.md"
ITEM_FIELDS = {
    "status",
    "title",
    "slug",
    "source",
    "path",
    "line",
    "revision",
    "title_from",
    "tags",
    "links",
    "attachments",
    "encoding",
    "messages",
}


@pytest.fixture
def dump(tmp_path):
    return write(tmp_path / "dump", {"a.md": "# 가\n글\n", "b/c.md": "# 나\n글\n"})


def say(*args, **options):
    out, err = io.StringIO(), io.StringIO()
    with contextlib.suppress(SystemExit):
        call_command("importnotes", *map(str, args), stdout=out, stderr=err, **options)
    return out.getvalue(), err.getvalue()


def refusal(*args, **options):
    with pytest.raises(CommandError) as caught:
        say(*args, **options)
    assert not Import.objects.exists()
    return caught.value


# ── The report ────────────────────────────────────────────────────────────────


def test_json_has_the_shape_scripts_rely_on():
    ran = run(DEVNOTES)

    assert ran.report["schema"] == 1
    assert set(ran.report) == {
        "schema",
        "run",
        "dry_run",
        "started",
        "seconds",
        "sources",
        "totals",
        "items",
    }
    assert list(ran.report["totals"]) == ItemStatus.values
    assert ran.report["sources"] == ["devnotes.md"]
    assert {frozenset(item) for item in ran.items} == {frozenset(ITEM_FIELDS)}
    first = ran.items[0]
    assert first["line"] == 1
    assert first["revision"] == 1
    assert first["title_from"] == "heading"
    assert first["attachments"] == {"stored": 0, "reused": 0, "missing": 0}
    assert first["encoding"] == "utf-8"


def test_a_report_file_has_the_same_json(tmp_path):
    report = tmp_path / "report.json"

    ran = run(DEVNOTES, report=str(report))

    assert json.loads(report.read_text()) == ran.report


def test_the_report_is_kept_for_the_web(dump, as_writer):
    ran = run(dump)

    page = as_writer.get(f"/imports/{ran.report['run']}/json/")
    stored = ImportItem.objects.order_by("position")
    assert [item.title for item in stored] == [item["title"] for item in ran.items]
    assert page.status_code in (200, 404)


def test_the_summary_counts_and_names_what_needs_eyes(tmp_path):
    dump = write(tmp_path / "dump", {"a.md": "# 가\n글\n", "bad.md": b"\xff\xfe\xff"})

    out, _ = say(dump)

    assert "2 notes" in out
    assert "1  created" in out
    assert "bad.md" in out
    assert "a.md" not in out
    assert "/imports/" in out


def test_everything_is_named_when_asked_for(dump):
    out, _ = say(dump, verbosity=2)

    assert "a.md:1" in out


def test_a_dry_run_says_so(dump):
    out, _ = say(dump, dry_run=True)

    assert "nothing was written" in out
    assert "/imports/" not in out


def test_nothing_is_said_when_asked_to_be_quiet(dump):
    assert say(dump, verbosity=0) == ("", "")


def test_long_lists_are_cut_in_the_summary(tmp_path):
    dump = write(tmp_path, {f"{n:02}.md": b"\xff\xfe\xff" for n in range(30)})

    out, _ = say(dump)

    assert "10 more" in out


def test_the_summary_speaks_korean(dump):
    with translation.override("ko"):
        out, _ = say(dump)

    assert "Dry run" not in out


# ── What it takes ─────────────────────────────────────────────────────────────


def test_a_tag_is_put_on_every_note_and_stays(dump):
    run(dump, tag=["모음, 2024", "#더"])

    assert tags_of("가") == ["모음", "2024", "더"]
    assert EntryTag.objects.filter(name="모음", rule="option").count() == 2
    write(dump, {"a.md": "# 가\n글이 바뀜\n"})
    assert run(dump).totals == {"updated": 1, "same": 1}
    write(dump, {"a.md": "# 가\n또 바뀜\n"})
    run(dump)
    assert tags_of("가") == ["모음", "2024", "더"]


def test_another_topic_file(dump, tmp_path):
    topics = tmp_path / "topics.toml"
    topics.write_text('"글쓰기" = { exact = ["가"] }')

    run(dump, topics=str(topics))

    assert tags_of("가") == ["글쓰기"]


def test_a_limit(dump):
    ran = run(dump, limit=1)

    assert ran.totals == {"created": 1}
    assert run(dump).totals == {"same": 1, "created": 1}


def test_patterns(dump):
    ran = run(dump, exclude=["b/*"])

    assert ran.totals == {"created": 1, "skipped": 1}


def test_split(dump):
    write(dump, {"a.md": "# 하나\n글\n# 둘\n글\n"})

    assert run(dump, split="h1").totals == {"created": 3}


def test_a_named_encoding(tmp_path):
    dump = write(tmp_path, {"a.md": "# Café\ntrès bon\n".encode("latin-1")})

    assert run(dump, encoding="latin-1").totals == {"created": 1}
    assert entry("Café").body == "très bon"


def test_several_dumps_at_once(dump):
    ran = run(dump, DEVNOTES)

    assert ran.totals == {"created": 18}
    assert ran.report["sources"] == ["dump", "devnotes.md"]
    assert run(dump, DEVNOTES).totals == {"same": 18}


def test_standard_input(monkeypatch):
    text = io.TextIOWrapper(io.BytesIO("# 하나\n글\n# 둘\n글\n".encode()))
    monkeypatch.setattr("sys.stdin", text)

    ran = run("-", source="메모")

    assert ran.totals == {"created": 2}
    assert ran.items[0]["source"] == "메모"


def test_stopping_at_the_first_failure(tmp_path):
    dump = write(
        tmp_path, {"a.md": "# 가\n글\n", "b.md": b"\xff\xfe\xff", "c.md": "# 나\n글\n"}
    )

    ran = run(dump, fail_fast=True)

    assert ran.code == 3
    assert ran.totals == {"created": 1, "failed": 1}
    assert run(dump).totals == {"same": 1, "failed": 1, "created": 1}


# ── What it refuses ───────────────────────────────────────────────────────────


def test_a_path_that_is_not_there(tmp_path):
    error = refusal(tmp_path / "nothing.md")

    assert "nothing.md" in str(error)
    assert error.returncode == 1


def test_a_folder_without_notes(tmp_path):
    write(tmp_path, {"a.png": b"x"})

    error = refusal(tmp_path)

    assert "no notes" in str(error)
    assert error.returncode == 1


def test_a_folder_of_blank_notes_is_no_error(tmp_path):
    ran = run(write(tmp_path, {"a.md": "\n"}))

    assert (ran.code, ran.totals) == (0, {"skipped": 1})


def test_standard_input_without_a_name():
    assert "--source" in str(refusal("-"))


def test_two_dumps_of_one_name(dump, tmp_path):
    other = write(tmp_path / "other" / "dump", {"x.md": "# 다\n"})

    assert "dump" in str(refusal(dump, other))
    assert "a.md" not in str(refusal(dump, other))


def test_the_same_file_twice_in_one_source(dump):
    assert "a.md" in str(refusal(dump, dump, source="x"))


@pytest.mark.parametrize(
    "options", [{"topics": "/no/such.toml"}, {"encoding": ""}], ids=["topics", "none"]
)
def test_a_topic_file_that_is_not_there(dump, options):
    if options.get("topics"):
        assert "topic file" in str(refusal(dump, **options))
    else:
        assert run(dump, **options).code == 0


def test_a_report_that_cannot_be_written_is_said_after_the_work(dump):
    with pytest.raises(CommandError):
        say(dump, report="/no/such/folder/report.json")

    assert Entry.objects.count() == 2


@pytest.mark.parametrize(
    "args",
    [
        [],
        ["--no-such-option", "x"],
        ["x", "--jobs", "0"],
        ["x", "--split", "paragraphs"],
    ],
)
def test_wrong_usage_ends_with_two(args):
    command = [sys.executable, "manage.py", "importnotes", *args]

    ran = subprocess.run(
        command, cwd=settings.BASE_DIR, capture_output=True, check=False
    )

    assert ran.returncode == 2
    assert b"Traceback" not in ran.stderr


# ── Progress ──────────────────────────────────────────────────────────────────


class Terminal(io.StringIO):
    def isatty(self):
        return True


class Step:
    def __init__(self, done, total, stage="write"):
        self.done, self.total, self.stage = done, total, stage


def test_a_log_gets_a_line_for_every_tenth():
    out = io.StringIO()
    watch = watch_progress(out, verbosity=1)

    for done in range(1001):
        watch.show(Step(done, 1000))

    assert isinstance(watch, Lines)
    assert len(out.getvalue().splitlines()) == 10
    assert "\x1b" not in out.getvalue()


def test_a_terminal_gets_a_bar_that_is_cleared(monkeypatch):
    monkeypatch.delenv("NO_COLOR", raising=False)
    out = Terminal()
    watch = watch_progress(out, verbosity=1)

    watch.show(Step(50, 100))
    watch.show(Step(100, 100))
    watch.clear()

    assert isinstance(watch, Bar)
    assert "50/100" in out.getvalue()
    assert "\x1b[32m" in out.getvalue()
    assert out.getvalue().endswith("\x1b[K")


def test_a_bar_has_rate_and_time_left(monkeypatch):
    times = iter([0.0, 10.0])
    monkeypatch.setattr("time.monotonic", lambda: next(times))
    out = Terminal()
    bar = Bar(out, has_colour=False)

    bar.show(Step(1, 400))
    bar.show(Step(100, 400))

    assert "10/s  0:30" in out.getvalue()


def test_colour_can_be_refused(monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")
    out = Terminal()

    watch_progress(out, verbosity=1).show(Step(1, 2))

    assert "\x1b[32m" not in out.getvalue()


def test_quiet_is_quiet():
    out = Terminal()
    watch = watch_progress(out, verbosity=0)

    watch.show(Step(1, 2))
    watch.clear()

    assert type(watch) is Silent
    assert out.getvalue() == ""


def test_json_alone_goes_to_standard_output(dump):
    out, err = say(dump, json=True)

    assert json.loads(out)
    assert "2/2" in err


def test_a_refused_run_writes_nothing_at_all(tmp_path):
    write(tmp_path, {"a.png": b"x"})
    before = rows()

    refusal(tmp_path)

    assert rows() == before


def test_a_source_and_tags_have_their_limits(dump):
    assert "200" in str(refusal(dump, source="x" * 201))
    assert "cannot be a tag" in str(refusal(dump, tag=["x" * 51]))


def test_a_note_full_of_tags_still_gets_those_of_the_run(tmp_path):
    tags = " ".join(f"#태그{n}번" for n in range(200))
    dump = write(tmp_path, {"a.md": f"# 가\n{tags}\n글\n"})

    assert run(dump, tag=["모음"]).totals == {"created": 1}
    assert len(tags_of("가")) == 100
    assert "모음" in tags_of("가")


def test_titles_cannot_play_with_the_terminal(tmp_path):
    dump = write(tmp_path / "dump", {"a.md": "# \x1b[2J가 \u202e나\n글\n"})

    out, _ = say(dump, verbosity=2)

    assert "\x1b" not in out
    assert "\u202e" not in out


def test_a_folder_with_a_name_in_an_old_encoding(tmp_path):
    folder = tmp_path / os.fsdecode("노트".encode("cp949"))
    write(folder, {"a.md": "# 가\n글\n"})

    assert run(folder).report["sources"] == ["노트"]


def test_nul_in_any_place_is_dropped(tmp_path):
    text = (
        "---\ntitle: a\x00b\n---\n# 가\x00\n= 다른\x00 이름\n[[링\x00크]]\n"
        + "글 " * 200
    )
    dump = write(tmp_path, {"a.md": text, "b.md": "# 나\x00 (다\x00)\n" + "글 " * 200})

    assert run(dump).totals == {"created": 2}
    assert "\x00" not in entry("나").body
