"""What an act on tags would do: which entries, which names, what is in its way.

Nothing is written here. `tag_acts.carry_out` makes the plan once more, when nobody
else can change the tags, and does what it says.

**What entries say.** A revision keeps the spelling that was written. An act that
gives a tag another name therefore writes that name on every entry that spelled the
former one, as a revision; an entry that spelled some other name of the tag goes on
saying that, as it still means the tag. Of a tag that is merged every spelling is
replaced, as the topic is another one. So each name in a newest revision means the
tag that the entry bears.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from django.utils.translation import gettext as _

from wiki.editing.content import TagUse, tag_problem
from wiki.editing.tagging import find_tags
from wiki.models import EntryTag, Tag, TagAlias
from wiki.slugs import clean_tag, tag_key

Kind = Literal["rename", "merge", "name", "unname", "split", "delete"]


@dataclass(frozen=True)
class Move:
    """A tag that gets another name, or goes into a tag that has it."""

    tag: Tag
    name: str
    into: Tag | None = None

    @property
    def key(self) -> str:
        return self.into.key if self.into else tag_key(self.name)


@dataclass(frozen=True)
class Rule:
    """What becomes of the uses of one tag on an entry.

    `keys` are the spellings it is about, None for all. `name` is what comes in
    their place, "" when nothing does; where the entry bears `target`, by id,
    nothing is added. With `keeps` the use itself stays.
    """

    name: str = ""
    target: int | None = None
    keys: frozenset[str] | None = None
    keeps: bool = False

    def is_about(self, name: str) -> bool:
        return self.keys is None or tag_key(name) in self.keys


@dataclass(frozen=True)
class TagPlan:
    """An act as it would be done now; with `problems` it cannot be."""

    kind: Kind
    # What it is about: a tag, or None when it is only a level above others.
    tag: Tag | None
    name: str
    to: str = ""
    problems: tuple[str, ...] = ()
    # The tag that stands in the way: the two can be merged.
    in_the_way: Tag | None = None
    moves: tuple[Move, ...] = ()
    # By id of the tag.
    rules: Mapping[int, Rule] | None = None
    # Live entries that it changes, and deleted ones that bear one of the tags.
    entry_ids: tuple[int, ...] = ()
    trashed_ids: tuple[int, ...] = ()

    @property
    def redirects(self) -> list[tuple[str, str]]:
        """The keys whose addresses lead elsewhere afterwards, each with whose."""
        moved = [(move.tag.key, move.key) for move in self.moves]
        return [(old, new) for old, new in moved if old != new]

    @property
    def tag_ids(self) -> set[int]:
        """Every tag whose rows it touches."""
        ids = {move.tag.pk for move in self.moves}
        ids |= {move.into.pk for move in self.moves if move.into}
        ids |= {rule.target for rule in (self.rules or {}).values() if rule.target}
        return ids | ({self.tag.pk} if self.tag else set())


def plan_rename(key: str, name: str) -> TagPlan:
    """The tag, and the tags under it, under another name.

    The former names become other names of theirs, so their addresses lead on.
    What is under it goes into a tag that has its new name already.
    """
    tag, below = _tag_and_below(key)
    former = tag.name if tag else key
    plan = TagPlan("rename", tag, former, clean_tag(name))
    problems = _name_problems(plan.to)
    if tag is None and not below:
        problems.append(_gone(key))
    elif not problems and plan.to == former:
        problems.append(_("That is its name already."))
    if problems:
        return replace(plan, problems=tuple(problems))
    new_key = tag_key(plan.to)
    holder = find_tags([new_key]).get(new_key)
    if new_key != key and holder and holder != tag:
        sentence = _("“%(name)s” is a name of the tag “%(tag)s” already.")
        said = sentence % {"name": plan.to, "tag": holder.name}
        return replace(plan, problems=(said,), in_the_way=holder)
    moves = [Move(tag, plan.to)] if tag else []
    return _with_moves(plan, [*moves, *_moves_below(below, key, plan.to)])


def plan_merge(key: str, into: str) -> TagPlan:
    """The tag, all of its names and what is under it, as part of another tag."""
    tag, below = _tag_and_below(key)
    former = tag.name if tag else key
    plan = TagPlan("merge", tag, former, clean_tag(into))
    holder = find_tags([tag_key(into)]).get(tag_key(into))
    if tag is None and not below:
        return replace(plan, problems=(_gone(key),))
    if holder is None:
        return replace(plan, problems=(_("There is no tag “%s”.") % plan.to,))
    plan = replace(plan, to=holder.name)
    if holder == tag:
        return replace(plan, problems=(_("Both are names of the same tag."),))
    moves = [Move(tag, holder.name, holder)] if tag else []
    return _with_moves(plan, [*moves, *_moves_below(below, key, holder.name)])


def plan_name(key: str, name: str) -> TagPlan:
    """Another name for the tag: written on an entry it means the tag from then on."""
    tag = Tag.objects.filter(key=key).first()
    plan = TagPlan("name", tag, tag.name if tag else key, clean_tag(name))
    problems = _name_problems(plan.to) if tag else [_gone(key)]
    if problems:
        return replace(plan, problems=tuple(problems))
    new_key = tag_key(plan.to)
    holder = find_tags([new_key]).get(new_key)
    if holder is None:
        return plan
    if holder == tag:
        return replace(plan, problems=(_("It is a name of this tag already."),))
    if holder.key == new_key:
        sentence = _("“%s” is a tag of its own.") % holder.name
        return replace(plan, problems=(sentence,), in_the_way=holder)
    sentence = _("“%(name)s” is a name of the tag “%(tag)s” already.")
    said = sentence % {"name": plan.to, "tag": holder.name}
    return replace(plan, problems=(said,))


def plan_unname(key: str, name: str) -> TagPlan:
    """The tag without one of its other names; entries that say it say its own."""
    tag = Tag.objects.filter(key=key).first()
    plan = TagPlan("unname", tag, tag.name if tag else key, clean_tag(name))
    if tag is None:
        return replace(plan, problems=(_gone(key),))
    alias = TagAlias.objects.filter(tag=tag, key=tag_key(name)).first()
    if alias is None:
        sentence = _("“%(name)s” is no other name of “%(tag)s”.")
        said = sentence % {"name": plan.to, "tag": tag.name}
        return replace(plan, problems=(said,))
    rule = Rule(tag.name, keys=frozenset([alias.key]))
    return _with_entries(replace(plan, to=alias.name, rules={tag.pk: rule}))


def plan_split(
    key: str, name: str, entry_ids: Collection[int], *, keeps: bool = False
) -> TagPlan:
    """Some of the entries of a tag with another tag in its place, new or not.

    With `keeps` they bear both.
    """
    tag = Tag.objects.filter(key=key).first()
    plan = TagPlan("split", tag, tag.name if tag else key, clean_tag(name))
    problems = _name_problems(plan.to) if tag else [_gone(key)]
    if problems:
        return replace(plan, problems=tuple(problems))
    target = find_tags([tag_key(plan.to)]).get(tag_key(plan.to))
    if target == tag:
        return replace(plan, problems=(_("Both are names of the same tag."),))
    plan = replace(plan, to=target.name if target else plan.to)
    rule = Rule(plan.to, target.pk if target else None, keeps=keeps)
    plan = _with_entries(replace(plan, rules={tag.pk: rule}), set(entry_ids))
    if not plan.entry_ids:
        return replace(plan, problems=(_("Choose at least one note."),))
    return plan


def plan_delete(key: str) -> TagPlan:
    """No entry with the tag, and no name of it left. What is under it stays."""
    tag = Tag.objects.filter(key=key).first()
    plan = TagPlan("delete", tag, tag.name if tag else key)
    if tag is None:
        return replace(plan, problems=(_gone(key),))
    return _with_entries(replace(plan, rules={tag.pk: Rule()}))


def retagged(
    uses: Sequence[TagUse], tag_ids: Mapping[str, int], rules: Mapping[int, Rule]
) -> tuple[TagUse, ...]:
    """The tags of an entry as the rules have them; `tag_ids` by spelling. Pure.

    Where an entry bears what a tag becomes, one of the two stays: that which it
    bears. The rule that gave a tag goes on with it.
    """
    borne = set(tag_ids.values())
    result: list[TagUse] = []
    for use in uses:
        rule = rules.get(tag_ids.get(use.name))
        if rule is None or not rule.is_about(use.name):
            result.append(use)
            continue
        if rule.keeps:
            result.append(use)
        if rule.name and (rule.target is None or rule.target not in borne):
            result.append(TagUse(rule.name, "" if rule.keeps else use.rule))
            borne |= {rule.target} - {None}
    return tuple(result)


def _tag_and_below(key: str) -> tuple[Tag | None, list[Tag]]:
    """The tag of this very key, and the tags on the levels under it. Two queries."""
    below = Tag.objects.filter(key__startswith=f"{key}/").order_by("key")
    return Tag.objects.filter(key=key).first(), list(below)


def _moves_below(below: Sequence[Tag], key: str, name: str) -> list[Move]:
    """Where the tags under a level go when it is called `name`. Two queries."""
    new_key = tag_key(name)
    depth = key.count("/") + 1
    moving = {
        tag: "/".join([name, *tag.name.split("/")[depth:]])
        for tag in below
        # What goes under itself takes along what is elsewhere under it.
        if tag.key != new_key and not tag.key.startswith(f"{new_key}/")
    }
    holders = find_tags(tag_key(new) for new in moving.values())
    moves = []
    for tag, new in moving.items():
        holder = holders.get(tag_key(new))
        moves.append(Move(tag, new, None if holder == tag else holder))
    return moves


def _with_moves(plan: TagPlan, moves: Sequence[Move]) -> TagPlan:
    problems = [
        problem
        for move in moves
        if not move.into
        for problem in _name_problems(move.name)
    ]
    rules = {
        move.tag.pk: Rule(move.into.name, move.into.pk)
        if move.into
        else Rule(move.name, keys=frozenset([move.tag.key]))
        for move in moves
    }
    plan = replace(plan, moves=tuple(moves), problems=tuple(problems), rules=rules)
    return _with_entries(plan)


def _with_entries(plan: TagPlan, chosen: set[int] | None = None) -> TagPlan:
    """The plan with the entries that its rules are about. One query."""
    rows = EntryTag.objects.filter(tag__in=plan.rules).order_by("content_object_id")
    live: dict[int, None] = {}
    trashed: dict[int, None] = {}
    for entry_id, tag_id, name, deleted_at in rows.values_list(
        "content_object_id", "tag_id", "name", "content_object__deleted_at"
    ).iterator():
        if chosen is not None and entry_id not in chosen:
            continue
        if deleted_at is not None:
            trashed[entry_id] = None
        elif _changes(plan.rules[tag_id], name):
            live[entry_id] = None
    return replace(plan, entry_ids=tuple(live), trashed_ids=tuple(trashed))


def _changes(rule: Rule, name: str) -> bool:
    return rule.is_about(name) and (rule.keys is None or rule.name != name)


def names_of(tag_ids: Iterable[int]) -> dict[int, list[str]]:
    """The keys of the other names of tags, by the tag's id. One query."""
    keys: dict[int, list[str]] = defaultdict(list)
    rows = TagAlias.objects.filter(tag__in=list(tag_ids)).values_list("tag", "key")
    for tag_id, key in rows:
        keys[tag_id].append(key)
    return keys


def _name_problems(name: str) -> list[str]:
    if not name:
        return [_("Write a name.")]
    problem = tag_problem(name)
    return [problem.sentence] if problem else []


def _gone(key: str) -> str:
    return _("There is no tag “%s” any more.") % key
