"""The command `epubmaker build`: its flags become Options, its report becomes lines and an exit status."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from epubmaker.cli.failures import one_line_errors, worst
from epubmaker.cli.flags import ARGUMENTS, PARAMETERS, SETTINGS, BuildCommand
from epubmaker.cli.terminal import ProgressDisplay, prefixed, say, show
from epubmaker.cli.translate import options_of
from epubmaker.errors import EMPTY, UsageError
from epubmaker.options import STANDARD_OUTPUT
from epubmaker.runtime import process

if TYPE_CHECKING:
    from epubmaker.cli.settings import BookSettings, Settings
    from epubmaker.model.articles import Issue
    from epubmaker.options import Options
    from epubmaker.report import Report

__all__ = ["build", "of_one_book", "placed_errors", "say_issues", "with_defaults"]

_SETTINGS = Path("epubmaker.toml")  # is read where it lies in the current folder


@click.command(cls=BuildCommand)
@click.pass_context
def build(context: click.Context, /, **flags: Any) -> int:
    """Make a book of articles. An INPUT is a file, a folder, an archive, a web address, or - for standard input.

    \b
    epubmaker build seeds/ -o news.epub
    epubmaker build ~/news --since 2022-01-01 --device kobo-6 --check
    """  # noqa: D301 - the backslash is click's mark for lines to be left as they are
    process.own()
    with one_line_errors(verbose=flags["verbose"]):
        settings = _settings(context)
        if settings is None:
            return _build(context)
        books = _chosen(settings, context)
    context.meta[SETTINGS] = settings.path
    return worst([_attempt(book, context, is_named=len(books) > 1) for book in books])


def _settings(context: click.Context) -> Settings | None:
    """Return what the settings file says that is named or found; None without one. Raises UsageError."""
    named, without, book = (context.params[name] for name in ("config", "no_config", "book"))
    if named and without:
        raise UsageError("--config", "contradicts --no-config", "leave one out")
    path = named or _SETTINGS
    if without or not (named or os.path.lexists(path)):
        if book:
            raise UsageError("--book", "is for the books of a settings file", "name that with --config")
        return None
    from epubmaker.cli.settings import read

    settings = read(path, is_named=bool(named))
    if not named and not context.params["quiet"]:
        say(f"settings: {path}")
    return settings


def _chosen(settings: Settings, context: click.Context) -> tuple[BookSettings, ...]:
    """Return the books to make: the one asked for, or one of the inputs that are named beside the file, or all.

    Raises UsageError for no such book, and for books that would be written to one file.
    """
    flags = context.params
    if flags["book"]:
        return (settings.book(flags["book"]),)
    if flags["inputs"] or flags["files_from"]:
        return (settings.beside,)
    for name in ("output", "report", "identifier"):
        values = Counter(str(flags[name] or book.values.get(name) or "") for book in settings.books)
        for one, times in values.items():
            if one and times > 1 and not (name == "output" and _has_room(one)):
                cause = f"{one} is for {times} books"
                raise UsageError(f"--{name}", cause, "give each of them its own, or choose one with --book")
    return settings.books


def _has_room(output: str) -> bool:
    """Tell whether several books may have this output: it is a folder, or a template for their names."""
    return "{" in output or output.endswith((os.sep, "/")) or Path(output).is_dir()


def _attempt(book: BookSettings, context: click.Context, *, is_named: bool) -> int:
    """Make one of several books; return its exit status. Its name begins each line, where `is_named`."""
    with prefixed(f"{book.name}: " if is_named else ""):
        try:
            with one_line_errors(verbose=context.params["verbose"]):
                return _build(_context_of(book, context))
        except click.exceptions.Exit as end:
            return end.exit_code


def _context_of(book: BookSettings, context: click.Context) -> click.Context:
    """Return the context of a command line, with what a settings file says of a book where a flag is not given."""
    words = list(context.meta[ARGUMENTS])
    made = context.command.make_context(context.info_name, words, context.parent, default_map=book.values)
    keeps = "shelf_keep" in book.shared and made.get_parameter_source("shelf_keep") is ParameterSource.DEFAULT_MAP
    if keeps and not (made.params["series"] or made.params["split_by"]):
        made.params["shelf_keep"] = None  # said for all books, of which this one is no issue of a series
    return made


def of_one_book(context: click.Context) -> click.Context:
    """Return the context of a command about one book, with what the settings file says of it. Raises UsageError."""
    settings = _settings(context)
    if settings is None:
        return context
    flags = context.params
    if not (flags["book"] or flags["inputs"] or flags["files_from"]) and len(settings.books) > 1:
        names = ", ".join(each.name for each in settings.books)
        raise UsageError(settings.path, f"has {len(settings.books)} books", f"choose one with --book: {names}")
    context.meta[SETTINGS] = settings.path
    return _context_of(_chosen(settings, context)[0], context)


def with_defaults(context: click.Context, own: AbstractSet[str]) -> click.Context:
    """Return a context as that of a build: without a command's `own` flags, and with the defaults of those it lacks."""
    defaults = build.make_context("build", []).params
    context.params = {**defaults, **{name: value for name, value in context.params.items() if name not in own}}
    return context


