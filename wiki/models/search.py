"""What the search index holds, and how far it is built.

The words themselves stand where each database keeps them best: a contentless FTS5
table in SQLite, tsvector columns of `SearchDocument` in PostgreSQL. Both are made
by the migration and are read and written in `wiki.search.index` only.
"""

from django.db import models
from django.db.models.signals import pre_save
from django.dispatch import receiver

from wiki.models.entries import Entry


class SearchDocument(models.Model):
    """That a live entry can be found, by its words as of this version."""

    entry = models.OneToOneField(
        Entry, models.CASCADE, primary_key=True, related_name="search_document"
    )
    version = models.PositiveIntegerField()
    # Of the text without what a reader does not see: copies have the same.
    text_hash = models.CharField(max_length=32, db_index=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"entry {self.entry_id} at {self.version}"


class SearchState(models.Model):
    """One row: which analyser made the index, and whether all entries are in it.

    Without the row there is no index: in SQLite its deletion empties the words.
    """

    ROW = 1

    analyser = models.PositiveSmallIntegerField()
    is_whole = models.BooleanField(default=False)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"analyser {self.analyser}"


# Of no analyser: what names it is not read, and made anew.
NO_ANALYSER = 0


@receiver(pre_save, sender=SearchState)
def _forget_words(instance: SearchState, *, raw: bool, **rest: object) -> None:
    # A dump has the rows that say what is in the index, and none of its words.
    if raw:
        instance.analyser, instance.is_whole = NO_ANALYSER, False
