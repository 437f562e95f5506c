"""Covers and thumbnails of the books on a shelf: JPEG files of our own making, whatever picture is in the book."""

from __future__ import annotations

from pathlib import Path

from epubmaker.errors import InputError
from epubmaker.imaging.decode import decode
from epubmaker.imaging.encode import to_jpeg
from epubmaker.imaging.sniff import Undecodable
from epubmaker.shelf.catalog import cover_path, thumbnail_path
from epubmaker.shelf.shelvedbook import ShelvedBook, cover_bytes

__all__ = ["drawn"]

_COVER, _THUMBNAIL = (1200, 1600), (240, 320)  # pixels at most; an e-reader's list shows about 200 x 300
_QUALITY = 80


def drawn(folder: Path, book: ShelvedBook) -> dict[str, bytes] | None:
    """Return the files of a book's cover by their paths; None where it has no cover that can be decoded."""
    try:
        data = cover_bytes(folder / book.name)
        cover = decode(data, _COVER).image
    except (InputError, Undecodable, MemoryError):
        return None
    files = {}
    for path, box in ((cover_path(book), _COVER), (thumbnail_path(book), _THUMBNAIL)):
        cover.thumbnail(box)
        files[path] = to_jpeg(cover, _QUALITY)
    return files
