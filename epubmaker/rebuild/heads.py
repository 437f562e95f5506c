"""What the heads of files said, so that a folder of 100,000 articles is not read anew every night."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from epubmaker.collector.scan import KnownHead, origin_of
from epubmaker.model.articles import Entry, FileState, Origin
from epubmaker.rebuild.maker import maker
from epubmaker.rebuild.signature import SETTLED, signature
from epubmaker.rebuild.store import Store

__all__ = ["Heads"]

_MONTH = 30 * 86400.0
_COLUMNS = "path, signature, used, title, link, published, archived, problems, key, sha256"
_GET = f"SELECT {_COLUMNS} FROM heads WHERE path IN (...)"  # noqa: S608 - our own words
_PUT = f"INSERT OR REPLACE INTO heads ({_COLUMNS}) VALUES ({', '.join('?' for _ in _COLUMNS.split())})"  # noqa: S608 - as above


class Heads:
    """The heads that earlier scans read, for one scan.  Has the form of `collector.scan.Heads`."""

    def __init__(self, store: Store, settled: float = SETTLED) -> None:
        """Use a store; `settled` is for how many seconds a file must have been left alone to be known again."""
        self._store = store
        self._settled = settled
        self._maker = maker()[:16]
        self._now = time.time()
        self.unknown = 0  # how many were asked for in vain

    def get(self, files: Sequence[tuple[str, FileState]]) -> Sequence[KnownHead | None]:
        """Return what stood in the head of each file, by its path and its state; None where that is not certain."""
        keys = [os.fsencode(path) for path, _ in files]
        known = {row[0]: row for row in self._store.rows(_GET, keys)}
        return [self._known(known.get(key), state) for key, (_, state) in zip(keys, files, strict=True)]

    def _known(self, row: tuple[Any, ...] | None, state: FileState) -> KnownHead | None:
        if row is None or row[1] != self._mark(state):
            self.unknown += 1
            return None
        path, _, used, title, link, published, archived, problems, *others = row
        if self._now - used > _MONTH:
            self._store.use("heads", "path", path, used)
        return KnownHead(title, link, _moment(published), _moment(archived), _problems(problems), *others)

    def put(self, path: str, state: FileState, head: KnownHead) -> None:
        """Keep what stands in the head of a file, whose state was looked at before it was read."""
        mark = self._mark(state)
        if mark is not None and _is_text(head.title):
            moments = [moment and moment.isoformat() for moment in (head.published, head.archived)]
            problems = json.dumps(head.problems) if head.problems else None
            row = (os.fsencode(path), mark, self._now, head.title, head.link, *moments, problems, head.key, head.sha256)
            self._store.write(_PUT, *row)

    def hash_of(self, entry: Entry) -> str | None:
        """Return the SHA-256 of an article's file, which is read if need be; None where it cannot be read."""
        if entry.sha256:
            return entry.sha256
        origin = origin_of(entry.path)
        if origin is None:
            return None
        self.read_whole(entry.path, origin)
        return origin.sha256

    def read_whole(self, path: str, origin: Origin) -> None:
        """Note the hash of a file that was scanned and then read whole."""
        mark = self._mark(origin.state)
        if mark is not None:
            statement = "UPDATE heads SET sha256 = ? WHERE path = ? AND signature = ?"
            self._store.write(statement, origin.sha256, os.fsencode(path), mark)

    def _mark(self, state: FileState) -> str | None:
        """Return what must be the same for a head to be known: the file, and what reads it."""
        mark = signature(state, self._now, self._settled)
        return mark and f"{self._maker} {mark}"


def _is_text(title: str) -> bool:
    """Tell whether a title has a form in UTF-8: one made of a file's name may hold bytes that are no text."""
    return title.encode("utf-8", "replace") == title.encode("utf-8", "surrogatepass")


def _moment(value: str | None) -> datetime | None:
    return datetime.fromisoformat(value) if value else None


def _problems(value: str | None) -> tuple[tuple[str, str], ...]:
    return tuple((code, message) for code, message in json.loads(value)) if value else ()
