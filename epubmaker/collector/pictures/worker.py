"""The process that decodes pictures for `workers.PictureWorkers`: one task from standard input, one answer, and so on.

A module of its own, so that a worker imports Pillow and what it needs and nothing else: its start is paid in each book.
"""

from __future__ import annotations

import os
import pickle
import signal
import sys
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from epubmaker.collector.pictures.shrink import BROKEN, shrink
from epubmaker.imaging.memory import within_reason
from epubmaker.model.pictures import Fetched, FetchFailed
from epubmaker.options import PictureSettings

__all__ = ["serve"]

ALLOWANCE = 100_000_000  # bytes of memory that every picture may take without asking
_SECONDS = 60  # of processor time for each picture
_MOST = 500_000_000  # bytes of the whole process
_SPARE = 30_000_000  # bytes beyond what a picture has reserved: estimates are estimates


def serve() -> None:
    """Answer tasks until standard input ends, which it does when the parent is gone, however it went."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the parent decides what stops
    tasks, answers = sys.stdin.buffer, _answers()
    settings, folder = pickle.load(tasks)  # noqa: S301 - it comes from our own parent
    answers.write(b"\x01")
    answers.flush()
    room = _Room(tasks, answers)
    while (fetched := _next(tasks)) is not None:
        _limit_time()
        room.begin()
        pickle.dump(_answer(fetched, settings, folder, room), answers)
        answers.flush()
    os._exit(0)  # nothing is left to do, and taking the interpreter down in order takes 10 ms that a build waits for


class _Room:
    """The memory of the picture at hand: what every picture may take, and what the parent has granted beyond it.

    The system holds the process to that where it can (Linux); elsewhere it is for the estimates alone.
    """

    def __init__(self, tasks: BinaryIO, answers: BinaryIO) -> None:
        self._tasks = tasks
        self._answers = answers
        self._used = self._granted = 0

    def begin(self) -> None:
        """Get ready for another picture."""
        self._granted = ALLOWANCE
        self._used = _data_size()
        self._limit()

    def reserve(self, size: int) -> None:
        """Wait until the picture may take so many bytes; raises Undecodable where it never may."""
        within_reason(size)
        if size > self._granted:
            pickle.dump(size, self._answers)
            self._answers.flush()
            if not self._tasks.read(1):
                raise EOFError  # the parent is gone
            self._granted = size
            self._limit()

    def _limit(self) -> None:
        with suppress(ImportError, OSError, ValueError):
            import resource  # noqa: PLC0415 - not on Windows

            soft = min(_MOST, self._used + self._granted + _SPARE)
            resource.setrlimit(resource.RLIMIT_DATA, (soft, resource.getrlimit(resource.RLIMIT_DATA)[1]))


def _data_size() -> int:
    """Return the bytes of writable memory that this process has; 0 where the system does not tell as Linux does."""
    try:
        with open("/proc/self/statm", "rb") as file:  # noqa: PTH123 - a Path costs as much as the reading
            return int(file.read().split()[5]) * 4096
    except (OSError, ValueError, IndexError):
        return 0


def _answer(fetched: Fetched, settings: PictureSettings, folder: Path, room: _Room) -> object:
    try:
        return shrink(fetched, settings, folder, room.reserve)
    except Exception as error:  # noqa: BLE001 - one picture's trouble, whatever it is, must not cost the worker
        return FetchFailed(fetched.url, BROKEN, f"the decoder failed: {type(error).__name__}")


def _next(tasks: BinaryIO) -> Fetched | None:
    try:
        fetched: Fetched = pickle.load(tasks)  # noqa: S301 - as above
    except (EOFError, OSError):
        return None
    return fetched


def _answers() -> BinaryIO:
    """Take standard output for the answers alone: what a codec prints goes to standard error."""
    private = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return private


def _limit_time() -> None:
    """Let the system end a decoder that runs on after the parent, which keeps the time otherwise, was killed."""
    try:
        import resource  # noqa: PLC0415 - not on Windows

        used = resource.getrusage(resource.RUSAGE_SELF)
        soft = int(used.ru_utime + used.ru_stime) + _SECONDS
        resource.setrlimit(resource.RLIMIT_CPU, (soft, resource.getrlimit(resource.RLIMIT_CPU)[1]))
    except (ImportError, OSError, ValueError):
        pass
