"""The volumes that runs made under one name of the output: those that are no longer made can be told from any other file.

A file counts as such a volume as long as it is what a run wrote, byte for byte. One that somebody changed or replaced is
theirs.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from epubmaker.model.books import Book
from epubmaker.reuse.fingerprints import file_hash
from epubmaker.reuse.store import VOLUMES, Store
from epubmaker.storage.validation import hexadecimal, items, parse, text

__all__ = ["Volumes"]


class Volumes:
    """The volumes in a store. Its methods do not raise."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def keep(self, name: str, books: Iterable[Book]) -> None:
        """Note volumes that a run has made under a name, at once, since it may be killed before it ends."""
        for book in books:
            record = json.dumps([name, book.sha256]).encode()
            row = self._store.get(VOLUMES, _key(book.path))
            if row is not None and row.record == record:
                self._store.touch(VOLUMES, row)
            else:
                self._store.put(VOLUMES, _key(book.path), record)
        self._store.flush()

    def left(self, name: str, made: Iterable[Path]) -> Iterator[Path]:
        """Yield the volumes that earlier runs made under a name, and that are not among those made now.

        One that is gone, or is another file by now, is forgotten.
        """
        there = {_identity(path) for path in made}
        for row in self._store.all(VOLUMES):
            known = parse(_load, row.record)
            if known is None or known[0] != name:
                continue
            path = Path(row.key)
            if _identity(path) in there:
                continue
            if not path.is_symlink() and file_hash(path) == known[1]:
                self._store.touch(VOLUMES, row)
                yield path
            else:
                self._store.remove(VOLUMES, row.key)


def _load(record: bytes) -> tuple[str, str]:
    name, sha256 = items(json.loads(record), 2)
    return text(name), hexadecimal(sha256)


def _key(path: Path) -> str:
    return os.path.realpath(path)


def _identity(path: Path) -> tuple[int, int] | str:
    with suppress(OSError, ValueError):
        status = path.stat()
        return status.st_dev, status.st_ino
    return _key(path)
