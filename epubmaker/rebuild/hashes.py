"""The SHA-256 of the files of a book's articles, in their order: 32 bytes each, where a list of strings takes 120."""

from __future__ import annotations

from collections.abc import Iterable

__all__ = ["Hashes"]

_LENGTH = 32
_UNKNOWN = bytes(_LENGTH)


class Hashes:
    """Hashes in order.  Two are equal when they hold the same, and all of it is known."""

    def __init__(self, hashes: Iterable[str | None] = ()) -> None:
        self._held = bytearray()
        self.complete = True  # as long as none is None
        for sha256 in hashes:
            self.add(sha256)

    def add(self, sha256: str | None) -> None:
        """Add a hash in hexadecimal digits; None for a file that could not be read."""
        if sha256 is None:
            self.complete = False
        self._held += _UNKNOWN if sha256 is None else bytes.fromhex(sha256)

    def extend(self, other: Hashes) -> None:
        """Add all of another's."""
        self._held += other._held
        self.complete = self.complete and other.complete

    def add_part(self, other: Hashes, part: range) -> None:
        """Add those of another's that have the numbers of a range; all of these have to be known."""
        self._held += other._held[_LENGTH * part.start : _LENGTH * part.stop]

    def of(self, part: range) -> bytes | None:
        """Return those with the numbers of a range, one after another; None where one of them is not known."""
        held = bytes(self._held[_LENGTH * part.start : _LENGTH * part.stop])
        if self.complete or all(held[at : at + _LENGTH] != _UNKNOWN for at in range(0, len(held), _LENGTH)):
            return held
        return None

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Hashes):
            return NotImplemented
        return self.complete and other.complete and self._held == other._held

    __hash__ = None  # type: ignore[assignment]  # it grows
