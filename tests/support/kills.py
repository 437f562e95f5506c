"""Processes killed at random moments of their lives, on machines whose speed may change while tests run."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable
from random import Random
from typing import TypeAlias

from commandline import Running

__all__ = ["Kills"]

Process: TypeAlias = Running | subprocess.Popen[bytes]


class Kills:
    """Kills of processes that do much the same; `random` draws the moments, and `spare` comes before the first kill.

    How long a process lives is learned from each: one that ended before its kill sets the latest moment of the next,
    one that was killed moves it a little. So neither one slow run nor one quick run lets all others go wrong.
    """

    def __init__(self, random: Random) -> None:
        self._random = random
        self._latest = 0.0  # seconds after the start

    def spare(self, start: Callable[[], Process]) -> int:
        """Start a process, leave it alone and return its exit status."""
        began = time.monotonic()
        status = start().wait(timeout=600)
        self._latest = time.monotonic() - began
        return status

    def kill(self, start: Callable[[], Process]) -> bool:
        """Start a process, kill it at a moment of its life; return whether it still ran then."""
        began = time.monotonic()
        process = start()
        try:
            process.wait(timeout=self._latest * self._random.random())
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            self._latest *= 1.05
            return True
        self._latest = time.monotonic() - began
        return False
