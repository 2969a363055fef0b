"""Forms of the pages: what was typed, given to the write door and back unchanged.

What content may be is decided by `wiki.editing`; a form only says its sentences
beside the fields they are about.
"""

import secrets
from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from markdownx.fields import MarkdownxFormField
from markdownx.widgets import MarkdownxWidget

from wiki.editing import (
    Content,
    InvalidContent,
    Problem,
    TagUse,
    body_problem,
    with_unix_newlines,
)

# Database integers end here; a version beyond it was never given to anyone.
MAX_INTEGER = 2**31 - 1
MAX_DIGITS = 10
MAX_TOKEN_CHARS = 64
TOO_LARGE = "body_too_large"


class SourceWidget(MarkdownxWidget):
    """The editor's text area: markdownx's field with our markup and our scripts.

    Its own script captures Tab, takes undo away and posts to fixed addresses, so
    neither it nor the attributes it reads are printed.
    """

    template_name = "wiki/widgets/source.html"

    @staticmethod
    def add_markdownx_attrs(attrs: dict[str, Any]) -> dict[str, Any]:
        return attrs

    def render(
        self,
        name: str,
        value: str | None,
        attrs: dict[str, Any] | None = None,
        renderer: Any = None,  # noqa: ANN401
    ) -> str:
        return super().render(name, value, dict(attrs or {}), renderer)

    @property
    def media(self) -> forms.Media:
        # In this order: the warning before leaving remembers the fields as the
        # chips have written them.
        names = (
            "tags",
            "suggest",
            "likely-tags",
            "editor",
            "preview",
            "source-editor",
            "pictures",
            "drafts",
            "presence",
        )
        return forms.Media(
            js=[forms.Script(f"wiki/js/{name}.js", type="module") for name in names]
        )


