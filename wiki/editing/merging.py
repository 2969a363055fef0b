"""Three-way merge of whole contents: text, title, tags and the rest."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

from wiki.editing.content import Content, TagUse
from wiki.history.merge import Merge, merge, merge_sets, merge_value
from wiki.slugs import tag_key, title_key


@dataclass(frozen=True)
class MergedContent:
    """The content that holds everyone's changes.

    Where two clash it holds mine: in the body at each clash of `body`, and in
    each one-line field named in `clashing_fields`.
    """

    content: Content
    body: Merge
    clashing_fields: tuple[str, ...]

    @property
    def has_clash(self) -> bool:
        return self.body.has_clash or bool(self.clashing_fields)


def merge_contents(
    base: Content,
    mine: Content,
    theirs: Content,
    topics: Mapping[str, Hashable] | None = None,
) -> MergedContent:
    """`mine` and `theirs`, both made from `base`, as one. Pure.

    `topics` says of keys of tags which are names of the same one; others are alone.
    """
    body = merge(base.body, mine.body, theirs.body)
    values: dict[str, object] = {}
    clashes = []
    for name in ("title", "summary", "source_url", "properties"):
        sides = (getattr(side, name) for side in (base, mine, theirs))
        values[name], has_clash = merge_value(*sides)
        if has_clash:
            clashes.append(name)
    content = Content(
        body=body.text,
        tags=_merge_tags(base.tags, mine.tags, theirs.tags, topics or {}),
        aliases=_merge_aliases(base.aliases, mine.aliases, theirs.aliases),
        **values,
    )
    return MergedContent(content, body, tuple(clashes))


def _merge_tags(
    base: Sequence[TagUse],
    mine: Sequence[TagUse],
    theirs: Sequence[TagUse],
    topics: Mapping[str, Hashable],
) -> tuple[TagUse, ...]:
    def topic_of(use: TagUse) -> Hashable:
        return topics.get(use.key, use.key)

    return merge_sets(base, mine, theirs, key=topic_of)


def _merge_aliases(
    base: Sequence[str], mine: Sequence[str], theirs: Sequence[str]
) -> tuple[str, ...]:
    names = {title_key(name): name for side in (base, theirs, mine) for name in side}
    keys = merge_sets(*([title_key(n) for n in side] for side in (base, mine, theirs)))
    return tuple(names[key] for key in keys)


def with_rules_of(
    uses: Sequence[TagUse], *known: Sequence[TagUse]
) -> tuple[TagUse, ...]:
    """The tags, each that names no rule given the rule it had in `known`.

    A form sends names only; who typed nothing new has not made a derived tag
    their own.
    """
    rules = {tag_key(use.name): use.rule for side in known for use in side}
    return tuple(
        use if use.rule else TagUse(use.name, rules.get(use.key, "")) for use in uses
    )
