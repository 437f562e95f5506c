"""Gets pictures: fetches them in threads, hands them to the workers that fit them, and asks for none twice."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from functools import cache, partial
from importlib import metadata
from pathlib import Path
from types import TracebackType
from typing import Generic, Self, TypeAlias, TypeVar

from epubmaker.collector.cache.store import Cache
from epubmaker.collector.pictures.candidates import LocalFile, key
from epubmaker.collector.pictures.outcomes import NOT_STORED
from epubmaker.collector.pictures.shrink import DECORATION
from epubmaker.collector.pictures.workers import PictureWorkers, TimeLimit
from epubmaker.collector.web.fetch import Fetcher
from epubmaker.errors import TemporaryFilesError
from epubmaker.model.articles import Issue
from epubmaker.model.pictures import Fetched, FetchFailed, Picture, PictureRequest, PictureResult
from epubmaker.options import Network, PictureSettings
from epubmaker.text.pictureaddresses import named_as_stand_in

__all__ = ["Gatherer", "Shrinker"]

_HOUR = 3600.0
_LARGEST_STAND_IN, _LARGEST_SPINNER = 64, 200  # pixels
_PACKAGE = Path(__file__).parents[2]

_T = TypeVar("_T")
_FetchResult: TypeAlias = Fetched | FetchFailed


class Gatherer:
    """Fetches the pictures of a run: in `network.connections` threads, each picture once. A context manager.

    `folder` is for bodies that the cache does not keep.
    """

    def __init__(self, network: Network, folder: Path, store: Cache | None = None) -> None:
        self.store = store
        self._folder = folder
        self._fetcher = Fetcher(network, folder, store)
        self._threads = ThreadPoolExecutor(network.connections, "fetch")
        self._fetched: _Shared[_FetchResult] = _Shared()
        self._time_limit = TimeLimit()
        self.asked: dict[str, None] = {}  # the keys of pictures that were asked for since somebody cleared it
        self.fitted: dict[PictureSettings, _Shared[PictureResult]] = {}  # shared by the volumes of a book

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._fetcher.close()
        # After an error, slow servers are not waited for; the threads end with their timeouts.
        self._threads.shutdown(wait=kind is None, cancel_futures=True)

    @property
    def issues(self) -> tuple[Issue, ...]:
        """Issues that concern no single picture."""
        return self._fetcher.issues + (self.store.issues if self.store else ())

    @property
    def good_until(self) -> float:
        """The time, in seconds since the epoch, until which all pictures would be the same if they were fetched again."""
        return self.store.good_until if self.store else 0.0

    @property
    def local_files(self) -> Mapping[LocalFile, str]:
        """Every local file that a picture was looked for in, with the SHA-256 of its bytes or the code of its failure.

        The pictures are those in `asked`.
        """
        files = self._fetcher.local_files
        return {file: files[file] for name in self.asked for file in self._fetcher.looked_at.get(name, ())}

    def fetch(self, name: str, request: PictureRequest) -> Future[_FetchResult]:
        """Start to fetch a picture's bytes; `name` is `candidates.key(request)`. Not thread-safe."""
        future = self._fetched.get(name)
        if future is None and (body := self._fetcher.at_hand(request)) is not None:
            # No thread is needed, which would wait for the index: a rebuild with 2,000 such pictures took 4.5 s, now 3.3 s.
            future = Future()
            future.set_result(body)
        elif future is None:
            future = self._fetched.add(name, self._threads.submit(self._fetcher.fetch, request))
        return future

    def fetch_again(self, request: PictureRequest) -> Future[_FetchResult]:
        """Start to fetch a picture's bytes once more, where those in the cache are damaged. Thread-safe."""
        return self._threads.submit(self._fetcher.fetch, request)

    def fit(self, settings: PictureSettings, jobs: int) -> Shrinker:
        """Return a `Shrinker` for a device, to be used as a context manager."""
        workers = PictureWorkers(settings, self._folder, jobs, time_limit=self._time_limit)
        return Shrinker(self, settings, workers)


