"""Tags that may be one topic, for curators to merge."""

from dataclasses import dataclass
from functools import lru_cache

from django.conf import settings
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from wiki import permissions
from wiki.importing.notes import DumpError
from wiki.importing.vocabulary import read_topic_file
from wiki.models import Tag
from wiki.slugs import tag_key
from wiki.tag_likeness import Likeness, like_tags
from wiki.views.gate import only_for
from wiki.views.lists import page_of

PAIRS_PER_PAGE = 100


@dataclass(frozen=True)
class Pair:
    """Two tags, why they are alike, and the previews of merging them either way."""

    kept: Tag
    other: Tag
    reason: str
    merge_url: str
    turned_url: str


@require_safe
@never_cache
@only_for(permissions.can_curate)
def similar(request: HttpRequest) -> HttpResponse:
    """Each pair with a link to the preview of its merge. Two queries."""
    live = Q(items__content_object__deleted_at=None)
    counted = Tag.objects.annotate(count=Count("items", filter=live)).defer("terms")
    tags = {tag.key: tag for tag in counted.filter(count__gt=0)}
    counts = {key: tag.count for key, tag in tags.items()}
    found = like_tags(counts, _topics(str(settings.WIKI_TOPICS_FILE)))
    page = page_of(request, found, PAIRS_PER_PAGE)
    context = {"page": page, "pairs": [_pair(one, tags) for one in page]}
    return render(request, "wiki/tags_similar.html", context)


def _pair(one: Likeness, tags: dict[str, Tag]) -> Pair:
    kept, other = tags[one.kept], tags[one.other]
    return Pair(kept, other, one.reason, _merge(other, kept), _merge(kept, other))


def _merge(tag: Tag, into: Tag) -> str:
    return f"{reverse('tag-merge', args=[tag.key])}?{urlencode({'to': into.name})}"


@lru_cache(maxsize=2)
def _topics(path: str) -> tuple[tuple[str, ...], ...]:
    """The keys of all names of each topic that comes with the project."""
    try:
        table = read_topic_file(path)
    except DumpError:
        return ()
    return tuple(
        tuple(tag_key(name) for name in (topic.name, *(a.name for a in topic.aliases)))
        for topic in table.topics
    )
