"""What is rendered once: by language and named values, and nothing else of a page."""

from django.template import engines
from django.utils import translation

LOAD = "{% load i18n wiki_frame %}"


def template(inside: str, *names: str):
    return engines["django"].from_string(
        f"{LOAD}{{% once_per_language {' '.join(names)} %}}{inside}"
        "{% endonce_per_language %}"
    )


def test_each_language_has_its_own():
    page = template("{% get_current_language as code %}{{ code }}")

    for language in ("ko", "en", "ko"):
        with translation.override(language):
            assert page.render() == language


def test_each_value_that_is_named_has_its_own():
    page = template("{{ theme }}", "theme")

    assert [page.render({"theme": t}) for t in ("dark", "light", "dark")] == [
        "dark",
        "light",
        "dark",
    ]


def test_nothing_of_one_page_reaches_the_next():
    page = template("[{{ secret }}]", "theme")

    assert page.render({"secret": "비밀", "theme": "dark"}) == "[]"


def test_values_are_escaped():
    page = template("{{ name }}", "name")

    assert page.render({"name": "<b>"}) == "&lt;b&gt;"
