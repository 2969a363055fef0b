"""`manage.py cleanfiles [--dry-run]`: removes files that nothing refers to."""

import time
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from wiki.editing.removing import remove_files, unused_files
from wiki.files import remove_unknown
from wiki.models import StoredFile

# Bytes are there before their row; what is younger may be on its way.
MIN_AGE_SECONDS = 24 * 60 * 60
_AT_ONCE = 500


class Command(BaseCommand):
    help = (
        "Remove files that nothing refers to: pictures that no note ever showed, "
        "older than a day and in nobody's draft, and bytes that no record knows. "
        "What older revisions show is never removed."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--dry-run", action="store_true", help="tell what would go, and keep it"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            count, size = self._clean(is_dry=options["dry_run"])
        except DatabaseError as error:
            raise CommandError(
                _("The database cannot be used (%(reason)s). Run “manage.py migrate”.")
                % {"reason": error}
            ) from error
        except OSError as error:
            raise CommandError(
                _("The media store cannot be changed: %(reason)s.")
                % {"reason": error.strerror or error}
            ) from error
        if options["dry_run"]:
            sentence = ngettext(
                "%(count)s file would be removed (%(size)s).",
                "%(count)s files would be removed (%(size)s).",
                count,
            )
        else:
            sentence = ngettext(
                "%(count)s file was removed (%(size)s).",
                "%(count)s files were removed (%(size)s).",
                count,
            )
        told = {"count": count, "size": filesizeformat(size).replace("\xa0", " ")}
        self.stdout.write(sentence % told)

    def _clean(self, *, is_dry: bool) -> tuple[int, int]:
        """How many files went, and their bytes."""
        unused = list(unused_files())
        for file in unused:
            self._tell(f"{file.sha256}{file.extension}")
        count, size = len(unused), sum(file.size for file in unused)
        if not is_dry:
            removed = remove_files([file.pk for file in unused])
            count, size = removed.count, removed.size
        for path in list(_bytes_without_row()):
            found = path.stat().st_size
            if is_dry or remove_unknown(path):
                self._tell(path.name)
                count, size = count + 1, size + found
        return count, size

    def _tell(self, name: str) -> None:
        self.stdout.write(f"  {name}")


def _bytes_without_row() -> Iterator[Path]:
    """Old files of the media store that no record knows, half written ones too."""
    before = time.time() - MIN_AGE_SECONDS
    root = Path(settings.MEDIA_ROOT) / "files"
    for folder in sorted(path for path in root.glob("*") if path.is_dir()):
        old = {
            path.name: path
            for path in folder.iterdir()
            if path.is_file() and path.stat().st_mtime < before
        }
        known = StoredFile.objects.filter(sha256__startswith=folder.name)
        names = {
            f"{sha256}{extension}"
            for sha256, extension in known.values_list("sha256", "extension").iterator(
                _AT_ONCE
            )
        }
        yield from (old[name] for name in sorted(old.keys() - names))
