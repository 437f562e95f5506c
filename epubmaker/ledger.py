"""Takes notes while a book is built, in the order in which things reach the book; ends as a `Report`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from epubmaker.model import Book, Chapter, Issue, Picture, PictureResult
from epubmaker.report import ArticleRecord, PictureRecord, Report

__all__ = ["Ledger"]


@dataclass(slots=True)
class Ledger:
    """The one mutable record of a build; holds what the contents and the report need of each chapter, and no text."""

    books: list[Book] = field(default_factory=list)
    articles: list[ArticleRecord] = field(default_factory=list)
    issues: list[Issue] = field(default_factory=list)
    languages: Counter[str] = field(default_factory=Counter)
    _pictures: dict[str, PictureRecord] = field(default_factory=dict)
    _embedded: dict[str, Picture] = field(default_factory=dict)

    def add_chapter(self, chapter: Chapter) -> None:
        """Note a chapter that went into the book, and what is to be said of its article."""
        self.articles.append(ArticleRecord.of(chapter))
        self.languages[chapter.language] += 1
        self.issues.extend([*chapter.entry.issues, *chapter.issues])

    def add_picture(self, result: PictureResult) -> None:
        """Note what became of a picture; the same address counts once."""
        if result.url in self._pictures:
            return
        self._pictures[result.url] = PictureRecord.of(result)
        if isinstance(result, Picture):
            self._embedded.setdefault(result.files[0].name, result)
            self.issues.extend(result.issues)
        elif result.status == "missing":
            self.issues.append(Issue(result.code, "warning", result.url, result.reason))

    @property
    def language(self) -> str:
        """The language of most articles; of equal numbers, the first in reading order."""
        return self.languages.most_common(1)[0][0]

    @property
    def missing(self) -> int:
        """How many pictures could not be had."""
        return sum(record.status == "missing" for record in self._pictures.values())

    @property
    def pictures(self) -> tuple[Picture, ...]:
        """The pictures in the book, each file once, in reading order."""
        return tuple(self._embedded.values())

    def report(self, seconds: Mapping[str, float]) -> Report:
        """Return the report of all that was noted."""
        return Report(
            books=tuple(self.books),
            articles=tuple(self.articles),
            pictures=tuple(self._pictures.values()),
            issues=tuple(self.issues),
            seconds=seconds,
        )
