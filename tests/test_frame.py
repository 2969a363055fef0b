"""What holds on every page: the frame, the stylesheet, the scripts, the templates."""

import gzip
import re
from pathlib import Path

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AnonymousUser
from django.contrib.messages.storage.base import Message
from django.template import engines
from django.template.loader import get_template, render_to_string
from django.test import RequestFactory
from django.urls import reverse
from django.utils import translation

from wiki.forms import EntryForm
from wiki.templatetags.wiki_icons import ICON_NAMES

HERE = Path(__file__).parent.parent / "wiki"
STATIC = HERE / "static" / "wiki"
TEMPLATE_TAG = re.compile(r"{%.*?%}")
TEMPLATES = sorted((HERE / "templates").rglob("*.html"))
# Made of other files, which have rules and a test of their own.
# What holds libraries, in KiB as it is sent; loaded when it is used.
BUNDLES = {
    STATIC / "js" / "source-editor.js": 130,
    STATIC / "js" / "graph-view.js": 30,
}
SCRIPTS = sorted(set((STATIC / "js").glob("*.js")) - BUNDLES.keys())
PAGE = (
    '{% extends "wiki/base.html" %}{% block title %}제목{% endblock %}'
    "{% block content %}<h1>제목</h1>{% endblock %}"
)
OUR_IDS = re.compile(r'\sid="(?!w-|\{\{)([^"]*)"')
INLINE = re.compile(
    r"<style|<script(?![^>]*\ssrc=)|\s(?:style|on[a-z]+)\s*=", re.IGNORECASE
)


@pytest.fixture
def page(settings):
    """Gives the HTML of a page with nothing in it, for a request."""
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {
            "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        },
    }

    def render(*, user=None, path="/", language="ko", cookies=None, **context):
        request = RequestFactory().get(path)
        request.user = user or AnonymousUser()
        request.COOKIES.update(cookies or {})
        with translation.override(language):
            return engines["django"].from_string(PAGE).render(context, request)

    return render


@pytest.fixture
def member():
    return get_user_model()(pk=1, username="지현")


def test_visitors_get_no_token_and_no_writing(page):
    html = page()

    assert "csrfmiddlewaretoken" not in html
    assert reverse("entry-new") not in html
    assert reverse("login") + "?next=%2F" in html


@pytest.mark.django_db
@pytest.mark.usefixtures("page")
def test_the_frame_asks_the_database_nothing_for_a_visitor(
    client, django_assert_num_queries
):
    with django_assert_num_queries(0):
        answer = client.get("/no-such-page/")

    assert answer.status_code == 404
    assert not answer.cookies


def test_visitors_may_write_where_the_wiki_says_so(page, settings):
    settings.WIKI_ANONYMOUS_EDIT = True

    assert reverse("entry-new") in page()


def test_members_get_the_new_note_button_and_their_menu(page, member):
    html = page(user=member, path="/tags/?a=한글")

    assert reverse("entry-new") in html
    assert "지현" in html
    assert "csrfmiddlewaretoken" in html


@pytest.mark.parametrize("language", ["ko", "en"])
def test_language_is_named_and_the_other_offered(page, language):
    html = page(language=language)

    other = {"ko": "en", "en": "ko"}[language]
    assert f'<html lang="{language}">' in html
    assert f'name="language" value="{other}" lang="{other}"' in html


@pytest.mark.parametrize(
    "cookie, attribute",
    [("dark", ' data-theme="dark"'), ("light", ' data-theme="light"'), ("auto", "")],
)
def test_theme_of_the_cookie_is_written_by_the_server(page, cookie, attribute):
    assert f'<html lang="ko"{attribute}>' in page(cookies={"theme": cookie})


def test_a_cookie_cannot_write_into_the_page(page):
    assert '<html lang="ko">' in page(cookies={"theme": 'dark"><script>'})


def test_the_forms_of_the_frame_lead_back_to_the_page(page):
    html = page(path="/search/?q=%22%3Cb%3E&tag=배포")

    assert 'name="next" value="/search/?q=%22%3Cb%3E&amp;tag=' in html


def test_messages_say_how_loud_they_are(page):
    html = page(messages=[Message(25, "저장했습니다."), Message(40, "<b>안 됩니다")])

    assert re.search(r'class="note ok" role="status">.*?저장했습니다', html, re.DOTALL)
    assert re.search(
        r'class="note err" role="alert">.*?&lt;b&gt;안 됩니다', html, re.DOTALL
    )


def test_the_frame_is_small_and_has_one_heading(page, member):
    html = page(user=member)

    assert len(html.encode()) < 16_000
    assert html.count("<h1") == 1
    assert html.index('class="skip"') < html.index("<header")


def test_the_frame_follows_the_content_security_policy(page, member):
    assert not INLINE.findall(page(user=member))


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_templates_keep_the_rules(path):
    source = path.read_text()
    icons = re.findall(r'{% icon "([^"]+)" %}', source)

    get_template(str(path.relative_to(HERE / "templates")))
    assert set(icons) <= ICON_NAMES
    assert not OUR_IDS.findall(source), "ids of ours begin with w-"
    assert not INLINE.findall(TEMPLATE_TAG.sub("", source))
    assert "|safe" not in source


def test_a_form_that_could_not_be_checked_gives_the_text_back(page):
    request = RequestFactory().post("/new/", {"body": "\n한글 </textarea> 🙂"})
    request.user = AnonymousUser()

    html = render_to_string("403_csrf.html", request=request)

    assert "readonly>\n\n한글 &lt;/textarea&gt; 🙂</textarea>" in html


def test_the_500_page_needs_neither_database_nor_context():
    html = render_to_string("500.html")

    assert "서버에서 문제가 생겼습니다" in html
    assert '<section lang="en">' in html
    assert "load" not in (HERE / "templates" / "500.html").read_text()


# The editor's own is loaded by its pages only, as its bundle is.
@pytest.mark.parametrize(("name", "kib"), [("notewiki.css", 60), ("editor.css", 12)])
def test_stylesheets_stay_within_their_budget(name, kib):
    source = (STATIC / name).read_text()

    assert len(source.encode()) <= kib * 1024
    assert "@import" not in source
    assert not re.search(r"url\((?!\"data:image/svg)", source)
    assert source.count("{") == source.count("}")


def compressed_size(paths):
    return len(gzip.compress(b"".join(path.read_bytes() for path in paths)))


def test_scripts_stay_within_their_budget():
    of_editor = str(EntryForm().media)
    others = [p for p in SCRIPTS if f"wiki/js/{p.stem}." not in of_editor]

    assert compressed_size(others) <= 15 * 1024
    assert compressed_size(SCRIPTS) <= 25 * 1024
    for bundle, kib in BUNDLES.items():
        assert compressed_size([bundle]) <= kib * 1024


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_scripts_say_what_they_do_and_hold_no_words_of_the_interface(path):
    source = path.read_text()

    assert source.startswith("// ")
    assert not re.search("[가-힣]", source)
    if "keydown" in source:
        assert "isComposing" in source
        assert "229" in source


def test_every_script_is_loaded_by_some_template_or_form():
    loaded = "".join(path.read_text() for path in TEMPLATES) + str(EntryForm().media)

    scripts = [*SCRIPTS, *BUNDLES]
    assert [p.name for p in scripts if f"wiki/js/{p.stem}." not in loaded] == []
