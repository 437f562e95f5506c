"""The processes that a test has begun."""

from __future__ import annotations

import psutil

__all__ = ["Children"]


class Children:
    """The processes that this one, or one of them, has begun since; comes as the fixture `children`.

    What lives since before, such as the Java process that several tests share, does not count.
    """

    def __init__(self) -> None:
        self._before = psutil.Process().children(recursive=True)

    def __call__(self) -> list[psutil.Process]:
        """Return those that still live."""
        return [child for child in psutil.Process().children(recursive=True) if child not in self._before]
