"""Helper processes, started before they are needed: while the articles are still being found, and all else is imported.

    articles found     once there are enough, and few pictures, the processes are started         (`look`)
    the plan is known  they are given the first batches; where there are pictures, the processes  (`begin`)
                       for those are started instead
    drafts wanted      batches, in order; whoever asks drafts the next one that no helper has     (`drafts`)
                       begun whenever it would have to wait for the first of them

Entries and drafts cross the border, trees never do.  A helper is a plain process with two pipes, for the reasons that
`collector.shrink.workers` gives; it ends with its input.  One that dies costs time and nothing else: its batch is
drafted here.  Nothing that drafts is imported here.
"""

from __future__ import annotations

import pickle
import queue
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from itertools import islice
from types import TracebackType
from typing import Self, TypeAlias

from epubmaker.collector.scan import parse
from epubmaker.collector.shrink.standby import Standby
from epubmaker.model import Draft, Entry

__all__ = ["Batch", "Helpers"]

_WORTH = 300  # articles from which on a helper, which takes 0.2 s to start, pays
_LOOKED_AT = 16  # articles that show whether there are pictures
_PICTURES = 0.25  # for each article, from which on pictures keep the processors busy, not texts
_MANY_PICTURES = 16  # in all, from which on every processor gets some
_MOST_HELPERS = 3  # rendering and packaging, which stay here, take a third of what drafting takes
_BATCH = 16  # articles; a smaller one costs more in passing, a larger one more in waiting at the end
_AHEAD = 4  # batches for each process that may be begun before the first of them is used

_BOOT = (
    "import sys; sys.path[:] = sys.argv[1:]; from epubmaker.soup import load_elements_only; load_elements_only(); "
    "from epubmaker.drafting import serve; serve()"
)

Batch: TypeAlias = tuple[Entry, ...]
_Waiting: TypeAlias = "deque[tuple[Batch, Future[list[Draft]]]]"


class Helpers:
    """Up to `jobs` - 1 processes that draft, each with a thread that waits for its answers.  A context manager.

    `pictures` are the processes for pictures that wait to be used.

    Whether they are worth their start is decided once, by the articles that `look` or `drafts` is first shown.
    """

    def __init__(self, jobs: int) -> None:
        """Bound the processes, this one included; none is started yet."""
        self.pictures = Standby()
        self._jobs = jobs
        self._count = min(jobs - 1, _MOST_HELPERS)
        self._processes: list[_Process] = []
        self._idle: queue.SimpleQueue[_Process] = queue.SimpleQueue()
        self._threads: ThreadPoolExecutor | None = None
        self._begun: tuple[Sequence[Entry], Iterator[Entry], _Waiting] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.pictures.__exit__(kind, error, trace)
        for process in self._processes:
            process.kill()
        if self._threads is not None:
            self._threads.shutdown(wait=True, cancel_futures=True)
        for process in self._processes:
            process.close()

    def look(self, entries: Sequence[Entry]) -> bool:
        """Start the processes if so many articles are worth it; return whether they run."""
        if self._threads is None and self._count > 0 and len(entries) >= _WORTH and _pictures(entries) <= _PICTURES:
            self._threads = ThreadPoolExecutor(self._count, "draft")
            self._processes = [_Process() for _ in range(self._count)]
            for process in self._processes:
                self._idle.put(process)
        return self._threads is not None

    def begin(self, entries: Sequence[Entry], *, images: bool = False) -> None:
        """Have the first drafts made, for `drafts` of the same articles; or get ready for their pictures (`images`)."""
        if images and _pictures(entries) * len(entries) >= _MANY_PICTURES:
            self.pictures.start(self._jobs)
        elif self.look(entries):
            waiting: _Waiting = deque()
            remaining = iter(entries)
            self._fill(waiting, remaining)
            self._begun = entries, remaining, waiting

    def drafts(self, entries: Sequence[Entry], here: Callable[[Entry], Draft]) -> Iterator[Draft]:
        """Yield the drafts of all entries in order; `here` makes one in this process."""
        begun, self._begun = self._begun, None
        if not self.look(entries):
            yield from map(here, entries)
            return
        remaining, waiting = begun[1:] if begun and list(begun[0]) == list(entries) else (iter(entries), deque())
        while True:
            self._fill(waiting, remaining)
            if not waiting:
                return
            while not waiting[0][1].done() and _drafted_here(waiting, here):
                pass
            batch, answer = waiting.popleft()
            yield from answer.result() or map(here, batch)

    def _fill(self, waiting: _Waiting, remaining: Iterator[Entry]) -> None:
        assert self._threads is not None  # noqa: S101 - for the type checker: `look` made them
        window = _AHEAD * (self._count + 1)
        while len(waiting) < window and (batch := tuple(islice(remaining, _BATCH))):
            waiting.append((batch, self._threads.submit(self._ask, batch)))

    def _ask(self, batch: Batch) -> list[Draft]:
        process = self._idle.get()
        try:
            return process.ask(batch)
        finally:
            self._idle.put(process)


def _pictures(entries: Sequence[Entry]) -> float:
    """Return how many pictures an article has, by the first look of some of them."""
    looked_at = entries[:: max(1, len(entries) // _LOOKED_AT)][:_LOOKED_AT]
    return sum(parse(entry).html.lower().count("<img") for entry in looked_at) / len(looked_at)


def _drafted_here(waiting: _Waiting, here: Callable[[Entry], Draft]) -> bool:
    """Draft the first batch that no helper has begun; return False when there is none."""
    for index, (batch, answer) in enumerate(waiting):
        if answer.cancel():
            own: Future[list[Draft]] = Future()
            own.set_result(list(map(here, batch)))
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

    def ask(self, batch: Batch) -> list[Draft]:
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
