"""Runs commands that the user has named.

A command is one text, as a shell has it: words, with quotes around those that hold spaces. No shell runs it. On Windows,
the text goes to the program as it is, since each program splits its own; batch files are refused there, as their shell
would take "&" and "%" in the name of a book for its own.
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from epubmaker.errors import UsageError, cause_of
from epubmaker.model.articles import Issue

__all__ = ["check_command", "output_of", "run_for"]

_PLACE = "{}"
_BATCH = (".bat", ".cmd")
_BOOK = "EPUBMAKER_BOOK"


def check_command(flag: str, command: str) -> None:
    """Raise UsageError, with the flag as its subject, for a command that cannot be run."""
    try:
        words = shlex.split(command, posix=os.name == "posix")
    except ValueError as error:
        raise UsageError(flag, f"{command} is no command: {str(error).lower()}", "close the quotes") from error
    if not words:
        raise UsageError(flag, "is empty", "name a command, or leave it out")
    program = shutil.which(words[0].strip('"'))
    if program is None:
        raise UsageError(flag, f"no program is called {words[0]}", "name one that is installed, or its whole path")
    if os.name == "nt" and program.lower().endswith(_BATCH):
        step = "name the program that it runs, or run it with PowerShell"
        raise UsageError(flag, f"{words[0]} is a batch file, which a book's name could give commands", step)


def run_for(books: Sequence[Path], command: str) -> Iterator[Issue]:
    """Run a command for each book, one after the other; yield an issue for each run that fails.

    The book's absolute path takes the place of "{}", or else is the last argument; the variable EPUBMAKER_BOOK has it, too.
    What the command writes goes to this process's stderr, since stdout has results; it has nothing to read.
    """
    for book in books:
        path = str(book.absolute())  # which is no flag of the command, whatever the book is called
        environment = {**os.environ, _BOOK: path}
        try:
            done = subprocess.run(  # noqa: S603 - the user's own command; a settings file that nobody named has none
                _with(path, command), env=environment, stdin=subprocess.DEVNULL, stdout=_stderr(), check=False
            )
        except OSError as error:
            cause = f"cannot be run: {cause_of(error)}"
        else:
            if not done.returncode:
                continue
            cause = f"ended with {done.returncode}" if done.returncode > 0 else f"ended by signal {-done.returncode}"
        yield Issue("delivery-then", "error", str(book), f"the book is written, but the command of --then {cause}")


def output_of(command: str) -> str:
    """Return what a command writes to stdout. Raises UsageError where it fails; that says nothing of what it wrote."""
    words = command if os.name == "nt" else shlex.split(command)
    step = "run it by itself to see why"
    try:
        done = subprocess.run(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, check=False)  # noqa: S603 - as above
    except OSError as error:
        raise UsageError(command, cause_of(error), step) from error
    if done.returncode:
        raise UsageError(command, f"ended with {done.returncode}", step)
    return done.stdout.decode("utf-8", "replace")


def _with(path: str, command: str) -> str | list[str]:
    """Return what to run: the words of the command, or on Windows its text, with a path."""
    if os.name == "nt":
        quoted = subprocess.list2cmdline([path])
        return command.replace(_PLACE, quoted) if _PLACE in command else f"{command} {quoted}"
    words = shlex.split(command)
    if any(_PLACE in word for word in words):
        return [word.replace(_PLACE, path) for word in words]
    return [*words, path]


def _stderr() -> int:
    """Return the number of the stream for messages, or where that is closed, one that goes nowhere."""
    sys.stderr.flush()
    try:
        os.fstat(2)
    except OSError:
        return subprocess.DEVNULL
    return 2
