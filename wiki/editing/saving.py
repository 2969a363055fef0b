"""The one place where entries are written. Each call is one transaction.

Everything is computed before the transaction; inside it the version each entry
was read at is compared again, so of two saves made on the same version one
finds it gone, reads again and merges. What a save writes: the entry, its
revision, tags, other titles, links, and the pages whose links it turns.
"""

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import islice
from typing import TypeVar

from django.conf import settings
from django.db import DatabaseError, IntegrityError, OperationalError, transaction
from django.db.models import F, OuterRef, Subquery
from django.utils import timezone

from wiki.editing import linking, tagging
from wiki.editing.content import Author, Content, TagUse
from wiki.editing.problems import EditError, InvalidContent, Problem
from wiki.models import (
    Alias,
    Batch,
    DumpName,
    Entry,
    EntryTag,
    Link,
    Revision,
    RevisionCoauthor,
    RevisionKind,
    SiteState,
)
from wiki.names import NewNames, Page, resolve_pages
from wiki.paths import last_part
from wiki.rendering import Rendered
from wiki.slugs import free_slug, slugify, sort_key, title_key

# A save that lost this many races computes the next time while it holds the
# entries, so that a page many people save at once serves them all in turn.
FREE_ATTEMPTS = 3
ATTEMPTS = 8
# Of pasts, which can be a thousand an entry; each row holds a whole text.
_REVISIONS_AT_ONCE = 100

logger = logging.getLogger(__name__)

Result = TypeVar("Result")


@dataclass(frozen=True, kw_only=True)
class Act:
    """What every change has besides its content: who, why, and as part of what."""

    author: Author
    kind: str = RevisionKind.EDIT
    comment: str = ""
    is_minor: bool = False
    batch: Batch | None = None
    form_token: str = ""
    authored_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Past:
    """A state that an entry had elsewhere before it came here, and who made it."""

    content: Content
    act: Act


@dataclass
class Change:
    """One entry on its way from `before` to `content`; `entry.pk` is None when new."""

    entry: Entry
    before: Content | None
    content: Content
    act: Act
    submitted_hash: str = ""
    coauthors: tuple[Author, ...] = ()
    deleted_at: datetime | None = None
    # Becomes revisions before the one of `content`, oldest first.
    past: tuple[Past, ...] = ()
    # What the notes of its dump call a new entry, as keys of `wiki.paths`.
    dump_names: tuple[str, ...] = ()
    # Filled on the way.
    former_slug: str = ""
    uses: tuple[TagUse, ...] = ()
    resolved: dict = field(default_factory=dict)
    rendered: Rendered | None = None
    revision: Revision | None = None

    @property
    def is_new(self) -> bool:
        return self.before is None

    @property
    def moves_names(self) -> bool:
        """Whether links elsewhere may lead elsewhere after it."""
        return (
            self.before is None
            or self.before.title != self.content.title
            or any(one.content.title != self.content.title for one in self.past)
            or self.before.aliases != self.content.aliases
            or self.entry.deleted_at != self.deleted_at
        )


class Raced(Exception):
    """Another save came between reading and writing."""


def retrying(attempt: Callable[[], Result], entry_ids: Iterable[int] = ()) -> Result:
    """The result of the first attempt that nobody else's save spoiled.

    An attempt reads, computes and writes in a transaction of its own. Deadlocks
    and doubled unique values are races as well: whoever lost starts over.
    """
    ids = sorted(entry_ids)
    for number in range(1, ATTEMPTS + 1):
        try:
            if number <= FREE_ATTEMPTS:
                return attempt()
            with transaction.atomic():
                _hold(ids)
                return attempt()
        except (Raced, IntegrityError, OperationalError) as error:
            if number == ATTEMPTS or not _is_race(error):
                raise
    raise AssertionError("unreachable")


def _hold(entry_ids: Sequence[int]) -> None:
    # On SQLite the transaction alone keeps other writers out.
    locked = Entry.objects.select_for_update().filter(pk__in=entry_ids).order_by("pk")
    list(locked.values_list("pk"))


def check_titles(changes: Sequence[Change]) -> dict[int, EditError]:
    """The changes, by position, whose title a live entry has. One query."""
    wanted = {
        position: title_key(change.content.title)
        for position, change in enumerate(changes)
        if change.deleted_at is None and (change.moves_names or change.is_new)
    }
    holders = dict(
        Entry.objects.live()
        .filter(title_key__in=set(wanted.values()))
        .values_list("title_key", "pk")
    )
    leaving = {c.entry.pk for c in changes if c.deleted_at and c.entry.pk}
    refused: dict[int, EditError] = {}
    for position, key in wanted.items():
        change, holder = changes[position], holders.get(key)
        itself = change.entry.pk or -1 - position
        if holder in (None, itself) or holder in leaving:
            # Within a batch the first of a title takes it.
            holders[key] = itself
            continue
        refused[position] = InvalidContent(
            [Problem("title", "title_taken", {"title": change.content.title})]
        )
    return refused


