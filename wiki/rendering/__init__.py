"""Markdown to safe HTML. Pure: no database, no settings, no request.

`render` is the one way from what people write to what people read. Everything
else of the package is its own affair.
"""

from .definitions import with_definitions
from .pipeline import RENDER_VERSION, markdownify, plain_text, render, render_key
from .rendered import (
    Destination,
    FoundLink,
    Heading,
    Lookup,
    Rendered,
    no_destinations,
)
from .sections import Section, section_text, sections_of, with_section
from .targets import find_link_targets

__all__ = [
    "RENDER_VERSION",
    "Destination",
    "FoundLink",
    "Heading",
    "Lookup",
    "Rendered",
    "Section",
    "find_link_targets",
    "markdownify",
    "no_destinations",
    "plain_text",
    "render",
    "render_key",
    "section_text",
    "sections_of",
    "with_definitions",
    "with_section",
]
