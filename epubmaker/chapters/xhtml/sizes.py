"""How many bytes a piece of a chapter takes in its file."""

from __future__ import annotations

from epubmaker.chapters.xhtml.places import Target
from epubmaker.model.chapters import LinkSlot, PictureSlot

__all__ = ["bytes_of"]

_PICTURE = 600  # bytes for a picture's markup, with an address and its text
_LONG_ADDRESS = 300


def bytes_of(piece: str | PictureSlot | LinkSlot | Target) -> int:
    """Return the bytes that a piece takes in its file, at most; about so many where a picture is still to be had."""
    if isinstance(piece, str):
        return len(piece) if piece.isascii() else len(piece.encode("utf-8", "replace"))
    if isinstance(piece, LinkSlot):
        return len(piece.address) + 4 * piece.address.count("&")
    if isinstance(piece, PictureSlot):
        longest = max([len(address) for address in piece.ref.sources if address[:5] != "data:"], default=0)
        return _PICTURE + 4 * len(piece.alt) + max(0, longest - _LONG_ADDRESS)
    return 20
