"""What is seen only of a table as a whole: names, memory of imports, dead ends."""

from collections.abc import Iterator

from django.apps import apps
from django.db import connection, models
from django.db.models import Count, F, Min

from wiki.checking.findings import Finding
from wiki.models import (
    Alias,
    DumpName,
    EntryFile,
    EntryTag,
    ImportedFile,
    ImportedNote,
    Link,
    Presence,
    SiteState,
    Tag,
)
from wiki.slugs import sort_key, tag_key

_AT_ONCE = 500
# Rows that are made anew, or mean nothing once their entry is gone.
_DERIVED = (Alias, DumpName, EntryFile, EntryTag, Link, Presence)
# Columns that are looked at with the entry.
_SEEN_ELSEWHERE = {
    (Link, "target"),
    (EntryTag, "tag"),
    (EntryFile, "file"),
}


def check_tables() -> Iterator[Finding]:
    """Every check of this module."""
    yield from _damage()
    yield from _dangling()
    yield from _dump_names()
    yield from _tags()
    yield from _memory()
    if not SiteState.objects.filter(pk=SiteState.ROW).exists():
        yield Finding("state", subject=SiteState._meta.db_table, repair="state")


def _damage() -> Iterator[Finding]:
    """What SQLite says of its own file; a server looks after its files itself."""
    if connection.vendor != "sqlite":
        return
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA quick_check(1)")
        (answer,) = cursor.fetchone()
    if answer != "ok":
        where = str(connection.settings_dict["NAME"])
        yield Finding("damaged", subject=where, details={"reason": answer})


def _dangling() -> Iterator[Finding]:
    """Rows that point to rows that are not there; only SQLite can have them."""
    if connection.vendor != "sqlite":
        return
    for model in apps.get_app_config("wiki").get_models(include_auto_created=True):
        for field, pk in _dead_ends(model):
            if (model, field.name) in _SEEN_ELSEWHERE:
                continue
            yield Finding(
                "dangling",
                subject=f"{model._meta.db_table} {pk}",
                where=field.name,
                repair="delete" if model in _DERIVED else "",
                row=(model, pk),
            )


def _dead_ends(model: type[models.Model]) -> Iterator[tuple[models.Field, int]]:
    foreign = [f for f in model._meta.concrete_fields if f.remote_field]
    for field in foreign:
        there = field.related_model.objects.filter(pk=models.OuterRef(field.attname))
        rows = model.objects.exclude(**{field.attname: None})
        # Past Django's joins, which would not see what is not there.
        lost = rows.annotate(is_there=models.Exists(there)).filter(is_there=False)
        for pk in lost.order_by("pk").values_list("pk", flat=True):
            yield field, pk


def _dump_names() -> Iterator[Finding]:
    for name in DumpName.objects.filter(models.Q(key="") | models.Q(source="")):
        yield _of_dump_name("dump_name_empty", name)
    doubles = (
        DumpName.objects.order_by()
        .values("source", "key", "entry", "file")
        .annotate(count=Count("pk"), first=Min("pk"))
        .filter(count__gt=1)
    )
    for double in doubles:
        where = {k: double[k] for k in ("source", "key", "entry", "file")}
        rows = DumpName.objects.filter(**where, pk__gt=double["first"])
        for name in rows.order_by("pk"):
            yield _of_dump_name("dump_name_double", name)


def _of_dump_name(code: str, name: DumpName) -> Finding:
    return Finding(code, subject=str(name), repair="delete", row=(DumpName, name.pk))


def _tags() -> Iterator[Finding]:
    for tag in Tag.objects.defer("terms").order_by("pk").iterator(_AT_ONCE):
        if tag.key != tag_key(tag.name) or tag.slug != tag.key:
            yield Finding("tag_key", subject=tag.name, where=tag.key)
        if bytes(tag.sort_key) != sort_key(tag.name):
            yield Finding(
                "tag_sort_key",
                subject=tag.name,
                where=tag.key,
                repair="tag_names",
                row=tag.pk,
            )


def _memory() -> Iterator[Finding]:
    """Bases of the next import: whole files, and revisions that there are."""
    notes = ImportedNote.objects.order_by()
    kept = dict(notes.values_list("file").annotate(count=Count("pk")))
    # What waits for a decision is read again anyway.
    files = ImportedFile.objects.exclude(rules_hash="").order_by("pk")
    for file in files.iterator(_AT_ONCE):
        if kept.get(file.pk, 0) != len(file.parts):
            yield Finding("memory", subject=file.path, where=file.source)
    ahead = notes.filter(entry_version__gt=F("entry__version")).order_by("pk")
    for title, slug in ahead.values_list("entry__title", "entry__slug"):
        yield Finding("memory_ahead", subject=title, where=slug)
