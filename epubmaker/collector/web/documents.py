"""Fetching the pages and feeds that a user names."""

from __future__ import annotations

import re
from pathlib import Path

from epubmaker.collector.cache.store import Cache
from epubmaker.collector.pictures.outcomes import Body
from epubmaker.collector.web.cached import CachedClient
from epubmaker.collector.web.client import DOCUMENTS, HttpClient, refusal_of
from epubmaker.options import Network
from epubmaker.runtime.closable import Closable

__all__ = ["Documents"]

_TTL = re.compile(rb"<ttl>\s*(\d{1,6})\s*</ttl>")  # minutes: RSS 2.0, `ttl` of `channel`
_TTL_WITHIN = 16_384
_MINUTE = 60.0


class Documents(Closable):
    """Gets documents from the web, through the cache. Thread-safe; a context manager that closes its connections.

    Bodies are written to files in `folder`, or lie in the cache; they must exist as long as they are used.
    """

    def __init__(self, settings: Network, folder: Path, cache: Cache | None) -> None:
        self._settings = settings
        self._cache = cache
        self._client = HttpClient(settings, DOCUMENTS)
        self._web = CachedClient(settings, folder, self._client, cache, DOCUMENTS.name)

    def close(self) -> None:
        """End all downloads, and close all connections."""
        self._client.close()

    def get(self, address: str) -> Path | str:
        """Return the file with a document, or why there is none; an older one where the server does not answer.

        The lifetime that a feed names (`ttl`) counts like one that the answer names.
        """
        refused = None if self._settings.allow_private else refusal_of(address)
        if refused is not None:
            return refused.reason
        found = self._web.get(address, None)
        if isinstance(found, Body) and not found.from_cache and self._cache and (minutes := _ttl(found.path)):
            self._cache.renew(DOCUMENTS.name + address, minutes * _MINUTE)
        return found.path if isinstance(found, Body) else found.reason


def _ttl(path: Path) -> int:
    try:
        with path.open("rb") as file:
            found = _TTL.search(file.read(_TTL_WITHIN))
    except OSError:
        return 0
    return int(found[1]) if found else 0
