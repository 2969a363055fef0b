"""Files that no note shows: finding them, and removing them for good."""

import logging
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from wiki import files
from wiki.models import Draft, DumpName, EntryFile, StoredFile, Upload

# Whoever uploads a picture wants to show it, if perhaps not at once.
MIN_AGE = timedelta(days=1)

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Removed:
    """What became of files that were to be removed."""

    count: int = 0
    size: int = 0
    # Of these, how many stayed because a note shows them by now.
    left: int = 0


def kept_files() -> QuerySet[StoredFile]:
    """Files of which only older revisions, deleted notes or open conflicts know."""
    return _files().filter(Exists(_uses()), ~Exists(_shown()))


def unused_files() -> QuerySet[StoredFile]:
    """Files that no note ever had, older than a day and in nobody's draft."""
    before = timezone.now() - MIN_AGE
    young = Upload.objects.filter(file=OuterRef("pk"), created_at__gte=before)
    drafts = Draft.objects.filter(body__contains=OuterRef("sha256"))
    return _files().filter(
        ~Exists(_uses()), ~Exists(young), ~Exists(drafts), created_at__lt=before
    )


def uploads_of(user: AbstractBaseUser) -> QuerySet[Upload]:
    """What this person uploaded, with `is_used` by a note and `is_drafted` by them."""
    drafts = Draft.objects.filter(user=user, body__contains=OuterRef("file__sha256"))
    return (
        Upload.objects.filter(user=user)
        .select_related("file")
        .annotate(
            is_used=Exists(EntryFile.objects.filter(file=OuterRef("file"))),
            is_drafted=Exists(drafts),
        )
        .order_by("-created_at", "-pk")
    )


def remove_files(ids: Collection[int]) -> Removed:
    """Removes these files, also from the older revisions that know them.

    Those that a note shows stay.
    """
    with transaction.atomic():
        # Who is about to show one holds it; only then is it seen who shows which.
        held = _held(ids)
        shown = EntryFile.objects.filter(
            file__in=held, is_shown=True, entry__deleted_at=None
        )
        used = set(shown.values_list("file_id", flat=True))
        gone = [file for file in held if file.pk not in used]
        EntryFile.objects.filter(file__in=gone).delete()
        StoredFile.objects.filter(pk__in=[file.pk for file in gone]).delete()
    _remove_bytes(gone)
    return Removed(len(gone), sum(file.size for file in gone), len(used))


def remove_uploads(user: AbstractBaseUser, ids: Collection[int]) -> Removed:
    """Removes these pictures that a person uploaded; those that notes have stay.

    Of one that others uploaded too, or that came with a dump, the bytes stay.
    """
    uploads = Upload.objects.filter(user=user, pk__in=ids)
    with transaction.atomic():
        held = _held(list(uploads.values_list("file_id", flat=True)))
        used = _file_ids(EntryFile.objects.filter(file__in=held))
        freed = [file for file in held if file.pk not in used]
        uploads.filter(file__in=freed).delete()
        wanted = _file_ids(Upload.objects.filter(file__in=freed))
        wanted |= _file_ids(DumpName.objects.filter(file__in=freed))
        gone = [file for file in freed if file.pk not in wanted]
        StoredFile.objects.filter(pk__in=[file.pk for file in gone]).delete()
    _remove_bytes(gone)
    return Removed(len(freed), sum(file.size for file in freed), len(used))


def _held(ids: Collection[int]) -> list[StoredFile]:
    rows = StoredFile.objects.select_for_update().filter(pk__in=ids)
    return list(rows.order_by("pk"))


def _file_ids(rows: QuerySet) -> set[int]:
    return set(rows.values_list("file_id", flat=True))


def _remove_bytes(gone: Iterable[StoredFile]) -> None:
    # Rows first: bytes without a row harm nobody, and `cleanfiles` finds them.
    for file in gone:
        try:
            files.remove_bytes(file.sha256, file.extension)
        except OSError:
            logger.exception("The bytes of the removed file %s are still there.", file)


def _files() -> QuerySet[StoredFile]:
    return StoredFile.objects.order_by("-created_at", "-pk")


def _uses() -> QuerySet[EntryFile]:
    return EntryFile.objects.filter(file=OuterRef("pk"))


def _shown() -> QuerySet[EntryFile]:
    return _uses().filter(is_shown=True, entry__deleted_at=None)
