"""Runs of the importer, and what it last read of each note: the base of merges."""

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from wiki.models.entries import Entry
from wiki.models.revisions import MAX_LABEL_CHARS, Batch
from wiki.slugs import MAX_SLUG_CHARS

MAX_PATH_CHARS = 1000
MAX_KEY_CHARS = 1500


class ImportStatus(models.TextChoices):
    RUNNING = "running", _("running")
    DONE = "done", _("done")
    INTERRUPTED = "interrupted", _("interrupted")
    FAILED = "failed", _("failed")
    UNDONE = "undone", _("undone")


class ItemStatus(models.TextChoices):
    CREATED = "created", _("created")
    UPDATED = "updated", _("updated")
    MERGED = "merged", _("merged")
    SAME = "same", _("same")
    MOVED = "moved", _("moved")
    CONFLICT = "conflict", _("conflict")
    MISSING = "missing", _("missing")
    DELETED = "deleted", _("deleted")
    SKIPPED = "skipped", _("skipped")
    FAILED = "failed", _("failed")


class Decision(models.TextChoices):
    """What became of a conflict that waited."""

    ACCEPTED = "accepted", _("the dump's text was taken")
    EDITED = "edited", _("a text made of both was saved")
    REJECTED = "rejected", _("the wiki's text was kept")
    SUPERSEDED = "superseded", _("a later import took its place")
    UNDONE = "undone", _("the import was undone")


class Import(models.Model):
    """One run of the importer. Its revisions hang on its batch."""

    batch = models.OneToOneField(Batch, models.PROTECT, related_name="import_run")
    status = models.CharField(
        _("status"),
        max_length=12,
        choices=ImportStatus.choices,
        default=ImportStatus.RUNNING,
    )
    started_at = models.DateTimeField(_("started"))
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    seconds = models.FloatField(_("seconds"), default=0)
    sources = models.JSONField(_("sources"), default=list)
    options = models.JSONField(_("options"), default=dict)
    # A number for each ItemStatus.
    totals = models.JSONField(_("totals"), default=dict)
    messages = models.JSONField(_("messages"), default=list)
    # What took it back. There while the status is not "undone": not complete.
    undo_batch = models.OneToOneField(
        Batch, models.PROTECT, null=True, related_name="undone_run"
    )

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        ordering = ["-id"]
        permissions = [("can_import", "Can import notes on the web")]

    def __str__(self) -> str:
        return f"{self.pk}: {', '.join(self.sources)}"

    def get_absolute_url(self) -> str:
        return reverse("import", args=[self.pk])


class ImportItem(models.Model):
    """What became of one note in one run; what stayed the same is only counted."""

    run = models.ForeignKey(
        Import, models.CASCADE, related_name="items", verbose_name=_("import")
    )
    position = models.PositiveIntegerField(_("position"))
    status = models.CharField(
        _("status"), max_length=10, choices=ItemStatus.choices, db_index=True
    )
    title = models.CharField(_("title"), max_length=300, blank=True)
    slug = models.CharField(max_length=MAX_SLUG_CHARS, blank=True)
    source = models.CharField(max_length=300, blank=True)
    path = models.CharField(max_length=MAX_PATH_CHARS, blank=True)
    line = models.PositiveIntegerField(null=True)
    revision_number = models.PositiveIntegerField(_("revision"), null=True)
    entry = models.ForeignKey(
        Entry,
        models.SET_NULL,
        null=True,
        related_name="import_items",
        verbose_name=_("entry"),
    )
    needs_eyes = models.BooleanField(_("to look at"), default=False)
    # The rest of the item as the report prints it: title_from, tags, links …
    details = models.JSONField(default=dict)
    # What the dump has, for a conflict that waits for a decision.
    proposal = models.JSONField(null=True)
    # What was known of the note before the run, where an undo could not tell.
    former = models.JSONField(null=True)
    decision = models.CharField(
        _("decision"), max_length=10, choices=Decision.choices, blank=True
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("decided by"),
    )
    # The name as it was then: what stays when the account goes.
    decided_label = models.CharField(max_length=MAX_LABEL_CHARS, blank=True)
    decided_at = models.DateTimeField(_("decided"), null=True)

    class Meta:
        verbose_name = _("import item")
        verbose_name_plural = _("import items")
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(
                fields=["run", "position"], name="importitem_position_unique_in_run"
            )
        ]

    def __str__(self) -> str:
        return f"{self.status}: {self.title}"

    @property
    def waits(self) -> bool:
        """Whether it is a conflict that nobody decided."""
        return self.status == ItemStatus.CONFLICT and not self.decision

    @property
    def decider(self) -> str:
        """Who decided, if a person did; no query when the account was selected."""
        if self.decided_by is not None:
            return self.decided_by.get_full_name() or self.decided_by.get_username()
        return self.decided_label


class ImportedFile(models.Model):
    """A file of a dump as last read: enough to give its bytes back."""

    source = models.CharField(max_length=300)
    path = models.CharField(max_length=MAX_PATH_CHARS)
    sha256 = models.CharField(max_length=64)
    # By which reader, options and topics it was read; empty while something of
    # it waits. The same bytes under the same rules need no second reading.
    rules_hash = models.CharField(max_length=64, blank=True)
    encoding = models.CharField(max_length=20)
    has_bom = models.BooleanField(default=False)
    # Keys of its notes in order; their raw bytes joined are the file.
    parts = models.JSONField(default=list)

    class Meta:
        verbose_name = _("imported file")
        verbose_name_plural = _("imported files")
        constraints = [
            models.UniqueConstraint(
                fields=["source", "path"], name="importedfile_path_unique_in_source"
            )
        ]

    def __str__(self) -> str:
        return f"{self.source}: {self.path}"


class ImportedNote(models.Model):
    """A note as last imported. Its content is the base when dump and wiki differ."""

    source = models.CharField(max_length=300)
    key = models.CharField(max_length=MAX_KEY_CHARS)
    file = models.ForeignKey(ImportedFile, models.CASCADE, related_name="notes")
    line = models.PositiveIntegerField(default=1)
    raw = models.BinaryField()
    raw_hash = models.CharField(max_length=64, db_index=True)
    # Of everything that becomes the entry; differs when rules or topics change.
    content_hash = models.CharField(max_length=64)
    title = models.CharField(max_length=300)
    body = models.TextField(blank=True)
    summary = models.CharField(max_length=500, blank=True)
    source_url = models.CharField(max_length=2000, blank=True)
    alias_names = models.JSONField(default=list)
    properties = models.JSONField(default=list)
    tags = models.JSONField(default=list)
    entry = models.ForeignKey(
        Entry, models.SET_NULL, null=True, related_name="imported_notes"
    )
    # The entry's version right after this was written: unchanged means untouched.
    entry_version = models.PositiveIntegerField(null=True)

    class Meta:
        verbose_name = _("imported note")
        verbose_name_plural = _("imported notes")
        constraints = [
            models.UniqueConstraint(
                fields=["source", "key"], name="importednote_key_unique_in_source"
            )
        ]

    def __str__(self) -> str:
        return f"{self.source}: {self.key}"
