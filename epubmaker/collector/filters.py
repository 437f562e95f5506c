"""Decides which articles were asked for: new ones, by source, by words, by day and by number. Pure."""

from __future__ import annotations

import re
import warnings
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import UTC, datetime
from fnmatch import translate
from types import MappingProxyType

from epubmaker.errors import UsageError
from epubmaker.model.articles import Entry, Issue
from epubmaker.options import Options
from epubmaker.text.addresses import known_page, page_key, site
from epubmaker.text.timezones import UTC_NAME, in_zone, zone_named

__all__ = ["NEVER", "Filters"]

_NONE: Mapping[str, AbstractSet[str]] = MappingProxyType({})
NEVER = datetime.min.replace(tzinfo=UTC)
"""Before any date: where an article without one stands among others."""


class Filters:
    """What a build was asked for; raises UsageError where a pattern or the time zone is none.

    A pattern is a glob, in which `*` stands for any characters and `?` for one, or a /regular expression/; letters count
    in either case. A glob for a source is its whole name or its host; one for words may be found anywhere in the title or
    the link. `known` are the keys of articles that earlier books have, `copies` those of an article's copies.
    """

    def __init__(
        self, options: Options, known: AbstractSet[str] = frozenset(), copies: Mapping[str, AbstractSet[str]] = _NONE
    ) -> None:
        self._options = options
        self._known = known
        self._copies = copies
        self._sources = [_pattern("--source", each, whole=True) for each in options.sources]
        self._match = [_pattern("--match", each) for each in options.match]
        self._exclude = [_pattern("--exclude", each) for each in options.exclude]
        self._zone = zone_named(options.timezone or UTC_NAME)

    def chosen(self, entries: Iterable[Entry], issues: list[Issue], left_out: Counter[str]) -> list[Entry]:
        """Return the articles that were asked for, with their dates in the book's time zone.

        The others are counted in `left_out` by the reason, but those without a date, each of which is an issue.
        """
        kept = []
        for entry in entries:
            reason = self._reason(entry)
            if reason:
                left_out[reason] += 1
            else:
                kept.append(entry)
        return self._newest(self._within([self._dated(entry) for entry in kept], issues, left_out), left_out)

    def _reason(self, entry: Entry) -> str:
        """Return why an article was not asked for, whatever its day; "" where it was."""
        if self._known and self._is_known(entry):
            return "known"
        if self._sources and not _found(self._sources, (entry.source, site(entry.link) or "")):
            return "other-source"
        words = entry.title, entry.link or ""
        if self._match and not _found(self._match, words):
            return "no-match"
        return "excluded" if self._exclude and _found(self._exclude, words) else ""

    def _is_known(self, entry: Entry) -> bool:
        """Tell whether an earlier book has an article, one of its copies, or the same page at another host."""
        if entry.key in self._known or not self._known.isdisjoint(self._copies.get(entry.key, frozenset())):
            return True
        page = page_key(entry.link) if entry.link else None
        return page is not None and not self._known.isdisjoint((page, known_page(page)))

    def _dated(self, entry: Entry) -> Entry:
        dated = self._options.dated
        if self._zone is UTC and dated == entry.dated:
            return entry
        published = entry.published and in_zone(entry.published, self._zone)
        archived = entry.archived and in_zone(entry.archived, self._zone)
        return entry._replace(published=published, archived=archived, dated=dated)

    def _within(self, entries: list[Entry], issues: list[Issue], left_out: Counter[str]) -> list[Entry]:
        since, until = self._options.since, self._options.until
        if since is None and until is None:
            return entries
        kept = []
        for entry in entries:
            if entry.date is None:
                message = "left out: it has no date, and --since or --until was given"
                issues.append(Issue("article-undated", "warning", entry.label, message))
                continue
            day = entry.date.date()
            if (since is None or day >= since) and (until is None or day <= until):
                kept.append(entry)
            else:
                left_out["other-day"] += 1
        return kept

    def _newest(self, entries: list[Entry], left_out: Counter[str]) -> list[Entry]:
        limit = self._options.limit
        if limit is None or len(entries) <= limit:
            return entries
        left_out["beyond-limit"] = len(entries) - limit
        newest = sorted(entries, key=lambda entry: (entry.date or NEVER, -entry.position), reverse=True)
        kept = {entry.position for entry in newest[:limit]}
        return [entry for entry in entries if entry.position in kept]


def _found(patterns: Sequence[re.Pattern[str]], texts: Sequence[str]) -> bool:
    return any(pattern.search(text) for pattern in patterns for text in texts if text)


def _pattern(flag: str, text: str, *, whole: bool = False) -> re.Pattern[str]:
    if not text.strip():
        raise UsageError(flag, "is empty", "name a word, a glob such as 'talk*', or a /regular expression/")
    is_expression = len(text) > 2 and text.startswith("/") and text.endswith("/")
    glob = text if whole else f"*{text}*"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Python's advice on how to write an expression
            return re.compile(text[1:-1] if is_expression else rf"\A{translate(glob)}", re.IGNORECASE)
    except (re.error, OverflowError, RecursionError) as error:
        raise UsageError(
            flag, f"{text} is no regular expression: {error}", "mend it, or leave the slashes out"
        ) from error
