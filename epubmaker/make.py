"""Makes the books of a job: with smaller pictures, or in volumes, where one has to keep within a size."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import TypeAlias

from epubmaker.assemble import Assembled, Order, TooLarge, assemble
from epubmaker.chapters.language import normalise
from epubmaker.config import Options, PictureSettings
from epubmaker.devices import SizeLimit
from epubmaker.errors import UsageError
from epubmaker.gathering import Pictures
from epubmaker.helpers import Helpers
from epubmaker.model.articles import Issue, Plan
from epubmaker.model.books import Book
from epubmaker.naming import volume_path
from epubmaker.packager.styles import stylesheet
from epubmaker.production import Means
from epubmaker.rebuild.books import Job
from epubmaker.rebuild.memory import Memory
from epubmaker.report import Report, human_size
from epubmaker.volumes import cut, steps

__all__ = ["make"]

_LANGUAGE_TAG = re.compile(r"[A-Za-z]{2,3}([-_][A-Za-z0-9]{1,8})*")


def make(job: Job, memory: Memory | None, helpers: Helpers, done: Callable[[int], None]) -> Report:
    """Make a book, or volumes that keep within `max_size`, and remember how.

    `helpers` draft articles; `done` hears how many are in the book.  Raises EpubmakerError where there is no book.
    """
    options = replace(job.options, language=_language(job.options))
    css, css_issues = stylesheet(options.style, options.css, options.device.form)
    issues = [*job.found, *job.plan.issues, *css_issues]
    order = Order(options, job.plan, job.title, job.output, css.encode(), options.max_size)
    with Pictures(options, helpers.pictures) as pictures:
        assembled = _books(order, _maker(pictures, memory, helpers, done), issues)
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
    language = normalise(options.language) if _LANGUAGE_TAG.fullmatch(options.language) else None
    if language is None:
        raise UsageError("--language", f"{options.language!r} is no language tag", "write it like en, pt-BR or zh-Hans")
    return language


# --- books -----------------------------------------------------------------------------------------------------------

_Make: TypeAlias = Callable[[Order, PictureSettings], "Assembled | TooLarge"]


def _maker(pictures: Pictures, memory: Memory | None, helpers: Helpers, done: Callable[[int], None]) -> _Make:
    """Return what makes a book with pictures of the settings given."""
    known = memory.chapters() if memory else None

    def make(order: Order, settings: PictureSettings) -> Assembled | TooLarge:
        return assemble(order, Means(partial(pictures.fit, settings), helpers, known), done)

    return make


def _books(order: Order, make: _Make, issues: list[Issue]) -> list[Assembled]:
    """Make one book; with a limit, with smaller pictures if need be, and volumes if even that does not do."""
    settings, outcome = _first_fitting(order, make)

    def note(code: str, what: str) -> None:
        issues.append(Issue(code, "warning", str(order.output), f"{what} to keep within {order.limit or 0:,} bytes"))

    if settings != order.options.pictures:
        least = f"{settings.width} x {settings.height} pixels and quality {settings.quality}"
        note("size-lowered", f"pictures lowered to at most {least}")
    if isinstance(outcome, Assembled):
        return [outcome]
    volumes = cut(order.plan, outcome.sizes, outcome.around, order.limit or 0)
    note("size-volumes", f"cut into {len(volumes)} volumes")
    made = [make(_volume(order, plan, number, len(volumes)), settings) for number, plan in enumerate(volumes, start=1)]
    return [book for book in made if isinstance(book, Assembled)]


def _first_fitting(order: Order, make: _Make) -> tuple[PictureSettings, Assembled | TooLarge]:
    """Try ever smaller pictures until the book keeps within its limit; return the last try."""
    tries = ((settings, make(order, settings)) for settings in steps(order.options.pictures))
    settings, outcome = next(tries)
    while isinstance(outcome, TooLarge):
        following = next(tries, None)
        if following is None:
            break
        settings, outcome = following
    return settings, outcome


def _volume(order: Order, plan: Plan, number: int, count: int) -> Order:
    """Return the order for one volume: a whole book, with an identifier of its own."""
    identifier = order.options.identifier and f"{order.options.identifier}-{number}"
    return replace(
        order,
        options=replace(order.options, identifier=identifier),
        plan=plan,
        title=f"{order.title} ({number}/{count})",
        output=volume_path(order.output, number),
        limit=None,
    )


def _too_large(book: Book, limits: Sequence[SizeLimit]) -> Iterator[Issue]:
    """Yield what is to be said of a book that is too large for the device, by the highest limit that it passes."""
    passed = [limit for limit in limits if book.size > limit.size]
    if passed:
        limit = max(passed, key=lambda limit: limit.size)
        advice = f"give --max-size {limit.size // 10**6}MB"
        yield Issue("book-large", "warning", str(book.path), f"{human_size(book.size)}; {limit.why}; {advice}")
