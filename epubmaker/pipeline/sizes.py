"""Makes the books of a job: with smaller pictures, or in volumes, where one has to keep within a size."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TypeAlias

from epubmaker.chapters.language import normalize
from epubmaker.devices import SizeLimit
from epubmaker.errors import UsageError
from epubmaker.model.articles import Issue, Plan
from epubmaker.model.books import Book
from epubmaker.options import Options
from epubmaker.packager.styles.sheets import stylesheet
from epubmaker.pipeline.book import Assembled, Order, TooLarge, assemble
from epubmaker.pipeline.chapters import Means
from epubmaker.pipeline.drafting import Drafting
from epubmaker.pipeline.pictures import Pictures
from epubmaker.pipeline.volumes import Frame, cut, size_of, steps
from epubmaker.report import Report, human_size
from epubmaker.reuse.books import Job
from epubmaker.reuse.memory import Memory
from epubmaker.text.naming import volume_path

__all__ = ["make"]

_LANGUAGE_TAG = re.compile(r"[A-Za-z]{2,3}([-_][A-Za-z0-9]{1,8})*")


def make(job: Job, memory: Memory | None, drafting: Drafting, done: Callable[[int], None]) -> Report:
    """Make a book, or volumes that keep within `max_size`, and remember how.

    `drafting` drafts articles; `done` hears how many are in the book. Raises EpubmakerError where there is no book.
    """
    options = replace(job.options, language=_language(job.options))
    css, css_issues = stylesheet(options.style, options.css, options.device.form)
    issues = [*job.found, *job.plan.issues, *css_issues]
    order = Order(options, job.plan, job.title, job.output, css.encode(), options.pictures, options.max_size)
    with Pictures(options) as pictures:
        assembled = _books(order, _maker(pictures, memory, drafting, done), issues)
        issues += pictures.issues
        until, local_files = pictures.good_until, pictures.local_files
    issues += [issue for part in assembled for issue in part.issues]
    issues += [issue for part in assembled for issue in _too_large(part.book, options.device.form.size_limits)]
    report = Report(
        books=tuple(part.book for part in assembled),
        articles=tuple(record for part in assembled for record in part.articles),
        pictures=tuple({record.url: record for part in assembled for record in part.pictures}.values()),
        issues=tuple(issues),
    )
    if memory:
        hashes = [sha256 for part in assembled for sha256 in part.hashes]
        memory.keep(job, report, hashes=hashes, local_files=local_files, until=until)
    return report


def _language(options: Options) -> str | None:
    """Return the language asked for in its proper form; None when none was asked for."""
    if options.language is None:
        return None
    language = normalize(options.language) if _LANGUAGE_TAG.fullmatch(options.language) else None
    if language is None:
        raise UsageError("--language", f"{options.language!r} is no language tag", "write it like en, pt-BR or zh-Hans")
    return language


# --- books -----------------------------------------------------------------------------------------------------------

_Make: TypeAlias = Callable[[Order], "Assembled | TooLarge"]


def _maker(pictures: Pictures, memory: Memory | None, drafting: Drafting, done: Callable[[int], None]) -> _Make:
    """Return what makes a book."""
    known = memory.chapters() if memory else None

    def make(order: Order) -> Assembled | TooLarge:
        return assemble(order, Means(partial(pictures.fit, order.pictures), drafting, known), done)

    return make


def _books(order: Order, make: _Make, issues: list[Issue]) -> list[Assembled]:
    """Make one book; with a limit, with smaller pictures if need be, and volumes if even that does not do."""
    last, outcome = _first_fitting(order, make)
    books = [outcome] if isinstance(outcome, Assembled) else _volumes(last, outcome, make)

    def note(code: str, what: str) -> None:
        issues.append(Issue(code, "warning", str(order.output), f"{what} to keep within {order.limit or 0:,} bytes"))

    if last.pictures != order.pictures and (_has_cover(order.options) or any(part.book.pictures for part in books)):
        least = f"{last.pictures.width} x {last.pictures.height} pixels and quality {last.pictures.quality}"
        note("size-lowered", f"pictures lowered to at most {least}")
    if len(books) > 1:
        note("size-volumes", f"cut into {len(books)} volumes")
    if isinstance(outcome, TooLarge):
        issues += _exceeding(order, outcome, books)
    return books


def _has_cover(options: Options) -> bool:
    return options.draw_cover or options.cover is not None


def _first_fitting(order: Order, make: _Make) -> tuple[Order, Assembled | TooLarge]:
    """Try ever smaller pictures until the book keeps within its limit; return the last try, which weighs the book."""
    tries = [order.pictures]
    if order.limit is not None and (order.options.images or _has_cover(order.options)):
        tries = list(steps(order.pictures))
    while True:
        attempt = replace(order, pictures=tries.pop(0), weigh=not tries)
        outcome = make(attempt)
        if isinstance(outcome, Assembled) or not tries:
            return attempt, outcome
        if outcome.text_alone:
            del tries[:-1]


def _volumes(order: Order, whole: TooLarge, make: _Make) -> list[Assembled]:
    """Make volumes of a book that was weighed; one book after all where no volume could keep within the limit.

    A volume's title says how many there are, so all are made again where that was not known beforehand.
    """
    limit = order.limit or 0
    excess: dict[str, int] = {}  # of volumes that were too large as they were planned, by their first articles' keys
    plan = partial(cut, order.plan, whole.weights, whole.frame, limit, excess)
    plans = plan() if whole.frame.least <= limit else ()
    written: set[Path] = set()
    count = 0
    while 1 < len(plans) != count:
        count = len(plans)
        made: list[Assembled] = []
        while len(made) < len(plans):
            volume = _volume(order, plans[len(made)], len(made) + 1, count)
            entries = volume.plan.entries
            outcome = make(volume)
            if isinstance(outcome, TooLarge):
                start = sum(part.book.articles for part in made)
                planned = size_of(whole.weights[start : start + len(entries)], whole.frame)
                excess[entries[0].key] = outcome.size - planned
                plans = plan()
            else:
                made.append(outcome)
        written.update(part.book.path for part in made)
    if count == 0:
        book = make(replace(order, limit=None))
        return [book] if isinstance(book, Assembled) else []  # always: it has no limit
    for path in written - {part.book.path for part in made}:  # of other counts
        with suppress(OSError):
            path.unlink()
    return made


def _volume(order: Order, plan: Plan, number: int, count: int) -> Order:
    """Return the order for one volume: a whole book, with an identifier of its own."""
    identifier = order.options.identifier and f"{order.options.identifier}-{number}"
    return replace(
        order,
        options=replace(order.options, identifier=identifier),
        plan=plan,
        title=f"{order.title} ({number}/{count})",
        output=volume_path(order.output, number, count),
        limit=order.limit if len(plan.entries) > 1 else None,
    )


def _exceeding(order: Order, whole: TooLarge, books: Sequence[Assembled]) -> Iterator[Issue]:
    """Yield what is to be said of the books that are larger than the limit, after all."""
    limit = order.limit or 0
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


def _too_large(book: Book, limits: Sequence[SizeLimit]) -> Iterator[Issue]:
    """Yield what is to be said of a book that is too large for the device, by the highest limit that it passes."""
    passed = [limit for limit in limits if book.size > limit.size]
    if passed:
        limit = max(passed, key=lambda limit: limit.size)
        advice = f"give --max-size {limit.size // 10**6}MB"
        yield Issue("book-large", "warning", str(book.path), f"{human_size(book.size)}; {limit.why}; {advice}")
