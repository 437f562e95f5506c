"""An HTTP client with the cache in front: uses what is fresh, revalidates what is stale, keeps what is new."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from epubmaker.collector.cache import freshness
from epubmaker.collector.cache.store import Cache, Stored
from epubmaker.collector.pictures.outcomes import MISSING, NOT_A_PICTURE, NOT_ASKED, NOT_STORED, Answer, Body, Failure
from epubmaker.collector.web.hosts import Hosts
from epubmaker.errors import cause_of
from epubmaker.options import Network

__all__ = ["CachedClient", "Client"]

_HOUR = 3600.0
_REMEMBER_FINAL = 12 * _HOUR  # the address itself is wrong
_REMEMBER_TROUBLE = _HOUR  # the host had trouble


class Client(Protocol):
    """The part of an HTTP client that is needed here."""

    hosts: Hosts

    def headers(self, link: str | None) -> Mapping[str, str]:
        """Return the headers of a request for a picture of the page at `link`."""

    def get(self, address: str, headers: Mapping[str, str], folder: Path) -> Answer | Failure:
        """Request an address; the body goes to a file in `folder`."""


class CachedClient:
    """Gets pictures through a cache, or without one. Thread-safe.

    `folder` is where bodies go that are not to be kept. `prefix` stands before addresses in the cache that
    a user names: where these fail, the user will ask again, and so the failure is not remembered.
    """

    def __init__(self, settings: Network, folder: Path, client: Client, cache: Cache | None, prefix: str = "") -> None:
        self._settings = settings
        self._folder = folder
        self._client = client
        self._cache = cache
        self._prefix = prefix
        self._filled = cache is not None and not settings.refresh and not cache.is_empty()

    def at_hand(self, address: str, link: str | None) -> Body | None:
        """Return the picture that `get` would return without a request; None where it would send one, or fail.

        Its bytes are not checked: call `Cache.has_lost` before they are used.
        """
        if self._cache is None or not self._filled:
            return None
        known = self._cache.lookup(self._prefix + address, self._client.headers(link), verify=False)
        return known.body if isinstance(known, Stored) and known.fresh else None

    def get(self, address: str, link: str | None) -> Body | Failure:
        """Return the picture at an address, for the page at `link`."""
        headers = self._client.headers(link)
        known = (
            self._cache.lookup(self._prefix + address, headers) if self._cache and not self._settings.refresh else None
        )
        if isinstance(known, Failure):
            return known
        if known and known.fresh:
            return known.body
        if self._settings.offline:
            self._note_expiry(0.0)
            if known:
                return known.body
            return Failure(NOT_ASKED, "offline, and not in the cache", kind="offline")
        return self._fetch(address, headers, known)

    def close(self) -> None:
        """Remember the hosts that were given up."""
        if self._cache is not None and self._client.hosts.network:
            for name, reason in self._client.hosts.given_up.items():
                failure = Failure(NOT_ASKED, f"host given up: {reason}", kind="given-up")
                self._cache.remember(f"//{name}", failure, _REMEMBER_TROUBLE)

    def _fetch(self, address: str, headers: Mapping[str, str], stored: Stored | None) -> Body | Failure:
        answer = self._ask(address, {**headers, **(stored.validators if stored else {})})
        if isinstance(answer, Failure):
            self._remember(address, answer)
            return stored.body if stored else answer  # a picture that may be stale is better than none
        if answer.body is not None:
            return self._keep(address, headers, answer, answer.body)
        if stored is None or self._cache is None:
            return Failure(MISSING, "HTTP 304", kind="network")
        self._cache.renew(self._prefix + address, answer.lifetime)
        return stored.body

    def _ask(self, address: str, headers: Mapping[str, str]) -> Answer | Failure:
        parts = self._cache.parts if self._cache else None
        answer = self._client.get(address, headers, parts or self._folder)
        if isinstance(answer, Failure) and answer.code == NOT_STORED and parts and self._cache:
            self._cache.disable(answer.reason)
            answer = self._client.get(address, headers, self._folder)
        return answer

    def _keep(self, address: str, headers: Mapping[str, str], answer: Answer, body: Body) -> Body | Failure:
        if self._cache is not None and freshness.storable(answer.headers):
            return self._cache.keep(self._prefix + address, headers, answer, body)
        self._note_expiry(0.0)
        if body.path.parent == self._folder:
            return body
        try:
            return replace(body, path=Path(shutil.move(body.path, self._folder / body.sha256)))
        except OSError as error:
            return Failure(NOT_STORED, f"cannot be stored: {cause_of(error)}")

    def _remember(self, address: str, failure: Failure) -> None:
        """Remember a failure that will not change soon, unless the network itself may be down."""
        lasting = failure.code in {MISSING, NOT_A_PICTURE}
        if self._cache is None or self._prefix or not lasting or (failure.host and not self._client.hosts.network):
            self._note_expiry(0.0)
            return
        trouble = failure.host or failure.again
        self._cache.remember(self._prefix + address, failure, _REMEMBER_TROUBLE if trouble else _REMEMBER_FINAL)

    def _note_expiry(self, until: float) -> None:
        if self._cache is not None:
            self._cache.note_expiry(until)
