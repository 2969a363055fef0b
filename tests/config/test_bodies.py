"""Requests that bring too much under ASGI, and disks that are full."""

import errno

import pytest
from asgiref.sync import async_to_sync
from django.core.exceptions import RequestAborted
from django.core.handlers.asgi import ASGIHandler

from config import asgi, bodies

MIB = 2**20


def post(path: str, sizes: list[int], length: int | None = None, app=None):
    """The status, the text, and how many parts of the body were read."""
    parts = [{"body": b"x" * size, "more_body": True} for size in sizes]
    parts[-1]["more_body"] = False
    count, sent = len(parts), []

    async def receive():
        if not parts:
            return {"type": "http.disconnect"}
        return {"type": "http.request", **parts.pop(0)}

    async def send(message):
        sent.append(message)

    headers = [] if length is None else [(b"content-length", str(length).encode())]
    scope = {"type": "http", "path": path, "headers": headers, "method": "POST"}
    async_to_sync(app or bodies.limited(reading))(scope, receive, send)
    text = b"".join(message.get("body", b"") for message in sent[1:])
    return sent[0]["status"], text.decode(), count - len(parts)


async def reading(scope, receive, send):
    """Reads as Django does, then answers."""
    try:
        body = await ASGIHandler().read_body(receive)
    except RequestAborted:
        return
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"%d" % len(body.read())})


def test_what_fits_is_handed_on():
    assert post("/upload/", [MIB] * 8, 8 * MIB) == (200, str(8 * MIB), 8)


@pytest.mark.parametrize("length", [60 * MIB, None, 5])
def test_what_is_too_large_is_refused_in_both_languages(length):
    status, text, _read = post("/upload/", [MIB] * 60, length, app=asgi.application)

    assert status == 413
    assert "너무 큽니다" in text
    assert "Nothing was saved" in text


def test_more_is_not_even_read_to_be_thrown_away():
    *_told, read = post("/upload/", [MIB] * 200, 200 * MIB)

    assert read <= 97


def test_imports_may_be_larger(settings):
    settings.WIKI_UPLOAD_MB = 30

    assert post("/imports/new/", [MIB] * 40)[0] == 200
    assert post("/imports/new/", [MIB] * 60)[0] == 413


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EIO])
def test_a_full_disk_is_told(code):
    async def full(scope, receive, send):
        await receive()
        raise OSError(code, "of the disk")

    if code == errno.EIO:
        with pytest.raises(OSError, match="of the disk"):
            post("/new/", [MIB, MIB], app=bodies.limited(full))
    else:
        status, text, read = post("/new/", [MIB, MIB], app=bodies.limited(full))
        assert (status, read) == (507, 2)
        assert "no room left" in text
