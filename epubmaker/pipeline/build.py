"""The wiring: `build` reads the inputs, has books made, checks them and reports."""

from __future__ import annotations

import gc
import os
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

from epubmaker.collector.scan import scan
from epubmaker.collector.select import select
from epubmaker.errors import InputError, LostPictureError, UsageError
from epubmaker.model.articles import Entry, Issue
from epubmaker.options import Options
from epubmaker.pipeline.outputs import Outputs
from epubmaker.report import Intake, Report
from epubmaker.reuse.books import Job
from epubmaker.reuse.memory import Memory
from epubmaker.runtime import process
from epubmaker.storage.database import CACHE_UNUSABLE
from epubmaker.storage.publish import output_errors
from epubmaker.summary import left_out, not_read
from epubmaker.text.naming import book_title, file_name

if TYPE_CHECKING:
    from epubmaker.packager.check.epubcheck import Checker

__all__ = ["Progress", "build"]

_ENDING, _KEPUB_ENDING = ".epub", ".kepub.epub"


class Progress(NamedTuple):
    """How far a build is: `done` of `total` things of the phase; a total of 0 is not known."""

    phase: Literal["scanning", "articles", "checking"]
    done: int = 0
    total: int = 0


def build(options: Options, show: Callable[[Progress], None] = lambda _: None) -> Report:
    """Make a book, or volumes that keep within `options.max_size`, of the articles that the inputs hold.

        inputs
        | scan      heads of the articles            this thread                          -> Entry
        | select    filter, sort, group              this thread, pure                    -> Plan
        | reuse     an unchanged book stays          this thread; see `rebuild`           -> Report, and that is all
        | parse     one article whole                this thread, a window of articles;   -> Article
        | draft     clean text with picture slots    this thread, and processes (`--jobs`) -> Draft
        | fetch     its pictures                     threads (`--connections`)            -> Fetched | FetchFailed
        | shrink    fit them to the device           processes (`--jobs`)                 -> Picture, files on disk
        | render    fill the slots, frame the page   this thread, pure                    -> Chapter, final bytes
        | package   into the container               this thread, the one writer          -> the book
        | check     EPUBCheck, when asked            one Java process, begun near the last article

    Everything comes in the order of the plan, whatever is ready first. A bounded window of articles is in flight; pictures
    wait on disk; the book grows in a temporary file beside the output until one rename publishes it.

    `show` hears of the progress. Raises EpubmakerError where there is no book; an older one then stays as it was.
    """
    start = time.perf_counter()
    options = _with_kepub(options)
    outputs = Outputs(options)
    outputs.check_what_is_named()
    show(Progress("scanning"))
    with ExitStack() as stack:
        checker = _checker(stack) if options.check else None
        memory = stack.enter_context(Memory(options.cache)) if options.cache else None

        job, intake = _planned(options, memory, show)
        outputs.check_book(job.output, volumes=options.max_size is not None)
        if options.make_folder:
            with output_errors(job.output):
                job.output.parent.mkdir(parents=True, exist_ok=True)
        report = (memory.unchanged(job) if memory else None) or _made(job, memory, checker, show)
        issues = [*report.issues, *_ending(job)]
        if memory:
            said = any(issue.code == CACHE_UNUSABLE for issue in issues)
            issues += [issue for issue in memory.issues if not (said and issue.code == CACHE_UNUSABLE)]
        if checker:
            show(Progress("checking"))
            issues += _findings(checker, [book.path for book in report.books])
    seconds = {"total": time.perf_counter() - start}
    report = replace(report, issues=tuple(issues), seconds=seconds, intake=intake, checked=options.check)
    if options.report:
        report.write(options.report)
    return report


def _planned(options: Options, memory: Memory | None, show: Callable[[Progress], None]) -> tuple[Job, Intake]:
    """Scan and select."""

    def note(entries: Sequence[Entry]) -> None:
        show(Progress("scanning", len(entries)))

    found = scan(options.inputs, note, memory.heads if memory else None)
    plan = select(found.entries, options)
    title = options.title or book_title(plan)
    job = Job(options, plan, title, _output(options, title), found.issues)
    written = [path for path in (job.output, options.report) if path]
    intake = Intake.of(len(found.entries), found.issues, plan, _without(found.not_read, written, options.inputs))
    if not plan.entries:
        raise _nothing_to_read(options, intake, found.issues)
    return job, intake


