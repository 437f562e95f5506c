"""Dates in articles, as feeds, front matter and people write them: read into UTC, and compared with a known one.

Most dates need none of the patterns of `writtendates`, which take 4 ms to compile and are imported where they are needed.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

__all__ = ["from_unix", "is_date_near", "is_like_date", "is_zero", "parse_date"]

_SECONDS_BELOW = 10**11  # smaller numbers count seconds: as milliseconds they would be before March 1973
_NEAR = timedelta(days=2)  # time zones, and the hours between writing and publishing
_DAY = timedelta(days=1)
_ZERO_YEARS = (1969, 1970)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LONGEST = 80
_ANY_ORDER = re.compile(
    r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})(?:\s{0,3}[-–—|,]?\s{0,3}\d{1,2}[:h]\d{2}(?::\d{2})?(?: ?[AaPp]\.?[Mm]\.?)?)?",
    re.ASCII,
)
# RFC 2822, section 3.3, with the names of zones that feeds use: Python's reader takes whatever follows for a comment.
_MAIL_DATE = re.compile(
    r"(?:[A-Za-z]{3,9}, ?)?[0-9]{1,2} [A-Za-z]{3,9} [0-9]{2,4} [0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?"
    r"(?: ?(?:[+-][0-9]{4}|[A-Za-z]{1,5}))?(?: \([A-Za-z ]{1,40}\))?"
)
# What nearly all of them are, read in a quarter of the time, and without `email`, which takes 8 ms to import.
_MAIL_DATE_IN_UTC = re.compile(
    r"(?:[A-Z][a-z]{2}, )?([0-9]{1,2}) ([A-Z][a-z]{2}) ([12][0-9]{3}) ([0-9]{2}):([0-9]{2}):([0-9]{2}) (?:GMT|\+0000)"
)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_YEAR_ONE = re.compile(r"[A-Za-z]{3} 0001 [0-9]")  # which Python's reader takes for 2001
_DAY_OF_YEAR = re.compile(r"(\d{1,2})(?:[-/.]|月)(\d{1,2})日?", re.ASCII)


def parse_date(text: str) -> datetime | None:
    """Read a date, with or without a time, in UTC; None when it is no date.

    Known forms: RFC 5322 (section 3.3, and the obsolete ones of 4.3), ISO 8601, and those of `writtendates`: "1 Jan 2022",
    "January 1st, 2022, 9:30 pm", "2022/1/1". Without a time it is the beginning of the day, without an offset UTC.
    """
    text = text.strip()
    if text[4:5] == "-":  # ISO 8601, as most dates in front matter are
        return _first(text, datetime.fromisoformat, _read_mail, _read_written)
    return _first(text, _read_mail, datetime.fromisoformat, _read_written)


def _first(text: str, *readers: Callable[[str], datetime]) -> datetime | None:
    """Return what the first reader makes of a text that can, in UTC."""
    for read in readers:
        try:
            moment = read(text)
            return (moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment).astimezone(UTC)
        except (ValueError, OverflowError, TypeError, IndexError):
            continue
    return None


def from_unix(number: int) -> datetime | None:
    """Return the moment of a Unix time in seconds or milliseconds; None where there is none."""
    try:
        return datetime.fromtimestamp(number if 0 <= number < _SECONDS_BELOW else number / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def is_zero(moment: datetime) -> bool:
    """Tell whether a moment (aware) is the zero of a clock, in any time zone: Unix time 0, or the year 1."""
    return moment.year <= 1 or (moment.year in _ZERO_YEARS and -_DAY <= moment - _EPOCH < _DAY)


def is_like_date(text: str) -> bool:
    """Tell whether a text begins like a date in any language, or is a failed one: "Invalid Date", "NaN"."""
    from epubmaker.text import writtendates  # noqa: PLC0415 - see above

    return writtendates.is_like_date(text)


def is_date_near(text: str, moment: datetime) -> bool:
    """Tell whether a text is a date and nothing else, at most two days from a moment (aware).

    Besides the forms of `parse_date`, days and months count in either order ("16/11/2022 - 14:51") and without a year
    ("9-13"): the known moment tells how they are meant.
    """
    if len(text) > _LONGEST or not any(map(str.isdigit, text)):
        return False
    mail = (_read_mail,) if _MAIL_DATE.fullmatch(text) else ()
    written = _first(text, *mail, datetime.fromisoformat, _read_written)
    if written is not None:
        return abs(written - moment) <= _NEAR
    if found := _ANY_ORDER.fullmatch(text):
        one, other, year = map(int, found.groups())
        return _is_near(year, one, other, moment) or _is_near(year, other, one, moment)
    if found := _DAY_OF_YEAR.fullmatch(text):
        return _is_near(moment.year, int(found[1]), int(found[2]), moment)
    return False


def _is_near(year: int, month: int, day: int, moment: datetime) -> bool:
    try:
        return abs(datetime(year, month, day, 12, tzinfo=UTC) - moment) <= _NEAR
    except ValueError:
        return False


def _read_mail(text: str) -> datetime:
    if (found := _MAIL_DATE_IN_UTC.fullmatch(text)) and found[2] in _MONTHS:
        day, month, *rest = found.groups()
        year, hour, minute, second = map(int, rest)
        return datetime(year, _MONTHS.index(month) + 1, int(day), hour, minute, second, tzinfo=UTC)
    if _YEAR_ONE.search(text):
        return datetime(1, 1, 1, tzinfo=UTC)
    from email.utils import parsedate_to_datetime  # noqa: PLC0415 - as said above, and few dates need it

    return parsedate_to_datetime(text)


def _read_written(text: str) -> datetime:
    from epubmaker.text.writtendates import read_written  # noqa: PLC0415 - as above

    return read_written(text)
