"""What `--new` remembers: where, under which name, and which articles of a book."""

from __future__ import annotations

import os
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from pathlib import Path

from epubmaker.errors import UsageError
from epubmaker.model.articles import Plan
from epubmaker.options import Options
from epubmaker.pipeline.outputs import named_book
from epubmaker.report import Report
from epubmaker.storage.state import STATE_ENDING, State, state_folder
from epubmaker.text.addresses import known_page, page_key
from epubmaker.text.naming import file_name
from epubmaker.text.timezones import UTC_NAME, today, zone_named

__all__ = ["remember", "series_name", "state_path"]

_NOT_IN_THE_BOOK = {"article-unreadable", "article-not-text", "article-too-large"}  # the next book tries again


def series_name(options: Options) -> str:
    """Return the name under which articles are remembered: the series, else the name of the book's file.

    Raises UsageError where neither is given.
    """
    output = named_book(options)
    name = options.series or (output and output.name.removesuffix(".epub").removesuffix(".kepub"))
    if not name:
        step = "give --series, or the book's name with --output"
        raise UsageError("--new", "has no name for what it remembers", step)
    return name


def state_path(options: Options) -> Path | None:
    """Return the file that says what earlier books had; None without `--new`. Raises UsageError as `series_name`."""
    if not options.new:
        return None
    name = series_name(options)
    return options.state or state_folder() / file_name(name, STATE_ENDING)


def remember(plan: Plan, title: str, report: Report, options: Options, state: State) -> None:
    """Note the articles of books that are published. Raises StateError."""
    series = series_name(options)
    lost = {issue.where for issue in report.issues if issue.code in _NOT_IN_THE_BOOK}
    held = {entry.key for entry in plan.entries if entry.label not in lost}
    pages = (page_key(entry.link) for entry in plan.entries if entry.link and entry.key in held)
    keys = held.union(_copies(plan, held | state.known(series)))
    keys |= {known_page(page) for page in pages if page and page not in keys}
    day = today(zone_named(options.timezone or UTC_NAME), os.environ)
    state.keep(series, day.isoformat(), title, keys)


def _copies(plan: Plan, held: AbstractSet[str]) -> Iterator[str]:
    """Yield the keys of all copies of articles of which a book has one."""
    for key, others in plan.copies.items():
        if key in held or not others.isdisjoint(held):
            yield from (key, *others)
