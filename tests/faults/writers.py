"""People who write all at once, black-box: HTTP, cookies, forms, nothing else.

What became of each attempt is noted as its writer saw it: acknowledged, refused
(409, with everything typed), failed (another status), or unknown, because no
answer came. `verdict` compares that with the history.
"""

import random
import re
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from email.message import Message
from html.parser import HTMLParser
from http.client import HTTPConnection, HTTPException, HTTPResponse
from itertools import count, repeat
from urllib.parse import quote, urlencode

ACKNOWLEDGED, REFUSED, FAILED, UNKNOWN = "acknowledged", "refused", "failed", "unknown"
ANSWER_SECONDS = 40
# A stale writer sends the form that it opened so many saves ago.
STALE_STEPS = 3
SESSION_COOKIE = "sessionid"


@dataclass(frozen=True)
class Attempt:
    """One form that was sent, and what its writer knows of it."""

    workload: str
    slug: str
    mark: str
    token: str
    base_version: int
    outcome: str
    status: int
    seconds: float
    at: float
    # Whether the text that was typed stands in an answer that is no success.
    has_text: bool = True
    is_locked: bool = False
    retry_after: str = ""


@dataclass
class History:
    """All attempts of all writers, in the order in which they ended."""

    attempts: list[Attempt] = field(default_factory=list)

    def of(self, *outcomes: str) -> list[Attempt]:
        return [one for one in self.attempts if one.outcome in outcomes]

    def seconds(self, share: float) -> float:
        """The time that this share of the acknowledged saves took at most."""
        times = sorted(one.seconds for one in self.of(ACKNOWLEDGED))
        return times[min(len(times) - 1, int(share * len(times)))] if times else 0


