"""Keeps an import from entries that the person it is done for may not change."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from wiki import permissions
from wiki.editing import Content
from wiki.importing.messages import Message
from wiki.importing.plan import Planned, PlannedFile
from wiki.importing.records import in_parts
from wiki.models import Entry, Protection, Visibility
from wiki.permissions import Person


class Guard:
    """Looks through a plan for one person; for None everything is allowed."""

    def __init__(self, person: Person | None) -> None:
        self._person = person

    def files(
        self, files: Sequence[PlannedFile[Content]]
    ) -> list[PlannedFile[Content]]:
        """The plan of these files, with what is not allowed left to be decided."""
        closed = self._closed(item for file in files for item in file.items)
        if not closed:
            return list(files)
        return [
            replace(file, items=tuple(_allowed(item, closed) for item in file.items))
            for file in files
        ]

    def items(self, items: Sequence[Planned[Content]]) -> list[Planned[Content]]:
        """The same for notes by themselves."""
        closed = self._closed(items)
        return [_allowed(item, closed) for item in items]

    def _closed(self, items: Iterable[Planned[Content]]) -> set[int]:
        """The ids of entries that would be written and may not be.

        Asks for those alone that are not everyone's to read and write.
        """
        if self._person is None:
            return set()
        wanted = [item.known.entry_id for item in items if item.known and item.content]
        closed: set[int] = set()
        for some in in_parts(wanted):
            kept = Entry.objects.filter(pk__in=some).exclude(
                visibility=Visibility.PUBLIC, protection=Protection.WRITERS
            )
            closed |= {
                entry.pk for entry in kept.without_text() if not self._may(entry)
            }
        return closed

    def _may(self, entry: Entry) -> bool:
        if entry.deleted_at is not None:
            return permissions.can_restore(self._person, entry)
        return permissions.can_edit(self._person, entry)


def _allowed(planned: Planned[Content], closed: set[int]) -> Planned[Content]:
    known = planned.known
    if not (planned.content and known and known.entry_id in closed):
        return planned
    message = Message("not-yours", {"title": known.entry_title})
    return replace(
        planned,
        # Someone who may change the entry can still take it over.
        status="conflict",
        content=None,
        messages=(*planned.messages, message),
        is_new_base=False,
        is_dump_text=None,
        former=None,
    )
