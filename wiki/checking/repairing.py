"""Putting right what is derived, by the functions that saves use as well."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path

from django.db import models

from wiki.checking.findings import Finding
from wiki.editing import rebuilding, redrawing
from wiki.files import remove_unknown
from wiki.models import SiteState, Tag
from wiki.slugs import sort_key

# In this order: pages are drawn last, when names are right.
_OF_ENTRIES: dict[str, Callable[[Sequence[int]], object]] = {
    "head": rebuilding.point_to_newest,
    "names": rebuilding.rebuild_names,
    "tags": rebuilding.rebuild_tags,
    "aliases": rebuilding.rebuild_aliases,
    "redraw": redrawing.draw_again,
}


def repair_entries(findings: Sequence[Finding]) -> None:
    """Mends what can be mended of entries, which the caller holds."""
    by_repair: dict[str, set[int]] = defaultdict(set)
    for finding in findings:
        by_repair[finding.repair].add(finding.entry_id)
    for name, repair in _OF_ENTRIES.items():
        if by_repair[name]:
            repair(sorted(by_repair[name]))
    touched = {f.entry_id for f in findings if f.repair}
    if touched:
        rebuilding.show_again(touched)


def repair_row(finding: Finding) -> bool:
    """Mends one thing that is no entry's; False when there is nothing to mend now."""
    if isinstance(finding.row, Path):
        return remove_unknown(finding.row)
    if finding.repair == "delete":
        model, pk = finding.row
        _delete(model, pk)
    elif finding.repair == "tag_names":
        tag = Tag.objects.get(pk=finding.row)
        Tag.objects.filter(pk=tag.pk).update(sort_key=sort_key(tag.name))
    elif finding.repair == "state":
        SiteState.objects.get_or_create(pk=SiteState.ROW)
    return True


def _delete(model: type[models.Model], pk: int) -> None:
    # Not by Django, which would follow what is not there.
    model.objects.filter(pk=pk)._raw_delete(model.objects.db)
