"""A note by chance."""

from secrets import randbelow

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from wiki.models import Entry
from wiki.slugs import entry_path


@require_safe
@never_cache
def random_entry(request: HttpRequest) -> HttpResponse:
    """To any entry that this person may read, each as likely. Two queries."""
    entries = Entry.objects.visible_to(request.user).order_by()
    total = entries.count()
    # Passed over in an index: no text is read on the way.
    place = randbelow(total) if total else 0
    slugs = list(entries.values_list("slug", flat=True)[place : place + 1])
    if not slugs:
        messages.info(request, _("There is no note to choose from yet."))
        return redirect("home")
    return redirect(entry_path(slugs[0]))
