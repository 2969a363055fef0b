"""Forms as a browser without script sends them: what is printed goes back."""

from html.parser import HTMLParser

from django.http import HttpResponse

_NOT_SENT = ("submit", "button", "file")


class _Reader(HTMLParser):
    """The fields of one form, named by its id or by a field it has."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.forms: list[tuple[str, dict[str, str]]] = []
        self.autofocus: list[str] = []
        self._area: str | None = None
        self._select: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        has = dict(attrs)
        if tag == "option" and self._select and "selected" in has:
            self.forms[-1][1][self._select] = has.get("value") or ""
        if tag == "form":
            self.forms.append((has.get("id") or "", {}))
        name = has.get("name")
        if not self.forms or not name:
            return
        if "autofocus" in has:
            self.autofocus.append(name)
        fields = self.forms[-1][1]
        if tag == "textarea":
            self._area, fields[name] = name, ""
        elif tag == "select":
            self._select = name
        elif tag == "input":
            kind = has.get("type") or "text"
            if kind in ("radio", "checkbox") and "checked" not in has:
                return
            if kind not in _NOT_SENT:
                fields[name] = _as_sent(has.get("value") or "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self._select = None
        if tag == "textarea" and self._area:
            fields = self.forms[-1][1]
            text = fields[self._area].replace("\r\n", "\n").removeprefix("\n")
            fields[self._area] = _as_sent(text)
            self._area = None

    def handle_data(self, data: str) -> None:
        if self._area:
            self.forms[-1][1][self._area] += data


def _as_sent(text: str) -> str:
    """With the line ends of the web, which browsers send whatever was printed."""
    return text.replace("\r\n", "\n").replace("\n", "\r\n")


def fields_of(answer: HttpResponse, form: str = "", *, has: str = "body") -> dict:
    """What the form of this id would send, or the first one with a field `has`."""
    reader = _read(answer)
    for name, fields in reader.forms:
        if (form and name == form) or (not form and has in fields):
            return fields
    raise AssertionError(f"no form {form or has} on the page")


def focused(answer: HttpResponse) -> list[str]:
    """Names of the fields that take the focus when the page is there."""
    return _read(answer).autofocus


def _read(answer: HttpResponse) -> _Reader:
    reader = _Reader()
    reader.feed(answer.content.decode())
    return reader
