"""The one place where the stages are wired together: `build`."""

from __future__ import annotations

import os
import re
import tempfile
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

from epubmaker.addresses import identity
from epubmaker.chapters.draft import draft
from epubmaker.chapters.language import normalise
from epubmaker.chapters.render import Page, render
from epubmaker.collector.gather import Gatherer
from epubmaker.collector.scan import parse, scan
from epubmaker.collector.select import select
from epubmaker.config import Options
from epubmaker.errors import InputError, UsageError
from epubmaker.ledger import Ledger
from epubmaker.model import (
    Chapter,
    Draft,
    Entry,
    FetchFailed,
    Issue,
    Metadata,
    PictureRef,
    PictureRequest,
    PictureResult,
    Plan,
)
from epubmaker.naming import book_identifier, book_title, file_name, modified
from epubmaker.packager.artwork import pick
from epubmaker.packager.check import check
from epubmaker.packager.cover import CoverText, draw_cover, fit_cover
from epubmaker.packager.pages import count_of, date_range
from epubmaker.packager.styles import stylesheet
from epubmaker.packager.toc import Contents, ContentsGroup, ContentsItem, group_heading
from epubmaker.packager.writer import CONTENTS, STYLESHEET, BookWriter
from epubmaker.report import Report
from epubmaker.words import words

__all__ = ["Progress", "build"]

_WINDOW = 64  # articles in flight: parsed, and waiting for their pictures or for those before them

_LANGUAGE_TAG = re.compile(r"[A-Za-z]{2,3}([-_][A-Za-z0-9]{1,8})*")

