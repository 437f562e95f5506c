"""Days as people ask for them: "2022-01-31", "2022-01", "yesterday", "today-2weeks", "3d"."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, timedelta

__all__ = ["day_asked_for"]

_WRITTEN = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?|(\d{4})(\d\d)(\d\d)", re.ASCII)
_RELATIVE = re.compile(
    r"(?:(today|now|yesterday)(?:([+-])(\d{1,5})(d|days?|w|weeks?|months?|y|years?))?|(\d{1,5})(d|days?|w|weeks?|months?|y|years?))",
    re.ASCII,
)


def day_asked_for(text: str, today: date, *, last: bool = False) -> date:
    """Return the day that a text names, seen from `today`; of a month or a year the first, or the last.

    "3d" is three days before today. Raises ValueError where it names none.
    """
    text = "".join(text.lower().split())
    if found := _WRITTEN.fullmatch(text):
        year, month, day = (
            int(one or other or 0) for one, other in zip(found.groups()[:3], found.groups()[3:], strict=True)
        )
        month = month or (12 if last else 1)
        if not day and last and 1 <= month <= 12:
            day = monthrange(year, month)[1]
        return date(year, month, day or 1)
    if found := _RELATIVE.fullmatch(text):
        name, sign, count, unit, count_before, unit_before = found.groups()
        start = today - timedelta(days=1) if name == "yesterday" else today
        number = int(count or count_before or 0) * (1 if sign == "+" else -1)
        return _moved(start, number, (unit or unit_before or "d").rstrip("s"))
    raise ValueError(text)


def _moved(day: date, count: int, unit: str) -> date:
    try:
        if unit in {"d", "day"}:
            return day + timedelta(days=count)
        if unit in {"w", "week"}:
            return day + timedelta(weeks=count)
        months = day.year * 12 + day.month - 1 + count * (1 if unit == "month" else 12)
        year, month = divmod(months, 12)
        return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
    except (OverflowError, IndexError) as error:
        raise ValueError(unit) from error
