"""Requests that this process answers itself, with what each of them cost.

The whole way is measured, from the WSGI environment to the last byte of the
answer; only the sockets of a server are left out. What stands on a page is asked
for and sent back as a browser does: cookies, tokens and fields of forms are those
that the pages give.
"""

import io
import time
from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.cookies import SimpleCookie
from importlib import import_module
from statistics import median, quantiles
from urllib.parse import quote, urlencode

from django.conf import settings
from django.contrib.auth import (
    BACKEND_SESSION_KEY,
    HASH_SESSION_KEY,
    SESSION_KEY,
    get_user_model,
)
from django.core.wsgi import get_wsgi_application


@dataclass
class Cost:
    """What requests of one kind took, in milliseconds."""

    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)

    def as_figures(self) -> dict[str, float]:
        """`p50` and `p95` of the time that passed, `cpu` the median of this process."""
        return {
            "p50": median(self.wall),
            "p95": quantiles(self.wall, n=20)[-1],
            "cpu": median(self.cpu),
        }


@dataclass(frozen=True)
class Answer:
    status: int
    text: str


class Reader:
    """Someone who asks for pages; a writer when the account is given."""

    # Every reader has an address of its own: limits are kept by it.
    _count = 0

    def __init__(self, user: object | None = None) -> None:
        Reader._count += 1
        number = Reader._count
        self._address = f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}"
        self._cookies = {"sessionid": _session_of(user)} if user else {}

    def get(self, path: str, cost: Cost | None = None) -> Answer:
        return self._ask("GET", path, b"", cost)

    def post(self, path: str, fields: dict[str, str], cost: Cost | None) -> Answer:
        return self._ask("POST", path, urlencode(fields).encode(), cost)

    def _ask(self, method: str, path: str, body: bytes, cost: Cost | None) -> Answer:
        environ = self._environ(method, path, body)
        wall, cpu = time.perf_counter(), time.process_time()
        status, headers, content = _answered(environ)
        if cost is not None:
            cost.wall.append((time.perf_counter() - wall) * 1000)
            cost.cpu.append((time.process_time() - cpu) * 1000)
        for name, value in headers:
            if name == "Set-Cookie":
                self._cookies |= {k: m.value for k, m in SimpleCookie(value).items()}
        if status >= 400:
            raise SystemExit(f"{method} {path} answered {status}:\n{content.decode()}")
        return Answer(status, content.decode())

    def _environ(self, method: str, path: str, body: bytes) -> dict:
        path, _, query = path.partition("?")
        cookies = "; ".join(f"{k}={v}" for k, v in self._cookies.items())
        return {
            "REQUEST_METHOD": method,
            # As a server gives it: bytes, each as one character.
            "PATH_INFO": path.encode().decode("latin-1"),
            "QUERY_STRING": quote(query, safe="=&"),
            "SCRIPT_NAME": "",
            "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": "8000",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": self._address,
            "HTTP_HOST": "127.0.0.1:8000",
            "HTTP_ACCEPT_LANGUAGE": "ko",
            "HTTP_COOKIE": cookies,
            "CONTENT_TYPE": "application/x-www-form-urlencoded" if body else "",
            "CONTENT_LENGTH": str(len(body)) if body else "",
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(body),
            "wsgi.errors": io.StringIO(),
            "wsgi.multithread": False,
            "wsgi.multiprocess": True,
            "wsgi.run_once": False,
        }


def _answered(environ: dict) -> tuple[int, list[tuple[str, str]], bytes]:
    global _application
    if _application is None:
        _application = get_wsgi_application()
    begun: list = []
    response = _application(environ, lambda *arguments: begun.append(arguments))
    content = b"".join(response)
    # What ends a request, and gives its connection back, hangs on it.
    response.close()
    [(status, headers, *_)] = begun
    return int(status.split()[0]), headers, content


_application = None


def writer(number: int) -> Reader:
    """The writer of this number, signed in; the account is made when there is none."""
    users = get_user_model().objects
    name = f"bench-{number}"
    user = users.filter(username=name).first() or users.create_user(name)
    return Reader(user)


def _session_of(user: object) -> str:
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[-1]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return session.session_key


def fields_of(page: str) -> dict[str, str]:
    """What the editor's form on a page would send when nothing in it was changed."""
    form = _EditorForm()
    form.feed(page)
    return form.fields


class _EditorForm(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.fields: dict[str, str] = {}
        self._is_inside = False
        self._open_forms = 0
        self._area = ""

    def handle_starttag(self, tag: str, attrs: list) -> None:
        given = dict(attrs)
        name = given.get("name", "")
        if tag == "form":
            # A dialog inside closes by a form of its own.
            self._open_forms += 1
            self._is_inside = self._is_inside or "data-editor" in given
        if not self._is_inside or not name:
            return
        if tag == "textarea":
            self._area, self.fields[name] = name, ""
        elif tag == "input" and _is_sent(given):
            self.fields[name] = given.get("value") or ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open_forms -= 1
            self._is_inside = self._is_inside and self._open_forms > 0
        if tag == "textarea" and self._area:
            # The first line break after the tag is not part of the text.
            self.fields[self._area] = self.fields[self._area].removeprefix("\n")
            self._area = ""

    def handle_data(self, data: str) -> None:
        if self._area:
            self.fields[self._area] += data


def _is_sent(given: dict) -> bool:
    kind = given.get("type", "text")
    if kind in ("checkbox", "radio"):
        return "checked" in given
    return kind not in ("submit", "button", "file", "image")
