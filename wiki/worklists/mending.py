"""Mending what the lists show: links led right, and tags given. Through the write door.

Each act is on the texts as they are now, so a list that is out of date does no harm:
what somebody mended meanwhile is left as it is.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from wiki import permissions
from wiki.editing import Act, Content, EditError, EntryEdit, TagUse, edit_entries
from wiki.editing.batches import new_batch
from wiki.models import Batch, BatchKind, Entry, Link, RevisionKind
from wiki.names import may_link_to
from wiki.permissions import Person
from wiki.rendering.retargeting import LinkName, Retargeted, Way, retarget
from wiki.worklists.links import Misspelling, find_misspelled

# Texts in memory at a time.
CHUNK = 50

# What the links of a note that say this are to say instead.
Renamings = Mapping[LinkName, LinkName]


@dataclass(frozen=True)
class Mended:
    """Ids of the notes that were changed, and the batch if it was one for many."""

    changed: tuple[int, ...] = ()
    batch: Batch | None = None
    # Those that this person may not change, or that only a person can.
    refused: int = 0


def lead_links(
    person: Person,
    renamings: Mapping[int, Renamings],
    *,
    act: Act,
    as_batch: bool = False,
) -> Mended:
    """Makes links of these notes, by id, say something else.

    A link without a heading of its own in `renamings` is looked up without it and
    keeps it.
    """
    ids = sorted(renamings)
    if as_batch:
        act = replace(act, batch=new_batch(BatchKind.BULK, act))
    changed: list[int] = []
    refused = 0
    for start in range(0, len(ids), CHUNK):
        edits = []
        entries = _readable(person, ids[start : start + CHUNK])
        known = _known_names(entries)
        for entry in entries:
            led = _led(entry.body, renamings[entry.pk], known[entry.pk])
            if led.body == entry.body and not led.is_in_doubt:
                continue
            if led.is_in_doubt or not permissions.can_edit(person, entry):
                refused += 1
                continue
            content = replace(Content.of(entry), body=led.body)
            edits.append(_edit_of(entry, content, act))
        for outcome in edit_entries(edits) if edits else ():
            if isinstance(outcome, EditError):
                refused += 1
            elif outcome.status != "same":
                changed.append(outcome.entry.pk)
    if act.batch and not changed:
        act.batch.delete()
    return Mended(tuple(changed), act.batch if changed else None, refused)


def spell_links(
    person: Person, entry_ids: Collection[int], *, act: Act, as_batch: bool = False
) -> Mended:
    """Writes the links of these notes as the titles they lead to are written."""
    visibilities = permissions.visibilities_for(person)
    found: Sequence[Misspelling] = find_misspelled(visibilities, only=entry_ids)
    renamings = {
        one.source_id: {LinkName(name): LinkName(right) for name, right in one.names}
        for one in found
    }
    return lead_links(person, renamings, act=act, as_batch=as_batch)


def write_name_so(person: Person, key: str, target: Entry, *, act: Act) -> Mended:
    """Leads all links to a name that no note has to this note, as one batch.

    Notes that people read who may not read the target are left, as refused: they
    would tell its title.
    """
    if not key:
        # All that comes to no name has this key, whatever is meant.
        return Mended()
    links = Link.objects.filter(key=key, target=None, destination="")
    seen = Entry.objects.visible_to(person)
    telling = may_link_to(target)
    renamings: dict[int, dict[LinkName, LinkName]] = {}
    left: set[int] = set()
    rows = links.filter(source__in=seen).order_by()
    columns = ("source_id", "source__visibility", "name")
    for source_id, visibility, name in rows.values_list(*columns):
        if visibility not in telling:
            left.add(source_id)
            continue
        of_source = renamings.setdefault(source_id, {})
        of_source[LinkName(name)] = LinkName(target.title)
    mended = lead_links(person, renamings, act=act, as_batch=True)
    return replace(mended, refused=mended.refused + len(left))


def add_tags(entry: Entry, uses: Sequence[TagUse], *, act: Act) -> None:
    """Gives the entry, just read with its head, these tags besides those it has.

    Raises EditError.
    """
    content = Content.of(entry)
    tagged = replace(content, tags=(*content.tags, *uses))
    act = replace(act, kind=RevisionKind.TAGS)
    (outcome,) = edit_entries([_edit_of(entry, tagged, act)])
    if isinstance(outcome, EditError):
        raise outcome


def _readable(person: Person, ids: Sequence[int]) -> list[Entry]:
    entries = Entry.objects.visible_to(person).with_head().defer("html", "headings")
    return list(entries.filter(pk__in=ids).order_by("pk"))


def _led(body: str, names: Renamings, known: Collection[str]) -> Retargeted:
    def new_name(link: LinkName, way: Way) -> LinkName | None:
        if way is Way.ADDRESS:
            return None
        new = names.get(link)
        if new is None and (new := names.get(LinkName(link.target))):
            new = replace(new, heading=link.heading)
        return new

    new_targets = (new.target for new in names.values())
    return retarget(body, new_name, known={*known, *new_targets})


def _known_names(entries: Sequence[Entry]) -> Mapping[int, set[str]]:
    """The names of links of each of these notes that lead somewhere. One query."""
    found: dict[int, set[str]] = defaultdict(set)
    rows = Link.objects.filter(source__in=entries).exclude(destination="").order_by()
    for source_id, name in rows.values_list("source_id", "name"):
        found[source_id].add(name)
    return found


def _edit_of(entry: Entry, content: Content, act: Act) -> EntryEdit:
    return EntryEdit(
        entry_id=entry.pk,
        base_version=entry.version,
        content=content,
        act=act,
        entry=entry,
    )
