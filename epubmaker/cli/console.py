"""The standard streams, and what may be shown on a terminal.

`prepare` makes the streams ones that never fail: whoever reads them may have gone (`| head`), there may be none (`>&-`),
the disk behind them may be full, and none of that is a reason to lose a book.
"""

from __future__ import annotations

import io
import os
import re
import sys
from contextlib import suppress
from typing import Any, TextIO

__all__ = ["lost_output", "prepare", "printable", "say", "show"]

_UNPRINTABLE = re.compile(r"[\x00-\x08\x0a-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def printable(line: str, encoding: str | None) -> str:
    """Make a line safe for a terminal: titles and addresses come from strangers, and not every console knows Unicode.

    `encoding` is the terminal's, None where it says none.
    """
    encoding = encoding or "utf-8"
    return _UNPRINTABLE.sub("\ufffd", line).encode(encoding, "replace").decode(encoding)


def show(line: str) -> None:
    """Print a line of a result."""
    print(printable(line, sys.stdout.encoding), flush=True)  # noqa: T201 - this is what prints


def say(line: str) -> None:
    """Print a message."""
    print(printable(line, sys.stderr.encoding), file=sys.stderr, flush=True)  # noqa: T201 - as above


def prepare() -> None:
    """Open what is closed of the standard streams, and keep failures of the others to ourselves."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            # Or the next file that is opened would be the standard output: a book, say, into which a child prints.
            os.set_inheritable(os.open(os.devnull, os.O_RDWR), True)  # noqa: FBT003 - takes no keyword
    sys.stdout, sys.stderr = _patient(sys.stdout), _patient(sys.stderr)


def lost_output() -> OSError | None:
    """Return why results could not be printed; None if they could, or if nobody wanted them any more."""
    raw = getattr(getattr(sys.stdout, "buffer", None), "raw", None)
    failure = raw.failure if isinstance(raw, _PatientFile) else None
    return None if isinstance(failure, BrokenPipeError) else failure


class _PatientFile(io.FileIO):
    """A file of which a write never fails: it is noted in `failure`, and all that comes later is dropped."""

    failure: OSError | None = None

    def write(self, data: Any) -> int:
        if self.failure is None:
            try:
                return super().write(data) or 0
            except OSError as error:
                self.failure = error
        return memoryview(data).nbytes


def _patient(stream: TextIO | None) -> TextIO:
    if stream is None:
        return open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123 - as long as the process
    buffer = getattr(stream, "buffer", None)
    raw = getattr(buffer, "raw", buffer)  # there is no buffer between them with PYTHONUNBUFFERED
    if type(raw) is not io.FileIO:  # the console of Windows, or a stream that somebody put there
        return stream
    with suppress(OSError):
        stream.flush()
    file = io.BufferedWriter(_PatientFile(raw.fileno(), "w", closefd=False))
    # A name in the file system may hold what no encoding has a form for.
    return io.TextIOWrapper(file, stream.encoding, "backslashreplace", line_buffering=True)
