"""Decides which articles go into the book, and in which order, by their heads. I/O: only that of `duplicates`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet
from typing import Any, TypeAlias

from epubmaker.collector.duplicates import without_duplicates
from epubmaker.collector.filters import NEVER, Filters
from epubmaker.collector.grouping import grouped, levels
from epubmaker.collector.titles import without_shared_endings
from epubmaker.model.articles import Entry, Issue, Plan
from epubmaker.options import Options, SortBy
from epubmaker.text.naturalorder import natural

__all__ = ["ordered", "select", "sort_key"]

_Key: TypeAlias = Any  # a sort key: anything that can be compared with others of its kind


def select(entries: Sequence[Entry], options: Options, known: AbstractSet[str] = frozenset()) -> Plan:
    """Filter, drop duplicates, sort and group.

    Titles lose the name of their source at the end: see `titles`. Of articles with the same link or the same text one
    stays: see `duplicates`. Those of which nothing but the address is known are left out, and those that were not asked
    for: see `filters`. Dates are in the time zone of the options from here on. `known` are the keys of articles that
    earlier books have. What is left is in groups: see `grouping`. Raises UsageError where a pattern or a grouping is none.
    """
    issues: list[Issue] = []
    left_out = Counter[str]()
    copies: dict[str, set[str]] = {}
    unique = without_duplicates(without_shared_endings(entries), issues, copies)
    single = [entry for entry in unique if not entry.is_link_only]
    left_out["link-only"] = len(unique) - len(single)
    chosen = Filters(options, known, copies).chosen(single, issues, left_out)
    chosen = ordered(chosen, options)
    by = levels(chosen, options)
    return Plan(tuple(grouped(chosen, by, reverse=options.reverse)), by, tuple(issues), left_out, copies)


def ordered(entries: Sequence[Entry], options: Options) -> list[Entry]:
    """Return articles as the options sort them, ties by position; those without a key come last in both directions."""
    key = sort_key(options.sort_by)
    keyed = [(key(entry), entry) for entry in entries]
    having = [pair for pair in keyed if pair[0] is not None]
    having.sort(key=lambda pair: (pair[0], pair[1].position), reverse=options.reverse)
    lacking = [entry for value, entry in keyed if value is None]
    return [entry for _, entry in having] + lacking


def sort_key(sort_by: SortBy) -> Callable[[Entry], _Key | None]:
    """Return what an article is sorted by: a moment, a number, or texts and numbers within lists; None for nothing."""
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
    return (natural(entry.source), entry.date or NEVER) if entry.source else None
