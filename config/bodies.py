"""Requests that bring too much, refused before anything of them is kept.

Django under ASGI writes a request's whole body to a file before any view, and
before anyone asks who sent it.
"""

import errno
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from django.conf import settings

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]

# Well above what a page takes: of what is a little too large the page says so
# itself, in its own words.
MAX_BYTES = 24 * 2**20
# A browser hears no answer before it has sent all: so many times the limit is
# read to be thrown away.
_DRAINED_TIMES = 4

_TOO_LARGE = (
    "한 번에 보내기에는 너무 큽니다. 저장된 것은 없습니다.\n"
    "That is too much to send at once. Nothing was saved.\n"
)
_NO_ROOM = (
    "서버에 빈 공간이 없습니다. 저장된 것은 없습니다. 관리자에게 알려 주세요.\n"
    "The server has no room left. Nothing was saved; tell an administrator.\n"
)


class _Body:
    """The body of one request, handed on until it is longer than its limit."""

    def __init__(self, receive: Receive, limit: int) -> None:
        self._receive = receive
        self._limit = limit
        self.count = 0
        self.is_whole = False

    @property
    def is_too_large(self) -> bool:
        return self.count > self._limit

    async def receive(self) -> Message:
        message = await self._receive()
        if message["type"] != "http.request":
            self.is_whole = True
            return message
        self.count += len(message.get("body", b""))
        self.is_whole = not message.get("more_body", False)
        # Whoever reads it gives up, and removes what was kept of it.
        return {"type": "http.disconnect"} if self.is_too_large else message

    async def drain(self) -> None:
        while not self.is_whole and self.count < self._limit * _DRAINED_TIMES:
            await self.receive()


def limited(app: App) -> App:
    """The application, which gets no request with a body over its limit."""

    async def answer(scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await app(scope, receive, send)
        limit = _limit_of(scope["path"])
        body = _Body(receive, limit)
        if _length_of(scope) <= limit:
            try:
                await app(scope, body.receive, send)
            except OSError as error:
                # Kept for the views it is on a disk; once they have it, it is whole.
                if body.is_whole or error.errno not in (errno.ENOSPC, errno.EDQUOT):
                    raise
                await body.drain()
                return await _say(send, 507, _NO_ROOM)
            if not body.is_too_large:
                return None
        await body.drain()
        return await _say(send, 413, _TOO_LARGE)

    return answer


def _limit_of(path: str) -> int:
    if path.endswith("/imports/new/"):
        return MAX_BYTES + settings.WIKI_UPLOAD_MB * 2**20
    return MAX_BYTES


def _length_of(scope: Message) -> int:
    text = dict(scope["headers"]).get(b"content-length", b"")
    return int(text) if text.isdigit() and len(text) < 20 else 0


async def _say(send: Send, status: int, sentences: str) -> None:
    headers = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"cache-control", b"no-store"),
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": sentences.encode()})
