"""The standard streams: which characters may be printed, the progress of a build, and writes that never fail.

The reader of a stream may be gone (`| head`), the stream may be closed (`>&-`), the disk behind it may be full. None of
these may end a build: `prepare` replaces the streams by ones that note the failure and go on.
"""

from __future__ import annotations

import io
import os
import re
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, Self, TextIO

if TYPE_CHECKING:
    from epubmaker.pipeline.build import Progress

__all__ = ["ProgressDisplay", "lost_output", "prefixed", "prepare", "printable", "say", "show"]

_UNPRINTABLE = re.compile(r"[\x00-\x08\x0a-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_SECONDS_BETWEEN, _SECONDS_BEFORE_A_GUESS = 0.1, 5.0  # in which progress is not shown again, or its end not told


def printable(line: str, encoding: str | None) -> str:
    """Replace control characters, and what `encoding` cannot express: titles and addresses come from strangers.

    `encoding` is the terminal's, None where it is not known (UTF-8 is assumed).
    """
    encoding = encoding or "utf-8"
    return _UNPRINTABLE.sub("\ufffd", line).encode(encoding, "replace").decode(encoding)


_prefix = ""


@contextmanager
def prefixed(prefix: str) -> Iterator[None]:
    """Begin each line with the name of what it is about, while several things are done one after the other."""
    global _prefix  # noqa: PLW0603 - as the streams, it is the process's
    _prefix = prefix
    try:
        yield
    finally:
        _prefix = ""


def show(line: str) -> None:
    """Print a line of a result on stdout."""
    print(printable(_prefix + line, sys.stdout.encoding), flush=True)  # noqa: T201 - the one place that prints


def say(line: str) -> None:
    """Print a message on stderr."""
    print(printable(_prefix + line, sys.stderr.encoding), file=sys.stderr, flush=True)  # noqa: T201 - as above


def prepare() -> None:
    """Open the standard streams that are closed, and make writes to stdout and stderr never fail."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            # Else the next file that is opened, such as the book, would get the number of the standard output.
            os.set_inheritable(os.open(os.devnull, os.O_RDWR), True)  # noqa: FBT003 - takes no keyword
    sys.stdout, sys.stderr = _patient(sys.stdout), _patient(sys.stderr)


def lost_output() -> OSError | None:
    """Return why results could not be printed; None if they could, or if the reader closed the pipe."""
    raw = getattr(getattr(sys.stdout, "buffer", None), "raw", None)
    failure = raw.failure if isinstance(raw, _PatientFile) else None
    return None if isinstance(failure, BrokenPipeError) else failure


class ProgressDisplay:
    """Shows the progress of a build in the last line of a terminal, of any width; nothing elsewhere, or when quiet."""

    def __init__(self, *, quiet: bool) -> None:
        self._is_shown = not quiet and sys.stderr.isatty()
        self._phase = ""
        self._start = self._drawn = 0.0
        self._length = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._length:
            self._draw("")
            print("\r", end="", file=sys.stderr, flush=True)  # noqa: T201 - as in `say`

    def show(self, progress: Progress) -> None:
        if not self._is_shown:
            return
        now = time.monotonic()
        if progress.phase != self._phase:
            self._phase, self._start = progress.phase, now
        elif now - self._drawn < _SECONDS_BETWEEN:
            return
        self._drawn = now
        self._draw(_progress_line(progress, now - self._start))

    def _draw(self, line: str) -> None:
        # A terminal goes on in the next line once the last column is written.
        line = printable(line, sys.stderr.encoding)[: _columns() - 1]
        print(f"\r{line:<{self._length}}", end="", file=sys.stderr, flush=True)  # noqa: T201 - as in `say`
        self._length = len(line)


def _columns() -> int:
    try:
        return os.get_terminal_size(sys.stderr.fileno()).columns or 80
    except (OSError, ValueError):
        return 80


def _progress_line(progress: Progress, seconds: float) -> str:
    if not progress.done:
        return f"{progress.phase} …"
    if not progress.total:
        return f"{progress.phase}: {progress.done:,}"
    line = f"{progress.phase}: {progress.done:,} of {progress.total:,}"
    left = seconds / progress.done * (progress.total - progress.done)
    if seconds < _SECONDS_BEFORE_A_GUESS or not left:
        return line
    return f"{line}, {left / 60:.0f} min left" if left > 90 else f"{line}, {left:.0f} s left"


class _PatientFile(io.FileIO):
    """A file whose `write` never raises: the first error is kept in `failure`, and all later data is dropped."""

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
        return open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123 - open until the process ends
    buffer = getattr(stream, "buffer", None)
    raw = getattr(buffer, "raw", buffer)  # with PYTHONUNBUFFERED there is no buffer in between
    if type(raw) is not io.FileIO:  # the console of Windows, or a stream set by a caller
        return stream
    with suppress(OSError):
        stream.flush()
    file = io.BufferedWriter(_PatientFile(raw.fileno(), "w", closefd=False))
    # File names may hold bytes that no encoding can express.
    return io.TextIOWrapper(file, stream.encoding, "backslashreplace", line_buffering=True)
