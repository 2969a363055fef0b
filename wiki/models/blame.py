"""Who wrote each line of an entry: worked out once, and continued."""

from django.db import models

from wiki.models.entries import Entry


class Blame(models.Model):
    """Which revision each line of an entry's text comes from, as of one revision.

    Derived: it can be thrown away at any time. `runs` are [lines, number] pairs
    down the text, the next blame is made from it and the revisions since.
    """

    entry = models.OneToOneField(
        Entry, models.CASCADE, primary_key=True, related_name="blame"
    )
    version = models.PositiveIntegerField()
    # The way of comparing that made it; another makes it anew.
    made_by = models.CharField(max_length=64)
    runs = models.JSONField(default=list)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"blame of {self.entry_id} at r{self.version}"
