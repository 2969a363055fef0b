"""Bytes to text and lines: the right letters, or a refusal that says where.

Text that only might be right is never returned: a dump in an unknown encoding
is named with the place of its first wrong byte, and nothing of it is imported.
"""

import codecs
import re
from dataclasses import dataclass, replace

from wiki.importing.messages import Message
from wiki.importing.notes import DumpError

# The parser needs some hundred bytes a line and several a character; within
# these, even a hostile file stays well under half a gigabyte.
MAX_FILE_BYTES = 16 * 1024 * 1024
MAX_FILE_LINES = 500_000

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    # Before UTF-16, whose little-endian mark is the start of this one.
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# Windows' Korean, of which EUC-KR is the common part.
KOREAN = "cp949"
# Text has no NUL at all; text in UTF-16 without a mark is nearly half NUL.
_MAX_NUL_SHARE = 0.02
# What real Korean text shows and text decoded by accident does not. Chinese in
# GB 2312 has nearly the same bytes and becomes Hangul, but hardly these syllables.
_MIN_HANGUL_SHARE = 0.5
_MIN_COMMON_SHARE = 0.9
_MIN_EVERYDAY_SHARE = 0.2
_SYLLABLES_WORTH_A_SHARE = 20
_SYLLABLES_WORTH_A_LOOK = 5
_EVERYDAY = frozenset(
    "이다는을의에가고하지은로를한기사으어리자인도시나들서스그대정수아해라만전부일상"
    "원보제과주국구여러었게있없것안되면할니까요며적성장동경우위문비조연소모간신공방치"
    "진생물세오음때중내분분관계용요입력출처행설명계산터트레드프버컴퓨파코딩글개발"
)
# Boxes, arrows, quotes and wide signs stand in texts of every kind.
_NEUTRAL = re.compile(r"[\u2010-\u206f\u2190-\u27bf\u3000-\u303f\uff00-\uff65·°×÷§]")

# What Markdown cuts at. `str.splitlines` also cuts at form feeds and U+2028,
# which are ordinary characters of a line here.
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")


@dataclass(frozen=True, slots=True)
class Decoded:
    """The text of a file, exactly: `bom + text.encode(encoding)` is the file."""

    text: str
    encoding: str
    bom: bytes = b""
    messages: tuple[Message, ...] = ()


def decode(data: bytes, *, encoding: str = "") -> Decoded:
    """The text of a file. Raises DumpError with the reason and the place.

    UTF-8, UTF-16 and UTF-32 with their byte order marks, UTF-8 without one, and
    CP949 where the text proves to be Korean. An `encoding` that is named is
    used for files without a mark.
    """
    if len(data) > MAX_FILE_BYTES:
        raise too_large(len(data))
    for bom, name in _BOMS:
        if data.startswith(bom):
            decoded = _decode_as(data[len(bom) :], name, offset=len(bom))
            return _checked(replace(decoded, bom=bom))
    if encoding:
        return _checked(_decode_as(data, _known_name(encoding)))
    if data.count(0) > len(data) * _MAX_NUL_SHARE:
        raise DumpError("not-text")
    return _checked(_guess(data))


def too_large(size: int) -> DumpError:
    """What to raise for a file of this many bytes."""
    in_mib, limit = (-(-count // 2**20) for count in (size, MAX_FILE_BYTES))
    return DumpError("file-too-large", size=in_mib, limit=limit)


def split_lines(text: str) -> list[str]:
    """The lines, each with its line end: joined they are the text."""
    return _LINE.findall(text)


def _guess(data: bytes) -> Decoded:
    try:
        return Decoded(data.decode("utf-8"), "utf-8")
    except UnicodeDecodeError as error:
        broken_at = error.start
    if not _is_broken_utf8(data) and (text := korean_text(data)) is not None:
        return Decoded(text, KOREAN, messages=(Message("read-as-korean"),))
    raise DumpError("not-utf8", offset=broken_at, byte=f"0x{data[broken_at]:02X}")


def _is_broken_utf8(data: bytes) -> bool:
    """Whether most of what is not ASCII is well-formed UTF-8 after all."""
    text = data.decode("utf-8", "replace")
    wrong = text.count("\ufffd")
    right = sum(1 for char in text if char > "\x7f") - wrong
    return right > wrong


def korean_text(data: bytes) -> str | None:
    """The text of bytes in CP949; None where they are no Korean, by its looks."""
    try:
        text = data.decode(KOREAN)
    except UnicodeDecodeError:
        return None
    signs = [char for char in _NEUTRAL.sub("", text) if char > "\x7f"]
    hangul = [char for char in signs if "가" <= char <= "힣"]
    if not hangul or len(hangul) < len(signs) * _MIN_HANGUL_SHARE:
        return None
    # Syllables outside EUC-KR are hardly ever written; bytes of other
    # encodings fall on them all the time.
    common = sum(1 for char in hangul if _is_common(char))
    if common < len(hangul) * _MIN_COMMON_SHARE:
        return None
    return text if _has_everyday_syllables(hangul) else None


def _has_everyday_syllables(hangul: list[str]) -> bool:
    everyday = sum(1 for char in hangul if char in _EVERYDAY)
    if len(hangul) < _SYLLABLES_WORTH_A_SHARE:
        return everyday > 0 or len(hangul) < _SYLLABLES_WORTH_A_LOOK
    return everyday >= len(hangul) * _MIN_EVERYDAY_SHARE


def _is_common(char: str) -> bool:
    try:
        char.encode("euc_kr")
    except UnicodeEncodeError:
        return False
    return True


def _known_name(encoding: str) -> str:
    try:
        # Some codecs are no text encodings; only using them tells.
        b"a".decode(encoding, "replace")
        return codecs.lookup(encoding).name
    except (LookupError, UnicodeError):
        raise DumpError("encoding-unknown", encoding=encoding) from None


def _decode_as(data: bytes, encoding: str, *, offset: int = 0) -> Decoded:
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        at = offset + error.start
        raise DumpError(
            "not-in-encoding",
            encoding=encoding,
            offset=at,
            byte=f"0x{data[error.start]:02X}",
        ) from None
    # Some encodings write one character in two ways: what is read could not
    # be given back.
    if not isinstance(text, str) or text.encode(encoding) != data:
        raise DumpError("encoding-loses", encoding=encoding)
    return Decoded(text, encoding)


def _checked(decoded: Decoded) -> Decoded:
    text = decoded.text
    lines = text.count("\n") + text.count("\r")
    if lines > MAX_FILE_LINES:
        raise DumpError("too-many-lines", lines=lines, limit=MAX_FILE_LINES)
    nuls = text.count("\x00")
    if nuls > len(text) * _MAX_NUL_SHARE:
        raise DumpError("not-text")
    if not nuls:
        return decoded
    dropped = Message("nul-dropped", {"count": nuls})
    return replace(decoded, messages=(*decoded.messages, dropped))
