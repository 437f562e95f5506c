"""Pictures on demand: what fetches them and fits them is imported, opened and started for the first one that is asked for.

A book of texts alone does without an HTTP client and the cache, which take 0.15 s to import, and leaves the cache as it is.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from contextlib import ExitStack, contextmanager
from types import TracebackType
from typing import TYPE_CHECKING, Self, TypeAlias

from epubmaker.model.articles import Issue
from epubmaker.model.pictures import FetchFailed, PictureRequest, PictureResult
from epubmaker.options import Options, PictureSettings
from epubmaker.storage.scratch import spool

if TYPE_CHECKING:
    from epubmaker.collector.pictures.candidates import LocalFile
    from epubmaker.collector.pictures.gather import Fitter, Gatherer

__all__ = ["Gather", "Pictures"]

Gather: TypeAlias = Callable[[PictureRequest], "Future[PictureResult]"]


class Pictures:
    """The pictures of a run, whatever books they go into. A context manager; one thread asks."""

    def __init__(self, options: Options) -> None:
        """Keep what is asked for; nothing is opened yet."""
        self._options = options
        self._stack = ExitStack()
        self._gatherer: Gatherer | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.__exit__(kind, error, trace)

    @property
    def issues(self) -> tuple[Issue, ...]:
        """What the user should know beside the single pictures."""
        return self._gatherer.issues if self._gatherer is not None else ()

    @property
    def good_until(self) -> float:
        """Until when, in seconds since the epoch, all pictures would be the same if they were asked for again."""
        return self._gatherer.good_until if self._gatherer is not None else float("inf")

    @property
    def local_files(self) -> Mapping[LocalFile, str]:
        """Every local file that was looked for, with the SHA-256 of its bytes, or the code of why it is not to be had."""
        return self._gatherer.local_files if self._gatherer is not None else {}

    @contextmanager
    def fit(self, settings: PictureSettings) -> Iterator[Gather]:
        """Hold a function that gets pictures ready for a device; it returns at once."""
        if not self._options.images:
            yield _left_out
            return
        with ExitStack() as stack:
            fitter: Fitter | None = None

            def gather(request: PictureRequest) -> Future[PictureResult]:
                nonlocal fitter
                if fitter is None:
                    jobs = self._options.jobs or os.cpu_count() or 1
                    fitter = stack.enter_context(self._open().fit(settings, jobs))
                return fitter.gather(request)

            yield gather

    def _open(self) -> Gatherer:
        if self._gatherer is None:
            from epubmaker.collector.cache.store import Cache  # noqa: PLC0415 - see the top of this module
            from epubmaker.collector.pictures.gather import Gatherer  # noqa: PLC0415 - as above

            options, stack = self._options, self._stack
            store = stack.enter_context(Cache(options.cache)) if options.cache else None
            self._gatherer = stack.enter_context(Gatherer(options.network, stack.enter_context(spool()), store))
        return self._gatherer


def _left_out(request: PictureRequest) -> Future[PictureResult]:
    """Gather for `--no-images`: every picture is left out on purpose."""
    future: Future[PictureResult] = Future()
    future.set_result(FetchFailed(request.ref.sources[0], "picture-skipped", "--no-images", "skipped"))
    return future
