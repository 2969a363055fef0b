"""Runs the examples of the CommonMark specification against the renderer.

    python benchmarks/commonmark.py PATH

PATH is the specification's list of examples (`spec.json`, objects with `markdown`,
`html`, `example`, `section`) or its text (`spec.txt`). Neither is kept here: both
are CC-BY-SA. Prints how many examples are equal, how many differ only where the
renderer means to (by cause, see `docs/syntax.md`), and every other difference.
Exits with 1 when there is one.
"""

import json
import re
import sys
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from wiki.rendering import render
from wiki.rendering.addresses import may_link_to
from wiki.rendering.local import read_local
from wiki.rendering.parser import markdown

_EXAMPLE = re.compile(
    r"^`{32} example\n(.*?)^\.\n(.*?)^`{32}$", re.MULTILINE | re.DOTALL
)
_OURS = frozenset(
    {"class", "rel", "loading", "referrerpolicy", "tabindex", "data-lang"}
)
_VOID = frozenset({"br", "hr", "img", "input"})
_BLOCK = re.compile(
    "aside|blockquote|details|div|h[1-6r]|li|ol|p|pre|section|summary|t[dhr]|ul"
    "|table|tbody|thead"
)


def examples(path):
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".json":
        return [(e["example"], e["markdown"], e["html"]) for e in json.loads(text)]
    found = _EXAMPLE.findall(text)
    return [
        (number, source.replace("→", "\t"), html.replace("→", "\t"))
        for number, (source, html) in enumerate(found, 1)
    ]


