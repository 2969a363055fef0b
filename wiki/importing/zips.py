"""The container format zip: what an archive lists, and the bytes of one member.

By PKWARE's APPNOTE. Trusts nothing it reads: lengths are checked against the
file, and what is inflated is counted by whoever takes the chunks. Knows of
bytes only; what the names mean and what may be unpacked is decided elsewhere.
"""

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from struct import Struct
from typing import BinaryIO

CHUNK_BYTES = 64 * 1024
# A line of the list has a name and some dates; some hundred bytes.
_MAX_LISTED_BYTES = 4096
# A zip starts with its first member, or with its end when it is empty.
_STARTS = (b"PK\x03\x04", b"PK\x05\x06")

_END = Struct("<4s4H2LH")
_END_MARK = b"PK\x05\x06"
_LOCATOR = Struct("<4sLQL")
_END_64 = Struct("<4sQ2H2L4Q")
_LISTED = Struct("<4s6H3L5H2L")
_LISTED_MARK = b"PK\x01\x02"
_LOCAL = Struct("<4s5H3L2H")
_LOCAL_MARK = b"PK\x03\x04"
_MAX_COMMENT_BYTES = 65_535
_SEE_EXTRA = 0xFFFFFFFF
_SEE_LARGE = 0xFFFF

_ENCRYPTED = 0x1 | 0x40 | 0x2000
_STORED, _DEFLATED = 0, 8
_ZIP_64, _TIMES, _NTFS_TIMES = 0x0001, 0x5455, 0x000A


