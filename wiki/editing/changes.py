"""What is to become of entries: each change on its way to the rows that it writes."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from wiki.editing.content import Author, Content, TagUse
from wiki.models import Batch, Entry, Revision, RevisionKind
from wiki.rendering import Rendered


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
    # The numbers of earlier revisions that it undoes.
    takes_back: Sequence[int] = ()
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
    def changes_tags(self) -> bool:
        """Whether its tags are written; names may mean others to one that returns."""
        returns = self.entry.deleted_at is not None and self.deleted_at is None
        return returns or self.before is None or self.before.tags != self.content.tags

    @property
    def is_of_tags_only(self) -> bool:
        """Whether all but the tags stays: then the page stays as it is drawn."""
        return (
            self.before is not None
            and not self.past
            and self.deleted_at is None
            and self.entry.deleted_at is None
            and self.before.tags != self.content.tags
            and self.before == replace(self.content, tags=self.before.tags)
        )

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
