"""The wiki as it is served, and a Chromium that looks at it.

    def test_something(windows, writer):
        page = windows.open("/", person=writer, look=Look(390, 844, "dark", "en"))

Records are made with `tests.make`; the server sees them. After each test,
whatever went wrong in any window (a console error, a refused script, a missing
file, a request to another host) fails it; a test that means to cause such a
thing empties `windows.problems`.
"""

import os
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import uvicorn
from django.core.asgi import get_asgi_application
from django.core.management import call_command
from django.test import override_settings
from playwright.sync_api import Browser, sync_playwright

from tests.browser.chromium import (
    find_chromium,
    how_to_bring_chromium,
    launch_flags,
)
from tests.browser.windows import Windows

START_SECONDS = 30


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "/tests/browser/" in item.path.as_posix():
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    executable = find_chromium()
    if executable is None:
        pytest.skip(f"no Chromium; this brings it: {how_to_bring_chromium()}")
    # Playwright keeps an event loop in this thread, where the tests use the ORM.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=executable, args=launch_flags()
        )
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def address(
    settings_for_tests: None,
    django_db_setup: None,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[str]:
    """Where the wiki is served, by uvicorn and with static files as in use."""
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    with override_settings(
        BASE_URL=address,
        STATIC_ROOT=tmp_path_factory.mktemp("static"),
        STORAGES={
            "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
            "staticfiles": {
                "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
            },
        },
        LANGUAGE_CODE="ko",
    ):
        call_command("collectstatic", interactive=False, verbosity=0)
        with listener, _served(listener):
            yield address


@pytest.fixture
def windows(
    transactional_db: None, browser: Browser, address: str
) -> Iterator[Windows]:
    windows = Windows(browser, address)
    yield windows
    windows.close()
    assert windows.problems == []


@contextmanager
def _served(listener: socket.socket) -> Iterator[None]:
    """A uvicorn in a thread of its own for as long as the block lasts."""
    config = uvicorn.Config(
        # Made here, with the settings in force: middleware reads them once.
        get_asgi_application(),
        lifespan="off",
        log_config=None,
        access_log=False,
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        deadline = time.monotonic() + START_SECONDS
        while not server.started:
            assert thread.is_alive(), "the server did not start"
            assert time.monotonic() < deadline, "the server did not start in time"
            time.sleep(0.01)
        yield
    finally:
        server.should_exit = True
        thread.join()
