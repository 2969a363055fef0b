"""The one place where entries are written. Each call is one transaction.

Everything is computed before the transaction; inside it the version each entry
was read at is compared again, so of two saves made on the same version one
finds it gone, reads again and merges. What a save writes: the entry, its
revision, tags, other titles, links, and the pages whose links it turns.
"""

import logging
from collections.abc import Iterable, Mapping, Sequence

from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from wiki.editing import drawing, redrawing, tagging
from wiki.editing.changes import Change
from wiki.editing.problems import EditError, InvalidContent, Problem
from wiki.editing.races import hold
from wiki.editing.rows import bump_epoch, write_rows
from wiki.models import Alias, DumpName, Entry, Link, Tag
from wiki.names import NewNames, Page, resolve_pages
from wiki.paths import last_part
from wiki.slugs import free_slug, slugify, sort_key, title_key

logger = logging.getLogger(__name__)


def check_titles(changes: Sequence[Change]) -> dict[int, EditError]:
    """The changes, by position, whose title a live entry has. One query at most."""
    wanted = {
        position: title_key(change.content.title)
        for position, change in enumerate(changes)
        if change.deleted_at is None and change.moves_names
    }
    if not wanted:
        return {}
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
    render_many: drawing.RenderMany = drawing.render_here,
    refresh: bool = True,
    draws_later: bool = False,
    later: NewNames | None = None,
    known_tags: Mapping[str, Tag] | None = None,
) -> None:
    """Writes the changes, all or none, and sets each one's `entry` and `revision`.

    Titles were checked. Raises Raced when an entry is no longer at the version
    it was read at. With `refresh` off the pages that link to new names stay as
    they are until `redrawing.refresh_links(None)`, which the caller owes. `later`
    are names that the caller is about to write: links lead to them at once, and
    `redrawing.settle_links` is owed. `known_tags` were looked up already.
    """
    if not changes:
        return
    tagged = [change for change in changes if change.changes_tags]
    names = [use.name for change in tagged for use in change.content.tags]
    tags = tagging.ensure_tags(names, known_tags)
    _choose_slugs(changes)
    for change in changes:
        change.uses = change.content.tags
        if change.changes_tags:
            change.uses = tagging.without_doubles(change.content.tags, tags)
        _fill_entry(change)
    _render([change for change in changes if _must_draw(change)], render_many, later)
    with transaction.atomic():
        # Elsewhere, in SQLite, the transaction alone keeps other writers out.
        if connection.features.has_select_for_update:
            hold(_touched_ids(changes))
        write_rows(changes, tags)
        moved = _moved_names(changes) if refresh else set()
        redrawing.refresh_links(moved, render_many=render_many, draws_later=draws_later)
        if any(not c.is_new and c.moves_names for c in changes):
            bump_epoch()
    if refresh:
        try:
            _look_again(moved | _unresolved(changes), render_many)
        except DatabaseError:
            # The save stands; an error here must not make it happen twice.
            logger.exception("Links of a save were not looked at again.")


def _look_again(names: set[str], render_many: drawing.RenderMany) -> None:
    # Of a page that links to a name and a page that takes it, saved at the same
    # moment, neither saw the other; whoever comes to this point last sees both.
    if names:
        with transaction.atomic():
            redrawing.refresh_links(names, render_many=render_many)


def _unresolved(changes: Sequence[Change]) -> set[str]:
    return {
        name
        for change in changes
        for link in (change.rendered.links if change.rendered else ())
        for name in (link.target, link.other)
        if name and name not in change.resolved
    }


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
    if not retitled:
        return
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


def _must_draw(change: Change) -> bool:
    # What is stored shows where links lead now: whoever moves names sees to that.
    # Tags stand beside the text: a page that was drawn long ago is drawn when it is
    # read, and a change of a thousand tags draws none.
    return not change.is_of_tags_only and (
        change.moves_names
        or change.content.body != change.before.body
        or change.entry.render_key != drawing.current_render_key()
    )


def _render(
    changes: Sequence[Change],
    render_many: drawing.RenderMany,
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
    pages = [
        (Page.of(c.entry, writer_id=c.act.author.user_id), c.content.body)
        for c in changes
    ]
    resolved = resolve_pages(drawing.targets_of(pages), new_names)
    jobs = [
        drawing.RenderJob(
            change.content.body,
            drawing.destinations_of(found),
            settings.WIKI_REMOTE_IMAGES,
        )
        for change, found in zip(changes, resolved, strict=True)
    ]
    key = drawing.current_render_key()
    pages = render_many(jobs)
    for change, found, page in zip(changes, resolved, pages, strict=True):
        change.resolved, change.rendered = found, page
        change.entry.html = page.html
        change.entry.headings = drawing.stored_headings(page)
        change.entry.render_key = key


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
