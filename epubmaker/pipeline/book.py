"""Makes one book: its chapters in order, then metadata, table of contents and cover."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import datetime
from html import unescape
from itertools import chain, groupby
from math import ceil
from operator import itemgetter
from pathlib import Path

from epubmaker.errors import PicturesMissingError
from epubmaker.model.articles import Issue, Plan, SharedPage
from epubmaker.model.books import MANY_ARTICLES, Book, CoverPicture, Metadata
from epubmaker.model.chapters import DocumentForm, PackedChapter, Weight
from epubmaker.options import Options, PictureSettings
from epubmaker.order import Order
from epubmaker.packager.container import unpack
from epubmaker.packager.contents import Contents, ContentsGroup, ContentsItem, group_heading, headlines
from epubmaker.packager.pages import count_of, date_range
from epubmaker.packager.writer import BookWriter
from epubmaker.pipeline.chapters import chapters, document_form
from epubmaker.pipeline.ledger import Ledger
from epubmaker.pipeline.session import Session
from epubmaker.pipeline.volumes import Frame, size_of
from epubmaker.report import ArticleRecord, PictureRecord, human_size
from epubmaker.text.authors import authors_of_all, contributors
from epubmaker.text.documents import first_document
from epubmaker.text.naming import book_identifier, heading, issue_identifier, modified, position, sort_title
from epubmaker.text.volumetitles import volume_sort_title, volume_title

__all__ = ["Attempt", "FinishedBook", "Misfit", "make_book"]

_MOST_SOURCES = 3  # sites that stand for the authors
_MOST_CONTRIBUTORS = 20  # authors of articles that the metadata names
_MAX_MONTHS = 24  # of a table of contents without headings of years
_HEADLINES, _LEAST_FOR_HEADLINES = 5, 2  # articles that the title page names, and the fewest of a book that does
_LEAST_PICTURES = 10  # of a book that must not lose too many of them


@dataclass(frozen=True, slots=True)
class Attempt:
    """How to try to make a book: with pictures, also on the cover, of these settings, and within `limit` bytes.

    A book that gets larger is given up at once or, with `weigh`, once the sizes of all its articles are known. One that has
    fewer than `least` bytes is given up at its end.
    """

    pictures: PictureSettings
    limit: int | None = None
    weigh: bool = False
    least: int = 0


@dataclass(frozen=True, slots=True)
class FinishedBook:
    """A published book, and its part of the report.

    `hashes` are the SHA-256 of its articles' files, in order; None for each that could not be read.
    """

    book: Book
    articles: Sequence[ArticleRecord]
    pictures: Sequence[PictureRecord]
    issues: Sequence[Issue]
    hashes: Sequence[str | None]


@dataclass(frozen=True, slots=True)
class Misfit:
    """A book that was given up because of its size.

    `size` is the whole book's; of a book that was given up before its end, that of the part that was made, and
    `text_alone` tells whether that part is too large even without its pictures. Where a book was to be weighed, `weights`
    are those of its articles in order, and `frame` is the rest.
    """

    size: int
    text_alone: bool = False
    weights: Sequence[Weight] = ()
    frame: Frame = field(default_factory=Frame)


def make_book(order: Order, session: Session, attempt: Attempt) -> FinishedBook | Misfit:
    """Make one book and publish it.

    Raises OutputError when the book cannot be written, and PicturesMissingError when it lacks too many pictures to replace
    an older one, which then stays as it was.
    """
    ledger = Ledger(
        keep_anchors=order.options.picture_list,
        keep_weights=attempt.limit is not None,
        keep_standfirsts=len(order.plan.entries) <= MANY_ARTICLES,
    )
    limit = float("inf") if attempt.limit is None else attempt.limit
    css, _ = session.stylesheet
    with BookWriter(order.output, css, form=document_form(order.options)) as book:
        size = bare = book.size
        with closing(chapters(order, session, attempt.pictures)) as coming:
            for finished in coming:
                book.add_chapter(finished.chapter, only_list=size > limit)
                size = book.size
                ledger.add(finished)
                ledger.issues += _heavy(finished.chapter, order.options.device.rendition.document_bytes)
                if size > limit and not attempt.weigh:
                    text = bare + sum(weight.documents for weight in ledger.weights)
                    return Misfit(size, text_alone=text > limit)
                session.show_articles(len(ledger.hashes))
        metadata = _metadata(order, ledger)
        ledger.issues += _unlisted(metadata.language, order.options.device.rendition.languages)
        contents = _contents(order, ledger, metadata.language)
        cover = _cover(order, attempt.pictures, metadata, contents, ledger)
        chapters_end = book.size
        # A book that is too large already is weighed with the lists that its volumes will have.
        book.complete(
            metadata,
            contents,
            cover=cover,
            missing=ledger.missing,
            minutes=round(sum(ledger.reading_times) / 60),
            headlines=_headlines(contents, ledger.reading_times),
            pictures=ledger.anchors,
            every_article=chapters_end > limit,
        )
        if attempt.weigh and book.size > limit:
            around = book.size - chapters_end + bare
            least = _least(order.output, css, document_form(order.options), metadata, contents, cover)
            return _weighed(ledger.weights, around, least)
        if not attempt.least <= book.size <= limit:
            return Misfit(book.size)
        _refuse_to_replace(order, ledger, session)
        records = tuple(ledger.articles(order.plan.entries))
        return FinishedBook(book.publish(), records, ledger.pictures, ledger.issues, ledger.hashes)


def _refuse_to_replace(order: Order, ledger: Ledger, session: Session) -> None:
    """Raise PicturesMissingError where an outage of the network would cost an older book its pictures."""
    lost, total = ledger.lost.total(), sum(record.status != "skipped" for record in ledger.pictures)
    most = order.options.max_missing
    if (
        total >= _LEAST_PICTURES
        and lost * 100 > most * total
        and order.output.is_file()
        and order.output.stat().st_size
    ):
        issues = (*session.so_far.issues, *ledger.issues)
        session.so_far = replace(session.so_far, pictures=ledger.pictures, issues=issues)
        reason, _ = ledger.lost.most_common(1)[0]
        cause = f"the network failed for {lost:,} of {total:,} pictures ({reason}), and an older book stays"
        raise PicturesMissingError(order.output, cause, "try again later, or give --max-missing 100")


def _least(  # noqa: PLR0917 - what a book is made of
    output: Path, css: bytes, form: DocumentForm, metadata: Metadata, contents: Contents, cover: CoverPicture | None
) -> int:
    """Return the bytes of the book if its only article were its first one, and empty."""
    first = replace(contents.groups[0], items=contents.groups[0].items[:1])
    with BookWriter(output, css, form=form) as book:
        book.complete(metadata, replace(contents, groups=(first,)), cover=cover)
        return book.size


def _weighed(weights: Sequence[Weight], around: int, least: int) -> Misfit:
    """Return the figures by which a book is cut into volumes.

    `around` are the bytes of all that is no chapter, `least` those of a book with one article that is empty.
    """
    each = max(0.0, (around - least) / max(1, len(weights) - 1))
    frame = Frame(least - ceil(each), each)
    return Misfit(size_of(weights, frame), weights=weights, frame=frame)


# --- limits of the device --------------------------------------------------------------------------------------------


def _heavy(chapter: PackedChapter, limit: int | None) -> Iterator[Issue]:
    """Yield an issue for each document with more bytes of pictures than the device has memory for."""
    if limit is None or not chapter.pictures:
        return
    files = {file.name: file for picture in chapter.pictures for file in picture.files}
    if sum(file.size for file in files.values()) <= limit:
        return
    for document in chapter.documents:
        content = unpack(document)
        size = sum(file.size for file in files.values() if file.name.encode() in content)
        if size > limit:
            message = f"{human_size(size)} of pictures in one file, for which the device may have no memory"
            advice = f"lower --image-quality or --image-max-size to get below {human_size(limit)}"
            yield Issue("document-heavy", "warning", chapter.entry.label, f"{message}; {advice}")


def _unlisted(language: str, listed: Collection[str]) -> Iterator[Issue]:
    """Yield an issue for a language that the device's vendor does not list, if it lists any."""
    if listed and language.partition("-")[0] not in listed:
        message = f"the vendor does not list the language {language!r} and may refuse the book"
        yield Issue("language-unlisted", "warning", "book", f"{message}; if it does, give a near one with --language")


