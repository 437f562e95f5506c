"""The SHA-256 of the files of a book's articles, in their order: 32 bytes each, where a list of strings takes 120."""

from __future__ import annotations

from collections.abc import Iterable

__all__ = ["Hashes"]

_LENGTH = 32


class Hashes:
    """Hashes in order.  Two are equal when they hold the same, and all of it is known."""

    def __init__(self, hashes: Iterable[str | None] = ()) -> None:
        self._known = bytearray()
        self.complete = True  # as long as none is None
        for sha256 in hashes:
            self.add(sha256)

    def add(self, sha256: str | None) -> None:
        """Add a hash in hexadecimal digits; None for a file that could not be read."""
        if sha256 is None:
            self.complete = False
        else:
            self._known += bytes.fromhex(sha256)

    def extend(self, other: Hashes) -> None:
        """Add all of another's."""
        self._known += other._known
        self.complete = self.complete and other.complete

    def __getitem__(self, index: int) -> bytes:
        return bytes(self._known[_LENGTH * index : _LENGTH * (index + 1)])

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Hashes):
            return NotImplemented
        return self.complete and other.complete and self._known == other._known

    __hash__ = None  # type: ignore[assignment]  # it grows
