"""The rows of a save: the entry, its revision, tags, other titles, names and links.

All of it is computed before; here are only the writes, inside the save's transaction.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import islice

from django.db.models import Exists, F, OuterRef, Subquery
from django.utils import timezone

from wiki.editing import file_uses, linking, redrawing, tagging
from wiki.editing.changes import Act, Change
from wiki.editing.content import Content
from wiki.editing.indexing import write_index
from wiki.editing.marks import mark_reverted
from wiki.editing.races import Raced
from wiki.models import (
    Alias,
    DumpName,
    Entry,
    EntryTag,
    Revision,
    RevisionCoauthor,
    SiteState,
    Tag,
)
from wiki.slugs import slugify, title_key

# Of pasts, which can be a thousand an entry; each row holds a whole text.
_REVISIONS_AT_ONCE = 100


def write_rows(changes: Sequence[Change], tags: Mapping[str, Tag]) -> None:
    """Writes all rows of the changes. In a transaction that holds the entries.

    Raises Raced when an entry is no longer at the version it was read at.
    """
    new = [change for change in changes if change.is_new]
    for change in changes:
        change.entry.version += 1 + len(change.past)
    Entry.objects.bulk_create([change.entry for change in new])
    _write_revisions(changes)
    _point_to_heads(new)
    retagged = [change for change in changes if change.is_of_tags_only]
    known = [c for c in changes if not (c.is_new or c.is_of_tags_only)]
    for change in sorted(known, key=lambda c: c.entry.pk):
        _update_entry(change)
    _update_retagged(retagged)
    _write_tags(changes, tags)
    _write_aliases(changes)
    _write_dump_names(changes)
    _write_links(changes)
    mark_reverted(changes)
    write_index(changes)


# What a save may change of an entry.
_WRITTEN = (
    "title",
    "title_key",
    "slug",
    "sort_key",
    "body",
    "summary",
    "source_url",
    "alias_names",
    "properties",
    "updated_at",
)
# And where its page was drawn.
_DRAWN = ("html", "headings", "render_key")


def _update_entry(change: Change) -> None:
    entry = change.entry
    names = _WRITTEN + _DRAWN if change.rendered else _WRITTEN
    written = Entry.objects.filter(
        pk=entry.pk,
        version=entry.version - 1 - len(change.past),
        deleted_at=entry.deleted_at,
        # Which links the page may show hangs on it.
        visibility=entry.visibility,
    ).update(
        version=entry.version,
        head=change.revision,
        links_version=F("links_version") + 1,
        deleted_at=change.deleted_at,
        **{name: getattr(entry, name) for name in names},
    )
    if not written:
        raise Raced


def _update_retagged(changes: Sequence[Change]) -> None:
    """Moves entries of which only the tags change to their new revisions.

    One UPDATE for each visibility there is, however many entries.
    """
    by_visibility: dict[str, list[Change]] = defaultdict(list)
    for change in changes:
        by_visibility[change.entry.visibility].append(change)
    now = timezone.now()
    for visibility, some in by_visibility.items():
        # Numbers of an entry are unique: where the new revision is not the next
        # one, the entry is no longer at the version that was read.
        following = Revision.objects.filter(
            entry=OuterRef("pk"),
            number=OuterRef("version") + 1,
            pk__in=[change.revision.pk for change in some],
        )
        entries = Entry.objects.filter(
            Exists(following),
            pk__in=[change.entry.pk for change in some],
            deleted_at=None,
            # Which links the page may show hangs on it.
            visibility=visibility,
        )
        written = entries.update(
            version=F("version") + 1,
            head=Subquery(following.values("pk")),
            links_version=F("links_version") + 1,
            updated_at=now,
        )
        if written != len(some):
            raise Raced
        for change in some:
            change.entry.updated_at = now


def _write_revisions(changes: Sequence[Change]) -> None:
    now = timezone.now()
    for change in changes:
        change.revision = _revision_of(change, now)
    past = _past_revisions(changes, now)
    while some := list(islice(past, _REVISIONS_AT_ONCE)):
        Revision.objects.bulk_create(some)
    Revision.objects.bulk_create([change.revision for change in changes])
    RevisionCoauthor.objects.bulk_create(
        RevisionCoauthor(
            revision=change.revision, author=author.user, author_label=author.name
        )
        for change in changes
        for author in change.coauthors
    )
    for change in changes:
        change.entry.head = change.revision


def _point_to_heads(new: Sequence[Change]) -> None:
    # Of two rows that point to each other one has to be there first.
    newest = Revision.objects.filter(entry=OuterRef("pk"), number=OuterRef("version"))
    if new:
        Entry.objects.filter(pk__in=[change.entry.pk for change in new]).update(
            head=Subquery(newest.values("pk"))
        )


def _past_revisions(changes: Sequence[Change], now: datetime) -> Iterator[Revision]:
    for change in changes:
        former = change.before
        first = change.entry.version - len(change.past)
        for number, one in enumerate(change.past, first):
            revision = _revision(change.entry, number, one.content, one.act, former)
            revision.submitted_hash = one.content.digest()
            revision.created_at = now
            yield revision
            former = one.content


def _revision_of(change: Change, now: datetime) -> Revision:
    entry, content = change.entry, replace(change.content, tags=change.uses)
    former = change.past[-1].content if change.past else change.before
    revision = _revision(entry, entry.version, content, change.act, former)
    revision.submitted_hash = change.submitted_hash or change.content.digest()
    revision.created_at = now
    return revision


def _revision(
    entry: Entry, number: int, content: Content, act: Act, former: Content | None
) -> Revision:
    size = len(content.body)
    return Revision(
        entry=entry,
        number=number,
        title=content.title,
        body=content.body,
        summary=content.summary,
        source_url=content.source_url,
        alias_names=list(content.aliases),
        properties=[list(pair) for pair in content.properties],
        tags=[{"name": use.name, "rule": use.rule} for use in content.tags],
        author=act.author.user,
        author_label=act.author.name,
        address_hash=act.author.address_hash,
        comment=act.comment,
        kind=act.kind,
        is_minor=act.is_minor,
        batch=act.batch,
        size=size,
        size_change=size - (len(former.body) if former else 0),
        form_token=act.form_token,
        authored_at=act.authored_at,
    )


def _write_tags(changes: Sequence[Change], tags: Mapping[str, Tag]) -> None:
    changed = [change for change in changes if change.changes_tags]
    kept = [change.entry.pk for change in changed if not change.is_new]
    if kept:
        EntryTag.objects.filter(content_object__in=kept).delete()
    EntryTag.objects.bulk_create(
        row for c in changed for row in tagging.rows_for(c.entry.pk, c.uses, tags)
    )


def _write_aliases(changes: Sequence[Change]) -> None:
    changed = [c for c in changes if c.is_new or c.before.aliases != c.content.aliases]
    kept = [change.entry.pk for change in changed if not change.is_new]
    if kept:
        Alias.objects.filter(entry__in=kept, kind=Alias.Kind.TITLE).delete()
    rows = [
        alias_row(change.entry, Alias.Kind.TITLE, name, slugify(name))
        for change in changed
        for name in change.content.aliases
    ]
    for change in changes:
        if change.is_new or change.before.title == change.content.title:
            continue
        entry = change.entry
        former_slug = change.former_slug or entry.slug
        # Going back to a name it had before leaves no alias to itself.
        Alias.objects.filter(
            entry=entry, kind=Alias.Kind.FORMER, key=entry.title_key
        ).delete()
        rows.append(
            alias_row(entry, Alias.Kind.FORMER, change.before.title, former_slug)
        )
    rows += (alias for change in changes for alias in _past_titles(change))
    Alias.objects.bulk_create(rows, ignore_conflicts=True)


def _past_titles(change: Change) -> Iterator[Alias]:
    titles = {title_key(one.content.title): one.content.title for one in change.past}
    titles.pop(change.entry.title_key, None)
    for title in titles.values():
        yield alias_row(change.entry, Alias.Kind.FORMER, title, slugify(title))


def alias_row(entry: Entry, kind: str, name: str, slug: str) -> Alias:
    """The row of another title or a former one, not yet saved."""
    return Alias(entry=entry, kind=kind, name=name, key=title_key(name), slug=slug)


def _write_dump_names(changes: Sequence[Change]) -> None:
    DumpName.objects.bulk_create(
        DumpName(source=change.entry.source, key=key, entry=change.entry)
        for change in changes
        for key in change.dump_names
    )


def _write_links(changes: Sequence[Change]) -> None:
    ids_by_slug = {change.entry.slug: change.entry.pk for change in changes}
    drawn = [change for change in changes if change.rendered]
    rows = [
        row
        for c in drawn
        for row in linking.link_rows(c.entry, c.rendered.links, c.resolved, ids_by_slug)
    ]
    known = [change for change in changes if not change.is_new]
    targets = linking.write_links(
        rows,
        instead_of=[change.entry.pk for change in known if change.rendered],
        beside=[change.entry.pk for change in known if not change.rendered],
    )
    for are_new in (True, False):
        uses = {
            c.entry.pk: file_uses.file_uses(c.rendered.links, c.resolved)
            for c in drawn
            if c.is_new == are_new
        }
        if uses:
            redrawing.draw_waiting(file_uses.write_file_uses(uses, are_new=are_new))
    # What an entry is called and how it stands in the list of its targets may
    # have changed with any save.
    linking.touch_targets(targets.all)


def bump_epoch() -> None:
    """Makes every cached page stale: a title or a tag on any of them may be wrong."""
    row = SiteState.objects.filter(pk=SiteState.ROW)
    if not row.update(epoch=F("epoch") + 1):
        SiteState.objects.bulk_create(
            [SiteState(pk=SiteState.ROW, epoch=1)], ignore_conflicts=True
        )
