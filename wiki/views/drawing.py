"""Bodies on pages: stored HTML, or drawn on the way where none is stored."""

import re
from collections.abc import Collection, Mapping

from django.conf import settings
from django.utils.safestring import SafeString

from wiki.models import Visibility
from wiki.names import LINKED_FROM, resolve_names
from wiki.rendering import Destination, Heading, Rendered, render, render_key
from wiki.rendering.sanitize import printed
from wiki.views.reading import ReadEntry

# So much of a text tells which language it is in.
SAMPLE_CHARS = 4000
MIN_CHARS = 40
# Syllables and letters read in a minute, without hurry.
HANGUL_PER_MINUTE = 500
LATIN_PER_MINUTE = 1100

_HANGUL = re.compile("[가-힣]")


def draw(body: str, *, visibility: str = Visibility.PUBLIC) -> Rendered:
    """The body as a save would store it, links resolved. Two queries at most."""

    def lookup(names: Collection[str]) -> Mapping[str, Destination]:
        found = resolve_names(names, visibilities=LINKED_FROM[visibility])
        return {name: meaning.destination(name) for name, meaning in found.items()}

    return render(body, lookup, remote_images=settings.WIKI_REMOTE_IMAGES)


def drawing_of(entry: ReadEntry) -> tuple[SafeString, list[Heading]]:
    """The inside of the entry's article and its headings.

    What an older renderer stored is drawn anew, for this reading only.
    """
    if entry.render_key == render_key(settings.WIKI_REMOTE_IMAGES):
        return printed(entry.html), [Heading(*parts) for parts in entry.headings]
    drawn = draw(entry.body, visibility=entry.visibility)
    return printed(drawn.html), list(drawn.headings)


def missing_links(drawn: Rendered) -> int:
    """How many links of it lead to nothing yet."""
    # No text can make this class: the sanitizer lets only ours through.
    return drawn.html.count('class="missing"')


def language_of(text: str) -> str:
    """The language of a text for its `lang`: "ko", "en", or "" when unclear."""
    sample = text[:SAMPLE_CHARS]
    if len(sample) < MIN_CHARS:
        return ""
    wide = _wide_letters(sample)
    # Technical Korean is full of English; a syllable is two or three letters.
    if wide * 10 >= len(sample):
        return "ko" if _HANGUL.search(sample) else ""
    return "en" if wide * 100 < len(sample) else ""


def reading_minutes(text: str) -> int:
    """How long a text takes to read, at least a minute."""
    wide = _wide_letters(text)
    minutes = wide / HANGUL_PER_MINUTE + (len(text) - wide) / LATIN_PER_MINUTE
    return max(1, round(minutes))


def _wide_letters(text: str) -> int:
    """About how many letters are Hangul, or of another script as dense."""
    # Each is three bytes. Looking at every letter would take as long as all else.
    return (len(text.encode("utf-8", "replace")) - len(text)) // 2
