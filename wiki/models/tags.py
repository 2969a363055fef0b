"""Topics: their names, their other names, and which entry bears which."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from taggit.models import ItemBase, TagBase

from wiki.slugs import MAX_TAG_CHARS, tag_path


class MatchRule(models.TextChoices):
    """How a name is looked for in the text of a note."""

    FOLD = "fold", _("any case")
    EXACT = "exact", _("exactly as written")
    NEVER = "never", _("never in text")


class TagQuerySet(models.QuerySet):
    def in_use(self) -> "TagQuerySet":
        """Tags that at least one live entry bears."""
        return self.filter(
            models.Exists(
                EntryTag.objects.filter(
                    tag=models.OuterRef("pk"), content_object__deleted_at=None
                )
            )
        )

    def get_by_natural_key(self, name: str) -> "Tag":
        """For `loaddata`: dumps name a tag so (`TagBase.natural_key`)."""
        return self.get(name=name)


class Tag(TagBase):
    """A topic. `key` is what two spellings are compared by, and its address."""

    name = models.CharField(_("name"), max_length=MAX_TAG_CHARS, unique=True)
    slug = models.CharField(max_length=200, unique=True, editable=False)
    key = models.CharField(_("key"), max_length=200, unique=True, editable=False)
    sort_key = models.BinaryField(db_index=True)
    match = models.CharField(
        _("look for the name in notes"),
        max_length=5,
        choices=MatchRule.choices,
        default=MatchRule.NEVER,
    )
    terms = models.JSONField(
        _("terms"),
        default=list,
        blank=True,
        help_text=_(
            "Words that speak for this topic without being another name of it, "
            "as a JSON list. A leading = asks for exactly this case."
        ),
    )
    implies = models.ManyToManyField(
        "self",
        symmetrical=False,
        blank=True,
        related_name="implied_by",
        verbose_name=_("implies"),
    )
    is_curated = models.BooleanField(
        _("kept by curators"),
        default=False,
        help_text=_("Loading the topic vocabulary leaves this tag as it is."),
    )

    objects = TagQuerySet.as_manager()

    class Meta:
        verbose_name = _("tag")
        verbose_name_plural = _("tags")
        ordering = ["sort_key"]

    def get_absolute_url(self) -> str:
        return tag_path(self.key)


class TagAlias(models.Model):
    """Another name of a tag. Written on an entry, it stands for the tag."""

    tag = models.ForeignKey(Tag, models.CASCADE, related_name="aliases")
    name = models.CharField(_("name"), max_length=MAX_TAG_CHARS)
    key = models.CharField(max_length=200, unique=True, editable=False)
    match = models.CharField(
        _("look for the name in notes"),
        max_length=5,
        choices=MatchRule.choices,
        default=MatchRule.FOLD,
    )

    class Meta:
        verbose_name = _("other name")
        verbose_name_plural = _("other names")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class EntryTag(ItemBase):
    """That an entry bears a tag: as it was spelled, by which rule, in which place."""

    tag = models.ForeignKey(Tag, models.PROTECT, related_name="items")
    content_object = models.ForeignKey("wiki.Entry", models.CASCADE, related_name="+")
    name = models.CharField(max_length=MAX_TAG_CHARS)
    rule = models.CharField(max_length=100, blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(
                fields=["content_object", "tag"], name="entrytag_once_per_entry"
            )
        ]
