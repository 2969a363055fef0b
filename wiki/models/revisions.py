"""The history: every saved state of an entry, never changed and never deleted."""

from collections.abc import Iterator
from datetime import datetime

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db import models
from django.utils.translation import gettext_lazy as _

from wiki import permissions
from wiki.models.entries import Entry
from wiki.slugs import MAX_TITLE_CHARS

MAX_COMMENT_CHARS = 200
MAX_LABEL_CHARS = 150
# A text that lost more than this, and more than half of it, asks for a look.
BIG_SHRINK_CHARS = 500


def has_shrunk_a_lot(size: int, change: int) -> bool:
    """Whether a text of this size lost so much by the change that one should look."""
    # It lost more than half when it lost more than is left.
    return -change > BIG_SHRINK_CHARS and -change > size


class RevisionKind(models.TextChoices):
    CREATE = "create", _("new")
    EDIT = "edit", _("edit")
    MERGE = "merge", _("merged edit")
    REVERT = "revert", _("revert")
    RENAME = "rename", _("rename")
    DELETE = "delete", _("deletion")
    RESTORE = "restore", _("restoration")
    IMPORT = "import", _("import")
    TAGS = "tags", _("tag change")


class BatchKind(models.TextChoices):
    IMPORT = "import", _("import")
    TAGS = "tags", _("tag change")
    RENAME = "rename", _("rename")
    BULK = "bulk", _("bulk change")
    UNDO = "undo", _("undone import")
    REVERSAL = "reversal", _("undone bulk change")


class Batch(models.Model):
    """Revisions that were made as one act and can be undone as one."""

    kind = models.CharField(max_length=10, choices=BatchKind.choices)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    author_label = models.CharField(max_length=MAX_LABEL_CHARS, blank=True)
    comment = models.CharField(max_length=MAX_COMMENT_CHARS, blank=True)
    # What the act did beside its revisions, as its undo has to know it.
    details = models.JSONField(default=dict)
    # The batch that this one takes back.
    undoes = models.OneToOneField(
        "self", models.SET_NULL, null=True, blank=True, related_name="undone_by"
    )
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = _("batch of changes")
        verbose_name_plural = _("batches of changes")

    def __str__(self) -> str:
        return self.comment or f"{self.get_kind_display()} {self.pk}"


class RevisionQuerySet(models.QuerySet):
    def visible_to(self, user: AbstractBaseUser | AnonymousUser) -> "RevisionQuerySet":
        """Revisions of live entries this person may read."""
        return self.filter(permissions.viewable(user, prefix="entry__"))

    def newest_first(self) -> "RevisionQuerySet":
        return self.order_by("-number")

    def without_text(self) -> "RevisionQuerySet":
        """For lists: leaves out the columns that can be a megabyte each."""
        return self.defer("body", "properties")

    def with_is_hidden(self) -> "RevisionQuerySet":
        """Each knows as `is_hidden` whether a curator took it out of sight."""
        hidden = RevisionMark.objects.filter(
            revision=models.OuterRef("pk"), kind=RevisionMark.Kind.HIDDEN
        )
        return self.annotate(is_hidden=models.Exists(hidden))


