"""Fetching pictures: from disk, from what holds them, from `data:` addresses and from the web.

A `Fetcher` takes one request: a picture that cannot be had is a value. One with C http(s) candidates
takes at most C times as long as `client` may take for an address.
"""

from __future__ import annotations

from pathlib import Path

from epubmaker.collector.cache.store import Cache
from epubmaker.collector.locations.copies import bring
from epubmaker.collector.pictures import bodies
from epubmaker.collector.pictures.below import PicturesBelow
from epubmaker.collector.pictures.candidates import (
    Candidate,
    DataAddress,
    FileBelow,
    HeldFile,
    HeldPart,
    LocalFile,
    Unusable,
    WebAddress,
    candidates,
    first_candidate,
    key,
    url_of,
)
from epubmaker.collector.pictures.held import file_of, mark_of, read_held
from epubmaker.collector.pictures.outcomes import BLOCKED, MISSING, Body, Failure
from epubmaker.collector.web.cached import CachedClient
from epubmaker.collector.web.client import HttpClient, refusal_of
from epubmaker.collector.web.verdict import verdict
from epubmaker.model.articles import Issue
from epubmaker.model.pictures import Fetched, FetchFailed, PictureRequest
from epubmaker.options import Network
from epubmaker.runtime.closable import Closable
from epubmaker.text.referrer import told_address

__all__ = ["Fetcher"]


class Fetcher(Closable):
    """Fetches pictures. Thread-safe; a context manager that closes its connections.

    Bodies are written to files in `folder`, which must exist as long as the results are used. Local files are used where
    they lie, and so are files of `cache`, which the fetcher does not close. `settings.deadline` counts from the creation
    of the fetcher.
    """

    def __init__(self, settings: Network, folder: Path, cache: Cache | None = None) -> None:
        self._settings = settings
        self._folder = folder
        self.local_files: dict[LocalFile, str] = {}  # by hash, or by the code of a failure
        self.looked_at: dict[str, list[LocalFile]] = {}  # by the key of the picture
        self._below = PicturesBelow()
        self._client = HttpClient(settings)
        self._web = CachedClient(settings, folder, self._client, cache)

    def close(self) -> None:
        """End all pauses and downloads, and close all connections; later requests to the web fail at once."""
        self._client.close()
        self._web.close()

    @property
    def issues(self) -> tuple[Issue, ...]:
        """The issues of the hosts that were given up."""
        return self._client.hosts.issues

    def fetch(self, request: PictureRequest) -> Fetched | FetchFailed:
        """Return a picture's bytes as a file, from the first of its candidates that gives them.

        Raises InputError where files are at an address, and the storage there does not answer; else nothing. The codes of
        failures are those of `outcomes`; `verdict` chooses the failure to report.
        """
        url = url_of(request)
        failures: list[tuple[Candidate, Failure]] = []
        for candidate in candidates(request):
            found = self._look(candidate, request)
            if isinstance(found, Body):
                return Fetched(url, found.path, found.size, found.sha256, found.from_cache)
            failures.append((candidate, found))
        return verdict(url, failures)

    def at_hand(self, request: PictureRequest) -> Fetched | None:
        """Return a picture that is fresh in the cache; None where there may be none, and `fetch` decides."""
        first = first_candidate(request)
        if not isinstance(first, WebAddress) or not (self._settings.allow_private or refusal_of(first.address) is None):
            return None
        body = self._web.at_hand(first.address, _told(request, first.address))
        if body is None:
            return None
        return Fetched(url_of(request), body.path, body.size, body.sha256, body.from_cache)

    def _look(self, candidate: Candidate, request: PictureRequest) -> Body | Failure:  # noqa: PLR0911 - one for each
        match candidate:
            case LocalFile(path, root, address):
                body = self._from_disk(path, root, address)
                self.local_files[candidate] = body.code if isinstance(body, Failure) else body.sha256
                self.looked_at.setdefault(key(request), []).append(candidate)
                return body
            case FileBelow():
                found = self._below.find(candidate)
                return self._look(found, request) if found else Failure(MISSING, "no such file")
            case HeldFile() | HeldPart():
                file = file_of(candidate)
                if file not in self.local_files:
                    self.local_files[file] = mark_of(file.path)
                self.looked_at.setdefault(key(request), []).append(file)
                held = read_held(candidate, self._settings.max_bytes)
                return (
                    held if isinstance(held, Failure) else bodies.keep([held], self._folder, self._settings.max_bytes)
                )
            case DataAddress(address):
                data = bodies.decode_data_address(address)
                if isinstance(data, Failure):
                    return data
                return bodies.keep([data], self._folder, self._settings.max_bytes)
            case WebAddress(address):
                refused = None if self._settings.allow_private else refusal_of(address)
                return refused or self._web.get(address, _told(request, address))
            case Unusable("http" | "https"):
                return Failure(MISSING, "address not valid")
            case Unusable(scheme):
                return Failure(BLOCKED, f"{scheme}: addresses are not followed")

    def _from_disk(self, path: Path, root: Path, address: str) -> Body | Failure:
        most = self._settings.max_bytes
        if address and bring(path, root, address, most):
            return bodies.too_large(most)
        return bodies.read_local(path, root, most)


def _told(request: PictureRequest, address: str) -> str | None:
    """Return what a request for an address tells of the page."""
    return told_address(request.link, request.ref.referrer, address)
