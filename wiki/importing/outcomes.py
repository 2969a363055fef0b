"""What came of each note: how it stands in the wiki, and its line in the report."""

from dataclasses import dataclass, replace

from wiki.editing import (
    Content,
    EditConflict,
    EditError,
    EntryGone,
    InvalidContent,
    Saved,
    StaleEntry,
)
from wiki.importing.messages import Message
from wiki.importing.plan import Planned
from wiki.importing.preparing import all_tags
from wiki.importing.records import as_stored
from wiki.importing.report import LinksFound, ReportItem
from wiki.importing.steps import Pages


@dataclass(frozen=True)
class Done:
    """What came of a step: the planned one, and how it stands in the wiki."""

    planned: Planned[Content]
    entry_id: int | None = None
    version: int | None = None
    title: str = ""
    slug: str = ""


def as_it_is(planned: Planned[Content], slug: str) -> Done:
    """A step without a write of its own, or before it: what the plan says of it."""
    known = planned.known
    if known is None:
        title = planned.note.title if planned.note else ""
        is_new = planned.status == "created"
        version = 1 + len(planned.lineage.earlier) if is_new else None
        return Done(planned, None, version, title, slug)
    title = planned.content.title if planned.content else known.entry_title
    is_written = planned.content is not None or planned.status == "deleted"
    version = known.version
    if is_written:
        version += 1 + len(planned.lineage.earlier)
    return Done(planned, known.entry_id, version, title, slug or known.slug)


def item_of(done: Done, pages: Pages | None) -> ReportItem:
    """The line of the report for a step that is done, or would be."""
    planned, note = done.planned, done.planned.note
    place = note or planned.known or planned.skipped
    content = planned.content
    links = LinksFound()
    if content and note and pages:
        links = pages.links_of(note, content.body)
    return ReportItem(
        status=planned.status,
        title=done.title,
        slug=done.slug,
        source=place.source,
        path=place.path,
        line=getattr(place, "line", None),
        revision=done.version,
        entry_id=done.entry_id,
        title_from=note.title_from if note else "",
        tags=tuple((tag.name, tag.rule) for tag in all_tags(note)) if note else (),
        links=links,
        encoding=note.encoding if note else "",
        messages=(
            *(note.messages if note else ()),
            *planned.messages,
            *links.messages,
        ),
        proposal=_proposal(planned),
        former=_former(planned),
    )


def what_became(planned: Planned[Content], outcome: Saved | EditError) -> Done:
    """How a note stands after its content went to the write door."""
    if isinstance(outcome, EditError):
        return as_it_is(_not_saved(planned, outcome), "")
    entry = outcome.entry
    if outcome.status == "same" and planned.brings_back:
        return as_it_is(_not_saved(planned, StaleEntry(entry)), "")
    if outcome.status == "same":
        planned = replace(planned, status="same")
    elif outcome.status == "merged":
        planned = replace(planned, status="merged", is_dump_text=False)
    return Done(planned, entry.pk, entry.version, entry.title, entry.slug)


def _not_saved(planned: Planned[Content], error: EditError) -> Planned[Content]:
    """The plan of a note that someone's edit overtook, or that cannot be stored."""
    if isinstance(error, EditConflict):
        return replace(
            planned,
            status="conflict",
            content=None,
            messages=(*planned.messages, Message("conflict")),
            is_new_base=False,
        )
    if isinstance(error, EntryGone):
        message = Message("deleted-here", {"title": error.entry.title})
        return replace(refused(planned, message), status="skipped")
    if isinstance(error, StaleEntry):
        return refused(planned, Message("overtaken"))
    if isinstance(error, InvalidContent):
        reason = " ".join(problem.sentence for problem in error.problems)
        return refused(planned, Message("refused", {"reason": reason}))
    raise error


def what_became_of_gone(planned: Planned[Content], outcome: Saved | EditError) -> Done:
    """How a note that is gone stands, whose entry was to be deleted."""
    known = planned.known
    if isinstance(outcome, EditError):
        reason = Message("missing-edited")
        return as_it_is(replace(planned, status="missing", messages=(reason,)), "")
    if outcome.status == "same":
        reason = Message("deleted-here", {"title": known.entry_title})
        return as_it_is(replace(planned, status="skipped", messages=(reason,)), "")
    entry = outcome.entry
    return Done(planned, entry.pk, entry.version, entry.title, entry.slug)


def refused(planned: Planned[Content], message: Message) -> Planned[Content]:
    """The plan of a note that cannot be written, and why."""
    return replace(
        planned,
        status="failed",
        content=None,
        messages=(*planned.messages, message),
        is_new_base=planned.known is None,
        is_dump_text=None,
    )


def is_title_taken(outcome: Saved | EditError) -> bool:
    """Whether all that is wrong is a title that someone took meanwhile."""
    return isinstance(outcome, InvalidContent) and all(
        problem.code == "title_taken" for problem in outcome.problems
    )


def _proposal(planned: Planned[Content]) -> dict[str, object] | None:
    """What the dump has for a conflict, and what makes it the next merge base."""
    if planned.status != "conflict" or planned.base is None:
        return None
    return as_stored(planned.base) | {
        "note": planned.known.id,
        "content_hash": planned.note.content_hash,
    }


def _former(planned: Planned[Content]) -> dict[str, object] | None:
    former = planned.former
    if former is None or planned.content is None:
        return None
    return {
        "entry": former.entry_id,
        "version": former.version,
        "entry_version": former.written_version,
        "base": as_stored(former.base) if former.base else None,
    }