class EntryForm(forms.Form):
    """The editor of a new or an existing entry.

    `base_version` is the revision the writer began with, `entry_id` the entry
    meant even when its address went to another one meanwhile, and `form_token`
    what makes a form that is sent twice one revision.
    """

    title = forms.CharField(
        label=_("Title"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    # Not stripped: blanks at either end are the writer's.
    body = MarkdownxFormField(
        label=_("Text (Markdown)"),
        required=False,
        strip=False,
        widget=SourceWidget(attrs={"class": "src", "spellcheck": "false"}),
    )
    tags = forms.CharField(
        label=_("Tags"),
        required=False,
        widget=forms.TextInput(
            attrs={
                "autocomplete": "off",
                "list": "w-tag-list",
                "placeholder": _("Add a tag"),
            }
        ),
    )
    comment = forms.CharField(
        label=_("What did you change?"),
        required=False,
        widget=forms.TextInput(attrs={"class": "inp", "autocomplete": "off"}),
    )
    minor = forms.BooleanField(label=_("Minor edit"), required=False)
    summary = forms.CharField(
        label=_("Summary"),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    source_url = forms.CharField(
        label=_("Source address"),
        required=False,
        widget=forms.TextInput(
            attrs={"inputmode": "url", "placeholder": "https://", "autocomplete": "off"}
        ),
    )
    base_version = forms.IntegerField(
        required=False,
        min_value=0,
        max_value=MAX_INTEGER,
        widget=forms.HiddenInput,
    )
    entry_id = forms.IntegerField(
        required=False,
        min_value=1,
        max_value=MAX_INTEGER,
        widget=forms.HiddenInput,
    )
    form_token = forms.CharField(required=False, widget=forms.HiddenInput)
    # The heading whose section the text is; empty for the whole text.
    section = forms.CharField(required=False, strip=False, widget=forms.HiddenInput)
    # Which draft is of this editor; `wiki.drafts` says how it is written.
    draft = forms.CharField(required=False, widget=forms.HiddenInput)
    # Said by a browser that has a copy of the text until it hears of the save.
    kept_here = forms.CharField(required=False, widget=forms.HiddenInput)

    # The revision whose properties the text is to have; empty for those of the base.
    properties_of = forms.CharField(required=False, widget=forms.HiddenInput)
    # The revision that saving takes back; `wiki.views.undone` says how it is written.
    undoes = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        is_new: bool = False,
        **options: Any,
    ) -> None:
        options.setdefault("auto_id", "w-%s")
        self._had_nul: list[str] = []
        super().__init__(self._without_nul(data), **options)
        self.is_new = is_new
        self.fields["title"].error_messages["required"] = Problem(
            "title", "title_empty"
        ).sentence
        self.problem_codes: set[str] = set()

    @property
    def is_too_large(self) -> bool:
        return TOO_LARGE in self.problem_codes

    @property
    def meant_entry_id(self) -> int | None:
        """The entry that the form was made of, as far as it says."""
        # Asking for the errors is what cleans the fields.
        return None if "entry_id" in self.errors else self.cleaned_data["entry_id"]

    def clean_form_token(self) -> str:
        token = self.cleaned_data["form_token"]
        return token if len(token) <= MAX_TOKEN_CHARS and token.isascii() else ""

    def clean(self) -> dict[str, Any]:
        """The data; the text and the version must have come, if only empty.

        A request that was cut short would otherwise empty the page.
        """
        cleaned = super().clean()
        for name in self._had_nul:
            self.add_error(
                name,
                _(
                    "There were NUL characters in it, which cannot be stored. They "
                    "are taken out now: look it over and save again."
                ),
            )
        if "body" not in self.data:
            self.add_error(
                "body", _("The form came without its text. Send the whole form again.")
            )
        if not self.is_new and cleaned.get("base_version") is None:
            self.add_error(
                None,
                _(
                    "The form came without the revision it was made from. Load the "
                    "page again, put your text in, and save."
                ),
            )
        return cleaned

    def content(self, base: Content | None = None) -> Content:
        """What the form wants the entry to be; what it did not send is the base's."""
        cleaned = self.cleaned_data
        base = base or Content(title="")
        return Content(
            title=cleaned["title"],
            body=with_unix_newlines(cleaned["body"]),
            tags=tags_of(cleaned["tags"]) if "tags" in self.data else base.tags,
            summary=self._sent("summary", base.summary),
            source_url=self._sent("source_url", base.source_url),
            aliases=base.aliases,
            properties=base.properties,
        )

    def text_of(self, name: str) -> str:
        """A field as it was sent, valid or not."""
        text = str(self.data.get(name) or "")
        return with_unix_newlines(text) if name == "body" else text

    def unjudged(self, *, is_new: bool | None = None, **changes: Any) -> "EntryForm":
        """The same form before anyone looked for mistakes in it."""
        is_new = self.is_new if is_new is None else is_new
        return EntryForm(is_new=is_new, initial=self.data | changes)

    def size_problem(self) -> Problem | None:
        """What is wrong with the size of the text, if anything."""
        return body_problem(self.text_of("body"))

    def add_problems(self, error: InvalidContent) -> None:
        """Says what the write door refused, each beside its field."""
        for problem in error.problems:
            self.problem_codes.add(problem.code)
            field = problem.field if problem.field in self.fields else None
            self.add_error(field, problem.sentence)

    def _without_nul(self, data: Mapping[str, Any] | None) -> dict[str, Any] | None:
        # Printed back, one would cut the text short or stay in it unseen.
        if data is None:
            return None
        kept = {name: data.get(name) for name in data}
        for name, text in kept.items():
            if name in self.base_fields and "\x00" in str(text):
                self._had_nul.append(name)
                kept[name] = text.replace("\x00", "")
        return kept

    def _sent(self, name: str, otherwise: str) -> str:
        return self.cleaned_data[name] if name in self.data else otherwise


def form_of(
    content: Content,
    *,
    base_version: int | None = None,
    entry_id: int | None = None,
    comment: str = "",
    is_minor: bool = False,
    section: str = "",
    draft: str = "",
    kept_here: str = "",
    undoes: str = "",
    properties_of: str = "",
) -> EntryForm:
    """A fresh form that holds this content, with a token of its own.

    `draft` and all behind it are those of the form before when this one takes its
    place.
    """
    return EntryForm(
        is_new=entry_id is None,
        initial={
            "title": content.title,
            "body": content.body,
            "tags": ", ".join(tag.name for tag in content.tags),
            "summary": content.summary,
            "source_url": content.source_url,
            "comment": comment,
            "minor": is_minor,
            "base_version": base_version,
            "entry_id": entry_id,
            "form_token": new_token(),
            "section": section,
            "draft": draft or new_token(),
            "kept_here": kept_here,
            "undoes": undoes,
            "properties_of": properties_of,
        },
    )


def number_in(text: str) -> int | None:
    """The number that a request names; None for what no row can have."""
    is_number = text.isascii() and text.isdecimal() and len(text) <= MAX_DIGITS
    return int(text) if is_number and int(text) <= MAX_INTEGER else None


def new_token() -> str:
    return secrets.token_urlsafe(16)


def tags_of(text: str) -> tuple[TagUse, ...]:
    """The tags of the one text field; only a comma parts them."""
    return tuple(TagUse(name) for name in text.split(",") if name.strip())