Gather: TypeAlias = Callable[[PictureRequest], "Future[PictureResult]"]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a build is: `done` of `total` things of the phase."""

    phase: Literal["scanning", "articles", "finishing", "checking"]
    done: int = 0
    total: int = 0


def build(options: Options, show: Callable[[Progress], None] = lambda _: None) -> Report:
    """Make one book of the articles that the inputs hold.

        inputs
        | scan      heads of the articles            this thread                          -> Entry
        | select    filter, sort, group              this thread, pure                    -> Plan
        | parse     one article whole                this thread, a window of articles    -> Article
        | draft     clean text with picture slots    this thread, pure                    -> Draft
        | fetch     its pictures                     threads (`--connections`)            -> Fetched | FetchFailed
        | shrink    fit them to the device           processes (`--jobs`)                 -> Picture, files on disk
        | render    fill the slots, frame the page   this thread, pure                    -> Chapter, final bytes
        | package   into the container               this thread, the one writer          -> the book
        | check     EPUBCheck, when asked            a Java process

    Everything comes in the order of the plan, whatever is ready first.  At most `_WINDOW` articles are in flight; pictures
    wait on disk; the book grows in a temporary file beside the output until one rename publishes it.

    `show` hears of the progress.  Raises EpubmakerError where there is no book; an older one then stays as it was.
    """
    start = time.perf_counter()
    language = _language(options)
    show(Progress("scanning"))
    found = scan(options.inputs, lambda count: show(Progress("scanning", count)))
    plan = select(found.entries, options)
    if not plan.entries:
        raise _nothing_to_read(options, found.issues)
    ledger = Ledger()
    ledger.issues.extend([*found.issues, *plan.issues])
    title = options.title or book_title(plan)
    css, css_issues = stylesheet(options.style, options.css)
    ledger.issues.extend(css_issues)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="epubmaker-")))
        writer = stack.enter_context(BookWriter(_output(options, title), css.encode()))
        gather: Gather = _left_out
        if options.images:
            jobs = options.jobs or os.cpu_count() or 1
            gather = stack.enter_context(Gatherer(options.network, options.pictures, folder, jobs)).gather
        for done, chapter in enumerate(_chapters(plan, gather, ledger), start=1):
            writer.add_chapter(chapter)
            ledger.add_chapter(chapter)
            show(Progress("articles", done, len(plan.entries)))
        show(Progress("finishing"))
        metadata = _metadata(options, plan, title, language or ledger.language)
        contents = _contents(plan, ledger, metadata.language)
        cover = _cover(options, metadata, contents, ledger)
        ledger.books.append(writer.finish(metadata, contents, cover=cover, missing=ledger.missing))
    if options.check:
        show(Progress("checking"))
        ledger.issues.extend(_findings(ledger.books[0].path))
    report = ledger.report({"total": time.perf_counter() - start})
    if options.report:
        report.write(options.report)
    return report


def _nothing_to_read(options: Options, issues: Sequence[Issue]) -> InputError:
    subject = ", ".join(str(path) for path in options.inputs)
    if issues:
        return InputError(subject, f"no article in it ({issues[0].where}: {issues[0].message})", "name another folder")
    if options.since or options.until:
        return InputError(subject, "no article of these days", "widen --since and --until")
    return InputError(subject, "no article in it", "name a folder with .txt files in the archive form")


def _output(options: Options, title: str) -> Path:
    if options.output is None:
        return Path(file_name(title))
    return options.output / file_name(title) if options.output.is_dir() else options.output


# --- articles to chapters --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Pending:
    """A chapter that waits for its pictures."""

    draft: Draft
    page: Page
    pictures: Mapping[PictureRef, Future[PictureResult]]

    @property
    def ready(self) -> bool:
        return all(future.done() for future in self.pictures.values())


def _chapters(plan: Plan, gather: Gather, ledger: Ledger) -> Iterator[Chapter]:
    """Yield the chapters in the order of the plan, as soon as they and all before them are ready."""
    entries = plan.entries
    links = {identity(entry.link): f"{_stem(entry)}.xhtml" for entry in entries if entry.link}
    waiting: deque[_Pending] = deque()
    for article, page in zip(map(parse, entries), _pages(entries), strict=True):
        chapter = draft(article)
        requests = {ref: gather(_request(ref, article.entry)) for ref in chapter.pictures}
        waiting.append(_Pending(chapter, page, requests))
        while waiting and (len(waiting) > _WINDOW or waiting[0].ready):
            yield _rendered(waiting.popleft(), links, ledger)
    for pending in waiting:
        yield _rendered(pending, links, ledger)


def _pages(entries: Sequence[Entry]) -> Iterator[Page]:
    def neighbour(position: int) -> tuple[str, str] | None:
        if not 0 <= position < len(entries):
            return None
        return entries[position].title, f"{_stem(entries[position])}.xhtml"

    for position, entry in enumerate(entries):
        yield Page(entry, _stem(entry), STYLESHEET, CONTENTS, neighbour(position - 1), neighbour(position + 1))


def _stem(entry: Entry) -> str:
    return f"a-{entry.key}"


def _request(ref: PictureRef, entry: Entry) -> PictureRequest:
    return PictureRequest(ref, entry.link, entry.path.parent, entry.root)


def _left_out(request: PictureRequest) -> Future[PictureResult]:
    """Gather for `--no-images`: every picture is left out on purpose."""
    future: Future[PictureResult] = Future()
    future.set_result(FetchFailed(request.ref.sources[0], "picture-skipped", "--no-images", "skipped"))
    return future


def _rendered(pending: _Pending, links: Mapping[str, str], ledger: Ledger) -> Chapter:
    results = {ref: future.result() for ref, future in pending.pictures.items()}
    for result in results.values():
        ledger.add_picture(result)
    return render(pending.draft, pending.page, results, links)


# --- the book around them --------------------------------------------------------------------------------------------


def _metadata(options: Options, plan: Plan, title: str, language: str) -> Metadata:
    newest = max((entry.date for entry in plan.entries if entry.date), default=None)
    return Metadata(
        title=title,
        language=language,
        identifier=options.identifier or book_identifier(plan),
        modified=modified(plan, os.environ),
        authors=options.authors,
        publisher=options.publisher,
        description=options.description,
        date=newest,
    )


def _language(options: Options) -> str | None:
    """Return the language asked for in its proper form; None when none was asked for."""
    if options.language is None:
        return None
    language = normalise(options.language) if _LANGUAGE_TAG.fullmatch(options.language) else None
    if language is None:
        raise UsageError("--language", f"{options.language!r} is no language tag", "write it like en, pt-BR or zh-Hans")
    return language


def _contents(plan: Plan, ledger: Ledger, language: str) -> Contents:
    records = iter(ledger.articles)
    groups = []
    for group in plan.groups:
        items = tuple(
            ContentsItem(entry.title, record.chapter, record.language, entry.source or "", entry.date)
            for entry, record in zip(group.entries, records, strict=False)
        )
        groups.append(ContentsGroup(group_heading(plan.grouped_by, group.key, language), items))
    return Contents(tuple(groups), by_day=plan.grouped_by == "day")


def _cover(options: Options, metadata: Metadata, contents: Contents, ledger: Ledger) -> bytes | None:
    if options.cover:
        cover = fit_cover(options.cover, grey=options.pictures.grey)
    elif options.draw_cover:
        strongest = pick(ledger.pictures)
        items = tuple(contents.items)
        own = words(metadata.language)
        dates = date_range(items, metadata.language)
        text = CoverText(metadata.title, dates, count_of("article", len(items), own), metadata.language)
        cover = draw_cover(text, strongest.files[0].path if strongest else None, grey=options.pictures.grey)
    else:
        return None
    ledger.issues.extend(cover.issues)
    return cover.data


def _findings(book: Path) -> Iterable[Issue]:
    """Yield EPUBCheck's findings as issues of the report."""
    for message in check(book).messages:
        if message.severity in {"fatal", "error", "warning"}:
            severity: Literal["warning", "error"] = "warning" if message.severity == "warning" else "error"
            yield Issue("check", severity, str(book), str(message))
