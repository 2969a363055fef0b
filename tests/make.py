"""Records for tests, made through the write door as everything is.

entry = make.entry("배포", "# 절차", tags=["CI"])
entry = make.edit(entry, "# 새 절차", by=writer)
"""

from itertools import count
from random import Random

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


def with_past(title: str, *, revisions: int, size: int, seed: int = 1) -> Entry:
    """An entry of so many bytes that was changed here and there so many times.

    Three people took turns: a paragraph rewritten, one added, one moved or taken out.
    """
    chance = Random(seed)
    paragraphs = [_paragraph(chance) for _ in range(size // 180)]
    states = []
    for number in range(revisions):
        place = chance.randrange(len(paragraphs))
        if number % 4 == 1:
            paragraphs.insert(place, _paragraph(chance))
        elif number % 4 == 2:
            paragraphs.insert(place, paragraphs.pop(chance.randrange(len(paragraphs))))
        elif number % 4 == 3:
            del paragraphs[place]
        else:
            paragraphs[place] = _paragraph(chance)
        body = "\n\n".join(paragraphs) + "\n"
        by = ("지현", "민수", "도윤")[number // 5 % 3]
        states.append((Content(title=title, body=body), act(by)))
    *past, (content, last) = states
    new = editing.NewEntry(
        content=content,
        act=last,
        past=tuple(editing.Past(content=one, act=by) for one, by in past),
    )
    [saved] = editing.create_entries([new])
    return saved.entry


def _paragraph(chance: Random) -> str:
    words = [f"{chance.choice(_WORDS)}{chance.choice(_ENDINGS)}" for _ in range(20)]
    # About 180 bytes; one in ten begins a section.
    text = " ".join(words)[:66]
    return f"## {words[0]} {chance.randrange(1000)}" if chance.random() < 0.1 else text


_WORDS = ("서버", "배포", "설정", "로그", "사용자", "데이터", "연결", "요청", "캐시")
_ENDINGS = ("를", "에서", "의", "과", "로", "가")
