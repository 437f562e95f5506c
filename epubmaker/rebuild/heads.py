"""What the heads of files said, so that a folder of 100,000 articles is not read anew every night."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from epubmaker.collector.scan import KnownHead
from epubmaker.model import FileState, Origin
from epubmaker.rebuild.maker import maker
from epubmaker.rebuild.signature import SETTLED, signature
from epubmaker.rebuild.store import Store, read_all

__all__ = ["Heads"]

_MONTH = 30 * 86400.0


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
        rows = list(
            self._store.rows("SELECT path, signature, sha256, used, record FROM heads WHERE path IN (...)", keys)
        )
        records = read_all(row[4] for row in rows)
        known = {path: (*row, record) for (path, *row, _), record in zip(rows, records, strict=True)}
        return [self._known(key, state, known.get(key)) for key, (_, state) in zip(keys, files, strict=True)]

    def _known(self, key: bytes, state: FileState, row: tuple[Any, ...] | None) -> KnownHead | None:
        mark, sha256, used, record = row or (None, None, 0.0, None)
        if record is None or mark != self._mark(state):
            self.unknown += 1
            return None
        self._store.use("heads", "path", key, used, every=_MONTH)
        return _load(record, sha256)

    def put(self, path: str, state: FileState, head: KnownHead) -> None:
        """Keep what stands in the head of a file, whose state was looked at before it was read."""
        mark = self._mark(state)
        if mark is not None:
            row = (os.fsencode(path), mark, _dump(head), head.sha256, self._now)
            self._store.write("INSERT OR REPLACE INTO heads VALUES (?, ?, ?, ?, ?)", *row)

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


def _dump(head: KnownHead) -> str:
    moments = [moment and moment.isoformat() for moment in (head.published, head.archived)]
    return json.dumps([head.title, head.link, *moments, head.problems])


def _load(record: Sequence[Any], sha256: str | None) -> KnownHead:
    title, link, published, archived, problems = record
    return KnownHead(
        title=title,
        link=link,
        published=datetime.fromisoformat(published) if published else None,
        archived=datetime.fromisoformat(archived) if archived else None,
        problems=tuple((code, message) for code, message in problems),
        sha256=sha256,
    )
