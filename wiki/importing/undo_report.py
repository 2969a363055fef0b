"""What an undo did or would do, entry by entry: for the screen and as JSON."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TextIO

from wiki.importing.report import SCHEMA
from wiki.importing.undoable import TURNS, UndoStep


@dataclass
class UndoReport:
    """One undo. It is complete when every entry had its turn."""

    started_at: datetime
    run: int
    sources: Sequence[str] = ()
    is_dry_run: bool = False
    is_interrupted: bool = False
    is_complete: bool = False
    seconds: float = 0.0
    totals: dict[str, int] = field(default_factory=lambda: dict.fromkeys(TURNS, 0))
    steps: list[UndoStep] = field(default_factory=list)

    def add(self, step: UndoStep) -> None:
        self.totals[step.turn] += 1
        self.steps.append(step)

    @property
    def exit_code(self) -> int:
        """0 all went back · 3 something was left · 130 interrupted."""
        if self.is_interrupted:
            return 130
        return 3 if self.totals["left"] else 0

    def write_json(self, out: TextIO) -> None:
        """Writes the report, its messages in the active language."""
        report = {
            "schema": SCHEMA,
            "run": self.run,
            "dry_run": self.is_dry_run,
            "started": self.started_at.isoformat(),
            "seconds": round(self.seconds, 3),
            "sources": list(self.sources),
            "totals": self.totals,
            "items": [_as_json(step) for step in self.steps],
        }
        json.dump(report, out, ensure_ascii=False, indent=1)
        out.write("\n")


def _as_json(step: UndoStep) -> dict[str, object]:
    return {
        "status": step.turn,
        "title": step.title,
        "slug": step.slug,
        "revision": step.revision,
        "messages": [step.message.sentence] if step.message else [],
    }
