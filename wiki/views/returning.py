"""The way back to a form that was sent while its writer was signed out.

Everything the form held goes through the sign-in page and comes back in the same
form; nothing is stored on the way, and nothing is saved without being asked to.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.urls import ResolverMatch, resolve
from django.utils.http import url_has_allowed_host_and_scheme

# The editors by the name of their address, and whether they make a new entry.
EDITORS = {"entry-new": True, "entry-edit": False}
# What the sign-in page asks for itself. None of it goes back to an editor.
SIGN_IN_FIELDS = ("csrfmiddlewaretoken", "username", "password", "next")


@dataclass(frozen=True)
class Kept:
    """What was typed in an editor, and the editor's address."""

    address: str
    editor: ResolverMatch
    fields: Mapping[str, str]

    @property
    def is_new(self) -> bool:
        return EDITORS[self.editor.view_name]


def take_kept(request: HttpRequest) -> Kept | None:
    """The editor's form that came along with a sign-in, taken out of it.

    Behind it nothing that signs people in, counts failures or writes logs sees
    what was typed. None when none came along.
    """
    sent = request.POST
    editor = _editor_at(sent.get("next", ""), request)
    if editor is None or "body" not in sent:
        return None
    own = QueryDict(mutable=True)
    own.update({name: sent[name] for name in SIGN_IN_FIELDS if name in sent})
    fields = {name: sent[name] for name in sent if name not in own and name != "do"}
    request.POST = own
    return Kept(sent["next"], editor, fields)


def return_to(request: HttpRequest, kept: Kept) -> HttpResponse:
    """The editor with all that was typed, for whoever is signed in by now."""
    form = QueryDict(mutable=True)
    form.update({**kept.fields, "do": "back"})
    request.POST = form
    return kept.editor.func(request, *kept.editor.args, **kept.editor.kwargs)


def _editor_at(address: str, request: HttpRequest) -> ResolverMatch | None:
    is_ours = url_has_allowed_host_and_scheme(
        address, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    if not is_ours:
        return None
    try:
        match = resolve(unquote(urlsplit(address).path))
    except Http404:
        return None
    return match if match.view_name in EDITORS else None
