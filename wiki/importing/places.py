"""What the folders above a note say about its topics."""

import re
from pathlib import PurePosixPath

from wiki.importing.notes import NoteTag
from wiki.slugs import MAX_TAG_CHARS, clean_tag, tag_key

# Names that say how files are kept and nothing about what is in them.
_SAYS_NOTHING_LINES = (
    "archive archives article articles asset assets attachment attachments blog",
    "build content contents daily data dist doc docs document documents draft drafts",
    "dump etc export exports file files folder folders image images img imgs",
    "inbox journal journals main master media misc new note notes page pages",
    "picture pictures post posts private project projects public readme resource",
    "resources sample samples source sources src static temp template templates",
    "tag tags test tests tmp todo trash til uncategorized untitled upload uploads",
    "vault vaults wiki 기타",
    "노트 메모 문서 미분류 사진 이미지 임시 자료 첨부 첨부파일 폴더 글",
)
_SAYS_NOTHING = frozenset(word for line in _SAYS_NOTHING_LINES for word in line.split())
_NUMBERING = re.compile(r"^[\W_]*(?:\d{1,3}(?=[._\-\s)\]])|\d{4,8}(?=[)\]]))?[\W_]*")
# Of a branch that was downloaded: Vue-master.
_BRANCH = re.compile(r"-(?:master|main)\Z")
_DATE_OR_NUMBER = re.compile(r"[\d\W_]*(?:년|월|일|주차|일차)?[\d\W_]*(?:월|일)?")
# S01, Day 3, week-12; not S3 and EC2, which are topics.
_SEASON = re.compile(
    r"s\d\d|(?:q|d|w|ch|day|week|chapter|part|step|vol|lec|lecture|lesson|project"
    r"|session|unit)[-_ ]?\d{1,3}",
    re.IGNORECASE,
)
_SUFFIX = re.compile(r"\.(?:md|markdown|txt)\Z", re.IGNORECASE)


def place_tags(path: str) -> tuple[NoteTag, ...]:
    """Tags of the folders in a path, the nearest first.

    `"01_python/_cs,math_topics/x.md"` gives `cs`, `math_topics` and `python`;
    numbering goes, and names like `img` or `2023` give nothing.
    """
    found: dict[str, NoteTag] = {}
    for folder in reversed(PurePosixPath(path).parts[:-1]):
        for part in _SUFFIX.sub("", folder).split(","):
            part = _BRANCH.sub("", _NUMBERING.sub("", part).strip(" _-."))
            name = clean_tag(part).replace("/", " ")
            if _says_something(name):
                found.setdefault(tag_key(name), NoteTag(name, "folder"))
    return tuple(found.values())


def _says_something(name: str) -> bool:
    key = tag_key(name)
    return (
        bool(key)
        and len(name) <= MAX_TAG_CHARS
        and key not in _SAYS_NOTHING
        and not _DATE_OR_NUMBER.fullmatch(name)
        and not _SEASON.fullmatch(name)
    )
