"""Imports that were asked for on the web: the queue that the workers drain."""

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from wiki.models.entries import Entry
from wiki.models.imports import MAX_PATH_CHARS, Import, ItemStatus
from wiki.slugs import MAX_SLUG_CHARS


class JobAct(models.TextChoices):
    PLAN = "plan", _("preview")
    IMPORT = "import", _("import")


class JobState(models.TextChoices):
    # For a worker, in a worker's hands, for a person to confirm; then the ends.
    WAITING = "waiting", _("waiting")
    WORKING = "working", _("running")
    PLANNED = "planned", _("to be confirmed")
    DONE = "done", _("done")
    FAILED = "failed", _("failed")
    CANCELLED = "cancelled", _("cancelled")
    EXPIRED = "expired", _("expired")


OPEN_STATES = (JobState.WAITING, JobState.WORKING, JobState.PLANNED)


class ImportJob(models.Model):
    """What one person uploaded: first to be planned, then, confirmed, imported."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="import_jobs",
        verbose_name=_("account"),
    )
    act = models.CharField(max_length=6, choices=JobAct.choices, default=JobAct.PLAN)
    state = models.CharField(
        _("status"), max_length=9, choices=JobState.choices, default=JobState.WAITING
    )
    created_at = models.DateTimeField(
        pgettext_lazy("time", "created"), auto_now_add=True
    )
    # When it came into this state.
    changed_at = models.DateTimeField(pgettext_lazy("time", "changed"))
    # Below the folder of uploads; a name of the server's own making.
    folder = models.CharField(max_length=64, unique=True)
    # What was uploaded, in order: name, stored, size.
    uploads = models.JSONField(default=list)
    options = models.JSONField(default=dict)

    # Who works on it and was last heard of when; "" when nobody does.
    worker = models.CharField(max_length=200, blank=True)
    heard_at = models.DateTimeField(null=True)
    # How often a worker took up this act.
    attempts = models.PositiveSmallIntegerField(default=0)
    is_to_stop = models.BooleanField(default=False)

    stage = models.CharField(max_length=10, blank=True)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)

    # Of the newest plan: which one it is, the wiki it was made for, its counts.
    plan_number = models.PositiveSmallIntegerField(default=0)
    plan_state = models.JSONField(default=list)
    sources = models.JSONField(default=list)
    totals = models.JSONField(default=dict)
    # Why it failed, as a message of the importer is stored.
    problem = models.JSONField(default=dict)
    run = models.ForeignKey(Import, models.SET_NULL, null=True, related_name="+")

    class Meta:
        verbose_name = _("import on the web")
        verbose_name_plural = _("imports on the web")
        default_permissions = ()
        ordering = ["-id"]
        indexes = [models.Index(fields=["state", "id"], name="importjob_by_state")]

    def __str__(self) -> str:
        return f"{self.pk}: {self.name}"

    def get_absolute_url(self) -> str:
        return reverse("import-job", args=[self.pk])

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_STATES

    @property
    def name(self) -> str:
        """What was uploaded, for a person."""
        return ", ".join(str(upload["name"]) for upload in self.uploads)


class JobItem(models.Model):
    """What a plan says of one note; there as long as the plan waits for a person."""

    job = models.ForeignKey(ImportJob, models.CASCADE, related_name="items")
    position = models.PositiveIntegerField()
    status = models.CharField(max_length=10, choices=ItemStatus.choices)
    title = models.CharField(max_length=300, blank=True)
    slug = models.CharField(max_length=MAX_SLUG_CHARS, blank=True)
    path = models.CharField(max_length=MAX_PATH_CHARS, blank=True)
    line = models.PositiveIntegerField(null=True)
    entry = models.ForeignKey(Entry, models.SET_NULL, null=True, related_name="+")
    needs_eyes = models.BooleanField(default=False)
    # The rest of the item as the report prints it: tags, links, messages …
    details = models.JSONField(default=dict)
    # What the entry would hold, or the dump's text where it would not be taken;
    # None where nothing would be written, or too much was already kept.
    content = models.JSONField(null=True)

    class Meta:
        default_permissions = ()
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(
                fields=["job", "position"], name="jobitem_position_unique_in_job"
            )
        ]

    def __str__(self) -> str:
        return f"{self.status}: {self.title}"
