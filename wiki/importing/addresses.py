"""The addresses that new entries of a plan will get."""

from collections.abc import Iterable

from wiki.editing import Content
from wiki.importing.plan import Planned
from wiki.importing.records import in_parts
from wiki.models import Entry
from wiki.slugs import free_slug, slugify


class Addresses:
    """The addresses that new titles will get, as the write door chooses them."""

    def __init__(self) -> None:
        self._taken: set[str] = set()
        # By title, of notes that had an address of their own.
        self._wished: dict[str, str] = {}

    def look_up(self, planned: Iterable[Planned[Content]]) -> None:
        """Asks which addresses are taken near those that these notes want."""
        with_content = [one for one in planned if one.content]
        self._wished |= {
            one.content.title: one.note.slug
            for one in with_content
            if one.note and one.note.slug
        }
        wanted = {slugify(self._wish(one.content.title)) for one in with_content}
        for some in in_parts(sorted(wanted - self._taken)):
            stored = Entry.objects.filter(slug__in=some)
            found = set(stored.values_list("slug", flat=True))
            for slug in found:
                near = Entry.objects.filter(slug__startswith=f"{slug}-")
                self._taken.update(near.values_list("slug", flat=True))
            self._taken |= found

    def choose(self, title: str, own: str) -> str:
        """A free address for the title; an entry may keep its own."""
        if own and slugify(title) == own:
            return own
        slug = free_slug(self._wish(title), self._taken)
        self._taken.add(slug)
        return slug

    def _wish(self, title: str) -> str:
        return self._wished.get(title, title)