class ZipError(Exception):
    """What is wrong with an archive or a member of it; `code` names it."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


@dataclass(frozen=True, slots=True)
class Member:
    """A line in the list of an archive. `offset` is where the member begins."""

    name: bytes
    flags: int
    method: int
    crc: int
    packed_bytes: int
    full_bytes: int
    offset: int
    extra: bytes
    made_on: int
    attributes: int
    modified_at: datetime | None

    @property
    def least_end(self) -> int:
        """Where its data ends at the earliest."""
        return self.offset + _LOCAL.size + len(self.name) + self.packed_bytes

    def extra_field(self, wanted: int) -> bytes:
        return _extra_field(self.extra, wanted)


def is_zip(start: bytes) -> bool:
    """Whether a file that starts with these bytes is an archive."""
    return start.startswith(_STARTS)


def list_members(file: BinaryIO, *, limit: int) -> list[Member]:
    """What an archive lists, in its order.

    Raises ZipError "archive-broken", or "archive-too-many" with more than
    `limit` members; no more than that many are ever held.
    """
    try:
        start, size, shift = _directory(file)
        if size > limit * _MAX_LISTED_BYTES:
            raise ZipError("archive-too-many")
        file.seek(start)
        return list(_listed(file, size, shift, limit))
    except (struct.error, ValueError, OverflowError):
        raise ZipError("archive-broken") from None


def read_member(file: BinaryIO, member: Member) -> Iterator[bytes]:
    """The bytes of a member in chunks, never more than CHUNK_BYTES at once.

    Raises ZipError "member-encrypted", "member-method" or, also after the last
    chunk, "member-broken".
    """
    if member.flags & _ENCRYPTED:
        raise ZipError("member-encrypted")
    if member.method not in (_STORED, _DEFLATED):
        raise ZipError("member-method")
    crc = count = 0
    try:
        _seek_data(file, member)
        packed = _packed(file, member.packed_bytes)
        chunks = packed if member.method == _STORED else _inflated(packed)
        for chunk in chunks:
            crc = zlib.crc32(chunk, crc)
            count += len(chunk)
            yield chunk
    except (struct.error, ValueError, OverflowError, zlib.error):
        raise ZipError("member-broken") from None
    if (crc, count) != (member.crc, member.full_bytes):
        raise ZipError("member-broken")


def overlapping(members: list[Member]) -> set[int]:
    """The numbers of members that share bytes with another: nobody packs like that."""
    found: set[int] = set()
    reach, holder = -1, -1
    order = sorted(range(len(members)), key=lambda number: members[number].offset)
    for number in order:
        member = members[number]
        if member.offset < reach:
            found |= {number, holder}
        if member.least_end > reach:
            reach, holder = member.least_end, number
    return found


def _directory(file: BinaryIO) -> tuple[int, int, int]:
    """Where the list lies, its size, and what was put before the archive."""
    length = file.seek(0, 2)
    tail_start = max(0, length - _END.size - _MAX_COMMENT_BYTES)
    file.seek(tail_start)
    tail = file.read()
    at = tail.rfind(_END_MARK)
    if at < 0:
        raise ZipError("archive-broken")
    *_, count, size, offset, _comment = _END.unpack_from(tail, at)
    end = tail_start + at
    if _SEE_EXTRA in (size, offset) or count == _SEE_LARGE:
        size, offset, end = _large_directory(file, end)
    start = end - size
    shift = start - offset
    if start < 0 or shift < 0:
        raise ZipError("archive-broken")
    return start, size, shift


def _large_directory(file: BinaryIO, end: int) -> tuple[int, int, int]:
    file.seek(max(0, end - _LOCATOR.size - _END_64.size))
    record = _END_64.unpack(file.read(_END_64.size))
    mark, *_ = _LOCATOR.unpack(file.read(_LOCATOR.size))
    if mark != b"PK\x06\x07" or record[0] != b"PK\x06\x06":
        raise ZipError("archive-broken")
    size, offset = record[-2:]
    return size, offset, end - _LOCATOR.size - _END_64.size


def _listed(file: BinaryIO, size: int, shift: int, limit: int) -> Iterator[Member]:
    end = file.tell() + size
    count = 0
    while file.tell() < end:
        head = _LISTED.unpack(file.read(_LISTED.size))
        if head[0] != _LISTED_MARK:
            raise ZipError("archive-broken")
        count += 1
        if count > limit:
            raise ZipError("archive-too-many")
        (_, made_by, _, flags, method, time, date, crc, packed, full) = head[:10]
        name_bytes, extra_bytes, comment_bytes, _, _, attributes, offset = head[10:]
        name = file.read(name_bytes)
        extra = file.read(extra_bytes)
        file.seek(comment_bytes, 1)
        full, packed, offset = _large_numbers(extra, full, packed, offset)
        yield Member(
            name=name,
            flags=flags,
            method=method,
            crc=crc,
            packed_bytes=packed,
            full_bytes=full,
            offset=offset + shift,
            extra=extra,
            made_on=made_by >> 8,
            attributes=attributes,
            modified_at=_modified_at(extra, date, time),
        )


def _large_numbers(extra: bytes, *numbers: int) -> tuple[int, ...]:
    """The numbers, those that need 64 bits from their field, in its order."""
    data = _extra_field(extra, _ZIP_64)
    found = []
    for number in numbers:
        if number == _SEE_EXTRA and len(data) >= 8:
            found.append(int.from_bytes(data[:8], "little"))
            data = data[8:]
        else:
            found.append(number)
    return tuple(found)


def _extra_field(extra: bytes, wanted: int) -> bytes:
    """The data of a field; b"" when it is not there or does not fit."""
    at = 0
    while at + 4 <= len(extra):
        kind = int.from_bytes(extra[at : at + 2], "little")
        size = int.from_bytes(extra[at + 2 : at + 4], "little")
        if kind == wanted:
            data = extra[at + 4 : at + 4 + size]
            return data if len(data) == size else b""
        at += 4 + size
    return b""


def _modified_at(extra: bytes, date: int, time: int) -> datetime | None:
    """When a member was changed: exactly where a field says so, else by the clock.

    The clock's time has no zone and is taken as UTC. Its first day, 1980-01-01,
    is what archives say that keep no dates.
    """
    try:
        times = _extra_field(extra, _TIMES)
        if times[:1] and times[0] & 1 and len(times) >= 5:
            seconds = int.from_bytes(times[1:5], "little", signed=True)
            return datetime.fromtimestamp(seconds, UTC)
        ntfs = _extra_field(extra, _NTFS_TIMES)
        if ntfs[4:8] == b"\x01\x00\x18\x00":
            ticks = int.from_bytes(ntfs[8:16], "little")
            return datetime(1601, 1, 1, tzinfo=UTC) + timedelta(microseconds=ticks / 10)
        clock = datetime(
            1980 + (date >> 9),
            date >> 5 & 15,
            date & 31,
            time >> 11,
            time >> 5 & 63,
            min((time & 31) * 2, 59),
            tzinfo=UTC,
        )
    except (ValueError, OverflowError, OSError):
        return None
    return None if clock.timetuple()[:3] == (1980, 1, 1) else clock


def _seek_data(file: BinaryIO, member: Member) -> None:
    file.seek(member.offset)
    head = _LOCAL.unpack(file.read(_LOCAL.size))
    name_bytes, extra_bytes = head[-2:]
    # Two names for the same data: one of them is for someone else's eyes.
    if head[0] != _LOCAL_MARK or file.read(name_bytes) != member.name:
        raise ZipError("member-broken")
    file.seek(extra_bytes, 1)


def _packed(file: BinaryIO, count: int) -> Iterator[bytes]:
    while count > 0:
        chunk = file.read(min(count, CHUNK_BYTES))
        if not chunk:
            raise ZipError("member-broken")
        count -= len(chunk)
        yield chunk


def _inflated(packed: Iterator[bytes]) -> Iterator[bytes]:
    stream = zlib.decompressobj(-zlib.MAX_WBITS)
    for data in packed:
        while data and not stream.eof:
            if chunk := stream.decompress(data, CHUNK_BYTES):
                yield chunk
            data = stream.unconsumed_tail
    while not stream.eof:
        # What the window still holds once all was read.
        chunk = stream.decompress(b"", CHUNK_BYTES)
        if not chunk:
            raise ZipError("member-broken")
        yield chunk
