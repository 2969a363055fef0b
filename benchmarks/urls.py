"""The wiki's addresses and the floor they are measured against."""

from django.http import HttpRequest, HttpResponse
from django.urls import include, path

CONSTANT_BYTES = 10_240
_PAGE = "<!doctype html><title>constant</title>".ljust(CONSTANT_BYTES)


def constant(request: HttpRequest) -> HttpResponse:
    """A page of 10 KB that costs nothing to make: what the middleware costs."""
    return HttpResponse(_PAGE)


urlpatterns = [path("bench/constant/", constant), path("", include("config.urls"))]
