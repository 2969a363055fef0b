"""The files of an entry: those its text shows, those it lacks, those it had."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import BooleanField, ExpressionWrapper, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from wiki import permissions
from wiki.access import get_entry_for
from wiki.files import PICTURE_TYPES, path_of
from wiki.models import Entry, EntryFile, StoredFile, Upload
from wiki.paths import stored_file_name
from wiki.permissions import Person
from wiki.shown_files import in_sight
from wiki.views.lists import never_shared, page_of
from wiki.views.missing import answer_for_address

PER_PAGE = 100


@dataclass(frozen=True)
class ListedFile:
    """A file as its entry's list has it; `file` is None where there is none."""

    name: str
    file: StoredFile | None
    is_shown: bool
    # Its row is there, and its bytes are not.
    is_lost: bool = False
    upload: Upload | None = None

    @property
    def is_picture(self) -> bool:
        return self.file is not None and self.file.media_type in PICTURE_TYPES


@require_safe
@never_shared
def entry_files(request: HttpRequest, slug: str) -> HttpResponse:
    """The list of an entry's files, for whoever may read it. Five queries."""
    try:
        entry = get_entry_for(request.user, slug, entries=Entry.objects.without_text())
    except Http404:
        return answer_for_address(request, slug, page="files/")
    page = page_of(request, _uses_of(entry, request.user), PER_PAGE)
    context = {
        "entry": entry,
        "page": page,
        "files": _listed(entry, page.object_list),
        "can_edit": permissions.can_edit(request.user, entry),
    }
    return render(request, "wiki/entry_files.html", context)


def _uses_of(entry: Entry, reader: Person) -> QuerySet[EntryFile]:
    """Shown ones first, then those that could not be found, then former ones."""
    uses = EntryFile.objects.filter(entry=entry).select_related("file")
    if not permissions.can_curate(reader):
        uses = uses.filter(in_sight())
    is_missing = ExpressionWrapper(Q(file=None), output_field=BooleanField())
    return uses.annotate(is_missing=is_missing).order_by(
        "-is_shown", "is_missing", "name", "pk"
    )


def _listed(entry: Entry, uses: Iterable[EntryFile]) -> list[ListedFile]:
    uses = list(uses)
    uploads = _uploads(entry, {use.file_id for use in uses} - {None})
    return [
        ListedFile(
            name=_name_of(use, uploads.get(use.file_id)),
            file=use.file,
            is_shown=use.is_shown,
            is_lost=use.file is not None and _is_lost(use.file),
            upload=uploads.get(use.file_id),
        )
        for use in uses
    ]


def _uploads(entry: Entry, file_ids: Iterable[int]) -> dict[int, Upload]:
    """Who uploaded these files, among those who wrote the entry.

    That someone else has the same picture is nobody's business.
    """
    authors = entry.revisions.exclude(author=None).order_by().values("author")
    found = Upload.objects.filter(file__in=set(file_ids), user__in=authors)
    rows = found.select_related("user").order_by("-created_at", "-pk")
    return {upload.file_id: upload for upload in rows}


def _name_of(use: EntryFile, upload: Upload | None) -> str:
    """What the file is called: as the text does, or as it was when it was uploaded."""
    if not stored_file_name(use.name):
        return use.name
    return upload.name if upload and upload.name else str(use.file or use.name)


def _is_lost(file: StoredFile) -> bool:
    return not path_of(file.sha256, file.extension).exists()
