"""Records for tests, made through the write door as everything is.

entry = make.entry("배포", "# 절차", tags=["CI"])
entry = make.edit(entry, "# 새 절차", by=writer)
"""

from itertools import count

from django.contrib.auth.models import AbstractUser
from django.utils import timezone

from wiki import editing
from wiki.editing import Act, Author, Content, TagUse
from wiki.models import Batch, BatchKind, Entry, Import, Revision

AUTHOR = "지현"

_numbers = count(1)


def act(by: AbstractUser | str = AUTHOR, **fields: object) -> Act:
    """An act of an account, or of someone who has none and goes by a name."""
    if isinstance(by, str):
        return Act(author=Author(label=by), **fields)
    return Act(author=Author(user=by), **fields)


def entry(
    title: str = "",
    body: str = "본문",
    *,
    tags: tuple[str, ...] | list[str] = (),
    by: AbstractUser | str = AUTHOR,
    comment: str = "",
    visibility: str = "public",
    protection: str = "writers",
    **content: object,
) -> Entry:
    """A new entry; its title is a fresh one when none is given."""
    content = Content(
        title=title or f"아무 글 {next(_numbers)}",
        body=body,
        tags=tuple(TagUse(name) for name in tags),
        **content,
    )
    return editing.create_entry(
        content,
        act=act(by, comment=comment),
        visibility=visibility,
        protection=protection,
    ).entry


def entries(amount: int, body: str = "본문", **fields: object) -> list[Entry]:
    """Many entries at once: `글 00001`, `글 00002` … with the same text and tags."""
    tags = tuple(TagUse(name) for name in fields.pop("tags", ()))
    new = [
        editing.NewEntry(
            content=Content(
                title=f"글 {next(_numbers):05}", body=body, tags=tags, **fields
            ),
            act=act(),
        )
        for _ in range(amount)
    ]
    return [saved.entry for saved in editing.create_entries(new)]


def imported(
    *titles: str,
    by: AbstractUser | str = AUTHOR,
    tags: tuple[str, ...] | list[str] = (),
    visibility: str = "public",
    with_run: bool = False,
) -> Batch:
    """The batch of an import that made these entries; with its run if asked for."""
    now = timezone.now()
    author = act(by).author
    batch = Batch.objects.create(
        kind=BatchKind.IMPORT,
        author=author.user,
        author_label=author.name,
        created_at=now,
    )
    new = [
        editing.NewEntry(
            content=Content(
                title=title, body="본문", tags=tuple(TagUse(name) for name in tags)
            ),
            act=act(by, kind="import", batch=batch),
            visibility=visibility,
        )
        for title in titles
    ]
    editing.create_entries(new)
    if with_run:
        Import.objects.create(
            batch=batch,
            status="done",
            started_at=now,
            finished_at=now,
            seconds=1.8,
            sources=["devnotes.md"],
            totals={"created": len(titles)},
        )
    return batch


def edit(
    entry: Entry,
    body: str | None = None,
    *,
    by: AbstractUser | str = AUTHOR,
    comment: str = "",
    base_version: int | None = None,
    tags: tuple[str, ...] | list[str] | None = None,
    **changes: object,
) -> Entry:
    """The entry after an edit that changes what is named and nothing else."""
    entry = Entry.objects.with_head().get(pk=entry.pk)
    fields = vars(Content.of(entry)) | changes
    if body is not None:
        fields["body"] = body
    if tags is not None:
        fields["tags"] = tuple(TagUse(name) for name in tags)
    return editing.edit_entry(
        entry,
        Content(**fields),
        base_version=base_version or entry.version,
        act=act(by, comment=comment),
    ).entry


def revision(entry: Entry, number: int) -> Revision:
    return entry.revisions.get(number=number)


def deleted(entry: Entry, *, by: AbstractUser | str = AUTHOR) -> Entry:
    """The entry, deleted."""
    return editing.delete_entry(entry, base_version=entry.version, act=act(by)).entry
