"""Which files pages show, as rows."""

from collections.abc import Collection, Iterable, Mapping, Sequence

from wiki.models import EntryFile, StoredFile
from wiki.models.files import MAX_FILE_NAME_CHARS
from wiki.names import FileMeant, Resolution
from wiki.paths import is_note_target
from wiki.rendering import FoundLink
from wiki.slugs import file_path


def file_uses(
    links: Sequence[FoundLink], resolved: Mapping[str, Resolution]
) -> dict[str, FileMeant | None]:
    """The files that a rendered page shows or links, by target; None for lost ones."""
    return {
        link.target[:MAX_FILE_NAME_CHARS]: found.file if found else None
        for link in links
        for found in [resolved.get(link.target)]
        if (found and found.file) or (not found and is_file_target(link))
    }


def is_file_target(link: FoundLink) -> bool:
    """Whether a link that leads nowhere was meant for a file, not for a note."""
    if link.kind == "wiki":
        return False
    return link.kind == "file" or not is_note_target(link.target)


def write_file_uses(
    uses: Mapping[int, Mapping[str, FileMeant | None]], *, are_new: bool = False
) -> list[str]:
    """Stores which files these entries, by id, show now.

    A file that an entry no longer shows stays its own, for its older revisions.
    Gives the addresses of files that an entry has from now on: for pages that name
    one of them and might not show it so far (`redrawing.draw_waiting`). One query,
    and up to four more where files are or were.
    """
    before = [] if are_new else EntryFile.objects.filter(entry__in=list(uses))
    stored = {(row.entry_id, row.name, row.file_id): row for row in before}
    ids = _file_ids(file for files in uses.values() for file in files.values() if file)
    wanted = {
        (entry_id, name, file and ids[file])
        for entry_id, files in uses.items()
        for name, file in files.items()
    }
    new = sorted(wanted - stored.keys(), key=lambda use: (use[0], use[1]))
    EntryFile.objects.bulk_create(
        EntryFile(entry_id=entry_id, name=name, file_id=file_id)
        for entry_id, name, file_id in new
    )
    turned = [row for use, row in stored.items() if row.is_shown != (use in wanted)]
    lost = [row.pk for row in turned if row.file_id is None]
    if lost:
        EntryFile.objects.filter(pk__in=lost).delete()
    for is_shown in (True, False):
        rows = [row.pk for row in turned if row.file_id and row.is_shown != is_shown]
        if rows:
            EntryFile.objects.filter(pk__in=rows).update(is_shown=is_shown)
    opened = {file_id for *_, file_id in new} - {None}
    return [file_path(file.name) for file, pk in ids.items() if pk in opened]


def addresses_of_files(entry_ids: Collection[int]) -> list[str]:
    """The addresses of the files that these entries have. One query."""
    files = StoredFile.objects.filter(entry_files__entry__in=entry_ids).distinct()
    pairs = files.values_list("sha256", "extension")
    return [file_path(f"{sha256}{extension}") for sha256, extension in pairs]


def _file_ids(found: Iterable[FileMeant]) -> dict[FileMeant, int | None]:
    """The ids of files, those of new ones looked up by their hash."""
    ids = {file: file.file_id for file in found}
    new = {file.hash: file for file, file_id in ids.items() if file_id is None}
    if new:
        rows = StoredFile.objects.filter(sha256__in=new)
        for sha256, pk in rows.values_list("sha256", "pk"):
            ids[new[sha256]] = pk
    return ids
