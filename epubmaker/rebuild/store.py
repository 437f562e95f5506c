"""The SQLite file that a build's memory lies in: transactions survive kill -9, and several runs may share it.

    heads      what stood in the head of a file, by its path; the SHA-256 of the whole once that was read
    outlines   what an article needs, by the key of its text
    chapters   finished documents, deflated, by the key of all that went into them
    books      what the last build of a book was made of and what it reported, by the path of the book

Times are seconds since the epoch.
"""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeAlias

from epubmaker.collector.cache.index import is_corrupt, remove
from epubmaker.model.articles import Issue

__all__ = ["Store", "StoreInfo", "read_all"]

_NAME = "rebuild-3.sqlite3"
_OLDER = ("rebuild-1.sqlite3", "rebuild-2.sqlite3")  # of another form
_BUSY = 10.0  # seconds to wait for another run
_BATCH = 2000  # rows written in one transaction: each one writes whole pages anew, for keys that lie anywhere
_BATCH_BYTES = 1_000_000
_ASKED = 200  # keys in one query
_DAY = 86400.0
_SCHEMA = """
CREATE TABLE IF NOT EXISTS heads (
    path BLOB PRIMARY KEY, signature TEXT NOT NULL, used REAL NOT NULL, title TEXT NOT NULL, link TEXT, published TEXT,
    archived TEXT, problems TEXT, key TEXT, sha256 TEXT) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS outlines (key TEXT PRIMARY KEY, record TEXT NOT NULL, used REAL NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS chapters (key TEXT PRIMARY KEY, record TEXT NOT NULL, used REAL NOT NULL, body BLOB NOT NULL);
CREATE INDEX IF NOT EXISTS chapters_by_use ON chapters (used);
CREATE TABLE IF NOT EXISTS books (
    path TEXT PRIMARY KEY, key TEXT NOT NULL, record BLOB NOT NULL, used REAL NOT NULL) WITHOUT ROWID;
"""
_TABLES = ("heads", "outlines", "chapters", "books")

_Row: TypeAlias = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class StoreInfo:
    """What a store holds: chapters, and the bytes of the whole file that are in use."""

    chapters: int
    size: int


