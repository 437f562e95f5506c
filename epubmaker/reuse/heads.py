"""The heads of article files, kept so that an unchanged folder of 100,000 articles is not read again.

One row has the heads of a block of files (see `collector.locations.folder.File`), a column for each field: to decode and
check a column takes a fraction of what its values one by one would take. A file's state tells whether its heads still hold,
so that a block is written anew where a file has come, gone or changed, and only that file is read.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeAlias, get_args

from epubmaker.collector.formats.table import format_names
from epubmaker.collector.locations.items import state_of
from epubmaker.collector.parse import origin_of
from epubmaker.collector.scan import ArticleHead, FileHeads
from epubmaker.model.articles import Entry, FileState, Issue, Origin, Severity
from epubmaker.reuse.fingerprints import program_fingerprint
from epubmaker.reuse.store import FILES, HEADS, Store
from epubmaker.storage.database import DAY, Row
from epubmaker.storage.validation import (
    InvalidValueError,
    amounts,
    counts,
    hexadecimal,
    items,
    one_of,
    parse,
    text,
    texts,
)
from epubmaker.text.addresses import is_article_key, resolve

__all__ = ["HeadIndex"]


_Kept: TypeAlias = tuple[tuple[int, ...], FileHeads]  # a file's state before it was read, and what it holds


class HeadIndex:
    """The heads and hashes of files that earlier builds read, for one build. Implements `collector.scan.HeadIndex`."""

    def __init__(self, store: Store, now: float | None = None) -> None:
        """Use a store; a head is known again only if its file had settled by `now`, by default the time of this call."""
        self._store = store
        self._program = program_fingerprint()[:16].encode()
        self._now = time.time() if now is None else now
        self.unknown = 0  # files that `heads_of` read

    def heads_of(
        self, block: str, files: Sequence[tuple[str, FileState | None]], read: Callable[[int], FileHeads]
    ) -> list[FileHeads]:
        """Return what each file of a block holds, given by path and state; `read` reads the one at an index."""
        kept = self._kept(block)
        now: dict[str, _Kept] = {}
        found = []
        folder = os.path.join(os.path.dirname(block), "")  # noqa: PTH118, PTH120 - for each folder, and a `Path` takes longer
        for index, (path, state) in enumerate(files):
            name = path.removeprefix(folder)
            known = kept.get(name)
            if known is not None and known[0] == state:
                now[name] = known
                found.append(known[1])
                continue
            self.unknown += 1
            its = read(index)
            found.append(its)
            if its.heads and state is not None and state.is_settled(self._now):
                now[name] = state, its
        if not now:
            if kept:
                self._store.remove(HEADS, block)
        elif now != kept:
            self._store.put(HEADS, block, self._program + _dump(now))
        return found

    def _kept(self, block: str) -> Mapping[str, _Kept]:
        """Return what is kept of a block's files, by name."""
        row = self._store.get(HEADS, block)
        if row is None or not row.record.startswith(self._program):
            return {}
        kept = parse(_load, row.record[len(self._program) :])
        if kept is None:
            self._store.drop(HEADS, block)
            return {}
        self._store.touch(HEADS, row, 30 * DAY)
        return kept

    # --- the hashes of whole files ---

    def hashes_of(self, entries: Sequence[Entry]) -> list[str | None]:
        """Return the SHA-256 of each article's own bytes, read if it is not known; None where they cannot be read."""
        rows = self._store.find(FILES, (entry.path for entry in entries if not entry.sha256))
        return [entry.sha256 or self._hash_of(entry, rows.get(entry.path)) for entry in entries]

    def _hash_of(self, entry: Entry, row: Row | None) -> str | None:
        if row is not None and (known := self._known_hash(entry.path, row)):
            return known
        origin = origin_of(entry)
        if origin is None:
            return None
        self.read_whole(entry.path, origin)
        return origin.sha256

    def _known_hash(self, path: str, row: Row) -> str | None:
        """Return the hash in the row of a file, if the file is as it was."""
        found = parse(_load_hash, row.record)
        if found is None:
            self._store.drop(FILES, row.key)
            return None
        signature, sha256 = found
        state = state_of(path)
        if state is None or state.signature(self._now) != signature:
            return None
        self._store.touch(FILES, row, 30 * DAY)
        return sha256

    def read_whole(self, path: str, origin: Origin) -> None:
        """Keep the hash of an article that was read whole, where it is that of its file."""
        signature = origin.state and origin.state.signature(self._now)
        if signature:
            self._store.put(FILES, path, json.dumps([signature, origin.sha256]).encode())


