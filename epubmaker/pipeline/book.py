"""Makes one book of a plan: articles to chapters in order, then what stands around them."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from epubmaker.model.articles import Issue, Plan
from epubmaker.model.books import Book, Metadata
from epubmaker.model.chapters import DocumentForm, PackedChapter, Weight
from epubmaker.options import Options, PictureSettings
from epubmaker.packager.container import unpack
from epubmaker.packager.forms.adobe import simplify
from epubmaker.packager.forms.kepub import add_spans
from epubmaker.packager.pages import count_of, date_range, title_beside_dates
from epubmaker.packager.toc import Contents, ContentsGroup, ContentsItem, group_heading
from epubmaker.packager.writer import Adapt, BookWriter, weigh
from epubmaker.pipeline.chapters import Means, production
from epubmaker.pipeline.ledger import Ledger
from epubmaker.pipeline.volumes import Frame, size_of
from epubmaker.report import ArticleRecord, PictureRecord, human_size
from epubmaker.text.addresses import site
from epubmaker.text.documents import first_document
from epubmaker.text.naming import book_identifier, modified, sort_title

__all__ = ["Assembled", "Order", "TooLarge", "assemble"]

_ADAPT: dict[DocumentForm, Adapt | None] = {"epub": None, "kepub": add_spans, "adobe": simplify}
_MOST_SOURCES = 3  # that stand for the authors
_LISTS = 3_500  # bytes of the pages and lists of a book of one article


@dataclass(frozen=True, slots=True)
class Assembled:
    """A book that was published, and what the report says of it.

    `hashes` are the SHA-256 of its articles' files, in order; None for each that could not be read.
    """

    book: Book
    articles: Sequence[ArticleRecord]
    pictures: Sequence[PictureRecord]
    issues: Sequence[Issue]
    hashes: Sequence[str | None]


@dataclass(frozen=True, slots=True)
class TooLarge:
    """A book that was given up because it would be larger than allowed.

    `size` is what it would have, `weights` are those of its articles in order, and `frame` is the rest. Where it was given
    up before its end, these are of the part that was made, and `text_alone` tells whether that is too large without
    pictures already.
    """

    size: int
    weights: Sequence[Weight] = ()
    frame: Frame = field(default_factory=Frame)
    text_alone: bool = False


@dataclass(frozen=True, slots=True)
class Order:
    """Which book to make, with pictures of the settings given: those of the options, or lower ones, also for the cover.

    With a `limit` in bytes, a larger book is given up: at once, or, to be weighed whole (`weigh`), after its last article.
    """

    options: Options
    plan: Plan
    title: str
    output: Path
    css: bytes
    pictures: PictureSettings
    limit: int | None = None
    weigh: bool = False


def assemble(order: Order, means: Means, done: Callable[[int], None]) -> Assembled | TooLarge:
    """Make one book and publish it. `done` hears how many articles are in the book.

    Raises OutputError when the book cannot be written; an older one then stays as it was.
    """
    plan = order.plan
    ledger = Ledger(keep_places=order.options.picture_list)
    hashes: list[str | None] = []
    weights: list[Weight] = []
    limit = float("inf") if order.limit is None else order.limit
    form = order.options.device.form
    document_form = _document_form(order.options)
    with BookWriter(order.output, order.css, adapt=_ADAPT[document_form]) as writer:
        bare = writer.size
        with closing(production(plan.entries, means, writer.pack, ledger, document_form)) as chapters:
            for count, made in enumerate(chapters, start=1):
                writer.add_chapter(made.chapter, only_list=writer.size > limit)
                ledger.add_chapter(made.chapter)
                hashes.append(made.sha256)
                if order.limit is not None:
                    weights.append(weigh(made.chapter))
                if writer.size > limit and not order.weigh:
                    text = bare + sum(weight.documents for weight in weights)
                    return TooLarge(writer.size, text_alone=text > limit)
                if made.chapter.pictures:
                    ledger.issues += _heavy(made.chapter, form.document_bytes)
                done(count)
        metadata = _metadata(order, ledger)
        ledger.issues += _unlisted(metadata.language, form.languages)
        contents = _contents(plan, ledger, metadata.language)
        cover = _cover(order, metadata, contents, ledger)
        chapters_end = writer.size
        writer.complete(metadata, contents, cover=cover, missing=ledger.missing, pictures=ledger.places)
        if writer.size > limit:
            return _weighed(weights, bare + len(cover or b""), writer.size - chapters_end - len(cover or b""))
        return Assembled(writer.publish(), tuple(ledger.articles(plan.entries)), ledger.pictures, ledger.issues, hashes)


def _weighed(weights: Sequence[Weight], bare: int, lists: int) -> TooLarge:
    """Return what is to be known of a book to cut it into volumes.

    `bare` are the bytes of what every volume has as it is, `lists` those of all pages and lists around the chapters.
    """
    fixed = min(lists, _LISTS)
    frame = Frame(bare + fixed, (lists - fixed) / len(weights))
    return TooLarge(size_of(weights, frame), weights, frame)


# --- the device's quirks ---------------------------------------------------------------------------------------------


def _document_form(options: Options) -> DocumentForm:
    """Return the form that the device's engine needs documents in."""
    if options.kepub:
        return "kepub"
    form = options.device.form
    return "epub" if form.mathml and form.ruby else "adobe"


