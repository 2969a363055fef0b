"""How good answers are beside what a person, or the oracle, says has to be found."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass

from tests.search.golden.reading import GoldenQuery

Answers = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Quality:
    """Shares from 0 to 1 over all queries together, and each thing that is wrong."""

    recall: float
    precision: float
    first: float
    complaints: tuple[str, ...]


def quality(answers: Answers, queries: Sequence[GoldenQuery]) -> Quality:
    """`answers` are titles by query, best first."""
    wanted = sum(len(query.finds) for query in queries)
    given = sum(len(answers[query.ask]) for query in queries)
    missed = [(q.ask, sorted(_missed(q, answers[q.ask]))) for q in queries]
    wrong = [(q.ask, sorted(_wrong(q, answers[q.ask]))) for q in queries]
    with_first = [query for query in queries if query.first]
    later = [q for q in with_first if list(answers[q.ask][:1]) != [q.first]]
    return Quality(
        recall=1 - sum(len(titles) for _, titles in missed) / wanted,
        precision=1 - sum(len(titles) for _, titles in wrong) / max(given, 1),
        first=1 - len(later) / len(with_first),
        complaints=(
            *(f"{ask!r} misses {titles}" for ask, titles in missed if titles),
            *(f"{ask!r} finds {titles}" for ask, titles in wrong if titles),
            *(f"{q.ask!r} begins with {answers[q.ask][:1]}" for q in later),
        ),
    )


def _missed(query: GoldenQuery, answer: Sequence[str]) -> Set[str]:
    return query.finds.difference(answer)


def _wrong(query: GoldenQuery, answer: Sequence[str]) -> Set[str]:
    return set(answer) - query.finds - query.may
