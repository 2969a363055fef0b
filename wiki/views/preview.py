"""How a text will be printed, for the script beside the editor: a fragment."""

from django.http import HttpRequest, HttpResponse
from django.utils.html import escape
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from wiki.editing import body_problem, with_unix_newlines
from wiki.forms import number_in
from wiki.models import Entry, RateLimit, Turn
from wiki.names import Page
from wiki.views.drawing import draw, missing_links
from wiki.views.gate import writer_key, writers_only
from wiki.views.section_editing import SectionGone, part_of

# Typing without a rest asks every second or so; this is twice that.
PREVIEWS_PER_MINUTE = 120
# A text that takes longest to draw takes a few seconds. One that was left half
# drawn, by a process that was killed, holds up its writer no longer than this.
TURN_SECONDS = 20
# When to ask again while an earlier text is being drawn.
WAIT_SECONDS = 1


@writers_only
@require_POST
def preview(request: HttpRequest) -> HttpResponse:
    """The inside of the article that the text in `content` would be.

    Of the entry `entry_id`, as far as the asker may read it: its links lead where
    they lead from there. Where the text is only a `section` of the revision
    `base_version`, it may refer to what is defined in the rest of that.

    What keeps the text from being drawn is said as one sentence of plain text. How
    many links it has, and how many lead nowhere yet, stands in two headers.

    One text of each writer is drawn at a time; who asks for another meanwhile is
    told when to ask again.
    """
    content = request.POST.get("content")
    if content is None:
        return _refusal(_("There is no text to preview: “content” is missing."), 400)
    content = with_unix_newlines(content)
    problem = body_problem(content)
    if problem:
        return _refusal(problem.sentence, 413)
    turn = f"preview:{writer_key(request)}"
    if not Turn.objects.take(turn, seconds=TURN_SECONDS):
        sentence = _("Another preview of yours is still being drawn.")
        return _wait(sentence, WAIT_SECONDS)
    try:
        seconds = RateLimit.objects.hit(turn, limit=PREVIEWS_PER_MINUTE, seconds=60)
        if seconds:
            sentence = _("There were too many previews. Wait %s seconds.")
            return _wait(sentence % seconds, seconds)
        return _drawn(request, content)
    finally:
        Turn.objects.give_back(turn)


def _drawn(request: HttpRequest, content: str) -> HttpResponse:
    entry = _entry(request)
    writer_id = request.user.pk
    page = Page.of(entry, writer_id=writer_id) if entry else Page(writer_id=writer_id)
    drawn = draw(_with_the_rest(request, entry, content), page)
    return HttpResponse(
        drawn.html,
        headers={
            "X-Preview-Links": str(len(drawn.links)),
            "X-Preview-Missing": str(missing_links(drawn)),
            "Cache-Control": "private, no-store",
        },
    )


def _entry(request: HttpRequest) -> Entry | None:
    """The entry the text is for; None when it is none the asker may read."""
    entry_id = number_in(request.POST.get("entry_id", ""))
    if entry_id is None:
        return None
    entries = Entry.objects.visible_to(request.user).without_text()
    return entries.filter(pk=entry_id).first()


def _with_the_rest(request: HttpRequest, entry: Entry | None, content: str) -> str:
    """The text of a section with what is defined around it; any other as it is."""
    name = request.POST.get("section", "")
    if entry is None or not name:
        return content
    number = number_in(request.POST.get("base_version", ""))
    try:
        part = part_of(request.user, entry, name, number)
    except SectionGone:
        return content
    return part.as_printed(content)


def _wait(sentence: str, seconds: int) -> HttpResponse:
    return _refusal(sentence, 429, **{"Retry-After": str(seconds)})


def _refusal(sentence: str, status: int, **headers: str) -> HttpResponse:
    return HttpResponse(
        escape(sentence),
        status=status,
        headers={"Cache-Control": "private, no-store", **headers},
    )
