"""The files that exported entries show: each content once, under one name."""

import posixpath
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from django.db.models import Exists, Min, OuterRef, Q
from django.db.models.query import QuerySet

from wiki.exporting.names import FileNames
from wiki.files import open_file
from wiki.models import EntryFile, StoredFile
from wiki.models.entries import EntryQuerySet

# A picture that stands on more pages is found by its name on the others.
MAX_PLACES = 100
_ROWS_AT_ONCE = 200
_CHUNK_BYTES = 256 * 1024


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file, its place in the export, and where in dumps texts look for it."""

    stored: StoredFile
    path: str
    places: tuple[str, ...] = ()

    def chunks(self) -> Iterator[bytes]:
        """Its bytes. Raises OSError when the media store has lost them."""
        return chunks_of(self.stored)

    def is_there(self) -> bool:
        """Whether the media store has its bytes, all of them."""
        return is_there(self.stored)


def chunks_of(stored: StoredFile) -> Iterator[bytes]:
    """The bytes of a file. Raises OSError when the media store has lost them."""
    with open_file(stored) as file:
        while chunk := file.read(_CHUNK_BYTES):
            yield chunk


def is_there(stored: StoredFile) -> bool:
    """Whether the media store has its bytes, all of them."""
    try:
        with open_file(stored) as file:
            return file.seek(0, 2) == stored.size
    except OSError:
        return False


class Attachments:
    """The files of some entries. Two queries to begin with, reading names only."""

    def __init__(self, entries: EntryQuerySet, *, with_former: bool = False) -> None:
        """`with_former` takes also those that only older revisions show."""
        uses = EntryFile.objects.filter(entry__in=entries.order_by().values("pk"))
        self._uses = uses if with_former else uses.filter(is_shown=True)
        named = self._files().values_list("first_name", flat=True)
        self._names = FileNames(named.iterator(chunk_size=2000))

    def __iter__(self) -> Iterator[Attachment]:
        """All of them, by hash. Two queries for each two hundred."""
        last = ""
        files = self._files().order_by("sha256")
        while some := list(files.filter(sha256__gt=last)[:_ROWS_AT_ONCE]):
            last = some[-1].sha256
            places = self._places_of(some)
            for stored in some:
                known = sorted(places.get(stored.pk, ()))[:MAX_PLACES]
                yield Attachment(stored, self._path_of(stored), tuple(known))

    def paths_of(self, file_ids: Collection[int]) -> Mapping[int, str]:
        """Where these files lie in the export, by id. One query if there are any."""
        if not file_ids:
            return {}
        found = self._files().filter(pk__in=file_ids)
        return {stored.pk: self._path_of(stored) for stored in found}

    def _files(self) -> "QuerySet[StoredFile]":
        own = Q(entry_files__in=self._uses)
        return StoredFile.objects.filter(
            Exists(self._uses.filter(file=OuterRef("pk")))
        ).annotate(first_name=Min("entry_files__name", filter=own))

    def _path_of(self, stored: StoredFile) -> str:
        return self._names.path_of(stored.first_name, stored.sha256, stored.extension)

    def _places_of(self, some: Collection[StoredFile]) -> dict[int, set[str]]:
        rows = self._uses.filter(file__in=some).order_by()
        places: dict[int, set[str]] = {}
        for file_id, name, page in rows.values_list(
            "file", "name", "entry__source_path"
        ).distinct():
            places.setdefault(file_id, set()).add(place_in_dump(name, page))
        return places


def place_in_dump(name: str, page: str) -> str:
    """The path in its dump that a name on a page of it means, in the first place."""
    folder = "" if name.startswith("/") else posixpath.dirname(page)
    return posixpath.normpath(posixpath.join("/", folder, name)).lstrip("/")
