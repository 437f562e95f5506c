"""Reads the metadata and contents of a finished book, for `epubmaker inspect`."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from epubmaker.report import human_size
from epubmaker.storage.epubfile import Package, opened, read_contents, read_package
from epubmaker.storage.publish import is_epub

__all__ = ["BookFacts", "facts_about", "is_book", "lines_about"]

_HEAD = 200  # bytes that tell an EPUB from other files
_NAMES = ("title", "creator", "contributor", "language", "identifier", "publisher", "rights", "date")


def is_book(path: Path) -> bool:
    """Tell whether a path leads to an EPUB."""
    try:
        if not path.is_file():  # a pipe would be waited for
            return False
        with path.open("rb") as file:
            return is_epub(file.read(_HEAD))
    except OSError:
        return False


class BookFacts(NamedTuple):
    """What is in a book: its metadata by name, each in order; `bytes` are those of its pictures.

    `contents` are the titles of the table of contents with their depths, from 1; None without any.
    """

    metadata: Mapping[str, Sequence[str]]
    documents: int
    pictures: int
    bytes: int
    contents: Sequence[tuple[int, str]] | None


def facts_about(path: Path) -> BookFacts:
    """Return what is in a book. Raises InputError when it cannot be read."""
    with opened(Path(os.path.realpath(path))) as book:
        package = read_package(book)
        items = package.items.values()
        pictures = {item.path for item in items if item.media_type.startswith("image/")}
        return BookFacts(
            _metadata(package),
            sum(item.media_type == "application/xhtml+xml" for item in items),
            len(pictures),
            sum(entry.file_size for entry in book.infolist() if entry.filename in pictures),
            None if (found := read_contents(book, package)) is None else [(each.depth, each.title) for each in found],
        )


def lines_about(path: Path) -> Iterator[str]:
    """Yield lines about the metadata, the pictures and the table of contents of a book. Raises as `facts_about`."""
    facts = facts_about(path)
    for name, values in facts.metadata.items():
        yield from (f"{name:<10} {value}" for value in values)
    yield f"documents  {facts.documents:,}"
    yield f"pictures   {facts.pictures:,} ({human_size(facts.bytes)})"
    if facts.contents is None:
        yield "contents   none"
        return
    yield "contents"
    yield from (f"{'  ' * depth}{title}" for depth, title in facts.contents)


def _metadata(package: Package) -> dict[str, list[str]]:
    values = {name: package.values(name) for name in _NAMES}
    values["series"] = [" ".join(filter(None, package.series()))]
    return {name: texts for name, texts in values.items() if any(texts)}
