"""What a run may want again and has no room for in memory: values by name, on disk.

The records of a picture take 1.4 KB as objects, and a book may have 20,000 of them.  On a shelf they take nothing but the
quarter of a megabyte that SQLite holds; to put a value there and to take it out takes 0.05 ms each.
"""

from __future__ import annotations

import pickle
import sqlite3
import threading
from collections.abc import Iterator
from typing import Any, Generic, TypeVar

from epubmaker.errors import OutputError

__all__ = ["Shelf"]

_CACHE = 256  # KB in memory; the rest is in a file, and in the system's memory as long as there is room

_SUBJECT, _ADVICE = "temporary files", "set TMPDIR to a folder with room for them"

_T = TypeVar("_T")


class Shelf(Generic[_T]):
    """Values that can be pickled, by name, in the order in which they came.  Thread-safe; to be closed.

    They lie in a temporary database of SQLite's own: no other process sees it, and the system removes it however this one
    ends.  All methods raise OutputError when it cannot be written or read; what was put there is lost then.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._rows = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        self._rows.execute("PRAGMA journal_mode = OFF")
        self._rows.execute("PRAGMA synchronous = OFF")
        self._rows.execute(f"PRAGMA cache_size = -{_CACHE}")
        self._rows.execute("CREATE TABLE shelf (number INTEGER PRIMARY KEY, name BLOB UNIQUE, value BLOB)")
        self._rows.execute("BEGIN")  # and no commit: each one would write

    def put(self, name: str, value: _T) -> None:
        """Put a value under a name, once the older one under that name is gone."""
        packed = pickle.dumps(value, pickle.HIGHEST_PROTOCOL)
        self._run("INSERT OR REPLACE INTO shelf (name, value) VALUES (?, ?)", _key(name), packed)

    def __contains__(self, name: str) -> bool:
        return bool(self._run("SELECT 1 FROM shelf WHERE name = ?", _key(name)))

    def get(self, name: str) -> _T | None:
        """Return the value under a name; None where there is none."""
        rows = self._run("SELECT value FROM shelf WHERE name = ?", _key(name))
        value: _T | None = pickle.loads(rows[0][0]) if rows else None  # noqa: S301 - nobody else can write there
        return value

    def values(self) -> Iterator[_T]:
        """Yield all values."""
        last = 0
        while rows := self._run("SELECT number, value FROM shelf WHERE number > ? ORDER BY number LIMIT 500", last):
            for last, value in rows:  # noqa: B007 - the next query begins after it
                yield pickle.loads(value)  # noqa: S301 - as above

    def close(self) -> None:
        """Throw everything away."""
        with self._lock:
            self._rows.close()

    def _run(self, statement: str, *values: object) -> list[Any]:
        try:
            with self._lock:
                return self._rows.execute(statement, values).fetchall()
        except sqlite3.Error as error:
            raise OutputError(_SUBJECT, str(error), _ADVICE) from error


def _key(name: str) -> bytes:
    return name.encode("utf-8", "surrogatepass")
