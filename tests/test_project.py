"""What holds for the project as a whole: layers, migrations, settings, templates."""

import ast
import re
import tomllib
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.core.management import call_command
from django.template.loader import get_template
from django.urls import get_resolver
from importlinter.cli import lint_imports

ROOT = Path(__file__).resolve().parent.parent
WIKI = ROOT / "wiki"
TEMPLATES = sorted((WIKI / "templates").rglob("*.html"))
# The one place that says of HTML that it is safe.
SANITIZER = WIKI / "rendering" / "sanitize.py"
# What pure text code may take from Django: nothing that knows a database.
PURE_DJANGO = ("django.utils", "django.conf")

_TEMPLATE_CODE = re.compile(r"\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}", re.DOTALL)


def source_files():
    return [path for path in WIKI.rglob("*.py") if "migrations" not in path.parts]


def template_id(path):
    return str(path.relative_to(WIKI / "templates"))


def contracts():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    return {c["id"]: c for c in project["tool"]["importlinter"]["contracts"]}


def modules_of(layer):
    return [name.strip(" ()\n") for name in re.split("[:|]", layer)]


def module_name(path):
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(part for part in parts if part != "__init__")


def imported_names(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


# ── Layers ────────────────────────────────────────────────────────────────────


def test_imports_point_downwards(monkeypatch):
    monkeypatch.chdir(ROOT)

    assert lint_imports(config_filename="pyproject.toml", no_cache=True) == 0


def test_every_module_has_its_layer():
    layers = contracts()["layers"]["layers"]
    known = tuple(name for layer in layers for name in modules_of(layer))
    # Packages that hold several layers are empty themselves.
    mixed = {"wiki", "wiki.importing", "wiki.search"}

    homeless = [
        name
        for path in source_files()
        if (name := module_name(path)) not in mixed
        and not any(name == layer or name.startswith(f"{layer}.") for layer in known)
    ]

    assert homeless == [], "give each a layer in pyproject.toml"


def test_packages_of_several_layers_are_empty():
    for package in ("importing", "search"):
        assert (WIKI / package / "__init__.py").read_text() == ""


def test_text_layer_knows_no_database():
    text = tuple(modules_of(contracts()["layers"]["layers"][-1]))

    found = [
        (module_name(path), name)
        for path in source_files()
        if module_name(path).startswith(text)
        for name in imported_names(path)
        if name.startswith("django") and not name.startswith(PURE_DJANGO)
    ]

    assert found == []


# ── Migrations and settings ───────────────────────────────────────────────────


@pytest.mark.django_db
def test_models_have_their_migrations(capsys):
    call_command("makemigrations", check=True, dry_run=True)


def settings_read():
    """The names config/settings.py asks its environment for."""
    tree = ast.parse((ROOT / "config" / "settings.py").read_text())
    return {
        node.args[0].value
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == "env"
    }


def test_every_setting_stands_in_the_table():
    guide = (ROOT / "docs" / "deploy.md").read_text()
    table = guide.partition("## Settings")[2].partition("\n## ")[0]

    documented = re.findall(r"^\| `([A-Z_]+)` \|", table, re.MULTILINE)

    assert sorted(documented) == sorted(settings_read())


def test_settings_come_from_the_settings_only():
    # How a terminal wants its output is no setting of the wiki.
    read = re.compile(r"os\.(?:environ(?!\.get\(\"NO_COLOR\"\))|getenv)")
    readers = [
        module_name(path) for path in source_files() if read.search(path.read_text())
    ]

    assert readers == []


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_requirements_are_pinned(name):
    lines = (ROOT / name).read_text().splitlines()
    packages = [line for line in lines if line and line[0] not in "#-"]

    assert packages
    assert [line for line in packages if "==" not in line] == []


# ── Templates ─────────────────────────────────────────────────────────────────


def test_only_the_sanitizer_calls_html_safe():
    marks = re.compile(r"\bmark_safe\b|\bSafe(String|Text)\(|__html__")
    in_code = [
        module_name(path)
        for path in source_files()
        if path != SANITIZER and marks.search(path.read_text())
    ]
    loose = re.compile(r"\|\s*safe\b|\|\s*safeseq\b|autoescape\s+off")
    in_templates = [template_id(p) for p in TEMPLATES if loose.search(p.read_text())]

    assert (in_code, in_templates) == ([], [])


class InlineFinder(HTMLParser):
    """Collects what a Content-Security-Policy without 'unsafe-inline' refuses."""

    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        is_data = attributes.get("type", "").endswith("json")
        if tag == "style" or (tag == "script" and "src" not in attributes):
            self.found += [] if is_data else [tag]
        for name, value in attributes.items():
            starts_script = (value or "").strip().lower().startswith("javascript:")
            if name == "style" or name.startswith("on") or starts_script:
                self.found.append(f"{tag} {name}")


@pytest.mark.parametrize("path", TEMPLATES, ids=template_id)
def test_templates_have_nothing_inline(path):
    finder = InlineFinder()
    finder.feed(_TEMPLATE_CODE.sub("", path.read_text()))

    assert finder.found == []


@pytest.mark.parametrize("path", TEMPLATES, ids=template_id)
def test_templates_compile(path):
    get_template(template_id(path))


@pytest.mark.parametrize("path", TEMPLATES, ids=template_id)
def test_templates_name_what_exists(path):
    text = path.read_text()
    addresses = {name for name in get_resolver().reverse_dict if isinstance(name, str)}
    named = re.findall(r"\{%\s*url\s+['\"]([\w-]+)['\"]", text)
    files = re.findall(r"\{%\s*static\s+['\"]([^'\"]+)['\"]", text)
    parts = re.findall(r"\{%\s*(?:include|extends)\s+['\"]([^'\"]+)['\"]", text)

    assert [name for name in named if name not in addresses] == []
    assert [name for name in files if not finders.find(name)] == []
    # Those of form widgets come from another loader.
    for part in (part for part in parts if not part.startswith("django/")):
        get_template(part)
