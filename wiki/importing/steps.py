"""The notes of a batch on their way into the wiki, and their pages drawn ahead."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from django.conf import settings

from wiki.editing import Content, drawing
from wiki.importing import attachments
from wiki.importing.attachments import NOTHING, Attachments
from wiki.importing.notes import Note
from wiki.importing.plan import Planned
from wiki.importing.remembering import FileEnd
from wiki.importing.report import LinksFound, links_found
from wiki.importing.workers import RenderTask, Workers
from wiki.names import NewNames, Page, keys_in_dump, resolve_pages
from wiki.rendering import Destination, Rendered


@dataclass(frozen=True)
class Step:
    """One note to carry out, its address, and the file it closes, if any."""

    planned: Planned[Content]
    slug: str
    closes: FileEnd | None = None
    attachments: Attachments = NOTHING

    @property
    def page(self) -> Page:
        """Where the links of its text are read."""
        note, known = self.planned.note, self.planned.known
        return Page(
            source=note.source if note else "",
            path=note.path if note else "",
            entry_id=known.entry_id if known else None,
        )


class Pages:
    """The pages of a batch, rendered ahead of its writing by other processes."""

    def __init__(
        self,
        workers: Workers,
        steps: Sequence[Step],
        later: NewNames,
        kept: set[str],
    ) -> None:
        """`kept` are hashes of the files that this run keeps; those of `steps` join."""
        written = [step for step in steps if step.planned.content]
        bodies = [step.planned.content.body for step in written]
        asked = [(s.page, body) for s, body in zip(written, bodies, strict=True)]
        resolved = resolve_pages(drawing.targets_of(asked), NewNames(later=later))
        self._destinations = [drawing.destinations_of(found) for found in resolved]
        self._bodies = bodies
        self._files = _counted(steps, kept)
        self._wait = workers.render(
            [
                RenderTask(body, leads, settings.WIKI_REMOTE_IMAGES)
                for body, leads in zip(bodies, self._destinations, strict=True)
            ]
        )
        self._pages: dict[str, tuple[Mapping[str, Destination], Rendered]] | None = None

    def render_many(self, jobs: Sequence[drawing.RenderJob]) -> list[Rendered]:
        """Pages for the write door: those rendered ahead, where they still fit."""
        return [self._page(job) for job in jobs]

    def links_of(self, note: Note, body: str) -> LinksFound:
        """The links and files of a body that was rendered, for the report."""
        found = self._all().get(body)
        links = links_found(note, found[1].links, found[0]) if found else LinksFound()
        stored, reused = self._files.get((note.source, note.key), (0, 0))
        return replace(links, files_stored=stored, files_reused=reused)

    def _page(self, job: drawing.RenderJob) -> Rendered:
        ready = self._all().get(job.body)
        if ready and ready[0] == job.destinations:
            return ready[1]
        return drawing.run_render_job(job)

    def _all(self) -> dict[str, tuple[Mapping[str, Destination], Rendered]]:
        if self._pages is None:
            ready = zip(self._destinations, self._wait(), strict=True)
            self._pages = dict(zip(self._bodies, ready, strict=True))
        return self._pages


def dump_names(note: Note) -> tuple[str, ...]:
    """What the notes of its dump call a note, as keys."""
    is_whole_file = note.key == note.path
    return tuple(keys_in_dump(note.path, note.names, is_whole_file=is_whole_file))


def _counted(
    steps: Sequence[Step], kept: set[str]
) -> dict[tuple[str, str], tuple[int, int]]:
    """For each note with files, how many of them are new, and how many are not."""
    kept |= attachments.stored_hashes(step.attachments for step in steps)
    counts = {}
    for step in steps:
        hashes = {one.facts.sha256 for one in step.attachments.files}
        if hashes:
            note = step.planned.note
            counts[note.source, note.key] = (len(hashes - kept), len(hashes & kept))
            kept |= hashes
    return counts
