"""Walks through the inputs of a plan and has the heads read, in order, by several processes."""

from __future__ import annotations

import os
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from concurrent.futures import Future, ThreadPoolExecutor
from queue import SimpleQueue

from epubmaker.collector.locations.folder import File, Given, files
from epubmaker.jobs.heads import Batch, read_batch
from epubmaker.model.articles import Issue
from epubmaker.options import Options
from epubmaker.runtime import process
from epubmaker.runtime.child import ChildProcess
from epubmaker.runtime.closable import Closable

__all__ = ["batches"]

_MOST, _BYTES = 128, 4_000_000  # files of a batch
_AHEAD = 4  # batches for each process
_ROOM = 1 << 32  # positions of a batch: no file has more articles


def batches(
    given: Sequence[Given],
    issues: list[Issue],
    passed: Counter[str],
    written: AbstractSet[str],
    options: Options,
) -> Iterator[Batch]:
    """Yield what the files of the inputs hold, in their order; the other parameters are those of `folder.files`.

    Positions are in order, with gaps. Raises InputError.
    """
    with _Readers(options.jobs or os.cpu_count() or 1, options.form or "") as readers:
        coming = deque[Future[Batch]]()
        for number, batch in enumerate(_cut(files(given, issues, passed, written))):
            while len(coming) >= readers.ahead:
                yield process.result_of(coming.popleft())
            coming.append(readers.submit(batch, number * _ROOM))
        while coming:
            yield process.result_of(coming.popleft())


def _cut(found: Iterator[File]) -> Iterator[list[File]]:
    """Yield files in batches, each of one input; one with many articles has a batch for itself."""
    batch: list[File] = []
    size = 0
    for file in found:
        if batch and file.location is not batch[0].location:
            yield batch
            batch, size = [], 0
        batch.append(file)
        size += _size(file)
        if len(batch) == _MOST or size > _BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _size(file: File) -> int:
    if file.state:
        return file.state.size
    try:
        return os.stat(file.path).st_size  # noqa: PTH116 - of each file; a `Path` takes longer
    except OSError:
        return 0


class _Readers(Closable):
    """Child processes that read heads; none where one process is enough. A context manager."""

    def __init__(self, jobs: int, form: str) -> None:
        self._form = form
        self.ahead = _AHEAD * jobs
        self._threads = ThreadPoolExecutor(jobs, "heads")
        self._children = [ChildProcess("epubmaker.jobs.heads") for _ in range(jobs)] if jobs > 1 else []
        self._idle: SimpleQueue[ChildProcess] = SimpleQueue()
        for child in self._children:
            self._idle.put(child)

    def close(self) -> None:
        """End the processes."""
        for child in self._children:
            child.kill()
        self._threads.shutdown(cancel_futures=True)
        for child in self._children:
            child.close()

    def submit(self, batch: Sequence[File], first: int) -> Future[Batch]:
        """Have a batch read; `first` is the position of its first article."""
        return self._threads.submit(self._read, batch, first)

    def _read(self, batch: Sequence[File], first: int) -> Batch:
        if not self._children:
            return read_batch(batch, first, self._form)
        child = self._idle.get()
        try:
            child.send((batch, first, self._form))
            answer: Batch = child.receive()
        except EOFError:  # it died
            return read_batch(batch, first, self._form)
        finally:
            self._idle.put(child)
        return answer