def _heavy(chapter: PackedChapter, limit: int | None) -> Iterator[Issue]:
    """Yield what is to be said of documents with more bytes of pictures than the device should get at once."""
    files = {file.name: file for picture in chapter.pictures for file in picture.files}
    if limit is None or sum(file.size for file in files.values()) <= limit:
        return
    for document in chapter.documents:
        content = unpack(document)
        size = sum(file.size for file in files.values() if file.name.encode() in content)
        if size > limit:
            message = f"{human_size(size)} of pictures in one file, for which the device may have no memory"
            advice = f"lower --image-quality or --image-max-size to get below {human_size(limit)}"
            yield Issue("document-heavy", "warning", chapter.entry.label, f"{message}; {advice}")


def _unlisted(language: str, listed: Collection[str]) -> Iterator[Issue]:
    """Yield what is to be said of a language that the device's vendor does not list, if it lists any."""
    if listed and language.partition("-")[0] not in listed:
        message = f"the vendor does not list the language {language!r} and may refuse the book"
        yield Issue("language-unlisted", "warning", "book", f"{message}; if it does, give a near one with --language")


# --- the book around them --------------------------------------------------------------------------------------------


def _metadata(order: Order, ledger: Ledger) -> Metadata:
    options, plan = order.options, order.plan
    language = options.language or ledger.language
    newest = max((entry.date for entry in plan.entries if entry.date), default=None)
    return Metadata(
        title=order.title,
        language=language,
        identifier=options.identifier or book_identifier(plan),
        modified=modified(plan, os.environ),
        authors=options.authors,
        publisher=options.publisher,
        description=options.description,
        date=newest,
        sort_title=sort_title(order.title, language),
        subjects=options.subjects,
        series=options.series,
        sources=ledger.sources(_MOST_SOURCES),
        excerpt="\n".join(ledger.excerpts) or None,
        series_index=int(newest.strftime("%Y%m%d")) if newest else None,
    )


def _contents(plan: Plan, ledger: Ledger, language: str) -> Contents:
    languages = iter(ledger.chapter_languages)
    groups = []
    for group in plan.groups:
        # Languages first would take one too many from the iterator at the end of each group.
        items = tuple(
            ContentsItem.of(entry.title, first_document(entry), own, site(entry.link) or "", entry.date)
            for entry, own in zip(group.entries, languages, strict=False)
        )
        groups.append(ContentsGroup(group_heading(plan.grouped_by, group.key, language), items))
    return Contents(tuple(groups), by_day=plan.grouped_by == "day")


def _cover(order: Order, metadata: Metadata, contents: Contents, ledger: Ledger) -> bytes | None:
    options = order.options
    if not options.cover and not options.draw_cover:
        return None
    from epubmaker.packager.cover.draw import CoverText, draw_cover, fit_cover, pick  # noqa: PLC0415 - Pillow, 60 ms

    gray, quality = options.pictures.gray, None if order.pictures == options.pictures else order.pictures.quality
    if options.cover:
        cover = fit_cover(options.cover, gray=gray, quality=quality)
    else:
        items = tuple(contents.items)
        strongest = pick(ledger.likely)
        text = CoverText(
            title=title_beside_dates(metadata.title, items),
            subtitle=date_range(items, metadata.language),
            line=count_of("article", len(items), metadata.language),
            language=metadata.language,
        )
        art = strongest.files[0].path if strongest else None
        cover = draw_cover(text, art, height=options.device.form.cover_height, gray=gray, quality=quality)
    ledger.issues.extend(cover.issues)
    return cover.data
