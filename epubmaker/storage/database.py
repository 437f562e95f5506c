"""Rows by key in an SQLite file of a cache. A row is returned as it was written, or not at all.

A row has a record and, in some tables, a large body. Each of the two is sealed by a CRC-32 of the table's name, the key
and the bytes. Seals reveal damage by a disk or a crash. They do not reveal a row that somebody wrote on purpose, so
readers check its values, too (`forms`). A row with a broken seal is removed. A file that is damaged, is no database or
holds other tables is replaced by an empty one. A file that cannot be used (no permission, no space, locked) is left
alone, and the run goes on without it. Each of these cases becomes an issue, none an exception.

Transactions survive kill -9, since the system holds the written pages. After a loss of power the file may be damaged: to
sync each transaction would cost more than to rebuild, once, what was lost. The journal is a rollback journal: a write-ahead
log needs shared memory, and ends the process where the disk goes away.

Times are seconds since the epoch.
"""

# ruff: noqa: S608 - only the names of our tables are put into statements

from __future__ import annotations

import json
import sqlite3
import threading
import time
from collections.abc import Iterable, Sequence
from contextlib import suppress
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, Self
from zlib import crc32

from epubmaker.model.articles import Issue
from epubmaker.storage.files import tag
from epubmaker.storage.sqlitefile import MOST, Table, cause_of, delete, is_damage, open_file

__all__ = ["CACHE_DAMAGED", "CACHE_UNUSABLE", "DAY", "Database", "Row"]

CACHE_UNUSABLE, CACHE_DAMAGED = "cache-unusable", "cache-damaged"

DAY = 86400.0
_ASKED = 200  # keys in one query: 0.004 ms a row; a query for each row takes 0.014 ms
_BATCH_BYTES = 1_000_000
_ROOM = 0.9  # share of the limit to which rows are removed once it was exceeded
# The casts give these types even where a damaged row holds others, and avoid errors of decoding.
_COLUMNS = (
    "CAST(used AS REAL), CAST(seal AS INTEGER), CAST(record AS BLOB), CAST(body_seal AS INTEGER), CAST(body AS BLOB)"
)
_ERRORS = (sqlite3.Error, OSError, MemoryError, UnicodeError)
_ADVICE = "name another folder with --cache if this comes again"


class Row(NamedTuple):
    """A row whose seal holds; `body` is None where the row has none, or its seal is broken."""

    key: str
    used: float
    record: bytes
    body: bytes | None


