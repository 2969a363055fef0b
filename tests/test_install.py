"""scripts/install.sh, with interpreters that are little scripts themselves."""

import os
import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parent.parent / "scripts" / "install.sh"
TOO_OLD = 'case "$2" in *version_info*) exit 1;; esac'
WITHOUT_VENV = 'case "$2" in *ensurepip*) exit 1;; esac'
# Makes a .venv whose python writes down what it is asked to do.
GOOD = """
if [ "$2" = venv ]; then
    mkdir -p .venv/bin
    cp "$0" .venv/bin/python
fi
echo "$@" >> asked
"""


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "requirements.txt").write_text("Django==5.2\n")
    return tmp_path


def install(folder, python):
    interpreter = folder / "my-python"
    interpreter.write_text(f"#!/bin/sh\n{python}\n")
    interpreter.chmod(0o755)
    return subprocess.run(
        ["sh", SCRIPT, "requirements.txt"],
        cwd=folder,
        env={**os.environ, "PYTHON": str(interpreter)},
        capture_output=True,
        text=True,
    )


def asked(folder):
    return (folder / "asked").read_text().splitlines()


def test_packages_are_installed_once(folder):
    first = install(folder, GOOD)
    after_first = asked(folder)
    second = install(folder, GOOD)

    assert (first.returncode, second.returncode) == (0, 0)
    assert [line for line in after_first if "pip install" in line]
    assert asked(folder) == after_first
    assert second.stderr == ""


def test_changed_requirements_are_installed_into_what_is_there(folder):
    install(folder, GOOD)
    (folder / "requirements.txt").write_text("Django==5.3\n")

    install(folder, GOOD)

    assert len([line for line in asked(folder) if "pip install" in line]) == 2
    assert len([line for line in asked(folder) if "-m venv" in line]) == 1


def test_failed_install_is_tried_again(folder):
    failing = GOOD + 'case "$*" in *"pip install"*) exit 1;; esac'

    first = install(folder, failing)
    again = install(folder, failing)

    assert (first.returncode, again.returncode) == (1, 1)
    assert "could not be installed" in again.stderr


@pytest.mark.parametrize(
    ("python", "said"),
    [(TOO_OLD, "needs Python 3.11 or newer"), (WITHOUT_VENV, "python3-venv")],
)
def test_what_is_missing_is_said_in_one_sentence(folder, python, said):
    done = install(folder, python)

    assert done.returncode == 1
    assert said in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert not (folder / ".venv").exists()
