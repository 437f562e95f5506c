"""The picture cache: downloaded pictures and failures by address, and pictures fitted to devices.

requests-cache and CacheControl were measured first. Both pass each body through memory, remember no failures, have no size
limit, and take 0.8 ms or more to look up a picture of 300 KB. Here a body is a file that is never copied, and a look-up
takes microseconds.

    folder/index-3.sqlite3    the rows, by kind; see `storage.database` and `records`
        pictures     by address: the body's hash, its validators, until when it is fresh
        failures     by address (or, as `//host`, for a whole host): the failure, and until when it is remembered
        processed    by the picture's hash, the settings and the program: a picture fitted to a device
        upkeep       when stray files were last looked for ("sweep")
    folder/blobs, parts       the files; see `blobs`

Nothing here raises: a cache that cannot be used, or is damaged in part, becomes an issue and makes the build slower. Times
are seconds since the epoch; a clock that was set back makes entries stale, and does no other harm.
"""

from __future__ import annotations

import threading
import time
import zlib
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from epubmaker.collector.cache import freshness, records, upkeep
from epubmaker.collector.cache.blobs import Blobs
from epubmaker.collector.cache.upkeep import FAILURES, PICTURES, PROCESSED, CacheInfo
from epubmaker.collector.pictures.outcomes import Answer, Body, Failure
from epubmaker.errors import cause_of
from epubmaker.model.articles import Issue
from epubmaker.model.pictures import Fetched, Picture, PictureResult
from epubmaker.runtime.closable import Closable
from epubmaker.storage.database import CACHE_DAMAGED, CACHE_UNUSABLE, Database
from epubmaker.storage.files import CACHE_AGE, CACHE_BYTES, chapters_limit
from epubmaker.storage.validation import parse

__all__ = ["Cache", "Stored"]

_INDEX = "index-3.sqlite3"
_OLDER = ("index-1.sqlite3", "index-2.sqlite3")  # of older formats
_NAME = "picture cache"
_MAX_BYTES = CACHE_BYTES - chapters_limit(CACHE_BYTES)
_SKEW = 60.0  # seconds by which clocks may differ

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Stored:
    """A downloaded picture. `fresh`: to be used without a request; else `validators` are the headers to revalidate it with.

    `until` is when it stops being fresh; infinite where it is stale, since the next answer decides then.
    """

    body: Body
    fresh: bool
    validators: Mapping[str, str]
    until: float


