"""The SQLite files of the caches: rows by key. A row is returned as it was written, or not at all.

A row has a kind, a key, a record and, for some kinds, a body of kilobytes. The record and the body each have a checksum, a
CRC-32 of the kind, the key and the bytes. Checksums reveal damage by a disk or a crash. They do not reveal a row that
somebody wrote on purpose, so readers check its values, too (`storage.validation`).

A row with a wrong checksum is removed. A file that is damaged, is no database or has another schema is replaced by an empty
one. A file that cannot be used (no permission, no space, locked) is left alone, and the run goes on without it. Each of
these cases becomes an issue, none an exception.

Transactions survive kill -9, since the system holds the written pages. After a loss of power the file may be damaged: to
sync each transaction would cost more than to rebuild, once, what was lost. The journal is a rollback journal: a write-ahead
log needs shared memory, and ends the process where the disk goes away.

Times are seconds since the epoch.
"""

from __future__ import annotations

import json
import sqlite3
import stat
import threading
import time
from collections.abc import Iterable
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple
from zlib import crc32

from epubmaker.errors import cause_of
from epubmaker.model.articles import Issue
from epubmaker.runtime.closable import Closable
from epubmaker.storage.files import clear_way, tag
from epubmaker.storage.validation import encodable

__all__ = ["CACHE_DAMAGED", "CACHE_UNUSABLE", "DAY", "Database", "Row"]

CACHE_UNUSABLE, CACHE_DAMAGED = "cache-unusable", "cache-damaged"

DAY = 86400.0
_MOST = 256_000_000  # bytes; SQLite refuses rows of this size and larger ones
_ASKED = 200  # keys in one query: 0.004 ms a row; a query for each row takes 0.014 ms
_BATCH_BYTES = 1_000_000
_ROOM = 0.9  # share of the limit to which rows are removed once it was exceeded
_ADVICE = "name another folder with --cache if this comes again"

# As SQLite stores these statements. The table has row numbers, since one without takes four times as long to find a row
# with a body. The index sums up sizes without reading the bodies.
_SCHEMA = (
    (
        "CREATE TABLE entry (kind TEXT NOT NULL, key TEXT NOT NULL, used REAL NOT NULL, size INTEGER NOT NULL, crc INTEGER"
        " NOT NULL, record BLOB NOT NULL, body_crc INTEGER, body BLOB, PRIMARY KEY (kind, key))"
    ),
    "CREATE INDEX entry_by_use ON entry (used, size)",
)
_SETTINGS = ("trusted_schema = OFF", "cell_size_check = ON", "mmap_size = 0")
_SETTINGS_ONCE_CHECKED = (
    "cache_size = -1000",  # KB; the system holds the file's pages anyway
    "journal_mode = TRUNCATE",
    "synchronous = OFF",
)
# The casts give these types even where a damaged row holds others, and avoid errors of decoding.
_FIND = (
    "SELECT asked.value, CAST(used AS REAL), CAST(crc AS INTEGER), CAST(record AS BLOB), CAST(body_crc AS INTEGER),"
    " CAST(body AS BLOB) FROM json_each(?) AS asked CROSS JOIN entry ON kind = ? AND entry.key = asked.value"
)
_FIND_KEYS = "SELECT asked.value FROM json_each(?) AS asked CROSS JOIN entry ON kind = ? AND entry.key = asked.value"
_ALL_KEYS = "SELECT CAST(key AS TEXT) FROM entry WHERE kind = ? AND typeof(key) = 'text'"
_PUT = "INSERT OR REPLACE INTO entry VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
_TOUCH = "UPDATE entry SET used = ? WHERE kind = ? AND key = ?"
_REMOVE = "DELETE FROM entry WHERE kind = ? AND key = ?"
_ANY = "SELECT 1 FROM entry WHERE kind = ? LIMIT 1"
_COUNT = "SELECT CAST(total(kind = ?) AS INTEGER) FROM entry"
_SIZE = "SELECT total(max(size, 0)) FROM entry"
_ANY_UNUSED = "SELECT 1 FROM entry WHERE used IS NULL OR used < ? OR used > ? LIMIT 1"
_REMOVE_UNUSED = "DELETE FROM entry WHERE used IS NULL OR used < ? OR used > ?"
_ANY_BEFORE = "SELECT 1 FROM entry WHERE used <= ? LIMIT 1"
_REMOVE_BEFORE = "DELETE FROM entry WHERE used <= ?"
_REMOVE_ALL = "DELETE FROM entry"
# When the newest of the rows was used that the limit has no room for.
_TOO_MUCH = (
    "SELECT used FROM (SELECT used, total(max(size, 0)) OVER (ORDER BY used DESC ROWS UNBOUNDED PRECEDING) AS sum"
    " FROM entry) WHERE sum > ? ORDER BY used DESC LIMIT 1"
)

