"""Worker processes that fit pictures to the device: a crash, a stall or a bomb in a codec costs one picture.

submit(fetched)   into the queue
| a thread for each worker takes the next one, hands it to its process over a pipe and waits      (no lock held)
| the process shrinks it and answers                                                             (worker.py)
| the end of the pipe instead of an answer: that picture is broken, the process is started again
| a number instead of an answer: the process asks for that many bytes, and gets them once they are free
| no answer within the time limit: one thread for all of them kills the process, and then as above
"""

from __future__ import annotations

import os
import pickle
import signal
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self, TypeAlias

from epubmaker.collector.pictures.shrink import BROKEN
from epubmaker.model.pictures import Fetched, FetchFailed, PictureResult
from epubmaker.options import PictureSettings
from epubmaker.runtime.child import ChildProcess

__all__ = ["Memory", "PictureWorkers", "TimeLimit"]

_Task: TypeAlias = tuple[Fetched, Future[PictureResult]]

_BACKLOG = 2  # pictures that wait for each process before another is started, which takes as long as two pictures
# Pictures that a process makes before a new one takes its place. Fragmented memory made the processes for 20,000
# photographs grow from 46 to 54 MB; a start, 0.2 s, is a hundredth of the time of 500 photographs.
_LIFE = 500
_SHARED = 440_000_000  # bytes for pictures that need more than `worker.ALLOWANCE`: for one of the largest, or several
_BYTES_A_SECOND = 20_000_000  # at which the slowest codec decodes on a slow computer
# Make the C library (glibc; others ignore these) keep freed memory for the next picture. To give it back and get pages that
# the system has to clear takes 5,700 page faults and 8 ms of system time for each photograph.
_KEEP_MEMORY = {"MALLOC_MMAP_THRESHOLD_": f"{32 << 20}", "MALLOC_TRIM_THRESHOLD_": f"{64 << 20}"}


class Memory:
    """The bytes of memory for pictures that need more than `worker.ALLOWANCE`. Thread-safe."""

    def __init__(self, size: int = _SHARED) -> None:
        self._left = size
        self._changed = threading.Condition()

    def take(self, size: int) -> None:
        """Wait until `size` bytes are free, and take them; `size` is at most the whole."""
        with self._changed:
            self._changed.wait_for(lambda: self._left >= size)
            self._left -= size

    def give_back(self, size: int) -> None:
        """Free `size` bytes."""
        with self._changed:
            self._left += size
            self._changed.notify_all()


class TimeLimit:
    """How long one picture may take, in seconds. Thread-safe.

    The limit begins at `longest`. Each picture whose process is killed lowers it by the time that was lost, down to
    `shortest` once twice `longest` is lost. Good pictures are done in `shortest`; so bad ones never take long in all.
    """

    def __init__(self, longest: float = 60.0, shortest: float = 3.0) -> None:
        self._shortest = min(shortest, longest)
        self._longest = longest
        self._store = self._left = 2 * longest
        self._lock = threading.Lock()

    def limit(self, size: int) -> float:
        """Return the limit for a picture whose file or pixels take `size` bytes."""
        least = min(self._longest, self._shortest + size / _BYTES_A_SECOND)
        return least + (self._longest - least) * self._left / self._store

    def lose(self, seconds: float) -> None:
        """Count the time that was lost to a picture whose process was killed."""
        with self._lock:
            self._left = max(0.0, self._left - seconds)


