"""The search index against the newest revisions: rows, versions, every word."""

from collections.abc import Callable, Iterator

from django.db.models import F, QuerySet

from wiki.checking.findings import Finding
from wiki.editing.content import Content
from wiki.editing.indexing import words_of
from wiki.models import Entry, Revision, SearchDocument
from wiki.search import index
from wiki.search.verifying import StoredWords

# Documents compared together: so many, or of so many characters.
_AT_ONCE = 100
_CHARS_AT_ONCE = 1_000_000
REPAIR = "search"


def check_search(watch: Callable[[int], None] = lambda done: None) -> list[Finding]:
    """What is wrong with the search index. `watch` hears how many were looked at.

    What was saved meanwhile is looked at once more.
    """
    state = index.state()
    if not state.is_current:
        return [_of_index("search_analyser")]
    if not state.is_whole:
        return [_of_index("search_unfinished")]
    found = list(_rows())
    words = StoredWords()
    found += [_of_index("search_stray", row=pk, where=str(pk)) for pk in words.strays]
    suspects = _wrong(words, SearchDocument.objects.order_by("pk"), watch)
    if suspects:
        again = SearchDocument.objects.filter(pk__in=suspects).order_by("pk")
        suspects = _wrong(StoredWords(suspects), again, lambda done: None)
    found += [_of_entry("search_words", pk) for pk in suspects]
    if found and not index.state().is_whole:
        # Somebody began to make it anew meanwhile.
        return [_of_index("search_unfinished")]
    return found


def _rows() -> Iterator[Finding]:
    # An entry that names another version than its newest is a finding of its own.
    waiting = index.waiting().exclude(search_document__version=F("head__number"))
    for pk in waiting.order_by("pk").values_list("pk", flat=True):
        yield _of_entry("search_row", pk)
    for pk in index.left_over().order_by("pk").values_list("pk", flat=True):
        yield _of_entry("search_deleted", pk)


def _wrong(
    words: StoredWords,
    documents: QuerySet[SearchDocument],
    watch: Callable[[int], None],
) -> list[int]:
    wrong: list[int] = []
    done = 0
    for part in _parts(documents):
        wrong += words.wrong(_as_they_should_be(part))
        done += len(part)
        watch(done)
    return wrong


def _parts(documents: QuerySet[SearchDocument]) -> Iterator[dict[int, int]]:
    """Versions by ids of entries, in parts that fit in memory."""
    part: dict[int, int] = {}
    chars = 0
    rows = documents.values_list("pk", "version", "entry__head__size")
    for pk, version, size in rows.iterator(_AT_ONCE):
        if part and (len(part) >= _AT_ONCE or chars + (size or 0) > _CHARS_AT_ONCE):
            yield part
            part, chars = {}, 0
        part[pk] = version
        chars += size or 0
    if part:
        yield part


def _as_they_should_be(versions: dict[int, int]) -> list[index.Document]:
    """The documents of entries as of these versions, analysed anew."""
    revisions = Revision.objects.filter(
        entry__in=versions,
        number=F("entry__search_document__version"),
    )
    return [
        index.Document(r.entry_id, r.number, words_of(Content.of(r)))
        for r in revisions
        if versions[r.entry_id] == r.number
    ]


def _of_index(code: str, where: str = "", row: object = None) -> Finding:
    subject = SearchDocument._meta.db_table
    return Finding(code, subject=subject, where=where, repair=REPAIR, row=row)


def _of_entry(code: str, pk: int) -> Finding:
    entry = Entry.objects.only("title", "slug").filter(pk=pk).first()
    return Finding(
        code,
        subject=entry.title if entry else str(pk),
        where=entry.slug if entry else "",
        repair=REPAIR,
        entry_id=pk,
    )