class Shrinker:
    """Turns requests into pictures that fit one device. A context manager, for use in one thread.

        request | fetch, in a thread | look up the fitted picture in the cache | shrink, in a worker process -> future

    Two requests for the same picture share one future. Futures end with a `PictureResult`; they raise only when this is
    closed before they are done, and TemporaryFilesError when a picture cannot be stored.
    """

    def __init__(self, gatherer: Gatherer, settings: PictureSettings, workers: PictureWorkers) -> None:
        self._gatherer = gatherer
        self._workers = workers
        self._recipe = f"{settings!r} {_shrinking_fingerprint()}"
        self._futures = gatherer.fitted.setdefault(settings, _Shared())

    def __enter__(self) -> Self:
        self._workers.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._workers.__exit__(kind, error, trace)

    def gather(self, request: PictureRequest) -> Future[PictureResult]:
        """Start to fetch and fit one picture; returns at once."""
        name = key(request)
        self._gatherer.asked[name] = None
        future = self._futures.get(name)
        if future is None:
            future = self._futures.add(name, Future())
            fetched = self._gatherer.fetch(name, request)
            if not fetched.done():
                self._workers.warm_up()
            fetched.add_done_callback(_then(future, partial(self._make_ready, request)))
        return future

    def _make_ready(
        self, request: PictureRequest, fetched: _FetchResult, result: Future[PictureResult], *, again: bool = True
    ) -> None:
        """Fit a fetched picture; `again`: it may be fetched once more where the cache lost it."""
        if isinstance(fetched, FetchFailed):
            result.set_result(_unless_lost(fetched))
            return
        store = self._gatherer.store
        name = f"{fetched.sha256} {self._recipe}"
        known = store.get_processed(name, fetched.url) if store else None
        if known is not None:
            known = replace(known, from_cache=fetched.from_cache) if isinstance(known, Picture) else known
            result.set_result(_unless_stand_in(known))
            return
        if store and again and fetched.from_cache and store.has_lost(fetched):
            self._fetch_again(request, result)
            return

        def keep(shrunk: PictureResult, result: Future[PictureResult]) -> None:
            if store and again and isinstance(shrunk, FetchFailed) and store.has_lost(fetched):
                self._fetch_again(request, result)
                return
            _unless_lost(shrunk)
            # What broke a codec is tried again next time: it may have been the machine's fault.
            if store is not None and (isinstance(shrunk, Picture) or shrunk.status == "skipped"):
                store.put_processed(name, shrunk)
            elif store is not None:
                store.note_expiry(time.time() + _HOUR)
            result.set_result(_unless_stand_in(shrunk))

        self._workers.submit(fetched).add_done_callback(_then(result, keep))

    def _fetch_again(self, request: PictureRequest, result: Future[PictureResult]) -> None:
        make_ready = partial(self._make_ready, request, again=False)
        self._gatherer.fetch_again(request).add_done_callback(_then(result, make_ready))


def _unless_stand_in(result: PictureResult) -> PictureResult:
    """Return a result; a failure for a picture that has the name of a stand-in, and looks like one as well."""
    if not isinstance(result, Picture) or not named_as_stand_in(result.url):
        return result
    first = result.files[0]
    largest = max(first.width, first.height)
    moves = any(issue.code == "picture-animated" for issue in result.issues)
    if not result.flat and largest > (_LARGEST_SPINNER if moves else _LARGEST_STAND_IN):
        return result
    reason = f"stands in for a picture, by its name and look: {first.width} x {first.height}"
    return FetchFailed(result.url, DECORATION, reason, "skipped")


def _unless_lost(result: PictureResult) -> PictureResult:
    """Return a result; raise TemporaryFilesError for a picture that could not be stored."""
    if isinstance(result, FetchFailed) and result.code == NOT_STORED:
        cause = f"a picture {result.reason}"
        raise TemporaryFilesError(cause)
    return result


class _Shared(Generic[_T]):
    """Futures by name. One thread gets and adds them; any thread may finish one.

    Of a finished future only the result is kept: the future would take 0.7 KB more.
    """

    def __init__(self) -> None:
        self._running: dict[str, Future[_T]] = {}
        self._results: dict[str, _T] = {}

    def get(self, name: str) -> Future[_T] | None:
        """Return a future for what was added under a name, None when nothing was."""
        future = self._running.get(name)
        if future is None and (result := self._results.get(name)) is not None:
            future = Future()
            future.set_result(result)
        return future

    def add(self, name: str, future: Future[_T]) -> Future[_T]:
        """Add a future, and return it."""
        self._running[name] = future
        future.add_done_callback(lambda done: self._finish(name, done))
        return future

    def _finish(self, name: str, future: Future[_T]) -> None:
        if not future.cancelled() and future.exception() is None:
            self._results[name] = future.result()  # before that goes: `get` looks there first
            del self._running[name]


def _then(
    result: Future[PictureResult], work: Callable[[_T, Future[PictureResult]], None]
) -> Callable[[Future[_T]], None]:
    """Return a callback that passes a future's result to `work`; an exception becomes that of `result`."""

    def done(future: Future[_T]) -> None:
        if future.cancelled():
            result.cancel()
            return
        try:
            work(future.result(), result)
        except BaseException as error:  # noqa: BLE001 - see above
            result.set_exception(error)

    return done


@cache
def _shrinking_fingerprint() -> str:
    """Return a hash of our code that makes pictures, and the libraries' versions: other ones may make other bytes."""
    digest = hashlib.sha256()
    for path in sorted((*(_PACKAGE / "imaging").glob("*.py"), _PACKAGE / "collector" / "pictures" / "shrink.py")):
        digest.update(path.read_bytes())
    versions = " ".join(f"{name}-{metadata.version(name)}" for name in ("pillow", "resvg-py"))
    return f"{digest.hexdigest()[:16]} {versions}"
