"""What every test finds: settings for tests, an own database, and the cast."""

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.core.cache import caches
from django.db import connections
from django.db.models.signals import post_migrate
from django.test import Client, override_settings
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from tests import people

# How long an example takes says nothing on a machine that is busy with others; tests
# of time measure by themselves.
hypothesis_settings.register_profile(
    "wiki", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
hypothesis_settings.load_profile("wiki")

# Started in the background, a process is deaf to Ctrl-C, and so are those it starts.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session", autouse=True)
def settings_for_tests(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Files go to a folder that vanishes, and nothing is slow on purpose.

    Pages speak the language of the source, so that a test says what the code
    says; tests of Korean ask for it.
    """
    folder = tmp_path_factory.mktemp("files")
    (folder / "static").mkdir()
    with override_settings(
        DATA_DIR=folder,
        MEDIA_ROOT=folder / "media",
        STATIC_ROOT=folder / "static",
        LANGUAGE_CODE="en",
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
        # The real one asks for `collectstatic`; the browser tests do that.
        STORAGES={
            "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
            "staticfiles": {
                "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
            },
        },
    ):
        yield


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """SQLite in a file, as in use: in memory, two connections wait differently."""
    database = connections["default"]
    if database.vendor == "sqlite":
        folder: Path = tmp_path_factory.mktemp("database")
        database.settings_dict["TEST"]["NAME"] = str(folder / "test.sqlite3")


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None) -> None:
    """The database with the rows migrations made, which a flush takes away."""
    post_migrate.connect(_restore_rows, dispatch_uid="rows of migrations")


def _restore_rows(sender: object, **options: object) -> None:
    from wiki.models import SearchState, SiteState
    from wiki.search.tokens import ANALYSER

    if getattr(sender, "name", "") == "wiki":
        SiteState.objects.get_or_create(pk=SiteState.ROW)
        SearchState.objects.get_or_create(
            pk=SearchState.ROW, defaults={"analyser": ANALYSER, "is_whole": True}
        )


@pytest.fixture(autouse=True)
def _empty_caches() -> None:
    # A rolled back test leaves its pages there, under ids the next one reuses.
    for name in settings.CACHES:
        caches[name].clear()


@pytest.fixture
def data_folder(settings, tmp_path: Path) -> Path:
    """A folder of this test alone for what the wiki writes."""
    settings.DATA_DIR = tmp_path
    return tmp_path


@pytest.fixture
def writer(db: None) -> AbstractUser:
    return people.writer()


@pytest.fixture
def other_writer(db: None) -> AbstractUser:
    return people.other_writer()


@pytest.fixture
def curator(db: None) -> AbstractUser:
    return people.curator()


@pytest.fixture
def administrator(db: None) -> AbstractUser:
    return people.administrator()


@pytest.fixture
def visitor(db: None) -> Client:
    """The client of someone without an account."""
    return people.client_of(None)


@pytest.fixture
def as_writer(writer: AbstractUser) -> Client:
    return people.client_of(writer)


@pytest.fixture
def as_other_writer(other_writer: AbstractUser) -> Client:
    return people.client_of(other_writer)


@pytest.fixture
def as_curator(curator: AbstractUser) -> Client:
    return people.client_of(curator)


@pytest.fixture
def as_administrator(administrator: AbstractUser) -> Client:
    return people.client_of(administrator)
