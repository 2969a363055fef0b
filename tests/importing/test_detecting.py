"""Which format a dump is taken for, with and without the settings of its app."""

from datetime import UTC, datetime

import pytest

from wiki.importing.formats import find_format, place_at
from wiki.importing.formats.journals import day_named, print_day
from wiki.importing.notes import Piece, ReadOptions
from wiki.importing.trees import open_tree

UUID = "6302f9ee-1eb7-47ab-af57-17f933664bcb"


def write(root, files):
    for path, text in files.items():
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)


def format_of(root):
    with open_tree(place_at(str(root))) as tree:
        return find_format(tree).NAME


def notes_of(root):
    options = ReadOptions()
    with open_tree(place_at(str(root))) as tree:
        known = find_format(tree)
        found = [one for one in known.find(tree, options) if isinstance(one, Piece)]
        return [note for one in found for note in known.read(one, options).notes]


LINKED = {f"{n}번 글.md": f"글 [[{n + 1}번 글#제목|글]]\n" for n in range(6)}
CLIPPED = {f"{n}.md": '---\nauthor:\n  - "[[누구]]"\n---\n글\n' for n in range(6)}
TITLED = {f"{n}.md": f"# {n}번 글\n글 [[{n + 1}번 글]]\n" for n in range(6)}
DOTTED = {f"vault/a.b{n}.md": f"---\nid: i{n}\ntitle: 글 {n}\n---\n" for n in range(4)}


@pytest.mark.parametrize(
    "files, name",
    [
        ({"a.md": "글"}, "folder"),
        ({"a.md": "글", ".obsidian/app.json": "{}"}, "obsidian"),
        ({"vault/a.md": "글", "vault/.obsidian/app.json": "{}"}, "obsidian"),
        ({"a.md": "글", "b.canvas": "{}"}, "obsidian"),
        (LINKED, "obsidian"),
        (TITLED, "folder"),
        (CLIPPED, "obsidian"),
        ({**LINKED, **{f"{n}.md": "글" for n in range(10, 60)}}, "folder"),
        ({f"{n}.md": f"```\n[[{n}번 글]]\n```\n" for n in range(9)}, "folder"),
        ({f"{n}.md": "a = [[1, 2], [3, 4]]\n" for n in range(9)}, "folder"),
        ({"logseq/config.edn": "{}", "pages/a.md": "- 글"}, "logseq"),
        ({"내 것/logseq/config.edn": "{}", "내 것/pages/a.md": "- 글"}, "logseq"),
        ({"pages/a.md": "- 글", "journals/2021_03_04.md": "- 글"}, "logseq"),
        ({"pages/a.md": "글", "journals/봄.md": "글"}, "folder"),
        ({f"{n}.md": f"- 글\n  id:: {UUID}\n" for n in range(3)}, "logseq"),
        ({"a.md": "글", "dendron.yml": "version: 5"}, "dendron"),
        (DOTTED, "dendron"),
        ({"a.md": "글", "b/c/dendron.yml": "version: 5"}, "folder"),
        ({"a.md": "글", "b/c/logseq/config.edn": "{}"}, "folder"),
        ({"a.b.md": "글", "c.d.md": "글", "v1.2.md": "글"}, "folder"),
    ],
)
def test_formats_are_known(tmp_path, files, name):
    write(tmp_path, files)

    assert format_of(tmp_path) == name


def test_a_graph_in_a_folder_of_its_own_is_read_alike(tmp_path):
    graph = {
        "logseq/config.edn": '{:journal/page-title-format "EEE, dd.MM.yyyy"}',
        "logseq/bak/a.md": "- 옛 글",
        "journals/2021_03_04.md": f"- 글\n  id:: {UUID}\n",
    }
    write(tmp_path, {f"내 것/{path}": text for path, text in graph.items()})

    (note,) = notes_of(tmp_path)

    assert note.title == "2021-03-04"
    assert note.aliases == ("Thu, 04.03.2021",)
    assert note.written_at == datetime(2021, 3, 4, tzinfo=UTC)
    assert f"(({UUID}))" in note.names


def test_notes_beside_folders_named_as_those_of_a_graph_are_read(tmp_path):
    write(
        tmp_path,
        {
            "pages/a.md": "- 글",
            "journals/2021_03_04.md": "- 글",
            "프로젝트/assets/메모.md": "글",
        },
    )

    assert [note.title for note in notes_of(tmp_path)] == ["2021-03-04", "a", "메모"]


