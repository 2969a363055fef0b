"""Files that notes show or link, and the names by which a dump speaks of things."""

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from wiki.models.entries import Entry
from wiki.slugs import MAX_KEY_CHARS

MAX_FILE_NAME_CHARS = 500


class StoredFile(models.Model):
    """The bytes of a file, kept once however many entries have it.

    They lie in the media store under their hash; `extension` has its dot, and is
    ours, made from what the bytes are.
    """

    sha256 = models.CharField(max_length=64, unique=True)
    size = models.PositiveBigIntegerField(_("bytes"))
    media_type = models.CharField(_("type"), max_length=100)
    extension = models.CharField(max_length=20, blank=True)
    created_at = models.DateTimeField(_("stored"))

    class Meta:
        verbose_name = _("file")
        verbose_name_plural = _("files")

    def __str__(self) -> str:
        return f"{self.sha256[:12]}{self.extension}"

    def get_absolute_url(self) -> str:
        return reverse("file", args=[f"{self.sha256}{self.extension}"])


class Upload(models.Model):
    """A picture that someone put in through the editor.

    Until an entry shows it only they may see it; what they uploaded counts
    against their quota.
    """

    file = models.ForeignKey(StoredFile, models.CASCADE, related_name="uploads")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    name = models.CharField(_("name"), max_length=MAX_FILE_NAME_CHARS, blank=True)
    created_at = models.DateTimeField(_("uploaded"), db_index=True)

    class Meta:
        verbose_name = _("upload")
        verbose_name_plural = _("uploads")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["file", "user"], name="upload_once_per_person"
            )
        ]

    def __str__(self) -> str:
        return self.name


class EntryFile(models.Model):
    """A file that an entry's text shows or links, under the name used there.

    Without a file it is one that could not be found. A file that the text no
    longer has stays with the entry, for its older revisions, as not shown.
    """

    entry = models.ForeignKey(Entry, models.CASCADE, related_name="entry_files")
    file = models.ForeignKey(
        StoredFile, models.PROTECT, null=True, related_name="entry_files"
    )
    name = models.CharField(_("name"), max_length=MAX_FILE_NAME_CHARS)
    is_shown = models.BooleanField(default=True)

    class Meta:
        verbose_name = _("file of an entry")
        verbose_name_plural = _("files of entries")

    def __str__(self) -> str:
        return self.name


class DumpName(models.Model):
    """A name by which the notes of a dump speak of an entry or of a file.

    Keys are made by `wiki.paths`: a whole path begins with `/`, its endings do
    not; ids are as the app that wrote the dump has them. Exactly one of `entry`
    and `file` is set.
    """

    source = models.CharField(max_length=300)
    key = models.CharField(max_length=MAX_KEY_CHARS, db_index=True)
    entry = models.ForeignKey(
        Entry, models.CASCADE, null=True, related_name="dump_names"
    )
    file = models.ForeignKey(
        StoredFile, models.CASCADE, null=True, related_name="dump_names"
    )

    class Meta:
        verbose_name = _("name in a dump")
        verbose_name_plural = _("names in dumps")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(entry=None, file__isnull=False)
                | models.Q(entry__isnull=False, file=None),
                name="dumpname_means_one_thing",
            )
        ]

    def __str__(self) -> str:
        return f"{self.source}: {self.key}"
