"""The bundles of the editor and of the graph: that they are what their sources make."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
FRONTEND = ROOT / "frontend"
LOCK = FRONTEND / "package-lock.json"
SCRIPTS = ROOT / "wiki" / "static" / "wiki" / "js"
BUNDLES = ("source-editor.js", "graph-view.js")
PACKAGES = FRONTEND / "node_modules"
# What npm writes of the packages it has put there.
INSTALLED = PACKAGES / ".package-lock.json"
INSTALL_SECONDS = 300


def packages_of(lock, *, without_optional=False):
    """The packages of a lock file by their folder, with what makes them these.

    Optional are those of which each kind of machine needs another one.
    """
    listed = json.loads(lock.read_text())["packages"]
    listed.pop("", None)
    return {
        folder: (package["version"], package.get("integrity"))
        for folder, package in listed.items()
        if not (without_optional and package.get("optional"))
    }


def is_installed():
    """Whether the locked packages are there, those of other machines aside."""
    if not INSTALLED.is_file():
        return False
    needed = packages_of(LOCK, without_optional=True)
    found = packages_of(INSTALLED)
    return needed.items() <= found.items() <= packages_of(LOCK).items()


@pytest.fixture(scope="module")
def packages():
    """The packages of the bundles in their place, brought there when they are not."""
    if shutil.which("node") is None:
        pytest.skip("no Node.js, so the bundles are not built anew")
    if is_installed():
        return
    if shutil.which("npm") is None:
        pytest.skip("no npm, so the packages of the bundles cannot be installed")
    done = subprocess.run(
        ["npm", "ci", "--ignore-scripts"],
        cwd=FRONTEND,
        capture_output=True,
        text=True,
        timeout=INSTALL_SECONDS,
    )
    if done.returncode:
        last = done.stderr.strip().splitlines()[-1:]
        pytest.skip(f"npm could not install the packages of the bundles: {last}")


def test_the_bundles_are_what_their_sources_make(packages, tmp_path):
    subprocess.run(["node", "build.js", str(tmp_path)], cwd=FRONTEND, check=True)

    made = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert sorted(made) == sorted(BUNDLES)
    for name in BUNDLES:
        assert made[name] == (SCRIPTS / name).read_bytes(), "`make js`, and commit it"


def test_every_package_is_pinned():
    wanted = json.loads((FRONTEND / "package.json").read_text())["devDependencies"]
    locked = packages_of(LOCK)

    # The package of that name holds another, older editor.
    assert "codemirror" not in wanted
    for name, version in wanted.items():
        assert re.fullmatch(r"\d+\.\d+\.\d+", version), name
        assert locked[f"node_modules/{name}"][0] == version


def test_packages_are_locked_by_what_is_in_them_and_not_by_where_they_came_from():
    lock = (LOCK).read_text()

    assert "://" not in lock
    assert all(integrity for _, integrity in packages_of(LOCK).values())


@pytest.mark.parametrize("name", BUNDLES)
def test_a_bundle_needs_nothing_that_the_policy_refuses(name):
    bundle = (SCRIPTS / name).read_text()

    assert bundle.isascii()
    assert not re.search(r"\beval\(|\bnew Function\(|//# source|\bimport\(", bundle)
    assert not re.search(r"\bnew Worker\(|createObjectURL", bundle)


@pytest.mark.parametrize("name", BUNDLES)
def test_a_bundle_names_whose_work_it_holds(name):
    head = (SCRIPTS / name).read_text()[:300]

    assert "frontend/" in head
    assert "(c)" in head
    assert "licence" in head
