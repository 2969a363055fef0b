"""Files that no note shows: finding them, and removing them for good."""

import logging
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from wiki import files
from wiki.models import Draft, DumpName, EntryFile, StoredFile, Upload

# Whoever uploads a picture wants to show it, if perhaps not at once.
MIN_AGE = timedelta(days=1)
_ADDRESS = re.compile("/files/([0-9a-f]{64})")

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Removed:
    """What became of files that were to be removed."""

    count: int = 0
    size: int = 0
    # Of these, how many stayed because somebody wants them by now.
    left: int = 0


def kept_files(drafted: Collection[str] | None = None) -> QuerySet[StoredFile]:
    """Files of which only older revisions, deleted notes or open conflicts know.

    As of those never used: none uploaded within a day, none in somebody's draft.
    `drafted` has the hashes of all drafts, for who needs them more than once.
    """
    return _free(Exists(_uses()), ~Exists(_shown()), drafted=drafted)


def unused_files(drafted: Collection[str] | None = None) -> QuerySet[StoredFile]:
    """Files that no note ever had, older than a day and in nobody's draft."""
    before = timezone.now() - MIN_AGE
    return _free(~Exists(_uses()), Q(created_at__lt=before), drafted=drafted)


def files_not_shown(*, is_kept: bool) -> QuerySet[StoredFile]:
    """All files that no note shows, those too that cannot be removed yet.

    Those that something knows (`is_kept`), or those that no note ever had.
    """
    known = Exists(_uses()) if is_kept else ~Exists(_uses())
    return StoredFile.objects.filter(known, ~Exists(_shown()))


def uploads_of(user: AbstractBaseUser) -> QuerySet[Upload]:
    """What this person uploaded, with `is_used` by a note."""
    uses = EntryFile.objects.filter(file=OuterRef("file"))
    uploads = Upload.objects.filter(user=user).select_related("file")
    return uploads.annotate(is_used=Exists(uses)).order_by("-created_at", "-pk")


def hashes_in(drafts: QuerySet[Draft]) -> set[str]:
    """The hashes of all files that the texts of these drafts have. One query."""
    # Each text is looked through once, not once for each file.
    bodies = drafts.filter(body__contains="/files/").values_list("body", flat=True)
    return {found for body in bodies.iterator(50) for found in _ADDRESS.findall(body)}


def remove_files(ids: Collection[int]) -> Removed:
    """Removes these files, also from the older revisions that know them.

    Those stay that a note shows, a draft has, or somebody uploaded within a day.
    """
    with transaction.atomic():
        # Who is about to show one holds it; only then is it seen who wants which.
        held = _held(ids)
        free = _free(~Exists(_shown()), Q(pk__in=[file.pk for file in held]))
        removable = set(free.values_list("pk", flat=True))
        gone = [file for file in held if file.pk in removable]
        EntryFile.objects.filter(file__in=gone).delete()
        StoredFile.objects.filter(pk__in=[file.pk for file in gone]).delete()
    _remove_bytes(gone)
    return Removed(len(gone), sum(file.size for file in gone), len(held) - len(gone))


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


def _free(
    *conditions: Exists | Q, drafted: Collection[str] | None = None
) -> QuerySet[StoredFile]:
    """Files of these conditions that nobody put in lately or has in a draft."""
    since = timezone.now() - MIN_AGE
    young = Upload.objects.filter(file=OuterRef("pk"), created_at__gte=since)
    found = StoredFile.objects.filter(*conditions, ~Exists(young))
    if drafted is None:
        drafted = hashes_in(Draft.objects.all())
    if drafted:
        known = found.values_list("pk", "sha256")
        found = found.exclude(pk__in=[pk for pk, sha256 in known if sha256 in drafted])
    return found.order_by("-created_at", "-pk")


def _uses() -> QuerySet[EntryFile]:
    return EntryFile.objects.filter(file=OuterRef("pk"))


def _shown() -> QuerySet[EntryFile]:
    return _uses().filter(is_shown=True, entry__deleted_at=None)
