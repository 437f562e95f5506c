"""The SQLite file of a cache: opened only if it holds our tables and nothing else, removed if it is damaged."""

from __future__ import annotations

import sqlite3
import stat
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from epubmaker.storage.files import clear_way

__all__ = ["MOST", "Table", "cause_of", "delete", "is_damage", "open_file"]

MOST = 256_000_000
"""SQLite refuses rows of this size, in bytes, and larger ones."""

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
_CAUTIONS = ("trusted_schema = OFF", "cell_size_check = ON", "mmap_size = 0")
_SETTINGS = (
    "cache_size = -1000",  # KB; the system holds the file's pages anyway
    "journal_mode = TRUNCATE",
    "synchronous = OFF",
)


class Table(NamedTuple):
    """A table; `large`: its rows have bodies of kilobytes."""

    name: str
    large: bool = False

    @property
    def schema(self) -> tuple[str, ...]:
        """The statements that create it, as SQLite stores them."""
        columns = "key TEXT PRIMARY KEY, used REAL NOT NULL, size INTEGER NOT NULL,"
        columns += " seal INTEGER NOT NULL, record BLOB NOT NULL, body_seal INTEGER, body BLOB"
        if not self.large:
            return (f"CREATE TABLE {self.name} ({columns}) WITHOUT ROWID",)
        index = (
            f"CREATE INDEX {self.name}_by_use ON {self.name} (used, size)"  # sums up sizes without reading the bodies
        )
        return f"CREATE TABLE {self.name} ({columns})", index


def open_file(path: Path, tables: Sequence[Table]) -> sqlite3.Connection:
    """Open the file with these tables, or create it; raises OSError and sqlite3.Error.

    A link, pipe or empty folder of that name is removed. A database with other tables raises, and is not written to.
    """
    for ending in ("", "-journal"):
        clear_way(path.with_name(path.name + ending))
    for ending in ("-wal", "-shm"):  # we never write such files, but SQLite would read them
        delete(path.with_name(path.name + ending))
    connection = sqlite3.connect(path, timeout=_BUSY, isolation_level=None, check_same_thread=False)
    try:
        connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, MOST)
        for setting in _CAUTIONS:
            connection.execute(f"PRAGMA {setting}").fetchall()
        _check(connection, {statement for table in tables for statement in table.schema})
        for setting in _SETTINGS:
            connection.execute(f"PRAGMA {setting}").fetchall()
    except BaseException:
        connection.close()
        raise
    return connection


def _check(connection: sqlite3.Connection, wanted: AbstractSet[str]) -> None:
    """Raise sqlite3.DatabaseError unless the file holds what these statements create, and nothing else."""
    if not _schema(connection):
        with connection:
            connection.execute("BEGIN IMMEDIATE")
            if not _schema(connection):  # another run may have been faster
                for statement in sorted(wanted, reverse=True):  # tables first
                    connection.execute(statement)
    if _schema(connection) != wanted or connection.execute("PRAGMA encoding").fetchall() != [("UTF-8",)]:
        raise sqlite3.DatabaseError("not a database of ours")  # noqa: TRY003


def cause_of(error: BaseException) -> str:
    """Return the text of an error of the disk or of SQLite, for a message."""
    return ((getattr(error, "strerror", None) if isinstance(error, OSError) else None) or str(error)).lower()


def is_damage(error: BaseException) -> bool:
    """Tell whether an error means that the file itself is damaged, so that it may be removed."""
    if not isinstance(error, sqlite3.Error):
        return False
    code = getattr(error, "sqlite_errorcode", None)
    return not isinstance(code, int) or code & 0xFF not in _HARMLESS  # the higher bits are the extended code


def delete(path: Path) -> None:
    """Remove a file, or the link, pipe or empty folder in its place; raises OSError."""
    clear_way(path)
    with suppress(FileNotFoundError):
        if stat.S_ISREG(path.lstat().st_mode):
            path.unlink(missing_ok=True)


def _schema(connection: sqlite3.Connection) -> set[str]:
    return {sql for (sql,) in connection.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL").fetchall()}
