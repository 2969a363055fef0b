"""How outliners print the day of a journal: `Mar 4th, 2021` for 2021-03-04."""

import re
from datetime import UTC, date, datetime, time

DEFAULT = "MMM do, yyyy"
# Those the settings offer that cannot be another day: no 03/04/2021.
USUAL = (
    *("MMM do, yyyy", "MMMM do, yyyy", "do MMM yyyy", "do MMMM yyyy"),
    *("yyyy/MM/dd", "yyyy-MM-dd", "yyyy_MM_dd", "yyyyMMdd", "yyyy.MM.dd"),
    *("EEE, yyyy/MM/dd", "EEEE, yyyy/MM/dd", "yyyy-MM-dd EEEE", "yyyy-MM-dd EEE"),
    "yyyy年MM月dd日",
)
_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
_DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
_UNIT = re.compile(r"yyyy|yy|MMMM|MMM|MM|M|do|dd|d|EEEE|EEE|EE|E")
_DAY = re.compile(r"(\d{4})[-_.](\d{1,2})[-_.](\d{1,2})|(\d{4})(\d{2})(\d{2})")


def day_named(name: str) -> date | None:
    """The day that a file of a journal is called by: `2021_03_04`."""
    match = _DAY.fullmatch(name.strip())
    if not match:
        return None
    try:
        return date(*(int(part) for part in match.groups() if part))
    except ValueError:
        return None


def midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def print_day(day: date, pattern: str = DEFAULT) -> str:
    """The day as a pattern of the settings prints it, in English as the app does."""
    units = {
        "yyyy": f"{day.year:04}",
        "yy": f"{day.year % 100:02}",
        "MMMM": _MONTHS[day.month - 1],
        "MMM": _MONTHS[day.month - 1][:3],
        "MM": f"{day.month:02}",
        "M": f"{day.month}",
        "do": f"{day.day}{_ending(day.day)}",
        "dd": f"{day.day:02}",
        "d": f"{day.day}",
        "EEEE": _DAYS[day.weekday()],
        "EEE": _DAYS[day.weekday()][:3],
        "EE": _DAYS[day.weekday()][:3],
        "E": _DAYS[day.weekday()][:3],
    }
    return _UNIT.sub(lambda match: units[match[0]], pattern)


def _ending(number: int) -> str:
    if 10 < number % 100 < 14:
        return "th"
    return {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
