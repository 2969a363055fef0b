"""What writers typed and have not saved: kept for them alone, until they need it.

Nothing here judges a text, and nothing is shown to anybody else. Whether the entry
that a draft was begun on may still be seen is asked by whoever shows it.
"""

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from django.contrib.auth.models import AbstractBaseUser
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Length
from django.utils import timezone

from wiki.models import Draft, Entry

# Of one person. More than anyone can look through, and a bound to what is stored.
MAX_DRAFTS = 100
# Of the fields besides the text, together.
MAX_FIELD_CHARS = 20_000
_SLOT = re.compile(r"[A-Za-z0-9_-]{1,64}")
# Everything of an entry that tells who may see it and how it stands.
_OF_ENTRY = (
    "title",
    "slug",
    "version",
    "visibility",
    "protection",
    "deleted_at",
    "head__size",
    "head__author_id",
    "head__author_label",
    "head__author__username",
    "head__author__first_name",
    "head__author__last_name",
)


class TooManyDrafts(Exception):
    """The person has as many drafts as can be kept."""


@dataclass(frozen=True)
class Slot:
    """The editor a draft is of, and the draft that this editor was filled from.

    In a form one field says both: `slot`, or `slot.source`.
    """

    name: str = ""
    source: str = ""

    @classmethod
    def parse(cls, text: str) -> "Slot":
        """The slot that a form names; without a name when it names none rightly."""
        parts = text.split(".")
        if len(parts) > 2 or not all(map(_SLOT.fullmatch, parts)):
            return cls()
        return cls(*parts)

    def names(self) -> list[str]:
        return [name for name in (self.name, self.source) if name]


@dataclass(frozen=True, kw_only=True)
class Typed:
    """The fields of an editor as they stand, and what they are to become."""

    entry_id: int | None = None
    section: str = ""
    base_version: int | None = None
    title: str = ""
    body: str = ""
    tags: str = ""
    summary: str = ""
    source_url: str = ""
    comment: str = ""
    is_minor: bool = False

    @property
    def is_empty(self) -> bool:
        texts = (self.title, self.body, self.tags, self.summary, self.source_url)
        return not any(text.strip() for text in texts)


def keep_draft(
    user: AbstractBaseUser, slot: Slot, typed: Typed, *, at: datetime | None = None
) -> datetime:
    """When the draft was kept, in the place of what its editor had before.

    The first draft of an editor that was filled from another takes its place. What
    was typed at a time that is given takes nothing away that is newer: it is let go
    when that is of the same editor. One query, and up to four for a first draft.
    Raises TooManyDrafts.
    """
    now = timezone.now()
    values = asdict(typed) | {"updated_at": min(at or now, now)}
    own = Draft.objects.filter(user=user)
    older = own if at is None else own.filter(updated_at__lte=values["updated_at"])
    if older.filter(slot=slot.name).update(**values):
        return values["updated_at"]
    if at is None or not own.filter(slot=slot.name).exists():
        _begin(older, slot, values, user)
    return values["updated_at"]


def _begin(
    replaceable: QuerySet[Draft],
    slot: Slot,
    values: dict[str, object],
    user: AbstractBaseUser,
) -> None:
    try:
        with transaction.atomic():
            moved = slot.source and replaceable.filter(slot=slot.source).update(
                slot=slot.name, **values
            )
            if moved:
                return
            if Draft.objects.filter(user=user).count() >= MAX_DRAFTS:
                raise TooManyDrafts
            Draft.objects.create(user=user, slot=slot.name, **values)
    except IntegrityError:
        # The same editor asked twice at once; what came last is what counts.
        replaceable.filter(slot=slot.name).update(**values)


def forget_draft(user: AbstractBaseUser, slot: Slot) -> None:
    """Lets go of the draft of an editor, and of the one it was filled from."""
    names = slot.names()
    if names:
        Draft.objects.filter(user=user, slot__in=names).delete()


def drafts_of(user: AbstractBaseUser) -> QuerySet[Draft]:
    """All drafts of this person, newest first, each with its entry, without texts.

    `size` is how many characters the text has.
    """
    return (
        Draft.objects.filter(user=user)
        .select_related("entry__head__author")
        .only(
            "slot",
            "section",
            "base_version",
            "title",
            "updated_at",
            *(f"entry__{name}" for name in _OF_ENTRY),
        )
        .annotate(size=Length("body"))
        .order_by("-updated_at", "-pk")
    )


def drafts_on(user: AbstractBaseUser, entry: Entry | None) -> QuerySet[Draft]:
    """Those on an entry; on no entry that is there when none is given."""
    nowhere = Q(entry=None) | ~Q(entry__deleted_at=None)
    return drafts_of(user).filter(Q(entry=entry) if entry else nowhere)


def fields_too_long(typed: Typed) -> bool:
    fields: Sequence[str] = (
        *(typed.title, typed.tags, typed.summary),
        *(typed.source_url, typed.comment),
    )
    return sum(map(len, fields)) > MAX_FIELD_CHARS
