"""What browsers read to offer the wiki's search in their address bar."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

# As the OpenSearch description format 1.1 limits them.
MAX_SHORT_NAME_CHARS = 16
MAX_LONG_NAME_CHARS = 48


@login_not_required
@require_safe
@cache_control(public=True, max_age=86_400)
def description(request: HttpRequest) -> HttpResponse:
    """The OpenSearch description, the same for everybody.

    Addresses begin with BASE_URL, whatever host the request names.
    """
    context = {
        "base": settings.BASE_URL,
        "short_name": settings.WIKI_NAME[:MAX_SHORT_NAME_CHARS].strip(),
        "long_name": settings.WIKI_NAME[:MAX_LONG_NAME_CHARS].strip(),
    }
    kind = "application/opensearchdescription+xml; charset=utf-8"
    return render(request, "wiki/opensearch.xml", context, content_type=kind)
