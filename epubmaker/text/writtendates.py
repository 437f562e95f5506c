"""Dates as people write them.

Apart from `archive`, since these patterns take 4 ms to compile and dates are nearly always those of RFC 5322.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone

__all__ = ["is_like_date", "read_written"]

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
# RFC 822, section 5.1.
_ZONES = {
    "EST": -5,
    "EDT": -4,
    "CST": -6,
    "CDT": -5,
    "MST": -7,
    "MDT": -6,
    "PST": -8,
    "PDT": -7,
}
_WEEKDAY = r"(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?[.,]{0,2} ?)?"
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|"
    r"nov(?:ember)?|dec(?:ember)?)\.?"
)
_TIME = (
    r"(?:(?:,| at|,? ?[-–—|]|T)? ?(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2})(?:[.,][0-9]{1,9})?)?"
    r" ?(?:(?P<half>[ap])\.?m\.?)?)?"
    r"(?: ?\(?(?:(?:UTC|GMT) ?(?=[+-]))?(?P<zone>[+-][0-9]{2}:?[0-9]{2}|UTC?|GMT|Z|[ECMP][SD]T)\)?)?"
)
_WRITTEN_DATE = re.compile(
    rf"{_WEEKDAY}(?:"
    rf"(?P<day>[0-9]{{1,2}})(?:st|nd|rd|th|\.)?[ -](?:of )?(?P<month>{_MONTH}),?[ -](?P<year>[0-9]{{4}}|[0-9]{{2}})"
    rf"|(?P<first_month>{_MONTH}) (?P<last_day>[0-9]{{1,2}})(?:st|nd|rd|th)?,? (?P<first_year>[0-9]{{4}})"
    r"|(?P<numeric_year>[0-9]{4})(?:(?P<mark>[-/.])(?P<number>[0-9]{1,2})(?P=mark)(?P<numeric_day>[0-9]{1,2})"
    r"| ?[年년] ?(?P<han_month>[0-9]{1,2}) ?[月월] ?(?P<han_day>[0-9]{1,2}) ?[日号號일])"
    r"|(?P<dotted_day>[0-9]{1,2})\.(?P<dotted_month>[0-9]{1,2})\.(?P<dotted_year>[0-9]{4}))"
    rf"{_TIME}",
    re.IGNORECASE | re.ASCII,
)
# The same with the name of a month in another language: "mercredi 12 janvier 2022 à 22h00", "12 января 2022 г.".
_NAME = r"[^\W\d_]{2,12}"
_NAMED_MONTH = re.compile(
    r"(?:(?P<weekday>[^\W\d_][^\d,.]{1,18})[.,]{0,2} )??(?:(?:am|den|el|il|le|ngày) )?"
    r"(?:(?P<day>\d{1,2})(?:\.|er|º|°)?[ -](?:de |di |d['’]|ב)?"
    rf"(?P<month>{_NAME}(?: \d{{1,2}})?)[.׳]?,?[ -](?:del? |năm )?"
    rf"|(?P<first_month>{_NAME})\.? (?P<first_day>\d{{1,2}}),? )"
    rf"(?P<year>\d{{4}})(?:,? (?:г|года|р|року|r)\b\.?)?(?:,? (?P<last_weekday>{_NAME}))??"
    r"(?:,?(?: [-–—|])?(?: (?:à|às|ore|alle(?: ore)?|a las|om|um|в|о|saat|godz\.|lúc))?"
    r" (?P<time>\d{1,2}[:.h]\d{2}(?::\d{2})?)(?: ?(?:h|Uhr|uur))?(?P<zone> ?(?:UTC|GMT|Z|[+-]\d{2}:?\d{2}))?)?",
    re.IGNORECASE,
)
# The beginning of a date in any language: a day, the name of a month and a year; or three numbers.
_DATE_LIKE = re.compile(
    r"\s*(?:[^\W\d]{2,12}[.,]{0,2}\s+)?(?:[0-9]{1,2}[.a-z]{0,3}[ -](?:de |of )?[^\W\d]{3,12}[.,]?[ -](?:de )?[0-9]{2,6}\b|"
    r"[^\W\d]{3,12}\.? [0-9]{1,2}[a-z]{0,2},? [0-9]{4}\b|[0-9]{1,6}[-/.年][0-9]{1,2}[-/.月][0-9]{1,6})|"
    r"\s*(?:invalid date|nan)\s*$",
    re.IGNORECASE,
)


def is_like_date(text: str) -> bool:
    """Tell whether a text begins like a date in any language, or is a failed one: "Invalid Date", "NaN"."""
    return _DATE_LIKE.match(text) is not None


def read_written(text: str) -> datetime:
    """Read a date with the name of a month or in numbers, year first or with dots; raises ValueError for others.

    The month may have its name in any language of the book's own words.
    """
    text = " ".join(text.split())
    found = _WRITTEN_DATE.fullmatch(text) or _WRITTEN_DATE.fullmatch(_in_english(text))
    if found is None:
        raise ValueError(text)
    part = found.groupdict("")
    month = (
        part["number"]
        or part["han_month"]
        or part["dotted_month"]
        or str(_MONTHS.index((part["month"] or part["first_month"])[:3].lower()) + 1)
    )
    year = part["year"] or part["first_year"] or part["numeric_year"] or part["dotted_year"]
    if len(year) == 2:  # RFC 5322, section 4.3
        year = f"20{year}" if int(year) < 50 else f"19{year}"
    hour = int(part["hour"] or 0)
    if part["half"]:
        if not 1 <= hour <= 12:
            raise ValueError(text)
        hour = hour % 12 + 12 * (part["half"].lower() == "p")
    day = int(part["day"] or part["last_day"] or part["numeric_day"] or part["han_day"] or part["dotted_day"])
    moment = datetime(int(year), int(month), day, hour, int(part["minute"] or 0), int(part["second"] or 0), tzinfo=UTC)
    return moment.replace(tzinfo=timezone(_offset(part["zone"])))


def _in_english(text: str) -> str:
    """Return a date with the name of a month in another language as English has it; "" for any other text."""
    found = _NAMED_MONTH.fullmatch(text)
    if found is None:
        return ""
    from epubmaker.text.dates import month_named  # noqa: PLC0415 - it loads the names in one language after the other

    part = found.groupdict("")
    month = month_named(part["month"] or part["first_month"], part["weekday"] or part["last_weekday"])
    if month is None:
        return ""
    day, time = part["day"] or part["first_day"], re.sub("[.hH]", ":", part["time"])
    return f"{int(day)} {_MONTHS[month - 1]} {int(part['year']):04} {time}{part['zone']}".rstrip()


def _offset(zone: str) -> timedelta:
    if zone[:1] in {"+", "-"}:
        digits = zone[1:].replace(":", "")
        return (-1 if zone[0] == "-" else 1) * timedelta(hours=int(digits[:2]), minutes=int(digits[2:] or 0))
    return timedelta(hours=_ZONES.get(zone.upper(), 0))
