"""Titles that are free, for entries whose own is not."""

from itertools import count

from wiki.models import Entry
from wiki.slugs import MAX_TITLE_CHARS, title_key


def is_title_taken(title: str) -> bool:
    return Entry.objects.live().filter(title_key=title_key(title)).exists()


def free_title(title: str) -> str:
    """The title with the first number that makes it nobody's: `배포 (2)`."""
    for number in count(2):
        ending = f" ({number})"
        free = title[: MAX_TITLE_CHARS - len(ending)].rstrip() + ending
        if not is_title_taken(free):
            return free
    raise AssertionError("unreachable")
