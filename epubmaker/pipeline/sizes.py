"""Makes one book, or what `--max-size` needs: a book with smaller pictures or, where that is not enough, volumes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from itertools import islice
from pathlib import Path

from epubmaker.model.articles import Issue, Plan
from epubmaker.options import Options, PictureSettings
from epubmaker.pipeline.book import Attempt, FinishedBook, TooLarge, make_book
from epubmaker.pipeline.session import Session
from epubmaker.pipeline.volumes import Frame, cut, size_of, steps
from epubmaker.reuse.books import Order
from epubmaker.text.naming import volume_path

__all__ = ["make_books"]


def make_books(order: Order, session: Session) -> tuple[list[FinishedBook], list[Issue]]:
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
    if isinstance(outcome, TooLarge):
        issues += _exceeding(limit, outcome, books)
    return books, issues


def _whole(order: Order, session: Session, pictures: PictureSettings) -> FinishedBook:
    made = make_book(order, session, Attempt(pictures))
    assert isinstance(made, FinishedBook)  # noqa: S101 - for the type checker: it has no limit
    return made


def _has_cover(options: Options) -> bool:
    return options.draw_cover or options.cover is not None


def _first_fitting(order: Order, session: Session, limit: int) -> tuple[PictureSettings, FinishedBook | TooLarge]:
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
    order: Order, session: Session, pictures: PictureSettings, whole: TooLarge, limit: int
) -> list[FinishedBook]:
    """Make volumes of a book that was weighed; one book after all where no volume could keep within the limit.

    A volume's title says how many there are, so all are made again where that was not known beforehand.
    """
    if whole.frame.least > limit:
        return [_whole(order, session, pictures)]
    excess: dict[str, int] = {}  # of volumes that were too large as they were planned, by their first articles' keys
    plan = partial(cut, order.plan, whole.weights, whole.frame, limit, excess)
    plans = plan()
    if len(plans) == 1:
        return [_whole(order, session, pictures)]
    written: set[Path] = set()
    made: list[FinishedBook] = []
    count = 0
    while 1 < len(plans) != count:
        count = len(plans)
        made = []
        while len(made) < len(plans):
            volume = _volume(order, plans[len(made)], len(made) + 1, count)
            entries = volume.plan.entries
            outcome = make_book(volume, session, Attempt(pictures, limit if len(entries) > 1 else None))
            if isinstance(outcome, TooLarge):
                start = sum(part.book.articles for part in made)
                planned = size_of(whole.weights[start : start + len(entries)], whole.frame)
                excess[entries[0].key] = outcome.size - planned
                plans = plan()
            else:
                made.append(outcome)
        written.update(part.book.path for part in made)
    for path in written - {part.book.path for part in made}:  # of other counts
        with suppress(OSError):
            path.unlink()
    return made


def _volume(order: Order, plan: Plan, number: int, count: int) -> Order:
    """Return the order for one volume: a whole book, with another identifier."""
    identifier = order.options.identifier and f"{order.options.identifier}-{number}"
    return order._replace(
        options=replace(order.options, identifier=identifier),
        plan=plan,
        title=f"{order.title} ({number}/{count})",
        output=volume_path(order.output, number, count),
    )


def _exceeding(limit: int, whole: TooLarge, books: Sequence[FinishedBook]) -> Iterator[Issue]:
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
