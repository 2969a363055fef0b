"""What a check can find, as sentences: about what, what is wrong, what mends it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

# What is wrong, by code. Fields of entries are named as in the records.
_SENTENCES: Mapping[str, str | Promise] = {
    # Of entries and their history.
    "no_revision": gettext_lazy("It has no revision."),
    "numbers": gettext_lazy(
        "Its revisions are not numbered without a gap: there are %(count)s, from "
        "%(lowest)s to %(highest)s."
    ),
    "version": gettext_lazy(
        "It says that its newest revision is %(version)s, but that is %(highest)s."
    ),
    "head": gettext_lazy("It points to another revision than its newest."),
    "text": gettext_lazy("It differs from its newest revision in: %(fields)s."),
    "title_key": gettext_lazy("The key of its title is not made from its title."),
    "title_key_taken": gettext_lazy(
        "The key of its title is not made from its title, and another entry has the "
        "right one."
    ),
    "sort_key": gettext_lazy("Its place in the alphabet is not that of its title."),
    "slug": gettext_lazy("Its address is not one that a title can have."),
    "tags": gettext_lazy("Its tags are not those of its newest revision."),
    "aliases": gettext_lazy("Its other titles are not those of its newest revision."),
    # Of the page made from the text.
    "outdated": gettext_lazy("Its page was drawn by an older release."),
    "html": gettext_lazy("Its stored page is not what its text makes."),
    "headings": gettext_lazy("Its stored headings are not those of its text."),
    "links": gettext_lazy("Its stored links are not those of its text."),
    "files": gettext_lazy("The files stored for it are not those its text shows."),
    # Of the search index.
    "search_analyser": gettext_lazy("The search index was made by another release."),
    "search_unfinished": gettext_lazy("The search index is not finished."),
    "search_row": gettext_lazy("The search index does not have it as it is now."),
    "search_deleted": gettext_lazy("It is deleted, but still in the search index."),
    "search_words": gettext_lazy(
        "The search index holds other words than its text has."
    ),
    "search_stray": gettext_lazy("The search index holds words of no entry."),
    # Of files.
    "file_missing": gettext_lazy("The bytes of this file are gone."),
    "file_size": gettext_lazy("This file has %(found)s bytes instead of %(expected)s."),
    "file_hash": gettext_lazy("The bytes of this file are not those it was kept with."),
    "file_unknown": gettext_lazy("No record speaks of this file."),
    # Of whole tables.
    "damaged": gettext_lazy("The database file is damaged: %(reason)s"),
    "dangling": gettext_lazy("It belongs to something that is gone."),
    "dump_name_double": gettext_lazy("This name in a dump is stored twice."),
    "dump_name_empty": gettext_lazy("This name in a dump says no name or no dump."),
    "memory": gettext_lazy(
        "What was imported from this file is not all remembered any more."
    ),
    "memory_ahead": gettext_lazy(
        "It was imported as a revision that its entry does not have."
    ),
    "tag_key": gettext_lazy("The key of this tag is not made from its name."),
    "tag_sort_key": gettext_lazy("Its place in the alphabet is not that of its name."),
    "state": gettext_lazy("The row that counts what makes pages stale is missing."),
}

# What --repair does about it; what is in none of them needs a person.
_REPAIRS: Mapping[str, str | Promise] = {
    "head": gettext_lazy("points it to its newest revision"),
    "names": gettext_lazy("makes the keys from the title"),
    "tags": gettext_lazy("takes the tags of the newest revision"),
    "aliases": gettext_lazy("takes the other titles of the newest revision"),
    "redraw": gettext_lazy("draws the page again from its text"),
    "search": gettext_lazy("makes the whole search index anew"),
    "delete": gettext_lazy("removes it"),
    "tag_names": gettext_lazy("makes the key from the name"),
    "state": gettext_lazy("makes it anew"),
}
_PERSON: Mapping[str, str | Promise] = {
    "no_revision": gettext_lazy("Restore it from a backup."),
    "numbers": gettext_lazy("Restore the missing revisions from a backup."),
    "version": gettext_lazy("Compare the entry with its history, and save it again."),
    "text": gettext_lazy("Compare the entry with its history, and save it again."),
    "title_key_taken": gettext_lazy("Rename one of the two."),
    "slug": gettext_lazy("Rename the entry."),
    "file_missing": gettext_lazy("Put the file back from a backup, or import again."),
    "file_size": gettext_lazy("Put the file back from a backup, or import again."),
    "file_hash": gettext_lazy("Put the file back from a backup, or import again."),
    "damaged": gettext_lazy("Restore the database from a backup."),
    "dangling": gettext_lazy("Restore what is gone from a backup."),
    "memory": gettext_lazy("Import the dump again."),
    "memory_ahead": gettext_lazy("Import the dump again."),
    "tag_key": gettext_lazy("Save the tag once in the admin pages."),
}


@dataclass(frozen=True)
class Finding:
    """One thing that is not as it has to be.

    `subject` is what a person knows it by, `where` its address or place;
    `repair` is how it is mended, "" when a person has to.
    """

    code: str
    subject: str
    where: str = ""
    repair: str = ""
    entry_id: int | None = None
    details: Mapping[str, object] = field(default_factory=dict)
    is_repaired: bool = False
    # What a repair needs to find it again.
    row: object = None

    @property
    def sentence(self) -> str:
        """What is wrong, for a person."""
        return str(_SENTENCES[self.code]) % self.details

    @property
    def remedy(self) -> str:
        """What happened about it, or what can be done."""
        if self.is_repaired:
            return _("Repaired.")
        if self.repair:
            return _("Repairing (--repair) %(act)s.") % {"act": _REPAIRS[self.repair]}
        return str(_PERSON[self.code])

    def as_json(self) -> dict[str, object]:
        return {
            "code": self.code,
            "subject": self.subject,
            "where": self.where,
            "details": dict(self.details),
            "sentence": self.sentence,
            "remedy": self.remedy,
            "is_repaired": self.is_repaired,
        }
