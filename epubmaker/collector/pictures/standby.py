"""Processes for pictures, started before it is known what they will have to do: while the parent still imports the rest.

Nothing that knows pictures is imported here; that is what the processes do meanwhile.
"""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import suppress
from types import TracebackType
from typing import Self

__all__ = ["Standby", "spawn"]

_BOOT = "import sys; sys.path[:] = sys.argv[1:]; from epubmaker.collector.pictures.worker import serve; serve()"
# Have the C library (glibc; others do not know the names) keep freed memory for the next picture, in place of giving it
# back and being given pages that the system must clear first: 5,700 page faults and 8 ms of system time a photograph.
_KEEP_MEMORY = {"MALLOC_MMAP_THRESHOLD_": f"{32 << 20}", "MALLOC_TRIM_THRESHOLD_": f"{64 << 20}"}


def spawn() -> subprocess.Popen[bytes]:
    """Start a process that waits for its setup (see `worker.serve`); raises OSError."""
    return subprocess.Popen(  # noqa: S603 - our own interpreter and our own words
        [sys.executable, "-c", _BOOT, *filter(None, sys.path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, **_KEEP_MEMORY},
    )


class Standby:
    """Processes that wait to be taken; those that nobody took end with this context manager."""

    def __init__(self) -> None:
        self._waiting: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for process in self._waiting:
            process.kill()
        for process in self._waiting:
            process.communicate()

    def start(self, count: int) -> None:
        """Start processes; does not raise: what cannot be started now is tried again when it is needed."""
        with suppress(OSError):
            self._waiting += [spawn() for _ in range(count)]

    def take(self) -> subprocess.Popen[bytes]:
        """Return a process, a new one where none waits; raises OSError. Safe to call from several threads."""
        try:
            return self._waiting.pop(0)
        except IndexError:
            return spawn()
