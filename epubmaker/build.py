"""The wiring: `build` reads the inputs, has books assembled, checks them and reports."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, TypeAlias

from epubmaker.assemble import Assembled, Order, TooLarge, assemble
from epubmaker.chapters.language import normalise
from epubmaker.collector.scan import scan
from epubmaker.collector.select import select
from epubmaker.config import Options, PictureSettings
from epubmaker.devices import SizeLimit
from epubmaker.errors import InputError, UsageError
from epubmaker.gathering import Pictures
from epubmaker.model import Book, Issue, Plan
from epubmaker.naming import book_title, file_name, volume_path
from epubmaker.packager.check import Checker
from epubmaker.packager.kepub import SUFFIX
from epubmaker.packager.styles import stylesheet
from epubmaker.report import Report, human_size
from epubmaker.volumes import cut, steps

__all__ = ["Progress", "build"]

_LANGUAGE_TAG = re.compile(r"[A-Za-z]{2,3}([-_][A-Za-z0-9]{1,8})*")


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a build is: `done` of `total` things of the phase; a total of 0 is not known."""

    phase: Literal["scanning", "articles", "checking"]
    done: int = 0
    total: int = 0


def build(options: Options, show: Callable[[Progress], None] = lambda _: None) -> Report:
    """Make a book, or volumes that keep within `options.max_size`, of the articles that the inputs hold.

        inputs
        | scan      heads of the articles            this thread                          -> Entry
        | select    filter, sort, group              this thread, pure                    -> Plan
        | parse     one article whole                this thread, a window of articles;   -> Article
        | draft     clean text with picture slots    helpers for long texts (`--jobs`)    -> Draft
        | fetch     its pictures                     threads (`--connections`)            -> Fetched | FetchFailed
        | shrink    fit them to the device           processes (`--jobs`)                 -> Picture, files on disk
        | render    fill the slots, frame the page   this thread, pure                    -> Chapter, final bytes
        | package   into the container               this thread, the one writer          -> the book
        | check     EPUBCheck, when asked            one Java process, begun near the last article

    Everything comes in the order of the plan, whatever is ready first.  A bounded window of articles is in flight; pictures
    wait on disk; the book grows in a temporary file beside the output until one rename publishes it.

    `show` hears of the progress.  Raises EpubmakerError where there is no book; an older one then stays as it was.
    """
    start = time.perf_counter()
    options = replace(options, language=_language(options))
    form = options.device.form
    if options.kepub and form.kepub == "wrong":
        raise UsageError("--kepub", f"is not {form.title}", "leave it out or name another --device")
    css, css_issues = stylesheet(options.style, options.css, form)
    show(Progress("scanning"))
    found = scan(options.inputs, lambda count: show(Progress("scanning", count)))
    plan = select(found.entries, options)
    if not plan.entries:
        raise _nothing_to_read(options, found.issues)
    total = len(plan.entries)
    title = options.title or book_title(plan)
    issues = [*found.issues, *plan.issues, *css_issues]
    with Checker() if options.check else nullcontext() as checker:

        def advance(done: int) -> None:
            if checker:
                checker.get_ready(total - done, total)
            show(Progress("articles", done, total))

        if checker:
            checker.get_ready(total, total)
        with Pictures(options) as pictures:
            order = Order(options, plan, title, _output(options, title), css.encode(), options.max_size)
            assembled = _books(order, _maker(pictures, advance), issues)
            issues += pictures.issues
        issues += [issue for part in assembled for issue in part.ledger.issues]
        issues += [issue for part in assembled for issue in _too_large(part.book, form.size_limits)]
        if checker:
            show(Progress("checking"))
            issues += _findings(checker, [part.book.path for part in assembled])
    report = Report(
        books=tuple(part.book for part in assembled),
        articles=tuple(record for part in assembled for record in part.ledger.articles),
        pictures=tuple({record.url: record for part in assembled for record in part.ledger.pictures}.values()),
        issues=tuple(issues),
        seconds={"total": time.perf_counter() - start},
    )
    if options.report:
        report.write(options.report)
    return report


def _language(options: Options) -> str | None:
    """Return the language asked for in its proper form; None when none was asked for."""
    if options.language is None:
        return None
    language = normalise(options.language) if _LANGUAGE_TAG.fullmatch(options.language) else None
    if language is None:
        raise UsageError("--language", f"{options.language!r} is no language tag", "write it like en, pt-BR or zh-Hans")
    return language


def _nothing_to_read(options: Options, issues: Sequence[Issue]) -> InputError:
    subject = ", ".join(str(path) for path in options.inputs)
    if issues:
        return InputError(subject, f"no article in it ({issues[0].where}: {issues[0].message})", "name another folder")
    if options.since or options.until:
        return InputError(subject, "no article of these days", "widen --since and --until")
    return InputError(subject, "no article in it", "name a folder with .txt files in the archive form")


# --- books -----------------------------------------------------------------------------------------------------------

_Make: TypeAlias = Callable[[Order, PictureSettings], "Assembled | TooLarge"]


def _maker(pictures: Pictures, done: Callable[[int], None]) -> _Make:
    """Return what makes a book with pictures of the settings given."""

    def make(order: Order, settings: PictureSettings) -> Assembled | TooLarge:
        with pictures.fit(settings) as gather:
            return assemble(order, gather, done)

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


def _output(options: Options, title: str) -> Path:
    name = file_name(title, SUFFIX if options.kepub else ".epub", ascii_only=options.device.form.ascii_name)
    if options.output is None:
        return Path(name)
    return options.output / name if options.output.is_dir() else options.output


def _findings(checker: Checker, books: Sequence[Path]) -> Iterator[Issue]:
    """Yield EPUBCheck's findings as issues of the report."""
    for result in checker.check_all(books):
        for message in result.messages:
            if message.severity in {"fatal", "error", "warning"}:
                severity: Literal["warning", "error"] = "warning" if message.severity == "warning" else "error"
                yield Issue("check", severity, str(result.path), str(message))
