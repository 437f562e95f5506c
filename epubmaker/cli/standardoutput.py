"""A book on standard output, for `--output -`: made as a temporary file, checked where asked for, then written whole."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from epubmaker.cli.terminal import lost_output
from epubmaker.errors import ERROR, OutputError, TemporaryFilesError, UsageError, cause_of
from epubmaker.options import STANDARD_OUTPUT, Options
from epubmaker.pipeline.build import Progress, build
from epubmaker.report import Report
from epubmaker.storage.scratch import spool
from epubmaker.text.outputnames import EPUB_ENDING, KEPUB_ENDING, literal

__all__ = ["build_to_standard_output"]

_FLAG = "--output: -"
_A_FILE = "name a file with --output"


def build_to_standard_output(options: Options, show: Callable[[Progress], None]) -> Report:
    """Do as `build` does with a book that is written to standard output; in the report, its path is "-".

    Raises UsageError for a terminal, for volumes, for `then` and `send_to`, and for `new`: whoever reads the book may have
    lost it, with articles that no later book would have. Raises EpubmakerError as `build` does, and where the book cannot
    be written.
    """
    _check(options)
    is_kepub = options.kepub or options.device.rendition.kepub == "better"
    with spool() as folder:
        book = folder / f"book{KEPUB_ENDING if is_kepub else EPUB_ENDING}"
        try:
            report = build(replace(options, output=literal(book), kepub=is_kepub), show)
        except OutputError as error:
            if error.subject == str(book):
                raise TemporaryFilesError(error.cause) from error
            raise
        report = _renamed(report, book)
        if report.books:
            with book.open("rb") as file:
                shutil.copyfileobj(file, sys.stdout.buffer)
            sys.stdout.buffer.flush()
    lost = lost_output()
    failure = lost and OutputError("standard output", cause_of(lost), f"give it room, or {_A_FILE}")
    if failure:
        report = replace(report, books=(), exit_status=ERROR, error=str(failure))
    if options.report:
        report.write(options.report)
    if failure:
        raise failure
    return report


def _check(options: Options) -> None:
    """Raise UsageError for what standard output cannot have."""
    if sys.stdout.isatty():
        raise UsageError(_FLAG, "a terminal shows no book", f"send it to a program or into a file, or {_A_FILE}")
    if options.in_volumes:
        raise UsageError(_FLAG, "volumes are several books", f"leave out --split-by and --max-size, or {_A_FILE}")
    if options.new:
        raise UsageError(_FLAG, "contradicts --new, which is for books that stay", _A_FILE)
    for flag, value in (("--then", options.then), ("--send-to", options.send_to)):
        if value:
            raise UsageError(flag, "is for a book that stays", _A_FILE)


def _renamed(report: Report, path: Path) -> Report:
    """Return a report in which the book is called as the user has called it."""
    books = tuple(book._replace(path=Path(STANDARD_OUTPUT)) for book in report.books)
    issues = (each._replace(where=STANDARD_OUTPUT) if each.where == str(path) else each for each in report.issues)
    return replace(report, books=books, issues=tuple(issues))