_ERRORS = (sqlite3.Error, OSError, MemoryError, UnicodeError)
_BUSY = 10.0  # seconds to wait for another run, which locks the file for some milliseconds at a time
# Errors that do not mean a damaged file.
_HARMLESS = frozenset(
    {
        sqlite3.SQLITE_AUTH,
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_PERM,
        sqlite3.SQLITE_PROTOCOL,
        sqlite3.SQLITE_READONLY,
    }
)


class Row(NamedTuple):
    """A row whose checksum is right; `body` is None where the row has none, or the body's checksum is wrong."""

    key: str
    used: float
    record: bytes
    body: bytes | None


class Database(Closable):
    """The rows of one file, whose folder is made where it is missing. Thread-safe; a context manager; does not raise.

    Issues call it `name`. Up to `batch` changes wait for one common transaction, since each transaction writes whole pages;
    rows that wait are not found. `older` are the names of files in older formats, which are deleted. With `read_only`
    nothing is made, changed or removed on the disk, whatever is asked for.
    """

    def __init__(
        self, path: Path, name: str, *, batch: int = 1, older: Iterable[str] = (), read_only: bool = False
    ) -> None:
        self.path = path
        self._read_only = read_only
        self._name = name
        self._batch = batch
        self._lock = threading.RLock()
        self._waiting: list[tuple[str, tuple[object, ...]]] = []
        self._waiting_bytes = 0
        self._unusable: str | None = None
        self._begun_anew = False
        self._dropped = 0
        self.written = False
        self._connection: sqlite3.Connection | None = None
        try:
            if read_only:
                self._connection = _open_to_read(path)
                return
            path.parent.mkdir(parents=True, exist_ok=True)
            tag(path.parent)
            for name_before in older:
                _delete(path.with_name(name_before))
            self._connection = _open(path)
        except _ERRORS as error:
            self._fail(error)

    @property
    def usable(self) -> bool:
        """Whether anything can be kept and found."""
        return self._connection is not None

    @property
    def issues(self) -> tuple[Issue, ...]:
        """Warnings about the file: `cache-unusable`, `cache-damaged`."""
        found = []
        where = str(self.path)
        if self._begun_anew:
            message = f"{self._name} damaged, and begun anew; check the disk if this comes again"
            found.append(Issue(CACHE_DAMAGED, "warning", where, message))
        elif self._dropped:
            message = f"{self._name}: damaged entries made anew: {self._dropped}; check the disk if this comes again"
            found.append(Issue(CACHE_DAMAGED, "warning", where, message))
        if self._unusable:
            message = f"{self._name} not used: {self._unusable}; {_ADVICE}"
            found.append(Issue(CACHE_UNUSABLE, "warning", where, message))
        return tuple(found)

    # --- rows ---

    def get(self, kind: str, key: str) -> Row | None:
        """Return the row with a key."""
        return self.find(kind, (key,)).get(key)

    def find(self, kind: str, keys: Iterable[str]) -> dict[str, Row]:
        """Return the rows that exist for some keys, by key."""
        found: dict[str, Row] = {}
        remaining = iter(keys)
        while self._connection is not None and (some := tuple(islice(remaining, _ASKED))):
            found.update(self._whole(kind, self._run(_FIND, json.dumps(some), kind)))
        return found

    def which(self, kind: str, keys: Iterable[str]) -> set[str]:
        """Return which keys have a row; checksums are not compared."""
        remaining = iter(keys)
        found: set[str] = set()
        while self._connection is not None and (some := tuple(islice(remaining, _ASKED))):
            found.update(key for (key,) in self._run(_FIND_KEYS, json.dumps(some), kind))
        return found

    def put(self, kind: str, key: str, record: bytes, body: bytes | None = None, *, size: int | None = None) -> None:
        """Write a row in place of an older one; `size` is the bytes that count for the limit, by default the row's own."""
        taken = len(record) + len(body or b"")
        if taken < _MOST and encodable(key):
            start = _start(kind, key)
            counted = taken if size is None else size
            row = kind, key, time.time(), counted, crc32(record, start), record, body and crc32(body, start), body
            self._write(_PUT, row, taken)

    def touch(self, kind: str, row: Row, every: float = DAY) -> None:
        """Note that a row was used, unless it was noted less than `every` seconds ago."""
        now = time.time()
        if not 0 <= now - row.used <= every:
            self._write(_TOUCH, (now, kind, row.key))

    def remove(self, kind: str, key: str) -> None:
        """Remove a row, if there is one."""
        self._write(_REMOVE, (kind, key))

    def drop(self, kind: str, key: str) -> None:
        """Remove a damaged row, and count it in an issue."""
        self._dropped += 1
        self.remove(kind, key)

    def flush(self) -> None:
        """Write all waiting changes, in one transaction."""
        with self._lock:
            waiting, self._waiting, self._waiting_bytes = self._waiting, [], 0
            if self._connection is None or not waiting:
                return
            self.written = True
            try:
                with self._connection:
                    self._connection.execute("BEGIN IMMEDIATE")
                    for statement, values in waiting:
                        self._connection.execute(statement, values)
            except _ERRORS as error:
                self._fail(error)

    # --- all of them ---

    def is_empty(self, kind: str) -> bool:
        """Whether there is no row of a kind to be found."""
        return not self._run(_ANY, kind)

    def count(self, kind: str) -> int:
        """Count the rows of a kind."""
        found = self._run(_COUNT, kind)
        return int(found[0][0]) if found else 0

    def all(self, kind: str) -> list[Row]:
        """Return every row of a kind; damaged ones are removed."""
        return list(self.find(kind, [key for (key,) in self._run(_ALL_KEYS, kind)]).values())

    def size(self) -> int:
        """Return the bytes of all rows, as `put` was told."""
        found = self._run(_SIZE)
        return int(min(found[0][0], 1e18)) if found else 0

    def keep_within(self, max_bytes: int, max_age: float, spared: float = 0.0) -> bool:
        """Remove rows not used for `max_age` seconds, then those used longest ago, as long as `max_bytes` are exceeded.

        Rows used in the last `spared` seconds stay. Tells whether any row was removed.
        """
        now = time.time()
        span = now - max(max_age, spared), now + DAY
        old = bool(self._run(_ANY_UNUSED, *span))
        if old:
            self._write(_REMOVE_UNUSED, span)
        self.flush()
        full = self.size() > max_bytes and self._remove_oldest(int(max_bytes * _ROOM), now - spared)
        return full or old

    def clear(self) -> None:
        """Remove all rows."""
        self._waiting.clear()
        self._write(_REMOVE_ALL, ())
        self.flush()
        if self._connection is not None:
            with suppress(sqlite3.Error):  # another run may be at work
                self._connection.execute("VACUUM")

    def close(self) -> None:
        """Write all waiting changes, and close the file; nothing is found any more."""
        self.flush()
        self._close()

    def _remove_oldest(self, limit: int, spared: float) -> bool:
        """Remove rows used longest ago until the rest is within the limit; tell whether any was removed."""
        if not self._run(_ANY_BEFORE, spared):  # where every row was used lately, the sums below would be for nothing
            return False
        found = self._run(_TOO_MUCH, limit)
        if found:
            self._write(_REMOVE_BEFORE, (min(found[0][0], spared),))
        self.flush()
        return bool(found)

    def _whole(self, kind: str, rows: Iterable[tuple[Any, ...]]) -> dict[str, Row]:
        """Return the rows whose checksum is right, by key; remove the others."""
        whole = {}
        seed = crc32(kind.encode())
        for key, used, crc, record, body_crc, body in rows:
            start = crc32(key.encode(), seed)
            if record is None or crc32(record, start) != crc:
                self.drop(kind, key)
            else:
                intact = body is not None and crc32(body, start) == body_crc
                whole[key] = Row(key, used or 0.0, record, body if intact else None)
        return whole

    def _write(self, statement: str, values: tuple[object, ...], size: int = 0) -> None:
        if self._read_only:
            return
        with self._lock:
            self._waiting.append((statement, values))
            self._waiting_bytes += size
            if len(self._waiting) >= self._batch or self._waiting_bytes > _BATCH_BYTES:
                self.flush()

    def _run(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        with self._lock:
            if self._connection is None:
                return []
            try:
                return self._connection.execute(statement, values).fetchall()
            except _ERRORS as error:
                self._fail(error)
                return []

    def _fail(self, error: BaseException) -> None:
        """Go on without the file or, the first time that it was damaged, with an empty one."""
        self._close()
        if _is_damage(error) and not self._read_only:
            again = not self._begun_anew
            self._begun_anew = True
            try:
                _delete(self.path)
                _delete(self.path.with_name(f"{self.path.name}-journal"))
                if again:
                    self._connection = _open(self.path)
                    return
            except _ERRORS as other:
                self._close()
                error = other
        self._unusable = cause_of(error)

    def _close(self) -> None:
        with self._lock:
            connection, self._connection = self._connection, None
            if connection is not None:
                with suppress(sqlite3.Error):
                    connection.close()


def _start(kind: str, key: str) -> int:
    """Return the checksum of a row's kind and key, with which that of its bytes begins."""
    return crc32(key.encode(), crc32(kind.encode()))


# --- the file --------------------------------------------------------------------------------------------------------


def _open(path: Path) -> sqlite3.Connection:
    """Open the file, or create it; raises OSError and sqlite3.Error.

    A link, pipe or empty folder of that name is removed. A database with another schema raises, and is not written to.
    """
    for ending in ("", "-journal"):
        clear_way(path.with_name(path.name + ending))
    for ending in ("-wal", "-shm"):  # we never write such files, but SQLite would read them
        _delete(path.with_name(path.name + ending))
    connection = sqlite3.connect(path, timeout=_BUSY, isolation_level=None, check_same_thread=False)
    try:
        connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _MOST)
        for setting in _SETTINGS:
            connection.execute(f"PRAGMA {setting}").fetchall()
        _check(connection)
        for setting in _SETTINGS_ONCE_CHECKED:
            connection.execute(f"PRAGMA {setting}").fetchall()
    except BaseException:
        connection.close()
        raise
    return connection


