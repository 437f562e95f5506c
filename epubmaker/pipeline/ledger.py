"""Collects what the report and the pages around the chapters need of each chapter, in reading order."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from epubmaker.model.articles import Entry, Issue
from epubmaker.model.chapters import LeftOut, PictureAnchor, Weight
from epubmaker.model.pictures import FetchFailed, Picture, PictureResult
from epubmaker.packager.cover.shortlist import Shortlist
from epubmaker.packager.writer import weigh
from epubmaker.pipeline.chapters import FinishedChapter
from epubmaker.report import ArticleRecord, PictureRecord
from epubmaker.text.characters import plain
from epubmaker.text.documents import first_document

__all__ = ["Ledger"]


@dataclass(slots=True)
class Ledger:
    """The mutable record of a book in the making. It holds no text of chapters.

    `anchors` are where pictures are shown, kept only with `keep_anchors`, since their captions take much memory.
    `weights` are those of the chapters, kept only with `keep_weights`, and `standfirsts` with `keep_standfirsts`;
    `excerpt` are the first lines of the book; `hashes` are the SHA-256 of the articles' files. `likely` are pictures
    for the cover; `missing` counts those that could not be fetched, `lost` by reason those of them for which the
    network failed.
    """

    keep_anchors: bool = False
    keep_weights: bool = False
    keep_standfirsts: bool = False
    issues: list[Issue] = field(default_factory=list)
    excerpt: str = ""
    anchors: list[PictureAnchor] = field(default_factory=list)
    likely: Shortlist = field(default_factory=Shortlist)
    missing: int = 0
    lost: Counter[str] = field(default_factory=Counter)
    hashes: list[str | None] = field(default_factory=list)
    weights: list[Weight] = field(default_factory=list)
    chapter_languages: list[str] = field(default_factory=list)
    reading_times: list[int] = field(default_factory=list)
    standfirsts: list[str] = field(default_factory=list)
    _chapter_pictures: list[int] = field(default_factory=list)
    _dropped: list[int] = field(default_factory=list)
    _left_out: list[LeftOut] = field(default_factory=list)
    _languages: Counter[str] = field(default_factory=Counter)
    _sources: Counter[str] = field(default_factory=Counter)
    _pictures: dict[str, PictureRecord] = field(default_factory=dict)

    def add(self, finished: FinishedChapter) -> None:
        """Note a chapter that went into the book, its pictures, and the issues of its article."""
        for result in finished.pictures:
            self._add_picture(result)
        self.hashes.append(finished.sha256)
        chapter = finished.chapter
        entry, language = chapter.entry, chapter.language
        if self.keep_weights:
            self.weights.append(weigh(chapter))
        self._languages[language] += 1
        self.chapter_languages.append(sys.intern(language))
        self.reading_times.append(chapter.seconds)
        self.standfirsts.append(chapter.standfirst if self.keep_standfirsts else "")
        self._chapter_pictures.append(len(chapter.pictures))
        self._dropped.append(chapter.dropped)
        self._left_out.append(chapter.left_out)
        if entry.source:
            self._sources[entry.source] += 1
        self.excerpt = self.excerpt or chapter.excerpt
        if self.keep_anchors:
            self.anchors.extend(replace(anchor, article=plain(entry.title)) for anchor in chapter.anchors)
        self.issues.extend((*entry.issues, *chapter.issues))

    def _add_picture(self, result: PictureResult) -> None:
        """Note the result of a picture; the same address counts once."""
        if result.url in self._pictures:
            return
        self._pictures[result.url] = _picture_record(result)
        if isinstance(result, Picture):
            self.likely.add(result)
            self.issues.extend(result.issues)
        elif result.status == "missing":
            self.missing += 1
            if result.kind in {"network", "given-up"}:  # which may be over soon
                self.lost[result.reason] += 1
            self.issues.append(Issue(result.code, "warning", result.url, result.reason))

    def articles(self, entries: Iterable[Entry]) -> Iterator[ArticleRecord]:
        """Yield the records of the articles, whose chapters were noted in that order."""
        lacking = zip(self._dropped, self._left_out, strict=True)
        chapters = zip(entries, self.chapter_languages, self._chapter_pictures, lacking, strict=True)
        for entry, language, pictures, (dropped, left_out) in chapters:
            record = ArticleRecord.of(entry, language, first_document(entry), pictures, dropped)
            yield record.without(dict(left_out.counts), left_out.characters)

    @property
    def language(self) -> str:
        """The language of most articles; of equal numbers, the first in reading order."""
        return self._languages.most_common(1)[0][0]

    def sources(self, most: int) -> tuple[str, ...]:
        """Return the sources that most articles come from."""
        return tuple(name for name, _ in self._sources.most_common(most))

    @property
    def pictures(self) -> tuple[PictureRecord, ...]:
        """The result of each picture address, in reading order."""
        return tuple(self._pictures.values())


def _picture_record(result: PictureResult) -> PictureRecord:
    """Return the record of a picture, embedded or not."""
    if isinstance(result, FetchFailed):
        return PictureRecord(result.url, result.status, result.reason, code=result.code, kind=result.kind)
    first = result.files[0]
    return PictureRecord(
        url=result.url,
        status="embedded",
        file=first.name,
        from_cache=result.from_cache,
        bytes_in=result.bytes_in,
        bytes_out=sum(file.size for file in result.files),
        width=first.width,
        height=first.height,
    )
