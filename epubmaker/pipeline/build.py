"""One run: scan | select | cut | unchanged? | books | shelf | check | delivery | report."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Literal, NamedTuple

from epubmaker.collector.formats.table import suffixes
from epubmaker.collector.scan import scan
from epubmaker.collector.select import select
from epubmaker.errors import (
    EMPTY,
    ERROR,
    FINDINGS,
    UNDELIVERED,
    EpubmakerError,
    InputError,
    OutputError,
    StateError,
    UsageError,
)
from epubmaker.model.articles import Entry, Issue, Plan
from epubmaker.options import Options
from epubmaker.order import Order
from epubmaker.pipeline.afterwards import delivered, noted_for_mail, on_shelf
from epubmaker.pipeline.demands import check_demands
from epubmaker.pipeline.inputs import given
from epubmaker.pipeline.orders import book_ending, orders, series_path
from epubmaker.pipeline.outputs import Outputs, makes_folders, named_book
from epubmaker.pipeline.remembering import remember, state_path
from epubmaker.pipeline.session import Progress, Session
from epubmaker.report import Intake, Report
from epubmaker.reuse.store import Store
from epubmaker.reuse.volumes import Volumes
from epubmaker.runtime import process
from epubmaker.runtime.timezone import default_timezone
from epubmaker.storage.database import CACHE_UNUSABLE
from epubmaker.storage.publish import output_errors
from epubmaker.storage.state import journal_of
from epubmaker.summary import left_out, not_read
from epubmaker.text.naming import book_title
from epubmaker.text.outputnames import KEPUB_ENDING, OutputName
from epubmaker.text.timezones import UTC_NAME

__all__ = ["DryRun", "Progress", "book_of", "build", "dry_run"]

_NOT_ASKED_FOR = frozenset({"known", "other-day", "other-source", "no-match", "excluded"})  # without them, an error


def build(options: Options, show: Callable[[Progress], None] = lambda _: None) -> Report:
    """Make a book, or volumes, of the articles that the inputs hold.

        inputs    files, folders, archives; addresses and standard input as files
        | scan      heads of the articles            this thread                               -> Entry
        | select    filter, sort, group              this thread, pure                         -> Plan
        | cut       one book, or its volumes         this thread, pure                         -> Order, of each
        | unchanged the last book stays as it is     this thread; `reuse.books`                -> Report, and no more
        | survey    repeated text, short posts       this thread; reads files, where asked to  -> Order
        | parse     one article whole                this thread and processes (`--jobs`)      -> Article
        | draft     clean text with picture slots    this thread and processes (`--jobs`)      -> Draft
        | fetch     its pictures                     threads (`--connections`)                 -> Fetched | FetchFailed
        | shrink    fit them to the device           processes (`--jobs`)                      -> Picture, files on disk
        | render    fill the slots, frame the page   this thread, pure                         -> Chapter
        | pack      in the book's form, deflated     this thread, pure                         -> PackedChapter
        | write     chapters, then what is around    this thread                               -> Book
        | shelve    a copy for the catalog, if asked   this thread; `shelf.folder`
        | remember  what `--new` leaves out next     this thread; `storage.state`
        | check     EPUBCheck, where asked for       one child process, which runs Java        -> issues of the report
        | deliver   copy, mail, command, if asked    this thread; `delivery`                   -> issues of the report

    A chapter that an earlier build made of the same article and pictures takes the place of parse, draft, render and pack.

    Everything comes in the order of the plan, whatever is ready first. A bounded window of articles is in flight; pictures
    wait on disk; the book grows in a temporary file beside the output until one rename publishes it.

    Where nothing is left of what the inputs hold, for that was not asked for, the report has no book.

    `show` is called with the progress. Raises EpubmakerError where there is no book; an older one then stays as it was,
    and a report that was asked for says why.
    """
    start = time.perf_counter()
    options = replace(options, timezone=options.timezone or default_timezone(os.environ))
    session = Session(options, show)
    try:
        report = _report_of(session)
    except (Exception, KeyboardInterrupt) as error:
        if isinstance(error, KeyboardInterrupt) and (written := len(session.so_far.books)):
            error.add_note("the book is written" if written == 1 else f"{written:,} books are written")
        if options.report and session.may_report and getattr(error, "subject", None) != str(options.report):
            with suppress(OutputError):
                _complete(_failed(session.so_far, error), options, start).write(options.report)
        raise
    report = _complete(report, options, start)
    if options.report:
        report.write(options.report)
    return report


def _complete(report: Report, options: Options, start: float) -> Report:
    """Return a report with what every report has."""
    seconds = {"total": time.perf_counter() - start}
    return replace(report, seconds=seconds, time_zone=options.timezone or UTC_NAME)


def _failed(so_far: Report, error: BaseException) -> Report:
    """Return the report of a build that ends with an error."""
    if isinstance(error, KeyboardInterrupt):
        return replace(so_far, exit_status=process.INTERRUPTED, error="interrupted")
    if isinstance(error, EpubmakerError):
        return replace(so_far, exit_status=error.exit_status, error=str(error))
    return replace(so_far, exit_status=ERROR, error=f"{type(error).__name__}: {error}")


def _report_of(session: Session) -> Report:
    """Make what the options of a session ask for; return the report, without what `_complete` adds."""
    Outputs(session.options).check_report()
    session.may_report = True
    options = session.options = _with_kepub(session.options)
    check_demands(options)
    outputs = Outputs(options)
    outputs.check_what_is_named()
    if options.send_to:
        from epubmaker.delivery.outbox import Outbox  # noqa: PLC0415 - few builds send any

        Outbox().close()  # else one that cannot be used would be known once the books are made
    session.show(Progress("scanning"))
    with session:
        plan, intake, scanned = _select(session)
        report = _made(plan, outputs, session) if plan.entries else Report()
        found = (*scanned, *plan.issues, *report.issues)
        issues = (*found, *_cache_issues(report, session), *_findings(report, session))
    report = session.so_far = replace(report, issues=issues, intake=intake, checked=options.check)
    report = delivered(report, session)
    if session.failure:
        raise session.failure
    return replace(report, exit_status=_exit_status(report, options))


def _exit_status(report: Report, options: Options) -> int:
    if report.undelivered:
        return UNDELIVERED
    if not report.books:
        return EMPTY if options.fail_if_empty else 0
    is_found = any(issue.code == "check" or options.fail_if_warnings for issue in report.issues)
    return FINDINGS if is_found else 0


class DryRun(NamedTuple):
    """What `build` would make of the same options: the books, their articles, and those that are left out.

    `pruned` are the volumes of earlier runs that `--prune` would remove; None where that is not known.
    """

    orders: Sequence[Order]
    plan: Plan
    intake: Intake
    issues: tuple[Issue, ...]
    pruned: tuple[Path, ...] | None = ()


def dry_run(options: Options, show: Callable[[Progress], None] = lambda _: None) -> DryRun:
    """Return what `build` would make, and write nothing: no book, no report, no state, and nothing into the cache.

    No picture is fetched, nor the pages that `options.full_text` asks for; but pages and feeds that are inputs are. Raises
    EpubmakerError as `build` does.
    """
    options = _with_kepub(replace(options, timezone=options.timezone or default_timezone(os.environ)))
    outputs = Outputs(options)
    outputs.check_report()
    check_demands(options)
    outputs.check_what_is_named()
    asked, options = options, replace(options, cache=None, check=False)
    show(Progress("scanning"))
    with Session(options, show, keeps=False) as session:
        plan, intake, scanned = _select(session)
    wanted = _wanted(plan, outputs, options, session.known)
    endings = _endings([order.output for order in wanted], options)
    pruned = _to_be_pruned(wanted, plan, outputs, asked) if asked.prune and wanted else ()
    return DryRun(wanted, plan, intake, (*scanned, *plan.issues, *endings), pruned)


def _to_be_pruned(wanted: Sequence[Order], plan: Plan, outputs: Outputs, options: Options) -> tuple[Path, ...] | None:
    """Return the volumes that a build would remove; None where it may make them again, or the cache cannot be read."""
    if options.cache is None or options.max_size is not None:
        return None
    with Store(options.cache, read_only=True) as store:
        if not store.usable:
            return None if store.path.exists() else ()
        left = Volumes(store).left(series_path(plan, options), [order.output for order in wanted])
        return tuple(_as_named(path, options) for path in left if not outputs.is_input(path))


def _wanted(plan: Plan, outputs: Outputs, options: Options, known: AbstractSet[str]) -> Sequence[Order]:
    """Return which books to make, once their paths are checked; `known` are the articles of earlier books."""
    wanted = orders(plan, options) if plan.entries else []
    names = outputs.beside_earlier([order.name or OutputName.of(order.output) for order in wanted], known)
    for name in names:
        outputs.check_book(name)
    return [order._replace(output=name.path(), name=name) for order, name in zip(wanted, names, strict=True)]


def _made(plan: Plan, outputs: Outputs, session: Session) -> Report:
    """Make the books of a plan, unless they are there; return the report."""
    wanted = _wanted(plan, outputs, session.options, session.known)
    reports = [session.cache.unchanged(order) if session.cache else None for order in wanted]
    session.total = sum(len(order.plan.entries) for order, report in zip(wanted, reports, strict=True) if not report)
    session.series = series_path(plan, session.options)
    made: list[Report] = []
    for order, report in zip(wanted, reports, strict=True):
        made.append(report or _published(order, session))
        session.so_far = replace(session.so_far, books=(*session.so_far.books, *made[-1].books))
    whole = Report.of_all(made)
    whole = noted_for_mail(on_shelf(whole, session), session)
    # What failed so far, no later run makes up for: with the next book, the articles come again.
    if session.state and not whole.undelivered:
        try:
            remember(plan, session.options.title or book_title(plan), whole, session.options, session.state)
        except StateError as error:
            session.failure = error
    whole = _with_left_volumes(whole, outputs, session)
    return replace(whole, issues=(*whole.issues, *_endings([book.path for book in whole.books], session.options)))


def book_of(order: Order, session: Session) -> Report:
    """Return the report of the book of an order, which is made unless it is there unchanged. Raises EpubmakerError."""
    return (session.cache.unchanged(order) if session.cache else None) or _published(order, session)


def _published(order: Order, session: Session) -> Report:
    from epubmaker.pipeline.books import publish  # noqa: PLC0415 - 0.1 s, which an unchanged book does without

    with output_errors(order.output):
        if makes_folders(session.options):
            order.output.parent.mkdir(parents=True, exist_ok=True)
    report = publish(order, session)
    session.articles_before += len(order.plan.entries)
    session.note_volumes(report.books)
    return report


def _with_left_volumes(report: Report, outputs: Outputs, session: Session) -> Report:
    """Return the report with the volumes that earlier runs made and this one does not; remove them where asked to.

    With `--new` no run makes those of earlier ones.
    """
    options, cache = session.options, session.cache
    if cache is None or options.new or not (options.prune or options.in_volumes):
        return report
    cache.volumes.keep(session.series, report.books)
    made = [book.path for book in report.books]
    left = [_as_named(path, options) for path in cache.volumes.left(session.series, made) if not outputs.is_input(path)]
    removed = [path for path in left if options.prune and _removed(path)]
    stay = tuple(path for path in left if path not in removed)
    return replace(report, volumes_left=stay, volumes_removed=tuple(removed))


def _as_named(path: Path, options: Options) -> Path:
    """Return an absolute path as the output's name would have it: relative to the current folder, where that is."""
    here = Path(os.path.realpath(os.curdir))
    is_relative = (options.output is None or not options.output.is_absolute()) and path.is_relative_to(here)
    return path.relative_to(here) if is_relative else path


