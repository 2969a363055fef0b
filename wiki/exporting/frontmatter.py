"""What an entry has besides its text, as YAML above it."""

from collections.abc import Container, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count

import yaml

from wiki.editing import Content

CREATED, UPDATED = _DATES = "created", "updated"


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """The block above a text, and what of it does not explain itself.

    `renamed` are properties under another name, by that name, because theirs was
    taken. `own` are properties that are called as a field is which the entry has
    not. `dates` are those that the block cannot hold for that reason.
    """

    text: str
    renamed: Mapping[str, str] = field(default_factory=dict)
    own: tuple[str, ...] = ()
    dates: Mapping[str, datetime] = field(default_factory=dict)


def front_matter_of(
    content: Content,
    *,
    created: datetime | None = None,
    updated: datetime | None = None,
) -> FrontMatter:
    """The front matter of an entry; what is empty is left out."""
    fields = {
        "title": content.title,
        "tags": [tag.name for tag in content.tags],
        "aliases": list(content.aliases),
        "summary": content.summary,
        "source_url": content.source_url,
    }
    known = {name: value for name, value in fields.items() if value}
    own = {name for name, _ in content.properties}
    moments = {
        name: moment
        for name, moment in ((CREATED, created), (UPDATED, updated))
        if moment
    }
    lines = "".join(
        f"{name}: {as_moment(moment)}\n"
        for name, moment in moments.items()
        if name not in own
    )
    properties: dict[str, object] = {}
    renamed: dict[str, str] = {}
    for name, value in content.properties:
        free = _free_name(name, {**known, **properties})
        properties[free] = value
        if free != name:
            renamed[free] = name
    text = f"---\n{_as_yaml(known)}{lines}{_as_yaml(properties)}---\n\n"
    dates = {name: moment for name, moment in moments.items() if name in own}
    called_so = tuple(name for name in properties if name in (*fields, *_DATES))
    return FrontMatter(text, renamed, called_so, dates)


def as_moment(moment: datetime) -> str:
    """A time in UTC to the second: `2024-05-01T09:20:00Z`."""
    plain = moment.astimezone(UTC).replace(microsecond=0, tzinfo=None)
    return f"{plain.isoformat()}Z"


def _as_yaml(fields: dict[str, object]) -> str:
    if not fields:
        return ""
    # Lines of any length: two exports are compared line by line.
    return yaml.dump(
        fields, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=2**31
    )


class _Dumper(yaml.SafeDumper):
    """Writes a value on one line, and every sign so that it is read again."""

    def represent_str(self, text: str) -> yaml.Node:
        # YAML folds line breaks, and has some that are none to us.
        is_plain = all(char.isprintable() for char in text)
        style = None if is_plain else '"'
        return self.represent_scalar("tag:yaml.org,2002:str", text, style=style)

    def ignore_aliases(self, data: object) -> bool:
        # A name for what is there twice is read by few, and not by the importer.
        return True


_Dumper.add_representer(str, _Dumper.represent_str)


def _free_name(name: str, taken: Container[str]) -> str:
    """The name, or with a number behind: what the note says twice stays twice."""
    if name not in taken:
        return name
    return next(n for k in count(2) if (n := f"{name} ({k})") not in taken)
