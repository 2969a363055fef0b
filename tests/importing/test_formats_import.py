"""Vaults, graphs and workspaces imported: links that lead somewhere, and again."""

import unicodedata

import pytest
from django.conf import settings

from tests.importing.importer import run, write
from wiki.models import Entry, Link

pytestmark = pytest.mark.django_db(transaction=True)

CASES = settings.BASE_DIR / "tests" / "cases" / "importing"


def titles():
    return sorted(Entry.objects.values_list("title", flat=True))


def targets(title):
    """What the links of an entry were written as, and the titles they lead to."""
    links = Link.objects.filter(source__title=title).select_related("target")
    return {link.name: link.target and link.target.title for link in links}


@pytest.mark.parametrize(
    "case", ["obsidian-vault", "logseq-graph", "dendron-workspace", "folder-of-topics"]
)
def test_a_second_run_changes_nothing(case):
    first = run(CASES / case / "dump", source="원본")
    second = run(CASES / case / "dump", source="원본")

    assert first.code == 0
    assert set(second.totals) <= {"same", "skipped"}
    assert second.totals["same"] == first.totals["created"]


def test_links_by_ids_names_of_vaults_and_days_lead_to_their_notes(tmp_path):
    uuid = "6302f9ee-1eb7-47ab-af57-17f933664bcb"
    write(
        tmp_path / "graph",
        {
            "logseq/config.edn": "{}",
            "pages/가.md": (
                f"- 글 (({uuid})) [[Mar 4th, 2021]] [[2021/03/04]] [[나/다]]"
            ),
            "journals/2021_03_04.md": f"- 글\n  id:: {uuid}\n",
            "pages/나___다.md": "- 글 {{embed [[가]]}}\n",
        },
    )

    run(tmp_path / "graph")

    assert targets("가") == {
        f"(({uuid}))": "2021-03-04",
        "Mar 4th, 2021": "2021-03-04",
        "2021/03/04": "2021-03-04",
        "나/다": "나/다",
    }


def test_links_of_a_workspace_have_their_label_first(tmp_path):
    write(
        tmp_path / "work",
        {
            "dendron.yml": "vaults:\n- fsPath: notes\n  name: 금고\n",
            "notes/a.b.md": (
                "---\nid: x1\ntitle: 가\n---\n"
                "[[보이는 글|c.d]] [[dendron://금고/c.d#제목]] [[c.d]]\n"
            ),
            "notes/c.d.md": "---\nid: x2\ntitle: 나\n---\n글\n",
        },
    )

    run(tmp_path / "work")

    assert set(targets("가").values()) == {"나"}


def test_notes_of_one_title_are_told_apart_by_what_their_format_knows(tmp_path):
    note = "---\nid: {}\ntitle: 명령\n---\n글 {}\n"
    write(
        tmp_path / "work",
        {
            "dendron.yml": "version: 5",
            "notes/a.명령.md": note.format("x1", 1),
            "notes/b.명령.md": note.format("x2", 2),
            "notes/b.c.명령.md": note.format("x3", 3),
        },
    )

    run(tmp_path / "work")

    assert titles() == ["명령", "명령 (b)", "명령 (b.c)"]


def test_translations_leave_the_title_to_their_original(tmp_path):
    write(
        tmp_path / "docs",
        {
            "README.md": "# 안내\nen\n",
            "README-ja.md": "# 안내\nja\n",
            "README-ko.md": "# 안내\nko\n",
        },
    )

    first, second = run(tmp_path / "docs"), run(tmp_path / "docs")

    assert titles() == ["안내", "안내 (ja)", "안내 (ko)"]
    assert Entry.objects.get(title="안내").body == "en"
    assert first.code == 0
    assert second.totals == {"same": 3}


def test_folders_of_many_languages_share_names(tmp_path):
    languages = ["de", "en", "es", "fi", "fr", "ja", "ko", "nl", "pl", "pt-BR", "zh-CN"]
    write(
        tmp_path / "docs",
        {f"{name}/guide/intro.md": f"# Intro\n{name}\n" for name in languages},
    )

    first, second = run(tmp_path / "docs"), run(tmp_path / "docs")

    assert titles() == ["Intro", *(f"Intro ({name})" for name in languages[1:])]
    assert first.totals == {"created": len(languages)}
    assert second.totals == {"same": len(languages)}


def test_names_that_differ_in_case_or_in_form_are_both_kept(tmp_path):
    name = "배포"
    write(
        tmp_path / "notes",
        {
            "Redis.md": "하나",
            "redis.md": "둘",
            f"{name}.md": "셋",
            f"{unicodedata.normalize('NFD', name)}.md": "넷",
        },
    )

    first, second = run(tmp_path / "notes"), run(tmp_path / "notes")

    assert first.totals == {"created": 4}
    assert {entry.body for entry in Entry.objects.all()} == {"하나", "둘", "셋", "넷"}
    assert all(unicodedata.is_normalized("NFC", title) for title in titles())
    assert len({entry.slug.casefold() for entry in Entry.objects.all()}) == 4
    assert second.totals == {"same": 4}


def test_a_list_of_notes_is_one_entry(tmp_path):
    notes = {f"db/{n}.md": f"# 글 {n}\n본문 {n}\n" for n in range(30)}
    index = "# 목록\n\n## db\n" + "".join(f"- [글 {n}](db/{n}.md)\n" for n in range(30))
    write(tmp_path / "til", {**notes, "README.md": index})

    ran = run(tmp_path / "til")

    assert ran.totals == {"created": 31}
    assert len(targets("목록")) == 30
    assert None not in targets("목록").values()


def test_only_the_tags_of_the_owner_are_never_dropped(tmp_path):
    tags = [f"태그{n}" for n in range(60)]
    write(
        tmp_path / "vault",
        {
            ".obsidian/app.json": "{}",
            "a/b/c/글.md": f"---\ntags: {', '.join(tags)}\n---\n글 #가장/안쪽 #태그1\n",
        },
    )

    (item,) = run(tmp_path / "vault").items

    by_rule = {}
    for tag in item["tags"]:
        by_rule.setdefault(tag["rule"], []).append(tag["name"])
    assert by_rule["front matter"] == tags
    assert by_rule["inline tag"] == ["가장/안쪽"]
    assert by_rule["folder"] == ["c", "b", "a"]
