"""Helper processes, started before they are needed: while the articles are still being found, and all else is imported.

    articles found     once they are work enough, with few pictures, the processes are started    (`look`)
    the plan is known  they are given the first batches; where there are pictures, the processes  (`begin`)
                       for those are started instead
    drafts wanted      batches, in order; whoever asks drafts the next one that no helper has     (`drafts`)
                       begun whenever it would have to wait for the first of them

Entries and drafts cross the border, trees never do. A helper is a plain process with two pipes, for the reasons that
`collector.shrink.workers` gives; it ends with its input. One that dies costs time and nothing else: its batch is
drafted here. Nothing that drafts is imported here.
"""

from __future__ import annotations

import os
import pickle
import queue
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from itertools import accumulate
from types import TracebackType
from typing import Self

from epubmaker.collector.pictures.shrink.standby import Standby
from epubmaker.model.articles import Entry
from epubmaker.model.chapters import Draft
from epubmaker.pipeline.batches import Batch, Line, work

__all__ = ["Helpers"]

_WORTH = 3_000_000  # bytes from which on a helper, whose start takes 0.14 s of another processor, saves 0.03 s and more
_MOST_HELPERS = 3  # rendering and packaging, which stay here, take a third of what drafting takes
_LOOKED_AT, _LOOKED_INTO = 16, 65_536  # articles, and bytes of each, that show whether there are pictures
_FEW_PICTURES = 1 / 45_000  # for each byte: with more, pictures keep the processors busy, not texts
_MANY_PICTURES = 16  # in all, from which on every processor gets some

_BOOT = (
    "import sys; sys.path[:] = sys.argv[1:]; from epubmaker.runtime.soup import load_elements_only; load_elements_only(); "
    "from epubmaker.pipeline.draft_worker import serve; serve()"
)


class Helpers:
    """Up to `jobs` - 1 processes that draft, each with a thread that waits for its answers. A context manager.

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
        self._begun: Line | None = None

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
        """Start the processes if the articles are worth it; return whether they run."""
        if self._threads is None and self._count > 0 and _is_worth_helping(entries):
            self._threads = ThreadPoolExecutor(self._count, "draft")
            self._processes = [_Process() for _ in range(self._count)]
            for process in self._processes:
                self._idle.put(process)
        return self._threads is not None

    def begin(self, entries: Sequence[Entry], *, images: bool = False) -> None:
        """Have the first drafts made, for `drafts` of the same articles; or get ready for their pictures (`images`)."""
        if images and _look_at(entries).pictures * len(entries) >= _MANY_PICTURES:
            self.pictures.start(self._jobs)
        elif self.look(entries):
            self._begun = self._line(entries)
            self._begun.fill()

    def drafts(self, entries: Sequence[Entry], here: Callable[[Entry], Draft]) -> Iterator[Draft]:
        """Yield the drafts of all entries in order; `here` makes one in this process."""
        begun, self._begun = self._begun, None
        if not self.look(entries):
            yield from map(here, entries)
            return
        line = begun if begun and list(begun.entries) == list(entries) else self._line(entries)
        while line.fill():
            while not line.is_first_done() and line.draft_one(here):
                pass
            batch, drafts = line.take()
            yield from drafts or map(here, batch)

    def _line(self, entries: Sequence[Entry]) -> Line:
        assert self._threads is not None  # noqa: S101 - for the type checker: `look` made them
        threads = self._threads
        return Line(entries, lambda batch: threads.submit(self._ask, batch), self._count + 1)

    def _ask(self, batch: Batch) -> list[Draft]:
        process = self._idle.get()
        try:
            return process.ask(batch)
        finally:
            self._idle.put(process)


def _is_worth_helping(entries: Sequence[Entry]) -> bool:
    """Return whether articles are work enough, and pictures do not take longer than they do."""
    if not any(total >= _WORTH for total in accumulate(map(work, entries))):
        return False
    look = _look_at(entries)
    return look.pictures <= _FEW_PICTURES * look.work


@dataclass(frozen=True, slots=True)
class _Look:
    """How much work some articles are, and about how many pictures they have; both for one of them."""

    work: float
    pictures: float


def _look_at(entries: Sequence[Entry]) -> _Look:
    """Look at some articles, at the beginning of each."""
    chosen = entries[:: max(1, len(entries) // _LOOKED_AT)][:_LOOKED_AT]
    pictures = 0.0
    for entry in chosen:
        with suppress(OSError, ValueError), open(entry.path, "rb", buffering=0) as file:  # noqa: PTH123 - quicker
            head = file.read(_LOOKED_INTO) or b""
            size = os.fstat(file.fileno()).st_size
            found = head.replace(b"\0", b"").lower().count(b"<img")  # in UTF-16, too
            pictures += found * max(1, size / _LOOKED_INTO)
    return _Look(sum(map(work, chosen)) / len(chosen), pictures / len(chosen))


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
        """Return the drafts of a batch, none at all when the process has died. Does not raise."""
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
