"""Entries against their newest revision: text, names, tags, numbers."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from django.db.models import Count, Max, Min, OuterRef, Subquery

from wiki.checking.findings import Finding
from wiki.editing import tagging
from wiki.editing.content import Content
from wiki.models import Alias, Entry, EntryTag, Revision, Tag
from wiki.slugs import slugify, sort_key, tag_key, title_key

# What an entry and its revisions both hold, beside the tags.
_SHARED = (
    "title",
    "body",
    "summary",
    "source_url",
    "alias_names",
    "properties",
)
_Numbers = Mapping[str, int]


def check_entries(entry_ids: Sequence[int]) -> list[Finding]:
    """What is wrong with these entries as records. Seven queries."""
    entries = Entry.objects.filter(pk__in=entry_ids).defer("html", "headings")
    entries = list(entries.order_by("pk"))
    numbers = _numbers_of(entry_ids)
    newest = _newest_of(entry_ids)
    tags = _Tags(newest.values(), entry_ids)
    aliases = defaultdict(list)
    for alias in Alias.objects.filter(entry__in=entry_ids):
        aliases[alias.entry_id].append(alias)
    holders = dict(
        Entry.objects.live()
        .filter(title_key__in={title_key(entry.title) for entry in entries})
        .values_list("title_key", "pk")
    )
    found: list[Finding] = []
    for entry in entries:
        revision = newest.get(entry.pk)
        if revision is None:
            found.append(finding_of(entry, "no_revision"))
            continue
        found += _history_of(entry, revision, numbers[entry.pk])
        if entry.title == revision.title:
            found += _names_of(entry, holders)
        if tags.differ(entry, revision):
            found.append(finding_of(entry, "tags", "tags"))
        if _aliases_differ(entry, aliases[entry.pk]):
            found.append(finding_of(entry, "aliases", "aliases"))
    return found


def finding_of(entry: Entry, code: str, repair: str = "", **details: object) -> Finding:
    return Finding(
        code,
        subject=entry.title,
        where=entry.slug,
        repair=repair,
        entry_id=entry.pk,
        details=details,
    )


def _numbers_of(entry_ids: Sequence[int]) -> dict[int, _Numbers]:
    revisions = Revision.objects.filter(entry__in=entry_ids).order_by()
    rows = revisions.values("entry").annotate(
        count=Count("pk"), lowest=Min("number"), highest=Max("number")
    )
    return {row.pop("entry"): row for row in rows}


def _newest_of(entry_ids: Sequence[int]) -> dict[int, Revision]:
    revisions = Revision.objects.filter(entry=OuterRef("pk")).order_by("-number")
    entries = Entry.objects.filter(pk__in=entry_ids)
    ids = entries.annotate(newest=Subquery(revisions.values("pk")[:1]))
    newest = Revision.objects.filter(pk__in=list(ids.values_list("newest", flat=True)))
    return {revision.entry_id: revision for revision in newest}


def _history_of(entry: Entry, newest: Revision, numbers: _Numbers) -> Iterator[Finding]:
    if numbers["lowest"] != 1 or numbers["count"] != numbers["highest"]:
        yield finding_of(entry, "numbers", **numbers)
    fields = [n for n in _SHARED if getattr(entry, n) != getattr(newest, n)]
    if entry.version != newest.number:
        details = {"version": entry.version, "highest": newest.number}
        repair = "" if fields else "head"
        yield finding_of(entry, "version", repair, **details)
    elif entry.head_id != newest.pk:
        yield finding_of(entry, "head", "head")
    if fields and entry.version == newest.number:
        yield finding_of(entry, "text", fields=", ".join(fields))


def _names_of(entry: Entry, holders: Mapping[str, int]) -> Iterator[Finding]:
    right = title_key(entry.title)
    if entry.title_key != right:
        is_free = entry.is_deleted or holders.get(right) in (None, entry.pk)
        if is_free:
            yield finding_of(entry, "title_key", "names")
        else:
            yield finding_of(entry, "title_key_taken")
    if bytes(entry.sort_key) != sort_key(entry.title):
        yield finding_of(entry, "sort_key", "names")
    if entry.slug != slugify(entry.slug):
        yield finding_of(entry, "slug")


def _aliases_differ(entry: Entry, rows: Sequence[Alias]) -> bool:
    wanted = {(title_key(name), slugify(name)): name for name in entry.alias_names}
    titles = {
        (row.key, row.slug): row.name for row in rows if row.kind == Alias.Kind.TITLE
    }
    return titles != wanted or any(row.key != title_key(row.name) for row in rows)


class _Tags:
    """The rows of tags of some entries, and what the names in revisions mean."""

    def __init__(self, revisions: Iterable[Revision], entry_ids: Sequence[int]) -> None:
        names = {tag["name"] for revision in revisions for tag in revision.tags}
        self._known: dict[str, Tag] = tagging.find_tags({tag_key(n) for n in names})
        self._rows: dict[int, list[EntryTag]] = defaultdict(list)
        rows = EntryTag.objects.filter(content_object__in=entry_ids)
        for row in rows.order_by("position"):
            self._rows[row.content_object_id].append(row)

    def differ(self, entry: Entry, newest: Revision) -> bool:
        """Whether the rows of an entry are not those of its newest revision.

        A name that curators took from a tag since then goes on meaning it.
        """
        # Of two names that mean one tag by now the first has the row.
        uses = tagging.without_doubles(Content.of(newest).tags, self._known)
        rows = self._rows[entry.pk]
        if [(u.name, u.rule) for u in uses] != [(r.name, r.rule) for r in rows]:
            return True
        known = [self._known.get(use.key) for use in uses]
        return any(
            tag is not None and tag.pk != row.tag_id
            for tag, row in zip(known, rows, strict=True)
        )
