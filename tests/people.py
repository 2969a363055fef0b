"""The cast: the people whom every page and every act is tried with.

A visitor has no account. A writer has one, and so has the other writer, whom
conflicts need. A curator is staff. An administrator may do everything.
"""

from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractUser, Permission
from django.test import Client

PASSWORD = "correct horse 배터리 staple"
BACKEND = "django.contrib.auth.backends.ModelBackend"


def writer() -> AbstractUser:
    return _person("minsu", first_name="민수")


def other_writer() -> AbstractUser:
    return _person("jihyeon", first_name="지현")


def curator() -> AbstractUser:
    """Staff, with every right over the wiki's own records in the admin."""
    person = _person("curator", is_staff=True)
    person.user_permissions.set(
        Permission.objects.filter(content_type__app_label="wiki")
    )
    return person


def administrator() -> AbstractUser:
    return get_user_model().objects.create_superuser("admin", password=PASSWORD)


def allowed_to_import(person: AbstractUser) -> AbstractUser:
    """The person, with the right to import."""
    person.user_permissions.add(Permission.objects.get(codename="can_import"))
    return person


def client_of(person: AbstractUser | None, **defaults: str) -> Client:
    """A test client of this person, logged in; of a visitor when None."""
    client = Client(**defaults)
    if person is not None:
        client.force_login(person, backend=BACKEND)
    return client


def _person(name: str, **fields: object) -> AbstractUser:
    return get_user_model().objects.create_user(name, password=PASSWORD, **fields)