class Cache(Closable):
    """The cache in one folder, which is made where it is missing. Thread-safe; a context manager.

    `max_bytes` bounds all files together; those used longest ago are removed first. Those not used for `max_age` seconds
    are removed too. Both happen when the cache is closed, and spare files used within `upkeep.GRACE_PERIOD`.
    """

    def __init__(self, folder: Path, max_bytes: int = _MAX_BYTES, max_age: float = CACHE_AGE) -> None:
        self.folder = folder
        self._max_bytes = max_bytes
        self._max_age = max_age
        self._lock = threading.Lock()
        self._disabled: str | None = None
        self._damaged: set[str] = set()
        self._good_until = float("inf")
        self._blobs: Blobs | None = None
        self._rows: Database | None = None
        try:
            folder.mkdir(parents=True, exist_ok=True)
            blobs = Blobs(folder)
            blobs.sweep()
        except (OSError, ValueError) as error:  # ValueError: a name with a NUL
            self.disable(cause_of(error))
        else:
            self._rows = Database(folder / _INDEX, _NAME, older=_OLDER)
            self._blobs = blobs

    @property
    def issues(self) -> tuple[Issue, ...]:
        """Warnings about the cache: `cache-unusable`, `cache-damaged`."""
        found = list(self._rows.issues) if self._rows else []
        if self._damaged:
            message = f"{_NAME}: damaged files made anew: {len(self._damaged)}; check the disk if this comes again"
            found.append(Issue(CACHE_DAMAGED, "warning", str(self.folder), message))
        if self._disabled and all(issue.code != CACHE_UNUSABLE for issue in found):
            message = f"{_NAME} not used: {self._disabled}; name another folder with --cache if this comes again"
            found.append(Issue(CACHE_UNUSABLE, "warning", str(self.folder), message))
        return tuple(found)

    @property
    def good_until(self) -> float:
        """The time until which the same requests would be answered the same without the network; 0: they would not."""
        return self._good_until if self._usable else 0.0

    def note_expiry(self, until: float) -> None:
        """Note when an answer of this run expires that is not kept here; `good_until` is the earliest of these times."""
        with self._lock:
            self._good_until = min(self._good_until, until)

    @property
    def parts(self) -> Path | None:
        """The folder for bodies that are to be kept; None when none can be kept."""
        blobs = self._blobs
        return blobs.parts if blobs and self._usable else None

    def close(self) -> None:
        """Apply the limits, and close. A closed cache finds nothing."""
        self._do(lambda rows, blobs: upkeep.prune(rows, blobs, self._max_bytes, self._max_age), None)
        if self._rows is not None:
            self._rows.close()

    # --- downloaded pictures ---

    def is_empty(self) -> bool:
        """Tell whether no address is known, so that no look-up can find anything."""
        return self._do(lambda rows, _: rows.is_empty(PICTURES), otherwise=True)

    def lookup(self, address: str, request: Mapping[str, str], *, verify: bool = True) -> Stored | Failure | None:
        """Return what is known of an address: a body, a recent failure, or None.

        `request` are the headers that would be sent, for answers that depend on them. Without `verify`, check with
        `has_lost` before a body is used.
        """
        found = self._do(lambda rows, blobs: self._known(rows, blobs, address, request, verify=verify), None)
        if found is not None:
            self.note_expiry(found.until)
        return found

    def has_lost(self, body: Fetched) -> bool:
        """Tell whether a body of this cache is gone or damaged; it is removed then."""
        if self._blobs is None or not body.path.is_relative_to(self.folder):
            return False
        if body.path != self._blobs.path(body.sha256):  # it never came to its place
            return not body.path.is_file()
        # Files can be used even where the rows cannot be read any more.
        return not self._is_whole(self._blobs, body.sha256, body.size)

    def keep(self, address: str, request: Mapping[str, str], answer: Answer, body: Body) -> Body:
        """Keep an answer, whose body lies in `parts`; return the body where it lies now."""
        path = self._do(lambda _, blobs: blobs.take(body.path, body.sha256), body.path)
        now = time.time()
        known = records.Known(
            body.sha256,
            body.size,
            answer.headers.get("ETag"),
            answer.headers.get("Last-Modified"),
            freshness.variant(answer.headers, request),
            now,
            now + answer.lifetime,
        )
        self._do(lambda rows, _: self._put_known(rows, address, known), None)
        self.note_expiry(known.fresh_until)
        return replace(body, path=path)

    def renew(self, address: str, lifetime: float) -> None:
        """Note that a body was revalidated (HTTP 304), and is fresh for `lifetime` seconds more."""
        now = time.time()

        def renew(rows: Database, _: Blobs) -> None:
            row = rows.get(PICTURES, address)
            known = row and parse(records.load_known, row.record)
            if known:
                self._put_known(rows, address, replace(known, stored=now, fresh_until=now + lifetime))

        self._do(renew, None)
        self.note_expiry(now + lifetime)

    def remember(self, address: str, failure: Failure, seconds: float) -> None:
        """Remember for a while that an address (or a host, as `//host`) failed."""
        now = time.time()
        record = records.dump_failure(replace(failure, until=now + seconds), now)
        self._do(lambda rows, _: rows.put(FAILURES, address, record, size=0), None)
        self.note_expiry(now + seconds)

    # --- fitted pictures ---

    def get_processed(self, key: str, url: str) -> PictureResult | None:
        """Return the result that was kept under a key, for the picture at `url`; its files lie in the cache.

        None when nothing was kept, or a file of it is damaged.
        """
        result = self._do(lambda rows, blobs: self._processed(rows, blobs, key), None)
        return None if result is None else records.moved(result, url)

    def put_processed(self, key: str, result: PictureResult) -> None:
        """Keep a fitted picture, or its failure; its files also stay where they are.

        `key` must cover all that the result depends on: the picture's bytes, the settings, the program.
        """

        def put(rows: Database, blobs: Blobs) -> None:
            files = {file.sha256: file for file in result.files} if isinstance(result, Picture) else {}
            for sha256, file in files.items():
                blobs.add(file.path, sha256)
            checksums = {sha256: zlib.crc32(file.path.read_bytes()) for sha256, file in files.items()}
            record = records.dump_ready(records.Ready(result, checksums))
            rows.put(PROCESSED, key, record, size=sum(file.size for file in files.values()))

        self._do(put, None)

    # --- upkeep ---

    def info(self) -> CacheInfo:
        """Count the entries of the cache."""
        return self._do(lambda rows, _: upkeep.count(rows), CacheInfo(0, 0, 0, 0))

    def clear(self) -> None:
        """Remove all entries and files of the cache, and nothing else in its folder. Not while a build uses it."""
        self._do(upkeep.clear, None)

    def disable(self, cause: str) -> None:
        """Stop using the cache in this run, with a warning that names the cause."""
        with self._lock:
            self._disabled = self._disabled or cause

    # --- how ---

    @property
    def _usable(self) -> bool:
        return self._rows is not None and self._rows.usable and not self._disabled

    def _do(self, work: Callable[[Database, Blobs], _T], otherwise: _T) -> _T:
        rows, blobs = self._rows, self._blobs
        if rows is None or blobs is None or not self._usable:
            return otherwise
        try:
            return work(rows, blobs)
        except OSError as error:
            self.disable(cause_of(error))
            return otherwise

    def _known(
        self, rows: Database, blobs: Blobs, address: str, request: Mapping[str, str], *, verify: bool
    ) -> Stored | Failure | None:
        row = rows.get(PICTURES, address)
        if row is None:
            return self._remembered(rows, address)
        known = parse(records.load_known, row.record)
        same = parse(freshness.matches, known.variant, request) if known else None
        if known is None or same is None:
            rows.drop(PICTURES, address)
            return None
        whole = self._is_whole if verify else self._holds
        if not whole(blobs, known.sha256, known.size):
            rows.remove(PICTURES, address)
            return self._remembered(rows, address)
        rows.touch(PICTURES, row, upkeep.GRACE_PERIOD / 2)
        now = time.time()
        fresh: bool = same and known.stored <= now + _SKEW and now < known.fresh_until
        body = Body(blobs.path(known.sha256), known.size, known.sha256, from_cache=True)
        until = known.fresh_until if fresh else float("inf")
        # A stale one is better than none while its address fails.
        if not fresh and same and (failure := self._remembered(rows, address)) is not None:
            fresh, until = True, failure.until
        return Stored(body, fresh, freshness.validators(known.etag, known.modified) if same else {}, until)

    def _remembered(self, rows: Database, address: str) -> Failure | None:
        now = time.time()
        host = "/".join(address.split("/", 3)[1:3])
        for key, row in rows.find(FAILURES, (address, f"/{host}")).items():
            found = parse(records.load_failure, row.record)
            if found is None:
                rows.drop(FAILURES, key)
            elif found[0].until > now and found[1] <= now + _SKEW:
                return replace(found[0], reason=f"{found[0].reason} (asked not long ago)")
        return None

    def _put_known(self, rows: Database, address: str, known: records.Known) -> None:
        rows.put(PICTURES, address, records.dump_known(known), size=known.size)
        rows.remove(FAILURES, address)

    def _processed(self, rows: Database, blobs: Blobs, key: str) -> PictureResult | None:
        row = rows.get(PROCESSED, key)
        if row is None:
            return None
        ready = parse(records.load_ready, row.record, blobs.path)
        if ready is None:
            rows.drop(PROCESSED, key)
            return None
        for sha256, file in ready.files.items():
            if not blobs.is_intact(sha256, file.size, ready.checksums[sha256]):
                self._gone(blobs, sha256)
                rows.remove(PROCESSED, key)
                return None
        rows.touch(PROCESSED, row, upkeep.GRACE_PERIOD / 2)
        return ready.result

    def _is_whole(self, blobs: Blobs, sha256: str, size: int) -> bool:
        return blobs.is_whole(sha256, size) or self._gone(blobs, sha256)

    def _holds(self, blobs: Blobs, sha256: str, size: int) -> bool:
        return blobs.holds(sha256, size) or self._gone(blobs, sha256)

    def _gone(self, blobs: Blobs, sha256: str) -> bool:
        """Remove a damaged file, if there is one, and count it for an issue; return False."""
        if blobs.is_there(sha256):
            with self._lock:
                self._damaged.add(sha256)
            with suppress(OSError):  # a folder that is not empty: the next file of that name will fail
                blobs.remove(sha256)
        return False
