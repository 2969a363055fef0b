"""What writers have not saved yet, and who is writing now."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from wiki.models.entries import Entry
from wiki.slugs import MAX_SLUG_CHARS

MAX_SLOT_CHARS = 64


class Draft(models.Model):
    """The fields of an editor as they stood when its writer last rested.

    Only its writer ever sees it. The texts are what was typed, valid or not. Each
    opened editor has a `slot` of its own, so two windows on one entry do not write
    over each other. Of one section of an entry `section` is the id of its heading.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="drafts"
    )
    # None for a note that is not written yet, and for one that is gone.
    entry = models.ForeignKey(
        Entry, models.SET_NULL, null=True, blank=True, related_name="drafts"
    )
    slot = models.CharField(max_length=MAX_SLOT_CHARS)
    section = models.CharField(max_length=MAX_SLUG_CHARS, blank=True)
    # The revision it was begun on; empty when there is no entry yet.
    base_version = models.PositiveIntegerField(null=True, blank=True)
    title = models.TextField(_("title"), blank=True)
    body = models.TextField(_("text"), blank=True)
    tags = models.TextField(_("tags"), blank=True)
    summary = models.TextField(_("summary"), blank=True)
    source_url = models.TextField(_("source address"), blank=True)
    comment = models.TextField(_("comment"), blank=True)
    is_minor = models.BooleanField(_("minor"), default=False)
    updated_at = models.DateTimeField(_("kept"))

    class Meta:
        default_permissions = ()
        indexes = [models.Index(fields=["user", "updated_at"], name="draft_of_user")]
        constraints = [
            models.UniqueConstraint(fields=["user", "slot"], name="draft_once_per_slot")
        ]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.title}"


class Presence(models.Model):
    """Someone who has the editor of an entry open; gone when not seen for a while."""

    entry = models.ForeignKey(Entry, models.CASCADE, related_name="presences")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    # The heading they are at, as it reads; empty at the top.
    section = models.CharField(max_length=MAX_SLUG_CHARS, blank=True)
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField(db_index=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["entry", "user"], name="presence_once_per_entry"
            )
        ]

    def __str__(self) -> str:
        return f"{self.user_id} at {self.entry_id}"
