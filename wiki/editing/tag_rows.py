"""The rows of tags, beside the entries that bear them: kept, put back, let go.

An act on tags keeps in its batch what these rows were before and after. Its undo
joins three states of each row as it joins texts: what somebody else changed since
stays, the rest goes back. What an entry bears is not decided here.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q

from wiki.editing import tagging
from wiki.models import EntryTag, MatchRule, Tag, TagAlias
from wiki.slugs import sort_key, tag_key

_FIELDS = ("name", "match", "terms", "is_curated")
# Rows of entries that are looked at or changed at a time.
_AT_ONCE = 500


@dataclass(frozen=True)
class TagRows:
    """Some tags as they stand: by id, their other names by key, what implies what."""

    tags: Mapping[int, Mapping[str, Any]]
    aliases: Mapping[str, Mapping[str, Any]]
    implies: frozenset[tuple[int, int]]

    def as_json(self) -> dict[str, Any]:
        return {
            "tags": {str(pk): dict(row) for pk, row in self.tags.items()},
            "aliases": {key: dict(row) for key, row in self.aliases.items()},
            "implies": sorted(map(list, self.implies)),
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "TagRows":
        return cls(
            {int(pk): row for pk, row in stored["tags"].items()},
            stored["aliases"],
            frozenset((source, target) for source, target in stored["implies"]),
        )


def rows_of(tag_ids: Collection[int]) -> TagRows:
    """The rows of these tags now. Three queries."""
    tags = Tag.objects.in_bulk(list(tag_ids))
    aliases = TagAlias.objects.filter(tag__in=tags).order_by("key")
    through = Tag.implies.through.objects
    pairs = through.filter(Q(from_tag__in=tags) | Q(to_tag__in=tags))
    return TagRows(
        {
            pk: {name: getattr(tag, name) for name in _FIELDS}
            for pk, tag in tags.items()
        },
        {
            alias.key: {"tag": alias.tag_id, "name": alias.name, "match": alias.match}
            for alias in aliases
        },
        frozenset(pairs.values_list("from_tag_id", "to_tag_id")),
    )


def write_tag(pk: int, row: Mapping[str, Any]) -> None:
    """Gives a tag these values, and the keys that its name makes."""
    key = tag_key(row["name"])
    keys = {"key": key, "slug": key, "sort_key": sort_key(row["name"])}
    Tag.objects.update_or_create(pk=pk, defaults={**row, **keys})


def retire(tag: Tag) -> bool:
    """Lets go of a tag that no live entry bears; whether it could go.

    Deleted entries that bear it get the tag that its key leads to by now. Where it
    leads to none they keep it: they come back with what they had.
    """
    rows = EntryTag.objects.filter(tag=tag)
    alias = TagAlias.objects.filter(key=tag.key).exclude(tag=tag).first()
    trashed = rows.exclude(content_object__deleted_at=None)
    if alias is not None:
        holders = EntryTag.objects.filter(tag=alias.tag_id)
        trashed.filter(content_object__in=holders.values("content_object")).delete()
        trashed.update(tag=alias.tag_id)
    if rows.exists():
        return False
    tag.delete()
    return True


@dataclass
class RowsUndo:
    """Three states of the rows that an act changed, on their way back.

    `prepare` comes before the entries are written, as their names must lead to
    the tags that were; `finish` after, when no entry bears what is to go. What
    cannot go back is in `left`, by name. A name that is to go and that notes say
    by now stays as another name of the tag they bear.
    """

    before: TagRows
    after: TagRows
    left: list[str] = field(default_factory=list)
    has_changed: bool = False
    # Other names that go unless a note says them when all is written, by key.
    _going: set[str] = field(default_factory=set)
    _given: set[str] = field(default_factory=set)

    @property
    def tag_ids(self) -> set[int]:
        return self.before.tags.keys() | self.after.tags.keys()

    @property
    def _made(self) -> set[int]:
        """The tags that the act made, by id."""
        return self.after.tags.keys() - self.before.tags.keys()

    def prepare(self) -> None:
        """Names and values go back, and tags that went are there again."""
        # A save that gives an entry one of these tags waits until this is done.
        held = Tag.objects.select_for_update().filter(pk__in=self.tag_ids)
        list(held.order_by("pk").values_list("pk"))
        now = rows_of(self.tag_ids)
        self._given = set(self._aliases_to_go(now))
        TagAlias.objects.filter(key__in=self._given).delete()
        for pk in sorted(self.before.tags):
            self._put_back(pk, now)
        self._add_aliases()
        self._set_implications()
        self._lead_on(_settle(self.tag_ids), now)

    def finish(self) -> None:
        """Tags and names that the act made go, unless someone has a use for them."""
        self._drop_unsaid()
        now = rows_of(self._made)
        for tag in Tag.objects.filter(pk__in=self._made):
            is_untouched = dict(now.tags[tag.pk]) == dict(self.after.tags[tag.pk])
            is_named = any(row["tag"] == tag.pk for row in now.aliases.values())
            if is_untouched and not is_named and retire(tag):
                self.has_changed = True
            else:
                # A name cannot lead elsewhere while it is a tag.
                TagAlias.objects.filter(key=tag.key).exclude(tag=tag).delete()
                self.left.append(tag.name)

    def _aliases_to_go(self, now: TagRows) -> list[str]:
        """The other names that the act gave, but for those still needed.

        A tag that got yet another name since keeps that: all its former ones go on
        leading to it.
        """
        renamed_since = {
            tag_key(was["name"])
            for pk, was in self.before.tags.items()
            if pk in now.tags and pk in self.after.tags
            if now.tags[pk]["name"] not in (was["name"], self.after.tags[pk]["name"])
        }
        given = [
            key
            for key, row in now.aliases.items()
            if self.after.aliases.get(key) == row
            and self.before.aliases.get(key) != row
        ]
        self.left += [now.aliases[key]["name"] for key in given if key in renamed_since]
        return [key for key in given if key not in renamed_since]

    def _lead_on(self, unknown: Mapping[str, tuple[int, str]], now: TagRows) -> None:
        """Makes names that lead nowhere other names of the tags that are borne."""
        rules = {tag_key(row["name"]): row["match"] for row in now.tags.values()}
        rules |= {key: row["match"] for key, row in now.aliases.items()}
        TagAlias.objects.bulk_create(
            TagAlias(
                tag_id=tag_id,
                key=key,
                name=name,
                match=rules.get(key, MatchRule.FOLD),
            )
            for key, (tag_id, name) in unknown.items()
        )
        self._going = set(unknown)

    def _drop_unsaid(self) -> None:
        aliases = TagAlias.objects.filter(key__in=self._going)
        rows = EntryTag.objects.filter(content_object__deleted_at=None)
        said = rows.filter(tag__in=aliases.values("tag")).order_by()
        kept = {tag_key(name) for name in said.values_list("name", flat=True)}
        kept &= self._going
        aliases.exclude(key__in=kept).delete()
        self.left += aliases.order_by("key").values_list("name", flat=True)
        self.has_changed = self.has_changed or bool(self._given - kept)

    def _put_back(self, pk: int, now: TagRows) -> None:
        was, left_as = self.before.tags[pk], self.after.tags.get(pk)
        if was == left_as:
            return
        has = now.tags.get(pk)
        if has is None and left_as is not None:
            # Someone let go of it since.
            self.left.append(was["name"])
            return
        row = was if has is None else _joined(was, left_as or {}, has)
        if row == has:
            return
        key = tag_key(row["name"])
        if (
            Tag.objects.filter(key=key).exclude(pk=pk).exists()
            or TagAlias.objects.filter(key=key).exclude(tag=pk).exists()
        ):
            self.left.append(row["name"])
            return
        TagAlias.objects.filter(key=key, tag=pk).delete()
        write_tag(pk, row)
        self.has_changed = True

    def _add_aliases(self) -> None:
        missing = {
            key: row
            for key, row in self.before.aliases.items()
            if self.after.aliases.get(key) != row
        }
        others = Tag.objects.filter(key__in=missing).exclude(pk__in=self._made)
        taken = set(others.values_list("key", flat=True))
        taken |= set(
            TagAlias.objects.filter(key__in=missing).values_list("key", flat=True)
        )
        there = set(
            Tag.objects.filter(
                pk__in={row["tag"] for row in missing.values()}
            ).values_list("pk", flat=True)
        )
        rows = [
            TagAlias(tag_id=row["tag"], key=key, name=row["name"], match=row["match"])
            for key, row in missing.items()
            if key not in taken and row["tag"] in there
        ]
        TagAlias.objects.bulk_create(rows)
        self.has_changed = self.has_changed or bool(rows)
        made = {row.key for row in rows}
        self.left += [row["name"] for key, row in missing.items() if key not in made]

    def _set_implications(self) -> None:
        through = Tag.implies.through
        for source, target in self.after.implies - self.before.implies:
            through.objects.filter(from_tag=source, to_tag=target).delete()
        wanted = self.before.implies - self.after.implies
        ids = {pk for pair in wanted for pk in pair}
        there = set(Tag.objects.filter(pk__in=ids).values_list("pk", flat=True))
        through.objects.bulk_create(
            (
                through(from_tag_id=source, to_tag_id=target)
                for source, target in sorted(wanted)
                if {source, target} <= there
            ),
            ignore_conflicts=True,
        )


def _joined(
    was: Mapping[str, Any], left_as: Mapping[str, Any], has: Mapping[str, Any]
) -> dict[str, Any]:
    """The values from before, but for those that someone changed since."""
    since = {name for name in _FIELDS if has[name] != left_as.get(name)}
    # Whoever changed it since kept it from the vocabulary as well.
    since |= {"is_curated"} if since else set()
    return {name: has[name] if name in since else was[name] for name in _FIELDS}


def _settle(tag_ids: Iterable[int]) -> dict[str, tuple[int, str]]:
    """Gives each row of these tags the tag that its name means now.

    Such as those that were written while one name stood for the other tag. Returns
    the names that mean none, by key, each with the tag that it stands for.
    """
    rows = EntryTag.objects.filter(tag__in=tag_ids).order_by("pk")
    uses = list(rows.values_list("pk", "content_object_id", "tag_id", "name"))
    known = tagging.find_tags({tag_key(name) for *_, name in uses})
    bears = {(entry_id, tag_id) for _, entry_id, tag_id, _ in uses}
    moved: dict[int, list[int]] = defaultdict(list)
    for pk, entry_id, tag_id, name in uses:
        tag = known.get(tag_key(name))
        if tag and tag.pk != tag_id and (entry_id, tag.pk) not in bears:
            moved[tag.pk].append(pk)
            bears.add((entry_id, tag.pk))
    for tag_id, pks in moved.items():
        for start in range(0, len(pks), _AT_ONCE):
            EntryTag.objects.filter(pk__in=pks[start : start + _AT_ONCE]).update(
                tag=tag_id
            )
    return {
        key: (tag_id, name)
        for *_, tag_id, name in uses
        if (key := tag_key(name)) not in known
    }
