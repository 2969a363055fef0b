"""Tags suggested for a text while it is written, for the script of the editor."""

from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_POST

from wiki.editing import body_problem, with_unix_newlines
from wiki.forms import EntryForm, number_in, tags_of
from wiki.likely_tags import Draft, likely_tags
from wiki.models import Entry, EntryTag, RateLimit, Turn
from wiki.permissions import Person, viewable
from wiki.slugs import MAX_TITLE_CHARS
from wiki.views.gate import writer_key, writers_only

ASKED_PER_MINUTE = 60
# As for previews: one text of each writer at a time, and no longer than this.
TURN_SECONDS = 20
WAIT_SECONDS = 1


@writers_only
@require_POST
def suggest_tags(request: HttpRequest) -> JsonResponse:
    """`{"tags": […]}` for the `content` with this `title`, without its `tags`.

    Nor those that the entry `entry_id` has and the form has not. 413 when the text
    is too long to be saved, 429 with the time to wait.
    """
    content = with_unix_newlines(request.POST.get("content", ""))
    if body_problem(content):
        return _answer(status=413)
    turn = f"likely-tags:{writer_key(request)}"
    if not Turn.objects.take(turn, seconds=TURN_SECONDS):
        return _answer(status=429, wait=WAIT_SECONDS)
    try:
        seconds = RateLimit.objects.hit(turn, limit=ASKED_PER_MINUTE, seconds=60)
        if seconds:
            return _answer(status=429, wait=seconds)
        entry_id = number_in(request.POST.get("entry_id", ""))
        title, tags = request.POST.get("title", ""), request.POST.get("tags", "")
        draft = _draft(request.user, entry_id, title=title, body=content, tags=tags)
        return _answer(likely_tags(request.user, draft))
    finally:
        Turn.objects.give_back(turn)


def likely_tags_of(user: Person, form: EntryForm, entry: Entry | None) -> list[str]:
    """The same for a form that was sent without a script."""
    title, body = str(form["title"].value() or ""), str(form["body"].value() or "")
    tags = str(form["tags"].value() or "")
    entry_id = entry.pk if entry else None
    draft = _draft(user, entry_id, title=title, body=body, tags=tags)
    return likely_tags(user, draft)


def _draft(
    user: Person, entry_id: int | None, *, title: str, body: str, tags: str
) -> Draft:
    had = EntryTag.objects.filter(viewable(user, "content_object__"))
    had = had.filter(content_object=entry_id).values_list("tag__name", flat=True)
    return Draft(
        title=title[:MAX_TITLE_CHARS],
        body=body,
        tags=tuple(tag.name for tag in tags_of(tags)),
        refused=tuple(had) if entry_id else (),
        entry_id=entry_id,
    )


def _answer(
    tags: list[str] | None = None, *, status: int = 200, wait: int = 0
) -> JsonResponse:
    answer = JsonResponse({"tags": tags or []}, status=status)
    answer["Cache-Control"] = "private, no-store"
    if wait:
        answer["Retry-After"] = str(wait)
    return answer
