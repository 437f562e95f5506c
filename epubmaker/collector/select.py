"""Decides which articles go into the book, and in which order, by their heads. I/O: only that of `duplicates`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from collections.abc import Set as AbstractSet
from datetime import UTC, datetime, timedelta
from pathlib import PurePosixPath
from typing import Any, TypeAlias

from epubmaker.collector.duplicates import without_duplicates
from epubmaker.collector.filters import Filters
from epubmaker.collector.locations.folder import natural
from epubmaker.collector.titles import without_shared_endings
from epubmaker.model.articles import Entry, Group, GroupedBy, Issue, Plan
from epubmaker.options import Options, SortBy

__all__ = ["select"]

_Key: TypeAlias = Any  # a sort key: anything that can be compared with others of its kind
_NEVER = datetime.min.replace(tzinfo=UTC)
_MAX_DAYS = 60  # headings of days, for a table of contents that is easy to read
_MAX_SPAN = timedelta(days=366)  # of single days as headings
_LEAST_IN_MONTHS = 2  # articles a month, on average


def select(entries: Sequence[Entry], options: Options, known: AbstractSet[str] = frozenset()) -> Plan:
    """Filter, drop duplicates, sort and group.

    Titles lose the name of their source at the end: see `titles`. Of articles with the same link or the same text one
    stays: see `duplicates`. Those of which nothing but the address is known are left out, and those that were not asked
    for: see `filters`. Dates are in the time zone of the options from here on. `known` are the keys of articles that
    earlier books have. Raises UsageError where a pattern is none.

    `--group-by auto` groups by day or, where there are more than 60 days or the span is more than a year, by month, by
    year where months have fewer than two articles on average, and not at all where there is one day or no date.
    Articles sorted by source are grouped by it, those sorted by title or input are not grouped. Groups of days, months
    and years are in order of time, others in natural order of their names; articles without a date, source or folder
    come last.
    """
    issues: list[Issue] = []
    left_out = Counter[str]()
    copies: dict[str, set[str]] = {}
    unique = without_duplicates(without_shared_endings(entries), issues, copies)
    single = [entry for entry in unique if not entry.is_link_only]
    left_out["link-only"] = len(unique) - len(single)
    chosen = Filters(options, known, copies).chosen(single, issues, left_out)
    chosen = _ordered(chosen, _sort_key(options.sort_by), reverse=options.reverse)
    grouped_by = _grouping(chosen, options.sort_by) if options.group_by == "auto" else options.group_by
    groups = tuple(_grouped(chosen, grouped_by, reverse=options.reverse))
    return Plan(groups, grouped_by, tuple(issues), left_out, copies)


def _ordered(entries: list[Entry], key: Callable[[Entry], _Key | None], *, reverse: bool) -> list[Entry]:
    """Sort by key, ties by position; entries without a key come last in both directions."""
    keyed = [(key(entry), entry) for entry in entries]
    having = [pair for pair in keyed if pair[0] is not None]
    having.sort(key=lambda pair: (pair[0], pair[1].position), reverse=reverse)
    lacking = [entry for value, entry in keyed if value is None]
    return [entry for _, entry in having] + lacking


def _sort_key(sort_by: SortBy) -> Callable[[Entry], _Key | None]:
    match sort_by:
        case "date":
            return lambda entry: entry.date
        case "title":
            return lambda entry: natural(entry.title)
        case "source":
            return _by_source
        case "input":
            return lambda entry: entry.position


def _by_source(entry: Entry) -> _Key | None:
    return (natural(entry.source), entry.date or _NEVER) if entry.source else None


def _grouping(entries: Sequence[Entry], sort_by: SortBy) -> GroupedBy:
    """Return what `--group-by auto` groups by: what keeps the order that was asked for."""
    if sort_by != "date":
        return "source" if sort_by == "source" else "none"
    days = {entry.date.date() for entry in entries if entry.date}
    if len(days) + any(entry.date is None for entry in entries) <= 1:
        return "none"
    if len(days) <= _MAX_DAYS and max(days) - min(days) <= _MAX_SPAN:
        return "day"
    months = {(day.year, day.month) for day in days}
    return "month" if len(entries) >= _LEAST_IN_MONTHS * len(months) else "year"


def _grouped(entries: list[Entry], grouped_by: GroupedBy, *, reverse: bool) -> Iterable[Group]:
    if grouped_by == "none":
        return [Group("", tuple(entries))] if entries else []
    groups: dict[str, list[Entry]] = {}
    for entry in entries:
        groups.setdefault(_group_key(entry, grouped_by), []).append(entry)
    names = sorted((name for name in groups if name), key=natural, reverse=reverse)
    if "" in groups:
        names.append("")
    return [Group(name, tuple(groups[name])) for name in names]


def _group_key(entry: Entry, grouped_by: GroupedBy) -> str:
    match grouped_by:
        case "day":
            return entry.date.date().isoformat() if entry.date else ""
        case "month":
            return entry.date.date().isoformat()[:7] if entry.date else ""
        case "year":
            return entry.date.date().isoformat()[:4] if entry.date else ""
        case "source":
            return entry.source
        case "folder":
            folder = PurePosixPath(*entry.location.archives, entry.name).parent.as_posix()
            return "" if folder == "." else folder
        case "none":
            return ""
