"""The heads of article files, kept so that an unchanged folder of 100,000 articles is not read again."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import get_args

from epubmaker.collector.formats.table import format_names
from epubmaker.collector.parse import origin_of
from epubmaker.collector.scan import ArticleHead, FileHeads
from epubmaker.model.articles import Entry, FileState, Issue, Origin, Severity
from epubmaker.reuse.fingerprints import MIN_AGE, file_signature, program_fingerprint
from epubmaker.reuse.store import HEADS, Store
from epubmaker.storage.database import DAY, Row
from epubmaker.storage.validation import (
    InvalidValueError,
    amount,
    counts,
    encodable,
    hexadecimal,
    items,
    one_of,
    parse,
    read_all,
    text,
    texts,
)
from epubmaker.text.addresses import is_article_key, resolve

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

    def get(self, files: Sequence[tuple[str, FileState]]) -> Sequence[FileHeads | None]:
        """Return what each file holds, given by path and state; None where that is not known for that state."""
        keys = [path for path, _ in files]
        rows = self._store.find(HEADS, keys)
        known = dict(zip(rows, read_all(row.record for row in rows.values()), strict=True))
        return [self._known(rows.get(key), known.get(key), state) for key, (_, state) in zip(keys, files, strict=True)]

    def _known(self, row: Row | None, values: object, state: FileState) -> FileHeads | None:
        mark = self._mark(state)
        found = parse(_load, values, row.body) if row else None
        if row is not None and found is None:
            self._store.drop(HEADS, row.key)
        if row is None or found is None or found[0] != mark:
            self.unknown += 1
            return None
        self._store.touch(HEADS, row, 30 * DAY)
        return found[1]

    def put(self, path: str, state: FileState, found: FileHeads) -> None:
        """Keep what a file holds; `state` is the file's state before it was read."""
        mark = self._mark(state)
        if mark is not None and all(encodable(each) for each in _texts(found)):
            sha256 = found.heads[0].sha256 if _is_article(found) else None
            self._store.put(HEADS, path, _dump(mark, found), _whole(mark, sha256))

    def hash_of(self, entry: Entry) -> str | None:
        """Return the SHA-256 of an article's own bytes, read if it is not known; None where they cannot be read."""
        if entry.sha256:
            return entry.sha256
        origin = origin_of(entry)
        if origin is None:
            return None
        self.read_whole(entry.path, origin)
        return origin.sha256

    def read_whole(self, path: str, origin: Origin) -> None:
        """Keep the hash of an article that was read whole after the scan, where it is that of its file."""
        mark = self._mark(origin.state) if origin.state else None
        if mark is not None:
            self._store.set_body(HEADS, path, _whole(mark, origin.sha256))

    def _mark(self, state: FileState) -> str | None:
        """Return a mark of the program and the file's state: a head with another mark is not used."""
        mark = file_signature(state, self._now, self._min_age)
        return mark and f"{self._program} {mark}"


# --- as rows ---------------------------------------------------------------------------------------------------------


def _is_article(found: FileHeads) -> bool:
    """Tell whether a file is one article, so that their hashes are the same."""
    if len(found.heads) != 1 or found.issues:
        return False
    head = found.heads[0]
    return not (head.member or head.name or head.is_link_only or head.doubt)


def _texts(found: FileHeads) -> Iterator[str]:
    """Yield the texts that may hold what cannot be encoded."""
    yield from (head.title for head in found.heads)
    yield from (issue.where for issue in found.issues)


def _dump(mark: str, found: FileHeads) -> bytes:
    if _is_article(found):
        return json.dumps([mark, _row(found.heads[0])]).encode()
    rows = [
        [*_row(head), head.member, head.sha256, head.is_link_only, head.text_file, head.doubt, head.name, head.archives]
        for head in found.heads
    ]
    issues = [[issue.code, issue.severity, issue.where, issue.message] for issue in found.issues]
    return json.dumps([mark, rows, list(found.passed.items()), issues]).encode()


def _row(head: ArticleHead) -> list[object]:
    moments = [moment and moment.isoformat() for moment in (head.published, head.archived)]
    names, text_of = (head.source, head.author), (head.text_size, head.text_hash, head.pictures)
    return [head.title, head.link, *moments, head.problems, head.key, head.format, head.size, *names, *text_of]


def _load(values: object, body: bytes | None) -> tuple[str, FileHeads]:
    """Return the mark of a file and what it holds; raises ValueError and TypeError."""
    mark, rows, *others = items(values)
    if type(mark) is not str:
        raise InvalidValueError(values)
    if not others:
        sha256 = hexadecimal(body[-_DIGITS:].decode()) if body and body[:-_DIGITS] == mark.encode() else None
        return mark, FileHeads((_head(rows)._replace(sha256=sha256),))
    heads = []
    for row in items(rows):
        *shared, member, digest, link_only, text_file, doubt, name, archives = items(row)
        sha256 = None if digest is None else hexadecimal(text(digest))
        head = _head(shared)._replace(doubt=text(doubt), name=text(name), archives=texts(archives))
        head = head._replace(member=text(member), sha256=sha256, is_link_only=link_only is True)
        heads.append(head._replace(text_file=text(text_file)))
    passed, issues = items(others, 2)
    return mark, FileHeads(heads, [_issue(*texts(issue)) for issue in items(issues)], counts(passed))


def _issue(code: str, severity: str, where: str, message: str) -> Issue:
    return Issue(code, one_of(severity, get_args(Severity)), where, message)


def _head(row: object) -> ArticleHead:
    title, link, published, archived, problems, key, form, size, source, author, length, digest, pictures = items(
        row, 13
    )
    found = tuple([(text(code), text(message)) for code, message in items(problems)]) if problems else ()
    if type(title) is not str or not is_article_key(key):
        raise InvalidValueError(row)
    return ArticleHead(
        title,
        link if link is None else _address(link),
        _moment(published),
        _moment(archived),
        found,
        key,
        one_of(form, format_names()),
        amount(size),
        text(source),
        text(author),
        amount(length),
        amount(digest),
        text(pictures),
    )


def _address(value: object) -> str:
    address = text(value)
    if resolve(None, address) != address:
        raise InvalidValueError(value)
    return address


def _moment(value: object) -> datetime | None:
    return None if value is None else datetime.fromisoformat(text(value))


def _whole(mark: str, sha256: str | None) -> bytes:
    """Return the body of a head's row: the mark and the hash of the whole file."""
    return f"{mark}{sha256}".encode() if sha256 else b""
