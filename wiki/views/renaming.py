"""Renaming an entry, with the offer to write its new title into links to it."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from wiki import permissions
from wiki.editing import Saved, rename_entry
from wiki.editing.renaming import (
    MAX_NOTES,
    Renamed,
    notes_with_title,
    rename_with_links,
)
from wiki.models import Entry
from wiki.models.revisions import MAX_COMMENT_CHARS
from wiki.names import may_link_to
from wiki.permissions import Person
from wiki.views.acts import (
    Asked,
    TitleForm,
    answer,
    asking_page,
    attempt,
    back_to,
    decided,
    entry_to_change,
    form_for,
)
from wiki.views.moved import follow_moves

# Of the notes that are left as they are so many are named.
NAMED = 5


class RenameForm(TitleForm):
    """A new title, and whether links to the entry are to say it too."""

    links = forms.BooleanField(
        label=gettext_lazy("Write the new title into the links"), required=False
    )
    field_order = ["title", "links", "comment"]


@dataclass(frozen=True)
class LinkingNotes:
    """The notes that link here by the title, as far as this person may read them.

    `changeable` are those that the rename may write into; the others are left, as
    are those that others read who may not read the title.
    """

    changeable: tuple[Entry, ...] = ()
    others: tuple[Entry, ...] = ()

    @property
    def named(self) -> tuple[Entry, ...]:
        return self.others[:NAMED]

    @property
    def unnamed(self) -> int:
        return max(0, len(self.others) - NAMED)


@asking_page
@follow_moves
def rename(request: HttpRequest, slug: str) -> HttpResponse:
    """Gives the entry another title; the old one goes on leading to it."""
    entry = entry_to_change(request, slug)
    former = _shortened(_("Title until now: %s") % entry.title)
    asked = Asked(form_for(RenameForm, request, entry, former, title=entry.title))
    notes = _linking_notes(entry, request.user)
    if request.method == "POST":
        left: list[Renamed] = []

        def act(values: dict[str, Any]) -> Saved:
            if not values["links"]:
                return rename_entry(entry, values["title"], **decided(request, values))
            left.append(_rename_with_links(request, entry, notes, values))
            return left[0].saved

        done = attempt(asked.form, entry, act)
        if isinstance(done, Saved) and left:
            return _told(request, left[0], notes)
        if isinstance(done, Saved):
            return back_to(request, done, _("The note has its new title."))
        asked, entry = done, entry_to_change(request, slug)
    return answer(request, "wiki/rename.html", asked, {"entry": entry, "notes": notes})


def _linking_notes(entry: Entry, person: Person) -> LinkingNotes:
    found = (
        notes_with_title(entry)
        .visible_to(person)
        .only("title", "slug", "visibility", "protection", "deleted_at")
        .in_title_order()
    )
    linking = may_link_to(entry)
    changeable, others = [], []
    for note in found:
        may = note.visibility in linking and permissions.can_edit(person, note)
        is_written = may and len(changeable) < MAX_NOTES
        (changeable if is_written else others).append(note)
    return LinkingNotes(tuple(changeable), tuple(others))


def _rename_with_links(
    request: HttpRequest, entry: Entry, notes: LinkingNotes, values: dict[str, Any]
) -> Renamed:
    comment = _("“%(old)s” is called “%(new)s” now")
    told = {"old": entry.title, "new": values["title"]}
    return rename_with_links(
        entry,
        values["title"],
        note_ids=[note.pk for note in notes.changeable],
        comment=_shortened(comment % told),
        **decided(request, values),
    )


def _told(request: HttpRequest, done: Renamed, notes: LinkingNotes) -> HttpResponse:
    """To the entry, where it says which notes have the title and which have not."""
    if done.batch is None:
        return back_to(request, done.saved, "")
    number = len(done.written)
    sentence = ngettext(
        "The note has its new title, and so have the links on %(number)s note.",
        "The note has its new title, and so have the links on %(number)s notes.",
        number,
    )
    messages.success(
        request,
        format_html(
            '{} <a href="{}">{}</a>',
            sentence % {"number": number},
            reverse("batch", args=[done.batch.pk]),
            _("What it did, and undo"),
        ),
    )
    left = [note for note in notes.changeable if note.pk in set(done.left)]
    left += notes.others
    if left:
        names = ", ".join(f"“{note.title}”" for note in left[:NAMED])
        sentence = ngettext(
            "%(number)s note still has the former title, which leads here: %(names)s",
            "%(number)s notes still have the former title, which leads here: %(names)s",
            len(left),
        )
        more = ", …" if len(left) > NAMED else ""
        told = {"number": len(left), "names": names + more}
        messages.info(request, sentence % told)
    return redirect(done.saved.entry)


def _shortened(comment: str) -> str:
    return Truncator(comment).chars(MAX_COMMENT_CHARS)
