"""The flags of `epubmaker build`, in the sections of its help.

To add a flag, add it to its section of `SECTIONS`, and to `epubmaker.options`. Its help is one line, at 80 columns too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from epubmaker.cli.values import (
    EXISTING_FILE,
    FILE,
    Bytes,
    Day,
    Input,
    Kept,
    Percent,
    Position,
    Seconds,
    Size,
    complete_path,
)
from epubmaker.devices import DEVICES
from epubmaker.options import GROUPINGS, MailServer, Network, Options

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

__all__ = [
    "ARGUMENTS",
    "OF_THE_COMMAND_LINE",
    "PARAMETERS",
    "SECTIONS",
    "SETTINGS",
    "BuildCommand",
    "Flag",
    "Parameter",
]

_DEFAULTS, _NETWORK, _MAIL = Options(()), Network(), MailServer()
ARGUMENTS, SETTINGS = "epubmaker.arguments", "epubmaker.settings"
"""Keys of click's `Context.meta`: the words of the command line, and the path of the settings file."""

OF_THE_COMMAND_LINE = frozenset({"config", "no-config", "book", "dry-run"})
"""Flags that are no keys of a settings file."""

_PATTERN = "GLOB|/RE/"


class Parameter(click.Parameter):
    """A parameter whose value may also come from the environment or from a settings file."""

    def consume_value(self, ctx: click.Context, opts: Mapping[str, Any]) -> tuple[Any, ParameterSource]:
        """Return the value and its source, which is noted at once: `place` needs it when the value cannot be used."""
        value, source = super().consume_value(ctx, opts)
        ctx.set_parameter_source(self.name or "", source)  # click 8.4 does so once the value is converted
        return value, source

    @property
    def key(self) -> str:
        """The name in a settings file: that of the flag, without "--"."""
        return (self.name or "").replace("_", "-")

    def place(self, context: click.Context) -> str | None:
        """Return where the value stands, for errors: a variable, or a key of a file; None for the command line."""
        source = context.get_parameter_source(self.name or "")
        if source is ParameterSource.DEFAULT_MAP:
            return f"{context.meta[SETTINGS]}: {self.key}"
        if source is ParameterSource.ENVIRONMENT:
            return f"{context.auto_envvar_prefix}_{(self.name or '').upper()}"
        return None


class _Inputs(Parameter, click.Argument):
    """The inputs."""


class Flag(Parameter, click.Option):
    """A flag of `build`. Its value is known by the flag's name, with "_" for "-"."""

    def __init__(self, *names: str, **attributes: Any) -> None:
        self.own_default = attributes.get("default")
        super().__init__(names, show_default=self.own_default is not None, **attributes)

    def value_from_envvar(self, ctx: click.Context) -> Any:
        """Return the variable's value; of a flag that may be given several times, its lines."""
        value = self.resolve_envvar_value(ctx)
        if value is None or not self.multiple:
            return super().value_from_envvar(ctx)
        return [line for line in value.split("\n") if line]

    def get_help_extra(self, ctx: click.Context) -> click.types.OptionHelpExtra:
        """Leave the range of numbers to the error for one that is out of it: the help has a line for each flag."""
        extra = super().get_help_extra(ctx)
        extra.pop("range", None)
        return extra


INPUTS = _Inputs(["inputs"], nargs=-1, type=Input(), metavar="INPUT...")


