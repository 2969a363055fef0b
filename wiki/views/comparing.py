"""The page that compares two revisions, as often as it is asked for.

A comparison of two revisions never changes, so it is made once and kept; who has
the page already is told so.
"""

from collections.abc import Collection
from dataclasses import asdict, dataclass, replace
from urllib.parse import urlencode

from django.conf import settings
from django.db.models import prefetch_related_objects
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.http import content_disposition_header
from django.utils.safestring import SafeString

from wiki import permissions
from wiki.access import get_entry_for, get_revisions_for
from wiki.history.patch import patch
from wiki.models import Entry, Revision
from wiki.names import Page
from wiki.rendering.compared import compared
from wiki.rendering.limits import TooMuchMarkup
from wiki.views.caching import answer_page, answer_source
from wiki.views.comparison import compare
from wiki.views.drawing import draw, language_of, printed
from wiki.views.history_list import COAUTHORS, hidden_numbers, names_on
from wiki.views.keeping import keep, links_state
from wiki.views.moved import follow_moves
from wiki.views.past_pages import past_page

SIDE_BY_SIDE, ONE_COLUMN, RENDERED = "split", "unified", "rendered"
VIEWS = (SIDE_BY_SIDE, ONE_COLUMN, RENDERED)
# Rendered twice, compared and laid out: a second or two.
MAX_RENDERED_CHARS = 600_000


@dataclass(frozen=True)
class Wanted:
    """What the address asks for."""

    old: int
    new: int
    view: str
    is_whole: bool

    def address(self, **changes: object) -> str:
        """The query of this comparison, with something else asked for."""
        other = replace(self, **changes)
        query: dict[str, object] = {"old": other.old, "new": other.new}
        if other.view != SIDE_BY_SIDE:
            query["view"] = other.view
        if other.is_whole:
            query["context"] = "all"
        return "?" + urlencode(query)


@dataclass(frozen=True)
class Drawn:
    """A comparison as HTML, and what the head of the page says of it."""

    html: SafeString
    has_changes: bool
    added_chars: int
    removed_chars: int
    change_count: int
    move_count: int


@past_page
@follow_moves
def diff(request: HttpRequest, slug: str) -> HttpResponse:
    """What changed between two revisions; the last change when none are named."""
    entry = get_entry_for(request.user, slug, entries=Entry.objects.without_text())
    wanted = _wanted(request, entry)
    if (wanted.old, wanted.new) == (0, 1):
        # There is nothing before the first.
        return redirect("entry-history", slug=slug)
    found = get_revisions_for(request.user, entry, {wanted.old, wanted.new})
    old, new = found[wanted.old], found[wanted.new]
    if old.number >= new.number:
        context = {"entry": entry, "old": old, "new": new}
        return render(request, "wiki/diff_impossible.html", context, status=404)
    if request.GET.get("format") == "patch":
        state = ("patch", entry.slug, old.pk, new.pk)
        return answer_source(request, state, lambda: _patch(entry, old, new))
    prefetch_related_objects([old, new], COAUTHORS)
    hidden: Collection[int] = ()
    if not permissions.can_curate(request.user):
        hidden = hidden_numbers(entry)
    can_edit = permissions.can_edit(request.user, entry)
    steps = _steps(wanted, entry.version, hidden)
    # What else the page shows that no revision knows.
    links = ()
    if wanted.view == RENDERED:
        links = (entry.visibility, entry.source_path, *links_state())

    def build() -> HttpResponse:
        context = {
            "entry": entry,
            "old": old,
            "new": new,
            "drawn": _drawn(entry, old, new, wanted, links),
            "view": wanted.view,
            "views": {view: wanted.address(view=view) for view in VIEWS},
            "is_whole": wanted.is_whole,
            "folding": wanted.address(is_whole=not wanted.is_whole),
            "patch": wanted.address() + "&format=patch",
            "is_current": new.number == entry.version,
            "is_one_change": new.number == old.number + 1,
            "can_edit": can_edit,
            **steps,
        }
        return render(request, "wiki/diff.html", context)

    state = (
        *("diff", entry.pk, entry.version, entry.title, can_edit),
        *sorted(asdict(wanted).items()),
        *sorted(steps.items()),
        *names_on([old, new]),
        *links,
    )
    return answer_page(request, state, build)


