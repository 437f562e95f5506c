"""What the earlier books of a series had: an SQLite file with the keys of their articles, for `--new`.

Where an article's page has other addresses for small screens or other hosts, the page has a key, too, which begins with "p"
(see `text.addresses`), and is not counted.

The file is locked from the moment that a build looks into it until the build's books are there, so that two builds at once
neither repeat an article nor lose one. A build that ends before leaves the file as it was: the next one repeats its
articles. Unlike a cache, a file that is damaged is left alone, and an error: the next book would have everything again.
"""

from __future__ import annotations

import sqlite3
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from epubmaker.errors import StateError, cause_of
from epubmaker.runtime.closable import Closable

__all__ = ["STATE_ENDING", "SeriesState", "State", "is_state", "journal_of", "state_folder"]

STATE_ENDING = ".sqlite"
_MARK = 0x45504D53  # in the file's header: "EPMS"
_VERSION = 1
_PATIENCE = 10_000  # milliseconds to wait for one that only reads, once the books are there
_SCHEMA = (
    f"PRAGMA application_id = {_MARK}",
    f"PRAGMA user_version = {_VERSION}",
    "CREATE TABLE book (number INTEGER PRIMARY KEY, series TEXT NOT NULL, made TEXT NOT NULL, title TEXT NOT NULL)",
    (
        "CREATE TABLE article (series TEXT NOT NULL, key TEXT NOT NULL, book INTEGER NOT NULL,"
        " PRIMARY KEY (series, key)) WITHOUT ROWID"
    ),
)
_SERIES = (
    "SELECT series, sum((SELECT count(*) FROM article WHERE article.book = number AND key NOT GLOB 'p*')), count(*),"
    " max(made),"
    " (SELECT title FROM book AS last WHERE last.series = book.series ORDER BY number DESC LIMIT 1)"
    " FROM book GROUP BY series ORDER BY series"
)
_ARTICLES = "SELECT count(*) FROM article WHERE book = ? AND key NOT GLOB 'p*'"
_BOOKS = "SELECT number FROM book WHERE series = ? ORDER BY number DESC"


class SeriesState(NamedTuple):
    """How many articles the books of a series had, and the day (ISO 8601) and title of the last one."""

    name: str
    articles: int
    books: int
    made: str
    title: str


class State(Closable):
    """An open state file. A context manager; raises StateError.

    With `write`, the file and its folder are made where they are missing, and it is locked until `close`.
    """

    def __init__(self, path: Path, *, write: bool = False) -> None:
        self.path = path
        with self._errors():
            if write:
                path.parent.mkdir(parents=True, exist_ok=True)
            elif not stat.S_ISREG(path.stat().st_mode):
                raise StateError(path, "no state of epubmaker's is there", "name another file with --state")
            self._database = sqlite3.connect(path, timeout=0, isolation_level=None)
        try:
            with self._errors():
                self._open(write=write)
        except StateError:
            self._database.close()
            raise

    def _open(self, *, write: bool) -> None:
        run = self._database.execute
        run("PRAGMA trusted_schema = OFF")
        run("PRAGMA synchronous = FULL")  # the books are on the disk before
        run("BEGIN IMMEDIATE" if write else "BEGIN")
        (mark,), (version,) = run("PRAGMA application_id").fetchone(), run("PRAGMA user_version").fetchone()
        (tables,) = run("SELECT count(*) FROM sqlite_master").fetchone()
        if mark != _MARK and (mark or tables):
            raise StateError(self.path, "no state of epubmaker's, but another database", "name another with --state")
        if version > _VERSION:
            raise StateError(self.path, "a newer epubmaker made it", "use that, or name another with --state")
        if not tables and write:
            for statement in _SCHEMA:
                run(statement)
        self._is_empty = not tables
        run(f"PRAGMA busy_timeout = {_PATIENCE}")

    def close(self) -> None:
        """Forget what was not kept, and let others use the file."""
        self._database.close()

    def known(self, series: str) -> frozenset[str]:
        """Return the keys of the articles that the books of a series have, and of their pages."""
        with self._errors():
            rows = self._database.execute("SELECT key FROM article WHERE series = ?", (series,))
            return frozenset(key for (key,) in rows)

    def keep(self, series: str, made: str, title: str, keys: Iterable[str]) -> None:
        """Note a book of a series and the keys of its articles, for good; others can use the file from here on."""
        with self._errors("the book is made, but its articles cannot be remembered, and the next one repeats them: "):
            run = self._database.execute
            number = run("INSERT INTO book (series, made, title) VALUES (?, ?, ?)", (series, made, title)).lastrowid
            rows = ((series, key, number) for key in keys)
            self._database.executemany("INSERT OR IGNORE INTO article VALUES (?, ?, ?)", rows)
            run("COMMIT")

    def series(self) -> list[SeriesState]:
        """Return what is known of each series, by name."""
        with self._errors():
            return [] if self._is_empty else [SeriesState(*row) for row in self._database.execute(_SERIES)]

    def forget(self, series: str, *, last: bool = False) -> int:
        """Forget the articles of a series, or those of its last book; return how many they were."""
        with self._errors():
            numbers = self._database.execute(_BOOKS, (series,)).fetchall()[: 1 if last else None]
            run = self._database.execute
            gone = sum(run(_ARTICLES, number).fetchone()[0] for number in numbers)
            self._database.executemany("DELETE FROM article WHERE book = ?", numbers)
            self._database.executemany("DELETE FROM book WHERE number = ?", numbers)
            self._database.execute("COMMIT")
            return int(gone)

    @contextmanager
    def _errors(self, before: str = "") -> Iterator[None]:
        """Turn the errors of SQLite and of the system into StateError."""
        try:
            yield
        except FileNotFoundError as error:
            raise StateError(self.path, "no such file", "name another with --state") from error
        except OSError as error:
            cause = cause_of(error)
            raise StateError(self.path, f"{before}{cause}", "name another with --state") from error
        except (sqlite3.Error, UnicodeError) as error:
            cause, advice = _explained(error)
            raise StateError(self.path, f"{before}{cause}", advice) from error


def _explained(error: Exception) -> tuple[str, str]:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
        return "another run uses this state", "wait for its end"
    if code in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}:
        step = "name another with --state, or remove it, and the next book has all articles again"
        return "damaged, or no state of epubmaker's", step
    if code == sqlite3.SQLITE_FULL:
        return "the disk is full", "free some space, or name another place with --state"
    return str(error), "name another with --state"


def journal_of(path: Path) -> Path:
    """Return the file beside a state in which SQLite notes what it changes."""
    return path.with_name(f"{path.name}-journal")


def is_state(head: bytes) -> bool:
    """Tell whether a file's first 100 bytes are those of a state."""
    return head.startswith(b"SQLite format 3\0") and head[68:72] == _MARK.to_bytes(4, "big")


def state_folder() -> Path:
    """Return the folder of the states that have no other place, the system's usual one."""
    import platformdirs  # noqa: PLC0415 - 8 ms, and not needed with --state

    return Path(platformdirs.user_state_dir("epubmaker", appauthor=False))
