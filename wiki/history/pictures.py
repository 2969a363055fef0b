"""Which pictures a text shows, as far as its signs tell: no parse, in linear time."""

import re

# Longer labels and tags are no pictures: a search from each sign must end soon.
_PICTURE = re.compile(
    r"!\[\[(?P<name>[^\]|#\n]{1,500})"
    r"|!\[(?:[^\[\]\\]|\\.){0,500}\]\([ \t\n]{0,20}"
    r"(?:<(?P<bracketed>[^<>\n]{1,2000})>|(?P<plain>[^\s()<>]{1,2000}))"
    r"|<img\b[^<>]{0,1000}?\bsrc[ \t\n]{0,20}=[ \t\n]{0,20}"
    r"[\"']?(?P<source>[^\"'\s<>]{1,2000})",
    re.IGNORECASE | re.DOTALL,
)


def pictures_of(text: str) -> tuple[str, ...]:
    """The addresses and names of its pictures, each once, in order.

    Those in code are among them.
    """
    found = (match[match.lastgroup or 0] for match in _PICTURE.finditer(text))
    return tuple(dict.fromkeys(address.strip() for address in found))
