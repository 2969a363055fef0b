"""Writing an entry: a new one, a change to one, and the preview of either.

What was typed comes back with every answer that is no success, also to someone
who was signed out meanwhile; so the views of the forms refuse people themselves.
"""

from contextlib import suppress
from dataclasses import replace

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from wiki import permissions
from wiki.access import get_entry_for, get_revision_for
from wiki.editing import (
    Act,
    Content,
    EditConflict,
    EntryGone,
    InvalidContent,
    Saved,
    create_entry,
    edit_entry,
)
from wiki.forms import EntryForm, form_of
from wiki.joining_forms import SentJoining, read_joining, with_sent_properties
from wiki.models import Alias, Entry, RevisionKind
from wiki.names import Page
from wiki.permissions import Person
from wiki.slugs import clean_title, slugify
from wiki.views.conflicts import answer_conflict, answer_joining
from wiki.views.draft_offers import (
    NotKept,
    form_from_draft,
    keep_form,
    keep_refused,
    say_draft_kept,
    settle_draft,
    tell_of_copy,
)
from wiki.views.drawing import draw
from wiki.views.editor import PLAIN, Look, compare_contents, editor_page
from wiki.views.gate import author_of
from wiki.views.missing import answer_for_address
from wiki.views.not_saved import answer_gone, answer_refused, new_note_of
from wiki.views.section_editing import (
    Part,
    SectionGone,
    fragment_after,
    open_part,
    sent_part,
)
from wiki.views.undone import undone_by
from wiki.views.uploads import left_picture, with_picture

# Buttons of the conflict page; "back" is the way to it after signing in.
_JOINING = ("join", "preview", "diff", "edit", "back")

_reads_and_writes = require_http_methods(["GET", "HEAD", "POST"])


@login_not_required
@_reads_and_writes
def new(request: HttpRequest) -> HttpResponse:
    """The form of a new entry; `title` in the address fills its title in."""
    form = EntryForm(request.POST, is_new=True) if request.method == "POST" else None
    if _asks_for_file(request):
        return _download(form)
    if not permissions.can_write(request.user):
        return _refuse(request, form)
    if form is None:
        title = clean_title(request.GET.get("title", ""))
        form = form_from_draft(request, None) or form_of(Content(title=title))
        return editor_page(request, form)
    return _answer_without_saving(request, form) or _create(request, form)


@login_not_required
@_reads_and_writes
def edit(request: HttpRequest, slug: str) -> HttpResponse:
    """The form that changes an entry."""
    form = EntryForm(request.POST) if request.method == "POST" else None
    if _asks_for_file(request):
        return _download(form)
    try:
        entry = _entry_to_edit(request.user, slug, form)
    except PermissionDenied:
        return _refuse(request, form)
    except Http404:
        if form is None and not permissions.can_read_wiki(request.user):
            return _refuse(request, form)
        if form is None:
            query = request.META.get("QUERY_STRING", "")
            page = f"edit/?{query}" if query else "edit/"
            return answer_for_address(request, slug, page=page)
        if not permissions.can_write(request.user):
            return _refuse(request, form)
        keep_refused(request, form)
        return answer_gone(request, form)
    if form is None:
        return _open(request, entry)
    sent = read_joining(request, entry, form)
    if sent and (request.POST.get("do") in _JOINING or sent.is_touched):
        return _join(request, form, entry, sent)
    try:
        part = sent_part(request.user, entry, form)
    except SectionGone:
        return _without_section(request, form, entry)
    answer = _answer_without_saving(request, form, entry, part)
    return answer or _save(request, form, entry, part)


def _open(request: HttpRequest, entry: Entry) -> HttpResponse:
    """The editor of the whole text, or of the section that the address names."""
    name = request.GET.get("section", "")
    content, look = Content.of(entry), PLAIN
    if name:
        try:
            part, content = open_part(entry, name)
            look = Look(section=part.section)
        except SectionGone:
            look, name = Look(status=404, missing_section=name), ""
    form = form_from_draft(request, entry)
    if form is not None:
        # It has its section in what it was begun on, whatever the text has now.
        return editor_page(request, form, entry=entry, look=Look(section=look.section))
    form = form_of(content, base_version=entry.version, entry_id=entry.pk, section=name)
    return editor_page(request, form, entry=entry, look=look)


def _without_section(
    request: HttpRequest, form: EntryForm, entry: Entry
) -> HttpResponse:
    """409: the whole text to edit, and beside it what was sent for a section."""
    keep_refused(request, form)
    whole = form_of(
        Content.of(entry),
        base_version=entry.version,
        entry_id=entry.pk,
        comment=form.text_of("comment"),
    )
    look = Look(
        status=409,
        missing_section=form.text_of("section"),
        sent_body=form.text_of("body"),
    )
    return editor_page(request, whole, entry=entry, look=look)


