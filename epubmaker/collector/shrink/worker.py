"""The process that decodes pictures for `workers.PictureWorkers`: one task from standard input, one answer, and so on.

A module of its own, so that a worker imports Pillow and what it needs and nothing else: its start is paid in each book.
"""

from __future__ import annotations

import os
import pickle
import signal
import sys
from pathlib import Path
from typing import BinaryIO

from epubmaker.collector.shrink.pictures import BROKEN, shrink
from epubmaker.config import PictureSettings
from epubmaker.model.pictures import Fetched, FetchFailed

__all__ = ["serve"]

# Bounds of the whole process, behind the pixel limits of `imaging.decode`: 2 GB of addresses (libraries and threads'
# stacks count, so that it is well above what a picture may need), and a minute of processor time for each picture.
_ADDRESS_SPACE = 2_000_000_000
_SECONDS = 60


def serve() -> None:
    """Answer tasks until standard input ends, which it does when the parent is gone, however it went."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the parent decides what stops
    tasks, answers = sys.stdin.buffer, _answers()
    _limit_memory()
    settings, folder = pickle.load(tasks)  # noqa: S301 - it comes from our own parent
    answers.write(b"\x01")
    answers.flush()
    while (fetched := _next(tasks)) is not None:
        _limit_time()
        pickle.dump(_answer(fetched, settings, folder), answers)
        answers.flush()
    os._exit(0)  # nothing is left to do, and taking the interpreter down in order takes 10 ms that a build waits for


def _answer(fetched: Fetched, settings: PictureSettings, folder: Path) -> object:
    try:
        return shrink(fetched, settings, folder)
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


def _limit_memory() -> None:
    try:
        import resource  # noqa: PLC0415 - not on Windows

        resource.setrlimit(resource.RLIMIT_AS, (_ADDRESS_SPACE, _ADDRESS_SPACE))
    except (ImportError, OSError, ValueError):
        pass  # macOS and Windows do not have it: there the pixel limits are the bound


def _limit_time() -> None:
    """Let the system end a decoder that runs on after the parent, which keeps the time otherwise, was killed."""
    try:
        import resource  # noqa: PLC0415 - not on Windows

        used = resource.getrusage(resource.RUSAGE_SELF)
        soft = int(used.ru_utime + used.ru_stime) + _SECONDS
        resource.setrlimit(resource.RLIMIT_CPU, (soft, resource.getrlimit(resource.RLIMIT_CPU)[1]))
    except (ImportError, OSError, ValueError):
        pass
