"""Files that no note shows, for curators: which there are, and removing some."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from wiki import permissions
from wiki.editing.removing import (
    files_not_shown,
    hashes_in,
    kept_files,
    remove_files,
    unused_files,
)
from wiki.models import Draft, EntryFile, StoredFile, Upload
from wiki.views.gate import only_for
from wiki.views.lists import never_shared, page_of
from wiki.views.own_files import PER_PAGE, chosen, say_removed

# Of the notes that know a file so many are named.
NAMED_NOTES = 5
UNUSED, KEPT = "unused", "kept"
_LISTS = {UNUSED: unused_files, KEPT: kept_files}

curators_only = only_for(permissions.can_curate)


@dataclass(frozen=True)
class KnownFile:
    """A file, who uploaded it, and the notes that know it."""

    file: StoredFile
    uploads: Sequence[Upload] = ()
    uses: Sequence[EntryFile] = ()
    # Of the uses, how many are not named.
    more: int = 0


@require_http_methods(["GET", "HEAD", "POST"])
@never_shared
@curators_only
def all_files(request: HttpRequest) -> HttpResponse:
    """The files no note shows; a POST asks about those chosen, then removes them."""
    show = request.GET.get("show", UNUSED)
    show = show if show in _LISTS else UNUSED
    if request.method == "POST":
        return _act(request, show)
    drafted = hashes_in(Draft.objects.all())
    lists = {name: files(drafted) for name, files in _LISTS.items()}
    page = page_of(request, lists[show], PER_PAGE)
    counts = {name: files.count() for name, files in lists.items()}
    context = {
        "show": show,
        "page": page,
        "rows": _known(page.object_list),
        "counts": counts,
        "waiting": files_not_shown(is_kept=show == KEPT).count() - counts[show],
    }
    return render(request, "wiki/all_files.html", context)


def _act(request: HttpRequest, show: str) -> HttpResponse:
    address = f"{reverse('files')}?show={show}"
    ids = chosen(request)
    # A file that got into the other list meanwhile was not what was asked about.
    files = _LISTS[show]().filter(pk__in=ids)
    if request.POST.get("do") == "remove":
        removed = remove_files(list(files.values_list("pk", flat=True)))
        left = len(set(ids)) - removed.count
        say_removed(request, replace(removed, left=left))
        return redirect(address)
    rows = _known(files)
    if not rows:
        messages.info(request, _("Choose files first."))
        return redirect(address)
    context = {"rows": rows, "show": show, "address": address}
    return render(request, "wiki/all_files_remove.html", context)


def _known(files: QuerySet[StoredFile] | Iterable[StoredFile]) -> list[KnownFile]:
    """These files with what is known of them. Three queries at most."""
    files = list(files)
    uploads: dict[int, list[Upload]] = {file.pk: [] for file in files}
    uses: dict[int, list[EntryFile]] = {file.pk: [] for file in files}
    rows = Upload.objects.filter(file__in=files).select_related("user")
    for upload in rows.order_by("pk"):
        uploads[upload.file_id].append(upload)
    named = EntryFile.objects.filter(file__in=files).select_related("entry")
    named = named.defer("entry__body", "entry__html", "entry__headings")
    for use in named.order_by("entry_id", "pk"):
        of_file = uses[use.file_id]
        if not of_file or of_file[-1].entry_id != use.entry_id:
            of_file.append(use)
    return [
        KnownFile(
            file,
            uploads[file.pk],
            uses[file.pk][:NAMED_NOTES],
            max(0, len(uses[file.pk]) - NAMED_NOTES),
        )
        for file in files
    ]
