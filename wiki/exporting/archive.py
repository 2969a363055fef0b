"""A zip file, made while it is sent: the same files always give the same bytes.

Python's own writer keeps a record of each member in memory until the end; here
those wait on disk. Nothing is looked back at, so any stream will do.
Source of the format: PKWARE's APPNOTE 6.3.10, sections 4.3 and 4.5.3.
"""

import struct
import zlib
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from tempfile import SpooledTemporaryFile
from typing import BinaryIO

from wiki.exporting.folder import Member
from wiki.exporting.streams import in_larger_pieces

_MEMORY_BYTES = 2 * 1024 * 1024
_CHUNK_BYTES = 256 * 1024

_LOCAL, _DESCRIPTOR, _CENTRAL = b"PK\x03\x04", b"PK\x07\x08", b"PK\x01\x02"
_END, _END_64, _LOCATOR_64 = b"PK\x05\x06", b"PK\x06\x06", b"PK\x06\x07"
_DEFLATED = 8
# Sizes stand behind the data; names are UTF-8.
_FLAGS = 0x0008 | 0x0800
_VERSION, _VERSION_64 = 20, 45
_MADE_ON_UNIX = 3 << 8
_PLAIN_FILE = 0o100644 << 16
_MAX_16, _MAX_32 = 0xFFFF, 0xFFFFFFFF
_FIRST, _LAST = datetime(1980, 1, 1, tzinfo=UTC), datetime(2107, 12, 31, tzinfo=UTC)


def as_zip(members: Iterable[Member]) -> Iterator[bytes]:
    """The bytes of an archive of these members, in pieces. Streams.

    A member may be at most 4 GiB; the archive and the count of its members have
    no limit.
    """
    with SpooledTemporaryFile(_MEMORY_BYTES) as directory:
        yield from in_larger_pieces(_pieces(members, directory))


def _pieces(members: Iterable[Member], directory: BinaryIO) -> Iterator[bytes]:
    position = count = 0
    for member in members:
        start = position
        name = member.path.encode()
        fields = (_FLAGS, _DEFLATED, *_dos_time(member.written_at))
        header = struct.pack(
            "<4s5H3L2H", _LOCAL, _VERSION, *fields, 0, 0, 0, len(name), 0
        )
        position += len(header) + len(name)
        yield header + name
        data = _Deflated(member.chunks)
        for piece in data:
            position += len(piece)
            yield piece
        sums = (data.checksum, data.packed_size, data.size)
        yield struct.pack("<4s3L", _DESCRIPTOR, *sums)
        position += 16
        directory.write(_directory_entry(name, fields, sums, start))
        count += 1
    size = directory.tell()
    directory.seek(0)
    while piece := directory.read(_CHUNK_BYTES):
        yield piece
    yield _end(count, size, position)


def _local_header(name: bytes, fields: tuple[int, ...]) -> bytes:
    unknown = (0, 0, 0)
    return (
        struct.pack("<4s5H3L2H", _LOCAL, _VERSION, *fields, *unknown, len(name), 0)
        + name
    )


class _Deflated:
    """Data packed while it is read; knows its sums afterwards."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks = chunks
        self.checksum = self.size = self.packed_size = 0

    def __iter__(self) -> Iterator[bytes]:
        packer = zlib.compressobj(6, zlib.DEFLATED, -zlib.MAX_WBITS)
        for chunk in self._chunks:
            self.checksum = zlib.crc32(chunk, self.checksum)
            self.size += len(chunk)
            yield self._counted(packer.compress(chunk))
        yield self._counted(packer.flush())

    def _counted(self, piece: bytes) -> bytes:
        self.packed_size += len(piece)
        return piece


def _directory_entry(
    name: bytes, fields: tuple[int, ...], sums: tuple[int, int, int], start: int
) -> bytes:
    is_far = start >= _MAX_32
    extra = struct.pack("<2HQ", 1, 8, start) if is_far else b""
    version = _VERSION_64 if is_far else _VERSION
    return (
        struct.pack(
            "<4s6H3L5H2L",
            _CENTRAL,
            _MADE_ON_UNIX | version,
            version,
            *fields,
            *sums,
            len(name),
            len(extra),
            0,
            0,
            0,
            _PLAIN_FILE,
            min(start, _MAX_32),
        )
        + name
        + extra
    )


def _end(count: int, size: int, start: int) -> bytes:
    """The end of the archive, in the long form as well where the short is too short."""
    long = b""
    if count >= _MAX_16 or start >= _MAX_32 or size >= _MAX_32:
        long = struct.pack(
            "<4sQ2H2L4Q", _END_64, 44, _MADE_ON_UNIX | _VERSION_64, _VERSION_64, 0, 0,
            count, count, size, start,
        )  # fmt: skip
        long += struct.pack("<4sLQL", _LOCATOR_64, 0, start + size, 1)
    counts = (min(count, _MAX_16),) * 2
    places = min(size, _MAX_32), min(start, _MAX_32)
    return long + struct.pack("<4s4H2LH", _END, 0, 0, *counts, *places, 0)


def _dos_time(moment: datetime) -> tuple[int, int]:
    """The time and the date of a member, in UTC, to two seconds."""
    at = min(max(moment, _FIRST), _LAST).astimezone(UTC)
    time = at.hour << 11 | at.minute << 5 | at.second // 2
    return time, (at.year - 1980) << 9 | at.month << 5 | at.day
