"""Requests that bring files: how large they are, before they are taken apart."""

from django.http import HttpRequest

_CHUNK_BYTES = 64 * 1024


def length_of(request: HttpRequest) -> int:
    """How many bytes the request says it brings."""
    text = request.META.get("CONTENT_LENGTH") or "0"
    return int(text) if text.isascii() and text.isdigit() else 0


def drain(request: HttpRequest, *, max_bytes: int) -> None:
    """Reads what will not be used: a browser hears no answer before it has sent all.

    More than `max_bytes` is not even read to be thrown away. Under ASGI Django has
    read it all by now; there `config.bodies` sees to it.
    """
    left = min(length_of(request), max_bytes)
    while left > 0 and (chunk := request.read(_CHUNK_BYTES)):
        left -= len(chunk)
