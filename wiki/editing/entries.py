"""Creating and editing entries: the plural forms do the work, the single ones raise."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, replace
from functools import partial
from itertools import count

from wiki.editing import drawing, saving, tagging
from wiki.editing.changes import Act, Change, Past
from wiki.editing.content import (
    Author,
    Content,
    clean_comment,
    clean_content,
)
from wiki.editing.merging import merge_contents, with_rules_of
from wiki.editing.problems import (
    EditConflict,
    EditError,
    EntryGone,
    InvalidContent,
)
from wiki.editing.races import retrying
from wiki.editing.requests import EntryEdit, NewEntry, Outcome, Saved, SaveStatus
from wiki.models import (
    Entry,
    Revision,
    RevisionKind,
    Tag,
)
from wiki.names import NewNames
from wiki.slugs import slugify, tag_key


@dataclass(frozen=True)
class _Clean:
    """What was asked for, as it can be stored."""

    content: Content
    act: Act
    past: tuple[Past, ...] = ()


def create_entry(content: Content, *, act: Act, **options: str) -> Saved:
    """The new entry. Raises InvalidContent, also when the title is taken."""
    return _only(create_entries([NewEntry(content=content, act=act, **options)]))


def edit_entry(
    entry: Entry,
    content: Content,
    *,
    base_version: int,
    act: Act,
    is_just_read: bool = False,
    takes_back: Sequence[int] = (),
    draws_later: bool = False,
) -> Saved:
    """The entry with this content, merged with what others saved since.

    `is_just_read` when the entry has its head and text, as the database has them.
    The revisions that it `takes_back`, by their numbers, are marked as reverted.
    With `draws_later` pages that link to names which move are marked, not drawn.
    Raises EditConflict when both changed the same place, EntryGone when it was
    deleted meanwhile, InvalidContent; in each case nothing was written.
    """
    edit = EntryEdit(
        entry_id=entry.pk,
        base_version=base_version,
        content=content,
        act=act,
        entry=entry if is_just_read else None,
        takes_back=takes_back,
    )
    return _only(edit_entries([edit], draws_later=draws_later))


def create_entries(
    new: Sequence[NewEntry],
    *,
    render_many: drawing.RenderMany = drawing.render_here,
    refresh: bool = True,
    later: NewNames | None = None,
) -> list[Outcome]:
    """What became of each, in order; those without a problem are written together.

    One transaction. The count of queries does not grow with the entries.
    """
    outcomes, cleaned = _cleaned(new)
    options = {"render_many": render_many, "refresh": refresh, "later": later}
    attempt = partial(_create, new, cleaned, outcomes, **options)
    return retrying(attempt)


def edit_entries(
    edits: Sequence[EntryEdit],
    *,
    render_many: drawing.RenderMany = drawing.render_here,
    refresh: bool = True,
    draws_later: bool = False,
    later: NewNames | None = None,
) -> list[Outcome]:
    """What became of each edit, in order; those without a problem are written together.

    One transaction, and one UPDATE an entry; the other queries do not grow with
    the edits. No entry may be in it twice.
    """
    outcomes, cleaned = _cleaned(edits)
    options = {
        "render_many": render_many,
        "refresh": refresh,
        "draws_later": draws_later,
        "later": later,
    }
    attempts = count()

    def attempt() -> list[Outcome]:
        is_first = next(attempts) == 0
        return _edit(edits, cleaned, outcomes, is_first=is_first, **options)

    return retrying(attempt, [edit.entry_id for edit in edits])


def _only(outcomes: Sequence[Outcome]) -> Saved:
    (outcome,) = outcomes
    if isinstance(outcome, EditError):
        raise outcome
    return outcome


def _cleaned(
    requests: Sequence[NewEntry | EntryEdit],
) -> tuple[dict[int, Outcome], dict[int, _Clean]]:
    refused: dict[int, Outcome] = {}
    cleaned = {}
    for position, request in enumerate(requests):
        try:
            content = clean_content(request.content)
            past = tuple(
                Past(content=clean_content(one.content), act=_clean_act(one.act))
                for one in request.past
            )
            cleaned[position] = _Clean(content, _clean_act(request.act), past)
        except InvalidContent as error:
            refused[position] = error
    return refused, cleaned


def _clean_act(act: Act) -> Act:
    return replace(act, comment=clean_comment(act.comment))


def _create(
    new: Sequence[NewEntry],
    cleaned: dict[int, _Clean],
    refused: dict[int, Outcome],
    **options: object,
) -> list[Outcome]:
    outcomes = refused | _already_made(cleaned)
    positions = [position for position in cleaned if position not in outcomes]
    changes = [
        Change(
            entry=Entry(
                source=new[position].source,
                source_path=new[position].source_path,
                slug=slugify(new[position].slug) if new[position].slug else "",
                created_at=new[position].created_at,
                visibility=new[position].visibility,
                protection=new[position].protection,
            ),
            before=None,
            content=cleaned[position].content,
            past=cleaned[position].past,
            dump_names=new[position].dump_names,
            act=_act_of_creation(cleaned[position].act),
        )
        for position in positions
    ]
    return _write(changes, positions, outcomes, {}, **options)


def _act_of_creation(act: Act) -> Act:
    return replace(act, kind="create") if act.kind == RevisionKind.EDIT else act


def _edit(
    edits: Sequence[EntryEdit],
    cleaned: dict[int, _Clean],
    refused: dict[int, Outcome],
    *,
    is_first: bool,
    **options: object,
) -> list[Outcome]:
    entries = _load([edits[position] for position in cleaned], is_first=is_first)
    # A form that was saved before is older than what it made.
    outcomes = refused | _already_made(
        {
            position: clean
            for position, clean in cleaned.items()
            if not is_first or _is_stale(edits[position], entries)
        }
    )
    positions = [position for position in cleaned if position not in outcomes]
    bases = _load_bases([edits[position] for position in positions], entries)
    newer = _load_newer([edits[position] for position in positions], entries)
    tags = tagging.find_tags(
        key
        for position in positions
        for key in _keys_in_question(
            entries[edits[position].entry_id],
            cleaned[position].content,
            bases[edits[position].entry_id],
        )
    )
    changes, written, merged_with = [], [], {}
    for position in positions:
        edit, clean = edits[position], cleaned[position]
        entry = entries[edit.entry_id]
        since = newer.get(entry.pk, ())
        prepared = _prepare(entry, clean, bases[entry.pk], since, tags)
        if isinstance(prepared, Change):
            prepared.coauthors += edit.coauthors
            prepared.takes_back = edit.takes_back
            changes.append(prepared)
            written.append(position)
            merged_with[position] = since
        else:
            outcomes[position] = prepared
    return _write(changes, written, outcomes, merged_with, known_tags=tags, **options)


def _is_stale(edit: EntryEdit, entries: Mapping[int, Entry]) -> bool:
    return edit.base_version != entries[edit.entry_id].version


def _keys_in_question(entry: Entry, content: Content, base: Content) -> set[str]:
    """The keys of tags whose meaning counts for the save; none where all bear alike."""
    mine = [use.key for use in content.tags]
    former = [use.key for use in base.tags]
    current = [tag_key(name) for name in entry.head.tag_names()]
    if mine == current:
        return set()
    # A topic may have got another name since the base was read.
    return set(mine) if former == current else {*mine, *former, *current}


def _prepare(
    entry: Entry,
    clean: _Clean,
    base: Content,
    newer: tuple[Revision, ...],
    known_tags: Mapping[str, Tag],
) -> Change | Outcome:
    current, content, act = Content.of(entry), clean.content, clean.act
    # Two names of one topic are no change to a page that has the first.
    uses = tagging.without_doubles(content.tags, known_tags)
    mine = replace(content, tags=with_rules_of(uses, current.tags, base.tags))
    if entry.is_deleted:
        return EntryGone(entry, mine)
    final = mine
    if newer or base != current:
        topics = {key: tag.pk for key, tag in known_tags.items()}
        merged = merge_contents(base, mine, current, topics)
        if merged.has_clash:
            return EditConflict(
                entry=entry,
                base=base,
                mine=mine,
                current=current,
                merge=merged.body,
                merged=merged.content,
                fields=merged.clashing_fields,
                newer=newer,
            )
        # Two halves that each fit can be too much together.
        try:
            final = clean_content(merged.content)
        except InvalidContent as error:
            return error
    if final.has_same_text_as(current):
        return Saved(entry, entry.head, "same", newer)
    others = tuple(dict.fromkeys(one.act.author for one in clean.past))
    others += tuple(
        Author(user=revision.author, label=revision.author_label)
        for revision in _one_of_each_author(r for r in newer if not r.is_hidden)
        if revision.author_id is None or revision.author != act.author.user
    )
    if newer and act.kind == RevisionKind.EDIT and final != mine:
        act = replace(act, kind=RevisionKind.MERGE)
    return Change(
        entry=entry,
        before=current,
        content=final,
        act=act,
        submitted_hash=content.digest(),
        coauthors=others if final != mine else (),
        past=clean.past if final == mine else (),
    )


def _write(
    changes: list[Change],
    positions: list[int],
    outcomes: dict[int, Outcome],
    merged_with: dict[int, tuple[Revision, ...]],
    **options: object,
) -> list[Outcome]:
    refused = saving.check_titles(changes)
    fine = [change for n, change in enumerate(changes) if n not in refused]
    saving.write_changes(fine, **options)
    for number, (position, change) in enumerate(zip(positions, changes, strict=True)):
        outcomes[position] = refused.get(number) or Saved(
            change.entry,
            change.revision,
            _status(change),
            merged_with.get(position, ()),
        )
    return [outcomes[position] for position in sorted(outcomes)]


def _status(change: Change) -> SaveStatus:
    if change.is_new:
        return "created"
    return "merged" if change.coauthors or change.act.kind == "merge" else "updated"


def _already_made(cleaned: dict[int, _Clean]) -> dict[int, Outcome]:
    """The forms, by position, that made a revision before. One query at most."""
    acts = [clean.act for clean in cleaned.values()]
    tokens = {act.form_token for act in acts if act.form_token}
    if not tokens:
        return {}
    made = {
        (revision.form_token, revision.submitted_hash): revision
        for revision in Revision.objects.filter(form_token__in=tokens).select_related(
            "entry__head"
        )
    }
    repeated: dict[int, Outcome] = {}
    for position, clean in cleaned.items():
        token = clean.act.form_token
        revision = made.get((token, clean.content.digest()))
        if token and revision:
            repeated[position] = Saved(revision.entry, revision, "repeated")
    return repeated


def _load(edits: Sequence[EntryEdit], *, is_first: bool) -> dict[int, Entry]:
    """The entries by id, each for this attempt alone. One query at most."""
    known = {
        edit.entry_id: copy(edit.entry) for edit in edits if is_first and edit.entry
    }
    unknown = {edit.entry_id for edit in edits} - known.keys()
    if not unknown:
        return known
    return known | Entry.objects.with_head().defer("html").in_bulk(unknown)


def _load_bases(
    edits: Sequence[EntryEdit], entries: dict[int, Entry]
) -> dict[int, Content]:
    """The content each edit began with. One query when any of them is stale."""
    bases, stale = {}, []
    for edit in edits:
        entry = entries[edit.entry_id]
        if edit.base is not None:
            bases[entry.pk] = edit.base
        elif edit.base_version == entry.version:
            bases[entry.pk] = Content.of(entry)
        else:
            stale.append(edit)
            # A base that never was: everything is a clash, so nothing is lost.
            bases[entry.pk] = Content(title=entry.title)
    if stale:
        wanted = {(edit.entry_id, edit.base_version) for edit in stale}
        for revision in Revision.objects.filter(
            entry__in=[edit.entry_id for edit in stale],
            number__in={edit.base_version for edit in stale},
        ):
            if (revision.entry_id, revision.number) in wanted:
                bases[revision.entry_id] = Content.of(revision)
    return bases


def _load_newer(
    edits: Sequence[EntryEdit], entries: dict[int, Entry]
) -> dict[int, tuple[Revision, ...]]:
    """The revisions made since each stale edit began. One query when there are any.

    Each knows whether it is hidden.
    """
    bases = {
        edit.entry_id: edit.base_version
        for edit in edits
        if edit.base_version < entries[edit.entry_id].version
    }
    if not bases:
        return {}
    newer: dict[int, list[Revision]] = defaultdict(list)
    revisions = Revision.objects.filter(
        entry__in=bases, number__gt=min(bases.values())
    ).select_related("author")
    for revision in revisions.without_text().with_is_hidden().order_by("number"):
        if revision.number > bases[revision.entry_id]:
            newer[revision.entry_id].append(revision)
    return {entry_id: tuple(found) for entry_id, found in newer.items()}


def _one_of_each_author(revisions: Iterable[Revision]) -> list[Revision]:
    seen = {(r.author_id, "" if r.author_id else r.author_label): r for r in revisions}
    return list(seen.values())
