"""Acts on tags: rename, merge, other names, split off, delete.

Each is one batch and one transaction: it happens as a whole, whatever the number of
entries, with a number of queries for each hundred of them that does not hang on how
many they are. Every entry it changes gets a revision, whoever may read it. The batch
keeps the rows of the tags before and after; `undo_batch` takes it all back.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from django.db import transaction
from django.utils.translation import gettext as _

from wiki.editing.batches import CHUNK, hold_in_order, new_batch
from wiki.editing.changes import Act
from wiki.editing.content import Content
from wiki.editing.entries import edit_entries
from wiki.editing.problems import EditError, InvalidContent
from wiki.editing.races import retrying
from wiki.editing.rebuilding import rebuild_tags
from wiki.editing.requests import EntryEdit
from wiki.editing.rows import bump_epoch
from wiki.editing.tag_plans import Move, TagPlan, names_of, retagged
from wiki.editing.tag_rows import retire, rows_of, write_tag
from wiki.editing.tagging import ensure_tags
from wiki.models import (
    Batch,
    BatchKind,
    Entry,
    EntryTag,
    MatchRule,
    RevisionKind,
    Tag,
    TagAlias,
)
from wiki.slugs import tag_key


class TagActRefused(Exception):
    """The act cannot be done; nothing was. `problems` are sentences for a person."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__(" ".join(problems))
        self.problems = tuple(problems)


@dataclass(frozen=True)
class TagActDone:
    """An act that was done: as what batch, and how many entries it changed."""

    batch: Batch
    plan: TagPlan
    changed: int


def carry_out(make_plan: Callable[[], TagPlan], *, act: Act) -> TagActDone:
    """What was done of a plan, which is made again once nobody else can change it.

    An act without a comment is given one that says what it does. Raises
    TagActRefused.
    """
    return retrying(lambda: _carry_out(make_plan, act))


@transaction.atomic
def _carry_out(make_plan: Callable[[], TagPlan], act: Act) -> TagActDone:
    # A save that gives an entry one of these tags waits, and then finds it renamed.
    _hold_tags(make_plan())
    plan = make_plan()
    if plan.problems:
        raise TagActRefused(plan.problems)
    hold_in_order(plan.entry_ids)
    act = replace(act, kind=RevisionKind.TAGS, comment=act.comment or comment_of(plan))
    batch = new_batch(BatchKind.TAGS, act)
    act = replace(act, comment=batch.comment, batch=batch)
    before, moved = rows_of(plan.tag_ids), _moved_keys(plan)
    # Tags that it makes stand only in what is there afterwards.
    tag_ids = plan.tag_ids | _change_names(plan)
    changed = sum(_retag(plan, ids, act) for ids in _parts(plan.entry_ids))
    _let_go(plan)
    if plan.moves:
        for ids in _parts(plan.trashed_ids):
            rebuild_tags(ids)
    batch.details = {
        "act": plan.kind,
        "from": plan.name,
        "to": plan.to,
        "moves": moved,
        "trashed": list(plan.trashed_ids),
        "before": before.as_json(),
        "after": rows_of(tag_ids).as_json(),
    }
    batch.save(update_fields=["details"])
    bump_epoch()
    return TagActDone(batch, plan, changed)


def comment_of(plan: TagPlan) -> str:
    """What the act does, as the history of each entry says it."""
    words = {"name": plan.name, "to": plan.to}
    sentences = {
        "rename": _("Tag renamed: %(name)s → %(to)s"),
        "merge": _("Tags merged: %(name)s → %(to)s"),
        "name": _("Another name of the tag %(name)s: %(to)s"),
        "unname": _("No other name of the tag %(name)s any more: %(to)s"),
        "split": _("Split off the tag %(name)s: %(to)s"),
        "delete": _("Tag deleted: %(name)s"),
    }
    return sentences[plan.kind] % words


def _hold_tags(plan: TagPlan) -> None:
    held = Tag.objects.select_for_update().filter(pk__in=plan.tag_ids)
    list(held.order_by("pk").values_list("pk"))


def _parts(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(ids), CHUNK):
        yield ids[start : start + CHUNK]


# ── The tags themselves ───────────────────────────────────────────────────────
def _change_names(plan: TagPlan) -> set[int]:
    """Gives the tags their names, before entries say them; ids of new tags."""
    for move in plan.moves:
        if move.into:
            _join(move.tag, move.into)
        else:
            _rename(move)
    if plan.kind == "name":
        _add_alias(plan.tag, plan.to, MatchRule.FOLD)
        _keep(plan.tag)
    elif plan.kind == "unname":
        TagAlias.objects.filter(tag=plan.tag, key=tag_key(plan.to)).delete()
        _keep(plan.tag)
    elif plan.kind == "split":
        return {tag.pk for tag in ensure_tags([plan.to]).values()}
    return set()


