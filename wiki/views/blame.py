"""Who wrote each line of an entry, as it is or as it was at a revision."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import get_template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from wiki import permissions
from wiki.access import get_entry_for, get_revision_for
from wiki.forms import number_in
from wiki.history.blame import UNKNOWN, Run, runs_of
from wiki.history.lines import outline, split_lines
from wiki.models import Entry, Revision
from wiki.permissions import Person
from wiki.views.caching import answer_page
from wiki.views.drawing import language_of
from wiki.views.history_list import (
    COAUTHORS,
    account_names,
    hidden_numbers,
    import_places,
    number_before,
)
from wiki.views.keeping import marks_state
from wiki.views.line_origins import LineOrigins, origins_of
from wiki.views.lists import page_of
from wiki.views.moved import follow_moves
from wiki.views.past_pages import past_page

# A longer text is shown in parts of this size, or no browser would lay it out.
LINES_ON_A_PAGE = 2_000
MAX_HEADINGS = 100
_ITEM = format_html("<li>{}", "")


@dataclass(frozen=True)
class BlameRow:
    """Lines that stand together and come from one revision, counted from 1."""

    first_line: int
    last_line: int
    lines: SafeString
    by: SafeString


@dataclass(frozen=True)
class BlameSource:
    """Who wrote the lines of one revision, as `wiki/_blame_by.html` prints it.

    `revision` is None where it is not known yet (then `number` is 0), or not for this
    person to see. `before` is the newest revision before it that the person may see,
    0 when there is none.
    """

    number: int
    revision: Revision | None
    place: str
    before: int


@dataclass(frozen=True)
class BlameHeading:
    """A heading of the text: where its line stands."""

    text: str
    line: int
    page: int


@past_page
@follow_moves
def blame(request: HttpRequest, slug: str) -> HttpResponse:
    """Each line of the text with the revision that it comes from."""
    entry = get_entry_for(request.user, slug, entries=Entry.objects.without_text())
    number = _asked_number(request) or entry.version
    shown = get_revision_for(request.user, entry, number)
    ignores_blanks = request.GET.get("ws") == "ignore"
    lines = split_lines(shown.body)
    found = origins_of(entry.pk, number, ignores_blanks=ignores_blanks)
    # Nothing is known of a text whose own step was not reached in time.
    origins = found.origins or [UNKNOWN] * len(lines)
    page = page_of(request, range(len(lines)), LINES_ON_A_PAGE)
    first, last = (page.start_index() or 1) - 1, page.end_index()

    def build() -> HttpResponse:
        headings = _headings(lines)
        runs = runs_of(origins[first:last], first)
        context = {
            "entry": entry,
            "revision": shown,
            "is_current": number == entry.version,
            "ignores_blanks": ignores_blanks,
            "rows": _rows(request, entry, lines, found, runs, headings),
            "headings": headings[:MAX_HEADINGS],
            "is_complete": found.is_complete,
            "known_from": found.known_from,
            "page": page,
            "query": _query(shown, entry, ignores_blanks),
            "language": language_of(shown.body),
        }
        return render(request, "wiki/blame.html", context)

    shape = (entry.slug, entry.title, entry.version, shown.pk, found.known_from)
    state = ("blame", *shape, *marks_state(entry), *account_names(entry))
    return answer_page(request, state, build)


def _asked_number(request: HttpRequest) -> int | None:
    """The revision that is asked for; Http404 for what is no number."""
    text = request.GET.get("at", "")
    if not text:
        return None
    number = number_in(text)
    # No entry has a revision 0.
    if not number:
        raise Http404
    return number


def _query(shown: Revision, entry: Entry, ignores_blanks: bool) -> str:
    """What goes before `page` in the address of another part of the text."""
    at = "" if shown.number == entry.version else f"at={shown.number}&"
    return at + ("ws=ignore&" if ignores_blanks else "")


def _headings(lines: Sequence[str]) -> list[BlameHeading]:
    return [
        BlameHeading(text, index + 1, index // LINES_ON_A_PAGE + 1)
        for index, text in outline(lines).headings
        if text
    ]


def _rows(
    request: HttpRequest,
    entry: Entry,
    lines: Sequence[str],
    found: LineOrigins,
    runs: Sequence[Run],
    headings: Sequence[BlameHeading],
) -> list[BlameRow]:
    """A row for each run. Four queries at most."""
    sources = _sources(request.user, entry, {run.number for run in runs})
    template = get_template("wiki/_blame_by.html")
    frame = {
        "known_from": found.known_from,
        "ignores_blanks": request.GET.get("ws") == "ignore",
    }
    # Most stand above several runs, and drawing each of a thousand takes its time.
    drawn = {
        number: template.render({"row": source, **frame})
        for number, source in sources.items()
    }
    marked = {heading.line for heading in headings}
    return [
        BlameRow(
            first_line=run.start + 1,
            last_line=run.stop,
            lines=_printed(lines, run, marked),
            by=drawn[run.number],
        )
        for run in runs
    ]


def _sources(
    person: Person, entry: Entry, numbers: Collection[int]
) -> dict[int, BlameSource]:
    hidden = hidden_numbers(entry)
    sees_hidden = permissions.can_view_revision(person, is_hidden=True)
    out_of_sight = frozenset() if sees_hidden else hidden
    revisions = _revisions(numbers - out_of_sight, entry, hidden)
    places = import_places(entry, revisions.values(), person)
    return {
        number: _source(number, revisions.get(number), places, out_of_sight)
        for number in numbers
    }


def _source(
    number: int,
    revision: Revision | None,
    places: Mapping[int, str],
    out_of_sight: Collection[int],
) -> BlameSource:
    place = places.get(revision.pk, "") if revision else ""
    return BlameSource(number, revision, place, number_before(number, out_of_sight))


def _revisions(
    numbers: Collection[int], entry: Entry, hidden: Collection[int]
) -> Mapping[int, Revision]:
    found = (
        entry.revisions.without_text()
        .filter(number__in=numbers)
        .select_related("author", "batch")
        .prefetch_related(COAUTHORS)
    )
    revisions = {revision.number: revision for revision in found}
    for number, revision in revisions.items():
        revision.is_hidden = number in hidden
    return revisions


def _printed(lines: Sequence[str], run: Run, marked: Collection[int]) -> SafeString:
    """The lines as items of a list; those of headings can be linked to."""
    numbered = range(run.start + 1, run.stop + 1)
    if marked.isdisjoint(numbered):
        return format_html_join(
            "", "<li>{}</li>", ((line,) for line in lines[run.start : run.stop])
        )
    return format_html_join(
        "",
        "{}{}</li>",
        (
            (
                format_html('<li id="w-l{}">', number) if number in marked else _ITEM,
                lines[number - 1],
            )
            for number in numbered
        ),
    )