class Form(HTMLParser):
    """The fields of the editor's form on a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.fields: dict[str, str] = {}
        self._is_inside = False
        self._templates = 0
        self._area = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attributes: list) -> None:
        found = dict(attributes)
        name = found.get("name", "")
        # What is in a template is only for scripts.
        self._templates += tag == "template"
        if self._templates:
            return
        if tag == "form":
            self._is_inside = "data-editor" in found
        if not self._is_inside or not name:
            return
        if tag == "textarea":
            self._area = name
            self.fields[name] = ""
        elif tag == "input" and found.get("type") not in ("checkbox", "radio", "file"):
            self.fields[name] = found.get("value") or ""

    def handle_data(self, data: str) -> None:
        if self._area:
            self.fields[self._area] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "template":
            self._templates -= 1
        elif self._templates:
            return
        elif tag == "textarea" and self._area:
            # A browser drops the first newline.
            text = self.fields[self._area].removeprefix("\n")
            self.fields[self._area] = text
            self._area = ""
        elif tag == "form":
            self._is_inside = False


class Writer:
    """One signed-in person with a browser that has no script."""

    def __init__(self, port: int, session: str, name: str, history: History) -> None:
        self.name = name
        self._port = port
        self._cookies = {SESSION_COOKIE: session}
        self._history = history
        self._connection: HTTPConnection | None = None
        self._number = 0

    def next_mark(self) -> str:
        """A text that nobody wrote before and that is part of no other."""
        self._number += 1
        return f"<{self.name}-{self._number:05}>"

    def open(self, slug: str) -> dict[str, str] | None:
        """The form that changes an entry; None when there was no page."""
        try:
            status, html, _ = self._ask("GET", _edit_path(slug))
        except (OSError, HTTPException):
            return None
        return Form(html).fields if status == 200 else None

    def save(
        self, workload: str, slug: str, fields: dict[str, str], mark: str
    ) -> Attempt:
        """Sends the form, with `mark` somewhere in its text."""
        started = time.monotonic()
        status, html, headers, outcome = 0, "", Message(), UNKNOWN
        try:
            status, html, headers = self._ask("POST", _edit_path(slug), fields)
            outcome = {302: ACKNOWLEDGED, 409: REFUSED}.get(status, FAILED)
        except (OSError, HTTPException):
            pass
        ended = time.monotonic()
        attempt = Attempt(
            workload,
            slug,
            mark,
            fields.get("form_token", ""),
            int(fields["base_version"]),
            outcome,
            status,
            ended - started,
            ended,
            has_text=status in (0, 302) or _escaped(mark) in html,
            is_locked="database is locked" in html,
            retry_after=headers.get("Retry-After", ""),
        )
        self._history.attempts.append(attempt)
        return attempt

    def _ask(
        self, method: str, path: str, fields: dict[str, str] | None = None
    ) -> tuple[int, str, Message]:
        if self._connection is None:
            self._connection = self._connect()
        headers = {"Cookie": "; ".join(f"{k}={v}" for k, v in self._cookies.items())}
        body = None
        if fields is not None:
            # As a browser: line ends of forms are CRLF.
            sent = {k: v.replace("\n", "\r\n") for k, v in fields.items()}
            body = urlencode(sent)
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            answer, html = self._answer(method, path, body, headers)
        except (OSError, HTTPException):
            self._connection.close()
            self._connection = None
            raise
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie":
                key, _, rest = value.partition("=")
                self._cookies[key] = rest.partition(";")[0]
        return answer.status, html, answer.headers

    def _answer(self, *request: object) -> tuple[HTTPResponse, str]:
        is_reused = self._connection.sock is not None
        try:
            return self._exchange(*request)
        except ConnectionError:
            if not is_reused:
                raise
        # A server ends a connection that rests for two seconds, which may cross
        # what is sent on it: a browser asks again on another, once.
        self._connection.close()
        self._connection = self._connect()
        return self._exchange(*request)

    def _exchange(self, *request: object) -> tuple[HTTPResponse, str]:
        self._connection.request(*request)
        answer = self._connection.getresponse()
        return answer, answer.read().decode("utf-8", "replace")

    def _connect(self) -> HTTPConnection:
        return HTTPConnection("127.0.0.1", self._port, timeout=ANSWER_SECONDS)


def _edit_path(slug: str) -> str:
    return f"/wiki/{quote(slug)}/edit/"


def _escaped(mark: str) -> str:
    return mark.replace("<", "&lt;").replace(">", "&gt;")


# ── What they do ─────────────────────────────────────────────────────────────

# Places of a text: each is there once, and is written over once.
PARAGRAPH = "{n:02}번 사람의 {k:03}번째 문단은 아직 그대로이다."


def text_of_sections(writers: int, edits: int) -> str:
    """A text with a section for each writer and a paragraph for each of their edits."""
    return "\n".join(
        f"## {n}번 사람의 절\n\n"
        + "\n\n".join(PARAGRAPH.format(n=n, k=k) for k in range(edits))
        + "\n"
        for n in range(writers)
    )


def replaced(body: str, n: int, k: int, mark: str) -> str:
    place = PARAGRAPH.format(n=n, k=k)
    return body.replace(place, f"{mark} {n}번 사람이 고친 문단이다.")


Workload = Callable[[Writer, int, int], None]


def own(writer: Writer, n: int, edits: int, slug: str = "own-{n}") -> None:
    """Everyone has a page of their own, and writes over its one line."""
    slug = slug.format(n=n)
    for _ in range(edits):
        fields = writer.open(slug)
        mark = writer.next_mark()
        if fields:
            writer.save("own", slug, fields | {"body": f"# 쪽\n\n{mark}\n"}, mark)


def sections(writer: Writer, n: int, edits: int) -> None:
    """All write in one page, each in a section of their own."""
    for k in range(edits):
        fields = writer.open("sections")
        mark = writer.next_mark()
        if fields:
            body = replaced(fields["body"], n, k, mark)
            writer.save("sections", "sections", fields | {"body": body}, mark)


def end(writer: Writer, n: int, edits: int) -> None:
    """All add a line at the end of one page."""
    for _ in range(edits):
        fields = writer.open("end")
        mark = writer.next_mark()
        if fields:
            body = f"{fields['body']}\n{mark} 덧붙인 줄\n"
            writer.save("end", "end", fields | {"body": body}, mark)


def line(writer: Writer, n: int, edits: int) -> None:
    """All write over the same line."""
    for _ in range(edits):
        fields = writer.open("line")
        mark = writer.next_mark()
        if fields:
            body = re.sub("줄: .*", f"줄: {mark}", fields["body"])
            writer.save("line", "line", fields | {"body": body}, mark)


def stale(writer: Writer, n: int, edits: int) -> None:
    """All write in one page, with forms that they opened some saves ago."""
    opened: deque[dict[str, str]] = deque()
    for k in range(edits):
        fields = writer.open("stale")
        if fields:
            opened.append(fields)
        if len(opened) >= STALE_STEPS or (opened and k == edits - 1):
            fields = opened.popleft()
            mark = writer.next_mark()
            body = replaced(fields["body"], n, k, mark)
            writer.save("stale", "stale", fields | {"body": body}, mark)


def double(writer: Writer, n: int, edits: int) -> None:
    """Everyone sends each form of their own page twice at one moment."""
    slug = f"double-{n}"
    other = Writer(
        writer._port, writer._cookies[SESSION_COOKIE], "again", writer._history
    )
    for _ in range(edits):
        fields = writer.open(slug)
        if not fields:
            continue
        other._cookies.update(writer._cookies)
        mark = writer.next_mark()
        fields |= {"body": f"# 쪽\n\n{mark}\n"}
        with ThreadPoolExecutor(2) as pool:
            for one in (writer, other):
                pool.submit(one.save, "double", slug, fields, mark)


WORKLOADS: dict[str, Workload] = {
    "own": own,
    "sections": sections,
    "end": end,
    "line": line,
    "stale": stale,
    "double": double,
}


@dataclass(frozen=True)
class Cast:
    """The sessions of the writers, and the wiki's pages made for them."""

    sessions: tuple[str, ...]

    def writers(self, port: int, history: History) -> Iterator[Writer]:
        for n, session in enumerate(self.sessions):
            # Names differ from run to run, so that marks never repeat.
            name = f"w{n:02}-{random.randrange(16**6):06x}"
            yield Writer(port, session, name, history)


