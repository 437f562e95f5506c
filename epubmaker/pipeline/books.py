"""Makes the books of an order: one, with smaller pictures where `--max-size` needs them, or volumes."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import cache
from itertools import islice
from pathlib import Path

from epubmaker.devices import SizeLimit
from epubmaker.errors import LostPictureError, UsageError
from epubmaker.model.articles import Issue
from epubmaker.model.books import Book
from epubmaker.options import Options, PictureSettings, is_remote
from epubmaker.order import Order
from epubmaker.pipeline.book import Attempt, FinishedBook, Misfit, make_book
from epubmaker.pipeline.demands import language_asked_for
from epubmaker.pipeline.orders import part_of
from epubmaker.pipeline.session import Session
from epubmaker.pipeline.survey import repeating_sources, surveyed
from epubmaker.pipeline.volumes import Frame, VolumePlan, size_of, steps
from epubmaker.report import Report, human_size
from epubmaker.runtime import process
from epubmaker.storage.database import CACHE_UNUSABLE

__all__ = ["publish"]


def publish(order: Order, session: Session) -> Report:
    """Make the books of an order, one or the volumes of `--max-size`; return the report, and keep it in the cache.

    Where pictures vanish from the cache meanwhile, the books are made again without it. Raises EpubmakerError.
    """
    with _files_here(order, session) as ready:
        return _publish_again_if_lost(ready, session)


@contextmanager
def _files_here(order: Order, session: Session) -> Iterator[Order]:
    """Yield an order of which all articles' files are on this disk: those at addresses are copied there meanwhile."""
    plan = order.plan
    if not any(map(is_remote, {entry.location.root for entry in plan.entries})):
        yield order
        return
    with session.copies.of(plan.entries) as here:
        groups = [
            group._replace(entries=tuple(entry._replace(location=here(entry.location)) for entry in group.entries))
            for group in plan.groups
        ]
        yield order._replace(plan=plan._replace(groups=tuple(groups)))


def _publish_again_if_lost(order: Order, session: Session) -> Report:
    try:
        return _publish(order, session)
    except LostPictureError as lost:
        folder = order.options.cache
        if folder is None or not lost.path.is_relative_to(folder):
            raise
        options = replace(order.options, cache=None, check=False)
        with Session(options, session.show) as other:
            other.total, other.articles_before = session.total, session.articles_before
            other.so_far, other.series = session.so_far, session.series
            report = _publish(order._replace(options=options), other)
        message = f"{lost.cause}; the book was made without the cache: name another folder with --cache"
        return replace(report, issues=(*report.issues, Issue(CACHE_UNUSABLE, "warning", str(folder), message)))


@cache
def _freeze_modules() -> None:
    """Keep the garbage collector, which articles' trees keep busy, from looking at modules: they stay.

    Once in a process: of later books, it would keep the garbage of those before them.
    """
    if process.is_own():
        gc.freeze()


def _publish(order: Order, session: Session) -> Report:
    _freeze_modules()
    entries = order.plan.entries
    session.pictures.begin_order()
    known = surveyed(order._replace(options=replace(order.options, language=language_asked_for(order.options))))
    books, size_issues = _make_books(known, session)
    pictures, limits = session.pictures, order.options.device.rendition.size_limits
    issues = [*session.stylesheet[1], *size_issues, *pictures.issues]
    issues += [issue for made in books for issue in made.issues]
    issues += [issue for made in books for issue in _too_large(made.book, limits)]
    report = Report(
        books=tuple(made.book for made in books),
        articles=tuple(record for made in books for record in made.articles),
        pictures=tuple({record.url: record for made in books for record in made.pictures}.values()),
        issues=tuple(issues),
        repeating=() if order.options.drop_repeated else repeating_sources(entries),
    )
    if session.cache and not order.options.output_at:  # else the files are gone once they are there
        hashes = [sha256 for made in books for sha256 in made.hashes]
        by_key = dict(zip([entry.key for entry in known.plan.entries], hashes, strict=True))
        hashes = [by_key[entry.key] for entry in entries]
        session.cache.keep(order, report, hashes=hashes, local_files=pictures.local_files, until=pictures.good_until)
    return report


def _too_large(book: Book, limits: Sequence[SizeLimit]) -> Iterator[Issue]:
    """Yield an issue for a book that is too large for the device, by the highest limit that it exceeds."""
    passed = [limit for limit in limits if book.size > limit.size]
    if passed:
        limit = max(passed, key=lambda limit: limit.size)
        advice = f"give --max-size {limit.size // 10**6}MB"
        yield Issue("book-large", "warning", str(book.path), f"{human_size(book.size)}; {limit.why}; {advice}")


# --- within a size ---------------------------------------------------------------------------------------------------


