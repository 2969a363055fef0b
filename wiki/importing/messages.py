"""What the importer has to say of a file or a note, as data and as sentences.

A message is stored as its code and parameters, so that everyone reads it in
their own language later. What it names stands in quotes or at the end: the
sentences must be right in Korean whatever is put in.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext


@dataclass(frozen=True)
class Message:
    """One thing to say; `line` is where in the file, counted from 1."""

    code: str
    params: Mapping[str, object] = field(default_factory=dict)
    line: int | None = None

    @property
    def needs_eyes(self) -> bool:
        """Whether a person should look, rather than only be able to."""
        return self.code not in _GOOD_TO_KNOW

    @property
    def sentence(self) -> str:
        """In the language that is active. A code of a newer release shows itself."""
        template = _SENTENCES.get(self.code)
        text = gettext(template) % self.params if template else self.code
        if self.line is None:
            return text
        return gettext("Line %(line)s: %(text)s") % {"line": self.line, "text": text}

    def as_json(self) -> dict[str, object]:
        """The message as it is stored; `from_json` reads it."""
        stored: dict[str, object] = {"code": self.code}
        if self.params:
            stored["params"] = {
                name: value if isinstance(value, int) else str(value)
                for name, value in self.params.items()
            }
        return stored | ({"line": self.line} if self.line is not None else {})

    @classmethod
    def from_json(cls, stored: Mapping[str, object]) -> "Message":
        return cls(str(stored["code"]), stored.get("params", {}), stored.get("line"))


def sentences(stored: Iterable[Mapping[str, object]]) -> list[str]:
    """Stored messages in the language that is active."""
    return [Message.from_json(message).sentence for message in stored]


# These inform; nothing is wrong and nothing is asked.
_GOOD_TO_KNOW = frozenset(
    {
        "brought-back",
        "copy",
        "empty-file",
        "excluded",
        "front-matter-comments",
        "heading-repeated",
        "hidden",
        "hidden-file",
        "known-elsewhere",
        "mirrored",
        "moved-from",
        "not-markdown",
        "not-prose",
        "past-cut",
        "past-refused",
        "past-unread",
        "past-written",
        "page-of-table",
        "read-as-korean",
        "site-part",
        "table-other-view",
        "title-normalised",
    }
)


def _(text: str) -> str:
    """The text itself; named so that makemessages finds the sentences below."""
    return text


_READING = {
    "file-too-large": _(
        "The file has %(size)s MiB; at most %(limit)s MiB are read. Cut it into "
        "smaller files and import those."
    ),
    "too-many-lines": _(
        "The file has %(lines)s lines; at most %(limit)s are read. Cut it into "
        "smaller files and import those."
    ),
    "too-many-headings": _(
        "The file has more than %(limit)s headings. Cut it into smaller files and "
        "import those."
    ),
    "path-too-long": _(
        "The path of this file has more than %(limit)s characters. Give its folders "
        "shorter names."
    ),
    "outage": _(
        "The import had to stop: %(reason)s. What was written is whole; import again "
        "when there is room and the database answers, and it goes on from there."
    ),
    "missing": _("There is no file or folder “%(path)s”. Check the path."),
    "no-notes": _(
        "There are no notes in “%(path)s”. Name a file of notes, or a folder with "
        "Markdown files in it."
    ),
    "source-twice": _(
        "Two of the paths are called “%(source)s”. Import them one by one with "
        "--source, so that they are told apart."
    ),
    "source-needed": _(
        "What comes from standard input has no name. Give it one with --source."
    ),
    "source-too-long": _("The name of a source has at most %(limit)s characters."),
    "tag-impossible": _(
        "“%(tag)s” cannot be a tag. Write a word of at most 50 characters."
    ),
    "path-twice": _(
        "Two of the files are “%(path)s” in the same source. Rename one of them."
    ),
    "format-unknown": _(
        "“%(path)s” is in no format that can be imported. Name a file of notes or "
        "a folder of Markdown files."
    ),
    "topics-broken": _("The topic file is not valid TOML: %(reason)s."),
    "topics-row": _("The topic “%(name)s” in the topic file has a wrong entry."),
    "path-not-unicode": _(
        "The name of this file is no readable text. Rename it and import again."
    ),
    "not-text": _(
        "This is no text: it is full of NUL bytes. If it is UTF-16 without a byte "
        "order mark, name the encoding: in the form, or with --encoding."
    ),
    "not-utf8": _(
        "This is not UTF-8: byte %(byte)s at offset %(offset)s is wrong, and it is "
        "not Korean CP949 either. Nothing of the file was imported. Save it as "
        "UTF-8, or name its encoding: in the form, or with --encoding."
    ),
    "not-in-encoding": _(
        "Byte %(byte)s at offset %(offset)s is wrong for the encoding %(encoding)s. "
        "Nothing of the file was imported. Name another encoding: in the form, or "
        "with --encoding."
    ),
    "encoding-unknown": _(
        "There is no encoding called “%(encoding)s”. Try utf-8, utf-16, cp949 or "
        "euc-kr."
    ),
    "encoding-loses": _(
        "Text in the encoding %(encoding)s could not be given back exactly. Save "
        "the file as UTF-8 and import again."
    ),
    "read-as-korean": _("Read as Korean text in CP949 (EUC-KR)."),
    "nul-dropped": _("NUL characters removed from the text: %(count)s."),
    "unreadable": _("The file cannot be read: %(reason)s."),
}

_MARKDOWN = {
    "front-matter-broken": _(
        "The front matter is not valid YAML. It was left in the text; mend it there."
    ),
    "front-matter-broken-toml": _(
        "The front matter is not valid TOML. It was left in the text; mend it there."
    ),
    "front-matter-too-deep": _(
        "The front matter is too deeply nested or too long. It was left in the text."
    ),
    "front-matter-too-long": _(
        "The front matter is longer than 64 KiB. It was left in the text."
    ),
    "front-matter-aliases": _(
        "The front matter uses YAML anchors, which are not followed. It was left in "
        "the text."
    ),
    "front-matter-comments": _("Comment lines skipped in the front matter: %(count)s."),
    "many-headings": _(
        "The file was kept as one note and has %(count)s level-1 headings. If each "
        "is a note of its own, have it taken apart: in the form, or with --split h1."
    ),
    "fence-open": _(
        "The code block that begins here is never closed; all below it is shown as "
        "code."
    ),
    "title-shortened": _(
        "The heading is longer than a title may be (%(limit)s characters); it "
        "stands whole in the text."
    ),
    "heading-repeated": _(
        "The heading has a link or picture that a title cannot hold; it stands "
        "whole in the text."
    ),
    "title-normalised": _("The title was brought to composed Unicode (NFC)."),
    "kept-whole": _(
        "Some of its lines fit nowhere else, so the text was kept exactly as it is."
    ),
}

_ARCHIVES = {
    "archive-broken": _(
        "This zip is damaged: the list of its files cannot be read. Download or pack "
        "it again."
    ),
    "archive-too-many": _(
        "This zip holds more than %(limit)s files. Unpack it and import the folder."
    ),
    "archive-too-large": _(
        "This zip unpacks to more than %(limit)s MiB. Unpack it and import the folder."
    ),
    "archive-unreadable": _("The zip cannot be unpacked: %(reason)s."),
    "archive-inside": _(
        "A zip with notes in it, which was not opened. To import them, name the zip "
        "itself."
    ),
    "archive-too-deep": _(
        "A zip in a zip in a zip; it was not opened. To import what is in it, unpack "
        "it and name it by itself."
    ),
    "member-name": _(
        "The name of this file leads out of the archive, or has backslashes or control "
        "characters in it. The file was left out. Pack it under a plain name."
    ),
    "member-overlaps": _(
        "This file and another take the same place in the zip. It was left out. Pack "
        "the zip again."
    ),
    "member-encrypted": _(
        "This file is encrypted. Pack the zip again without a password."
    ),
    "member-method": _(
        "This file is packed in a way that cannot be read here. Pack the zip again "
        "with the usual method (deflate)."
    ),
    "member-broken": _(
        "This file is damaged in the zip: its checksum is wrong. Download or pack the "
        "zip again."
    ),
    "member-too-large": _(
        "This file is larger than the %(limit)s MiB that a file in a zip may have. It "
        "was left out."
    ),
    "member-bomb": _(
        "This file unpacks to more than %(limit)s times its size and was left out."
    ),
    "member-twice": _(
        "The zip has two files of this name. The second one was left out; rename it."
    ),
}

_FORMATS = {
    "site-part": _("A part of the site around the notes: of its theme or templates."),
    "table-other-view": _(
        "Another view of the table “%(path)s”, which is imported with all its columns."
    ),
    "table-cut": _(
        "The table has %(count)s rows; the entry shows the first %(limit)s. Keep the "
        "file for the rest."
    ),
    "table-broken": _(
        "This is no table of comma-separated values: %(reason)s. Export it again."
    ),
    "page-of-table": _("An empty page around the table “%(path)s”, which is imported."),
    "export-as-html": _(
        "This page was exported as HTML, which is not read. Export again and choose "
        "“Markdown & CSV”."
    ),
}

_LEFT_OUT = {
    "empty-file": _("The file is blank."),
    "copy": _("An exact copy of “%(path)s”, which is imported."),
    "not-prose": _("The file holds data, not text to read."),
    "hidden-file": _("Hidden files are left out."),
    "hidden": _("Hidden and system folders are left out."),
    "excluded": _("Left out by --include or --exclude."),
    "not-markdown": _(
        "A board, a drawing or a view of the app it comes from; only Markdown is "
        "read. Export it there as Markdown or as a picture if you need it."
    ),
    "symlink": _("A symbolic link; links are not followed."),
    "special-file": _("Neither a file nor a folder, but a pipe, a socket or a device."),
    "too-deep": _("Folders are nested too deeply here."),
}

_DECIDED = {
    "deleted-here": _(
        "“%(title)s” was deleted in the wiki and stays deleted. Restore it there to "
        "have it updated."
    ),
    "known-elsewhere": _("Already imported from “%(source)s”, byte for byte."),
    "moved-from": _("It was at “%(place)s” in the last import."),
    "title-taken": _(
        "Another entry is called “%(title)s”; this one got a title that tells them "
        "apart. See whether they are the same."
    ),
    "kept-wiki": _("Dump and wiki changed the same lines; the wiki's were kept."),
    "conflict": _(
        "Dump and wiki changed the same lines. The entry was left as it is; decide "
        "between the two."
    ),
    "overtaken": _(
        "Someone changed the entry while the import ran. Import again to complete it."
    ),
    "refused": _("It could not be stored: %(reason)s"),
    "not-written": _(
        "It could not be written (%(reason)s). The log of the server says more."
    ),
    "missing-here": _("The dump no longer has this note. The entry was kept."),
    "missing-edited": _(
        "The dump no longer has this note. The entry was kept: someone changed it "
        "since it was imported."
    ),
    "missing-shared": _(
        "The dump no longer has this note. The entry was kept: it is also that of a "
        "note in “%(source)s”."
    ),
    "missing-unread": _(
        "This note was not found, but a folder above it was left out. The entry was "
        "kept."
    ),
    "mirrored": _(
        "The dump no longer has this note. The entry was deleted; it can be brought "
        "back."
    ),
    "brought-back": _(
        "An import had taken this entry away; it is back at its address, with its "
        "history."
    ),
    "parted": _(
        "Dump and wiki changed the same lines of “%(title)s”. That entry was left as "
        "it is; the dump's text became an entry of its own."
    ),
    "undo-changed": _(
        "It was changed since and is at r%(number)s now. It was left as it is."
    ),
    "undo-deleted": _("It was deleted since. It was left as it is."),
    "undo-not-allowed": _("You may not change it. It was left as it is."),
    "undo-title-taken": _(
        "Its former title “%(title)s” belongs to another entry now. It was left as it "
        "is."
    ),
    "undo-refused": _("It could not go back: %(reason)s"),
    "undone": _(
        "Undone by %(name)s. Entries that went back: %(count)s; left, because they "
        "were changed since: %(left)s."
    ),
    "mirror-of-a-part": _(
        "A mirror deletes what the dump no longer has, so the whole dump has to be "
        "read: use --mirror without --limit, --include and --exclude."
    ),
    "mirror-of-nothing": _(
        "No note of the dump could be read, so --mirror would delete everything that "
        "was ever imported from it. Nothing was changed."
    ),
    "alias-dropped": _("This other title could not be kept: %(alias)s"),
    "tags-cut": _("Only the first %(limit)s of its tags were kept; it has %(count)s."),
    "tag-dropped": _("“%(tag)s” cannot be a tag and was left out."),
}

_ATTACHED = {
    "attachment-missing": _("The dump does not have the file “%(path)s”."),
    "attachment-program": _(
        "“%(path)s” is a program and was left out; the link to it leads nowhere."
    ),
    "attachment-too-large": _(
        "“%(path)s” is larger than %(limit)s MB and was left out; the link to it "
        "leads nowhere."
    ),
    "attachment-unreadable": _(
        "“%(path)s” cannot be read and was left out: %(reason)s"
    ),
}

_HISTORY = {
    "history-no-git": _(
        "This is a git repository, but git is not installed here, so its history "
        "cannot be read. Install git and import again."
    ),
    "history-empty": _(
        "No commit could be found in the git repository, so it has no history to "
        "import. “git log” there says more."
    ),
    "history-elsewhere": _(
        "The git repository lies outside of this folder, or borrows from there, and "
        "was not opened. To have the history, import the folder of the repository "
        "itself, or a full clone."
    ),
    "history-packed": _(
        "The zip holds a git repository, whose history is not read from there. "
        "Unpack it and import the folder to have each commit as a revision."
    ),
    "history-unreadable": _(
        "The history could only be read in part: %(reason)s. “git fsck” in the "
        "repository says more."
    ),
    "history-slow": _(
        "Reading the history took too long and was given up; what was read by then "
        "was imported."
    ),
    "history-cut": _(
        "The history is very long; only its newest %(limit)s commits were read."
    ),
    "history-wide": _(
        "A commit changes more than %(limit)s files; it and those before it were not "
        "read."
    ),
    "history-shallow": _(
        "The repository was cloned without its older commits, so notes may begin "
        "later than they did. Clone it in full to have them."
    ),
    "repository-large": _(
        "The repository has more than %(count)s files or %(size)s MiB; this file and "
        "those after it were left out. Import a folder where it is checked out."
    ),
    "blob-large": _(
        "This file is larger than the %(limit)s MiB that one in a repository may "
        "have. It was left out."
    ),
    "blob-missing": _(
        "The repository does not have the contents of this file. “git fsck” there "
        "says more."
    ),
    "past-written": _("Earlier versions of it in the history: %(count)s."),
    "past-unread": _("Earlier states of the file that could not be read: %(count)s."),
    "past-refused": _("Earlier versions that could not be stored: %(count)s."),
    "past-cut": _("Only its newest %(count)s versions were read."),
}

_JOBS = {
    "not-yours": _(
        "You may not change “%(title)s”. It was left as it is; someone who may change "
        "it can decide."
    ),
    "upload-gone": _("What was uploaded as “%(name)s” is gone. Upload it again."),
    "job-lost": _(
        "It was begun several times, and each time the process that did it ended "
        "before it was done; the dump may take too much memory. Upload it in parts, "
        "or import it on the server with “manage.py importnotes”."
    ),
    "job-broke": _(
        "It could not be finished (%(reason)s). What was written is whole, and the "
        "log of the server says more. Upload the same again to complete it."
    ),
    "job-not-allowed": _(
        "This account may no longer import notes. An administrator can give it the "
        "right."
    ),
}

_SENTENCES = {
    **_READING,
    **_MARKDOWN,
    **_ARCHIVES,
    **_FORMATS,
    **_LEFT_OUT,
    **_DECIDED,
    **_ATTACHED,
    **_HISTORY,
    **_JOBS,
}
