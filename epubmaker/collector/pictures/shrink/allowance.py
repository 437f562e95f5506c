"""What the pictures of a run may take: memory of all that are decoded at once, and time lost to those that never end.

ALLOWANCE   bytes that every picture may take without asking
Memory      bytes beyond it, shared by all processes; large pictures wait for each other
Patience    seconds that one picture may take: the less, the more was lost to others
"""

from __future__ import annotations

import threading

__all__ = ["ALLOWANCE", "Memory", "Patience"]

ALLOWANCE = 100_000_000
_SHARED = 440_000_000  # what the largest picture takes: it is alone with small ones


class Memory:
    """Bytes that are shared by pictures which take more than `ALLOWANCE`. Safe to use from several threads."""

    def __init__(self, size: int = _SHARED) -> None:
        self._left = size
        self._changed = threading.Condition()

    def take(self, size: int) -> None:
        """Wait until there are so many bytes, which are at most all, and take them."""
        with self._changed:
            self._changed.wait_for(lambda: self._left >= size)
            self._left -= size

    def give_back(self, size: int) -> None:
        """Let others have so many bytes."""
        with self._changed:
            self._left += size
            self._changed.notify_all()


class Patience:
    """How long one picture may take, in seconds. Safe to use from several threads.

    The first may take `longest`. What is lost to pictures that were ended is taken from a store of twice that, and the
    limit goes down with it to `shortest`, in which any honest picture is done: no number of bad ones takes long.
    """

    def __init__(self, longest: float = 60.0, shortest: float = 3.0) -> None:
        self._shortest = min(shortest, longest)
        self._longest = longest
        self._store = self._left = 2 * longest
        self._lock = threading.Lock()

    def limit(self, size: int) -> float:
        """Return the limit for a picture whose file has, or whose pixels take, so many bytes."""
        least = min(self._longest, self._shortest + size / _BYTES_A_SECOND)
        return least + (self._longest - least) * self._left / self._store

    def lose(self, seconds: float) -> None:
        """Count the time of a picture that was ended."""
        with self._lock:
            self._left = max(0.0, self._left - seconds)


_BYTES_A_SECOND = 20_000_000  # that the slowest codec is done with on a slow computer
