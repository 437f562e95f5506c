"""Books in EPUB, such as those that an earlier build made, so that they can be joined."""

from __future__ import annotations

from collections.abc import Iterator

from epubmaker.collector.formats.collection import Collection, Record
from epubmaker.collector.formats.format import Item
from epubmaker.storage.publish import is_epub

__all__ = ["Epub"]


class Epub(Collection):
    """The chapters of a book. Only a book that is named itself is an input: those in folders lie beside articles."""

    name = "epub"
    title = "EPUB: the chapters of a book (only where it is named itself)"
    max_bytes = 2_000_000_000
    holds_pictures = True
    no_records = "a book without chapters"

    def fits(self, name: str, start: bytes) -> bool:
        """By the first entry."""
        del name
        return is_epub(start)

    def records(self, item: Item) -> Iterator[Record]:
        """Yield the chapters in reading order."""
        from epubmaker.collector.formats.epubchapters import records  # noqa: PLC0415 - archives of texts do without lxml

        return records(item)

    def picture(self, item: Item, member: str, address: str) -> bytes | None:
        """Return a picture of the book."""
        from epubmaker.collector.formats.epubchapters import picture  # noqa: PLC0415 - as in `records`

        del member
        return picture(item, address)
