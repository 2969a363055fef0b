"""Where a Chromium is that tests can drive, and how one is brought."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

NAMES = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
)
MAC_APPLICATIONS = ("Chromium", "Google Chrome")
INSTALL_SECONDS = 600
PLAYWRIGHT_INSTALL = [sys.executable, "-m", "playwright", "install", "chromium"]
APT_INSTALL = "apt-get install -y chromium"

# Nothing of the browser's own goes out, and none of it disturbs a measurement.
FLAGS = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def launch_flags() -> list[str]:
    """What Chromium is started with; it refuses its sandbox to root."""
    return [*FLAGS, "--no-sandbox"] if os.geteuid() == 0 else FLAGS


def find_chromium() -> str | None:
    """The path of a Chromium that starts, or None."""
    named = os.environ.get("CHROMIUM")
    if named:
        return shutil.which(named)
    return next((path for path in _usual_places() if _starts(path)), None)


def bring_chromium() -> str | None:
    """Installs a Chromium in the ways this account may, and says where it is.

    Takes minutes at most; the installers say on the terminal what they do.
    """
    attempts = [PLAYWRIGHT_INSTALL]
    if os.geteuid() == 0 and shutil.which("apt-get"):
        attempts.insert(0, ["sh", "-c", f"apt-get update -q && {APT_INSTALL}"])
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in attempts:
        try:
            subprocess.run(command, env=environment, timeout=INSTALL_SECONDS)
        except (OSError, subprocess.TimeoutExpired):
            continue
        found = find_chromium()
        if found:
            return found
    return None


def how_to_bring_chromium() -> str:
    if shutil.which("apt-get"):
        return f"sudo {APT_INSTALL}"
    return f"{os.path.relpath(sys.executable)} -m playwright install chromium"


def _usual_places() -> Iterator[str]:
    for name in NAMES:
        path = shutil.which(name)
        if path:
            yield path
    for name in MAC_APPLICATIONS:
        yield f"/Applications/{name}.app/Contents/MacOS/{name}"
    yield from _playwrights_own()


def _playwrights_own() -> Iterator[str]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        yield playwright.chromium.executable_path


def _starts(path: str) -> bool:
    # A browser whose libraries are missing is there, but of no use.
    if not Path(path).is_file():
        return False
    try:
        done = subprocess.run([path, "--version"], capture_output=True, timeout=60)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0
