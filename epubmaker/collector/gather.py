"""Gets pictures: fetches them in threads, hands them to the workers that fit them, and asks for none twice."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import Self

from epubmaker.collector.fetch import Fetcher
from epubmaker.collector.origins import key
from epubmaker.collector.workers import PictureWorkers
from epubmaker.config import Network, PictureSettings
from epubmaker.model import FetchFailed, PictureRequest, PictureResult

__all__ = ["Gatherer"]


class Gatherer:
    """A context manager that turns requests into pictures on disk.

    request -> thread: `Fetcher.fetch` -> worker process: `shrink` -> future.  Two requests for the same picture share one
    future.  Every future ends with a `PictureResult` and none raises, but when the gatherer is closed before its time.
    """

    def __init__(self, network: Network, settings: PictureSettings, folder: Path, jobs: int) -> None:
        self._fetcher = Fetcher(network, folder)
        self._workers = PictureWorkers(settings, folder, jobs)
        self._threads = ThreadPoolExecutor(network.connections, "fetch")
        self._futures: dict[str, Future[PictureResult]] = {}
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        self._fetcher.__enter__()
        self._workers.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._fetcher.__exit__(kind, error, trace)  # first: its threads are waiting in it
        self._threads.shutdown(wait=True, cancel_futures=True)
        self._workers.__exit__(kind, error, trace)

    def gather(self, request: PictureRequest) -> Future[PictureResult]:
        """Ask for one picture; returns at once."""
        name = key(request)
        with self._lock:
            future = self._futures.get(name)
            if future is None:
                future = self._futures[name] = Future()
                self._threads.submit(self._fetch, request, future)
        return future

    def _fetch(self, request: PictureRequest, result: Future[PictureResult]) -> None:
        try:
            fetched = self._fetcher.fetch(request)
            if isinstance(fetched, FetchFailed):
                result.set_result(fetched)
            else:
                self._workers.submit(fetched).add_done_callback(_hand_on(result))
        except BaseException as error:  # noqa: BLE001 - whatever it is, somebody waits for this future
            result.set_exception(error)


def _hand_on(result: Future[PictureResult]) -> Callable[[Future[PictureResult]], None]:
    def done(shrunk: Future[PictureResult]) -> None:
        if shrunk.cancelled():
            result.cancel()
        elif error := shrunk.exception():
            result.set_exception(error)
        else:
            result.set_result(shrunk.result())

    return done
