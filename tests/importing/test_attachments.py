"""Files that notes show or link: found in the dump, kept once, led to."""

import unicodedata

import pytest

from tests import make
from tests.importing.importer import RECORDS_OF_RUNS, entry, rows, run, write
from wiki.files import path_of
from wiki.models import DumpName, Entry, EntryFile, StoredFile, Visibility

pytestmark = pytest.mark.django_db

PNG = b"\x89PNG\r\n\x1a\n" + b"picture" * 20
OTHER = b"\x89PNG\r\n\x1a\n" + b"another" * 20


def address(data):
    return next(
        file.get_absolute_url()
        for file in StoredFile.objects.all()
        if path_of(file.sha256, file.extension).read_bytes() == data
    )


def test_a_picture_is_kept_and_shown_wherever_it_is_named_from(tmp_path):
    dump = write(
        tmp_path / "til",
        {
            "db/redis.md": "![가](<../img/그림 1.png>)\n\n![[그림 1.png|200]]",
            "os/gc.md": "![나](/img/%EA%B7%B8%EB%A6%BC%201.png)",
            "raw.md": '<img src="img/그림 1.png" width="30">',
            "img/그림 1.png": PNG,
            "img/unused.png": OTHER,
        },
    )

    ran = run(dump)

    assert ran.item("redis")["attachments"] == {"stored": 1, "reused": 0, "missing": 0}
    assert ran.item("gc")["attachments"] == {"stored": 0, "reused": 1, "missing": 0}
    assert StoredFile.objects.get().media_type == "image/png"
    for title, count in (("redis", 2), ("gc", 1), ("raw", 1)):
        assert entry(title).html.count(f'src="{address(PNG)}"') == count, title
        assert entry(title).entry_files.filter(file__isnull=False).exists()
    assert 'width="200"' in entry("redis").html


def test_bodies_stay_as_they_were_written(tmp_path):
    body = "![가](img/가.png) 그리고 [나](나.md#절)"
    run(write(tmp_path / "d", {"a.md": body, "나.md": "글", "img/가.png": PNG}))

    assert entry("a").body == body


def test_decomposed_names_are_the_same(tmp_path):
    name = unicodedata.normalize("NFD", "그림.png")
    run(write(tmp_path / "d", {"a.md": "![[그림.png]]", f"img/{name}": PNG}))

    assert address(PNG) in entry("a").html


def test_lost_files_are_named_with_their_line(tmp_path):
    ran = run(
        write(
            tmp_path / "d",
            {"a.md": "# a\n\n![x](C:\\\\Users\\\\x.png)\n[코드](src/a.py)"},
        )
    )

    assert ran.item("a")["attachments"]["missing"] == 2
    assert ran.item("a")["links"]["unresolved"] == []
    assert "x.png" in ran.messages()
    assert "src/a.py" in ran.messages()
    assert EntryFile.objects.filter(file=None).count() == 2


def test_a_second_run_writes_nothing(tmp_path):
    dump = write(
        tmp_path / "d",
        {"a.md": "![x](x.png) [b](b.md) ![y](y.png)", "b.md": "글", "x.png": PNG},
    )
    run(dump)
    before = rows(RECORDS_OF_RUNS)

    assert run(dump).totals == {"same": 2}
    assert rows(RECORDS_OF_RUNS) == before


