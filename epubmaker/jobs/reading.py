"""Walks through the inputs of a plan and has the heads read, in order, by several processes."""

from __future__ import annotations

import os
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from concurrent.futures import Future
from itertools import starmap
from typing import TypeAlias

from epubmaker.collector.locations.folder import File, Given, files
from epubmaker.jobs.heads import Batch, read_batch
from epubmaker.model.articles import Issue
from epubmaker.options import Options
from epubmaker.runtime import process
from epubmaker.runtime.pool import ProcessPool

__all__ = ["batches"]

_MOST, _BYTES = 128, 4_000_000  # files of a batch
_AHEAD = 4  # batches for each process
_ROOM = 1 << 32  # positions of a batch: no file has more articles

_Task: TypeAlias = tuple[Sequence[File], int, str]  # the parameters of `read_batch`


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
    jobs, form = options.jobs or os.cpu_count() or 1, options.form or ""
    found = enumerate(_cut(files(given, issues, passed, written)))
    tasks = ((batch, number * _ROOM, form) for number, batch in found)
    return starmap(read_batch, tasks) if jobs == 1 else _in_order(tasks, jobs)


def _in_order(tasks: Iterable[_Task], jobs: int) -> Iterator[Batch]:
    """Have batches read by child processes; yield what they hold in the order of the tasks."""
    with ProcessPool("epubmaker.jobs.heads", jobs) as pool:
        coming = deque[tuple[_Task, Future[Batch | None]]]()
        for task in tasks:
            if len(coming) >= _AHEAD * jobs:
                yield _result(*coming.popleft())
            coming.append((task, pool.submit(task)))
        while coming:
            yield _result(*coming.popleft())


def _result(task: _Task, answer: Future[Batch | None]) -> Batch:
    return process.result_of(answer) or read_batch(*task)  # None: the process died


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
