"""Bodies on pages: stored HTML, or drawn on the way where none is stored."""

import re
from collections.abc import Collection, Mapping

from django.conf import settings
from django.utils.safestring import SafeString

from wiki.names import Page, resolve_pages
from wiki.rendering import (
    Destination,
    Heading,
    Lookup,
    Rendered,
    render,
    render_key,
)
from wiki.rendering.sanitize import printed
from wiki.views.reading import ReadEntry, read_body

# A shorter text does not tell which language it is in.
MIN_CHARS = 40
# Syllables and letters read in a minute, without hurry.
HANGUL_PER_MINUTE = 500
LATIN_PER_MINUTE = 1100

_HANGUL = re.compile("[가-힣]")


def draw(body: str, page: Page | None = None) -> Rendered:
    """The body as a save would store it on a page, by default one of nobody's dump.

    Three queries at most.
    """
    lookup = lookup_for(page or Page())
    return render(body, lookup, remote_images=settings.WIKI_REMOTE_IMAGES)


def lookup_for(page: Page) -> Lookup:
    """Where the links of a page lead, as its rendering asks for it."""

    def lookup(names: Collection[str]) -> Mapping[str, Destination]:
        (found,) = resolve_pages([(page, names)])
        return {name: meaning.destination(name) for name, meaning in found.items()}

    return lookup


def drawing_of(entry: ReadEntry) -> tuple[SafeString, list[Heading]]:
    """The inside of the entry's article and its headings.

    What an older renderer stored is drawn anew, for this reading only.
    """
    if entry.render_key == render_key(settings.WIKI_REMOTE_IMAGES):
        return printed(entry.html), entry.headings()
    page = Page(entry.visibility, entry.source, entry.source_path, entry.pk)
    drawn = draw(read_body(entry), page)
    return printed(drawn.html), list(drawn.headings)


def missing_links(drawn: Rendered) -> int:
    """How many links of it lead to nothing yet."""
    # No text can make this class: the sanitizer lets only ours through.
    return drawn.html.count('<a class="missing"')


def language_of(text: str, *, chars: int | None = None) -> str:
    """The language of a text for its `lang`: "ko", "en", or "" when unclear.

    `chars` is how long the text is when it comes as HTML.
    """
    chars = len(text) if chars is None else chars
    if chars < MIN_CHARS:
        return ""
    wide = _wide_letters(text)
    # Technical Korean is full of English; a syllable is two or three letters.
    if wide * 10 >= chars:
        return "ko" if _HANGUL.search(text) else ""
    return "en" if wide * 100 < chars else ""


def reading_minutes(text: str, *, chars: int) -> int:
    """How long a text takes to read, at least a minute; `chars` as above."""
    wide = _wide_letters(text)
    minutes = wide / HANGUL_PER_MINUTE + (chars - wide) / LATIN_PER_MINUTE
    return max(1, round(minutes))


def _wide_letters(text: str) -> int:
    """About how many letters are Hangul, or of another script as dense.

    Each is three bytes, and all of markup is one. To look at every letter would
    take as long as the rest of a page.
    """
    return (len(text.encode("utf-8", "replace")) - len(text)) // 2
