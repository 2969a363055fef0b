"""What a plan finds, by looking at the tokens of every entry: slow and simple."""

from collections.abc import Iterable, Sequence

from wiki.editing import Content
from wiki.editing.indexing import words_of
from wiki.models import Entry
from wiki.search.plan import Phrase, Plan, Term, make_plan
from wiki.search.query import parse_query
from wiki.search.tokens import GAP


def found_by_looking(text: str, *, loosely: bool = True) -> set[str]:
    """Titles of the live entries that a query finds."""
    plan = make_plan(parse_query(text))
    return {
        entry.title
        for entry in Entry.objects.live().with_head()
        if _is_found(plan, words_of(Content.of(entry)).columns, loosely=loosely)
    }


def _is_found(plan: Plan, columns: Sequence[str], *, loosely: bool) -> bool:
    everything = f" {GAP} ".join(columns).split()
    title = columns[0].split()
    return (
        plan.has_terms
        and all(_stands(term, everything, loosely=loosely) for term in plan.terms)
        and all(_stands(term, title, loosely=loosely) for term in plan.titles)
        and not any(_is_in(phrase, everything) for phrase in plan.excluded)
    )


def _stands(term: Term, tokens: Sequence[str], *, loosely: bool) -> bool:
    ways: Iterable = term.all_ways(loosely=loosely)
    return any(all(_is_in(phrase, tokens) for phrase in way) for way in ways)


def _is_in(phrase: Phrase, tokens: Sequence[str]) -> bool:
    *words, last = phrase.tokens
    size = len(words)
    for at in range(len(tokens) - size):
        end = tokens[at + size]
        fits = end.startswith(last) if phrase.is_prefix else end == last
        if fits and list(tokens[at : at + size]) == words:
            return True
    return False
