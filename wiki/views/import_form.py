"""The form that brings notes in: files or text, and how they are to be read."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wiki.importing import uploads
from wiki.importing.formats import source_name
from wiki.importing.messages import Message
from wiki.importing.preparing import can_be_tag
from wiki.slugs import clean_tag

MAX_SOURCE_CHARS = 200
MAX_TAGS_CHARS = 1000
# The encodings that old notes are in; a dump need not say which of the first two.
ENCODINGS = ("utf-8", "utf-16", "cp949", "euc-kr")

SPLITS = {
    "auto": gettext_lazy("A file with several level-1 headings is taken apart"),
    "h1": gettext_lazy("Every file is taken apart at its level-1 headings"),
    "file": gettext_lazy("Every file is one note"),
}
ON_CONFLICT = {
    "merge": gettext_lazy("Leave the note as it is, and ask"),
    "keep": gettext_lazy("Keep the text of the wiki"),
    "replace": gettext_lazy("Take the text of the file"),
    "new": gettext_lazy("Make the text of the file a note of its own"),
}


def max_upload_bytes() -> int:
    return settings.WIKI_UPLOAD_MB * 1024 * 1024


class _FilesInput(forms.FileInput):
    allow_multiple_selected = True

    def value_from_datadict(
        self, data: Mapping[str, Any], files: MultiValueDict, name: str
    ) -> list[UploadedFile]:
        return files.getlist(name)


class _FilesField(forms.Field):
    """Any number of uploaded files, in order."""

    widget = _FilesInput

    def clean(self, files: Sequence[UploadedFile]) -> list[UploadedFile]:
        names = [_checked(file).name for file in files]
        repeated = {name for name in names if names.count(name) > 1}
        if repeated:
            raise forms.ValidationError(
                _("Two of the files are called “%(name)s”. Rename one of them."),
                params={"name": min(repeated)},
            )
        return list(files)


class ImportForm(forms.Form):
    """What is to be imported, and how. Nothing is read of it here."""

    files = _FilesField(
        label=gettext_lazy("Files"),
        required=False,
        widget=_FilesInput(
            attrs={"multiple": True, "accept": ",".join(uploads.SUFFIXES)}
        ),
    )
    # Not stripped: blanks at either end are the writer's.
    text = forms.CharField(
        label=gettext_lazy("Or text (Markdown)"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false"}),
    )
    source = forms.CharField(
        label=gettext_lazy("Name of the source"),
        required=False,
        max_length=MAX_SOURCE_CHARS,
        help_text=gettext_lazy(
            "By this name the notes are known when they are imported again; without "
            "it, by the name of the file. Text that is pasted needs one."
        ),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    tags = forms.CharField(
        label=gettext_lazy("Tags for every note"),
        required=False,
        max_length=MAX_TAGS_CHARS,
        help_text=gettext_lazy("Commas between."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    split = forms.ChoiceField(
        label=gettext_lazy("Notes in a file"), choices=list(SPLITS.items())
    )
    on_conflict = forms.ChoiceField(
        label=gettext_lazy("Where both changed the same lines"),
        choices=list(ON_CONFLICT.items()),
    )
    encoding = forms.ChoiceField(
        label=gettext_lazy("Encoding"),
        required=False,
        choices=[
            ("", gettext_lazy("recognised by itself")),
            *((name, name.upper()) for name in ENCODINGS),
        ],
    )

    def __init__(self, *arguments: Any, **options: Any) -> None:
        options.setdefault("auto_id", "w-%s")
        super().__init__(*arguments, **options)
        self.fields["files"].help_text = _(
            "%(suffixes)s; %(limit)s MB at most in all. A folder, a vault or an "
            "export of another program goes into a zip."
        ) % {"suffixes": " ".join(uploads.SUFFIXES), "limit": settings.WIKI_UPLOAD_MB}

    def clean_source(self) -> str:
        return source_name(self.cleaned_data["source"])

    def clean_tags(self) -> list[str]:
        """The names of the tags, each once."""
        names = [clean_tag(name) for name in self.cleaned_data["tags"].split(",")]
        names = list(dict.fromkeys(name for name in names if name))
        for name in names:
            if not can_be_tag(name):
                message = Message("tag-impossible", {"tag": name[:80]})
                raise forms.ValidationError(message.sentence)
        return names

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        has_files, has_text = bool(cleaned.get("files")), bool(self.pasted.strip())
        if "files" in self.errors or "text" in self.errors:
            return cleaned
        if has_files == has_text:
            self.add_error(
                None,
                _("Choose files, or paste text; both together cannot be imported.")
                if has_files
                else _("There is nothing to import yet: choose files, or paste text."),
            )
        elif has_text and not cleaned.get("source") and "source" not in self.errors:
            self.add_error("source", _("Name the source of this text."))
        return cleaned

    @property
    def pasted(self) -> str:
        return self.cleaned_data.get("text") or ""

    @property
    def options(self) -> dict[str, object]:
        """How the notes are to be read and written, as a job keeps it."""
        names = ("split", "on_conflict", "tags", "source", "encoding")
        return {name: self.cleaned_data[name] for name in names}


def _checked(file: UploadedFile) -> UploadedFile:
    """The file, if its name is one that can be imported."""
    name = file.name or ""
    if len(name) > uploads.MAX_NAME_CHARS:
        raise forms.ValidationError(
            _("The name of a file has at most %(limit)s characters: “%(name)s…”"),
            params={"limit": uploads.MAX_NAME_CHARS, "name": name[:60]},
        )
    if not uploads.suffix_of(name):
        raise forms.ValidationError(
            _("“%(name)s” cannot be imported. Files end in %(suffixes)s."),
            params={"name": name, "suffixes": " ".join(uploads.SUFFIXES)},
        )
    return file
