import pytest

from tests.importing.importer import entry, run, write

pytestmark = pytest.mark.django_db


def test_other_titles_that_do_not_fit_are_named(tmp_path):
    names = [f"이름 {n}" for n in range(105)] + ["긴" * 201]
    listed = "".join(f"- {name}\n" for name in names)
    dump = write(
        tmp_path, {"dump/a.md": f"---\naliases:\n{listed}---\n\n# 글\n\n본문\n"}
    )

    ran = run(dump / "dump")

    assert len(entry("글").alias_names) == 100
    assert [f"이름 {n}" in ran.messages() for n in (99, 104)] == [False, True]
    assert "긴긴" in ran.messages()
