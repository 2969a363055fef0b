"""What the environment makes of the settings, each in an interpreter of its own."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PRINT = """
import json, sys
from config import settings
print(json.dumps({name: getattr(settings, name) for name in sys.argv[1:]}, default=str))
"""


def settings_with(tmp_path, *names, **environment):
    done = subprocess.run(
        [sys.executable, "-c", PRINT, *names],
        cwd=ROOT,
        env={"DATA_DIR": str(tmp_path), "PATH": "/usr/bin:/bin", **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)


def test_nothing_set_is_safe(tmp_path):
    found = settings_with(
        tmp_path,
        *("DEBUG", "ALLOWED_HOSTS", "LANGUAGE_CODE", "TIME_ZONE", "SECRET_KEY"),
        *("WIKI_SIGNUP", "WIKI_ANONYMOUS_EDIT", "BEHIND_PROXY", "BASE_URL"),
    )

    assert found.pop("SECRET_KEY") == (tmp_path / "secret-key").read_text()
    assert found == {
        "DEBUG": False,
        "ALLOWED_HOSTS": ["127.0.0.1", "localhost", "[::1]"],
        "LANGUAGE_CODE": "ko",
        "TIME_ZONE": "Asia/Seoul",
        "WIKI_SIGNUP": "closed",
        "WIKI_ANONYMOUS_EDIT": False,
        "BEHIND_PROXY": False,
        "BASE_URL": "http://127.0.0.1:8000",
    }


def test_own_address_follows_the_port(tmp_path):
    found = settings_with(tmp_path, "BASE_URL", PORT="8123")

    assert found == {"BASE_URL": "http://127.0.0.1:8123"}


@pytest.mark.parametrize(
    ("url", "host", "user"),
    [
        ("postgres://me@%2Frun%2Fpostgresql/notes", "/run/postgresql", "me"),
        ("postgres://me:s%40@db.example.org:5433/notes", "db.example.org", "me"),
        ("postgresql:///notes", "", ""),
    ],
)
def test_database_may_be_a_socket_or_a_host(tmp_path, url, host, user):
    database = settings_with(tmp_path, "DATABASES", DATABASE_URL=url)["DATABASES"]

    default = database["default"]
    assert (default["HOST"], default["USER"]) == (host, user)
    assert default["NAME"] == "notes"
    assert default["OPTIONS"]["pool"]


def test_https_makes_cookies_and_redirects_secure(tmp_path):
    found = settings_with(
        tmp_path,
        *("SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "SECURE_SSL_REDIRECT"),
        "MIDDLEWARE",
        BASE_URL="https://wiki.example.org/",
        BEHIND_PROXY="on",
        SECRET_KEY="x",
    )

    assert found.pop("MIDDLEWARE")[0] == "config.proxy.client_address"
    assert all(found.values())
