"""How a text will be printed, for the script beside the editor: a fragment."""

from django.http import HttpRequest, HttpResponse
from django.utils.html import escape
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from wiki.editing import body_problem, with_unix_newlines
from wiki.models import RateLimit
from wiki.views.drawing import draw, missing_links
from wiki.views.gate import author_of, writers_only

# Typing without a rest asks every second or so; this is twice that.
PREVIEWS_PER_MINUTE = 120


@writers_only
@require_POST
def preview(request: HttpRequest) -> HttpResponse:
    """The inside of the article that the text in `content` would be.

    What keeps it from being drawn is said as one sentence of plain text. How many
    links it has, and how many lead nowhere yet, stands in two headers.
    """
    seconds = RateLimit.objects.hit(
        f"preview:{_who(request)}", limit=PREVIEWS_PER_MINUTE, seconds=60
    )
    if seconds:
        sentence = _("There were too many previews. Wait %s seconds.") % seconds
        return _refusal(sentence, 429, **{"Retry-After": str(seconds)})
    content = request.POST.get("content")
    if content is None:
        return _refusal(_("There is no text to preview: “content” is missing."), 400)
    content = with_unix_newlines(content)
    problem = body_problem(content)
    if problem:
        return _refusal(problem.sentence, 413)
    drawn = draw(content)
    return HttpResponse(
        drawn.html,
        headers={
            "X-Preview-Links": str(len(drawn.links)),
            "X-Preview-Missing": str(missing_links(drawn)),
            "Cache-Control": "private, no-store",
        },
    )


def _who(request: HttpRequest) -> str:
    author = author_of(request)
    return str(author.user.pk) if author.user else author.address_hash


def _refusal(sentence: str, status: int, **headers: str) -> HttpResponse:
    return HttpResponse(
        escape(sentence),
        status=status,
        headers={"Cache-Control": "private, no-store", **headers},
    )
