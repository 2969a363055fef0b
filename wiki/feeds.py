"""The Atom feeds: changes of the wiki and of a tag's notes, the history of an entry."""

import hashlib
import re
from datetime import UTC, datetime

from django.conf import settings
from django.contrib.syndication.views import Feed
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import escape
from django.utils.http import parse_http_date
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from wiki import permissions
from wiki.access import get_entry_for
from wiki.changes import BatchChange, Wanted, list_changes, readable_revisions
from wiki.editing.tagging import find_tags
from wiki.models import Batch, Entry, EntryTag, Revision, Tag
from wiki.permissions import Person
from wiki.slugs import tag_key

FEED_EDITS = 50
# No tag has a longer one.
MAX_TAG_KEY_CHARS = 200
_ENTRY = "content_object__"
# What XML 1.0 cannot hold, even escaped.
_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

Item = Revision | BatchChange


class _Atom(Atom1Feed):
    """Atom whose empty feed has a date as well, and always the same."""

    def latest_post_date(self) -> datetime:
        if not self.items:
            return datetime.fromtimestamp(0, UTC)
        return super().latest_post_date()


class ChangesFeed(Feed):
    """What every feed of changes has in common: how each item reads, and 304.

    A feed says of what it is in `get_object`, `title`, `link`, `feed_url`,
    `feed_guid` and `items`; `edits` gives items for any choice of changes.
    Addresses begin with BASE_URL, whatever host the request names.
    """

    feed_type = _Atom

    def __call__(
        self, request: HttpRequest, *args: object, **kwargs: object
    ) -> HttpResponse:
        answer = super().__call__(request, *args, **kwargs)
        # Of what it says: hiding or renaming moves no date in it.
        answer["ETag"] = f'"{hashlib.sha256(answer.content).hexdigest()[:32]}"'
        patch_cache_control(answer, private=True, no_cache=True)
        changed_at = parse_http_date(answer["Last-Modified"])
        return get_conditional_response(request, answer["ETag"], changed_at, answer)

    def edits(self, person: Person, wanted: Wanted | None = None) -> list[Item]:
        """Every edit on its own, a batch as one item; what this person may see.

        Newest first. Three queries at most.
        """
        changes = list_changes(person, wanted, limit=FEED_EDITS, with_examples=False)
        found: list[Item] = []
        for change in changes.rows:
            if isinstance(change, BatchChange):
                found.append(change)
            else:
                found.extend(change.revisions)
        return found

    def item_title(self, item: Item) -> str:
        if isinstance(item, BatchChange):
            words = ngettext("%(count)s note", "%(count)s notes", item.entries)
            kind = item.batch.get_kind_display()
            return without_controls(f"{words % {'count': item.entries}} ({kind})")
        return without_controls(item.entry.title)

    def item_description(self, item: Item) -> str:
        if isinstance(item, BatchChange):
            # That of an import can name files, which only members read.
            comment = "" if item.is_import else item.batch.comment
            delta, warning = item.delta, ""
        else:
            comment, delta = item.comment, item.size_change
            warning = f"▼ {_('much shorter')}" if item.has_shrunk_a_lot else ""
        size = _("%(change)s characters") % {"change": f"{delta:+,}"}
        said = " · ".join(filter(None, [comment, size, warning]))
        # Readers take it for HTML.
        return escape(without_controls(said))

    def item_link(self, item: Item) -> str:
        if isinstance(item, BatchChange):
            return absolute(reverse("recent"))
        return absolute(item.get_absolute_url())

    def item_guid(self, item: Item) -> str:
        # Not the address of the entry, which a rename changes.
        name = "batch" if isinstance(item, BatchChange) else "revision"
        pk = item.batch.pk if isinstance(item, BatchChange) else item.pk
        return absolute(f"{reverse('recent')}#{name}-{pk}")

    def item_author_name(self, item: Item) -> str:
        who = item.batch if isinstance(item, BatchChange) else item
        return without_controls(_name_of(who)) or pgettext("author", "unknown")

    def item_pubdate(self, item: Item) -> datetime:
        return item.at if isinstance(item, BatchChange) else item.created_at

    item_updateddate = item_pubdate


