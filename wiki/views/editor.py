"""The page with the editor, in each of its states."""

from dataclasses import dataclass

from django.core.cache import cache
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from wiki import permissions
from wiki.editing import Content
from wiki.forms import EntryForm
from wiki.models import Entry, EntryTag, Revision
from wiki.permissions import Person
from wiki.rendering import Rendered, Section
from wiki.search.near import entries_with_name, near_titles
from wiki.slugs import slugify
from wiki.views.caching import PRIVATE
from wiki.views.comparison import Comparison, compare
from wiki.views.draft_offers import draft_context
from wiki.views.drawing import printed
from wiki.views.likely_tags import likely_tags_of
from wiki.views.presence import presence_context
from wiki.views.section_editing import offered_sections
from wiki.views.surroundings import links_to_missing

# Tags offered while typing: those that most notes bear, as they were so long ago.
SUGGESTED_TAGS = 100
SUGGESTED_SECONDS = 60


@dataclass(frozen=True)
class Look:
    """What an editor shows besides its form, and with which status."""

    status: int = 200
    preview: Rendered | None = None
    comparison: Comparison | None = None
    # The section that is all of the text in the form.
    section: Section | None = None
    # A section that was asked for and is not there, and the text sent for it.
    missing_section: str = ""
    sent_body: str = ""


PLAIN = Look()


def editor_page(
    request: HttpRequest,
    form: EntryForm,
    *,
    entry: Entry | None = None,
    look: Look = PLAIN,
) -> HttpResponse:
    """The editor of an entry, or of a new one when none is given."""
    context = editor_context(request.user, form, look) | {
        "entry": entry,
        "address": _address_of(entry),
        "comparison": look.comparison,
        "section": look.section,
        "missing_section": look.missing_section,
        "sent_body": look.sent_body,
        # What came with a POST was not saved, or it would not be shown again.
        "is_unsaved": request.method == "POST" or "draft" in request.GET,
        **draft_context(request, entry),
        **presence_context(request.user, entry),
    }
    if look.preview is not None and context["can_save"]:
        # A script asks for them while one types.
        context["likely"] = likely_tags_of(request.user, form, entry)
    if entry is None:
        context |= _known_of_title(str(form["title"].value() or ""), request.user)
    elif request.method == "GET" and look.section is None:
        context["sections"] = offered_sections(entry)
    return answer(request, "wiki/edit.html", context, look.status)


def _address_of(entry: Entry | None) -> str:
    # Said in the form: the page may stand at another, after signing in.
    if entry is None:
        return reverse("entry-new")
    return reverse("entry-edit", args=[entry.slug])


def editor_context(
    user: Person, form: EntryForm, look: Look = PLAIN
) -> dict[str, object]:
    """What the part `wiki/_editor.html` of a page needs."""
    preview = look.preview
    return {
        "form": form,
        "preview": preview and printed(preview.html),
        "preview_is_plain": preview is not None and preview.is_fallback,
        "suggestions": _suggested_tags(user),
        "can_save": permissions.can_write(user),
    }


def answer(
    request: HttpRequest, template: str, context: dict[str, object], status: int
) -> HttpResponse:
    """A page with a form: for one reader, and kept for the way back in a browser."""
    page = render(request, template, context, status=status)
    page["Cache-Control"] = PRIVATE
    return page


def compare_contents(old: Content, new: Content) -> Comparison:
    return compare(_as_revision(old), _as_revision(new))


def _as_revision(content: Content) -> Revision:
    # Never saved: only the shape that comparisons read.
    return Revision(
        title=content.title,
        body=content.body,
        tags=[{"name": tag.name} for tag in content.tags],
        summary=content.summary,
        source_url=content.source_url,
        alias_names=list(content.aliases),
        properties=[list(pair) for pair in content.properties],
    )


def _suggested_tags(user: Person) -> list[str]:
    """The tags that this person may see on most notes. One query now and then."""
    if not permissions.can_write(user):
        return []
    # Every use of a tag is counted; who sees the same entries sees the same tags.
    name = f"suggested-tags:{'-'.join(permissions.visibilities_for(user))}"
    return cache.get_or_set(name, lambda: _most_used_tags(user), SUGGESTED_SECONDS)


def _most_used_tags(user: Person) -> list[str]:
    uses = EntryTag.objects.filter(permissions.viewable(user, "content_object__"))
    return list(
        uses.values("tag__name")
        .annotate(uses=Count("pk"))
        .order_by("-uses", "tag__name")
        .values_list("tag__name", flat=True)[:SUGGESTED_TAGS]
    )


def _known_of_title(title: str, user: Person) -> dict[str, object]:
    if not title.strip():
        return {}
    there = entries_with_name(title, user)
    near = near_titles(title, user)
    return {
        "there": there,
        "near": [entry for entry in near if entry not in there],
        "backlinks": links_to_missing(title, slugify(title), user),
    }
