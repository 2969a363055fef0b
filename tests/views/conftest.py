"""What the tests of several pages find."""

import pytest
from django.contrib.auth.models import AbstractUser
from django.test import Client

from tests import people


@pytest.fixture
def importer(writer: AbstractUser) -> AbstractUser:
    return people.allowed_to_import(writer)


@pytest.fixture
def as_importer(importer: AbstractUser) -> Client:
    return people.client_of(importer)
