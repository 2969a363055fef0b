"""What a dump says, read by other means than the importer's own.

Simple on purpose, line by line: a reader that shared the importer's code would
share its mistakes.
"""

import codecs
import hashlib
import io
import os
import re
import unicodedata
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

NOTE_SUFFIXES = (".md", ".markdown", ".mdown", ".mkd")
TOOL_FOLDERS = {
    *(".git", ".hg", ".svn", ".obsidian", ".logseq", ".trash", ".github"),
    *(".vscode", ".idea", ".venv", "venv", "node_modules", "__pycache__", "_site"),
    "__MACOSX",
}
TAG_KEYS = {"tags", "tag", "categories", "category", "keywords"}

_WORD = re.compile(r"[^\W_]+")
_KEY = re.compile(r"^([^\s:#-][^:\n]{0,80}):(?=\s|$)(.*)$")
_HASHTAG = re.compile(r"#(?=[\w/-]*[^\W\d_])[\w][\w/-]*")
_COLOUR = re.compile(r"#(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6}|[0-9a-fA-F]{8})")
_HEADING = re.compile(r"#{1,6}[ \t]+(.+)")
# Signs written as YAML writes them in double quotes.
_ESCAPED = re.compile(r"\\(?:U[0-9a-fA-F]{8}|u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|.)")


@dataclass(frozen=True)
class TrueNote:
    """One file of notes: its bytes, and what of it must be found again."""

    path: str
    data: bytes
    words: Counter[str]
    fences: tuple[str, ...]
    # Comments in code that look like headings, without what is a heading too.
    comments: frozenset[str]
    tags: frozenset[str]
    is_blank: bool = False

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.data).hexdigest()


def read_truth(place: Path) -> list[TrueNote]:
    """The notes below a folder or in a zip, in the order of their paths."""
    files = _in_zip(place.read_bytes()) if place.is_file() else _in_folder(place)
    return [
        _read(path, data)
        for path, data in sorted(files)
        if path.lower().rstrip().endswith(NOTE_SUFFIXES)
    ]


def _in_folder(folder: Path) -> Iterator[tuple[str, bytes]]:
    for place, folders, names in os.walk(folder):
        folders[:] = [n for n in folders if n not in TOOL_FOLDERS and n[0] != "."]
        for name in names:
            file = Path(place, name)
            if name[0] != "." and file.is_file() and not file.is_symlink():
                yield nfc(str(file.relative_to(folder))), file.read_bytes()


def _in_zip(data: bytes, *, is_inner: bool = False) -> Iterator[tuple[str, bytes]]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for info in archive.infolist():
            name = _zip_name(info)
            hidden = any(p in TOOL_FOLDERS or p[:1] == "." for p in name.split("/"))
            if info.is_dir() or hidden:
                continue
            inner = archive.read(info)
            if name.lower().endswith(".zip") and not is_inner:
                yield from _in_zip(inner, is_inner=True)
            else:
                yield nfc(name), inner