class Store:
    """The store in one cache folder, which is made where it is missing.  For one thread; a context manager.

    Nothing here raises sqlite3.Error or OSError: the first one ends the use of the store, with an issue.  Rows are written
    in batches, the last one when the store is closed.  If there were any, `prune` keeps the limits then: `max_bytes`, and
    `max_age` in seconds.
    """

    def __init__(self, folder: Path, max_bytes: int = 1_000_000_000, max_age: float = 90 * _DAY) -> None:
        self.path = folder / _NAME
        self.issues: tuple[Issue, ...] = ()
        self._max_bytes = max_bytes
        self._max_age = max_age
        self._waiting: list[tuple[str, _Row]] = []
        self._waiting_bytes = 0
        self._written = False
        self._connection: sqlite3.Connection | None = None
        try:
            folder.mkdir(parents=True, exist_ok=True)
            for name in _OLDER:
                remove(folder / name)
            self._connection = _connect(self.path)
        except (OSError, sqlite3.Error) as error:
            self._disable(error)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def usable(self) -> bool:
        """Whether anything can be kept and found."""
        return self._connection is not None

    def one(self, statement: str, *values: object) -> tuple[Any, ...] | None:
        """Return the first row of a query, None when there is none."""
        if self._connection is None:
            return None
        try:
            row: tuple[Any, ...] | None = self._connection.execute(statement, values).fetchone()
        except sqlite3.Error as error:
            self._disable(error)
            return None
        return row

    def rows(self, statement: str, keys: Iterable[object], *values: object) -> Iterator[tuple[Any, ...]]:
        """Yield the rows of a query, in no order, whose `key IN (...)` stands for any of the keys; `values` come before.

        Some at a time, which takes a third of what a query for each key does: 0.004 ms a row instead of 0.014.
        """
        remaining = iter(keys)
        while self._connection is not None and (some := tuple(islice(remaining, _ASKED))):
            query = statement.replace("(...)", f"({', '.join('?' * len(some))})")
            try:
                found = self._connection.execute(query, (*values, *some)).fetchall()
            except sqlite3.Error as error:
                self._disable(error)
                return
            yield from found

    def write(self, statement: str, *values: object) -> None:
        """Run a statement that changes rows, sooner or later; in order."""
        self._waiting.append((statement, values))
        self._waiting_bytes += sum(len(value) for value in values if isinstance(value, bytes))
        if len(self._waiting) >= _BATCH or self._waiting_bytes > _BATCH_BYTES:
            self.flush()

    def use(self, table: str, name: str, key: object, used: float, every: float = _DAY) -> None:
        """Note that the row with a key (in the column `name`) is still of use, if the last note is `every` seconds old."""
        now = time.time()
        if now - used > every:
            self.write(f"UPDATE {table} SET used = ? WHERE {name} = ?", now, key)  # noqa: S608 - names of ours

    def flush(self) -> None:
        """Write what waits, in one transaction."""
        waiting, self._waiting, self._waiting_bytes = self._waiting, [], 0
        if self._connection is None or not waiting:
            return
        self._written = True
        try:
            with self._connection:
                self._connection.execute("BEGIN IMMEDIATE")
                for statement, values in waiting:
                    self._connection.execute(statement, values)
        except sqlite3.Error as error:
            self._disable(error)

    def info(self) -> StoreInfo:
        """Count what the store holds."""
        row = self.one("SELECT count(*) FROM chapters")
        return StoreInfo(row[0] if row else 0, self._size())

    def clear(self) -> None:
        """Remove everything."""
        self._waiting.clear()
        for table in _TABLES:
            self.write(f"DELETE FROM {table}")  # noqa: S608 - names of ours
        self.flush()
        if self._connection is not None:
            with suppress(sqlite3.Error):  # another run may be at work
                self._connection.execute("VACUUM")

    def close(self) -> None:
        """Write what waits, keep the limits if anything was written, and close.  Does not raise."""
        self.flush()
        if self._written:
            self.prune()
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(sqlite3.Error):
                connection.close()

    def prune(self) -> None:
        """Remove what nobody used for `max_age` seconds, and above `max_bytes` what was used longest ago."""
        oldest = time.time() - self._max_age
        if any(self.one(f"SELECT 1 FROM {table} WHERE used <= ? LIMIT 1", oldest) for table in _TABLES):  # noqa: S608
            self._remove_before(oldest)
        while self._size() > self._max_bytes and (middle := self._middle()) is not None:
            self._remove_before(middle)

    def _middle(self) -> float | None:
        """Return when the chapter was used that half of them were used after: then there is room for a while."""
        half = "(SELECT count(*) / 2 FROM chapters)"
        row = self.one(f"SELECT used FROM chapters ORDER BY used LIMIT 1 OFFSET {half}")  # noqa: S608 - our own words
        return row[0] if row else None

    def _remove_before(self, moment: float) -> None:
        for table in _TABLES:
            self.write(f"DELETE FROM {table} WHERE used <= ?", moment)  # noqa: S608 - names of ours
        self.flush()

    def _size(self) -> int:
        pages, free, size = (
            (self.one(f"PRAGMA {name}") or (0,))[0] for name in ("page_count", "freelist_count", "page_size")
        )
        return int((pages - free) * size)

    def _disable(self, error: OSError | sqlite3.Error) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(sqlite3.Error):
                connection.close()
        if is_corrupt(error):
            with suppress(OSError):
                remove(self.path)
        cause = ((error.strerror if isinstance(error, OSError) else None) or str(error)).lower()
        message = f"nothing kept for the next build: {cause}"
        self.issues = (Issue("cache-unusable", "warning", str(self.path), message),)


def read_all(records: Iterable[str]) -> list[Any]:
    """Return what JSON texts say: all by one call, which takes half of the time that one call for each does.

    None for each where one of them went bad.
    """
    texts = list(records)
    try:
        found: list[Any] = json.loads(f"[{','.join(texts)}]")
    except ValueError:
        return [None] * len(texts)
    return found


def _connect(path: Path) -> sqlite3.Connection:
    try:
        return _open(path)
    except sqlite3.DatabaseError as error:
        if not is_corrupt(error):
            raise
    remove(path)  # it only costs making everything anew
    return _open(path)


def _open(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=_BUSY, isolation_level=None, check_same_thread=False)
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("PRAGMA cache_size = -1000")  # KB; the system holds the file's pages anyway
        connection.execute("PRAGMA wal_autocheckpoint = 0")  # the journal is brought home, and synced, once: at the end
        connection.executescript(_SCHEMA)
    except sqlite3.Error:
        connection.close()
        raise
    return connection
