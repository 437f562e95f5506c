"""The errors that end a command.

    EpubmakerError              a message for the user: subject, cause, next step
    +-- UsageError              the options do not fit together (exit status 2)
    +-- InputError              no article can be read from the inputs
    +-- OutputError             the book cannot be written where it should go
    |   +-- TemporaryFilesError the temporary files cannot be written
    +-- StateError              what earlier books had cannot be read or kept
    +-- PicturesMissingError    the network gave too few of the pictures to replace an older book (exit status 4)
    +-- LostPictureError        a fetched picture's file is gone or cannot be read
    +-- CheckError              a checker is not installed or does not run
    +-- ClusterError            other machines cannot be reached, or do not work as this one would

A bad article or picture is not an error but an `Issue` or a `FetchFailed`: it never ends a build.

The exit statuses of the command line stand here, since the report of a build has them, too.
"""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

__all__ = [
    "EMPTY",
    "ERROR",
    "FINDINGS",
    "PICTURES_MISSING",
    "UNDELIVERED",
    "USAGE",
    "CheckError",
    "ClusterError",
    "EpubmakerError",
    "InputError",
    "LostPictureError",
    "OutputError",
    "PicturesMissingError",
    "StateError",
    "TemporaryFilesError",
    "UsageError",
    "cause_of",
]


ERROR, USAGE, FINDINGS, PICTURES_MISSING, EMPTY, UNDELIVERED = 1, 2, 3, 4, 5, 6
"""Exit statuses; `epubmaker.cli` says what each means. That after an interrupt is `runtime.process.INTERRUPTED`."""


class EpubmakerError(Exception):
    """One line for the user: the subject, the cause and the next step. `exit_status` is that of the command line."""

    exit_status: ClassVar[int] = ERROR

    def __init__(self, subject: object, cause: str, advice: str) -> None:
        super().__init__(subject, cause, advice)
        self.subject = str(subject)
        self.cause = cause
        self.advice = advice

    def __str__(self) -> str:
        return f"{self.subject}: {self.cause}; {self.advice}"


class UsageError(EpubmakerError):
    """The options do not fit together, or one has a value that cannot be used."""

    exit_status = USAGE


class InputError(EpubmakerError):
    """No article can be read from the inputs."""


class OutputError(EpubmakerError):
    """The book cannot be written where it should go."""


class PicturesMissingError(EpubmakerError):
    """The network gave too few of a book's pictures for it to replace an older one."""

    exit_status = PICTURES_MISSING


class StateError(EpubmakerError):
    """What earlier books of a series had cannot be read, or cannot be kept."""


class TemporaryFilesError(OutputError):
    """Temporary files, such as pictures for the book, cannot be written. A book without them would look complete."""

    def __init__(self, cause: str) -> None:
        super().__init__("temporary files", cause, "free some space, or set TMPDIR to a folder with room for them")


class LostPictureError(EpubmakerError):
    """The file of a picture that was ready for the book is gone or cannot be read.

    If it was in the cache, the book can be made without the cache.
    """

    def __init__(self, path: Path, error: OSError) -> None:
        cause = f"a picture cannot be read any more: {cause_of(error)}"
        super().__init__(path, cause, "make the book again")
        self.path = path


class CheckError(EpubmakerError):
    """A checker is not installed, or does not run."""


class ClusterError(EpubmakerError):
    """Other machines cannot be reached, have stopped, or would not make the books that this one makes."""


def cause_of(error: BaseException) -> str:
    """Return the words of the system, or of a library, as they stand within a sentence: "no space left on device"."""
    return (getattr(error, "strerror", None) or str(error)).lower()
