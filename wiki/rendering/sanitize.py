"""The one allow-list: what HTML of a body may hold. Runs last, on everything.

No other module declares HTML safe. A tag or attribute that is not named here does
not reach a reader, whichever part of the renderer or the writer it came from. The
list is short of everything that could run, ask another host unseen, be mistaken
for a part of the page, or be picked up by its scripts: no scripts, styles, frames,
forms, SVG or MathML, no `style`, `name`, `target` or handlers, and `id`, `class`,
`role`, `tabindex` and `data-*` only with the values that the renderer itself uses.
"""

import re
from collections.abc import Callable, Mapping
from functools import cache

import nh3
from django.utils.safestring import SafeString, mark_safe

from .addresses import (
    EXTERNAL_REL,
    IMAGE_SCHEMES,
    LINK_SCHEMES,
    is_external,
    scheme_of,
)
from .callouts import KINDS
from .code import CODE_CLASSES
from .headings import PAGE_ID_PREFIX
from .images import CARD, clean_size
from .limits import TooMuchMarkup
from .markup import words

# Three were the most that any of 40,000 random bodies took.
MAX_MENDINGS = 10

_ALIGNED = frozenset({"align"})
_CELL = frozenset({"align", "colspan", "rowspan"})

# The tags a writer may use in HTML, and their attributes.
WRITER_ATTRIBUTES: Mapping[str, frozenset[str]] = {
    **dict.fromkeys(
        words(
            "b bdi blockquote br caption cite code dd del dfn dl dt em figcaption "
            "figure hr i ins kbd mark pre q rp rt ruby s samp small strong sub summary "
            "sup table tbody tfoot thead tr u ul var wbr"
        ),
        frozenset(),
    ),
    **dict.fromkeys(["div", "h2", "h3", "h4", "h5", "h6", "p"], _ALIGNED),
    "a": frozenset({"href", "title"}),
    "abbr": frozenset({"title"}),
    "bdo": frozenset({"dir"}),
    "col": frozenset({"span"}),
    "colgroup": frozenset({"span"}),
    "details": frozenset({"open"}),
    "img": frozenset({"alt", "height", "src", "title", "width"}),
    "li": frozenset({"value"}),
    "ol": frozenset({"reversed", "start"}),
    "span": frozenset({"dir", "lang"}),
    "td": _CELL,
    "th": _CELL | {"scope"},
    "time": frozenset({"datetime"}),
}
# What the renderer adds to them, for its own markup.
_RENDERER_ATTRIBUTES: Mapping[str, frozenset[str]] = {
    "a": frozenset({"class", "id", "rel"}),
    "aside": frozenset({"class", "data-callout"}),
    "details": frozenset({"class", "data-callout"}),
    "div": frozenset({"class", "data-lang", "tabindex"}),
    "figure": frozenset({"class"}),
    **dict.fromkeys(["h2", "h3", "h4", "h5", "h6"], frozenset({"id"})),
    "img": frozenset({"loading", "referrerpolicy"}),
    "input": frozenset({"checked", "disabled", "type"}),
    "label": frozenset(),
    "li": frozenset({"class", "id"}),
    "pre": frozenset({"class", "tabindex"}),
    "section": frozenset({"class"}),
    "span": frozenset({"class"}),
    "sup": frozenset({"class"}),
    "table": frozenset({"class"}),
    "td": frozenset({"class"}),
    "th": frozenset({"class"}),
    "ul": frozenset({"class"}),
}
_ALIGNMENTS = frozenset({"left", "center", "right"})
_CLASSES: Mapping[str, frozenset[str]] = {
    "a": frozenset({"ext", "file", "missing", "hashtag", "footnote-back"}),
    "aside": frozenset({"callout", "warn"}),
    "details": frozenset({"callout", "warn"}),
    "div": frozenset({"code", "math", "scroll-x"}),
    "figure": frozenset({"pic"}),
    "li": frozenset({"task"}),
    "pre": frozenset({"mermaid", "plain"}),
    "section": frozenset({"footnotes"}),
    "span": CODE_CLASSES | {"host", "lost", "math", "remote"},
    "sup": frozenset({"footnote-ref"}),
    "table": frozenset({"t"}),
    "td": _ALIGNMENTS,
    "th": _ALIGNMENTS,
    "ul": frozenset({"tasks"}),
}

_NUMBER = re.compile(r"-?\d{1,9}\Z")
_SPAN = re.compile(r"[1-9]\d{0,2}\Z")
_LANG = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8}){0,3}\Z")
_DATE = re.compile(r"[\d:TZ+\-. ]{1,40}\Z")
_CODE_LANGUAGE = re.compile(r"[\w+#.\-]{1,30}\Z")
_HEADING_ID = re.compile(rf"(?!{PAGE_ID_PREFIX})[\w\-\u0300-\u036f]{{1,220}}\Z")
_FOOTNOTE_ID = re.compile(r"fn:\d{1,6}\Z")
_FOOTNOTE_REF_ID = re.compile(r"fnref:\d{1,6}(?::\d{1,6})?\Z")

