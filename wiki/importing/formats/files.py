"""Files on disk, opened without trust: no links followed, no pipes waited for."""

import os
import stat
import unicodedata

from wiki.importing.decoding import MAX_FILE_BYTES, too_large
from wiki.importing.notes import DumpError, Piece


def read_bytes(piece: Piece) -> bytes:
    """The bytes of a piece. Raises DumpError when it is no plain readable file."""
    if piece.data is not None:
        return piece.data
    try:
        # Between the walk and now a file may have become a link or a pipe.
        flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK
        descriptor = os.open(piece.location, flags)
    except OSError as error:
        raise DumpError("unreadable", reason=error.strerror or error) from None
    with open(descriptor, "rb") as file:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise DumpError("special-file")
        if status.st_size > MAX_FILE_BYTES:
            raise too_large(status.st_size)
        try:
            return file.read(MAX_FILE_BYTES + 1)
        except OSError as error:
            raise DumpError("unreadable", reason=error.strerror or error) from None


def readable_name(name: str) -> str:
    """A file name as text, NFC; "" when it is in no encoding we know.

    Names that are not UTF-8 come from old Korean systems more often than not.
    """
    raw = os.fsencode(name)
    for encoding in ("utf-8", "cp949"):
        try:
            return unicodedata.normalize("NFC", raw.decode(encoding))
        except UnicodeDecodeError:
            continue
    return ""
