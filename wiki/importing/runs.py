"""The record of a run in the database: itself, and what became of each note."""

from collections.abc import Mapping, Sequence

from django.db import transaction
from django.utils import timezone

from wiki.editing import Author
from wiki.importing.report import Report, ReportItem
from wiki.models import (
    Batch,
    BatchKind,
    Decision,
    Import,
    ImportItem,
    ImportStatus,
    ItemStatus,
)
from wiki.models.imports import MAX_PATH_CHARS

# How a note can end whose conflict of an earlier run is over then.
_SETTLING = frozenset(("created", "updated", "merged", "same", "moved", "conflict"))


class RunRecord:
    """One run as members see it. Begun before the first note is written."""

    def __init__(
        self, report: Report, author: Author, options: Mapping[str, object]
    ) -> None:
        sources = list(report.sources)
        with transaction.atomic():
            self.follows_a_broken_run = _close_broken_runs()
            self.batch = Batch.objects.create(
                kind=BatchKind.IMPORT,
                author=author.user,
                author_label=author.name,
                comment=", ".join(sources)[:200],
                created_at=report.started_at,
            )
            self._run = Import.objects.create(
                batch=self.batch,
                started_at=report.started_at,
                sources=sources,
                options=dict(options),
            )
        report.run = self._run.pk
        self._position = 0
        self._waiting = _waiting_conflicts(sources)

    def store(self, items: Sequence[ReportItem]) -> None:
        """Stores the items but those that stayed the same, which are only counted."""
        told = [item for item in items if item.status != ItemStatus.SAME]
        rows = [
            self._row(position, item)
            for position, item in enumerate(told, self._position + 1)
        ]
        self._position += len(rows)
        ImportItem.objects.bulk_create(rows, batch_size=100)
        self._supersede(items)

    def close(self, report: Report) -> None:
        """Completes the record with what the report counted."""
        self._run.status = (
            ImportStatus.INTERRUPTED if report.is_interrupted else ImportStatus.DONE
        )
        self._run.seconds = round(report.seconds, 3)
        self._run.finished_at = timezone.now()
        self._run.totals = report.totals
        self._run.save()

    def _supersede(self, items: Sequence[ReportItem]) -> None:
        """Closes conflicts of earlier runs whose notes this one came to."""
        settled = {_conflict_of(item) for item in items if _settles(item)}
        closed = settled & self._waiting
        self._waiting -= closed
        for source in {source for source, _ in closed}:
            ImportItem.objects.filter(
                status=ItemStatus.CONFLICT,
                decision="",
                run__lt=self._run,
                source=source,
                entry__in={entry_id for of, entry_id in closed if of == source},
            ).update(
                decision=Decision.SUPERSEDED,
                decided_at=timezone.now(),
                needs_eyes=False,
            )

    def _row(self, position: int, item: ReportItem) -> ImportItem:
        return ImportItem(
            run=self._run,
            position=position,
            status=item.status,
            title=item.title,
            slug=item.slug,
            source=item.source,
            path=item.path[:MAX_PATH_CHARS],
            line=item.line,
            revision_number=item.revision,
            entry_id=item.entry_id,
            needs_eyes=item.needs_eyes,
            details=item.details(),
            proposal=item.proposal,
            former=item.former,
        )


def _waiting_conflicts(sources: Sequence[str]) -> set[tuple[str, int | None]]:
    """Source and entry of each note that waits for a decision."""
    waiting = ImportItem.objects.filter(
        status=ItemStatus.CONFLICT, decision="", source__in=sources
    )
    return set(waiting.values_list("source", "entry_id"))


def _conflict_of(item: ReportItem) -> tuple[str, int | None]:
    # A note that parts from its entry leaves the conflict with that one.
    former = item.former or {}
    return item.source, former.get("entry", item.entry_id)


def _settles(item: ReportItem) -> bool:
    """Whether an older conflict of the note is over, or asked anew."""
    return item.status in _SETTLING or any(
        message.code == "kept-wiki" for message in item.messages
    )


def _close_broken_runs() -> bool:
    """Whether the last run never came to its end; it is marked as interrupted."""
    last = Import.objects.order_by("-pk").first()
    if last is None or last.status == ImportStatus.DONE:
        return False
    if last.status == ImportStatus.RUNNING:
        last.status = ImportStatus.INTERRUPTED
        last.save(update_fields=["status"])
    return last.status == ImportStatus.INTERRUPTED
