"""Times, amounts and people as the pages print them, in Korean and English."""

import zlib
from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from django import template
from django.utils import dateformat, timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

from wiki.slugs import person_path

register = template.Library()

# In Django's date letters. The reader's language chooses; English stands for all
# others. "day" is within this year, "full_day" any year, "heading" goes over a list.
_PATTERNS = {
    "ko": {
        "day": "n월 j일",
        "full_day": "Y년 n월 j일",
        "heading": "n월 j일 l",
        "full_heading": "Y년 n월 j일 l",
        "weekday": "l",
        "moment": "Y년 n월 j일 H:i",
    },
    "en": {
        "day": "j M",
        "full_day": "j M Y",
        "heading": "D j M",
        "full_heading": "D j M Y",
        "weekday": "l",
        "moment": "j M Y H:i",
    },
}
_PEOPLE_COLOURS = 5
MINUS = "−"
# Words for moments and amounts that a process remembers.
KEPT_WORDS = 4096


# ── Times ─────────────────────────────────────────────────────────────────────
@register.filter
def when(moment: datetime | None) -> str:
    """How long ago within a day ("3 hours ago"), else the day; all of it in `title`.

    A script keeps the words true on a page that stays open or comes from a cache;
    `data-day` is what it shows once a day has passed.
    """
    if moment is None:
        return ""
    now = timezone.now()
    return format_html(
        '<time datetime="{}" title="{}" data-relative data-day="{}">{}</time>',
        moment.isoformat(timespec="seconds"),
        _formatted(moment, "moment"),
        _day_words(moment, now),
        _relative_words(moment, now),
    )


@register.filter
def clock(moment: datetime | None) -> str:
    """The time of day, for lists under a day; the whole moment in `title`."""
    return _time_element(moment, hour_of)


def hour_of(moment: datetime) -> str:
    """The time of day in plain words, where the moment stands beside it."""
    local = _local(moment)
    return f"{local.hour:02}:{local.minute:02}"


@register.filter
def on_day(moment: datetime | date | None) -> str:
    """The day with its year."""
    return _time_element(moment, lambda at: _formatted(at, "full_day"))


@register.filter
def day_heading(moment: datetime | date | None) -> str:
    """The inside of a `.day` heading: today or yesterday by name, then the day."""
    if moment is None:
        return ""
    day = _local_date(moment)
    away = (timezone.localdate() - day).days
    if away in (0, 1):
        word = _("Today") if away == 0 else _("Yesterday")
        return format_html("{} <span>{}</span>", word, _formatted(day, "heading"))
    pattern = "day" if day.year == timezone.localdate().year else "full_day"
    return format_html(
        "{} <span>{}</span>", _formatted(day, pattern), _formatted(day, "weekday")
    )


def _time_element(
    moment: datetime | date | None, words: Callable[[Any], str]
) -> SafeString | str:
    if moment is None:
        return ""
    if isinstance(moment, datetime):
        stamp, title = moment.isoformat(timespec="seconds"), "moment"
    else:
        stamp, title = moment.isoformat(), "full_heading"
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        stamp,
        _formatted(moment, title),
        words(moment),
    )