class Revision(models.Model):
    """One saved state of an entry. Numbers of an entry run from 1 without a gap."""

    entry = models.ForeignKey(
        Entry, models.PROTECT, related_name="revisions", verbose_name=_("entry")
    )
    number = models.PositiveIntegerField(_("number"))
    title = models.CharField(_("title"), max_length=MAX_TITLE_CHARS)
    body = models.TextField(_("text"), blank=True)
    summary = models.CharField(_("summary"), max_length=500, blank=True)
    source_url = models.CharField(_("source address"), max_length=2000, blank=True)
    alias_names = models.JSONField(_("other titles"), default=list)
    properties = models.JSONField(_("properties"), default=list)
    # [{"name": as spelled, "rule": where it came from}], in order.
    tags = models.JSONField(_("tags"), default=list)

    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="revisions",
        verbose_name=_("author"),
    )
    # The name as it was then: what stays when the account goes, and all there
    # is for visitors and for the authors of imported history.
    author_label = models.CharField(max_length=MAX_LABEL_CHARS, blank=True)
    address_hash = models.CharField(max_length=64, blank=True, editable=False)
    comment = models.CharField(_("comment"), max_length=MAX_COMMENT_CHARS, blank=True)
    kind = models.CharField(_("kind"), max_length=10, choices=RevisionKind.choices)
    is_minor = models.BooleanField(_("minor"), default=False)
    batch = models.ForeignKey(
        Batch,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="revisions",
        verbose_name=_("batch of changes"),
    )
    size = models.PositiveIntegerField(_("characters"))
    size_change = models.IntegerField(_("change"), default=0)
    # Of what the writer sent, before any merge: the same form sent again is
    # known by it.
    submitted_hash = models.CharField(max_length=64, editable=False)
    form_token = models.CharField(max_length=64, blank=True, editable=False)
    created_at = models.DateTimeField(_("stored"), db_index=True)
    authored_at = models.DateTimeField(_("written"), null=True, blank=True)

    objects = RevisionQuerySet.as_manager()

    class Meta:
        verbose_name = _("revision")
        verbose_name_plural = _("revisions")
        indexes = [
            # Recent changes that stand alone; those of a batch are one row.
            models.Index(
                fields=["created_at", "id"],
                condition=models.Q(batch=None),
                name="revision_outside_batches",
            ),
            # What one person wrote, newest first.
            models.Index(
                fields=["author", "created_at", "id"], name="revision_of_author"
            ),
            # Who wrote at an entry and since when, for its page and its history:
            # all that they ask stands in it, and no text is walked past.
            models.Index(
                fields=["entry", "author", "author_label", "authored_at", "created_at"],
                name="revision_authors_of_entry",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["entry", "number"], name="revision_number_unique_in_entry"
            ),
            # What makes a form that is sent twice one revision.
            models.UniqueConstraint(
                fields=["form_token", "submitted_hash"],
                condition=~models.Q(form_token=""),
                name="revision_once_per_form_and_content",
            ),
            models.CheckConstraint(
                condition=models.Q(number__gte=1), name="revision_number_from_one"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} r{self.number}"

    def get_absolute_url(self) -> str:
        return f"{self.entry.get_absolute_url()}history/{self.number}/"

    @property
    def author_name(self) -> str:
        """Who is shown as its author; no query when the author was selected."""
        if self.author is not None:
            return self.author.get_full_name() or self.author.get_username()
        return self.author_label

    @property
    def has_shrunk_a_lot(self) -> bool:
        return has_shrunk_a_lot(self.size, self.size_change)

    @property
    def written_at(self) -> datetime:
        """When its author wrote it, as far as known; else when it was stored."""
        return self.authored_at or self.created_at

    def tag_names(self) -> Iterator[str]:
        return (tag["name"] for tag in self.tags)


class RevisionCoauthorQuerySet(models.QuerySet):
    def in_sight(self) -> "RevisionCoauthorQuerySet":
        """Leaves out whoever had only hidden revisions of the entry until then.

        For curators too: a merge is credited to those whose share can be seen.
        """
        own = Revision.objects.filter(
            models.Q(author=models.OuterRef("author"))
            | models.Q(author=None, author_label=models.OuterRef("author_label")),
            entry=models.OuterRef("revision__entry"),
            number__lt=models.OuterRef("revision__number"),
        ).with_is_hidden()
        return self.filter(
            # One who came with an import may have none at all.
            ~models.Exists(own.filter(is_hidden=True))
            | models.Exists(own.filter(is_hidden=False))
        )


class RevisionCoauthor(models.Model):
    """Someone else whose words are in a revision: the other side of a merge."""

    revision = models.ForeignKey(Revision, models.CASCADE, related_name="coauthors")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    author_label = models.CharField(max_length=MAX_LABEL_CHARS, blank=True)

    objects = RevisionCoauthorQuerySet.as_manager()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.author_label


class RevisionMark(models.Model):
    """What was said of a revision later: hidden, reviewed, reverted."""

    class Kind(models.TextChoices):
        HIDDEN = "hidden", _("hidden")
        REVIEWED = "reviewed", _("reviewed")
        REVERTED = "reverted", _("reverted")

    revision = models.ForeignKey(Revision, models.CASCADE, related_name="marks")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    reason = models.CharField(max_length=MAX_COMMENT_CHARS, blank=True)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = _("mark")
        verbose_name_plural = _("marks")
        constraints = [
            models.UniqueConstraint(
                fields=["revision", "kind"], name="revisionmark_once_per_kind"
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.revision_id}"