def write_changes(
    changes: Sequence[Change],
    *,
    render_many: linking.RenderMany = linking.render_here,
    refresh: bool = True,
    later: NewNames | None = None,
) -> None:
    """Writes the changes, all or none, and sets each one's `entry` and `revision`.

    Titles were checked. Raises Raced when an entry is no longer at the version
    it was read at. With `refresh` off the pages that link to new names stay as
    they are until `linking.refresh_links(None)`, which the caller owes. `later`
    are names that the caller is about to write: links lead to them at once, and
    `linking.settle_links` is owed.
    """
    if not changes:
        return
    tags = tagging.ensure_tags(use.name for c in changes for use in c.content.tags)
    _choose_slugs(changes)
    for change in changes:
        change.uses = tagging.without_doubles(change.content.tags, tags)
        _fill_entry(change)
    _render(changes, render_many, later)
    with transaction.atomic():
        _hold(_touched_ids(changes))
        _write_entries(changes)
        _write_revisions(changes)
        _write_tags(changes, tags)
        _write_aliases(changes)
        _write_dump_names(changes)
        _write_links(changes)
        if refresh:
            linking.refresh_links(_moved_names(changes), render_many=render_many)
        if any(not c.is_new and c.moves_names for c in changes):
            bump_epoch()
    if refresh:
        try:
            _look_again(changes, render_many)
        except DatabaseError:
            # The save stands; an error here must not make it happen twice.
            logger.exception("Links of a save were not looked at again.")


def _look_again(changes: Sequence[Change], render_many: linking.RenderMany) -> None:
    # Of a page that links to a name and a page that takes it, saved at the same
    # moment, neither saw the other; whoever comes to this point last sees both.
    unresolved = {
        link.target
        for change in changes
        for link in change.rendered.links
        if link.target not in change.resolved
    }
    with transaction.atomic():
        linking.refresh_links(
            _moved_names(changes) | unresolved, render_many=render_many
        )


def _touched_ids(changes: Sequence[Change]) -> list[int]:
    # The entries and the pages they link to, taken in one order: two saves that
    # link to each other cannot wait in a ring.
    ids = {change.entry.pk for change in changes if not change.is_new}
    linked = {
        i for c in changes for found in c.resolved.values() for i in found.entry_ids
    }
    before = Link.objects.filter(source__in=ids).values_list("target_id", flat=True)
    return sorted((ids | linked | set(before)) - {None})


def _choose_slugs(changes: Sequence[Change]) -> None:
    retitled = [
        change
        for change in changes
        if change.is_new
        or slugify(change.content.title) != slugify(change.before.title)
    ]
    wishes = [_wished_name(change) for change in retitled]
    wanted = {slugify(wish) for wish in wishes}
    taken = set(Entry.objects.filter(slug__in=wanted).values_list("slug", flat=True))
    for slug in tuple(taken):
        taken |= set(
            Entry.objects.filter(slug__startswith=f"{slug}-").values_list(
                "slug", flat=True
            )
        )
    for change, wish in zip(retitled, wishes, strict=True):
        own = set()
        if not change.is_new:
            change.former_slug = change.entry.slug
            own = {change.entry.slug}
        change.entry.slug = free_slug(wish, taken - own)
        taken.add(change.entry.slug)


def _wished_name(change: Change) -> str:
    """What an address is to be made of: the title, unless a new entry brings one."""
    return (change.is_new and change.entry.slug) or change.content.title


def _fill_entry(change: Change) -> None:
    entry, content, now = change.entry, change.content, timezone.now()
    entry.title = content.title
    entry.title_key = title_key(content.title)
    entry.sort_key = sort_key(content.title)
    entry.body = content.body
    entry.summary = content.summary
    entry.source_url = content.source_url
    entry.alias_names = list(content.aliases)
    entry.properties = [list(pair) for pair in content.properties]
    entry.updated_at = now
    if change.is_new:
        entry.created_at = min(entry.created_at or now, now)


