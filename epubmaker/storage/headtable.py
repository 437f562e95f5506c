"""Articles' heads on the disk, for a plan of more articles than memory has room for. SQLite sorts them there, too.

    head     each article: its head, its names (others of one name may be its copies), and what is counted over all
    gone     those that are left out
    chosen   those that stay, each with the sort keys of its volume and of its place there

A head is what the caller makes of it. Nothing here outlives a run, so that nothing is synced, and damage is an error.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any, NamedTuple

from epubmaker.errors import TemporaryFilesError
from epubmaker.runtime.closable import Closable

__all__ = ["Choice", "HeadRow", "HeadTable", "name_hash", "sortable"]

_SCHEMA = (
    (
        "CREATE TABLE head (position INTEGER PRIMARY KEY, name0 INTEGER, name1 INTEGER, name2 INTEGER, name3 INTEGER,"
        " source BLOB, ending BLOB, kind INTEGER, doubt TEXT, head BLOB)"
    ),
    "CREATE TABLE gone (position INTEGER PRIMARY KEY)",
    "CREATE TABLE chosen (volume BLOB, is_last INTEGER, place BLOB, position INTEGER, head BLOB)",
)
_ADD = "INSERT OR REPLACE INTO head VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
_INDEX = "CREATE INDEX {0} ON head ({0}, position) WHERE {0} IS NOT NULL"
_NAMES = ("name0", "name1", "name2", "name3")
_SHARING = (
    "SELECT {0}, head FROM head WHERE {0} IN (SELECT {0} FROM head WHERE {0} IS NOT NULL GROUP BY {0}"
    " HAVING count(*) BETWEEN 2 AND ?) ORDER BY {0}, position"
)
_KINDS = "SELECT kind, count(doubt), count(*) - count(doubt) FROM head GROUP BY kind HAVING count(doubt) > 0"
_DOUBTFUL = "SELECT position, doubt, head FROM head WHERE doubt IS NOT NULL AND kind = ? ORDER BY position"
_SOURCES = "SELECT source, count(*) FROM head GROUP BY source"
_ENDINGS = "SELECT source, ending, count(*) FROM head WHERE ending IS NOT NULL GROUP BY source, ending"
_WITH_ENDING = "SELECT ending, head FROM head WHERE ending IS NOT NULL ORDER BY position"
_ALL = "SELECT head FROM head ORDER BY position"
_LEAVE_OUT = "INSERT OR IGNORE INTO gone VALUES (?)"
_REMOVE = "DELETE FROM head WHERE position IN (SELECT position FROM gone)"
_CHOOSE = "INSERT INTO chosen VALUES (?, ?, ?, ?, ?)"
_SOURCES_CHOSEN = "SELECT DISTINCT source FROM head NATURAL JOIN (SELECT position FROM chosen)"
_COUNT = "SELECT count(*), count(DISTINCT volume) FROM chosen"
_VOLUMES = "SELECT volume, head FROM chosen ORDER BY volume, position"
_PLACES = "SELECT head FROM chosen ORDER BY is_last, place, position"
_PLACES_TURNED = (
    "SELECT head FROM chosen ORDER BY is_last, place DESC, CASE WHEN is_last THEN position ELSE -position END"
)
_EPOCH = datetime(1, 1, 1, tzinfo=UTC)
_WIDTH = 10  # bytes of a number
_ZERO = 1 << 78


class HeadRow(NamedTuple):
    """An article: its place among all, four names (see `name_hash`; None for none), and what is counted over all.

    `ending` is what its title ends in, `kind` says which folder and ending its file has, `doubt` why it may be no article.
    """

    position: int
    names: Sequence[int | None]
    source: str
    ending: str | None
    kind: int
    doubt: str | None
    head: bytes


class Choice(NamedTuple):
    """An article that stays: the sort keys (see `sortable`) of its volume and of its place; without one it comes last."""

    volume: bytes
    place: bytes | None
    position: int
    head: bytes


class HeadTable(Closable):
    """The heads of a plan, in a file in a folder. A context manager; its methods raise TemporaryFilesError."""

    def __init__(self, folder: Path) -> None:
        with _errors():
            self._database = sqlite3.connect(folder / "heads.sqlite", isolation_level=None)
            for setting in ("journal_mode = OFF", "synchronous = OFF", "temp_store = FILE", "cache_size = -65536"):
                self._database.execute(f"PRAGMA {setting}")
            for statement in _SCHEMA:
                self._database.execute(statement)
            self._database.execute("BEGIN")

    def close(self) -> None:
        """Close the file, which nobody needs any more."""
        self._database.close()

    def add(self, rows: Iterable[HeadRow]) -> None:
        """Add articles, in the place of others at their positions."""
        self._change(
            _ADD,
            (
                (position, *names, _encoded(source), ending and _encoded(ending), *others)
                for position, names, source, ending, *others in rows
            ),
        )

    def heads(self) -> Iterator[bytes]:
        """Yield all heads, in order."""
        return map(itemgetter(0), self._rows(_ALL))

    def kinds_in_doubt(self) -> list[tuple[int, int, int]]:
        """Return each kind with doubtful articles, how many these are, and how many are certain."""
        return list(self._rows(_KINDS))

    def doubtful(self, kind: int) -> Iterator[tuple[int, str, bytes]]:
        """Yield the doubtful articles of a kind: position, doubt and head."""
        return self._rows(_DOUBTFUL, kind)

    def sources(self) -> dict[str, int]:
        """Return how many articles each source has."""
        return {_decoded(source): count for source, count in self._rows(_SOURCES)}

    def endings(self) -> Iterator[tuple[tuple[str, str], int]]:
        """Yield each source and ending of a title, and how often these are there."""
        for source, ending, count in self._rows(_ENDINGS):
            yield (_decoded(source), _decoded(ending)), count

    def with_ending(self) -> Iterator[tuple[str, bytes]]:
        """Yield the articles whose titles have an ending: that, and the head. What was yielded may be added anew."""
        for ending, head in self._rows(_WITH_ENDING):
            yield _decoded(ending), head

    def sharing(self, number: int, most: int) -> Iterator[list[bytes]]:
        """Yield the heads of the articles that share their name of a number, from 0, for each such name.

        Names of more than `most` articles are passed over.
        """
        name = _NAMES[number]
        with _errors():
            self._database.execute(_INDEX.format(name))
        for _, rows in groupby(self._rows(_SHARING.format(name), most), itemgetter(0)):
            yield [head for _, head in rows]

    def leave_out(self, positions: Iterable[int]) -> None:
        """Leave articles out, from the next `remove` on."""
        self._change(_LEAVE_OUT, ((position,) for position in positions))

    def remove(self) -> None:
        """Remove what is left out."""
        self._change(_REMOVE, [()])

    def choose(self, choices: Iterable[Choice]) -> None:
        """Add articles that stay."""
        self._change(
            _CHOOSE, ((volume, place is None, place, position, head) for volume, place, position, head in choices)
        )

    def counts(self) -> tuple[int, int]:
        """Return how many articles stay, and in how many volumes."""
        articles, volumes = next(self._rows(_COUNT))
        return articles, volumes

    def sources_chosen(self) -> set[str]:
        """Return the sources of the articles that stay."""
        return {_decoded(source) for (source,) in self._rows(_SOURCES_CHOSEN)}

    def volumes(self) -> Iterator[list[bytes]]:
        """Yield the heads of each volume, in their order."""
        for _, rows in groupby(self._rows(_VOLUMES), itemgetter(0)):
            yield [head for _, head in rows]

    def in_places(self, *, turned: bool) -> Iterator[bytes]:
        """Yield the heads of all that stay in the order of their places, which may be turned round."""
        return map(itemgetter(0), self._rows(_PLACES_TURNED if turned else _PLACES))

    def _rows(self, statement: str, *values: object) -> Iterator[Any]:
        with _errors():
            yield from self._database.execute(statement, values)

    def _change(self, statement: str, rows: Iterable[Sequence[object]]) -> None:
        with _errors():
            self._database.executemany(statement, rows)


@contextmanager
def _errors() -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise TemporaryFilesError(str(error)) from error


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")  # a title may hold half of a pair, which SQLite's texts cannot


def _decoded(data: bytes) -> str:
    return data.decode("utf-8", "surrogatepass")


def name_hash(*parts: object) -> int:
    """Return 64 bits that are the same for equal texts and numbers, and differ, most likely, for others."""
    digest = blake2b(_encoded(repr(parts)), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


def sortable(key: object) -> bytes:
    """Return bytes in the order of a sort key: of a number, a text, a moment or lists of these, nested as you like."""
    if isinstance(key, str):
        return _encoded(key).replace(b"\0", b"\0\xff") + b"\0\0"
    if isinstance(key, int):
        return (key + _ZERO).to_bytes(_WIDTH, "big")
    if isinstance(key, datetime):
        return sortable((key - _EPOCH) // timedelta(microseconds=1))
    if isinstance(key, tuple | list):
        return b"".join(b"\1" + sortable(each) for each in key) + b"\0"
    message = f"no sort key: {type(key)}"
    raise TypeError(message)
