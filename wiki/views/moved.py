"""Pages of an entry that is at another address by now: the way there."""

from collections.abc import Callable
from functools import wraps

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from wiki.models import Entry
from wiki.permissions import Person
from wiki.views.missing import entries_meant

View = Callable[..., HttpResponse]


def follow_moves(view: View) -> View:
    """The view, or the same page of the entry that had this address before.

    Only when nothing is at the address itself and one entry that the person may
    read had it. Costs a request that finds its entry nothing.
    """

    @wraps(view)
    def wrapped(request: HttpRequest, slug: str, **kwargs: object) -> HttpResponse:
        try:
            return view(request, slug=slug, **kwargs)
        except Http404:
            moved = _new_slug(request.user, slug)
            if moved is None:
                raise
        name = request.resolver_match.view_name
        address = reverse(name, kwargs={"slug": moved, **kwargs})
        query = request.META.get("QUERY_STRING", "")
        answer = HttpResponseRedirect(f"{address}?{query}" if query else address)
        # A later entry may take the address.
        answer["Cache-Control"] = "no-cache, private"
        return answer

    return wrapped


def _new_slug(person: Person, slug: str) -> str | None:
    if "\x00" in slug:
        # PostgreSQL refuses even to look for it.
        return None
    if Entry.objects.visible_to(person).filter(slug=slug).exists():
        return None
    found = entries_meant(slug, person)
    return found[0].slug if len(found) == 1 else None
