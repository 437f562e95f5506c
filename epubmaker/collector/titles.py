"""Removes the name of the source from the ends of titles: "A bridge opens - The Harbour Times". Pure."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from functools import lru_cache

from epubmaker.model.articles import Entry
from epubmaker.text.addresses import site
from epubmaker.text.characters import letters

__all__ = ["without_shared_endings"]

_MARK = re.compile(r"\s*[|｜_]\s*|\s+[-–—·•»:]\s+")
_LONGEST = 40  # characters of a site's name
_MOST_PARTS = 3  # " - Section - Site"
_ENOUGH = 5  # titles with one ending
_SHARE = 0.5  # of a source's titles


def without_shared_endings(entries: Sequence[Entry]) -> list[Entry]:
    """Return the articles with titles that do not end in the name of their source.

    An ending is what follows the last " - ", " | ", "_" or the like. It goes where it is the source's name or the main part
    of its host, or where at least five titles and half of those of the source have it. No title becomes empty.
    """
    if not any(_MARK.search(entry.title) for entry in entries):
        return list(entries)
    for _ in range(_MOST_PARTS):
        shared = _shared(entries)
        shortened = [_shortened(entry, shared) for entry in entries]
        if all(new is old for new, old in zip(shortened, entries, strict=True)):
            break
        entries = shortened
    return list(entries)


def _shared(entries: Iterable[Entry]) -> set[tuple[str, str]]:
    """Return pairs of a source and an ending that enough of its titles have."""
    titles: Counter[str] = Counter()
    endings: dict[str, Counter[str]] = defaultdict(Counter)
    for entry in entries:
        titles[entry.source] += 1
        _, ending = _parted(entry.title)
        if ending:
            endings[entry.source][ending] += 1
    return {
        (source, ending)
        for source, counts in endings.items()
        for ending, count in counts.items()
        if source and count >= max(_ENOUGH, _SHARE * titles[source])
    }


def _shortened(entry: Entry, shared: set[tuple[str, str]]) -> Entry:
    beginning, ending = _parted(entry.title)
    if not ending:
        return entry
    is_name = letters(ending) in _names(entry.source, site(entry.link) or "")
    return entry._replace(title=beginning) if is_name or (entry.source, ending) in shared else entry


def _parted(title: str) -> tuple[str, str]:
    """Return what stands before and after the last mark; "" for an ending that can be none."""
    last = None
    for last in _MARK.finditer(title):  # noqa: B007 - the last one counts
        pass
    if last is None:
        return title, ""
    beginning, ending = title[: last.start()], title[last.end() :]
    return (beginning, ending) if beginning.strip() and len(ending) <= _LONGEST else (title, "")


@lru_cache(maxsize=1024)
def _names(source: str, host: str) -> frozenset[str]:
    """Return the letters of what a title may call a source: its name, its host, and the host's main part."""
    labels = host.split(".")
    main = max(labels[:-1], key=len, default="")
    return frozenset(filter(None, map(letters, (source, host, main if len(main) > 2 else ""))))
