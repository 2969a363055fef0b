import pytest
from django.contrib.auth import get_user_model
from django.core.management import CommandError

from tests import make
from wiki import starting


@pytest.fixture
def commands(monkeypatch):
    """The commands that were called, instead of calling them."""
    called = []
    monkeypatch.setattr(
        starting, "call_command", lambda name, *words, **options: called.append(name)
    )
    return called


def test_first_administrator_gets_a_password_that_works(db):
    made = starting.administrator()

    person = get_user_model().objects.get(username="admin")
    assert made.name == "admin"
    assert person.check_password(made.new_password)
    assert person.is_staff
    assert person.is_superuser


def test_later_starts_name_the_administrator_and_tell_no_password(db):
    starting.administrator()

    assert starting.administrator() == starting.Administrator("admin")
    assert get_user_model().objects.count() == 1


def test_a_member_called_admin_is_not_made_administrator(db):
    get_user_model().objects.create_user("admin", password="x")

    made = starting.administrator()

    assert made.name.startswith("admin-")
    assert not get_user_model().objects.get(username="admin").is_superuser


def test_inactive_administrator_counts_for_none(db):
    starting.administrator()
    get_user_model().objects.update(is_active=False)

    assert starting.administrator().new_password


def test_nothing_is_migrated_when_everything_is(db, commands):
    starting.migrate_if_needed()

    assert commands == []


def test_static_files_are_collected_when_they_changed(settings, tmp_path, commands):
    settings.STATIC_ROOT = tmp_path / "data" / "static"
    settings.STATIC_ROOT.mkdir(parents=True)
    source = tmp_path / "source"
    source.mkdir()
    (source / "a.css").write_text("a {}")
    settings.STATICFILES_DIRS = [source]

    starting.collect_static_if_changed()
    starting.collect_static_if_changed()
    assert commands == ["collectstatic"]

    (source / "a.css").write_text("a { color: red }")
    starting.collect_static_if_changed()
    assert commands == ["collectstatic"] * 2


def test_first_notes_come_into_an_empty_wiki_only(db, commands):
    starting.import_first_notes_if_empty()
    assert commands == ["importnotes"]

    make.deleted(make.entry("글"))
    starting.import_first_notes_if_empty()

    assert commands == ["importnotes"]


def test_what_the_import_says_is_wrong_comes_through(db, monkeypatch):
    def fail(*words, **options):
        raise CommandError("no such file")

    monkeypatch.setattr(starting, "call_command", fail)

    with pytest.raises(CommandError, match="no such file"):
        starting.import_first_notes_if_empty()
