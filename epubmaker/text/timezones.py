"""Moments in the time zone of the book, by names of the tz database: "Europe/Berlin". I/O: reads that database."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from functools import cache

from epubmaker.errors import UsageError

__all__ = ["UTC_NAME", "in_zone", "is_known", "iso", "source_date", "today", "zone_named"]

UTC_NAME = "UTC"
_MINUTE = timedelta(minutes=1)


def zone_named(name: str) -> tzinfo:
    """Return the zone of a name; raises UsageError where there is none."""
    zone = _zone(name)
    if zone is None:
        raise UsageError("--timezone", f"no time zone is called {name!r}", _advice(name))
    return zone


def is_known(name: str) -> bool:
    """Tell whether there is a zone of that name."""
    return _zone(name) is not None


def in_zone(moment: datetime, zone: tzinfo) -> datetime:
    """Return a moment (aware, in UTC) in a zone, with the offset of that time.

    Midnight in UTC stands for a day whose time is not known: it is that day anywhere. The offset is one of whole minutes,
    as XML and HTML write them, and fixed, so that moments within the hour that a clock is put back stay in their order.
    """
    try:
        if not (moment.hour or moment.minute or moment.second or moment.microsecond):
            return moment.replace(tzinfo=_fixed(moment.replace(tzinfo=zone).utcoffset() or timedelta()))
        return moment.astimezone(_fixed(moment.astimezone(zone).utcoffset() or timedelta()))
    except OverflowError:  # in the first or the last hours that there are
        return moment


def iso(moment: datetime) -> str:
    """Return a moment (aware) as ISO 8601 and HTML have it, to the second: "2022-01-12T22:00:21Z", "…+01:00"."""
    return moment.isoformat(timespec="seconds").removesuffix("+00:00") + ("" if moment.utcoffset() else "Z")


def today(zone: tzinfo, environment: Mapping[str, str]) -> date:
    """Return the day that it is in a zone: that of `SOURCE_DATE_EPOCH` where it is set. Raises as `source_date` does."""
    return (source_date(environment) or datetime.now(UTC)).astimezone(zone).date()


def source_date(environment: Mapping[str, str]) -> datetime | None:
    """Return the moment of `SOURCE_DATE_EPOCH`; None where it is not set. Raises UsageError where it is no number."""
    epoch = environment.get("SOURCE_DATE_EPOCH")
    if not epoch:
        return None
    try:
        return datetime.fromtimestamp(int(epoch), UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise UsageError(
            "SOURCE_DATE_EPOCH", f"{epoch!r} is no time", "give seconds since 1970, or unset it"
        ) from error


@cache
def _fixed(offset: timedelta) -> timezone:
    return timezone(round(offset / _MINUTE) * _MINUTE)


@cache
def _zone(name: str) -> tzinfo | None:
    if name in {UTC_NAME, "Etc/UTC"}:  # as most servers call it
        return UTC
    from zoneinfo import ZoneInfo  # noqa: PLC0415 - 5 ms, and not needed in UTC

    try:
        return ZoneInfo(name)
    except (LookupError, OSError, ValueError):  # a name that is none, is a folder's, or leads out of the database
        return None


def _advice(name: str) -> str:
    from difflib import get_close_matches  # noqa: PLC0415 - only for an error
    from zoneinfo import available_timezones  # noqa: PLC0415 - as above

    wanted = name.strip().replace(" ", "_").lower()
    known = {each.lower(): each for each in sorted(available_timezones())}
    cities = {each.rpartition("/")[2]: each for each in known}
    near = get_close_matches(wanted, known, 1) or [cities[city] for city in get_close_matches(wanted, cities, 1)]
    return f"did you mean {known[near[0]]}?" if near else "write it like Europe/Berlin"
