"""How a command fails: one line on stderr and an exit status."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import click

from epubmaker.cli.terminal import say
from epubmaker.errors import EMPTY, ERROR, FINDINGS, PICTURES_MISSING, UNDELIVERED, USAGE, EpubmakerError
from epubmaker.runtime import process

__all__ = ["one_line_errors", "worst"]

_FROM_THE_WORST = (ERROR, USAGE, PICTURES_MISSING, UNDELIVERED, FINDINGS, EMPTY, 0)


def worst(statuses: Iterable[int]) -> int:
    """Return the exit status of a run of several books.

    The worst is a book that could not be made, then one that was wrongly asked for, then an older one that stays, then one
    that did not arrive, then one with findings, then nothing to do.
    """
    return min(statuses, key=_FROM_THE_WORST.index, default=0)


@contextmanager
def one_line_errors(*, verbose: bool = False) -> Iterator[None]:
    """Turn an error into one line on stderr and an exit status; `verbose` adds the traceback."""
    process.interrupt_on_signals()
    try:
        yield
    except (click.exceptions.Exit, click.Abort):  # from one of these inside
        raise
    except KeyboardInterrupt as interrupt:
        if sys.stderr.isatty():
            say("")  # the terminal has printed ^C without ending the line
        raise click.Abort from interrupt
    except Exception as error:  # noqa: BLE001 - users get one line for any error, and a traceback only with --verbose
        if verbose:
            import traceback

            traceback.print_exc()
        say(f"error: {_line_of(error)}")
        click.get_current_context().exit(_status_of(error))


def _status_of(error: Exception) -> int:
    if isinstance(error, click.ClickException):
        return USAGE
    return error.exit_status if isinstance(error, EpubmakerError) else ERROR


def _line_of(error: Exception) -> str:
    if isinstance(error, click.ClickException):
        from epubmaker.cli.usage import line_about

        return line_about(error)
    if isinstance(error, EpubmakerError):
        return " ".join(str(error).split())
    where = "--verbose tells where it comes from"
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename or 'system'}: {error.strerror.lower()}; {where}"
    return f"epubmaker: {type(error).__name__} ({' '.join(str(error).split())}), which should not happen; {where}"
