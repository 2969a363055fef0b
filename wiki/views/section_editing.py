"""Editing one section: its part of the text alone, put back into the whole.

The part is that of the revision the writer began with, so what others change in
other sections meanwhile never comes into question.
"""

from dataclasses import dataclass, replace

from django.http import Http404

from wiki.access import get_revision_for
from wiki.editing import Content
from wiki.forms import EntryForm
from wiki.models import Entry
from wiki.names import Page
from wiki.permissions import Person
from wiki.rendering import (
    Section,
    section_text,
    sections_of,
    with_definitions,
    with_section,
)
from wiki.rendering.headings import heading_fragment
from wiki.slugs import title_key
from wiki.views.drawing import lookup_for

# Headings the whole editor offers to choose from; a longer list finds nobody.
OFFERED = 300


class SectionGone(Exception):
    """The section a form was made of is not in what it began with."""


@dataclass(frozen=True)
class Part:
    """A section of the content that a writer began with."""

    section: Section
    base: Content

    def as_printed(self, text: str) -> str:
        """The text with what it can refer to in the rest of the body."""
        return with_definitions(self.base.body, self.section, text)

    def in_whole(self, content: Content) -> Content:
        """The content, whose body is the section, with the whole body around it."""
        body = with_section(self.base.body, self.section, content.body)
        return replace(content, body=body)


def open_part(entry: Entry, name: str) -> tuple[Part, Content]:
    """The section of this id in the entry's text, and the content of it alone.

    One parse. Raises SectionGone.
    """
    content = Content.of(entry)
    part = Part(_section_called(name, content.body, entry), content)
    return part, replace(content, body=section_text(content.body, part.section))


def sent_part(person: Person, entry: Entry, form: EntryForm) -> Part | None:
    """The section that a form holds the text of; None for the whole text.

    Raises SectionGone also where this person may not see the revision it began
    with: joined with it, they would read the rest.
    """
    name = form.text_of("section")
    if not name:
        return None
    return part_of(person, entry, name, form.cleaned_data.get("base_version"))


def part_of(person: Person, entry: Entry, name: str, number: int | None) -> Part:
    """The section of this id in a revision. Raises SectionGone, as `sent_part`."""
    if number is None:
        raise SectionGone
    try:
        base = Content.of(get_revision_for(person, entry, number))
    except Http404:
        raise SectionGone from None
    return Part(_section_called(name, base.body, entry), base)


def offered_sections(entry: Entry) -> list[tuple[str, str]]:
    """Id and indented title of the headings as printed last. No parse.

    One in a quote or a list is among them, and is answered as missing.
    """
    headings = entry.headings[:OFFERED]
    top = min((level for level, _, _ in headings), default=2)
    return [(name, "\u2003" * (level - top) + text) for level, name, text in headings]


def fragment_after(entry: Entry, part: Part, sent: str) -> str:
    """What leads to the section on the page by now, after `sent` was saved; or "".

    Its heading may be another than before, and its number too.
    """
    sections = sections_of(sent)
    wanted = title_key(sections[0].title) if sections else ""
    names = [
        name for _, name, text in entry.headings if wanted and title_key(text) == wanted
    ]
    if part.section.id in names:
        return heading_fragment(part.section.id)
    return heading_fragment(names[0]) if names else ""


def _section_called(name: str, body: str, entry: Entry) -> Section:
    for section in sections_of(body, lookup_for(Page.of(entry))):
        if section.id == name:
            return section
    raise SectionGone
