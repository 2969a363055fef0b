"""Tag names to tag rows: other names resolved, missing tags made."""

from collections.abc import Iterable, Mapping, Sequence

from wiki.editing.content import TagUse
from wiki.models import EntryTag, Tag, TagAlias
from wiki.slugs import sort_key, tag_key


def ensure_tags(
    names: Iterable[str], known: Mapping[str, Tag] | None = None
) -> dict[str, Tag]:
    """The tag of each name by its key; made when there is none.

    The names are cleaned ones. A name that is another name of a tag gives that
    tag. Two queries when not all are `known`, and two more when tags are missing.
    Run before the save's own transaction: a tag without entries harms nobody, and
    two saves that need the same new tags cannot wait for each other in a ring.
    """
    spelled: dict[str, str] = {}
    for name in names:
        spelled.setdefault(tag_key(name), name)
    found = {key: tag for key, tag in (known or {}).items() if key in spelled}
    found |= find_tags(spelled.keys() - found.keys())
    missing = [key for key in spelled if key not in found]
    if missing:
        Tag.objects.bulk_create(
            [new_tag(spelled[key]) for key in sorted(missing)], ignore_conflicts=True
        )
        found |= find_tags(missing)
    return found


def find_tags(keys: Iterable[str]) -> dict[str, Tag]:
    """The tags with these keys, their own or of another name. Two queries at most."""
    keys = sorted(keys)
    if not keys:
        return {}
    found = {
        alias.key: alias.tag
        for alias in TagAlias.objects.filter(key__in=keys).select_related("tag")
    }
    # A tag of its own beats another name of some tag.
    return found | {tag.key: tag for tag in Tag.objects.filter(key__in=keys)}


def new_tag(name: str) -> Tag:
    """A tag row of this cleaned name, not yet saved."""
    key = tag_key(name)
    return Tag(name=name, key=key, slug=key, sort_key=sort_key(name))


def without_doubles(
    uses: Sequence[TagUse], tags: Mapping[str, Tag]
) -> tuple[TagUse, ...]:
    """The tags, each topic once: of two names of one the first stays.

    A name that is not in `tags` is a topic of its own.
    """
    seen: dict[int | str, TagUse] = {}
    for use in uses:
        topic = tags[use.key].pk if use.key in tags else use.key
        seen.setdefault(topic, use)
    return tuple(seen.values())


def rows_for(
    entry_id: int, uses: Sequence[TagUse], tags: Mapping[str, Tag]
) -> list[EntryTag]:
    return [
        EntryTag(
            content_object_id=entry_id,
            tag=tags[use.key],
            name=use.name,
            rule=use.rule,
            position=position,
        )
        for position, use in enumerate(uses)
    ]