def test_a_dry_run_stores_no_file_and_says_what_it_would(tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path / "media"
    dump = write(tmp_path / "d", {"a.md": "![x](x.png)", "x.png": PNG})

    dry = run(dump, dry_run=True)

    assert not (tmp_path / "media").exists()
    assert not StoredFile.objects.exists()
    assert dry.items == run(dump).items


def test_a_file_that_changed_is_shown_as_it_is_now(tmp_path):
    dump = write(tmp_path / "d", {"a.md": "![x](x.png)", "x.png": PNG})
    run(dump)
    write(dump, {"x.png": OTHER})

    assert run(dump).totals == {"same": 1}
    assert address(OTHER) in entry("a").html
    assert entry("a").version == 1
    assert set(DumpName.objects.exclude(file=None).values_list("key", flat=True)) == {
        "/x.png",
        "x.png",
    }


def test_a_file_that_came_later_is_shown_then(tmp_path):
    dump = write(tmp_path / "d", {"a.md": "![x](x.png)"})
    run(dump)
    write(dump, {"x.png": PNG})
    run(dump)

    assert address(PNG) in entry("a").html
    assert not EntryFile.objects.filter(file=None).exists()


def test_the_same_bytes_are_kept_once(tmp_path):
    dump = {"a/n.md": "![x](x.png)", "b/m.md": "![y](y.png)"}
    run(write(tmp_path / "d", {**dump, "a/x.png": PNG, "b/y.png": PNG}))

    assert StoredFile.objects.count() == 1
    assert EntryFile.objects.count() == 2


def test_programs_and_giants_are_left_out_and_named(tmp_path):
    ran = run(
        write(
            tmp_path / "d",
            {
                "a.md": "[x](x.exe) ![y](y.png)",
                "x.exe": b"MZ",
                "y.png": PNG + bytes(11 * 1024 * 1024),
            },
        )
    )

    assert not StoredFile.objects.exists()
    assert "x.exe" in ran.messages()
    assert "10 MB" in ran.messages()


def test_a_page_without_it_cannot_show_a_file_by_guessing_its_name(tmp_path, writer):
    run(write(tmp_path / "d", {"비밀.md": "![x](x.png)", "x.png": PNG}))
    Entry.objects.filter(title="비밀").update(visibility=Visibility.CURATORS)

    make.entry("추측", body="![[x.png]]")

    assert address(PNG) not in entry("추측").html


def test_links_lead_by_path_whatever_their_order(tmp_path):
    dump = write(
        tmp_path / "til",
        {
            "a.md": "[비](db/redis.md) [영](./os/) [씨](db/redis.md#배포%20절차) "
            "[x](없다.md)",
            "db/redis.md": "# 레디스\n\n[에이](../a.md) [[gc]]\n\n## 배포 절차",
            "os/README.md": "폴더",
            "os/gc.md": "# 쓰레기 수집\n\n[db/redis](../db/redis)",
        },
    )

    ran = run(dump)

    html = entry("a").html
    assert 'href="/wiki/%EB%A0%88%EB%94%94%EC%8A%A4/"' in html
    assert "#%EB%B0%B0%ED%8F%AC-%EC%A0%88%EC%B0%A8" in html or "#배포-절차" in html
    assert 'href="/wiki/os/"' in html
    assert ran.item("a")["links"] == {
        "resolved": 3,
        "unresolved": [{"line": 1, "target": "없다.md"}],
    }
    assert ran.item("레디스")["links"]["resolved"] == 2
    assert entry("레디스").incoming_links.count() == 3
    assert entry("쓰레기 수집").incoming_links.count() == 1


def test_links_in_another_dump_do_not_mix_with_these(tmp_path):
    run(write(tmp_path / "one", {"a.md": "[n](n.md)", "n.md": "하나의 글"}))
    run(write(tmp_path / "two", {"b.md": "다시 [n](n.md)", "n.md": "둘의 글"}))

    one, two = entry("a").links.get().target, entry("b").links.get().target
    assert (one.body, two.body) == ("하나의 글", "둘의 글")


def test_a_moved_note_is_found_at_its_new_place(tmp_path):
    text = "# 가\n\n" + "글 한 줄\n" * 5
    dump = write(tmp_path / "d", {"old/a.md": text, "b.md": "[a](old/a.md)"})
    run(dump)
    (dump / "old/a.md").rename(dump / "a.md")
    write(dump, {"b.md": "[a](a.md)"})

    run(dump)

    assert entry("가").source_path == "a.md"
    assert entry("b").links.get().target == entry("가")
    assert "/old/a" not in DumpName.objects.values_list("key", flat=True)


def test_a_text_that_waits_brings_its_files_along(tmp_path):
    dump = write(tmp_path / "d", {"a.md": "하나\n\n둘"})
    run(dump)
    make.edit(entry("a"), body="하나\n\n위키의 둘")
    write(dump, {"a.md": "하나\n\n![둘](x.png)", "x.png": PNG})

    assert run(dump).totals == {"conflict": 1}
    make.edit(entry("a"), body="하나\n\n![둘](x.png)")

    assert address(PNG) in entry("a").html
