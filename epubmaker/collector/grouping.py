"""Puts articles, which are in order, into groups with one heading or two. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import PurePosixPath
from typing import cast, get_args

from epubmaker.errors import UsageError
from epubmaker.model.articles import Entry, Group
from epubmaker.model.choices import GroupedBy
from epubmaker.options import GROUP_BY, GROUPINGS, Options
from epubmaker.text.naturalorder import natural
from epubmaker.text.periods import PERIODS, Period, period_key

__all__ = ["grouped", "levels", "levels_asked_for"]

_FLAG = "--group-by"
_MAX_DAYS = 60  # headings of days, for a table of contents that is easy to read
_MAX_SPAN = timedelta(days=366)  # of single days as headings
_LEAST_IN_MONTHS = 2  # articles a month, on average
_SHORTEST_FIRST = get_args(Period)


def levels_asked_for(options: Options) -> tuple[GroupedBy, ...] | None:
    """Return what `--group-by` names, the outermost level first, nothing for "none"; None for "auto".

    Raises UsageError where it names no grouping, or two of which the second divides nothing.
    """
    asked = options.group_by
    if asked in {"auto", "none"}:
        return None if asked == "auto" else ()
    found = asked.split("/")
    if len(found) > 2 or not GROUP_BY.issuperset(found):
        names = ", ".join(GROUPINGS)
        raise UsageError(_FLAG, f"{asked!r} is no grouping", f"give one of {names}, or two as source/month")
    outer, inner = found[0], found[-1]
    if len(found) > 1 and (
        outer == inner or (outer in PERIODS and inner in _SHORTEST_FIRST[_SHORTEST_FIRST.index(outer) :])
    ):
        raise UsageError(_FLAG, f"each {outer} of {asked!r} has one {inner}", "give the longer one first, or one alone")
    return cast("tuple[GroupedBy, ...]", tuple(found))


def levels(entries: Sequence[Entry], options: Options) -> tuple[GroupedBy, ...]:
    """Return what the headings go by, the outermost first; nothing where there are none.

    `--group-by auto` groups by day or, where there are more than 60 days or the span is more than a year, by month, by
    year where months have fewer than two articles on average, and not at all where there is one day or no date.
    Articles sorted by source are grouped by it, those sorted by title or input are not grouped. Raises UsageError.
    """
    asked = levels_asked_for(options)
    return _chosen(entries, options) if asked is None else asked


def _chosen(entries: Sequence[Entry], options: Options) -> tuple[GroupedBy, ...]:
    """Return what keeps the order that was asked for."""
    if options.sort_by != "date":
        return ("source",) if options.sort_by == "source" else ()
    days = {entry.date.date() for entry in entries if entry.date}
    if len(days) + any(entry.date is None for entry in entries) <= 1:
        return ()
    if len(days) <= _MAX_DAYS and max(days) - min(days) <= _MAX_SPAN:
        return ("day",)
    months = {(day.year, day.month) for day in days}
    return ("month",) if len(entries) >= _LEAST_IN_MONTHS * len(months) else ("year",)


def grouped(entries: Sequence[Entry], by: Sequence[GroupedBy], *, reverse: bool) -> Iterator[Group]:
    """Yield the groups, of which each holds its articles in the given order.

    Groups of days, weeks, months and years are in the order of time, others in natural order of their names, all turned
    round by `reverse`. Articles without a date, source, folder or tag come last, at each level.
    """
    groups: dict[tuple[str, ...], list[Entry]] = {}
    for entry in entries:
        groups.setdefault(tuple([_key(entry, level) for level in by]), []).append(entry)
    # What has no name comes last in both directions.
    order = sorted(groups, key=lambda keys: [(bool(key) == reverse, natural(key)) for key in keys], reverse=reverse)
    for keys in order:
        yield Group(keys, tuple(groups[keys]))


def _key(entry: Entry, by: GroupedBy) -> str:
    match by:
        case "source":
            return entry.source
        case "tag":
            return entry.tag
        case "folder":
            folder = PurePosixPath(*entry.location.archives, entry.name).parent.as_posix()
            return "" if folder == "." else folder
        case _:
            return period_key(entry.date.date(), by) if entry.date else ""
