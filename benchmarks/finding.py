"""Searches of a wiki with many notes, measured in one process of it.

    python -m benchmarks.finding load FILE COUNT BYTES   fills an empty wiki, indexes it
    python -m benchmarks.finding ask FILE                a fixed mix of queries
    python -m benchmarks.finding pages FILE              whole requests for single words

Writes its figures as JSON. Notes are brought in as rows, without history and pages:
only what a search reads has to be there.
"""

import json
import os
import random
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path

import django

from benchmarks.inside import Cost, Reader
from benchmarks.texts import Text, Words, make_texts

_AT_ONCE = 1000
_FIRST_AT = datetime(2020, 1, 1, tzinfo=UTC)
_AUTHORS = ("지현", "민수", "도윤", "Sora")
TIMES, WARM_UP = 5, 1
REQUESTS = 100
INDEXED = 300
# How many entries the words of whole requests are in: as in the other wikis measured.
_HITS = range(45, 75)


def main(arguments: list[str]) -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.settings"
    django.setup()
    what, file, *rest = arguments
    does = {"load": loaded, "ask": asked, "pages": requested}
    Path(file).write_text(json.dumps(does[what](*map(int, rest)), ensure_ascii=False))


# ── The wiki ─────────────────────────────────────────────────────────────────


def loaded(count: int, body_bytes: int) -> dict[str, float]:
    """Fills the wiki and makes its index; seconds of that, and bytes."""
    from wiki.editing import reindexing
    from wiki.models import SearchState

    texts = make_texts(count, body_bytes)
    tags = _tags()
    number, size = 0, 0
    while some := list(islice(texts, _AT_ONCE)):
        _insert(some, number, tags)
        number += len(some)
        size += sum(len(f"{text.title}{text.body}".encode()) for text in some)
    SearchState.objects.update(is_whole=False)
    _settle()
    started = time.perf_counter()
    if not reindexing.complete():
        raise SystemExit("The index is not whole.")
    seconds = time.perf_counter() - started
    _settle()
    index, beside = _index_bytes()
    return {
        "seconds": seconds,
        "rate": count / seconds,
        "text": size,
        "index": index,
        "rows": beside,
        "one": _one_indexed(),
    }


def _tags() -> dict[str, object]:
    from wiki.editing.tagging import ensure_tags
    from wiki.models import Tag, TagAlias
    from wiki.slugs import tag_key

    ensure_tags([*Words().tags, "Python", "Kubernetes"])
    for name, other in (("Python", "파이썬"), ("Kubernetes", "쿠버네티스")):
        tag = Tag.objects.get(key=tag_key(name))
        TagAlias.objects.get_or_create(tag=tag, name=other, key=tag_key(other))
    return {tag.key: tag for tag in Tag.objects.all()}


def _insert(texts: list[Text], first: int, tags: dict[str, object]) -> None:
    from django.db import transaction

    from wiki.models import Entry, EntryTag, Revision
    from wiki.slugs import sort_key, tag_key, title_key

    entries, revisions, uses = [], [], []
    for number, text in enumerate(texts, first + 1):
        at = _FIRST_AT + timedelta(minutes=37 * number)
        entries.append(
            Entry(
                pk=number,
                title=text.title,
                title_key=title_key(text.title),
                slug=f"note-{number}",
                sort_key=sort_key(text.title),
                body=text.body,
                render_key="not drawn",
                version=1,
                created_at=at,
                updated_at=at,
            )
        )
        revisions.append(
            Revision(
                pk=number,
                entry_id=number,
                number=1,
                title=text.title,
                body=text.body,
                tags=[{"name": name, "rule": ""} for name in text.tags],
                author_label=_AUTHORS[number % len(_AUTHORS)],
                kind="edit",
                size=len(text.body),
                submitted_hash="",
                created_at=at,
            )
        )
        uses += [
            EntryTag(
                tag=tags[tag_key(name)],
                content_object_id=number,
                name=name,
                position=position,
            )
            for position, name in enumerate(text.tags)
        ]
    with transaction.atomic():
        Entry.objects.bulk_create(entries)
        Revision.objects.bulk_create(revisions)
        EntryTag.objects.bulk_create(uses)
        from django.db.models import F

        Entry.objects.filter(pk__gt=first).update(head=F("pk"))


def _settle() -> None:
    """Leaves the database as it is after a while of use."""
    from django.db import connection

    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("VACUUM ANALYZE")
        else:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            cursor.execute("ANALYZE")


def _index_bytes() -> tuple[int, int]:
    """Bytes of the words in the index, and of the rows beside them."""
    from django.db import connection

    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT pg_indexes_size(c), pg_table_size(c) "
                "FROM (SELECT 'wiki_searchdocument'::regclass AS c) AS t"
            )
            return cursor.fetchone()
        cursor.execute(
            "SELECT total(pgsize * (name LIKE 'wiki_searchwords%')), "
            "total(pgsize * (name LIKE '%searchdocument%')) FROM dbstat"
        )
        words, rows = cursor.fetchone()
        return int(words), int(rows)


