"""What blogs made by site generators share: dates in names, addresses of pages.

    _posts/2021-03-04-blue-green.md      content/posts/blue-green/index.md

The date is the note's, the rest of the name its title when nothing says more,
and the addresses its page had are names by which other notes speak of it.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import PurePosixPath

from wiki.importing.dialects import Head, front_matter_head
from wiki.importing.formats.files import (
    MARKDOWN_SUFFIXES,
    matches,
    notes_among,
)
from wiki.importing.messages import Message
from wiki.importing.notes import NoteTag, Piece, Property, ReadOptions, Skipped, Tree
from wiki.importing.places import place_tags
from wiki.importing.titles import language_of, title_of_file

_DATED = re.compile(r"(?P<date>\d{4}-\d{1,2}-\d{1,2})[-_ ]+(?P<name>.+)\Z", re.DOTALL)
_PAGE_OF_FOLDER = re.compile(r"_?index(?:\.[a-z]{2}(?:-[a-z]{2})?)?\Z", re.IGNORECASE)
_WORD_BREAKS = re.compile(r"[-_]+")
_PAGE_SUFFIX = re.compile(r"(?:/index)?\.html?\Z|/+\Z", re.IGNORECASE)
# What a page is or was reached by; values may be a list.
_ADDRESS_KEYS = frozenset(("permalink", "url", "redirect_from", "aliases", "alias"))


@dataclass(frozen=True, slots=True)
class PageName:
    """What the name of a page's file says: a date, and what the page is called."""

    name: str
    date: str = ""

    @property
    def moment(self) -> datetime | None:
        try:
            year, month, day = map(int, self.date.split("-"))
            return datetime(year, month, day, tzinfo=UTC)
        except ValueError:
            return None


def page_name(path: str) -> PageName:
    """`_posts/2021-03-04-a.md`, `2021-03-04-a/index.md` → 2021-03-04, a."""
    parts = PurePosixPath(path)
    stem = parts.name.removesuffix(parts.suffix).strip()
    if is_page_of_folder(path):
        stem = parts.parent.name
    elif language := language_of(path):
        # `name.ko.md` is the page `name` in Korean.
        stem = stem.removesuffix(f".{language}")
    match = _DATED.match(stem)
    return PageName(match["name"], match["date"]) if match else PageName(stem)


def is_page_of_folder(path: str) -> bool:
    """Whether the file is the page of the folder it lies in."""
    parts = PurePosixPath(path)
    return bool(_PAGE_OF_FOLDER.match(parts.name.removesuffix(parts.suffix).strip()))


def find_pages(
    tree: Tree, options: ReadOptions, templates: Collection[str]
) -> Iterator[Piece | Skipped]:
    """The Markdown files of a site but those of its theme, which are named."""

    def is_page(path: str) -> bool:
        return path.lower().rstrip().endswith(MARKDOWN_SUFFIXES)

    for one in notes_among(tree, options, is_page):
        is_template = not templates.isdisjoint(one.path.split("/")[:-1])
        is_asked_for = matches(one.path, options.include)
        if isinstance(one, Piece) and is_template and not is_asked_for:
            yield Skipped(one.source, one.path, Message("site-part"))
        else:
            yield one


def read_page_head(piece: Piece, text: str) -> Head:
    """The front matter, with what the file's name adds to it.

    An address among the aliases is no other title: it goes to the names.
    """
    head = front_matter_head(piece, text)
    fields, named = head.fields, page_name(piece.path)
    titles = tuple(alias for alias in fields.aliases if not _is_address(alias))
    old = tuple(alias for alias in fields.aliases if _is_address(alias))
    kept: tuple[Property, ...] = (("aliases", list(old)),) if old else ()
    properties = (*fields.properties, *kept)
    names = (*_addresses(properties), *_slug_paths(piece.path, named, properties))
    fields = replace(
        fields,
        aliases=titles,
        properties=properties,
        written_at=fields.written_at or named.moment,
    )
    return replace(head, fields=fields, names=(*head.names, *dict.fromkeys(names)))


def page_title(piece: Piece) -> tuple[str, str]:
    """A title from the file's name, without its date and with blanks for hyphens."""
    named = page_name(piece.path)
    if not named.name or piece.path.startswith("content/_index."):
        return title_of_file("index.md", piece.source)
    rule = "folder name" if is_page_of_folder(piece.path) else "file name"
    name = _WORD_BREAKS.sub(" ", named.name) if " " not in named.name else named.name
    folder = PurePosixPath(piece.path).parent
    title, _ = title_of_file(f"{folder}/{name.strip()}.md", piece.source)
    return title, rule


def page_place_tags(piece: Piece) -> tuple[NoteTag, ...]:
    """Tags of the folders above a page; a folder that is the page gives none."""
    path = PurePosixPath(piece.path)
    return place_tags(str(path.parent if is_page_of_folder(piece.path) else path))


def page_names(piece: Piece, body: str) -> tuple[str, ...]:
    """What `post_url`, `ref` and plain links call a page with a date in its name."""
    named = page_name(piece.path)
    return (named.name, f"{named.date}-{named.name}") if named.date else ()


def _slug_paths(
    path: str, named: PageName, properties: tuple[Property, ...]
) -> Iterator[str]:
    """Addresses that follow from a slug and from the date."""
    slug = next((v for key, v in properties if key.lower() == "slug"), "")
    slug = slug.strip("/ ") if isinstance(slug, str) else ""
    name = slug or named.name
    if slug:
        folders = PurePosixPath(path).parts[:-1]
        above = folders[:-1] if is_page_of_folder(path) else folders
        yield "/".join((*above[1:], slug))
    if named.date and name:
        yield f"/{named.date.replace('-', '/')}/{name}"


def _addresses(properties: tuple[Property, ...]) -> Iterator[str]:
    for key, value in properties:
        if key.lower() not in _ADDRESS_KEYS:
            continue
        for address in value if isinstance(value, list) else [value]:
            # `/:year/:title/` is a pattern and no address.
            if isinstance(address, str) and _is_address(address) and ":" not in address:
                path = _PAGE_SUFFIX.sub("", address.strip().strip("/"))
                if path:
                    yield f"/{path}"


def _is_address(name: str) -> bool:
    return name.startswith("/") or name.lower().endswith((".html", ".htm", "/"))
