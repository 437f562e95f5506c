"""The cache's list of what it holds, in one SQLite file: transactions survive kill -9, and several runs may share it.

    pictures    what an address gave: the body's hash, until when it is fresh, how to ask about it
    failures    what an address (or, as `//host`, a whole host) failed with, and until when that is remembered
    processed   pictures made ready for a device, as JSON, by a key of their maker's
    blobs       the size of each file, and the run of the machine that wrote it ("": known to be on disk)
    meta        when stray files were last looked for ("sweep")

Times are seconds since the epoch.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

__all__ = ["Index", "is_corrupt", "remove"]

_BUSY = 10.0  # seconds to wait for another process
_CORRUPT = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
_SCHEMA = """
CREATE TABLE IF NOT EXISTS pictures (
    address TEXT PRIMARY KEY, sha256 TEXT NOT NULL, etag TEXT, modified TEXT, variant TEXT,
    stored REAL NOT NULL, fresh_until REAL NOT NULL, used REAL NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS failures (
    address TEXT PRIMARY KEY, code TEXT NOT NULL, reason TEXT NOT NULL, stored REAL NOT NULL, until REAL NOT NULL)
    WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS processed (
    key TEXT PRIMARY KEY, record TEXT NOT NULL, used REAL NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS blobs (
    sha256 TEXT PRIMARY KEY, size INTEGER NOT NULL, boot TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value REAL NOT NULL) WITHOUT ROWID;
"""


class Index:
    """One connection to the SQLite file.  Thread-safe; raises sqlite3.Error where SQLite does."""

    def __init__(self, path: Path) -> None:
        self._lock = threading.RLock()
        self._connection = sqlite3.connect(path, timeout=_BUSY, isolation_level=None, check_same_thread=False)
        try:
            self._connection.execute("PRAGMA journal_mode = WAL")
            self._connection.execute("PRAGMA synchronous = NORMAL")
            self._connection.execute("PRAGMA cache_size = -512")  # KB; the system holds the file's pages anyway
            self._connection.executescript(_SCHEMA)
        except sqlite3.Error:
            self._connection.close()
            raise

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._connection.close()

    def one(self, statement: str, *values: object) -> tuple[Any, ...] | None:
        """Return the first row of a query, None when there is none."""
        with self._lock:
            row: tuple[Any, ...] | None = self._connection.execute(statement, values).fetchone()
            return row

    def all(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """Return every row of a query."""
        with self._lock:
            return self._connection.execute(statement, values).fetchall()

    def run(self, statement: str, *values: object) -> None:
        """Run one statement."""
        with self._lock:
            self._connection.execute(statement, values)

    def run_each(self, statement: str, rows: Iterable[tuple[object, ...]]) -> None:
        """Run one statement for each row."""
        with self._lock:
            self._connection.executemany(statement, rows)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Make all that is run inside happen at once, or not at all."""
        with self._lock:
            self._connection.execute("BEGIN IMMEDIATE")
            with self._connection:
                yield


def is_corrupt(error: Exception) -> bool:
    """Tell whether an error means that a file is no SQLite file, or a damaged one."""
    code = getattr(error, "sqlite_errorcode", None)
    return isinstance(code, int) and code & 0xFF in _CORRUPT  # the higher bits tell details


def remove(path: Path) -> None:
    """Remove an SQLite file that cannot be read, with its journals; raises OSError."""
    for name in (path.name, f"{path.name}-wal", f"{path.name}-shm"):
        path.with_name(name).unlink(missing_ok=True)
