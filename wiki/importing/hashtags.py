"""`#tags` as people write them in notes: lines of nothing else, and single ones."""

import re

_TAG = re.compile(r"#(?=[^\W\d_]|[\d_][\w/-]*[^\W\d_])[\w][\w/-]*", re.UNICODE)
_COLOUR = re.compile(r"#(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6}|[0-9a-fA-F]{8})\Z")
# Two hundred long ones; a longer line is no list of tags.
_MAX_LINE_CHARS = 12_000


def read_tag_line(line: str) -> tuple[str, ...]:
    """The tags of a line that is only hashtags, without their `#`.

    `"#grpc #보안"` → `("grpc", "보안")`; `()` for every other line, so also for
    headings, `#123`, colours and text that has a hashtag in it.
    """
    if len(line) > _MAX_LINE_CHARS or not line.lstrip().startswith("#"):
        return ()
    words = line.replace(",", " ").split()
    if all(_is_hashtag(word) for word in words):
        return tuple(word[1:].rstrip("/") for word in words)
    return ()


def _is_hashtag(word: str) -> bool:
    return bool(_TAG.fullmatch(word)) and not _COLOUR.match(word)
