"""Days, ISO weeks, months and years, by keys that sort in the order of time: "2022-01-12", "2022-W02", "2022-01", "2022".

Pure, and without the CLDR: `text.dates` words them in the book's language.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import date
from typing import Literal, TypeAlias, get_args

__all__ = ["PERIODS", "Period", "days_of", "period_key"]

Period: TypeAlias = Literal["day", "week", "month", "year"]

PERIODS: frozenset[str] = frozenset(get_args(Period))

_LENGTHS = {"day": len("2022-01-12"), "month": len("2022-01"), "year": len("2022")}


def period_key(day: date, period: Period) -> str:
    """Return the key of the period that a day lies in.

    Weeks are those of ISO 8601: from Monday to Sunday, and of the year that their Thursday lies in, so that 1 January 2022
    is in "2021-W52".
    """
    if period == "week":
        year, week, _ = day.isocalendar()
        return f"{year:04}-W{week:02}"
    return day.isoformat()[: _LENGTHS[period]]


def days_of(key: str) -> tuple[date, date]:
    """Return the first and the last day of the period of a key. Raises ValueError where it is none.

    The last week of the year 9999 ends with that year.
    """
    year, part, day = int(key[:4]), key[5:7], key[8:]
    if key[5:6] == "W":
        first = date.fromisocalendar(year, int(key[6:]), 1)
        return first, date.fromordinal(min(first.toordinal() + 6, date.max.toordinal()))
    if not part:
        return date(year, 1, 1), date(year, 12, 31)
    if not day:
        _, length = monthrange(year, int(part))
        return date(year, int(part), 1), date(year, int(part), length)
    return date.fromisoformat(key), date.fromisoformat(key)
