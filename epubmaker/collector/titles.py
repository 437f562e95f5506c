"""Removes the name of the source from the ends of titles: "A bridge opens - The Harbour Times". Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from epubmaker.model.articles import Entry
from epubmaker.text.addresses import site
from epubmaker.text.characters import letters

__all__ = ["MOST_PARTS", "has_name_of_source", "parts_of", "shared_endings", "without_shared_endings"]

_MARK = re.compile(r"\s*[|｜_]\s*|\s+[-–—·•»:]\s+")
_SIGN = re.compile("[|｜_–—·•»:-]")
_LONGEST = 40  # characters of a site's name
_ENOUGH = 5  # titles with one ending
_SHARE = 0.5  # of a source's titles
MOST_PARTS = 3
"""How many endings of a title may go: " - Section - Site"."""


def without_shared_endings(entries: Sequence[Entry]) -> list[Entry]:
    """Return the articles with titles that do not end in the name of their source.

    An ending is what follows the last " - ", " | ", "_" or the like. It goes where it is the source's name or the main part
    of its host, or where at least five titles and half of those of the source have it. No title becomes empty.
    """
    articles = list(entries)
    titles = Counter(entry.source for entry in articles)
    parted = {number: parts for number, entry in enumerate(articles) if (parts := parts_of(entry.title))}
    for _ in range(MOST_PARTS):
        endings = Counter((articles[number].source, ending) for number, (_, ending) in parted.items())
        shared = shared_endings(endings.items(), titles)
        for number, (beginning, ending) in list(parted.items()):
            entry = articles[number]
            if (entry.source, ending) in shared or has_name_of_source(entry, ending):
                articles[number] = entry._replace(title=beginning)
                del parted[number]
                if parts := parts_of(beginning):
                    parted[number] = parts
    return articles


def shared_endings(counts: Iterable[tuple[tuple[str, str], int]], titles: Mapping[str, int]) -> set[tuple[str, str]]:
    """Return the endings that enough titles of their source have, each after the name of that.

    `counts` are how often each is there, `titles` how many titles each source has.
    """
    return {
        (source, ending)
        for (source, ending), count in counts
        if source and count >= max(_ENOUGH, _SHARE * titles[source])
    }


def has_name_of_source(entry: Entry, ending: str) -> bool:
    """Tell whether an ending is the name of an article's source, or the main part of its host."""
    return letters(ending) in _names(entry.source, site(entry.link) or "")


def parts_of(title: str) -> tuple[str, str] | None:
    """Return what stands before and after the last mark; None for an ending that can be none."""
    last = None
    if _SIGN.search(title):  # a twentieth of the time, and most titles have none
        for last in _MARK.finditer(title):  # noqa: B007 - the last one counts
            pass
    if last is None:
        return None
    beginning, ending = title[: last.start()], title[last.end() :]
    return (beginning, ending) if ending and beginning.strip() and len(ending) <= _LONGEST else None


@lru_cache(maxsize=1024)
def _names(source: str, host: str) -> frozenset[str]:
    """Return the letters of what a title may call a source: its name, its host, and the host's main part."""
    labels = host.split(".")
    main = max(labels[:-1], key=len, default="")
    return frozenset(filter(None, map(letters, (source, host, main if len(main) > 2 else ""))))