def _wanted(request: HttpRequest, entry: Entry) -> Wanted:
    """What is asked for; Http404 for what is no number of a revision."""
    old, new = (_asked_number(request, name, entry.version) for name in ("old", "new"))
    if new is None:
        new = entry.version
    view = request.GET.get("view", "")
    return Wanted(
        old=new - 1 if old is None else old,
        new=new,
        view=view if view in VIEWS else SIDE_BY_SIDE,
        is_whole=request.GET.get("context") == "all",
    )


def _asked_number(request: HttpRequest, name: str, newest: int) -> int | None:
    text = request.GET.get(name)
    if not text:
        return None
    is_number = text.isascii() and text.isdecimal() and len(text) <= len(str(newest))
    if not is_number or not 1 <= int(text) <= newest:
        raise Http404
    return int(text)


def _steps(wanted: Wanted, newest: int, hidden: Collection[int]) -> dict[str, str]:
    """The addresses of the changes before and after, past what is out of sight."""
    steps = {"previous": "", "following": ""}
    before = (n for n in range(wanted.old - 1, 0, -1) if n not in hidden)
    after = (n for n in range(wanted.new + 1, newest + 1) if n not in hidden)
    if number := next(before, 0):
        steps["previous"] = wanted.address(old=number, new=wanted.old)
    if number := next(after, 0):
        steps["following"] = wanted.address(old=wanted.new, new=number)
    return steps


def _drawn(
    entry: Entry, old: Revision, new: Revision, wanted: Wanted, links: tuple
) -> Drawn:
    """The comparison, made only when it is not kept from before. One query then."""

    def make() -> Drawn:
        texts = Revision.objects.in_bulk([old.pk, new.pk])
        for revision in texts.values():
            revision.entry = entry
        return _made(entry, texts[old.pk], texts[new.pk], wanted)

    parts = ("diff", old.pk, new.pk, wanted.view, wanted.is_whole, *links)
    return keep(parts, make, lambda made: len(made.html))


def _made(entry: Entry, old: Revision, new: Revision, wanted: Wanted) -> Drawn:
    comparison = compare(old, new, context=None if wanted.is_whole else 3)
    context = {
        "comparison": comparison,
        "is_unified": wanted.view != SIDE_BY_SIDE,
        "is_rendered": wanted.view == RENDERED,
        "old": old,
        "new": new,
        "whole": "" if wanted.is_whole else wanted.address(is_whole=True),
        "patch": wanted.address() + "&format=patch",
    }
    if wanted.view == RENDERED:
        context |= {
            "marked": _marked(entry, old, new),
            "language": language_of(new.body),
        }
    return Drawn(
        html=render_to_string("wiki/_diff.html", context),
        has_changes=comparison.has_changes,
        added_chars=comparison.text.added_chars,
        removed_chars=comparison.text.removed_chars,
        change_count=comparison.change_count,
        move_count=comparison.text.move_count,
    )


def _marked(entry: Entry, old: Revision, new: Revision) -> SafeString | None:
    """Both texts as one, as they are read; None for what cannot be marked in time."""
    if len(old.body) + len(new.body) > MAX_RENDERED_CHARS:
        return None
    sides = [draw(revision.body, Page.of(entry)) for revision in (old, new)]
    if any(side.is_fallback for side in sides):
        return None
    try:
        html = compared(
            *(side.html for side in sides), remote_images=settings.WIKI_REMOTE_IMAGES
        )
    except TooMuchMarkup:
        return None
    return printed(html)


def _patch(entry: Entry, old: Revision, new: Revision) -> HttpResponse:
    texts = Revision.objects.in_bulk([old.pk, new.pk])
    lines = patch(
        texts[old.pk].body,
        texts[new.pk].body,
        old_name=f"{entry.slug}.md\tr{old.number}",
        new_name=f"{entry.slug}.md\tr{new.number}",
    )
    name = f"{entry.slug}-r{old.number}-r{new.number}.diff"
    return HttpResponse(
        "".join(lines),
        content_type="text/plain; charset=utf-8",
        headers={
            "Content-Disposition": content_disposition_header(True, name),
            "X-Content-Type-Options": "nosniff",
        },
    )