def _join(
    request: HttpRequest, form: EntryForm, entry: Entry, sent: SentJoining
) -> HttpResponse:
    """What a button of the conflict page asks for, with the choices made so far."""
    asked = request.POST.get("do")
    joined = EntryForm(request.POST.dict() | _joined_values(sent))
    if asked == "edit":
        return editor_page(request, joined.unjudged(), entry=entry)
    if asked == "back":
        return answer_joining(request, entry, sent, PLAIN)
    if asked == "preview" and joined.size_problem() is None:
        page = Page.of(entry, writer_id=request.user.pk)
        preview = draw(joined.text_of("body"), page)
        return answer_joining(request, entry, sent, Look(preview=preview))
    if asked == "diff" and joined.is_valid():
        latest = sent.joining.latest
        content = replace(joined.content(latest), properties=sent.joining.properties)
        comparison = compare_contents(latest, content)
        return answer_joining(request, entry, sent, Look(comparison=comparison))
    if sent.joining.left or sent.is_stray:
        keep_refused(request, joined)
        return answer_joining(request, entry, sent, Look(status=409))
    return _save(request, joined, entry)


def _joined_values(sent: SentJoining) -> dict[str, str]:
    """The fields as they stand now; properties of the latest need not be named."""
    values, joining = sent.joining.values(), sent.joining
    if joining.properties == joining.latest.properties:
        values["properties_of"] = ""
    return values


def _create(request: HttpRequest, form: EntryForm) -> HttpResponse:
    if not form.is_valid():
        return _invalid(request, form)
    try:
        saved = create_entry(form.content(), act=_act(request, form))
    except InvalidContent as error:
        form.add_problems(error)
        return _invalid(request, form)
    if saved.status == "created":
        messages.success(request, _("The note is saved."))
    answer = HttpResponseRedirect(saved.entry.get_absolute_url())
    return settle_draft(request, form, answer)


def _save(
    request: HttpRequest, form: EntryForm, entry: Entry, part: Part | None = None
) -> HttpResponse:
    if not form.is_valid():
        return _invalid(request, form, entry, part)
    base_version = form.cleaned_data["base_version"]
    base = part.base if part else _base_of(entry, base_version)
    content = with_sent_properties(request.user, entry, form, form.content(base))
    act, undone = _act(request, form), undone_by(form, entry)
    if undone:
        act = replace(act, kind=RevisionKind.REVERT)
    try:
        whole = part.in_whole(content) if part else content
        saved = edit_entry(
            entry,
            whole,
            base_version=base_version,
            act=act,
            is_just_read=True,
            takes_back=[undone] if undone else (),
        )
    except InvalidContent as error:
        form.add_problems(error)
        return _invalid(request, form, entry, part)
    except EditConflict as conflict:
        keep_refused(request, form)
        return answer_conflict(request, form, conflict)
    except EntryGone:
        keep_refused(request, form)
        return answer_gone(request, form)
    was_renamed = base.title == content.title != saved.entry.title
    if undone and saved.status != "same":
        messages.success(request, _("What r%s changed is undone.") % undone)
    else:
        _say_what_became(request, saved, base_version, was_renamed=was_renamed)
    fragment = fragment_after(saved.entry, part, content.body) if part else ""
    answer = HttpResponseRedirect(saved.entry.get_absolute_url() + fragment)
    return settle_draft(request, form, answer)


def _entry_to_edit(person: Person, slug: str, form: EntryForm | None) -> Entry:
    """The entry at the address, or the one the form was made of when that moved.

    A title that was given up can be another entry's by the time a form is sent:
    the form still means the entry it came from. Raises Http404, PermissionDenied.
    """
    entry_id = form and form.meant_entry_id
    entries = Entry.objects.with_head().defer("html")
    try:
        entry = get_entry_for(person, slug, "edit", entries=entries)
        if entry_id in (None, entry.pk):
            return entry
    except (Http404, PermissionDenied):
        if entry_id is None or "\x00" in slug:
            raise
    former = Alias.objects.filter(
        entry=OuterRef("pk"), kind=Alias.Kind.FORMER, slug=slug
    )
    meant = Entry.objects.filter(Q(slug=slug) | Exists(former), pk=entry_id)
    address = meant.values_list("slug", flat=True).first()
    if address is None:
        raise Http404
    return get_entry_for(person, address, "edit", entries=entries)


def _base_of(entry: Entry, version: int) -> Content:
    """What the writer began with; the newest when there is no such revision."""
    if version == entry.version:
        return Content.of(entry)
    base = entry.revisions.filter(number=version).first()
    return Content.of(base or entry)


def _act(request: HttpRequest, form: EntryForm) -> Act:
    return Act(
        author=author_of(request),
        comment=form.cleaned_data["comment"],
        is_minor=form.cleaned_data["minor"],
        form_token=form.cleaned_data["form_token"],
    )


