"""Wikis as processes, with people in them; figures at the end of a run."""

import json
import os
import sys
from collections.abc import Callable, Iterator

import pytest
from django.db import connection

from tests.faults.writers import Cast, text_of_sections
from tests.installations import Installation, Installations

IS_SOAK = bool(os.environ.get("SOAK"))
IS_POSTGRES = connection.vendor == "postgresql"
# Times are promised for a machine that does nothing else; in a short run other
# tests keep it busy. SLACK says how many times as long it may take.
SLACK = float(os.environ.get("SLACK") or (1 if IS_SOAK else 3))
WRITERS = 16
EDITS = 32 if IS_SOAK else 2

# Sessions without passwords: hashing one takes as long as ten saves.
PREPARE = """
import json, sys
import django
django.setup()
from importlib import import_module
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth import get_user_model
from wiki.editing import Act, Author, Content, NewEntry, create_entries
people, bodies = json.load(sys.stdin)
sessions = []
for n in range(people):
    person = get_user_model()(username=f"writer-{n}")
    person.set_unusable_password()
    person.save()
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[-1]
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session.save()
    sessions.append(session.session_key)
act = Act(author=Author(label="test"))
create_entries(
    [NewEntry(content=Content(title=t, body=b), act=act) for t, b in bodies.items()]
)
print(json.dumps(sessions))
"""


@pytest.fixture(scope="package")
def wikis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installations]:
    """Wikis of their own, on the database that the tests run on."""
    url = os.environ["DATABASE_URL"] if IS_POSTGRES else ""
    with Installations(tmp_path_factory.mktemp("wikis"), url) as installations:
        wiki = installations.fresh()
        wiki.manage("collectstatic", "--noinput", "-v", "0")
        installations.statics = wiki.folder / "static"
        yield installations


@pytest.fixture
def inhabited(wikis: Installations) -> Callable[..., Cast]:
    """Puts writers and their pages into a wiki."""

    def prepare(wiki: Installation, people: int = WRITERS, edits: int = EDITS) -> Cast:
        (wiki.folder / "static").symlink_to(wikis.statics)
        return inhabit(wiki, people, edits)

    return prepare


def inhabit(wiki: Installation, people: int, edits: int) -> Cast:
    bodies = {
        "sections": text_of_sections(people, edits),
        "stale": text_of_sections(people, edits),
        "end": "# 쪽\n\n첫 줄\n",
        "line": "# 쪽\n\n위\n\n줄: 처음\n\n아래\n",
        **{
            f"{kind}-{n}": "# 쪽\n" for n in range(people) for kind in ("own", "double")
        },
    }
    process = wiki.start(
        command=(sys.executable, "-c", PREPARE),
        env={**wiki.environment, "DJANGO_SETTINGS_MODULE": "config.settings"},
        stdin=-1,
    )
    out, err = process.communicate(json.dumps([people, bodies]))
    assert process.returncode == 0, err
    return Cast(tuple(json.loads(out)))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Prints what tests measured."""
    for report in terminalreporter.getreports("passed"):
        for name, value in report.user_properties:
            terminalreporter.write_line(f"{report.nodeid}: {name}: {value}")
