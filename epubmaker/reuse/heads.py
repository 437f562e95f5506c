"""The heads of article files, kept so that an unchanged folder of 100,000 articles is not read again."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from datetime import datetime

from epubmaker.collector.scan import ArticleHead, origin_of
from epubmaker.model.articles import Entry, FileState, Origin
from epubmaker.reuse.fingerprints import MIN_AGE, file_signature, program_fingerprint
from epubmaker.reuse.store import HEADS, Store
from epubmaker.storage.database import DAY, Row
from epubmaker.storage.validation import (
    InvalidValueError,
    amount,
    encodable,
    hexadecimal,
    items,
    maybe_text,
    parse,
    read_all,
    text,
)
from epubmaker.text.addresses import is_article_key

__all__ = ["HeadIndex"]

_DIGITS = 64  # of a SHA-256


class HeadIndex:
    """The heads that earlier scans read, for one scan. Implements `collector.scan.HeadIndex`."""

    def __init__(self, store: Store, min_age: float = MIN_AGE) -> None:
        """Use a store; a head is known again only if its file has not changed for `min_age` seconds before it was read."""
        self._store = store
        self._min_age = min_age
        self._program = program_fingerprint()[:16]
        self._now = time.time()
        self.unknown = 0  # files whose heads `get` did not find

    def get(self, files: Sequence[tuple[str, FileState]]) -> Sequence[ArticleHead | None]:
        """Return the head of each file, given by path and state; None where it is not known for that state."""
        keys = [path for path, _ in files]
        rows = self._store.find(HEADS, keys)
        known = dict(zip(rows, read_all(row.record for row in rows.values()), strict=True))
        return [self._known(rows.get(key), known.get(key), state) for key, (_, state) in zip(keys, files, strict=True)]

    def _known(self, row: Row | None, values: object, state: FileState) -> ArticleHead | None:
        mark = self._mark(state)
        found = parse(_load, values, row.body) if row else None
        if row is not None and found is None:
            self._store.drop(HEADS, row.key)
        if row is None or found is None or found[0] != mark:
            self.unknown += 1
            return None
        self._store.touch(HEADS, row, 30 * DAY)
        return found[1]

    def put(self, path: str, state: FileState, head: ArticleHead) -> None:
        """Keep the head of a file; `state` is the file's state before it was read."""
        mark = self._mark(state)
        if mark is not None and encodable(head.title):
            self._store.put(HEADS, path, _dump(mark, head), _whole(mark, head.sha256))

    def hash_of(self, entry: Entry) -> str | None:
        """Return the SHA-256 of an article's file, read if it is not known; None where the file cannot be read."""
        if entry.sha256:
            return entry.sha256
        origin = origin_of(entry.path)
        if origin is None:
            return None
        self.read_whole(entry.path, origin)
        return origin.sha256

    def read_whole(self, path: str, origin: Origin) -> None:
        """Keep the hash of a file that was read whole after the scan."""
        mark = self._mark(origin.state)
        if mark is not None:
            self._store.set_body(HEADS, path, _whole(mark, origin.sha256))

    def _mark(self, state: FileState) -> str | None:
        """Return a mark of the program and the file's state: a head with another mark is not used."""
        mark = file_signature(state, self._now, self._min_age)
        return mark and f"{self._program} {mark}"


# --- as rows ---------------------------------------------------------------------------------------------------------


def _dump(mark: str, head: ArticleHead) -> bytes:
    moments = [moment and moment.isoformat() for moment in (head.published, head.archived)]
    others = head.source, head.author, head.text_size, head.text_hash
    return json.dumps([mark, head.title, head.link, *moments, head.problems, head.key, *others]).encode()


def _load(values: object, body: bytes | None) -> tuple[str, ArticleHead]:
    """Return the mark of a file and its head; raises ValueError and TypeError."""
    mark, title, link, published, archived, problems, key, source, author, size, digest = items(values, 11)
    found = tuple([(text(code), text(message)) for code, message in items(problems)]) if problems else ()
    if type(mark) is not str or type(title) is not str or not is_article_key(key):
        raise InvalidValueError(values)
    sha256 = hexadecimal(body[-_DIGITS:].decode()) if body and body[:-_DIGITS] == mark.encode() else None
    moments = _moment(published), _moment(archived)
    names, numbers = (text(source), text(author)), (amount(size), amount(digest))
    return mark, ArticleHead(title, maybe_text(link), *moments, found, key, sha256, *names, *numbers)


def _moment(value: object) -> datetime | None:
    return None if value is None else datetime.fromisoformat(text(value))


def _whole(mark: str, sha256: str | None) -> bytes:
    """Return the body of a head's row: the mark and the hash of the whole file."""
    return f"{mark}{sha256}".encode() if sha256 else b""
