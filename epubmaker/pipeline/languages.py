"""The language that an article falls back on: that of its source's other titles, else of the book's.

An article without a text, and with a title such as "Vlog 12", says nothing itself. A chapter depends on its article alone,
so what the others say is part of the plan, and of the keys of a cache.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable
from functools import cache

from epubmaker.chapters.language import detect, is_told_by
from epubmaker.model.articles import Entry, Plan

__all__ = ["language_of_titles", "with_languages"]

# Titles of a source that are looked at: those with the smallest keys, which are the same in any order and stay while
# others come.
_SAMPLE = 40
_NONE = "und"  # BCP 47: undetermined


def with_languages(plan: Plan) -> Plan:
    """Return a plan with the `language` of each entry whose title may not tell it; pure."""
    untold = {entry.key: entry.source for entry in plan.entries if not is_told_by(entry.title)}
    if not untold:
        return plan
    titles: dict[str, list[tuple[str, str]]] = {source: [] for source in untold.values()}
    for entry in plan.entries:
        if entry.source in titles:
            titles[entry.source].append((entry.key, entry.title))

    @cache
    def of_book() -> str:
        return language_of_titles(plan.entries)

    languages = {source: _language(of_source) or of_book() for source, of_source in titles.items()}

    def spoken(entry: Entry) -> Entry:
        language = languages[entry.source] if entry.key in untold else ""
        return entry._replace(language=language) if language else entry

    groups = tuple(group._replace(entries=tuple(map(spoken, group.entries))) for group in plan.groups)
    return plan._replace(groups=groups)


def language_of_titles(entries: Iterable[Entry]) -> str:
    """Return the language of the titles of a book; "" where they say nothing."""
    return _language((entry.key, entry.title) for entry in entries)


def _language(titles: Iterable[tuple[str, str]]) -> str:
    """Return the language of some titles, given with keys; "" where they say nothing."""
    sample = " ".join(title for _, title in heapq.nsmallest(_SAMPLE, titles))
    return detect(sample, fallback=_NONE).removeprefix(_NONE)