def _removed(path: Path) -> bool:
    try:
        path.unlink()
    except OSError:
        return False
    return True


# --- scan, select ----------------------------------------------------------------------------------------------------


def _select(session: Session) -> tuple[Plan, Intake, Sequence[Issue]]:
    """Return the plan of what the inputs hold, how many articles there are, and the issues of the scan."""
    options, cache = session.options, session.cache
    # These raise, before any work, where EPUBCheck is not installed, or another build uses the state.
    session.checker  # noqa: B018
    session.known  # noqa: B018
    inputs, unreachable = given(session)
    found = scan(
        inputs,
        lambda entries: session.show(Progress("scanning", len(entries))),
        cache.heads if cache else None,
        list(_written(options)),
        options.form or "",
    )
    entries: Sequence[Entry] = found.entries
    scan_issues = (*unreachable, *found.issues)
    if options.full_text and not session.keeps:
        entries = [entry._replace(is_link_only=False) for entry in entries]
    elif options.full_text:
        from epubmaker.pipeline.fulltext import with_full_text  # noqa: PLC0415 - few builds need it

        entries, not_had = with_full_text(entries, session)
        scan_issues += tuple(not_had)
    plan = select(entries, options, session.known)
    intake = Intake.of(len(found.entries), (*scan_issues, *plan.issues), plan.left_out, found.not_read)
    session.so_far = Report(issues=(*scan_issues, *plan.issues), intake=intake)
    is_empty = options.new and not (intake.found or intake.not_read or scan_issues)
    if not (plan.entries or is_empty or _NOT_ASKED_FOR & intake.left_out.keys()):
        raise _nothing_to_read(options, intake, scan_issues)
    return plan, intake, scan_issues


