"""Archives as programs write them, and as nobody should."""

import io
import struct
import zipfile
import zlib


def packed(files, **options):
    """A zip of these members: bytes or text by name."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, **options) as archive:
        for name, data in files.items():
            archive.writestr(info(name), data, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def info(name, *, date=(2024, 5, 1, 9, 20, 0), mode=0o100644):
    member = zipfile.ZipInfo(name, date)
    # What it makes of a name on the way is not what is to be written.
    member.filename = name
    member.external_attr = mode << 16
    member.create_system = 3
    return member


def raw_zip(members):
    """A zip of members whose every field may lie.

    Each is a dict with `name`, `data` (packed bytes) and any of `flags`,
    `method`, `crc`, `size`, `packed`, `extra`, `at` (where it says it begins).
    """
    body, listed = b"", b""
    for member in members:
        name, data = member["name"], member["data"]
        method, flags = member.get("method", 0), member.get("flags", 0)
        crc = member.get("crc", zlib.crc32(data))
        size, packed_size = (
            member.get("size", len(data)),
            member.get("packed", len(data)),
        )
        extra = member.get("extra", b"")
        at = member.get("at", len(body))
        dates = (0, (2024 - 1980) << 9 | 5 << 5 | 1)
        sizes = (crc, packed_size, size, len(name))
        if "at" not in member:
            body += struct.pack(
                "<4s5H3L2H", b"PK\3\4", 20, flags, method, *dates, *sizes, 0
            )
            body += name + data
        listed += struct.pack(
            "<4s6H3L5H2L",
            b"PK\1\2",
            20,
            20,
            flags,
            method,
            *dates,
            *sizes,
            len(extra),
            0,
            0,
            0,
            0,
            at,
        )
        listed += name + extra
    count = len(members)
    return (
        body
        + listed
        + struct.pack(
            "<4s4H2LH", b"PK\5\6", 0, 0, count, count, len(listed), len(body), 0
        )
    )


def deflated(data):
    squeezer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    return squeezer.compress(data) + squeezer.flush()
