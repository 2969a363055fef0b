"""The form of the editor: what was typed goes to the write door and comes back."""

from html.parser import HTMLParser

import pytest

from wiki.editing import Content, TagUse
from wiki.forms import EntryForm, form_of, tags_of


class Source(HTMLParser):
    """The value of a page's text area, as a browser reads it."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.text, self.is_inside = "", False
        self.feed(html)
        self.text = self.text.removeprefix("\n")

    def handle_starttag(self, tag, attributes):
        self.is_inside = tag == "textarea"

    def handle_endtag(self, tag):
        self.is_inside = False

    def handle_data(self, data):
        if self.is_inside:
            self.text += data


def sent(**fields: str) -> EntryForm:
    return EntryForm({"title": "글", "body": "본문", "base_version": "1"} | fields)


@pytest.mark.parametrize(
    "body",
    [
        "",
        "한글 🚀",
        "\n빈 줄로 시작",
        "\n\n\n셋",
        "  앞뒤 빈칸  \n\n",
        "</textarea><script>alert(1)</script>",
        "&lt; &amp; < >",
        "{{ 7|add:7 }} {% debug %}",
    ],
)
def test_the_text_area_gives_the_text_back_as_it_was(body):
    html = str(form_of(Content(title="글", body=body))["body"])

    assert Source(html).text == body
    assert html.count("</textarea>") == 1


def test_blanks_of_the_text_are_kept(db):
    form = sent(body="  \r\n글\r\n\r\n ")

    assert form.is_valid()
    assert form.content().body == "  \n글\n\n "


def test_only_commas_part_tags():
    names = [tag.name for tag in tags_of("쿠버네티스 배포, C++,, CI/CD ,한글、점")]

    assert names == ["쿠버네티스 배포", " C++", " CI/CD ", "한글、점"]


def test_tags_come_back_as_they_were():
    tags = (TagUse("CI CD", "rule"), TagUse("배포"))

    form = form_of(Content(title="글", tags=tags))

    assert form["tags"].value() == "CI CD, 배포"


def test_what_was_not_sent_is_as_in_the_base():
    base = Content(
        title="옛 글",
        body="옛 본문",
        tags=(TagUse("배포", "rule"),),
        summary="요약",
        source_url="https://a.example",
        aliases=("별명",),
        properties=(("date", "2024"),),
    )
    form = sent()

    assert form.is_valid()
    content = form.content(base)
    assert (content.title, content.body) == ("글", "본문")
    assert content.tags == base.tags
    assert (content.summary, content.source_url) == (base.summary, base.source_url)
    assert (content.aliases, content.properties) == (base.aliases, base.properties)


def test_what_was_sent_empty_is_empty():
    base = Content(title="글", tags=(TagUse("배포"),), summary="요약")
    form = sent(tags="", summary="")

    assert form.is_valid()
    assert form.content(base).tags == ()
    assert form.content(base).summary == ""


@pytest.mark.parametrize("field", ["title", "body", "tags", "comment", "summary"])
def test_nul_is_refused_and_taken_out_of_what_comes_back(field):
    form = sent(**{field: "앞\x00뒤"})

    assert not form.is_valid()
    assert "NUL" in form.errors[field][0]
    assert form[field].value() == "앞뒤"


@pytest.mark.parametrize(
    "fields",
    [
        {"base_version": ""},
        {"base_version": "abc"},
        {"base_version": "-1"},
        {"base_version": "99999999999999999999"},
        {"title": "   "},
        {"entry_id": "x"},
    ],
)
def test_a_form_with_a_broken_field_is_refused(fields):
    assert not sent(**fields).is_valid()


def test_a_form_that_lost_its_text_does_not_empty_the_page():
    form = EntryForm({"title": "글", "base_version": "1"})

    assert not form.is_valid()
    assert "without its text" in form.errors["body"][0]


@pytest.mark.parametrize("token", ["x" * 65, "토큰"])
def test_a_token_that_is_not_ours_counts_as_none(token):
    form = sent(form_token=token)
    form.is_valid()

    assert form.cleaned_data["form_token"] == ""


def test_each_form_has_a_token_of_its_own():
    tokens = {form_of(Content(title="글"))["form_token"].value() for _ in range(3)}

    assert len(tokens) == 3


def test_the_editor_loads_our_scripts_and_none_of_markdownx():
    media = str(EntryForm().media)

    assert "wiki/js/preview.js" in media
    assert 'type="module"' in media
    assert "markdownx" not in media + str(EntryForm()["body"])


def test_all_ids_are_ours():
    form = form_of(Content(title="글"), base_version=1, entry_id=1)

    assert all(field.id_for_label.startswith("w-") for field in form)
