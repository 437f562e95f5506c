"""The command line: flags -> Options, progress -> terminal, errors -> exit status. No other package imports click.

    build.py            `build`: its flags -> a book, and lines about it
    flags.py            the flags, in the sections of the help
    values.py           the types of their values
    settings.py         `epubmaker.toml`, the flags that need not be typed
    translate.py        flags -> Options
    dryrun.py           lines for `--dry-run`
    standardoutput.py   a book on standard output
    init.py             `init`
    plan.py             `plan`
    run.py              `run`
    check.py            `check`
    preview.py          `preview`
    inspect.py          `inspect`
    bookfile.py         what a finished book says of itself
    cache.py            `cache`
    state.py            `state`
    shelf.py            `shelf`
    lists.py            `devices`, `styles`, `formats`
    terminal.py         the standard streams, and the progress
    usage.py            lines about a wrong command line
    failures.py         errors -> one line and an exit status

Results go to stdout, progress and messages to stderr. A command imports what it needs when it runs, so that `--help`
answers at once.

Exit statuses:

    0    success, or nothing to do
    1    an error: no new book, and an older one is unchanged; or the report, the results or the shelf could not
         be written
    2    wrong usage
    3    the book is written, but `--fail-if-warnings` found warnings or `--check` found anything
    4    an older book stays, since too many pictures are missing
    5    nothing to do, with `--fail-if-empty`
    6    the book is written, but did not go where it was to go, or the command of `--then` failed
    130  interrupted; an older book is unchanged

A run of several books ends with the worst of their statuses, by this order: 1, 2, 4, 6, 3, 5, 0.
"""

from __future__ import annotations

import os
from typing import NoReturn

import click

from epubmaker.cli import terminal
from epubmaker.cli.build import build
from epubmaker.cli.cache import cache
from epubmaker.cli.check import check
from epubmaker.cli.init import init
from epubmaker.cli.inspect import inspect
from epubmaker.cli.lists import devices, formats, styles
from epubmaker.cli.plan import plan
from epubmaker.cli.preview import preview
from epubmaker.cli.run import run as run_jobs
from epubmaker.cli.shelf import shelf
from epubmaker.cli.state import state
from epubmaker.errors import ERROR, USAGE, cause_of
from epubmaker.runtime import process

__all__ = ["main", "run"]


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="epubmaker")
def cli() -> None:
    """Make an e-book out of a folder of articles, with their pictures and captions."""


for _command in (build, preview, plan, run_jobs, init, check, inspect, cache, state, shelf, devices, formats, styles):
    cli.add_command(_command)
for _group in (cli, cache, state, shelf):
    for _command in _group.commands.values():
        # The first sentence, whole: click would cut it to a line.
        _command.short_help = (_command.help or "").partition("\n\n")[0].partition(". ")[0].rstrip(".") + "."


def main(arguments: list[str] | None = None) -> NoReturn:
    """Run the command line and exit."""
    process.leave_on_signals()
    terminal.prepare()
    try:
        status = run(arguments)
    except (click.Abort, KeyboardInterrupt) as error:
        process.leave_on_signals()
        terminal.say("; ".join(["interrupted", *getattr(error.__cause__ or error, "__notes__", ())]))
        # All is cleaned up; threads that still wait for a server must not delay the exit.
        os._exit(process.INTERRUPTED)
    lost = terminal.lost_output()
    if lost and not status:
        cause = cause_of(lost)
        terminal.say(f"error: standard output: {cause}; all is done, but its lines are lost")
        status = ERROR
    process.finish(status)


def run(arguments: list[str] | None = None) -> int:
    """Run the command line; return the exit status."""
    try:
        status = cli.main(arguments, "epubmaker", standalone_mode=False, auto_envvar_prefix="EPUBMAKER")
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        return USAGE
    except click.ClickException as error:
        from epubmaker.cli.usage import line_about

        terminal.say(f"error: {line_about(error)}")
        return USAGE
    return int(status or 0)
