"""What a search was narrowed to by its address, and what it can be narrowed to next."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from wiki.permissions import Person
from wiki.search.facets import Age, age_options, author_options, tag_options
from wiki.search.finding import SORTS, Found, Narrowing
from wiki.search.query import Query
from wiki.slugs import tag_key

MAX_CHOSEN = 5
# No name of a tag or a person is longer.
MAX_VALUE_CHARS = 200

Find = Callable[["Choices"], Found]


@dataclass(frozen=True, kw_only=True)
class Choices:
    """What was chosen beside the words; `tags` are keys, `by` names of people."""

    tags: tuple[str, ...] = ()
    by: tuple[str, ...] = ()
    age: Age | None = None
    only_titles: bool = False
    sort: str = SORTS[0]

    @classmethod
    def of(cls, request: HttpRequest) -> "Choices":
        """Those of the address; what there is no choice of is left out."""
        when, sort = request.GET.get("when", ""), request.GET.get("sort", "")
        return cls(
            tags=_values([tag_key(tag) for tag in _asked(request, "tag")]),
            by=_values([" ".join(name.split()) for name in _asked(request, "by")]),
            age=next((age for age in Age if age.word == when), None),
            only_titles=request.GET.get("in") == "title",
            sort=sort if sort in SORTS else SORTS[0],
        )

    @property
    def narrowing(self) -> Narrowing:
        days = self.age.days if self.age else {}
        return Narrowing(tags=self.tags, by=self.by, **days)

    @property
    def count(self) -> int:
        """How many there are to drop."""
        return len(self.tags) + len(self.by) + bool(self.age) + self.only_titles

    def applied_to(self, query: Query) -> Query:
        """The query, asked of titles alone if that was chosen."""
        if not self.only_titles:
            return query
        titles = (*query.titles, *query.words, *query.phrases)
        return replace(query, words=(), phrases=(), titles=titles)

    def parameters(self, text: str) -> str:
        """The parameters of this search in an address, ready to go before more."""
        pairs = [("q", text), *(("tag", tag) for tag in self.tags)]
        pairs += [("by", name) for name in self.by]
        pairs += [("when", self.age.word)] if self.age else []
        pairs += [("in", "title")] if self.only_titles else []
        pairs += [("sort", self.sort)] if self.sort != SORTS[0] else []
        return urlencode(pairs) + "&"


@dataclass(frozen=True)
class Chip:
    """One choice that can be dropped: what it is, and what is asked without it."""

    text: str
    label: str
    rest: Choices


@dataclass(frozen=True)
class Box:
    """One value of a facet in the form; None for a count that says nothing."""

    value: str
    name: str
    count: int | None
    is_chosen: bool


@dataclass(frozen=True)
class Facet:
    """Values of one kind; several of them can be chosen, or one."""

    field: str
    legend: str
    boxes: tuple[Box, ...]
    is_single: bool = False


def chips_of(choices: Choices) -> list[Chip]:
    """Each choice with what is left without it."""
    chips = []
    for tag in choices.tags:
        rest = replace(choices, tags=_but(choices.tags, tag))
        label = _("Without the tag %(name)s") % {"name": tag}
        chips.append(Chip(f"#{tag}", label, rest))
    for name in choices.by:
        rest = replace(choices, by=_but(choices.by, name))
        label = _("Whoever wrote, not only: %(name)s") % {"name": name}
        chips.append(Chip(name, label, rest))
    if choices.age:
        word = age_words()[choices.age]
        label = _("Changed at any time, not only: %(when)s") % {"when": word}
        chips.append(Chip(word, label, replace(choices, age=None)))
    if choices.only_titles:
        rest = replace(choices, only_titles=False)
        chips.append(Chip(_("Only titles"), _("In the whole text, too"), rest))
    return chips


def facets_of(user: Person, choices: Choices, found: Found, find: Find) -> list[Facet]:
    """Tags, people and time with what each would leave, whatever it is narrowed to.

    Searches once more for each of them that something was chosen of.
    """

    def without(**none: Any) -> Sequence[int]:
        wider = replace(choices, **none)
        return (found if wider == choices else find(wider)).ids

    tags = tag_options(without(tags=()), choices.tags)
    people = author_options(user, without(by=()), choices.by)
    ages = age_options(without(age=None))
    facets = [
        Facet("tag", _("Tag"), tuple(_box(o, choices.tags) for o in tags)),
        Facet(
            "by",
            pgettext("narrow a search", "Written by"),
            tuple(_box(o, choices.by) for o in people),
        ),
        Facet("when", _("Last change"), _age_boxes(ages, choices.age), is_single=True),
    ]
    return [facet for facet in facets if facet.boxes]


def age_words() -> dict[Age, str]:
    return {
        Age.DAY: pgettext("changed", "Today"),
        Age.WEEK: pgettext("changed", "The last 7 days"),
        Age.MONTH: pgettext("changed", "The last 30 days"),
        Age.YEAR: pgettext("changed", "The last year"),
        Age.OLDER: pgettext("changed", "More than a year ago"),
    }


def _age_boxes(counts: dict[Age, int], chosen: Age | None) -> tuple[Box, ...]:
    words = age_words()
    boxes = [
        Box(age.word, words[age], count, is_chosen=age == chosen)
        for age, count in counts.items()
        if count or age == chosen
    ]
    if not boxes:
        return ()
    return (Box("", _("Any time"), None, is_chosen=chosen is None), *boxes)


def _box(option: Any, chosen: Sequence[str]) -> Box:  # noqa: ANN401
    return Box(option.value, option.name, option.count, option.value in chosen)


def _asked(request: HttpRequest, name: str) -> list[str]:
    # No database looks for a NUL, and nothing has one in its name.
    return [
        value
        for value in request.GET.getlist(name)
        if len(value) <= MAX_VALUE_CHARS and "\x00" not in value
    ]


def _values(values: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, values)))[:MAX_CHOSEN]


def _but(values: tuple[str, ...], dropped: str) -> tuple[str, ...]:
    return tuple(value for value in values if value != dropped)