class PictureWorkers:
    """Up to `jobs` worker processes, none before the first picture; a context manager."""

    def __init__(
        self,
        settings: PictureSettings,
        folder: Path,
        jobs: int | None = None,
        *,
        time_limit: TimeLimit | None = None,
        life: int = _LIFE,
    ) -> None:
        """Keep the arguments of `shrink`; `folder` exists; `time_limit` is shared by the pictures of a run.

        A process makes `life` pictures at most.
        """
        self._setup = settings, folder
        self._jobs = max(1, jobs or os.cpu_count() or 1)
        self._shared = _Shared(Memory(), time_limit or TimeLimit())
        self._life = life
        self._tasks: deque[_Task] = deque()
        self._changed = threading.Condition()
        self._lanes: list[_Lane] = []
        self._waiting = 0
        self._closed = False
        self._over = threading.Event()
        self._watch = threading.Thread(target=self._keep_time, name="picture-time", daemon=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close(at_once=kind is not None)

    def warm_up(self) -> None:
        """Start the first process now: while the first picture is still being fetched, its start costs no time."""
        with self._changed:
            if not self._lanes and not self._closed:
                self._add_lane()

    def submit(self, fetched: Fetched) -> Future[PictureResult]:
        """Queue a picture; the future's result is that of `shrink`, or `picture-broken` where the process died.

        Raises RuntimeError after `close`.
        """
        future: Future[PictureResult] = Future()
        with self._changed:
            if self._closed:
                raise RuntimeError("the picture workers are closed")  # noqa: TRY003 - a mistake in the program
            self._tasks.append((fetched, future))
            if not self._lanes or (
                len(self._lanes) < self._jobs and len(self._tasks) - self._waiting > _BACKLOG * len(self._lanes)
            ):
                self._add_lane()
            self._changed.notify()
        return future

    def close(self, *, at_once: bool = False) -> None:
        """Finish all pictures and end the processes; `at_once`: cancel waiting pictures and kill the processes."""
        with self._changed:
            self._closed = True
            if at_once:
                for _fetched, future in self._tasks:
                    future.cancel()
                self._tasks.clear()
            self._changed.notify_all()
        for lane in self._lanes:
            if at_once:
                lane.process.kill()
            lane.thread.join()
        self._over.set()

    def _add_lane(self) -> None:
        if not self._lanes:
            self._watch.start()
        self._lanes.append(_Lane(_Process(self._setup, self._shared, self._life), self._next))

    def _next(self, wait: bool) -> _Task | None:  # noqa: FBT001 - a lane is given the method, and calls it without keywords
        """Return a task, None when there is none; with `wait`, None means that there will be none any more."""
        with self._changed:
            if wait:
                self._waiting += 1
                while not self._tasks and not self._closed:
                    self._changed.wait()
                self._waiting -= 1
            return self._tasks.popleft() if self._tasks else None

    def _keep_time(self) -> None:
        """Kill processes that take too long. A timer for each picture would be a thread for each, and take 0.15 ms."""
        while not self._over.wait(0.2):
            now = time.monotonic()
            for lane in tuple(self._lanes):
                lane.process.check(now)


class _Lane:
    """One worker: a thread that takes tasks until there are none, and its process."""

    def __init__(self, process: _Process, next_task: Callable[[bool], _Task | None]) -> None:
        self.process = process
        self._next_task = next_task
        self.thread = threading.Thread(target=self._run, name="picture-worker", daemon=True)
        self.thread.start()

    def _run(self) -> None:
        """Hand over the next task before setting the last result, so that its callbacks keep no process waiting."""
        self.process.start()
        finished: tuple[Future[PictureResult], PictureResult] | None = None
        while True:
            task = self._next_task(finished is None)
            if task is None and finished is None:
                break
            if task is not None and not task[1].set_running_or_notify_cancel():
                continue
            if task is not None:
                self.process.send(task[0])
            if finished is not None:
                finished[0].set_result(finished[1])
            finished = None if task is None else (task[1], self.process.receive(task[0]))
        self.process.end()


@dataclass(frozen=True, slots=True)
class _Shared:
    """The limits that all processes share."""

    memory: Memory
    time: TimeLimit


class _Process:
    """A worker process, started when it is needed, and again after it died."""

    def __init__(self, setup: tuple[PictureSettings, Path], shared: _Shared, life: int) -> None:
        self._setup = setup
        self._life = life
        self._left = life  # pictures, until a new process takes its place
        self._shared = shared
        self._child: ChildProcess | None = None
        self._stopped = False
        self._sent = False
        self._lock = threading.Lock()  # for the three below
        self._limit = 0.0  # seconds for the picture that was sent
        self._ends: float | None = None  # when they are over
        self._expired = False

    def send(self, fetched: Fetched) -> None:
        """Send one picture; does not raise: `receive`, which must follow, returns the failure."""
        self._sent = False
        if self._left == 0:
            self.end()
        with suppress(EOFError, OSError):
            child = self._ready()
            self._set_clock(fetched.size)  # the start of a process takes seconds on a busy machine, and does not count
            child.send(fetched)
            self._left -= 1
            self._sent = True

    def receive(self, fetched: Fetched) -> PictureResult:
        """Return the result for the picture that was sent; does not raise."""
        result: PictureResult | None = None
        held = 0
        with suppress(EOFError, pickle.UnpicklingError):
            while self._sent and self._child is not None and result is None:
                answer = self._child.receive()
                if isinstance(answer, int):
                    held = self._grant(answer, held)
                else:
                    result = answer
        with self._lock:
            self._ends, expired, self._expired = None, self._expired, False
        failed = result or FetchFailed(fetched.url, BROKEN, self._cause_of_death(timed_out=expired))
        self._shared.memory.give_back(held)  # after the death of the process, if it died
        return failed

    def _grant(self, size: int, held: int) -> int:
        """Grant the process `size` bytes in place of the `held` ones, once they are free; return `size`."""
        with self._lock:
            self._ends = None  # the time of waiting does not count
        self._shared.memory.give_back(held)
        self._shared.memory.take(size)
        self._set_clock(size)
        if self._child is not None:
            with suppress(EOFError):  # it is dead, which `receive` notices
                self._child.send(None)
        return size

    def _set_clock(self, size: int) -> None:
        """Start the time of a picture of `size` bytes."""
        with self._lock:
            self._limit = self._shared.time.limit(size)
            self._ends, self._expired = time.monotonic() + self._limit, False

    def check(self, now: float) -> None:
        """Kill the process if the time of its picture is over; `now` is a time of the monotonic clock."""
        with self._lock:
            child = self._child
            if self._ends is not None and now > self._ends and child is not None:
                self._ends, self._expired = None, True
                self._shared.time.lose(self._limit)
                child.kill()

    def kill(self) -> None:
        """End the process now; no other is started."""
        self._stopped = True
        child = self._child
        if child is not None:
            child.kill()

    def end(self) -> None:
        """Close the process's input, which ends it, and wait for its end."""
        child, self._child = self._child, None
        if child is not None:
            child.close()

    def start(self) -> None:
        """Start the process ahead of its first picture, and wait until it is ready; does not raise."""
        with suppress(EOFError, OSError):
            self._ready()

    def _ready(self) -> ChildProcess:
        """Return a child process that is ready; raises EOFError or OSError where none can be started."""
        if self._child is not None and not self._child.is_alive():
            self.end()  # it died between two pictures
        if self._child is None:
            self._left = self._life
            self._child = ChildProcess("epubmaker.collector.pictures.worker", _KEEP_MEMORY)
            if self._stopped:
                self._child.kill()
            self._child.send(self._setup)
            self._child.receive()
        return self._child

    def _cause_of_death(self, *, timed_out: bool) -> str:
        """Clean up after a dead process; return the cause of its death."""
        child, self._child = self._child, None
        if child is None:
            return "the decoder could not be started"
        child.kill()
        status = child.close()
        if timed_out:
            return f"decoding took longer than {self._limit:.2g} s"
        return _cause(status)


def _cause(status: int) -> str:
    """Return the cause that an exit status stands for; negative ones are signals."""
    if status == -getattr(signal, "SIGXCPU", 0) != 0:
        return "decoding took too much processor time"
    if status == -getattr(signal, "SIGABRT", 0) != 0:
        return "the decoder gave up, perhaps for want of memory"
    if status == -getattr(signal, "SIGKILL", 0) != 0:
        return "the decoder was killed, perhaps for want of memory"
    return f"the decoder crashed (status {status})"
