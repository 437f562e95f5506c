"""The processes that a test has started."""

from __future__ import annotations

import psutil

__all__ = ["Children"]


class Children:
    """The processes that this one or its children have started since; available as the fixture `children`.

    Older ones, such as the Java process that several tests share, do not count.
    """

    def __init__(self) -> None:
        self._before = psutil.Process().children(recursive=True)

    def __call__(self) -> list[psutil.Process]:
        """Return those that still run."""
        return [child for child in psutil.Process().children(recursive=True) if child not in self._before]
