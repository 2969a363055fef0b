"""Names: how titles and tags are cleaned, compared, addressed and sorted.

Pure text. Everything that compares two names goes through a key made here, so
that the web forms, the importer, links and search agree on what "the same
name" means. Bodies are never touched by anything in this module.
"""

import hashlib
import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache, wraps
from itertools import count
from urllib.parse import quote, unquote

MAX_TITLE_CHARS = 200
MAX_TAG_CHARS = 50
# Room for a 200-character title whose signs are spelled out, and still under
# what a PostgreSQL index row can hold.
MAX_SLUG_CHARS = 600
# Folding can make one character eighteen; the same limit of an index row holds.
MAX_KEY_CHARS = 400
MAX_SORT_KEY_BYTES = 1000

# NFKC turns these compatibility letters (ㄱ … ㆎ) into combining jamo, which no
# keyboard types: they stay as they are.
_COMPATIBILITY_JAMO = re.compile("([\u3131-\u318e]+)")
_CONSONANTS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
_PLAIN_CONSONANTS = "ㄱㄱㄴㄷㄷㄹㅁㅂㅂㅅㅅㅇㅈㅈㅊㅋㅌㅍㅎ"
_HANGUL_FIRST, _HANGUL_LAST = "가", "힣"
_SYLLABLES_PER_CONSONANT = 588
OTHER_LETTER = "#"


def _remembered(make_key: Callable[[str], str]) -> Callable[[str], str]:
    """The function, with its answers for the last few thousand names kept.

    Lists and imports ask for the same keys over and over. Only names are kept: a
    text that is too long to be one would stay in memory for nothing.
    """
    remembered = lru_cache(maxsize=8192)(make_key)

    @wraps(make_key)
    def key_of(text: str) -> str:
        return remembered(text) if len(text) <= MAX_TITLE_CHARS else make_key(text)

    return key_of


def clean_title(text: str) -> str:
    """A title as it is stored: NFC, blanks collapsed, NUL gone."""
    return " ".join(unicodedata.normalize("NFC", text.replace("\x00", "")).split())


@_remembered
def title_key(text: str) -> str:
    """What two titles are compared by: case, width and invisible signs aside.

    `title_key("ｇＲＰＣ  Guide") == "grpc guide"`. Empty when nothing visible is left.
    """
    key = " ".join(_without_invisible(_fold(text)).split())
    if len(key) > MAX_KEY_CHARS:
        return key[: MAX_KEY_CHARS - 9] + " " + _short_hash(key)
    return key


@_remembered
def slugify(title: str) -> str:
    """The address of a title: `"Blue/Green C++ 배포"` → `blue-green-c-plus-plus-배포`.

    Never empty: a title without letters or digits gets a short hash.
    """
    text = unicodedata.normalize("NFC", clean_title(title).casefold())
    text = re.sub(r"(?<=[^\W_])\++(?=\W|$)", lambda m: "-plus" * len(m[0]), text)
    text = re.sub(r"(?<=[^\W_])#(?=\W|$)", "-sharp", text)
    kept, after_letter = [], False
    for char in text:
        kind = unicodedata.category(char)[0]
        after_letter = kind in "LN" or (kind == "M" and after_letter)
        kept.append(char if after_letter else "-")
    slug = re.sub("-+", "-", "".join(kept)).strip("-")
    if not slug:
        return "note-" + _short_hash(title)
    if len(slug) > MAX_SLUG_CHARS:
        return slug[: MAX_SLUG_CHARS - 9].strip("-") + "-" + _short_hash(title)
    return slug


def free_slug(title: str, taken: set[str]) -> str:
    """The slug of a title, or with `-2`, `-3` … behind, that is not in `taken`."""
    slug = slugify(title)
    if slug not in taken:
        return slug
    return next(s for n in count(2) if (s := f"{slug}-{n}") not in taken)