# --- around the chapters ---------------------------------------------------------------------------------------------


def _metadata(order: Order, ledger: Ledger) -> Metadata:
    options, plan = order.options, order.plan
    language = options.language or ledger.language
    newest = max((entry.date for entry in plan.entries if entry.date), default=None)
    authors = options.authors or authors_of_all(plan.entries)
    sources = ledger.sources(_MOST_SOURCES)
    title, volume = order.title, order.volume
    filed = sort_title(title, language)
    if volume:
        title, filed = volume_title(title, volume, language), volume_sort_title(title, volume, language)
    return Metadata(
        title=title,
        language=language,
        identifier=volume.identifier if volume else options.identifier or _identifier(plan, options),
        modified=modified(plan, os.environ),
        authors=authors,
        publisher=options.publisher,
        description=options.description,
        date=newest,
        heading=heading(plan, title, language),
        sort_title=filed,
        subjects=options.subjects,
        series=volume.series if volume else options.series,
        sources=sources,
        excerpt=headlines(entry.title for entry in plan.entries) if len(plan.entries) > 1 else ledger.excerpt,
        series_index=volume.index if volume else _place_in_series(options, newest),
        rights=options.rights,
        contributors=contributors(plan.entries, authors or sources, _MOST_CONTRIBUTORS),
    )


