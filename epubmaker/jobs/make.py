"""Makes the volumes of jobs, one after the other. What several of them need stays open between them."""

from __future__ import annotations

import os
import time
from dataclasses import replace
from pathlib import Path
from typing import Literal, NamedTuple

from epubmaker.errors import ERROR, EpubmakerError
from epubmaker.jobs.jobfile import Job, load
from epubmaker.model.books import BookStatus
from epubmaker.options import Options
from epubmaker.order import Order
from epubmaker.pipeline.build import book_of
from epubmaker.pipeline.outputs import Outputs
from epubmaker.pipeline.session import Session
from epubmaker.report import Report
from epubmaker.runtime.closable import Closable
from epubmaker.storage.remote import join, put, size_of
from epubmaker.storage.scratch import spool
from epubmaker.text.outputnames import OutputName

__all__ = ["Done", "MadeBook", "Maker", "RunSettings"]

_ENOUGH = 20_000  # articles, after which the pictures and the hosts of a session take room to no use


class RunSettings(NamedTuple):
    """How jobs are carried out on a machine, beside what each says itself.

    `cache` is the machine's own cache folder, None for none; `jobs` the processes that draft, None: one a processor.
    `reports` is the folder, or the address of one, that gets the report of each volume. `offline` and `refresh` are
    those of `options.Network`, where True; `delay` is, where it is not None.
    """

    cache: Path | None = None
    jobs: int | None = None
    reports: Path | str | None = None
    offline: bool = False
    refresh: bool = False
    delay: float | None = None


class MadeBook(NamedTuple):
    """A file of a volume: several, where `--max-size` cuts it."""

    path: str
    size: int
    sha256: str


class Done(NamedTuple):
    """What came of a job. `output` and `key` are the job's, `missing` counts pictures, `error` is why there is no book."""

    output: str
    key: str
    status: Literal["written", "unchanged", "failed"]
    books: tuple[MadeBook, ...] = ()
    articles: int = 0
    pictures: int = 0
    missing: int = 0
    issues: int = 0
    seconds: float = 0.0
    exit_status: int = 0
    error: str | None = None


class Maker(Closable):
    """Makes volumes; a context manager. Jobs with the same options share a session."""

    def __init__(self, settings: RunSettings) -> None:
        """Open nothing yet."""
        self._settings = settings
        self._session: Session | None = None
        self._articles = 0  # that the session has made

    def close(self) -> None:
        """End the processes and close the cache."""
        session, self._session = self._session, None
        if session is not None:
            session.__exit__(None, None, None)

    def make(self, line: str) -> Done:
        """Make the volume of a job's line, unless it is there; an error becomes the result."""
        start = time.perf_counter()
        job = load(line)
        if job is None:
            message = "a line is no job of this version of epubmaker; plan again with this one"
            return Done(line[:80], "", "failed", exit_status=ERROR, error=message)
        try:
            report = self._made(job)
        except Exception as error:  # noqa: BLE001 - whatever becomes of one volume, the others are made
            self.close()
            message = str(error) if isinstance(error, EpubmakerError) else f"{type(error).__name__}: {error}"
            status = error.exit_status if isinstance(error, EpubmakerError) else ERROR
            done = Done(job.output, job.key, "failed", exit_status=status, error=message)
        else:
            done = _done(job, report)
        return done._replace(seconds=round(time.perf_counter() - start, 3))

    def _made(self, job: Job) -> Report:
        order, settings = job.order, self._settings
        network = replace(
            order.options.network,
            offline=order.options.network.offline or settings.offline,
            refresh=settings.refresh,
            delay=order.options.network.delay if settings.delay is None else settings.delay,
        )
        options = replace(order.options, cache=settings.cache, jobs=settings.jobs, network=network)
        session = self._session_with(options)
        order = order._replace(options=options)
        self._articles += len(order.plan.entries)
        if options.output_at:
            report = _put(order, session)
        else:
            Outputs(options).check_book(order.name or OutputName.of(order.output))
            report = book_of(order, session)
        if settings.reports:
            report = replace(report, time_zone=options.timezone or report.time_zone)
            _write(report, settings.reports, f"{_safe_name(order.output)}.json")
        return report

    def _session_with(self, options: Options) -> Session:
        is_over = self._articles > _ENOUGH or options.network.deadline is not None  # which a session has once
        if self._session is None or self._session.options != options or is_over:
            self.close()
            self._session = Session(options, lambda _: None)
            self._articles = 0
        self._session.so_far = Report()
        return self._session


def _put(order: Order, session: Session) -> Report:
    """Make the book of an order on this disk, and put it at its address; return the report, with paths below that."""
    address = order.options.output_at
    with spool() as folder:
        output = folder / order.output
        output.parent.mkdir(parents=True, exist_ok=True)
        if size_of(join(address, order.output.as_posix())):
            output.write_bytes(b"\0")  # the older book, which stays where the network fails for most of the pictures
        name = (order.name or OutputName.of(order.output)).below(folder)
        report = book_of(order._replace(output=output, name=name), session)
        books = [book._replace(path=book.path.relative_to(folder)) for book in report.books]
        for book in books:
            put(folder / book.path, join(address, book.path.as_posix()))
        start = f"{folder}{os.sep}"
        issues = [issue._replace(where=issue.where.removeprefix(start)) for issue in report.issues]
    return replace(report, books=tuple(books), issues=tuple(issues))


def _write(report: Report, folder: Path | str, name: str) -> None:
    """Write a report into a folder, or to one at an address."""
    if isinstance(folder, Path):
        report.write(folder / name)
        return
    with spool() as here:
        report.write(here / name)
        put(here / name, join(folder, name))


def _safe_name(output: Path) -> str:
    """Return a file name that no other output of a plan has: its path, with what cannot stand in a name replaced."""
    return "%".join(part for part in output.parts if part != output.anchor)


def _done(job: Job, report: Report) -> Done:
    is_written = any(book.status is BookStatus.WRITTEN for book in report.books)
    at = job.order.options.output_at
    return Done(
        job.output,
        job.key,
        "written" if is_written else "unchanged",
        tuple(
            MadeBook(join(at, book.path.as_posix()) if at else str(book.path), book.size, book.sha256)
            for book in report.books
        ),
        len(report.articles),
        sum(book.pictures for book in report.books),
        sum(record.status == "missing" for record in report.pictures),
        len(report.issues),
    )
