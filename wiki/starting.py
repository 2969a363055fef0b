"""What a wiki needs before it can be served: tables, static files, a first person.

Each step looks first and does nothing when there is nothing to do, so that a
second start is quick. For one process on one machine; a deployment runs the
commands it needs itself (docs/deploy.md).
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils.crypto import get_random_string

from wiki.editing import reindexing
from wiki.models import Entry

ADMINISTRATOR = "admin"
PASSWORD_CHARS = 16
# About a second's work; for more nobody waits.
INDEXED_AT_START = 500
FIRST_NOTES = Path("fixtures", "notes", "devnotes.md")


@dataclass(frozen=True)
class Administrator:
    """Who may do everything; the password only when it was made just now."""

    name: str
    new_password: str = ""


def migrate_if_needed() -> None:
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        call_command("migrate", interactive=False, verbosity=0)


def collect_static_if_changed() -> None:
    """Brings the static files to STATIC_ROOT unless they lie there as they are now."""
    root = Path(settings.STATIC_ROOT)
    stamp = root.with_name(f"{root.name}.sources")
    sources = _fingerprint_of_static_files()
    if stamp.is_file() and stamp.read_text() == sources and root.is_dir():
        return
    call_command("collectstatic", interactive=False, verbosity=0)
    stamp.write_text(sources)


def administrator() -> Administrator:
    """An active administrator, made with a random password if there is none."""
    people = get_user_model()
    name = people.USERNAME_FIELD
    known = people.objects.filter(is_superuser=True, is_active=True).order_by("pk")
    first = known.values_list(name, flat=True).first()
    if first is not None:
        return Administrator(first)
    free_name = ADMINISTRATOR
    while people.objects.filter(**{name: free_name}).exists():
        free_name = f"{ADMINISTRATOR}-{get_random_string(4).lower()}"
    password = get_random_string(PASSWORD_CHARS)
    people.objects.create_superuser(free_name, password=password)
    return Administrator(free_name, password)


def import_first_notes_if_empty() -> None:
    """Imports the notes that come with the project into a wiki that never had any.

    Raises what the import command raises: CommandError, or SystemExit with its code.
    """
    if not Entry.objects.exists():
        call_command("importnotes", str(settings.BASE_DIR / FIRST_NOTES), verbosity=0)


def complete_search_index() -> None:
    """Brings a few missing entries into the search index; more are left to the worker.

    Until they are in it, searches read their texts.
    """
    if 0 < reindexing.missing() <= INDEXED_AT_START:
        reindexing.complete()


def _fingerprint_of_static_files() -> str:
    seen = hashlib.sha256(settings.STORAGES["staticfiles"]["BACKEND"].encode())
    for finder in get_finders():
        for path, storage in sorted(finder.list([]), key=lambda found: found[0]):
            file = Path(storage.path(path))
            status = file.stat()
            seen.update(f"{file}\0{status.st_size}\0{status.st_mtime_ns}\n".encode())
    return seen.hexdigest()
