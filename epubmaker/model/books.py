"""What the packager makes: a book, and what it says of itself."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from epubmaker.model.articles import Issue

__all__ = ["Book", "BookStatus", "Metadata"]


@dataclass(frozen=True, slots=True)
class Metadata:
    """What the package document says of the book; see EPUB 3.3, section 5.5.

    `sort_title` is what libraries file it under where that is not the title. `series` is the periodical or series that the
    book is an issue of, `series_index` its number there (from the date: 20220112). `sources` and `excerpt` (the sites, the
    articles' first lines) tell libraries about a book that has no author or description of its own.
    """

    title: str
    language: str
    identifier: str
    modified: datetime
    authors: tuple[str, ...] = ()
    publisher: str | None = None
    description: str | None = None
    date: datetime | None = None
    sort_title: str | None = None
    subjects: tuple[str, ...] = ()
    series: str | None = None
    series_index: int | None = None
    sources: tuple[str, ...] = ()
    excerpt: str | None = None


class BookStatus(StrEnum):
    """What became of the file at the output."""

    WRITTEN = "written"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class Book:
    """A book that was published."""

    path: Path
    title: str
    size: int
    sha256: str
    articles: int
    pictures: int
    status: BookStatus = BookStatus.WRITTEN
    issues: tuple[Issue, ...] = field(default=())