def _written(options: Options) -> Iterator[Path]:
    """Yield the files and the folder that the run writes, and which may lie in the folder of an input."""
    yield from filter(None, (named_book(options), options.report, options.shelf))
    if state := state_path(options):
        yield from (state, journal_of(state))


def _nothing_to_read(options: Options, intake: Intake, issues: Sequence[Issue]) -> InputError:
    subject = ", ".join(str(path) for path in options.inputs)
    unreachable = [issue for issue in issues if issue.code == "input-unreachable"]
    if unreachable and intake.found == len(unreachable):
        return InputError(unreachable[0].where, unreachable[0].message, "check the address and the network")
    formats = f"read are {' '.join(suffixes())}, ZIP and tar archives; `epubmaker formats` tells more"
    passed = f" ({not_read(intake)})" if intake.not_read else ""
    if not intake.found:
        return InputError(subject, f"no article in it{passed}", formats)
    unreadable = [issue for issue in issues if issue.severity == "error"]
    if intake.found == len(unreadable) == len(options.inputs) == 1:
        return InputError(unreadable[0].where, unreadable[0].message, formats)
    reasons = ", ".join(left_out(intake, issues))
    cause = f"no article is left of {intake.found:,}: {reasons}{passed}"
    if "undated" in intake.left_out:
        step = "leave out --since and --until"
    elif "link-only" in intake.left_out:
        step = "name the saved pages of these addresses, or fetch them with --full-text"
    else:
        step = formats
    return InputError(subject, cause, step)