def _answer_without_saving(
    request: HttpRequest,
    form: EntryForm,
    entry: Entry | None = None,
    part: Part | None = None,
) -> HttpResponse | None:
    """What another button than Save asks for; None when it was Save."""
    asked = request.POST.get("do", "")
    if asked in ("edit", "back"):
        return editor_page(request, form.unjudged(), entry=entry, look=_look(part))
    if asked == "new" and entry is None:
        return editor_page(request, new_note_of(form))
    if asked == "picture" or (not asked and left_picture(request)):
        form, status = with_picture(request, form)
        look = replace(_look(part), status=status)
        return editor_page(request, form, entry=entry, look=look)
    if asked == "preview":
        return _with_preview(request, form, entry, part)
    if asked == "diff" and entry is not None:
        return _with_changes(request, form, entry, part)
    if asked == "draft":
        return _keep_as_draft(request, form, entry)
    return None


def _keep_as_draft(
    request: HttpRequest, form: EntryForm, entry: Entry | None
) -> HttpResponse:
    try:
        say_draft_kept(request, keep_form(request, form))
    except NotKept as refusal:
        form.add_error(None, refusal.sentence)
        return editor_page(request, form, entry=entry, look=Look(status=refusal.status))
    return tell_of_copy(form, HttpResponseRedirect(reverse("drafts")))


def _asks_for_file(request: HttpRequest) -> bool:
    # Whoever sent a text may have it back, signed out or not.
    return request.POST.get("do") == "download"


def _download(form: EntryForm) -> HttpResponse:
    """The text that was sent, as a file; whatever else may be wrong with it."""
    name = f"{slugify(form.text_of('title'))}.md"
    return HttpResponse(
        form.text_of("body"),
        content_type="text/markdown; charset=utf-8",
        headers={
            "Content-Disposition": content_disposition_header(True, name),
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "private, no-store",
        },
    )


def _with_preview(
    request: HttpRequest, form: EntryForm, entry: Entry | None, part: Part | None
) -> HttpResponse:
    problem = form.size_problem()
    if problem:
        form.add_problems(InvalidContent([problem]))
        return _invalid(request, form, entry, part)
    writer_id = request.user.pk
    page = Page.of(entry, writer_id=writer_id) if entry else Page(writer_id=writer_id)
    text = form.text_of("body")
    text = part.as_printed(text) if part else text
    look = replace(_look(part), preview=draw(text, page))
    return editor_page(request, form.unjudged(), entry=entry, look=look)


def _with_changes(
    request: HttpRequest, form: EntryForm, entry: Entry, part: Part | None
) -> HttpResponse:
    if not form.is_valid():
        return _invalid(request, form, entry, part)
    base = part.base if part else _visible_base(request, form, entry)
    content = form.content(base)
    whole = part.in_whole(content) if part else content
    look = replace(_look(part), comparison=compare_contents(base, whole))
    return editor_page(request, form.unjudged(), entry=entry, look=look)


def _visible_base(request: HttpRequest, form: EntryForm, entry: Entry) -> Content:
    version = form.cleaned_data["base_version"]
    if version != entry.version:
        # Anyone can name any number: one that is hidden from them is not shown.
        with suppress(Http404):
            return Content.of(get_revision_for(request.user, entry, version))
    return Content.of(entry)


def _invalid(
    request: HttpRequest,
    form: EntryForm,
    entry: Entry | None = None,
    part: Part | None = None,
) -> HttpResponse:
    look = replace(_look(part), status=413 if form.is_too_large else 400)
    return editor_page(request, form, entry=entry, look=look)


def _look(part: Part | None) -> Look:
    return Look(section=part.section) if part else PLAIN


def _refuse(request: HttpRequest, form: EntryForm | None) -> HttpResponse:
    """For someone who may not write; a form that was sent comes back whole."""
    if form is not None:
        return answer_refused(request, form)
    if request.user.is_authenticated:
        raise PermissionDenied
    return redirect_to_login(request.get_full_path())


def _say_what_became(
    request: HttpRequest, saved: Saved, base_version: int, *, was_renamed: bool
) -> None:
    if was_renamed and saved.status != "same":
        sentence = _("The note was renamed meanwhile; it is called “%s” now.")
        messages.info(request, sentence % saved.entry.title)
    if saved.status == "same":
        messages.info(request, _("Nothing was changed, so nothing was saved."))
    elif saved.status == "merged":
        address = reverse("entry-diff", args=[saved.entry.slug])
        pair = f"?old={base_version}&new={saved.revision.number}"
        sentence = _(
            "Saved, together with what others had changed meanwhile in other places."
        )
        link = format_html(
            '<a href="{}">{}</a>', address + pair, _("See all that changed")
        )
        messages.success(request, format_html("{} {}", sentence, link))
    elif saved.status == "updated":
        messages.success(request, _("The note is saved."))
