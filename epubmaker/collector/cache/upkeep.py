"""What keeps the cache small: its limits, and emptying it."""

from __future__ import annotations

import json
import sqlite3
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import NamedTuple

from epubmaker.collector.cache.blobs import Blobs
from epubmaker.collector.cache.index import Index

__all__ = ["SPARED", "CacheInfo", "clear", "count", "prune"]

SPARED = 6 * 3600.0
"""Seconds for which nothing is removed after its last use: another run may be working with it."""

_SWEEP_EVERY = 86400.0  # seconds
_ROOM = 0.9  # of the limit, once it was reached


@dataclass(frozen=True, slots=True)
class CacheInfo:
    """What a cache holds: pictures by address, pictures made ready, remembered failures; `size` in bytes of files."""

    pictures: int
    processed: int
    failures: int
    size: int


class _User(NamedTuple):
    """A row that needs files: when it was used last, what removes it, and the files' hashes."""

    used: float
    statement: str
    key: str
    files: tuple[str, ...]


def count(index: Index) -> CacheInfo:
    """Count what an index holds."""
    row = index.one(
        "SELECT (SELECT count(*) FROM pictures), (SELECT count(*) FROM processed), (SELECT count(*) FROM failures)"
    ) or (0, 0, 0)
    return CacheInfo(pictures=row[0], processed=row[1], failures=row[2], size=_size(index))


def clear(index: Index, blobs: Blobs) -> None:
    """Remove all rows and all files."""
    with index.transaction():
        for table in ("pictures", "processed", "failures", "blobs"):
            index.run(f"DELETE FROM {table}")  # noqa: S608 - names of ours
    for sha256, _ in list(blobs.names()):
        blobs.remove(sha256)
    with suppress(sqlite3.Error):  # another run may be at work
        index.run("VACUUM")


def prune(index: Index, blobs: Blobs, max_bytes: int, max_age: float) -> None:
    """Remove what nobody used for long, then, above the limit, what was used longest ago; once a day, stray files."""
    now = time.time()
    unused = now - max(max_age, SPARED)
    with index.transaction():
        index.run("DELETE FROM pictures WHERE used < ?", unused)
        index.run("DELETE FROM processed WHERE used < ?", unused)
        index.run("DELETE FROM failures WHERE until < ?", now)
    full = _size(index) > max_bytes and _any_before(index, now - SPARED)
    if full or now - _last_sweep(index) > _SWEEP_EVERY:
        with index.transaction():
            _shrink(index, int(max_bytes * _ROOM) if full else max_bytes, now - SPARED)
            index.run("INSERT OR REPLACE INTO meta VALUES ('sweep', ?)", now)
        _sweep(index, blobs, now - SPARED)


def _any_before(index: Index, moment: float) -> bool:
    """Tell whether anything may go: where all was used lately, each close would sort all rows in vain, 18 µs a row."""
    tables = ("pictures", "processed")
    return any(index.one(f"SELECT 1 FROM {table} WHERE used <= ? LIMIT 1", moment) for table in tables)  # noqa: S608


def _size(index: Index) -> int:
    row = index.one("SELECT coalesce(sum(size), 0) FROM blobs")
    return int(row[0]) if row else 0


def _last_sweep(index: Index) -> float:
    row = index.one("SELECT value FROM meta WHERE name = 'sweep'")
    return float(row[0]) if row else 0.0


def _users(index: Index) -> Iterator[_User]:
    for used, address, sha256 in index.all("SELECT used, address, sha256 FROM pictures"):
        yield _User(used, "DELETE FROM pictures WHERE address = ?", address, (sha256,))
    for used, key, record in index.all("SELECT used, key, record FROM processed"):
        files = tuple(file["sha256"] for file in json.loads(record).get("files", ()))
        yield _User(used, "DELETE FROM processed WHERE key = ?", key, files)


def _shrink(index: Index, limit: int, spared: float) -> None:
    """Remove the rows used longest ago until what the rest needs is within the limit, and the files' rows with them."""
    sizes: dict[str, int] = dict(index.all("SELECT sha256, size FROM blobs"))
    users = sorted(_users(index))
    needed = Counter(sha256 for user in users for sha256 in user.files)
    size = sum(sizes.get(sha256, 0) for sha256 in needed)
    for user in users:
        if size <= limit or user.used > spared:
            break
        index.run(user.statement, user.key)
        for sha256 in user.files:
            needed[sha256] -= 1
            size -= sizes.get(sha256, 0) if needed[sha256] == 0 else 0
    index.run_each("DELETE FROM blobs WHERE sha256 = ?", [(sha256,) for sha256 in sizes if needed[sha256] == 0])


def _sweep(index: Index, blobs: Blobs, spared: float) -> None:
    """Remove the files that no row names, unless they are so new that their row may be on its way."""
    named = {sha256 for (sha256,) in index.all("SELECT sha256 FROM blobs")}
    for sha256, changed in list(blobs.names()):
        if sha256 not in named and changed < spared:
            blobs.remove(sha256)