def _one_indexed() -> dict[str, list[float]]:
    """Milliseconds to write one entry into the index again, each of some."""
    from wiki.editing.indexing import index_entries
    from wiki.editing.rebuilding import held
    from wiki.models import Entry

    ids = list(Entry.objects.order_by("pk").values_list("pk", flat=True))
    cost = Cost()
    for pk in random.Random(7).sample(ids, min(INDEXED, len(ids))):
        with held([pk]), _measured(cost):
            index_entries([pk])
    return {"wall": cost.wall, "cpu": cost.cpu}


@contextmanager
def _measured(cost: Cost) -> Iterator[None]:
    wall, cpu = time.perf_counter(), time.process_time()
    yield
    cost.wall.append((time.perf_counter() - wall) * 1000)
    cost.cpu.append((time.process_time() - cpu) * 1000)


# ── What is asked ────────────────────────────────────────────────────────────


def queries() -> list[str]:
    """At least sixty: words in all notes and in few, and all that one can ask."""
    words = Words()
    korean, english, names = words.korean, words.english, words.names
    ranks = (0, 1, 5, 20, 45, 100, 300, 1000, 3000, 9000)
    common, middle, rare = korean[3], korean[120], korean[5000]
    return [
        *(korean[rank] for rank in ranks),
        *(english[rank] for rank in (0, 5, 15, 60, 400, 4000)),
        *(names[rank] for rank in (0, 10, 300, 3000)),
        *(
            f"{korean[rank]}{end}"
            for rank, end in ((2, "를"), (50, "에서"), (700, "으로"))
        ),
        *(
            f"{korean[a]} {korean[b]}"
            for a, b in ((0, 1), (4, 9), (30, 60), (200, 2000))
        ),
        *(f"{korean[a]}{korean[b]}" for a, b in ((0, 1), (6, 40), (150, 900))),
        *(
            f"{korean[a]} {english[b]}"
            for a, b in ((0, 0), (10, 3), (100, 30), (800, 9))
        ),
        *(common[0], middle[0], rare[0], "큐", "락"),
        *("ㅂㅍ", "ㅅㅂ", "ㅋㄴㄹ", "ㄱ"),
        *(f'"{korean[0]} {korean[1]}"', f'"{common}를 {english[0]}"', f'"{rare}"'),
        *(f"{common} -{korean[0]}", f"{middle} -{english[0]}", f'{common} -"{middle}"'),
        *(f"#{korean[0]}", f"#{english[2]} {common}", f"tag:{korean[2]} -{korean[5]}"),
        *(f"title:{korean[0]}", f"title:{middle} {common}", f"title:{rare}"),
        *("by:지현", f"by:민수 {common}", f"{common} after:2022 before:2023"),
        *("Python", "파이썬 3.11", "쿠버네티스", "k8s", "C++", "C#", ".NET", "3.11"),
        *("gRPC", "re", "p", "no", "HashMap", "Blue/Green", "snake_case"),
        *("전문검색", "무중단배포전략", "데이터베이스", "없는낱말이다", "nosuchword"),
        " ".join(korean[rank] for rank in range(8)),
        " ".join([common, middle, english[0], english[40], korean[9], korean[80]]),
        f"{korean[0]}를 {korean[4]}에서 {korean[12]}으로 {english[1]}",
    ]


def asked() -> dict[str, object]:
    """The times of all queries in milliseconds, and how many entries each found."""
    from django.contrib.auth.models import AnonymousUser

    from wiki.search.finding import find_entries
    from wiki.search.query import parse_query

    costs = {text: Cost() for text in queries()}
    found: dict[str, int] = {}
    for number in range(WARM_UP + TIMES):
        for text, cost in costs.items():
            with _measured(cost if number >= WARM_UP else Cost()):
                ids = find_entries(AnonymousUser(), parse_query(text)).ids
            found[text] = len(ids)
    return {
        "took": {text: cost.wall for text, cost in costs.items()},
        "cpu": {text: cost.cpu for text, cost in costs.items()},
        "found": found,
        "pages": _pages_of(queries()),
    }


def _pages_of(texts: list[str]) -> dict[str, list[float]]:
    """Whole requests for the same queries, each by another visitor."""
    costs = {text: Cost() for text in texts}
    for number in range(1 + 2):
        for text in texts:
            _search(text, costs[text] if number else None)
    return {text: cost.wall for text, cost in costs.items()}


def requested() -> dict[str, dict]:
    """Whole requests for a Korean and an English word that are in some sixty notes."""
    words = Words()
    kinds = {"Korean word": words.korean, "English word": words.english}
    figures = {}
    for name, some in kinds.items():
        word, count = next(_in_some(some))
        cost = Cost()
        for number in range(10 + REQUESTS):
            _search(word, cost if number >= 10 else None)
        figures[name] = {**cost.as_figures(), "found": count}
    return figures


def _search(text: str, cost: Cost | None) -> None:
    # A question mark or an ampersand would end the query.
    text = text.replace("#", "%23").replace("+", "%2B").replace(" ", "+")
    Reader().get(f"/search/?q={text}", cost)


def _in_some(words: list[str]) -> Iterator[tuple[str, int]]:
    from django.contrib.auth.models import AnonymousUser

    from wiki.search.finding import find_entries
    from wiki.search.query import parse_query

    for word in words[20::7]:
        count = len(find_entries(AnonymousUser(), parse_query(word)).ids)
        if count in _HITS:
            yield word, count


if __name__ == "__main__":
    main(sys.argv[1:])
