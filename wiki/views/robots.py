"""What search engines are asked to leave alone: everything but the notes and lists."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

# Below an entry: its past, of which there are as many pages as pairs of revisions,
# and what only people do.
_BELOW_ENTRIES = (
    *("history", "diff", "blame", "links", "graph"),
    *("edit", "revert", "undo", "rollback", "rename", "delete", "restore"),
)
_ELSEWHERE = (
    *("/new/", "/preview/", "/accounts/", "/export/", "/imports/", "/random/"),
    *("/curate/", "/batches/", "/health/", "/graph/data/"),
)


@login_not_required
@require_safe
@cache_control(public=True, max_age=86_400)
def robots(request: HttpRequest) -> HttpResponse:
    """The rules, the same for every robot; with no page for visitors, all is closed."""
    closed = ["/"]
    if settings.WIKI_ANONYMOUS_READ:
        closed = [*(f"/wiki/*/{page}/" for page in _BELOW_ENTRIES), *_ELSEWHERE]
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in closed)]
    if settings.WIKI_ANONYMOUS_READ:
        lines.append(f"Sitemap: {settings.BASE_URL}{reverse('sitemap')}")
    return HttpResponse(
        "\n".join(lines) + "\n", content_type="text/plain; charset=utf-8"
    )
