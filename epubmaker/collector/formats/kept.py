"""What a process keeps of the files that it read last, so that their articles and pictures can be asked for one by one."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Generic, TypeVar

__all__ = ["Kept"]

_T = TypeVar("_T")


class Kept(Generic[_T]):
    """What was made of the last `most` files. Thread-safe: pictures are asked for by several threads."""

    def __init__(self, most: int) -> None:
        """Nothing is kept yet."""
        self._most = most
        self._made: OrderedDict[Hashable, _T] = OrderedDict()
        self._lock = Lock()
        self.lock = Lock()
        """For what is kept and has one user at a time."""

    def get(self, key: Hashable, make: Callable[[], _T]) -> _T:
        """Return what was made for a key, made now if it is not kept. Raises what `make` does."""
        with self._lock:
            if key not in self._made:
                made = make()
                while len(self._made) >= self._most:
                    self._made.popitem(last=False)
                self._made[key] = made
            self._made.move_to_end(key)
            return self._made[key]
