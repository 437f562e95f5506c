"""Decides what goes into the book, and in which order: pure, from the articles' heads alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from pathlib import PurePath
from typing import Any, TypeAlias

from epubmaker.addresses import KEY_LENGTH, identity
from epubmaker.collector.walk import natural
from epubmaker.config import GroupBy, Options, SortBy
from epubmaker.model.articles import Entry, Group, Issue, Plan

__all__ = ["select"]

_Key: TypeAlias = Any  # a sort key: anything that can be compared with its like
_NEVER = datetime.min.replace(tzinfo=UTC)


def select(entries: Sequence[Entry], options: Options) -> Plan:
    """Filter, drop duplicates, sort and group.

    Of articles with the same link the one archived last stays.  `--since` and `--until` are days in UTC, both included;
    with either, articles without a date are left out.  `--limit` keeps the newest.  Groups of days and months stand in
    order of time, others in natural order of their names; articles without a date, source or folder come last.
    """
    issues: list[Issue] = []
    chosen = _without_duplicates(entries, issues)
    chosen = _within(chosen, options, issues)
    if options.limit is not None and len(chosen) > options.limit:
        newest = sorted(chosen, key=lambda entry: (entry.date or _NEVER, -entry.position), reverse=True)
        kept = {entry.position for entry in newest[: options.limit]}
        chosen = [entry for entry in chosen if entry.position in kept]
    chosen = _ordered(chosen, _sort_key(options.sort_by), reverse=options.reverse)
    return Plan(tuple(_grouped(chosen, options)), options.group_by, tuple(issues))


def _without_duplicates(entries: Sequence[Entry], issues: list[Issue]) -> list[Entry]:
    """Keep, of all articles at one address, the one archived last.

    The front page of a site is no article's address: mirrors write it when they have nothing better.
    """
    if all(len(entry.key) == KEY_LENGTH for entry in entries):
        return list(entries)  # a second article of the same address has a longer key
    latest: dict[str, Entry] = {}
    for entry in entries:
        name = identity(entry.link) if entry.link else ""
        key = name if "/" in name or "?" in name else f"#{entry.position}"
        rival = latest.get(key)
        if rival is None:
            latest[key] = entry
            continue
        older, newer = sorted((rival, entry), key=lambda item: (item.archived or _NEVER, item.position))
        latest[key] = newer
        issues.append(
            Issue("article-duplicate", "warning", older.label, f"the same address as {newer.label}, which stays")
        )
    return sorted(latest.values(), key=lambda entry: entry.position)


def _within(entries: list[Entry], options: Options, issues: list[Issue]) -> list[Entry]:
    if options.since is None and options.until is None:
        return entries
    kept = []
    for entry in entries:
        if entry.date is None:
            message = "left out: it has no date, and --since or --until was given"
            issues.append(Issue("article-undated", "warning", entry.label, message))
            continue
        day = entry.date.date()
        if (options.since is None or day >= options.since) and (options.until is None or day <= options.until):
            kept.append(entry)
    return kept


def _ordered(entries: list[Entry], key: Callable[[Entry], _Key | None], *, reverse: bool) -> list[Entry]:
    """Sort, stably in both directions; what has no key comes last in both."""
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
            return lambda entry: (natural(entry.source), entry.date or _NEVER) if entry.source else None
        case "input":
            return lambda entry: entry.position


def _grouped(entries: list[Entry], options: Options) -> Iterable[Group]:
    if options.group_by == "none":
        return [Group("", tuple(entries))] if entries else []
    groups: dict[str, list[Entry]] = {}
    for entry in entries:
        groups.setdefault(_group_key(entry, options.group_by), []).append(entry)
    names = sorted((name for name in groups if name), key=natural, reverse=options.reverse)
    if "" in groups:
        names.append("")
    return [Group(name, tuple(groups[name])) for name in names]


def _group_key(entry: Entry, group_by: GroupBy) -> str:
    match group_by:
        case "day":
            return entry.date.date().isoformat() if entry.date else ""
        case "month":
            return entry.date.date().isoformat()[:7] if entry.date else ""
        case "source":
            return entry.source or ""
        case "folder":
            folder = PurePath(entry.path).relative_to(entry.root).parent.as_posix()
            return "" if folder == "." else folder
        case "none":
            return ""
