"""The store that a build's memory lies in: one SQLite file, see `storage.database`. Several runs may share it.

table      key                             record
heads      a hash of a file's path         what stood in its head; as body, the hash of the whole once that was read
outlines   the key of an article's text    what the article needs
chapters   of all that went into one       what it says, and as body its documents, deflated
books      the path of a book              what its last build was made of, and what that reported
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from epubmaker.storage.database import DAY, Database
from epubmaker.storage.sqlitefile import Table

__all__ = ["BOOKS", "CHAPTERS", "HEADS", "OUTLINES", "Store", "StoreInfo"]

HEADS, OUTLINES, CHAPTERS, BOOKS = "heads", "outlines", "chapters", "books"

_FILE = "rebuild-4.sqlite3"
_OLDER = ("rebuild-1.sqlite3", "rebuild-2.sqlite3", "rebuild-3.sqlite3")  # of another form
_TABLES = (Table(HEADS), Table(OUTLINES), Table(CHAPTERS, large=True), Table(BOOKS))
_BATCH = 2000  # rows


class StoreInfo(NamedTuple):
    """What a store holds: chapters, and the bytes of all its rows."""

    chapters: int
    size: int


class Store(Database):
    """The store in one cache folder, which is made where it is missing.

    If anything was written, closing it removes what nobody used for `max_age` seconds and, beyond `max_bytes`, what was
    used longest ago.
    """

    def __init__(self, folder: Path, max_bytes: int = 1_000_000_000, max_age: float = 90 * DAY) -> None:
        self._limits = max_bytes, max_age
        super().__init__(folder / _FILE, _TABLES, "chapter cache", batch=_BATCH, older=_OLDER)

    def info(self) -> StoreInfo:
        """Count what the store holds."""
        return StoreInfo(self.count(CHAPTERS), self.size())

    def prune(self) -> None:
        """Keep the limits."""
        self.keep_within(*self._limits)

    def close(self) -> None:
        """Write what waits, keep the limits if anything was written, and close."""
        self.flush()
        if self.written:
            self.prune()
        super().close()