def _make_books(order: Order, session: Session) -> tuple[list[FinishedBook], list[Issue]]:
    """Make one book; with a limit, with smaller pictures if need be, and volumes if even that is not enough.

    Returns the books, and the issues of keeping within the limit. Raises EpubmakerError where there is no book.
    """
    asked, limit = order.options.pictures, order.options.max_size
    if limit is None:
        return [_whole(order, session, asked)], []
    pictures, outcome = _first_fitting(order, session, limit)
    books = [outcome] if isinstance(outcome, FinishedBook) else _volumes(order, session, pictures, outcome, limit)
    issues = []

    def note(code: str, what: str) -> None:
        issues.append(Issue(code, "warning", str(order.output), f"{what} to keep within {limit:,} bytes"))

    if pictures != asked and (_has_cover(order.options) or any(made.book.pictures for made in books)):
        least = f"{pictures.width} x {pictures.height} pixels and quality {pictures.quality}"
        note("size-lowered", f"pictures lowered to at most {least}")
    if len(books) > 1:
        note("size-volumes", f"cut into {len(books)} volumes")
    if isinstance(outcome, Misfit):
        issues += _exceeding(limit, outcome, books)
    return books, issues


def _whole(order: Order, session: Session, pictures: PictureSettings) -> FinishedBook:
    made = make_book(order, session, Attempt(pictures))
    assert isinstance(made, FinishedBook)  # noqa: S101 - for the type checker: it has no limit
    return made


def _has_cover(options: Options) -> bool:
    return options.draw_cover or options.cover is not None


def _first_fitting(order: Order, session: Session, limit: int) -> tuple[PictureSettings, FinishedBook | Misfit]:
    """Try ever smaller pictures until the book keeps within its limit; return the last try, which weighs the book."""
    tries = [order.options.pictures]
    if order.options.images or _has_cover(order.options):
        tries = list(steps(order.options.pictures))
    while True:
        pictures = tries.pop(0)
        outcome = make_book(order, session, Attempt(pictures, limit, weigh=not tries))
        if isinstance(outcome, FinishedBook) or not tries:
            return pictures, outcome
        if outcome.text_alone:
            del tries[:-1]


def _volumes(
    order: Order, session: Session, pictures: PictureSettings, whole: Misfit, limit: int
) -> list[FinishedBook]:
    """Make volumes of a book that was weighed. Raises UsageError where none could keep within the limit.

    Where books of this run are there already, it is no wrong usage any more, and the book is whole, and too large; so
    is one of a single article. Each is tried as it is planned, and planned anew where it does not fit. Its title says
    how many there are, so all are made again where that was not known beforehand.
    """
    is_too_small = whole.frame.least > limit
    if is_too_small and not session.so_far.books:
        what = "cover, contents and other pages" if _has_cover(order.options) else "contents and other pages"
        step = "give more, or --no-cover" if _has_cover(order.options) else "give more"
        raise UsageError("--max-size", f"{what} alone take {whole.frame.least:,} bytes, more than {limit:,}", step)
    if is_too_small or len(order.plan.entries) == 1:
        return [_whole(order, session, pictures)]
    planned = VolumePlan(order.plan, whole.weights, whole.frame, limit)
    written: set[Path] = set()
    made: list[FinishedBook] = []
    count = 0
    while len(planned.volumes) != count:
        count = len(planned.volumes)
        made = []
        while len(made) < len(planned.volumes):
            number = len(made)
            part = part_of(order, planned.volumes[number], number + 1, count)
            single = len(part.plan.entries) == 1
            attempt = Attempt(pictures, None if single else limit, least=planned.least(number))
            outcome = make_book(part, session, attempt)
            if isinstance(outcome, Misfit):
                planned.correct(number, outcome.size)
            else:
                made.append(outcome)
                session.note_volumes([outcome.book])
        written.update(part.book.path for part in made)
    for path in written - {part.book.path for part in made}:  # volumes of plans that were given up
        with suppress(OSError):
            path.unlink()
    return made


def _exceeding(limit: int, whole: Misfit, books: Sequence[FinishedBook]) -> Iterator[Issue]:
    """Yield an issue for each book that is larger than the limit after all."""
    weights = iter(whole.weights)
    for part in books:
        held = list(islice(weights, len(part.articles)))
        if part.book.size <= limit:
            continue
        rest = part.book.size - size_of(held, Frame())
        if rest > limit:
            cause = f"its cover, pages and lists alone take {rest:,}"
        else:
            cause = f"its only article, {part.articles[0].source}, takes {size_of(held, Frame()):,}, the rest {rest:,}"
        message = f"{part.book.size:,} bytes are more than the {limit:,} of --max-size: {cause}"
        yield Issue("size-exceeded", "warning", str(part.book.path), message)
