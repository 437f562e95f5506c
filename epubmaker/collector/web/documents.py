"""Fetching the pages and feeds that a user names."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from threading import Lock

from epubmaker.collector.cache.store import Cache
from epubmaker.collector.pictures.outcomes import MISSING, Body, Failure
from epubmaker.collector.web.cached import CachedClient
from epubmaker.collector.web.client import DOCUMENTS, HttpClient, refusal_of
from epubmaker.collector.web.robots import MOST_BYTES, allows, robots_address
from epubmaker.options import Network
from epubmaker.runtime.closable import Closable

__all__ = ["Documents"]

_TTL = re.compile(rb"<ttl>\s*(\d{1,6})\s*</ttl>")  # minutes: RSS 2.0, `ttl` of `channel`
_TTL_WITHIN = 16_384
_MINUTE = 60.0
_DAY = 86_400.0


class Documents(Closable):
    """Gets documents from the web, through the cache. Thread-safe; a context manager that closes its connections.

    Bodies are written to files in `folder`, or lie in the cache; they must exist as long as they are used.
    """

    def __init__(self, settings: Network, folder: Path, cache: Cache | None) -> None:
        self._settings = settings
        self._cache = cache
        self._client = HttpClient(settings, DOCUMENTS)
        self._web = CachedClient(settings, folder, self._client, cache, DOCUMENTS.name)
        self._robots: dict[str, Future[str | Failure]] = {}
        self._lock = Lock()

    def close(self) -> None:
        """End all downloads, and close all connections."""
        self._client.close()

    def get(self, address: str, *, by_person: bool = True) -> Path | str:
        """Return the file with a document, or why there is none; an older one where the server does not answer.

        The lifetime that a feed names (`ttl`) counts like one that the answer names. The site's robots.txt is asked, unless
        a person named the address.
        """
        refused = None if self._settings.allow_private else refusal_of(address)
        if refused is not None:
            return refused.reason
        if not by_person and (reason := self._refusal_by_robots(address)):
            return reason
        found = self._web.get(address, None)
        if isinstance(found, Body) and not found.from_cache and self._cache and (minutes := _ttl(found.path)):
            self._cache.renew(DOCUMENTS.name + address, minutes * _MINUTE)
        return found.path if isinstance(found, Body) else found.reason

    def get_all(self, addresses: Mapping[str, bool]) -> Iterator[tuple[str, Path | str]]:
        """Yield each address with its document as `get` returns it, in order; the values say whether a person named it."""
        with ThreadPoolExecutor(self._settings.connections, "page") as threads:
            found = threads.map(lambda address: self.get(address, by_person=addresses[address]), addresses)
            yield from zip(addresses, found, strict=True)

    def _refusal_by_robots(self, address: str) -> str:
        """Return why a site does not want an address to be fetched by programs, "" where it may be."""
        answer = self._robots_of(robots_address(address))
        if isinstance(answer, Failure):
            # Without such a file all is allowed, while a site in trouble is left alone (RFC 9309, section 2.3.1).
            return f"robots.txt: {answer.reason}" if answer.host or answer.again else ""
        return (
            "" if allows(answer, address) else "the site's robots.txt forbids it; name the address itself to fetch it"
        )

    def _robots_of(self, address: str) -> str | Failure:
        """Return a robots.txt, asked for once in a run and kept for a day."""
        with self._lock:
            is_first = address not in self._robots
            answer = self._robots.setdefault(address, Future())
        if is_first:
            try:
                answer.set_result(self._read_robots(address))
            except BaseException as error:
                answer.set_exception(error)
                raise
        return answer.result()

    def _read_robots(self, address: str) -> str | Failure:
        found = self._web.get(address, None)
        if isinstance(found, Failure):
            return found
        if not found.from_cache and self._cache:
            self._cache.renew(DOCUMENTS.name + address, _DAY)
        try:
            with found.path.open("rb") as file:
                return file.read(MOST_BYTES).decode("utf-8", "replace")
        except OSError as error:
            return Failure(MISSING, str(error))


def _ttl(path: Path) -> int:
    try:
        with path.open("rb") as file:
            found = _TTL.search(file.read(_TTL_WITHIN))
    except OSError:
        return 0
    return int(found[1]) if found else 0
