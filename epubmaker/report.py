"""What happened in a build, as JSON and as the few lines a person wants to read.

The JSON is a contract (docs/report.md): version 1, the fields below, no other.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from epubmaker.addresses import site
from epubmaker.errors import OutputError
from epubmaker.model.articles import Entry, Issue
from epubmaker.model.books import Book
from epubmaker.packager.publish import PendingFile, output_errors

if TYPE_CHECKING:
    from epubmaker.model.pictures import PictureResult

__all__ = ["ArticleRecord", "PictureRecord", "Report", "human_size"]

_VERSION = 1


@dataclass(frozen=True, slots=True)
class ArticleRecord:
    """One article as it went into a book; `chapter` is its first document's name inside the package folder."""

    source: str
    title: str
    url: str | None
    published: datetime | None
    language: str
    chapter: str
    pictures: int

    @classmethod
    def of(cls, entry: Entry, language: str, chapter: str, pictures: int) -> ArticleRecord:
        """Return the record of an article whose chapter is in that language and holds so many pictures."""
        return cls(entry.label, entry.title, entry.link, entry.date, language, chapter, pictures)


@dataclass(frozen=True, slots=True)
class PictureRecord:
    """What became of one picture address; widths and heights are those of the first file."""

    url: str
    status: Literal["embedded", "missing", "skipped"]
    reason: str | None = None
    file: str | None = None
    from_cache: bool = False
    bytes_in: int = 0
    bytes_out: int = 0
    width: int = 0
    height: int = 0

    @classmethod
    def of(cls, result: PictureResult) -> PictureRecord:
        """Return the record of a picture, embedded or not."""
        from epubmaker.model.pictures import FetchFailed  # noqa: PLC0415 - there are none in an unchanged book

        if isinstance(result, FetchFailed):
            return cls(url=result.url, status=result.status, reason=result.reason)
        first = result.files[0]
        return cls(
            url=result.url,
            status="embedded",
            file=first.name,
            from_cache=result.from_cache,
            bytes_in=result.bytes_in,
            bytes_out=sum(file.size for file in result.files),
            width=first.width,
            height=first.height,
        )


@dataclass(frozen=True, slots=True)
class Report:
    """Everything a build did, in input order."""

    books: tuple[Book, ...] = ()
    articles: tuple[ArticleRecord, ...] = ()
    pictures: tuple[PictureRecord, ...] = ()
    issues: tuple[Issue, ...] = ()
    seconds: Mapping[str, float] = field(default_factory=dict)

    @property
    def warnings(self) -> int:
        """How many issues there are, of either severity."""
        return len(self.issues)

    @property
    def errors(self) -> int:
        """How many issues are errors."""
        return sum(issue.severity == "error" for issue in self.issues)

    def to_json(self) -> str:
        """Return the report as a JSON document."""
        document = {
            "version": _VERSION,
            "books": [_book(book) for book in self.books],
            "articles": [_record(article) for article in self.articles],
            "pictures": [_record(picture) for picture in self.pictures],
            "issues": [_record(issue) for issue in self.issues],
            "seconds": {name: round(value, 3) for name, value in self.seconds.items()},
        }
        return json.dumps(document, ensure_ascii=False, indent=1) + "\n"

    def write(self, path: Path) -> None:
        """Write the JSON to a file, whole or not at all.

        Raises OutputError when that fails.
        """
        try:
            with output_errors(path, "--report"):
                file = PendingFile(path)
                try:
                    # A title may hold half a surrogate pair, which UTF-8 has no form for.
                    file.file.write(self.to_json().encode("utf-8", "backslashreplace"))
                    file.publish()
                finally:
                    file.discard()
        except OutputError as error:
            cause = f"the book is made, but the report cannot be written: {error.cause}"
            raise OutputError(path, cause, error.advice) from error

    def summary(self) -> Iterable[str]:
        """Yield the lines for the end of a build: each book, its size, what it holds; what is missing and why."""
        for book in self.books:
            unchanged = " (unchanged)" if book.status == "unchanged" else ""
            yield f"{book.path}{unchanged}: {book.title}"
            yield f"{human_size(book.size)}, {_count(book.articles, 'article')}, {_count(book.pictures, 'picture')}"
        yield self._missing()

    def _missing(self) -> str:
        reasons = Counter(_why(record) for record in self.pictures if record.status == "missing")
        articles = Counter(issue.code for issue in self.issues if issue.severity == "error")
        parts = [f"{_count(reasons.total(), 'picture')} missing ({_tally(reasons)})"] if reasons else []
        parts += [f"{_count(articles.total(), 'error')} ({_tally(articles)})"] if articles else []
        return "; ".join(parts) or "nothing is missing"


def human_size(size: int) -> str:
    """Return a size in bytes as a person reads it: "812 B", "14 KB", "3.2 MB"."""
    if size < 1000:
        return f"{size} B"
    if size < 1_000_000:
        return f"{size / 1000:.0f} KB"
    return f"{size / 1_000_000:.1f} MB"


def _why(record: PictureRecord) -> str:
    host = site(record.url)
    return f"{record.reason}, {host}" if host else record.reason or "unknown"


def _tally(reasons: Counter[str], most: int = 3) -> str:
    shown = [f"{count} × {reason}" if count > 1 else reason for reason, count in reasons.most_common(most)]
    others = reasons.total() - sum(count for _, count in reasons.most_common(most))
    return "; ".join([*shown, f"{others} for other reasons"] if others else shown)


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def _record(value: ArticleRecord | PictureRecord | Issue) -> dict[str, Any]:
    names = type(value).__dataclass_fields__
    return {name: _plain(getattr(value, name)) for name in names}


def _plain(value: object) -> object:
    if not isinstance(value, datetime):
        return value
    moment = value.astimezone(UTC).replace(tzinfo=None)
    return f"{moment.isoformat(timespec='seconds')}Z"  # not strftime, whose years before 1000 have three digits


def _book(book: Book) -> dict[str, Any]:
    return {
        "path": str(book.path),
        "title": book.title,
        "bytes": book.size,
        "sha256": book.sha256,
        "articles": book.articles,
        "pictures": book.pictures,
    }