Check = Callable[[str], str | None]


def _one_of(*values: str) -> Check:
    return lambda value: value if value in values else None


def _folded_one_of(*values: str) -> Check:
    return lambda value: folded if (folded := value.lower()) in values else None


def _matching(pattern: re.Pattern[str]) -> Check:
    return lambda value: value if pattern.match(value) else None


def _size(value: str) -> str | None:
    return clean_size(value) or None


def _link(value: str) -> str | None:
    return value if scheme_of(value) in LINK_SCHEMES | {""} else None


def _image(value: str) -> str | None:
    return value if scheme_of(value) in IMAGE_SCHEMES | {""} else None


def _local_image(value: str) -> str | None:
    return None if is_external(value) else _image(value)


# What an attribute may say, where not any text will do.
_CHECKS: Mapping[str, Check] = {
    "align": _folded_one_of("left", "center", "right"),
    "checked": _one_of(""),
    "colspan": _matching(_SPAN),
    "data-callout": _one_of(*KINDS.values()),
    "data-lang": _matching(_CODE_LANGUAGE),
    "datetime": _matching(_DATE),
    "dir": _folded_one_of("ltr", "rtl", "auto"),
    "disabled": _one_of(""),
    "height": _size,
    "href": _link,
    "id": _matching(_HEADING_ID),
    "lang": _matching(_LANG),
    "loading": _one_of("lazy"),
    "open": lambda value: "",
    "referrerpolicy": _one_of("no-referrer"),
    "rel": _one_of(EXTERNAL_REL, "nofollow"),
    "reversed": lambda value: "",
    "rowspan": _matching(_SPAN),
    "scope": _folded_one_of("col", "row"),
    "span": _matching(_SPAN),
    "src": _image,
    "start": _matching(_NUMBER),
    "tabindex": _one_of("0"),
    "type": _one_of("checkbox"),
    "value": _matching(_NUMBER),
    "width": _size,
}
_CHECKS_OF_TAG: Mapping[tuple[str, str], Check] = {
    ("li", "id"): _matching(_FOOTNOTE_ID),
    ("a", "id"): _matching(_FOOTNOTE_REF_ID),
}


def sanitize(html: str, *, remote_images: str, has_raw_html: bool = True) -> str:
    """The HTML with nothing in it but what the list allows.

    With `card` for `remote_images` no picture of another host is left either.
    Sanitising the answer again changes nothing: browsers mend wrongly nested tags
    in steps, and what is stored must be what is left when there is nothing to
    mend. Only a writer's own HTML needs that. Raises `TooMuchMarkup` for HTML
    that does not come to rest.
    """
    cleaned = _cleaned(html, remote_images)
    if not has_raw_html:
        return cleaned
    for _ in range(MAX_MENDINGS):
        again = _cleaned(cleaned, remote_images)
        if again == cleaned:
            return cleaned
        cleaned = again
    raise TooMuchMarkup("wrongly nested HTML")


def _cleaned(html: str, remote_images: str) -> str:
    # `&#13;` comes out as the sign itself, which the next reader takes for a line
    # feed: so it is one at once.
    return _cleaner(remote_images).clean(html).replace("\r", "\n")


def printed(html: str) -> SafeString:
    """HTML that `render` made, for a template to print as it is.

    `sanitize` was the last to touch it; nothing else may be passed here.
    """
    return mark_safe(html)  # noqa: S308


@cache
def _cleaner(remote_images: str) -> nh3.Cleaner:
    tags = WRITER_ATTRIBUTES.keys() | _RENDERER_ATTRIBUTES.keys()
    attributes = {
        tag: set(WRITER_ATTRIBUTES.get(tag, ())) | _RENDERER_ATTRIBUTES.get(tag, set())
        for tag in tags
    }
    return nh3.Cleaner(
        tags=set(tags),
        # Without the first, some attributes would be allowed on every tag.
        attributes={"*": set(), **attributes},
        attribute_filter=_filter_for(remote_images),
        clean_content_tags={"script", "style", "svg", "math", "template"},
        set_tag_attribute_values={
            "img": {"loading": "lazy", "referrerpolicy": "no-referrer"},
            "input": {"type": "checkbox", "disabled": ""},
        },
        url_schemes=set(LINK_SCHEMES | IMAGE_SCHEMES),
        # Which links lead away is known where they are written.
        link_rel=None,
        strip_comments=True,
    )


def _filter_for(remote_images: str) -> Callable[[str, str, str], str | None]:
    checks = dict(_CHECKS)
    if remote_images == CARD:
        checks["src"] = _local_image
    checks["title"] = checks["alt"] = str

    def allowed_value(tag: str, attribute: str, value: str) -> str | None:
        if attribute == "class":
            allowed = _CLASSES.get(tag, frozenset())
            if value in allowed:
                return value
            return " ".join(n for n in value.split() if n in allowed) or None
        check = _CHECKS_OF_TAG.get((tag, attribute)) or checks.get(attribute)
        return check(value) if check else None

    return allowed_value
