"""The SQLite file that keeps heads, outlines, chapters and books between builds. Several runs may share it.

kind       key                                   record                                     body
heads      a block of files                      the states and the articles' heads
files      the path of an article's file         its signature and SHA-256
outlines   hash of an article's file and head    its pictures, links and sections
chapters   hash of all that went into a chapter  its metadata                               its documents, deflated
books      the path of a book                    its key, and the report of its last build
volumes    the path of a volume                  the name that the output was given, the file's SHA-256
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from epubmaker.storage.database import Database
from epubmaker.storage.files import CACHE_AGE, CACHE_BYTES, chapters_limit

__all__ = ["BOOKS", "CHAPTERS", "FILES", "HEADS", "OUTLINES", "VOLUMES", "Store", "StoreInfo"]

HEADS, FILES, OUTLINES, CHAPTERS = "heads", "files", "outlines", "chapters"
BOOKS, VOLUMES = "books", "volumes"

_FILE = "rebuild-7.sqlite3"
_OLDER = tuple(f"rebuild-{number}.sqlite3" for number in range(1, 7))  # of older formats
_BATCH = 2000  # rows


class StoreInfo(NamedTuple):
    """The number of chapters in a store, and the bytes of all its rows."""

    chapters: int
    size: int


class Store(Database):
    """The store in one cache folder, which is made if need be, or only read (see `Database`).

    If anything was written, closing it removes rows that were not used for `max_age` seconds and, above `max_bytes`, those
    used longest ago.
    """

    def __init__(
        self,
        folder: Path,
        max_bytes: int = chapters_limit(CACHE_BYTES),
        max_age: float = CACHE_AGE,
        *,
        read_only: bool = False,
    ) -> None:
        self._limits = max_bytes, max_age
        super().__init__(folder / _FILE, "chapter cache", batch=_BATCH, older=_OLDER, read_only=read_only)

    def info(self) -> StoreInfo:
        """Count the chapters, and the bytes of all rows."""
        return StoreInfo(self.count(CHAPTERS), self.size())

    def prune(self) -> None:
        """Apply the limits."""
        self.keep_within(*self._limits)

    def close(self) -> None:
        """Write all waiting changes, apply the limits if anything was written, and close."""
        self.flush()
        if self.written:
            self.prune()
        super().close()