def _without(not_read: Mapping[str, int], written: Iterable[Path], inputs: Iterable[Path]) -> Mapping[str, int]:
    """Return how many files were not read, without what an earlier build has written into the folders of the inputs."""
    folders = [Path(os.path.realpath(path)) for path in inputs]
    counts = Counter(not_read)
    for path in written:
        real = Path(os.path.realpath(path))
        if real.exists() and any(real.is_relative_to(folder) for folder in folders):
            counts[real.suffix.lower()] -= 1
    return +counts


def _checker(stack: ExitStack) -> Checker:
    from epubmaker.packager.check.epubcheck import Checker  # noqa: PLC0415 - only for those who ask

    return stack.enter_context(Checker())


def _made(job: Job, memory: Memory | None, checker: Checker | None, show: Callable[[Progress], None]) -> Report:
    # An unchanged book needs nothing of the pipeline, and is there before all of it would be imported.
    from epubmaker.pipeline.drafting import Drafting  # noqa: PLC0415
    from epubmaker.pipeline.sizes import make  # noqa: PLC0415

    if process.is_own():
        gc.freeze()  # modules stay to the end: collections, which articles' trees make frequent, need not look at them
    total = len(job.plan.entries)

    def advance(done: int) -> None:
        if checker:
            checker.get_ready(total - done, total)
        show(Progress("articles", done, total))

    if checker:
        checker.get_ready(total, total)
    with Drafting(job.options.jobs or os.cpu_count() or 1) as drafting:
        try:
            return make(job, memory, drafting, advance)
        except LostPictureError as lost:
            folder = job.options.cache
            if folder is None or not lost.path.is_relative_to(folder):
                raise
            made = make(job._replace(options=replace(job.options, cache=None)), None, drafting, advance)
            message = f"{lost.cause}; the book was made without the cache: name another folder with --cache"
            return replace(made, issues=(*made.issues, Issue(CACHE_UNUSABLE, "warning", str(folder), message)))


def _nothing_to_read(options: Options, intake: Intake, issues: Sequence[Issue]) -> InputError:
    subject = ", ".join(str(path) for path in options.inputs)
    passed = f" ({not_read(intake)})" if intake.not_read else ""
    if not intake.found:
        return InputError(subject, f"no article in it{passed}", "name a folder with .txt files in the archive form")
    reasons = ", ".join(left_out(intake, issues))
    cause = f"no article is left of {intake.found:,}: {reasons}{passed}"
    asked_for = intake.left_out.keys() & {"other-day", "undated"}
    return InputError(subject, cause, "widen --since and --until" if asked_for else "name another folder")


def _with_kepub(options: Options) -> Options:
    """Turn Kobo's own form on where the output's ending asks for it."""
    form = options.device.form
    by_name = options.output is not None and options.output.name.lower().endswith(_KEPUB_ENDING)
    if (by_name or options.kepub) and form.kepub == "wrong":
        subject = "--kepub" if options.kepub else f"--output: {_KEPUB_ENDING}"
        raise UsageError(subject, f"is not {form.title}", "leave it out or name another --device")
    return replace(options, kepub=True) if by_name else options


def _output(options: Options, title: str) -> Path:
    def name(*, ascii_only: bool) -> str:
        return file_name(title, _KEPUB_ENDING if options.kepub else _ENDING, ascii_only=ascii_only)

    if options.output and not options.make_folder and not os.path.isdir(options.output):  # noqa: PTH112 - see `outputs`
        return options.output
    folder = options.output or Path()
    try:
        os.fsencode(name(ascii_only=False))
    except UnicodeEncodeError:  # the locale's encoding has no such characters
        return folder / name(ascii_only=True)
    return folder / name(ascii_only=options.device.form.ascii_name)


def _ending(job: Job) -> Iterator[Issue]:
    """Yield what is to be said of a name that does not show what the file is."""
    wanted = _KEPUB_ENDING if job.options.kepub else _ENDING
    if not job.output.name.lower().endswith(wanted):
        message = f"the name does not end in {wanted}, by which reading systems know such a book"
        yield Issue("output-ending", "warning", str(job.output), message)


def _findings(checker: Checker, books: Sequence[Path]) -> Iterator[Issue]:
    """Yield EPUBCheck's findings as issues of the report."""
    for result in checker.check_all(books):
        for message in result.messages:
            if message.severity in {"fatal", "error", "warning"}:
                severity: Literal["warning", "error"] = "warning" if message.severity == "warning" else "error"
                yield Issue("check", severity, str(result.path), str(message))
