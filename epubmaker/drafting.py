"""Drafts of a plan's articles, in order: `parse` and `draft` in this process, with helper processes for long texts.

    entries
    | a glance at some   they show whether there are pictures, which the processors have enough to do with
    | batches            to the helpers, in order; this process drafts the next one that none of them has begun
    |                    whenever it would have to wait for the first of them
    drafts in the order of the entries

Entries and drafts cross the border, trees never do.  A helper is a plain process with two pipes, for the reasons that
`collector.workers` gives; it ends with its input.  One that dies costs time and nothing else: its batch is drafted here.
"""

from __future__ import annotations

import gc
import os
import pickle
import queue
import signal
import subprocess
import sys
from collections import deque
from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from itertools import islice
from types import TracebackType
from typing import Self, TypeAlias

from epubmaker.chapters.draft import draft
from epubmaker.collector.scan import parse
from epubmaker.model import Draft, Entry

__all__ = ["drafted", "drafts", "serve"]

_WORTH = 300  # articles from which on a helper, which takes 0.2 s to start, pays
_LOOKED_AT = 16  # articles that show whether there are pictures
_PICTURES = 0.25  # for each article, from which on pictures keep the processors busy, not texts
_MOST_HELPERS = 3  # rendering and packaging, which stay here, take a third of what drafting takes
_BATCH = 16  # articles; a smaller one costs more in passing, a larger one more in waiting at the end
_AHEAD = 4  # batches for each process that may be begun before the first of them is used

_BOOT = (
    "import sys; sys.path[:] = sys.argv[1:]; from epubmaker.soup import load_elements_only; load_elements_only(); "
    "from epubmaker.drafting import serve; serve()"
)

_Batch: TypeAlias = tuple[Entry, ...]


def drafts(entries: Sequence[Entry], jobs: int) -> Generator[Draft, None, None]:
    """Yield the draft of each entry's article, in order, using up to `jobs` processors."""
    if jobs < 2 or len(entries) < _WORTH or _pictures(entries) > _PICTURES:
        yield from map(drafted, entries)
        return
    with _Helpers(min(jobs - 1, _MOST_HELPERS)) as helpers:
        yield from helpers.drafts(entries)


def _pictures(entries: Sequence[Entry]) -> float:
    """Return how many pictures an article has, by the first look of some of them."""
    looked_at = entries[:: len(entries) // _LOOKED_AT][:_LOOKED_AT]
    return sum(parse(entry).html.lower().count("<img") for entry in looked_at) / len(looked_at)


def drafted(entry: Entry) -> Draft:
    """Return the draft of one article, made here and now."""
    return draft(parse(entry))


class _Helpers:
    """Helper processes, each with a thread that waits for its answers.  A context manager."""

    def __init__(self, count: int) -> None:
        self._processes = [_Process() for _ in range(count)]
        self._idle: queue.SimpleQueue[_Process] = queue.SimpleQueue()
        for process in self._processes:
            self._idle.put(process)
        self._threads = ThreadPoolExecutor(count, "draft")
        self._window = _AHEAD * (count + 1)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for process in self._processes:
            process.kill()
        self._threads.shutdown(wait=True, cancel_futures=True)
        for process in self._processes:
            process.close()

    def drafts(self, entries: Sequence[Entry]) -> Iterator[Draft]:
        """Yield the drafts of all entries in order."""
        waiting: deque[tuple[_Batch, Future[list[Draft]]]] = deque()
        remaining = iter(entries)
        while True:
            while len(waiting) < self._window and (batch := tuple(islice(remaining, _BATCH))):
                waiting.append((batch, self._threads.submit(self._ask, batch)))
            if not waiting:
                return
            while not waiting[0][1].done() and _drafted_here(waiting):
                pass
            batch, answer = waiting.popleft()
            yield from answer.result() or map(drafted, batch)

    def _ask(self, batch: _Batch) -> list[Draft]:
        process = self._idle.get()
        try:
            return process.ask(batch)
        finally:
            self._idle.put(process)


def _drafted_here(waiting: deque[tuple[_Batch, Future[list[Draft]]]]) -> bool:
    """Draft the first batch that no helper has begun; return False when there is none."""
    for index, (batch, answer) in enumerate(waiting):
        if answer.cancel():
            own: Future[list[Draft]] = Future()
            own.set_result([drafted(entry) for entry in batch])
            waiting[index] = batch, own
            return True
    return False


class _Process:
    """One helper process; it starts to import what it needs at once."""

    def __init__(self) -> None:
        self._popen = subprocess.Popen(  # noqa: S603 - our own interpreter and our own words
            [sys.executable, "-c", _BOOT, *filter(None, sys.path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )

    def ask(self, batch: _Batch) -> list[Draft]:
        """Return the drafts of a batch, none at all when the process has died.  Does not raise."""
        tasks, answers = self._popen.stdin, self._popen.stdout
        assert tasks is not None  # noqa: S101 - for the type checker: they are pipes
        assert answers is not None  # noqa: S101 - as above
        try:
            pickle.dump(batch, tasks, pickle.HIGHEST_PROTOCOL)
            tasks.flush()
            found: list[Draft] = pickle.load(answers)  # noqa: S301 - it comes from our own child
        except Exception:  # noqa: BLE001 - a broken answer raises whatever its bytes happen to say
            self.kill()  # or the rest of the answer would be taken for the next one, and in the end both would wait
            return []
        return found

    def kill(self) -> None:
        """End the process, whatever it does; whoever asks it gets no drafts."""
        self._popen.kill()

    def close(self) -> None:
        """Bury the dead process; nobody asks any more."""
        with suppress(OSError):  # what it was not told yet goes nowhere
            self._popen.communicate()


def serve() -> None:
    """Answer batches from standard input until that ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the parent decides what stops
    gc.freeze()  # what was imported stays: collecting the trees need not look at it again and again (6 % of the time)
    tasks, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # standard output is for the answers alone, whatever a library prints
    while True:
        try:
            batch: _Batch = pickle.load(tasks)  # noqa: S301 - it comes from our own parent
        except (EOFError, OSError):
            return
        pickle.dump([drafted(entry) for entry in batch], answers, pickle.HIGHEST_PROTOCOL)
        answers.flush()