def _rename(move: Move) -> None:
    tag, key = move.tag, tag_key(move.name)
    row = {"name": move.name, "match": tag.match, "terms": tag.terms}
    if key != tag.key:
        # The two names change places, and how each is looked for in text stays.
        alias = TagAlias.objects.filter(tag=tag, key=key).first()
        if alias:
            row["match"] = alias.match
            alias.delete()
        _add_alias(tag, tag.name, tag.match)
    write_tag(tag.pk, {**row, "is_curated": True})


def _join(tag: Tag, into: Tag) -> None:
    """Gives a tag all that another one has, but its entries."""
    TagAlias.objects.filter(tag=tag).update(tag=into)
    fresh = Tag.objects.get(pk=into.pk)
    fresh.terms = list(dict.fromkeys([*fresh.terms, *tag.terms]))
    fresh.is_curated = True
    fresh.save(update_fields=["terms", "is_curated"])
    implied = [one for one in tag.implies.all() if one != into]
    fresh.implies.add(*implied)
    fresh.implied_by.add(*(one for one in tag.implied_by.all() if one != into))


def _add_alias(tag: Tag, name: str, match: str) -> None:
    # Of a tag that comes away, or goes: nothing else can have its key in earnest.
    TagAlias.objects.filter(key=tag_key(name)).delete()
    TagAlias.objects.create(tag=tag, name=name, key=tag_key(name), match=match)


def _keep(tag: Tag) -> None:
    """Marks that a curator has seen to the tag: no vocabulary changes it again."""
    Tag.objects.filter(pk=tag.pk).update(is_curated=True)


def _let_go(plan: TagPlan) -> None:
    """Takes away the tags that no entry is to bear any more."""
    for move in plan.moves:
        if move.into:
            _add_alias(move.into, move.tag.name, move.tag.match)
            retire(move.tag)
    if plan.kind == "delete":
        is_topic = plan.tag.match != MatchRule.NEVER or plan.tag.terms
        if is_topic or not retire(plan.tag):
            _empty(plan.tag)


def _empty(tag: Tag) -> None:
    """Leaves a tag that no note gets by itself.

    One that the vocabulary knows would come back with it; one that deleted entries
    bear comes back with them.
    """
    tag.aliases.all().delete()
    tag.implies.clear()
    tag.implied_by.clear()
    Tag.objects.filter(pk=tag.pk).update(
        match=MatchRule.NEVER, terms=[], is_curated=True
    )


def _moved_keys(plan: TagPlan) -> dict[str, str]:
    """Which name took the place of which on entries, by their keys."""
    moved = {move.tag.key: move.key for move in plan.moves}
    joined = {move.tag.pk: move.key for move in plan.moves if move.into}
    for tag_id, keys in names_of(joined).items():
        moved |= dict.fromkeys(keys, joined[tag_id])
    if plan.kind == "split":
        moved[plan.tag.key] = tag_key(plan.to)
    return moved


# ── The entries ───────────────────────────────────────────────────────────────
def _retag(plan: TagPlan, entry_ids: Sequence[int], act: Act) -> int:
    """Writes what the tags of some entries are now; how many it changed."""
    entries = Entry.objects.with_head().defer("html").in_bulk(list(entry_ids))
    tag_ids = _tag_ids_of(entry_ids)
    edits = []
    for entry_id, entry in entries.items():
        content = Content.of(entry)
        tags = retagged(content.tags, tag_ids[entry_id], plan.rules)
        edits.append(
            EntryEdit(
                entry_id=entry_id,
                base_version=entry.version,
                content=replace(content, tags=tags),
                act=act,
                entry=entry,
            )
        )
    outcomes = edit_entries(edits)
    for edit, outcome in zip(edits, outcomes, strict=True):
        if isinstance(outcome, EditError):
            # As a whole or not at all.
            raise TagActRefused([_refusal(edit.entry, outcome)])
    return sum(outcome.status != "same" for outcome in outcomes)


def _tag_ids_of(entry_ids: Sequence[int]) -> Mapping[int, dict[str, int]]:
    """Which tag each spelling on each entry stands for."""
    found: dict[int, dict[str, int]] = defaultdict(dict)
    rows = EntryTag.objects.filter(content_object__in=list(entry_ids))
    for entry_id, name, tag_id in rows.values_list(
        "content_object_id", "name", "tag_id"
    ):
        found[entry_id][name] = tag_id
    return found


def _refusal(entry: Entry, error: EditError) -> str:
    reason = _("It was changed meanwhile.")
    if isinstance(error, InvalidContent):
        reason = " ".join(problem.sentence for problem in error.problems)
    return f"“{entry.title}”: {reason}"
