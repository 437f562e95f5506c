"""What a run may want again and has no room for in memory: values by name, on disk.

The records of a picture take 3 KB as objects, and a book may have 20,000 of them.  On a shelf they take nothing but the
quarter of a megabyte that SQLite holds; to put a value there and to take it out takes 0.01 ms each.
"""

from __future__ import annotations

import pickle
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import suppress
from typing import Generic, TypeVar

__all__ = ["Shelf"]

_CACHE = 256  # KB in memory; the rest is in a file, and in the system's memory as long as there is room

_T = TypeVar("_T")


class Shelf(Generic[_T]):
    """Values that can be pickled, by name, in the order in which they came.  Thread-safe; to be closed.

    They lie in a temporary database of SQLite's own: no other process sees it, and the system removes it however this one
    ends.  Where the disk takes no more, what follows stays in memory.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._rest: dict[str, _T] = {}
        self._rows = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        self._rows.execute("PRAGMA journal_mode = OFF")
        self._rows.execute("PRAGMA synchronous = OFF")
        self._rows.execute(f"PRAGMA cache_size = -{_CACHE}")
        self._rows.execute("CREATE TABLE shelf (number INTEGER PRIMARY KEY, name BLOB UNIQUE, value BLOB)")
        self._rows.execute("BEGIN")  # and no commit: each one would write

    def put(self, name: str, value: _T) -> None:
        """Put a value under a name, once the older one under that name is gone."""
        row = _key(name), pickle.dumps(value, pickle.HIGHEST_PROTOCOL)
        with self._lock:
            if not self._rest:
                with suppress(sqlite3.Error):
                    self._rows.execute("INSERT OR REPLACE INTO shelf (name, value) VALUES (?, ?)", row)
                    return
            self._rest[name] = value

    def __contains__(self, name: str) -> bool:
        with self._lock:
            query = "SELECT 1 FROM shelf WHERE name = ?"
            return name in self._rest or self._rows.execute(query, (_key(name),)).fetchone() is not None

    def get(self, name: str) -> _T | None:
        """Return the value under a name; None where there is none."""
        with self._lock:
            if name in self._rest:
                return self._rest[name]
            row = self._rows.execute("SELECT value FROM shelf WHERE name = ?", (_key(name),)).fetchone()
        value: _T | None = row and pickle.loads(row[0])  # noqa: S301 - nobody else can write there
        return value

    def values(self) -> Iterator[_T]:
        """Yield all values."""
        with self._lock:
            for (value,) in self._rows.execute("SELECT value FROM shelf ORDER BY number"):
                yield pickle.loads(value)  # noqa: S301 - as above
            yield from self._rest.values()

    def close(self) -> None:
        """Throw everything away."""
        with self._lock:
            self._rows.close()


def _key(name: str) -> bytes:
    return name.encode("utf-8", "surrogatepass")
