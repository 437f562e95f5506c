"""What mail remembers, in an SQLite file: which book is to go to which address, and which went.

A book is known by the hash of its file, which its identifier is part of. A row is

    waiting   not sent yet; `path` is where the book lies
    passing   the whole book was passed on, and the server has not said yet that it takes it
    unknown   it was left so, by a cut connection or a kill: it may have arrived. The user has been told
    sent      the server has taken it

Each change is on the disk before the next step. Only one run at a time sends.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from epubmaker.errors import StateError, cause_of
from epubmaker.runtime.closable import Closable
from epubmaker.storage.locks import folder_lock
from epubmaker.storage.state import state_folder

__all__ = ["Outbox", "Waiting"]

_MARK = 0x45504D4D  # in the file's header: "EPMM"
_PATIENCE = 10.0  # seconds to wait for another run's change, which takes milliseconds
_TABLE = (
    "CREATE TABLE IF NOT EXISTS mail (sha256 TEXT NOT NULL, address TEXT NOT NULL, state TEXT NOT NULL,"
    " path TEXT NOT NULL, title TEXT NOT NULL, PRIMARY KEY (sha256, address)) WITHOUT ROWID"
)


class Waiting(NamedTuple):
    """A book that is to go to an address."""

    sha256: str
    address: str
    path: Path
    title: str


class Outbox(Closable):
    """The open file, in the user's state folder; a context manager. Raises StateError."""

    def __init__(self) -> None:
        self._folder = state_folder() / "mail"
        self._path = self._folder / "outbox.db"
        with self._errors():
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._database = sqlite3.connect(self._path, timeout=_PATIENCE, isolation_level=None)
        try:
            with self._errors():
                self._open()
        except StateError:
            self._database.close()
            raise

    def _open(self) -> None:
        run = self._database.execute
        run("PRAGMA trusted_schema = OFF")
        run("PRAGMA synchronous = FULL")
        (mark,), (tables,) = (
            run("PRAGMA application_id").fetchone(),
            run("SELECT count(*) FROM sqlite_master").fetchone(),
        )
        if mark != _MARK and (mark or tables):
            raise StateError(self._path, "is another program's database", "take it away")
        if not tables:
            run(f"PRAGMA application_id = {_MARK}")
            run(_TABLE)

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Keep other runs from sending meanwhile; wait for one that does."""
        with self._errors():
            lock = folder_lock(self._folder)
            lock.__enter__()
        try:
            yield
        finally:
            lock.__exit__(None, None, None)

    def put(self, letters: Iterable[Waiting], *, again: bool) -> None:
        """Note what is to be sent, unless it was or may have been; with `again`, even then."""
        late = "REPLACE" if again else "IGNORE"
        with self._errors():
            for each in letters:
                row = (each.sha256, each.address, str(each.path), each.title)
                self._database.execute(f"INSERT OR {late} INTO mail VALUES (?, ?, 'waiting', ?, ?)", row)  # noqa: S608
                moved = "UPDATE mail SET path = ? WHERE sha256 = ? AND address = ? AND state = 'waiting'"
                self._database.execute(moved, (str(each.path), each.sha256, each.address))

    def waiting(self, addresses: Sequence[str]) -> list[Waiting]:
        """Return what is to go to some addresses, by book."""
        return self._in("waiting", addresses)

    def doubtful(self, addresses: Sequence[str], books: Sequence[str]) -> list[Waiting]:
        """Return what may have arrived: of these books (their hashes), and what the user has not been told of."""
        told = [each for each in self._in("unknown", addresses) if each.sha256 in books]
        return [*self._in("passing", addresses), *told]

    def note(self, letter: Waiting, state: str) -> None:
        """Keep what became of a letter, for good."""
        with self._errors():
            row = (state, letter.sha256, letter.address)
            self._database.execute("UPDATE mail SET state = ? WHERE sha256 = ? AND address = ?", row)

    def drop(self, letter: Waiting) -> None:
        """Forget a letter whose book is no more."""
        with self._errors():
            row = (letter.sha256, letter.address)
            self._database.execute("DELETE FROM mail WHERE sha256 = ? AND address = ?", row)

    def _in(self, state: str, addresses: Sequence[str]) -> list[Waiting]:
        with self._errors():
            rows = self._database.execute(
                "SELECT sha256, address, path, title FROM mail WHERE state = ? ORDER BY path, address", (state,)
            ).fetchall()
        return [Waiting(key, to, Path(path), title) for key, to, path, title in rows if to in addresses]

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            cause = cause_of(error)
            raise StateError(self._path, cause, "without it nobody knows what was sent: mend that") from error
        except (sqlite3.Error, UnicodeError) as error:
            step = "mend that, or take the file away and what was sent is forgotten"
            raise StateError(self._path, str(error).lower(), step) from error
