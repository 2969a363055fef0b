"""Pages of the wiki: their current text, and who may see and change them."""

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from taggit.managers import TaggableManager

from wiki import permissions
from wiki.models.tags import EntryTag
from wiki.slugs import MAX_KEY_CHARS, MAX_SLUG_CHARS, MAX_TITLE_CHARS, entry_path


class Visibility(models.TextChoices):
    PUBLIC = "public", _("everyone")
    MEMBERS = "members", _("members")
    CURATORS = "curators", _("curators")


class Protection(models.TextChoices):
    WRITERS = "writers", _("writers")
    CURATORS = "curators", _("curators")
    ADMINISTRATORS = "administrators", _("administrators")


class EntryQuerySet(models.QuerySet):
    def live(self) -> "EntryQuerySet":
        """Entries that are not deleted."""
        return self.filter(deleted_at=None)

    def visible_to(self, user: AbstractBaseUser | AnonymousUser) -> "EntryQuerySet":
        """Live entries this person may read."""
        return self.filter(permissions.viewable(user))

    def in_title_order(self) -> "EntryQuerySet":
        """Hangul in dictionary order, then Latin, then the rest."""
        return self.order_by("sort_key", "id")

    def recently_changed(self) -> "EntryQuerySet":
        return self.order_by("-updated_at", "-id")

    def with_head(self) -> "EntryQuerySet":
        """Each with its newest revision and that revision's author, in one query."""
        return self.select_related("head__author")

    def without_text(self) -> "EntryQuerySet":
        """For lists: leaves out the columns that can be a megabyte each."""
        return self.defer("body", "html", "headings", "properties")


class Entry(models.Model):
    """A page. Everything a revision holds stands here too, as of the newest one."""

    title = models.CharField(_("title"), max_length=MAX_TITLE_CHARS)
    title_key = models.CharField(max_length=MAX_KEY_CHARS, editable=False)
    slug = models.CharField(_("address"), max_length=MAX_SLUG_CHARS, unique=True)
    sort_key = models.BinaryField(db_index=True)
    body = models.TextField(_("text"), blank=True)
    summary = models.CharField(_("summary"), max_length=500, blank=True)
    source_url = models.CharField(_("source address"), max_length=2000, blank=True)
    alias_names = models.JSONField(_("other titles"), default=list, blank=True)
    # Front matter as [name, value] pairs: an object would lose their order.
    properties = models.JSONField(_("properties"), default=list, blank=True)
    # The dump the entry came from, and where in it: relative links start there.
    source = models.CharField(max_length=300, blank=True)
    source_path = models.CharField(max_length=1000, blank=True)

    html = models.TextField(blank=True, editable=False)
    headings = models.JSONField(default=list, editable=False)
    render_key = models.CharField(max_length=64, blank=True, editable=False)

    # The number of the newest revision; what a save is compared with.
    version = models.PositiveIntegerField(_("version"), default=0)
    # Moves whenever a link to or from this page changes what the page shows.
    links_version = models.PositiveIntegerField(default=0, editable=False)
    head = models.OneToOneField(
        "wiki.Revision", models.SET_NULL, null=True, related_name="+", editable=False
    )
    visibility = models.CharField(
        _("who reads it"),
        max_length=10,
        choices=Visibility.choices,
        default=Visibility.PUBLIC,
    )
    protection = models.CharField(
        _("who changes it"),
        max_length=14,
        choices=Protection.choices,
        default=Protection.WRITERS,
    )
    created_at = models.DateTimeField(pgettext_lazy("time", "created"))
    updated_at = models.DateTimeField(pgettext_lazy("time", "changed"), db_index=True)
    deleted_at = models.DateTimeField(
        pgettext_lazy("time", "deleted"), null=True, blank=True
    )

    tags = TaggableManager(through=EntryTag, blank=True)
    objects = EntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("entry")
        verbose_name_plural = _("entries")
        # Lists filter by who may see what. The two columns stand behind the texts
        # in a row, so without these every list reads every text.
        indexes = [
            models.Index(
                fields=["visibility", "deleted_at", "sort_key"], name="entry_by_title"
            ),
            models.Index(
                fields=["visibility", "deleted_at", "updated_at"],
                name="entry_by_change",
            ),
            # Names are looked for within, so all are read: these columns and no more.
            models.Index(
                fields=["visibility", "deleted_at", "title_key", "updated_at"],
                name="entry_by_name",
            ),
            # Few wait to be drawn.
            models.Index(
                fields=["id"],
                condition=models.Q(render_key=""),
                name="entry_not_drawn",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["title_key"],
                condition=models.Q(deleted_at=None),
                name="entry_title_unique_among_live",
            ),
            models.CheckConstraint(
                condition=~models.Q(title_key=""), name="entry_title_not_empty"
            ),
            models.CheckConstraint(
                condition=~models.Q(slug=""), name="entry_slug_not_empty"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return entry_path(self.slug)

    @property
    def is_deleted(self) -> bool:
        return self.deleted_at is not None

    def is_rendered_for(self, render_key: str) -> bool:
        """Whether the stored HTML was made by this renderer with these settings."""
        return self.render_key == render_key


class SiteState(models.Model):
    """One row that counts what can make any page stale: deletions, renames, hiding.

    Lists of other entries stand on every page; their cached copies carry this
    number, so that a title that is gone is gone from them too.
    """

    ROW = 1

    epoch = models.PositiveBigIntegerField(default=0)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"epoch {self.epoch}"
