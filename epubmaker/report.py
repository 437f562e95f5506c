"""The report of a build, as a value and as JSON; `summary` puts it into words.

The JSON has exactly the fields below, and is a public interface: docs/report.md, version 2.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal, NamedTuple

from epubmaker.errors import OutputError
from epubmaker.model.articles import Entry, Issue
from epubmaker.model.books import Book
from epubmaker.model.pictures import FailureKind
from epubmaker.storage.publish import PendingFile, output_errors
from epubmaker.text.timezones import UTC_NAME, iso

__all__ = [
    "LEFT_OUT",
    "ArticleRecord",
    "Intake",
    "Mailed",
    "PictureRecord",
    "Report",
    "human_size",
    "program_version",
    "reasons",
]

_VERSION = 2
LEFT_OUT = (
    "duplicate",
    "link-only",
    "known",
    "undated",
    "other-day",
    "other-source",
    "no-match",
    "excluded",
    "beyond-limit",
    "unreadable",
    "outside",
)
"""Why articles are in no book."""


class ArticleRecord(NamedTuple):
    """One article of a book; `chapter` is its first document inside the package folder, with `#id` on a shared page.

    `dropped` counts the characters that `--drop-repeated` took away, `left_out` by kind the furniture of the article's page
    that is not in the book, and `left_out_characters` the text of that.
    """

    source: str
    title: str
    url: str | None
    published: datetime | None
    language: str
    chapter: str
    pictures: int
    dropped: int = 0
    left_out: Mapping[str, int] = MappingProxyType({})
    left_out_characters: int = 0

    @classmethod
    def of(cls, entry: Entry, language: str, chapter: str, pictures: int, dropped: int) -> ArticleRecord:
        """Return the record of an article, with what its chapter says of itself."""
        return cls(entry.label, entry.title, entry.link, entry.date, language, chapter, pictures, dropped)

    def without(self, left_out: Mapping[str, int], characters: int) -> ArticleRecord:
        """Return the record with what was left out."""
        return self._replace(left_out=left_out, left_out_characters=characters) if left_out else self


class PictureRecord(NamedTuple):
    """The result for one picture address; width and height are those of its first file.

    `code` and `kind` are those of its failure (see `model.pictures.FetchFailed`).
    """

    url: str
    status: Literal["embedded", "missing", "skipped"]
    reason: str | None = None
    file: str | None = None
    from_cache: bool = False
    bytes_in: int = 0
    bytes_out: int = 0
    width: int = 0
    height: int = 0
    code: str | None = None
    kind: FailureKind | None = None


@dataclass(frozen=True, slots=True)
class Intake:
    """The articles in the inputs, and those of them that are in no book.

    `found` counts the articles, those that cannot be read among them; `left_out` those that are in no book, by the reason:
    one of `LEFT_OUT`. `not_read` counts files of other kinds by ending.
    """

    found: int = 0
    left_out: Mapping[str, int] = field(default_factory=dict)
    not_read: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def of(
        cls, found: int, issues: Iterable[Issue], left_out: Mapping[str, int], not_read: Mapping[str, int]
    ) -> Intake:
        """Count the `found` articles that could be read, and those that are left out with an issue or without one."""
        counts = Counter(left_out)
        counts.update(reasons(issues))
        return cls(
            found + counts["unreadable"] + counts["outside"],
            {reason: counts[reason] for reason in LEFT_OUT if counts[reason]},
            dict(sorted(not_read.items())),
        )


def reasons(issues: Iterable[Issue]) -> Iterator[str]:
    """Yield, for each issue of an article that is left out, the reason: one of `LEFT_OUT`."""
    for issue in issues:
        reason = "unreadable" if issue.severity == "error" else issue.code.removeprefix("article-")
        if reason in LEFT_OUT:
            yield reason


class Mailed(NamedTuple):
    """A book that was sent by mail, and to whom."""

    book: Path
    to: str


@dataclass(frozen=True, slots=True)
class Report:
    """The result of a build. `checked`: EPUBCheck was run on the books.

    `repeating` are large sources that repeat more than half of their text, unless that was dropped. `time_zone` is the
    name of that of the days and times. `volumes_left` and `volumes_removed` are volumes of earlier runs that are no longer
    made. `shelved` are the copies of the books on the shelf, `shelf_removed` the books that went from there.
    `copied` is where they lie on a reader. `mailed` are those that were sent, also of earlier runs.
    `exit_status` is that of the command line; `error` is why there is no new book.
    """

    books: tuple[Book, ...] = ()
    articles: tuple[ArticleRecord, ...] = ()
    pictures: tuple[PictureRecord, ...] = ()
    issues: tuple[Issue, ...] = ()
    seconds: Mapping[str, float] = field(default_factory=dict)
    intake: Intake = Intake()
    checked: bool = False
    repeating: tuple[str, ...] = ()
    time_zone: str = UTC_NAME
    volumes_left: tuple[Path, ...] = ()
    volumes_removed: tuple[Path, ...] = ()
    shelved: tuple[Path, ...] = ()
    shelf_removed: tuple[Path, ...] = ()
    copied: tuple[Path, ...] = ()
    mailed: tuple[Mailed, ...] = ()
    exit_status: int = 0
    error: str | None = None

    @classmethod
    def of_all(cls, reports: Sequence[Report]) -> Report:
        """Return one report of several books; what several of them say stands there once."""
        if len(reports) == 1:
            return reports[0]
        return cls(
            books=tuple(book for report in reports for book in report.books),
            articles=tuple(article for report in reports for article in report.articles),
            pictures=tuple({record.url: record for report in reports for record in report.pictures}.values()),
            issues=tuple(dict.fromkeys(issue for report in reports for issue in report.issues)),
            repeating=tuple(dict.fromkeys(source for report in reports for source in report.repeating)),
        )

    @property
    def warnings(self) -> int:
        """How many issues there are, of either severity."""
        return len(self.issues)

    @property
    def errors(self) -> int:
        """How many issues are errors."""
        return sum(issue.severity == "error" for issue in self.issues)

    @property
    def undelivered(self) -> tuple[Issue, ...]:
        """What failed once the books were written: see `epubmaker.delivery`."""
        return tuple(issue for issue in self.issues if issue.code.startswith("delivery-"))

    def to_json(self) -> str:
        """Return the report as a JSON document."""
        document = {
            "version": _VERSION,
            "program": f"epubmaker {program_version()}",
            "exit_status": self.exit_status,
            "error": self.error,
            "found": self.intake.found,
            "left_out": dict(self.intake.left_out),
            "not_read": dict(self.intake.not_read),
            "books": [_book(book) for book in self.books],
            "articles": [_record(article) for article in self.articles],
            "pictures": [_record(picture) for picture in self.pictures],
            "issues": [_record(issue) for issue in self.issues],
            "volumes_left": list(map(str, self.volumes_left)),
            "volumes_removed": list(map(str, self.volumes_removed)),
            "shelved": list(map(str, self.shelved)),
            "shelf_removed": list(map(str, self.shelf_removed)),
            "copied": list(map(str, self.copied)),
            "mailed": [{"book": str(book), "to": to} for book, to in self.mailed],
            "repeating": list(self.repeating),
            "checked": self.checked,
            "time_zone": self.time_zone,
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
                    # A title may hold half a surrogate pair, which UTF-8 cannot encode.
                    file.file.write(self.to_json().encode("utf-8", "backslashreplace"))
                    file.publish()
                finally:
                    file.discard()
        except OutputError as error:
            cause = f"the book is made, but the report cannot be written: {error.cause}"
            raise OutputError(path, cause, error.advice) from error


def program_version() -> str:
    """Return the version of epubmaker as it is installed; "0" where it is not."""
    from importlib import metadata  # noqa: PLC0415 - 10 ms, and most builds write no report

    try:
        return metadata.version("epubmaker")
    except metadata.PackageNotFoundError:
        return "0"


def human_size(size: int) -> str:
    """Return a size in bytes for people: "812 B", "14 KB", "3.2 MB"."""
    if size < 1000:
        return f"{size} B"
    if size < 1_000_000:
        return f"{size / 1000:.0f} KB"
    return f"{size / 1_000_000:.1f} MB"


def _record(value: ArticleRecord | PictureRecord | Issue) -> dict[str, Any]:
    return {name: _plain(field) for name, field in value._asdict().items()}


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return dict(value)
    return iso(value) if isinstance(value, datetime) else value


def _book(book: Book) -> dict[str, Any]:
    return {
        "path": str(book.path),
        "status": book.status.value,
        "title": book.title,
        "bytes": book.size,
        "sha256": book.sha256,
        "articles": book.articles,
        "pictures": book.pictures,
    }
