"""The icons of the interface: inline, so that they take the colour of the text."""

from functools import cache

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()

# Drawn on a grid of 24 with strokes only; the stylesheet sets width and colour.
_PATHS = {
    "auto": (
        "M4 12a8 8 0 1 0 16 0 8 8 0 1 0-16 0M12 4v16M12 7h5M12 10.5h7.5M12 14h7.5"
        "M12 17h5"
    ),
    "bold": "M7.5 5h5a3.5 3.5 0 0 1 0 7h-5zM7.5 12h6a3.5 3.5 0 0 1 0 7h-6z",
    "brackets": "M8 5H5v14h3M16 5h3v14h-3M10.5 5v14M13.5 5v14",
    "branch": (
        "M5 6a2 2 0 1 0 4 0 2 2 0 1 0-4 0M5 18a2 2 0 1 0 4 0 2 2 0 1 0-4 0M15 12"
        "a2 2 0 1 0 4 0 2 2 0 1 0-4 0M7 8v8M7 8c0 3 3 4 8 4"
    ),
    "bulb": (
        "M9.5 17.5h5M10 20.5h4M8.5 14.5a5.5 5.5 0 1 1 7 0c-.7.6-1 1.3-1 3"
        "h-5c0-1.7-.3-2.4-1-3z"
    ),
    "check": "m5 12.5 4.5 4.5L19 7.5",
    "clock": "M4 12a8 8 0 1 0 16 0 8 8 0 1 0-16 0M12 7.5V12l3 2",
    "code": "m8.5 7-5 5 5 5M15.5 7l5 5-5 5",
    "copy": (
        "M10 8h7a2 2 0 0 1 2 2v8a2 2 0 0 1-2 2h-7a2 2 0 0 1-2-2v-8a2 2 0 0 1 2-2z"
        "M16 5.5A1.5 1.5 0 0 0 14.5 4H6.5A1.5 1.5 0 0 0 5 5.5v9A1.5 1.5 0 0 0 6.5 16"
    ),
    "diff": "M8 4v8M4 8h8M4 18h8M18 4 14 20",
    "done": "M4 12a8 8 0 1 0 16 0 8 8 0 1 0-16 0M8.5 12.2l2.5 2.5 4.6-5",
    "down": "m6.5 9.5 5.5 5.5 5.5-5.5",
    "download": "M12 4.5v11M7.5 11.5 12 16l4.5-4.5M5 20h14",
    "equal": "M5 9.5h14M5 14.5h14",
    "eye": (
        "M3 12s3.3-6 9-6 9 6 9 6-3.3 6-9 6-9-6-9-6zM9.5 12"
        "a2.5 2.5 0 1 0 5 0 2.5 2.5 0 1 0-5 0"
    ),
    "failed": "M4 12a8 8 0 1 0 16 0 8 8 0 1 0-16 0M9.3 9.3l5.4 5.4M14.7 9.3l-5.4 5.4",
    "feed": (
        "M5 11a8 8 0 0 1 8 8M5 5a14 14 0 0 1 14 14M5 18a1 1 0 1 0 2 0 1 1 0 1 0-2 0"
    ),
    "globe": (
        "M4 12a8 8 0 1 0 16 0 8 8 0 1 0-16 0M4 12h16"
        "M12 4c2.3 2.2 3.3 5 3.3 8s-1 5.8-3.3 8c-2.3-2.2-3.3-5-3.3-8s1-5.8 3.3-8z"
    ),
    "heading": "M6 5v14M16 5v14M6 12h10",
    "home": "m4 11 8-6.5 8 6.5M6.5 9.5V19.5h11V9.5",
    "image": (
        "M5.5 5h13a1.5 1.5 0 0 1 1.5 1.5v11a1.5 1.5 0 0 1-1.5 1.5h-13"
        "a1.5 1.5 0 0 1-1.5-1.5v-11a1.5 1.5 0 0 1 1.5-1.5zM7.7 10"
        "a1.3 1.3 0 1 0 2.6 0 1.3 1.3 0 1 0-2.6 0M5 17.5l5-4 3 2.3 3-3 4 3.7"
    ),
    "info": "M4 12a8 8 0 1 0 16 0 8 8 0 1 0-16 0M12 11v5M12 8v.1",
    "italic": "M10.5 5h6M7.5 19h6M13.5 5l-3 14",
    "keyboard": (
        "M4.5 7h15a1.5 1.5 0 0 1 1.5 1.5v7.5a1.5 1.5 0 0 1-1.5 1.5h-15"
        "a1.5 1.5 0 0 1-1.5-1.5v-7.5a1.5 1.5 0 0 1 1.5-1.5zM6.5 10.5v.1M10 10.5v.1"
        "M13.5 10.5v.1M17 10.5v.1M8 14h8"
    ),
    "left": "m14.5 6-6 6 6 6",
    "link": (
        "M10 14a4 4 0 0 0 5.7 0l3-3A4 4 0 0 0 13 5.3l-1 1M14 10"
        "a4 4 0 0 0-5.7 0l-3 3A4 4 0 0 0 11 18.7l1-1"
    ),
    "list": "M9.5 6.5H20M9.5 12H20M9.5 17.5H20M5 6.5v.1M5 12v.1M5 17.5v.1",
    "list-ordered": (
        "M10.5 6.5H20M10.5 12H20M10.5 17.5H20M4.5 5.5 6 4.8V9"
        "M4.3 14.2c1.2-1.2 2.9-.4 2.2.8L4.4 18h2.5"
    ),
    "lock": (
        "M7 10.5h10a1.5 1.5 0 0 1 1.5 1.5v6a1.5 1.5 0 0 1-1.5 1.5h-10"
        "a1.5 1.5 0 0 1-1.5-1.5v-6a1.5 1.5 0 0 1 1.5-1.5zM8.5 10.5V8"
        "a3.5 3.5 0 0 1 7 0v2.5"
    ),
    "login": "M4.5 12H14M10.5 8.5 14 12l-3.5 3.5M13 4.5h6v15h-6",
    "logout": "M20 12h-9.5M16.5 8.5 20 12l-3.5 3.5M11 4.5H5v15h6",
    "menu": "M4.5 7h15M4.5 12h15M4.5 17h15",
    "merge": (
        "M5 6a2 2 0 1 0 4 0 2 2 0 1 0-4 0M5 18a2 2 0 1 0 4 0 2 2 0 1 0-4 0M15 13"
        "a2 2 0 1 0 4 0 2 2 0 1 0-4 0M7 8v8M7 8c.5 3.5 3 5 8 5"
    ),
    "moon": "M19.5 14.5A7.8 7.8 0 0 1 9.5 4.5a7.8 7.8 0 1 0 10 10z",
    "more": (
        "M5.2 12a.8 .8 0 1 0 1.6 0 .8 .8 0 1 0-1.6 0M11.2 12"
        "a.8 .8 0 1 0 1.6 0 .8 .8 0 1 0-1.6 0M17.2 12"
        "a.8 .8 0 1 0 1.6 0 .8 .8 0 1 0-1.6 0"
    ),
    "note": "M6.5 4h7L18 8.5V20H6.5zM13.5 4v4.5H18M9.5 12.5h5.5M9.5 16h5.5",
    "pencil": "M4 20h4L19 9a2.1 2.1 0 0 0-3-3L5 17zM14 8l3 3",
    "people": (
        "M6 9a3 3 0 1 0 6 0 3 3 0 1 0-6 0"
        "M3.5 19c.5-3.2 2.6-4.7 5.5-4.7s5 1.5 5.5 4.7M15 6.3a3 3 0 0 1 0 5.4"
        "M17 14.8c2 .6 3.2 2 3.5 4.2"
    ),
    "person": (
        "M8.5 8.5a3.5 3.5 0 1 0 7 0 3.5 3.5 0 1 0-7 0"
        "M5 20c.7-3.8 3.3-5.5 7-5.5s6.3 1.7 7 5.5"
    ),
    "pin": "M9 4h6l-.8 6 3.3 3.5h-11L9.8 10zM12 13.5V20",
    "plus": "M12 5v14M5 12h14",
    "print": (
        "M7.5 9V4.5h9V9M5.5 9h13a1.5 1.5 0 0 1 1.5 1.5v5a1.5 1.5 0 0 1-1.5 1.5h-13"
        "a1.5 1.5 0 0 1-1.5-1.5v-5a1.5 1.5 0 0 1 1.5-1.5zM7.5 14.5h9v5h-9z"
    ),
    "quote": "M5 6v12M9.5 8H20M9.5 12H20M9.5 16H17",
    "right": "m9.5 6 6 6-6 6",
    "search": "M4.5 11a6.5 6.5 0 1 0 13 0 6.5 6.5 0 1 0-13 0M20 20l-4.2-4.2",
    "star": (
        "m12 4.5 2.3 4.9 5.2.7-3.8 3.7.9 5.3L12 16.5l-4.6 2.6.9-5.3-3.8-3.7 5.2-.7z"
    ),
    "strike": (
        "M4.5 12h15"
        "M16.5 7.5A4 3.5 0 0 0 12.5 5c-2.7 0-4.5 1.4-4.5 3.3 0 1.7 1.2 2.8 3 3.7"
        "M7.5 16a4.3 3.6 0 0 0 4.5 3c2.7 0 4.5-1.4 4.5-3.5 0-.8-.2-1.4-.6-2"
    ),
    "sun": (
        "M8.3 12a3.7 3.7 0 1 0 7.4 0 3.7 3.7 0 1 0-7.4 0M12 3v2M12 19v2M3 12h2M19 12"
        "h2M5.6 5.6 7 7M17 17l1.4 1.4M18.4 5.6 17 7M7 17l-1.4 1.4"
    ),
    "table": (
        "M5.5 5h13a1.5 1.5 0 0 1 1.5 1.5v11a1.5 1.5 0 0 1-1.5 1.5h-13"
        "a1.5 1.5 0 0 1-1.5-1.5v-11a1.5 1.5 0 0 1 1.5-1.5zM4 10h16M4 14.5h16M12 10v9"
    ),
    "tag": (
        "M4 12.5V5a1 1 0 0 1 1-1h7.5L20 11.5 12.5 19zM7.5 8.5"
        "a1 1 0 1 0 2 0 1 1 0 1 0-2 0"
    ),
    "tasks": (
        "M5 4.5h4a1 1 0 0 1 1 1v4a1 1 0 0 1-1 1h-4a1 1 0 0 1-1-1v-4a1 1 0 0 1 1-1z"
        "M4.5 17.5l2 2 3.5-4M13.5 7.5H20M13.5 17H20"
    ),
    "trash": "M5 7h14M9.5 7V4.5h5V7M7 7l.8 12.5h8.4L17 7M10.5 10.5v6M13.5 10.5v6",
    "undo": "M8 5 4 9l4 4M4 9h10a5.5 5.5 0 0 1 0 11h-3",
    "up": "m6.5 14.5 5.5-5.5 5.5 5.5",
    "upload": "M12 16V4.5M7.5 9 12 4.5 16.5 9M5 20h14",
    "warn": "M12 4 3 19.5h18zM12 10v4.5M12 17v.1",
    "x": "m6.5 6.5 11 11M17.5 6.5l-11 11",
}
ICON_NAMES = frozenset(_PATHS)


@register.simple_tag
@cache
def icon(name: str) -> SafeString:
    """An icon that only decorates: the word stands beside it or in `aria-label`.

    An unknown name raises `KeyError`, so that a misspelled one fails in the tests.
    """
    return format_html(
        '<svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">'
        '<path d="{}"/></svg>',
        _PATHS[name],
    )


@register.simple_tag
@cache
def brand_mark() -> SafeString:
    """The corner that is the sign of the product, in the colours of the theme."""
    return format_html(
        '<svg viewBox="0 0 24 24" aria-hidden="true" focusable="false">'
        '<rect class="b1" x="1" y="1" width="22" height="22" rx="6"/>'
        '<path class="b2" d="{}"/></svg>',
        "M7.5 7.5V13.5a2.5 2.5 0 0 0 2.5 2.5H17.5",
    )
