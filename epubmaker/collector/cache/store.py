"""A picture cache that outlives runs: what addresses gave, what they failed with, and pictures made ready for devices.

The ready-made HTTP caches were measured first.  requests-cache keeps whole answers in SQLite, or writes files in place (a
kill leaves a torn one); CacheControl reads and writes whole bodies.  Both pass each body through memory, remember no
failures, know no size limit, and take 0.8 ms or more to look a 300 KB picture up.  Here a body is a file that is never
copied again, and a look-up takes some microseconds.

    folder/index-1.sqlite3    see `index`
    folder/blobs, parts       see `blobs`

Nothing here raises: a cache that cannot be used is an issue and a slower build.  Several runs may share a folder.  Times
are seconds since the epoch, as other runs must understand them; a clock that was set back makes entries stale, no worse.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

from epubmaker.collector.cache import freshness, records, upkeep
from epubmaker.collector.cache.blobs import Blobs, boot
from epubmaker.collector.cache.index import Index, is_corrupt, remove
from epubmaker.collector.cache.upkeep import CacheInfo
from epubmaker.collector.outcomes.answers import Answer
from epubmaker.collector.outcomes.bodies import Body
from epubmaker.collector.outcomes.failures import Failure
from epubmaker.model.articles import Issue
from epubmaker.model.pictures import Picture, PictureResult

__all__ = ["CACHE_UNUSABLE", "Cache", "Stored"]

CACHE_UNUSABLE = "cache-unusable"
_INDEX = "index-1.sqlite3"
_TAG = "Signature: 8a477f597d28d172789f06886806bc55\n# A cache of epubmaker's, see https://bford.info/cachedir/\n"
_SKEW = 60.0  # seconds by which clocks may differ

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Stored:
    """A body that an address gave.  `fresh`: to be used without asking; else `validators` are headers to ask with.

    `until` is how long it stays fresh, infinite where it is not: then what is asked next has the say.
    """

    body: Body
    fresh: bool
    validators: Mapping[str, str]
    until: float


@dataclass(frozen=True, slots=True)
class _Store:
    index: Index
    blobs: Blobs


class Cache:
    """The cache in one folder, which is made where it is missing.  Thread-safe; a context manager.

    `max_bytes` bounds all files together: what was used longest ago goes first.  What nobody used for `max_age` seconds
    goes too.  Both happen when the cache is closed, and spare what was used in the last hours.
    """

    def __init__(self, folder: Path, max_bytes: int = 2_000_000_000, max_age: float = 90 * 86400.0) -> None:
        self.folder = folder
        self._max_bytes = max_bytes
        self._max_age = max_age
        self._lock = threading.Lock()
        self._issues: list[Issue] = []
        self._good_until = float("inf")
        self._store: _Store | None = None
        try:
            self._store = _open(folder)
        except (OSError, sqlite3.Error) as error:
            self._disable(error)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def issues(self) -> tuple[Issue, ...]:
        """A `cache-unusable` warning, once the cache could not be read or written."""
        return tuple(self._issues)

    @property
    def good_until(self) -> float:
        """Until when the same questions would bring the same answers without asking the network; 0: they would not."""
        return self._good_until if self._store is not None else 0.0

    def limit(self, until: float) -> None:
        """Note that an answer of this run, which is not kept here, is good until then at the most."""
        with self._lock:
            self._good_until = min(self._good_until, until)

    @property
    def parts(self) -> Path | None:
        """Where to write a body that is to be kept, None when nothing can be."""
        store = self._store
        return None if store is None else store.blobs.parts

    def close(self) -> None:
        """Keep the limits, and close.  A closed cache holds nothing."""
        self._do(lambda store: upkeep.prune(store.index, store.blobs, self._max_bytes, self._max_age), None)
        with self._lock:
            store, self._store = self._store, None
        if store is not None:
            with suppress(sqlite3.Error):
                store.index.close()

    # --- what addresses gave ---

    def is_empty(self) -> bool:
        """Tell whether no address is known, so that it is no use to look one up."""
        return self._do(lambda store: store.index.one("SELECT 1 FROM pictures LIMIT 1") is None, otherwise=True)

    def lookup(self, address: str, request: Mapping[str, str]) -> Stored | Failure | None:
        """Return what is known of an address: a body, a failure not long ago, or nothing.

        `request` are the headers that would be sent, for answers that depend on them.
        """
        found = self._do(lambda store: _lookup(store, address, request), None)
        if found is not None:
            self.limit(found.until)
        return found

    def keep(self, address: str, request: Mapping[str, str], answer: Answer, body: Body) -> Body:
        """Keep an answer, whose body lies in `parts`; return the body where it lies now."""
        path = self._do(lambda store: store.blobs.take(body.path, body.sha256), body.path)
        self._do(lambda store: _keep(store, address, request, answer, body), None)
        self.limit(time.time() + answer.lifetime)
        return replace(body, path=path)

    def renew(self, address: str, lifetime: float) -> None:
        """Note that a body was asked about and still holds (HTTP 304), for `lifetime` seconds more."""
        now = time.time()
        statement = "UPDATE pictures SET fresh_until = ?, stored = ?, used = ? WHERE address = ?"
        self._do(lambda store: store.index.run(statement, now + lifetime, now, now, address), None)
        self.limit(now + lifetime)

    def remember(self, address: str, failure: Failure, seconds: float) -> None:
        """Remember for a while that an address (or a host, as `//host`) failed."""
        now = time.time()
        row = (address, failure.code, failure.reason, now, now + seconds)
        statement = "INSERT OR REPLACE INTO failures VALUES (?, ?, ?, ?, ?)"
        self._do(lambda store: store.index.run(statement, *row), None)
        self.limit(now + seconds)

    # --- pictures made ready ---

    def get_processed(self, key: str, url: str) -> PictureResult | None:
        """Return what was kept under a key, as if it had been made of the picture at `url`; its files lie in the cache.

        None when nothing was kept, or a file of it is not whole any more.
        """
        result = self._do(lambda store: _get_processed(store, key), None)
        return None if result is None else records.moved(result, url)

    def put_processed(self, key: str, result: PictureResult) -> None:
        """Keep a picture made ready, or why it cannot be; its files stay where they are too.

        `key` must stand for all that the result depends on: the source's bytes, the settings, the maker's version.
        """
        self._do(lambda store: _put_processed(store, key, result), None)

    # --- upkeep ---

    def info(self) -> CacheInfo:
        """Count what the cache holds."""
        return self._do(lambda store: upkeep.count(store.index), CacheInfo(0, 0, 0, 0))

    def clear(self) -> None:
        """Remove everything that the cache holds, and nothing else in its folder.  Not while a build uses it."""
        self._do(lambda store: upkeep.clear(store.index, store.blobs), None)

    def _do(self, work: Callable[[_Store], _T], otherwise: _T) -> _T:
        store = self._store
        if store is None:
            return otherwise
        try:
            return work(store)
        except (OSError, sqlite3.Error) as error:
            self._disable(error)
            return otherwise

    def disable(self, cause: str) -> None:
        """Use the cache no more in this run, with a warning that says why."""
        with self._lock:
            store, self._store = self._store, None
            if not self._issues:
                self._issues.append(
                    Issue(CACHE_UNUSABLE, "warning", str(self.folder), f"picture cache not used: {cause}")
                )
        if store is not None:
            with suppress(sqlite3.Error):
                store.index.close()

    def _disable(self, error: OSError | sqlite3.Error) -> None:
        self.disable(((error.strerror if isinstance(error, OSError) else None) or str(error)).lower())
        if is_corrupt(error):
            with suppress(OSError):
                remove(self.folder / _INDEX)


def _open(folder: Path) -> _Store:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "CACHEDIR.TAG").write_text(_TAG, "ascii")
    blobs = Blobs(folder)
    blobs.sweep()
    try:
        return _Store(Index(folder / _INDEX), blobs)
    except sqlite3.DatabaseError as error:
        if not is_corrupt(error):
            raise
    remove(folder / _INDEX)  # it only costs fetching again
    return _Store(Index(folder / _INDEX), blobs)


def _lookup(store: _Store, address: str, request: Mapping[str, str]) -> Stored | Failure | None:
    now = time.time()
    row = store.index.one(
        "SELECT sha256, size, boot, etag, modified, variant, stored, fresh_until, used FROM pictures"
        " JOIN blobs USING (sha256) WHERE address = ?",
        address,
    )
    if row is None or not _whole(store, *row[:3]):
        return _remembered(store, address, now)
    sha256, size, _, etag, modified, variant, stored, fresh_until, used = row
    if now - used > upkeep.SPARED / 2:
        store.index.run("UPDATE pictures SET used = ? WHERE address = ?", now, address)
    same = freshness.matches(variant, request)
    fresh = same and stored <= now + _SKEW and now < fresh_until
    body = Body(store.blobs.path(sha256), size, sha256, from_cache=True)
    until = fresh_until if fresh else float("inf")
    # One that is stale is better than one that cannot be asked about now.
    if not fresh and same and (failure := _remembered(store, address, now)) is not None:
        fresh, until = True, failure.until
    return Stored(body, fresh, freshness.validators(etag, modified) if same else {}, until)


def _remembered(store: _Store, address: str, now: float) -> Failure | None:
    host = "/".join(address.split("/", 3)[1:3])
    row = store.index.one(
        "SELECT code, reason, until FROM failures WHERE address IN (?, ?) AND until > ? AND stored <= ?",
        *(address, f"/{host}", now, now + _SKEW),
    )
    return None if row is None else Failure(row[0], f"{row[1]} (asked not long ago)", until=row[2])


def _keep(store: _Store, address: str, request: Mapping[str, str], answer: Answer, body: Body) -> None:
    now = time.time()
    etag, modified = answer.headers.get("ETag"), answer.headers.get("Last-Modified")
    variant = freshness.variant(answer.headers, request)
    row = (address, body.sha256, etag, modified, variant, now, now + answer.lifetime, now)
    with store.index.transaction():
        store.index.run("INSERT OR REPLACE INTO blobs VALUES (?, ?, ?)", body.sha256, body.size, boot())
        store.index.run("INSERT OR REPLACE INTO pictures VALUES (?, ?, ?, ?, ?, ?, ?, ?)", *row)
        store.index.run("DELETE FROM failures WHERE address = ?", address)


def _get_processed(store: _Store, key: str) -> PictureResult | None:
    row = store.index.one("SELECT record, used FROM processed WHERE key = ?", key)
    if row is None:
        return None
    result = records.load(row[0], store.blobs.path)
    for file in result.files if isinstance(result, Picture) else ():
        blob = store.index.one("SELECT sha256, size, boot FROM blobs WHERE sha256 = ?", file.sha256)
        if blob is None or not _whole(store, *blob):
            return None
    now = time.time()
    if now - row[1] > upkeep.SPARED / 2:
        store.index.run("UPDATE processed SET used = ? WHERE key = ?", now, key)
    return result


def _put_processed(store: _Store, key: str, result: PictureResult) -> None:
    files = result.files if isinstance(result, Picture) else ()
    for file in files:
        store.blobs.add(file.path, file.sha256)
    with store.index.transaction():
        store.index.run_each(
            "INSERT OR REPLACE INTO blobs VALUES (?, ?, ?)", [(file.sha256, file.size, boot()) for file in files]
        )
        store.index.run("INSERT OR REPLACE INTO processed VALUES (?, ?, ?)", key, records.dump(result), time.time())


def _whole(store: _Store, sha256: str, size: int, written: str) -> bool:
    """Tell whether a file is there with all its bytes; the first time after the machine was started, by reading it."""
    verify = written not in {"", boot()}
    if not store.blobs.holds(sha256, size, verify=verify):
        store.index.run("DELETE FROM blobs WHERE sha256 = ?", sha256)
        return False
    if verify:
        store.index.run("UPDATE blobs SET boot = '' WHERE sha256 = ?", sha256)
    return True
