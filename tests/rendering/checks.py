"""What HTML of a body may hold, said a second time: not taken from the renderer."""

import re
from html.parser import HTMLParser

VOID = {"br", "col", "hr", "img", "input", "wbr"}
PLAIN = (
    "b bdi blockquote caption cite code dd del dfn dl dt em figcaption i ins kbd label "
    "mark ol q rp rt ruby s samp small strong sub summary tbody tfoot thead tr u var "
    "br hr wbr"
)
ATTRIBUTES = {
    **{tag: set() for tag in PLAIN.split()},
    **{f"h{n}": {"id", "align"} for n in range(2, 7)},
    "a": {"class", "href", "id", "rel", "title"},
    "abbr": {"title"},
    "aside": {"class", "data-callout"},
    "bdo": {"dir"},
    "col": {"span"},
    "colgroup": {"span"},
    "details": {"class", "data-callout", "open"},
    "div": {"align", "class", "data-lang", "tabindex"},
    "figure": {"class"},
    "img": {"alt", "height", "loading", "referrerpolicy", "src", "title", "width"},
    "input": {"checked", "disabled", "type"},
    "li": {"class", "id", "value"},
    "ol": {"reversed", "start"},
    "p": {"align"},
    "pre": {"class", "tabindex"},
    "section": {"class"},
    "span": {"class", "dir", "lang"},
    "sup": {"class"},
    "table": {"class"},
    "td": {"align", "class", "colspan", "rowspan"},
    "th": {"align", "class", "colspan", "rowspan", "scope"},
    "time": {"datetime"},
    "ul": {"class"},
}
CLASSES = (
    "ext file missing hashtag footnote-back callout warn code math scroll-x pic task "
    "tasks mermaid plain footnotes footnote-ref host lost remote t left center right "
    "c k kt nc nf s mi gp gd gi"
)
FIXED = {
    "tabindex": {"0"},
    "type": {"checkbox"},
    "loading": {"lazy"},
    "referrerpolicy": {"no-referrer"},
    "rel": {"nofollow", "nofollow noopener noreferrer"},
    "scope": {"col", "row"},
    "dir": {"ltr", "rtl", "auto"},
    "align": {"left", "center", "right"},
}
SCHEMES = {"http", "https", "mailto", "tel"}


def problems_of(html):
    """Everything in the HTML that must not be there, as sentences."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    if reader.open_tags:
        reader.problems.append(f"left open: {reader.open_tags}")
    if reader.rawdata:
        reader.problems.append(f"not read: {reader.rawdata[:80]!r}")
    return reader.problems


class _Reader(HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.problems = []
        self.open_tags = []
        self.ids = set()

    def handle_starttag(self, tag, attrs):
        if tag not in ATTRIBUTES:
            self.problems.append(f"<{tag}>")
            return
        if tag == "a" and "a" in self.open_tags:
            self.problems.append("a link in a link")
        if tag not in VOID:
            self.open_tags.append(tag)
        given = dict(attrs)
        if len(given) < len(attrs):
            self.problems.append(f"<{tag}> says an attribute twice")
        for name, value in given.items():
            self.attribute(tag, name, value or "")
        self.element(tag, given)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag):
        if not self.open_tags or self.open_tags.pop() != tag:
            self.problems.append(f"stray </{tag}>")

    def attribute(self, tag, name, value):
        if name not in ATTRIBUTES[tag]:
            self.problems.append(f"<{tag} {name}>")
        if name in FIXED and value not in FIXED[name]:
            self.problems.append(f"<{tag} {name}={value!r}>")
        if name == "class" and not set(value.split()) <= set(CLASSES.split()):
            self.problems.append(f"<{tag} class={value!r}>")
        if name in ("href", "src") and self.scheme(value) not in SCHEMES | {""}:
            self.problems.append(f"<{tag} {name}={value!r}>")
        if name == "id":
            if value.startswith("w-") or not value or " " in value or value in self.ids:
                self.problems.append(f"<{tag} id={value!r}>")
            self.ids.add(value)
        if name == "data-lang" and not re.fullmatch(r"[\w+#.\-]{1,30}", value):
            self.problems.append(f"<{tag} data-lang={value!r}>")
        if name == "data-callout" and not re.fullmatch("[a-z]{3,10}", value):
            self.problems.append(f"<{tag} data-callout={value!r}>")
        if name in ("width", "height") and not re.fullmatch(r"\d{1,4}%?", value):
            self.problems.append(f"<{tag} {name}={value!r}>")

    def element(self, tag, given):
        if tag == "input" and "disabled" not in given:
            self.problems.append("a box that can be ticked")
        if tag == "img" and given.get("referrerpolicy") != "no-referrer":
            self.problems.append("a picture with a referrer")
        href = self.clean(given.get("href", ""))
        is_away = re.match(r"https?:|[/\\]{2}", href, re.IGNORECASE)
        if is_away and given.get("rel") != FULL_REL:
            self.problems.append(f"<{tag} href={href!r}> without rel")

    def scheme(self, address):
        match = re.match(r"([A-Za-z][A-Za-z0-9+.\-]*):", self.clean(address))
        return match[1].lower() if match else ""

    def clean(self, address):
        return re.sub(r"[\t\n\r]", "", address).strip("".join(map(chr, range(33))))

    def handle_comment(self, data):
        self.problems.append(f"comment {data[:40]!r}")

    def handle_decl(self, decl):
        self.problems.append(f"declaration {decl[:40]!r}")

    def unknown_decl(self, data):
        self.problems.append(f"declaration {data[:40]!r}")

    def handle_pi(self, data):
        self.problems.append(f"instruction {data[:40]!r}")


FULL_REL = "nofollow noopener noreferrer"
