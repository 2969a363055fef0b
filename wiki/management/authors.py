"""Who a command acts as."""

from django.contrib.auth import get_user_model
from django.utils.translation import gettext as _

from wiki.editing import Author
from wiki.models.revisions import MAX_LABEL_CHARS


def author_called(name: str) -> Author:
    """The account of that name, else a label; without a name the importer itself."""
    if not name:
        return Author(label=_("Importer"))
    people = get_user_model()
    person = people.objects.filter(**{people.USERNAME_FIELD: name}).first()
    return Author(user=person) if person else Author(label=name[:MAX_LABEL_CHARS])