class RecentFeed(ChangesFeed):
    """The changes of the whole wiki."""

    def get_object(self, request: HttpRequest) -> Person:
        return request.user

    def title(self) -> str:
        return without_controls(
            _("Recent changes — %(wiki)s") % {"wiki": settings.WIKI_NAME}
        )

    def link(self) -> str:
        return absolute(reverse("recent"))

    def feed_url(self) -> str:
        return absolute(reverse("recent-feed"))

    def feed_guid(self) -> str:
        return absolute(reverse("recent-feed"))

    def items(self, person: Person) -> list[Item]:
        return self.edits(person)


class EntryFeed(ChangesFeed):
    """Every revision of one entry that the reader may see, each as an item."""

    def get_object(self, request: HttpRequest, slug: str) -> tuple[Person, Entry]:
        entries = Entry.objects.without_text()
        return request.user, get_entry_for(request.user, slug, entries=entries)

    def title(self, seen: tuple[Person, Entry]) -> str:
        words = {"title": seen[1].title, "wiki": settings.WIKI_NAME}
        return without_controls(_("History of %(title)s — %(wiki)s") % words)

    def link(self, seen: tuple[Person, Entry]) -> str:
        return absolute(reverse("entry-history", args=[seen[1].slug]))

    def feed_url(self, seen: tuple[Person, Entry]) -> str:
        return absolute(reverse("entry-feed", args=[seen[1].slug]))

    def feed_guid(self, seen: tuple[Person, Entry]) -> str:
        # Not the address, which a rename changes.
        return absolute(f"{reverse('recent')}#entry-{seen[1].pk}")

    def items(self, seen: tuple[Person, Entry]) -> list[Item]:
        """Newest first. One query."""
        person, entry = seen
        revisions = readable_revisions(person).filter(entry=entry)
        found = revisions.without_text().select_related("author").newest_first()
        items = list(found[:FEED_EDITS])
        for revision in items:
            revision.entry = entry
        return items

    def item_title(self, item: Revision) -> str:
        return without_controls(
            f"{item.title} r{item.number} ({item.get_kind_display()})"
        )


class TagFeed(ChangesFeed):
    """What changed in the notes of one tag, as far as the reader may see them."""

    def get_object(self, request: HttpRequest, key: str) -> tuple[Person, Tag]:
        """Raises Http404 for a tag whose notes the reader may not see."""
        canonical = tag_key(key)
        if len(canonical) > MAX_TAG_KEY_CHARS:
            raise Http404
        tag = find_tags([canonical]).get(canonical)
        uses = EntryTag.objects.filter(permissions.viewable(request.user, _ENTRY))
        if tag is None or not uses.filter(tag=tag).exists():
            raise Http404
        return request.user, tag

    def title(self, seen: tuple[Person, Tag]) -> str:
        words = {"name": seen[1].name, "wiki": settings.WIKI_NAME}
        return without_controls(_("Changes under #%(name)s — %(wiki)s") % words)

    def link(self, seen: tuple[Person, Tag]) -> str:
        return absolute(seen[1].get_absolute_url())

    def feed_url(self, seen: tuple[Person, Tag]) -> str:
        return absolute(reverse("tag-feed", args=[seen[1].key]))

    def feed_guid(self, seen: tuple[Person, Tag]) -> str:
        # Not the address, which a rename changes.
        return absolute(f"{reverse('tags')}#tag-{seen[1].pk}")

    def items(self, seen: tuple[Person, Tag]) -> list[Item]:
        person, tag = seen
        return self.edits(person, Wanted(tag=tag.key))


def _name_of(who: Revision | Batch) -> str:
    if who.author is not None:
        return who.author.get_full_name() or who.author.get_username()
    return who.author_label


def absolute(path: str) -> str:
    """The whole address of a page of this wiki."""
    return f"{settings.BASE_URL}{path}"


def without_controls(text: str) -> str:
    """The text as XML can hold it."""
    return _NOT_IN_XML.sub("", text)
