"""Link addresses: which may be printed, and which lead away from the wiki."""

import re
from functools import lru_cache
from urllib.parse import unquote

from markdown_it.common.normalize_url import normalizeLink

LINK_SCHEMES = frozenset({"http", "https", "mailto", "tel"})
IMAGE_SCHEMES = frozenset({"http", "https"})
_NO_HOST = frozenset({"mailto", "tel"})
EXTERNAL_REL = "nofollow noopener noreferrer"

# Browsers drop these wherever they stand in an address, and blanks and controls
# in front of it, before they look for a scheme.
_DROPPED = re.compile(r"[\t\n\r]")
_BLANKS_AND_CONTROLS = "".join(map(chr, range(0x21)))
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.\-]*):")
_LEAVES_HOST = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:|[/\\]{2}")
# A backslash counts as a slash in web addresses.
_HOST = re.compile(r"(?:https?:)?[/\\]{2,}(?:[^/\\?#@]*@)?([^/\\?#]*)", re.IGNORECASE)


def _as_browsers_read(address: str) -> str:
    return _DROPPED.sub("", address).strip(_BLANKS_AND_CONTROLS)


def scheme_of(address: str) -> str:
    """The scheme in lower case, empty for an address without one."""
    match = _SCHEME.match(_as_browsers_read(address))
    return match[1].lower() if match else ""


def may_link_to(address: str) -> bool:
    """Whether a link to the address may be printed."""
    scheme = scheme_of(address)
    return not scheme or scheme in LINK_SCHEMES


def may_show_image(address: str) -> bool:
    """Whether a picture with the address may be printed."""
    scheme = scheme_of(address)
    return not scheme or scheme in IMAGE_SCHEMES


def is_external(address: str) -> bool:
    """Whether following the address asks another host: `//host/x` and `/\\host` do."""
    address = _as_browsers_read(address)
    return bool(_LEAVES_HOST.match(address)) and scheme_of(address) not in _NO_HOST


def host_of(address: str) -> str:
    """The host of an external address, empty when it has none."""
    match = _HOST.match(_as_browsers_read(address))
    return match[1].lower() if match else ""


def file_name_of(address: str) -> str:
    """The last part of the address' path, for people to read."""
    path = re.split(r"[?#]", address, maxsplit=1)[0]
    return unquote(path.rstrip("/").rpartition("/")[2])


@lru_cache(maxsize=4096)
def normalized(address: str) -> str:
    """The address percent-encoded, its host in ASCII, as CommonMark prints it."""
    return normalizeLink(address)