def _relative_words(moment: datetime, now: datetime) -> str:
    seconds = (now - moment).total_seconds()
    if not 0 <= seconds < timedelta(days=1).total_seconds():
        return _day_words(moment, now)
    minutes = int(seconds // 60)
    if minutes == 0:
        return _("just now")
    if minutes < 60:
        words = ngettext("%(count)d minute ago", "%(count)d minutes ago", minutes)
        return words % {"count": minutes}
    hours = minutes // 60
    words = ngettext("%(count)d hour ago", "%(count)d hours ago", hours)
    return words % {"count": hours}


def _day_words(moment: datetime, now: datetime) -> str:
    is_this_year = _local(moment).year == _local(now).year
    return _formatted(moment, "day" if is_this_year else "full_day")


def _formatted(moment: datetime | date, pattern: str) -> str:
    if isinstance(moment, datetime):
        # Without its zone: equal moments of two zones are told differently.
        moment = _local(moment).replace(tzinfo=None)
    return _told(moment, pattern, get_language())


@lru_cache(maxsize=KEPT_WORDS)
def _told(moment: datetime | date, pattern: str, language: str | None) -> str:
    patterns = _PATTERNS.get((language or "en")[:2], _PATTERNS["en"])
    return dateformat.format(moment, patterns[pattern])


def _local(moment: datetime) -> datetime:
    return timezone.localtime(moment) if timezone.is_aware(moment) else moment


def _local_date(moment: datetime | date) -> date:
    return _local(moment).date() if isinstance(moment, datetime) else moment


# ── Amounts ───────────────────────────────────────────────────────────────────
@register.filter
def grouped(number: int | None) -> str:
    """A count with separators: 18,204."""
    return "" if number is None else f"{number:,}"


@register.filter
def characters(number: int | None) -> str:
    """A length in characters, with the word."""
    if number is None:
        return ""
    words = ngettext("%(count)s character", "%(count)s characters", number)
    return words % {"count": grouped(number)}


@register.filter
def delta(number: int | None) -> str:
    """A change of length: signed, coloured, and with the word for those who listen."""
    return "" if number is None else _delta(number, get_language())


# Long lists say the same again and again, page after page.
@lru_cache(maxsize=KEPT_WORDS)
def _delta(number: int, language: str | None) -> SafeString:
    kind = "plus" if number > 0 else "minus" if number < 0 else ""
    sign = {"plus": "+", "minus": MINUS, "": ""}[kind]
    return format_html(
        '<span class="{}">{}{}<span class="sr"> {}</span></span>',
        f"delta {kind}".rstrip(),
        sign,
        grouped(abs(number)),
        ngettext("character", "characters", abs(number)),
    )


# ── People ────────────────────────────────────────────────────────────────────
@register.simple_tag
def person(
    who: Any,  # noqa: ANN401  a revision, account or name
    *,
    link: bool = False,
) -> SafeString | str:
    """A coloured initial and the name beside it; asks the database nothing.

    `who` is a revision or anything else with `author_id` and `author_label`, an
    account, or a plain name. With `link` the name of an account leads to what it
    wrote.
    """
    name, number, colour = _name_number_colour(who)
    shown = _avatar(name, colour, small=True)
    if link and number is not None:
        return format_html(
            '<span class="who">{}<a href="{}">{}</a></span>',
            shown,
            person_path(number),
            name,
        )
    return format_html('<span class="who">{}<span>{}</span></span>', shown, name)


@register.simple_tag
def avatar(who: Any, *, small: bool = False) -> SafeString | str:  # noqa: ANN401
    """Only the coloured initial: the name has to be near it."""
    name, _number, colour = _name_number_colour(who)
    return _avatar(name, colour, small=small)


def _avatar(name: str, colour: int, *, small: bool) -> SafeString:
    return format_html(
        '<span class="{}" aria-hidden="true">{}</span>',
        f"avatar{' s' if small else ''} av{colour}",
        name[:1].upper(),
    )


def _name_number_colour(who: Any) -> tuple[str, int | None, int]:  # noqa: ANN401
    name = _name_of(who) or pgettext("author", "unknown")
    number = getattr(who, "author_id", None)
    if number is None and hasattr(who, "get_username"):
        number = who.pk
    # Not `hash`, which differs from one process to the next.
    mixed = zlib.crc32(name.encode()) if number is None else number
    return name, number, mixed % _PEOPLE_COLOURS + 1


def _name_of(who: Any) -> str:  # noqa: ANN401
    if isinstance(who, str):
        return who
    if hasattr(who, "get_username"):
        return who.get_full_name() or who.get_username()
    # The account only if it came with the row: reading it otherwise would be a
    # query for each line of a list.
    state = getattr(who, "_state", None)
    author = state.fields_cache.get("author") if state else None
    return _name_of(author) if author else who.author_label