def _place_in_series(options: Options, newest: datetime | None) -> str | None:
    if options.series_index is not None:
        return position(options.series_index)
    return newest.date().isoformat().replace("-", "").lstrip("0") if newest else None


def _identifier(plan: Plan, options: Options) -> str:
    return issue_identifier(plan, options) if options.series else book_identifier(plan)


def _contents(order: Order, ledger: Ledger, language: str) -> Contents:
    plan = order.plan
    noted = zip(ledger.chapter_languages, ledger.standfirsts, strict=True)
    groups = []
    for group, (above, own_heading) in zip(plan.groups, _headings(plan, language), strict=True):
        # `zip` reads the groups first: languages first would lose one at the end of each group.
        articles = [
            (entry.page, ContentsItem.of(entry.title, first_document(entry), own, entry.source, entry.date, standfirst))
            for entry, (own, standfirst) in zip(group.entries, noted, strict=False)
        ]
        items = tuple(chain.from_iterable(_items(*run) for run in groupby(articles, key=itemgetter(0))))
        groups.append(ContentsGroup(own_heading, items, above=above))
    one_day = len({entry.date.date() for entry in plan.entries if entry.date}) == 1
    by_day = "day" in plan.grouped_by or (not plan.grouped_by and one_day)
    return Contents(tuple(groups), by_day=by_day)


def _headings(plan: Plan, language: str) -> Iterator[tuple[str, str]]:
    """Yield for each group the heading above its own, "" where there is none, and its own. Many months are below years."""
    levels, all_keys = plan.grouped_by, [group.keys for group in plan.groups]
    if levels == ("month",) and len(all_keys) > _MAX_MONTHS:
        levels, all_keys = ("year", "month"), [(month[:4], month) for (month,) in all_keys]
    below = Counter(keys[:1] for keys in all_keys)
    for keys in all_keys:
        headings = [group_heading(level, key, language) for level, key in zip(levels, keys, strict=True)]
        if below[keys[:1]] == 1:
            headings = [*dict.fromkeys(headings)]  # the only folder of a source may have its name
        *above, own = headings or [""]
        yield "".join(above), own


def _items(
    page: SharedPage | None, articles: Iterable[tuple[SharedPage | None, ContentsItem]]
) -> Iterator[ContentsItem]:
    """Yield the articles, or the page that they share."""
    items = tuple(item for _, item in articles)
    if page is None:
        yield from items
    else:
        yield ContentsItem.of(page.title, f"{page.stem}.xhtml", page.language)._replace(articles=items)


def _headlines(contents: Contents, reading_times: Sequence[int]) -> Sequence[ContentsItem]:
    """Return the longest articles in reading order, for the title page; none of a book that has hardly more than one."""
    items = tuple(contents.articles)
    if len(items) < _LEAST_FOR_HEADLINES:
        return ()
    longest = sorted(range(len(items)), key=lambda number: (-reading_times[number], number))[:_HEADLINES]
    return [items[number] for number in sorted(longest)]


def _cover(
    order: Order, pictures: PictureSettings, metadata: Metadata, contents: Contents, ledger: Ledger
) -> CoverPicture | None:
    options = order.options
    if not options.cover and not options.draw_cover:
        return None
    from epubmaker.packager.cover.artwork import pick  # noqa: PLC0415 - Pillow, 60 ms
    from epubmaker.packager.cover.draw import CoverLook, CoverText, draw_cover, own_cover  # noqa: PLC0415 - as above

    items = tuple(contents.articles)
    text = CoverText(
        title=metadata.series or metadata.heading or metadata.title,
        subtitle=date_range(items, metadata.language),
        line=count_of("article", len(items), metadata.language),
        language=metadata.language,
        headlines=[(unescape(item.label), item.language) for item in _headlines(contents, ledger.reading_times)],
        credit=" · ".join(filter(None, (*metadata.authors, metadata.publisher))),
        digits=date_range(items, None),
    )
    device, asked = options.device, options.pictures
    quality = None if pictures == asked else pictures.quality
    look = CoverLook(device.rendition.cover_height, on_paper=device.eink, gray=asked.gray, quality=quality)
    if options.cover:
        cover = own_cover(options.cover, text, look)
    else:
        strongest = pick(ledger.likely)
        cover = draw_cover(text, strongest.files[0].path if strongest else None, look)
    ledger.issues.extend(cover.issues)
    # Amazon's converter and Adobe's engine are poor at drawings.
    in_drawing = options.kepub or device.rendition.engine == "any"
    return CoverPicture(cover.data, cover.size if in_drawing else None)
