"""A note of a dump as it was written, saying what its entry says now.

What nobody changed keeps its bytes: the front matter, the heading, lines that the
importer took out of the text. Pure text.
"""

import re

from wiki.editing import Content
from wiki.exporting.frontmatter import front_matter_of
from wiki.history.merge import merge
from wiki.importing.frontmatter import FrontMatter, read_front_matter

_HEADING = re.compile(r"^#[ \t]+\S.*$", re.MULTILINE)


def retold(raw: str, before: Content, now: Content, *, is_whole_file: bool) -> str:
    """The raw text of a note whose content was `before` and is `now`.

    Of notes that share a file only title and text are written: front matter has
    its place at the top of a file. Line ends are those of the raw text.
    """
    line_end = _line_end(raw)
    text = raw.replace("\r\n", "\n").replace("\r", "\n")
    told = _with_body(text, before.body, now.body)
    if _has_other_fields(before, now):
        told = _with_fields(told, now, is_whole_file=is_whole_file)
    if told == text:
        return raw
    return told.replace("\n", line_end)


def _line_end(raw: str) -> str:
    if "\r\n" in raw:
        return "\r\n"
    return "\r" if "\r" in raw and "\n" not in raw else "\n"


def _with_body(text: str, before: str, now: str) -> str:
    if before == now:
        return text
    start = text.rfind(before) if before.strip() else -1
    if start >= 0:
        return text[:start] + now + text[start + len(before) :]
    if before.strip():
        merged = merge(before, now, text)
        if not merged.has_clash:
            return merged.text
    return f"{_above(text)}{now}\n"


def _above(text: str) -> str:
    """The front matter and the heading of a note whose text is to be another."""
    matter = read_front_matter(text)
    length = matter.length if isinstance(matter, FrontMatter) else 0
    heading = _HEADING.search(text, length)
    if heading and not text[length : heading.start()].strip():
        return f"{text[: heading.end()]}\n\n"
    return f"{text[:length]}\n" if length else ""


def _has_other_fields(before: Content, now: Content) -> bool:
    return _fields_of(before) != _fields_of(now)


def _fields_of(content: Content) -> tuple[object, ...]:
    return (
        content.title,
        [tag.name for tag in content.tags],
        content.aliases,
        content.summary,
        content.source_url,
        content.properties,
    )


def _with_fields(text: str, now: Content, *, is_whole_file: bool) -> str:
    matter = read_front_matter(text) if is_whole_file else None
    if isinstance(matter, FrontMatter):
        rest = text[matter.length :].lstrip("\n")
        return front_matter_of(now).text + _with_heading(rest, now.title)
    titled = _with_heading(text, now.title)
    return front_matter_of(now).text + titled if is_whole_file else titled


def _with_heading(text: str, title: str) -> str:
    """The text with its first line as the title, if that is a heading."""
    heading = _HEADING.match(text.lstrip("\n"))
    if not heading:
        return text
    blanks = len(text) - len(text.lstrip("\n"))
    if heading[0].lstrip("# \t").startswith(title):
        return text
    return f"{text[:blanks]}# {title}{text[blanks + heading.end() :]}"