def _open_to_read(path: Path) -> sqlite3.Connection:
    """Open the file and write nothing to it; raises sqlite3.Error where there is none, or a run was killed as it wrote."""
    connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=_BUSY)
    try:
        for setting in _SETTINGS:
            connection.execute(f"PRAGMA {setting}").fetchall()
        _check(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def _check(connection: sqlite3.Connection) -> None:
    """Raise sqlite3.DatabaseError unless the file has our schema and no more; an empty file gets it."""
    if not _schema(connection):
        with connection:
            connection.execute("BEGIN IMMEDIATE")
            if not _schema(connection):  # another run may have been faster
                for statement in _SCHEMA:
                    connection.execute(statement)
    if _schema(connection) != set(_SCHEMA) or connection.execute("PRAGMA encoding").fetchall() != [("UTF-8",)]:
        raise sqlite3.DatabaseError("not a database of ours")  # noqa: TRY003


def _schema(connection: sqlite3.Connection) -> set[str]:
    return {sql for (sql,) in connection.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL").fetchall()}


def _is_damage(error: BaseException) -> bool:
    """Tell whether an error means that the file itself is damaged, so that it may be removed."""
    if not isinstance(error, sqlite3.Error):
        return False
    code = getattr(error, "sqlite_errorcode", None)
    return not isinstance(code, int) or code & 0xFF not in _HARMLESS  # the higher bits are the extended code


def _delete(path: Path) -> None:
    """Remove a file, or the link, pipe or empty folder in its place; raises OSError."""
    clear_way(path)
    with suppress(FileNotFoundError):
        if stat.S_ISREG(path.lstat().st_mode):
            path.unlink(missing_ok=True)
