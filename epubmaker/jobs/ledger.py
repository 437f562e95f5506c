"""What was made of a file of jobs: a file with a line of JSON for each, in the order in which they were done.

The last line about an output counts. Lines are added and never changed, so that a run that is killed loses the volumes
that it was at, and no other. Runs that do parts of one file at the same time write a file each, and read all.
"""

from __future__ import annotations

import glob
import json
import os
from collections.abc import Iterable
from pathlib import Path

from epubmaker.jobs.jobfile import head_of
from epubmaker.jobs.make import Done, MadeBook
from epubmaker.options import is_remote
from epubmaker.runtime.closable import Closable
from epubmaker.storage.publish import output_errors
from epubmaker.storage.remote import size_of
from epubmaker.storage.validation import amount, hexadecimal, items, one_of, parse, text

__all__ = ["Ledger", "ledger_of", "other_ledgers"]

_FLAG = "--results"
_PLACE = f"name another file with {_FLAG}"


def ledger_of(jobs: Path, part: str = "") -> Path:
    """Return the path of the ledger of a file of jobs, or of a part of it: "jobs.done.jsonl", "jobs.done-3-of-8.jsonl"."""
    return jobs.with_name(f"{jobs.name.removesuffix('.jsonl')}.done{part and f'-{part}'}.jsonl")


def other_ledgers(jobs: Path, own: Path) -> list[Path]:
    """Return the ledgers of a file of jobs, of the whole and of parts, other than one."""
    stem = glob.escape(jobs.name.removesuffix(".jsonl"))
    return sorted(path for path in jobs.parent.glob(f"{stem}.done*.jsonl") if path != own)


class Ledger(Closable):
    """The results of a file of jobs. A context manager; its methods raise OutputError."""

    def __init__(self, path: Path, others: Iterable[Path] = ()) -> None:
        """Read what was made before, as this ledger says and `others`, and open it to add to."""
        self._path = path
        self._done: dict[str, tuple[str, tuple[MadeBook, ...], int]] = {}
        with output_errors(path, _FLAG):
            for each in (*others, path):
                self._read(each)
            self._file = path.open("ab")

    def _read(self, path: Path) -> None:
        if not path.exists():
            return
        with path.open("rb") as file:
            for line in file:
                if line.strip() and (done := parse(_load, line)):
                    self._note(done)

    def _note(self, done: Done) -> None:
        if done.status == "failed":
            self._done.pop(done.output, None)
        else:
            self._done[done.output] = done.key, done.books, done.missing

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def add(self, done: Done) -> None:
        """Note what came of a job."""
        self._note(done)
        record = {**done._asdict(), "books": [book._asdict() for book in done.books]}
        with output_errors(self._path, _FLAG):
            # A line that a killed run left unfinished is ended by this one's beginning.
            self._file.write(b"\n" + json.dumps(record).encode() + b"\n")
            self._file.flush()

    def is_there(self, line: str, *, whole: bool = False) -> bool:
        """Tell whether the volume of a job's line is there as it was made; with `whole`, one that lacks no picture."""
        output, key = head_of(line)
        made, books, missing = self._done.get(output, ("", (), 0))
        return bool(books) and made == key and not (whole and missing) and all(map(_is_there, books))


def _is_there(book: MadeBook) -> bool:
    if is_remote(book.path):
        return size_of(book.path) == book.size
    try:
        return os.stat(book.path).st_size == book.size  # noqa: PTH116 - one of thousands
    except OSError:
        return False


def _load(line: bytes) -> Done:
    found = json.loads(line)
    books = [
        MadeBook(text(book["path"]), amount(book["size"]), hexadecimal(book["sha256"]))
        for book in items(found["books"])
    ]
    return Done(
        text(found["output"]),
        text(found["key"]),
        one_of(found["status"], ("written", "unchanged", "failed")),
        tuple(books),
        missing=amount(found["missing"]),
    )
