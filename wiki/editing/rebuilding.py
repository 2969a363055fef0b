"""What is derived from the newest revision of an entry, made anew from it.

Texts and revisions are what people wrote: nothing here changes them. The caller
holds the entries (`held`), and `redrawing.draw_again` is for the pages themselves.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager

from django.db import transaction
from django.db.models import F

from wiki.editing import redrawing, tagging
from wiki.editing.content import Content
from wiki.editing.races import hold
from wiki.editing.rows import alias_row, bump_epoch
from wiki.models import Alias, Entry, EntryTag, Revision
from wiki.slugs import slugify, sort_key, title_key


@contextmanager
def held(entry_ids: Collection[int]) -> Iterator[None]:
    """A transaction in which nobody else saves these entries."""
    with transaction.atomic():
        hold(sorted(entry_ids))
        yield


def point_to_newest(entry_ids: Iterable[int]) -> None:
    """Sets the version and the head of entries to their newest revision."""
    for entry_id in entry_ids:
        newest = Revision.objects.filter(entry=entry_id).only("number").latest("number")
        Entry.objects.filter(pk=entry_id).update(version=newest.number, head=newest)


def rebuild_names(entry_ids: Sequence[int]) -> None:
    """Makes the keys of titles anew; pages that lead elsewhere by that are redrawn.

    A title that another live entry has is left as it is.
    """
    entries = list(Entry.objects.filter(pk__in=entry_ids).order_by("pk"))
    for entry in entries:
        keys = {"sort_key": sort_key(entry.title)}
        others = Entry.objects.live().filter(title_key=title_key(entry.title))
        if entry.is_deleted or not others.exclude(pk=entry.pk).exists():
            keys["title_key"] = title_key(entry.title)
        Entry.objects.filter(pk=entry.pk).update(**keys)
    redrawing.refresh_links({name for e in entries for name in (e.title, e.slug)})


def rebuild_tags(entry_ids: Sequence[int]) -> None:
    """Makes the rows of tags anew from the newest revisions."""
    entries = list(Entry.objects.filter(pk__in=entry_ids).select_related("head"))
    wanted = {entry.pk: Content.of(entry).tags for entry in entries}
    tags = tagging.ensure_tags(use.name for uses in wanted.values() for use in uses)
    EntryTag.objects.filter(content_object__in=wanted).delete()
    EntryTag.objects.bulk_create(
        row
        for pk, uses in wanted.items()
        for row in tagging.rows_for(pk, tagging.without_doubles(uses, tags), tags)
    )


def rebuild_aliases(entry_ids: Sequence[int]) -> None:
    """Makes the rows of other titles anew, and the keys of former ones."""
    entries = Entry.objects.filter(pk__in=entry_ids).only("alias_names")
    aliases = Alias.objects.filter(entry__in=entry_ids)
    names = set(aliases.values_list("name", flat=True))
    aliases.filter(kind=Alias.Kind.TITLE).delete()
    for alias in aliases.filter(kind=Alias.Kind.FORMER):
        aliases.filter(pk=alias.pk).update(key=title_key(alias.name))
    rows = [
        alias_row(entry, Alias.Kind.TITLE, name, slugify(name))
        for entry in entries
        for name in entry.alias_names
    ]
    Alias.objects.bulk_create(rows, ignore_conflicts=True)
    redrawing.refresh_links(names | {row.name for row in rows})


def show_again(entry_ids: Collection[int]) -> None:
    """Makes cached copies of these pages, and of lists that name them, stale."""
    Entry.objects.filter(pk__in=entry_ids).update(links_version=F("links_version") + 1)
    bump_epoch()