def write_together(cast: Cast, port: int, workload: str, edits: int) -> History:
    """All writers at once, each with so many edits."""
    history = History()
    writers = list(cast.writers(port, history))
    with ThreadPoolExecutor(len(writers)) as pool:
        for _ in pool.map(WORKLOADS[workload], writers, count(), repeat(edits)):
            pass
    return history


class Crowd:
    """Writers who go on until they are told to stop: what happens meanwhile?

    Half of them write at pages of their own, half at one page for all.
    """

    def __init__(self, cast: Cast, port: int) -> None:
        self.history = History()
        self._stop = threading.Event()
        self._writers = list(cast.writers(port, self.history))
        self._pool = ThreadPoolExecutor(len(self._writers))
        self._ends: list[Future] = []

    def __enter__(self) -> "Crowd":
        self._ends = [
            self._pool.submit(self._write, writer, n)
            for n, writer in enumerate(self._writers)
        ]
        return self

    def __exit__(self, *error: object) -> None:
        self._stop.set()
        self._pool.shutdown()
        for end in self._ends:
            end.result()

    def wait_for_saves(self, count: int, seconds: float = 30) -> float:
        """Waits until so many more saves were acknowledged; gives the seconds."""
        started = time.monotonic()
        wanted = len(self.history.of(ACKNOWLEDGED)) + count
        while len(self.history.of(ACKNOWLEDGED)) < wanted:
            assert time.monotonic() - started < seconds, "nobody can save"
            time.sleep(0.01)
        return time.monotonic() - started

    def _write(self, writer: Writer, n: int) -> None:
        work = own if n % 2 else end
        while not self._stop.is_set():
            before = len(self.history.attempts)
            work(writer, n, 1)
            if len(self.history.attempts) == before:
                # No form could be opened.
                time.sleep(0.05)
