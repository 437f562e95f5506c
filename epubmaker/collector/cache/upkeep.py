"""Applies the limits of the cache, counts its entries, and empties it."""

from __future__ import annotations

import time
from dataclasses import dataclass

from epubmaker.collector.cache import records
from epubmaker.collector.cache.blobs import Blobs
from epubmaker.storage.database import DAY, Database
from epubmaker.storage.validation import parse

__all__ = ["FAILURES", "GRACE_PERIOD", "PICTURES", "PROCESSED", "CacheInfo", "clear", "count", "prune"]

PICTURES, FAILURES, PROCESSED, _UPKEEP = "pictures", "failures", "processed", "upkeep"

GRACE_PERIOD = 6 * 3600.0
"""Seconds for which nothing is removed after its last use: another run may be working with it."""

_SWEEP = "sweep"


@dataclass(frozen=True, slots=True)
class CacheInfo:
    """The number of downloaded pictures, fitted pictures and remembered failures in a cache; `size` in bytes of files.

    A file of several entries counts for each.
    """

    pictures: int
    processed: int
    failures: int
    size: int


def count(rows: Database) -> CacheInfo:
    """Count what an index holds."""
    return CacheInfo(rows.count(PICTURES), rows.count(PROCESSED), rows.count(FAILURES), rows.size())


def clear(rows: Database, blobs: Blobs) -> None:
    """Remove all rows and all files."""
    rows.clear()
    for sha256, _ in list(blobs.names()):
        blobs.remove(sha256)


def prune(rows: Database, blobs: Blobs, max_bytes: int, max_age: float) -> None:
    """Remove entries that were not used for long and, above the limit, those used longest ago; stray files once a day."""
    removed = rows.keep_within(max_bytes, max_age, GRACE_PERIOD)
    now = time.time()
    last = rows.get(_UPKEEP, _SWEEP)
    if removed or last is None or not 0 <= now - last.used <= DAY:
        rows.put(_UPKEEP, _SWEEP, b"", size=0)
        _sweep(rows, blobs, now - GRACE_PERIOD)


def _sweep(rows: Database, blobs: Blobs, spared: float) -> None:
    """Remove the files that no row names, unless they are so new that their row may not be written yet."""
    known = [parse(records.load_known, row.record) for row in rows.all(PICTURES)]
    ready = [parse(records.load_ready, row.record, blobs.path) for row in rows.all(PROCESSED)]
    named = {one.sha256 for one in known if one} | {sha256 for one in ready if one for sha256 in one.files}
    if rows.usable:  # else the names are not known
        for sha256, changed in list(blobs.names()):
            if sha256 not in named and changed < spared:
                blobs.remove(sha256)
