"""What recent changes can be narrowed by: read from an address, and kept by members."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth import get_user_model
from django.db.models import Value
from django.db.models.functions import Concat, Trim
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from wiki import permissions
from wiki.changes import KINDS, Wanted, Who
from wiki.models import Preference
from wiki.models.revisions import MAX_LABEL_CHARS
from wiki.permissions import Person
from wiki.slugs import tag_key
from wiki.views.change_rows import kind_of
from wiki.views.gate import only_for

DAYS = (7, 30, 90, 365)
# No tag has a longer key, and a database refuses to look for it.
MAX_TAG_CHARS = 200
# Of one name; more accounts that share it are no filter but a list.
MAX_ACCOUNTS = 20


@dataclass(frozen=True, kw_only=True)
class Filters:
    """What was chosen; `by` is the name of a person, account or not."""

    kind: str = KINDS[0]
    without_minor: bool = False
    tag: str = ""
    by: str = ""
    days: int = DAYS[0]

    @classmethod
    def of(cls, sent: Mapping[str, str]) -> "Filters":
        """What the parameters of an address say; nonsense is as good as nothing."""
        days = sent.get("days", "")
        by = " ".join(sent.get("by", "").replace("\x00", "").split())
        tag = tag_key(sent.get("tag", "").replace("\x00", ""))
        return cls(
            kind=kind_of(sent),
            without_minor=sent.get("minor") == "no",
            tag=tag if len(tag) <= MAX_TAG_CHARS else "",
            by=by[:MAX_LABEL_CHARS],
            days=next((number for number in DAYS if str(number) == days), DAYS[0]),
        )

    def parameters(self) -> dict[str, str]:
        """As an address says it. Never empty: no parameters ask for the kept ones."""
        chosen = {
            "kind": "" if self.kind == KINDS[0] else self.kind,
            "minor": "no" if self.without_minor else "",
            "tag": self.tag,
            "by": self.by,
            "days": str(self.days),
        }
        return {name: text for name, text in chosen.items() if text}

    def query(self, **changes: Any) -> str:
        """The parameters, changed, ready to go before more: `"tag=grpc&days=7&"`."""
        return f"{urlencode(replace(self, **changes).parameters())}&"

    def wanted(self, since: datetime) -> Wanted:
        """The changes that are meant. One query when a person is named."""
        return Wanted(
            kind=self.kind,
            without_minor=self.without_minor,
            tag=self.tag,
            since=since,
            who=find_who(self.by) if self.by else None,
        )


NO_FILTERS = Filters()


def find_who(name: str) -> Who:
    """Accounts that log in with this name or bear it in full, and the name itself."""
    full_name = Trim(Concat("first_name", Value(" "), "last_name"))
    accounts = get_user_model().objects.annotate(full_name=full_name).order_by("pk")
    called = accounts.filter(username__iexact=name) | accounts.filter(
        full_name__iexact=name
    )
    return Who(tuple(called.values_list("pk", flat=True)[:MAX_ACCOUNTS]), name)


def kept_filters(person: Person) -> Filters | None:
    """What a member keeps, if anything. One query; none for visitors."""
    if not permissions.is_member(person):
        return None
    preference = Preference.objects.filter(user=person).only("recent_filters").first()
    kept = preference.recent_filters if preference else None
    return Filters.of(kept) if kept else None


@only_for(permissions.is_member)
@require_POST
def keep_filters(request: HttpRequest) -> HttpResponse:
    """Keeps the filters that were sent for one's next visit, or lets go of them."""
    filters = Filters.of(request.POST)
    is_kept = request.POST.get("do") == "keep" and filters != NO_FILTERS
    Preference.objects.update_or_create(
        user=request.user,
        defaults={"recent_filters": filters.parameters() if is_kept else {}},
    )
    if is_kept:
        sentence = _("Recent changes open with these filters from now on.")
    else:
        sentence = _("Recent changes open without filters from now on.")
    messages.success(request, sentence)
    return redirect("recent")
