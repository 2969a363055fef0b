"""The form of an entry in the admin: the editor's, with what only curators change."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django import forms
from django.contrib.admin.widgets import AdminTextareaWidget, AdminTextInputWidget
from django.utils.translation import gettext_lazy as _

from wiki.editing import Content
from wiki.forms import EntryForm, new_token
from wiki.models import Entry, Protection, Visibility

FIELDSETS = [
    (None, {"fields": ["title", "body", "tags", "comment", "minor"]}),
    (_("More about the entry"), {"fields": ["summary", "source_url", "aliases"]}),
    (_("Who reads it, who changes it"), {"fields": ["visibility", "protection"]}),
]


class AdminEntryForm(EntryForm):
    body = forms.CharField(
        label=_("Text (Markdown)"),
        required=False,
        strip=False,
        widget=AdminTextareaWidget(attrs={"rows": 24, "spellcheck": "false"}),
    )
    aliases = forms.CharField(
        label=_("Other titles"),
        required=False,
        help_text=_("One a line."),
        widget=AdminTextareaWidget(attrs={"rows": 3}),
    )
    # What was shown comes back with them: only a choice that this person made
    # is carried out, not one that someone else's has overtaken.
    visibility = forms.ChoiceField(
        label=_("Who reads it"),
        choices=Visibility.choices,
        initial=Visibility.PUBLIC,
        show_hidden_initial=True,
    )
    protection = forms.ChoiceField(
        label=_("Who changes it"),
        choices=Protection.choices,
        initial=Protection.WRITERS,
        show_hidden_initial=True,
    )

    def __init__(self, data: Mapping[str, Any] | None = None, **options: Any) -> None:
        super().__init__(data, auto_id="id_%s", **options)
        for name in ("title", "tags", "comment", "summary", "source_url"):
            self.fields[name].widget = AdminTextInputWidget()
        self.fields["tags"].help_text = _("With commas between them.")

    def is_multipart(self) -> bool:
        """Always: a conflict sends a text several times, and Korean in the other
        way takes three times the room.
        """
        return True

    @property
    def changes_rights(self) -> bool:
        return bool({"visibility", "protection"} & set(self.changed_data))

    def rights_for(self, entry: Entry) -> dict[str, str]:
        """The rights the entry is to have; what was not changed is left as it is."""
        return {
            name: self.cleaned_data[name]
            if name in self.changed_data
            else getattr(entry, name)
            for name in ("visibility", "protection")
        }

    def content(self, base: Content | None = None) -> Content:
        content = super().content(base)
        if "aliases" not in self.data:
            return content
        aliases = tuple(self.cleaned_data["aliases"].splitlines())
        return replace(content, aliases=aliases)

    def disable(self) -> None:
        for field in self.fields.values():
            field.disabled = True


def initial_of(content: Content, entry: Entry) -> dict[str, Any]:
    """What a fresh form of the entry shows, with this content."""
    return {
        "title": content.title,
        "body": content.body,
        "tags": ", ".join(tag.name for tag in content.tags),
        "summary": content.summary,
        "source_url": content.source_url,
        "aliases": "\n".join(content.aliases),
        "visibility": entry.visibility,
        "protection": entry.protection,
        "base_version": entry.version,
        "form_token": new_token(),
    }
