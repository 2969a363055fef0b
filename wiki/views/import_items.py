"""The lines of an import's preview, as one reader may see them."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from wiki import permissions
from wiki.editing import Content, TagUse
from wiki.importing.messages import sentences
from wiki.models import ItemStatus, JobItem
from wiki.permissions import Person
from wiki.rendering import Rendered
from wiki.rendering.sanitize import printed
from wiki.views.comparison import Comparison
from wiki.views.drawing import draw, language_of
from wiki.views.editor import compare_contents
from wiki.views.imports import LOOKS

# What each rule that gives a tag is called; unknown ones show themselves.
_RULES = {
    "front matter": _("front matter"),
    "property": _("property"),
    "hashtag": _("hashtag"),
    "tags line": _("line of tags"),
    "inline tag": _("tag in the text"),
    "folder": _("folder"),
    "title": _("title"),
    "summary": _("summary"),
    "heading": _("heading"),
    "bold": _("bold words"),
    "link": _("link"),
    "body": _("text"),
    "option": _("for every note"),
}
_IMPLIED = "implied:"

# Outcomes that write something.
CHANGES = ("created", "updated", "merged", "moved", "deleted")


@dataclass(frozen=True)
class Row:
    """A line of a preview; of an entry that is not this reader's, only its outcome."""

    word: str
    colour: str
    title: str = ""
    # Of the page that shows it alone, and of the entry there is now.
    url: str = ""
    entry_url: str = ""
    place: str = ""
    sentences: tuple[str, ...] = ()
    # Names, and by which rule each was given.
    tags: tuple[tuple[str, str], ...] = ()
    is_hidden: bool = False


@dataclass(frozen=True)
class Shown:
    """A line looked at: what differs, or the whole of what there is not yet."""

    comparison: Comparison | None = None
    drawn: Rendered | None = None
    html: str = ""
    language: str = ""


def may_read(item: JobItem, user: Person) -> bool:
    """Whether the reader may know of the entry; notes without one are no secret."""
    return item.entry is None or permissions.can_view(user, item.entry)


def row_of(item: JobItem, user: Person) -> Row:
    status = ItemStatus(item.status)
    colour = LOOKS[status][2]
    if not may_read(item, user):
        return Row(status.label, colour, is_hidden=True)
    return Row(
        word=status.label,
        colour=colour,
        title=item.title,
        url=f"{item.job.get_absolute_url()}{item.position}/",
        entry_url=item.entry.get_absolute_url() if item.entry else "",
        place=f"{item.path}:{item.line}" if item.line else item.path,
        sentences=tuple(sentences(item.details.get("messages", []))),
        tags=tuple(
            (tag["name"], _rule(tag["rule"])) for tag in item.details.get("tags", [])
        ),
    )


def _rule(rule: str) -> str:
    if rule.startswith(_IMPLIED):
        name = rule.removeprefix(_IMPLIED)
        return gettext("because of “%(tag)s”") % {"tag": name}
    return str(_RULES.get(rule, rule))


def look_at(item: JobItem) -> Shown:
    """What the note would bring. Two queries more when it is a new entry."""
    if item.content is None:
        return Shown()
    content = _content_of(item.content)
    if item.entry is not None:
        return Shown(comparison=compare_contents(Content.of(item.entry), content))
    drawn = draw(content.body)
    return Shown(
        drawn=drawn, html=printed(drawn.html), language=language_of(content.body)
    )


def choices(counts: Mapping[str, int]) -> list[tuple[ItemStatus, int]]:
    """The outcomes there are, for the filter."""
    return [(status, counts[status]) for status in ItemStatus if status in counts]


def _content_of(stored: Mapping[str, object]) -> Content:
    return Content(
        title=stored["title"],
        body=stored["body"],
        tags=tuple(TagUse(tag["name"], tag["rule"]) for tag in stored["tags"]),
        summary=stored["summary"],
        source_url=stored["source_url"],
        aliases=tuple(stored["aliases"]),
        properties=tuple((name, value) for name, value in stored["properties"]),
    )