def _with_kepub(options: Options) -> Options:
    """Turn kepub on where the output's ending asks for it, and for a Kobo where no name asks for another form.

    What is called .epub there, Adobe's engine shows, and needs another book.
    """
    rendition = options.device.rendition
    by_name = options.output is not None and options.output.name.lower().endswith(KEPUB_ENDING)
    if (by_name or options.kepub) and rendition.kepub == "wrong":
        subject = "--kepub" if options.kepub else f"--output: {KEPUB_ENDING}"
        raise UsageError(subject, f"is not {rendition.title}", "leave it out or name another --device")
    by_device = rendition.kepub == "better" and named_book(options) is None
    return replace(options, kepub=True) if by_name or by_device else options


# --- check, report ---------------------------------------------------------------------------------------------------


def _endings(books: Sequence[Path], options: Options) -> Iterator[Issue]:
    """Yield an issue for each book whose name has the wrong ending."""
    wanted = book_ending(options)
    for path in books:
        if not path.name.lower().endswith(wanted):
            message = f"the name does not end in {wanted}, by which reading systems know such a book"
            yield Issue("output-ending", "warning", str(path), message)


def _cache_issues(report: Report, session: Session) -> Iterator[Issue]:
    """Yield the issues of the cache that the report does not have yet."""
    said = any(issue.code == CACHE_UNUSABLE for issue in report.issues)
    for issue in session.cache.issues if session.cache else ():
        if not (said and issue.code == CACHE_UNUSABLE):
            yield issue


def _findings(report: Report, session: Session) -> Iterator[Issue]:
    """Check the books where that was asked for; yield EPUBCheck's findings as issues of the report."""
    if not session.checker:
        return
    session.show(Progress("checking"))
    for result in session.checker.check_all([book.path for book in report.books]):
        for message in result.messages:
            if message.severity in {"fatal", "error", "warning"}:
                severity: Literal["warning", "error"] = "warning" if message.severity == "warning" else "error"
                yield Issue("check", severity, str(result.path), str(message))