# --- as rows ---------------------------------------------------------------------------------------------------------


def _dump(kept: Mapping[str, _Kept]) -> bytes:
    states, found = zip(*kept.values(), strict=True)
    others = [
        (name, [_values(issue) for issue in its.issues], [*its.passed.items()])
        for name, (_, its) in kept.items()
        if its.issues or its.passed
    ]
    numbers = [len(its.heads) for its in found]
    columns = list(zip(*(head for its in found for head in its.heads), strict=True))[: len(_COLUMNS)]
    values = [[*kept], states, numbers, others, columns]
    return json.dumps(values, default=datetime.isoformat).encode()


def _values(issue: Issue) -> list[str]:
    return [issue.code, issue.severity, issue.where, issue.message]


def _load(record: bytes) -> dict[str, _Kept]:
    """Return what a block's files hold, by name; raises ValueError and TypeError."""
    names, states, numbers, others, columns = items(json.loads(record), 5)
    checked = [check(column) for check, column in zip(_COLUMNS.values(), items(columns), strict=True)]
    heads = [ArticleHead(*row) for row in zip(*checked, strict=True)]
    besides = {text(name): (_issues(issues), counts(passed)) for name, issues, passed in items(others)}
    kept, start = {}, 0
    # Any state is good: one that is none is that of no file.
    for name, state, number in zip(texts(names), map(tuple, states), amounts(numbers), strict=True):
        kept[name] = state, FileHeads(heads[start : start + number], *besides.get(name, ()))
        start += number
    if start != len(heads):
        raise InvalidValueError(numbers)
    return kept


def _issues(values: object) -> list[Issue]:
    return [
        Issue(code, one_of(severity, get_args(Severity)), *rest) for code, severity, *rest in map(texts, items(values))
    ]


def _links(column: object) -> list[str | None]:
    links = items(column)
    if any(link is not None and resolve(None, text(link)) != link for link in links):
        raise InvalidValueError(column)
    return links


def _moments(column: object) -> list[datetime | None]:
    return [None if moment is None else datetime.fromisoformat(text(moment)) for moment in items(column)]


def _problems(column: object) -> list[tuple[tuple[str, str], ...]]:
    return [
        tuple([(text(code), text(message)) for code, message in items(each)]) if each else () for each in items(column)
    ]


def _keys(column: object) -> list[str]:
    keys = items(column)
    if all(map(is_article_key, keys)):
        return keys
    raise InvalidValueError(column)


def _names(column: object) -> list[str]:
    return [*map(sys.intern, texts(column))]  # a few, each of thousands of articles


def _formats(column: object) -> list[str]:
    names = _names(column)
    if set(names) <= set(format_names()):
        return names
    raise InvalidValueError(column)


def _hashes(column: object) -> list[str | None]:
    return [None if sha256 is None else hexadecimal(sha256) for sha256 in items(column)]


def _flags(column: object) -> list[bool]:
    return [one_of(flag, (False, True)) for flag in items(column)]


def _archives(column: object) -> list[tuple[str, ...]]:
    return [texts(each) if each else () for each in items(column)]


# The fields of a head, in order, each with what checks its values and returns them; all but the last, `origins`.
_COLUMNS: dict[str, Callable[[object], Sequence[Any]]] = {
    "key": _keys,
    "title": texts,
    "link": _links,
    "published": _moments,
    "archived": _moments,
    "sha256": _hashes,
    "source": _names,
    "author": _names,
    "tag": _names,
    "text_size": amounts,
    "text_hash": amounts,
    "pictures": texts,
    "member": texts,
    "format": _formats,
    "size": amounts,
    "is_link_only": _flags,
    "problems": _problems,
    "text_file": texts,
    "doubt": texts,
    "name": texts,
    "archives": _archives,
}


def _load_hash(record: bytes) -> tuple[str, str]:
    signature, sha256 = items(json.loads(record), 2)
    return text(signature), hexadecimal(sha256)
