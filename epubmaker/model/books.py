"""The results of the last stage: books and their metadata."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

__all__ = ["MANY_ARTICLES", "Book", "BookStatus", "CoverPicture", "Metadata", "Volume"]

MANY_ARTICLES = 2_000
"""In a book of more articles, the nav document and the NCX name the groups alone, and volumes are advised: reading systems
hold this list in memory, and many show it whole."""


@dataclass(frozen=True, slots=True)
class Volume:
    """What makes a book one of several volumes.

    `period` and `source` say which articles it has: those of a day, week, month or year (see `text.periods`), those of a
    source, or both; "" for articles without a date or a source, and None where the cut does not ask for it. `numbers` are
    its number among the volumes and how many these are, and the same for the part of such a volume. `index` is its place
    in the series, "" where it has none.
    """

    identifier: str
    series: str
    index: str = ""
    period: str | None = None
    source: str | None = None
    numbers: tuple[tuple[int, int], ...] = ()


class Metadata(NamedTuple):
    """The metadata in the package document; see EPUB 3.3, section 5.5.

    heading       the title where the dates stand beside it, if that is another
    sort_title    the title to sort by
    series        the periodical or series that the book is an issue of
    series_index  its number there: "3", "3.5", or that of its date, "20220112"
    sources       the sites: they stand in for an author
    excerpt       the first headlines, or the first lines of a single article: it stands in for a description
    contributors  authors of articles
    """

    title: str
    language: str
    identifier: str
    modified: datetime
    authors: tuple[str, ...] = ()
    publisher: str | None = None
    description: str | None = None
    date: datetime | None = None
    heading: str | None = None
    sort_title: str | None = None
    subjects: tuple[str, ...] = ()
    series: str | None = None
    series_index: str | None = None
    sources: tuple[str, ...] = ()
    excerpt: str | None = None
    rights: str | None = None
    contributors: tuple[str, ...] = ()


class CoverPicture(NamedTuple):
    """A cover: a JPEG file's bytes, and its width and height in pixels where the cover page is to set it in a drawing."""

    data: bytes
    size: tuple[int, int] | None = None


class BookStatus(StrEnum):
    """Whether the file at the output was written, or already had the same bytes."""

    WRITTEN = "written"
    UNCHANGED = "unchanged"


class Book(NamedTuple):
    """A book that was published."""

    path: Path
    title: str
    size: int
    sha256: str
    articles: int
    pictures: int
    status: BookStatus = BookStatus.WRITTEN
