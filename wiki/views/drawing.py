"""Bodies on pages: stored HTML, or drawn on the way where none is stored."""

import re
from collections.abc import Collection, Mapping

from django.conf import settings
from django.utils.safestring import SafeString

from wiki.models import Entry, Visibility
from wiki.names import LINKED_FROM, resolve_names
from wiki.rendering import Destination, Heading, Rendered, render, render_key
from wiki.rendering.sanitize import printed

# So much of a text tells which language it is in.
SAMPLE_CHARS = 5000
MIN_LETTERS = 20
# Syllables and letters read in a minute, without hurry.
HANGUL_PER_MINUTE = 500
LATIN_PER_MINUTE = 1100

_HANGUL = re.compile("[가-힣]")
_LATIN = re.compile("[A-Za-z]")


def draw(body: str, *, visibility: str = Visibility.PUBLIC) -> Rendered:
    """The body as a save would store it, links resolved. Two queries at most."""

    def lookup(names: Collection[str]) -> Mapping[str, Destination]:
        found = resolve_names(names, visibilities=LINKED_FROM[visibility])
        return {name: meaning.destination(name) for name, meaning in found.items()}

    return render(body, lookup, remote_images=settings.WIKI_REMOTE_IMAGES)


def drawing_of(entry: Entry) -> tuple[SafeString, list[Heading]]:
    """The inside of the entry's article and its headings.

    What an older renderer stored is drawn anew, for this reading only.
    """
    if entry.is_rendered_for(render_key(settings.WIKI_REMOTE_IMAGES)):
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
    hangul, latin = len(_HANGUL.findall(sample)), len(_LATIN.findall(sample))
    if hangul + latin < MIN_LETTERS:
        return ""
    # A syllable is two or three letters, and technical Korean is full of English.
    if hangul * 5 >= latin:
        return "ko"
    return "en" if hangul * 50 < latin else ""


def reading_minutes(text: str) -> int:
    """How long a text takes to read, at least a minute."""
    hangul = len(_HANGUL.findall(text))
    return max(
        1, round(hangul / HANGUL_PER_MINUTE + (len(text) - hangul) / LATIN_PER_MINUTE)
    )
