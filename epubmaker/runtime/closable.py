"""The base of objects that are closed after use."""

from __future__ import annotations

from typing import Self

__all__ = ["Closable"]


class Closable:
    """A context manager whose end, even by an error, calls its method `close`."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Give back what the object holds; a closed object is not used again."""
        raise NotImplementedError
