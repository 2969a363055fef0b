"""What a person wrote: their changes by day, as far as the reader may see them."""

from django.contrib.auth import get_user_model
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from wiki import permissions
from wiki.activity import count_contributions
from wiki.changes import Cursor, Wanted, Who, list_changes
from wiki.views.change_rows import by_day, kind_links, kind_of, rows_of
from wiki.views.lists import rest_of_address
from wiki.views.past_pages import past_page


@past_page
def contributions(request: HttpRequest, number: int) -> HttpResponse:
    """The changes of an account, newest first; `before` goes on where a page ended.

    By its id: names change. A visitor is not told of accounts that wrote nothing.
    """
    if number >= 2**31:
        raise Http404
    accounts = get_user_model().objects.only("username", "first_name", "last_name")
    account = get_object_or_404(accounts, pk=number)
    counted = count_contributions(request.user, account.pk)
    if not counted.edits and not permissions.is_member(request.user):
        raise Http404
    wanted = Wanted(
        kind=kind_of(request.GET),
        without_minor=request.GET.get("minor") == "no",
        who=Who((account.pk,)),
    )
    cursor = Cursor.parse(request.GET.get("before", ""))
    changes = list_changes(request.user, wanted, before=cursor)
    context = {
        "name": account.get_full_name() or account.get_username(),
        "counted": counted,
        "days_of_changes": by_day(rows_of(changes.rows, request.user)),
        "wanted": wanted,
        "kinds": kind_links(
            wanted.kind, lambda kind: rest_of_address(request, before=None, kind=kind)
        ),
        "is_first_page": cursor is None,
        "next_cursor": changes.next_cursor,
        "query": rest_of_address(request, before=None),
    }
    return render(request, "wiki/person.html", context)
