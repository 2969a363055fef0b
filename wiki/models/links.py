"""Names that lead to entries: other titles, old addresses, and links in texts."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from wiki.models.entries import Entry
from wiki.slugs import MAX_KEY_CHARS, MAX_SLUG_CHARS, MAX_TITLE_CHARS


class Alias(models.Model):
    """Another title of an entry, or a title and address it had before.

    Several entries may share one: the name is ambiguous then. A title always
    wins over an alias.
    """

    class Kind(models.TextChoices):
        TITLE = "title", _("other title")
        FORMER = "former", _("former title")

    entry = models.ForeignKey(Entry, models.CASCADE, related_name="aliases")
    kind = models.CharField(max_length=6, choices=Kind.choices, default=Kind.TITLE)
    name = models.CharField(_("name"), max_length=MAX_TITLE_CHARS)
    key = models.CharField(max_length=MAX_KEY_CHARS, db_index=True)
    slug = models.CharField(max_length=MAX_SLUG_CHARS, db_index=True)

    class Meta:
        verbose_name = _("other title")
        verbose_name_plural = _("other titles")
        constraints = [
            models.UniqueConstraint(
                fields=["entry", "kind", "key", "slug"], name="alias_once_per_entry"
            )
        ]

    def __str__(self) -> str:
        return self.name


class Link(models.Model):
    """A link in the text of an entry to a name, whether or not that name exists."""

    source = models.ForeignKey(Entry, models.CASCADE, related_name="links")
    # The target as written, and the key it is looked up by.
    name = models.CharField(max_length=500)
    key = models.CharField(max_length=MAX_KEY_CHARS, db_index=True)
    # The address that name would have: how old addresses are found.
    slug = models.CharField(max_length=MAX_SLUG_CHARS, db_index=True)
    # Of a name that makes the link lead there as soon as there is such an entry.
    other_key = models.CharField(max_length=MAX_KEY_CHARS, blank=True)
    heading = models.CharField(max_length=200, blank=True)
    target = models.ForeignKey(
        Entry, models.SET_NULL, null=True, related_name="incoming_links"
    )
    # The address the stored HTML of the source leads to; empty when red.
    destination = models.TextField(blank=True)
    line = models.PositiveIntegerField()
    excerpt = models.CharField(max_length=300, blank=True)
    position = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("link")
        verbose_name_plural = _("links")
        ordering = ["source_id", "position"]
        indexes = [
            # Few links have one.
            models.Index(
                fields=["other_key"],
                condition=~models.Q(other_key=""),
                name="link_with_other_key",
            )
        ]

    def __str__(self) -> str:
        return self.name