def clean_tag(text: str) -> str:
    """A tag as it is stored and shown: NFC, blanks collapsed, no leading `#`.

    The empty string when nothing is left. Length is judged where it is written.
    """
    name = clean_title(text).lstrip("#").strip()
    return "/".join(part for p in name.split("/") if (part := p.strip()))


@_remembered
def tag_key(text: str) -> str:
    """What two tags are compared by and addressed with: `"CI CD"` → `"ci-cd"`."""
    folded = unicodedata.normalize("NFC", clean_tag(text).casefold())
    return re.sub(r"[\s_]+", "-", _without_invisible(folded)).strip("-")


def entry_path(slug: str) -> str:
    """The address of an entry on its host. The wiki lives at the host's root."""
    return f"/wiki/{quote(slug, safe='')}/"


def slug_in(path: str) -> str:
    """The slug in an address that `entry_path` made."""
    return unquote(path.removeprefix("/wiki/").removesuffix("/"))


def person_path(number: int) -> str:
    """The address of what an account wrote; by its id, as names change."""
    return f"/people/{number}/"


def file_path(name: str) -> str:
    """The address of a stored file; the name is its hash and suffix."""
    return f"/files/{quote(name, safe='')}"


def tag_path(key: str) -> str:
    """The address of a tag; a `/` in the key is a level of the address."""
    return f"/tags/{quote(key, safe='/')}/"


def new_entry_path(title: str) -> str:
    """The address of the form that writes the entry `title`."""
    return f"/new/?title={quote(title, safe='')}"


def sort_key(title: str) -> bytes:
    """Orders titles when compared byte by byte, which every database does alike.

    Hangul first in dictionary order, then Latin without case, then the rest;
    signs in front (quotes, brackets) do not count.
    """
    folded = unicodedata.normalize("NFC", clean_title(title).casefold())
    core = _from_first_letter(folded)
    first = core[:1]
    if _is_hangul(first):
        group = b"1"
    elif first.isalpha() and unicodedata.name(first, "").startswith("LATIN"):
        group = b"2"
    else:
        group = b"3"
    rest = (core or folded).encode("utf-8", "surrogatepass")
    return (group + rest)[:MAX_SORT_KEY_BYTES]


def index_letter(name: str) -> str:
    """The heading a name stands under in an index: `ㄱ` … `ㅎ`, `A` … `Z` or `#`.

    Tense consonants stand under the plain one (까치 under ㄱ), as in a dictionary.
    """
    first = _from_first_letter(unicodedata.normalize("NFC", name))[:1]
    if first and _HANGUL_FIRST <= first <= _HANGUL_LAST:
        offset = ord(first) - ord(_HANGUL_FIRST)
        return _PLAIN_CONSONANTS[offset // _SYLLABLES_PER_CONSONANT]
    if first and first in _CONSONANTS:
        return _PLAIN_CONSONANTS[_CONSONANTS.index(first)]
    upper = first.upper()
    return upper if "A" <= upper <= "Z" else OTHER_LETTER


def _fold(text: str) -> str:
    parts = _COMPATIBILITY_JAMO.split(text)
    folded = [
        part if _COMPATIBILITY_JAMO.fullmatch(part) else _nfkc_casefold(part)
        for part in parts
    ]
    return "".join(folded)


def _nfkc_casefold(text: str) -> str:
    # Folding can undo the normal form, so it is made once more.
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


def _without_invisible(text: str) -> str:
    if text.isascii():
        return "".join(c for c in text if c >= " " or c.isspace())
    return "".join(
        c for c in text if c.isspace() or unicodedata.category(c) not in ("Cf", "Cc")
    )


def _from_first_letter(text: str) -> str:
    return text.lstrip("".join(c for c in set(text) if not c.isalnum()))


def _is_hangul(char: str) -> bool:
    return "가" <= char <= "힣" or "ㄱ" <= char <= "ㆎ"


def _short_hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:8]
