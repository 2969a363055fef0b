"""What can keep a save from happening, and the sentences that say so."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from wiki.editing.content import Content
    from wiki.history.merge import Merge
    from wiki.models import Entry, Revision


@dataclass(frozen=True)
class Problem:
    """One thing wrong with one field; `sentence` says it to a person."""

    field: str
    code: str
    params: Mapping[str, object] = field(default_factory=dict)

    @property
    def sentence(self) -> str:
        """In the language that is active, with what to do about it."""
        return str(_SENTENCES[self.code]) % self.params


class EditError(Exception):
    """A save that did not happen. Nothing was written."""


class InvalidContent(EditError):
    """The content cannot be stored as it is."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("; ".join(f"{p.field}: {p.code}" for p in problems))
        self.problems = tuple(problems)


class EditConflict(EditError):
    """Someone else changed the same place since the writer began.

    `base`, `mine` and `current` are the three contents, `merge` the bodies
    joined with the writer's lines at each clash, `merged` the whole content
    that a form should offer, and `fields` the one-line fields that clash.
    """

    def __init__(
        self,
        *,
        entry: "Entry",
        base: "Content",
        mine: "Content",
        current: "Content",
        merge: "Merge",
        merged: "Content",
        fields: Sequence[str],
        newer: Sequence["Revision"] = (),
    ) -> None:
        super().__init__(f"entry {entry.pk} was changed meanwhile")
        self.entry = entry
        self.base = base
        self.mine = mine
        self.current = current
        self.merge = merge
        self.merged = merged
        self.fields = tuple(fields)
        self.newer = tuple(newer)


class StaleEntry(EditError):
    """An act on a whole entry (revert, delete, restore) that names an old version."""

    def __init__(self, entry: "Entry") -> None:
        super().__init__(f"entry {entry.pk} is at version {entry.version}")
        self.entry = entry


class EntryGone(EditError):
    """The entry was deleted since the writer began."""

    def __init__(self, entry: "Entry", mine: "Content | None" = None) -> None:
        super().__init__(f"entry {entry.pk} was deleted meanwhile")
        self.entry = entry
        self.mine = mine


_SENTENCES = {
    "title_empty": _("An entry needs a title with at least one visible character."),
    "title_too_long": _(
        "The title has %(length)s characters; at most %(limit)s fit. Shorten it and "
        "put the rest into the text."
    ),
    "title_taken": _(
        "There is already an entry with the title “%(title)s”. Choose another title, "
        "or edit that entry."
    ),
    "body_too_large": _(
        "The text is %(size_kib)s KiB; an entry holds at most %(limit_kib)s KiB. "
        "Split it into several entries. Nothing was saved; your text is still in "
        "the form."
    ),
    "nul": _(
        "This field contains a NUL character, which cannot be stored. Remove it and "
        "save again."
    ),
    "not_unicode": _(
        "This field contains half a character (a lone surrogate). Remove it and save "
        "again."
    ),
    "summary_too_long": _("The summary may have at most %(limit)s characters."),
    "comment_too_long": _(
        "The note on what changed may have at most %(limit)s characters."
    ),
    "source_url_invalid": _(
        "The source address must be a whole web address, such as "
        "https://example.com/page."
    ),
    "tag_too_long": _(
        "The tag “%(tag)s” is longer than %(limit)s characters. Separate tags with "
        "commas."
    ),
    "tag_invalid": _("“%(tag)s” cannot be a tag. Write a word, without commas."),
    "too_many_tags": _(
        "There are %(count)s tags; an entry can have at most %(limit)s. Remove some."
    ),
    "too_many_aliases": _("An entry can have at most %(limit)s other titles."),
    "alias_too_long": _(
        "The other title “%(alias)s” is longer than %(limit)s characters."
    ),
}