def _render(
    changes: Sequence[Change],
    render_many: linking.RenderMany,
    later: NewNames | None,
) -> None:
    new_names = NewNames(later=later)
    for change in changes:
        if change.deleted_at is None:
            new_names.add(change.entry)
            entry = change.entry
            new_names.add_place(
                entry.source, change.dump_names, entry.slug, entry.title
            )
    pages = [(Page.of(change.entry), change.content.body) for change in changes]
    resolved = resolve_pages(linking.targets_of(pages), new_names)
    jobs = [
        linking.RenderJob(
            change.content.body,
            linking.destinations_of(found),
            settings.WIKI_REMOTE_IMAGES,
        )
        for change, found in zip(changes, resolved, strict=True)
    ]
    key = linking.current_render_key()
    pages = render_many(jobs)
    for change, found, page in zip(changes, resolved, pages, strict=True):
        change.resolved, change.rendered = found, page
        change.entry.html = page.html
        change.entry.headings = linking.stored_headings(page)
        change.entry.render_key = key


def _write_entries(changes: Sequence[Change]) -> None:
    for change in sorted(changes, key=lambda c: c.entry.pk or 0):
        if not change.is_new:
            _update_entry(change)
    new = [change for change in changes if change.is_new]
    for change in new:
        change.entry.version = 1 + len(change.past)
    Entry.objects.bulk_create([change.entry for change in new])


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
    "html",
    "headings",
    "render_key",
    "updated_at",
)


def _update_entry(change: Change) -> None:
    entry = change.entry
    written = Entry.objects.filter(
        pk=entry.pk,
        version=entry.version,
        deleted_at=entry.deleted_at,
        # Which links the page may show hangs on it.
        visibility=entry.visibility,
    ).update(
        version=entry.version + 1 + len(change.past),
        links_version=F("links_version") + 1,
        deleted_at=change.deleted_at,
        **{name: getattr(entry, name) for name in _WRITTEN},
    )
    if not written:
        raise Raced


def _write_revisions(changes: Sequence[Change]) -> None:
    now = timezone.now()
    for change in changes:
        if not change.is_new:
            change.entry.version += 1 + len(change.past)
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
    newest = Revision.objects.filter(entry=OuterRef("pk"), number=OuterRef("version"))
    Entry.objects.filter(pk__in=[change.entry.pk for change in changes]).update(
        head=Subquery(newest.values("pk"))
    )
    for change in changes:
        change.entry.head = change.revision


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


def _write_tags(changes: Sequence[Change], tags: dict) -> None:
    changed = [c for c in changes if c.is_new or c.before.tags != c.uses]
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
    kept = [change.entry.pk for change in changes if not change.is_new]
    before: set[int | None] = set()
    if kept:
        old = Link.objects.filter(source__in=kept)
        before = set(old.values_list("target_id", flat=True))
        old.delete()
    rows = [
        row
        for c in changes
        for row in linking.link_rows(c.entry, c.rendered.links, c.resolved, ids_by_slug)
    ]
    Link.objects.bulk_create(rows)
    for are_new in (True, False):
        uses = {
            c.entry.pk: linking.file_uses(c.rendered.links, c.resolved)
            for c in changes
            if c.is_new == are_new
        }
        if uses:
            linking.write_file_uses(uses, are_new=are_new)
    # What an entry is called and how it stands in the list of its targets may
    # have changed with any save.
    linking.touch_targets((before | {row.target_id for row in rows}) - {None})


def _moved_names(changes: Iterable[Change]) -> set[str]:
    """Every name that leads elsewhere now, former ones of the entries included.

    Two queries when an entry was there before.
    """
    moving = [change for change in changes if change.moves_names]
    names: set[str] = set()
    known = [change.entry.pk for change in moving if not change.is_new]
    if known:
        former = Alias.objects.filter(entry__in=known, kind=Alias.Kind.FORMER)
        names.update(*former.values_list("name", "slug"))
        in_dumps = DumpName.objects.filter(entry__in=known)
        names.update(map(last_part, in_dumps.values_list("key", flat=True)))
    for change in moving:
        names.update(map(last_part, change.dump_names))
        contents = [change.content, *(one.content for one in change.past)]
        contents += [change.before] if change.before else []
        names.update(content.title for content in contents)
        names.update(name for content in contents for name in content.aliases)
        names.update(filter(None, [change.former_slug, change.entry.slug]))
    return names


def bump_epoch() -> None:
    """Makes every cached page stale: a title or a tag on any of them may be wrong."""
    row = SiteState.objects.filter(pk=SiteState.ROW)
    if not row.update(epoch=F("epoch") + 1):
        SiteState.objects.bulk_create(
            [SiteState(pk=SiteState.ROW, epoch=1)], ignore_conflicts=True
        )


def _is_race(error: DatabaseError | Raced) -> bool:
    if isinstance(error, (Raced, IntegrityError)):
        return True
    cause = getattr(error.__cause__, "sqlstate", "")
    return cause in ("40001", "40P01")  # serialization failure, deadlock