def _zip_name(info: zipfile.ZipInfo) -> str:
    if info.flag_bits & 0x800:
        return info.filename
    raw = info.filename.encode("cp437", "replace")
    for encoding in ("utf-8", "cp949"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return info.filename


def _read(path: str, data: bytes) -> TrueNote:
    text = decoded(data)
    lines = text.split("\n")
    matter = front_matter(lines)
    code = code_lines(lines)
    prose = [line for n, line in enumerate(lines) if n not in code and n >= len(matter)]
    inside = [line for n, line in enumerate(lines) if n in code]
    return TrueNote(
        path,
        data,
        words=words("\n".join([*_values_of(matter), *lines[len(matter) :]])),
        fences=tuple(fences(lines[len(matter) :])),
        comments=frozenset(_headings(inside) - _headings(prose) - _names(path)),
        tags=frozenset({*_tags_of(matter), *_tags_in(prose)}),
        is_blank=not text.strip(),
    )


def decoded(data: bytes) -> str:
    """The text of a file with LF, without byte order mark and NUL."""
    for mark, encoding in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if data.startswith(mark):
            return _plain(data.decode(encoding, "replace"))
    try:
        return _plain(data.decode("utf-8"))
    except UnicodeDecodeError:
        return _plain(data.decode("cp949", "replace"))


def _plain(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")


def nfc(text: str) -> str:
    """Composed; names on disk that are no UTF-8 are read as CP949."""
    raw = os.fsencode(text)
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        text = raw.decode("cp949", "replace")
    return unicodedata.normalize("NFC", text)


def words(text: str) -> Counter[str]:
    """The words of a text, as often as they stand in it."""
    return Counter(_WORD.findall(unicodedata.normalize("NFC", text)))


def fences(lines: list[str]) -> Iterator[str]:
    """The fenced blocks of code from their first mark to their last."""
    for start, end in _fence_spans(lines):
        yield "\n".join(lines[start:end]).strip("\n")


def code_lines(lines: list[str]) -> set[int]:
    """Numbers of the lines in fences, their marks included."""
    return {n for start, end in _fence_spans(lines) for n in range(start, end)}


def _fence_spans(lines: list[str]) -> Iterator[tuple[int, int]]:
    number = 0
    while number < len(lines):
        mark = _opening_mark(lines[number])
        if not mark:
            number += 1
            continue
        end = number + 1
        while end < len(lines) and not _closes(lines[end], mark):
            end += 1
        yield number, min(end + 1, len(lines))
        number = end + 1


def _opening_mark(line: str) -> str:
    match = re.match(r"[ \t>]*(?:(?:[-*+]|\d+[.)])[ \t]+)?(`{3,}|~{3,})(.*)", line)
    if not match or (match[1][0] == "`" and "`" in match[2]):
        return ""
    return match[1]


def _closes(line: str, mark: str) -> bool:
    plain = line.strip(" \t>")
    return len(plain) >= len(mark) and not plain.strip(mark[0])


def front_matter(lines: list[str]) -> list[str]:
    """The lines of a block between `---` at the very top, marks included."""
    if not lines or lines[0].rstrip() != "---":
        return []
    for number, line in enumerate(lines[1:], 1):
        if line.rstrip() in ("---", "..."):
            block = lines[: number + 1]
            return block if any(map(_KEY.match, block)) else []
    return []


def _values_of(matter: list[str]) -> Iterator[str]:
    """Front matter without the names of its keys and its comments."""
    for line in matter:
        key = _KEY.match(line)
        if not line.lstrip().startswith("#"):
            yield _ESCAPED.sub(" ", key[2] if key else line)


def _tags_of(matter: list[str]) -> Iterator[str]:
    is_ours = False
    for line in matter[1:-1]:
        key = _KEY.match(line)
        if key:
            is_ours = key[1].strip().lower() in TAG_KEYS
        text = key[2] if key else line.strip()
        if not is_ours or (not key and not text.startswith("-")):
            continue
        yield from _split_tags(text.strip(), is_item=not key)


def _split_tags(text: str, *, is_item: bool) -> Iterator[str]:
    text = text[1:].strip() if is_item else text
    if not text.startswith(("'", '"')):
        text = re.sub(r"(^|\s)# .*", "", text)
    is_list = is_item or text.startswith("[")
    parts = text.strip("[]'\"").split("," if is_list or "," in text else None)
    for part in parts:
        name = part.strip().strip("'\"").strip().lstrip("#").strip()
        if name:
            yield tag_key(name)


def _tags_in(prose: list[str]) -> Iterator[str]:
    """Tags on lines that hold nothing else."""
    for line in prose:
        found = line.replace(",", " ").split()
        is_code = line.startswith(("    ", "\t"))
        if found and not is_code and all(map(_is_hashtag, found)):
            yield from (tag_key(word[1:].rstrip("/")) for word in found)


def _is_hashtag(word: str) -> bool:
    return bool(_HASHTAG.fullmatch(word)) and not _COLOUR.fullmatch(word)


def tag_key(name: str) -> str:
    """A tag without what two spellings of it may differ in."""
    folded = unicodedata.normalize("NFC", name).casefold()
    return re.sub(r"[\s_-]+", "-", folded).strip("-")


def _headings(lines: list[str]) -> set[str]:
    found = (_HEADING.match(line.strip()) for line in lines)
    return {_name(match[1]) for match in found if match}


def _names(path: str) -> set[str]:
    return {_name(part) for part in (*path.split("/"), Path(path).stem)}


def _name(text: str) -> str:
    plain = unicodedata.normalize("NFC", text).strip("# \t")
    return " ".join(plain.split()).casefold()


def name_of(title: str) -> str:
    """A title as `TrueNote.comments` are spelled."""
    return _name(title)
