"""Stored pages against what their texts make today: HTML, headings, links, files."""

from collections import defaultdict
from collections.abc import Sequence

from wiki.checking.entries import finding_of
from wiki.checking.findings import Finding
from wiki.editing import drawing, linking, redrawing
from wiki.models import Entry, EntryFile, Link


def check_pages(entry_ids: Sequence[int]) -> list[Finding]:
    """What is wrong with the pages of these entries, if they are live.

    A deleted entry has no page: it is drawn when it comes back. Eight queries.
    """
    entries = list(Entry.objects.live().filter(pk__in=entry_ids).order_by("pk"))
    key = drawing.current_render_key()
    found = [
        finding_of(entry, "outdated", "redraw")
        for entry in entries
        if entry.render_key != key
    ]
    # Nothing of an older release can be compared.
    entries = [entry for entry in entries if entry.render_key == key]
    links, files = _stored_links(entries), _stored_files(entries)
    for drawn in redrawing.drawn_now(entries):
        entry = drawn.entry
        is_wrong = {
            "html": entry.html != drawn.rendered.html,
            "headings": entry.headings != drawing.stored_headings(drawn.rendered),
            "links": links[entry.pk] != [_as_tuple(row) for row in drawn.links],
            "files": files[entry.pk]
            != {(name, file and file.file_id) for name, file in drawn.files.items()},
        }
        found += [
            finding_of(entry, code, "redraw")
            for code, wrong in is_wrong.items()
            if wrong
        ]
    return found


def _stored_links(entries: Sequence[Entry]) -> dict[int, list[tuple]]:
    links = defaultdict(list)
    for row in Link.objects.filter(source__in=entries).order_by("position", "pk"):
        links[row.source_id].append(_as_tuple(row))
    return links


def _as_tuple(link: Link) -> tuple:
    return tuple(getattr(link, name) for name in linking.LINK_VALUES)


def _stored_files(entries: Sequence[Entry]) -> dict[int, set[tuple]]:
    files = defaultdict(set)
    rows = EntryFile.objects.filter(entry__in=entries, is_shown=True)
    for entry_id, name, file_id in rows.values_list("entry_id", "name", "file_id"):
        files[entry_id].add((name, file_id))
    return files