class Flat(HTMLParser):
    """HTML as a flat list of tags with sorted attributes, and text."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.items = []
        self.in_pre = 0

    def handle_starttag(self, tag, attrs):
        self.items.append(("open", tag, tuple(sorted((n, v or "") for n, v in attrs))))
        self.in_pre += tag == "pre"

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag):
        if tag not in _VOID:
            self.items.append(("close", tag, ()))
        self.in_pre -= tag == "pre"

    def handle_data(self, data):
        self.items.append(("code" if self.in_pre else "text", data, ()))


def flat(html):
    parser = Flat()
    parser.feed(html)
    parser.close()
    return parser.items


# Each takes the items of both sides and gives them back without one difference.


def without_breaks(items):
    return [i for i in items if i[:2] != ("open", "br")]


def with_levels_down(items):
    def down(tag):
        is_heading = re.fullmatch("h[1-5]", tag)
        return f"h{int(tag[1]) + 1}" if is_heading else tag

    return [(k, down(n) if k in ("open", "close") else n, a) for k, n, a in items]


def without_heading_ids(items):
    return [
        (k, n, tuple(x for x in a if x[0] != "id") if re.fullmatch("h[1-6]", n) else a)
        for k, n, a in items
    ]


def without_our_attributes(items):
    return [(k, n, tuple(x for x in a if x[0] not in _OURS)) for k, n, a in items]


def with_names_of_lost_pictures(items):
    """Pictures of a dump that is not there, as their text."""
    kept = []
    for kind, name, attributes in items:
        given = dict(attributes)
        if (kind, name) == ("open", "img") and (
            local := read_local(given.get("src", ""))
        ):
            kept.append(("text", given.get("alt", "").strip() or local.name, ()))
        else:
            kept.append((kind, name, attributes))
    return kept


def without_lost(items):
    kept, depth = [], []
    for item in items:
        kind, name, attributes = item
        if name == "span" and kind == "open":
            depth.append(("class", "lost") in attributes)
            if depth[-1]:
                continue
        if name == "span" and kind == "close" and depth and depth.pop():
            continue
        kept.append(item)
    return kept


def without_addresses_of_lost_notes(items):
    """Links to notes that nobody has written lead to where they can be."""
    kept = []
    for kind, name, attributes in items:
        given = dict(attributes)
        local = read_local(given.get("href", "")) if name == "a" else None
        if (local and local.is_note) or given.get("class") == "missing":
            attributes = tuple(x for x in attributes if x[0] == "title")
        kept.append((kind, name, attributes))
    return kept


def without_code_wrapper(items):
    kept, depth = [], []
    for item in items:
        kind, name, attributes = item
        if name == "div" and kind == "open":
            depth.append(("class", "code") in attributes)
            if depth[-1]:
                continue
        if name == "div" and kind == "close" and depth and depth.pop():
            continue
        kept.append(item)
    return kept


def without_colours(items):
    return [i for i in items if not (i[1] == "span" and i[0] in ("open", "close"))]


def without_links(items):
    return [i for i in items if not (i[1] == "a" and i[0] in ("open", "close"))]


def without_other_schemes(items):
    kept, depth = [], []
    for item in items:
        kind, name, attributes = item
        if name == "a" and kind == "open":
            depth.append(not may_link_to(dict(attributes).get("href", "")))
            if depth[-1]:
                continue
        if name == "a" and kind == "close" and depth and depth.pop():
            continue
        kept.append(item)
    return kept


def settled(items):
    """Text joined, blanks around blocks gone, blanks elsewhere collapsed."""
    joined = []
    for kind, name, attributes in items:
        if kind in ("text", "code") and joined and joined[-1][0] == kind:
            joined[-1] = (kind, joined[-1][1] + name, ())
        else:
            joined.append((kind, name, attributes))
    kept = []
    for at, (kind, name, attributes) in enumerate(joined):
        if kind == "text":
            name = re.sub(r"\s+", " ", name)
            before = joined[at - 1] if at else ("open", "p")
            after = joined[at + 1] if at + 1 < len(joined) else ("close", "p")
            if before[0] != "text" and _BLOCK.fullmatch(before[1]):
                name = name.lstrip()
            if after[0] != "text" and _BLOCK.fullmatch(after[1]):
                name = name.rstrip()
            if not name:
                continue
        kept.append((kind, name, attributes))
    return kept


# Cause, what is done to the specification's HTML, what is done to ours.
CAUSES = [
    ("newlines are breaks", without_breaks, without_breaks),
    ("headings one level down", with_levels_down, list),
    ("heading ids", list, without_heading_ids),
    ("code in a frame of its own", list, without_code_wrapper),
    ("code coloured", list, without_colours),
    ("pictures nobody has are their text", with_names_of_lost_pictures, without_lost),
    ("notes nobody has are red links", *[without_addresses_of_lost_notes] * 2),
    ("attributes of links, pictures and code", *[without_our_attributes] * 2),
    ("links of other schemes are text", without_other_schemes, without_other_schemes),
]


def is_equal(expected, ours, but=None):
    for cause in CAUSES:
        if cause is not but:
            expected, ours = cause[1](expected), cause[2](ours)
    return settled(expected) == settled(ours)


def has_our_links(source, expected, ours):
    return "![[" in source or is_equal(without_links(expected), without_links(ours))


def has_raw_html(source):
    tokens = markdown().parse(source, {"targets": {}})
    inside = [child for token in tokens for child in token.children or ()]
    nested = [child for token in inside for child in token.children or ()]
    kinds = {token.type for token in [*tokens, *inside, *nested]}
    return bool(kinds & {"html_block", "html_inline"})


def main():
    counts, other = Counter(), []
    all_examples = examples(Path(sys.argv[1]))
    for number, source, html in all_examples:
        expected, ours = flat(html), flat(render(source).html)
        if settled(expected) == settled(ours):
            counts["equal"] += 1
        elif is_equal(expected, ours):
            counts["equal but where meant"] += 1
            for cause in CAUSES:
                if not is_equal(expected, ours, but=cause):
                    counts["  " + cause[0]] += 1
        elif has_raw_html(source):
            counts["raw HTML cleaned"] += 1
        elif has_our_links(source, expected, ours):
            counts["tags, bare addresses or wiki links"] += 1
        else:
            other.append((number, source, html, render(source).html))
    print(f"{len(all_examples)} examples")
    for name, count in counts.items():
        print(f"{count:4} {name}")
    print(f"{len(other):4} other differences")
    for number, source, html, ours in other:
        print(f"\n-- example {number}\n{source}-- expected\n{html}-- ours\n{ours}")
    return 1 if other else 0


if __name__ == "__main__":
    sys.exit(main())