def _complete_style(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    from click.shell_completion import CompletionItem

    from epubmaker.packager.styles.sheets import styles

    named = [CompletionItem(style.name) for style in styles() if style.name.startswith(incomplete)]
    return [*named, *complete_path(context, parameter, incomplete)]


def _complete_format(_context: click.Context, _parameter: click.Parameter, incomplete: str) -> list[str]:
    from epubmaker.collector.formats.table import format_names

    return [name for name in format_names() if name.startswith(incomplete)]


SECTIONS = {
    "Inputs": (
        Flag("--config", type=FILE, metavar="FILE", help="Settings; default: epubmaker.toml, where there is one."),
        Flag("--no-config", is_flag=True, help="Read no settings file."),
        Flag("--book", metavar="NAME", help="Only this [[book]] of the settings."),
        Flag("--files-from", type=click.File("rb"), metavar="FILE|-", help="Further inputs, a path or address a line."),
        Flag(
            "-f",
            "--from",
            metavar="FORMAT",
            shell_complete=_complete_format,
            help="Format of the inputs; see `epubmaker formats`.",
        ),
    ),
    "Which articles": (
        Flag("--since", type=Day(), metavar="DATE", help="From this day on: 2022-01-31, 2022-01, today-7d, 3d."),
        Flag("--until", type=Day(), metavar="DATE", help="Up to this day, which is included."),
        Flag(
            "--dated",
            type=click.Choice(["published", "archived"]),
            default=_DEFAULTS.dated,
            metavar="DATE",
            help="Go by date published or archived.",
        ),
        Flag("--timezone", metavar="NAME", help="As Europe/Berlin; default: that of the system."),
        Flag("--source", multiple=True, metavar=_PATTERN, help="Only of this source (repeatable)."),
        Flag(
            "--match",
            multiple=True,
            metavar=_PATTERN,
            help="Only with this in title or link (repeatable).",
        ),
        Flag(
            "--exclude",
            multiple=True,
            metavar=_PATTERN,
            help="None with this in title or link (repeatable).",
        ),
        Flag("--new", is_flag=True, help="Only what no earlier book of the series has."),
        Flag("--state", type=FILE, metavar="FILE", help="Where --new remembers; default: the state folder."),
        Flag("--limit", type=click.IntRange(min=1), metavar="N", help="Only the N newest articles."),
        Flag("--drop-repeated", is_flag=True, help="Leave out what a source's articles begin or end with."),
        Flag(
            "--min-text",
            type=click.IntRange(min=0),
            default=_DEFAULTS.min_text,
            metavar="N",
            help="Shorter posts share a page a day.",
        ),
        Flag(
            "--sort",
            type=click.Choice(["date", "title", "source", "input"]),
            default=_DEFAULTS.sort_by,
            metavar="BY",
            help="By date, title, source or input.",
        ),
        Flag("--reverse", is_flag=True, help="Turn the order round: newest first."),
    ),
    "The book": (
        Flag("-t", "--title", help="Default: the articles' sources and dates."),
        Flag("-a", "--author", multiple=True, metavar="NAME", help="Who wrote it (repeatable)."),
        Flag("--language", metavar="TAG", help="As en or zh-Hans; default: that of most articles."),
        Flag("--publisher", help="Who publishes the book."),
        Flag("--rights", help="Such as a copyright or a license."),
        Flag("--description", help="A few sentences for the library's catalog."),
        Flag("--identifier", help="Names the book for good; default: worked out."),
        Flag("--series", metavar="NAME", help="The periodical that the book is an issue of."),
        Flag("--series-index", type=Position(), metavar="N", help="Its number there, as 3 or 3.5; default: its date."),
        Flag("--subject", multiple=True, help="A tag for libraries (repeatable)."),
        Flag(
            "--device",
            type=click.Choice(list(DEVICES)),
            default=_DEFAULTS.device.name,
            metavar="NAME",
            help="See `epubmaker devices`.",
        ),
        Flag(
            "--style",
            default=_DEFAULTS.style,
            metavar="NAME|FILE",
            shell_complete=_complete_style,
            help="See `epubmaker styles`.",
        ),
        Flag("--css", multiple=True, type=EXISTING_FILE, metavar="FILE", help="CSS after the style's (repeatable)."),
        Flag("--cover", type=EXISTING_FILE, metavar="FILE", help="A picture; default: a cover is drawn."),
        Flag("--no-cover", is_flag=True, help="Make a book without a cover."),
        Flag(
            "--group-by",
            default=_DEFAULTS.group_by,
            metavar="BY",
            shell_complete=lambda *words: [name for name in GROUPINGS if name.startswith(words[-1])],
            help="Day, week, source…; source/month nests.",
        ),
        Flag("--split-by", metavar="BY", help="Volumes: day, week, month, year, source, N articles."),
        Flag("--prune", is_flag=True, help="Remove volumes of earlier runs that are no longer made."),
        Flag("--full-text", is_flag=True, help="Fetch articles that a feed cuts short or only names."),
        Flag("--whole-page", is_flag=True, help="Of web pages take all, and not the article alone."),
        Flag("--keep-all", is_flag=True, help="Leave in what sites put around articles."),
        Flag("--kepub", is_flag=True, help="Write Kobo's own form, .kepub.epub."),
        Flag("--picture-list", is_flag=True, help="End the book with a list of its pictures."),
    ),
    "Pictures": (
        Flag("--image-max-size", type=Size(), metavar="WxH", help="The largest, in pixels, as 1072x1448."),
        Flag("--image-quality", type=click.IntRange(1, 100), metavar="N", help="JPEG quality, 1 to 100."),
        Flag("--grayscale", is_flag=True, help="Make all pictures gray."),
        Flag("--no-images", is_flag=True, help="Leave all pictures out."),
        Flag("--video-pictures", is_flag=True, help="Give posts of YouTube videos the video's still."),
        Flag("--max-size", type=Bytes(), metavar="50MB", help="Smaller pictures, then volumes, to keep within it."),
    ),
    "Network": (
        Flag("--cache", type=FILE, metavar="DIR", help="Kept between runs; default: user's cache folder."),
        Flag("--no-cache", is_flag=True, help="Neither use nor fill the cache."),
        Flag("--offline", is_flag=True, help="Ask nothing of the network."),
        Flag("--refresh", is_flag=True, help="Ask for every picture again."),
        Flag(
            "--connections",
            type=click.IntRange(1, 256),
            default=_NETWORK.connections,
            metavar="N",
            help="Downloads at once.",
        ),
        Flag(
            "--timeout",
            type=Seconds(0.1),
            default=_NETWORK.timeout,
            metavar="S",
            help="Seconds for a server to answer.",
        ),
        Flag("--retries", type=click.IntRange(0, 10), default=_NETWORK.retries, metavar="N", help="Further tries."),
        Flag(
            "--delay",
            type=Seconds(),
            default=_NETWORK.delay,
            metavar="S",
            help="Seconds between requests to a host.",
        ),
        Flag("--deadline", type=Seconds(), metavar="S", help="Seconds after which nothing is fetched."),
        Flag(
            "--max-missing",
            type=Percent(),
            default=f"{_DEFAULTS.max_missing}%",
            metavar="N%",
            help="Older book stays if more fail.",
        ),
        Flag("--allow-private-network", is_flag=True, help="Fetch from private and local addresses, too."),
    ),
    "Mail": (
        Flag("--send-to", multiple=True, metavar="ADDRESS", help="Send the book there, once (repeatable)."),
        Flag("--send-again", is_flag=True, help="Send also what was sent, or may have been."),
        Flag("--mail-host", metavar="NAME", help="The server that takes the mail."),
        Flag("--mail-port", type=click.IntRange(1, 65535), metavar="N", help="Its port; default: 587, or 465 for tls."),
        Flag(
            "--mail-security",
            type=click.Choice(["starttls", "tls", "none"]),
            default=_MAIL.security,
            metavar="KIND",
            help="Or tls, or none.",
        ),
        Flag("--mail-user", metavar="NAME", help="Log in as this user."),
        Flag("--mail-from", metavar="ADDRESS", help="Whom it comes from; default: the user."),
        Flag("--mail-password-file", type=FILE, metavar="FILE", help="Its first line is the password."),
        Flag("--mail-password-command", metavar="CMD", help="Writes the password."),
    ),
    "Output and messages": (
        Flag(
            "-o",
            "--output",
            metavar="FILE|DIR/|-",
            shell_complete=complete_path,
            help="The book; default: named after the title, here.",
        ),
        Flag("--shelf", type=FILE, metavar="DIR", help="Also put the book into a catalog (OPDS) there."),
        Flag("--shelf-keep", type=Kept(), metavar="90d", help="Remove older issues: 90d, '30 issues'."),
        Flag("--copy-to", type=FILE, metavar="auto|DIR", help="Also copy the book to a reader on USB."),
        Flag("--then", metavar="COMMAND", help="Run this on a book that was written."),
        Flag("--force", is_flag=True, help="Replace even a file that is no book."),
        Flag("--dry-run", is_flag=True, help="Say what a book would have, and write nothing."),
        Flag("--check", is_flag=True, help="Check the book with EPUBCheck."),
        Flag("--fail-if-warnings", is_flag=True, help="Exit with 3 if anything was worth a warning."),
        Flag("--fail-if-empty", is_flag=True, help="Exit with 5 if there is nothing to do."),
        Flag("--report", type=FILE, metavar="FILE.json", help="Write what happened to a JSON file."),
        Flag("-j", "--jobs", type=click.IntRange(1, 256), metavar="N", help="Processes; default: one a processor."),
        Flag("-v", "--verbose", is_flag=True, help="Every issue, and where an error came from."),
        Flag("-q", "--quiet", is_flag=True, help="Say errors only."),
    ),
}
"""The flags by the title of their section; the help and README's table have the same order."""

PARAMETERS: tuple[Parameter, ...] = (INPUTS, *(flag for flags in SECTIONS.values() for flag in flags))
"""All that `build` takes."""


class BuildCommand(click.Command):
    """A command whose help lists its flags in sections."""

    sections: Mapping[str, Sequence[Flag]] = SECTIONS

    def __init__(self, *arguments: Any, **attributes: Any) -> None:
        flags = (flag for flags in self.sections.values() for flag in flags)
        super().__init__(*arguments, **{**attributes, "params": [INPUTS, *flags]})

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Keep the arguments, which are parsed once more for each book of a settings file."""
        ctx.meta[ARGUMENTS] = tuple(args)
        return super().parse_args(ctx, args)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the flags, a line each."""
        for title, flags in self.sections.items():
            with formatter.section(title):
                formatter.write_dl([record for flag in flags if (record := flag.get_help_record(ctx))])
