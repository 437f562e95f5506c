"""Fetches pictures and fits them to a device. All that this needs is imported, opened and started with the first picture.

A book of texts alone imports neither the HTTP client nor the picture cache, which take 0.15 s, and leaves that cache alone.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, TypeAlias

from epubmaker.model.articles import Issue
from epubmaker.model.pictures import FetchFailed, PictureRequest, PictureResult
from epubmaker.options import Options, PictureSettings
from epubmaker.storage.scratch import spool

if TYPE_CHECKING:
    from epubmaker.collector.pictures.candidates import LocalFile
    from epubmaker.collector.pictures.gather import Gatherer, Shrinker

__all__ = ["Gather", "Pictures"]

Gather: TypeAlias = Callable[[PictureRequest], "Future[PictureResult]"]


class Pictures:
    """The pictures of a run, for all its books, for use in one thread."""

    def __init__(self, options: Options, stack: ExitStack) -> None:
        """Keep the options; nothing is opened yet. What is opened later closes with `stack`."""
        self._options = options
        self._stack = stack
        self._gatherer: Gatherer | None = None

    def begin_order(self) -> None:
        """Begin the books of another order, with local files of its own."""
        if self._gatherer is not None:
            self._gatherer.asked.clear()

    @property
    def issues(self) -> tuple[Issue, ...]:
        """Issues that concern no single picture."""
        return self._gatherer.issues if self._gatherer is not None else ()

    @property
    def good_until(self) -> float:
        """The time, in seconds since the epoch, until which all pictures would be the same if they were fetched again."""
        return self._gatherer.good_until if self._gatherer is not None else float("inf")

    @property
    def local_files(self) -> Mapping[LocalFile, str]:
        """Every local file looked for since `begin_order`, with the SHA-256 of its bytes or the code of its failure."""
        return self._gatherer.local_files if self._gatherer is not None else {}

    @contextmanager
    def fit(self, settings: PictureSettings) -> Iterator[Gather]:
        """Yield a function that starts to fetch a picture and fit it to a device, and returns its future at once."""
        if not self._options.images:
            yield _left_out
            return
        with ExitStack() as stack:
            fitter: Shrinker | None = None

            def gather(request: PictureRequest) -> Future[PictureResult]:
                nonlocal fitter
                if fitter is None:
                    jobs = self._options.jobs or os.cpu_count() or 1
                    fitter = stack.enter_context(self._open().fit(settings, jobs))
                return fitter.gather(request)

            yield gather

    def _open(self) -> Gatherer:
        if self._gatherer is None:
            from epubmaker.collector.cache.store import Cache
            from epubmaker.collector.pictures.gather import Gatherer

            options, stack = self._options, self._stack
            store = stack.enter_context(Cache(options.cache)) if options.cache else None
            self._gatherer = stack.enter_context(Gatherer(options.network, stack.enter_context(spool()), store))
        return self._gatherer


def _left_out(request: PictureRequest) -> Future[PictureResult]:
    """Leave a picture out on purpose, with `--no-images`, in place of fetching it."""
    future: Future[PictureResult] = Future()
    future.set_result(FetchFailed(request.ref.sources[0], "picture-skipped", "--no-images", "skipped"))
    return future
