"""Which revision a form takes back: said on the page that joins edits, and signed.

An undo that clashes is saved by the editor's form, choices made. That it is one goes
along there; the signature keeps any other save from calling itself so.
"""

from django.core.signing import BadSignature, Signer

from wiki.forms import EntryForm, number_in
from wiki.models import Entry

_SIGNER = "wiki.undo"


def undoing(entry: Entry, number: int) -> str:
    """What a form carries that undoes this revision of the entry."""
    return Signer(salt=_SIGNER).sign(f"{entry.pk}.{number}")


def undone_by(form: EntryForm, entry: Entry) -> int | None:
    """The number of the revision that the form undoes; None for any other form."""
    try:
        meant = Signer(salt=_SIGNER).unsign(str(form["undoes"].value() or ""))
    except BadSignature:
        return None
    entry_id, _, number = meant.partition(".")
    return number_in(number) if entry_id == str(entry.pk) else None