def _build(context: click.Context) -> int:
    """Make the book that the flags of a context ask for, or say what it would have; return the exit status."""
    flags = context.params
    with one_line_errors(verbose=flags["verbose"]), placed_errors(context):
        options = options_of(context)
        return _dry_run(options, flags) if flags["dry_run"] else _make(options, flags)


def _make(options: Options, flags: Mapping[str, Any]) -> int:
    """Make a book, and say what came of it; return the exit status."""
    from epubmaker.summary import hints, summary

    verbose, quiet = flags["verbose"], flags["quiet"]
    if flags["output"] == STANDARD_OUTPUT:
        from epubmaker.cli.standardoutput import build_to_standard_output as build_book

        tell = say
    else:
        from epubmaker.pipeline.build import build as build_book

        tell = show
    try:
        with ProgressDisplay(quiet=quiet) as display:
            report = build_book(options, display.show)
    except KeyboardInterrupt as interrupt:
        if not hasattr(interrupt, "__notes__"):
            interrupt.add_note("an older book stays as it was")
        raise
    if verbose:
        say_issues(report.issues)
    if not quiet:
        for line in summary(report):
            tell(line)
        for line in hints(report):
            say(line)
    if not verbose:
        _say_what_failed(report, options, quiet=quiet)
    return report.exit_status


def _say_what_failed(report: Report, options: Options, *, quiet: bool) -> None:
    """Say what gave the exit status, as far as the summary does not tell it."""
    for issue in report.issues:
        is_finding = options.fail_if_warnings or issue.code == "check"
        if issue in report.undelivered or (quiet and report.exit_status and is_finding):
            say(f"{issue.severity}: {issue.where}: {issue.message}")


def _dry_run(options: Options, flags: Mapping[str, Any]) -> int:
    """Say what a build would do; return the exit status."""
    from epubmaker.cli.dryrun import dry_run_lines
    from epubmaker.pipeline.build import dry_run

    with ProgressDisplay(quiet=flags["quiet"]) as display:
        found = dry_run(options, display.show)
    if flags["verbose"]:
        say_issues(found.issues)
    for line in dry_run_lines(found, options, everything=flags["verbose"]):
        show(line)
    return EMPTY if flags["fail_if_empty"] and not found.orders else 0


def say_issues(issues: Iterable[Issue]) -> None:
    """Say all issues, as `--verbose` does."""
    for issue in issues:
        say(f"{issue.severity}: {issue.where}: {issue.message} [{issue.code}]")


@contextmanager
def placed_errors(context: click.Context) -> Iterator[None]:
    """Let errors with a flag name the variable or the key of the settings file, where its value comes from there."""
    try:
        yield
    except UsageError as error:
        for parameter in PARAMETERS:
            place = parameter.place(context)
            if place and re.match(rf"--{parameter.key}(?![\w-])", error.subject):
                raise UsageError(place, error.cause, error.advice) from error
            if place and str(context.params.get(parameter.name or "")) == error.subject:
                place = f"{place}: {error.subject}"
                raise UsageError(place, error.cause, error.advice) from error
        raise