@pytest.mark.parametrize(
    "pattern, printed",
    [
        ("MMM do, yyyy", "Mar 1st, 2021"),
        ("do MMMM yyyy", "1st March 2021"),
        ("EEEE, dd.MM.yy", "Monday, 01.03.21"),
        ("yyyy年MM月dd日", "2021年03月01日"),
        ("E, M/d/yyyy", "Mon, 3/1/2021"),
    ],
)
def test_days_are_printed(pattern, printed):
    assert print_day(day_named("2021_03_01"), pattern) == printed


@pytest.mark.parametrize(
    "number, ending",
    [(2, "nd"), (3, "rd"), (4, "th"), (11, "th"), (12, "th"), (13, "th"), (23, "rd")],
)
def test_days_have_endings(number, ending):
    assert print_day(day_named(f"2021-03-{number:02}"), "do") == f"{number}{ending}"


@pytest.mark.parametrize("name", ["2021_02_30", "2021", "봄", "", "20213040"])
def test_what_is_no_day(name):
    assert day_named(name) is None


def test_links_across_vaults_know_the_names_of_vaults(tmp_path):
    write(
        tmp_path,
        {
            "dendron.yml": "vaults:\n- fsPath: notes\n  name: 금고\n- fsPath: ./둘\n",
            "notes/a.b.md": "---\nid: x1\n---\n글",
            "둘/c.d.md": "글",
        },
    )

    first, second = notes_of(tmp_path)

    assert first.names == ("x1", "dendron://금고/a.b")
    assert second.names == ("dendron://둘/c.d",)


@pytest.mark.parametrize("settings", ["vaults: x", "- a", "{", "vaults: [a, [b]]", ""])
def test_broken_settings_are_passed_over(tmp_path, settings):
    write(tmp_path, {"dendron.yml": settings, "a.b.md": "글"})

    (note,) = notes_of(tmp_path)

    assert note.title == "b"


@pytest.mark.parametrize(
    "name, text, title, body",
    [
        ("Kafka (메시지)", "# Kafka (메시지)\n글", "Kafka (메시지)", "글"),
        ("Kafka", "# Kafka\n글\n# 둘째\n글", "Kafka", "글\n# 둘째\n글"),
        ("Kafka", "# 다른 것\n글\n# Kafka\n", "Kafka", "# 다른 것\n글\n# Kafka"),
        ("kafka-101", "# Kafka 101\n글", "Kafka 101", "글"),
        ("Kafka", "글\n\n# Kafka\n", "Kafka", "글\n\n# Kafka"),
        ("Kafka", "---\ntitle: 카프카\n---\n# Kafka\n글", "카프카", "# Kafka\n글"),
    ],
)
def test_the_name_of_a_file_in_a_vault_is_its_title(tmp_path, name, text, title, body):
    write(tmp_path, {".obsidian/app.json": "{}", f"{name}.md": text})

    (note,) = notes_of(tmp_path)

    assert (note.title, note.body, note.aliases) == (title, body, ())


@pytest.mark.parametrize(
    "text, properties, body",
    [
        ("a:: 1\nb-c:: 2\n\n- 글", (("a", "1"), ("b-c", "2")), "- 글"),
        ("a::\n- 글", (("a", ""),), "- 글"),
        ("\n\na:: 1\n글\nb:: 2", (("a", "1"),), "글\nb:: 2"),
        ("- a:: 1\n  b:: 2\n- 글", (("a", "1"), ("b", "2")), "- 글"),
        ("- a:: 1\n- b:: 2\n- 글", (("a", "1"),), "- b:: 2\n- 글"),
        ("- a:: 1\n  글\n", (), "- a:: 1\n  글"),
        ("- a:: 1\n\t- 글\n", (), "- a:: 1\n\t- 글"),
        ("C++ 의 std:: 는 이름이다\n", (), "C++ 의 std:: 는 이름이다"),
        ("a::b\n", (), "a::b"),
        ("---\nx: 1\n---\na:: [[b]] c\n", (("x", "1"), ("a", "[[b]] c")), ""),
    ],
)
def test_lines_above_a_page_are_its_properties(tmp_path, text, properties, body):
    write(tmp_path, {"logseq/config.edn": "{}", "pages/가.md": text})

    (note,) = notes_of(tmp_path)

    assert (note.properties, note.body) == (properties, body)