class Database:
    """The rows of one file, whose folder is made where it is missing. Thread-safe; a context manager; does not raise.

    Issues call it `name`. Up to `batch` changes wait for one common transaction, since each transaction writes whole pages;
    rows that wait are not found. `older` are the names of files in older formats, which are deleted.
    """

    def __init__(
        self, path: Path, tables: Sequence[Table], name: str, *, batch: int = 1, older: Iterable[str] = ()
    ) -> None:
        self.path = path
        self._tables = tables
        self._names = tuple(table.name for table in tables)
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
            path.parent.mkdir(parents=True, exist_ok=True)
            tag(path.parent)
            for name_before in older:
                delete(path.with_name(name_before))
            self._connection = open_file(self.path, self._tables)
        except _ERRORS as error:
            self._fail(error)

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

    def get(self, table: str, key: str) -> Row | None:
        """Return the row with a key."""
        found = self._run(f"SELECT key, {_COLUMNS} FROM {table} WHERE key = ?", key) if _is_text(key) else ()
        return self._whole(table, found).get(key)

    def find(self, table: str, keys: Iterable[str]) -> dict[str, Row]:
        """Return the rows that exist for some keys, by key."""
        found: dict[str, Row] = {}
        remaining = iter(keys)
        query = (
            f"SELECT {table}.key, {_COLUMNS} FROM json_each(?) AS asked CROSS JOIN {table} ON {table}.key = asked.value"
        )
        while self._connection is not None and (some := tuple(islice(remaining, _ASKED))):
            found.update(self._whole(table, self._run(query, json.dumps(some))))
        return found

    def which(self, table: str, keys: Iterable[str]) -> set[str]:
        """Return which keys have a row; seals are not checked."""
        remaining = iter(keys)
        found: set[str] = set()
        query = f"SELECT asked.value FROM json_each(?) AS asked CROSS JOIN {table} ON {table}.key = asked.value"
        while self._connection is not None and (some := tuple(islice(remaining, _ASKED))):
            found.update(key for (key,) in self._run(query, json.dumps(some)))
        return found

    def put(self, table: str, key: str, record: bytes, body: bytes | None = None, *, size: int | None = None) -> None:
        """Write a row in place of an older one; `size` is the bytes that count for the limit, by default the row's own."""
        taken = len(record) + len(body or b"")
        if taken < MOST and _is_text(key):
            start = _start(table, key)
            counted = taken if size is None else size
            row = key, time.time(), counted, crc32(record, start), record, body and crc32(body, start), body
            self._write(f"INSERT OR REPLACE INTO {table} VALUES (?, ?, ?, ?, ?, ?, ?)", row, taken)

    def set_body(self, table: str, key: str, body: bytes) -> None:
        """Write the body of a row; does nothing where there is no such row."""
        seal = crc32(body, _start(table, key))
        self._write(f"UPDATE {table} SET body_seal = ?, body = ? WHERE key = ?", (seal, body, key))

    def touch(self, table: str, row: Row, every: float = DAY) -> None:
        """Note that a row was used, unless it was noted less than `every` seconds ago."""
        now = time.time()
        if not 0 <= now - row.used <= every:
            self._write(f"UPDATE {table} SET used = ? WHERE key = ?", (now, row.key))

    def remove(self, table: str, key: str) -> None:
        """Remove a row, if there is one."""
        self._write(f"DELETE FROM {table} WHERE key = ?", (key,))

    def drop(self, table: str, key: str) -> None:
        """Remove a damaged row, and count it in an issue."""
        self._dropped += 1
        self.remove(table, key)

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

    def is_empty(self, table: str) -> bool:
        """Whether nothing can be found in a table."""
        return not self._run(f"SELECT 1 FROM {table} LIMIT 1")

    def count(self, table: str) -> int:
        """Count the rows of a table."""
        return int(next(iter(self._run(f"SELECT count(*) FROM {table}")), (0,))[0])

    def all(self, table: str) -> list[Row]:
        """Return every row of a table; damaged ones are removed."""
        keys = [key for (key,) in self._run(f"SELECT CAST(key AS TEXT) FROM {table} WHERE typeof(key) = 'text'")]
        return list(self.find(table, keys).values())

    def size(self) -> int:
        """Return the bytes of all rows, as `put` was told."""
        each = " UNION ALL ".join(f"SELECT total(max(size, 0)) AS part FROM {table}" for table in self._names)
        found = self._run(f"SELECT total(part) FROM ({each})")
        return int(min(found[0][0], 1e18)) if found else 0

    def keep_within(self, max_bytes: int, max_age: float, spared: float = 0.0) -> bool:
        """Remove rows not used for `max_age` seconds, then those used longest ago, as long as `max_bytes` are exceeded.

        Rows used in the last `spared` seconds stay. Tells whether any row was removed.
        """
        now = time.time()
        span = now - max(max_age, spared), now + DAY
        unused = "used IS NULL OR used < ? OR used > ?"
        old = [table for table in self._names if self._run(f"SELECT 1 FROM {table} WHERE {unused} LIMIT 1", *span)]
        for table in old:
            self._write(f"DELETE FROM {table} WHERE {unused}", span)
        self.flush()
        full = self.size() > max_bytes and self._remove_oldest(int(max_bytes * _ROOM), now - spared)
        return full or bool(old)

    def clear(self) -> None:
        """Remove all rows."""
        self._waiting.clear()
        for table in self._names:
            self._write(f"DELETE FROM {table}", ())
        self.flush()
        if self._connection is not None:
            with suppress(sqlite3.Error):  # another run may be at work
                self._connection.execute("VACUUM")

    def close(self) -> None:
        """Write all waiting changes, and close the file; nothing is found any more."""
        self.flush()
        self._close()

    # --- the file ---

    def _remove_oldest(self, limit: int, spared: float) -> bool:
        """Remove rows used longest ago until the rest is within the limit; tell whether any was removed."""
        # Where every row was used lately, this spares each close a sort of all rows.
        if not any(self._run(f"SELECT 1 FROM {table} WHERE used <= ? LIMIT 1", spared) for table in self._names):
            return False
        each = " UNION ALL ".join(f"SELECT used, max(size, 0) AS size FROM {table}" for table in self._names)
        summed = f"SELECT used, total(size) OVER (ORDER BY used DESC ROWS UNBOUNDED PRECEDING) AS sum FROM ({each})"
        found = self._run(f"SELECT used FROM ({summed}) WHERE sum > ? ORDER BY used DESC LIMIT 1", limit)
        for table in self._names if found else ():
            self._write(f"DELETE FROM {table} WHERE used <= ?", (min(found[0][0], spared),))
        self.flush()
        return bool(found)

    def _whole(self, table: str, rows: Iterable[tuple[Any, ...]]) -> dict[str, Row]:
        """Return the rows whose seal holds, by key; remove the others."""
        whole = {}
        seed = crc32(table.encode())
        for key, used, seal, record, body_seal, body in rows:
            start = crc32(key.encode(), seed)
            if record is None or crc32(record, start) != seal:
                self.drop(table, key)
            else:
                sealed = body is not None and crc32(body, start) == body_seal
                whole[key] = Row(key, used or 0.0, record, body if sealed else None)
        return whole

    def _write(self, statement: str, values: tuple[object, ...], size: int = 0) -> None:
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
        if is_damage(error):
            again = not self._begun_anew
            self._begun_anew = True
            try:
                delete(self.path)
                delete(self.path.with_name(f"{self.path.name}-journal"))
                if again:
                    self._connection = open_file(self.path, self._tables)
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


def _is_text(key: str) -> bool:
    """Tell whether a key can be encoded as UTF-8: a file name may hold bytes that are no text."""
    return key.isascii() or key.encode("utf-8", "replace") == key.encode("utf-8", "surrogatepass")


def _start(table: str, key: str) -> int:
    """Return the checksum of a row's table and key, with which that of its bytes begins."""
    return crc32(key.encode(), crc32(table.encode()))
