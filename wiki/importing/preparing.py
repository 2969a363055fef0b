"""The last step before the plan: a note's tags as an entry can bear them."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import replace

from wiki.importing.messages import Message
from wiki.importing.notes import Note, NoteTag, ReadFile
from wiki.importing.topics import Vocabulary
from wiki.slugs import MAX_TAG_CHARS, clean_tag, tag_key

# What an entry can bear in all; derived tags give way to written ones.
MAX_TAGS = 100
MAX_ALIASES = 100
_MAX_ALIAS_CHARS = 200


def prepare(read: ReadFile, vocabulary: Vocabulary) -> ReadFile:
    """The file with the tags of its notes derived, and their content hashed."""
    return replace(
        read, notes=tuple(prepare_note(note, vocabulary) for note in read.notes)
    )


def prepare_note(note: Note, vocabulary: Vocabulary) -> Note:
    """The note with its derived tags, and only tags and aliases that can be stored."""
    fine = [tag for tag in note.tags if can_be_tag(tag.name)]
    bad = [tag for tag in note.tags if not can_be_tag(tag.name)]
    written = tuple(_once_each(fine))
    messages = [Message("tag-dropped", {"tag": tag.name[:80]}) for tag in bad]
    if len(written) > MAX_TAGS:
        numbers = {"limit": MAX_TAGS, "count": len(written)}
        messages.append(Message("tags-cut", numbers))
    written = written[:MAX_TAGS]
    fitting = [alias for alias in note.aliases if len(alias) <= _MAX_ALIAS_CHARS]
    lost = [alias for alias in note.aliases if alias not in fitting[:MAX_ALIASES]]
    messages += [Message("alias-dropped", {"alias": alias[:300]}) for alias in lost]
    note = replace(
        note,
        tags=written,
        aliases=tuple(fitting[:MAX_ALIASES]),
        messages=(*note.messages, *messages),
    )
    room = 0 if note.has_all_tags else MAX_TAGS - len(written)
    derived = vocabulary.derive_tags(note)[:room] if room else ()
    note = replace(note, derived_tags=derived)
    return replace(note, content_hash=_content_hash(note))


def all_tags(note: Note) -> tuple[NoteTag, ...]:
    """The tags of its entry: its owner's first, then the derived ones."""
    return (*note.tags, *note.derived_tags)


def _content_hash(note: Note) -> str:
    """Equal when an entry made of the note would be; which rule gave a tag aside."""
    parts = (
        note.title,
        note.full_title,
        note.body,
        note.aliases,
        note.summary,
        note.source_url,
        note.properties,
        [tag.name for tag in all_tags(note)],
    )
    text = json.dumps(parts, ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def can_be_tag(name: str) -> bool:
    """Whether the write door takes it as a tag."""
    key = tag_key(name)
    # "." and ".." would be steps in the tag's address.
    has_steps = any(part in (".", "..") for part in key.split("/"))
    return (
        bool(key)
        and len(clean_tag(name)) <= MAX_TAG_CHARS
        and "," not in name
        and not has_steps
    )


def _once_each(tags: Iterable[NoteTag]) -> Iterator[NoteTag]:
    seen = set()
    for tag in tags:
        key = tag_key(tag.name)
        if key not in seen:
            seen.add(key)
            yield NoteTag(clean_tag(tag.name), tag.rule)
